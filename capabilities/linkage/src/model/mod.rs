//! Values and rules of linkage, room by room. No IO, no clock, no SQL.

pub(crate) mod exchange;
pub(crate) mod ground;
pub(crate) mod outage;
pub(crate) mod partner;
pub(crate) mod period;
pub(crate) mod sensor;
pub(crate) mod shown_photo;
pub(crate) mod work_order;
