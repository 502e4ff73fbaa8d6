//! Who is affected: homes of a building or one unit, on one riser or in one column of rooms; numbers, never who.

use crate::town::{GRID_1, IN_GRID_1, caller, each_town, enter};
use serde_json::{Value, json};
use testkit::Caller;

/// A building of two units, in each the rooms 101, 102, 201, 202 with a home; answers the building and its second unit.
async fn tower(by: &Caller) -> (String, String) {
    let (lon, lat) = IN_GRID_1;
    let house = json!({ "level": "building", "name": "7栋" });
    let (building, _) = enter(by, "place", house, json!({ "lon": lon, "lat": lat })).await;
    let mut units = Vec::new();
    for name in ["1单元", "2单元"] {
        let (unit, _) =
            enter(by, "place", json!({ "level": "unit", "name": name }), json!({ "place": building })).await;
        for room in ["101", "102", "201", "202"] {
            let (place, _) =
                enter(by, "place", json!({ "level": "room", "name": room }), json!({ "place": unit })).await;
            let riser = if room == "102" { "东立管" } else { "西立管" };
            let home = json!({ "use": "residential", "risers": [riser] });
            let (home, _) = enter(by, "dwelling", home, json!({ "place": place })).await;
            if room == "202" {
                live_in(by, &home).await;
            }
        }
        units.push(unit);
    }
    (building, units.remove(1))
}

async fn live_in(by: &Caller, home: &str) {
    let (person, _) = enter(by, "person", json!({ "name": "张晓明" }), json!({ "area_path": GRID_1 })).await;
    let body = json!({ "dwelling": home, "values": { "kind": "registered" }, "given": { "source": "door" } });
    by.post(&format!("/api/registry/people/{person}/move-in"), body).await.ok();
}

/// Homes and residents of the one building that is concerned.
async fn affected(by: &Caller, query: Value) -> (i64, i64) {
    let found = by.post("/api/registry/affected", query).await.ok();
    assert_eq!(found.as_array().map(Vec::len), Some(1), "{found}");
    (found[0]["homes"].as_i64().expect("homes"), found[0]["residents"].as_i64().expect("residents"))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cut_concerns_a_building_a_unit_a_riser_or_a_column() {
    each_town(async |town| {
        let worker = caller(&town, "worker1");
        let (building, unit) = tower(&worker).await;
        assert_eq!(affected(&worker, json!({ "place": building })).await, (8, 2));
        assert_eq!(affected(&worker, json!({ "place": unit })).await, (4, 1));
        assert_eq!(affected(&worker, json!({ "place": building, "riser": "东立管" })).await, (2, 0));
        assert_eq!(affected(&worker, json!({ "place": unit, "riser": "西立管" })).await, (3, 1));
        assert_eq!(
            affected(&worker, json!({ "place": building, "column": 2 })).await,
            (4, 2),
            "102, 202 of both units"
        );
        assert_eq!(affected(&worker, json!({ "place": unit, "column": 1 })).await, (2, 0));
        let both = json!({ "place": unit, "column": 2, "riser": "西立管" });
        assert_eq!(affected(&worker, both).await, (1, 1), "202 alone");
        let none = worker.post("/api/registry/affected", json!({ "place": unit, "column": 9 })).await.ok();
        assert_eq!(none, json!([]));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_ring_concerns_towers_and_houses_of_their_own() {
    each_town(async |town| {
        let worker = caller(&town, "worker1");
        let (building, _) = tower(&worker).await;
        let at = json!({ "lon": IN_GRID_1.0, "lat": IN_GRID_1.1 });
        let (estate, _) = enter(&worker, "place", json!({ "level": "estate", "name": "田心里" }), at.clone()).await;
        let house = json!({ "level": "building", "name": "8号" });
        let at = json!({ "place": estate, "lon": IN_GRID_1.0, "lat": IN_GRID_1.1 });
        let (house, _) = enter(&worker, "place", house, at).await;
        let (home, _) = enter(&worker, "dwelling", json!({ "use": "residential" }), json!({ "place": house })).await;
        live_in(&worker, &home).await;
        let ring = json!({ "ring": [[113.1, 27.86], [113.12, 27.86], [113.12, 27.9], [113.1, 27.9], [113.1, 27.86]] });
        let found = worker.post("/api/registry/affected", ring).await.ok();
        let all: Vec<_> = found.as_array().expect("buildings").iter().map(|one| (&one["place"], &one["homes"], &one["residents"])).collect();
        assert_eq!(all, [(&json!(building), &json!(8), &json!(2)), (&json!(house), &json!(1), &json!(1))]);
        // By the estate, the house below it is found too.
        assert_eq!(affected(&worker, json!({ "place": estate })).await, (1, 1));
    })
    .await;
}
