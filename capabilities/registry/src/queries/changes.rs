//! Records in the order in which they were changed, for another system that keeps a copy.

use crate::access::SYNC;
use crate::model::{Kind, RecordId};
use crate::store::RecordRow;
use ::store::{Conn, sql};
use platform::{Actor, DistrictId, Fault, Time};
use std::ops::ControlFlow;
use uuid::Uuid;

/// Rows looked at for one page: who may read one street only passes by those of the others.
const ROWS_SEEN_MAX: i64 = 5_000;
sql! {
    SINCE: (DistrictId, Time, RecordId, Time, String, i64) -> RecordRow =
        "select id, kind, version, act, state, area_path, place_id, person_id, dwelling_id, household_id, organisation_id,
             from_on, to_on, lon, lat, merged_into, label, fields, sealed, changed_at
         from registry_record
         where district = $1 and (changed_at, id) > ($2, $3) and changed_at <= $4 and ($5 = '' or kind = $5)
         order by changed_at, id limit $6";
}

/// Where a reader of the changes is: behind the record changed then.
#[derive(Clone, Copy, Debug, serde::Serialize, serde::Deserialize)]
pub(crate) struct Place(pub Time, pub RecordId);

impl Default for Place {
    fn default() -> Self {
        Self(Time::from_micros(0), RecordId(Uuid::nil()))
    }
}

/// A page of changed records.
pub(crate) struct Changes {
    pub rows: Vec<RecordRow>,
    /// Where the next page begins.
    pub next: Place,
    pub has_more: bool,
}

/// The records changed since, in areas where the actor may follow them, each as it is now. A change is told once no write that began
/// earlier can come to be seen behind it ([`Conn::settled_after`]).
pub(crate) async fn since(
    conn: &mut Conn,
    actor: &Actor,
    kind: Option<Kind>,
    from: Place,
    rows_max: usize,
    now: Time,
) -> Result<Changes, Fault> {
    let (mut rows, mut next, mut seen) = (Vec::new(), from, 0);
    let kind = kind.map_or_else(String::new, |kind| kind.as_str().to_owned());
    let params = (actor.district, from.0, from.1, now.before(conn.settled_after()), kind, ROWS_SEEN_MAX);
    let mut is_cut = false;
    conn.each(&SINCE, params, |row| {
        if rows.len() == rows_max {
            is_cut = true;
            return ControlFlow::Break(());
        }
        seen += 1;
        next = Place(row.changed_at, row.id);
        if actor.holds_at(&SYNC, &row.area_path) {
            rows.push(row);
        }
        ControlFlow::Continue(())
    })
    .await?;
    Ok(Changes { rows, next, has_more: is_cut || seen == ROWS_SEEN_MAX })
}
