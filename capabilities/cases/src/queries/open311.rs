//! Cases as other systems may list them: public ones, by the time they were reported.

use crate::access;
use crate::model::{CaseId, EntryId};
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

row! {
    /// A step of a case, as much of it as an update of Open311 is made from.
    #[derive(Clone, Debug)]
    pub(crate) struct ListedStep {
        pub id: EntryId,
        pub at: Time,
        pub to_state: String,
        pub note: Option<String>,
        pub number: String,
        pub public: bool,
        /// As the case stands now.
        pub state: String,
        pub area_path: String,
        pub unit_id: Option<OrganisationId>,
        pub workflow_version: i64,
    }
}

sql! {
    // Only steps after which a case stands otherwise: what is said in between is between those concerned.
    STEPS: (DistrictId, Time, Time, Time, EntryId, i64, List<String>) -> ListedStep =
        "select e.id, e.at, e.to_state, e.note, c.number, c.public, c.state, c.area_path, c.unit_id, c.workflow_version
         from cases_entry e {by:cases_entry_at}
         join cases_case c on c.district = e.district and c.id = e.case_id
         where e.district = $1 and e.at >= $2 and e.at < $3 and (e.at, e.id) > ($4, $5)
             and (e.from_state is null or e.from_state <> e.to_state)
             and c.public and not c.hidden and not (c.state {in:$7:text})
         order by e.at, e.id limit $6";
    STEPS_OF_NUMBERS: (DistrictId, List<String>, Time, Time, Time, EntryId, i64) -> ListedStep =
        "select e.id, e.at, e.to_state, e.note, c.number, c.public, c.state, c.area_path, c.unit_id, c.workflow_version
         from cases_case c
         join cases_entry e on e.district = c.district and e.case_id = c.id
         where c.district = $1 and c.number {in:$2:text} and e.at >= $3 and e.at < $4 and (e.at, e.id) > ($5, $6)
             and (e.from_state is null or e.from_state <> e.to_state)
         order by e.at, e.id limit $7";
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

/// Which steps are asked for: between two moments, the earliest first.
#[derive(Clone, Debug)]
pub(crate) struct Steps {
    /// Of these cases alone.
    pub numbers: Option<Vec<String>>,
    pub from: Time,
    pub to: Time,
    /// Goes on after this one.
    pub after: Option<(Time, EntryId)>,
    pub rows: i64,
}

pub(crate) async fn steps(
    conn: &mut Conn,
    district: DistrictId,
    asked: &Steps,
) -> Result<Vec<ListedStep>, Fault> {
    let (at, id) = asked.after.unwrap_or((asked.from, EntryId(uuid::Uuid::nil())));
    match &asked.numbers {
        Some(numbers) => {
            let numbers = List(numbers.clone());
            conn.all(&STEPS_OF_NUMBERS, (district, numbers, asked.from, asked.to, at, id, asked.rows)).await
        }
        None => {
            let untold = access::untold_states();
            conn.all(&STEPS, (district, asked.from, asked.to, at, id, asked.rows, untold)).await
        }
    }
}
