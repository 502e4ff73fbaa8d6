//! Working together on a case: helping steps asked for, answered and done; units called to the spot.

mod calls;

pub use calls::{Place, Task, answer, arrive, call, cancel, confirm, decide, review};

use super::duties::required;
use super::{Act, act, books, tell};
use crate::access::{HANDLE, RULE, may_see};
use crate::error::CaseError;
use crate::joint::facts::{HELP_LATE, HELP_STEPPED, HelpFact};
use crate::joint::{CallId, Help, HelpId, HelpState, JointBook};
use crate::model::{Case, CaseId, Entry, EntryId};
use crate::photos::StoredPhoto;
use crate::routing::Source;
use crate::store;
use crate::store::joint as rows;
use ::store::Tx;
use flow::{Clock, Deadline};
use platform::{Actor, Fault, PostId, Time};

/// The clock of a helping step.
pub(crate) const HELP_DUE: &str = "cases.help_due";

/// Lines of the history, by name.
pub(crate) const HELP_ASKED: &str = "help_asked";
pub(crate) const HELP_ACCEPTED: &str = "help_accepted";
pub(crate) const HELP_DECLINED: &str = "help_declined";
pub(crate) const HELP_DONE: &str = "help_done";
pub(crate) const HELP_RELEASED: &str = "help_released";
pub(crate) const UNITS_CALLED: &str = "units_called";
pub(crate) const CALL_DECIDED: &str = "call_decided";
pub(crate) const CALL_CANCELLED: &str = "call_cancelled";

/// What somebody is asked for.
#[derive(Clone, Debug, Default)]
pub struct Ask {
    /// Who is asked, as the workflow's action takes it.
    pub act: Act,
    pub words: String,
    /// As the catalogue says, if absent.
    pub within: Option<Deadline>,
}

/// Asks a post for help: the owner of the case stays, the helper has a step and a clock of its own.
pub async fn ask(tx: &mut Tx, id: CaseId, order: Ask) -> Result<Help, CaseError> {
    let words = required(&order.words, "words")?;
    let asked = Act { action: "add_helper".to_owned(), note: Some(words.clone()), ..order.act };
    let before = helpers(tx, id).await?;
    let case = act(tx, id, asked.clone()).await?.case;
    let new = case.cohosts.0.iter().copied().find(|post| !before.contains(post));
    let post = new.or(asked.post).or_else(|| named(&asked, &case, tx)).ok_or_else(nobody)?;
    if Some(post) == case.host_post {
        return Err(nobody());
    }
    refuse_twice(tx, &case, post).await?;
    begin(tx, &case, (post, None), (&words, order.within)).await
}

fn named(asked: &Act, case: &Case, tx: &Tx) -> Option<PostId> {
    let (_, places) = books(tx);
    asked.post_selector.as_ref().and_then(|who| super::route::post_for(who, &case.area_path, &places))
}

fn nobody() -> CaseError {
    CaseError::invalid(
        "post",
        "cases.unknown_post",
        "请选一个主办以外的单位。",
        "Choose somebody other than the host.",
    )
}

async fn helpers(tx: &mut Tx, id: CaseId) -> Result<Vec<PostId>, CaseError> {
    let district = tx.district();
    Ok(store::find(tx, district, id).await?.map(|case| case.cohosts.0).unwrap_or_default())
}

async fn refuse_twice(tx: &mut Tx, case: &Case, post: PostId) -> Result<(), CaseError> {
    let open = open_helps(tx, case).await?;
    if open.iter().any(|help| help.post_id == post) {
        return Err(CaseError::conflict(
            "cases.help_asked_before",
            "已经请这个单位协办，还没有办完。",
            "It was asked before, and is not done yet.",
        ));
    }
    Ok(())
}

