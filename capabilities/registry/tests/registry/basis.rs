//! What is kept is told before it is kept, and a change of it is a new notice; how often a kind was looked at is counted.

use crate::town::{CAPABILITIES, GRID_1, caller, each_town, enter, look};
use edge::Settings;
use serde_json::json;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;
use testkit::Town;

/// Starts the register again with the kinds of a folder.
async fn starts_with(town: &Town, folder: &Path, kinds: &str) -> Result<(), platform::Fault> {
    std::fs::create_dir_all(folder.join("register")).expect("a folder");
    std::fs::write(folder.join("register/kinds.toml"), kinds).expect("a file");
    let settings = town.edge.settings().clone();
    town.edge.fixtures().put(Arc::new(Settings { catalog: Some(folder.to_owned()), ..(*settings).clone() }));
    let registry =
        CAPABILITIES.iter().find(|capability| capability.name == "registry").expect("the register");
    (registry.prepare)(town.db()).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_changed_catalogue_is_a_new_notice_or_no_start() {
    each_town(async |town| {
        let anybody = town.caller();
        let told = anybody.get("/api/registry/basis").await.ok();
        assert_eq!(told["notices"].as_array().map(Vec::len), Some(1));
        let page = anybody.get("/privacy").await.text;
        for words in
            ["个人信息告知书", "电话", "约上门", "第四十六条", "独居老人", "每周探访", "入户走访", "首次告知"]
        {
            assert!(page.contains(words), "{words}: {page}");
        }
        assert!(
            !page.contains("[V") && !page.contains("unverified"),
            "the keepers' marks are in words: {page}"
        );
        let kinds = include_str!("../../../../catalog/register/kinds.toml");
        let changed = kinds.replacen("keep = 24", "keep = 36", 1);
        assert_ne!(kinds, changed);
        let folder = town.folder.path().join("catalog");
        let refused = starts_with(&town, &folder, &changed).await.expect_err("people were told otherwise");
        assert!(format!("{refused:?}").contains("give kinds.toml a new version"), "{refused:?}");
        let renamed = changed.replacen("version = \"", "version = \"next-", 1);
        starts_with(&town, &folder, &renamed).await.expect("a new version");
        starts_with(&town, &folder, &renamed).await.expect("and again");
        let told = anybody.get("/api/registry/basis").await.ok();
        let notices = told["notices"].as_array().expect("notices");
        assert_eq!(notices.len(), 2);
        assert_eq!(notices[0]["changes"].as_array().map(Vec::len), Some(1), "{told}");
        assert!(
            notices[0]["changes"][0]["zh"].as_str().is_some_and(|words| words.contains("保存期限")),
            "{told}"
        );
        assert!(
            starts_with(&town, &folder, &kinds.replacen("keep = 24", "keep = 48", 1)).await.is_err(),
            "nor an older version"
        );
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_impact_sheet_counts_looks_and_never_people() {
    each_town(async |town| {
        let registry =
            CAPABILITIES.iter().find(|capability| capability.name == "registry").expect("the register");
        (registry.prepare)(town.db()).await.expect("the clocks are set");
        let worker = caller(&town, "worker1");
        let (id, _) =
            enter(&worker, "person", json!({ "name": "张晓明" }), json!({ "area_path": GRID_1 })).await;
        for _ in 0..3 {
            look(&worker, &id).await;
        }
        let planner = caller(&town, "planner");
        let sheet = planner.get("/api/registry/impact/person").await.ok();
        assert_eq!((&sheet["records"], &sheet["looks"]), (&json!(1), &json!([])));
        town.passes(Duration::from_secs(2 * 3600)).await;
        town.passes(Duration::from_secs(30 * 3600)).await;
        let sheet = planner.get("/api/registry/impact/person").await.ok();
        let looks = &sheet["looks"][0];
        assert_eq!(
            (&looks["purpose"], &looks["role"], &looks["looks"]),
            (&json!("visit"), &json!("grid_worker"), &json!(3))
        );
        assert!(!sheet.to_string().contains("worker1"), "not by whom");
        assert_eq!(sheet["kind"]["fields"][0]["key"], "name");
        let page = planner.get("/print/impact/person").await.text;
        assert!(page.contains("入户走访") && page.contains("第五十五条"), "{page}");
        worker.get("/api/registry/impact/person").await.refused("forbidden");
    })
    .await;
}
