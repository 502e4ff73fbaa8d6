//! The demo district is the size the public description gives, and every place in it has a worker.

use crate::{admin, each_town, finding_codes, send_file};
use platform::AccountId;
use std::time::{Duration, Instant};
use territory::{AreaLevel, DemoScale, Map, PostKind, plan_demo, seed_demo};
use testkit::{DISTRICT, Town};

async fn seed(town: &Town, scale: DemoScale) {
    let start = Instant::now();
    let plan = plan_demo("430204", scale).expect("a plan");
    println!("planned in {:?}", start.elapsed());
    let now = town.clock.now();
    let accounts: Vec<AccountId> = plan.people.iter().map(|_| AccountId::new(now)).collect();
    let at = now.before(Duration::from_secs(400 * 24 * 3600));
    seed_demo(town.db(), &town.system(), plan, &accounts, at).await.expect("the demo");
    println!("{}: seeded after {:?}", town.db().engine_name(), start.elapsed());
}

#[tokio::test(flavor = "multi_thread")]
async fn the_demo_district_has_its_published_size() {
    each_town(async |town: Town| {
        seed(&town, DemoScale::Full).await;
        let map = town.edge.fixture::<Map>().of(DISTRICT);
        let count = |level| map.areas().iter().filter(|a| a.level == level).count();
        assert_eq!(count(AreaLevel::Subdistrict), 5);
        assert_eq!(count(AreaLevel::Community) + count(AreaLevel::Village), 45);
        assert_eq!(map.grids().count(), 232);
        assert_eq!(map.root().and_then(|root| root.households), Some(92_800));
        let now = town.clock.now();
        for grid in map.grids() {
            let worker = map.worker_post(&grid.path).expect("a worker's post");
            assert_eq!(map.holders(worker.id, now).len(), 2, "{}: a worker and a stand-in", grid.code);
            assert_eq!(map.leader_post(&grid.path).map(|post| post.kind), Some(PostKind::GridLeader));
            assert!(map.desk_post(&grid.path).is_some());
            let label = grid.boundary.as_ref().expect("a boundary").label_point();
            assert_eq!(map.locate(label).map(|found| found.id), Some(grid.id));
        }
        assert!(map.dispatcher_post().is_some());
        for key in ["water_supply", "power", "gas", "city_management"] {
            let desk = map.unit_post(key).unwrap_or_else(|| panic!("{key} has a desk"));
            assert!(map.who_serves(desk.id, now).is_some());
        }
        let page = town.caller().get("/grids").await;
        println!("the page of all grids has {} bytes", page.text.len());
        assert!(page.text.len() < 20 * 1024, "{} bytes", page.text.len());
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_small_demo_has_fifteen_grids_and_its_export_fits() {
    each_town(async |town: Town| {
        seed(&town, DemoScale::Small).await;
        let admin = admin(&town);
        assert_eq!(
            admin.get("/api/territory/areas?level=grid").await.ok()["items"].as_array().map(Vec::len),
            Some(15)
        );
        let out = admin.get("/api/territory/areas/export").await;
        let back = send_file(&admin, "check", "crs=WGS-84", out.text).await.ok();
        assert_eq!(back["unchanged"], 20, "{back}");
        assert!(finding_codes(&back["findings"]).is_empty());
    })
    .await;
}

#[test]
fn the_same_demo_comes_out_every_time() {
    let (one, other) = (
        plan_demo("430204", DemoScale::Small).expect("a plan"),
        plan_demo("430204", DemoScale::Small).expect("a plan"),
    );
    assert_eq!(format!("{one:?}"), format!("{other:?}"));
    let phones: std::collections::BTreeSet<_> = one.people.iter().map(|person| &person.phone).collect();
    assert_eq!(phones.len(), one.people.len(), "each has a number of their own");
}
