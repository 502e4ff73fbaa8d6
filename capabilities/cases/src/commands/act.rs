//! Doing something to a case: whatever the workflow allows, by whoever may, with everything that belongs to it.

use super::route::{post_for, route, unit_of};
use super::{books, clean_words, joint, merge, ruling, tell, wind};
use crate::access::roles_towards;
use crate::catalogue::{ItemKey, PostSelector};
use crate::error::CaseError;
use crate::model::{self, Case, CaseId, Deed, FollowerId, FollowerKind, Setting};
use crate::news;
use crate::photos::{PHOTOS_MAX, StoredPhoto};
use crate::rules::{Rules, seats};
use crate::store;
use ::store::Tx;
use flow::{Deadline, Handover};
use platform::{Actor, PostId, Time};
use territory::{Post, PostKind, Snapshot};

/// An action somebody takes, parsed.
#[derive(Clone, Debug, Default)]
pub struct Act {
    /// The workflow's name of the action.
    pub action: String,
    /// The version of the case the person saw; absent where they act on whatever it is now (a resident's answer).
    pub version: Option<i64>,
    pub reason: Option<String>,
    pub note: Option<String>,
    pub photos: Vec<StoredPhoto>,
    /// The post it is given to, by id or by selector ("grid_worker", "unit:water_supply").
    pub post: Option<PostId>,
    pub post_selector: Option<PostSelector>,
    pub target: Option<CaseId>,
    pub rating: Option<i64>,
    pub length: Option<Deadline>,
    /// The follower behind a signed mark, for those without an account.
    pub follower: Option<FollowerId>,
    /// Who acts is the clock.
    pub by_clock: bool,
    /// What proves the work lies with the system of those who did it, and no photo comes along. Only where somebody looks afterwards:
    /// a desk on the spot, or the reporter.
    pub proof_elsewhere: bool,
    /// Why it is done although somebody's helping step is still open.
    pub despite: Option<String>,
    /// By which item of a list it is ruled.
    pub item: Option<ItemKey>,
    /// Whether the ruling proposes that the item names this type of case from now on.
    pub propose: bool,
}

/// The case after an action.
#[derive(Clone, Debug)]
pub struct Acted {
    pub case: Case,
}

/// Takes an action of the workflow on a case.
pub async fn act(tx: &mut Tx, id: CaseId, order: Act) -> Result<Acted, CaseError> {
    let order = ruling::cite(tx, order)?;
    let (rules, places) = books(tx);
    let following = following(tx, id, order.follower).await?;
    let case = store::load_for(tx, id, following).await?;
    if let Some(seen) = order.version
        && seen != case.version
    {
        return Err(stale(&case, seen));
    }
    // Boxed, here and below: what is rare makes no future of every step larger.
    Box::pin(joint::check_open(tx, &case, &order)).await?;
    let reachable = is_reachable(tx, &case).await?;
    let setting = rules.setting(&case, &places, reachable, tx.now())?;
    let mut deed = deed(&order, &case, &places, tx.now())?;
    if order.proof_elsewhere && model::is_looked_at_after(&case, &setting) {
        deed.photos = deed.photos.max(1);
    }
    let (desk, dispatcher) = seats(&case, &places);
    let mut who = roles_towards(tx.actor(), &case, following, desk, dispatcher);
    if order.by_clock {
        who = vec!["clock"];
    }
    check_list(&deed, &case, &setting, &rules, &places)?;
    check_photos(tx, &case, order.photos.len()).await?;
    let post = acting_post(tx.actor(), &case, desk, dispatcher);
    let (mut next, entry) = match model::act(&case, &who, post, &deed, &setting) {
        Ok(done) => done,
        Err(refusal) => return Err(Box::pin(ruling::explain(tx, &case, refusal)).await),
    };
    next.unit_id = unit_of(&next, &places);
    if order.action == "merge" {
        merge::join(tx, &case, &next).await?;
    }
    let mut routed = None;
    if order.action == "let_in" {
        (next, routed) = route(next, &setting, &rules, &places)?;
        store::save_explanation(tx, &next).await?;
    }
    store::save(tx, &case, &next).await?;
    store::add_photos(tx, id, entry.id, &order.photos).await?;
    let fact = tell(tx, &next, &entry, post).await?;
    Box::pin(news::tell(tx, &next, &entry, (setting.workflow, fact))).await?;
    if let Some(routed) = &routed {
        store::add_entry(tx, id, routed, None).await?;
    }
    Box::pin(joint::release_open(tx, &mut next, &order)).await?;
    Box::pin(ruling::propose(tx, &next, &order)).await?;
    let setting = rules.setting(&next, &places, reachable, tx.now())?;
    wind(tx, &next, &setting).await?;
    Ok(Acted { case: next })
}

/// The clock has something to say: raises the level, or takes the action that waits for the end of the time.
pub async fn ring(tx: &mut Tx, id: CaseId) -> Result<(), CaseError> {
    let (rules, places) = books(tx);
    let district = tx.district();
    let Some(mut case) = store::find(tx, district, id).await? else { return Ok(()) };
    let reachable = is_reachable(tx, &case).await?;
    loop {
        let setting = rules.setting(&case, &places, reachable, tx.now())?;
        let Some(ring) = model::next_ring(&case, &setting).filter(|r| r.at <= tx.now()) else {
            return wind(tx, &case, &setting).await;
        };
        match ring.level {
            Some(level) => case = raise(tx, case, level).await?,
            None => {
                let state = case.state.clone();
                let running = case.clocks.0.running.as_ref().map(|c| c.name.clone()).unwrap_or_default();
                let Some(action) = setting.workflow.timed_action(&state, &running) else { return Ok(()) };
                let order = Act { action: action.name.clone(), by_clock: true, ..Act::default() };
                return Box::pin(act(tx, id, order)).await.map(drop);
            }
        }
    }
}

