//! Routes about partners: the list with the health of each lane, one alone, setting it, and what waits for a person.

use super::states::StateTables;
use super::trial::TrialView;
use crate::access::{MANAGE_PARTNERS, may_see_partner, partners_seen};
use crate::commands::partners::{self as commands, LaneDeed, SetPartner};
use crate::error::LinkageError;
use crate::model::partner::{Partner, PartnerSettings, Question, QuestionId, Rung, Why};
use crate::queries::partners as queries;
use crate::store::partners as rows;
use ::store::{Conn, Tx};
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use cases::CaseId;
use courier::{Delivery, DeliveryId, DeliveryWord, LaneVerb, LaneView, TroubleView};
use edge::{Body, Edge, PathOf, Who};
use platform::{Actor, Fault, OrganisationId, Problem, Time, Words};
use seal::Zeroizing;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

/// Lines of what waits for a person, shown at once.
const LINES_MAX: i64 = 100;

pub(crate) fn routes() -> OpenApiRouter<Edge> {
    OpenApiRouter::new()
        .routes(routes!(list_partners))
        .routes(routes!(read_partner, set_partner))
        .routes(routes!(exchange_secret))
        .routes(routes!(work_on_lane))
        .routes(routes!(send_trial))
        .routes(routes!(list_dead))
        .routes(routes!(decide_delivery))
        .routes(routes!(list_questions))
        .routes(routes!(settle_question))
        .routes(routes!(list_tables))
}

/// A partner with the health of its lane.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct PartnerView {
    pub organisation: OrganisationId,
    pub name: Words,
    pub rung: Rung,
    /// Without the key, which is never told again.
    pub address: Option<String>,
    pub has_key: bool,
    pub states: String,
    pub settings: PartnerSettings,
    /// Whether it has a secret by which its messages are believed.
    pub has_secret: bool,
    pub lane: Option<LaneView>,
    /// The latest trial at this address.
    pub trial: Option<TrialView>,
    /// What it said that a person decides, at most 100 counted.
    pub questions: usize,
    pub version: i64,
}

/// All partners.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Partners {
    pub items: Vec<PartnerView>,
    pub may_manage: bool,
}

/// How a partner is to be reached.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PartnerBody {
    pub rung: Rung,
    #[serde(default)]
    pub address: Option<String>,
    /// Their api_key (Open311), or the whsec_… secret that signs what we send (webhook). Absent: as before.
    #[serde(default)]
    pub key: Option<String>,
    pub states: String,
    #[serde(default)]
    pub settings: PartnerSettings,
    /// The version that was seen; absent for a new partner.
    #[serde(default)]
    pub version: Option<i64>,
}

/// A secret, shown once.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct PartnerSecret {
    pub secret: String,
}

/// A delivery that cannot arrive as it is.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct DeadDelivery {
    pub id: DeliveryId,
    pub case_id: CaseId,
    /// The case's number, where the delivery names it.
    pub number: Option<String>,
    pub kind: String,
    pub made_at: Time,
    pub attempts: i64,
    pub error: Option<TroubleView>,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct DeadDeliveries {
    pub items: Vec<DeadDelivery>,
}

/// Something a partner said that a person decides.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct QuestionView {
    pub id: QuestionId,
    pub organisation: OrganisationId,
    pub case_id: CaseId,
    pub state: Option<String>,
    pub note: Option<String>,
    pub why: Why,
    pub why_words: Words,
    pub at: Time,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Questions {
    pub items: Vec<QuestionView>,
}

/// A table by which words of other systems are understood.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct StateTableView {
    pub key: String,
    pub name: Words,
    pub source: String,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct StateTablesView {
    pub version: String,
    pub items: Vec<StateTableView>,
}

/// 联动单位和对接状态。Partners, with the health of each lane: the district's all, a unit's own.
#[utoipa::path(get, path = "/api/linkage/partners", tag = "linkage", operation_id = "list_partners",
    responses((status = 200, body = Partners), (status = 401, body = Problem), (status = 403, body = Problem)))]
