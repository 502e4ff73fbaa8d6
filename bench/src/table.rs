//! The table: each target, what was measured, the raw limit of this machine in the same run, and whether it holds.

/// A target and what came of it.
#[derive(Clone, Debug)]
pub struct Line {
    pub engine: &'static str,
    pub what: String,
    pub target: String,
    pub measured: String,
    /// What the machine gives without the house, where that can be said.
    pub raw: String,
    pub holds: Option<bool>,
}

impl Line {
    pub fn new(engine: &'static str, what: &str, target: &str, measured: String, holds: bool) -> Self {
        Self {
            engine,
            what: what.to_owned(),
            target: target.to_owned(),
            measured,
            raw: String::new(),
            holds: Some(holds),
        }
    }

    /// A number without a target.
    pub fn told(engine: &'static str, what: &str, measured: String) -> Self {
        Self { holds: None, ..Self::new(engine, what, "", measured, true) }
    }

    #[must_use]
    pub fn raw(mut self, raw: String) -> Self {
        self.raw = raw;
        self
    }
}

/// Prints as a Markdown table, ready for a report.
pub fn print(lines: &[Line]) {
    println!("| engine | what | target | measured | raw limit, ratio | |");
    println!("|---|---|---|---|---|---|");
    for line in lines {
        let verdict = match line.holds {
            Some(true) => "holds",
            Some(false) => "MISSED",
            None => "",
        };
        println!(
            "| {} | {} | {} | {} | {} | {verdict} |",
            line.engine, line.what, line.target, line.measured, line.raw
        );
    }
}
