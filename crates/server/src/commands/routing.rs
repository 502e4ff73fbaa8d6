//! `mulin routing dry-run`: what a changed rule list would have done to a month's cases. Nothing is changed.

use super::import::district_of;
use crate::failure::{Failure, Outcome, chain};
use crate::house::{self, Alone};
use crate::settings::Settings;
use cases::Rules;
use cases::duties::InForce;
use cases::queries::reported::Span;
use cases::routing::{DryRun, Move, Router};
use cases::trial;
use clap::Subcommand;
use edge::Edge;
use jiff::civil::Date;
use platform::Lang;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// Lines of the table; the rest is counted.
const MOVES_SHOWN_MAX: usize = 100;

#[derive(Debug, Subcommand)]
pub(crate) enum Words {
    /// Route a month's cases by a changed rule list, and print what would have gone elsewhere
    #[command(
        after_help = "Examples:\n  mulin routing dry-run --rules routing.toml                  last month\n  mulin routing dry-run --rules routing.toml --month 2026-10\n\nStart from catalog/duty_lists/routing.toml. A line of the table is a type of case, who got it, who would have got it, how many, and a few numbers to open."
    )]
    DryRun {
        /// The changed rule list, as it would stand in duty_lists/routing.toml
        #[arg(long, value_name = "FILE")]
        rules: PathBuf,
        /// The month whose cases are looked at (default: the last whole one)
        #[arg(long, value_name = "YYYY-MM", value_parser = parse_month)]
        month: Option<Date>,
        /// The district, by its division code; not needed where there is only one
        #[arg(long, value_name = "CODE")]
        district: Option<String>,
        /// Print the whole outcome as JSON
        #[arg(long)]
        json: bool,
    },
}

pub(crate) async fn run(settings: &Settings, words: Words) -> Outcome {
    let Words::DryRun { rules: file, month, district, json } = words;
    let text = std::fs::read_to_string(&file)
        .map_err(|e| Failure::because(format_args!("{} cannot be read", file.display()), &e))?;
    let edge = house::open(settings, Alone::No).await?;
    let district = district_of(&edge, district.as_deref())?;
    let rules = edge.fixture::<Rules>();
    let in_force = rules.in_force(district, edge.now().local().date());
    let tried = read_rules(&in_force, &file, &text)?;
    let first = month.unwrap_or_else(|| last_month(&edge));
    let span = Span::of_days(Some(first), Some(first.last_of_month()));
    let run =
        trial::run(&edge, district, &rules, &tried, span).await.map_err(|e| Failure::failed(chain(&e)))?;
    let mut out = io::stdout().lock();
    if json {
        serde_json::to_writer_pretty(&mut out, &run)
            .map_err(|e| Failure::because("the outcome cannot be written", &e))?;
        writeln!(out)?;
    } else {
        print(&mut out, &first.strftime("%Y-%m").to_string(), &run)?;
    }
    Ok(out.flush()?)
}

/// The first day of a month, as people write the month.
fn parse_month(text: &str) -> Result<Date, String> {
    let day = if text.len() == "2026-10".len() { format!("{text}-01").parse().ok() } else { None };
    day.ok_or_else(|| "a month looks like 2026-10".to_owned())
}

fn last_month(edge: &Edge) -> Date {
    let today = edge.now().local().date();
    today.first_of_month().yesterday().unwrap_or(today).first_of_month()
}

fn read_rules(in_force: &InForce, file: &Path, text: &str) -> Outcome<Router> {
    let name = file.display().to_string();
    Router::load(in_force.catalogue.clone(), &name, text).map_err(|faults| {
        let lines: Vec<String> = faults.iter().map(|f| format!("  {}", f.sentence(Lang::En))).collect();
        Failure::failed(format!("{name} does not hold:\n{}", lines.join("\n")))
    })
}

fn print(out: &mut impl Write, month: &str, run: &DryRun) -> io::Result<()> {
    let moved: u64 = run.moves.iter().map(|m| m.cases).sum();
    writeln!(
        out,
        "{month}: {} cases; {moved} would have gone elsewhere, {} got other helpers, {} stay as they were",
        run.cases, run.co_hosts_changed, run.unchanged
    )?;
    if run.cases == trial::TRIAL_CASES_MAX as u64 {
        writeln!(out, "Only the first {} cases of the month were looked at", run.cases)?;
    }
    if run.withheld > 0 {
        writeln!(
            out,
            "{} were meant for a grid worker whom the published list does not name: they fall to the desk",
            run.withheld
        )?;
    }
    if run.moves.is_empty() {
        return Ok(());
    }
    writeln!(out)?;
    let heads = ["cases", "type", "from", "to", "by rule", "for example"].map(str::to_owned);
    let shown = run.moves.iter().take(MOVES_SHOWN_MAX).map(cells);
    print_table(out, &std::iter::once(heads).chain(shown).collect::<Vec<_>>())?;
    if run.moves.len() > MOVES_SHOWN_MAX {
        writeln!(out, "… and {} more", run.moves.len() - MOVES_SHOWN_MAX)?;
    }
    Ok(())
}

fn cells(moved: &Move) -> [String; 6] {
    [
        moved.cases.to_string(),
        format!("{} {}", moved.type_code, moved.type_words.zh),
        moved.from_words.zh.to_string(),
        moved.to_words.zh.to_string(),
        moved.rules.join(", "),
        moved.samples.join(" "),
    ]
}

/// Columns as wide as their widest cell; Chinese characters take two places of a terminal.
fn print_table(out: &mut impl Write, rows: &[[String; 6]]) -> io::Result<()> {
    let places = |text: &str| text.chars().map(|c| if c < '\u{1100}' { 1 } else { 2 }).sum::<usize>();
    let widest = |column: usize| rows.iter().map(|row| places(&row[column])).max().unwrap_or(0);
    let widths: [usize; 6] = std::array::from_fn(widest);
    for row in rows {
        let mut line = String::new();
        for (cell, width) in row.iter().zip(widths) {
            line.push_str(cell);
            line.extend(std::iter::repeat_n(' ', width - places(cell) + 2));
        }
        writeln!(out, "{}", line.trim_end())?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    //! Months as people write them, and a table that stands straight.
    use super::{parse_month, print_table};

    #[test]
    fn a_month_is_year_and_month() {
        for (text, first) in [
            ("2026-10", Some("2026-10-01")),
            ("2026-13", None),
            ("2026-1", None),
            ("2026-10-05", None),
            ("十月", None),
        ] {
            assert_eq!(parse_month(text).ok().map(|d| d.to_string()).as_deref(), first, "{text}");
        }
    }

    #[test]
    fn columns_stand_under_each_other_in_chinese_too() {
        let row = |cells: [&str; 6]| cells.map(str::to_owned);
        let rows = [row(["cases", "type", "a", "b", "c", ""]), row(["7", "漏水", "a", "b", "c", ""])];
        let mut out = Vec::new();
        print_table(&mut out, &rows).unwrap();
        assert_eq!(String::from_utf8(out).unwrap(), "cases  type  a  b  c\n7      漏水  a  b  c\n");
    }
}