/// A helping step begins, with its clock.
async fn begin(
    tx: &mut Tx,
    case: &Case,
    (post, call): (PostId, Option<CallId>),
    (words, within): (&str, Option<Deadline>),
) -> Result<Help, CaseError> {
    let (rules, _) = books(tx);
    let book = tx.fixture::<JointBook>();
    let now = tx.now();
    let within = within.unwrap_or(book.help.within);
    let due = |deadline: Deadline| {
        Time::from_micros(Clock::start(now.micros(), deadline).due(&rules.calendar, now.micros()).at)
    };
    if within.amount == 0 || due(within) > due(book.help.longest) {
        return Err(CaseError::invalid(
            "within",
            "cases.help_too_long",
            format!("协办时限最长{}。", book.help.longest.words().zh),
            format!("A helping step takes {} at most.", book.help.longest.words().en),
        ));
    }
    let help = Help {
        id: HelpId::new(now),
        case_id: case.id,
        call_id: call,
        post_id: post,
        asked_by: tx.actor().posts.first().copied(),
        area_path: case.area_path.clone(),
        words: words.to_owned(),
        state: HelpState::Asked,
        at: now,
        due_at: due(within),
        accepted_at: None,
        ended_at: None,
        outcome: None,
        version: 1,
    };
    rows::add_help(tx, &help).await?;
    tx.set_timer(
        HELP_DUE,
        help.id.0,
        help.due_at.after(std::time::Duration::from_micros(1)),
        serde_json::Value::Null,
    )
    .await?;
    tx.record(&HelpFact(crate::joint::facts::HELP_ASKED, &help)).await?;
    Ok(help)
}

/// What the one who was asked says.
#[derive(Clone, Debug)]
pub enum Said {
    Yes,
    /// It cannot, for this reason.
    No(String),
    /// It is done: what was done, and how it looks.
    Done(String, Vec<StoredPhoto>),
}

/// The one who was asked answers, or says that it is done.
pub async fn say(tx: &mut Tx, id: HelpId, said: Said) -> Result<Help, CaseError> {
    let (case, help) = load(tx, id).await?;
    if !(tx.actor().has_post(help.post_id) && tx.actor().holds(&HANDLE)) {
        return Err(CaseError::Forbidden(&HANDLE));
    }
    let now = tx.now();
    let (after, action, note, photos) = match said {
        Said::Yes => (help.accept(now)?, HELP_ACCEPTED, None, Vec::new()),
        Said::No(reason) => {
            let reason = required(&reason, "reason")?;
            (help.decline(reason.clone(), now)?, HELP_DECLINED, Some(reason), Vec::new())
        }
        Said::Done(words, photos) => {
            let words = required(&words, "words")?;
            super::act::check_photos(tx, &case, photos.len()).await?;
            (help.finish(words.clone(), now)?, HELP_DONE, Some(words), photos)
        }
    };
    step(tx, case, &after, (action, note, &photos)).await?;
    Ok(after)
}

/// The host needs the help no longer.
pub async fn release(tx: &mut Tx, id: HelpId, reason: &str) -> Result<Help, CaseError> {
    let (case, help) = load(tx, id).await?;
    let is_host =
        [case.owner_post, case.host_post].into_iter().flatten().any(|post| tx.actor().has_post(post));
    if !is_host && !tx.actor().holds_everywhere(&RULE) {
        return Err(CaseError::Forbidden(&HANDLE));
    }
    let reason = required(reason, "reason")?;
    let after = help.release(reason.clone(), tx.now())?;
    step(tx, case, &after, (HELP_RELEASED, Some(reason), &[])).await?;
    Ok(after)
}

async fn load(tx: &mut Tx, id: HelpId) -> Result<(Case, Help), CaseError> {
    let district = tx.district();
    let help = rows::find_help(tx, district, id).await?.ok_or(CaseError::NotFound)?;
    let case = store::find(tx, district, help.case_id).await?.ok_or(CaseError::NotFound)?;
    if tx.actor().has_post(help.post_id) || may_see(tx.actor(), &case, None) {
        Ok((case, help))
    } else {
        Err(CaseError::NotFound)
    }
}

