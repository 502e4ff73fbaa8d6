//! Push: what a browser's own service carries to a device (RFC 8030). Nobody on the way reads it, and each district shows who it is.

pub(crate) mod content;
pub(crate) mod device;
pub(crate) mod vapid;
