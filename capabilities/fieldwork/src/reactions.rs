//! What fieldwork does by itself, by its clocks: visits planned each night, doors of campaigns opened and closed, rounds of patrols begun, inspections put among them.

use crate::campaigns::{self, CAMPAIGN_STEP};
use crate::commands::{
    INSPECTIONS, PLAN_VISITS, ROUTE_ROUND, next_night, open_inspections, open_round, plan_step,
};
use crate::error::FieldworkError;
use crate::model::{CampaignId, RouteId};
use ::store::{Db, LocalFuture, Timer, TimerRow, Tx};
use edge::Districts;
use platform::{Actor, Fault};
use serde_json::json;
use uuid::Uuid;

pub(crate) static TIMERS: &[Timer] = &[
    Timer { kind: CAMPAIGN_STEP, run: campaign_step },
    Timer { kind: ROUTE_ROUND, run: route_round },
    Timer { kind: INSPECTIONS, run: inspections },
    Timer { kind: PLAN_VISITS, run: plan_visits },
];

/// Sets the clocks that no write sets, in every district of this server.
pub(crate) async fn arm(db: &Db) -> Result<(), Fault> {
    let districts = db.fixtures().get::<Districts>();
    for district in districts.all() {
        let actor = Actor::system(district.district, "fieldwork");
        db.write(&actor, async |tx: &mut Tx| {
            let now = tx.now();
            // One that runs already knows how far it has come.
            tx.set_timer_once(INSPECTIONS, Uuid::nil(), now, json!({})).await?;
            tx.set_timer_once(PLAN_VISITS, Uuid::nil(), next_night(now), json!({})).await
        })
        .await?;
    }
    Ok(())
}

fn campaign_step<'a>(tx: &'a mut Tx, row: &'a TimerRow) -> LocalFuture<'a, Result<(), Fault>> {
    Box::pin(campaigns::step(tx, CampaignId(row.subject_id), &row.data.0))
}

fn route_round<'a>(tx: &'a mut Tx, row: &'a TimerRow) -> LocalFuture<'a, Result<(), Fault>> {
    Box::pin(async move { open_round(tx, RouteId(row.subject_id)).await.map_err(fault_of) })
}

fn inspections<'a>(tx: &'a mut Tx, row: &'a TimerRow) -> LocalFuture<'a, Result<(), Fault>> {
    Box::pin(open_inspections(tx, &row.data.0))
}

fn plan_visits<'a>(tx: &'a mut Tx, row: &'a TimerRow) -> LocalFuture<'a, Result<(), Fault>> {
    Box::pin(plan_step(tx, &row.data.0))
}

/// Nobody is there to be refused: what a clock runs into is a fault, and it rings again.
fn fault_of(error: FieldworkError) -> Fault {
    match error {
        FieldworkError::Fault(fault) => fault,
        other => Fault::broken("a clock of fieldwork was refused").because(other),
    }
}
