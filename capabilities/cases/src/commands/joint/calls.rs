//! Calls to the spot: units are called, answer, come, and what is decided becomes their helping steps; both sides say what they think of it.

use super::{CALL_CANCELLED, CALL_DECIDED, UNITS_CALLED, begin, own_post, refuse_twice, told, with, without};
use crate::access::{CALL, HANDLE, may_call, may_see};
use crate::catalogue::PostSelector;
use crate::commands::books;
use crate::commands::duties::required;
use crate::commands::route::post_for;
use crate::error::CaseError;
use crate::joint::facts::{
    CALL_ANSWERED, CALL_ARRIVED, CALL_CANCELLED as CANCELLED, CALL_CONFIRMED, CALL_DECIDED as DECIDED,
    CALL_REVIEWED, CALLED, CallFact,
};
use crate::joint::{Call, CallId, CallState, CalledUnit, JointBook};
use crate::model::{Case, CaseId};
use crate::store;
use crate::store::joint as rows;
use ::store::Tx;
use flow::{Clock, Deadline};
use platform::{PostId, Time};

/// Offices called at once.
const CALLED_MAX: usize = 20;

/// Where, what about, how soon, and whom.
#[derive(Clone, Debug)]
pub struct Place {
    pub kind: String,
    pub place: String,
    pub matter: String,
    pub whom: Vec<PostSelector>,
}

/// Calls units to the spot of a case. They see the case from then on.
pub async fn call(tx: &mut Tx, id: CaseId, order: Place) -> Result<Call, CaseError> {
    let case = store::load_for(tx, id, None).await?;
    if !may_call(tx.actor(), &case) {
        return Err(CaseError::Forbidden(&CALL));
    }
    if !case.open {
        return Err(CaseError::conflict(
            "cases.call_over",
            "事件已经办结，不能再吹哨。",
            "The case is over.",
        ));
    }
    let caller_post = tx.actor().posts.first().copied().ok_or(CaseError::Forbidden(&CALL))?;
    let (place, matter) = (required(&order.place, "place")?, required(&order.matter, "matter")?);
    let posts = called(tx, &case, &order.whom)?;
    let (rules, _) = books(tx);
    let book = tx.fixture::<JointBook>();
    let kind = book.find_call(&order.kind).ok_or_else(|| {
        CaseError::invalid("kind", "cases.unknown_call", "没有这种吹哨。", "There is no such kind of call.")
    })?;
    let now = tx.now();
    let by_at =
        Time::from_micros(Clock::start(now.micros(), kind.within).due(&rules.calendar, now.micros()).at);
    let call = Call {
        id: CallId::new(now),
        case_id: id,
        kind: kind.key.clone(),
        caller_post,
        area_path: case.area_path.clone(),
        place,
        matter: matter.clone(),
        state: CallState::Open,
        at: now,
        by_at,
        ended_at: None,
        outcome: None,
        version: 1,
    };
    let units: Vec<CalledUnit> = posts.iter().map(|post| CalledUnit::called(call.id, *post)).collect();
    rows::add_call(tx, &call, &units).await?;
    let case = with(tx, case, &posts).await?;
    for post in posts {
        told(tx, &case, (UNITS_CALLED, Some(matter.clone()), Some(post))).await?;
    }
    tx.record(&CallFact(CALLED, &call, None)).await?;
    Ok(call)
}

/// The posts of those who are called: each once, and never a grid worker, whom nobody calls to a spot that is theirs.
fn called(tx: &Tx, case: &Case, whom: &[PostSelector]) -> Result<Vec<PostId>, CaseError> {
    let (_, places) = books(tx);
    let mut posts = Vec::new();
    for who in whom.iter().filter(|who| !who.is_grid_worker()) {
        let post = post_for(who, &case.area_path, &places).ok_or_else(|| {
            CaseError::invalid(
                "whom",
                "cases.unknown_post",
                format!("没有这个岗位：{who}"),
                format!("There is no such post: {who}"),
            )
        })?;
        if !posts.contains(&post) && !tx.actor().has_post(post) {
            posts.push(post);
        }
    }
    if posts.is_empty() || posts.len() > CALLED_MAX {
        return Err(CaseError::invalid(
            "whom",
            "cases.call_nobody",
            format!("请选 1 到 {CALLED_MAX} 个单位。"),
            format!("Choose 1 to {CALLED_MAX} units."),
        ));
    }
    Ok(posts)
}

/// A call with its case and those called, for whom it concerns.
async fn load(tx: &mut Tx, id: CallId) -> Result<(Case, Call, Vec<CalledUnit>), CaseError> {
    let district = tx.district();
    let call = rows::find_call(tx, district, id).await?.ok_or(CaseError::NotFound)?;
    let case = store::find(tx, district, call.case_id).await?.ok_or(CaseError::NotFound)?;
    let units = rows::units(tx, district, id).await?;
    let is_called = units.iter().any(|unit| tx.actor().has_post(unit.post_id));
    if is_called || tx.actor().has_post(call.caller_post) || may_see(tx.actor(), &case, None) {
        Ok((case, call, units))
    } else {
        Err(CaseError::NotFound)
    }
}

/// The caller, or whoever has the caller's post now.
fn must_be_caller(tx: &Tx, call: &Call) -> Result<(), CaseError> {
    let is_caller = tx.actor().has_post(call.caller_post) && tx.actor().holds(&CALL);
    if is_caller { Ok(()) } else { Err(CaseError::Forbidden(&CALL)) }
}

