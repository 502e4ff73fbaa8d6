//! A sensor that says nothing for too long: somebody of its grid is asked to look, once, until it speaks again.

use super::catalogue::SensorBook;
use super::facts::{SILENT as SILENT_FACT, SensorFact};
use crate::model::sensor::{Sensor, SensorId};
use crate::store::sensors as store;
use ::store::Tx;
use fieldwork::{Errand, ErrandAt, ErrandPlace};
use platform::{Fault, Time, Words};
use serde_json::json;
use std::time::Duration;

/// The clock that listens whether a sensor still speaks.
pub(crate) const SILENT: &str = "linkage.sensor_silent";
/// Days a worker has to look.
const DAYS_TO_LOOK: u64 = 2;

/// Begins to listen.
pub(crate) async fn arm(tx: &mut Tx, one: &Sensor, after: Duration) -> Result<(), Fault> {
    let due = tx.now().after(after);
    tx.set_timer(SILENT, one.id.0, due, json!({})).await
}

/// Nobody waits for it any more.
pub(crate) async fn disarm(tx: &mut Tx, one: &Sensor) -> Result<(), Fault> {
    tx.cancel_timer(SILENT, one.id.0).await?;
    let district = tx.district();
    let silent = store::live(tx, district, one.id).await?.and_then(|live| live.silent_at);
    match silent {
        Some(since) => fieldwork::take_back(tx, &key_of(one.id, since)).await.map(drop),
        None => Ok(()),
    }
}

/// It speaks: what was asked of the worker is taken back, and the clock runs anew.
pub(crate) async fn ended(tx: &mut Tx, one: &Sensor, since: Time) -> Result<(), Fault> {
    fieldwork::take_back(tx, &key_of(one.id, since)).await?;
    match tx.fixture::<SensorBook>().kind(&one.kind).map(|kind| kind.silent_after()) {
        Some(after) => arm(tx, one, after).await,
        None => Ok(()),
    }
}

/// The clock: it spoke meanwhile and is listened to further, or it is silent.
pub(crate) async fn listened(tx: &mut Tx, id: SensorId) -> Result<(), Fault> {
    let (district, now) = (tx.district(), tx.now());
    let Some(one) = store::find(tx, district, id).await?.filter(|one| one.in_use) else { return Ok(()) };
    let Some(mut live) = store::live(tx, district, id).await? else { return Ok(()) };
    let book = tx.fixture::<SensorBook>();
    let Some(after) = book.kind(&one.kind).map(|kind| kind.silent_after()) else { return Ok(()) };
    let since = live.heard_at.unwrap_or(one.changed_at);
    if now.since(since) < after {
        return tx.set_timer(SILENT, id.0, since.after(after), json!({})).await;
    }
    if live.silent_at.is_some() {
        return Ok(());
    }
    live.silent_at = Some(now);
    live.version += 1;
    if !store::save_live(tx, &live).await? {
        return Err(Fault::new(platform::FaultKind::Contention, "a sensor spoke while it was found silent"));
    }
    tx.record(&SensorFact::of(SILENT_FACT, &one, json!({ "since": since }))).await?;
    ask(tx, &one, since).await
}

/// One silence of one sensor: the next one is asked anew.
fn key_of(id: SensorId, silent_at: Time) -> String {
    format!("sensor:{id}:{}", silent_at.micros())
}

async fn ask(tx: &mut Tx, one: &Sensor, since: Time) -> Result<(), Fault> {
    let today = tx.now().local().date();
    let places = tx.fixture::<territory::Map>().of(tx.district());
    let book = tx.fixture::<SensorBook>();
    let kind = book.kind(&one.kind).map(|kind| kind.words()).unwrap_or_default();
    let unit = one.unit.and_then(|unit| places.organisation_by_id(unit));
    let (whose, whose_en) = unit.map_or_else(Default::default, |unit| {
        let phone = unit.phone.clone().unwrap_or_default();
        let en = unit.name_en.as_ref().unwrap_or(&unit.name);
        (format!("设备归{}，电话 {phone}。", unit.name), format!(" It belongs to {en}, phone {phone}."))
    });
    let since = since.local().strftime("%m-%d %H:%M").to_string();
    let errand = Errand {
        title: Words::new(
            format!("去看看{}还在不在、有没有电", kind.zh),
            format!("Look after a {}", kind.en),
        ),
        why: Words::new(
            format!("“{}”从 {since} 起没有消息。看看是不是没电、被挡住或丢了。{whose}", one.name),
            format!(
                "\"{}\" has said nothing since {since}. See whether it is powered, covered or gone.{whose_en}",
                one.name
            ),
        ),
        at: Some(ErrandPlace { label: one.name.clone(), lon: one.lon, lat: one.lat }),
    };
    let due = tx.now().after(Duration::from_secs(DAYS_TO_LOOK * 24 * 3600)).local().date();
    let asked = ErrandAt {
        key: key_of(one.id, tx.now()),
        area_path: one.area_path.clone(),
        subject: one.id.0,
        errand,
        from_on: today,
        due_on: due,
    };
    fieldwork::ask_at(tx, &asked).await.map(drop)
}
