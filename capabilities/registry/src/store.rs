//! Loads and saves records with all their earlier states; with queries.rs the only SQL. Finding is authorising: a record to change
//! comes from [`load_for`] or not at all.

pub(crate) mod alarms;
pub(crate) mod apart;
pub(crate) mod batches;
pub(crate) mod exports;
mod image;
pub(crate) mod notices;
pub(crate) mod plates;
pub(crate) mod reseal;
pub(crate) mod retention;
pub(crate) mod rights;

use crate::access::{facts_told, require};
use crate::catalogue::Catalogue;
use crate::error::RegistryError;
use crate::model::{ActId, Content, Fields, KEEPING, Kind, Links, Record, RecordId, State};
use crate::search;
use ::store::{Conn, Json, Tx, row, sql, value};
use jiff::civil::Date;
use platform::{AccountId, DistrictId, Fault, FaultKind, Permission, Personal, Time};
use seal::{Blind, Context, Keyring, Vault};
use std::sync::Arc;
use uuid::Uuid;

pub(crate) use image::Image;

value!(RecordId as Uuid, |v| v.0, RecordId);
value!(ActId as Uuid, |v| v.0, ActId);

/// The column a sealed value is bound to.
const SEALED: &str = "registry_record.sealed";

row! {
    /// A record as it is stored: what is sealed is still sealed.
    #[derive(Clone, Debug)]
    pub(crate) struct RecordRow {
        pub id: RecordId,
        pub kind: Kind,
        pub version: i64,
        pub act: ActId,
        pub state: State,
        pub area_path: String,
        pub place_id: Option<RecordId>,
        pub person_id: Option<RecordId>,
        pub dwelling_id: Option<RecordId>,
        pub household_id: Option<RecordId>,
        pub organisation_id: Option<RecordId>,
        pub from_on: Option<String>,
        pub to_on: Option<String>,
        pub lon: Option<f64>,
        pub lat: Option<f64>,
        pub merged_into: Option<RecordId>,
        pub label: String,
        pub fields: Json<Fields>,
        pub sealed: Option<Vec<u8>>,
        pub changed_at: Time,
    }
}

type Columns = (
    DistrictId,
    RecordId,
    Kind,
    i64,
    ActId,
    State,
    String,
    Option<RecordId>,
    Option<RecordId>,
    Option<RecordId>,
    Option<RecordId>,
    Option<RecordId>,
    Option<String>,
    Option<String>,
    Option<f64>,
    Option<f64>,
    Option<RecordId>,
    String,
    Json<Fields>,
    Option<Vec<u8>>,
    Option<Time>,
    Time,
);

row! {
    /// An earlier state, sealed, and the deed that changed it.
    #[derive(Clone, Debug)]
    pub(crate) struct ChangeRow {
        pub record_id: RecordId,
        /// The version it became by the change.
        pub version: i64,
        pub act: ActId,
        pub at: Time,
        pub by_account: Option<AccountId>,
        pub by_name: String,
        pub before: Vec<u8>,
    }
}

type ChangeColumns = (DistrictId, RecordId, i64, ActId, Time, Option<AccountId>, String, Vec<u8>);

