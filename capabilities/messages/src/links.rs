//! The link of a message: whoever was sent it opens its page without signing in.

use crate::model::MessageId;
use seal::{Keyring, Link};

/// `/m/…`, 35 letters: texts are short.
const LINK: Link = Link { label: "messages.link", path: "/m/", mark_bytes: 10 };

pub(crate) fn path(keys: &Keyring, id: MessageId) -> String {
    LINK.to(keys, id.0)
}

/// The message a link is of; none where it was not made here.
pub(crate) fn read(keys: &Keyring, token: &str) -> Option<MessageId> {
    LINK.read(keys, token).map(MessageId)
}
