//! Reaching a reporter: asking for a number in between or for a call back, within bounds, on record; and ending a number by hand.

use super::{books, tell};
use crate::access::REACH_REPORTER;
use crate::error::CaseError;
use crate::facts::ReporterReached;
use crate::model::{Case, CaseId, Entry, EntryId, FollowerId};
use crate::reach::{REPORTER, Reach, ReachBook, ReachId, ReachWay, hours_of};
use crate::rules::Rules;
use crate::store;
use crate::store::reach as rows;
use ::store::{Conn, Tx};
use messages::{ACCOUNT, Books, Notice, Recipient, RelayAnswer, RelayAsked, RelayId};
use platform::{Actor, DistrictId, FactId, Fault, Phone, PostId, Time, Words};
use serde_json::json;
use territory::{Post, read_published_phone};

/// Lines of the history, by name.
pub(crate) const REACHED_BY_NUMBER: &str = "reach_by_number";
pub(crate) const ASKED_TO_CALL_BACK: &str = "ask_to_call_back";

/// What whoever asks gives along.
#[derive(Clone, Debug)]
pub struct ReachOrder {
    pub way: ReachWay,
    /// Of the office: where to call back, or where the call will come from.
    pub phone: Option<String>,
    /// When to call back.
    pub from: Option<String>,
    pub to: Option<String>,
}

/// What is told of an attempt.
struct Telling<'a> {
    case: &'a Case,
    reach: &'a Reach,
    post: &'a Post,
    to: Recipient,
    fact: FactId,
}

/// Asks for a way to talk to the reporter.
///
/// # Errors
/// No case to see, no right to it, nobody to reach, enough for one day, no such way, or a number that is none.
pub async fn reach_reporter(tx: &mut Tx, id: CaseId, order: ReachOrder) -> Result<ReachId, CaseError> {
    let case = store::load_for(tx, id, None).await?;
    let (_, places) = books(tx);
    let post = acting_post(tx.actor(), &case).and_then(|post| places.post(post));
    let post = post.ok_or(CaseError::Forbidden(&REACH_REPORTER))?;
    let to = match asks_reporter(tx, &case).await? {
        Asks::May { to, .. } => to,
        Asks::MayNot(refusal) => return Err(refusal),
    };
    let (now, account_id) = (tx.now(), tx.actor().account);
    let (id, way) = (ReachId::new(now), order.way);
    let reach = Reach { id, case_id: case.id, way, post_id: post.id, account_id, at: now };
    rows::add(tx, &reach).await?;
    let fact = tx.record(&ReporterReached { case: &case, way }).await?;
    let telling = Telling { case: &case, reach: &reach, post, to, fact };
    match way {
        ReachWay::Relay => by_number(tx, telling, &order).await?,
        ReachWay::Message => by_message(tx, telling, &order).await?,
    }
    Ok(id)
}

/// Ends a number in between that one asked for oneself.
///
/// # Errors
/// No such number, or somebody else's.
pub async fn end_reach(tx: &mut Tx, case: CaseId, id: ReachId) -> Result<(), CaseError> {
    let case = store::load_for(tx, case, None).await?;
    let (district, account) = (tx.district(), tx.actor().account);
    let is_own = |reach: &Reach| {
        let is_number = reach.case_id == case.id && reach.way == ReachWay::Relay;
        is_number && account.is_some() && reach.account_id == account
    };
    rows::find(tx, district, id).await?.filter(is_own).ok_or(CaseError::NotFound)?;
    Ok(messages::end_relay(tx, RelayId(id.0)).await?)
}

/// Whether a case asks its reporter now.
pub(crate) enum Asks {
    May {
        to: Recipient,
        /// How often still today.
        left: i64,
    },
    MayNot(CaseError),
}

/// Whether somebody may ask the reporter of a case they see, and as what the reporter is reached.
pub(crate) async fn asks_reporter(tx: &mut Tx, case: &Case) -> Result<Asks, Fault> {
    let (actor, now) = (tx.actor().clone(), tx.now());
    let per_day = tx.fixture::<ReachBook>().per_case_day;
    judge(tx, case, (&actor, now), per_day).await
}

/// As [`asks_reporter`], for a screen that has read the case.
pub(crate) async fn judge(
    conn: &mut Conn,
    case: &Case,
    (actor, now): (&Actor, Time),
    per_day: u32,
) -> Result<Asks, Fault> {
    if !actor.holds(&REACH_REPORTER) || acting_post(actor, case).is_none() {
        return Ok(Asks::MayNot(CaseError::Forbidden(&REACH_REPORTER)));
    }
    if !case.open {
        return Ok(Asks::MayNot(CaseError::conflict(
            "cases.reach_over",
            "这件事已经结束，不再联系报告人。",
            "The case is over: its reporter is not called any more.",
        )));
    }
    let Some(to) = recipient(conn, case).await? else {
        return Ok(Asks::MayNot(CaseError::conflict(
            "cases.reach_nobody",
            "报告人没有留下联系方式。",
            "The reporter left no way to be reached.",
        )));
    };
    let today = Time::start_of(now.local().date());
    let left = i64::from(per_day) - rows::count_since(conn, case.district, case.id, today).await?;
    if left > 0 {
        return Ok(Asks::May { to, left });
    }
    Ok(Asks::MayNot(CaseError::conflict(
        "cases.reach_enough",
        format!("今天已经联系过 {per_day} 次，明天再联系。"),
        format!("The reporter was asked {per_day} times today: try again tomorrow."),
    )))
}

