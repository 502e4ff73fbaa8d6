//! Who may do what in linkage.

use crate::error::LinkageError;
use platform::{Actor, OrganisationId, Permission, Scope};

pub static HAND_IN: Permission =
    Permission::new("linkage.hand_in", "交办热线工单", "hand in work orders of a hotline");
pub static PLAN_OUTAGES: Permission =
    Permission::new("linkage.plan_outages", "发布停水停电停气", "publish planned outages");

pub static VIEW_PARTNERS: Permission =
    Permission::new("linkage.view_partners", "查看联动单位的对接状态", "see how partners are reached");
pub static MANAGE_PARTNERS: Permission =
    Permission::new("linkage.manage_partners", "设置联动单位的对接", "set how partners are reached");

pub const ALL: &[&Permission] = &[&HAND_IN, &PLAN_OUTAGES, &VIEW_PARTNERS, &MANAGE_PARTNERS];

/// Whose lanes somebody sees.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) enum PartnersSeen {
    All,
    Of(Vec<OrganisationId>),
}

impl PartnersSeen {
    pub(crate) fn covers(&self, partner: OrganisationId) -> bool {
        match self {
            Self::All => true,
            Self::Of(units) => units.contains(&partner),
        }
    }
}

/// The partners an actor sees: the district's all, a unit's own.
pub(crate) fn partners_seen(actor: &Actor) -> Result<PartnersSeen, LinkageError> {
    if actor.holds_everywhere(&VIEW_PARTNERS) {
        return Ok(PartnersSeen::All);
    }
    let units: Vec<OrganisationId> = actor.scopes(&VIEW_PARTNERS).filter_map(unit_of).collect();
    if units.is_empty() { Err(LinkageError::Forbidden(&VIEW_PARTNERS)) } else { Ok(PartnersSeen::Of(units)) }
}

/// Refuses whoever does not see a partner, as if there were none.
pub(crate) fn may_see_partner(actor: &Actor, partner: OrganisationId) -> Result<(), LinkageError> {
    if partners_seen(actor)?.covers(partner) { Ok(()) } else { Err(LinkageError::NotFound) }
}

fn unit_of(scope: &Scope) -> Option<OrganisationId> {
    match scope {
        Scope::Unit { organisation } => Some(*organisation),
        _ => None,
    }
}

/// Whether the actor announces outages of a unit: its own, or everybody's at the district's desk.
pub(crate) fn may_plan_for(actor: &Actor, unit: OrganisationId) -> bool {
    actor.holds_everywhere(&PLAN_OUTAGES)
        || actor.scopes(&PLAN_OUTAGES).any(|scope| *scope == Scope::Unit { organisation: unit })
}

/// The units whose outages the actor announces; none: all.
pub(crate) fn units_planned_for(actor: &Actor) -> Option<Vec<OrganisationId>> {
    if actor.holds_everywhere(&PLAN_OUTAGES) {
        return None;
    }
    let mut units: Vec<OrganisationId> = actor.scopes(&PLAN_OUTAGES).filter_map(unit_of).collect();
    units.sort_unstable();
    units.dedup();
    Some(units)
}
