//! Making a version of a form from a workbook, publishing and withdrawing one.

use crate::access::{MAKE_FORMS, require, widest};
use crate::error::FieldworkError;
use crate::facts::{FieldworkFact, PUBLISHED, UPLOADED, WITHDRAWN};
use crate::model::{
    FormFinding, FormId, FormState, KnownField, VERSIONS_MAX, WORKBOOK_BYTES_MAX, known_fields,
    unknown_fields,
};
use crate::plans::plan_of;
use crate::store::{self, FormRow, NewVersion};
use ::store::{Conn, Tx};
use axum::body::Bytes;
use edge::Edge;
use forms::xlsform::{self, Loaded, Refused};
use forms::{Form, FormFault, Plan, limits};
use platform::{Actor, Fault, Words, limits::MIB};
use registry::Catalogue;
use serde_json::json;
use sha2::{Digest, Sha256};
use sheets::Book;
use std::io::{Seek, Write};

/// Bytes of a workbook's parts once unpacked.
const UNPACKED_BYTES_MAX: u64 = 100 * MIB;

/// A form that was read and may be kept.
#[derive(Clone, Debug)]
pub(crate) struct Upload {
    key: String,
    version: NewVersion,
}

/// The version that was made, or was there already.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Made {
    pub form: FormId,
    pub number: i64,
}

/// Reads and checks a workbook, away from the request threads.
///
/// # Errors
/// Everything that is wrong with it, each with its place.
pub(crate) async fn read_workbook(
    edge: &Edge,
    file_name: String,
    bytes: Vec<u8>,
) -> Result<Upload, FieldworkError> {
    let catalogue = edge.fixture::<Catalogue>();
    let reading = tokio::task::spawn_blocking(move || read(&catalogue, &file_name, &bytes));
    reading.await.map_err(|e| Fault::broken("a workbook was not read").because(e))?
}

fn read(catalogue: &Catalogue, file_name: &str, bytes: &[u8]) -> Result<Upload, FieldworkError> {
    // A file without a name: the disk keeps nothing of it.
    let mut file = tempfile::tempfile().map_err(Fault::from)?;
    file.write_all(bytes).and_then(|()| file.rewind()).map_err(Fault::from)?;
    let limits = sheets::Limits {
        file_bytes_max: WORKBOOK_BYTES_MAX,
        text_bytes_max: WORKBOOK_BYTES_MAX,
        unpacked_bytes_max: UNPACKED_BYTES_MAX,
        ..xlsform::sheet_limits()
    };
    let stem = file_name.rsplit_once('.').map_or(file_name, |(stem, _)| stem);
    let book = Book::open_file(file, &limits).map_err(|fault| refused(Refused::Sheet(fault)))?;
    let Loaded { plan, told, warnings } = xlsform::read(&book, stem).map_err(refused)?;
    let told = told.iter().map(FormFinding::from).chain(warnings.iter().map(FormFinding::from)).collect();
    accept(&plan, told, catalogue)
}

/// Reads and checks a definition in JSON, away from the request threads.
///
/// # Errors
/// Not JSON of this shape, and everything that is wrong with the form.
pub(crate) async fn read_definition(edge: &Edge, json: Bytes) -> Result<Upload, FieldworkError> {
    let catalogue = edge.fixture::<Catalogue>();
    let reading = tokio::task::spawn_blocking(move || {
        let form = Form::from_json(&json).map_err(|why| FieldworkError::Invalid {
            field: "definition",
            code: "fieldwork.bad_definition",
            words: Words::new(
                format!("这不是表单定义：{why}。"),
                format!("This is no definition of a form: {why}."),
            ),
        })?;
        let plan = Plan::of(form).map_err(|faults| refused(Refused::Form { faults, told: Vec::new() }))?;
        accept(&plan, Vec::new(), &catalogue)
    });
    reading.await.map_err(|e| Fault::broken("a definition was not read").because(e))?
}

/// A form that names only what the register keeps.
fn accept(plan: &Plan, told: Vec<FormFinding>, catalogue: &Catalogue) -> Result<Upload, FieldworkError> {
    let unknown = unknown_fields(plan, catalogue);
    if !unknown.is_empty() {
        return Err(FieldworkError::Workbook { faults: unknown, told });
    }
    upload_of(plan, told)
}

fn upload_of(plan: &Plan, told: Vec<FormFinding>) -> Result<Upload, FieldworkError> {
    let form = plan.form();
    let definition = form.to_json().into_bytes();
    if definition.len() > limits::FORM_BYTES_MAX {
        let words = Words::of("表单太大。", "The form is too large.");
        return Err(FieldworkError::Invalid { field: "file", code: "fieldwork.form_too_large", words });
    }
    let version = NewVersion {
        name: form.version.clone(),
        title: form.title.0.clone(),
        hash: Sha256::digest(&definition).to_vec(),
        told,
        definition,
    };
    Ok(Upload { key: form.id.clone(), version })
}

fn refused(why: Refused) -> FieldworkError {
    match why {
        Refused::Sheet(fault) => FieldworkError::Workbook {
            faults: vec![FormFinding::new(fault.code(), None, fault.words())],
            told: Vec::new(),
        },
        Refused::Form { faults, told } => FieldworkError::Workbook {
            faults: faults.iter().map(|fault: &FormFault| FormFinding::from(fault)).collect(),
            told: told.iter().map(FormFinding::from).collect(),
        },
    }
}

