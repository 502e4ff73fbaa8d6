//! Many cases at once, as an import brings them.

use super::{ADD_ENTRY, ADD_WORDS, INSERT, columns_of, entry_columns_of};
use crate::model::{Case, CaseId, Entry};
use ::store::{Conn, List, Tx, sql};
use platform::{DistrictId, Fault};

sql! {
    KNOWN_EXTERNAL: (DistrictId, List<String>) -> (Option<String>,) =
        "select external_id from cases_case where district = $1 and external_id {in:$2:text}";
    KNOWN_NUMBERS: (DistrictId, List<String>) -> (String,) =
        "select number from cases_case where district = $1 and number {in:$2:text}";
}

/// Which of these foreign ids the district has already.
pub(crate) async fn known_external(
    conn: &mut Conn,
    district: DistrictId,
    ids: Vec<String>,
) -> Result<Vec<String>, Fault> {
    let rows = conn.all(&KNOWN_EXTERNAL, (district, List(ids))).await?;
    Ok(rows.into_iter().filter_map(|(id,)| id).collect())
}

/// Which of these numbers are taken.
pub(crate) async fn known_numbers(
    conn: &mut Conn,
    district: DistrictId,
    numbers: Vec<String>,
) -> Result<Vec<String>, Fault> {
    let rows = conn.all(&KNOWN_NUMBERS, (district, List(numbers))).await?;
    Ok(rows.into_iter().map(|(number,)| number).collect())
}

/// Inserts cases whose ids and numbers are known to be free; answers how many.
pub(crate) async fn insert_all<'a>(
    tx: &mut Tx,
    cases: impl IntoIterator<Item = &'a Case>,
) -> Result<u64, Fault> {
    tx.execute_many(&INSERT, cases.into_iter().map(|case| columns_of(case.clone()))).await
}

pub(crate) async fn add_entries<'a>(
    tx: &mut Tx,
    entries: impl IntoIterator<Item = (CaseId, &'a Entry)>,
) -> Result<(), Fault> {
    let actor = tx.actor().clone();
    let rows = entries.into_iter().map(|(case, entry)| entry_columns_of(&actor, case, entry.clone(), None));
    tx.execute_many(&ADD_ENTRY, rows).await.map(drop)
}

/// Makes cases findable by their words.
pub(crate) async fn add_all_words(
    tx: &mut Tx,
    words: impl IntoIterator<Item = (CaseId, String)>,
) -> Result<(), Fault> {
    let district = tx.district();
    tx.execute_many(&ADD_WORDS, words.into_iter().map(|(case, tokens)| (district, case, tokens)))
        .await
        .map(drop)
}
