//! Trouble of the machine: a full disk, a database that is gone for a while, a server that restarts.

use crate::desk::{self, Note, leave_note, write_note};
use crate::house::{Database, Engine, House, NOON, block_on, command, open, soon, tell};
use futures_util::future::join_all;
use platform::{Clock, Fault, FaultKind};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};
use store::{Db, Query, Target, Tx};
use tokio::net::{TcpListener, TcpStream};

/// SQLite's own limit of a file: what it says at the limit is what it says on a full disk. Not of the registry, which
/// is for both engines.
static LIMIT_TO_NOTHING_MORE: Query<(), (i64,)> =
    Query::new("LIMIT_TO_NOTHING_MORE", module_path!(), "pragma max_page_count = 1", "");
static LIMIT_NO_MORE: Query<(), (i64,)> =
    Query::new("LIMIT_NO_MORE", module_path!(), "pragma max_page_count = 1000000", "");

/// Like a picture: nothing makes it smaller.
fn heavy(number: i64) -> Note {
    let mut photo = vec![0; 100_000];
    rand::fill(&mut photo[..]);
    Note { photo: Some(photo), ..Note::new(number, "with a picture") }
}

#[test]
fn a_full_file_refuses_writes_and_nothing_is_half_done() {
    tell(Engine::Sqlite, async |house| {
        leave_note(&house.db, Note::new(1, "before")).await.expect("written");
        house.write(async |tx: &mut Tx| tx.one(&LIMIT_TO_NOTHING_MORE, ()).await).await.expect("limited");
        // Large and small side by side: a full disk takes the whole commit back, and everybody in it is told.
        let notes =
            (10..60).map(|n| leave_note(&house.db, if n % 2 == 0 { heavy(n) } else { Note::new(n, "") }));
        let mut kept = vec![1];
        for (n, written) in (10..60).zip(join_all(notes).await) {
            match written {
                Ok(()) => kept.push(n),
                Err(fault) => assert_eq!(fault.kind(), FaultKind::DiskFull, "{fault:?}"),
            }
        }
        assert!(kept.iter().all(|n| *n == 1 || n % 2 == 1), "no picture found room");
        assert_eq!(desk::numbers(&house.db).await, kept, "those told of success, and only those");
        house.write(async |tx: &mut Tx| tx.one(&LIMIT_NO_MORE, ()).await).await.expect("room is made");
        leave_note(&house.db, heavy(100)).await.expect("service goes on");
        kept.push(100);
        while house.db.run_due().await.expect("run") > 0 {}
        let expected: Vec<(i64, i64)> = kept.iter().map(|n| (*n, 1)).collect();
        assert_eq!(desk::echoes(&house.db).await, expected, "each fact has its reaction, no other has");
    });
}

/// A small file system in memory, unmounted with this.
struct SmallDisk(PathBuf);

impl SmallDisk {
    /// None where this user may not mount.
    fn mount(folder: &Path, options: &str) -> Option<Self> {
        let mut mount = Command::new("mount");
        let mount = mount.args(["-t", "tmpfs", "-o", options, "tmpfs"]).arg(folder);
        let is_mounted = mount.output().is_ok_and(|output| output.status.success());
        if !is_mounted {
            eprintln!("skipped: this user may not mount a small disk with {options}");
        }
        is_mounted.then(|| Self(folder.to_owned()))
    }

    /// Takes room that a test gives back later.
    fn occupy(&self, bytes: usize) -> PathBuf {
        let ballast = self.0.join("ballast");
        std::fs::write(&ballast, vec![0; bytes]).expect("room for it");
        ballast
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg("--lazy").arg(&self.0).status();
    }
}

#[test]
fn a_full_disk_refuses_writes_until_there_is_room() {
    let folder = tempfile::tempdir().expect("a folder");
    let Some(disk) = SmallDisk::mount(folder.path(), "size=4m") else { return };
    block_on(async {
        let clock = Clock::manual(NOON);
        let target = Target::Sqlite(disk.0.join("desk.sqlite"));
        let db = open(&target, &clock).await.expect("it opens");
        db.migrate(&desk::MIGRATIONS).await.expect("it migrates");
        let mut kept = fill_up(&db, disk.occupy(1_000_000)).await;
        write_note(&db, Note::new(1000, "service goes on")).await.expect("written");
        kept.push(1000);
        drop(db);
        let db = open(&target, &clock).await.expect("it opens again");
        assert_eq!(desk::numbers(&db).await, kept);
    });
    drop(disk);
}

