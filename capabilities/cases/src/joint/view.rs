//! Helping steps and calls as screens see them: words beside codes, and what the viewer may do.

use super::{Call, CallId, CallState, CalledUnit, Help, HelpId, HelpState, JointBook, Outcome};
use crate::access::{CALL, HANDLE, RULE};
use crate::model::{Case, CaseId};
use crate::store;
use crate::store::joint as rows;
use crate::view::{PostRef, Viewer, left_words, words};
use ::store::Conn;
use platform::{DistrictId, Fault, Time, Words};
use serde::Serialize;
use utoipa::ToSchema;

/// A helping step.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct HelpView {
    pub id: HelpId,
    pub case: CaseId,
    pub number: String,
    /// What kind of case it belongs to.
    pub type_words: Words,
    pub place: String,
    /// Who helps, and who asked.
    pub post: Option<PostRef>,
    pub asked_by: Option<PostRef>,
    pub call: Option<CallId>,
    pub words: String,
    #[schema(inline)]
    pub state: HelpState,
    pub state_words: Words,
    pub at: Time,
    pub due_at: Time,
    /// "还剩 3 小时", while it is open.
    pub left: Option<Words>,
    /// Not done in its time.
    pub late: bool,
    pub outcome: Option<String>,
    pub ended_at: Option<Time>,
    /// `accept`, `decline`, `finish`, `release`
    pub can: Vec<String>,
}

/// An office that was called.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct CalledView {
    pub post: Option<PostRef>,
    pub coming: Option<bool>,
    pub reason: Option<String>,
    #[schema(inline)]
    pub outcome: Outcome,
    pub outcome_words: Words,
    pub arrived_at: Option<Time>,
    /// The office that came.
    pub office: Option<String>,
    pub confirmed_at: Option<Time>,
    pub help: Option<HelpId>,
    /// What the caller says of the help.
    pub useful: Option<bool>,
    pub useful_words: Option<String>,
    /// What the called says of the call.
    pub justified: Option<bool>,
    pub justified_words: Option<String>,
    /// `arrive`, `review`
    pub can: Vec<String>,
}

/// A call to the spot.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct CallView {
    pub id: CallId,
    pub case: CaseId,
    pub number: String,
    pub type_words: Words,
    pub kind: String,
    pub kind_words: Words,
    pub caller: Option<PostRef>,
    pub place: String,
    pub matter: String,
    #[schema(inline)]
    pub state: CallState,
    pub state_words: Words,
    pub at: Time,
    /// When those called should be there.
    pub by_at: Time,
    pub left: Option<Words>,
    pub ended_at: Option<Time>,
    /// What was decided, or why it was called off.
    pub outcome: Option<String>,
    pub units: Vec<CalledView>,
    /// `answer`, `confirm`, `review`, `decide`, `cancel`
    pub can: Vec<String>,
}

/// A kind of call to choose.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct CallKindView {
    pub key: String,
    pub words: Words,
    pub hint: Words,
    pub source: String,
}

/// Somebody to ask or to call.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct JointUnit {
    /// `unit:water_supply`, `subdistrict_desk`
    pub key: String,
    pub words: Words,
}

/// Who works together on a case.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Together {
    pub helps: Vec<HelpView>,
    pub calls: Vec<CallView>,
    pub kinds: Vec<CallKindView>,
    pub units: Vec<JointUnit>,
    /// "2 个工作日": how long a helping step takes where nobody says otherwise.
    pub within: Words,
    pub can_call: bool,
}

/// Helping steps and calls of somebody's desk.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct JointDesk {
    /// What the own posts are asked for, the most pressing first.
    pub helps: Vec<HelpView>,
    /// What is late anywhere; for the dispatcher.
    pub late: Vec<HelpView>,
    /// Calls to the own posts, and by them, the newest first.
    pub calls: Vec<CallView>,
}

/// How one office answered calls, in numbers of calls.
#[derive(Clone, Debug, Default, Serialize, ToSchema)]
pub struct CallFigures {
    pub post: Option<PostRef>,
    pub called: u32,
    pub on_time: u32,
    pub late: u32,
    pub cannot: u32,
    pub absent: u32,
    pub waiting: u32,
    pub useful: u32,
    pub not_useful: u32,
    /// What it says of the calls.
    pub justified: u32,
    pub not_justified: u32,
}

