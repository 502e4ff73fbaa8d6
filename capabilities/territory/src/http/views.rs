//! What the routes answer: areas, posts and people as programs read them.

use crate::model::{
    Area, AreaId, AreaKind, AreaLevel, Away, Holding, HoldingId, HoldingRole, Organisation, OrganisationKind,
    Post, PostKind, Snapshot, cjt349_place,
};
use platform::{AccountId, OrganisationId, PostId, Time};
use serde::{Deserialize, Serialize};

/// An area without its boundary.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct AreaView {
    /// Of this version.
    pub id: AreaId,
    pub code: String,
    pub name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name_en: Option<String>,
    pub level: AreaLevel,
    pub kind: AreaKind,
    /// Codes from the district down, joined by `/`.
    pub path: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub parent: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub households: Option<u32>,
    pub valid_from: Time,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub valid_to: Option<Time>,
    pub version: i64,
    pub has_boundary: bool,
    /// Characters 7 to 20 of its code by CJ/T 349-2010, where that can say it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cjt349_place: Option<String>,
}

impl From<&Area> for AreaView {
    fn from(area: &Area) -> Self {
        Self {
            id: area.id,
            code: area.code.clone(),
            name: area.name.clone(),
            name_en: area.name_en.clone(),
            level: area.level,
            kind: area.kind,
            path: area.path.clone(),
            parent: area.parent.clone(),
            households: area.households,
            valid_from: area.valid_from,
            valid_to: area.valid_to,
            version: area.version,
            has_boundary: area.boundary.is_some(),
            cjt349_place: cjt349_place(&area.code),
        }
    }
}

/// An area by its code and name.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct AreaRef {
    pub code: String,
    pub name: String,
    pub level: AreaLevel,
}

impl From<&Area> for AreaRef {
    fn from(area: &Area) -> Self {
        Self { code: area.code.clone(), name: area.name.clone(), level: area.level }
    }
}

/// An area with all that is public of it.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct AreaDetail {
    #[serde(flatten)]
    pub area: AreaView,
    /// GeoJSON MultiPolygon in WGS-84.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>)]
    pub boundary: Option<serde_json::Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub square_metres: Option<f64>,
    /// From the district down to the parent.
    pub above: Vec<AreaRef>,
    pub below: Vec<AreaRef>,
    /// Who serves it.
    pub people: Vec<PersonView>,
    /// Of an area no longer in force: grids that now lie there, the largest share first.
    pub successors: Vec<AreaRef>,
}

/// Somebody who serves an area, as the district publishes it.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct PersonView {
    pub post: PostKind,
    pub role: HoldingRole,
    pub name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub phone: Option<String>,
    /// Whether this is who serves now.
    pub serves: bool,
}

/// Who holds a post now, as the district publishes it.
pub fn people_of(snapshot: &Snapshot, post: Option<&Post>, at: Time) -> Vec<PersonView> {
    let Some(post) = post else { return Vec::new() };
    let serving = snapshot.who_serves(post.id, at).map(|holding| holding.id);
    let person = |holding: &Holding| PersonView {
        post: post.kind,
        role: holding.role,
        name: holding.name.clone(),
        phone: holding.phone.clone().or_else(|| post.phone.clone()),
        serves: serving == Some(holding.id),
    };
    snapshot.holders(post.id, at).into_iter().map(person).collect()
}

/// A post with who holds it, for staff.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct PostView {
    pub id: PostId,
    pub kind: PostKind,
    pub name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name_en: Option<String>,
    pub area_path: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub organisation: Option<OrganisationId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub phone: Option<String>,
    pub open_from: Time,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub open_to: Option<Time>,
    /// Now and to come.
    pub holdings: Vec<HoldingView>,
    /// Who serves it now.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub serving: Option<HoldingId>,
}

impl PostView {
    pub fn of(snapshot: &Snapshot, post: &Post, at: Time) -> Self {
        let holdings = snapshot.roster(post.id).0.iter().filter(|h| h.to.is_none_or(|to| at < to));
        Self {
            id: post.id,
            kind: post.kind,
            name: post.name.clone(),
            name_en: post.name_en.clone(),
            area_path: post.area_path.clone(),
            organisation: post.organisation,
            phone: post.phone.clone(),
            open_from: post.open_from,
            open_to: post.open_to,
            holdings: holdings.map(HoldingView::from).collect(),
            serving: snapshot.who_serves(post.id, at).map(|holding| holding.id),
        }
    }
}

/// Somebody on a post for a time.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct HoldingView {
    pub id: HoldingId,
    pub account: AccountId,
    pub role: HoldingRole,
    pub name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub phone: Option<String>,
    pub from: Time,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub to: Option<Time>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub away: Option<Away>,
}

impl From<&Holding> for HoldingView {
    fn from(h: &Holding) -> Self {
        Self {
            id: h.id,
            account: h.account,
            role: h.role,
            name: h.name.clone(),
            phone: h.phone.clone(),
            from: h.from,
            to: h.to,
            away: h.away,
        }
    }
}

/// An organisation whose desk answers cases.
#[derive(Clone, Debug, Serialize, Deserialize, utoipa::ToSchema)]
pub struct OrganisationView {
    pub id: OrganisationId,
    pub key: String,
    pub name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name_en: Option<String>,
    pub kind: OrganisationKind,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub phone: Option<String>,
}

impl From<&Organisation> for OrganisationView {
    fn from(o: &Organisation) -> Self {
        Self {
            id: o.id,
            key: o.key.clone(),
            name: o.name.clone(),
            name_en: o.name_en.clone(),
            kind: o.kind,
            phone: o.phone.clone(),
        }
    }
}