/// Keeps a form's next version as a draft, the first one with its form; without an area, in the form's, and of a new one in the widest
/// where its maker may. The newest version sent again stays the one it is.
///
/// # Errors
/// No right to make forms there, the key of another desk, another area than the form's, too many versions.
pub(crate) async fn make_version(
    tx: &mut Tx,
    upload: Upload,
    area: Option<String>,
) -> Result<Made, FieldworkError> {
    let district = tx.district();
    let Upload { key, version } = upload;
    let form = match store::find_by_key(tx, district, &key).await? {
        Some(form) => own(tx.actor(), form, area.as_deref())?,
        None => begin(tx, &key, &version, area).await?,
    };
    if let Some(newest) = store::find_version(tx, district, form.id, form.versions).await?
        && newest.hash == version.hash
    {
        return Ok(Made { form: form.id, number: newest.number });
    }
    let number = form.versions + 1;
    if number > VERSIONS_MAX {
        return Err(FieldworkError::TooManyVersions { versions_max: VERSIONS_MAX });
    }
    let data = json!({ "number": number, "bytes": version.definition.len() });
    store::add_version(tx, form.id, number, version).await?;
    tx.record(&FieldworkFact::of_form(UPLOADED, form.id, &form.area_path, data)).await?;
    Ok(Made { form: form.id, number })
}

/// The form a desk makes another version of.
fn own(actor: &Actor, form: FormRow, area: Option<&str>) -> Result<FormRow, FieldworkError> {
    require(actor, &MAKE_FORMS, &form.area_path).map_err(|_| FieldworkError::KeyTaken)?;
    if area.is_none_or(|area| area == form.area_path) {
        return Ok(form);
    }
    Err(FieldworkError::invalid(
        "area",
        "fieldwork.other_area",
        "这个表单已用于别的区域；换一个 form_id，或选原来的区域。",
        "This form is used in another area: choose another form_id, or that area.",
    ))
}

async fn begin(
    tx: &mut Tx,
    key: &str,
    version: &NewVersion,
    area: Option<String>,
) -> Result<FormRow, FieldworkError> {
    let places = tx.fixture::<territory::Map>().of(tx.district());
    let root = places.root().map_or_else(|| territory::root_path(tx.district()), |root| root.path.clone());
    let area = area.or_else(|| widest(tx.actor(), &MAKE_FORMS, &root));
    let area = area.filter(|path| places.by_path(path).is_some()).ok_or(FieldworkError::NotFound)?;
    require(tx.actor(), &MAKE_FORMS, &area)?;
    let id = FormId::new(tx.now());
    store::insert_form(tx, id, key, &version.title, &area).await?;
    let title = ::store::Json(version.title.clone());
    Ok(FormRow { id, key: key.to_owned(), title, area_path: area, versions: 0, live: None })
}

/// Publishes a version, which withdraws the one that was live, or withdraws it.
///
/// # Errors
/// Not there, not theirs, not from the state it is in; a form that asks for what is known is not published.
pub(crate) async fn change_state(
    edge: &Edge,
    actor: &Actor,
    (form, number): (FormId, i64),
    to: FormState,
) -> Result<(), FieldworkError> {
    let district = actor.district;
    let read = async move |conn: &mut Conn| store::find_form(conn, district, form).await;
    let found = edge.db.read::<_, Fault, _>(read).await?.ok_or(FieldworkError::NotFound)?;
    require(actor, &MAKE_FORMS, &found.area_path)?;
    let plan = plan_of(edge, district, form, number).await?.ok_or(FieldworkError::NotFound)?;
    let known = known_fields(&plan, &edge.fixture::<Catalogue>());
    let write = async move |tx: &mut Tx| match to {
        FormState::Live => publish(tx, form, number, &known).await,
        FormState::Draft | FormState::Withdrawn => withdraw(tx, form, number).await,
    };
    edge.db.write(actor, write).await
}

async fn publish(tx: &mut Tx, id: FormId, number: i64, known: &[KnownField]) -> Result<(), FieldworkError> {
    let form = store::load_form_for(tx, id, &MAKE_FORMS).await?;
    let district = tx.district();
    let version = store::find_version(tx, district, id, number).await?.ok_or(FieldworkError::NotFound)?;
    let state = version.state.publish()?;
    if !known.is_empty() {
        return Err(FieldworkError::AsksKnown(known.to_vec()));
    }
    if let Some(live) = form.live {
        store::save_state(tx, id, live, FormState::Withdrawn).await?;
    }
    store::save_state(tx, id, number, state).await?;
    let data = json!({ "number": number, "withdrawn": form.live });
    tx.record(&FieldworkFact::of_form(PUBLISHED, id, &form.area_path, data)).await?;
    Ok(())
}

async fn withdraw(tx: &mut Tx, id: FormId, number: i64) -> Result<(), FieldworkError> {
    let form = store::load_form_for(tx, id, &MAKE_FORMS).await?;
    let district = tx.district();
    let version = store::find_version(tx, district, id, number).await?.ok_or(FieldworkError::NotFound)?;
    store::save_state(tx, id, number, version.state.withdraw()?).await?;
    let data = json!({ "number": number });
    tx.record(&FieldworkFact::of_form(WITHDRAWN, id, &form.area_path, data)).await?;
    Ok(())
}
