//! The sandbox 沙箱: a district of invented people where an integrator tries its system, sees what went in and out, and plays the other side.
//!
//! Everything here begins with a [`platform::Sandbox`], which no real district has.

mod http;
mod keeping;
mod pages;
mod sensors;
mod view;

pub(crate) use http::routes;
pub use keeping::keep_exchanges;
pub(crate) use keeping::sweep;
pub(crate) use pages::pages;

use crate::commands::partners::{self, SetPartner};
use crate::error::LinkageError;
use crate::model::partner::{PartnerSettings, Rung};
use crate::store::partners as rows;
use ::store::Tx;
use platform::{AccountId, OrganisationId, Sandbox};

/// The unit of the invented district whose system an integrator plays: catalog/duty_lists/units.toml.
pub const UNIT: &str = "water_supply";
/// What the integrator's account is: catalog/roles.toml.
pub const ROLE: &str = "sandbox_integrator";
/// The table by which what it says is understood: catalog/linkage/states.toml.
const STATES: &str = "mulin";

/// Makes the unit of a new sandbox a partner, whose system reports by this account, and registers a sensor of each kind; answers the secret
/// that signs its messages, which is shown once. Where messages go is for the integrator to say.
///
/// # Errors
/// Another partner's setting in the same moment.
pub async fn join(
    tx: &mut Tx,
    sandbox: Sandbox,
    organisation: OrganisationId,
    account: AccountId,
) -> Result<String, LinkageError> {
    let settings = PartnerSettings { account: Some(account), ..PartnerSettings::default() };
    let console = SetPartner {
        organisation,
        rung: Rung::Console,
        address: None,
        key: None,
        states: STATES.to_owned(),
        settings,
        version: None,
    };
    partners::set(tx, console).await?;
    sensors::one_of_each(tx, sandbox).await?;
    partners::exchange_secret(tx, organisation).await
}

/// A sandbox that ends: nothing leaves for its partners any more.
///
/// # Errors
/// The store.
pub async fn part(tx: &mut Tx, sandbox: Sandbox) -> Result<(), LinkageError> {
    for partner in rows::partners(tx, sandbox.district()).await? {
        let console = SetPartner {
            organisation: partner.organisation_id,
            rung: Rung::Console,
            address: None,
            key: None,
            states: partner.states,
            settings: partner.settings.0,
            version: Some(partner.version),
        };
        partners::set(tx, console).await?;
    }
    Ok(())
}
