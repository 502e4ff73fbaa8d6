//! The link of a message: the message's id, signed, so that whoever was sent it opens its page without signing in, and nobody guesses another's.

use crate::model::MessageId;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use seal::Keyring;
use subtle::ConstantTimeEq;
use uuid::Uuid;

const LABEL: &str = "messages.link";
/// Bytes of the signature in a link: texts are short, and a guess costs a request.
const MARK_BYTES: usize = 10;
const ID_BYTES: usize = 16;

fn mark(keys: &Keyring, id: MessageId) -> [u8; MARK_BYTES] {
    let whole = keys.blind(LABEL, &id.0.to_string()).0;
    std::array::from_fn(|i| whole[i])
}

/// `/m/…`, 35 letters.
pub(crate) fn path(keys: &Keyring, id: MessageId) -> String {
    let mut bytes = id.0.as_bytes().to_vec();
    bytes.extend(mark(keys, id));
    format!("/m/{}", URL_SAFE_NO_PAD.encode(bytes))
}

/// The message a link is of; none where it was not made here.
pub(crate) fn read(keys: &Keyring, token: &str) -> Option<MessageId> {
    let bytes = URL_SAFE_NO_PAD.decode(token).ok().filter(|bytes| bytes.len() == ID_BYTES + MARK_BYTES)?;
    let (id, told) = bytes.split_at(ID_BYTES);
    let id = MessageId(Uuid::from_slice(id).ok()?);
    bool::from(mark(keys, id).ct_eq(told)).then_some(id)
}
