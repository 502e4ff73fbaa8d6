//! Sealed answers as rows, to be sealed anew under the present key.

use super::submissions::CONTENT;
use crate::model::SubmissionId;
use ::store::{Conn, Tx, row, sql};
use platform::{DistrictId, Fault};
use seal::{Context, Keyring};

row! {
    /// Sealed answers. They are written once: they have no versions.
    #[derive(Clone, Debug)]
    pub(crate) struct SealedRow {
        pub id: SubmissionId,
        pub content: Vec<u8>,
    }
}

sql! {
    SEALED: (DistrictId, SubmissionId, i64) -> SealedRow =
        "select id, content from fieldwork_submission where district = $1 and id > $2 order by id limit $3";
    RENEW: (DistrictId, SubmissionId, Vec<u8>) =
        "update fieldwork_submission set content = $3 where district = $1 and id = $2";
}

impl SealedRow {
    /// The same answers under the present key.
    pub(crate) fn renewed(&self, keys: &Keyring, district: DistrictId) -> Result<Self, Fault> {
        let context = Context { district, column: CONTENT, row: self.id.0 };
        let plain = keys.open(&context, &self.content)?;
        Ok(Self { id: self.id, content: keys.seal(&context, &plain)? })
    }
}

/// Sealed answers after an id.
pub(crate) async fn sealed_after(
    conn: &mut Conn,
    district: DistrictId,
    after: SubmissionId,
    rows_max: i64,
) -> Result<Vec<SealedRow>, Fault> {
    conn.all(&SEALED, (district, after, rows_max)).await
}

/// Puts answers sealed anew in the place of the old.
pub(crate) async fn renew(tx: &mut Tx, rows: Vec<SealedRow>) -> Result<(), Fault> {
    let district = tx.district();
    tx.execute_many(&RENEW, rows.into_iter().map(|row| (district, row.id, row.content)).collect::<Vec<_>>())
        .await
        .map(drop)
}
