//! Meters and sensors 水表气表与感知设备: what they say over MQTT or HTTP becomes, by rule, a case, a task, or a line on a screen.
//!
//! One way for both: [`intake`] holds each message against how its sensor stands, writes what decides, and only then is it acknowledged.
//! Alarms are turned into cases by [`reactions`], behind the write that raised them.

pub(crate) mod broker;
pub(crate) mod catalogue;
pub mod demo;
pub(crate) mod facts;
mod http;
pub(crate) mod intake;
mod listen;
mod memory;
mod reactions;
mod reseal;
pub(crate) mod silence;
mod table;
mod view;
mod words;

pub(crate) use http::routes;
pub use listen::listen;
pub(crate) use reactions::{REACTIONS, TIMERS};
pub(crate) use reseal::RESEAL;
pub(crate) use view::{SensorAlarmView, SensorRefusal, SensorView, Shown};

use self::catalogue::SensorBook;
use self::intake::Intake;
use ::store::{Db, Tx};
use edge::Settings;
use platform::{Actor, DistrictId, Fault};
use std::sync::Arc;
use std::time::Duration;

/// A reading a minute is kept so long, for the line on its page.
const READINGS_KEPT: Duration = Duration::from_secs(14 * 24 * 3600);
/// What was refused is told of so long.
const REFUSALS_KEPT: Duration = Duration::from_secs(30 * 24 * 3600);

/// Puts what sensors mean, and how they stand, on the shelf.
///
/// # Errors
/// A fault that names what is wrong in the catalogue.
pub(crate) fn prepare(db: &Db) -> Result<(), Fault> {
    let fixtures = db.fixtures();
    let book = SensorBook::load(&fixtures.get::<Settings>(), &fixtures.get::<cases::Rules>())?;
    fixtures.put(Arc::new(book));
    fixtures.put(Arc::new(Intake::default()));
    Ok(())
}

/// Forgets readings and counts of long ago; answers how many readings.
///
/// # Errors
/// The store.
pub(crate) async fn sweep(db: &Db, district: DistrictId) -> Result<u64, Fault> {
    let actor = Actor::system(district, "tidying");
    db.write(&actor, async move |tx: &mut Tx| {
        let now = tx.now();
        let day = now.before(REFUSALS_KEPT).local().date().to_string();
        crate::store::sensors::forget(tx, now.before(READINGS_KEPT), &day).await
    })
    .await
}
