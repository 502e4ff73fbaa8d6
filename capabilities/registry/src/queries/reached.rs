//! Households of homes, who belongs to each, and whose account a person is.

use crate::model::{Fields, RecordId};
use ::store::{Conn, Json, List, row, sql};
use platform::{AccountId, DistrictId, Fault, Time};
use std::collections::HashMap;
use uuid::Uuid;

/// Homes of one statement.
const AT_ONCE: usize = 2_000;

row! {
    struct MemberRow {
        household: Option<RecordId>,
        person: Option<RecordId>,
        fields: Json<Fields>,
    }
}

/// Somebody of a household.
#[derive(Clone, Debug)]
pub(crate) struct Member {
    pub household: Uuid,
    pub person: RecordId,
    pub relation: String,
}

sql! {
    HOUSEHOLDS: (DistrictId, List<RecordId>) -> (Option<RecordId>, Option<RecordId>) =
        "select distinct household_id, dwelling_id from registry_record {by:registry_record_of_dwelling}
         where district = $1 and dwelling_id {in:$2:uuid} and kind = 'residence' and state = 'live'";
    OF_HOUSEHOLDS: (DistrictId, List<Uuid>) -> MemberRow =
        "select household_id as household, person_id as person, fields from registry_record {by:registry_record_of_household}
         where district = $1 and household_id {in:$2:uuid} and kind = 'residence' and state = 'live'";
    /// Who lives in a home and belongs to no household.
    OF_HOMES: (DistrictId, List<Uuid>) -> MemberRow =
        "select dwelling_id as household, person_id as person, fields from registry_record {by:registry_record_of_dwelling}
         where district = $1 and dwelling_id {in:$2:uuid} and kind = 'residence' and state = 'live' and household_id is null";
    ACCOUNTS: (DistrictId, List<RecordId>, Time) -> (RecordId, AccountId) =
        "select person_id, account_id from registry_claim {by:registry_claim_of_person}
         where district = $1 and person_id {in:$2:uuid} and standing = 'self' and (ends_at is null or ends_at > $3)
         order by person_id, account_id";
}

/// Whom to tell of what concerns some homes: each household once, and the home itself where people are registered without one. A home where
/// nobody lives has nobody to be told.
///
/// # Errors
/// A fault of the database.
pub async fn households_of(
    conn: &mut Conn,
    district: DistrictId,
    homes: &[RecordId],
) -> Result<Vec<Uuid>, Fault> {
    let found = households_at(conn, district, homes).await?;
    let mut households: Vec<Uuid> = found.into_iter().map(|(household, _)| household).collect();
    households.sort_unstable();
    households.dedup();
    Ok(households)
}

/// As [`households_of`], each with the home it lives in; one with two homes stands there twice.
///
/// # Errors
/// A fault of the database.
pub async fn households_at(
    conn: &mut Conn,
    district: DistrictId,
    homes: &[RecordId],
) -> Result<Vec<(Uuid, RecordId)>, Fault> {
    let mut found = Vec::new();
    for some in homes.chunks(AT_ONCE) {
        let rows = conn.all(&HOUSEHOLDS, (district, List(some.to_vec()))).await?;
        let pair =
            |(household, home): (Option<RecordId>, Option<RecordId>)| Some((household.or(home)?.0, home?));
        found.extend(rows.into_iter().filter_map(pair));
    }
    Ok(found)
}

pub(crate) async fn members_of(
    conn: &mut Conn,
    district: DistrictId,
    ids: &[Uuid],
) -> Result<Vec<Member>, Fault> {
    let mut found = conn.all(&OF_HOUSEHOLDS, (district, List(ids.to_vec()))).await?;
    found.extend(conn.all(&OF_HOMES, (district, List(ids.to_vec()))).await?);
    let member = |row: MemberRow| {
        let relation = row.fields.0.text("relation").to_owned();
        Some(Member { household: row.household?.0, person: row.person?, relation })
    };
    Ok(found.into_iter().filter_map(member).collect())
}

/// The accounts of those who proved to be a person, the first of each.
pub(crate) async fn accounts_of(
    conn: &mut Conn,
    district: DistrictId,
    people: Vec<RecordId>,
    now: Time,
) -> Result<HashMap<RecordId, AccountId>, Fault> {
    let mut accounts = HashMap::new();
    for (person, account) in conn.all(&ACCOUNTS, (district, List(people), now)).await? {
        accounts.entry(person).or_insert(account);
    }
    Ok(accounts)
}
