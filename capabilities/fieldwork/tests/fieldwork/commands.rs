//! What was done on a phone comes once, in order, each for itself; two who changed the same are asked, and nobody else.

use crate::register::{Homes, command, made, phone, send, shown, states, two_homes, version, worker};
use crate::town::{GRID_1, caller, each_town, text};
use serde_json::{Value, json};
use std::time::Duration;
use testkit::Caller;

/// Another name for the person, as it was seen at a version.
fn rename(homes: &Homes, seen: i64, name: &str) -> Value {
    json!({ "record": homes.person, "base_version": seen, "base": { "name": "张晓明" }, "values": { "name": name } })
}

async fn desk_amends(clerk: &Caller, id: &str, values: Value) {
    let body =
        json!({ "version": version(clerk, id).await, "values": values, "given": { "source": "desk" } });
    clerk.post(&format!("/api/registry/records/{id}/amend"), body).await.ok();
}

fn report(words: &str) -> Value {
    json!({ "words": words, "place": { "grid": "430204001008J001" } })
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_command_twice_is_done_once() {
    each_town(async |town| {
        let (worker, device) = worker(&town).await;
        let lamp = command(1, "report", report("路灯不亮"));
        let first = send(&worker, &device, &[lamp.clone(), lamp.clone()]).await;
        assert_eq!(first[0]["state"], "accepted");
        assert_eq!(first[0]["result"]["case"], made(1), "a case has its command's id");
        let again = send(&worker, &device, std::slice::from_ref(&lamp)).await;
        assert_eq!(again[0], first[0], "a lost answer is given again");
        let other = command(1, "report", report("别的事"));
        let taken = send(&worker, &device, &[other]).await;
        assert_eq!(taken[0]["refusal"]["code"], "fieldwork.command_id_taken");
        assert_eq!(send(&worker, &device, &[lamp]).await[0], first[0], "which changed nothing");
        let listed =
            worker.get("/api/cases?queue=all&area=430204/430204001/430204001008/430204001008J001").await.ok();
        assert_eq!(listed["items"].as_array().map(Vec::len), Some(1));
        let theirs = phone(&caller(&town, "worker2"), 0xe0).await;
        let stolen =
            send(&caller(&town, "worker2"), &theirs, &[command(1, "report", report("路灯不亮"))]).await;
        assert_eq!(
            stolen[0]["refusal"]["code"], "fieldwork.command_id_taken",
            "nobody is told another's answer"
        );
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn one_that_is_refused_harms_none_beside_it() {
    each_town(async |town| {
        let homes = two_homes(&caller(&town, "clerk")).await;
        let (worker, device) = worker(&town).await;
        let seen = version(&worker, &homes.person).await;
        let batch = [
            command(1, "report", report("路灯不亮")),
            command(
                2,
                "amend",
                json!({ "record": homes.person, "base_version": seen, "values": { "shoe": "43" } }),
            ),
            command(3, "dance", json!({})),
            command(4, "confirm", json!({ "record": homes.person, "shoe": 43 })),
            command(
                5,
                "amend",
                json!({ "record": homes.person, "base_version": seen, "values": { "birth_on": "gestern" } }),
            ),
            command(6, "confirm", json!({ "record": made(99) })),
            command(
                7,
                "enter",
                json!({ "kind": "thing", "values": { "component": "0101", "name": "井盖" },
                "lon": 113.11, "lat": 27.88, "given": { "source": "door" } }),
            ),
            command(
                8,
                "amend",
                json!({ "record": homes.person, "base_version": seen, "values": { "name": "张小明" } }),
            ),
        ];
        let answers = send(&worker, &device, &batch).await;
        let codes: Vec<String> = answers
            .iter()
            .map(|a| {
                a["refusal"]["code"].as_str().unwrap_or(a["state"].as_str().unwrap_or_default()).to_owned()
            })
            .collect();
        assert_eq!(
            codes,
            [
                "accepted",
                "registry.no_such_field",
                "fieldwork.unknown_kind",
                "fieldwork.bad_command",
                "registry.bad_date",
                "not_found",
                "accepted",
                "accepted"
            ]
        );
        assert!(
            answers[4]["refusal"]["words"]["zh"].is_string() && answers[4]["refusal"]["field"] == "birth_on"
        );
        assert_eq!(shown(&worker, &homes.person, "name").await, "张小明");
        assert_eq!(send(&worker, &device, &batch).await, answers, "all of it again");
        let many: Vec<Value> = (100..301).map(|n| command(n, "dance", json!({}))).collect();
        let batch = json!({ "device": device, "sent_at": "2026-03-02T10:00:00+08:00", "commands": many });
        worker.post("/api/fieldwork/sync/commands", batch).await.refused("fieldwork.too_many_commands");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn only_a_value_two_have_changed_otherwise_is_a_clash() {
    each_town(async |town| {
        let clerk = caller(&town, "clerk");
        let homes = two_homes(&clerk).await;
        let (worker, device) = worker(&town).await;
        let seen = version(&worker, &homes.person).await;
        desk_amends(&clerk, &homes.person, json!({ "name": "张笑明", "sex": "male" })).await;
        let mine = json!({ "record": homes.person, "base_version": seen, "base": { "name": "张晓明", "birth_on": "1949-12-31" },
            "values": { "name": "张小明", "birth_on": "1949-12-30", "sex": "male" } });
        let answer = send(&worker, &device, &[command(1, "amend", mine)]).await.remove(0);
        assert_eq!(answer["state"], "clash");
        let fields = answer["clash"]["fields"].as_array().expect("fields");
        assert_eq!(fields.len(), 1, "the day of birth is saved, the sex stands there already: {fields:?}");
        let name = &fields[0];
        assert_eq!(
            [&name["mine"], &name["theirs"], &name["before"], &name["theirs_by"]],
            [&json!("张小明"), &json!("张笑明"), &json!("张晓明"), &json!("clerk")]
        );
        assert_eq!(shown(&worker, &homes.person, "birth_on").await, "1949-12-30");
        assert_eq!(shown(&worker, &homes.person, "name").await, "张笑明", "until somebody decides");
        let waiting = worker.get("/api/fieldwork/sync/clashes").await.ok();
        assert_eq!(waiting["clashes"][0]["fields"], answer["clash"]["fields"]);
        assert_eq!(caller(&town, "worker2").get("/api/fieldwork/sync/clashes").await.ok()["clashes"], json!([]));
        let settle = |number: u32, choices: Value| command(number, "settle", json!({ "clash": made(1), "choices": choices }));
        let wrong = send(&worker, &device, &[settle(2, json!({}))]).await;
        assert_eq!(wrong[0]["refusal"]["code"], "fieldwork.bad_choices");
        assert_eq!(states(&worker, &device, &[settle(3, json!({ "name": "mine" }))]).await, ["accepted"]);
        assert_eq!(shown(&worker, &homes.person, "name").await, "张小明");
        let late = send(&worker, &device, &[settle(4, json!({ "name": "theirs" }))]).await;
        assert_eq!(late[0]["refusal"]["code"], "fieldwork.settled_already");
        let history = worker.get(&format!("/api/registry/records/{}/history?purpose=visit", homes.person)).await.ok();
        assert!(history.to_string().contains("张笑明"), "theirs is among the earlier states");
        assert_eq!(worker.get("/api/fieldwork/sync/clashes").await.ok()["clashes"], json!([]));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_choice_that_comes_late_meets_what_stands_there_by_then() {
    each_town(async |town| {
        let clerk = caller(&town, "clerk");
        let homes = two_homes(&clerk).await;
        let (worker, device) = worker(&town).await;
        let seen = version(&worker, &homes.person).await;
        desk_amends(&clerk, &homes.person, json!({ "name": "张笑明" })).await;
        assert_eq!(
            states(&worker, &device, &[command(1, "amend", rename(&homes, seen, "张小明"))]).await,
            ["clash"]
        );
        desk_amends(&clerk, &homes.person, json!({ "name": "张啸明" })).await;
        let settle = json!({ "clash": made(1), "choices": { "name": "mine" } });
        let answer = send(&worker, &device, &[command(2, "settle", settle)]).await.remove(0);
        assert_eq!(
            (&answer["state"], &answer["clash"]["fields"][0]["theirs"]),
            (&json!("clash"), &json!("张啸明"))
        );
        let settle = json!({ "clash": made(2), "choices": { "name": "theirs" } });
        assert_eq!(states(&worker, &device, &[command(3, "settle", settle)]).await, ["accepted"]);
        assert_eq!(shown(&worker, &homes.person, "name").await, "张啸明");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sealed_value_is_changed_without_being_told() {
    each_town(async |town| {
        let clerk = caller(&town, "clerk");
        let homes = two_homes(&clerk).await;
        let (worker, device) = worker(&town).await;
        let seen = version(&worker, &homes.person).await;
        let phones = |number: &str| json!({ "record": homes.person, "base_version": seen, "values": { "phones": [number] } });
        assert_eq!(states(&worker, &device, &[command(1, "amend", phones("13900000001"))]).await, ["accepted"]);
        let answer = send(&worker, &device, &[command(2, "amend", phones("13900000002"))]).await.remove(0);
        assert_eq!(answer["state"], "clash", "an older view of it");
        let field = &answer["clash"]["fields"][0];
        assert_eq!((&field["mine"], &field["theirs"], &field["sealed"]), (&json!(["13900000002"]), &Value::Null, &json!(true)));
        assert!(!answer.to_string().contains("13900000001"));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_waits_for_another_is_done_when_that_comes() {
    each_town(async |town| {
        let homes = two_homes(&caller(&town, "clerk")).await;
        let (worker, device) = worker(&town).await;
        let second = phone(&worker, 0xd1).await;
        let child = |number: u32, parent: u32, name: &str| {
            let mut one = command(number, "amend", rename(&homes, 1, name));
            one["body"]["base"] = json!({});
            one["body"]["base_version"] = json!(number - 1);
            one["parent"] = json!(made(parent));
            one
        };
        // The last first, from another phone, and one more that stands on it.
        assert_eq!(states(&worker, &second, &[child(3, 2, "张三")]).await, ["held"]);
        assert_eq!(states(&worker, &second, &[child(2, 1, "张二")]).await, ["held"]);
        assert_eq!(states(&worker, &second, &[child(3, 2, "张三")]).await, ["held"], "and still waits");
        let first = command(1, "amend", rename(&homes, version(&worker, &homes.person).await, "张一"));
        assert_eq!(states(&worker, &device, &[first]).await, ["accepted"]);
        let after = states(&worker, &second, &[child(2, 1, "张二"), child(3, 2, "张三")]).await;
        assert!(after.iter().all(|state| state != "held"), "{after:?}");
        let refused = command(10, "dance", json!({}));
        let mut orphan = child(11, 10, "张十");
        orphan["seq"] = json!(9);
        let answers = send(&worker, &device, &[orphan, refused]).await;
        assert_eq!(answers[0]["refusal"]["code"], "fieldwork.parent_refused", "it would stand on nothing");
        assert_eq!(states(&worker, &device, &[child(20, 19, "张廿")]).await, ["held"]);
        let waiting = async || worker.get("/api/fieldwork/sync/clashes").await.ok()["held"].clone();
        assert_eq!(waiting().await, json!([]));
        town.clock.set(town.clock.now().after(Duration::from_secs(31 * 24 * 3600)));
        assert_eq!(waiting().await[0]["id"], made(20), "shown after thirty days");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn arrival_orders_and_the_clock_of_a_phone_does_not() {
    each_town(async |town| {
        let homes = two_homes(&caller(&town, "clerk")).await;
        let (worker, device) = worker(&town).await;
        let seen = version(&worker, &homes.person).await;
        let mut early = command(1, "amend", rename(&homes, seen, "张小明"));
        early["at"] = json!("2031-01-01T00:00:00Z");
        let mut late = command(
            2,
            "amend",
            json!({ "record": homes.person, "base_version": seen + 1,
            "base": { "name": "张小明" }, "values": { "name": "张晓明" } }),
        );
        late["at"] = json!("1999-01-01T00:00:00Z");
        // Sent in the wrong order: the device's own count puts it right.
        assert_eq!(states(&worker, &device, &[late, early]).await, ["accepted", "accepted"]);
        assert_eq!(shown(&worker, &homes.person, "name").await, "张晓明");
        let mut lamp = command(3, "report", report("路灯不亮"));
        lamp["at"] = json!("2031-01-01T00:00:00Z");
        let answer = send(&worker, &device, &[lamp]).await.remove(0);
        let case = worker.get(&format!("/api/cases/{}", text(&answer["result"]["case"]))).await.ok();
        assert_eq!(
            case["reported_at"], "2026-03-02T02:00:00Z",
            "a time that has not come is not believed: {case}"
        );
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_still_holds_is_confirmed_and_what_others_changed_is_not() {
    each_town(async |town| {
        let clerk = caller(&town, "clerk");
        let homes = two_homes(&clerk).await;
        let (worker, device) = worker(&town).await;
        let seen = version(&worker, &homes.person).await;
        desk_amends(&clerk, &homes.person, json!({ "name": "张笑明" })).await;
        let confirm = json!({ "record": homes.person, "version": seen, "fields": ["name", "birth_on"] });
        let answer = send(&worker, &device, &[command(1, "confirm", confirm)]).await.remove(0);
        assert_eq!((&answer["state"], &answer["result"]["passed"]), (&json!("merged"), &json!(["name"])));
        let confirm = json!({ "record": homes.first });
        assert_eq!(states(&worker, &device, &[command(2, "confirm", confirm)]).await, ["accepted"]);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_batch_may_come_packed_and_never_unfolds_beyond_its_limit() {
    each_town(async |town| {
        let (worker, device) = worker(&town).await;
        let batch = json!({ "device": device, "sent_at": "2026-03-02T10:00:00+08:00", "commands": [command(1, "report", report("路灯不亮"))] });
        let pack = |bytes: &[u8]| {
            use std::io::Write;
            let mut packer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
            packer.write_all(bytes).expect("packed");
            packer.finish().expect("packed")
        };
        let url = format!("{}/api/fieldwork/sync/commands", worker.url);
        let post = async |bytes: Vec<u8>| {
            let request = worker.client.post(&url).header("content-type", "application/json");
            worker.send(request.header("content-encoding", "gzip").body(bytes)).await
        };
        let answer = post(pack(batch.to_string().as_bytes())).await.ok();
        assert_eq!(answer["answers"][0]["state"], "accepted");
        post(pack(&vec![b' '; 8 * 1024 * 1024])).await.refused("too_large");
        post(b"not packed".to_vec()).await.refused("body_broken");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_worker_reaches_no_further_by_phone_than_at_the_desk() {
    each_town(async |town| {
        let homes = two_homes(&caller(&town, "clerk")).await;
        let other = caller(&town, "worker2");
        let theirs = phone(&other, 0xe0).await;
        let amend = command(1, "amend", rename(&homes, 1, "张小明"));
        let enter = command(2, "enter", json!({ "kind": "person", "values": { "name": "王五" }, "area_path": GRID_1, "given": { "source": "door" } }));
        let confirm = command(3, "confirm", json!({ "record": homes.first }));
        let answers = send(&other, &theirs, &[amend, enter, confirm]).await;
        assert!(answers.iter().all(|answer| answer["state"] == "refused"), "{answers:?}");
    })
    .await;
}
