//! Every read of the register: what belongs to a record, lists, search. Bounded, and filtered by the reader's scope.

pub(crate) mod apart;
pub(crate) mod batches;
pub mod carry;
pub(crate) mod changes;
pub(crate) mod counts;
pub(crate) mod described;
pub(crate) mod duplicates;
pub(crate) mod entered;
pub(crate) mod exports;
pub(crate) mod features;
pub(crate) mod grounds;
pub(crate) mod homes;
pub(crate) mod known;
pub(crate) mod listed;
pub(crate) mod oversight;
pub(crate) mod plates;
pub(crate) mod reached;
pub(crate) mod rights;
pub(crate) mod search;
pub(crate) mod served;

use crate::error::RegistryError;
use crate::model::{Kind, Record, RecordId};
use crate::store::{self, RecordRow};
use ::store::{Conn, Tx, sql};
use platform::{DistrictId, Fault, Time};

/// What may belong to one record; a block of flats has some hundreds of homes.
const BELOW_ROWS_MAX: i64 = 5_000;

sql! {
    AT_PLACE: (DistrictId, RecordId, Kind, i64) -> RecordRow =
        "select id, kind, version, act, state, area_path, place_id, person_id, dwelling_id, household_id, organisation_id,
             from_on, to_on, lon, lat, merged_into, label, fields, sealed, changed_at
         from registry_record where district = $1 and place_id = $2 and kind = $3 and state = 'live' order by id limit $4";
    ALL_AT_PLACE: (DistrictId, RecordId, i64) -> RecordRow =
        "select id, kind, version, act, state, area_path, place_id, person_id, dwelling_id, household_id, organisation_id,
             from_on, to_on, lon, lat, merged_into, label, fields, sealed, changed_at
         from registry_record where district = $1 and place_id = $2 and state = 'live' order by id limit $3";
    OF_PERSON: (DistrictId, RecordId, i64) -> RecordRow =
        "select id, kind, version, act, state, area_path, place_id, person_id, dwelling_id, household_id, organisation_id,
             from_on, to_on, lon, lat, merged_into, label, fields, sealed, changed_at
         from registry_record where district = $1 and person_id = $2 and state = 'live' order by id limit $3";
    OF_DWELLING: (DistrictId, RecordId, i64) -> RecordRow =
        "select id, kind, version, act, state, area_path, place_id, person_id, dwelling_id, household_id, organisation_id,
             from_on, to_on, lon, lat, merged_into, label, fields, sealed, changed_at
         from registry_record where district = $1 and dwelling_id = $2 and state = 'live' order by id limit $3";
    OF_HOUSEHOLD: (DistrictId, RecordId, i64) -> RecordRow =
        "select id, kind, version, act, state, area_path, place_id, person_id, dwelling_id, household_id, organisation_id,
             from_on, to_on, lon, lat, merged_into, label, fields, sealed, changed_at
         from registry_record where district = $1 and household_id = $2 and state = 'live' order by id limit $3";
    OF_ORGANISATION: (DistrictId, RecordId, i64) -> RecordRow =
        "select id, kind, version, act, state, area_path, place_id, person_id, dwelling_id, household_id, organisation_id,
             from_on, to_on, lon, lat, merged_into, label, fields, sealed, changed_at
         from registry_record where district = $1 and organisation_id = $2 and state = 'live' order by id limit $3";
    /// A derived name, and no version of its own: it says nothing its place does not say.
    RELABEL: (DistrictId, RecordId, String, Time) =
        "update registry_record set label = $3, changed_at = $4 where district = $1 and id = $2";
}

/// What of one kind stands directly at a place.
pub(crate) async fn at_place(
    conn: &mut Conn,
    district: DistrictId,
    place: RecordId,
    kind: Kind,
) -> Result<Vec<RecordRow>, Fault> {
    conn.all(&AT_PLACE, (district, place, kind, BELOW_ROWS_MAX)).await
}

/// The live residences, shares and service facts of a person, the oldest first.
pub(crate) async fn of_person(tx: &mut Tx, person: RecordId) -> Result<Vec<Record>, RegistryError> {
    let district = tx.district();
    let rows = tx.all(&OF_PERSON, (district, person, BELOW_ROWS_MAX)).await?;
    open_all(tx, rows)
}

/// The live residences of a household.
pub(crate) async fn of_household(tx: &mut Tx, household: RecordId) -> Result<Vec<Record>, RegistryError> {
    let district = tx.district();
    let rows = tx.all(&OF_HOUSEHOLD, (district, household, BELOW_ROWS_MAX)).await?;
    open_all(tx, rows)
}

/// Everything live that belongs directly to a record.
pub(crate) async fn below(tx: &mut Tx, record: &Record) -> Result<Vec<Record>, RegistryError> {
    let rows = rows_below(tx, record, BELOW_ROWS_MAX).await?;
    open_all(tx, rows)
}

/// Something live that belongs to a record, if anything does.
pub(crate) async fn first_below(tx: &mut Tx, record: &Record) -> Result<Option<RecordId>, RegistryError> {
    Ok(rows_below(tx, record, 1).await?.first().map(|row| row.id))
}

async fn rows_below(tx: &mut Tx, record: &Record, rows_max: i64) -> Result<Vec<RecordRow>, RegistryError> {
    let params = (tx.district(), record.id, rows_max);
    let query = match record.kind {
        Kind::Place => &ALL_AT_PLACE,
        Kind::Person => &OF_PERSON,
        Kind::Dwelling => &OF_DWELLING,
        Kind::Household => &OF_HOUSEHOLD,
        Kind::Organisation => &OF_ORGANISATION,
        Kind::Residence | Kind::Share | Kind::Thing | Kind::ServiceFact => return Ok(Vec::new()),
    };
    Ok(tx.all(query, params).await?)
}

fn open_all(tx: &Tx, rows: Vec<RecordRow>) -> Result<Vec<Record>, RegistryError> {
    let (district, keys) = (tx.district(), store::keys(tx)?);
    rows.into_iter().map(|row| Ok(row.open(&keys, district)?)).collect()
}

/// Writes a renamed place's name into everything that stands at it.
pub(crate) async fn relabel_below(tx: &mut Tx, place: &Record) -> Result<(), RegistryError> {
    let district = tx.district();
    let mut open = vec![place.clone()];
    while let Some(upper) = open.pop() {
        for record in below(tx, &upper).await? {
            let label = crate::commands::label_of(record.kind, &record.content, Some(&upper));
            if label == record.content.label {
                continue;
            }
            let at = tx.present();
            tx.execute(&RELABEL, (district, record.id, label.clone(), at)).await?;
            let mut relabelled = record;
            relabelled.content.label = label;
            store::index_words(tx, &relabelled).await?;
            open.push(relabelled);
        }
    }
    Ok(())
}
