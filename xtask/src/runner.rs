//! A program that runs tests: its words go through to the terminal, and its summary is counted on the way.

use std::collections::VecDeque;
use std::io::{BufRead, BufReader, IsTerminal, Read, Write};
use std::process::{Command, Stdio};

use crate::shell::{Outcome, shown};

/// How the lines begin in which each runner sums up.
pub const NEXTEST: &[&str] = &["Summary ["];
pub const CARGO_TEST: &[&str] = &["test result:"];
pub const VITEST: &[&str] = &["Tests "];
pub const NODE: &[&str] = &["# pass ", "# fail ", "ℹ pass ", "ℹ fail "];

/// How many of its last lines are kept of each of a runner's two streams: there every runner says what failed and why.
const LAST_LINES: usize = 60;

/// A program that runs tests, and how its summary begins.
pub struct Runner {
    pub command: Command,
    pub summary: &'static [&'static str],
}

/// What a runner counted.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Count {
    pub passed: u64,
    pub failed: u64,
}

impl Count {
    pub fn add(&mut self, other: Self) {
        self.passed += other.passed;
        self.failed += other.failed;
    }
}

/// What is left of a run: whether it succeeded, what it counted, and its last lines.
pub struct Told {
    pub succeeded: bool,
    pub count: Count,
    pub last: Vec<String>,
}

impl Runner {
    /// Runs to the end.
    ///
    /// # Errors
    /// The program cannot be started.
    pub fn run(&mut self) -> Outcome<Told> {
        let name = shown(&self.command);
        if std::io::stderr().is_terminal() {
            self.command.envs([("CARGO_TERM_COLOR", "always"), ("FORCE_COLOR", "1")]);
        }
        self.command.stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = self.command.spawn().map_err(|error| format!("{name} cannot be started: {error}"))?;
        let (out, err) = (child.stdout.take().expect("piped"), child.stderr.take().expect("piped"));
        let summary = self.summary;
        let from_err = std::thread::spawn(move || pass_through(err, &mut std::io::stderr(), summary));
        let (mut count, mut last) = pass_through(out, &mut std::io::stdout(), summary);
        let (more, beside) = from_err.join().map_err(|_| format!("the words of {name} were lost"))?;
        count.add(more);
        last.extend(beside);
        let status = child.wait().map_err(|error| format!("{name}: {error}"))?;
        Ok(Told { succeeded: status.success(), count, last: last.into() })
    }
}

fn pass_through(stream: impl Read, to: &mut impl Write, summary: &[&str]) -> (Count, VecDeque<String>) {
    let mut total = Count::default();
    let mut last = VecDeque::with_capacity(LAST_LINES + 1);
    for line in BufReader::new(stream).split(b'\n').map_while(Result::ok) {
        // A closed terminal is no reason to stop counting.
        let _ = to.write_all(&line).and_then(|()| to.write_all(b"\n"));
        let line = String::from_utf8_lossy(&line).into_owned();
        total.add(count_in(&line, summary).unwrap_or_default());
        last.push_back(line);
        if last.len() > LAST_LINES {
            last.pop_front();
        }
    }
    (total, last)
}

/// What a line counts, when it is one of the runner's summary lines.
fn count_in(line: &str, summary: &[&str]) -> Option<Count> {
    let plain = without_colours(line);
    let plain = plain.trim();
    let is_summary = summary.iter().any(|start| plain.starts_with(start));
    let after = |word| number_at(plain, |pair| (pair[0] == word).then_some(pair[1]));
    let before = |word| number_at(plain, |pair| (pair[1] == word).then_some(pair[0]));
    is_summary.then(|| Count {
        passed: before("passed") + after("pass"),
        failed: before("failed") + before("timed") + after("fail"),
    })
}

/// The number that one of two neighbouring words gives, or 0.
fn number_at<'a>(line: &'a str, number: impl Fn(&[&'a str]) -> Option<&'a str>) -> u64 {
    let words: Vec<&str> =
        line.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).collect();
    words.windows(2).find_map(number).and_then(|word| word.parse().ok()).unwrap_or(0)
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
        let rows = [
            (
                NEXTEST,
                " Summary [ 0.5s] 14 tests run: 11 passed (1 slow), 2 failed, 1 timed out, 3 skipped",
                (11, 3),
            ),
            (
                NEXTEST,
                "\u{1b}[32;1m Summary\u{1b}[0m [ 0.1s] \u{1b}[1m2\u{1b}[0m tests run: \u{1b}[1m2\u{1b}[0m passed",
                (2, 0),
            ),
            (
                CARGO_TEST,
                "test result: FAILED. 3 passed; 1 failed; 0 ignored; 0 measured; 0 filtered out",
                (3, 1),
            ),
            (VITEST, "      Tests  1 failed | 4 passed (5)", (4, 1)),
            (NODE, "# pass 12", (12, 0)),
            (NODE, "ℹ fail 1", (0, 1)),
        ];
        for (summary, line, (passed, failed)) in rows {
            assert_eq!(count_in(line, summary), Some(Count { passed, failed }), "{line}");
        }
    }

    #[test]
    fn counts_nothing_else() {
        assert_eq!(count_in("    test result: FAILED. 0 passed; 1 failed", NEXTEST), None);
        assert_eq!(count_in(" Test Files  2 passed (2)", VITEST), None);
        assert_eq!(count_in("# tests 13", NODE), None);
    }

    #[test]
    fn keeps_the_last_lines() {
        let said: String = (0..100).map(|number| format!("{number}\n")).collect();
        let mut out = Vec::new();
        let (_, last) = pass_through(said.as_bytes(), &mut out, NODE);
        assert_eq!(out, said.as_bytes());
        assert_eq!((last.len(), last.front().map(String::as_str)), (LAST_LINES, Some("40")));
    }
}