sql! {
    INSERT: Columns =
        "insert into registry_record (district, id, kind, version, act, entered_by, state, area_path, place_id, person_id, dwelling_id,
             household_id, organisation_id, from_on, to_on, lon, lat, merged_into, label, fields, sealed, stale_at, changed_at)
         values ($1, $2, $3, $4, $5, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22)";
    /// Only from the version before.
    UPDATE: Columns =
        "update registry_record set version = $4, act = $5, state = $6, area_path = $7, place_id = $8, person_id = $9,
             dwelling_id = $10, household_id = $11, organisation_id = $12, from_on = $13, to_on = $14, lon = $15, lat = $16,
             merged_into = $17, label = $18, fields = $19, sealed = $20, stale_at = $21, changed_at = $22
         where district = $1 and id = $2 and kind = $3 and version + 1 = $4";
    FIND: (DistrictId, RecordId) -> RecordRow =
        "select id, kind, version, act, state, area_path, place_id, person_id, dwelling_id, household_id, organisation_id,
             from_on, to_on, lon, lat, merged_into, label, fields, sealed, changed_at
         from registry_record where district = $1 and id = $2";
    ADD_CHANGE: ChangeColumns =
        "insert into registry_change (district, record_id, version, act, at, by_account, by_name, before)
         values ($1, $2, $3, $4, $5, $6, $7, $8)";
    CHANGES: (DistrictId, RecordId, i64) -> ChangeRow =
        "select record_id, version, act, at, by_account, by_name, before
         from registry_change where district = $1 and record_id = $2 order by version desc limit $3";
    CHANGES_OF_ACT: (DistrictId, ActId, RecordId, i64) -> ChangeRow =
        "select record_id, version, act, at, by_account, by_name, before
         from registry_change where district = $1 and act = $2 and record_id > $3 order by record_id limit $4";
    /// What a deed entered, with the version it has now.
    ENTERED_BY_ACT: (DistrictId, ActId, RecordId, i64) -> (RecordId, i64) =
        "select id, version from registry_record where district = $1 and entered_by = $2 and id > $3 order by id limit $4";
    ADD_LOOKUP: (DistrictId, Blind, RecordId) =
        "insert into registry_lookup (district, blind, record_id) values ($1, $2, $3) on conflict do nothing";
    DROP_LOOKUPS: (DistrictId, RecordId) =
        "delete from registry_lookup where district = $1 and record_id = $2";
    // One row by `values`: for `insert … select` SQLite takes a savepoint of the statement, and writes the index out for it.
    PUT_TOKENS: (DistrictId, RecordId, String) =
        sqlite "insert or replace into registry_search (rowid, tokens)
                values ((select rowid from registry_record where district = $1 and id = $2), $3)"
        postgres "insert into registry_search (district, record_id, tokens)
                  values ($1, $2, array_to_tsvector(string_to_array($3, ' ')))
                  on conflict (district, record_id) do update set tokens = excluded.tokens";
    ADD_TOKENS: (DistrictId, RecordId, String) =
        sqlite "insert into registry_search (rowid, tokens)
                values ((select rowid from registry_record where district = $1 and id = $2), $3)"
        postgres "insert into registry_search (district, record_id, tokens)
                  values ($1, $2, array_to_tsvector(string_to_array($3, ' ')))";
}

/// Changes of a deed undone in one step.
pub(crate) const ACT_ROWS_MAX: i64 = 500;

impl RecordRow {
    /// The record with its secrets, for the register's own work or a recorded look.
    pub(crate) fn open(self, keys: &Keyring, district: DistrictId) -> Result<Record, Fault> {
        let secret = match &self.sealed {
            None => Fields::default(),
            Some(sealed) => unseal(keys, district, SEALED, self.id, sealed)?,
        };
        let content = Content {
            state: self.state,
            area_path: self.area_path,
            links: Links {
                place: self.place_id,
                person: self.person_id,
                dwelling: self.dwelling_id,
                household: self.household_id,
                organisation: self.organisation_id,
            },
            from_on: day_of(self.from_on)?,
            to_on: day_of(self.to_on)?,
            point: self.lon.zip(self.lat),
            merged_into: self.merged_into,
            label: self.label,
            open: self.fields.0,
            secret: Personal::new(secret),
        };
        Ok(Record {
            id: self.id,
            kind: self.kind,
            version: self.version,
            act: self.act,
            changed_at: self.changed_at,
            content,
        })
    }
}

fn day_of(text: Option<String>) -> Result<Option<Date>, Fault> {
    let parse = |text: String| {
        text.parse()
            .map_err(|_| Fault::new(FaultKind::Corrupt, format!("'{text}' is no day of the calendar")))
    };
    text.map(parse).transpose()
}

/// Reads what was sealed for a row; a changed byte or a value of another row is a fault that names the place.
fn unseal<T: serde::de::DeserializeOwned>(
    keys: &Keyring,
    district: DistrictId,
    column: &'static str,
    row: RecordId,
    sealed: &[u8],
) -> Result<T, Fault> {
    let plain = keys.open(&Context { district, column, row: row.0 }, sealed)?;
    serde_json::from_slice(&plain)
        .map_err(|e| Fault::new(FaultKind::Corrupt, format!("{column} of {row:?} cannot be read")).because(e))
}

/// The keys of the write's district.
pub(crate) fn keys(tx: &Tx) -> Result<Arc<Keyring>, Fault> {
    tx.fixture::<Vault>().of(tx.district())
}

