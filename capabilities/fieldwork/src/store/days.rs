//! Loads and saves the words that workers add to a day; they are sealed.

use super::keys;
use crate::model::{DayId, DayWords, KEEPING_DAYS};
use ::store::{Conn, Tx, row, sql, value};
use jiff::civil::Date;
use platform::{AccountId, DistrictId, Fault, FaultKind, Personal, Time};
use seal::{Context, Keyring};
use uuid::Uuid;

value!(DayId as Uuid, |v| v.0, DayId);

/// The column the words are bound to.
pub(crate) const WORDS: &str = "fieldwork_day.words";
/// Days of one list: a year.
const DAYS_MAX: i64 = 366;

row! {
    #[derive(Clone, Debug)]
    struct DayRow {
        id: DayId,
        on_day: String,
        version: i64,
        words: Vec<u8>,
        shown: bool,
        changed_at: Time,
    }
}

type NewDay = (DistrictId, DayId, AccountId, String, Vec<u8>, bool, Time);

sql! {
    WITHIN: (DistrictId, AccountId, String, String, i64) -> DayRow =
        "select id, on_day, version, words, shown, changed_at from fieldwork_day
         where district = $1 and account_id = $2 and on_day >= $3 and on_day <= $4 order by on_day limit $5";
    INSERT: NewDay =
        "insert into fieldwork_day (district, id, account_id, on_day, version, words, shown, changed_at)
         values ($1, $2, $3, $4, 1, $5, $6, $7)";
    UPDATE: (DistrictId, DayId, i64, Vec<u8>, bool, Time) =
        "update fieldwork_day set version = version + 1, words = $4, shown = $5, changed_at = $6
         where district = $1 and id = $2 and version = $3";
}

impl DayRow {
    fn open(self, keys: &Keyring, district: DistrictId) -> Result<DayWords, Fault> {
        let corrupt = || Fault::new(FaultKind::Corrupt, format!("{WORDS} of {} cannot be read", self.id));
        let plain = keys.open(&Context { district, column: WORDS, row: self.id.0 }, &self.words)?;
        let words = std::str::from_utf8(&plain).map_err(|e| corrupt().because(e))?.to_owned();
        Ok(DayWords {
            id: self.id,
            day: self.on_day.parse().map_err(|e: jiff::Error| corrupt().because(e))?,
            version: self.version,
            words: Personal::new(words),
            shown: self.shown,
            changed_at: self.changed_at,
        })
    }
}

/// The words an account added to its days, from the first to the last.
pub(crate) async fn within(
    conn: &mut Conn,
    keys: &Keyring,
    district: DistrictId,
    account: AccountId,
    (first, last): (Date, Date),
) -> Result<Vec<DayWords>, Fault> {
    let params = (district, account, first.to_string(), last.to_string(), DAYS_MAX);
    let rows = conn.all(&WITHIN, params).await?;
    rows.into_iter().map(|row| row.open(keys, district)).collect()
}

/// Saves words of a day that has none yet.
pub(crate) async fn insert(tx: &mut Tx, account: AccountId, day: &DayWords) -> Result<(), Fault> {
    let (district, sealed) = (tx.district(), sealed(tx, day)?);
    let row = (district, day.id, account, day.day.to_string(), sealed, day.shown, day.changed_at);
    tx.execute(&INSERT, row).await.map(drop)
}

/// Saves words in the place of the version before; false where that is no longer the one.
pub(crate) async fn update(tx: &mut Tx, day: &DayWords) -> Result<bool, Fault> {
    let (district, sealed) = (tx.district(), sealed(tx, day)?);
    let row = (district, day.id, day.version - 1, sealed, day.shown, day.changed_at);
    Ok(tx.execute(&UPDATE, row).await? == 1)
}

fn sealed(tx: &Tx, day: &DayWords) -> Result<Vec<u8>, Fault> {
    let context = Context { district: tx.district(), column: WORDS, row: day.id.0 };
    keys(tx)?.seal(&context, day.words.open(KEEPING_DAYS).as_bytes())
}
