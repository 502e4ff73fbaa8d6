//! Standing in, in one action: the territory notes who is away and who serves; tasks, cases and what phones carry follow from that.

use crate::error::FieldworkError;
use crate::facts::{FieldworkFact, STAND_IN_BEGUN, STAND_IN_ENDED};
use crate::model::{Holder, StandIn, StandInId, check_stand_in};
use crate::store;
use ::store::Tx;
use platform::{AccountId, Personal, PostId, Time};
use serde_json::json;
use territory::{Away, STAND_IN};

/// A post that somebody else is to serve.
#[derive(Clone, Debug)]
pub(crate) struct BeginStandIn {
    pub post: PostId,
    pub from: Time,
    pub until: Time,
    /// Who, where the post has no stand-in of its own.
    pub by: Option<AccountId>,
    /// Why; may be empty. Kept sealed.
    pub reason: String,
}

/// Has the stand-in of a post serve it for a time; said again, the last word holds. By whoever holds the post, by its stand-in for a day,
/// or by who arranges it.
///
/// # Errors
/// Not theirs, nobody to stand in, moments that cannot be, and all of [`check_stand_in`].
pub(crate) async fn begin_stand_in(tx: &mut Tx, order: BeginStandIn) -> Result<StandIn, FieldworkError> {
    let away = Away { from: order.from, until: order.until };
    let stood = territory::stand_in(tx, territory::StandIn { post: order.post, away, by: order.by }).await?;
    let (district, now, actor) = (tx.district(), tx.now(), tx.actor().account);
    let is_by_oneself =
        actor == Some(stood.stand_in.account) && !tx.actor().holds_at(&STAND_IN, &stood.post.area_path);
    check_stand_in((order.from, order.until), &order.reason, is_by_oneself, now)?;
    let keys = store::keys(tx)?;
    if let Some(before) = store::stand_ins::running_at(tx, &keys, district, order.post).await? {
        store::stand_ins::end(tx, before.id, now.min(before.until)).await?;
    }
    let one = StandIn {
        id: StandInId::new(now),
        post: stood.post.id,
        area_path: stood.post.area_path,
        main: Holder { account: stood.main.account, name: stood.main.name },
        by: Holder { account: stood.stand_in.account, name: stood.stand_in.name },
        from: order.from,
        until: order.until,
        asked_by: actor,
        asked_at: now,
        reason: Personal::new(order.reason.trim().to_owned()),
        ended_at: None,
    };
    store::stand_ins::insert(tx, &one).await?;
    tx.record(&fact(STAND_IN_BEGUN, &one)).await?;
    Ok(one)
}

/// The post goes back to its main holder; one that has gone back stays so.
///
/// # Errors
/// Not there, or not theirs.
pub(crate) async fn end_stand_in(tx: &mut Tx, id: StandInId) -> Result<StandIn, FieldworkError> {
    let (district, keys, now) = (tx.district(), store::keys(tx)?, tx.now());
    let found = store::stand_ins::find(tx, &keys, district, id).await?;
    let is_theirs = |one: &StandIn| {
        tx.actor().account.is_some_and(|account| one.concerns(account))
            || tx.actor().holds_at(&STAND_IN, &one.area_path)
    };
    let mut one = found.filter(is_theirs).ok_or(FieldworkError::NotFound)?;
    if one.ended_at.is_some() {
        return Ok(one);
    }
    let at = now.min(one.until);
    if now < one.until {
        territory::end_stand_in(tx, one.post).await?;
    }
    store::stand_ins::end(tx, id, at).await?;
    one.ended_at = Some(at);
    tx.record(&fact(STAND_IN_ENDED, &one)).await?;
    Ok(one)
}

fn fact(name: &'static str, one: &StandIn) -> FieldworkFact {
    let data = json!({ "post": one.post, "main": one.main.account, "by": one.by.account, "from": one.from, "until": one.until });
    FieldworkFact::of_stand_in(name, one.id, &one.area_path, data)
}

/// What a phone says that takes over a post: perhaps hours ago, without a line.
#[derive(Clone, Debug)]
pub(crate) struct TakeOver {
    pub post: PostId,
    /// None: until the end of the day.
    pub until: Option<Time>,
    pub reason: String,
}

/// Takes over from now on. What was done before it came counts all the same: a task that both finished ends once.
///
/// # Errors
/// As [`begin_stand_in`].
pub(crate) async fn take_over(tx: &mut Tx, order: TakeOver) -> Result<StandIn, FieldworkError> {
    let now = tx.now();
    let end_of_day = now.local().end_of_day().map_or(now, |end| Time::from(end.timestamp()));
    let until = order.until.unwrap_or(end_of_day);
    begin_stand_in(tx, BeginStandIn { post: order.post, from: now, until, by: None, reason: order.reason })
        .await
}
