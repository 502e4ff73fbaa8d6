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

pub static VIEW_SENSORS: Permission =
    Permission::new("linkage.view_sensors", "查看感知设备和报警", "see sensors and their alarms");
pub static MANAGE_SENSORS: Permission =
    Permission::new("linkage.manage_sensors", "登记和静音感知设备", "register and mute sensors");
pub static SEND_READINGS: Permission =
    Permission::new("linkage.send_readings", "上报感知设备读数", "send readings of sensors");
pub static SET_BROKER: Permission =
    Permission::new("linkage.set_broker", "设置感知设备的消息服务器", "set the broker of sensors");

/// Held in a sandbox alone: the role that has it is given by `mulin sandbox`.
pub static USE_SANDBOX: Permission =
    Permission::new("linkage.use_sandbox", "使用对接沙箱", "try a system in a sandbox");

pub const ALL: &[&Permission] = &[
    &HAND_IN,
    &PLAN_OUTAGES,
    &VIEW_PARTNERS,
    &MANAGE_PARTNERS,
    &VIEW_SENSORS,
    &MANAGE_SENSORS,
    &SEND_READINGS,
    &SET_BROKER,
    &USE_SANDBOX,
];

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

/// The unit whose system somebody plays in a sandbox.
pub(crate) fn unit_of_sandbox(actor: &Actor) -> Result<OrganisationId, LinkageError> {
    actor.scopes(&USE_SANDBOX).find_map(unit_of).ok_or(LinkageError::Forbidden(&USE_SANDBOX))
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

/// Whether the actor sees a sensor: the district's all, a unit's own.
pub(crate) fn may_see_sensor_of(actor: &Actor, unit: Option<OrganisationId>) -> bool {
    units_seen(actor).is_none_or(|units| unit.is_some_and(|unit| units.contains(&unit)))
}

/// The units whose sensors the actor sees; none: all.
pub(crate) fn units_seen(actor: &Actor) -> Option<Vec<OrganisationId>> {
    if actor.holds_everywhere(&VIEW_SENSORS) {
        return None;
    }
    Some(actor.scopes(&VIEW_SENSORS).filter_map(unit_of).collect())
}

/// Whether the actor registers, changes and mutes sensors of a unit, or the district's own.
pub(crate) fn may_manage_sensors_of(actor: &Actor, unit: Option<OrganisationId>) -> bool {
    let own = |unit| actor.scopes(&MANAGE_SENSORS).any(|scope| *scope == Scope::Unit { organisation: unit });
    actor.holds_everywhere(&MANAGE_SENSORS) || unit.is_some_and(own)
}
