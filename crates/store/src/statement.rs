//! Statements: declared with `sql!`, known to the registry, written once for both engines.

use crate::{Column, Kind, Params, Row};
use std::fmt::Write as _;
use std::marker::PhantomData;
use std::sync::OnceLock;

/// A statement's text and its name, with the engines' spellings made on first use.
#[derive(Debug)]
pub struct Statement {
    pub name: &'static str,
    pub module: &'static str,
    sqlite_text: &'static str,
    postgres_text: &'static str,
    sqlite: OnceLock<String>,
    postgres: OnceLock<String>,
    postgres_rows: OnceLock<Option<String>>,
}

/// Rows that [`Statement::postgres_rows`] puts in at once: PostgreSQL spends more on beginning a statement than on a row.
pub(crate) const ROWS_AT_ONCE: usize = 50;

impl Statement {
    /// The text as SQLite reads it: `$1` becomes `?1`, a list becomes `json_each`.
    pub fn sqlite(&self) -> &str {
        self.sqlite.get_or_init(|| spell(self.sqlite_text, Spelling::Sqlite))
    }

    /// The text as PostgreSQL reads it.
    pub fn postgres(&self) -> &str {
        self.postgres.get_or_init(|| spell(self.postgres_text, Spelling::Postgres))
    }

    /// The text that puts [`ROWS_AT_ONCE`] rows of `params` parameters each into PostgreSQL; none where the statement is not a plain
    /// `insert … values (…)`, or where two of the rows could meet.
    pub(crate) fn postgres_rows(&self, params: usize) -> Option<&str> {
        self.postgres_rows.get_or_init(|| repeat_row(self.postgres(), params, ROWS_AT_ONCE)).as_deref()
    }

    /// The text as it was written, once for each engine.
    pub(crate) fn written(&self) -> [&'static str; 2] {
        [self.sqlite_text, self.postgres_text]
    }
}

/// A statement with the types of its parameters and of its rows.
#[derive(Debug)]
pub struct Query<P, R> {
    pub statement: Statement,
    types: PhantomData<fn(P) -> R>,
}

impl<P: Params, R: Row> Query<P, R> {
    #[doc(hidden)]
    pub const fn new(
        name: &'static str,
        module: &'static str,
        sqlite_text: &'static str,
        postgres_text: &'static str,
    ) -> Self {
        Self {
            statement: Statement {
                name,
                module,
                sqlite_text,
                postgres_text,
                sqlite: OnceLock::new(),
                postgres: OnceLock::new(),
                postgres_rows: OnceLock::new(),
            },
            types: PhantomData,
        }
    }

    /// What the statement test compares with the schemas.
    pub fn describe(&'static self) -> Description {
        Description { statement: &self.statement, params: P::kinds(), columns: R::columns() }
    }
}

