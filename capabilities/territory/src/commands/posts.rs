//! Opening and closing posts.

use super::facts::TerritoryFact;
use super::{checked_name, checked_name_en, checked_phone};
use crate::access::{MANAGE_POSTS, require};
use crate::model::{AreaLevel, Post, PostKind};
use crate::{TerritoryError, store as rows};
use platform::{OrganisationId, PostId, Time};
use serde_json::json;
use store::Tx;

/// A new post.
#[derive(Clone, Debug)]
pub struct OpenPost {
    pub kind: PostKind,
    pub name: String,
    pub name_en: Option<String>,
    /// The area it serves; the district's path for units and the dispatcher.
    pub area_path: String,
    /// The organisation of a unit's desk; a subdistrict's desk may name its office.
    pub organisation: Option<OrganisationId>,
    pub phone: Option<String>,
    /// None: from now on.
    pub from: Option<Time>,
}

/// Opens a post. One of a kind is open at an area at a time; an organisation has one desk at an area.
pub async fn open_post(tx: &mut Tx, new: OpenPost) -> Result<PostId, TerritoryError> {
    require(tx.actor(), &MANAGE_POSTS, &new.area_path)?;
    let (district, now) = (tx.district(), tx.now());
    let post = Post {
        id: PostId::new(now),
        kind: new.kind,
        name: checked_name("name", &new.name)?,
        name_en: checked_name_en(new.name_en.as_deref())?,
        area_path: new.area_path,
        organisation: new.organisation,
        phone: checked_phone(new.phone.as_deref())?,
        open_from: new.from.unwrap_or(now),
        open_to: None,
    };
    rows::bump_seats(tx).await?;
    let level = rows::level_at(tx, district, &post.area_path).await?;
    let level = level.ok_or_else(|| TerritoryError::NoSuchArea { code: post.area_path.clone() })?;
    check_place(post.kind, level)?;
    if (post.kind == PostKind::Unit) != post.organisation.is_some() {
        return Err(TerritoryError::invalid(
            "organisation",
            "部门（单位）窗口要写明单位，其他岗位不写。",
            "A unit's desk names its organisation, other posts do not.",
        ));
    }
    if let Some(organisation) = post.organisation {
        let known = rows::organisation_key(tx, district, organisation).await?;
        known.ok_or(TerritoryError::NoSuchOrganisation)?;
    }
    let opened = post.clone();
    if !rows::insert_post(tx, post).await? {
        return Err(TerritoryError::PostOpen);
    }
    record(tx, "territory.post_opened", &opened).await?;
    Ok(opened.id)
}

/// Closes a post nobody holds any more.
pub async fn close_post(tx: &mut Tx, id: PostId, at: Option<Time>) -> Result<(), TerritoryError> {
    rows::bump_seats(tx).await?;
    let post = rows::load_post(tx, id, &MANAGE_POSTS).await?;
    let (district, at) = (tx.district(), at.unwrap_or(tx.now()));
    if post.open_to.is_some() {
        return Err(TerritoryError::PostClosed);
    }
    if !rows::holdings_of_post(tx, district, id, at).await?.is_empty() {
        return Err(TerritoryError::PostHeld);
    }
    rows::close_post(tx, id, at.max(post.open_from)).await?;
    record(tx, "territory.post_closed", &post).await
}

/// A worker serves a grid, a leader a community, a desk a subdistrict, the centre the district.
fn check_place(kind: PostKind, level: AreaLevel) -> Result<(), TerritoryError> {
    let fits = match kind {
        PostKind::GridWorker => level == AreaLevel::Grid,
        PostKind::GridLeader => matches!(level, AreaLevel::Community | AreaLevel::Village),
        PostKind::SubdistrictDesk => level == AreaLevel::Subdistrict,
        PostKind::Dispatcher => level == AreaLevel::District,
        PostKind::Unit => true,
    };
    if fits {
        return Ok(());
    }
    Err(TerritoryError::invalid(
        "area_path",
        "这类岗位不设在这一级区域。",
        "A post of this kind is not at an area of this level.",
    ))
}

async fn record(tx: &mut Tx, name: &'static str, post: &Post) -> Result<(), TerritoryError> {
    let fact = TerritoryFact {
        name,
        subject: (PostId::NOUN, post.id.0),
        area_path: Some(&post.area_path),
        unit: post.organisation,
        data: json!({ "kind": post.kind }),
    };
    tx.record(&fact).await?;
    Ok(())
}
