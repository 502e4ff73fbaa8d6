//! The notice 告知书 of a district: a changed catalogue comes into force under a new version, with what changed in words.

use crate::catalogue::{self, Catalogue};
use crate::facts::{NOTICE, RightsFact};
use crate::model::NoticeId;
use crate::store::notices;
use ::store::Tx;
use platform::Fault;
use serde_json::json;

/// Brings the loaded catalogue into force, if it is not.
///
/// # Errors
/// A catalogue that differs from the one in force, or from any before it, under the same version: people were told otherwise.
pub(crate) async fn proclaim(tx: &mut Tx) -> Result<(), Fault> {
    let catalogue = tx.fixture::<Catalogue>();
    let (district, kept) = (tx.district(), catalogue.kept());
    let told = notices::notices(tx, district).await?;
    let same_version = told.iter().find(|notice| notice.version == catalogue.version);
    if same_version.is_some_and(|notice| notice.content.0 != kept) {
        return Err(Fault::broken(format!(
            "what catalog/register says is kept has changed, but its version is still {}: give kinds.toml a new version, so that \
             people are told what changed",
            catalogue.version
        )));
    }
    let in_force = told.first();
    if in_force.is_some_and(|notice| notice.version == catalogue.version) {
        return Ok(());
    }
    let changes = in_force.map(|before| catalogue::changes(&before.content.0, &kept)).unwrap_or_default();
    let count = changes.len();
    let id = notices::add_notice(tx, &catalogue.version, kept, changes).await?;
    let data = json!({ "version": catalogue.version, "changes": count });
    tx.record(&RightsFact { name: NOTICE, subject: (NoticeId::NOUN, id.0), area_path: None, data }).await?;
    Ok(())
}
