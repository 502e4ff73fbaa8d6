//! Residents come in by a code to their phone, which is nowhere but in the demo's inbox.

use crate::town::{CAPABILITIES, all_facts};
use serde_json::json;
use std::time::Duration;
use testkit::{Caller, Town, each_engine};

const CODES: &str = "/api/identity/codes";
const REDEEM: &str = "/api/identity/codes/redeem";

/// The newest code on the demo's inbox page.
pub async fn code_in_inbox(town: &Town) -> String {
    let page = town.caller().get("/inbox").await.text;
    let (_, rest) = page.split_once("data-code>").expect("a code in the inbox");
    rest.chars().take(6).collect()
}

async fn send(caller: &Caller, phone: &str) -> testkit::Answer {
    caller.post(CODES, json!({ "phone": phone })).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_resident_comes_in_and_is_the_same_one_again() {
    each_engine(CAPABILITIES, async |town| {
        let caller = town.caller();
        let sent = send(&caller, "138 7330 0001").await;
        assert_eq!(sent.status, 202);
        let code = code_in_inbox(&town).await;
        assert!(!sent.text.contains(&code), "the answer never holds the code");
        let body = json!({ "phone": "13873300001", "code": code });
        let first = caller.post(REDEEM, body.clone()).await.ok();
        caller.post(REDEEM, body).await.refused("identity.code_gone");

        send(&caller, "13873300001").await.ok();
        let body = json!({ "phone": "13873300001", "code": code_in_inbox(&town).await });
        let again = caller.post(REDEEM, body).await.ok();
        assert_eq!(first["account"], again["account"]);
        let me = caller.with_token(again["token"].as_str().expect("a token"));
        let seen = me.get("/api/identity/me").await.ok();
        assert_eq!((&seen["kind"], &seen["name"]), (&json!("resident"), &json!("138****0001")));
        let grants = seen["grants"].as_array().expect("grants");
        assert!(grants.iter().any(|g| g["permission"] == "cases.view" && g["scope"]["kind"] == "own"));
        me.get("/api/identity/accounts").await.refused("forbidden");

        town.passes(Duration::from_secs(29 * 24 * 3600)).await;
        me.get("/api/identity/me").await.ok();
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_code_is_not_guessed() {
    each_engine(CAPABILITIES, async |town| {
        let caller = town.caller();
        send(&caller, "13873300002").await.ok();
        let code = code_in_inbox(&town).await;
        let wrong = if code == "000000" { "000001" } else { "000000" };
        for left in [4, 3, 2, 1] {
            let body = json!({ "phone": "13873300002", "code": wrong });
            let problem = caller.post(REDEEM, body).await.refused("identity.wrong_code");
            assert_eq!(problem["extra"]["tries_left"], left);
        }
        let body = json!({ "phone": "13873300002", "code": wrong });
        caller.post(REDEEM, body).await.refused("identity.code_gone");
        let body = json!({ "phone": "13873300002", "code": code });
        caller.post(REDEEM, body).await.refused("identity.code_gone");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_code_grows_old_and_phones_are_not_flooded() {
    each_engine(CAPABILITIES, async |town| {
        let caller = town.caller();
        for wrong in ["12345", "0733-28600000", "abc", ""] {
            send(&caller, wrong).await.refused("identity.bad_phone");
        }
        send(&caller, "13873300003").await.ok();
        let code = code_in_inbox(&town).await;
        town.passes(Duration::from_secs(600)).await;
        let body = json!({ "phone": "13873300003", "code": code });
        caller.post(REDEEM, body).await.refused("identity.code_gone");

        for _ in 0..3 {
            send(&caller, "13873300004").await.ok();
        }
        send(&caller, "13873300004").await.refused("too_often");
        send(&caller, "13873300005").await.ok();
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn facts_hold_nothing_personal() {
    each_engine(CAPABILITIES, async |town| {
        use crate::town::{NAME, PASSWORD, PHONE, credentials, staff};
        staff(&town, "ouyang.moumou", &["grid_worker"]).await;
        let caller = town.caller();
        caller.post("/api/identity/sign-in", credentials("ouyang.moumou", PASSWORD)).await.ok();
        caller
            .post("/api/identity/sign-in", credentials("ouyang.moumou", "geheim"))
            .await
            .refused("identity.wrong_sign_in");
        send(&caller, "13873300006").await.ok();
        let code = code_in_inbox(&town).await;
        caller.post(REDEEM, json!({ "phone": "13873300006", "code": code })).await.ok();
        let facts = all_facts(&town).await;
        assert!(facts.len() >= 8, "{}", facts.len());
        for fact in facts {
            let text = format!("{fact:?}");
            for secret in [NAME, PHONE, "ouyang", "13873300006", code.as_str(), PASSWORD, "geheim"] {
                assert!(!text.contains(secret), "{secret} in {text}");
            }
        }
    })
    .await;
}
