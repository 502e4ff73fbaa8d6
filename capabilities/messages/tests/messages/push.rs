//! Notices on devices: turned on by a browser, encrypted for it alone, and where no device is left, told by the next way.

use crate::push_side::{Device, Service, who_pushed};
use crate::town::{MessageTown, each_message_town, staff};
use platform::{FactId, Fault, MINUTE};
use serde_json::{Value, json};
use store::{Conn, FactRow};
use testkit::{Caller, DISTRICT};
use uuid::Uuid;

async fn turn_on(page: &Caller, device: &Device) -> String {
    let added = page.post("/api/messages/devices", device.body()).await;
    assert_eq!(added.status, 201, "{}", added.text);
    added.json()["id"].as_str().expect("an id").to_owned()
}

/// How many of one template, state and reason there were, as the dispatcher sees it.
async fn counted(town: &MessageTown) -> Vec<(String, Value)> {
    let counts = staff(&town.town, "dispatcher", "dispatcher")
        .await
        .get("/api/messages/counts?day=2026-03-02")
        .await
        .ok();
    let items = counts["items"].as_array().expect("items").clone();
    let line = |one: &Value| (one["state"].as_str().expect("a state").to_owned(), one["why"].clone());
    let mut lines: Vec<(String, Value)> = items.iter().map(line).collect();
    lines.sort_by_key(|(state, why)| format!("{state} {why}"));
    lines
}

