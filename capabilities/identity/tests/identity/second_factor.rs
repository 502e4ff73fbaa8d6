//! A code beside the password: once each, asked of administrators, replaced by recovery codes when the phone is lost.

use crate::town::{CAPABILITIES, PASSWORD, SECRET, code_now, credentials, staff, staff_with};
use serde_json::{Value, json};
use std::time::Duration;
use testkit::{Caller, Town, each_engine};

async fn sign_in(caller: &Caller, login: &str, code: &str) -> testkit::Answer {
    let body = json!({ "login": login, "password": PASSWORD, "code": code });
    caller.post("/api/identity/sign-in", body).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_code_is_asked_for_and_counts_once() {
    each_engine(CAPABILITIES, async |town| {
        staff_with(&town, "audit.one", &["audit_admin"], Some(SECRET)).await;
        let caller = town.caller();
        let needed = caller.post("/api/identity/sign-in", credentials("audit.one", PASSWORD)).await;
        needed.refused("identity.second_factor_needed");
        let code = code_now(&town);
        sign_in(&caller, "audit.one", &code).await.ok();
        sign_in(&caller, "audit.one", &code).await.refused("identity.second_factor_wrong");
        town.passes(Duration::from_secs(30)).await;
        sign_in(&caller, "audit.one", &code).await.refused("identity.second_factor_wrong");
        sign_in(&caller, "audit.one", &code_now(&town)).await.ok();
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_administrator_without_one_must_set_it_up_first() {
    each_engine(CAPABILITIES, async |town| {
        staff(&town, "sys.one", &["system_admin"]).await;
        let caller = town.caller();
        let answer = caller.post("/api/identity/sign-in", credentials("sys.one", PASSWORD)).await.ok();
        assert_eq!(answer["must_enrol"], true);
        let me = caller.with_token(answer["token"].as_str().expect("a token"));
        me.get("/api/identity/accounts").await.refused("forbidden");

        let confirm = "/api/identity/totp/confirm";
        me.post(confirm, json!({ "code": "123456" })).await.refused("identity.no_second_factor");
        let offer = me.post("/api/identity/totp/enrol", json!({})).await.ok();
        assert!(offer["url"].as_str().is_some_and(|u| u.starts_with("otpauth://totp/")));
        let code = code_of(&town, &offer);
        me.post(confirm, json!({ "code": "000000" })).await.refused("identity.second_factor_wrong");
        let confirmed = me.post(confirm, json!({ "code": code })).await.ok();
        me.get("/api/identity/accounts").await.ok();

        let recovery = confirmed["recovery_codes"].as_array().expect("recovery codes").clone();
        assert_eq!(recovery.len(), 10);
        let first = recovery[0].as_str().expect("a code");
        sign_in(&caller, "sys.one", first).await.ok();
        sign_in(&caller, "sys.one", first).await.refused("identity.second_factor_wrong");
    })
    .await;
}

/// The code an authenticator shows that took the secret from the offer.
fn code_of(town: &Town, offer: &Value) -> String {
    let secret = offer["secret"].as_str().expect("a secret");
    let secret = totp_rs::Secret::try_from_base32(secret).expect("base32");
    identity::second_factor_code(secret.as_bytes(), town.clock.now())
}
