//! A version as screens are told of it: what it says, what is otherwise than before, what is missing, what was said against it.

use super::check::left_out;
use super::{
    Content, DutyVersion, DutyVersionId, Hole, ItemChange, LISTS, Objection, ObjectionId, Terms, VersionState,
};
use super::{check, diff};
use crate::access::{DRAFT_DUTIES, PUBLISH_DUTIES, RULE};
use crate::catalogue::{Catalogue, PostSelector};
use crate::commands::duties::post_named;
use crate::http::viewer;
use crate::rules::Rules;
use crate::store::duties as store;
use crate::view::{PostRef, Viewer};
use ::store::Conn;
use edge::Edge;
use platform::{Actor, DistrictId, Fault, Time, Words};
use serde::Serialize;
use utoipa::ToSchema;

/// A list with its versions.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct DutyListView {
    pub key: String,
    pub name: Words,
    /// The version that holds today.
    pub holds: String,
    pub holds_page: String,
    /// The newest first. Drafts are told to who drafts or publishes.
    pub versions: Vec<DutyVersionLine>,
}

/// A version as a line.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct DutyVersionLine {
    pub id: DutyVersionId,
    pub label: String,
    #[schema(inline)]
    pub state: VersionState,
    pub document: Option<String>,
    #[schema(value_type = Option<String>, format = "date")]
    pub effective_from: Option<jiff::civil::Date>,
    #[schema(value_type = Option<String>, format = "date")]
    pub effective_until: Option<jiff::civil::Date>,
    pub objections_until: Option<Time>,
    pub changed_at: Time,
}

/// Whom an item may name.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct DutyAnswerer {
    /// `grid_worker`, `unit:water_supply`
    pub key: String,
    pub words: Words,
}

/// The lists, and what an editor needs beside them.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct DutyBook {
    pub lists: Vec<DutyListView>,
    pub answerers: Vec<DutyAnswerer>,
    /// Days a draft is laid out.
    pub laid_out_days: u32,
    pub can_draft: bool,
    pub can_publish: bool,
}

/// What was said against an item.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct DutyObjectionView {
    pub id: ObjectionId,
    pub number: String,
    pub post: Option<PostRef>,
    pub reason: String,
    pub at: Time,
    /// By when it is answered, where the list held already.
    pub due_at: Option<Time>,
    /// Nobody answered it in time.
    pub is_late: bool,
    /// Whether the ruling followed it; nothing before there is one.
    pub sustained: Option<bool>,
    pub ruling: Option<String>,
    pub ruled_at: Option<Time>,
}

/// A type of case by code and name.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct DutyType {
    pub code: String,
    pub name: Words,
}

/// A version whole.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct DutyVersionView {
    #[serde(flatten)]
    pub line: DutyVersionLine,
    pub list: String,
    pub version: i64,
    pub content: Content,
    pub terms: Option<Terms>,
    /// Where everybody reads it; nothing while it is a draft.
    pub page: Option<String>,
    /// Against the version it was written from.
    pub changes: Vec<ItemChange>,
    pub holes: Vec<Hole>,
    /// Types the version before named somebody for, and this one does not.
    pub left_out: Vec<DutyType>,
    pub objections: Vec<DutyObjectionView>,
    /// Items the reader's own unit may object to now.
    pub objectable: Vec<String>,
    pub can_change: bool,
    pub can_publish: bool,
    pub can_rule: bool,
}

impl DutyVersionLine {
    pub fn of(one: &DutyVersion) -> Self {
        let terms = one.terms.as_ref().map(|terms| &terms.0);
        Self {
            id: one.id,
            label: one.label.clone(),
            state: one.state,
            document: terms.map(|terms| terms.document.clone()).filter(|text| !text.is_empty()),
            effective_from: terms.map(|terms| terms.effective_from),
            effective_until: terms.and_then(|terms| terms.effective_until),
            objections_until: one.objections_until,
            changed_at: one.changed_at,
        }
    }
}

/// What is read of a version to show it.
pub(super) struct Shown {
    pub one: DutyVersion,
    pub before: Option<Content>,
    pub objections: Vec<Objection>,
}

/// Reads a version with what it was written from and what was said against it.
pub(super) async fn read(
    conn: &mut Conn,
    (district, one): (DistrictId, DutyVersion),
    built_in: &Catalogue,
) -> Result<Shown, Fault> {
    let objections = store::objections(conn, district, one.id).await?;
    let before = content_before(conn, district, &one, built_in).await?;
    Ok(Shown { one, before, objections })
}

/// What the version it was written from says: a kept one, or the house's default.
pub(super) async fn content_before(
    conn: &mut Conn,
    district: DistrictId,
    one: &DutyVersion,
    built_in: &Catalogue,
) -> Result<Option<Content>, Fault> {
    let Some(label) = &one.content.0.based_on else { return Ok(None) };
    let kept = store::find_by_label(conn, district, &one.list_key, label).await?;
    let default = || built_in.find_list(&one.list_key).filter(|list| list.version == *label).map(Content::of);
    Ok(kept.map(|version| version.content.0).or_else(default))
}

