//! By what right the register keeps what it keeps: the public notice, the impact sheet of a kind, what was removed when its time had run out.

pub(crate) use super::kinds::FieldKindView;
use super::kinds::{KindView, KindsView};
use super::rights::purpose_words;
use super::staff;
use crate::access::MANAGE_BASIS;
use crate::catalogue::{Catalogue, Rights};
use crate::commands::{look_counts, notices, retention::Report};
use crate::error::RegistryError;
use crate::model::{Ask, Kind, SweepId};
use crate::queries::oversight;
use crate::store::notices::{NoticeRow, notices as notices_of};
use ::store::{Conn, Tx};
use axum::Json;
use axum::extract::State;
use edge::{Edge, PathOf, QueryOf, Who};
use platform::{Actor, ActorKind, Cursor, DistrictId, Page, Problem, Time, Words};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use territory::PostKind;
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

/// What the district keeps, by what right, and what people may ask about it.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct BasisView {
    pub in_force_at: Time,
    pub kept: KindsView,
    pub rights: RightsView,
    /// All notices, the one in force first.
    pub notices: Vec<NoticeView>,
}

/// A notice: from when it was in force, and what it changed.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct NoticeView {
    pub version: String,
    pub in_force_at: Time,
    pub changes: Vec<Words>,
}

/// What people may ask, and how soon they are answered.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct RightsView {
    /// Days of the calendar.
    pub answer_days: u16,
    pub answer_basis: String,
    pub asks: Vec<AskView>,
    /// For what reasons a desk may say no.
    pub grounds: Vec<GroundView>,
    /// Who may ask for another.
    pub mandates: Vec<MandateKindView>,
}

/// Something that may be asked.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct AskView {
    pub what: Ask,
    pub words: Words,
    pub basis: String,
}

/// A reason for a no.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct GroundView {
    pub key: String,
    pub of: Vec<Ask>,
    pub words: Words,
    pub basis: String,
}

/// A kind of mandate.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct MandateKindView {
    pub key: String,
    pub words: Words,
    pub months: i32,
    /// For somebody who has died.
    pub after_death: bool,
    pub basis: String,
}

/// 告知书：收集什么、为什么、依据、保存多久、告诉谁。The public notice: what is kept, why, by what right, how long, who is told.
#[utoipa::path(get, path = "/api/registry/basis", tag = "registry", responses((status = 200, body = BasisView)))]
pub async fn show_basis(State(edge): State<Edge>, who: Who) -> Result<Json<BasisView>, Problem> {
    Ok(Json(basis(&edge, who.0.district).await?))
}

/// The notice in force and those before.
pub(crate) async fn basis(edge: &Edge, district: DistrictId) -> Result<BasisView, Problem> {
    let rows = told(edge, district).await?;
    let rights = edge.fixture::<Rights>();
    let notice = |row: &NoticeRow| NoticeView {
        version: row.version.clone(),
        in_force_at: row.in_force_at,
        changes: row.changes.0.clone(),
    };
    Ok(BasisView {
        in_force_at: rows.first().map_or(edge.now(), |row| row.in_force_at),
        kept: KindsView::of(&edge.fixture::<Catalogue>()),
        rights: RightsView::of(&rights),
        notices: rows.iter().map(notice).collect(),
    })
}

/// The notices of a district; one that was founded since the start gets its first.
async fn told(edge: &Edge, district: DistrictId) -> Result<Vec<NoticeRow>, Problem> {
    let read = async || {
        let read = async move |conn: &mut Conn| notices_of(conn, district).await;
        edge.db.read(read).await.map_err(RegistryError::Fault)
    };
    let rows = read().await?;
    if !rows.is_empty() {
        return Ok(rows);
    }
    let actor = Actor::system(district, "registry");
    let proclaim = async |tx: &mut Tx| notices::proclaim(tx).await;
    edge.db.write(&actor, proclaim).await.map_err(RegistryError::Fault)?;
    Ok(read().await?)
}

impl RightsView {
    fn of(rights: &Rights) -> Self {
        let ask = |book: &crate::catalogue::AskBook| AskView {
            what: book.ask,
            words: book.words.clone(),
            basis: book.basis.clone(),
        };
        let ground = |book: &crate::catalogue::GroundBook| GroundView {
            key: book.key.clone(),
            of: book.asks.clone(),
            words: book.words.clone(),
            basis: book.basis.clone(),
        };
        let mandate = |book: &crate::catalogue::MandateBook| MandateKindView {
            key: book.key.clone(),
            words: book.words.clone(),
            months: book.months,
            after_death: book.after_death,
            basis: book.basis.clone(),
        };
        Self {
            answer_days: rights.answer_days,
            answer_basis: rights.answer_basis.clone(),
            asks: rights.asks.iter().map(ask).collect(),
            grounds: rights.grounds.iter().map(ground).collect(),
            mandates: rights.mandates.iter().map(mandate).collect(),
        }
    }
}

