//! Who may look at what, and that each look is written down.

use crate::town::{GRID_1, caller, each_town, enter, look, shown, text, try_enter, two_homes};
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
            "purpose": "visit", "parts": ["phones"], "kind": "person", "role": "grid_worker", "emergency": false,
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
        let (id, _) =
            enter(&worker, "person", json!({ "name": "张晓明" }), json!({ "area_path": GRID_1 })).await;
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
        assert_eq!(
            (&all["items"][1]["note"], &all["items"][1]["acknowledged_by"]),
            (&json!("消防已核实"), &json!("security"))
        );
        for (query, found) in
            [("kind=glass_broken", 1), ("kind=answer_overdue", 0), ("q=worker1", 1), ("q=nobody", 0)]
        {
            let some = security.get(&format!("/api/registry/alarms?all=true&{query}")).await.ok();
            assert_eq!(some["items"].as_array().map(Vec::len), Some(found), "{query}: {some}");
        }
        worker.get("/api/registry/alarms").await.refused("forbidden");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_service_fact_is_told_to_those_its_service_names() {
    each_town(async |town| {
        let (worker, clerk, welfare) =
            (caller(&town, "worker1"), caller(&town, "clerk"), caller(&town, "welfare"));
        let (id, _) = enter(
            &clerk,
            "person",
            json!({ "name": "张晓明", "birth_on": "1949-12-31" }),
            json!({ "area_path": GRID_1 }),
        )
        .await;
        let (home, _) = two_homes(&clerk).await;
        let body =
            json!({ "dwelling": home, "values": { "kind": "registered" }, "given": { "source": "door" } });
        clerk.post(&format!("/api/registry/people/{id}/move-in"), body).await.ok();
        let mut facts = Vec::new();
        for fact in ["lives_alone", "living_allowance", "disability", "needs_oxygen"] {
            facts.push(
                enter(&clerk, "service_fact", json!({ "fact": fact }), json!({ "person": id })).await.0,
            );
        }
        let told = async |by: &testkit::Caller| {
            let seen = by.get(&format!("/api/registry/people/{id}?purpose=assistance&open=facts")).await.ok();
            let facts = seen["facts"].as_array().expect("facts");
            facts.iter().map(|fact| text(&fact["fields"][0]["value"])).collect::<Vec<_>>()
        };
        assert_eq!(told(&clerk).await, ["lives_alone", "living_allowance", "disability", "needs_oxygen"]);
        assert_eq!(
            told(&worker).await,
            ["lives_alone", "disability", "needs_oxygen"],
            "a worker brings no allowance"
        );
        assert_eq!(told(&welfare).await, ["living_allowance", "disability"], "civil affairs visits nobody");
        // Nor does anybody learn that there is such a fact.
        let allowance = &facts[1];
        for way in ["?purpose=assistance&open=facts", "?purpose=visit", "/history?purpose=visit"] {
            worker.get(&format!("/api/registry/records/{allowance}{way}")).await.refused("not_found");
        }
        welfare.get(&format!("/api/registry/records/{}?purpose=visit", facts[0])).await.refused("not_found");
        let end = json!({ "version": 1, "given": { "source": "door" } });
        worker.post(&format!("/api/registry/records/{allowance}/end"), end).await.refused("not_found");
        town.passes(std::time::Duration::from_secs(400 * 24 * 3600)).await;
        let stale = async |by: &testkit::Caller| {
            let rows = by.get("/api/registry/stale?limit=100").await.ok();
            let rows = rows["items"].as_array().expect("rows").clone();
            rows.iter()
                .filter(|row| row["kind"] == "service_fact")
                .map(|row| text(&row["id"]))
                .collect::<Vec<_>>()
        };
        assert!(stale(&clerk).await.contains(allowance));
        assert!(!stale(&worker).await.contains(allowance) && stale(&worker).await.contains(&facts[0]));
        let building = async |by: &testkit::Caller| {
            let found = clerk.get("/api/registry/search?q=田心三村5栋&kind=place").await.ok();
            let place = json!({ "place": found["hits"][0]["id"] });
            by.post("/api/registry/affected", place).await.ok()[0]["help"].clone()
        };
        assert_eq!(building(&worker).await, json!({ "needs_oxygen": 1 }));
        assert_eq!(building(&welfare).await, json!({}));
        // Whoever is told of nothing may still say what was seen at the door.
        let said =
            try_enter(&worker, "service_fact", json!({ "fact": "pregnant" }), json!({ "person": id })).await;
        assert_eq!(said.status, 200, "{}", said.text);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_record_says_what_its_reader_may_do_and_why_not_the_rest() {
    each_town(async |town| {
        let (worker, clerk) = (caller(&town, "worker1"), caller(&town, "clerk"));
        let (id, _) =
            enter(&worker, "person", json!({ "name": "张晓明" }), json!({ "area_path": GRID_1 })).await;
        let may = async |by: &testkit::Caller, action: &str| {
            let seen = look(by, &id).await;
            let all = seen["actions"].as_array().expect("actions").clone();
            let found =
                all.into_iter().find(|one| one["action"] == action).unwrap_or_else(|| panic!("no {action}"));
            assert_eq!(
                found["can"] == true,
                found["why"].is_null(),
                "what may not be done says why: {found}"
            );
            found["can"] == true
        };
        assert!(
            may(&worker, "amend").await && may(&worker, "enter_fact").await && may(&worker, "open").await
        );
        assert!(!may(&worker, "merge").await && may(&clerk, "merge").await);
        assert!(!may(&worker, "answer_person").await && may(&clerk, "answer_person").await);
        let seen = look(&worker, &id).await;
        assert!(!seen["actions"].to_string().contains("move_out"), "only a residence is left: {seen}");
        let end = json!({ "version": 1, "given": { "source": "desk" } });
        clerk.post(&format!("/api/registry/records/{id}/end"), end).await.ok();
        assert!(!may(&clerk, "amend").await && may(&clerk, "answer_person").await);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn details_of_a_fact_are_told_in_words() {
    each_town(async |town| {
        let clerk = caller(&town, "clerk");
        let (id, _) =
            enter(&clerk, "person", json!({ "name": "张晓明" }), json!({ "area_path": GRID_1 })).await;
        let values = json!({ "fact": "disability", "details": { "class": "visual", "grade": "1" } });
        let (fact, _) = enter(&clerk, "service_fact", values, json!({ "person": id })).await;
        let seen =
            clerk.get(&format!("/api/registry/records/{fact}?purpose=assistance&open=facts")).await.ok();
        assert_eq!(
            (shown(&seen, "fact"), shown(&seen, "details")),
            ("持残疾人证".into(), "类别 视力、等级 一级".into())
        );
        let history = clerk
            .get(&format!("/api/registry/records/{fact}/history?purpose=assistance&open=facts"))
            .await
            .ok();
        assert!(history.to_string().contains("类别 视力"), "{history}");
        let masked = clerk.get(&format!("/api/registry/records/{fact}?purpose=visit")).await.ok();
        assert_eq!(shown(&masked, "details"), "****");
    })
    .await;
}
