//! Sessions end: when idle, at their latest, when revoked, when the account is suspended; and none works elsewhere.

use crate::town::{CAPABILITIES, PASSWORD, credentials, staff};
use platform::DistrictId;
use serde_json::json;
use std::time::Duration;
use testkit::{each_engine, found_district};

const ME: &str = "/api/identity/me";

fn minutes(count: u64) -> Duration {
    Duration::from_secs(count * 60)
}

#[tokio::test(flavor = "multi_thread")]
async fn an_idle_session_ends_and_a_used_one_lasts_its_time() {
    each_engine(CAPABILITIES, async |town| {
        let li = staff(&town, "li.si", &["grid_worker"]).await;
        for _ in 0..3 {
            town.passes(minutes(29)).await;
            li.calls.get(ME).await.ok();
        }
        town.passes(minutes(30)).await;
        li.calls.get(ME).await.refused("identity.session_expired");

        let again = town.caller().post("/api/identity/sign-in", credentials("li.si", PASSWORD)).await.ok();
        let li = town.caller().with_token(again["token"].as_str().expect("a token"));
        for _ in 0..24 {
            li.get(ME).await.ok();
            town.passes(minutes(29)).await;
        }
        town.passes(minutes(24)).await;
        li.get(ME).await.refused("identity.session_expired");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_is_revoked_at_once() {
    each_engine(CAPABILITIES, async |town| {
        let li = staff(&town, "li.si", &["grid_worker"]).await;
        let answer = town.caller().post("/api/identity/sign-in", credentials("li.si", PASSWORD)).await.ok();
        let other = town.caller().with_token(answer["token"].as_str().expect("a token"));
        let listed = other.get("/api/identity/sessions").await.ok();
        let listed = listed.as_array().expect("a list");
        assert_eq!(listed.len(), 2);
        let current = listed.iter().find(|s| s["current"] == true).expect("the one that asks");
        let first = listed.iter().find(|s| s["current"] == false).expect("the first one");
        assert_eq!((&current["via"], &first["via"]), (&json!("api"), &json!("clock")));

        li.calls.get(ME).await.ok();
        let path = format!("/api/identity/sessions/{}", first["id"].as_str().expect("an id"));
        other.delete(&path).await.ok();
        li.calls.get(ME).await.refused("identity.session_expired");
        other.delete(&path).await.refused("not_found");

        let third = town.caller().post("/api/identity/sign-in", credentials("li.si", PASSWORD)).await.ok();
        let third = town.caller().with_token(third["token"].as_str().expect("a token"));
        assert_eq!(other.delete("/api/identity/sessions").await.ok()["count"], 1);
        third.get(ME).await.refused("identity.session_expired");
        other.post("/api/identity/sign-out", json!({})).await.ok();
        other.get(ME).await.refused("identity.session_expired");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_suspended_account_is_out_at_once_and_comes_back_when_unlocked() {
    each_engine(CAPABILITIES, async |town| {
        let li = staff(&town, "li.si", &["grid_worker"]).await;
        let system = staff(&town, "sys.one", &["system_admin"]).await;
        let path = format!("/api/identity/accounts/{}", li.id);
        li.calls.get(ME).await.ok();
        system.calls.post(&format!("{path}/lock"), json!({})).await.ok();
        li.calls.get(ME).await.refused("identity.session_expired");
        let sign_in = credentials("li.si", PASSWORD);
        town.caller().post("/api/identity/sign-in", sign_in.clone()).await.refused("identity.suspended");
        system.calls.post(&format!("{path}/unlock"), json!({})).await.ok();
        town.caller().post("/api/identity/sign-in", sign_in.clone()).await.ok();
        system.calls.post(&format!("{path}/close"), json!({})).await.ok();
        town.caller().post("/api/identity/sign-in", sign_in).await.refused("identity.wrong_sign_in");
        system.calls.post(&format!("{path}/unlock"), json!({})).await.refused("identity.closed");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_works_in_its_own_district_only() {
    each_engine(CAPABILITIES, async |town| {
        let li = staff(&town, "li.si", &["system_admin"]).await;
        found_district(town.db(), DistrictId(430_203), "430203", "芦淞区").await.expect("founded");
        let request = |code: &str| {
            let address = format!("{}/api/identity/accounts", town.url);
            li.calls.client.get(address).header("mulin-district", code.to_owned())
        };
        li.calls.send(request("430204")).await.ok();
        li.calls.send(request("430203")).await.refused("identity.other_district");
        li.calls.send(request("999999")).await.refused("not_found");

        // A token that names another district is looked up there, and is not there.
        let token = li.calls.token.clone().expect("a token").replacen("430204", "430203", 1);
        town.caller().with_token(&token).get(ME).await.refused("identity.session_expired");
        for wrong in ["x", "430204.s.AAAA", "430204.z.aa"] {
            town.caller().with_token(wrong).get(ME).await.refused("identity.session_expired");
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_browser_keeps_its_session_where_no_script_can_read_it() {
    each_engine(CAPABILITIES, async |town| {
        staff(&town, "li.si", &["grid_worker"]).await;
        let browser = town.caller();
        let mut order = credentials("li.si", PASSWORD);
        order["cookie"] = json!(true);
        let signed = browser.post("/api/identity/sign-in", order).await;
        assert_eq!(signed.json()["token"], json!(null), "not told to the page");
        let cookie = signed.headers["set-cookie"].to_str().expect("text").to_owned();
        for said in ["session=", "HttpOnly", "SameSite=Lax", "Path=/"] {
            assert!(cookie.contains(said), "{said} in {cookie}");
        }
        assert!(browser.get(ME).await.ok()["name"].is_string());

        let out = browser.post("/api/identity/sign-out", json!({})).await;
        assert!(out.headers["set-cookie"].to_str().expect("text").contains("Max-Age=0"));
        browser.get(ME).await.refused("sign_in");
    })
    .await;
}