impl HelpState {
    fn words(self) -> Words {
        match self {
            Self::Asked => Words::of("等待答复", "Waiting for an answer"),
            Self::Accepted => Words::of("协办中", "Helping"),
            Self::Declined => Words::of("不能协办", "Declined"),
            Self::Done => Words::of("已办完", "Done"),
            Self::Released => Words::of("不再需要", "Needed no longer"),
        }
    }
}

impl CallState {
    fn words(self) -> Words {
        match self {
            Self::Open => Words::of("等待到场", "Waiting for those called"),
            Self::Met => Words::of("已议定", "Decided"),
            Self::Cancelled => Words::of("已取消", "Called off"),
        }
    }
}

impl Outcome {
    pub(super) fn words(self) -> Words {
        match self {
            Self::Waiting => Words::of("未到时限", "Its time is not over"),
            Self::OnTime => Words::of("按时到场", "Came on time"),
            Self::Late => Words::of("迟到", "Came late"),
            Self::Cannot => Words::of("说明不能来", "Said it cannot"),
            Self::Absent => Words::of("没有到场", "Did not come"),
        }
    }
}

/// Helping steps with their cases.
pub(super) async fn with_cases(
    conn: &mut Conn,
    district: DistrictId,
    helps: Vec<Help>,
) -> Result<Vec<(Help, Case)>, Fault> {
    let mut found = Vec::new();
    for help in helps {
        if let Some(case) = store::find(conn, district, help.case_id).await? {
            found.push((help, case));
        }
    }
    Ok(found)
}

/// Calls with their cases and those called.
pub(super) async fn with_units(
    conn: &mut Conn,
    district: DistrictId,
    calls: Vec<Call>,
) -> Result<Vec<(Call, Case, Vec<CalledUnit>)>, Fault> {
    let mut found = Vec::new();
    for call in calls {
        let units = rows::units(conn, district, call.id).await?;
        if let Some(case) = store::find(conn, district, call.case_id).await? {
            found.push((call, case, units));
        }
    }
    Ok(found)
}

pub(super) fn help_view(viewer: &Viewer, help: &Help, case: &Case) -> HelpView {
    let actor = &viewer.actor;
    let is_own = actor.has_post(help.post_id) && actor.holds(&HANDLE);
    let is_host = [case.owner_post, case.host_post].into_iter().flatten().any(|post| actor.has_post(post));
    let is_open = help.state.is_open();
    let can = [
        ("accept", is_own && help.state == HelpState::Asked),
        ("decline", is_own && help.state == HelpState::Asked),
        ("finish", is_own && is_open),
        ("release", is_open && (is_host || actor.holds_everywhere(&RULE))),
    ];
    HelpView {
        id: help.id,
        case: case.id,
        number: case.number.clone(),
        type_words: viewer.type_words(&case.type_code),
        place: viewer.place_words(&case.area_path, case.address.as_deref()),
        post: viewer.post(help.post_id),
        asked_by: help.asked_by.and_then(|post| viewer.post(post)),
        call: help.call_id,
        words: help.words.clone(),
        state: help.state,
        state_words: help.state.words(),
        at: help.at,
        due_at: help.due_at,
        left: is_open.then(|| left_words(help.due_at, viewer.now)),
        late: help.is_late(viewer.now)
            && help.state != HelpState::Declined
            && help.state != HelpState::Released,
        outcome: help.outcome.clone(),
        ended_at: help.ended_at,
        can: allowed(&can),
    }
}

fn allowed(can: &[(&str, bool)]) -> Vec<String> {
    can.iter().filter(|(_, may)| *may).map(|(name, _)| (*name).to_owned()).collect()
}

