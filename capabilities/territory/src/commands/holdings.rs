//! Putting people on posts, taking them off, and noting when they are away.

use super::facts::TerritoryFact;
use super::{checked_name, checked_phone};
use crate::access::MANAGE_POSTS;
use crate::model::{Away, Holding, HoldingId, HoldingRole, Post, Roster};
use crate::{TerritoryError, store as rows};
use platform::{AccountId, PostId, Time};
use serde_json::json;
use store::Tx;

/// Somebody to be put on a post.
#[derive(Clone, Debug)]
pub struct HoldPost {
    pub post: PostId,
    pub account: AccountId,
    pub role: HoldingRole,
    /// The name the district publishes.
    pub name: String,
    /// The number the district publishes.
    pub phone: Option<String>,
    /// None: from now on.
    pub from: Option<Time>,
    pub to: Option<Time>,
}

/// When the holder of a post is away.
#[derive(Clone, Copy, Debug)]
pub struct NoteAbsence {
    pub holding: HoldingId,
    /// None: back again.
    pub away: Option<Away>,
}

/// Puts somebody on a post, as main holder or stand-in.
pub async fn hold_post(tx: &mut Tx, new: HoldPost) -> Result<HoldingId, TerritoryError> {
    rows::bump_seats(tx).await?;
    let post = rows::load_post(tx, new.post, &MANAGE_POSTS).await?;
    let holding = seat(tx, &post, new).await?;
    record(tx, "territory.post_held", &holding, &post).await?;
    Ok(holding.id)
}

/// Saves a holding where the seat is free; the caller records the fact.
pub(super) async fn seat(tx: &mut Tx, post: &Post, new: HoldPost) -> Result<Holding, TerritoryError> {
    let (district, now) = (tx.district(), tx.now());
    let from = new.from.unwrap_or(now);
    if post.open_to.is_some_and(|to| to <= from) {
        return Err(TerritoryError::PostClosed);
    }
    check_moments(from, new.to)?;
    let others = rows::holdings_of_post(tx, district, post.id, from).await?;
    if let Some(taken) = Roster(&others).conflict(post.kind, new.account, new.role, from, new.to) {
        return Err(TerritoryError::SeatTaken { name: taken.name.clone(), until: taken.to });
    }
    let holding = Holding {
        id: HoldingId::new(now),
        post: post.id,
        account: new.account,
        role: new.role,
        name: checked_name("name", &new.name)?,
        phone: checked_phone(new.phone.as_deref())?,
        from,
        to: new.to,
        away: None,
    };
    rows::insert_holding(tx, &holding).await?;
    Ok(holding)
}

/// Takes somebody off a post, now or at a later moment. The post keeps its work.
pub async fn end_holding(tx: &mut Tx, id: HoldingId, at: Option<Time>) -> Result<(), TerritoryError> {
    rows::bump_seats(tx).await?;
    let (holding, post) = rows::load_holding(tx, id, &MANAGE_POSTS).await?;
    let at = at.unwrap_or(tx.now());
    if holding.to.is_some_and(|to| to <= at) {
        return Err(TerritoryError::HoldingEnded);
    }
    rows::end_holding(tx, &holding, at).await?;
    record(tx, "territory.holding_ended", &holding, &post).await
}

/// Notes that the holder of a post is away, so that the stand-in serves; or is back.
pub async fn note_absence(tx: &mut Tx, absence: NoteAbsence) -> Result<(), TerritoryError> {
    rows::bump_seats(tx).await?;
    let (holding, post) = rows::load_holding(tx, absence.holding, &MANAGE_POSTS).await?;
    if holding.to.is_some_and(|to| to <= tx.now()) {
        return Err(TerritoryError::HoldingEnded);
    }
    if let Some(away) = absence.away {
        check_moments(away.from, Some(away.until))?;
    }
    rows::note_absence(tx, holding.id, absence.away).await?;
    record(tx, "territory.absence_noted", &holding, &post).await
}

pub(super) fn check_moments(from: Time, to: Option<Time>) -> Result<(), TerritoryError> {
    let entered = Time::ENTERED_MIN..=Time::ENTERED_MAX;
    if !entered.contains(&from) || to.is_some_and(|to| !entered.contains(&to)) {
        return Err(TerritoryError::invalid(
            "from",
            "日期不对，请检查年份。",
            "This date cannot be: please look at the year.",
        ));
    }
    if to.is_some_and(|to| to <= from) {
        return Err(TerritoryError::invalid(
            "to",
            "结束要在开始之后。",
            "The end must come after the beginning.",
        ));
    }
    Ok(())
}

pub(super) async fn record(
    tx: &mut Tx,
    name: &'static str,
    holding: &Holding,
    post: &Post,
) -> Result<(), TerritoryError> {
    let fact = TerritoryFact {
        name,
        subject: (PostId::NOUN, post.id.0),
        area_path: Some(&post.area_path),
        unit: post.organisation,
        data: json!({ "holding": holding.id, "account": holding.account, "role": holding.role }),
    };
    tx.record(&fact).await?;
    Ok(())
}
