//! The link by which a partner answers: that of one mail, and so of one case and one partner. How long it holds is said here.

use courier::DeliveryId;
use seal::{Keyring, Link};
use std::time::Duration;

/// Mails have room for a whole mark.
const LINK: Link = Link { label: "linkage.answer", path: "/answer/", mark_bytes: 16 };
/// Days a link is good for, while the case is open and theirs; each mail brings a new one.
pub(crate) const LINK_DAYS_MAX: u64 = 30;
pub(crate) const LINK_KEPT: Duration = Duration::from_secs(LINK_DAYS_MAX * 24 * 3600);

/// `/answer/…`
pub(crate) fn path(keys: &Keyring, mail: DeliveryId) -> String {
    LINK.to(keys, mail.0)
}

/// The mail a link came by; none where it was not made here.
pub(crate) fn read(keys: &Keyring, token: &str) -> Option<DeliveryId> {
    LINK.read(keys, token).map(DeliveryId)
}
