//! Which plate hangs where.

use crate::model::{PlateCode, RecordId};
use ::store::{Conn, List, Tx, sql};
use platform::{DistrictId, Fault, Time};
use std::collections::HashMap;

sql! {
    FIND: (DistrictId, String) -> (RecordId,) =
        "select record_id from registry_plate where district = $1 and code = $2";
    OF_RECORDS: (DistrictId, List<RecordId>) -> (RecordId, String) =
        "select record_id, code from registry_plate where district = $1 and record_id {in:$2:uuid}";
    /// Nothing where the code is taken, or the record has a plate already.
    ADD: (DistrictId, String, RecordId, Time) =
        "insert into registry_plate (district, code, record_id, issued_at) values ($1, $2, $3, $4) on conflict do nothing";
}

/// What a plate was made for.
pub(crate) async fn find(
    conn: &mut Conn,
    district: DistrictId,
    code: &PlateCode,
) -> Result<Option<RecordId>, Fault> {
    Ok(conn.optional(&FIND, (district, code.letters().to_owned())).await?.map(|(record,)| record))
}

/// The plates of these records; those without one are left out.
pub(crate) async fn of_records(
    conn: &mut Conn,
    district: DistrictId,
    records: Vec<RecordId>,
) -> Result<HashMap<RecordId, PlateCode>, Fault> {
    let rows = conn.all(&OF_RECORDS, (district, List(records))).await?;
    Ok(rows.into_iter().filter_map(|(record, code)| Some((record, PlateCode::parse(&code)?))).collect())
}

/// Gives records codes; whose code is taken stays without one.
pub(crate) async fn add(tx: &mut Tx, plates: Vec<(RecordId, PlateCode)>) -> Result<(), Fault> {
    let (district, now) = (tx.district(), tx.now());
    let rows = plates.into_iter().map(|(record, code)| (district, code.letters().to_owned(), record, now));
    tx.execute_many(&ADD, rows.collect::<Vec<_>>()).await.map(drop)
}