fn columns(
    catalogue: &Catalogue,
    keys: &Keyring,
    district: DistrictId,
    record: &Record,
) -> Result<Columns, Fault> {
    let content = &record.content;
    let secret = content.secret.open(KEEPING);
    let sealed = if secret.is_empty() {
        None
    } else {
        let plain = zeroize::Zeroizing::new(serde_json::to_vec(secret).unwrap_or_default());
        Some(keys.seal(&Context { district, column: SEALED, row: record.id.0 }, &plain)?)
    };
    Ok((
        district,
        record.id,
        record.kind,
        record.version,
        record.act,
        content.state,
        content.area_path.clone(),
        content.links.place,
        content.links.person,
        content.links.dwelling,
        content.links.household,
        content.links.organisation,
        content.from_on.map(|day| day.to_string()),
        content.to_on.map(|day| day.to_string()),
        content.point.map(|point| point.0),
        content.point.map(|point| point.1),
        content.merged_into,
        content.label.clone(),
        Json(content.open.clone()),
        sealed,
        catalogue.stale_at(record.kind, content),
        record.changed_at,
    ))
}

/// The record to change, found and allowed, or refused. A service fact the actor is not told of is not there.
pub(crate) async fn load_for(
    tx: &mut Tx,
    id: RecordId,
    permission: &'static Permission,
) -> Result<Record, RegistryError> {
    let district = tx.district();
    let row = tx.optional(&FIND, (district, id)).await?.ok_or(RegistryError::NotFound)?;
    require(tx.actor(), permission, &row.area_path)?;
    let record = row.open(&*keys(tx)?, district)?;
    let (catalogue, map) = (tx.fixture::<Catalogue>(), tx.fixture::<territory::Map>());
    if record.kind == Kind::ServiceFact
        && !facts_told(tx.actor(), &catalogue, &map.of(district))
            .contains(record.content.fields(true).text("fact"))
    {
        return Err(RegistryError::NotFound);
    }
    Ok(record)
}

/// A record the register itself needs for a decision about another one: no look, nothing leaves.
pub(crate) async fn load(tx: &mut Tx, id: RecordId) -> Result<Option<Record>, Fault> {
    let (district, keys) = (tx.district(), keys(tx)?);
    let row = tx.optional(&FIND, (district, id)).await?;
    row.map(|row| row.open(&keys, district)).transpose()
}

/// A record as it is stored, sealed values unread.
pub(crate) async fn find(
    conn: &mut Conn,
    district: DistrictId,
    id: RecordId,
) -> Result<Option<RecordRow>, Fault> {
    conn.optional(&FIND, (district, id)).await
}

/// Rows of new records: sealed, hashed and spelled out. Made beside the write where there are many, so that the write only writes.
#[derive(Clone)]
pub(crate) struct Rows {
    records: Vec<Columns>,
    lookups: Vec<(DistrictId, Blind, RecordId)>,
    words: Vec<(DistrictId, RecordId, String)>,
}

impl Rows {
    pub(crate) fn of(
        catalogue: &Catalogue,
        keys: &Keyring,
        district: DistrictId,
        records: &[Record],
    ) -> Result<Self, Fault> {
        let columns = records.iter().map(|record| columns(catalogue, keys, district, record));
        let words = |record: &Record| Some((district, record.id, search::tokens_of(district, record)?));
        Ok(Self {
            records: columns.collect::<Result<_, _>>()?,
            lookups: records.iter().flat_map(|record| lookups(keys, district, record)).collect(),
            words: records.iter().filter_map(words).collect(),
        })
    }
}

/// The tables that [`insert_rows`] fills.
pub(crate) const LOADED: [&str; 3] = ["registry_record", "registry_lookup", "registry_search"];

/// Saves records that are new.
pub(crate) async fn insert(tx: &mut Tx, records: &[Record]) -> Result<(), Fault> {
    let (district, keys, catalogue) = (tx.district(), keys(tx)?, tx.fixture::<Catalogue>());
    let rows = Rows::of(&catalogue, &keys, district, records)?;
    insert_rows(tx, &rows).await
}

/// Gives a row the moment it is written at. It may have been decided on long before, and who follows the changes by their moments would
/// have gone by.
fn stamp(tx: &Tx, row: &mut Columns) {
    row.21 = tx.present();
}

/// Saves the rows of records that are new.
pub(crate) async fn insert_rows(tx: &mut Tx, rows: &Rows) -> Result<(), Fault> {
    let mut records = rows.records.clone();
    records.iter_mut().for_each(|row| stamp(tx, row));
    tx.execute_many(&INSERT, records).await?;
    tx.execute_many(&ADD_LOOKUP, rows.lookups.iter().copied()).await?;
    if !tx.is_sqlite() {
        return tx.execute_many(&ADD_TOKENS, rows.words.iter().cloned()).await.map(drop);
    }
    for words in &rows.words {
        tx.execute_at_commit(&ADD_TOKENS, words.clone()).await?;
    }
    Ok(())
}

