//! Sheets to print or take along: the copy of one's data, for oneself or by a desk for people without a phone; the impact sheet.

use super::my_data::sign_in_first;
use super::subject::{self, COPY_READINGS_MAX, Extent, Subject, all_parts};
use super::{Moment, cited, copy, kept_words};
use crate::access::{DECIDE, MANAGE_BASIS};
use crate::catalogue::Catalogue;
use crate::commands::rights::{Own, own_person};
use crate::error::RegistryError;
use crate::http::basis::{ImpactView, impact as impact_of};
use crate::http::viewer;
use crate::looks;
use crate::model::{Kind, RecordId, SELF};
use crate::queries::exports::{CopyRow, copies_of};
use crate::queries::rights::{Reading, readings, records_of};
use crate::store;
use crate::view::RecordView;
use ::store::Tx;
use askama::Template;
use axum::Json;
use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use edge::{Edge, Html, Page, PathOf};
use platform::{Fault, FaultKind, Problem, Time};
use serde::Serialize;

#[derive(Template)]
#[template(path = "data_copy.html")]
struct CopyPage {
    page: Page,
    subject: Subject,
    made: Moment,
    notice: String,
    /// Printed by a desk: a place to sign.
    is_of_desk: bool,
}

/// The person's own copy, to print.
pub(super) async fn own_copy(
    State(edge): State<Edge>,
    page: Page,
    PathOf(id): PathOf<RecordId>,
) -> Result<Response, Problem> {
    if let Some(door) = sign_in_first(&page) {
        return Ok(door);
    }
    let page = page.titled("我的信息副本", "A copy of my data");
    let subject = read_own(&edge, &page, id).await?;
    Ok(copy_page(&edge, page, subject, false))
}

/// The same as a file, to keep or to send.
pub(super) async fn own_copy_pdf(
    State(edge): State<Edge>,
    page: Page,
    PathOf(id): PathOf<RecordId>,
) -> Result<Response, Problem> {
    if let Some(door) = sign_in_first(&page) {
        return Ok(door);
    }
    let page = page.titled("我的信息副本", "A copy of my data");
    let subject = read_own(&edge, &page, id).await?;
    let (made, notice) = (Moment::of(edge.now()), edge.fixture::<Catalogue>().version.clone());
    // Beside the requests: laying out years of looks takes its time.
    let drawing = tokio::task::spawn_blocking(move || copy::to_pdf(&page, &subject, &made, &notice));
    let drawn = drawing.await.map_err(|e| Fault::new(FaultKind::Broken, "a copy was not drawn").because(e));
    let pdf = drawn.and_then(|pdf| pdf).map_err(RegistryError::Fault)?;
    let headers = [
        (header::CONTENT_TYPE, "application/pdf"),
        (header::CONTENT_DISPOSITION, "attachment; filename=\"my-data.pdf\""),
    ];
    Ok((headers, pdf).into_response())
}

/// All that is held of a person, for that person, with the look it is.
async fn read_own(edge: &Edge, page: &Page, id: RecordId) -> Result<Subject, RegistryError> {
    let (viewer, reader) = (viewer(edge, &page.actor), page.clone());
    let read = async move |tx: &mut Tx| {
        let own = own_person(tx, id).await?;
        subject::read(tx, &reader, &viewer, own, whole()).await
    };
    edge.db.write(&page.actor, read).await
}

fn whole() -> Extent {
    Extent { is_open: true, readings_max: COPY_READINGS_MAX, before: None }
}

fn copy_page(edge: &Edge, page: Page, subject: Subject, is_of_desk: bool) -> Response {
    let notice = edge.fixture::<Catalogue>().version.clone();
    Html(CopyPage { page, subject, made: Moment::of(edge.now()), notice, is_of_desk }).into_response()
}

/// The paper version for people without a phone: printed at the desk, for the person who stands there.
pub(super) async fn desk_copy(
    State(edge): State<Edge>,
    page: Page,
    PathOf(id): PathOf<RecordId>,
) -> Result<Response, Problem> {
    let page = page.titled("本人信息查阅单", "What is kept about a person");
    looks::slow_down(&edge, &page.actor).await?;
    let (viewer, reader) = (viewer(&edge, &page.actor), page.clone());
    let read = async move |tx: &mut Tx| {
        let person = store::load_for(tx, id, &DECIDE).await?;
        if person.kind != Kind::Person {
            return Err(RegistryError::NotFound);
        }
        subject::read(tx, &reader, &viewer, Own { person, standing: SELF.to_owned() }, whole()).await
    };
    let subject = edge.db.write(&page.actor, read).await?;
    Ok(copy_page(&edge, page, subject, true))
}

