//! Who cannot be without a service is seen beforehand: the homes an outage concerns are handed to fieldwork, some grids at a time, and
//! which of them somebody needs to see is known there alone. Neither the operator nor this capability learns it.

use super::catalogue::OutageBook;
use super::notice::moment;
use crate::error::LinkageError;
use crate::model::outage::{Content, Outage, OutageId};
use crate::queries::outages as queries;
use crate::store::outages as store;
use ::store::Tx;
use fieldwork::{Errand, ErrandAsked};
use jiff::civil::Date;
use platform::{Fault, Time, Words};
use registry::{Branch, RecordId};
use serde_json::{Value, json};
use std::collections::HashSet;

/// The clock by which workers are asked.
pub(crate) const VISITS: &str = "linkage.outage_visits";
/// Grids of one step: between steps others may write.
const GRIDS_AT_ONCE: i64 = 4;

/// Begins to ask: anew after each change, and to take back when it is over.
///
/// # Errors
/// A fault of the database.
pub(crate) async fn begin(tx: &mut Tx, one: &Outage) -> Result<(), Fault> {
    let now = tx.now();
    tx.set_timer(VISITS, one.id.0, now, json!({ "version": one.version })).await
}

/// A step: takes back what earlier versions asked, then asks grid by grid.
///
/// # Errors
/// A fault of the database.
pub(crate) async fn step(tx: &mut Tx, id: OutageId, data: &Value) -> Result<(), LinkageError> {
    let district = tx.district();
    let Some(one) = store::find(tx, district, id).await? else { return Ok(()) };
    let after = data.get("after").and_then(Value::as_str);
    if after.is_none() {
        take_back_earlier(tx, &one).await?;
    }
    let book = tx.fixture::<OutageBook>();
    let needs = book.entry(one.content.service).needs.clone();
    if !one.state.is_open() || needs.is_empty() || tx.now() > one.content.to {
        return Ok(());
    }
    let grids =
        queries::grids_after(tx, district, id, after.unwrap_or_default().to_owned(), GRIDS_AT_ONCE).await?;
    for grid in &grids {
        ask_in(tx, &one, grid, &needs).await?;
    }
    match grids.last().filter(|_| grids.len() as i64 == GRIDS_AT_ONCE) {
        Some(last) => {
            let (now, data) = (tx.now(), json!({ "version": one.version, "after": last }));
            Ok(tx.set_timer(VISITS, id.0, now, data).await?)
        }
        None => Ok(()),
    }
}

/// What was asked for another window, or for an outage that is over, need not be done any more.
async fn take_back_earlier(tx: &mut Tx, one: &Outage) -> Result<(), Fault> {
    let district = tx.district();
    let present = one.state.is_open().then(|| key_of(one.id, &one.content));
    let mut keys: Vec<String> = queries::versions(tx, district, one.id)
        .await?
        .iter()
        .map(|version| key_of(one.id, &version.content.0))
        .filter(|key| Some(key) != present.as_ref())
        .collect();
    keys.sort_unstable();
    keys.dedup();
    for key in keys {
        fieldwork::take_back(tx, &key).await?;
    }
    Ok(())
}

/// One window of one outage: who was told of another is to be told anew.
fn key_of(id: OutageId, content: &Content) -> String {
    format!("outage:{id}:{}:{}", content.from.micros(), content.to.micros())
}

/// What of a grid an outage cuts off.
pub(crate) async fn branches_of(tx: &mut Tx, one: &Outage, grid: &str) -> Result<Vec<Branch>, Fault> {
    let district = tx.district();
    let places = queries::places_of_grid(tx, district, one.id, grid).await?;
    let risers = |place| one.content.extent.places.iter().filter(move |picked| picked.place == place);
    let mut branches = Vec::new();
    for place in places {
        let picked: Vec<Branch> =
            risers(place).map(|picked| Branch { place, riser: picked.riser.clone() }).collect();
        match picked.is_empty() {
            true => branches.push(Branch { place, riser: None }),
            false => branches.extend(picked),
        }
    }
    Ok(branches)
}

async fn ask_in(tx: &mut Tx, one: &Outage, grid: &str, needs: &[String]) -> Result<(), LinkageError> {
    let district = tx.district();
    let branches = branches_of(tx, one, grid).await?;
    let served = registry::served_below(tx, district, &branches).await?;
    let homes = served.into_iter().flat_map(|one| one.homes).collect();
    let today = tx.now().local().date();
    let asked = asked(one, grid, homes, errand(&one.content), today);
    Ok(fieldwork::ask(tx, &asked, needs).await.map(drop)?)
}

/// What is asked of a grid's worker; a home is asked for once of each window, whatever the reason.
pub(super) fn asked(
    one: &Outage,
    grid: &str,
    homes: HashSet<RecordId>,
    errand: Errand,
    today: Date,
) -> ErrandAsked {
    ErrandAsked {
        key: key_of(one.id, &one.content),
        grid: grid.to_owned(),
        homes,
        errand,
        from_on: today,
        due_on: due_on(one.content.from, today),
    }
}

/// The day before it begins; today where that is over.
fn due_on(from: Time, today: Date) -> Date {
    let before = from.local().date().yesterday().unwrap_or(today);
    before.max(today)
}

/// What the worker reads.
fn errand(content: &Content) -> Errand {
    let (from, to) = (moment(content.from), moment(content.to));
    let (service, cut) = (content.service.words(), content.service.cut_words());
    Errand {
        title: Words::new(format!("{}前上门提醒", cut.zh), format!("Before an outage: {}", service.en)),
        why: Words::new(
            format!("{from} 至 {to} {}。这家有人离不开，请当面说明，商量好备用办法。", cut.zh),
            format!(
                "{} from {from} to {to}. Somebody in this home cannot be without: tell them and agree on what to do meanwhile.",
                cut.en
            ),
        ),
        at: None,
    }
}

#[cfg(test)]
mod tests {
    //! Until when somebody is to be seen.
    use super::due_on;
    use crate::outages::notice::tests::time;
    use jiff::civil::date;

    #[test]
    fn a_visit_is_due_the_day_before() {
        let today = date(2026, 3, 2);
        let rows = [
            ("2026-03-10T01:00:00Z", date(2026, 3, 9)),
            ("2026-03-03T01:00:00Z", today),
            ("2026-03-02T12:00:00Z", today),
            ("2026-03-01T12:00:00Z", today),
            // Midnight in China is the evening before in London.
            ("2026-03-04T16:30:00Z", date(2026, 3, 4)),
        ];
        for (from, expected) in rows {
            assert_eq!(due_on(time(from), today), expected, "{from}");
        }
    }
}
