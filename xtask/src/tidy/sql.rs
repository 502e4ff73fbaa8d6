//! SQL in plain sight: in two files of a capability, on its own tables, in the part both engines share.

use super::Finding;
use super::house::{House, line_of};

const MEND_PLACE: &str = "move the statement to the capability's store.rs or queries.rs";
const MEND_TABLE: &str = "call the other capability's lib.rs, or read a view it publishes as <name>_shared_…";
const MEND_DISTRICT: &str =
    "carry the district: `district = $1` in the condition, `district` first among the columns";

/// Where the floor keeps SQL: its own crate, and the list of districts, which the edge reads before anybody is let in.
const FLOOR_SQL: &[&str] = &["crates/store/", "crates/edge/src/district.rs"];

/// Where the owners of tables live: every capability, and the one crate of the floor that joins the house like one.
const OWNERS: &[(&str, &str)] = &[("capabilities/", ""), ("crates/", "courier/")];

/// Who owns the tables a file may name, and the file's path inside of it.
fn owner_of(path: &str) -> Option<(&str, &str)> {
    let (folder, name) = OWNERS.iter().find_map(|(folder, name)| Some((path.strip_prefix(folder)?, name)))?;
    folder.starts_with(name).then(|| folder.split_once('/')).flatten()
}

/// The marks of a statement that only one engine understands, or that hides a clock or a column.
const NOT_SHARED: &[(&str, &str)] = &[
    ("now()", "time is a parameter: tx.now()"),
    ("current_timestamp", "time is a parameter: tx.now()"),
    ("select *", "name the columns"),
    (" ilike ", "fold the case in Rust, into a column of its own"),
    ("distinct on", "use row_number() over (…)"),
    ("random()", "chance is a parameter"),
    ("nextval", "ids are made in Rust"),
];

/// A statement's text and where it begins in its file.
struct Statement {
    line: usize,
    text: String,
}

pub fn check(house: &House) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (path, text) in house.rust().filter(|(path, _)| !path.starts_with("xtask/") && !is_test(path)) {
        let statements = statements(text);
        if let Some(first) = statements.first()
            && !may_hold_sql(path)
        {
            findings.push(Finding::at_line(path, first.line, "SQL in the wrong place", MEND_PLACE));
        }
        for statement in &statements {
            findings.extend(check_statement(path, statement));
        }
    }
    findings
}

fn is_test(path: &str) -> bool {
    ["/tests/", "/tests.rs", "/examples/"].iter().any(|place| path.contains(place))
}

fn may_hold_sql(path: &str) -> bool {
    if FLOOR_SQL.iter().any(|place| path.starts_with(place)) {
        return true;
    }
    let inside = owner_of(path).and_then(|(_, inside)| inside.strip_prefix("src/"));
    inside.is_some_and(|inside| {
        ["store.rs", "queries.rs"].contains(&inside)
            || inside.starts_with("store/")
            || inside.starts_with("queries/")
    })
}

fn check_statement(path: &str, statement: &Statement) -> Vec<Finding> {
    let owner = owner_of(path).map(|(owner, _)| owner);
    // The floor's own tables are called after the platform.
    let prefix = format!("{}_", owner.unwrap_or("platform"));
    let text = statement.text.to_lowercase();
    let is_foreign = |table: &&str| !table.starts_with(&prefix) && !table.contains("_shared_");
    let mut findings = Vec::new();
    for table in tables(&text).into_iter().filter(is_foreign) {
        let what = format!("names the table {table}, which is not its own");
        findings.push(Finding::at_line(path, statement.line, what, MEND_TABLE));
    }
    for (word, mend) in NOT_SHARED.iter().filter(|(word, _)| text.contains(word)) {
        findings.push(Finding::at_line(path, statement.line, format!("uses `{}`", word.trim()), mend));
    }
    if owner.is_some() && !text.contains("district") {
        findings.push(Finding::at_line(path, statement.line, "does not carry the district", MEND_DISTRICT));
    }
    findings
}

/// The tables a statement names: what stands after from, join, into and update, without its own `with` parts.
fn tables(text: &str) -> Vec<&str> {
    let words: Vec<&str> = text
        .split(|c: char| c.is_whitespace() || c == ',' || c == ')')
        .filter(|word| !word.is_empty())
        .collect();
    let named: Vec<&str> = words
        .windows(2)
        .filter(|pair| ["from", "join", "into", "update"].contains(&pair[0].trim_start_matches('(')))
        .map(|pair| pair[1])
        // A subquery, a function that gives rows, or the `set` of an upsert.
        .filter(|word| !word.starts_with('(') && !["set", "select"].contains(word) && !is_function(word))
        .map(|word| word.split('(').next().unwrap_or_default())
        .filter(|word| !word.is_empty())
        .collect();
    named.into_iter().filter(|name| !is_part(text, name)).collect()
}

