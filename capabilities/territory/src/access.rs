//! What one may be allowed to do to the territory. Roles grant these in `catalog/roles.toml`.

use crate::TerritoryError;
use platform::{Actor, Permission};

pub const VIEW_AREAS: Permission =
    Permission::new("territory.view_areas", "查看区域、网格和岗位", "See areas, grids and posts");
pub const EDIT_AREAS: Permission =
    Permission::new("territory.edit_areas", "修改区域和网格边界", "Change areas and grid boundaries");
pub const MANAGE_POSTS: Permission =
    Permission::new("territory.manage_posts", "任免岗位上的人员", "Put people into posts and take them out");
pub const HAND_OVER: Permission = Permission::new(
    "territory.hand_over",
    "把离任人员的未结工作一次移交",
    "Move a leaver's open work in one action",
);

pub static STAND_IN: Permission =
    Permission::new("territory.stand_in", "安排 B 岗顶岗", "Have a stand-in serve a post for a time");

/// All of them, for the descriptor.
pub const ALL: &[&Permission] = &[&VIEW_AREAS, &EDIT_AREAS, &MANAGE_POSTS, &HAND_OVER, &STAND_IN];

/// Refuses an actor who does not hold the permission at a path.
pub(crate) fn require(actor: &Actor, permission: &Permission, path: &str) -> Result<(), TerritoryError> {
    if actor.holds_at(permission, path) { Ok(()) } else { Err(TerritoryError::Forbidden) }
}
