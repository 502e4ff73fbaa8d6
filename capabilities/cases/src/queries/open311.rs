//! Cases as other systems may list them: public ones, by the time they were reported.

use crate::access;
use crate::model::CaseId;
use ::store::{Conn, List, row, sql};
use platform::{DistrictId, Fault, OrganisationId, Time};

row! {
    /// A case, as much of it as an answer of Open311 is made from.
    #[derive(Clone, Debug)]
    pub(crate) struct ListedCase {
        pub id: CaseId,
        pub number: String,
        pub state: String,
        pub open: bool,
        pub type_code: String,
        pub words: String,
        pub lon: Option<f64>,
        pub lat: Option<f64>,
        pub address: Option<String>,
        pub area_path: String,
        pub public: bool,
        pub hidden: bool,
        pub unit_id: Option<OrganisationId>,
        pub due_at: Option<Time>,
        pub reported_at: Time,
        pub state_since: Time,
        pub closed_at: Option<Time>,
        pub workflow_version: i64,
    }
}

sql! {
    // What is listed is what `is_shown_to_all` shows: the states nobody is told of come from there.
    LISTED: (DistrictId, Time, Time, Time, CaseId, bool, bool, i64, List<String>) -> ListedCase =
        "select id, number, state, open, type_code, words, lon, lat, address, area_path, public, hidden, unit_id, due_at,
             reported_at, state_since, closed_at, workflow_version
         from cases_case
         where district = $1 and public and not hidden and reported_at >= $2 and reported_at < $3
             and (reported_at, id) < ($4, $5) and (open or $6) and (not open or $7)
             and not (state {in:$9:text})
         order by reported_at desc, id desc limit $8";
    LISTED_OF_TYPES: (DistrictId, Time, Time, Time, CaseId, bool, bool, i64, List<String>, List<String>) -> ListedCase =
        "select id, number, state, open, type_code, words, lon, lat, address, area_path, public, hidden, unit_id, due_at,
             reported_at, state_since, closed_at, workflow_version
         from cases_case
         where district = $1 and public and not hidden and reported_at >= $2 and reported_at < $3
             and (reported_at, id) < ($4, $5) and (open or $6) and (not open or $7)
             and not (state {in:$9:text}) and type_code {in:$10:text}
         order by reported_at desc, id desc limit $8";
    OF_NUMBERS: (DistrictId, List<String>, i64) -> ListedCase =
        "select id, number, state, open, type_code, words, lon, lat, address, area_path, public, hidden, unit_id, due_at,
             reported_at, state_since, closed_at, workflow_version
         from cases_case where district = $1 and number {in:$2:text} order by reported_at desc, id desc limit $3";
}

/// What a list is asked for.
#[derive(Clone, Debug)]
pub(crate) struct Listing {
    /// Reported from the first moment up to, not including, the second.
    pub from: Time,
    pub to: Time,
    pub open: bool,
    pub closed: bool,
    pub types: Option<Vec<String>>,
    /// Goes on after this one, newest first.
    pub after: Option<(Time, CaseId)>,
    pub rows: i64,
}

pub(crate) async fn list(
    conn: &mut Conn,
    district: DistrictId,
    listing: &Listing,
) -> Result<Vec<ListedCase>, Fault> {
    let l = listing;
    let (at, id) = l.after.unwrap_or((l.to, CaseId(uuid::Uuid::max())));
    let untold = access::untold_states();
    match &l.types {
        Some(types) => {
            let types = List(types.clone());
            let params = (district, l.from, l.to, at, id, l.closed, l.open, l.rows, untold, types);
            conn.all(&LISTED_OF_TYPES, params).await
        }
        None => conn.all(&LISTED, (district, l.from, l.to, at, id, l.closed, l.open, l.rows, untold)).await,
    }
}

pub(crate) async fn of_numbers(
    conn: &mut Conn,
    district: DistrictId,
    numbers: Vec<String>,
) -> Result<Vec<ListedCase>, Fault> {
    let rows = numbers.len() as i64;
    conn.all(&OF_NUMBERS, (district, List(numbers), rows)).await
}
