//! Loads and saves what the people of a home wish for visits; sealed.

use super::keys;
use crate::model::Wishes;
use ::store::{Conn, List, Tx, row, sql};
use platform::{DistrictId, Fault, FaultKind, Time};
use registry::RecordId;
use seal::{Context, Keyring};
use std::collections::HashMap;

/// The column wishes are bound to.
pub(crate) const CONTENT: &str = "fieldwork_wishes.content";
/// Homes of one statement.
const AT_ONCE: usize = 500;

row! {
    /// Wishes as they are stored: sealed.
    #[derive(Clone, Debug)]
    pub(crate) struct WishesRow {
        pub dwelling_id: RecordId,
        pub content: Vec<u8>,
        pub changed_at: Time,
        pub changed_by_name: String,
    }
}

/// What a home wishes, and who wrote it down when.
#[derive(Clone, Debug)]
pub(crate) struct KeptWishes {
    pub wishes: Wishes,
    pub changed_at: Time,
    pub changed_by: String,
}

sql! {
    OF_HOMES: (DistrictId, List<RecordId>) -> WishesRow =
        "select dwelling_id, content, changed_at, changed_by_name from fieldwork_wishes where district = $1 and dwelling_id {in:$2:uuid}";
    PUT: (DistrictId, RecordId, Vec<u8>, Time, String) =
        "insert into fieldwork_wishes (district, dwelling_id, content, changed_at, changed_by_name) values ($1, $2, $3, $4, $5)
         on conflict (district, dwelling_id) do update set content = excluded.content, changed_at = excluded.changed_at,
             changed_by_name = excluded.changed_by_name";
}

impl WishesRow {
    fn open(self, keys: &Keyring, district: DistrictId) -> Result<(RecordId, KeptWishes), Fault> {
        let row = self.dwelling_id;
        let plain = keys.open(&Context { district, column: CONTENT, row: row.0 }, &self.content)?;
        let wishes = serde_json::from_slice(&plain).map_err(|e| {
            Fault::new(FaultKind::Corrupt, format!("{CONTENT} of {row} cannot be read")).because(e)
        })?;
        Ok((row, KeptWishes { wishes, changed_at: self.changed_at, changed_by: self.changed_by_name }))
    }
}

/// The wishes of homes; one without any is not among them. For planning by rule, or beside a recorded look.
pub(crate) async fn of_homes(
    conn: &mut Conn,
    keys: &Keyring,
    district: DistrictId,
    homes: &[RecordId],
) -> Result<HashMap<RecordId, KeptWishes>, Fault> {
    let mut found = HashMap::new();
    for some in homes.chunks(AT_ONCE) {
        for row in conn.all(&OF_HOMES, (district, List(some.to_vec()))).await? {
            let (home, kept) = row.open(keys, district)?;
            found.insert(home, kept);
        }
    }
    Ok(found)
}

/// Puts a home's wishes in the place of those before.
pub(crate) async fn save(tx: &mut Tx, home: RecordId, wishes: &Wishes) -> Result<(), Fault> {
    let (district, keys) = (tx.district(), keys(tx)?);
    let plain = serde_json::to_vec(wishes).map_err(|e| Fault::broken("wishes are no JSON").because(e))?;
    let sealed = keys.seal(&Context { district, column: CONTENT, row: home.0 }, &plain)?;
    let row = (district, home, sealed, tx.now(), tx.actor().name.to_string());
    tx.execute(&PUT, row).await.map(drop)
}
