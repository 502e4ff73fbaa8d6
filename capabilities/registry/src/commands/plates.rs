//! Giving places and things the codes of their plates, each once and for good.

use crate::error::RegistryError;
use crate::facts::{PLATES_ISSUED, RegistryFact};
use crate::model::{PlateCode, RecordId};
use crate::queries::plates::Bearer;
use crate::store;
use ::store::Tx;
use serde_json::json;

/// How often another code is drawn where one is taken: with half a million plates one in sixty thousand is.
const DRAWS_MAX: usize = 5;

/// Gives a code to each that has none; answers how many were given. `about` is the place, or the account that asked for an area's.
pub(crate) async fn issue_plates(
    tx: &mut Tx,
    about: RecordId,
    area_path: &str,
    bearers: &[Bearer],
) -> Result<usize, RegistryError> {
    let district = tx.district();
    let ids: Vec<RecordId> = bearers.iter().map(|bearer| bearer.id).collect();
    let known = store::plates::of_records(tx, district, ids.clone()).await?;
    let mut without: Vec<RecordId> = ids.iter().copied().filter(|id| !known.contains_key(id)).collect();
    let given = without.len();
    for _ in 0..DRAWS_MAX {
        if without.is_empty() {
            break;
        }
        let drawn = without.iter().map(|id| (*id, PlateCode::from_chance(rand::random())));
        store::plates::add(tx, drawn.collect()).await?;
        let known = store::plates::of_records(tx, district, without.clone()).await?;
        without.retain(|id| !known.contains_key(id));
    }
    let given = given - without.len();
    if given > 0 {
        let data = json!({ "plates": given });
        let fact = RegistryFact { name: PLATES_ISSUED, subject: about, area_path: Some(area_path), data };
        tx.record(&fact).await?;
    }
    Ok(given)
}