async fn list_partners(State(edge): State<Edge>, Who(actor): Who) -> Result<Json<Partners>, Problem> {
    let seen = partners_seen(&actor)?;
    let district = actor.district;
    let read = async move |conn: &mut Conn| {
        let all = rows::partners(conn, district).await?;
        let mut found = Vec::new();
        for partner in all.into_iter().filter(|p| seen.covers(p.organisation_id)) {
            found.push(queries::with_lane(conn, district, partner).await?);
        }
        Ok::<_, Fault>(found)
    };
    let found = edge.db.read(read).await.map_err(|fault| Problem::from(&fault))?;
    let items = found.into_iter().map(|whole| view(&edge, &actor, whole)).collect();
    Ok(Json(Partners { items, may_manage: actor.holds_everywhere(&MANAGE_PARTNERS) }))
}

/// 一个联动单位。One partner.
#[utoipa::path(get, path = "/api/linkage/partners/{organisation}", tag = "linkage", operation_id = "read_partner",
    params(("organisation" = OrganisationId, Path)),
    responses((status = 200, body = PartnerView), (status = 401, body = Problem), (status = 403, body = Problem), (status = 404, body = Problem)))]
async fn read_partner(
    State(edge): State<Edge>,
    Who(actor): Who,
    PathOf(organisation): PathOf<OrganisationId>,
) -> Result<Json<PartnerView>, Problem> {
    may_see_partner(&actor, organisation)?;
    one(&edge, &actor, organisation).await.map(Json)
}

/// 设置对接方式。Set how a partner is reached.
#[utoipa::path(put, path = "/api/linkage/partners/{organisation}", tag = "linkage", operation_id = "set_partner",
    params(("organisation" = OrganisationId, Path)), request_body = PartnerBody,
    responses((status = 200, body = PartnerView), (status = 401, body = Problem), (status = 403, body = Problem),
        (status = 404, body = Problem), (status = 409, body = Problem), (status = 422, body = Problem)))]
async fn set_partner(
    State(edge): State<Edge>,
    Who(actor): Who,
    PathOf(organisation): PathOf<OrganisationId>,
    Body(body): Body<PartnerBody>,
) -> Result<Json<PartnerView>, Problem> {
    may_manage(&actor)?;
    let order = SetPartner {
        organisation,
        rung: body.rung,
        address: body.address,
        key: body.key.map(Zeroizing::new),
        states: body.states,
        settings: body.settings,
        version: body.version,
    };
    edge.db.write(&actor, async move |tx: &mut Tx| commands::set(tx, order.clone()).await).await?;
    super::follow(&edge.db).await.map_err(|fault| Problem::from(&fault))?;
    one(&edge, &actor, organisation).await.map(Json)
}

/// 更换对方消息的签名密钥（只显示一次，旧的再用一天）。A new secret for what the partner sends us, shown once; the former holds for a day.
#[utoipa::path(post, path = "/api/linkage/partners/{organisation}/secret", tag = "linkage", operation_id = "exchange_partner_secret",
    params(("organisation" = OrganisationId, Path)),
    responses((status = 200, body = PartnerSecret), (status = 401, body = Problem), (status = 403, body = Problem), (status = 404, body = Problem)))]
async fn exchange_secret(
    State(edge): State<Edge>,
    Who(actor): Who,
    PathOf(organisation): PathOf<OrganisationId>,
) -> Result<Json<PartnerSecret>, Problem> {
    may_manage(&actor)?;
    let exchange = async move |tx: &mut Tx| commands::exchange_secret(tx, organisation).await;
    let secret = edge.db.write(&actor, exchange).await?;
    Ok(Json(PartnerSecret { secret }))
}

/// 暂停、恢复、立即重试一个单位的投递。Pause, resume or try a partner's lane.
#[utoipa::path(post, path = "/api/linkage/partners/{organisation}/lane/{verb}", tag = "linkage", operation_id = "work_on_partner_lane",
    params(("organisation" = OrganisationId, Path), ("verb" = inline(LaneVerb), Path)),
    responses((status = 204), (status = 401, body = Problem), (status = 403, body = Problem), (status = 404, body = Problem), (status = 409, body = Problem)))]
async fn work_on_lane(
    State(edge): State<Edge>,
    Who(actor): Who,
    PathOf((organisation, verb)): PathOf<(OrganisationId, LaneVerb)>,
) -> Result<StatusCode, Problem> {
    may_manage(&actor)?;
    let deed = match verb {
        LaneVerb::Pause => LaneDeed::Pause,
        LaneVerb::Resume => LaneDeed::Resume,
        LaneVerb::Try => LaneDeed::Try,
    };
    edge.db
        .write(&actor, async move |tx: &mut Tx| commands::do_to_lane(tx, organisation, deed).await)
        .await?;
    Ok(StatusCode::NO_CONTENT)
}

