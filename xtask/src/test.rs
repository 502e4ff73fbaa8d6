//! `make test`: every check there is, each by its own runner, the counts summed in the last line.
//!
//! A failing runner does not stop the next one: one run tells everything that is broken.

use crate::postgres::{Cluster, URL_VARIABLE};
use crate::runner::{CARGO_TEST, Count, NEXTEST, NODE, Runner, VITEST};
use crate::shell::{Outcome, cargo, program, root, run, shown, succeeds};
use crate::{machine, web};

/// Where the browser stories find the server they start.
pub const BINARY_VARIABLE: &str = "MULIN_BIN";
/// Where the browser stories put their district, if not into a file of their own.
const STORIES_DATABASE_VARIABLE: &str = "MULIN_STORIES_DATABASE";
/// The story that is told on PostgreSQL too: it passes through every face. What differs between the engines is below all screens, and tested there.
const JOURNEY: &str = "9_journey";

/// The verb `test`.
///
/// # Errors
/// Something needed cannot be installed or built, or a test failed.
pub fn all(_words: &[String]) -> Outcome {
    machine::install_missing_packages()?;
    web::build_if_stale()?;
    // With `--tests`, so that dependencies get the same features as in the test run and nothing is compiled twice.
    run(cargo().args(["build", "--workspace", "--bins", "--tests"]))?;
    let cluster = Cluster::start()?;
    let mut total = Count::default();
    let mut broken = Vec::new();
    for mut runner in runners(&cluster)? {
        let name = shown(&runner.command);
        println!("\n── {name}");
        let told = runner.run()?;
        total.add(told.count);
        if !told.succeeded {
            broken.push((name, told.last));
        }
    }
    drop(cluster);
    // Once more, at the end: a log that was cut still says why.
    for (name, last) in &broken {
        println!("\n── failed: {name}; its last words were\n{}", last.join("\n"));
    }
    // A runner that broke before it counted is a failure too.
    println!("\n{} passed, {} failed", total.passed, total.failed.max(broken.len() as u64));
    if broken.is_empty() { Ok(()) } else { Err("not everything passed".into()) }
}

fn runners(cluster: &Cluster) -> Outcome<Vec<Runner>> {
    let mut journey = npm("stories", NODE);
    journey.command.args(["--", JOURNEY]).env(STORIES_DATABASE_VARIABLE, cluster.make_database("stories")?);
    let mut runners = vec![rust(), npm("test", VITEST), npm("stories", NODE), journey];
    for Runner { command, .. } in &mut runners {
        command.env(URL_VARIABLE, cluster.url()).env(BINARY_VARIABLE, root().join("target/debug/mulin"));
    }
    Ok(runners)
}

/// nextest where it is installed (a process a test, several at once), else cargo's own runner.
fn rust() -> Runner {
    let mut command = cargo();
    if succeeds(cargo().args(["nextest", "--version"])) {
        command.args(["nextest", "run", "--workspace"]);
        return Runner { command, summary: NEXTEST };
    }
    command.args(["test", "--workspace", "--no-fail-fast"]);
    Runner { command, summary: CARGO_TEST }
}

fn npm(script: &str, summary: &'static [&'static str]) -> Runner {
    let mut command = program("npm");
    command.args(["run", "--silent", script]).current_dir(web::folder());
    Runner { command, summary }
}
