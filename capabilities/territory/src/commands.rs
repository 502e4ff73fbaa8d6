//! Every write to the territory: load for a purpose, decide, save, record the fact.

mod areas;
mod demo;
mod facts;
mod hand_over;
mod holdings;
mod organisations;
mod posts;
mod stand_in;
mod transfer;
mod undo_hand_over;

pub use areas::{Imported, check_areas, import_areas};
pub use demo::{DemoPerson, DemoPlan, DemoScale, plan_demo, seed_demo};
pub use hand_over::{HandOver, HandedOver, HandedPost, Heir, hand_over};
pub use holdings::{HoldPost, NoteAbsence, end_holding, hold_post, note_absence};
pub use organisations::{AddOrganisation, ChangeOrganisation, add_organisation, change_organisation};
pub use posts::{OpenPost, close_post, open_post};
pub use stand_in::{StandIn, StoodIn, end_stand_in, stand_in};
pub use transfer::{
    ExportOptions, ImportOptions, ImportReport, ImportStep, export_file, export_text, import_bytes,
    import_file,
};
pub use undo_hand_over::{KeptPost, UndoneHandOver, undo_hand_over};

use crate::TerritoryError;
use crate::model::NAME_CHARS_MAX;
use crate::queries::Map;
use platform::{Actor, Phone};
use store::{Db, Tx};

/// Runs a write of the territory and lets the map see it, so that the next request of this process does.
pub async fn write<T, F>(db: &Db, actor: &Actor, body: F) -> Result<T, TerritoryError>
where
    F: AsyncFn(&mut Tx) -> Result<T, TerritoryError> + Send + 'static,
    T: Send + 'static,
{
    let answer = db.write(actor, body).await?;
    db.fixtures().get::<Map>().refresh(db, actor.district).await?;
    Ok(answer)
}

/// A name as people may enter it: without white space at its ends, not empty, not endless, no control characters.
fn checked_name(field: &'static str, name: &str) -> Result<String, TerritoryError> {
    let name = name.trim();
    let fits =
        !name.is_empty() && name.chars().count() <= NAME_CHARS_MAX && !name.chars().any(char::is_control);
    if fits {
        return Ok(name.to_owned());
    }
    Err(TerritoryError::invalid(field, "名称要有 1 到 100 个字。", "A name has 1 to 100 characters."))
}

fn checked_name_en(name: Option<&str>) -> Result<Option<String>, TerritoryError> {
    name.map(|name| checked_name("name_en", name)).transpose()
}

/// A number that is published: a telephone line, or a short service number such as 12345 or 95598; none where it is neither.
pub fn read_published_phone(text: &str) -> Option<String> {
    let text = text.trim();
    let is_service_number = (3..=8).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit());
    if is_service_number {
        return Some(text.to_owned());
    }
    Phone::parse(text).map(|phone| phone.as_str().to_owned())
}

fn checked_phone(phone: Option<&str>) -> Result<Option<String>, TerritoryError> {
    let Some(text) = phone.map(str::trim).filter(|text| !text.is_empty()) else { return Ok(None) };
    match read_published_phone(text) {
        Some(phone) => Ok(Some(phone)),
        None => Err(TerritoryError::invalid("phone", "电话号码不对。", "This is no telephone number.")),
    }
}
