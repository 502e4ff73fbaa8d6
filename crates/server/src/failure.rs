//! How a command fails: one or two sentences for a person, and an exit code for a script.

use platform::{Fault, Problem};
use std::error::Error;
use std::fmt;
use std::process::ExitCode;

/// Why a command ended without doing its work.
#[derive(Debug)]
pub enum Failure {
    /// Refused or broken: exit code 1.
    Failed(String),
    /// Called wrongly: exit code 2, as clap's own refusals.
    Usage(String),
}

pub type Outcome<T = ()> = Result<T, Failure>;

impl Failure {
    pub fn failed(sentence: impl Into<String>) -> Self {
        Self::Failed(sentence.into())
    }

    pub fn usage(sentence: impl Into<String>) -> Self {
        Self::Usage(sentence.into())
    }

    /// A failure with what was being done, and its chain of causes in one line.
    pub fn because(what: impl fmt::Display, source: &dyn Error) -> Self {
        Self::Failed(format!("{what}: {}", chain(source)))
    }

    pub fn code(&self) -> ExitCode {
        match self {
            Self::Failed(_) => ExitCode::FAILURE,
            Self::Usage(_) => ExitCode::from(2),
        }
    }
}

/// The sentence of an error and of everything behind it. Causes that only repeat what was said are left out.
pub fn chain(error: &dyn Error) -> String {
    let mut sentence = error.to_string();
    let mut cause = error.source();
    while let Some(e) = cause {
        let said = e.to_string();
        if !sentence.contains(&said) {
            sentence = format!("{sentence}: {said}");
        }
        cause = e.source();
    }
    sentence
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Failed(sentence) | Self::Usage(sentence) => f.write_str(sentence),
        }
    }
}

impl From<Fault> for Failure {
    fn from(fault: Fault) -> Self {
        Self::Failed(chain(&fault))
    }
}

impl From<Problem> for Failure {
    fn from(problem: Problem) -> Self {
        let detail = problem.detail_en.map(|d| format!(" {d}")).unwrap_or_default();
        Self::Failed(format!("{}{detail}", problem.title_en))
    }
}

impl From<std::io::Error> for Failure {
    fn from(e: std::io::Error) -> Self {
        Self::Failed(chain(&e))
    }
}
