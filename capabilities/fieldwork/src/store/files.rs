//! Rows of the files that answers name.

use crate::files::Kept;
use crate::model::SubmissionId;
use ::store::{Conn, Tx, row, sql};
use platform::{DistrictId, Fault, Time};
use uuid::Uuid;

row! {
    /// A file of a submission.
    #[derive(Clone, Debug)]
    pub(crate) struct FileRow {
        /// Keyed hash.
        pub name: Vec<u8>,
        pub id: Uuid,
        pub media_type: String,
        pub bytes: i64,
        /// Keyed hash.
        pub sent: Vec<u8>,
    }
}

/// Files of one submission that are kept.
pub(crate) const FILES_MAX: i64 = 200;

sql! {
    INSERT: (DistrictId, SubmissionId, Vec<u8>, Uuid, String, i64, Vec<u8>, Time) =
        "insert into fieldwork_file (district, submission_id, name, id, media_type, bytes, sent, kept_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8)";
    OF_SUBMISSION: (DistrictId, SubmissionId, i64) -> FileRow =
        "select name, id, media_type, bytes, sent from fieldwork_file
         where district = $1 and submission_id = $2 order by name limit $3";
    AFTER: (DistrictId, Uuid, i64) -> (Uuid,) =
        "select id from fieldwork_file where district = $1 and id > $2 order by id limit $3";
}

/// Ties a file that is kept to its submission.
pub(crate) async fn insert(
    tx: &mut Tx,
    submission: SubmissionId,
    name: Vec<u8>,
    file: &Kept,
) -> Result<(), Fault> {
    let (district, now) = (tx.district(), tx.now());
    let media_type = file.media_type.to_owned();
    let row = (district, submission, name, file.id, media_type, file.bytes, file.sent.clone(), now);
    tx.execute(&INSERT, row).await.map(drop)
}

/// The files of a submission.
pub(crate) async fn of_submission(
    conn: &mut Conn,
    district: DistrictId,
    submission: SubmissionId,
) -> Result<Vec<FileRow>, Fault> {
    conn.all(&OF_SUBMISSION, (district, submission, FILES_MAX)).await
}

/// Ids of files after one, in their order.
pub(crate) async fn after(
    conn: &mut Conn,
    district: DistrictId,
    id: Uuid,
    rows_max: i64,
) -> Result<Vec<Uuid>, Fault> {
    Ok(conn.all(&AFTER, (district, id, rows_max)).await?.into_iter().map(|(id,)| id).collect())
}
