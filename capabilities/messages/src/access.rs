//! Who may do what in messages. What a resident is sent is their own, and needs no permission but being signed in.

use crate::error::MessageError;
use platform::{Actor, Permission};

pub static MANAGE_GATEWAYS: Permission =
    Permission::new("messages.manage_gateways", "设置短信、邮件通道", "set the gateways of texts and mail");
pub static VIEW_COUNTS: Permission =
    Permission::new("messages.view_counts", "查看发出多少消息", "see how many messages were sent");

pub const ALL: &[&Permission] = &[&MANAGE_GATEWAYS, &VIEW_COUNTS];

pub(crate) fn may(actor: &Actor, permission: &'static Permission) -> Result<(), MessageError> {
    if actor.holds_everywhere(permission) { Ok(()) } else { Err(MessageError::Forbidden(permission)) }
}

/// Templates are no secret among those who manage or watch them.
pub(crate) fn may_preview(actor: &Actor) -> Result<(), MessageError> {
    may(actor, &MANAGE_GATEWAYS).or_else(|_| may(actor, &VIEW_COUNTS))
}
