//! Staff sign in; failures lock the login, known or not; an administrator unlocks it.

use crate::town::{CAPABILITIES, PASSWORD, credentials, facts_of, staff};
use serde_json::json;
use std::time::Duration;
use testkit::each_engine;

const SIGN_IN: &str = "/api/identity/sign-in";

#[tokio::test(flavor = "multi_thread")]
async fn staff_come_in_by_password() {
    each_engine(CAPABILITIES, async |town| {
        let li = staff(&town, "li.si", &["grid_leader"]).await;
        let caller = town.caller();
        let answer = caller.post(SIGN_IN, credentials(" Li.Si ", PASSWORD)).await.ok();
        assert_eq!(answer["account"], json!(li.id));
        assert_eq!(answer["must_change"], false);
        assert_eq!(answer["must_enrol"], false);
        let me = caller.with_token(answer["token"].as_str().expect("a token"));
        let seen = me.get("/api/identity/me").await.ok();
        assert_eq!(seen["name"], "网格长", "a role's name stands for the person");
        let grants = seen["grants"].as_array().expect("grants");
        assert!(
            grants.iter().any(|g| g["permission"] == "cases.dispatch" && g["scope"]["kind"] == "district")
        );

        caller.post(SIGN_IN, credentials("li.si", "wrong")).await.refused("identity.wrong_sign_in");
        caller.post(SIGN_IN, credentials("nobody", PASSWORD)).await.refused("identity.wrong_sign_in");
        let unknown = json!({ "login": "li.si", "password": PASSWORD, "admin": true });
        let problem = caller.post(SIGN_IN, unknown).await.refused("bad_field");
        assert!(problem["detail"].as_str().is_some_and(|d| d.contains("admin")));
        assert!(facts_of(&town, li.id).await.contains(&"identity.sign_in_failed".to_owned()));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn failures_lock_a_login_whether_it_exists_or_not() {
    each_engine(CAPABILITIES, async |town| {
        let li = staff(&town, "li.si", &["grid_worker"]).await;
        let caller = town.caller();
        for login in ["li.si", "nobody.here"] {
            for _ in 0..4 {
                caller.post(SIGN_IN, credentials(login, "wrong")).await.refused("identity.wrong_sign_in");
            }
            caller.post(SIGN_IN, credentials(login, "wrong")).await.refused("identity.locked");
            caller.post(SIGN_IN, credentials(login, PASSWORD)).await.refused("identity.locked");
        }
        let system = staff(&town, "sys.one", &["system_admin"]).await;
        let line = system.calls.get("/api/identity/accounts?login=li.si").await.ok();
        assert!(line["items"][0]["locked_until"].is_string(), "{line}");
        system.calls.post(&format!("/api/identity/accounts/{}/unlock", li.id), json!({})).await.ok();
        caller.post(SIGN_IN, credentials("li.si", PASSWORD)).await.ok();

        caller.post(SIGN_IN, credentials("nobody.here", "wrong")).await.refused("identity.locked");
        town.passes(Duration::from_secs(15 * 60)).await;
        caller.post(SIGN_IN, credentials("nobody.here", "wrong")).await.refused("identity.wrong_sign_in");
        let facts = facts_of(&town, li.id).await;
        for name in ["identity.login_locked", "identity.account_unlocked"] {
            assert!(facts.iter().any(|f| f == name), "{name} in {facts:?}");
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_flood_of_guesses_waits() {
    each_engine(CAPABILITIES, async |town| {
        let caller = town.caller();
        for guess in 0..30 {
            let login = format!("guess.{guess}");
            caller.post(SIGN_IN, credentials(&login, "wrong")).await.refused("identity.wrong_sign_in");
        }
        let problem = caller.post(SIGN_IN, credentials("guess.31", "wrong")).await.refused("too_often");
        assert_eq!(problem["extra"]["limit"], "identity.sign_in");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_first_password_must_be_changed_before_anything_else() {
    each_engine(CAPABILITIES, async |town| {
        let system = staff(&town, "sys.one", &["system_admin"]).await;
        let body = json!({ "kind": "staff", "login": "wang.wu", "name": "王五" });
        let opened = system.calls.post("/api/identity/accounts", body.clone()).await.ok();
        system.calls.post("/api/identity/accounts", body).await.refused("identity.login_taken");
        let first = opened["password"].as_str().expect("a first password").to_owned();

        let caller = town.caller();
        let answer = caller.post(SIGN_IN, credentials("wang.wu", &first)).await.ok();
        assert_eq!(answer["must_change"], true);
        assert_eq!(answer["grants"], json!([]));
        let wang = caller.with_token(answer["token"].as_str().expect("a token"));
        wang.get("/api/identity/accounts").await.refused("forbidden");
        for (new, code) in [
            ("short", "identity.weak_password"),
            ("wang.wu-2026-x", "identity.weak_password"),
            (first.as_str(), "identity.weak_password"),
        ] {
            let body = json!({ "present": first, "new": new });
            wang.post("/api/identity/password", body).await.refused(code);
        }
        let wrong = json!({ "present": "wrong", "new": PASSWORD });
        wang.post("/api/identity/password", wrong).await.refused("identity.wrong_password");
        wang.post("/api/identity/password", json!({ "present": first, "new": PASSWORD })).await.ok();
        assert_eq!(wang.get("/api/identity/me").await.ok()["must_change"], false);
        caller.post(SIGN_IN, credentials("wang.wu", &first)).await.refused("identity.wrong_sign_in");
        caller.post(SIGN_IN, credentials("wang.wu", PASSWORD)).await.ok();
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn guesses_at_the_same_time_are_counted_each() {
    each_engine(CAPABILITIES, async |town| {
        let li = staff(&town, "li.si", &["grid_worker"]).await;
        let guesses = (0..16).map(|_| {
            let caller = town.caller();
            tokio::spawn(async move { caller.post(SIGN_IN, credentials("li.si", "wrong")).await })
        });
        let guesses: Vec<_> = guesses.collect();
        let mut codes = Vec::new();
        for guess in guesses {
            codes.push(guess.await.expect("an answer").json()["code"].as_str().expect("a code").to_owned());
        }
        let wrong = codes.iter().filter(|c| *c == "identity.wrong_sign_in").count();
        assert_eq!((wrong, codes.len()), (4, 16), "{codes:?}");
        let failed =
            facts_of(&town, li.id).await.into_iter().filter(|f| f == "identity.sign_in_failed").count();
        assert_eq!(failed, 5, "the others were not even looked at");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_district_gets_its_first_administrators_once() {
    each_engine(CAPABILITIES, async |town| {
        let found = async || {
            let opened = identity::found_administrators(&town.edge, &town.system()).await;
            opened.expect("the administrators are opened")
        };
        let first = found().await;
        assert_eq!(
            first.iter().map(|f| f.role.as_str()).collect::<Vec<_>>(),
            ["system_admin", "security_admin", "audit_admin"]
        );
        assert_eq!(found().await.len(), 0, "not twice");
        for one in first {
            let answer = town.caller().post(SIGN_IN, credentials(&one.login, &one.password)).await.ok();
            assert_eq!((&answer["must_change"], &answer["must_enrol"]), (&json!(true), &json!(true)));
            assert_eq!(answer["grants"], json!([]));
        }
    })
    .await;
}
