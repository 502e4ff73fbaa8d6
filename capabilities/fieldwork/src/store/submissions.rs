//! Loads and saves what was filled in; its inside is sealed.

use super::keys;
use crate::access::require;
use crate::error::FieldworkError;
use crate::model::{Content, FormId, Spared, Submission, SubmissionId};
use ::store::{Tx, row, sql};
use platform::{AccountId, DistrictId, Fault, FaultKind, Permission, Personal, Time};
use seal::{Context, Keyring};
use zeroize::Zeroizing;

/// The column sealed answers are bound to.
pub(super) const CONTENT: &str = "fieldwork_submission.content";

row! {
    /// A submission as it is stored: what is sealed is still sealed.
    #[derive(Clone, Debug)]
    pub(crate) struct SubmissionRow {
        pub id: SubmissionId,
        pub form_id: FormId,
        pub number: i64,
        pub area_path: String,
        pub by_account: Option<AccountId>,
        pub by_name: String,
        pub filled_at: Time,
        pub received_at: Time,
        pub withdrawn: bool,
        pub replaced_by: Option<SubmissionId>,
        pub questions: i64,
        pub known: i64,
        pub content: Vec<u8>,
    }
}

type Columns = (
    DistrictId,
    SubmissionId,
    FormId,
    i64,
    String,
    Option<AccountId>,
    String,
    Time,
    Time,
    bool,
    i64,
    i64,
    Vec<u8>,
);

sql! {
    INSERT: Columns =
        "insert into fieldwork_submission
             (district, id, form_id, number, area_path, by_account, by_name, filled_at, received_at, withdrawn,
              questions, known, content)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)";
    REPLACE: (DistrictId, SubmissionId, SubmissionId) =
        "update fieldwork_submission set replaced_by = $3 where district = $1 and id = $2";
    FIND: (DistrictId, SubmissionId) -> SubmissionRow =
        "select id, form_id, number, area_path, by_account, by_name, filled_at, received_at, withdrawn, replaced_by,
             questions, known, content
         from fieldwork_submission where district = $1 and id = $2";
}

impl SubmissionRow {
    /// What was filled in, for a recorded look, a copy that is masked, or a comparison.
    ///
    /// # Errors
    /// A changed byte, or the value of another row.
    pub(crate) fn open(self, keys: &Keyring, district: DistrictId) -> Result<Submission, Fault> {
        let plain = keys.open(&Context { district, column: CONTENT, row: self.id.0 }, &self.content)?;
        let content: Content = serde_json::from_slice(&plain).map_err(|e| {
            Fault::new(FaultKind::Corrupt, format!("{CONTENT} of {} cannot be read", self.id)).because(e)
        })?;
        Ok(Submission {
            id: self.id,
            form: self.form_id,
            number: self.number,
            area_path: self.area_path,
            by_account: self.by_account,
            by_name: self.by_name,
            filled_at: self.filled_at,
            received_at: self.received_at,
            is_withdrawn: self.withdrawn,
            replaced_by: self.replaced_by,
            spared: Spared { questions: self.questions, known: self.known },
            content: Personal::new(content),
        })
    }
}

/// Its inside, sealed for its row.
pub(crate) fn seal(
    keys: &Keyring,
    district: DistrictId,
    id: SubmissionId,
    content: &Content,
) -> Result<Vec<u8>, Fault> {
    let plain = serde_json::to_vec(content).map_err(|e| Fault::broken("answers are no JSON").because(e))?;
    keys.seal(&Context { district, column: CONTENT, row: id.0 }, &Zeroizing::new(plain))
}

/// Saves a submission that is new, with its inside as it was sealed.
pub(crate) async fn insert(tx: &mut Tx, one: &Submission, sealed: Vec<u8>) -> Result<(), Fault> {
    let row = (
        tx.district(),
        one.id,
        one.form,
        one.number,
        one.area_path.clone(),
        one.by_account,
        one.by_name.clone(),
        one.filled_at,
        one.received_at,
        one.is_withdrawn,
        one.spared.questions,
        one.spared.known,
        sealed,
    );
    tx.execute(&INSERT, row).await.map(drop)
}

/// Notes which submission came in the place of one.
pub(crate) async fn replace(tx: &mut Tx, id: SubmissionId, by: SubmissionId) -> Result<(), Fault> {
    let district = tx.district();
    tx.execute(&REPLACE, (district, id, by)).await.map(drop)
}

/// A submission by the id its device made, to compare it with what comes again: nobody sees it.
pub(crate) async fn find(tx: &mut Tx, id: SubmissionId) -> Result<Option<Submission>, Fault> {
    let (district, keys) = (tx.district(), keys(tx)?);
    let row = tx.optional(&FIND, (district, id)).await?;
    row.map(|row| row.open(&keys, district)).transpose()
}

/// The submission to look at, found and allowed, or refused.
pub(crate) async fn load_for(
    tx: &mut Tx,
    id: SubmissionId,
    permission: &'static Permission,
) -> Result<Submission, FieldworkError> {
    let (district, keys) = (tx.district(), keys(tx)?);
    let row = tx.optional(&FIND, (district, id)).await?.ok_or(FieldworkError::NotFound)?;
    require(tx.actor(), permission, &row.area_path)?;
    Ok(row.open(&keys, district)?)
}
