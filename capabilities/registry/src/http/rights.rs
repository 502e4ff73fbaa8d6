//! The desk's side of people's rights: requests to answer, requests that come on paper, mandates.

use super::{staff, viewer, write_once};
use crate::access::DECIDE;
use crate::catalogue::{Catalogue, Rights};
use crate::commands::rights::{self, AskFor};
use crate::error::RegistryError;
use crate::looks;
use crate::model::{ActId, Ask, Kind, RecordId, RequestId, RequestState};
use crate::queries;
use crate::store::{self, rights::RequestRow};
use crate::view::{AreaName, Told, Viewer};
use ::store::{Conn, Tx};
use axum::Json;
use axum::extract::State;
use axum::http::HeaderMap;
use edge::{Body, Edge, PathOf, QueryOf, Who};
use platform::{AccountId, Cursor, FactId, Page, Personal, Phone, Problem, Time, Words, limits};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

/// A request in a list: nothing of the person.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct RequestLine {
    pub id: RequestId,
    pub what: Ask,
    pub what_words: Words,
    pub person: RecordId,
    pub record: RecordId,
    pub field: Option<String>,
    pub area: AreaName,
    pub state: RequestState,
    pub made_at: Time,
    /// The end of the last day on which an answer is in time.
    pub due_at: Time,
    pub overdue: bool,
    /// It came on paper.
    pub on_paper: bool,
    /// `self`, or a kind of mandate.
    pub standing: String,
}

/// A request with its words: reading it is a look at the person.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct RequestView {
    #[serde(flatten)]
    pub line: RequestLine,
    /// The name the person is listed by.
    #[schema(value_type = Told)]
    pub label: String,
    pub kind: Kind,
    pub kind_words: Words,
    pub field_words: Option<Words>,
    /// What stands there now.
    #[schema(value_type = Option<Told>)]
    pub present: Option<Words>,
    /// What should stand there.
    #[schema(value_type = Option<Told>)]
    pub asked: Option<Words>,
    #[schema(value_type = Told)]
    pub words: String,
    #[schema(value_type = Told)]
    pub evidence: String,
    /// The look that is objected to.
    pub look: Option<LookView>,
    pub decided_at: Option<Time>,
    pub decided_by: Option<String>,
    pub ground: Option<String>,
    #[schema(value_type = Option<Told>)]
    pub answer: Option<String>,
}

/// A look at a person's data.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct LookView {
    pub at: Time,
    /// The post or unit.
    pub by: String,
    pub purpose: String,
    pub purpose_words: Words,
    pub emergency: bool,
}

/// Which page of the list.
#[derive(Clone, Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct RequestsQuery {
    #[param(value_type = Option<String>)]
    pub after: Option<Cursor>,
}

/// 待答复的本人请求。Open requests of people about their data, what is due first on top.
#[utoipa::path(get, path = "/api/registry/requests", tag = "registry", params(RequestsQuery),
    responses((status = 200, body = Page<RequestLine>), (status = 401, body = Problem), (status = 403, body = Problem)))]
pub async fn list_requests(
    State(edge): State<Edge>,
    who: Who,
    QueryOf(query): QueryOf<RequestsQuery>,
) -> Result<Json<Page<RequestLine>>, Problem> {
    let actor = staff(&who, &DECIDE)?;
    let start = (Time::from_micros(0), RequestId(Uuid::nil()));
    let after = query.after.as_ref().map_or(Some(start), Cursor::key).ok_or_else(Problem::not_found)?;
    let rows_max = limits::PAGE_ROWS_DEFAULT as usize;
    let reader = actor.clone();
    let read = async move |conn: &mut Conn| {
        queries::rights::open_requests(conn, &reader, &DECIDE, after, rows_max + 1).await
    };
    let rows = edge.db.read(read).await.map_err(RegistryError::Fault)?;
    let page = Page::cut(rows, rows_max, |row| Cursor::of(&(row.due_at, row.id)));
    let (viewer, rights) = (viewer(&edge, actor), edge.fixture::<Rights>());
    let items = page.items.iter().map(|row| RequestLine::of(&viewer, &rights, row)).collect();
    Ok(Json(Page { items, next: page.next }))
}

impl RequestLine {
    fn of(viewer: &Viewer, rights: &Rights, row: &RequestRow) -> Self {
        Self {
            id: row.id,
            what: row.what,
            what_words: rights.words_of(row.what),
            person: row.person_id,
            record: row.record_id,
            field: row.field.clone(),
            area: viewer.area(&row.area_path),
            state: row.state,
            made_at: row.made_at,
            due_at: row.due_at,
            overdue: row.state == RequestState::Open && row.due_at < viewer.now,
            on_paper: row.asked_by.is_none(),
            standing: row.standing.clone(),
        }
    }
}

/// 查看一条本人请求（对本人的一次查看，留痕）。A request with its words; a look at the person, on record.
#[utoipa::path(get, path = "/api/registry/requests/{id}", tag = "registry", params(("id" = RequestId, Path)),
    responses((status = 200, body = RequestView), (status = 401, body = Problem), (status = 403, body = Problem),
        (status = 404, body = Problem), (status = 429, body = Problem)))]