fn is_function(word: &str) -> bool {
    ["json_each(", "unnest(", "excluded"].iter().any(|start| word.starts_with(start))
}

/// True when a statement defines the name itself: `with name as (`, `, name(a, b) as (`.
fn is_part(text: &str, name: &str) -> bool {
    text.match_indices(name).any(|(at, _)| {
        let before = text[..at].trim_end();
        let opens = before.ends_with("with") || before.ends_with("recursive") || before.ends_with(',');
        let after = text[at + name.len()..].trim_start();
        let after = after
            .strip_prefix('(')
            .and_then(|rest| rest.split_once(')'))
            .map_or(after, |(_, rest)| rest.trim_start());
        opens && after.starts_with("as ")
    })
}

/// Every string inside a `sql! { … }`.
fn statements(text: &str) -> Vec<Statement> {
    let mut found = Vec::new();
    for (start, opening) in text.match_indices("sql! {") {
        let is_comment =
            text[..start].rsplit('\n').next().is_some_and(|line| line.trim_start().starts_with("//"));
        if !is_comment {
            collect_strings(text, start + opening.len(), &mut found);
        }
    }
    found
}

/// Collects the strings from a position up to the brace that closes the block.
fn collect_strings(text: &str, start: usize, found: &mut Vec<Statement>) {
    let bytes = text.as_bytes();
    let mut at = start;
    while at < bytes.len() && bytes[at] != b'}' {
        if text[at..].starts_with("//") {
            at += text[at..].find('\n').unwrap_or(bytes.len() - at);
        } else if bytes[at] == b'"' {
            let end = end_of_string(bytes, at + 1);
            found.push(Statement { line: line_of(text, at), text: text[at + 1..end].replace("\\\n", "\n") });
            at = end;
        }
        at += 1;
        while !text.is_char_boundary(at) {
            at += 1;
        }
    }
}

fn end_of_string(bytes: &[u8], start: usize) -> usize {
    let mut at = start;
    while at < bytes.len() && bytes[at] != b'"' {
        at += if bytes[at] == b'\\' { 2 } else { 1 };
    }
    at.min(bytes.len())
}

#[cfg(test)]
mod tests {
    use super::super::testing::{assert_found, assert_kept};
    use super::tables;

    #[test]
    fn sql_is_in_its_place_and_on_its_own_tables() {
        assert_kept(super::check);
    }

    #[test]
    fn finds_the_tables_a_statement_names() {
        let rows = [
            (
                "select a from cases_case c join cases_photo p on p.id = c.id",
                vec!["cases_case", "cases_photo"],
            ),
            ("with open as (select id from cases_case) select id from open", vec!["cases_case"]),
            ("with recursive up(id, n) as (select 1, 2) select id from up, json_each($1)", vec![]),
            (
                "insert into cases_case (a) values ($1) on conflict (a) do update set a = excluded.a",
                vec!["cases_case"],
            ),
            (
                "update cases_case set a = 1 where id in (select id from cases_step)",
                vec!["cases_case", "cases_step"],
            ),
            ("select extract(x) from (select 1 from cases_case) t", vec!["cases_case"]),
        ];
        for (text, expected) in rows {
            assert_eq!(tables(text), expected, "{text}");
        }
    }

    #[test]
    fn foreign_misplaced_and_one_sided_sql_is_found() {
        let foreign = "//! x\nsql! {\n    /// Why.\n    pub A: (i64) =\n        \"select id from territory_area where district = $1\";\n}";
        let shared = "sql! { A: (i64) = \"select id from territory_shared_area where district = $1\"; }";
        let misplaced = "sql! { A: (i64) = \"select id from cases_case where district = $1\"; }";
        let one_sided = "sql! {\n A: (i64) = \"select * from cases_case\";\n}";
        let files = [
            ("capabilities/cases/src/store.rs", foreign),
            ("capabilities/cases/src/queries/shared.rs", shared),
            ("capabilities/cases/src/commands.rs", misplaced),
            ("capabilities/cases/src/queries.rs", one_sided),
        ];
        let places = [
            "capabilities/cases/src/commands.rs:1",
            "capabilities/cases/src/queries.rs:2",
            "capabilities/cases/src/queries.rs:2",
            "capabilities/cases/src/store.rs:5",
        ];
        assert_found(super::check, &files, &places);
    }
}
