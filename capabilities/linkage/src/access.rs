//! Who may do what in linkage.

use platform::Permission;

pub static HAND_IN: Permission =
    Permission::new("linkage.hand_in", "交办热线工单", "hand in work orders of a hotline");
pub static PLAN_OUTAGES: Permission =
    Permission::new("linkage.plan_outages", "发布停水停电停气", "publish planned outages");

pub const ALL: &[&Permission] = &[&HAND_IN, &PLAN_OUTAGES];
