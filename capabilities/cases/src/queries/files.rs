//! The files of photos that some row names.

use ::store::{Conn, sql};
use platform::{DistrictId, Fault};
use std::ops::ControlFlow;

sql! {
    NAMED_FILES: (DistrictId,) -> (String, String) = "select file, thumbnail from cases_photo where district = $1 /* whole district */";
}

/// Hands over every file name of the district's photos, one at a time.
pub(crate) async fn each_named_file(
    conn: &mut Conn,
    district: DistrictId,
    mut take: impl FnMut(&str),
) -> Result<(), Fault> {
    conn.each(&NAMED_FILES, (district,), |(file, thumbnail)| {
        take(&file);
        take(&thumbnail);
        ControlFlow::Continue(())
    })
    .await
}
