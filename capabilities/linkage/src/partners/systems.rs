//! Which districts have a partner with a system of its own: where none has, no step of a case makes work for the outbox.
//!
//! Another server may have set a partner a second ago, and this one not know of it yet. What it left out meanwhile is told by the timer
//! that every setting starts ([`crate::commands::partners::catch_up`]).

use crate::store::partners as rows;
use ::store::{Conn, Db};
use edge::Districts;
use parking_lot::RwLock;
use platform::{DistrictId, Fault};
use std::collections::HashSet;

/// On the shelf, brought up to date after each setting and once a second.
#[derive(Debug, Default)]
pub(crate) struct Systems(RwLock<HashSet<DistrictId>>);

impl Systems {
    pub(crate) fn has(&self, district: DistrictId) -> bool {
        self.0.read().contains(&district)
    }
}

/// Reads anew which districts have one.
///
/// # Errors
/// The store.
pub async fn follow(db: &Db) -> Result<(), Fault> {
    let mut found = HashSet::new();
    for district in db.fixtures().get::<Districts>().all() {
        let district = district.district;
        let read = async move |conn: &mut Conn| rows::partners(conn, district).await;
        if db.read::<_, Fault, _>(read).await?.iter().any(|partner| partner.endpoint_id.is_some()) {
            found.insert(district);
        }
    }
    *db.fixtures().get::<Systems>().0.write() = found;
    Ok(())
}