/// A copy for another system (Personal Information Protection Law art. 45).
#[derive(Serialize)]
struct Copy {
    made_at: Time,
    /// The notice under which it is kept.
    notice: String,
    person: RecordView,
    records: Vec<RecordView>,
    readings: Vec<CopyReading>,
    /// Exports that held it.
    exports: Vec<CopyExport>,
}

#[derive(Serialize)]
struct CopyReading {
    at: Time,
    by: String,
    purpose: String,
    parts: Vec<String>,
    emergency: bool,
}

#[derive(Serialize)]
struct CopyExport {
    at: Time,
    by: String,
    purpose: String,
    /// Sealed values that were open in it.
    opened: Vec<String>,
    /// The phone that carries it since; none for a file.
    device: Option<String>,
}

impl From<CopyRow> for CopyExport {
    fn from(copy: CopyRow) -> Self {
        Self {
            at: copy.at,
            by: copy.by_name,
            purpose: copy.purpose,
            opened: copy.opened.0,
            device: copy.device,
        }
    }
}

impl From<Reading> for CopyReading {
    fn from(reading: Reading) -> Self {
        let Reading { at, by, purpose, parts, is_emergency, .. } = reading;
        Self { at, by, purpose, parts, emergency: is_emergency }
    }
}

/// The person's own copy, for a program.
pub(super) async fn own_copy_json(
    State(edge): State<Edge>,
    page: Page,
    PathOf(id): PathOf<RecordId>,
) -> Result<Response, Problem> {
    if let Some(door) = sign_in_first(&page) {
        return Ok(door);
    }
    let viewer = viewer(&edge, &page.actor);
    let notice = viewer.catalogue.version.clone();
    let read = async move |tx: &mut Tx| {
        let person = own_person(tx, id).await?.person;
        let look = looks::look_for_the_person(tx, &person, all_parts(&viewer)).await?;
        let below = records_of(tx, person.id).await?;
        let ids: Vec<RecordId> = std::iter::once(person.id).chain(below.iter().map(|r| r.id)).collect();
        let district = tx.district();
        let seen = readings(tx, district, &ids, None, COPY_READINGS_MAX).await?;
        let mut exports = Vec::new();
        for id in &ids {
            exports.extend(copies_of(tx, district, *id).await?.into_iter().map(CopyExport::from));
        }
        Ok::<_, RegistryError>(Copy {
            made_at: tx.now(),
            notice: notice.clone(),
            person: viewer.record(&person, Some(&look)),
            records: below.iter().map(|record| viewer.record(record, Some(&look))).collect(),
            readings: seen.into_iter().map(CopyReading::from).collect(),
            exports,
        })
    };
    let copy = edge.db.write(&page.actor, read).await?;
    let name = [(header::CONTENT_DISPOSITION, "attachment; filename=\"my-data.json\"")];
    Ok((name, Json(copy)).into_response())
}

#[derive(Template)]
#[template(path = "impact.html")]
struct ImpactPage {
    page: Page,
    sheet: ImpactView,
    rows: Vec<ImpactRow>,
    made: Moment,
}

struct ImpactRow {
    name: String,
    why: String,
    basis: String,
    kept: String,
    told: String,
    is_sealed: bool,
    is_required: bool,
}

/// The privacy impact sheet of a kind, to print.
pub(super) async fn impact(
    State(edge): State<Edge>,
    page: Page,
    PathOf(kind): PathOf<Kind>,
) -> Result<Response, Problem> {
    if !page.actor.holds(&MANAGE_BASIS) {
        return Err(RegistryError::Forbidden(&MANAGE_BASIS).into());
    }
    let sheet = impact_of(&edge, page.actor.district, kind).await?;
    let title = &sheet.kind.words;
    let page =
        page.titled(&format!("个人信息保护影响评估：{}", title.zh), &format!("Privacy impact: {}", title.en));
    let row = |field: &crate::http::basis::FieldKindView| ImpactRow {
        name: page.words(&field.words).to_owned(),
        why: page.words(&field.purpose).to_owned(),
        basis: cited(&page, &field.basis),
        kept: kept_words(&page, field.keep_months),
        told: field.to.join(page.tr("、", ", ")),
        is_sealed: field.sealed,
        is_required: field.required,
    };
    let rows = sheet.kind.fields.iter().map(row).collect();
    Ok(Html(ImpactPage { made: Moment::of(edge.now()), rows, sheet, page }).into_response())
}