pub(super) fn call_view(
    viewer: &Viewer,
    book: &JointBook,
    (call, case, units): &(Call, Case, Vec<CalledUnit>),
) -> CallView {
    let actor = &viewer.actor;
    let is_caller = actor.has_post(call.caller_post) && actor.holds(&CALL);
    let own = units.iter().find(|unit| actor.has_post(unit.post_id)).filter(|_| actor.holds(&HANDLE));
    let is_open = call.state == CallState::Open;
    let is_met = call.state == CallState::Met;
    let can = [
        ("answer", is_open && own.is_some_and(|unit| unit.arrived_at.is_none())),
        ("confirm", own.is_some_and(|unit| unit.arrived_at.is_some() && unit.confirmed_at.is_none())),
        ("review", is_met && own.is_some_and(|unit| unit.justified.is_none())),
        ("decide", is_open && is_caller && units.iter().any(|unit| unit.arrived_at.is_some())),
        ("cancel", is_open && is_caller),
    ];
    CallView {
        id: call.id,
        case: case.id,
        number: case.number.clone(),
        type_words: viewer.type_words(&case.type_code),
        kind: call.kind.clone(),
        kind_words: book.find_call(&call.kind).map(|kind| kind.words.clone()).unwrap_or_default(),
        caller: viewer.post(call.caller_post),
        place: call.place.clone(),
        matter: call.matter.clone(),
        state: call.state,
        state_words: call.state.words(),
        at: call.at,
        by_at: call.by_at,
        left: is_open.then(|| left_words(call.by_at, viewer.now)),
        ended_at: call.ended_at,
        outcome: call.outcome.clone(),
        units: units.iter().map(|unit| called_view(viewer, call, unit, is_caller)).collect(),
        can: allowed(&can),
    }
}

fn called_view(viewer: &Viewer, call: &Call, unit: &CalledUnit, is_caller: bool) -> CalledView {
    let outcome = unit.outcome(call, viewer.now);
    let can = [
        ("arrive", is_caller && call.state == CallState::Open && unit.arrived_at.is_none()),
        ("review", is_caller && call.state == CallState::Met && unit.useful.is_none()),
    ];
    CalledView {
        post: viewer.post(unit.post_id),
        coming: unit.coming,
        reason: unit.reason.clone(),
        outcome,
        outcome_words: outcome.words(),
        arrived_at: unit.arrived_at,
        office: unit.office.clone(),
        confirmed_at: unit.confirmed_at,
        help: unit.help_id,
        useful: unit.useful,
        useful_words: unit.useful_words.clone(),
        justified: unit.justified,
        justified_words: unit.justified_words.clone(),
        can: allowed(&can),
    }
}

pub(super) fn kinds(book: &JointBook) -> Vec<CallKindView> {
    let view = |kind: &super::book::CallKind| CallKindView {
        key: kind.key.clone(),
        words: kind.words.clone(),
        hint: kind.hint.clone(),
        source: kind.source.clone(),
    };
    book.calls.iter().map(view).collect()
}

pub(super) fn help_time(book: &JointBook) -> Words {
    words(&book.help.within.words())
}

/// Calls of each office by how they were answered.
pub(super) fn figures(viewer: &Viewer, calls: &[Call], units: &[CalledUnit]) -> Vec<CallFigures> {
    let mut figures: std::collections::BTreeMap<platform::PostId, CallFigures> =
        std::collections::BTreeMap::new();
    for unit in units {
        // Called off before anybody could come: it says nothing of the called.
        let Some(call) =
            calls.iter().find(|call| call.id == unit.call_id && call.state != CallState::Cancelled)
        else {
            continue;
        };
        let one = figures.entry(unit.post_id).or_default();
        one.called += 1;
        match unit.outcome(call, viewer.now) {
            Outcome::Waiting => one.waiting += 1,
            Outcome::OnTime => one.on_time += 1,
            Outcome::Late => one.late += 1,
            Outcome::Cannot => one.cannot += 1,
            Outcome::Absent => one.absent += 1,
        }
        one.useful += u32::from(unit.useful == Some(true));
        one.not_useful += u32::from(unit.useful == Some(false));
        one.justified += u32::from(unit.justified == Some(true));
        one.not_justified += u32::from(unit.justified == Some(false));
    }
    let mut all: Vec<CallFigures> =
        figures.into_iter().map(|(post, one)| CallFigures { post: viewer.post(post), ..one }).collect();
    // By name: this is no ranking.
    all.sort_by(|a, b| name(a).cmp(name(b)));
    all
}

fn name(one: &CallFigures) -> &str {
    one.post.as_ref().map_or("", |post| post.name.as_str())
}