#[tokio::test(flavor = "multi_thread")]
async fn a_device_is_told_what_only_it_can_read() {
    each_message_town(async |town: MessageTown| {
        let service = Service::open().await;
        let (anna, page) = town.resident("13907330001").await;
        let key = page.get("/api/messages/push/key").await.ok()["key"].clone();
        assert_eq!(key, page.get("/api/messages/push/key").await.ok()["key"], "one key of a district");
        let (phone, desk) = (Device::at(&service, "phone"), Device::at(&service, "desk"));
        let id = turn_on(&page, &phone).await;
        assert_eq!(turn_on(&page, &phone).await, id, "the same device again is the same");
        turn_on(&page, &desk).await;
        let thread = Uuid::new_v4();
        town.tells(thread, 1, &[anna]).await;
        town.delivers().await;
        assert!(town.texts().is_empty(), "by one way and not by two");
        let pushed = service.taken(&phone);
        assert_eq!((pushed.len(), service.taken(&desk).len()), (1, 1));
        let said = phone.opens(&pushed[0]);
        assert_eq!((&said["title"], &said["lang"]), (&json!("计划停水停电"), &json!("zh-CN")));
        let body = said["body"].as_str().expect("words");
        assert!(body.starts_with("3月3日14:00 至 3月3日18:00 停水，涉及您家。"), "{body}");
        let path = said["url"].as_str().expect("a page");
        assert!(
            path.starts_with("/m/") && town.town.caller().get(path).await.text.contains("确认退订"),
            "{path}"
        );
        assert_eq!(desk.opens(&service.taken(&desk)[0])["tag"], said["tag"]);
        let (by, claims) = who_pushed(&pushed[0]);
        assert_eq!((json!(by), &claims["aud"]), (key, &json!(service.origin)));
        assert_eq!(claims["sub"], "https://mulin.example.cn");
        // The water is back tomorrow evening: a service that kept it longer would tell what is over.
        let headers = &pushed[0].headers;
        assert_eq!((headers["urgency"].as_str(), headers["topic"].len()), ("normal", 22));
        assert!((1..=2 * 86_400).contains(&headers["ttl"].parse::<u64>().expect("seconds")), "{headers:?}");
        // A later state of the same thing takes its place; another thing does not.
        town.tells(thread, 2, &[anna]).await;
        town.tells(Uuid::new_v4(), 1, &[anna]).await;
        town.delivers().await;
        let topics: Vec<String> =
            service.taken(&phone).iter().map(|one| one.headers["topic"].clone()).collect();
        let same = topics.iter().filter(|topic| **topic == topics[0]).count();
        assert_eq!((topics.len(), same), (3, 2), "{topics:?}");
        assert_eq!(counted(&town).await, [("sent".to_owned(), Value::Null)]);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn where_no_device_is_left_it_goes_by_the_next_way_and_says_why() {
    each_message_town(async |town: MessageTown| {
        let service = Service::open().await;
        let (anna, page) = town.resident("13907330001").await;
        let (phone, desk) = (Device::at(&service, "phone"), Device::at(&service, "desk"));
        turn_on(&page, &phone).await;
        turn_on(&page, &desk).await;
        // One is gone, the other takes it: told, and the one is forgotten.
        service.answers(&phone, 410);
        town.tells(Uuid::new_v4(), 1, &[anna]).await;
        town.delivers().await;
        assert_eq!((service.taken(&desk).len(), town.texts().len()), (1, 0));
        assert_eq!(page.get("/my/messages").await.text.matches("data-device=").count(), 1);
        service.answers(&desk, 404);
        town.tells(Uuid::new_v4(), 1, &[anna]).await;
        town.delivers().await;
        assert_eq!(town.texts(), [("T-outage_planned".to_owned(), "13907330001".to_owned())]);
        assert_eq!(
            counted(&town).await,
            [("sent".to_owned(), json!("no_device")), ("sent".to_owned(), Value::Null)]
        );
        let own = page.get("/my/messages").await.text;
        assert!(own.contains("没有能收通知的设备，改用别的方式"), "{own}");
        // What is due from now on goes there at once, until a device takes notices again.
        town.tells(Uuid::new_v4(), 1, &[anna]).await;
        town.delivers().await;
        assert_eq!(town.texts().len(), 2);
        service.answers(&desk, 201);
        turn_on(&page, &desk).await;
        town.tells(Uuid::new_v4(), 1, &[anna]).await;
        town.delivers().await;
        assert_eq!((service.taken(&desk).len(), town.texts().len()), (2, 2));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_busy_service_is_tried_again_and_one_that_refuses_is_looked_at() {
    each_message_town(async |town: MessageTown| {
        let (busy, well) = (Service::open().await, Service::open().await);
        let (anna, page) = town.resident("13907330001").await;
        let (ben, other) = town.resident("13907330002").await;
        let (slow, quick) = (Device::at(&busy, "slow"), Device::at(&well, "quick"));
        turn_on(&page, &slow).await;
        turn_on(&other, &quick).await;
        for status in [429, 503] {
            busy.answers(&slow, status);
            let (before, to) = (well.taken(&quick).len(), [anna, ben]);
            town.tells(Uuid::new_v4(), 1, &to).await;
            town.delivers().await;
            assert_eq!(busy.taken(&slow).len(), 0, "{status}");
            assert_eq!(well.taken(&quick).len(), before + 1, "a service in trouble keeps no other waiting");
        }
        busy.answers(&slow, 201);
        for _ in 0..10 {
            town.passes(10 * MINUTE).await;
        }
        assert_eq!(
            (busy.taken(&slow).len(), town.texts().len()),
            (2, 0),
            "nothing is lost, and nothing told twice"
        );
        busy.answers(&slow, 413);
        town.tells(Uuid::new_v4(), 1, &[anna]).await;
        town.delivers().await;
        let refused = town.admin().await.get("/api/messages/gateways/push/refused").await.ok();
        assert_eq!(refused["items"].as_array().map(Vec::len), Some(1), "{refused}");
        let lanes = town.admin().await.get("/api/messages/gateways").await.ok();
        let hosts: Vec<&Value> =
            lanes["items"].as_array().expect("items").iter().filter(|one| one["channel"] == "push").collect();
        assert_eq!(hosts.len(), 2, "each service is told of by itself: {lanes}");
        assert!(!lanes.to_string().contains("/push/slow"), "and never whose device it is: {lanes}");
        busy.answers(&slow, 201);
        let path = format!(
            "/api/messages/gateways/push/refused/{}",
            refused["items"][0]["delivery"].as_str().expect("an id")
        );
        town.admin().await.post(&path, json!({ "again": true })).await.ok();
        town.delivers().await;
        assert_eq!(busy.taken(&slow).len(), 3);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_people_want_holds_for_devices_too() {
    each_message_town(async |town: MessageTown| {
        let service = Service::open().await;
        let (anna, page) = town.resident("13907330001").await;
        let phone = Device::at(&service, "phone");
        let by_push = |service: Option<(&'static str, &'static str)>| {
            let wish = [("channel", "push"), ("lang", "en"), ("from", "09:00"), ("to", "11:30")];
            wish.into_iter().chain(service).collect::<Vec<_>>()
        };
        let refused = page.sends_form("/my/messages", &by_push(None)).await;
        assert!(refused.status == 422 && refused.text.contains("先在一台设备上打开"), "{}", refused.text);
        turn_on(&page, &phone).await;
        assert_eq!(page.sends_form("/my/messages", &by_push(Some(("service", "1")))).await.status, 303);
        town.tells(Uuid::new_v4(), 1, &[anna]).await;
        town.delivers().await;
        assert!(service.taken(&phone).is_empty(), "it is ten in the morning, and they sleep");
        town.passes(120 * MINUTE).await;
        assert_eq!(phone.opens(&service.taken(&phone)[0])["title"], "Planned work");
        // Codes go to the telephone all the same.
        town.town.caller().post("/api/identity/codes", json!({ "phone": "13907330001" })).await.ok();
        town.delivers().await;
        assert_eq!(town.texts(), [("T-sign_in_code".to_owned(), "13907330001".to_owned())]);
        assert_eq!(page.sends_form("/my/messages", &by_push(None)).await.status, 303);
        town.tells(Uuid::new_v4(), 1, &[anna]).await;
        town.passes(24 * 60 * MINUTE).await;
        assert_eq!(service.taken(&phone).len(), 1, "whoever left is sent nothing");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_device_is_its_owners_alone() {
    each_message_town(async |town: MessageTown| {
        let service = Service::open().await;
        let (anna, page) = town.resident("13907330001").await;
        let (_, other) = town.resident("13907330002").await;
        let phone = Device::at(&service, "phone");
        let visitor = town.town.caller();
        assert_eq!(visitor.post("/api/messages/devices", phone.body()).await.status, 401);
        assert_eq!(visitor.get("/api/messages/push/key").await.status, 401);
        let id = turn_on(&page, &phone).await;
        let path = format!("/my/messages/devices/{id}");
        assert_eq!(other.sends_form_of("/my/messages", &path, &[]).await.status, 404);
        let forged = page.client.post(format!("{}{path}", page.url)).body("_csrf=guessed");
        let forged = forged.header("content-type", "application/x-www-form-urlencoded");
        assert_eq!(page.send(forged).await.status, 403, "a form of another site");
        assert_eq!(page.sends_form_of("/my/messages", &path, &[]).await.status, 303);
        town.tells(Uuid::new_v4(), 1, &[anna]).await;
        town.delivers().await;
        assert_eq!((service.taken(&phone).len(), town.texts().len()), (0, 1));
        assert_eq!(counted(&town).await, [("sent".to_owned(), Value::Null)], "they took it off themselves");
        refuses_what_is_no_device(&page, &phone).await;
        let first = FactId(Uuid::nil());
        let read = async move |conn: &mut Conn| FactRow::after(conn, DISTRICT, first, 1_000).await;
        let facts = town.town.db().read::<_, Fault, _>(read).await.expect("facts");
        let told: String = facts.iter().map(|fact| fact.data.0.to_string()).collect();
        assert!(told.contains(&id) && !told.contains("/push/"), "{told}");
    })
    .await;
}

async fn refuses_what_is_no_device(page: &Caller, phone: &Device) {
    let with = |key: &str, value: &str| {
        let mut body = phone.body();
        body[key] = json!(value);
        body
    };
    let rows = [
        (with("endpoint", "http://push.example.net/p"), "messages.bad_endpoint"),
        (with("endpoint", "https://10.0.0.5/p"), "messages.bad_endpoint"),
        (with("endpoint", "javascript:alert(1)"), "messages.bad_endpoint"),
        (with("p256dh", "BAAA"), "messages.bad_device_key"),
        (with("auth", "?"), "messages.bad_device_key"),
    ];
    for (body, code) in rows {
        let refused = page.post("/api/messages/devices", body).await;
        assert_eq!((refused.status, &refused.json()["code"]), (422, &json!(code)), "{}", refused.text);
    }
    for number in 0..10 {
        let mut body = phone.body();
        body["endpoint"] = json!(format!("{}{number}", phone.endpoint()));
        assert_eq!(page.post("/api/messages/devices", body).await.status, 201);
    }
    let eleventh = page.post("/api/messages/devices", phone.body()).await;
    assert_eq!(eleventh.json()["code"], "messages.too_many_devices");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_browser_that_changes_its_subscription_stays_the_same_device() {
    each_message_town(async |town: MessageTown| {
        let (service, other) = (Service::open().await, Service::open().await);
        let (anna, page) = town.resident("13907330001").await;
        let (_, bens) = town.resident("13907330002").await;
        let (phone, newer) = (Device::at(&service, "phone"), Device::at(&other, "phone"));
        let id = turn_on(&page, &phone).await;
        let changed = |former: &Device, newer: &Device| {
            let mut body = newer.body();
            body["former"] = json!(former.endpoint());
            body
        };
        let path = "/api/messages/devices/changed";
        assert_eq!(bens.post(path, changed(&phone, &newer)).await.status, 404, "it is not theirs");
        assert_eq!(town.town.caller().post(path, changed(&phone, &newer)).await.status, 401);
        for _ in 0..2 {
            let now = page.post(path, changed(&phone, &newer)).await.ok();
            assert_eq!(now["id"], json!(id), "told twice, done once");
        }
        town.tells(Uuid::new_v4(), 1, &[anna]).await;
        town.delivers().await;
        assert_eq!((service.taken(&phone).len(), other.taken(&newer).len()), (0, 1));
        assert_eq!(newer.opens(&other.taken(&newer)[0])["title"], "计划停水停电");

        // Turned on anew before the worker told: one device is left, the newer.
        let newest = Device::at(&other, "newest");
        let again = turn_on(&page, &newest).await;
        let now = page.post(path, changed(&newer, &newest)).await.ok();
        assert_eq!(now["id"], json!(again));
        let own = page.get("/my/messages").await.text;
        assert_eq!(own.matches("data-device=").count(), 1, "{own}");

        // Taken off by its owner elsewhere: a change does not add it again.
        let off = format!("/my/messages/devices/{again}");
        assert_eq!(page.sends_form_of("/my/messages", &off, &[]).await.status, 303);
        let last = Device::at(&service, "last");
        assert_eq!(page.post(path, changed(&newest, &last)).await.status, 404);
    })
    .await;
}
