//! What the recorders of this house noted is written down, and forgotten after a week.

use crate::model::exchange::{EXCHANGES_KEPT_MAX, ExchangeRow};
use crate::store::exchanges as rows;
use ::store::{Db, Tx};
use edge::{Edge, Recorder, Recorders};
use platform::{Actor, Fault, Sandbox};
use std::time::Duration;

/// How long an exchange is kept.
const EXCHANGES_KEPT: Duration = Duration::from_secs(7 * 24 * 3600);

/// Writes down what went in and out of each sandbox since the last time. What cannot be written is kept for the next.
///
/// # Errors
/// The store.
pub async fn keep_exchanges(edge: &Edge) -> Result<(), Fault> {
    for recorder in edge.fixture::<Recorders>().all() {
        keep(edge, recorder).await?;
    }
    Ok(())
}

/// As [`keep_exchanges`], for one sandbox: whoever looks sees everything up to now.
pub(crate) async fn keep(edge: &Edge, recorder: &Recorder) -> Result<(), Fault> {
    let noted = recorder.take();
    if noted.is_empty() {
        return Ok(());
    }
    let sandbox = recorder.sandbox();
    let actor = Actor::system(sandbox.district(), "sandbox");
    let write = {
        let noted = noted.clone();
        async move |tx: &mut Tx| {
            for exchange in &noted {
                rows::add(tx, sandbox, ExchangeRow::of(exchange.clone())).await?;
            }
            rows::trim(tx, sandbox, EXCHANGES_KEPT_MAX).await
        }
    };
    let written = edge.db.write(&actor, write).await;
    if written.is_err() {
        recorder.put_back(noted);
    }
    written
}

/// Forgets exchanges of long ago.
///
/// # Errors
/// The store.
pub(crate) async fn sweep(db: &Db, sandbox: Sandbox) -> Result<u64, Fault> {
    let actor = Actor::system(sandbox.district(), "tidying");
    db.write(&actor, async move |tx: &mut Tx| {
        let before = tx.now().before(EXCHANGES_KEPT);
        rows::forget(tx, sandbox, before).await
    })
    .await
}
