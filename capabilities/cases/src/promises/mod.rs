//! Promises 服务承诺: how a unit kept the times of the cases it was given, read from their histories. Nothing is counted twice over:
//! a figure is the number of the very rows that stand behind it.

mod part;
mod words;

pub use part::{Measure, Part};

use self::part::Present;
use crate::model::CaseId;
use crate::queries::outcome::{self, Standing};
use crate::queries::promises as queries;
use crate::rules::Rules;
use crate::stage::DONE;
use crate::view::{state_words, words};
use ::store::Conn;
use platform::{DistrictId, Fault, PostId, Time, Words};
use std::collections::HashMap;

/// Cases of one answer; whoever needs more takes a shorter period.
pub const PARTS_MAX: usize = 20_000;
/// Cases whose histories are read together.
const CASES_AT_ONCE: usize = 500;

/// What came of asking for a unit's cases.
#[derive(Clone, Debug)]
pub enum Parts {
    All(Vec<KeptPart>),
    /// More than [`PARTS_MAX`] were given in this period.
    TooMany,
}

/// A unit's part in a case, with the case as lists name it.
#[derive(Clone, Debug)]
pub struct KeptPart {
    pub case: CaseId,
    pub number: String,
    pub type_code: String,
    pub type_words: Words,
    pub state_words: Words,
    pub part: Part,
}

/// What a type of case promises in words: "2个工作日"; none for a type that is gone.
pub fn promised(rules: &Rules, district: DistrictId, type_code: &str) -> Option<Words> {
    rules.find_type(district, type_code).map(|t| words(&t.final_measure().within.words()))
}

/// The cases a unit's posts were given within a period, the latest first.
///
/// # Errors
/// A fault of the database.
pub async fn parts_of(
    conn: &mut Conn,
    rules: &Rules,
    district: DistrictId,
    posts: &[PostId],
    (from, to): (Time, Time),
) -> Result<Parts, Fault> {
    let given = queries::given(conn, district, posts, (from, to), PARTS_MAX as i64 + 1).await?;
    if given.len() > PARTS_MAX {
        return Ok(Parts::TooMany);
    }
    let mut found = Vec::with_capacity(given.len());
    for ids in given.chunks(CASES_AT_ONCE) {
        found.extend(read(conn, rules, district, posts, ids).await?);
    }
    found.retain(|one| (from..to).contains(&one.part.given_at));
    found.sort_by_key(|one| std::cmp::Reverse((one.part.given_at, one.case)));
    Ok(Parts::All(found))
}

async fn read(
    conn: &mut Conn,
    rules: &Rules,
    district: DistrictId,
    posts: &[PostId],
    ids: &[CaseId],
) -> Result<Vec<KeptPart>, Fault> {
    let mut histories: HashMap<CaseId, Vec<queries::Line>> = HashMap::new();
    for line in queries::histories(conn, district, ids.to_vec()).await? {
        histories.entry(line.case_id).or_default().push(line);
    }
    let standings = outcome::standings(conn, district, ids.to_vec()).await?;
    let kept = standings.into_iter().filter_map(|case| {
        let part = Part::read(histories.get(&case.id)?, posts, present(&case))?;
        Some(in_words(rules, district, case, part))
    });
    Ok(kept.collect())
}

fn present(case: &Standing) -> Present {
    Present { open: case.open, due_at: case.due_at, is_done: case.state == DONE, rating: case.rating }
}

fn in_words(rules: &Rules, district: DistrictId, case: Standing, part: Part) -> KeptPart {
    let name = rules.find_type(district, &case.type_code).map(|t| t.name.clone());
    KeptPart {
        case: case.id,
        number: case.number,
        state_words: state_words(rules.workflow_at(case.workflow_version), &case.state),
        type_words: name.unwrap_or_else(|| Words::new(case.type_code.clone(), case.type_code.clone())),
        type_code: case.type_code,
        part,
    }
}
