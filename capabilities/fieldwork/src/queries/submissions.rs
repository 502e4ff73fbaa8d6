//! What was filled in with a form within an area: grid by grid, in each as it came.

use super::end_of;
use crate::model::{FormId, SubmissionId};
use crate::store::submissions::SubmissionRow;
use ::store::{Conn, row, sql};
use platform::{DistrictId, Fault, Time};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// Where a list goes on: after this place in the order of the index.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct After(pub String, pub Time, pub SubmissionId);

impl After {
    /// Before the first submission of an area.
    pub(crate) fn before(area: &str) -> Self {
        Self(area.to_owned(), Time::ENTERED_MIN, SubmissionId(Uuid::nil()))
    }
}

row! {
    /// A submission without its inside.
    #[derive(Clone, Debug)]
    pub(crate) struct ListedRow {
        pub id: SubmissionId,
        pub number: i64,
        pub area_path: String,
        pub by_name: String,
        pub filled_at: Time,
        pub received_at: Time,
        pub withdrawn: bool,
        pub replaced_by: Option<SubmissionId>,
    }
}

type Place = (DistrictId, FormId, String, String, Time, SubmissionId, i64);

sql! {
    LISTED: Place -> ListedRow =
        "select id, number, area_path, by_name, filled_at, received_at, withdrawn, replaced_by
         from fieldwork_submission
         where district = $1 and form_id = $2 and area_path < $3 and (area_path, received_at, id) > ($4, $5, $6)
         order by area_path, received_at, id limit $7";
    WHOLE: Place -> SubmissionRow =
        "select id, form_id, number, area_path, by_account, by_name, filled_at, received_at, withdrawn, replaced_by,
             questions, known, content
         from fieldwork_submission
         where district = $1 and form_id = $2 and area_path < $3 and replaced_by is null and (area_path, received_at, id) > ($4, $5, $6)
         order by area_path, received_at, id limit $7";
}

/// Submissions of an area, without their inside.
pub(crate) async fn list(
    conn: &mut Conn,
    district: DistrictId,
    form: FormId,
    area: &str,
    after: After,
    rows: i64,
) -> Result<Vec<ListedRow>, Fault> {
    conn.all(&LISTED, (district, form, end_of(area), after.0, after.1, after.2, rows)).await
}

/// The same with their inside, sealed: for a copy, which has nothing that was replaced.
pub(crate) async fn page(
    conn: &mut Conn,
    district: DistrictId,
    form: FormId,
    area: &str,
    after: After,
    rows: i64,
) -> Result<Vec<SubmissionRow>, Fault> {
    conn.all(&WHOLE, (district, form, end_of(area), after.0, after.1, after.2, rows)).await
}
