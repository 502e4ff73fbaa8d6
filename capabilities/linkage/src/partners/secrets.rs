//! The secrets by which a partner signs what it sends us: made here, shown once, kept sealed, exchanged without a gap.

use crate::error::LinkageError;
use crate::model::partner::Partner;
use ::store::Tx;
use courier::signature::Secret;
use platform::{DistrictId, Fault, OrganisationId, Time};
use seal::{Context, Keyring, Vault};
use std::time::Duration;

/// What they are bound to.
pub(crate) const SECRET: &str = "linkage_partner.secret";
/// For so long after an exchange what is signed with the former one is believed too.
const FORMER_KEPT: Duration = Duration::from_secs(24 * 3600);

/// Gives a partner a new secret; answers its text, which is not shown again.
pub(crate) fn exchange(tx: &Tx, partner: &mut Partner) -> Result<String, LinkageError> {
    let keys = tx.fixture::<Vault>().of(tx.district())?;
    let text = Secret::make().text();
    let sealed = keys.seal(&context(tx.district(), partner.organisation_id), text.as_bytes())?;
    partner.former_secret = partner.secret.replace(sealed);
    partner.former_until = partner.former_secret.as_ref().map(|_| tx.now().after(FORMER_KEPT));
    Ok(text)
}

/// The secrets in force.
pub(crate) fn in_force(
    keys: &Keyring,
    district: DistrictId,
    partner: &Partner,
    now: Time,
) -> Result<Vec<Secret>, Fault> {
    let former =
        partner.former_secret.as_ref().filter(|_| partner.former_until.is_some_and(|until| now < until));
    let context = context(district, partner.organisation_id);
    let open = |sealed: &Vec<u8>| {
        let plain = keys.open(&context, sealed)?;
        Ok(std::str::from_utf8(&plain).ok().and_then(Secret::parse))
    };
    let found: Result<Vec<Option<Secret>>, Fault> = partner.secret.iter().chain(former).map(open).collect();
    Ok(found?.into_iter().flatten().collect())
}

pub(crate) fn context(district: DistrictId, partner: OrganisationId) -> Context<'static> {
    Context { district, column: SECRET, row: partner.0 }
}