/// 试发一封邮件或一条消息，看对方收不收得到。Send a partner a trial that asks for nothing; what became of it stands beside the lane.
#[utoipa::path(post, path = "/api/linkage/partners/{organisation}/trial", tag = "linkage", operation_id = "send_partner_trial",
    params(("organisation" = OrganisationId, Path)),
    responses((status = 204), (status = 401, body = Problem), (status = 403, body = Problem), (status = 404, body = Problem), (status = 409, body = Problem)))]
async fn send_trial(
    State(edge): State<Edge>,
    Who(actor): Who,
    PathOf(organisation): PathOf<OrganisationId>,
) -> Result<StatusCode, Problem> {
    may_manage(&actor)?;
    edge.db.write(&actor, async move |tx: &mut Tx| commands::send_trial(tx, organisation).await).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// 送不到、等人处理的投递（最多100条）。Deliveries that cannot arrive as they are, at most 100.
#[utoipa::path(get, path = "/api/linkage/partners/{organisation}/dead", tag = "linkage", operation_id = "list_dead_deliveries",
    params(("organisation" = OrganisationId, Path)),
    responses((status = 200, body = DeadDeliveries), (status = 401, body = Problem), (status = 403, body = Problem), (status = 404, body = Problem)))]
async fn list_dead(
    State(edge): State<Edge>,
    Who(actor): Who,
    PathOf(organisation): PathOf<OrganisationId>,
) -> Result<Json<DeadDeliveries>, Problem> {
    may_see_partner(&actor, organisation)?;
    let district = actor.district;
    let read = async move |conn: &mut Conn| {
        let partner = rows::partner(conn, district, organisation).await?.ok_or(LinkageError::NotFound)?;
        let Some(endpoint) = partner.endpoint_id else { return Ok(Vec::new()) };
        Ok::<_, LinkageError>(courier::queries::dead(conn, district, endpoint, None, LINES_MAX).await?)
    };
    let found = edge.db.read(read).await?;
    Ok(Json(DeadDeliveries { items: found.into_iter().map(dead_view).collect() }))
}

fn dead_view(delivery: Delivery) -> DeadDelivery {
    DeadDelivery {
        id: delivery.id,
        // What is about another thing than the case itself names it.
        case_id: serde_json::from_value(delivery.body.0["case_id"].clone())
            .unwrap_or(CaseId(delivery.subject_id)),
        number: delivery.body.0["number"].as_str().map(str::to_owned),
        kind: delivery.kind,
        made_at: delivery.made_at,
        attempts: delivery.attempts,
        error: delivery.last_error.map(TroubleView::from),
    }
}

/// 重新投递，或放弃。Send a dead delivery again, or give it up.
#[utoipa::path(post, path = "/api/linkage/partners/{organisation}/dead/{delivery}", tag = "linkage", operation_id = "decide_dead_delivery",
    params(("organisation" = OrganisationId, Path), ("delivery" = DeliveryId, Path)), request_body = DeliveryWord,
    responses((status = 204), (status = 401, body = Problem), (status = 403, body = Problem), (status = 404, body = Problem)))]
async fn decide_delivery(
    State(edge): State<Edge>,
    Who(actor): Who,
    PathOf((organisation, delivery)): PathOf<(OrganisationId, DeliveryId)>,
    Body(word): Body<DeliveryWord>,
) -> Result<StatusCode, Problem> {
    may_manage(&actor)?;
    let decide =
        async move |tx: &mut Tx| commands::decide_delivery(tx, organisation, delivery, word.again).await;
    edge.db.write(&actor, decide).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// 对方说了、规则答不了的（最多100条）。What a partner said that no rule answers, at most 100.
#[utoipa::path(get, path = "/api/linkage/partners/{organisation}/questions", tag = "linkage", operation_id = "list_partner_questions",
    params(("organisation" = OrganisationId, Path)),
    responses((status = 200, body = Questions), (status = 401, body = Problem), (status = 403, body = Problem)))]
async fn list_questions(
    State(edge): State<Edge>,
    Who(actor): Who,
    PathOf(organisation): PathOf<OrganisationId>,
) -> Result<Json<Questions>, Problem> {
    may_see_partner(&actor, organisation)?;
    let district = actor.district;
    let first = QuestionId(Uuid::nil());
    let read =
        async move |conn: &mut Conn| rows::questions(conn, district, organisation, first, LINES_MAX).await;
    let found = edge.db.read::<_, Fault, _>(read).await.map_err(|fault| Problem::from(&fault))?;
    Ok(Json(Questions { items: found.into_iter().map(question_view).collect() }))
}

