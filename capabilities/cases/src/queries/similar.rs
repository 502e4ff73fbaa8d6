//! The words of cases and what is compared beside them, for the index of similar cases.

use super::reported::Span;
use crate::model::CaseId;
use ::store::{Conn, List, row, sql};
use platform::{DistrictId, Fault, OrganisationId, PostId, Time};

row! {
    /// A case as it is compared with others.
    #[derive(Clone, Debug)]
    pub(crate) struct WordsRow {
        pub id: CaseId,
        pub state: String,
        pub type_code: String,
        pub words: String,
        pub lon: Option<f64>,
        pub lat: Option<f64>,
        pub address: Option<String>,
        pub area_path: String,
        pub unit_id: Option<OrganisationId>,
        pub owner_post: Option<PostId>,
        pub host_post: Option<PostId>,
        pub reported_at: Time,
    }
}

sql! {
    WORDS_BEFORE: (DistrictId, CaseId, CaseId, Time, i64) -> WordsRow =
        "select id, state, type_code, words, lon, lat, address, area_path, unit_id, owner_post, host_post, reported_at
         from cases_case where district = $1 and id < $2 and id >= $3 and reported_at >= $4 order by id desc limit $5";
    WORDS_OF: (DistrictId, List<CaseId>, i64) -> WordsRow =
        "select id, state, type_code, words, lon, lat, address, area_path, unit_id, owner_post, host_post, reported_at
         from cases_case where district = $1 and id {in:$2:uuid} limit $3";
}

/// Cases reported since the beginning of the span whose id is smaller, the newest first.
pub(crate) async fn words_before(
    conn: &mut Conn,
    district: DistrictId,
    before: CaseId,
    span: Span,
    rows: i64,
) -> Result<Vec<WordsRow>, Fault> {
    conn.all(&WORDS_BEFORE, (district, before, span.first_id(), span.from, rows)).await
}

/// These cases, in no order.
pub(crate) async fn words_of(
    conn: &mut Conn,
    district: DistrictId,
    ids: Vec<CaseId>,
) -> Result<Vec<WordsRow>, Fault> {
    let rows = ids.len() as i64;
    conn.all(&WORDS_OF, (district, List(ids), rows)).await
}