/// A statement and what the program believes of it.
#[derive(Debug)]
pub struct Description {
    pub statement: &'static Statement,
    /// Kind and whether null may be given.
    pub params: Vec<(Kind, bool)>,
    pub columns: Vec<Column>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Spelling {
    Sqlite,
    Postgres,
}

/// Replaces `$n`, `{in:$n:kind}` and `{by:index}` by what the engine reads. An index is named where SQLite, which takes any first column
/// for a selective one, would go through a district; PostgreSQL counts.
fn spell(text: &str, spelling: Spelling) -> String {
    let mut out = String::with_capacity(text.len() + 32);
    let mut rest = text;
    while let Some(at) = rest.find(['$', '{']) {
        out.push_str(&rest[..at]);
        rest = &rest[at..];
        if let Some(list) = rest.strip_prefix("{in:$") {
            let end = list.find('}').unwrap_or(list.len());
            let (number, kind) = list[..end].split_once(':').unwrap_or((&list[..end], "text"));
            match (spelling, kind) {
                (Spelling::Postgres, _) => write!(out, "= any(${number})"),
                (Spelling::Sqlite, "uuid") => {
                    write!(out, "in (select unhex(value) from json_each(?{number}))")
                }
                (Spelling::Sqlite, _) => write!(out, "in (select value from json_each(?{number}))"),
            }
            .unwrap_or_default();
            rest = list.get(end + 1..).unwrap_or("");
        } else if let Some((index, after)) = rest.strip_prefix("{by:").and_then(|by| by.split_once('}')) {
            match spelling {
                Spelling::Sqlite => write!(out, "indexed by {index}").unwrap_or_default(),
                Spelling::Postgres => {}
            }
            rest = after;
        } else {
            let mark = if spelling == Spelling::Sqlite && rest.starts_with('$') { "?" } else { &rest[..1] };
            out.push_str(mark);
            rest = &rest[1..];
        }
    }
    out.push_str(rest);
    out
}

/// An insert of one row as an insert of many, its parameters counted on from row to row.
fn repeat_row(text: &str, params: usize, rows: usize) -> Option<String> {
    const VALUES: &str = "values (";
    let open = text.find(VALUES)? + VALUES.len() - 1;
    let close = open + closing_bracket(&text[open..])?;
    let (head, row, tail) = (&text[..open], &text[open..=close], &text[close + 1..]);
    let is_plain = head.starts_with("insert into") && !head.contains('$') && !tail.contains('$');
    // A row that is put in twice by one statement may be left out, but not changed.
    if !is_plain || tail.contains("do update") {
        return None;
    }
    let all: Vec<String> = (0..rows).map(|at| count_on(row, at * params)).collect();
    Some(format!("{head}{}{tail}", all.join(", ")))
}

/// Where the bracket closes that the text begins with.
fn closing_bracket(text: &str) -> Option<usize> {
    let mut depth = 0_usize;
    text.char_indices().find_map(|(at, c)| {
        match c {
            '(' => depth += 1,
            ')' => depth -= 1,
            _ => {}
        }
        (depth == 0).then_some(at)
    })
}

/// The same row with every `$n` as `$(n + by)`.
fn count_on(row: &str, by: usize) -> String {
    let mut out = String::with_capacity(row.len() + 16);
    let mut parts = row.split('$');
    out.push_str(parts.next().unwrap_or_default());
    for part in parts {
        let digits = part.bytes().take_while(u8::is_ascii_digit).count();
        let number: usize = part[..digits].parse().unwrap_or_default();
        let _ = write!(out, "${}{}", number + by, &part[digits..]);
    }
    out
}

/// Declares statements. Each becomes a `static Query` and an entry of the registry.
///
/// ```ignore
/// sql! {
///     /// Newest first.
///     pub OPEN_OF_POST: (DistrictId, PostId, i64) -> QueueRow =
///         "select id, due_at from cases_case where district = $1 and post_id = $2 order by id desc limit $3";
///     /// Two texts where the engines differ.
///     pub FIND_WORDS: (DistrictId, String) -> (CaseId,) = sqlite "…" postgres "…";
///     /// No rows come back.
///     pub CLOSE: (DistrictId, CaseId) = "update cases_case set open = false where district = $1 and id = $2";
/// }
/// ```
#[macro_export]
macro_rules! sql {
    () => {};
    ($(#[$meta:meta])* $vis:vis $name:ident : $params:ty = $text:literal ; $($rest:tt)*) => {
        $crate::sql!(@one [$(#[$meta])*] [$vis] $name, $params, (), $text, $text);
        $crate::sql!($($rest)*);
    };
    ($(#[$meta:meta])* $vis:vis $name:ident : $params:ty = sqlite $sqlite:literal postgres $postgres:literal ; $($rest:tt)*) => {
        $crate::sql!(@one [$(#[$meta])*] [$vis] $name, $params, (), $sqlite, $postgres);
        $crate::sql!($($rest)*);
    };
    ($(#[$meta:meta])* $vis:vis $name:ident : $params:tt -> $row:ty = $text:literal ; $($rest:tt)*) => {
        $crate::sql!(@one [$(#[$meta])*] [$vis] $name, $params, $row, $text, $text);
        $crate::sql!($($rest)*);
    };
    ($(#[$meta:meta])* $vis:vis $name:ident : $params:tt -> $row:ty = sqlite $sqlite:literal postgres $postgres:literal ; $($rest:tt)*) => {
        $crate::sql!(@one [$(#[$meta])*] [$vis] $name, $params, $row, $sqlite, $postgres);
        $crate::sql!($($rest)*);
    };
    (@one [$(#[$meta:meta])*] [$vis:vis] $name:ident, $params:ty, $row:ty, $sqlite:literal, $postgres:literal) => {
        $(#[$meta])*
        $vis static $name: $crate::Query<$params, $row> =
            $crate::Query::new(stringify!($name), module_path!(), $sqlite, $postgres);
        const _: () = {
            $crate::hidden::inventory::submit! { $crate::hidden::Registered(|| $name.describe()) }
        };
    };
}

#[cfg(test)]
mod tests {
    //! One text, two spellings; one row, many.
    use super::{Spelling, repeat_row, spell};

    #[test]
    fn an_insert_of_a_row_becomes_one_of_many_where_rows_cannot_meet() {
        let text = "insert into t (a, b, c) values ($1, $1, array_of($2, ' ')) on conflict do nothing";
        assert_eq!(
            repeat_row(text, 2, 3).as_deref(),
            Some(
                "insert into t (a, b, c) values ($1, $1, array_of($2, ' ')), ($3, $3, array_of($4, ' ')), \
                 ($5, $5, array_of($6, ' ')) on conflict do nothing"
            )
        );
        for other in [
            "insert into t (a) values ($1) on conflict (a) do update set a = excluded.a",
            "insert into t (a) values ($1) on conflict do nothing returning $2",
            "insert into t (a) select $1",
            "update t set a = $1",
        ] {
            assert_eq!(repeat_row(other, 1, 3), None, "{other}");
        }
    }

    #[test]
    fn parameters_and_lists_are_spelled_for_each_engine() {
        let text = "select a from t where district = $1 and id {in:$2:uuid} and name {in:$3:text} limit $10";
        assert_eq!(
            spell(text, Spelling::Sqlite),
            "select a from t where district = ?1 and id in (select unhex(value) from json_each(?2)) \
             and name in (select value from json_each(?3)) limit ?10"
        );
        assert_eq!(
            spell(text, Spelling::Postgres),
            "select a from t where district = $1 and id = any($2) and name = any($3) limit $10"
        );
        let named = "delete from t {by:t_of_a} where district = $1 and a = $2";
        assert_eq!(
            spell(named, Spelling::Sqlite),
            "delete from t indexed by t_of_a where district = ?1 and a = ?2"
        );
        assert_eq!(spell(named, Spelling::Postgres), "delete from t  where district = $1 and a = $2");
    }
}