async fn raise(tx: &mut Tx, case: Case, level: i64) -> Result<Case, CaseError> {
    let mut next = Case { level, ..case.clone() };
    next.version += 1;
    store::save(tx, &case, &next).await?;
    let entry = model::Entry {
        id: model::EntryId::new(tx.now()),
        at: tx.now(),
        action: "raise".to_owned(),
        from_state: Some(case.state.clone()),
        to_state: next.state.clone(),
        to_post: next.owner_post,
        reason: None,
        note: None,
        level,
        due_at: next.due_at,
    };
    tell(tx, &next, &entry, None).await?;
    Ok(next)
}

/// What somebody is to the case: by a signed mark, or by account.
async fn following(
    tx: &mut Tx,
    case: CaseId,
    mark: Option<FollowerId>,
) -> Result<Option<FollowerKind>, CaseError> {
    let (district, account) = (tx.district(), tx.actor().account);
    if let Some(id) = mark {
        return Ok(store::follower(tx, district, case, id).await?.map(|f| f.kind));
    }
    match account {
        Some(account) => Ok(store::follower_of_account(tx, district, case, account).await?.map(|f| f.kind)),
        None => Ok(None),
    }
}

/// Whether there is a reporter who can be asked to confirm.
pub(crate) async fn is_reachable(tx: &mut Tx, case: &Case) -> Result<bool, CaseError> {
    let reporter = FollowerId(case.id.0);
    Ok(store::follower(tx, case.district, case.id, reporter).await?.is_some())
}

fn stale(case: &Case, seen: i64) -> CaseError {
    let now = serde_json::json!({
        "number": case.number, "state": case.state, "owner_post": case.owner_post, "due_at": case.due_at,
        "level": case.level, "version": case.version,
    });
    CaseError::Stale { seen, present: case.version, now: Box::new(now) }
}

fn deed(order: &Act, case: &Case, places: &Snapshot, now: Time) -> Result<Deed, CaseError> {
    // A post that is closed by now takes nothing new.
    let open = |p: &&Post| p.open_to.is_none_or(|end| end > now);
    let note = order.note.as_deref().map(|n| clean_words(n, "note", super::WORDS_CHARS_MAX)).transpose()?;
    let post = match (&order.post, &order.post_selector) {
        (Some(post), _) => Some(places.post(*post).filter(open).map(|p| p.id).ok_or_else(unknown_post)?),
        (None, Some(selector)) => Some(post_for(selector, &case.area_path, places).ok_or_else(unknown_post)?),
        (None, None) => None,
    };
    Ok(Deed {
        action: order.action.clone(),
        reason: order.reason.clone(),
        note: note.filter(|n| !n.is_empty()),
        photos: order.photos.len(),
        post,
        target: order.target,
        rating: order.rating,
        length: order.length,
    })
}

fn unknown_post() -> CaseError {
    CaseError::invalid("post", "cases.unknown_post", "没有这个岗位。", "There is no such post.")
}

/// No dumping: a grid worker gets only what the published list names (the refusal cites the list).
fn check_list(
    deed: &Deed,
    case: &Case,
    setting: &Setting<'_>,
    rules: &Rules,
    places: &Snapshot,
) -> Result<(), CaseError> {
    let to_worker = deed.post.and_then(|p| places.post(p)).is_some_and(|p| p.kind == PostKind::GridWorker);
    let action = setting.workflow.action(&deed.action);
    let gives = action.is_some_and(|a| matches!(a.hands_to, Handover::Post | Handover::Helper));
    if to_worker && gives {
        let today = setting.now.local().date();
        let in_force = rules.in_force(case.district, today);
        in_force.catalogue.may_grid_worker_take(&case.type_code, today).map_err(CaseError::NotOnTheList)?;
    }
    Ok(())
}

/// Refuses more photos than a step and a case may have.
pub(super) async fn check_photos(tx: &mut Tx, case: &Case, new: usize) -> Result<(), CaseError> {
    if new == 0 {
        return Ok(());
    }
    let kept = store::count_photos(tx, case.district, case.id).await?;
    // A case may be shown before, after, and at each reopening: nine for each of its steps.
    let room = (PHOTOS_MAX * 6) as i64 - kept;
    if new > PHOTOS_MAX || new as i64 > room {
        return Err(CaseError::invalid(
            "photos",
            "cases.photo_too_many",
            format!("一次最多 {PHOTOS_MAX} 张照片。"),
            format!("At most {PHOTOS_MAX} photos at a time."),
        ));
    }
    Ok(())
}

/// The post the actor acts from: the one that owns the step if held, else desk or dispatcher, else any.
fn acting_post(
    actor: &Actor,
    case: &Case,
    desk: Option<PostId>,
    dispatcher: Option<PostId>,
) -> Option<PostId> {
    let held = |post: Option<PostId>| post.filter(|p| actor.has_post(*p));
    held(case.owner_post)
        .or_else(|| held(case.host_post))
        .or_else(|| case.cohosts.0.iter().copied().find(|p| actor.has_post(*p)))
        .or_else(|| held(desk))
        .or_else(|| held(dispatcher))
        .or_else(|| actor.posts.first().copied())
}
