//! What is wrong with a piece of data, where, in words an administrator understands; always all faults at once.
use crate::words::Words;
use std::fmt;

/// One fault of a data file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// Where: `errand v1, state "asked"`, `line 12`.
    pub place: String,
    /// What, as a sentence.
    pub what: Words,
}

/// All faults of a file; never empty when returned as an error.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Faults(pub Vec<Fault>);

impl Faults {
    pub(crate) fn add(&mut self, place: impl Into<String>, zh: impl Into<String>, en: impl Into<String>) {
        self.0.push(Fault { place: place.into(), what: Words::new(zh, en) });
    }

    pub(crate) fn one(place: impl Into<String>, zh: impl Into<String>, en: impl Into<String>) -> Faults {
        let mut faults = Faults::default();
        faults.add(place, zh, en);
        faults
    }

    /// `Ok(value)` when nothing was found.
    pub(crate) fn or<T>(self, value: T) -> Result<T, Faults> {
        if self.0.is_empty() { Ok(value) } else { Err(self) }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {} / {}", self.place, self.what.zh, self.what.en)
    }
}

impl fmt::Display for Faults {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (n, fault) in self.0.iter().enumerate() {
            if n > 0 {
                f.write_str("\n")?;
            }
            fault.fmt(f)?;
        }
        Ok(())
    }
}

impl std::error::Error for Faults {}
