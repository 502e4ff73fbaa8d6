//! Backup under load and restore: all of one moment, or a refusal that says why.

use crate::desk::{self, Note, leave_note};
use crate::house::{Engine, House, open, tell};
use flate2::{Compression, read::GzDecoder, write::GzEncoder};
use platform::Fault;
use std::io::{Read, Write};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};
use std::sync::mpsc::channel;
use store::{Archive, ArchiveStep, Manifest, Target};

const FOLDERS: [&str; 2] = ["attachments", "not there"];

/// A house with pictures, and the archive of it.
struct Saved {
    house: House,
    file: PathBuf,
    manifest: Manifest,
}

impl Saved {
    async fn of(house: House) -> Self {
        let pictures = house.folder.path().join("attachments/430204/ab");
        std::fs::create_dir_all(&pictures).expect("a folder");
        std::fs::write(pictures.join("ab01.jpg"), [0xff; 3000]).expect("a picture");
        // A shelf on another disk.
        let other = house.folder.path().join("other disk");
        std::fs::create_dir(&other).expect("a folder");
        std::fs::write(other.join("石峰.jpg"), "small").expect("a picture");
        std::os::unix::fs::symlink(&other, house.folder.path().join("attachments/430204/cd"))
            .expect("a link");
        leave_note(&house.db, Note::new(1, "before the backup")).await.expect("written");
        let file = house.folder.path().join("saved.tar.gz");
        let saved = Archive::save(&house.db, house.folder.path(), &FOLDERS, &file, |_| {}).await;
        Self { manifest: saved.expect("saved"), file, house }
    }

    async fn restore(&self, file: &Path) -> Result<Manifest, Fault> {
        let data = self.house.folder.path().join("restored");
        let restored = Archive::restore(file, &data, &desk::MIGRATIONS, |_| {}).await;
        assert_eq!(data.exists(), restored.is_ok(), "whole or not at all");
        assert!(!data.with_file_name("restored.restoring").exists(), "nothing is left lying about");
        restored
    }

    /// The archive with its tar changed.
    fn change(&self, change: impl FnOnce(&mut Vec<u8>)) -> PathBuf {
        let mut tar = Vec::new();
        let packed = std::fs::File::open(&self.file).expect("the archive");
        GzDecoder::new(packed).read_to_end(&mut tar).expect("it unpacks");
        change(&mut tar);
        let file = self.file.with_file_name("changed.tar.gz");
        let mut packed = GzEncoder::new(std::fs::File::create(&file).expect("a file"), Compression::fast());
        packed.write_all(&tar).and_then(|()| packed.finish().map(drop)).expect("packed");
        file
    }
}

fn sentence(restored: Result<Manifest, Fault>) -> String {
    format!("{:?}", restored.expect_err("refused"))
}

#[test]
fn what_is_saved_is_restored() {
    tell(Engine::Sqlite, async |house| {
        let saved = Saved::of(house).await;
        let paths: Vec<&str> = saved.manifest.entries.iter().map(|entry| &*entry.path).collect();
        let pictures = ["attachments/430204/ab/ab01.jpg", "attachments/430204/cd/石峰.jpg"];
        assert_eq!(paths, ["desk.sqlite", pictures[0], pictures[1]]);
        let mode = std::fs::metadata(&saved.file).expect("the archive").permissions().mode();
        assert_eq!(mode & 0o777, 0o600, "it is for its owner only");
        assert_eq!(saved.restore(&saved.file).await.expect("restored"), saved.manifest);
        let data = saved.house.folder.path().join("restored");
        assert_eq!(std::fs::read(data.join(pictures[0])).expect("a picture"), [0xff; 3000]);
        let db = open(&Target::Sqlite(data.join("desk.sqlite")), &saved.house.clock).await.expect("it opens");
        assert!(db.migrate(&desk::MIGRATIONS).await.expect("nothing to do").is_empty());
        assert_eq!(desk::numbers(&db).await, [1]);
        assert_eq!(db.run_due().await.expect("run"), 1, "what waited for its reaction still does");
        assert_eq!(desk::echoes(&db).await, [(1, 1)]);
    });
}

