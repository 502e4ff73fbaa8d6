//! Reading the audit leaves a line in it.

use crate::access::{READ_AUDIT, require};
use crate::error::IdentityError;
use crate::model::IdentityFact;
use ::store::Tx;
use serde_json::Value;
use uuid::Uuid;

/// Records that the audit was looked into, before it is.
pub(crate) async fn note_audit_read(tx: &mut Tx, filter: Value) -> Result<(), IdentityError> {
    let reader = reader(tx)?;
    tx.record(&IdentityFact::AuditRead { reader, filter }).await?;
    Ok(())
}

/// Records that the audit was taken out, before it is.
pub(crate) async fn note_audit_export(tx: &mut Tx, filter: Value) -> Result<(), IdentityError> {
    let reader = reader(tx)?;
    tx.record(&IdentityFact::AuditExported { reader, filter }).await?;
    Ok(())
}

fn reader(tx: &Tx) -> Result<Uuid, IdentityError> {
    require(tx.actor(), &READ_AUDIT)?;
    Ok(tx.actor().account.map_or(Uuid::nil(), |a| a.0))
}
