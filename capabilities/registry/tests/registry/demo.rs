//! The demo's register: the same every time, by the rules, findable.

use crate::town::{caller, each_town};
use serde_json::json;
use std::sync::Mutex;
use testkit::DISTRICT;

#[tokio::test(flavor = "multi_thread")]
async fn a_demo_grid_is_full_of_people_who_can_be_found() {
    each_town(async |town| {
        let mut told = 0;
        let mut tell = |done| told = done;
        let made = registry::demo::fill(town.db(), DISTRICT, Some(1), &mut tell).await;
        let made = made.expect("the demo keeps to the rules");
        assert_eq!(told, made.records);
        // 400 households of three, and one in twelve homes empty.
        assert_eq!((made.count("household"), made.count("dwelling")), (400, 432));
        assert!((1_100..1_300).contains(&made.count("person")), "{made:?}");
        assert_eq!(made.count("person"), made.count("residence"));
        assert_eq!((made.count("organisation"), made.count("thing")), (8, 86));
        assert!(made.count("service_fact") > 60, "{made:?}");
        let clerk = caller(&town, "clerk");
        let home = "田心一村1栋1单元301室";
        let found = clerk.get(&format!("/api/registry/search?q={home}&kind=dwelling")).await.ok();
        assert_eq!(found["hits"][0]["label"], home);
        let found = clerk.get("/api/registry/search?q=王&kind=person").await.ok();
        assert_eq!((found["hits"].as_array().map(Vec::len), &found["more"]), (Some(50), &json!(true)));
        let home = found["hits"][0]["home"].as_str().expect("a home");
        let places = clerk.get(&format!("/api/registry/addresses?text={home}")).await.ok();
        assert_eq!((&places[0]["label"], &places[0]["points"]), (&json!(home), &json!(1000)));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_demo_is_the_same_every_time() {
    let first = Mutex::new(None);
    each_town(async |town| {
        registry::demo::fill(town.db(), DISTRICT, Some(1), &mut |_| ()).await.expect("the demo is made");
        let clerk = caller(&town, "clerk");
        let found = clerk.get("/api/registry/search?q=李&kind=person&limit=50").await.ok();
        // On one engine as on the other, ids and all.
        let mut first = first.lock().expect("no story failed");
        let first = first.get_or_insert_with(|| found.clone());
        assert_eq!(found["hits"][0], first["hits"][0]);
    })
    .await;
}
