//! Loads and saves forms, their versions and submissions; with queries the only SQL. FormFinding is authorising: a form to change comes from
//! [`load_form_for`] or not at all.

pub(crate) mod campaigns;
pub(crate) mod clashes;
pub(crate) mod commands;
pub(crate) mod days;
pub(crate) mod devices;
pub(crate) mod files;
pub(crate) mod keys;
pub(crate) mod reseal;
pub(crate) mod routes;
pub(crate) mod stand_ins;
pub(crate) mod submissions;
pub(crate) mod tasks;
pub(crate) mod uploads;
pub(crate) mod wishes;

use crate::access::{require, sees_form};
use crate::error::FieldworkError;
use crate::model::{FormFinding, FormId, FormState, KeyId, SubmissionId};
use ::store::{Conn, Json, Tx, row, sql, value};
use platform::{AccountId, DistrictId, Fault, Permission, Time};
use seal::{Keyring, Vault};
use std::collections::BTreeMap;
use std::sync::Arc;
use uuid::Uuid;

value!(FormId as Uuid, |v| v.0, FormId);
value!(KeyId as Uuid, |v| v.0, KeyId);
value!(SubmissionId as Uuid, |v| v.0, SubmissionId);

/// Words by language.
pub(crate) type Title = BTreeMap<String, String>;

row! {
    /// A form, with the number of the version that is live.
    #[derive(Clone, Debug)]
    pub(crate) struct FormRow {
        pub id: FormId,
        pub key: String,
        pub title: Json<Title>,
        pub area_path: String,
        pub versions: i64,
        pub live: Option<i64>,
    }
}

row! {
    /// A version without its definition.
    #[derive(Clone, Debug)]
    pub(crate) struct VersionRow {
        pub number: i64,
        pub name: String,
        pub state: FormState,
        pub title: Json<Title>,
        pub hash: Vec<u8>,
        pub told: Json<Vec<FormFinding>>,
        pub made_at: Time,
        pub made_by_name: String,
        pub published_at: Option<Time>,
        pub published_by_name: Option<String>,
        pub withdrawn_at: Option<Time>,
        pub withdrawn_by_name: Option<String>,
    }
}

row! {
    /// The definition of a version, with what of its form never changes.
    pub(crate) struct DefinitionRow {
        pub key: String,
        pub area_path: String,
        pub definition: Vec<u8>,
    }
}

/// A version that is new.
#[derive(Clone, Debug)]
pub(crate) struct NewVersion {
    pub name: String,
    pub title: Title,
    pub hash: Vec<u8>,
    pub told: Vec<FormFinding>,
    pub definition: Vec<u8>,
}

type VersionColumns = (
    DistrictId,
    FormId,
    i64,
    String,
    FormState,
    Json<Title>,
    Vec<u8>,
    Json<Vec<FormFinding>>,
    Time,
    Option<AccountId>,
    String,
    Vec<u8>,
);

sql! {
    FIND: (DistrictId, FormId) -> FormRow =
        "select f.id, f.key, f.title, f.area_path, f.versions, v.number as live
         from fieldwork_form f
         left join fieldwork_version v on v.district = f.district and v.form_id = f.id and v.state = 'live'
         where f.district = $1 and f.id = $2";
    FIND_BY_KEY: (DistrictId, String) -> FormRow =
        "select f.id, f.key, f.title, f.area_path, f.versions, v.number as live
         from fieldwork_form f
         left join fieldwork_version v on v.district = f.district and v.form_id = f.id and v.state = 'live'
         where f.district = $1 and f.key = $2";
    INSERT: (DistrictId, FormId, String, Json<Title>, String) =
        "insert into fieldwork_form (district, id, key, title, area_path, versions) values ($1, $2, $3, $4, $5, 0)";
    /// Only from the number before.
    COUNT_VERSION: (DistrictId, FormId, i64, Json<Title>) =
        "update fieldwork_form set versions = $3, title = $4 where district = $1 and id = $2 and versions + 1 = $3";
    ADD_VERSION: VersionColumns =
        "insert into fieldwork_version
             (district, form_id, number, name, state, title, hash, told, made_at, made_by, made_by_name, definition)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)";
    FIND_VERSION: (DistrictId, FormId, i64) -> VersionRow =
        "select number, name, state, title, hash, told, made_at, made_by_name, published_at, published_by_name,
             withdrawn_at, withdrawn_by_name
         from fieldwork_version where district = $1 and form_id = $2 and number = $3";
    DEFINITION: (DistrictId, FormId, i64) -> DefinitionRow =
        "select f.key, f.area_path, v.definition
         from fieldwork_version v
         join fieldwork_form f on f.district = v.district and f.id = v.form_id
         where v.district = $1 and v.form_id = $2 and v.number = $3";
    STATE: (DistrictId, FormId, i64) -> (FormState,) =
        "select state from fieldwork_version where district = $1 and form_id = $2 and number = $3";
    PUBLISH: (DistrictId, FormId, i64, FormState, Time, String) =
        "update fieldwork_version set state = $4, published_at = $5, published_by_name = $6
         where district = $1 and form_id = $2 and number = $3";
    WITHDRAW: (DistrictId, FormId, i64, FormState, Time, String) =
        "update fieldwork_version set state = $4, withdrawn_at = $5, withdrawn_by_name = $6
         where district = $1 and form_id = $2 and number = $3";
}

