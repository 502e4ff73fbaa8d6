//! The types of case that single districts brought with them.

use crate::import::OwnType;
use ::store::{Conn, Tx, row, sql};
use platform::{DistrictId, Fault, Words};

row! {
    struct OwnTypeRow {
        district: DistrictId,
        code: String,
        name_zh: String,
        name_en: String,
        working_days: i64,
        public: bool,
        source: String,
    }
}

sql! {
    ALL: (i64,) -> OwnTypeRow =
        "select district, code, name_zh, name_en, working_days, public, source
         from cases_own_type /* every district */ order by district, code limit $1";
    KEEP: (DistrictId, String, String, String, i64, bool, String) =
        "insert into cases_own_type (district, code, name_zh, name_en, working_days, public, source)
         values ($1, $2, $3, $4, $5, $6, $7)
         on conflict (district, code) do update set name_zh = excluded.name_zh, name_en = excluded.name_en,
             working_days = excluded.working_days, public = excluded.public, source = excluded.source";
}

/// Own types of all districts together.
const ROWS_MAX: i64 = 10_000;

pub(crate) async fn all(conn: &mut Conn) -> Result<Vec<(DistrictId, OwnType)>, Fault> {
    let rows = conn.all(&ALL, (ROWS_MAX,)).await?;
    let own = |row: OwnTypeRow| OwnType {
        code: row.code,
        name: Words::new(row.name_zh, row.name_en),
        working_days: u32::try_from(row.working_days).unwrap_or(u32::MAX),
        public: row.public,
        source: row.source,
    };
    Ok(rows.into_iter().map(|row| (row.district, own(row))).collect())
}

/// Adds a type, or renames it.
pub(crate) async fn keep(tx: &mut Tx, own: &OwnType) -> Result<(), Fault> {
    let district = tx.district();
    let OwnType { code, name, working_days, public, source } = own.clone();
    let columns =
        (district, code, name.zh.into_owned(), name.en.into_owned(), i64::from(working_days), public, source);
    tx.execute(&KEEP, columns).await.map(drop)
}
