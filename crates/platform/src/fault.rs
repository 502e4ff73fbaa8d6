//! What broke, apart from what was refused. A fault is logged once, at the edge, and answered without its detail.

use std::error::Error;
use std::fmt;

/// How a caller may go on after a fault.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum FaultKind {
    /// The database cannot be reached or is overloaded; the same call may succeed later.
    Unavailable,
    /// No room left on the disk. Nothing was half-done.
    DiskFull,
    /// A unique or foreign key held a rule; the name says which.
    Constraint,
    /// The same row was changed by somebody else at the same time, and retries did not help.
    Contention,
    /// A value in the database is not what the program says it is.
    Corrupt,
    /// The caller went away before the work was done.
    Cancelled,
    /// Anything else: a defect of the program or its surroundings.
    Broken,
}

/// A fault with its chain of causes. Boxed: it is rare, and results stay small.
pub struct Fault(Box<Inner>);

struct Inner {
    kind: FaultKind,
    what: String,
    constraint: Option<String>,
    source: Option<Box<dyn Error + Send + Sync>>,
}

impl Fault {
    pub fn new(kind: FaultKind, what: impl Into<String>) -> Self {
        Self(Box::new(Inner { kind, what: what.into(), constraint: None, source: None }))
    }

    pub fn broken(what: impl Into<String>) -> Self {
        Self::new(FaultKind::Broken, what)
    }

    pub fn because(mut self, source: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        self.0.source = Some(source.into());
        self
    }

    /// Names the constraint that refused the row.
    pub fn on_constraint(mut self, name: impl Into<String>) -> Self {
        self.0.constraint = Some(name.into());
        self
    }

    pub fn kind(&self) -> FaultKind {
        self.0.kind
    }

    /// The constraint that refused the row: `<table>_<columns>_key`, alike on both engines.
    pub fn constraint(&self) -> Option<&str> {
        self.0.constraint.as_deref()
    }

    /// Says what was being done when it broke.
    pub fn context(mut self, what: impl fmt::Display) -> Self {
        self.0.what = format!("{what}: {}", self.0.what);
        self
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.what)
    }
}

impl fmt::Debug for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}: {}", self.0.kind, self.0.what)?;
        let mut cause = self.0.source.as_ref().map(|e| e.as_ref() as &dyn Error);
        while let Some(e) = cause {
            write!(f, " <- {e}")?;
            cause = e.source();
        }
        Ok(())
    }
}

impl Error for Fault {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.0.source.as_ref().map(|e| e.as_ref() as &(dyn Error + 'static))
    }
}

impl From<std::io::Error> for Fault {
    fn from(e: std::io::Error) -> Self {
        let kind = match e.kind() {
            std::io::ErrorKind::StorageFull => FaultKind::DiskFull,
            _ => FaultKind::Broken,
        };
        Self::new(kind, "a file could not be read or written").because(e)
    }
}
