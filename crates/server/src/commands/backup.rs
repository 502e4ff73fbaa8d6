//! `mulin backup` and `mulin restore`.

use crate::failure::{Failure, Outcome};
use crate::settings::{Settings, without_password};
use std::path::Path;

pub(crate) async fn save(settings: &Settings, file: &Path) -> Outcome {
    if let Some(url) = &settings.database_url {
        return Err(on_postgres("backup", &format!("pg_dump --format=custom --file={} '{}'", file.display(), without_password(url))));
    }
    Err(Failure::failed("backup is not there yet"))
}

pub(crate) async fn restore(settings: &Settings, file: &Path) -> Outcome {
    if let Some(url) = &settings.database_url {
        return Err(on_postgres("restore", &format!("pg_restore --dbname='{}' {}", without_password(url), file.display())));
    }
    Err(Failure::failed("restore is not there yet"))
}

fn on_postgres(verb: &str, command: &str) -> Failure {
    Failure::failed(format!("on PostgreSQL, {verb} is done by its own program: {command}"))
}
