//! A leaver's posts, and with them all open work, go to others in one action.

use super::facts::TerritoryFact;
use super::holdings::{HoldPost, seat};
use crate::access::HAND_OVER;
use crate::model::{Holding, HoldingRole, root_path};
use crate::{TerritoryError, store as rows};
use platform::{AccountId, PostId, Time};
use serde::{Deserialize, Serialize};
use serde_json::json;
use store::Tx;

/// Who takes over: the account, and the name and number the district publishes.
#[derive(Clone, Debug)]
pub struct Heir {
    pub account: AccountId,
    pub name: String,
    pub phone: Option<String>,
}

/// A leaver's posts and who takes them.
#[derive(Clone, Debug)]
pub struct HandOver {
    pub leaver: AccountId,
    /// Takes every post not named in `posts`. None: those stay empty until somebody is put on them.
    pub heir: Option<Heir>,
    /// Heirs of single posts.
    pub posts: Vec<(PostId, Heir)>,
    /// None: now.
    pub at: Option<Time>,
}

/// A post and who has it now.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize, utoipa::ToSchema)]
pub struct HandedPost {
    pub post: PostId,
    pub account: AccountId,
}

/// What was handed over.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, utoipa::ToSchema)]
pub struct HandedOver {
    /// Posts with their new holder.
    pub posts: Vec<HandedPost>,
    /// Posts that have lost a holder and got none.
    pub vacant: Vec<PostId>,
}

/// Moves all of a leaver's posts: each holding ends, and the heir's begins in the same role at the same moment. Work
/// belongs to posts, so nothing else moves and nothing is lost.
pub async fn hand_over(tx: &mut Tx, order: HandOver) -> Result<HandedOver, TerritoryError> {
    rows::bump_seats(tx).await?;
    let (district, at) = (tx.district(), order.at.unwrap_or(tx.now()));
    let held = rows::holdings_of_account(tx, district, order.leaver, at).await?;
    if held.is_empty() {
        return Err(TerritoryError::NothingToHandOver);
    }
    check_heirs(&order, &held)?;
    let mut done = HandedOver { posts: Vec::new(), vacant: Vec::new() };
    for holding in held {
        let post = rows::load_post(tx, holding.post, &HAND_OVER).await?;
        rows::end_holding(tx, &holding, at).await?;
        match heir_of(&order, post.id) {
            Some(heir) => {
                free_other_role(tx, &holding, heir.account, at).await?;
                let new = HoldPost {
                    post: post.id,
                    account: heir.account,
                    role: holding.role,
                    name: heir.name.clone(),
                    phone: heir.phone.clone(),
                    from: Some(at.max(holding.from)),
                    to: holding.to,
                };
                seat(tx, &post, new).await?;
                done.posts.push(HandedPost { post: post.id, account: heir.account });
            }
            None => done.vacant.push(post.id),
        }
    }
    record(tx, &order, &done).await?;
    Ok(done)
}

fn heir_of(order: &HandOver, post: PostId) -> Option<&Heir> {
    order.posts.iter().find(|(id, _)| *id == post).map(|(_, heir)| heir).or(order.heir.as_ref())
}

/// A stand-in who becomes the main holder leaves the place of the stand-in.
async fn free_other_role(
    tx: &mut Tx,
    left: &Holding,
    heir: AccountId,
    at: Time,
) -> Result<(), TerritoryError> {
    if left.role != HoldingRole::Main {
        return Ok(());
    }
    let district = tx.district();
    let others = rows::holdings_of_post(tx, district, left.post, at).await?;
    for other in others.iter().filter(|h| h.account == heir && h.role == HoldingRole::StandIn) {
        rows::end_holding(tx, other, at).await?;
    }
    Ok(())
}

fn check_heirs(order: &HandOver, held: &[Holding]) -> Result<(), TerritoryError> {
    let heirs = order.posts.iter().map(|(_, heir)| heir).chain(&order.heir);
    if heirs.into_iter().any(|heir| heir.account == order.leaver) {
        return Err(TerritoryError::invalid(
            "heir",
            "不能移交给离任的人自己。",
            "The work cannot go to the leaver.",
        ));
    }
    if order.posts.iter().any(|(post, _)| !held.iter().any(|h| h.post == *post)) {
        return Err(TerritoryError::NoSuchPost);
    }
    Ok(())
}

async fn record(tx: &mut Tx, order: &HandOver, done: &HandedOver) -> Result<(), TerritoryError> {
    let path = root_path(tx.district());
    let fact = TerritoryFact {
        name: "territory.posts_handed_over",
        subject: (AccountId::NOUN, order.leaver.0),
        area_path: Some(&path),
        unit: None,
        data: json!({ "leaver": order.leaver, "posts": done.posts, "vacant": done.vacant }),
    };
    tx.record(&fact).await?;
    Ok(())
}
