//! `mulin backup`, `mulin check-backup` and `mulin restore`: everything of a data directory in one checked file.

use crate::backup_note::{self, BackupNote};
use crate::capabilities::LIST;
use crate::failure::{Failure, Outcome};
use crate::house::{self, Alone};
use crate::progress::Progress;
use crate::settings::{Settings, without_password};
use std::path::Path;
use store::{Archive, ArchiveProgress, ArchiveStep, Manifest, Migrations};

/// What lies in the data directory beside the database and belongs to it.
const FOLDERS: &[&str] = &["attachments", "submissions"];

pub(crate) async fn save(settings: &Settings, file: &Path) -> Outcome {
    if let Some(url) = &settings.database_url {
        return Err(on_postgres(&format!(
            "pg_dump --format=custom --file={} '{}'",
            file.display(),
            without_password(url)
        )));
    }
    if !settings.data.join(crate::settings::SQLITE_NAME).exists() {
        return Err(Failure::failed(format!("{} holds no database", settings.data.display())));
    }
    let db = house::open_db(settings, Alone::No).await?;
    let mut steps = Steps::default();
    let manifest = Archive::save(&db, &settings.data, FOLDERS, file, move |p| steps.follow(p)).await?;
    let bytes: u64 = manifest.entries.iter().map(|e| e.bytes).sum();
    println!("{}: {} files, {} MiB saved", file.display(), manifest.entries.len(), bytes >> 20);
    println!(
        "The master key {} is not in it: keep a copy of that in a safe, apart from the backups",
        settings.edge().key_file().display()
    );
    // The health screen tells the administrator of it.
    Ok(backup_note::write(&settings.data, backup_note::MADE, &note_of(&db, file, manifest.created_at)?)?)
}

/// Restores the file into a folder that is removed again: what cannot be restored is no backup.
pub(crate) async fn check(settings: &Settings, file: &Path) -> Outcome {
    if settings.database_url.is_some() {
        return Err(on_postgres("pg_restore --list FILE, and a restore into a database of its own"));
    }
    if !settings.data.join(crate::settings::SQLITE_NAME).exists() {
        return Err(Failure::failed(format!("{} holds no database", settings.data.display())));
    }
    let trial = settings.data.join(".check-backup");
    let trial_settings =
        Settings { data: trial.clone(), key_file: Some(settings.edge().key_file()), ..settings.clone() };
    let outcome = restore_into(&trial_settings, file).await;
    if trial.exists() {
        std::fs::remove_dir_all(&trial)?;
    }
    let manifest = outcome?;
    let db = house::open_db(settings, Alone::No).await?;
    println!(
        "{}: can be restored; it is as of {}",
        file.display(),
        manifest.created_at.local().strftime("%F %T")
    );
    Ok(backup_note::write(&settings.data, backup_note::CHECKED, &note_of(&db, file, manifest.created_at)?)?)
}

fn note_of(db: &store::Db, file: &Path, as_of: platform::Time) -> Outcome<BackupNote> {
    let name = file.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    Ok(BackupNote { at: db.clock().now(), as_of, file: name, bytes: std::fs::metadata(file)?.len() })
}

pub(crate) async fn restore(settings: &Settings, file: &Path) -> Outcome {
    if let Some(url) = &settings.database_url {
        return Err(on_postgres(&format!(
            "pg_restore --clean --if-exists --dbname='{}' {}",
            without_password(url),
            file.display()
        )));
    }
    let manifest = restore_into(settings, file).await?;
    println!(
        "{}: restored as it was on {}",
        settings.data.display(),
        manifest.created_at.local().strftime("%F %T")
    );
    let key_file = settings.edge().key_file();
    if !key_file.exists() {
        println!("Before the server starts, put the master key back from the safe: {}", key_file.display());
    }
    Ok(())
}

async fn restore_into(settings: &Settings, file: &Path) -> Outcome<Manifest> {
    let known: Vec<Migrations> =
        std::iter::once(store::MIGRATIONS).chain(LIST.iter().map(|c| c.migrations)).collect();
    let mut steps = Steps::default();
    Ok(Archive::restore(file, &settings.data, &known, move |p| steps.follow(p)).await?)
}

fn on_postgres(command: &str) -> Failure {
    Failure::failed(format!(
        "on PostgreSQL the database is saved and restored by its own programs: {command}   (see docs/operating.md)"
    ))
}

/// A bar for each step.
#[derive(Default)]
struct Steps {
    step: Option<ArchiveStep>,
    bar: Option<Progress>,
}

impl Steps {
    fn follow(&mut self, now: ArchiveProgress) {
        if self.step != Some(now.step) {
            if let Some(bar) = self.bar.take() {
                bar.finish();
            }
            let what = match now.step {
                ArchiveStep::CopyDatabase => "Copying the database (bytes)",
                ArchiveStep::Pack => "Packing (bytes)",
                ArchiveStep::Unpack => "Unpacking (bytes)",
                ArchiveStep::CheckDatabase => "Checking the database (bytes)",
            };
            self.step = Some(now.step);
            self.bar = Some(Progress::new(what, now.total));
        }
        if let Some(bar) = &mut self.bar {
            bar.set(now.done);
        }
    }
}

impl Drop for Steps {
    fn drop(&mut self) {
        if let Some(bar) = self.bar.take() {
            bar.finish();
        }
    }
}
