//! Loads and saves files that come in parts, and what they belong to. Their bytes lie beside, see [`crate::uploads`].

use crate::error::FieldworkError;
use crate::model::{CommandId, FileHash, Upload};
use ::store::{Conn, Json, Tx, row, sql};
use cases::photos::StoredPhoto;
use platform::{AccountId, DistrictId, Fault, FaultKind, Time};
use serde::{Deserialize, Serialize};

/// What a whole file is kept as.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "kind")]
pub(crate) enum Kept {
    Photo(StoredPhoto),
    /// Lies under its hash.
    File {
        bytes: u64,
    },
}

row! {
    pub(crate) struct UploadRow {
        pub account_id: AccountId,
        pub hash: String,
        pub bytes: i64,
        pub media_type: String,
        pub made_at: Time,
        pub done_at: Option<Time>,
        pub kept: Option<Json<Kept>>,
    }
}

row! {
    /// What a file belongs to.
    #[derive(Clone, Debug)]
    pub(crate) struct TieRow {
        pub hash: String,
        pub command_id: CommandId,
        pub question: String,
        pub tied_at: Option<Time>,
    }
}

sql! {
    BEGIN: (DistrictId, AccountId, String, i64, String, Time) =
        "insert into fieldwork_upload (district, account_id, hash, bytes, media_type, made_at)
         values ($1, $2, $3, $4, $5, $6) on conflict (district, account_id, hash) do nothing";
    FIND: (DistrictId, AccountId, String) -> UploadRow =
        "select account_id, hash, bytes, media_type, made_at, done_at, kept
         from fieldwork_upload where district = $1 and account_id = $2 and hash = $3";
    FINISH: (DistrictId, AccountId, String, Time, Json<Kept>) =
        "update fieldwork_upload set done_at = $4, kept = $5
         where district = $1 and account_id = $2 and hash = $3 and done_at is null";
    TIE: (DistrictId, AccountId, String, CommandId, String) =
        "insert into fieldwork_upload_tie (district, account_id, hash, command_id, question) values ($1, $2, $3, $4, $5)
         on conflict (district, account_id, hash, command_id, question) do nothing";
    TIES_OF_FILE: (DistrictId, AccountId, String, i64) -> TieRow =
        "select hash, command_id, question, tied_at from fieldwork_upload_tie
         where district = $1 and account_id = $2 and hash = $3 order by command_id, question limit $4";
    HAND_ON: (DistrictId, AccountId, String, CommandId, String, Time) =
        "update fieldwork_upload_tie set tied_at = $6
         where district = $1 and account_id = $2 and hash = $3 and command_id = $4 and question = $5 and tied_at is null";
    OLD: (DistrictId, Time, Time, AccountId, String, i64) -> UploadRow =
        "select account_id, hash, bytes, media_type, made_at, done_at, kept from fieldwork_upload
         where district = $1 and made_at < $2 and (made_at, account_id, hash) > ($3, $4, $5)
         order by made_at, account_id, hash limit $6";
    DROP_TIES: (DistrictId, AccountId, String) =
        "delete from fieldwork_upload_tie where district = $1 and account_id = $2 and hash = $3";
    DROP: (DistrictId, AccountId, String) =
        "delete from fieldwork_upload where district = $1 and account_id = $2 and hash = $3";
}

/// Things one file may belong to.
const TIES_MAX: i64 = 20;

impl UploadRow {
    pub(crate) fn upload(&self) -> Result<Upload, Fault> {
        let corrupt = |what: &str| Fault::new(FaultKind::Corrupt, format!("a stored {what} cannot be"));
        Ok(Upload {
            account: self.account_id,
            hash: self.hash.parse().map_err(|_| corrupt("hash of a file"))?,
            bytes: u64::try_from(self.bytes).map_err(|_| corrupt("size of a file"))?,
            media_type: self.media_type.clone(),
            made_at: self.made_at,
            done_at: self.done_at,
        })
    }
}

/// Begins a file; one that was begun goes on.
pub(crate) async fn begin(tx: &mut Tx, upload: &Upload) -> Result<bool, Fault> {
    let row = (
        tx.district(),
        upload.account,
        upload.hash.as_str().to_owned(),
        upload.bytes as i64,
        upload.media_type.clone(),
        upload.made_at,
    );
    Ok(tx.execute(&BEGIN, row).await? == 1)
}

/// A file of an account.
pub(crate) async fn find(
    conn: &mut Conn,
    district: DistrictId,
    account: AccountId,
    hash: &FileHash,
) -> Result<Option<UploadRow>, Fault> {
    conn.optional(&FIND, (district, account, hash.as_str().to_owned())).await
}

/// Notes that a file is whole, and what it is kept as; `false` where it was before.
pub(crate) async fn finish(
    tx: &mut Tx,
    account: AccountId,
    hash: &FileHash,
    kept: Kept,
) -> Result<bool, Fault> {
    let (district, now) = (tx.district(), tx.now());
    Ok(tx.execute(&FINISH, (district, account, hash.as_str().to_owned(), now, Json(kept))).await? == 1)
}

/// Notes what a file belongs to.
///
/// # Errors
/// `fieldwork.too_many_ties`.
pub(crate) async fn tie(
    tx: &mut Tx,
    account: AccountId,
    hash: &FileHash,
    command: CommandId,
    question: &str,
) -> Result<(), FieldworkError> {
    if ties_of(tx, account, hash).await?.len() as i64 >= TIES_MAX {
        return Err(FieldworkError::invalid(
            "for",
            "fieldwork.too_many_ties",
            "一个文件不能属于这么多条。",
            "One file cannot belong to so many.",
        ));
    }
    let district = tx.district();
    let row = (district, account, hash.as_str().to_owned(), command, question.to_owned());
    tx.execute(&TIE, row).await?;
    Ok(())
}

/// What a file belongs to.
pub(crate) async fn ties_of(tx: &mut Tx, account: AccountId, hash: &FileHash) -> Result<Vec<TieRow>, Fault> {
    let district = tx.district();
    tx.all(&TIES_OF_FILE, (district, account, hash.as_str().to_owned(), TIES_MAX)).await
}

/// Notes that a file was handed on to what it belongs to; `false` where it was before.
pub(crate) async fn hand_on(
    tx: &mut Tx,
    account: AccountId,
    hash: &FileHash,
    command: CommandId,
    question: &str,
) -> Result<bool, Fault> {
    let (district, now) = (tx.district(), tx.now());
    let row = (district, account, hash.as_str().to_owned(), command, question.to_owned(), now);
    Ok(tx.execute(&HAND_ON, row).await? == 1)
}

/// Files begun before a moment, the oldest first, after one of them.
pub(crate) async fn old(
    conn: &mut Conn,
    district: DistrictId,
    before: Time,
    after: (Time, AccountId, String),
    rows_max: i64,
) -> Result<Vec<UploadRow>, Fault> {
    conn.all(&OLD, (district, before, after.0, after.1, after.2, rows_max)).await
}

/// Forgets a file and what it was for.
pub(crate) async fn forget(tx: &mut Tx, account: AccountId, hash: &FileHash) -> Result<(), Fault> {
    let district = tx.district();
    tx.execute(&DROP_TIES, (district, account, hash.as_str().to_owned())).await?;
    tx.execute(&DROP, (district, account, hash.as_str().to_owned())).await.map(drop)
}
