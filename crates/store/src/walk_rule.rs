//! No statement walks through a table, or through all that a district has in one, unless its text says so: what is quick on a
//! developer's rows is slow on a district's. SQLite tells how it would run each statement; PostgreSQL has the same indexes.

/// A statement that is meant to read all of a district's rows says so in its text, where a reader looks for it.
const MARK: &str = "/* whole district */";
/// Who goes through all districts says that instead.
const EVERY_DISTRICT_MARK: &str = "/* every district */";
/// Tables that stay as short as the house has parts; and what is no table.
const SHORT: [&str; 4] = ["platform_district", "platform_migration", "json_each", "CONSTANT"];

/// What is wrong with how SQLite would run a statement.
pub(crate) fn find(
    db: &rusqlite::Connection,
    written: &str,
    spelled: &str,
) -> Result<Option<String>, rusqlite::Error> {
    let mut explained = db.prepare(&format!("explain query plan {spelled}"))?;
    let steps = explained.raw_query().mapped(|row| row.get::<_, String>(3)).collect::<Result<Vec<_>, _>>()?;
    Ok(walk_of(written, &steps).map(|step| format!("it walks: {step} (or says why it may: `{MARK}`)")))
}

/// The step that reads more than a part of one district, if the statement does not own up to it.
fn walk_of<'a>(written: &str, steps: &'a [String]) -> Option<&'a str> {
    if written.contains(MARK) || written.contains(EVERY_DISTRICT_MARK) || is_list_in_order(written, steps) {
        return None;
    }
    let made: Vec<&str> = steps.iter().filter_map(|step| made_by(step)).collect();
    steps.iter().map(String::as_str).find(|step| match step.split_once(' ') {
        Some(("SEARCH", rest)) => rest.ends_with("(district=?)"),
        Some(("SCAN", rest)) => {
            let table = rest.split(' ').next().unwrap_or_default();
            let is_named = |name: &&str| *name == table || written.contains(&format!("{name} {table}"));
            let is_made = made.iter().any(is_named) || table.starts_with('(');
            !is_made && !SHORT.contains(&table) && !rest.contains("VIRTUAL TABLE")
        }
        _ => false,
    })
}

/// The rows a step makes for the others: a part of the statement with a name of its own.
fn made_by(step: &str) -> Option<&str> {
    ["MATERIALIZE ", "CO-ROUTINE "].iter().find_map(|made| step.strip_prefix(made))
}

/// The first so many rows of a district as an index has them: nothing is left out, nothing is sorted.
fn is_list_in_order(written: &str, steps: &[String]) -> bool {
    let text = written.split_whitespace().collect::<Vec<_>>().join(" ");
    let is_sorted = steps.iter().any(|step| step.contains("TEMP B-TREE FOR"));
    text.contains("district = $1 order by ") && text.contains(" limit ") && !is_sorted
}

#[cfg(test)]
mod tests {
    //! Which plans walk.
    use super::find;

    const SCHEMA: &str = "
        create table t (district integer not null, id integer not null, kind text not null, words text,
            primary key (district, id)) without rowid;
        create index t_of_kind on t (district, kind, id);";

    #[test]
    fn a_walk_is_found_or_owned_up_to() {
        let db = rusqlite::Connection::open_in_memory().expect("memory");
        db.execute_batch(SCHEMA).expect("a table");
        let rows = [
            ("select id from t where district = $1 and id = $2", false),
            ("select id from t where district = $1 and id > $2 order by id limit $3", false),
            ("select id from t where district = $1 and kind = $2 order by id limit $3", false),
            ("select id from t where district = $1 order by id desc limit $2", false),
            (
                "with p as (select id from t where district = $1 and kind = $2 limit $3) select id from p",
                false,
            ),
            (
                "with p as (select id from t where district = $1 and kind = $2 limit $3) select q.id from p q",
                false,
            ),
            ("insert into t (district, id, kind) values ($1, $2, $3)", false),
            ("select id from t where district = $1 and words = $2", true),
            ("select id from t where district = $1 and words = $2 order by id limit $3", true),
            ("select id from t where district = $1 order by words limit $2", true),
            ("select id from t where words = $1", true),
            ("update t set kind = $2 where district = $1 and words = $3", true),
            ("delete from t where district = $1 and words < $2 /* whole district */", false),
            ("select count(*) from t /* every district */", false),
        ];
        for (text, walks) in rows {
            let found = find(&db, text, &text.replace('$', "?")).expect("explained");
            assert_eq!(found.is_some(), walks, "{text}: {found:?}");
        }
    }
}
