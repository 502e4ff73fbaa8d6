//! Which homes something serves, for capabilities that announce it: the buildings of some ground, places with their risers; each home once.

use crate::town::{GRID_1, IN_GRID_1, caller, each_town, enter};
use geo::{Boundary, Point};
use registry::{Branch, RecordId, Served};
use serde_json::json;
use store::Conn;
use testkit::{Caller, DISTRICT, Town};

/// A building of two units with two homes each, the second of each on the eastern riser; answers the building and its units.
async fn tower(by: &Caller) -> (RecordId, Vec<RecordId>) {
    let (lon, lat) = IN_GRID_1;
    let house = json!({ "level": "building", "name": "7栋" });
    let (building, _) = enter(by, "place", house, json!({ "lon": lon, "lat": lat })).await;
    let mut units = Vec::new();
    for name in ["1单元", "2单元"] {
        let unit = json!({ "level": "unit", "name": name });
        let (unit, _) = enter(by, "place", unit, json!({ "place": building })).await;
        for (room, riser) in [("101", "西立管"), ("102", "东立管")] {
            let room = json!({ "level": "room", "name": room });
            let (room, _) = enter(by, "place", room, json!({ "place": unit })).await;
            let home = json!({ "use": "residential", "risers": [riser] });
            enter(by, "dwelling", home, json!({ "place": room })).await;
        }
        units.push(unit.parse().expect("an id"));
    }
    (building.parse().expect("an id"), units)
}

async fn below(town: &Town, branches: Vec<(RecordId, Option<&str>)>) -> Vec<(RecordId, usize)> {
    let branch = |(place, riser): (RecordId, Option<&str>)| Branch { place, riser: riser.map(str::to_owned) };
    let branches: Vec<Branch> = branches.into_iter().map(branch).collect();
    let read = async move |conn: &mut Conn| registry::served_below(conn, DISTRICT, &branches).await;
    counted(town.db().read::<_, platform::Fault, _>(read).await.expect("the homes"))
}

fn counted(served: Vec<Served>) -> Vec<(RecordId, usize)> {
    served.into_iter().map(|one| (one.place, one.homes.len())).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_home_counts_once_wherever_it_is_named() {
    each_town(async |town| {
        let (building, units) = tower(&caller(&town, "worker1")).await;
        assert_eq!(below(&town, vec![(building, None)]).await, [(building, 4)]);
        assert_eq!(below(&town, vec![(units[1], None)]).await, [(units[1], 2)]);
        assert_eq!(
            below(&town, vec![(units[0], None), (building, None)]).await,
            [(units[0], 2), (building, 2)]
        );
        assert_eq!(
            below(&town, vec![(building, None), (units[0], None)]).await,
            [(building, 4), (units[0], 0)]
        );
        assert_eq!(below(&town, vec![(building, Some("东立管"))]).await, [(building, 2)]);
        let risers = vec![(units[0], Some("东立管")), (units[0], Some("西立管")), (units[0], Some("中立管"))];
        assert_eq!(below(&town, risers).await, [(units[0], 1), (units[0], 1), (units[0], 0)]);
        let nowhere = RecordId(uuid::Uuid::from_u128(9));
        assert_eq!(below(&town, vec![(nowhere, None), (units[0], None)]).await, [(units[0], 2)]);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn ground_serves_the_buildings_that_stand_on_it() {
    each_town(async |town| {
        let worker = caller(&town, "worker1");
        let (building, _) = tower(&worker).await;
        // A shed nobody lives in.
        let at = json!({ "lon": IN_GRID_1.0, "lat": IN_GRID_1.1 });
        enter(&worker, "place", json!({ "level": "building", "name": "8栋" }), at).await;
        let on = async |west: f64, east: f64| {
            let at = |lon, lat| Point::new(lon, lat).expect("a point");
            let corners = [at(west, 27.87), at(east, 27.87), at(east, 27.89), at(west, 27.89)];
            let ground = Boundary::from_ring(&corners).expect("a square");
            let read = async move |conn: &mut Conn| registry::served_on(conn, DISTRICT, &ground).await;
            let found = town.db().read::<_, platform::Fault, _>(read).await.expect("the homes");
            found.expect("not too many")
        };
        let found = on(113.10, 113.12).await;
        assert_eq!(found.iter().map(|one| one.point).collect::<Vec<_>>(), [Some(IN_GRID_1)]);
        assert_eq!(found.iter().map(|one| one.area_path.as_str()).collect::<Vec<_>>(), [GRID_1]);
        assert_eq!(counted(found), [(building, 4)]);
        assert_eq!(counted(on(113.12, 113.14).await), []);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_places_of_a_grid_can_be_named_down_to_the_unit() {
    each_town(async |town| {
        let (building, units) = tower(&caller(&town, "worker1")).await;
        let read = async |grid: &'static str| {
            let read = async move |conn: &mut Conn| registry::nameable_in(conn, DISTRICT, grid).await;
            town.db().read::<_, platform::Fault, _>(read).await.expect("places")
        };
        let found = read(GRID_1).await;
        let shown: Vec<_> = found.iter().map(|one| (one.level.as_str(), one.place, one.above)).collect();
        assert_eq!(
            shown,
            [
                ("building", building, None),
                ("unit", units[0], Some(building)),
                ("unit", units[1], Some(building))
            ]
        );
        assert!(read(crate::town::GRID_2).await.is_empty());
    })
    .await;
}
