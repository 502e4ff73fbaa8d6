//! The cases posts were given within a period, and their histories without anybody's words.

use crate::model::CaseId;
use ::store::{Conn, List, row, sql};
use platform::{DistrictId, Fault, PostId, Time};

/// Lines of all histories read together: no case has more than some dozens.
const LINES_MAX: i64 = 50_000;

row! {
    /// A line of a history, as a unit's part is read from it.
    #[derive(Clone, PartialEq, Eq, Debug)]
    pub(crate) struct Line {
        pub case_id: CaseId,
        pub at: Time,
        pub action: String,
        pub to_post: Option<PostId>,
        /// When what begins with this line is due.
        pub due_at: Option<Time>,
    }
}

sql! {
    // The clock's raising of a level names the post too, and gives nothing to anybody.
    GIVEN: (DistrictId, List<PostId>, Time, Time, i64) -> (CaseId,) =
        "select distinct case_id from cases_entry {by:cases_entry_given}
         where district = $1 and to_post is not null and to_post {in:$2:uuid} and at >= $3 and at < $4 and action <> 'raise'
         order by case_id limit $5";
    HISTORIES: (DistrictId, List<CaseId>, i64) -> Line =
        "select case_id, at, action, to_post, due_at from cases_entry
         where district = $1 and case_id {in:$2:uuid} order by case_id, id limit $3";
}

/// The cases that were given to one of these posts.
pub(crate) async fn given(
    conn: &mut Conn,
    district: DistrictId,
    posts: &[PostId],
    (from, to): (Time, Time),
    rows: i64,
) -> Result<Vec<CaseId>, Fault> {
    let found = conn.all(&GIVEN, (district, List(posts.to_vec()), from, to, rows)).await?;
    Ok(found.into_iter().map(|(id,)| id).collect())
}

/// Their histories, case by case, each in its order.
pub(crate) async fn histories(
    conn: &mut Conn,
    district: DistrictId,
    ids: Vec<CaseId>,
) -> Result<Vec<Line>, Fault> {
    conn.all(&HISTORIES, (district, List(ids), LINES_MAX)).await
}