fn own_unit(tx: &Tx, units: &[CalledUnit]) -> Result<CalledUnit, CaseError> {
    let post =
        own_post(tx.actor(), units.iter().map(|unit| unit.post_id)).filter(|_| tx.actor().holds(&HANDLE));
    let unit = units.iter().find(|unit| Some(unit.post_id) == post);
    unit.cloned().ok_or(CaseError::Forbidden(&HANDLE))
}

fn unit_of(units: &[CalledUnit], post: PostId) -> Result<CalledUnit, CaseError> {
    units.iter().find(|unit| unit.post_id == post).cloned().ok_or_else(|| {
        CaseError::invalid("post", "cases.unknown_post", "没有叫过这个单位。", "It was not called.")
    })
}

/// One of the called says that it comes, or why it cannot.
pub async fn answer(tx: &mut Tx, id: CallId, reason: Option<&str>) -> Result<Call, CaseError> {
    let (_, call, units) = load(tx, id).await?;
    let reason = reason.map(|text| required(text, "reason")).transpose()?;
    let unit = own_unit(tx, &units)?.answer(&call, reason, tx.now())?;
    rows::save_unit(tx, &call, &unit).await?;
    tx.record(&CallFact(CALL_ANSWERED, &call, Some(unit.post_id))).await?;
    Ok(call)
}

/// The caller writes down that somebody has come: the office, never a person.
pub async fn arrive(tx: &mut Tx, id: CallId, post: PostId, office: &str) -> Result<Call, CaseError> {
    let (_, call, units) = load(tx, id).await?;
    must_be_caller(tx, &call)?;
    let office = required(office, "office")?;
    let unit = unit_of(&units, post)?.arrive(&call, office, tx.now())?;
    rows::save_unit(tx, &call, &unit).await?;
    tx.record(&CallFact(CALL_ARRIVED, &call, Some(post))).await?;
    Ok(call)
}

/// The one that came confirms it.
pub async fn confirm(tx: &mut Tx, id: CallId) -> Result<Call, CaseError> {
    let (_, call, units) = load(tx, id).await?;
    let unit = own_unit(tx, &units)?.confirm(tx.now())?;
    rows::save_unit(tx, &call, &unit).await?;
    tx.record(&CallFact(CALL_CONFIRMED, &call, Some(unit.post_id))).await?;
    Ok(call)
}

/// What one unit is to do.
#[derive(Clone, Debug)]
pub struct Task {
    pub post: PostId,
    pub words: String,
    pub within: Option<Deadline>,
}

/// What was decided on the spot: words for all, and a helping step for each that is to do something.
pub async fn decide(tx: &mut Tx, id: CallId, words: &str, tasks: Vec<Task>) -> Result<Call, CaseError> {
    let (case, call, units) = load(tx, id).await?;
    must_be_caller(tx, &call)?;
    let words = required(words, "words")?;
    let after = call.decide(words.clone(), &units, tx.now())?;
    rows::save_call(tx, &after).await?;
    for task in &tasks {
        let unit = unit_of(&units, task.post)?;
        if Some(task.post) == case.host_post {
            continue;
        }
        refuse_twice(tx, &case, task.post).await?;
        let asked = required(&task.words, "tasks")?;
        let help = begin(tx, &case, (task.post, Some(id)), (&asked, task.within)).await?;
        rows::put_unit(tx, &CalledUnit { help_id: Some(help.id), ..unit }).await?;
    }
    // Who has nothing to do helps no longer.
    let has_task = |post: &PostId| tasks.iter().any(|task| task.post == *post);
    let idle: Vec<PostId> = units.iter().map(|unit| unit.post_id).filter(|post| !has_task(post)).collect();
    let case = free(tx, case, idle).await?;
    told(tx, &case, (CALL_DECIDED, Some(words), None)).await?;
    tx.record(&CallFact(DECIDED, &after, None)).await?;
    Ok(after)
}

/// Helpers that only came for a call and have no helping step go.
async fn free(tx: &mut Tx, case: Case, posts: Vec<PostId>) -> Result<Case, CaseError> {
    let district = tx.district();
    let helps = rows::helps_of_case(tx, district, case.id).await?;
    let idle: Vec<PostId> =
        posts.into_iter().filter(|post| !helps.iter().any(|help| help.post_id == *post)).collect();
    without(tx, case, &idle).await
}

/// Calls it off; with a reason once somebody has answered.
pub async fn cancel(tx: &mut Tx, id: CallId, reason: Option<&str>) -> Result<Call, CaseError> {
    let (case, call, units) = load(tx, id).await?;
    must_be_caller(tx, &call)?;
    let reason = reason.map(str::trim).filter(|text| !text.is_empty());
    let reason = reason.map(|text| required(text, "reason")).transpose()?;
    let after = call.cancel(reason.clone(), &units, tx.now())?;
    rows::save_call(tx, &after).await?;
    let case = free(tx, case, units.iter().map(|unit| unit.post_id).collect()).await?;
    told(tx, &case, (CALL_CANCELLED, reason, None)).await?;
    tx.record(&CallFact(CANCELLED, &after, None)).await?;
    Ok(after)
}

/// One side says what it thinks: the caller of a unit's help, a unit of the call.
pub async fn review(
    tx: &mut Tx,
    id: CallId,
    post: Option<PostId>,
    (good, words): (bool, &str),
) -> Result<Call, CaseError> {
    let (_, call, units) = load(tx, id).await?;
    let words = required(words, "words")?;
    let unit = match post {
        Some(post) => {
            must_be_caller(tx, &call)?;
            unit_of(&units, post)?.review_help(&call, good, words)?
        }
        None => own_unit(tx, &units)?.review_call(&call, good, words)?,
    };
    rows::save_unit(tx, &call, &unit).await?;
    tx.record(&CallFact(CALL_REVIEWED, &call, Some(unit.post_id))).await?;
    Ok(call)
}
