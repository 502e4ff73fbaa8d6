//! Texts leave by the district's gateway: a 200 with an error inside is none, codes overtake, and what is refused waits for a person.

use crate::other_side::Mood;
use crate::town::{MessageTown, SECRET, each_message_town, sms, staff};
use platform::MINUTE;
use serde_json::{Value, json};
use uuid::Uuid;

#[tokio::test(flavor = "multi_thread")]
async fn a_text_leaves_once_with_its_template_and_signature() {
    each_message_town(async |town: MessageTown| {
        let (anna, _) = town.resident("13907330001").await;
        let thread = Uuid::new_v4();
        assert_eq!(town.tells(thread, 1, &[anna]).await, 1);
        assert_eq!(town.tells(thread, 1, &[anna]).await, 0, "the same again is no second message");
        town.delivers().await;
        let sent = town.gateway.sent();
        assert_eq!(sent.len(), 1, "{sent:?}");
        let one = &sent[0];
        assert_eq!(
            (&one["template_code"], &one["sign_name"]),
            (&json!("T-outage_planned"), &json!("睦邻社区"))
        );
        assert_eq!(one["mobile"], "13907330001");
        assert_eq!(
            (&one["template_param"]["cut"], &one["template_param"]["from"]),
            (&json!("停水"), &json!("3月3日14:00"))
        );
        let link = one["template_param"]["link"].as_str().expect("a link");
        assert!(link.starts_with("https://mulin.example.cn/m/") && link.len() <= 63, "{link}");
        assert_eq!(town.gateway.keys(), [format!("Bearer {SECRET}")]);
        let seen = town.seen("sms").await;
        assert_eq!((&seen["has_secret"], &seen["bulk"]["waiting"]), (&json!(true), &json!(0)));
        assert!(!seen.to_string().contains(SECRET), "a secret is never told again");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn two_hundred_with_an_error_is_no_success() {
    each_message_town(async |town: MessageTown| {
        let (anna, _) = town.resident("13907330001").await;
        for mood in [Mood::Poor, Mood::Page, Mood::Broken, Mood::Busy] {
            town.gateway.be(mood);
            town.tells(Uuid::new_v4(), 1, &[anna]).await;
            town.delivers().await;
            assert_eq!(town.gateway.sent().len(), 0, "{mood:?}");
            town.passes(10 * MINUTE).await;
        }
        let seen = town.seen("sms").await;
        assert_eq!(
            (&seen["bulk"]["waiting"], &seen["bulk"]["dead"]),
            (&json!(4), &json!(0)),
            "nothing is lost: {seen}"
        );
        town.gateway.be(Mood::Well);
        for _ in 0..30 {
            town.passes(10 * MINUTE).await;
        }
        assert_eq!(town.gateway.sent().len(), 4);
        let lost = town.seen("sms").await["bulk"]["last_error"].clone();
        assert_eq!(lost["code"], "status", "{lost}");
        let lost = lost.to_string();
        assert!(!lost.contains("13907330001"), "{lost}");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_gateway_refuses_waits_for_a_person() {
    each_message_town(async |town: MessageTown| {
        let (anna, _) = town.resident("13907330001").await;
        let (ben, _) = town.resident("13907330002").await;
        town.gateway.be(Mood::Refusing);
        town.tells(Uuid::new_v4(), 1, &[anna]).await;
        town.delivers().await;
        let refused = town.admin().await.get("/api/messages/gateways/sms/refused").await.ok();
        let items = refused["items"].as_array().expect("lines");
        assert_eq!(items.len(), 1);
        assert_eq!(items[0]["template"]["zh"], "计划停水停电");
        assert!(
            !refused.to_string().contains("13907330001"),
            "never to whom, whatever the gateway says: {refused}"
        );
        // Nobody else waits for it.
        town.gateway.be(Mood::Well);
        town.tells(Uuid::new_v4(), 1, &[ben]).await;
        town.delivers().await;
        assert_eq!(town.texts(), [("T-outage_planned".to_owned(), "13907330002".to_owned())]);
        let delivery = items[0]["delivery"].as_str().expect("an id");
        let path = format!("/api/messages/gateways/sms/refused/{delivery}");
        town.admin().await.post(&path, json!({ "again": true })).await.ok();
        town.delivers().await;
        assert_eq!(town.texts().len(), 2);
        let again = town.admin().await.post(&path, json!({ "again": true })).await;
        assert_eq!(again.status, 404, "it is not refused any more");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_gateway_is_taken_off_and_what_waited_leaves_another_way() {
    each_message_town(async |town: MessageTown| {
        let (anna, _) = town.resident("13907330001").await;
        town.gateway.be(Mood::Broken);
        town.tells(Uuid::new_v4(), 1, &[anna]).await;
        town.delivers().await;
        assert_eq!(town.seen("sms").await["bulk"]["waiting"], 1);
        let admin = town.admin().await;
        assert_eq!(admin.delete("/api/messages/gateways/sms").await.status, 204);
        let seen = town.seen("sms").await;
        assert_eq!((&seen["is_set"], &seen["bulk"]), (&json!(false), &Value::Null), "{seen}");
        town.gateway.be(Mood::Well);
        for _ in 0..6 {
            town.passes(10 * MINUTE).await;
        }
        // This town is a demo: it prints what it has no gateway for, and nothing is lost.
        let inbox = town.town.caller().get("/inbox").await.text;
        assert!(inbox.contains("停水，涉及您家"), "{inbox}");
        assert!(town.texts().is_empty(), "the former gateway is told nothing any more");
        let admin = town.admin().await;
        for channel in ["sms", "push"] {
            let none = admin.delete(&format!("/api/messages/gateways/{channel}")).await;
            assert_eq!(none.status, 404, "there is none of its own: {channel}");
        }
        town.sets("sms", sms(&town.gateway)).await;
        town.tells(Uuid::new_v4(), 1, &[anna]).await;
        town.delivers().await;
        assert_eq!(town.texts().len(), 1);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_code_overtakes_what_waits() {
    each_message_town(async |town: MessageTown| {
        let mut many = Vec::new();
        for number in 0..60 {
            many.push(town.resident(&format!("139073310{number:02}")).await.0);
        }
        // The lane of outages is down; the one of codes is not asked about it.
        town.gateway.be(Mood::Broken);
        town.tells(Uuid::new_v4(), 1, &many).await;
        town.delivers().await;
        town.gateway.be(Mood::Well);
        let visitor = town.town.caller();
        visitor.post("/api/identity/codes", json!({ "phone": "13907330099" })).await.ok();
        courier::deliver_due(&town.town.edge).await.expect("the lanes work");
        let first = town.gateway.sent().first().cloned().expect("a text");
        assert_eq!(
            (&first["template_code"], &first["mobile"]),
            (&json!("T-sign_in_code"), &json!("13907330099"))
        );
        let code = first["template_param"]["code"].as_str().expect("a code").to_owned();
        let body = json!({ "phone": "13907330099", "code": code });
        visitor.post("/api/identity/codes/redeem", body).await.ok();
        assert!(
            !visitor.get("/inbox").await.text.contains(&code),
            "it left by the gateway, and stands nowhere else"
        );
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_gateway_is_set_by_the_system_administrator_and_held_to_its_rules() {
    each_message_town(async |town: MessageTown| {
        let path = "/api/messages/gateways/sms";
        let with = |key: &str, value: Value| {
            let mut body = sms(&town.gateway);
            match key.split_once('.') {
                Some((_, key)) => body["settings"][key] = value,
                None => body[key] = value,
            }
            body
        };
        let rows = [
            (with("address", json!("http://10.0.0.8/sms")), "messages.bad_address"),
            (with("settings.gateway", json!("nobody")), "messages.unknown_gateway"),
            (with("settings.signature", json!("【睦邻】")), "messages.bad_signature"),
            (with("settings.templates", json!({})), "messages.no_template_number"),
            (with("settings.site", json!("mulin")), "messages.bad_site"),
            (with("secret", json!("")), "messages.too_long"),
            (with("version", json!(7)), "messages.stale"),
        ];
        for (body, code) in rows {
            town.admin().await.put(path, body).await.refused(code);
        }
        let audit = staff(&town.town, "audit", "audit_admin").await;
        assert_eq!(audit.put(path, sms(&town.gateway)).await.status, 403);
        assert_eq!(audit.get("/api/messages/gateways").await.status, 403);
        // A trial goes to whom it names, and the counts tell of it.
        town.admin()
            .await
            .post("/api/messages/gateways/sms/trial", json!({ "to": "13907330077" }))
            .await
            .ok();
        town.delivers().await;
        assert_eq!(town.texts(), [("T-trial".to_owned(), "13907330077".to_owned())]);
        let counts = audit.get("/api/messages/counts").await.ok();
        assert_eq!(
            (&counts["items"][0]["template"], &counts["items"][0]["state"], &counts["items"][0]["count"]),
            (&json!("trial"), &json!("sent"), &json!(1))
        );
        let rows = audit.get("/api/messages/sent?template=trial&state=sent").await.ok();
        assert!(rows["items"][0]["fact_id"].is_string() && !rows.to_string().contains("1390733"), "{rows}");
        let fact = rows["items"][0]["fact_id"].as_str().expect("a fact");
        let caused = audit.get(&format!("/api/messages/of-fact/{fact}")).await.ok();
        assert_eq!(caused["items"], rows["items"], "from the fact to what it caused");
        let previews = audit.get("/api/messages/templates").await.ok();
        let planned = previews["items"]
            .as_array()
            .expect("templates")
            .iter()
            .find(|one| one["key"] == "outage_planned");
        let planned = planned.expect("the template");
        assert_eq!(planned["parts_zh"], 2, "{planned}");
    })
    .await;
}
