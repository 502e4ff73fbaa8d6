//! `make run` and its kin: the server built, the demo district there, then the server itself.

use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::shell::{Outcome, at, cargo, program, root, run};
use crate::web;

/// The setting that names the data folder; the server reads the same one.
const DATA_VARIABLE: &str = "MULIN_DATA";
const DATA_DEFAULT: &str = "data";
/// What `mulin demo` writes last; it tells a demo from a district somebody lives in.
const DEMO_MARK: &str = "demo-accounts.json";

/// The verb `run`: everything missing is made, then the district is served. A second start finds it all there.
///
/// # Errors
/// A build fails, or the demo district cannot be made.
pub fn run_district(words: &[String]) -> Outcome {
    web::build_if_stale()?;
    serve(&build_release()?, words)
}

/// The verb `dev`: the debug build on the same data, and before it a server of the web's sources that reloads what is changed.
///
/// # Errors
/// As [`run_district`].
pub fn run_debug(words: &[String]) -> Outcome {
    web::build_if_stale()?;
    run(cargo().args(["build", "--quiet", "--package", "server"]))?;
    let _sources = web::serve_sources()?;
    let mulin = root().join("target/debug/mulin");
    make_demo_if_missing(&mulin)?;
    // Not taken over as in `run`: the sources' server ends with this process.
    run(program(mulin).arg("serve").args(words).env(DATA_VARIABLE, data()))
}

/// The verb `demo-reset`: the demo district is thrown away and made anew.
///
/// # Errors
/// The folder is not a demo, or it cannot be removed, or the demo cannot be made.
pub fn reset_demo(_words: &[String]) -> Outcome {
    let data = data();
    if data.exists() {
        if !data.join(DEMO_MARK).exists() {
            return Err(format!("{} holds no demo; it is left alone", data.display()));
        }
        std::fs::remove_dir_all(&data).map_err(at(&data))?;
    }
    web::build_if_stale()?;
    make_demo_if_missing(&build_release()?)
}

/// Builds the server as it is used, and says where it is.
///
/// # Errors
/// It does not build.
pub fn build_release() -> Outcome<PathBuf> {
    run(cargo().args(["build", "--release", "--package", "server"]))?;
    Ok(root().join("target/release/mulin"))
}

/// Serves the district in the data folder; words after the verb go to `mulin serve`.
fn serve(mulin: &Path, words: &[String]) -> Outcome {
    make_demo_if_missing(mulin)?;
    let mut server = Command::new(mulin);
    server.arg("serve").args(words).env(DATA_VARIABLE, data());
    // The server takes this process over: signals reach it directly.
    Err(format!("the server cannot be started: {}", server.exec()))
}

/// Makes the demo beside its place and moves it there when it is whole, so that a stopped run leaves no half district.
fn make_demo_if_missing(mulin: &Path) -> Outcome {
    let data = data();
    if data.exists() {
        return Ok(());
    }
    let making = data.with_extension("making");
    if making.exists() {
        std::fs::remove_dir_all(&making).map_err(at(&making))?;
    }
    // Its last words name the folder it was made in; the server will print the accounts.
    run(program(mulin).arg("demo").arg("--data").arg(&making).stdout(Stdio::null()))?;
    std::fs::rename(&making, &data).map_err(at(&data))
}

/// The data folder, where the server's own setting puts it.
fn data() -> PathBuf {
    root().join(std::env::var_os(DATA_VARIABLE).unwrap_or_else(|| DATA_DEFAULT.into()))
}