/// Makes a record findable by its words as they are now.
pub(crate) async fn index_words(tx: &mut Tx, record: &Record) -> Result<(), Fault> {
    let district = tx.district();
    match search::tokens_of(district, record) {
        Some(tokens) => tx.execute_at_commit(&PUT_TOKENS, (district, record.id, tokens)).await,
        None => Ok(()),
    }
}

/// Saves the next version of a record, and how it was before.
pub(crate) async fn save(tx: &mut Tx, before: &Record, after: &Record) -> Result<(), RegistryError> {
    let (district, keys, catalogue) = (tx.district(), keys(tx)?, tx.fixture::<Catalogue>());
    let mut row = columns(&catalogue, &keys, district, after)?;
    stamp(tx, &mut row);
    if tx.execute(&UPDATE, row).await? == 0 {
        return Err(RegistryError::Stale {
            seen: before.version,
            present: before.version + 1,
            changed: Vec::new(),
        });
    }
    let image = Image::of(before).seal(&keys, district, before.id)?;
    let (account, name) = (tx.actor().account, tx.actor().name.to_string());
    let change = (district, after.id, after.version, after.act, after.changed_at, account, name, image);
    tx.execute(&ADD_CHANGE, change).await?;
    if lookups(&keys, district, before) != lookups(&keys, district, after) {
        put_lookups(tx, after).await?;
    }
    let (old, new) = (search::tokens_of(district, before), search::tokens_of(district, after));
    if old != new {
        tx.execute_at_commit(&PUT_TOKENS, (district, after.id, new.unwrap_or_default())).await?;
    }
    Ok(())
}

/// Makes a record findable by what it seals now, and by nothing it sealed before.
async fn put_lookups(tx: &mut Tx, record: &Record) -> Result<(), Fault> {
    let (district, keys) = (tx.district(), keys(tx)?);
    tx.execute(&DROP_LOOKUPS, (district, record.id)).await?;
    tx.execute_many(&ADD_LOOKUP, lookups(&keys, district, record)).await.map(drop)
}

/// The keyed hashes a live record is found by.
fn lookups(keys: &Keyring, district: DistrictId, record: &Record) -> Vec<(DistrictId, Blind, RecordId)> {
    if !record.is_live() {
        return Vec::new();
    }
    let hash = |(label, value): (&str, String)| (district, keys.blind(label, &value), record.id);
    search::lookup_values(record.content.secret.open(KEEPING)).into_iter().map(hash).collect()
}

/// How a record was, version by version, the newest change first.
pub(crate) async fn changes(
    conn: &mut Conn,
    keys: &Keyring,
    district: DistrictId,
    id: RecordId,
) -> Result<Vec<(ChangeRow, Content)>, Fault> {
    /// Versions of one record that are read; more is a loop of a program.
    const VERSIONS_MAX: i64 = 1_000;
    let rows = conn.all(&CHANGES, (district, id, VERSIONS_MAX)).await?;
    rows.into_iter()
        .map(|row| {
            let image = Image::open(keys, district, id, row.version - 1, &row.before)?;
            Ok((row, image))
        })
        .collect()
}

/// What a deed changed, from one record on.
pub(crate) async fn changes_of_act(
    tx: &mut Tx,
    act: ActId,
    after: RecordId,
) -> Result<Vec<(ChangeRow, Content)>, Fault> {
    let (district, keys) = (tx.district(), keys(tx)?);
    let rows = tx.all(&CHANGES_OF_ACT, (district, act, after, ACT_ROWS_MAX)).await?;
    rows.into_iter()
        .map(|row| {
            let image = Image::open(&keys, district, row.record_id, row.version - 1, &row.before)?;
            Ok((row, image))
        })
        .collect()
}

/// What a deed entered anew, with the version it has now, from one record on.
pub(crate) async fn entered_by_act(
    tx: &mut Tx,
    act: ActId,
    after: RecordId,
) -> Result<Vec<(RecordId, i64)>, Fault> {
    let district = tx.district();
    tx.all(&ENTERED_BY_ACT, (district, act, after, ACT_ROWS_MAX)).await
}
