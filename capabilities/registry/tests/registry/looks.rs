//! Who may look at what, and that each look is written down.

use crate::town::{GRID_1, caller, each_town, enter, look, shown};
use platform::FactId;
use serde_json::{Value, json};
use store::{Conn, FactRow};
use testkit::{DISTRICT, Town};
use uuid::Uuid;

async fn looks_at(town: &Town, id: &str) -> Vec<Value> {
    let id: Uuid = id.parse().expect("an id");
    let read = async move |conn: &mut Conn| FactRow::of_subject(conn, DISTRICT, id, 200).await;
    let facts: Vec<FactRow> = town.db().read(read).await.expect("facts");
    assert!(facts.iter().all(|fact| fact.id > FactId(Uuid::nil())));
    let opened = facts.into_iter().filter(|fact| fact.name == registry::facts::OPENED);
    opened.map(|fact| json!({ "by": fact.actor_name, "what": fact.data.0 })).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_look_needs_a_purpose_that_opens_what_is_asked() {
    each_town(async |town| {
        let worker = caller(&town, "worker1");
        let values =
            json!({ "name": "张晓明", "documents": ["11010519491231002X"], "phones": ["13873300042"] });
        let (id, _) = enter(&worker, "person", values, json!({ "area_path": GRID_1 })).await;
        let path = format!("/api/registry/records/{id}");
        worker.get(&path).await.refused("registry.no_purpose");
        worker.get(&format!("{path}?purpose=curiosity")).await.refused("registry.no_purpose");
        // A visit needs the phone, and no document.
        worker.get(&format!("{path}?purpose=visit&open=documents")).await.refused("registry.no_purpose");
        assert!(looks_at(&town, &id).await.is_empty(), "a refused look shows nothing and is none");
        let seen = worker.get(&format!("{path}?purpose=visit&open=phones")).await.ok();
        assert_eq!(shown(&seen, "phones"), "13873300042");
        assert!(!seen.to_string().contains("11010519491231002X"));
        let seen = worker.get(&format!("{path}?purpose=service&open=documents,phones")).await.ok();
        assert_eq!(shown(&seen, "documents"), "居民身份证 11010519491231002X");
        let looks = looks_at(&town, &id).await;
        assert_eq!(looks[0], json!({ "by": "worker1", "what": {
            "purpose": "visit", "parts": ["phones"], "kind": "person", "role": "staff", "emergency": false,
        } }));
        assert_eq!(looks.len(), 2);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn another_grid_is_not_there_except_in_an_emergency() {
    each_town(async |town| {
        let (worker, other) = (caller(&town, "worker1"), caller(&town, "worker2"));
        let (id, _) = enter(
            &worker,
            "person",
            json!({ "name": "张晓明", "phones": ["13873300042"] }),
            json!({ "area_path": GRID_1 }),
        )
        .await;
        let path = format!("/api/registry/records/{id}?purpose=visit&open=phones");
        other.get(&path).await.refused("not_found");
        other.get(&format!("{path}&emergency=着火")).await.refused("registry.bad_reason");
        let seen = other.get(&format!("{path}&emergency=楼上着火，要马上通知这一户撤离")).await.ok();
        assert_eq!(shown(&seen, "phones"), "13873300042");
        let amend = json!({ "version": 1, "values": { "name": "李鬼" }, "given": { "source": "door" } });
        other.post(&format!("/api/registry/records/{id}/amend"), amend).await.refused("not_found");
        caller(&town, "nobody").get(&path).await.refused("forbidden");
        town.caller().get(&path).await.refused("sign_in");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn reading_in_bulk_is_slowed_down() {
    each_town(async |town| {
        let worker = caller(&town, "worker1");
        let (id, _) =
            enter(&worker, "person", json!({ "name": "张晓明" }), json!({ "area_path": GRID_1 })).await;
        for _ in 0..120 {
            look(&worker, &id).await;
        }
        let answer = worker.get(&format!("/api/registry/records/{id}?purpose=visit")).await;
        assert_eq!(answer.status, 429);
        answer.refused("registry.too_much");
        assert_eq!(looks_at(&town, &id).await.len(), 120, "the refused look is none");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_security_administrator_is_told_and_says_what_was_found() {
    each_town(async |town| {
        let (worker, other, security) =
            (caller(&town, "worker1"), caller(&town, "worker2"), caller(&town, "security"));
        let (id, _) = enter(&worker, "person", json!({ "name": "张晓明" }), json!({ "area_path": GRID_1 })).await;
        let reason = "楼上着火，要马上通知这一户撤离";
        other.get(&format!("/api/registry/records/{id}?purpose=visit&emergency={reason}")).await.ok();
        for _ in 0..121 {
            worker.get(&format!("/api/registry/records/{id}?purpose=visit")).await;
        }
        town.settles().await;
        let alarms = security.get("/api/registry/alarms").await.ok();
        let alarms = alarms["items"].as_array().expect("alarms");
        let kinds: Vec<_> = alarms.iter().map(|alarm| alarm["kind"].as_str().unwrap_or_default()).collect();
        assert_eq!(kinds, ["bulk_reading", "glass_broken"], "{alarms:?}");
        assert_eq!((&alarms[1]["reason"], &alarms[1]["by"]), (&json!(reason), &json!("worker2")));
        assert_eq!(alarms[1]["record"], json!(id));
        assert_eq!(alarms[0]["by"], "worker1");
        let path = format!("/api/registry/alarms/{}/acknowledge", alarms[1]["id"].as_str().expect("an id"));
        security.post(&path, json!({ "note": " " })).await.refused("registry.bad_note");
        let note = json!({ "note": "消防已核实" });
        assert_eq!(security.post(&path, note.clone()).await.status, 204);
        security.post(&path, note).await.refused("not_found");
        let open = security.get("/api/registry/alarms").await.ok();
        assert_eq!(open["items"].as_array().map(Vec::len), Some(1));
        let all = security.get("/api/registry/alarms?all=true").await.ok();
        assert_eq!((&all["items"][1]["note"], &all["items"][1]["acknowledged_by"]), (&json!("消防已核实"), &json!("security")));
        worker.get("/api/registry/alarms").await.refused("forbidden");
    })
    .await;
}