impl DutyVersionView {
    pub(super) fn of(edge: &Edge, actor: &Actor, shown: Shown) -> Self {
        let Shown { one, before, objections } = shown;
        let rules = edge.fixture::<Rules>();
        let viewer = viewer(edge, actor);
        let content = one.content.0.clone();
        let is_office = store::sees_drafts(actor);
        let holes = if one.is_open() && is_office {
            check(&one.list_key, &content, &rules.catalogue, &rules.router)
        } else {
            Vec::new()
        };
        let lost = before.as_ref().map(|before| left_out(&content, before)).unwrap_or_default();
        let laid_out = one.state == VersionState::LaidOut;
        let in_force = rules.in_force(actor.district, viewer.now.local().date());
        let holds = one.state == VersionState::Published
            && in_force.catalogue.find_list(&one.list_key).is_some_and(|list| list.version == one.label);
        Self {
            line: DutyVersionLine::of(&one),
            list: one.list_key.clone(),
            version: one.version,
            terms: one.terms.as_ref().map(|terms| terms.0.clone()),
            page: one.is_public().then(|| format!("/lists/{}/{}", one.list_key, one.label)),
            changes: before.as_ref().map(|before| diff(before, &content)).unwrap_or_default(),
            holes,
            left_out: lost.into_iter().map(|code| type_of(&viewer, code)).collect(),
            objectable: if laid_out || holds {
                objectable(&viewer, &content, before.as_ref(), &objections)
            } else {
                Vec::new()
            },
            objections: objections.into_iter().map(|o| objection_view(&viewer, o)).collect(),
            can_change: one.is_open() && actor.holds_everywhere(&DRAFT_DUTIES),
            can_publish: laid_out && actor.holds_everywhere(&PUBLISH_DUTIES),
            can_rule: actor.holds_everywhere(&RULE),
            content,
        }
    }
}

fn type_of(viewer: &Viewer, code: String) -> DutyType {
    DutyType { name: viewer.type_words(&code), code }
}

pub(super) fn objection_view(viewer: &Viewer, one: Objection) -> DutyObjectionView {
    DutyObjectionView {
        is_late: one.is_late(viewer.now),
        due_at: one.due_at,
        id: one.id,
        number: one.number,
        post: viewer.post(one.post_id),
        reason: one.reason,
        at: one.at,
        sustained: one.sustained,
        ruling: one.ruling,
        ruled_at: one.ruled_at,
    }
}

/// Items that name one of the reader's posts, now or before, and to which it has not objected.
fn objectable(
    viewer: &Viewer,
    content: &Content,
    before: Option<&Content>,
    objections: &[Objection],
) -> Vec<String> {
    let named = |number: &str, who: &PostSelector| {
        let old = before.and_then(|before| before.find_item(number)).map(|item| &item.who);
        let selectors: Vec<&PostSelector> = std::iter::once(who).chain(old).collect();
        let post = post_named(&viewer.actor, &selectors, &viewer.places);
        post.is_some_and(|post| !objections.iter().any(|o| o.number == number && o.post_id == post))
    };
    let items = content.items.iter().filter(|item| named(&item.number, &item.who));
    items.map(|item| item.number.clone()).collect()
}

/// The lists of a district with their versions, as this reader is told of them.
pub(super) fn book(edge: &Edge, actor: &Actor, versions: &[Vec<DutyVersion>]) -> DutyBook {
    let rules = edge.fixture::<Rules>();
    let in_force = rules.in_force(actor.district, edge.now().local().date());
    let is_office = store::sees_drafts(actor);
    let lists = LISTS.into_iter().zip(versions).filter_map(|(key, versions)| {
        let list = in_force.catalogue.find_list(key)?;
        let told = versions.iter().filter(|one| is_office || one.is_public());
        Some(DutyListView {
            key: key.to_owned(),
            name: list.name.clone(),
            holds: list.version.clone(),
            holds_page: format!("/lists/{key}/{}", list.version),
            versions: told.map(DutyVersionLine::of).collect(),
        })
    });
    let posts = [
        PostSelector::GridWorker,
        PostSelector::GridLeader,
        PostSelector::SubdistrictDesk,
        PostSelector::Dispatcher,
    ];
    let units = rules.catalogue.units().map(|unit| PostSelector::Unit(unit.key.clone()));
    let answerers = posts
        .into_iter()
        .chain(units)
        .map(|who| DutyAnswerer { words: rules.catalogue.selector_words(&who), key: who.to_string() });
    DutyBook {
        lists: lists.collect(),
        answerers: answerers.collect(),
        laid_out_days: edge.fixture::<crate::joint::JointBook>().laid_out.natural_days,
        can_draft: actor.holds_everywhere(&DRAFT_DUTIES),
        can_publish: actor.holds_everywhere(&PUBLISH_DUTIES),
    }
}
