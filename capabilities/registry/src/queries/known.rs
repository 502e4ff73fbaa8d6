//! How much of what a form would ask at some doors the register has: counted, shown to nobody, so it is no look.

use crate::catalogue::Catalogue;
use crate::model::{Record, RecordId};
use crate::queries::batches;
use ::store::{Conn, List, row, sql};
use platform::{DistrictId, Fault, Time};
use seal::Keyring;
use std::collections::HashMap;

/// Records of the doors of one question.
const RELATED_MAX: i64 = 20_000;

/// Answers that are known, over all doors that were asked about.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct KnownShare {
    pub known: i64,
    /// Of them: need not be confirmed.
    pub fresh: i64,
}

row! {
    struct Related {
        id: RecordId,
        dwelling_id: Option<RecordId>,
        person_id: Option<RecordId>,
    }
}

sql! {
    /// Households of these homes, and who lives there, as far as it may be used.
    RELATED: (DistrictId, List<RecordId>, i64) -> Related =
        "select r.id, r.dwelling_id, r.person_id from registry_record r
         where r.district = $1 and r.dwelling_id {in:$2:uuid} and r.state = 'live' and r.kind in ('household', 'residence')
             and not exists (select 1 from registry_restriction x where x.district = r.district and x.person_id = r.person_id)
         order by r.dwelling_id, r.id limit $3";
}

/// Of these fields, by kind and key, how many the register has at these doors: at each at most one of a field.
///
/// # Errors
/// A fault of the database, or a record that cannot be opened.
pub async fn known_share(
    conn: &mut Conn,
    keys: &Keyring,
    district: DistrictId,
    catalogue: &Catalogue,
    doors: &[RecordId],
    fields: &[(String, String)],
    now: Time,
) -> Result<KnownShare, Fault> {
    let by_door = records_of(conn, keys, district, doors).await?;
    let mut share = KnownShare::default();
    for records in by_door.values() {
        for (kind, key) in fields {
            let held = records.iter().filter_map(|record| is_fresh(record, catalogue, kind, key, now));
            let best = held.max();
            share.known += i64::from(best.is_some());
            share.fresh += i64::from(best == Some(true));
        }
    }
    Ok(share)
}

/// Whether a record's value need not be confirmed; nothing where it has none.
fn is_fresh(record: &Record, catalogue: &Catalogue, kind: &str, key: &str, now: Time) -> Option<bool> {
    let book = catalogue.kind(record.kind).field(key).filter(|_| record.kind.as_str() == kind)?;
    let origin = record.content.fields(book.sealed).origin(key)?;
    Some(book.stale_at(origin.at).is_none_or(|stale_at| stale_at > now))
}

/// What stands at each door: itself, its households, residences and people.
async fn records_of(
    conn: &mut Conn,
    keys: &Keyring,
    district: DistrictId,
    doors: &[RecordId],
) -> Result<HashMap<RecordId, Vec<Record>>, Fault> {
    let mut door_of: HashMap<RecordId, RecordId> = doors.iter().map(|door| (*door, *door)).collect();
    for row in conn.all(&RELATED, (district, List(doors.to_vec()), RELATED_MAX)).await? {
        let Some(door) = row.dwelling_id else { continue };
        door_of.insert(row.id, door);
        door_of.extend(row.person_id.map(|person| (person, door)));
    }
    let mut found: HashMap<RecordId, Vec<Record>> = HashMap::new();
    for record in batches::records(conn, keys, district, door_of.keys().copied().collect()).await? {
        let is_known = record.is_live();
        if let Some(door) = door_of.get(&record.id).filter(|_| is_known) {
            found.entry(*door).or_default().push(record);
        }
    }
    Ok(found)
}