/// Writes until there is no room, then makes some; answers what was acknowledged.
async fn fill_up(db: &Db, ballast: PathBuf) -> Vec<i64> {
    let mut kept = Vec::new();
    let mut refused = 0;
    for n in 1..=400 {
        match write_note(db, heavy(n)).await {
            Ok(()) => kept.push(n),
            Err(fault) => {
                assert_eq!(fault.kind(), FaultKind::DiskFull, "{fault:?}");
                refused += 1;
            }
        }
        if refused == 10 {
            break;
        }
    }
    assert!(refused == 10 && !kept.is_empty());
    assert_eq!(&desk::numbers(db).await, &kept, "reading goes on");
    std::fs::remove_file(&ballast).expect("room is made");
    kept
}

#[test]
fn a_full_disk_of_postgres_refuses_writes_until_there_is_room() {
    let Ok(server) = std::env::var(crate::house::URL_VARIABLE) else { return };
    let folder = tempfile::tempdir().expect("a folder");
    let owned = "size=32m,mode=700,uid=postgres,gid=postgres";
    let Some(disk) = SmallDisk::mount(folder.path(), owned) else { return };
    block_on(async {
        let database = Database::make().await.expect("a server");
        let space = format!("small_{}", database.name);
        let place = disk.0.display();
        command(&server, &format!("create tablespace {space} location '{place}'")).await;
        command(&server, &format!("alter database {} set tablespace {space}", database.name)).await;
        let db = open(&Target::Postgres(database.url.clone()), &Clock::manual(NOON)).await.expect("it opens");
        db.migrate(&desk::MIGRATIONS).await.expect("it migrates");
        let mut kept = fill_up(&db, disk.occupy(4_000_000)).await;
        write_note(&db, Note::new(1000, "service goes on")).await.expect("written");
        kept.push(1000);
        assert_eq!(desk::numbers(&db).await, kept);
        drop((db, database));
        command(&server, &format!("drop tablespace {space}")).await;
    });
    drop(disk);
}

/// A way to PostgreSQL that can be cut.
struct Cable {
    url: String,
    is_cut: Arc<AtomicBool>,
}

impl Cable {
    async fn lay(database: &Database) -> Self {
        let config: tokio_postgres::Config = database.url.parse().expect("an address");
        let tokio_postgres::config::Host::Tcp(host) = config.get_hosts()[0].clone() else {
            panic!("the test's server is reached by TCP")
        };
        let server = (host, config.get_ports()[0]);
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.expect("a port");
        let port = listener.local_addr().expect("a port").port();
        let user = config.get_user().expect("a user");
        let url = format!("postgres://{user}@127.0.0.1:{port}/{}", database.name);
        let is_cut = Arc::new(AtomicBool::new(false));
        let cut = is_cut.clone();
        tokio::spawn(async move {
            while let Ok((near, _)) = listener.accept().await {
                tokio::spawn(carry(near, server.clone(), cut.clone()));
            }
        });
        Self { url, is_cut }
    }

    fn cut(&self, is_cut: bool) {
        self.is_cut.store(is_cut, Ordering::Relaxed);
    }
}

