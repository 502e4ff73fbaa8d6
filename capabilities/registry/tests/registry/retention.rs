//! What has run out is announced one night and gone the next, with its history; what is left is only that there was a record.

use crate::town::{CAPABILITIES, GRID_1, caller, each_town, enter, shown};
use platform::DAY;
use serde_json::{Value, json};
use testkit::Town;

async fn set_clocks(town: &Town) {
    let registry =
        CAPABILITIES.iter().find(|capability| capability.name == "registry").expect("the register");
    (registry.prepare)(town.db()).await.expect("the clocks are set");
}

async fn reports(town: &Town) -> Vec<Value> {
    let all = caller(town, "planner").get("/api/registry/retention").await.ok();
    all["items"].as_array().cloned().expect("reports")
}

#[tokio::test(flavor = "multi_thread")]
async fn values_go_one_by_one_when_their_time_is_over() {
    each_town(async |town| {
        set_clocks(&town).await;
        let clerk = caller(&town, "clerk");
        let values =
            json!({ "name": "张晓明", "phones": ["13873300042"], "documents": ["11010519491231002X"] });
        let (id, _) = enter(&clerk, "person", values, json!({ "area_path": GRID_1 })).await;
        let (stays, _) =
            enter(&clerk, "person", json!({ "name": "李四" }), json!({ "area_path": GRID_1 })).await;
        let end = json!({ "version": 1, "given": { "source": "desk" } });
        let act = clerk.post(&format!("/api/registry/records/{id}/end"), end).await.ok()["act"].clone();

        town.passes(DAY).await;
        let first = reports(&town).await;
        assert_eq!(first.len(), 1, "one night, one report");
        assert_eq!(
            (&first[0]["announced"], &first[0]["erased"]),
            (&json!({ "person.phones": 1 }), &json!({}))
        );
        let path = format!("/api/registry/records/{id}?purpose=service&open=phones,documents");
        assert_eq!(shown(&clerk.get(&path).await.ok(), "phones"), "13873300042", "a day to mend a wrong end");

        town.passes(DAY).await;
        let second = reports(&town).await;
        assert_eq!(second[0]["erased"], json!({ "person.phones": 1 }));
        assert_eq!((&second[0]["images"], &second[0]["records"]), (&json!(1), &json!(0)));
        let record = clerk.get(&path).await.ok();
        assert_eq!((shown(&record, "phones").as_str(), shown(&record, "name").as_str()), ("", "张晓明"));
        assert!(shown(&record, "documents").contains("11010519491231002X"), "kept for six months");
        let history = clerk.get(&format!("/api/registry/records/{id}/history?purpose=check")).await.ok();
        assert_eq!(
            (history.as_array().map(Vec::len), &history[0]["entered"], &history[0]["fields"]),
            (Some(1), &json!(true), &json!([])),
            "only that somebody entered it"
        );
        let undo = format!("/api/registry/acts/{}/undo", act.as_str().expect("a deed"));
        clerk.post(&undo, json!({})).await.refused("registry.nothing_to_undo");

        town.passes(200 * DAY).await;
        town.passes(DAY).await;
        assert_eq!(shown(&clerk.get(&path).await.ok(), "documents"), "");
        town.passes(600 * DAY).await;
        town.passes(DAY).await;
        let record = clerk.get(&path).await.ok();
        assert_eq!(
            (&record["state"], &record["label"], &record["fields"]),
            (&json!("erased"), &json!(""), &json!([]))
        );
        assert_eq!(record["area"]["path"], GRID_1, "for the counts of the area");
        assert_eq!(reports(&town).await[0]["records"], json!(1));
        assert_eq!(
            shown(&clerk.get(&format!("/api/registry/records/{stays}?purpose=check")).await.ok(), "name"),
            "李四"
        );
        clerk.get("/api/registry/retention").await.refused("forbidden");
    })
    .await;
}