#[test]
fn a_backup_under_load_is_one_moment() {
    tell(Engine::Sqlite, async |house| {
        let (stop, last) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicI64::new(0)));
        let (stopped, told, db) = (stop.clone(), last.clone(), house.db.clone());
        let writer = tokio::spawn(async move {
            let mut number = 0;
            while !stopped.load(Ordering::Relaxed) {
                number += 1;
                let heavy = Note { photo: Some(vec![7; 20_000]), ..Note::new(number, "under load") };
                leave_note(&db, heavy).await.expect("writes go on");
                told.store(number, Ordering::Relaxed);
            }
        });
        crate::house::soon("some notes", async || last.load(Ordering::Relaxed) > 200).await;
        let (send, steps) = channel();
        let file = house.folder.path().join("saved.tar.gz");
        let before = last.load(Ordering::Relaxed);
        let tell_step = move |p: store::ArchiveProgress| send.send((p.step, p.done, p.total)).unwrap_or(());
        let saving = Archive::save(&house.db, house.folder.path(), &FOLDERS, &file, tell_step);
        let manifest = saving.await.expect("saved");
        let after = last.load(Ordering::Relaxed);
        stop.store(true, Ordering::Relaxed);
        writer.await.expect("no panic");
        let steps: Vec<_> = steps.iter().collect();
        assert!(steps.iter().any(|(step, done, total)| *step == ArchiveStep::CopyDatabase && done == total));
        assert!(steps.iter().all(|(_, done, total)| done <= total));
        let data = house.folder.path().join("restored");
        let restored = Archive::restore(&file, &data, &desk::MIGRATIONS, |_| {}).await.expect("restored");
        assert_eq!(restored, manifest);
        let db = open(&Target::Sqlite(data.join("desk.sqlite")), &house.clock).await.expect("it opens");
        let numbers = desk::numbers(&db).await;
        let count = i64::try_from(numbers.len()).expect("few");
        assert_eq!(numbers, (1..=count).collect::<Vec<_>>(), "no gap");
        assert!(before <= count && count <= after + 1, "{before} <= {count} <= {after}");
    });
}

#[test]
fn a_damaged_archive_is_refused() {
    tell(Engine::Sqlite, async |house| {
        let saved = Saved::of(house).await;
        let whole = std::fs::read(&saved.file).expect("the archive");
        let cut = saved.file.with_file_name("cut.tar.gz");
        for bytes in [0, 1, 100, whole.len() / 2, whole.len() - 20, whole.len() - 1] {
            std::fs::write(&cut, &whole[..bytes]).expect("a file");
            let why = sentence(saved.restore(&cut).await);
            assert!(why.contains("Corrupt") && why.contains("cut.tar.gz"), "{bytes}: {why}");
        }
        let picture = saved.change(|tar| {
            let at = tar.windows(100).position(|part| part == [0xff; 100]).expect("the picture");
            tar[at + 50] = 0;
        });
        let why = sentence(saved.restore(&picture).await);
        assert!(why.contains("attachments/430204/ab/ab01.jpg was changed"), "{why}");
        let without_end = saved.change(|tar| {
            let name = b"manifest.json";
            let at = tar.windows(name.len()).position(|part| part == name).expect("the manifest");
            tar.truncate(at);
        });
        let why = sentence(saved.restore(&without_end).await);
        assert!(why.contains("cut short"), "{why}");
        std::fs::write(&cut, "no archive at all").expect("a file");
        assert!(sentence(saved.restore(&cut).await).contains("it is no archive of mulin"));
        saved.restore(&saved.file).await.expect("the whole one is fine");
    });
}

#[test]
fn paths_out_of_the_folder_are_refused() {
    tell(Engine::Sqlite, async |house| {
        let saved = Saved::of(house).await;
        let file = saved.file.with_file_name("tricks.tar.gz");
        for trick in ["../outside", "/outside", "a/../../outside"] {
            let mut header = tar::Header::new_gnu();
            header.as_mut_bytes()[..trick.len()].copy_from_slice(trick.as_bytes());
            header.set_size(3);
            header.set_cksum();
            let mut archive = tar::Builder::new(GzEncoder::new(Vec::new(), Compression::fast()));
            archive.append(&header, &b"abc"[..]).expect("packed");
            let bytes = archive.into_inner().and_then(GzEncoder::finish).expect("packed");
            std::fs::write(&file, bytes).expect("a file");
            let why = sentence(saved.restore(&file).await);
            assert!(why.contains("is no path"), "{why}");
        }
    });
}

#[test]
fn a_restore_is_refused_where_it_would_overwrite_or_go_back() {
    tell(Engine::Sqlite, async |house| {
        let saved = Saved::of(house).await;
        let data = saved.house.folder.path();
        let full = Archive::restore(&saved.file, data, &desk::MIGRATIONS, |_| {}).await;
        assert!(sentence(full).contains("is not empty"));
        let twice = Archive::save(&saved.house.db, data, &FOLDERS, &saved.file, |_| {}).await;
        assert!(sentence(twice).contains("exists already"));
        let newer = Archive::restore(&saved.file, &data.join("newer"), &[store::MIGRATIONS], |_| {}).await;
        assert!(
            sentence(newer).contains("the database is newer than this program: it has desk/0001_desk.sql")
        );
        let empty = data.join("empty");
        std::fs::create_dir(&empty).expect("a folder");
        Archive::restore(&saved.file, &empty, &desk::MIGRATIONS, |_| {})
            .await
            .expect("an empty folder will do");
    });
}

#[test]
fn postgres_is_saved_by_its_own_tools() {
    tell(Engine::Postgres, async |house| {
        let file = house.folder.path().join("saved.tar.gz");
        let refused = Archive::save(&house.db, house.folder.path(), &FOLDERS, &file, |_| {}).await;
        assert!(sentence(refused).contains("pg_dump --format=custom"));
        assert!(!file.exists());
    });
}