pub async fn show_request(
    State(edge): State<Edge>,
    who: Who,
    PathOf(id): PathOf<RequestId>,
) -> Result<Json<RequestView>, Problem> {
    let actor = staff(&who, &DECIDE)?;
    looks::slow_down(&edge, actor).await?;
    let (viewer, rights) = (viewer(&edge, actor), edge.fixture::<Rights>());
    let view = edge.db.write(actor, async move |tx: &mut Tx| {
        let district = tx.district();
        let row = store::rights::find_request(tx, district, id).await?.ok_or(RegistryError::NotFound)?;
        crate::access::require(tx.actor(), &DECIDE, &row.area_path)?;
        read_request(tx, &viewer, &rights, &row).await
    });
    Ok(Json(view.await?))
}

async fn read_request(
    tx: &mut Tx,
    viewer: &Viewer,
    rights: &Rights,
    row: &RequestRow,
) -> Result<RequestView, RegistryError> {
    let (district, keys) = (tx.district(), store::keys(tx)?);
    let person = store::load(tx, row.person_id).await?.ok_or(RegistryError::NotFound)?;
    let record = store::load(tx, row.record_id).await?.ok_or(RegistryError::NotFound)?;
    looks::look_for_the_person(tx, &person, row.field.iter().cloned().collect()).await?;
    let look = match row.look_id {
        Some(look) => queries::rights::find_reading(tx, district, look).await?.map(|(_, reading)| LookView {
            at: reading.at,
            by: reading.by,
            purpose_words: purpose_words(&viewer.catalogue, &reading.purpose),
            purpose: reading.purpose,
            emergency: reading.is_emergency,
        }),
        None => None,
    };
    let book = viewer.catalogue.kind(record.kind);
    let field = row.field.as_deref().and_then(|key| book.field(key));
    let asked = row.asked(&keys, district)?;
    let present =
        field.and_then(|field| record.content.fields(field.sealed).get(&field.key).map(|v| (field, v)));
    Ok(RequestView {
        line: RequestLine::of(viewer, rights, row),
        label: person.content.label.clone(),
        kind: record.kind,
        kind_words: book.words.clone(),
        field_words: field.map(|field| field.words.clone()),
        present: present.map(|(field, value)| viewer.shown(field, value)),
        asked: field.zip(asked.value.as_ref()).map(|(field, value)| viewer.shown(field, value)),
        words: asked.words,
        evidence: asked.evidence,
        look,
        decided_at: row.decided_at,
        decided_by: row.decided_by.clone(),
        ground: row.ground.clone(),
        answer: row.answer(&keys, district)?,
    })
}

/// The words of a purpose; its key where a district has taken it out since.
pub(crate) fn purpose_words(catalogue: &Catalogue, key: &str) -> Words {
    catalogue.purpose(key).map_or_else(|| Words::new(key, key), |purpose| purpose.words.clone())
}

/// What somebody asks on paper.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PaperBody {
    pub person: RecordId,
    /// The person, or a residence, share or service fact of theirs.
    pub record: RecordId,
    pub what: Ask,
    pub field: Option<String>,
    /// The look that is objected to.
    #[schema(value_type = Option<String>)]
    pub look: Option<FactId>,
    /// The value as it should be.
    #[schema(value_type = Option<Object>)]
    pub value: Option<Value>,
    #[serde(default)]
    pub words: String,
    #[serde(default)]
    pub evidence: String,
}

impl From<PaperBody> for AskFor {
    fn from(body: PaperBody) -> Self {
        let PaperBody { person, record, what, field, look, value, words, evidence } = body;
        Self { person, record, what, field, look, value, words, evidence }
    }
}

/// A request that was taken down.
#[derive(Clone, Copy, Debug, Serialize, Deserialize, ToSchema)]
pub struct TakenDown {
    pub id: RequestId,
}

/// 代录纸面请求。Take down what somebody asks on paper.
#[utoipa::path(post, path = "/api/registry/requests", tag = "registry", request_body = PaperBody,
    responses((status = 200, body = TakenDown), (status = 401, body = Problem), (status = 403, body = Problem),
        (status = 404, body = Problem), (status = 409, body = Problem), (status = 422, body = Problem)))]
pub async fn take_down_request(
    State(edge): State<Edge>,
    who: Who,
    headers: HeaderMap,
    Body(body): Body<PaperBody>,
) -> Result<Json<TakenDown>, Problem> {
    let actor = staff(&who, &DECIDE)?;
    let work = async |tx: &mut Tx, body: PaperBody| {
        Ok(TakenDown { id: rights::ask_on_paper(tx, body.into()).await? })
    };
    Ok(Json(write_once(&edge, actor, headers, body, work).await?))
}

/// An answer.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DecideBody {
    pub granted: bool,
    /// Of a no: a ground of the list.
    pub ground: Option<String>,
    /// To the person.
    #[serde(default)]
    pub words: String,
}

/// What an answer did.
#[derive(Clone, Copy, Debug, Serialize, Deserialize, ToSchema)]
pub struct DecidedView {
    /// The deed, where one was done that can be undone.
    pub act: Option<ActId>,
}

