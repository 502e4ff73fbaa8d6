//! Homes of the first grid and who lives in them, entered as the register enters them, for stories of visits.

use crate::town::GRID_1;
use geo::Point;
use registry::commands::{Enter, Given, MoveIn, end, enter, move_in};
use registry::{Kind, Links, RecordId, Source};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use store::Tx;
use testkit::Town;

fn given() -> Given {
    Given { source: Source::Door, evidence: None }
}

fn values(values: Value) -> BTreeMap<String, Value> {
    serde_json::from_value(values).expect("values by key")
}

/// A record, entered by the house.
async fn entered(town: &Town, kind: Kind, what: Value, links: Links, point: Option<(f64, f64)>) -> RecordId {
    let point = point.map(|(lon, lat)| Point::new(lon, lat).expect("a point"));
    let area_path = (kind == Kind::Person).then(|| GRID_1.to_owned());
    let values = values(what);
    let new =
        Enter { id: None, kind, values, links, from_on: None, to_on: None, point, area_path, given: given() };
    let write = async move |tx: &mut Tx| enter(tx, new.clone()).await;
    town.db().write(&town.system(), write).await.expect("a record").id
}

/// A house of the first grid with a home in it.
pub async fn home(town: &Town, name: &str) -> RecordId {
    let building = json!({ "level": "building", "name": name });
    let place = entered(town, Kind::Place, building, Links::default(), Some((113.11, 27.88))).await;
    let links = Links { place: Some(place), ..Links::default() };
    entered(town, Kind::Dwelling, json!({ "use": "residential" }), links, None).await
}

/// Somebody who lives in a home.
pub async fn resident(town: &Town, dwelling: RecordId, name: &str, born: &str) -> RecordId {
    let person = json!({ "name": name, "birth_on": born });
    let person = entered(town, Kind::Person, person, Links::default(), None).await;
    let order = MoveIn {
        person,
        dwelling,
        household: None,
        values: values(json!({ "kind": "registered" })),
        from_on: None,
        leaves_others: false,
        given: given(),
    };
    let write = async move |tx: &mut Tx| move_in(tx, order.clone()).await;
    town.db().write(&town.system(), write).await.expect("a residence");
    person
}

/// A service fact of somebody.
pub async fn fact(town: &Town, person: RecordId, key: &str) -> RecordId {
    let links = Links { person: Some(person), ..Links::default() };
    entered(town, Kind::ServiceFact, json!({ "fact": key }), links, None).await
}

/// Ends a record.
pub async fn ended(town: &Town, id: RecordId) {
    let (version, _) =
        registry::state_of(&town.edge, testkit::DISTRICT, id).await.expect("read").expect("there");
    let write = async move |tx: &mut Tx| {
        end(tx, registry::commands::End { id, version, on: None, given: given() }).await
    };
    town.db().write(&town.system(), write).await.expect("it ends");
}

/// Somebody of eighty-odd years who lives alone in a house of their own.
pub async fn old_and_alone(town: &Town, house: &str, name: &str) -> (RecordId, RecordId) {
    let dwelling = home(town, house).await;
    let person = resident(town, dwelling, name, "1942-05-06").await;
    fact(town, person, "lives_alone_80").await;
    (dwelling, person)
}
