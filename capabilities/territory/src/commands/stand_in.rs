//! AB 岗 in one action: the main holder of a post is away for a time, and its stand-in serves; and back again.

use super::HoldPost;
use super::holdings::{check_moments, record, seat};
use crate::access::STAND_IN;
use crate::model::{Away, Holding, HoldingRole, Post};
use crate::{TerritoryError, store as rows};
use platform::{AccountId, PostId};
use store::Tx;

/// Who serves a post meanwhile.
#[derive(Clone, Debug)]
pub struct StandIn {
    pub post: PostId,
    pub away: Away,
    /// Somebody who holds a post of the district, for a post that has no stand-in; whoever has one needs none.
    pub by: Option<AccountId>,
}

/// A post that somebody else serves for a time.
#[derive(Clone, Debug)]
pub struct StoodIn {
    pub post: Post,
    /// Who is away.
    pub main: Holding,
    /// Who serves.
    pub stand_in: Holding,
}

/// Notes that the main holder of a post is away and says who serves it; done again with other moments, those hold. May be done by whoever
/// holds the post, main or stand-in, and by who may arrange it in its area.
///
/// # Errors
/// Not theirs, nobody to relieve, no stand-in and none named, moments that cannot be.
pub async fn stand_in(tx: &mut Tx, order: StandIn) -> Result<StoodIn, TerritoryError> {
    rows::bump_seats(tx).await?;
    let (post, holdings) = load(tx, order.post).await?;
    check_moments(order.away.from, Some(order.away.until))?;
    let main = holder(&holdings, HoldingRole::Main, order.away).ok_or(TerritoryError::NoMainHolder)?.clone();
    let standing = holder(&holdings, HoldingRole::StandIn, order.away);
    let standing = standing.filter(|held| held.is_present_at(order.away.from)).cloned();
    let stand_in = match (standing, order.by) {
        (Some(standing), None) => standing,
        (Some(standing), Some(by)) if standing.account == by => standing,
        (_, Some(by)) => seat_for(tx, &post, by, order.away).await?,
        (None, None) => return Err(TerritoryError::NoStandIn),
    };
    rows::note_absence(tx, main.id, Some(order.away)).await?;
    record(tx, "territory.absence_noted", &main, &post).await?;
    Ok(StoodIn { post, main, stand_in })
}

/// Notes that the main holder of a post is back. Answers the holding; one that is not away stays as it is.
///
/// # Errors
/// Not theirs, nobody who could be back.
pub async fn end_stand_in(tx: &mut Tx, post: PostId) -> Result<Holding, TerritoryError> {
    rows::bump_seats(tx).await?;
    let (post, holdings) = load(tx, post).await?;
    let now = tx.now();
    let main = holdings.iter().find(|held| held.role == HoldingRole::Main && held.is_held_at(now));
    let main = main.ok_or(TerritoryError::NoMainHolder)?;
    // The time that has passed was served by the stand-in, and stays so.
    let past = main.away.filter(|away| away.from < now);
    let past = past.map(|away| Away { from: away.from, until: away.until.min(now) });
    if past != main.away {
        rows::note_absence(tx, main.id, past).await?;
        record(tx, "territory.absence_noted", main, &post).await?;
    }
    Ok(Holding { away: past, ..main.clone() })
}

/// The post and who holds it, for its own people and those who arrange it.
async fn load(tx: &mut Tx, post: PostId) -> Result<(Post, Vec<Holding>), TerritoryError> {
    let (district, now, account) = (tx.district(), tx.now(), tx.actor().account);
    let holdings = rows::holdings_of_post(tx, district, post, now).await?;
    let is_own = holdings.iter().any(|held| Some(held.account) == account && held.is_held_at(now));
    let post = match is_own {
        true => rows::find_post(tx, district, post).await?.ok_or(TerritoryError::NoSuchPost)?,
        false => rows::load_post(tx, post, &STAND_IN).await?,
    };
    Ok((post, holdings))
}

/// Who holds a seat when the time away begins.
fn holder(holdings: &[Holding], role: HoldingRole, away: Away) -> Option<&Holding> {
    holdings.iter().find(|held| held.role == role && held.is_held_at(away.from))
}

/// Seats somebody as stand-in for the time, under the name and number of another post of theirs. Only who arranges posts names somebody.
async fn seat_for(tx: &mut Tx, post: &Post, by: AccountId, away: Away) -> Result<Holding, TerritoryError> {
    crate::access::require(tx.actor(), &STAND_IN, &post.area_path)?;
    let (district, now) = (tx.district(), tx.now());
    let held = rows::holdings_of_account(tx, district, by, now).await?;
    let known = held.iter().find(|held| held.is_held_at(now)).ok_or_else(|| {
        TerritoryError::invalid("by", "这个人没有在任的岗位。", "This person holds no post of the district.")
    })?;
    let new = HoldPost {
        post: post.id,
        account: by,
        role: HoldingRole::StandIn,
        name: known.name.clone(),
        phone: known.phone.clone(),
        from: Some(away.from),
        to: Some(away.until),
    };
    let holding = seat(tx, post, new).await?;
    record(tx, "territory.post_held", &holding, post).await?;
    Ok(holding)
}
