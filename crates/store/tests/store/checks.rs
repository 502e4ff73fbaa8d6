//! The statement check finds what is wrong, and nothing else.

use crate::house::House;
use platform::{DistrictId, Fault};
use store::{Migration, Migrations, sql};
use uuid::Uuid;

crate::stories! { every_wrong_statement_is_found, a_misnamed_key_is_found }

/// Statements that do not fit the schema, each in its own way.
mod wrong {
    use super::*;
    sql! {
        NO_TABLE: (DistrictId,) -> (i64,) = "select n from desk_nowhere where district = $1";
        TYPE: (DistrictId,) -> (String,) = "select number from desk_note where district = $1";
        NULL: (DistrictId,) -> (Uuid,) = "select author from desk_note where district = $1";
        NULL_RETURNED: (DistrictId,) -> (f64,) = "delete from desk_note where district = $1 returning size";
        COLUMNS: (DistrictId,) -> (i64,) = "select number, words from desk_note where district = $1";
        PARAMETERS: (DistrictId, i64) -> (i64,) = "select number from desk_note where district = $1";
        NAME: (DistrictId,) -> crate::desk::Note =
            "select id, number, path, words, size, done, photo, about, author, due_at from desk_note
             where district = $1";
        DISTRICT_LESS: (Uuid,) -> (i64,) = "select number from desk_note where id = $1";
    }
}

/// Statements that look alike and are right.
mod right {
    use super::*;
    sql! {
        MAY_BE_NULL: (DistrictId,) -> (Option<Uuid>,) = "select author from desk_note where district = $1";
        COALESCED: (DistrictId,) -> (f64,) =
            "select coalesce(size, cast(0 as double precision)) from desk_note where district = $1";
        OUTER: (DistrictId,) -> (i64, Option<i64>) =
            "select n.number, e.times from desk_note n
             left join desk_echo e on e.district = n.district and e.note_id = n.id where n.district = $1";
        EVERYWHERE: () -> (i64,) = "select count(*) from desk_note /* every district */";
    }
}

async fn every_wrong_statement_is_found(house: House) {
    let engine = house.db.engine_name();
    let faults = house.db.check_statements().await.expect("checked");
    let (wrong, other): (Vec<_>, Vec<_>) =
        faults.iter().partition(|fault| fault.statement.starts_with("store::checks::wrong::"));
    // The statement of another story belongs to a table only that story has.
    let other: Vec<_> = other.iter().filter(|fault| !fault.statement.ends_with("::ENGINES")).collect();
    assert!(other.is_empty(), "{other:#?}");
    let rows = [
        ("NO_TABLE", "refuses it"),
        ("TYPE", "column number is"),
        ("NULL", "column author may be null, the Rust type is no Option"),
        ("NULL_RETURNED", "column size may be null"),
        ("COLUMNS", "2 columns, the Rust type has 1"),
        ("PARAMETERS", "1 parameters, the Rust type has 2"),
        ("NAME", "column path stands where words is read"),
        ("DISTRICT_LESS", "without `district = $1`"),
    ];
    for (name, sentence) in rows {
        let is_found = |fault: &&&store::StatementFault| {
            fault.statement.ends_with(&format!("::{name}")) && fault.sentence.contains(sentence)
        };
        assert!(wrong.iter().any(|fault| is_found(&fault)), "{name} on {engine}: {wrong:#?}");
    }
    let named = |name: &str| wrong.iter().filter(|f| f.statement.ends_with(&format!("::{name}"))).count();
    assert_eq!(named("DISTRICT_LESS") + named("TYPE") + named("NULL"), 3, "one fault each: {wrong:#?}");
}

async fn a_misnamed_key_is_found(house: House) {
    let text = "create table desk_pair (district {int} not null, a {int} not null, b {int} not null,
            primary key (district, a)) {strict};
        create unique index desk_pair_b_key on desk_pair (district, b);
        create unique index desk_only_one on desk_pair (district, b, a) where b > 3;";
    let list: &'static [Migration] = Box::leak(Box::new([Migration { name: "0001_pair.sql", text }]));
    let mut all = crate::desk::MIGRATIONS.to_vec();
    all.push(Migrations { capability: "pair", list });
    house.db.migrate(&all).await.expect("migrated");
    let faults: Result<Vec<_>, Fault> = house.db.check_statements().await;
    let keys: Vec<String> = faults
        .expect("checked")
        .into_iter()
        .filter(|fault| !fault.statement.contains("::"))
        .map(|fault| format!("{}: {}", fault.statement, fault.sentence))
        .collect();
    assert_eq!(keys, ["desk_only_one: a unique key of desk_pair must be called desk_pair_b_a_key"]);
}
