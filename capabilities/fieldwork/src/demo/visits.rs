//! The demo's visits: the first grids are planned at once, as the night would plan them; the others when a server runs.

use crate::commands::{plan_grids, plan_soon};
use ::store::{Db, Tx};
use platform::{Actor, DistrictId, Fault};
use territory::Map;

/// Grids that have their visits before a server runs: those of the accounts the demo names, and some beside them.
const GRIDS_PLANNED: usize = 12;

/// Plans the visits of a demo district by the rules in force; answers how many there are. Its register must be there before.
///
/// # Errors
/// A fault of the database.
pub async fn plan_first_grids(db: &Db, district: DistrictId) -> Result<u64, Fault> {
    let places = db.fixtures().get::<Map>().of(district);
    let grids: Vec<String> = places.grids().take(GRIDS_PLANNED).map(|grid| grid.path.clone()).collect();
    let plan = async move |tx: &mut Tx| {
        let new = plan_grids(tx, &grids).await?;
        plan_soon(tx).await?;
        Ok::<_, Fault>(new)
    };
    db.write(&Actor::system(district, "demo"), plan).await
}