/// For which office somebody acts: one that works on the case, else one they sit in.
pub(crate) fn acting_post(actor: &Actor, case: &Case) -> Option<PostId> {
    let working =
        [case.owner_post, case.host_post].into_iter().flatten().chain(case.cohosts.0.iter().copied());
    working.into_iter().find(|post| actor.has_post(*post)).or_else(|| actor.posts.first().copied())
}

/// An account by its own choices; else the telephone that was left for asking back.
async fn recipient(conn: &mut Conn, case: &Case) -> Result<Option<Recipient>, Fault> {
    let reporter = store::follower(conn, case.district, case.id, FollowerId(case.id.0)).await?;
    Ok(reporter.and_then(|reporter| match (reporter.account_id, reporter.phone) {
        (Some(account), _) => Some(Recipient { kind: ACCOUNT, id: account.0 }),
        (None, Some(_)) => Some(Recipient { kind: REPORTER, id: case.id.0 }),
        (None, None) => None,
    }))
}

async fn by_number(tx: &mut Tx, telling: Telling<'_>, order: &ReachOrder) -> Result<(), CaseError> {
    let way = relay_way(tx, tx.district()).await?.ok_or_else(no_such_way)?;
    let caller = match way.needs_caller {
        true => Some(order.phone.as_deref().and_then(Phone::parse).ok_or_else(bad_caller)?),
        false => None,
    };
    let seconds = tx.fixture::<ReachBook>().relay_seconds;
    let Telling { case, reach, post, to, fact } = telling;
    let asked = RelayAsked { id: RelayId(reach.id.0), to, caller, seconds, fact: Some(fact) };
    match messages::ask_relay(tx, asked).await? {
        RelayAnswer::Asked => tell_line(tx, case, (REACHED_BY_NUMBER, None), post.id).await,
        RelayAnswer::NoGateway => Err(no_such_way()),
        RelayAnswer::NoAddress => Err(CaseError::conflict(
            "cases.reach_nobody",
            "报告人没有能接听的电话。",
            "The reporter has no telephone.",
        )),
    }
}

async fn by_message(tx: &mut Tx, telling: Telling<'_>, order: &ReachOrder) -> Result<(), CaseError> {
    if tx.find_fixture::<Books>().is_none() {
        return Err(no_such_way());
    }
    let phone = order.phone.as_deref().and_then(read_published_phone).ok_or_else(bad_call_back)?;
    let (from, to) = (order.from.as_deref().unwrap_or_default(), order.to.as_deref().unwrap_or_default());
    let hours = hours_of(from, to).ok_or_else(bad_hours)?;
    let Telling { case, reach, post, to, fact } = telling;
    let in_force = tx.fixture::<Rules>().in_force(case.district, tx.now().local().date());
    let known = in_force.catalogue.find_type(&case.type_code);
    let matter = known.map_or_else(|| Words::of("事情", "matter"), |known| known.name.clone());
    let unit = Words::new(post.name.clone(), post.name_en.clone().unwrap_or_else(|| post.name.clone()));
    let content =
        json!({ "unit": unit, "matter": matter, "number": case.number, "phone": phone, "hours": hours });
    let (template, thread) = ("call_back", reach.id.0);
    let notice = Notice { template, content, thread, edition: 0, until: None, fact: Some(fact) };
    messages::send(tx, &notice, &to).await?;
    tell_line(tx, case, (ASKED_TO_CALL_BACK, Some(format!("{phone}，{hours}"))), post.id).await
}

/// The reporter reads in the history who wanted to talk to them.
async fn tell_line(
    tx: &mut Tx,
    case: &Case,
    (action, note): (&str, Option<String>),
    post: PostId,
) -> Result<(), CaseError> {
    let entry = Entry {
        id: EntryId::new(tx.now()),
        at: tx.now(),
        action: action.to_owned(),
        from_state: Some(case.state.clone()),
        to_state: case.state.clone(),
        to_post: None,
        reason: None,
        note,
        level: case.level,
        due_at: case.due_at,
    };
    tell(tx, case, &entry, Some(post)).await.map(drop)
}

/// A house may do without messages.
async fn relay_way(tx: &mut Tx, district: DistrictId) -> Result<Option<messages::RelayWay>, Fault> {
    let Some(book) = tx.find_fixture::<messages::RelayBook>() else { return Ok(None) };
    messages::relay_way(tx, district, &book).await
}

fn no_such_way() -> CaseError {
    CaseError::invalid(
        "way",
        "cases.reach_no_way",
        "现在不能用这种方式联系，请换一种。",
        "This way is not open at present: choose another.",
    )
}

fn bad_caller() -> CaseError {
    CaseError::invalid(
        "phone",
        "cases.reach_bad_phone",
        "请填写您用来拨打的电话，手机或带区号的座机。",
        "Enter the telephone you will call from: a mobile, or a line with its area code.",
    )
}

fn bad_call_back() -> CaseError {
    CaseError::invalid(
        "phone",
        "cases.reach_bad_phone",
        "请填写请对方拨打的电话：手机、带区号的座机或服务短号。",
        "Enter the telephone to call back: a mobile, a line with its area code, or a short service number.",
    )
}

fn bad_hours() -> CaseError {
    CaseError::invalid(
        "from",
        "cases.reach_bad_hours",
        "回电时间写成 09:00 到 17:30 这样，先早后晚。",
        "Hours to call back are written like 09:00 to 17:30, the earlier first.",
    )
}
