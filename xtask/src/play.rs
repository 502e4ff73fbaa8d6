//! `make walk`, `make soak`, `make bench`: what is played through the whole house, and told, counted or measured.

use crate::postgres::{Cluster, URL_VARIABLE};
use crate::shell::{Outcome, cargo, program, run};
use crate::test::BINARY_VARIABLE;
use crate::{machine, serve, web};

/// Makes the tests that kill and cut off do it ten times as often.
const SOAK_VARIABLE: &str = "MULIN_SOAK";
/// Which tests those are: the store and the server, partners' lanes, texts and mail, sensors and their broker, households told of an outage.
const SOAKED: &[&[&str]] = &[
    &["--package", "store", "--package", "server", "--", "killed"],
    &["--package", "courier", "--", "nothing_is_lost"],
    &["--package", "messages", "--", "each_text_is_sent_once"],
    &["--package", "linkage", "--test", "sensors", "--", "faults"],
    &["--package", "linkage", "--test", "outages", "--", "faults"],
];

/// The verb `walk`: the main job as four people, on a small demo of its own.
///
/// # Errors
/// The server does not build or start, or a step is refused.
pub fn walk(words: &[String]) -> Outcome {
    web::build_if_stale()?;
    let mulin = serve::build_release()?;
    run(program("node")
        .arg("e2e/walk.mjs")
        .args(words)
        .current_dir(web::folder())
        .env(BINARY_VARIABLE, mulin))
}

/// The verb `soak`: the server and the store killed under load, again and again, on both engines; five hundred faults of a partner and of a
/// gateway of texts, the way to a partner cut five hundred times, thirty faults of a broker and as many of the server that listens to it, seven hundred
/// kills while households are told; then a thousand days of a phone on a bad line that is killed again and again, a wall left alone with cases coming, and every screen in every guise.
///
/// # Errors
/// Something promised is not there, or is there twice; the wall's page leaks; or a screen is not for everybody.
pub fn soak(_words: &[String]) -> Outcome {
    machine::install_missing_packages()?;
    web::build_if_stale()?;
    let cluster = Cluster::start()?;
    for words in SOAKED {
        let mut soaked = cargo();
        soaked.args(["test", "--release"]).args(*words).arg("--nocapture");
        run(soaked.env(SOAK_VARIABLE, "1").env(URL_VARIABLE, cluster.url()))?;
    }
    let mulin = serve::build_release()?;
    for words in [&["faults"][..], &["wall"], &["stories", "--", "matrix"]] {
        let mut played = program("npm");
        played.args(["run", "--silent"]).args(words).current_dir(web::folder());
        run(played.env(BINARY_VARIABLE, &mulin))?;
    }
    Ok(())
}

/// The verb `bench`: the release build under load on both engines, beside the raw limit of this machine, then the pages on a slow phone.
///
/// # Errors
/// Something does not build or run; a slow result is a line of the table, not an error.
pub fn bench(words: &[String]) -> Outcome {
    machine::install_missing_packages()?;
    web::build_if_stale()?;
    let mulin = serve::build_release()?;
    let cluster = Cluster::start()?;
    let mut measured = cargo();
    measured.args(["run", "--quiet", "--release", "--package", "bench", "--"]).args(words);
    run(measured.env(URL_VARIABLE, cluster.url()))?;
    run(program("npm")
        .args(["run", "--silent", "speed"])
        .current_dir(web::folder())
        .env(BINARY_VARIABLE, mulin))
}
