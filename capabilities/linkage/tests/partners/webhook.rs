//! A partner that sends and takes signed messages; replays, false ones, and a change of the rung with cases under way.

use crate::other_open311::OtherOpen311;
use crate::town::CaseTown;
use crate::{by_open311, each_linked_town, minutes_pass, notes_of, partner_path, set_water, settle, water};
use courier::signature::{ID_HEADER, SIGNATURE_HEADER, Secret, TIMESTAMP_HEADER, seconds};
use serde_json::{Value, json};
use std::time::Duration;
use testkit::Answer;

async fn new_secret(town: &CaseTown) -> Secret {
    let path = partner_path(town, "water_supply", "/secret");
    let shown = town.staff("dispatcher").post(&path, json!({})).await.ok();
    Secret::parse(shown["secret"].as_str().expect("shown once")).expect("a secret")
}

/// A message as their system sends it; `late` says how old it is.
async fn send(town: &CaseTown, secret: &Secret, id: &str, data: Value, late: Duration) -> Answer {
    let at = town.town.clock.now().before(late);
    let body = json!({ "type": "case.said", "timestamp": at, "data": data }).to_string();
    let caller = town.town.caller();
    let request = caller
        .client
        .post(format!("{}{}", caller.url, partner_path(town, "water_supply", "/messages")))
        .header("content-type", "application/json")
        .header(ID_HEADER, id)
        .header(TIMESTAMP_HEADER, seconds(at))
        .header(SIGNATURE_HEADER, secret.sign(id, at, body.as_bytes()))
        .body(body);
    caller.send(request).await
}

fn by_webhook(address: &str) -> Value {
    json!({ "rung": "webhook", "address": address, "key": Secret::make().text(), "states": "mulin" })
}

#[tokio::test(flavor = "multi_thread")]
async fn what_they_send_is_done_once_however_often_it_comes() {
    each_linked_town(async |town: CaseTown| {
        set_water(&town, by_webhook("http://127.0.0.1:9/hook")).await;
        let secret = new_secret(&town).await;
        let reporter = town.reports_burst_pipe().await;
        settle(&town).await;
        let data = json!({ "number": reporter.number, "state": "progress", "note": "队伍已到。" });
        let first = send(&town, &secret, "m-1", data.clone(), Duration::ZERO).await.ok();
        assert_eq!(first["taken"], true);
        for _ in 0..20 {
            let again = send(&town, &secret, "m-1", data.clone(), Duration::ZERO).await.ok();
            assert_eq!(again["taken"], false);
        }
        let case = town.sees("dispatcher", &reporter.id).await;
        assert_eq!((&case["state"], notes_of(&case)), (&json!("handling"), vec!["队伍已到。"]));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_not_believed_changes_nothing() {
    each_linked_town(async |town: CaseTown| {
        set_water(&town, by_webhook("http://127.0.0.1:9/hook")).await;
        let secret = new_secret(&town).await;
        let reporter = town.reports_burst_pipe().await;
        settle(&town).await;
        let data = json!({ "number": reporter.number, "state": "done", "note": "假的" });
        let not_theirs = json!({ "number": "260302-0000-0000", "state": "done" });
        send(&town, &Secret::make(), "m-1", data.clone(), Duration::ZERO)
            .await
            .refused("linkage.not_believed");
        send(&town, &secret, "m-1", data.clone(), Duration::from_mins(6))
            .await
            .refused("linkage.not_believed");
        send(&town, &secret, "m-2", not_theirs, Duration::ZERO).await.refused("linkage.not_theirs");
        assert_eq!(town.sees("dispatcher", &reporter.id).await["state"], "assigned");

        let newer = new_secret(&town).await;
        let said = json!({ "number": reporter.number, "state": "taken" });
        send(&town, &secret, "m-3", said.clone(), Duration::ZERO).await.ok();
        town.passes_days(2).await;
        send(&town, &secret, "m-4", said.clone(), Duration::ZERO).await.refused("linkage.not_believed");
        send(&town, &newer, "m-4", said, Duration::ZERO).await.ok();
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_partner_goes_from_one_rung_to_another_without_losing_a_case() {
    each_linked_town(async |town: CaseTown| {
        let (old, new) = (OtherOpen311::open().await, OtherOpen311::open().await);
        set_water(&town, by_open311(&old.url, "georeport")).await;
        let first = town.reports_burst_pipe().await;
        settle(&town).await;
        assert_eq!(old.requests().len(), 1);
        let console = json!({ "rung": "console", "states": "mulin", "version": 1 });
        assert_eq!(set_water(&town, console).await["lane"], Value::Null);
        let second = town.reports_burst_pipe().await;
        settle(&town).await;
        let server = json!({ "rung": "open311", "address": new.url, "key": "their-key", "states": "georeport", "version": 2 });
        set_water(&town, server).await;
        settle(&town).await;
        town.act("water", &second.id, "take", json!({})).await.ok();
        minutes_pass(&town, 2).await;
        let numbers: Vec<String> = new.requests().iter().map(|r| r.number()).collect();
        assert!(numbers.contains(&first.number) && numbers.contains(&second.number), "{numbers:?}");
        assert_eq!((numbers.len(), old.requests().len()), (2, 1));
        assert_eq!(water(&town).await["lane"]["waiting"], 0);
    })
    .await;
}
