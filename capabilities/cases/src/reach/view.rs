//! Attempts to reach a reporter as screens see them: how each went, in words; a number in between for whoever asked for it alone. Nothing of
//! the reporter.

use super::{Reach, ReachBook, ReachId, ReachWay};
use crate::commands::reach::{Asks, acting_post};
use crate::model::Case;
use crate::view::{Viewer, moment};
use messages::{HowItWent, MessageState, RelayNow, RelayState, RelayWay};
use platform::{Refusal as _, Time, Words};
use serde::Serialize;
use std::collections::HashMap;
use store::text_enum;
use utoipa::ToSchema;
use uuid::Uuid;

text_enum!(
    /// How far an attempt has come.
    pub ReachStep {
        /// A number in between is being fetched.
        Fetching = "fetching",
        /// There is one, and it is good.
        Ready = "ready",
        Ended = "ended",
        /// There is none.
        NoNumber = "no_number",
        Sending = "sending",
        /// It leaves later.
        Waiting = "waiting",
        Sent = "sent",
        NotSent = "not_sent",
    }
);

/// An attempt.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ReachView {
    pub id: ReachId,
    pub at: Time,
    #[schema(inline)]
    pub way: ReachWay,
    pub way_words: Words,
    /// The office that asked.
    pub by: String,
    #[schema(inline)]
    pub step: ReachStep,
    pub step_words: Words,
    /// What is dialled, for whoever asked, while it is good.
    pub number: Option<String>,
    pub extension: Option<String>,
    pub until: Option<Time>,
    /// Whether this viewer may end it.
    pub can_end: bool,
}

/// What may be done to reach the reporter of a case, and what was done.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Reaches {
    pub can: bool,
    /// Why not.
    pub why: Option<Words>,
    /// How often still today.
    pub left: i64,
    /// Ways that are open, the best first.
    #[schema(inline)]
    pub ways: Vec<ReachWay>,
    /// By a number in between: whether it has to be known from where the call comes.
    pub needs_caller: bool,
    /// The office's own telephone.
    pub phone: Option<String>,
    /// Hours in which to call back, to begin with.
    pub from: String,
    pub to: String,
    pub items: Vec<ReachView>,
}

/// What was read of the attempts of a case.
pub(super) struct Found {
    pub case: Case,
    pub asks: Asks,
    pub relay: Option<RelayWay>,
    pub has_messages: bool,
    pub reaches: Vec<Reach>,
    pub relays: HashMap<Uuid, RelayNow>,
    pub messages: HashMap<Uuid, HowItWent>,
}

pub(super) fn reaches_view(viewer: &Viewer, book: &ReachBook, found: &Found) -> Reaches {
    let (left, why) = match &found.asks {
        Asks::May { left, .. } => (*left, None),
        Asks::MayNot(refusal) => {
            let problem = refusal.problem();
            (0, Some(Words::new(problem.title, problem.title_en)))
        }
    };
    let relay = found.relay.map(|_| ReachWay::Relay);
    let message = found.has_messages.then_some(ReachWay::Message);
    let post = acting_post(&viewer.actor, &found.case).and_then(|post| viewer.post(post));
    Reaches {
        can: why.is_none(),
        why,
        left,
        ways: [relay, message].into_iter().flatten().collect(),
        needs_caller: found.relay.is_some_and(|way| way.needs_caller),
        phone: post.and_then(|post| post.phone),
        from: book.from.clone(),
        to: book.to.clone(),
        items: found.reaches.iter().map(|reach| reach_view(viewer, found, reach)).collect(),
    }
}

fn reach_view(viewer: &Viewer, found: &Found, reach: &Reach) -> ReachView {
    let relay = found.relays.get(&reach.id.0);
    let (step, step_words) = match reach.way {
        ReachWay::Relay => relay_step(relay),
        ReachWay::Message => message_step(found.messages.get(&reach.id.0)),
    };
    let is_own = reach.account_id.is_some() && reach.account_id == viewer.actor.account;
    let ready = relay.filter(|_| is_own && step == ReachStep::Ready);
    ReachView {
        id: reach.id,
        at: reach.at,
        way: reach.way,
        way_words: match reach.way {
            ReachWay::Relay => Words::of("中间号", "A number in between"),
            ReachWay::Message => Words::of("请对方回电", "Asked to call back"),
        },
        by: viewer.post(reach.post_id).map(|post| post.name).unwrap_or_default(),
        step,
        step_words,
        number: ready.and_then(|relay| relay.number.clone()),
        extension: ready.and_then(|relay| relay.extension.clone()),
        until: ready.map(|relay| relay.until),
        can_end: is_own && matches!(step, ReachStep::Fetching | ReachStep::Ready),
    }
}

fn relay_step(relay: Option<&RelayNow>) -> (ReachStep, Words) {
    let Some(relay) = relay else {
        // What has ended is forgotten after a while.
        return (ReachStep::Ended, Words::of("已结束", "ended"));
    };
    match relay.state {
        RelayState::Asked => {
            (ReachStep::Fetching, Words::of("正在取号，几秒钟", "being fetched, a few seconds"))
        }
        RelayState::Bound => {
            let until = moment(relay.until);
            (
                ReachStep::Ready,
                Words::new(format!("可以拨打，到 {} 为止", until.zh), format!("good until {}", until.en)),
            )
        }
        RelayState::Ended => (ReachStep::Ended, Words::of("已结束", "ended")),
        RelayState::Refused if relay.has_address => (
            ReachStep::NoNumber,
            Words::of("没有取到号，可以请对方回电", "no number was given: ask for a call back instead"),
        ),
        RelayState::Refused => {
            (ReachStep::NoNumber, Words::of("联系不上：没有电话", "not to be reached: no telephone"))
        }
    }
}

fn message_step(went: Option<&HowItWent>) -> (ReachStep, Words) {
    let Some(went) = went else {
        // What was sent is forgotten after a while.
        return (ReachStep::Sent, Words::of("已发出", "sent"));
    };
    match (went.state, &went.why) {
        (MessageState::Waiting, Some(why)) => (
            ReachStep::Waiting,
            Words::new(format!("还没有发出：{}", why.zh), format!("not yet sent: {}", why.en)),
        ),
        (MessageState::Waiting | MessageState::Leaving, _) => {
            (ReachStep::Sending, Words::of("正在发送", "on its way"))
        }
        (MessageState::Sent, _) => {
            (ReachStep::Sent, Words::of("已发出，等对方回电", "sent: wait for their call"))
        }
        (MessageState::Failed, _) => (ReachStep::NotSent, Words::of("没有送到", "it did not arrive")),
        (MessageState::Dropped, Some(why)) => {
            (ReachStep::NotSent, Words::new(format!("没有发出：{}", why.zh), format!("not sent: {}", why.en)))
        }
        (MessageState::Dropped, None) => (ReachStep::NotSent, Words::of("没有发出", "not sent")),
    }
}
