//! Codes sent to phones, and the demo's inbox.

use crate::model::Code;
use platform::{DistrictId, Fault, Phone, Time, Words};
use store::{Tx, row, sql};
use uuid::Uuid;

row! {
    struct CodeRow { id: Uuid, salt: Vec<u8>, code_hash: Vec<u8>, tries: i64, ends_at: Time }
}

sql! {
    SAVE_CODE: (DistrictId, String, Uuid, Vec<u8>, Vec<u8>, Time, Time) =
        "insert into identity_code (district, phone, id, salt, code_hash, tries, made_at, ends_at)
         values ($1, $2, $3, $4, $5, 0, $6, $7)
         on conflict (district, phone) do update set id = excluded.id, salt = excluded.salt,
             code_hash = excluded.code_hash, tries = 0, made_at = excluded.made_at, ends_at = excluded.ends_at";
    CODE: (DistrictId, String) -> CodeRow =
        "select id, salt, code_hash, tries, ends_at from identity_code where district = $1 and phone = $2";
    COUNT_TRY: (DistrictId, String) =
        "update identity_code set tries = tries + 1 where district = $1 and phone = $2";
    DROP_CODE: (DistrictId, String) = "delete from identity_code where district = $1 and phone = $2";
    PUT_IN_INBOX: (DistrictId, Uuid, String, String, String, Option<String>, Time) =
        "insert into identity_inbox (district, id, phone, words_zh, words_en, code, at) values ($1, $2, $3, $4, $5, $6, $7)";
}

pub(crate) async fn save_code(tx: &mut Tx, phone: &Phone, id: Uuid, code: Code) -> Result<(), Fault> {
    let (district, now) = (tx.district(), tx.now());
    let params = (district, phone.as_str().to_owned(), id, code.salt, code.hash, now, code.ends_at);
    tx.execute(&SAVE_CODE, params).await.map(drop)
}

pub(crate) async fn load_code(tx: &mut Tx, phone: &Phone) -> Result<Option<(Uuid, Code)>, Fault> {
    let district = tx.district();
    let row = tx.optional(&CODE, (district, phone.as_str().to_owned())).await?;
    Ok(row.map(|r| (r.id, Code { salt: r.salt, hash: r.code_hash, tries: r.tries, ends_at: r.ends_at })))
}

pub(crate) async fn count_try(tx: &mut Tx, phone: &Phone) -> Result<(), Fault> {
    let district = tx.district();
    tx.execute(&COUNT_TRY, (district, phone.as_str().to_owned())).await.map(drop)
}

pub(crate) async fn drop_code(tx: &mut Tx, phone: &Phone) -> Result<(), Fault> {
    let district = tx.district();
    tx.execute(&DROP_CODE, (district, phone.as_str().to_owned())).await.map(drop)
}

pub(crate) async fn put_in_inbox(
    tx: &mut Tx,
    id: Uuid,
    to: &str,
    words: &Words,
    code: Option<&str>,
) -> Result<(), Fault> {
    let (district, now) = (tx.district(), tx.now());
    let (zh, en) = (words.zh.to_string(), words.en.to_string());
    let params = (district, id, to.to_owned(), zh, en, code.map(str::to_owned), now);
    tx.execute(&PUT_IN_INBOX, params).await.map(drop)
}
