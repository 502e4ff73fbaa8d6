//! Addresses of photos, written into a message only as it leaves: what is stored names links by their ids, and opens nothing.

use crate::model::shown_photo::ShownPhotoId;
use crate::store::shown_photos as rows;
use ::store::{Conn, DbRef};
use courier::{Delivery, Endpoint};
use platform::{Fault, Time};
use seal::{Keyring, Link, Vault};
use serde::{Deserialize, Serialize};
use serde_json::json;

/// Messages have room for a whole mark.
const LINK: Link = Link { label: "linkage.shown_photo", path: "/shown/", mark_bytes: 16 };

/// A photo as a message names it.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct ShownAddress {
    /// Where the district has not said where it is reached: a path at the address by which the partner calls it.
    pub url: String,
    /// When it was put on the case.
    pub shown_at: Time,
    /// Until then it opens, while the case is theirs.
    pub until: Time,
}

/// `/shown/…`
pub(crate) fn path(keys: &Keyring, id: ShownPhotoId) -> String {
    LINK.to(keys, id.0)
}

/// The photo a link was made for; none where it was not made here.
pub(super) fn read(keys: &Keyring, token: &str) -> Option<ShownPhotoId> {
    LINK.read(keys, token).map(ShownPhotoId)
}

/// Puts addresses in the place of ids. A message that was held up until its links were over names no photo: the next one does.
pub(crate) async fn add_addresses(
    db: &DbRef,
    conn: &mut Conn,
    endpoint: &Endpoint,
    delivery: &mut Delivery,
) -> Result<(), Fault> {
    let Some(photos) = delivery.body.0.get_mut("photos") else { return Ok(()) };
    let ids: Vec<ShownPhotoId> = serde_json::from_value(photos.take())
        .map_err(|e| Fault::broken("photos of a message cannot be read").because(e))?;
    let (db, district) = (db.open()?, endpoint.district);
    let (keys, now) = (db.fixtures().get::<Vault>().of(district)?, db.clock().now());
    let site = if ids.is_empty() { None } else { messages::site(conn, district).await? }.unwrap_or_default();
    let mut addresses = Vec::with_capacity(ids.len());
    for id in ids {
        let Some(shown) = rows::find(conn, district, id).await?.filter(|one| now < one.until) else {
            continue;
        };
        addresses.push(ShownAddress {
            url: format!("{site}{}", path(&keys, id)),
            shown_at: shown.added_at,
            until: shown.until,
        });
    }
    delivery.body.0["photos"] = json!(addresses);
    Ok(())
}
