//! Sealed values by table, for sealing them anew under the present key.

use super::{days, stand_ins, submissions, tasks, wishes};
use ::store::{Conn, Query, Tx, row, sql};
use platform::{DistrictId, Fault};
use seal::{Context, Keyring};
use uuid::Uuid;

row! {
    /// A sealed value, with the id it is bound to.
    #[derive(Clone, Debug)]
    pub(crate) struct SealedRow {
        pub id: Uuid,
        pub content: Vec<u8>,
    }
}

type After = (DistrictId, Uuid, i64);
/// The id, the value sealed anew, and as it was read: what was written meanwhile stays.
type Renewed = (DistrictId, Uuid, Vec<u8>, Vec<u8>);

sql! {
    SUBMISSIONS_AFTER: After -> SealedRow =
        "select id, content from fieldwork_submission where district = $1 and id > $2 order by id limit $3";
    RENEW_SUBMISSION: Renewed =
        "update fieldwork_submission set content = $3 where district = $1 and id = $2 and content = $4";
    TASKS_AFTER: After -> SealedRow =
        "select id, content from fieldwork_task where district = $1 and id > $2 order by id limit $3";
    RENEW_TASK: Renewed = "update fieldwork_task set content = $3 where district = $1 and id = $2 and content = $4";
    WISHES_AFTER: After -> SealedRow =
        "select dwelling_id as id, content from fieldwork_wishes where district = $1 and dwelling_id > $2 order by dwelling_id limit $3";
    RENEW_WISHES: Renewed =
        "update fieldwork_wishes set content = $3 where district = $1 and dwelling_id = $2 and content = $4";
    DAYS_AFTER: After -> SealedRow =
        "select id, words as content from fieldwork_day where district = $1 and id > $2 order by id limit $3";
    RENEW_DAY: Renewed = "update fieldwork_day set words = $3 where district = $1 and id = $2 and words = $4";
    STAND_INS_AFTER: After -> SealedRow =
        "select id, reason as content from fieldwork_stand_in where district = $1 and id > $2 order by id limit $3";
    RENEW_STAND_IN: Renewed = "update fieldwork_stand_in set reason = $3 where district = $1 and id = $2 and reason = $4";
}

/// A table with a sealed column.
pub(crate) struct SealedTable {
    pub name: &'static str,
    column: &'static str,
    after: &'static Query<After, SealedRow>,
    renew: &'static Query<Renewed, ()>,
}

pub(crate) static SUBMISSIONS: SealedTable = SealedTable {
    name: "fieldwork_submission",
    column: submissions::CONTENT,
    after: &SUBMISSIONS_AFTER,
    renew: &RENEW_SUBMISSION,
};
pub(crate) static TASKS: SealedTable =
    SealedTable { name: "fieldwork_task", column: tasks::CONTENT, after: &TASKS_AFTER, renew: &RENEW_TASK };
pub(crate) static WISHES: SealedTable = SealedTable {
    name: "fieldwork_wishes",
    column: wishes::CONTENT,
    after: &WISHES_AFTER,
    renew: &RENEW_WISHES,
};
pub(crate) static DAYS: SealedTable =
    SealedTable { name: "fieldwork_day", column: days::WORDS, after: &DAYS_AFTER, renew: &RENEW_DAY };
pub(crate) static STAND_INS: SealedTable = SealedTable {
    name: "fieldwork_stand_in",
    column: stand_ins::REASON,
    after: &STAND_INS_AFTER,
    renew: &RENEW_STAND_IN,
};

/// A value under the present key, and as it was read.
#[derive(Clone, Debug)]
pub(crate) struct RenewedRow {
    id: Uuid,
    content: Vec<u8>,
    before: Vec<u8>,
}

impl SealedTable {
    /// Sealed values after an id.
    pub(crate) async fn after(
        &self,
        conn: &mut Conn,
        district: DistrictId,
        id: Uuid,
        rows_max: i64,
    ) -> Result<Vec<SealedRow>, Fault> {
        conn.all(self.after, (district, id, rows_max)).await
    }

    /// The same value under the present key.
    pub(crate) fn renewed(
        &self,
        row: SealedRow,
        keys: &Keyring,
        district: DistrictId,
    ) -> Result<RenewedRow, Fault> {
        let context = Context { district, column: self.column, row: row.id };
        let plain = keys.open(&context, &row.content)?;
        Ok(RenewedRow { id: row.id, content: keys.seal(&context, &plain)?, before: row.content })
    }

    /// Puts values sealed anew in the place of the old.
    pub(crate) async fn renew(&self, tx: &mut Tx, rows: Vec<RenewedRow>) -> Result<(), Fault> {
        let district = tx.district();
        let rows = rows.into_iter().map(|row| (district, row.id, row.content, row.before));
        tx.execute_many(self.renew, rows.collect::<Vec<_>>()).await.map(drop)
    }
}
