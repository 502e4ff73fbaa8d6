//! `mulin config`: the settings in force, and whence each comes.

use crate::failure::Outcome;
use crate::settings::{KNOWN, Resolved};
use std::io::Write;

pub(crate) fn run(resolved: &Resolved) -> Outcome {
    let mut out = std::io::stdout().lock();
    let rows: Vec<[String; 4]> = KNOWN
        .iter()
        .zip(&resolved.whence)
        .map(|(known, whence)| {
            let value = resolved.settings.shown(known.key);
            let value = if value.is_empty() { "-".to_owned() } else { value };
            [known.variable.to_owned(), value, whence.to_string(), known.what.to_owned()]
        })
        .collect();
    let width = |column: usize| rows.iter().map(|r| r[column].chars().count()).max().unwrap_or(0);
    let (a, b, c) = (width(0), width(1), width(2));
    for [variable, value, whence, what] in &rows {
        writeln!(out, "{variable:a$}  {value:b$}  {whence:c$}  {what}")?;
    }
    Ok(())
}
