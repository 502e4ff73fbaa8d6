//! Every statement keeps to one district: on a district's table it says `district = $1`, or inserts the district first.
//!
//! So no question of one district is ever answered with another's rows, and a distributed PostgreSQL sends each statement
//! to one node.

use std::collections::HashSet;

/// Tables with a row per district, read by those who go through all districts.
const SHARED_TABLES: &[&str] = &["platform_district"];
/// A statement that must see all districts says so in its text, where a reader looks for it.
const MARK: &str = "/* every district */";

/// What is wrong with a statement, in either of its two texts.
pub(crate) fn check(written: [&str; 2], district_tables: &HashSet<String>) -> Option<String> {
    let texts = written.map(|text| text.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase());
    let table = texts.iter().find_map(|text| {
        let is_district_table =
            |table: &&str| district_tables.contains(*table) && !SHARED_TABLES.contains(table);
        tables(text).into_iter().find(is_district_table).filter(|_| !keeps_to_district(text))
    })?;
    Some(format!("it reads or writes {table} without `district = $1` (or says why: `{MARK}`)"))
}

fn keeps_to_district(text: &str) -> bool {
    let is_insert = text.match_indices("insert into ").any(|(at, _)| {
        text[at..].split_once('(').is_some_and(|(_, columns)| columns.trim_start().starts_with("district"))
            && ["values ($1", "select $1"].iter().any(|first| text[at..].contains(first))
    });
    text.contains("district = $1") || is_insert || text.contains(MARK)
}

/// What stands after from, join, into and update.
fn tables(text: &str) -> Vec<&str> {
    let words: Vec<&str> = text.split([' ', ',', '(', ')', ';']).filter(|word| !word.is_empty()).collect();
    let names = words.windows(2).filter(|pair| ["from", "join", "into", "update"].contains(&pair[0]));
    names.map(|pair| pair[1]).collect()
}

#[cfg(test)]
mod tests {
    //! Which statements keep to their district.
    use super::check;

    #[test]
    fn a_statement_on_a_district_table_names_its_district() {
        let tables = ["cases_case".to_owned(), "platform_district".to_owned()].into();
        let rows = [
            ("select id from cases_case where district = $1", true),
            ("select c.id from shared s join cases_case c on c.x = s.x where c.district = $1", true),
            ("insert into cases_case (district, id)\n values ($1, $2)", true),
            ("insert into cases_case (id, district) values ($1, $2)", false),
            ("insert into cases_case (district, id) select $1, value from json_each($2)", true),
            ("insert into cases_case (district, id) values ($2, $1)", false),
            ("select id from cases_case where id = $1", false),
            ("update cases_case set a = 1 where district = $2 and id = $1", false),
            ("delete from cases_case where id = $1", false),
            ("select count(*) from cases_case /* every district */", true),
            ("select district from platform_district", true),
            ("select word from cases_shared_word", true),
        ];
        for (text, is_kept) in rows {
            assert_eq!(check([text, text], &tables).is_none(), is_kept, "{text}");
        }
        assert!(check([rows[0].0, rows[6].0], &tables).is_some(), "the second text counts too");
    }
}
