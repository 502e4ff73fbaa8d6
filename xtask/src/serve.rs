//! `make run` and its kin: the server built, the demo district there, then the server itself.

use std::os::unix::process::CommandExt;
use std::path::PathBuf;
use std::process::Command;

use crate::shell::{Outcome, at, cargo, program, root, run};
use crate::web;

/// The setting that names the data folder; the server reads the same one.
const DATA_VARIABLE: &str = "MULIN_DATA";
const DATA_DEFAULT: &str = "data";
/// Lies in every data folder made here, and so tells a demo from a district somebody lives in.
const DEMO_MARK: &str = ".demo";

/// The verb `run`: everything missing is made, then the district is served. A second start finds it all there.
///
/// # Errors
/// A build fails, or the demo district cannot be made.
pub fn run_district(_words: &[String]) -> Outcome {
    web::build_if_stale()?;
    run(cargo().args(["build", "--quiet", "--release", "--package", "server"]))?;
    make_demo_if_missing()?;
    become_program(mulin().arg("serve"))
}

/// The verb `dev`: the debug build on the same data, for those who change the code.
///
/// # Errors
/// As [`run_district`].
pub fn run_debug(_words: &[String]) -> Outcome {
    web::build_if_stale()?;
    become_program(with_data(&mut cargo()).args(["run", "--package", "server", "--", "serve"]))
}

/// The verb `demo-reset`: the demo district is thrown away and made anew.
///
/// # Errors
/// The folder is not a demo, or it cannot be removed, or the demo cannot be made.
pub fn reset_demo(_words: &[String]) -> Outcome {
    let data = data();
    if data.exists() {
        if !data.join(DEMO_MARK).exists() {
            return Err(format!("{} was not made by `make run`; it is left alone", data.display()));
        }
        std::fs::remove_dir_all(&data).map_err(at(&data))?;
    }
    run(cargo().args(["build", "--quiet", "--release", "--package", "server"]))?;
    make_demo_if_missing()
}

/// Makes the demo beside its place and moves it there when it is whole, so that a stopped run leaves no half district.
fn make_demo_if_missing() -> Outcome {
    let data = data();
    if data.exists() {
        return Ok(());
    }
    let making = data.with_extension("making");
    if making.exists() {
        std::fs::remove_dir_all(&making).map_err(at(&making))?;
    }
    run(mulin().arg("demo").arg("--data").arg(&making))?;
    std::fs::write(making.join(DEMO_MARK), "").map_err(at(&making))?;
    std::fs::rename(&making, &data).map_err(at(&data))
}

/// The data folder, where the server's own setting puts it.
fn data() -> PathBuf {
    root().join(std::env::var_os(DATA_VARIABLE).unwrap_or_else(|| DATA_DEFAULT.into()))
}

fn mulin() -> Command {
    let mut mulin = program(root().join("target/release/mulin"));
    with_data(&mut mulin);
    mulin
}

fn with_data(command: &mut Command) -> &mut Command {
    command.env(DATA_VARIABLE, data())
}

/// Gives this process over to a program: signals reach it directly.
fn become_program(command: &mut Command) -> Outcome {
    Err(format!("the server cannot be started: {}", command.exec()))
}
