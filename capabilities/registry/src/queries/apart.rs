//! Pairs that were told apart, for those who may merge both: with the words why.

use crate::access::MERGE;
use crate::model::{ActId, Kind, PairId, RecordId};
use crate::store::apart::reason_of;
use ::store::{Conn, row, sql};
use platform::{Actor, DistrictId, Fault, Time};
use seal::Keyring;
use std::ops::ControlFlow;

row! {
    /// A pair told apart, and who its two are; the reason still sealed.
    #[derive(Clone, Debug)]
    pub(crate) struct ApartRow {
        pub id: PairId,
        pub act: ActId,
        pub at: Time,
        pub by_name: String,
        pub reason: Vec<u8>,
        pub kind: Kind,
        pub one_id: RecordId,
        pub one_label: String,
        pub one_path: String,
        pub other_id: RecordId,
        pub other_label: String,
        pub other_path: String,
    }
}

sql! {
    APART: (DistrictId, PairId) -> ApartRow =
        "select t.id, t.act, t.at, t.by_name, t.reason, a.kind, a.id as one_id, a.label as one_label, a.area_path as one_path,
             b.id as other_id, b.label as other_label, b.area_path as other_path
         from registry_told_apart t
             join registry_record a on a.district = t.district and a.id = t.one_id and a.state = 'live'
             join registry_record b on b.district = t.district and b.id = t.other_id and b.state = 'live'
             left join registry_restriction c on c.district = t.district and c.person_id = t.one_id
             left join registry_restriction d on d.district = t.district and d.person_id = t.other_id
         where t.district = $1 and t.id < $2 and t.state = 'holds' and c.person_id is null and d.person_id is null
         order by t.id desc";
}

/// Pairs told apart of which the actor may merge both, the newest first, before one that was shown already.
pub(crate) async fn told_apart(
    conn: &mut Conn,
    actor: &Actor,
    before: PairId,
    rows_max: usize,
) -> Result<Vec<ApartRow>, Fault> {
    let mut found = Vec::new();
    let take = |row: ApartRow| {
        if [&row.one_path, &row.other_path].iter().all(|path| actor.holds_at(&MERGE, path)) {
            found.push(row);
        }
        if found.len() >= rows_max { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    };
    conn.each(&APART, (actor.district, before), take).await?;
    Ok(found)
}

impl ApartRow {
    /// What the two were told apart by.
    pub(crate) fn reason(&self, keys: &Keyring, district: DistrictId) -> Result<String, Fault> {
        reason_of(keys, district, self.id, &self.reason)
    }
}
