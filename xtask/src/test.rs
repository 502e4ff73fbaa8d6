//! `make test`: every check there is, each by its own runner, the counts summed in the last line.
//!
//! A failing runner does not stop the next one: one run tells everything that is broken.

use std::io::{BufRead, BufReader, IsTerminal, Read, Write};
use std::process::{Command, Stdio};

use crate::postgres::{Cluster, URL_VARIABLE};
use crate::shell::{Outcome, cargo, program, root, run, shown, succeeds};
use crate::{machine, web};

/// What a runner counted.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
struct Count {
    passed: u64,
    failed: u64,
}

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
    for mut runner in runners(&cluster.url()) {
        println!("\n── {}", shown(&runner));
        let (succeeded, count) = run_counting(&mut runner)?;
        total.passed += count.passed;
        total.failed += count.failed;
        if !succeeded {
            broken.push(shown(&runner));
        }
    }
    drop(cluster);
    for runner in &broken {
        println!("failed: {runner}");
    }
    println!("{} passed, {} failed", total.passed, total.failed.max(broken.len() as u64));
    if broken.is_empty() { Ok(()) } else { Err("not everything passed".into()) }
}

fn runners(postgres: &str) -> Vec<Command> {
    let rust = if succeeds(cargo().args(["nextest", "--version"])) {
        let mut nextest = cargo();
        nextest.args(["nextest", "run", "--workspace"]);
        nextest
    } else {
        let mut test = cargo();
        test.args(["test", "--workspace", "--no-fail-fast"]);
        test
    };
    let mut runners = vec![rust, npm("test"), npm("stories")];
    for runner in &mut runners {
        runner.env(URL_VARIABLE, postgres).env("MULIN_BIN", root().join("target/debug/mulin"));
    }
    runners
}

fn npm(script: &str) -> Command {
    let mut npm = program("npm");
    npm.args(["run", "--silent", script]).current_dir(web::folder());
    npm
}

/// Runs a runner, lets its words through and adds up what its summary lines say.
fn run_counting(runner: &mut Command) -> Outcome<(bool, Count)> {
    if std::io::stderr().is_terminal() {
        runner.envs([("CARGO_TERM_COLOR", "always"), ("FORCE_COLOR", "1")]);
    }
    let name = shown(runner);
    let mut child = runner
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .map_err(|error| format!("{name} cannot be started: {error}"))?;
    let (out, err) = (child.stdout.take().expect("piped"), child.stderr.take().expect("piped"));
    let from_err = std::thread::spawn(move || pass_through(err, &mut std::io::stderr()));
    let from_out = pass_through(out, &mut std::io::stdout());
    let from_err = from_err.join().map_err(|_| format!("the words of {name} were lost"))?;
    let status = child.wait().map_err(|error| format!("{name}: {error}"))?;
    let count =
        Count { passed: from_out.passed + from_err.passed, failed: from_out.failed + from_err.failed };
    Ok((status.success(), count))
}

fn pass_through(stream: impl Read, to: &mut impl Write) -> Count {
    let mut total = Count::default();
    for line in BufReader::new(stream).split(b'\n').map_while(Result::ok) {
        let _ = to.write_all(&line).and_then(|()| to.write_all(b"\n"));
        if let Some(count) = count_in(&String::from_utf8_lossy(&line)) {
            total.passed += count.passed;
            total.failed += count.failed;
        }
    }
    total
}

/// What a line counts, if it is the summary line of nextest, of cargo test, of vitest, or a bare "N passed, N failed".
fn count_in(line: &str) -> Option<Count> {
    let plain = without_colours(line);
    let plain = plain.trim();
    let is_summary = ["Summary [", "test result:", "Tests "].iter().any(|start| plain.starts_with(start));
    let is_bare = plain.starts_with(|first: char| first.is_ascii_digit())
        && plain.contains(" passed, ")
        && plain.ends_with(" failed");
    (is_summary || is_bare).then(|| Count {
        passed: number_before(plain, "passed"),
        failed: number_before(plain, "failed") + number_before(plain, "timed"),
    })
}

fn number_before(line: &str, word: &str) -> u64 {
    let words: Vec<&str> =
        line.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).collect();
    words.windows(2).find(|pair| pair[1] == word).and_then(|pair| pair[0].parse().ok()).unwrap_or(0)
}

fn without_colours(line: &str) -> String {
    let mut pieces = line.split("\u{1b}[");
    let first = pieces.next().unwrap_or_default().to_string();
    pieces.fold(first, |text, piece| text + piece.split_once('m').map_or("", |(_, rest)| rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_the_summary_of_each_runner() {
        let counted = |line: &str| count_in(line).map(|count| (count.passed, count.failed));
        let rows = [
            (
                "     Summary [   0.5s] 14 tests run: 11 passed (1 slow), 2 failed, 1 timed out, 3 skipped",
                Some((11, 3)),
            ),
            (
                "\u{1b}[32;1m     Summary\u{1b}[0m [   0.1s] \u{1b}[1m2\u{1b}[0m tests run: \u{1b}[1m2\u{1b}[0m \u{1b}[32;1mpassed\u{1b}[0m, 0 skipped",
                Some((2, 0)),
            ),
            ("test result: FAILED. 3 passed; 1 failed; 0 ignored; 0 measured; 0 filtered out", Some((3, 1))),
            ("      Tests  1 failed | 4 passed (5)", Some((4, 1))),
            ("12 passed, 0 failed", Some((12, 0))),
            (" Test Files  2 passed (2)", None),
            ("the parcel passed the desk", None),
        ];
        for (line, expected) in rows {
            assert_eq!(counted(line), expected, "{line}");
        }
    }
}
