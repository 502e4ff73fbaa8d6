//! A whole earlier state of a record, as history keeps it: sealed, since it may say anything the record ever said.

use super::unseal;
use crate::model::{Content, Fields, KEEPING, Links, Record, RecordId, State};
use jiff::civil::Date;
use platform::{DistrictId, Fault, FaultKind, Personal};
use seal::{Context, Keyring};
use serde::{Deserialize, Serialize};

pub(super) const BEFORE: &str = "registry_change.before";

/// All of a record's content. It exists between a record and its sealed bytes only.
#[derive(Serialize, Deserialize)]
pub(crate) struct Image {
    /// Told apart from the record's other images, which are sealed for the same place.
    version: i64,
    state: State,
    area_path: String,
    links: Links,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    from_on: Option<Date>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    to_on: Option<Date>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    point: Option<(f64, f64)>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    merged_into: Option<RecordId>,
    label: String,
    open: Fields,
    secret: Fields,
}

impl Image {
    pub(crate) fn of(record: &Record) -> Self {
        let content = record.content.clone();
        Self {
            version: record.version,
            state: content.state,
            area_path: content.area_path,
            links: content.links,
            from_on: content.from_on,
            to_on: content.to_on,
            point: content.point,
            merged_into: content.merged_into,
            label: content.label,
            open: content.open,
            secret: content.secret.open(KEEPING).clone(),
        }
    }

    pub(crate) fn seal(&self, keys: &Keyring, district: DistrictId, id: RecordId) -> Result<Vec<u8>, Fault> {
        let plain = zeroize::Zeroizing::new(
            serde_json::to_vec(self).map_err(|e| Fault::broken("an image cannot be written").because(e))?,
        );
        keys.seal(&Context { district, column: BEFORE, row: id.0 }, &plain)
    }

    /// The state a record had as one version of it.
    pub(crate) fn open(
        keys: &Keyring,
        district: DistrictId,
        id: RecordId,
        version: i64,
        sealed: &[u8],
    ) -> Result<Content, Fault> {
        let image: Self = unseal(keys, district, BEFORE, id, sealed)?;
        if image.version != version {
            let what =
                format!("{BEFORE} of {id:?}: version {} stands where {version} belongs", image.version);
            return Err(Fault::new(FaultKind::Corrupt, what));
        }
        Ok(Content {
            state: image.state,
            area_path: image.area_path,
            links: image.links,
            from_on: image.from_on,
            to_on: image.to_on,
            point: image.point,
            merged_into: image.merged_into,
            label: image.label,
            open: image.open,
            secret: Personal::new(image.secret),
        })
    }
}