/// Carries bytes both ways until the cable is cut.
async fn carry(mut near: TcpStream, server: (String, u16), is_cut: Arc<AtomicBool>) {
    if is_cut.load(Ordering::Relaxed) {
        return;
    }
    let Ok(mut far) = TcpStream::connect(server).await else { return };
    let cut = async {
        while !is_cut.load(Ordering::Relaxed) {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    tokio::select! {
        _ = tokio::io::copy_bidirectional(&mut near, &mut far) => {}
        () = cut => {}
    }
}

#[test]
fn a_database_that_is_gone_is_unavailable_and_then_there_again() {
    let gone_for = if crate::killed::is_soak() { 10_000 } else { 1_500 };
    tell(Engine::Postgres, async move |house| {
        let cable = Cable::lay(house.postgres.as_ref().expect("on PostgreSQL")).await;
        let db = open(&Target::Postgres(cable.url.clone()), &house.clock).await.expect("it opens");
        let (mut kept, mut unknown, mut number) = (Vec::new(), Vec::new(), 0);
        let cut_after = Instant::now() + Duration::from_millis(300);
        let mend_after = cut_after + Duration::from_millis(gone_for);
        let end_after = mend_after + Duration::from_millis(800);
        while Instant::now() < end_after {
            let now = Instant::now();
            cable.cut(now > cut_after && now < mend_after);
            let notes: Vec<i64> = (number + 1..=number + 8).collect();
            number += 8;
            let written = join_all(notes.iter().map(|n| leave_note(&db, Note::new(*n, "")))).await;
            for (n, written) in notes.into_iter().zip(written) {
                match written {
                    Ok(()) => kept.push(n),
                    Err(fault) => {
                        assert_eq!(fault.kind(), FaultKind::Unavailable, "{fault:?}");
                        unknown.push(n);
                    }
                }
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        assert!(
            !unknown.is_empty() && kept.last() > unknown.last(),
            "refused for a while, then served again"
        );
        let there = desk::numbers(&db).await;
        assert!(kept.iter().all(|n| there.contains(n)), "what was acknowledged is there");
        assert!(there.iter().all(|n| kept.contains(n) || unknown.contains(n)));
        drop(db);
    });
}

#[test]
fn a_restarted_server_costs_only_what_was_on_its_way() {
    tell(Engine::Postgres, async |house: House| {
        let database = house.postgres.as_ref().expect("on PostgreSQL");
        let fill = (1..=40).map(|n| write_note(&house.db, Note::new(n, "")));
        assert!(join_all(fill).await.iter().all(Result::is_ok));
        for round in 1..=5 {
            assert!(database.cut_connections().await > 0);
            soon("the old sessions are gone", async || database.count_connections().await == 0).await;
            // The pool is full of dead connections; not one call notices.
            let notes = (1..=16).map(|n| write_note(&house.db, Note::new(round * 100 + n, "")));
            let faults: Vec<Fault> = join_all(notes).await.into_iter().filter_map(Result::err).collect();
            assert!(faults.is_empty(), "{faults:?}");
        }
    });
}

const MIB: u64 = 1024 * 1024;

/// Writes pictures from several hands until the given bytes are written; answers the longest the log became.
async fn fill(house: &House, first: i64, bytes: u64) -> u64 {
    let log = house.folder.path().join("desk.sqlite-wal");
    let longest = std::sync::atomic::AtomicU64::new(0);
    let count = i64::try_from(bytes / 200_000).expect("few");
    let writers = (0..8).map(|writer| {
        let (log, longest) = (&log, &longest);
        async move {
            for n in (writer..count).step_by(8) {
                let note = Note { photo: Some(vec![7; 200_000]), ..Note::new(first + n, "") };
                write_note(&house.db, note).await.expect("written");
                let length = std::fs::metadata(log).map_or(0, |m| m.len());
                longest.fetch_max(length, Ordering::Relaxed);
            }
        }
    });
    join_all(writers).await;
    longest.into_inner()
}

#[test]
fn the_log_stays_short_and_becomes_short_again() {
    tell(Engine::Sqlite, async |house| {
        // Long enough for a slow disk too: one move of the log may take as long as a hundred MiB of writes.
        let longest = fill(&house, 1, 360 * MIB).await;
        assert!(longest < 330 * MIB, "{} MiB of log after 360 MiB of writes", longest / MIB);
        // A long read holds the log while others write: it may grow, and shrinks when the read is over.
        let (begun, over) = (std::sync::mpsc::channel::<()>(), std::sync::mpsc::channel::<()>());
        let (say, hold) = (begun.0, std::sync::Mutex::new(over.1));
        let db = house.db.clone();
        let read = tokio::spawn(async move {
            let body = async move |conn: &mut store::Conn| {
                conn.all(&desk::NUMBERS, (desk::DISTRICT,)).await?;
                let _ = say.send(());
                let _ = hold.lock().map(|over| over.recv());
                Ok::<(), Fault>(())
            };
            db.read_long(body).await
        });
        begun.1.recv().expect("it reads");
        let held = fill(&house, 1_000_000, 120 * MIB).await;
        over.0.send(()).expect("it still reads");
        read.await.expect("no panic").expect("read");
        assert!(held > 115 * MIB, "held {} MiB", held / MIB);
        // It begins anew with a write, once the checkpoint has caught up: at the latest a few tries of it later.
        let log = house.folder.path().join("desk.sqlite-wal");
        let rounds = std::cell::Cell::new(2);
        soon("the log is short again", async || {
            fill(&house, rounds.replace(rounds.get() + 1) * 1_000_000, 4 * MIB).await;
            std::fs::metadata(&log).is_ok_and(|m| m.len() < 100 * MIB)
        })
        .await;
    });
}
