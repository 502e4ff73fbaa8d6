//! Bringing a checked plan of areas into force.

use super::facts::TerritoryFact;
use crate::access::{EDIT_AREAS, require};
use crate::model::{CheckedPlan, Plan, Review, check_plan};
use crate::{TerritoryError, queries, store as rows};
use platform::{DistrictId, Fault, Time};
use serde::{Deserialize, Serialize};
use serde_json::json;
use store::{Conn, Db, Tx};

platform::id!(
    /// One import of areas, as its fact names it.
    AreaPlanId, "area_plan"
);

/// What an import changed.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Imported {
    pub from: Time,
    pub added: usize,
    pub renewed: usize,
    pub ended: usize,
}

/// Checks a plan against the district's areas as they stand, without changing anything. The geometry is worked out on a
/// thread of its own.
pub async fn check_areas(db: &Db, district: DistrictId, plan: Plan) -> Result<Review, TerritoryError> {
    let standing =
        db.read_long(async move |conn: &mut Conn| queries::load_standing(conn, district).await).await?;
    let checking = tokio::task::spawn_blocking(move || {
        let posts: Vec<_> = standing.posts.iter().collect();
        check_plan(district, plan, &standing.areas, standing.edition, &posts)
    });
    checking.await.map_err(|e| Fault::broken("checking a plan broke off").because(e).into())
}

/// Brings a plan into force. Old versions end at its first moment and keep their ids, so that what points at them stays.
pub async fn import_areas(tx: &mut Tx, plan: &CheckedPlan) -> Result<Imported, TerritoryError> {
    for path in &plan.touched {
        require(tx.actor(), &EDIT_AREAS, path)?;
    }
    let edition = rows::bump_land(tx).await?;
    if edition.land != plan.edition.land {
        return Err(TerritoryError::ChangedMeanwhile);
    }
    if plan.coming.is_empty() {
        rows::end_areas(tx, &plan.going, plan.from).await?;
    } else {
        rows::save_areas(tx, &plan.going, &plan.coming).await?;
    }
    let done = Imported { from: plan.from, added: plan.added, renewed: plan.renewed, ended: plan.ended };
    let now = tx.now();
    let fact = TerritoryFact {
        name: "territory.areas_imported",
        subject: (AreaPlanId::NOUN, AreaPlanId::new(now).0),
        area_path: plan.touched.first().map(String::as_str),
        unit: None,
        data: json!({ "from": done.from, "within": plan.within, "added": done.added, "renewed": done.renewed,
            "ended": done.ended, "paths": plan.touched }),
    };
    tx.record(&fact).await?;
    Ok(done)
}
