//! A trial: something is sent that asks for nothing, and the partner's page says what became of it.

use crate::mail::{OFFICE, by_mail, mail_server};
use crate::town::CaseTown;
use crate::{by_open311, each_linked_town, partner_path, set_water, settle, water};
use axum::Router;
use axum::body::Bytes;
use axum::routing::post;
use courier::signature::Secret;
use parking_lot::Mutex;
use serde_json::{Value, json};
use std::sync::Arc;
use std::time::Duration;
use testkit::Answer;

async fn send_trial(town: &CaseTown) -> Answer {
    town.staff("dispatcher").post(&partner_path(town, "water_supply", "/trial"), json!({})).await
}

async fn trial(town: &CaseTown) -> Value {
    water(town).await["trial"].clone()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mail_without_a_case_shows_whether_the_office_is_reached() {
    each_linked_town(async |town: CaseTown| {
        let sink = mail_server(&town).await;
        set_water(&town, by_mail(OFFICE)).await;
        assert_eq!(trial(&town).await, Value::Null);
        assert_eq!(send_trial(&town).await.status, 204);
        send_trial(&town).await.refused("linkage.trial_too_soon");
        settle(&town).await;
        let [mail] = sink.mails().try_into().expect("one mail");
        assert_eq!(mail.header("To").as_deref(), Some(OFFICE));
        assert!(mail.header_words("Subject").expect("a subject").contains("试发邮件"), "{mail:?}");
        let (words, html) = (mail.words(), mail.html().expect("a page"));
        assert!(words.contains("没有要办的事") && !words.contains("://"), "no link: {words}");
        assert!(html.contains("没有要办的事") && !html.contains("href"), "{html}");
        let seen = trial(&town).await;
        assert_eq!((&seen["state"], &seen["error"]), (&json!("taken"), &Value::Null), "{seen}");

        town.town.passes(Duration::from_mins(2)).await;
        sink.refuse(Some("550 no such mailbox"));
        assert_eq!(send_trial(&town).await.status, 204);
        settle(&town).await;
        let seen = trial(&town).await;
        assert_eq!((&seen["state"], &seen["error"]["code"]), (&json!("refused"), &json!("mail_server")));
        town.town.passes(Duration::from_mins(2)).await;
        sink.refuse(Some("451 try later"));
        assert_eq!(send_trial(&town).await.status, 204);
        settle(&town).await;
        let lane = water(&town).await["lane"].clone();
        assert_eq!((&lane["waiting"], &lane["dead"]), (&json!(1), &json!(0)), "the refused one is given up");
        let seen = trial(&town).await;
        assert_eq!((&seen["state"], &seen["error"]["code"]), (&json!("waiting"), &json!("mail_server")));
        town.town.passes(Duration::from_mins(5)).await;
        send_trial(&town).await.refused("linkage.trial_too_soon");

        let mut moved = by_mail("other@water.example.cn");
        moved["version"] = json!(1);
        set_water(&town, moved).await;
        assert_eq!(trial(&town).await, Value::Null, "nothing was tried at the other mailbox yet");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_of_the_type_trial_goes_to_a_server_of_messages_and_none_to_open311() {
    each_linked_town(async |town: CaseTown| {
        send_trial(&town).await.refused("not_found");
        let taken = Arc::new(Mutex::new(Vec::<Value>::new()));
        let address = hook(taken.clone()).await;
        let secret = Secret::make().text();
        let body = json!({ "rung": "webhook", "address": address, "key": secret, "states": "mulin" });
        set_water(&town, body).await;
        assert_eq!(send_trial(&town).await.status, 204);
        settle(&town).await;
        assert_eq!(trial(&town).await["state"], "taken");
        let [message] = taken.lock().clone().try_into().expect("one message");
        assert_eq!((&message["type"], &message["data"]), (&json!("trial"), &json!({})));

        let water = town.staff("water").post(&partner_path(&town, "water_supply", "/trial"), json!({})).await;
        assert_eq!(water.status, 403, "the unit sees what became of it, and sends none");
        let mut server = by_open311("http://127.0.0.1:9/", "georeport");
        server["version"] = json!(1);
        set_water(&town, server).await;
        send_trial(&town).await.refused("linkage.no_trial");
        set_water(&town, json!({ "rung": "console", "states": "mulin", "version": 2 })).await;
        send_trial(&town).await.refused("linkage.no_lane");
    })
    .await;
}

/// A server that takes every message.
async fn hook(taken: Arc<Mutex<Vec<Value>>>) -> String {
    let take = async move |body: Bytes| {
        taken.lock().push(serde_json::from_slice(&body).expect("JSON"));
    };
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let address = format!("http://{}/hook", listener.local_addr().expect("bound"));
    let routes = Router::new().route("/hook", post(take));
    tokio::spawn(async move { axum::serve(listener, routes).await });
    address
}