/// The privacy impact sheet of a kind of record 个人信息保护影响评估.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ImpactView {
    pub version: String,
    /// What, why, by what right, who is told, how long, sealed or not.
    pub kind: KindView,
    /// How many hold now.
    pub records: i64,
    /// The first day of the looks that are counted; the last hours are counted within two hours.
    pub looks_since: String,
    /// How often they were opened, by purpose and kind of post; never by person.
    pub looks: Vec<LookCountView>,
}

/// Looks for one purpose, by one kind of post.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct LookCountView {
    pub purpose: String,
    pub purpose_words: Words,
    pub role: String,
    pub role_words: Words,
    pub looks: i64,
}

/// Days of looks on an impact sheet.
const IMPACT_DAYS: i32 = 365;

/// 个人信息保护影响评估表。The privacy impact sheet of a kind of record.
#[utoipa::path(get, path = "/api/registry/impact/{kind}", tag = "registry", params(("kind" = Kind, Path)),
    responses((status = 200, body = ImpactView), (status = 401, body = Problem), (status = 403, body = Problem), (status = 404, body = Problem)))]
pub async fn show_impact(
    State(edge): State<Edge>,
    who: Who,
    PathOf(kind): PathOf<Kind>,
) -> Result<Json<ImpactView>, Problem> {
    let actor = staff(&who, &MANAGE_BASIS)?;
    Ok(Json(impact(&edge, actor.district, kind).await?))
}

/// The impact sheet of a kind.
pub(crate) async fn impact(edge: &Edge, district: DistrictId, kind: Kind) -> Result<ImpactView, Problem> {
    let since = look_counts::day_before(edge.now(), IMPACT_DAYS);
    let from = since.clone();
    let read = async move |conn: &mut Conn| {
        let records = oversight::count_live(conn, district, kind).await?;
        Ok((records, oversight::look_counts(conn, district, kind, from.clone()).await?))
    };
    let (records, counts) = edge.db.read(read).await.map_err(RegistryError::Fault)?;
    let catalogue = edge.fixture::<Catalogue>();
    let look = |count: oversight::LookCountRow| LookCountView {
        purpose_words: purpose_words(&catalogue, &count.purpose),
        role_words: role_words(&count.role),
        purpose: count.purpose,
        role: count.role,
        looks: count.looks,
    };
    Ok(ImpactView {
        version: catalogue.version.clone(),
        kind: KindView::of(catalogue.kind(kind)),
        records,
        looks_since: since,
        looks: counts.into_iter().map(look).collect(),
    })
}

/// The words of a kind of post, or of being.
fn role_words(role: &str) -> Words {
    if let Some(kind) = PostKind::parse(role) {
        return kind.words();
    }
    let words = |kind: ActorKind, zh, en| (role == kind.name()).then_some(Words::of(zh, en));
    words(ActorKind::Resident, "本人或受托人", "The person, or by a mandate")
        .or_else(|| words(ActorKind::Service, "对接系统", "Another system"))
        .or_else(|| words(ActorKind::Staff, "工作人员（无岗位）", "Staff without a post"))
        .unwrap_or_else(|| Words::of("其他", "Other"))
}

/// One night's removal of what had run out.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct SweepView {
    pub id: SweepId,
    pub at: Time,
    /// Values taken away, by `kind.field`.
    pub erased: BTreeMap<String, u64>,
    /// Records of which nothing is left.
    pub records: u64,
    /// Earlier states of records that went along.
    pub images: u64,
    /// Answered requests, alarms and proofs whose time was over.
    pub papers: u64,
    /// What has run out since, and goes with the next sweep.
    pub announced: BTreeMap<String, u64>,
}

/// From where on.
#[derive(Clone, Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct SweepsQuery {
    #[param(value_type = Option<String>)]
    pub after: Option<Cursor>,
}

/// Nights of one page: a month.
const SWEEPS_SHOWN: usize = 31;

/// 到期清除报告。What was removed in each night, the newest first, and what goes next.
#[utoipa::path(get, path = "/api/registry/retention", tag = "registry", params(SweepsQuery),
    responses((status = 200, body = Page<SweepView>), (status = 401, body = Problem), (status = 403, body = Problem),
        (status = 404, body = Problem)))]
pub async fn list_sweeps(
    State(edge): State<Edge>,
    who: Who,
    QueryOf(query): QueryOf<SweepsQuery>,
) -> Result<Json<Page<SweepView>>, Problem> {
    let actor = staff(&who, &MANAGE_BASIS)?;
    let district = actor.district;
    let before = query.after.as_ref().map_or(Some(SweepId(Uuid::max())), Cursor::key);
    let before = before.ok_or_else(Problem::not_found)?;
    let read =
        async move |conn: &mut Conn| oversight::sweeps(conn, district, before, SWEEPS_SHOWN as i64 + 1).await;
    let rows = edge.db.read(read).await.map_err(RegistryError::Fault)?;
    let page = Page::cut(rows, SWEEPS_SHOWN, |row| Cursor::of(&row.id));
    let view = |row: oversight::SweepRow| {
        let report: Report = serde_json::from_value(row.report.0).unwrap_or_default();
        let Report { erased, records, images, papers, announced } = report;
        SweepView { id: row.id, at: row.at, erased, records, images, papers, announced }
    };
    Ok(Json(Page { items: page.items.into_iter().map(view).collect(), next: page.next }))
}
