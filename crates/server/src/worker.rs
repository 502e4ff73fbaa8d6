//! Background work: reactions and timers as they become due, and the tidying nobody waits for.

use crate::metering;
use edge::{Districts, Edge};
use platform::{Actor, Fault};
use seal::Vault;
use std::time::{Duration, Instant};
use store::Tx;
use tokio::sync::{broadcast, watch};

/// How long after the last look at the latest: timers become due by themselves.
const LOOK_INTERVAL: Duration = Duration::from_secs(1);
/// Facts come in crowds: one look serves all of this moment.
const GATHER_WAIT: Duration = Duration::from_millis(20);
/// After a fault, before the next look.
const FAULT_WAIT: Duration = Duration::from_secs(2);
/// How often the house is tidied.
const TIDY_INTERVAL: Duration = Duration::from_secs(3600);
/// How often facts that are old enough are sealed into the log.
const SEAL_INTERVAL: Duration = Duration::from_secs(60);
const METRICS_INTERVAL: Duration = Duration::from_secs(5);
/// How long a write may be sent again and gets its first answer.
const ANSWERS_KEPT: Duration = Duration::from_secs(48 * 3600);

/// Runs until told to stop; a round under way is finished.
pub(crate) async fn run(edge: Edge, mut told: watch::Receiver<bool>) {
    let mut facts = edge.db.facts().subscribe();
    let (mut tidied, mut folded, mut followed) = (None::<Instant>, Instant::now(), Instant::now());
    let mut sealed = Instant::now();
    if let Err(fault) = registry::import::resume(&edge).await {
        tracing::error!("Tables that were under way did not go on: {fault:?}");
    }
    while !*told.borrow() {
        let wait = match edge.db.run_due().await {
            // Much was due: there may be more.
            Ok(ran) if ran > 0 => GATHER_WAIT,
            Ok(_) => LOOK_INTERVAL,
            Err(fault) => {
                tracing::warn!("Background work waits {} s: {fault:?}", FAULT_WAIT.as_secs());
                FAULT_WAIT
            }
        };
        if followed.elapsed() > LOOK_INTERVAL {
            followed = Instant::now();
            // Another server, or the command line, may have redrawn the grids.
            if let Err(fault) = edge.fixture::<territory::Map>().follow(&edge.db).await {
                tracing::warn!("The map was not brought up to date: {fault:?}");
            }
            // Or published a duty list.
            if let Err(fault) = cases::duties::follow(&edge.db).await {
                tracing::warn!("Duty lists were not read anew: {fault:?}");
            }
            // Or set a partner.
            if let Err(fault) = linkage::follow(&edge.db).await {
                tracing::warn!("Partners were not looked up anew: {fault:?}");
            }
            // Or rotated a key.
            if let Err(fault) = edge.fixture::<Vault>().follow(&edge.db).await {
                tracing::warn!("Newer keys were not taken up: {fault:?}");
            }
        }
        if sealed.elapsed() > SEAL_INTERVAL {
            sealed = Instant::now();
            if let Err(fault) = seal_facts(&edge).await {
                tracing::error!("The audit trail was not sealed: {fault:?}");
            }
        }
        if folded.elapsed() > METRICS_INTERVAL {
            folded = Instant::now();
            metering::tidy();
            keep_key_uses(&edge).await;
            keep_exchanges(&edge).await;
        }
        if tidied.is_none_or(|at| at.elapsed() > TIDY_INTERVAL) {
            tidied = Some(Instant::now());
            if let Err(fault) = forget_old_answers(&edge).await {
                tracing::warn!("Old answers were not removed: {fault:?}");
            }
            if let Err(fault) = sweep_photos(&edge).await {
                tracing::warn!("Photos that no case names were not removed: {fault:?}");
            }
            if let Err(fault) = sweep_uploads(&edge).await {
                tracing::warn!("Files that nothing came for were not removed: {fault:?}");
            }
            if let Err(fault) = sweep_deliveries(&edge).await {
                tracing::warn!("Deliveries that arrived long ago were not removed: {fault:?}");
            }
            registry::import::sweep(&edge);
        }
        tokio::select! {
            () = tokio::time::sleep(wait) => {}
            () = next_fact(&mut facts), if wait == LOOK_INTERVAL => tokio::time::sleep(GATHER_WAIT).await,
            () = until_told(&mut told) => {}
        }
    }
    keep_key_uses(&edge).await;
    keep_exchanges(&edge).await;
}

async fn until_told(told: &mut watch::Receiver<bool>) {
    let _ = told.wait_for(|stopping| *stopping).await;
}

async fn next_fact(facts: &mut broadcast::Receiver<std::sync::Arc<store::FactRow>>) {
    match facts.recv().await {
        // Those that came meanwhile need no look of their own.
        Ok(_) | Err(broadcast::error::RecvError::Lagged(_)) => *facts = facts.resubscribe(),
        Err(broadcast::error::RecvError::Closed) => std::future::pending().await,
    }
}

/// What other systems did with their keys; what cannot be written now is tried again.
async fn keep_key_uses(edge: &Edge) {
    if let Err(fault) = identity::keep_key_uses(edge).await {
        tracing::warn!("What keys did was not written down: {fault:?}");
    }
}

/// What went in and out of sandboxes; what cannot be written now is tried again.
async fn keep_exchanges(edge: &Edge) {
    if let Err(fault) = linkage::sandbox::keep_exchanges(edge).await {
        tracing::warn!("What went in and out of a sandbox was not written down: {fault:?}");
    }
}

/// Facts of every district that are old enough become part of its log.
async fn seal_facts(edge: &Edge) -> Result<(), Fault> {
    for district in edge.fixture::<Districts>().all() {
        seal::ledger::seal_facts(&edge.db, district.district).await?;
    }
    Ok(())
}

/// Photos of forms that were never sent.
async fn sweep_photos(edge: &Edge) -> Result<(), Fault> {
    for district in edge.fixture::<Districts>().all() {
        let swept = cases::photos::sweep(edge, district.district).await?;
        if swept > 0 {
            tracing::info!(photos = swept, "Removed {swept} photos that no case names");
        }
    }
    Ok(())
}

/// Files from phones that nothing came for.
async fn sweep_uploads(edge: &Edge) -> Result<(), Fault> {
    for district in edge.fixture::<Districts>().all() {
        let swept = fieldwork::sweep_uploads(edge, district.district).await?;
        if swept > 0 {
            tracing::info!(files = swept, "Removed {swept} files from phones that nothing waits for");
        }
    }
    Ok(())
}

/// What arrived long ago, and messages that came.
async fn sweep_deliveries(edge: &Edge) -> Result<(), Fault> {
    for district in edge.fixture::<Districts>().all() {
        courier::sweep(&edge.db, district.district).await?;
        messages::sweep(&edge.db, district.district).await?;
        linkage::sweep(&edge.db, district.district).await?;
    }
    Ok(())
}

async fn forget_old_answers(edge: &Edge) -> Result<(), Fault> {
    let before = edge.now().before(ANSWERS_KEPT);
    for district in edge.fixture::<Districts>().all() {
        let actor = Actor::system(district.district, "tidying");
        let forgotten =
            edge.db.write(&actor, async move |tx: &mut Tx| tx.forget_answers(before).await).await?;
        if forgotten > 0 {
            tracing::info!(answers = forgotten, "Forgot {forgotten} answers older than two days");
        }
    }
    Ok(())
}
