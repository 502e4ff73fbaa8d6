//! Where this house is reached from outside, as the district's gateways say it: links that leave begin with it.

use crate::model::Channel;
use crate::store;
use ::store::Conn;
use platform::{DistrictId, Fault};

/// The address of the mail server's setting, else of the gateway of texts; none where the district has set neither.
///
/// # Errors
/// The store.
pub async fn site(conn: &mut Conn, district: DistrictId) -> Result<Option<String>, Fault> {
    let gateways = store::gateways(conn, district).await?;
    for channel in [Channel::Mail, Channel::Sms] {
        let Some(row) = gateways.iter().find(|row| row.channel == channel) else { continue };
        let endpoint = courier::queries::find_endpoint(conn, district, row.fast_endpoint_id).await?;
        let said = endpoint.and_then(|one| one.settings.0["site"].as_str().map(str::to_owned));
        if let Some(site) =
            said.map(|site| site.trim_end_matches('/').to_owned()).filter(|site| !site.is_empty())
        {
            return Ok(Some(site));
        }
    }
    Ok(None)
}
