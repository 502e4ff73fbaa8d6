//! A phone begins, keeps what it carries for seven days, is lost, and leaves.

use crate::register::{made, page, phone, pull, two_homes, worker};
use crate::town::{GRID_1, STREET, caller, each_town, text};
use platform::DAY;
use serde_json::{Value, json};

#[tokio::test(flavor = "multi_thread")]
async fn a_phone_begins_once_and_an_account_has_three_at_most() {
    each_town(async |town| {
        let worker = caller(&town, "worker1");
        let begin = async |number: u32, name: &str| {
            worker.post("/api/fieldwork/devices", json!({ "id": made(number), "name": name })).await
        };
        let first = begin(1, " 红米 12 ").await.ok();
        assert_eq!(
            (&first["name"], &first["state"], &first["grids"]),
            (&json!("红米 12"), &json!("working"), &json!([GRID_1]))
        );
        assert_eq!(begin(1, "别的").await.ok()["name"], "红米 12", "the same twice is one");
        begin(2, "").await.refused("fieldwork.bad_device_name");
        begin(2, "旧手机").await.ok();
        begin(3, "平板").await.ok();
        begin(4, "第四台").await.refused("fieldwork.too_many_devices");
        let other = caller(&town, "worker2");
        other
            .post("/api/fieldwork/devices", json!({ "id": made(1), "name": "红米" }))
            .await
            .refused("fieldwork.device_ended");
        worker.post(&format!("/api/fieldwork/devices/{}/leave", made(2)), json!({})).await.ok();
        begin(4, "第四台").await.ok();
        begin(2, "旧手机").await.refused("fieldwork.device_ended");
        // Who serves no post of a grid has nothing to carry, whatever may be filled in elsewhere.
        caller(&town, "nobody")
            .post("/api/fieldwork/devices", json!({ "id": made(9), "name": "红米" }))
            .await
            .refused("forbidden");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lost_phone_is_wiped_at_its_next_contact_and_gets_nothing_more() {
    each_town(async |town| {
        two_homes(&caller(&town, "clerk")).await;
        let (worker, device) = worker(&town).await;
        let (homes, _, last) = pull(&worker, &device, None).await;
        assert_eq!((homes.len(), &last["standing"]), (2, &json!("ok")));
        let wipe = format!("/api/fieldwork/devices/{device}/wipe");
        caller(&town, "worker2").post(&wipe, json!({})).await.refused("not_found");
        let lost = caller(&town, "clerk").post(&wipe, json!({})).await.ok();
        assert_eq!((&lost["state"], &lost["ended_by"]), (&json!("lost"), &json!("clerk")));
        let told = page(&worker, &device, None).await;
        assert_eq!(
            (&told["standing"], &told["homes"], &told["grids"]),
            (&json!("wipe"), &json!([]), &json!([]))
        );
        let report = crate::register::command(
            1,
            "report",
            json!({ "words": "灯不亮", "place": { "address": "楼道" } }),
        );
        assert!(
            crate::register::send(&worker, &device, &[report]).await.is_empty(),
            "nothing is taken from it"
        );
        let listed = caller(&town, "clerk").get(&format!("/api/fieldwork/devices?area={STREET}")).await.ok();
        assert_eq!(
            (&listed["items"][0]["state"], &listed["items"][0]["own"]),
            (&json!("wiped"), &json!(false))
        );
        worker.get(&format!("/api/fieldwork/devices?area={STREET}")).await.refused("forbidden");
        let own = worker.get("/api/fieldwork/devices").await.ok();
        assert_eq!(own["items"].as_array().map(Vec::len), Some(1));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn seven_days_without_a_contact_end_what_a_phone_carries() {
    each_town(async |town| {
        two_homes(&caller(&town, "clerk")).await;
        let (worker, device) = worker(&town).await;
        let (_, _, last) = pull(&worker, &device, None).await;
        town.clock.set(town.clock.now().after(DAY * 6));
        let page = page(&worker, &device, last["since"].as_str()).await;
        assert_eq!(page["standing"], "ok", "each contact begins seven days anew");
        town.clock.set(town.clock.now().after(DAY * 6));
        let (homes, _, page) = pull(&worker, &device, page["since"].as_str()).await;
        assert_eq!((homes.len(), &page["standing"]), (0, &json!("ok")));
        town.clock.set(town.clock.now().after(DAY * 8));
        let page = crate::register::page(&worker, &device, page["since"].as_str()).await;
        assert_eq!(page["standing"], "reset", "its rows are thrown away");
        assert_eq!(page["homes"].as_array().map(Vec::len), Some(2), "and it begins anew");
        let lease: platform::Time = text(&page["lease_until"]).parse().expect("a moment");
        assert_eq!(lease, town.clock.now().after(DAY * 7));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_speaks_for_anothers_phone() {
    each_town(async |town| {
        let (worker, device) = worker(&town).await;
        let other = caller(&town, "worker2");
        let own = phone(&other, 0xe0).await;
        other.get(&format!("/api/fieldwork/sync?device={device}")).await.refused("not_found");
        let batch = |device: &str| json!({ "device": device, "sent_at": "2026-03-02T10:00:00+08:00", "commands": [] });
        other.post("/api/fieldwork/sync/commands", batch(&device)).await.refused("not_found");
        other.post(&format!("/api/fieldwork/devices/{device}/leave"), json!({})).await.refused("not_found");
        let view: Value = other.post("/api/fieldwork/sync/commands", batch(&own)).await.ok();
        assert_eq!(view["answers"], json!([]));
        worker.post(&format!("/api/fieldwork/devices/{device}/wipe"), json!({})).await.ok();
    })
    .await;
}
