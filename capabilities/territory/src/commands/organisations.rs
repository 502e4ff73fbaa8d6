//! Organisations whose desks answer cases.

use super::facts::TerritoryFact;
use super::{checked_name, checked_name_en, checked_phone};
use crate::access::{MANAGE_POSTS, require};
use crate::model::{Organisation, OrganisationKind, root_path};
use crate::{TerritoryError, store as rows};
use platform::OrganisationId;
use serde_json::json;
use store::Tx;

/// Characters of the word duty lists call an organisation by.
const KEY_CHARS_MAX: usize = 60;

/// A new organisation.
#[derive(Clone, Debug)]
pub struct AddOrganisation {
    /// The word duty lists call it by: lower-case letters, digits and `_`.
    pub key: String,
    pub name: String,
    pub name_en: Option<String>,
    pub kind: OrganisationKind,
    pub phone: Option<String>,
}

/// A new name or number of an organisation; the key stays.
#[derive(Clone, Debug)]
pub struct ChangeOrganisation {
    pub id: OrganisationId,
    pub name: String,
    pub name_en: Option<String>,
    pub phone: Option<String>,
}

/// Adds an organisation of the district.
pub async fn add_organisation(tx: &mut Tx, new: AddOrganisation) -> Result<OrganisationId, TerritoryError> {
    require(tx.actor(), &MANAGE_POSTS, &root_path(tx.district()))?;
    let organisation = Organisation {
        id: OrganisationId::new(tx.now()),
        key: checked_key(&new.key)?,
        name: checked_name("name", &new.name)?,
        name_en: checked_name_en(new.name_en.as_deref())?,
        kind: new.kind,
        phone: checked_phone(new.phone.as_deref())?,
    };
    rows::bump_seats(tx).await?;
    let (id, key) = (organisation.id, organisation.key.clone());
    if !rows::insert_organisation(tx, organisation).await? {
        return Err(TerritoryError::KeyTaken { key });
    }
    record(tx, "territory.organisation_added", id, &key).await?;
    Ok(id)
}

/// Changes the name and number of an organisation.
pub async fn change_organisation(tx: &mut Tx, change: ChangeOrganisation) -> Result<(), TerritoryError> {
    let district = tx.district();
    require(tx.actor(), &MANAGE_POSTS, &root_path(district))?;
    let key =
        rows::organisation_key(tx, district, change.id).await?.ok_or(TerritoryError::NoSuchOrganisation)?;
    let name = checked_name("name", &change.name)?;
    let name_en = checked_name_en(change.name_en.as_deref())?;
    let phone = checked_phone(change.phone.as_deref())?;
    rows::bump_seats(tx).await?;
    rows::update_organisation(tx, change.id, name, name_en, phone).await?;
    record(tx, "territory.organisation_changed", change.id, &key).await
}

async fn record(
    tx: &mut Tx,
    name: &'static str,
    id: OrganisationId,
    key: &str,
) -> Result<(), TerritoryError> {
    let path = root_path(tx.district());
    let fact = TerritoryFact {
        name,
        subject: (OrganisationId::NOUN, id.0),
        area_path: Some(&path),
        unit: Some(id),
        data: json!({ "key": key }),
    };
    tx.record(&fact).await?;
    Ok(())
}

fn checked_key(key: &str) -> Result<String, TerritoryError> {
    let allowed = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_';
    if (1..=KEY_CHARS_MAX).contains(&key.len()) && key.bytes().all(allowed) {
        return Ok(key.to_owned());
    }
    Err(TerritoryError::invalid(
        "key",
        "代号由 1 到 60 个小写字母、数字或下划线组成。",
        "A key has 1 to 60 lower-case letters, digits or underscores.",
    ))
}