/// Saves a step that was taken, and tells it on the case. Who helps no longer is no helper.
async fn step(
    tx: &mut Tx,
    case: Case,
    help: &Help,
    (action, note, photos): (&'static str, Option<String>, &[StoredPhoto]),
) -> Result<(), CaseError> {
    rows::save_help(tx, help).await?;
    if !help.state.is_open() {
        tx.cancel_timer(HELP_DUE, help.id.0).await?;
    }
    let case = match help.state {
        HelpState::Declined | HelpState::Released => without(tx, case, &[help.post_id]).await?,
        HelpState::Asked | HelpState::Accepted | HelpState::Done => case,
    };
    // What the helper does itself goes to nobody.
    let to = (help.state == HelpState::Released).then_some(help.post_id);
    let entry = told(tx, &case, (action, note, to)).await?;
    store::add_photos(tx, case.id, entry, photos).await?;
    tx.record(&HelpFact(HELP_STEPPED, help)).await?;
    Ok(())
}

/// The case without some of its helpers.
async fn without(tx: &mut Tx, case: Case, posts: &[PostId]) -> Result<Case, CaseError> {
    let mut next = case.clone();
    next.cohosts.0.retain(|post| !posts.contains(post));
    resaved(tx, case, next).await
}

/// The case with more helpers.
async fn with(tx: &mut Tx, case: Case, posts: &[PostId]) -> Result<Case, CaseError> {
    let mut next = case.clone();
    let new = posts.iter().filter(|post| !case.cohosts.0.contains(post) && case.host_post != Some(**post));
    next.cohosts.0.extend(new);
    resaved(tx, case, next).await
}

async fn resaved(tx: &mut Tx, before: Case, mut next: Case) -> Result<Case, CaseError> {
    if before.cohosts.0 == next.cohosts.0 {
        return Ok(before);
    }
    next.version += 1;
    store::save(tx, &before, &next).await?;
    Ok(next)
}

/// A line of the case's history that is no action of its workflow: owner, state and clock stay.
async fn told(
    tx: &mut Tx,
    case: &Case,
    (action, note, to_post): (&'static str, Option<String>, Option<PostId>),
) -> Result<EntryId, CaseError> {
    let entry = Entry {
        id: EntryId::new(tx.now()),
        at: tx.now(),
        action: action.to_owned(),
        from_state: Some(case.state.clone()),
        to_state: case.state.clone(),
        to_post,
        reason: None,
        note,
        level: case.level,
        due_at: case.due_at,
    };
    let own = tx.actor().posts.first().copied();
    tell(tx, case, &entry, own).await?;
    Ok(entry.id)
}

async fn open_helps(tx: &mut Tx, case: &Case) -> Result<Vec<Help>, CaseError> {
    let district = tx.district();
    let helps = rows::helps_of_case(tx, district, case.id).await?;
    Ok(helps.into_iter().filter(|help| help.state.is_open()).collect())
}

/// Actions by which a host says that the work is done.
const SAYS_DONE: &[&str] = &["finish", "answer"];

/// A case is not said to be done while somebody's helping step is open, unless the host says why.
pub(super) async fn check_open(tx: &mut Tx, case: &Case, order: &Act) -> Result<(), CaseError> {
    if !SAYS_DONE.contains(&order.action.as_str())
        || order.despite.as_deref().is_some_and(|why| !why.trim().is_empty())
    {
        return Ok(());
    }
    let open = open_helps(tx, case).await?;
    if open.is_empty() {
        return Ok(());
    }
    let (_, places) = books(tx);
    let names: Vec<String> =
        open.iter().filter_map(|help| places.post(help.post_id)).map(|post| post.name.clone()).collect();
    Err(CaseError::invalid(
        "despite",
        "cases.help_open",
        format!("{} 的协办还没有办完；现在就办结，请写明为什么不等。", names.join("、")),
        format!("The help of {} is not done; say why it is done without.", names.join(", ")),
    ))
}

/// What is open is needed no longer once the case is said to be done, or is over.
pub(super) async fn release_open(tx: &mut Tx, case: &mut Case, order: &Act) -> Result<(), CaseError> {
    let is_done = SAYS_DONE.contains(&order.action.as_str());
    if case.open && !is_done || case.source == Source::Import {
        return Ok(());
    }
    for help in open_helps(tx, case).await? {
        let (zh_en, why) = ("不等协办已办结。Done without waiting.", order.despite.as_deref().map(str::trim));
        let reason = required(why.filter(|why| !why.is_empty()).unwrap_or(zh_en), "despite")?;
        let after = help.release(reason.clone(), tx.now())?;
        step(tx, case.clone(), &after, (HELP_RELEASED, Some(reason), &[])).await?;
        let district = tx.district();
        *case = store::find(tx, district, case.id).await?.ok_or(CaseError::NotFound)?;
    }
    Ok(())
}

/// The clock of a helping step rang: the house is told that it is late.
pub async fn note_late(tx: &mut Tx, id: HelpId) -> Result<(), Fault> {
    let district = tx.district();
    match rows::find_help(tx, district, id).await? {
        Some(help) if help.state.is_open() => tx.record(&HelpFact(HELP_LATE, &help)).await.map(drop),
        _ => Ok(()),
    }
}

/// The post of the actor among some.
fn own_post(actor: &Actor, posts: impl IntoIterator<Item = PostId>) -> Option<PostId> {
    posts.into_iter().find(|post| actor.has_post(*post))
}