fn question_view(question: Question) -> QuestionView {
    QuestionView {
        id: question.id,
        organisation: question.organisation_id,
        case_id: question.case_id,
        state: question.foreign_state,
        note: question.note,
        why_words: why_words(question.why),
        why: question.why,
        at: question.at,
    }
}

fn why_words(why: Why) -> Words {
    match why {
        Why::UnknownState => Words::of("对照表里没有这个状态", "the table does not know this state"),
        Why::ByTable => Words::of("对照表规定这个状态由人判断", "the table leaves this state to a person"),
        Why::GoesRound => Words::of(
            "它已经过几个系统，再转可能会来回转",
            "it came through several systems already and may go round",
        ),
        Why::NoWay => Words::of(
            "按事件现在的状态，做不到对方说的",
            "from where the case stands there is no way to what they say",
        ),
        Why::Refused => Words::of(
            "办理规则不允许（例如缺少现场照片）",
            "a rule of the case stands against it (a photo is missing, say)",
        ),
    }
}

/// 已处理对方的话。A person has dealt with it.
#[utoipa::path(post, path = "/api/linkage/questions/{question}/settle", tag = "linkage", operation_id = "settle_partner_question",
    params(("question" = QuestionId, Path)),
    responses((status = 204), (status = 401, body = Problem), (status = 403, body = Problem), (status = 404, body = Problem)))]
async fn settle_question(
    State(edge): State<Edge>,
    Who(actor): Who,
    PathOf(question): PathOf<QuestionId>,
) -> Result<StatusCode, Problem> {
    may_manage(&actor)?;
    edge.db.write(&actor, async move |tx: &mut Tx| commands::settle_question(tx, question).await).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// 状态对照表。The tables of states there are.
#[utoipa::path(get, path = "/api/linkage/state-tables", tag = "linkage", operation_id = "list_state_tables",
    responses((status = 200, body = StateTablesView), (status = 401, body = Problem), (status = 403, body = Problem)))]
async fn list_tables(State(edge): State<Edge>, Who(actor): Who) -> Result<Json<StateTablesView>, Problem> {
    partners_seen(&actor)?;
    let tables = edge.fixture::<StateTables>();
    let view = |table: &super::states::StateTable| StateTableView {
        key: table.key.clone(),
        name: table.words.clone(),
        source: table.source.clone(),
    };
    Ok(Json(StateTablesView {
        version: tables.version.clone(),
        items: tables.all().iter().map(view).collect(),
    }))
}

fn may_manage(actor: &Actor) -> Result<(), LinkageError> {
    if actor.holds_everywhere(&MANAGE_PARTNERS) {
        Ok(())
    } else {
        Err(LinkageError::Forbidden(&MANAGE_PARTNERS))
    }
}

async fn one(edge: &Edge, actor: &Actor, organisation: OrganisationId) -> Result<PartnerView, Problem> {
    let district = actor.district;
    let read = async move |conn: &mut Conn| {
        let partner = rows::partner(conn, district, organisation).await?.ok_or(LinkageError::NotFound)?;
        Ok::<_, LinkageError>(queries::with_lane(conn, district, partner).await?)
    };
    let whole = edge.db.read(read).await?;
    Ok(view(edge, actor, whole))
}

fn view(edge: &Edge, actor: &Actor, whole: queries::WholePartner) -> PartnerView {
    let places = edge.fixture::<territory::Map>().of(actor.district);
    let queries::WholePartner { partner, endpoint, queue, trial, questions } = whole;
    let Partner { organisation_id, rung, states, settings, secret, version, .. } = partner;
    let name = places.organisation_by_id(organisation_id);
    let lane = endpoint.as_ref().zip(queue).map(|(endpoint, queue)| LaneView::of(endpoint, &queue));
    PartnerView {
        organisation: organisation_id,
        name: name.map_or_else(
            || Words::of("", ""),
            |o| Words::new(o.name.clone(), o.name_en.clone().unwrap_or_else(|| o.name.clone())),
        ),
        rung,
        has_key: endpoint.as_ref().is_some_and(|e| e.secret.is_some()),
        address: endpoint.map(|e| e.address),
        states,
        settings: settings.0,
        has_secret: secret.is_some(),
        lane,
        trial: trial.map(TrialView::from),
        questions,
        version,
    }
}
