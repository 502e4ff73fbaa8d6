//! What outages do by themselves: a notice nobody ended is taken off, workers are asked to see who cannot be without, households are
//! told, by message or at the door, and a report from the ground of an outage is answered at once.

use super::catalogue::OutageBook;
use super::notice::{BUILDING_RADIUS_M, Notice, moment};
use super::tell::{self, TELL};
use super::unreached::{self, UNREACHED};
use super::visits::{self, VISITS};
use crate::commands::outages::{OVER, answer_report, take_off};
use crate::error::LinkageError;
use crate::model::outage::{Outage, OutageId};
use crate::queries::outages as queries;
use ::store::{FactRow, LocalFuture, Reaction, Timer, TimerRow, Tx};
use cases::CaseId;
use geo::{Boundary, CoordinateSystem, Point};
use platform::{Fault, Fixtures};

pub(crate) const REACTIONS: &[Reaction] = &[Reaction {
    name: "linkage.answer_report",
    to: cases::facts::CASE_REPORTED,
    wanted: is_of_a_service,
    run: answer,
}];
pub(crate) const TIMERS: &[Timer] = &[
    Timer { kind: OVER, run: over },
    Timer { kind: VISITS, run: ask_visits },
    Timer { kind: TELL, run: tell_households },
    Timer { kind: UNREACHED, run: ask_for_unreached },
];

fn tell_households<'a>(tx: &'a mut Tx, row: &'a TimerRow) -> LocalFuture<'a, Result<(), Fault>> {
    Box::pin(async move { tell::step(tx, OutageId(row.subject_id), &row.data.0).await.map_err(Fault::from) })
}

fn ask_for_unreached<'a>(tx: &'a mut Tx, row: &'a TimerRow) -> LocalFuture<'a, Result<(), Fault>> {
    Box::pin(
        async move { unreached::step(tx, OutageId(row.subject_id), &row.data.0).await.map_err(Fault::from) },
    )
}

fn over<'a>(tx: &'a mut Tx, row: &'a TimerRow) -> LocalFuture<'a, Result<(), Fault>> {
    Box::pin(async move { take_off(tx, OutageId(row.subject_id)).await.map_err(Fault::from) })
}

fn ask_visits<'a>(tx: &'a mut Tx, row: &'a TimerRow) -> LocalFuture<'a, Result<(), Fault>> {
    Box::pin(
        async move { visits::step(tx, OutageId(row.subject_id), &row.data.0).await.map_err(Fault::from) },
    )
}

/// Reports of other types are answered by no outage.
fn is_of_a_service(shelf: &Fixtures, fact: &FactRow) -> bool {
    let code = fact.data.0["type"].as_str().unwrap_or_default();
    shelf.find::<OutageBook>().is_none_or(|book| book.service_of(code).is_some())
}

fn answer<'a>(tx: &'a mut Tx, fact: &'a FactRow) -> LocalFuture<'a, Result<(), Fault>> {
    Box::pin(async move { answer_reported(tx, fact).await.map_err(Fault::from) })
}

/// Of the outages of its service that go on where and when it was reported, the one that ends first answers a report. A report without
/// a point on the map is answered by people.
async fn answer_reported(tx: &mut Tx, fact: &FactRow) -> Result<(), LinkageError> {
    let (district, book) = (tx.district(), tx.fixture::<OutageBook>());
    let data = &fact.data.0;
    let case_type = data.get("type").and_then(|code| code.as_str()).unwrap_or_default();
    let Some(service) = book.service_of(case_type) else { return Ok(()) };
    let degrees = |key: &str| data.get(key).and_then(serde_json::Value::as_f64);
    let point = degrees("lon").zip(degrees("lat")).and_then(|(lon, lat)| Point::new(lon, lat).ok());
    let Some(point) = point else { return Ok(()) };
    for one in queries::open_of_service(tx, district, service, fact.at).await? {
        if one.holds_at(fact.at) && lies_in(tx, &one, point).await? {
            let words = answer_words(tx, &one, &book);
            return answer_report(tx, &one, CaseId(fact.subject_id), &words).await.map(drop);
        }
    }
    Ok(())
}

/// On its ground, or at one of the buildings it concerns.
async fn lies_in(tx: &mut Tx, one: &Outage, point: Point) -> Result<bool, Fault> {
    let drawn = one.content.extent.ground.as_ref();
    let ground = drawn.and_then(|shape| Boundary::from_geojson(shape, CoordinateSystem::Wgs84).ok());
    match ground {
        Some(ground) => Ok(ground.contains(point)),
        None => {
            let district = tx.district();
            queries::has_building_near(tx, district, one.id, (point, BUILDING_RADIUS_M)).await
        }
    }
}

/// In both languages: what is written on a case stays as it is written.
fn answer_words(tx: &Tx, one: &Outage, book: &OutageBook) -> String {
    let places = tx.fixture::<territory::Map>().of(tx.district());
    let Some(notice) = Notice::of(one, &[], &[], (book, &places)) else { return String::new() };
    let (headline, to, page) = (notice.headline(), moment(notice.to), format!("/outages/{}", one.id));
    format!(
        "这里正在{}，预计 {to} 恢复。原因：{}。{}，电话 {}。详见 {page}\n{} here, expected back at {to} (China time). {}, phone {}. See {page}",
        headline.zh,
        notice.reason.zh,
        notice.unit.zh,
        notice.phone,
        headline.en,
        notice.unit.en,
        notice.phone
    )
}