/// 答复本人请求。Answer a request; what is granted is done at once.
#[utoipa::path(post, path = "/api/registry/requests/{id}/decide", tag = "registry", params(("id" = RequestId, Path)),
    request_body = DecideBody, responses((status = 200, body = DecidedView), (status = 401, body = Problem), (status = 403, body = Problem),
        (status = 404, body = Problem), (status = 409, body = Problem), (status = 422, body = Problem)))]
pub async fn decide_request(
    State(edge): State<Edge>,
    who: Who,
    PathOf(id): PathOf<RequestId>,
    headers: HeaderMap,
    Body(body): Body<DecideBody>,
) -> Result<Json<DecidedView>, Problem> {
    let actor = staff(&who, &DECIDE)?;
    let work = async move |tx: &mut Tx, body: DecideBody| {
        let DecideBody { granted: is_granted, ground, words } = body;
        let order = rights::Decide { id, is_granted, ground, words };
        Ok(DecidedView { act: rights::decide(tx, order).await? })
    };
    Ok(Json(write_once(&edge, actor, headers, body, work).await?))
}

/// Somebody who may see a person's data by proof or mandate.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct MandateView {
    pub account: AccountId,
    /// `self`, or a kind of mandate.
    pub standing: String,
    pub since: Time,
    pub until: Option<Time>,
}

/// 谁可以代为查看。Who may see a person's data by proof or mandate.
#[utoipa::path(get, path = "/api/registry/people/{id}/mandates", tag = "registry", params(("id" = RecordId, Path)),
    responses((status = 200, body = Vec<MandateView>), (status = 401, body = Problem), (status = 403, body = Problem),
        (status = 404, body = Problem)))]
pub async fn list_mandates(
    State(edge): State<Edge>,
    who: Who,
    PathOf(id): PathOf<RecordId>,
) -> Result<Json<Vec<MandateView>>, Problem> {
    let actor = staff(&who, &DECIDE)?;
    let (reader, now) = (actor.clone(), edge.now());
    let read = async move |conn: &mut Conn| {
        let row = store::find(conn, reader.district, id).await?.ok_or(RegistryError::NotFound)?;
        crate::access::require(&reader, &DECIDE, &row.area_path)?;
        Ok::<_, RegistryError>(queries::rights::holders(conn, reader.district, id, now).await?)
    };
    let holders = edge.db.read(read).await?;
    let view = |holder: queries::rights::HolderRow| MandateView {
        account: holder.account_id,
        standing: holder.standing,
        since: holder.made_at,
        until: holder.ends_at,
    };
    Ok(Json(holders.into_iter().map(view).collect()))
}

/// Who may ask for whom, and on what papers.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MandateBody {
    /// The mobile the relative signs in with.
    pub phone: String,
    /// A kind of the list.
    pub kind: String,
    /// The papers that were shown, in words.
    pub evidence: String,
}

/// A mandate that was granted.
#[derive(Clone, Copy, Debug, Serialize, Deserialize, ToSchema)]
pub struct Granted {
    pub until: Time,
}

/// 核验材料后给予代办资格。Grant a mandate on papers that were shown.
#[utoipa::path(post, path = "/api/registry/people/{id}/mandates", tag = "registry", params(("id" = RecordId, Path)),
    request_body = MandateBody, responses((status = 200, body = Granted), (status = 401, body = Problem), (status = 403, body = Problem),
        (status = 404, body = Problem), (status = 422, body = Problem)))]
pub async fn grant_mandate(
    State(edge): State<Edge>,
    who: Who,
    PathOf(id): PathOf<RecordId>,
    headers: HeaderMap,
    Body(body): Body<MandateBody>,
) -> Result<Json<Granted>, Problem> {
    let actor = staff(&who, &DECIDE)?;
    let work = async move |tx: &mut Tx, body: MandateBody| {
        let bad = || {
            RegistryError::invalid("phone", "registry.bad_phone", "手机号不对。", "This is no mobile number.")
        };
        let phone = Personal::new(Phone::parse(&body.phone).ok_or_else(bad)?);
        let order = rights::GrantMandate { person: id, phone, kind: body.kind, evidence: body.evidence };
        Ok(Granted { until: rights::grant_mandate(tx, order).await? })
    };
    Ok(Json(write_once(&edge, actor, headers, body, work).await?))
}

/// 终止代办资格。End a mandate.
#[utoipa::path(delete, path = "/api/registry/people/{id}/mandates/{account}", tag = "registry",
    params(("id" = RecordId, Path), ("account" = AccountId, Path)),
    responses((status = 204), (status = 401, body = Problem), (status = 403, body = Problem), (status = 404, body = Problem)))]
pub async fn end_mandate(
    State(edge): State<Edge>,
    who: Who,
    PathOf((id, account)): PathOf<(RecordId, AccountId)>,
) -> Result<axum::http::StatusCode, Problem> {
    let actor = staff(&who, &DECIDE)?;
    edge.db.write(actor, async move |tx: &mut Tx| rights::end_mandate(tx, id, account).await).await?;
    Ok(axum::http::StatusCode::NO_CONTENT)
}
