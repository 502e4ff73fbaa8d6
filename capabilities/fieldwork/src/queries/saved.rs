//! How many questions were not asked, by version of a form: sums, read from an index of their own.

use crate::model::{FormId, VERSIONS_MAX};
use ::store::{Conn, row, sql};
use platform::{DistrictId, Fault};

row! {
    /// The sums of a version.
    #[derive(Clone, Debug)]
    pub(crate) struct SavedRow {
        pub number: i64,
        pub submissions: i64,
        pub questions: i64,
        pub known: i64,
    }
}

sql! {
    SAVED: (DistrictId, FormId, i64) -> SavedRow =
        "select number, count(*) as submissions, cast(sum(questions) as bigint) as questions, cast(sum(known) as bigint) as known
         from fieldwork_submission where district = $1 and form_id = $2 group by number order by number desc limit $3";
}

/// The sums of each version that was filled, the newest first.
pub(crate) async fn of_form(
    conn: &mut Conn,
    district: DistrictId,
    form: FormId,
) -> Result<Vec<SavedRow>, Fault> {
    conn.all(&SAVED, (district, form, VERSIONS_MAX)).await
}
