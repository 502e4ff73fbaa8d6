//! How much open work lies on each post: numbers for who hands it over, no cases.

use ::store::{Conn, row, sql};
use platform::{DistrictId, Fault, PostId, Time};

/// Posts counted at most; a district has far fewer.
const POSTS_MAX: i64 = 20_000;

row! {
    /// Open cases of one post.
    #[derive(Clone, Debug)]
    pub struct PostCount {
        /// Never absent where the statement asks for posts; the column may be.
        pub post: Option<PostId>,
        pub open: i64,
        pub overdue: i64,
    }
}

sql! {
    BY_POST: (DistrictId, Time, i64) -> PostCount =
        "select owner_post as post, count(*) as open,
             cast(sum(case when due_at < $2 then 1 else 0 end) as bigint) as overdue
         from cases_case where district = $1 and open and owner_post is not null group by owner_post limit $3";
}

/// Open cases by the post that has the next step; posts without any are left out.
pub async fn count_by_post(
    conn: &mut Conn,
    district: DistrictId,
    now: Time,
) -> Result<Vec<PostCount>, Fault> {
    conn.all(&BY_POST, (district, now, POSTS_MAX)).await
}
