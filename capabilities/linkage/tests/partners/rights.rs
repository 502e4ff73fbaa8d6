//! Who sees how partners are reached, who sets it, and what is refused when it is set.

use crate::town::CaseTown;
use crate::{by_open311, each_linked_town, partner_path, set_water, water};
use serde_json::json;

#[tokio::test(flavor = "multi_thread")]
async fn a_unit_sees_its_own_lane_and_sets_none() {
    each_linked_town(async |town: CaseTown| {
        set_water(&town, by_open311("https://water.example/open311/v2", "georeport")).await;
        let own = town.staff("water").get("/api/linkage/partners").await.ok();
        assert_eq!((own["items"].as_array().map(Vec::len), &own["may_manage"]), (Some(1), &json!(false)));
        let other = town.staff("city").get("/api/linkage/partners").await.ok();
        assert_eq!(other["items"], json!([]));
        assert_eq!(town.staff("city").get(&partner_path(&town, "water_supply", "")).await.status, 404);
        for name in ["worker1", "leader", "desk"] {
            assert_eq!(town.staff(name).get("/api/linkage/partners").await.status, 403, "{name}");
        }
        let body = json!({ "rung": "console", "states": "mulin", "version": 1 });
        assert_eq!(town.staff("water").put(&partner_path(&town, "water_supply", ""), body).await.status, 403);
        let resident = town.resident("13900001111").await;
        assert_eq!(resident.get("/api/linkage/partners").await.status, 403);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_set_is_refused_by_name_and_the_key_is_never_told() {
    each_linked_town(async |town: CaseTown| {
        let path = partner_path(&town, "water_supply", "");
        let dispatcher = town.staff("dispatcher");
        let private = by_open311("http://10.0.0.8/v2", "georeport");
        let refused = dispatcher.put(&path, private).await.refused("linkage.bad_address");
        assert!(refused["title"].as_str().expect("words").contains("10.0.0.8"), "{refused}");
        dispatcher.put(&path, by_open311("ftp://water.example/", "georeport")).await.refused("linkage.bad_address");
        dispatcher.put(&path, by_open311("https://water.example/", "klingon")).await.refused("linkage.unknown_states");
        let no_secret = json!({ "rung": "webhook", "address": "https://water.example/", "key": "abc", "states": "mulin" });
        dispatcher.put(&path, no_secret).await.refused("linkage.bad_secret");
        let nowhere = json!({ "rung": "open311", "states": "georeport" });
        dispatcher.put(&path, nowhere).await.refused("linkage.no_address");

        let set = set_water(&town, by_open311("https://water.example/open311/v2", "georeport")).await;
        assert_eq!((&set["has_key"], &set["version"]), (&json!(true), &json!(1)));
        assert!(!set.to_string().contains("their-key"));
        let stale = by_open311("https://water.example/open311/v2", "georeport");
        dispatcher.put(&path, stale).await.refused("linkage.stale");
        assert_eq!(water(&town).await["address"], "https://water.example/open311/v2");
    })
    .await;
}