/// The keys of the write's district.
pub(crate) fn keys(tx: &Tx) -> Result<Arc<Keyring>, Fault> {
    tx.fixture::<Vault>().of(tx.district())
}

/// The form to change, found and allowed, or refused.
pub(crate) async fn load_form_for(
    tx: &mut Tx,
    id: FormId,
    permission: &'static Permission,
) -> Result<FormRow, FieldworkError> {
    let district = tx.district();
    let form = find_form(tx, district, id).await?.ok_or(FieldworkError::NotFound)?;
    require(tx.actor(), permission, &form.area_path)?;
    Ok(form)
}

/// The form a copy is taken of, in an area where its taker may.
pub(crate) async fn load_form_to_copy(
    tx: &mut Tx,
    id: FormId,
    area_path: &str,
    permission: &'static Permission,
) -> Result<FormId, FieldworkError> {
    let district = tx.district();
    let form = find_form(tx, district, id).await?.ok_or(FieldworkError::NotFound)?;
    if !sees_form(tx.actor(), &form.area_path) {
        return Err(FieldworkError::NotFound);
    }
    require(tx.actor(), permission, area_path)?;
    Ok(form.id)
}

/// A form as it is stored.
pub(crate) async fn find_form(
    conn: &mut Conn,
    district: DistrictId,
    id: FormId,
) -> Result<Option<FormRow>, Fault> {
    conn.optional(&FIND, (district, id)).await
}

/// A form by the form_id of its workbooks.
pub(crate) async fn find_by_key(
    conn: &mut Conn,
    district: DistrictId,
    key: &str,
) -> Result<Option<FormRow>, Fault> {
    conn.optional(&FIND_BY_KEY, (district, key.to_owned())).await
}

/// A version of a form, without its definition.
pub(crate) async fn find_version(
    conn: &mut Conn,
    district: DistrictId,
    form: FormId,
    number: i64,
) -> Result<Option<VersionRow>, Fault> {
    conn.optional(&FIND_VERSION, (district, form, number)).await
}

/// Where a version stands.
pub(crate) async fn find_state(
    conn: &mut Conn,
    district: DistrictId,
    form: FormId,
    number: i64,
) -> Result<Option<FormState>, Fault> {
    Ok(conn.optional(&STATE, (district, form, number)).await?.map(|(state,)| state))
}

/// The definition of a version as JSON.
pub(crate) async fn find_definition(
    conn: &mut Conn,
    district: DistrictId,
    form: FormId,
    number: i64,
) -> Result<Option<DefinitionRow>, Fault> {
    conn.optional(&DEFINITION, (district, form, number)).await
}

/// A form without a version yet.
pub(crate) async fn insert_form(
    tx: &mut Tx,
    id: FormId,
    key: &str,
    title: &Title,
    area_path: &str,
) -> Result<(), Fault> {
    let row = (tx.district(), id, key.to_owned(), Json(title.clone()), area_path.to_owned());
    tx.execute(&INSERT, row).await.map(drop)
}

/// Adds the next version of a form, as a draft.
pub(crate) async fn add_version(
    tx: &mut Tx,
    form: FormId,
    number: i64,
    version: NewVersion,
) -> Result<(), Fault> {
    let (district, now, by) = (tx.district(), tx.now(), tx.actor().account);
    let name = tx.actor().name.to_string();
    if tx.execute(&COUNT_VERSION, (district, form, number, Json(version.title.clone()))).await? == 0 {
        return Err(Fault::broken("a version of a form is out of its order"));
    }
    let row = (
        district,
        form,
        number,
        version.name,
        FormState::Draft,
        Json(version.title),
        version.hash,
        Json(version.told),
        now,
        by,
        name,
        version.definition,
    );
    tx.execute(&ADD_VERSION, row).await.map(drop)
}

/// Saves the state a version has come to, with who brought it there and when.
pub(crate) async fn save_state(
    tx: &mut Tx,
    form: FormId,
    number: i64,
    state: FormState,
) -> Result<(), Fault> {
    let query = match state {
        FormState::Withdrawn => &WITHDRAW,
        FormState::Draft | FormState::Live => &PUBLISH,
    };
    let row = (tx.district(), form, number, state, tx.now(), tx.actor().name.to_string());
    tx.execute(query, row).await.map(drop)
}
