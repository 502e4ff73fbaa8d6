//! Three separate administrators, roles given and taken back, posts that carry a role.

use crate::town::{CAPABILITIES, PASSWORD, SECRET, credentials, facts_of, staff, staff_with};
use serde_json::{Value, json};
use testkit::each_engine;

fn district(role: &str) -> Value {
    json!({ "role": role, "scope": { "kind": "district" } })
}

#[tokio::test(flavor = "multi_thread")]
async fn an_account_is_at_most_one_of_the_three() {
    each_engine(CAPABILITIES, async |town| {
        let security = staff(&town, "sec.one", &["security_admin"]).await;
        let system = staff(&town, "sys.one", &["system_admin"]).await;
        let li = staff(&town, "li.si", &["dispatcher"]).await;
        let zhao = staff_with(&town, "zhao.liu", &[], Some(SECRET)).await;
        let roles_of = |id| format!("/api/identity/accounts/{id}/roles");

        let path = roles_of(system.id);
        security.calls.post(&path, district("audit_admin")).await.refused("identity.one_administrator");
        security.calls.post(&path, district("dispatcher")).await.refused("identity.administrator_alone");
        security
            .calls
            .post(&roles_of(li.id), district("audit_admin"))
            .await
            .refused("identity.administrator_alone");
        security
            .calls
            .post(&roles_of(security.id), district("dispatcher"))
            .await
            .refused("identity.own_account");
        system.calls.post(&roles_of(zhao.id), district("audit_admin")).await.refused("forbidden");
        security.calls.get("/api/identity/audit").await.refused("forbidden");

        let given = security.calls.post(&roles_of(zhao.id), district("audit_admin")).await.ok();
        zhao.calls.get("/api/identity/audit").await.ok();
        let one = format!("{}/{}", roles_of(zhao.id), given["id"].as_str().expect("an id"));
        security.calls.delete(&one).await.refused("identity.last_administrator");
        let sun = staff(&town, "sun.qi", &["audit_admin"]).await;
        security.calls.delete(&one).await.ok();
        zhao.calls.get("/api/identity/audit").await.refused("forbidden");
        sun.calls.get("/api/identity/audit").await.ok();

        // Without a second factor the present session ends: the next one asks to set it up.
        let wu = staff(&town, "wu.jiu", &[]).await;
        wu.calls.get("/api/identity/me").await.ok();
        security.calls.post(&roles_of(wu.id), district("audit_admin")).await.ok();
        wu.calls.get("/api/identity/me").await.refused("identity.session_expired");
        let facts = facts_of(&town, zhao.id).await;
        for name in ["identity.role_assigned", "identity.role_withdrawn"] {
            assert!(facts.iter().any(|f| f == name), "{name} in {facts:?}");
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_role_goes_with_its_scope_and_its_time() {
    each_engine(CAPABILITIES, async |town| {
        let security = staff(&town, "sec.one", &["security_admin"]).await;
        let li = staff(&town, "li.si", &[]).await;
        let path = format!("/api/identity/accounts/{}/roles", li.id);
        let area =
            |role: &str| json!({ "role": role, "scope": { "kind": "area", "path": "430204/430204001" } });
        security.calls.post(&path, district("no_such")).await.refused("identity.unknown_role");
        security.calls.post(&path, district("resident")).await.refused("identity.role_unfit");
        security.calls.post(&path, district("integrator")).await.refused("identity.role_unfit");
        security.calls.post(&path, area("unit_desk")).await.refused("identity.scope_unfit");
        security.calls.post(&path, area("system_admin")).await.refused("identity.scope_unfit");
        let mut wrong = area("grid_leader");
        wrong["to"] = json!("2020-01-01T00:00:00Z");
        security.calls.post(&path, wrong).await.refused("identity.bad_period");
        let mut wrong = area("grid_leader");
        wrong["forever"] = json!(true);
        security.calls.post(&path, wrong).await.refused("bad_field");

        let mut week = area("subdistrict_desk");
        week["to"] = json!("2026-03-09T02:00:00Z");
        security.calls.post(&path, week).await.ok();
        let grants = li.calls.get("/api/identity/me").await.ok()["grants"].clone();
        let rule =
            grants.as_array().expect("grants").iter().find(|g| g["permission"] == "cases.rule").cloned();
        let expected = json!({ "kind": "area", "path": "430204/430204001" });
        assert_eq!(rule.expect("may rule")["scope"], expected);
        let listed = security.calls.get(&path).await.ok();
        assert_eq!(listed[0]["in_force"], true);

        town.passes(std::time::Duration::from_secs(7 * 24 * 3600)).await;
        let caller = town.caller();
        let again = caller.post("/api/identity/sign-in", credentials("li.si", PASSWORD)).await.ok();
        assert_eq!(again["grants"], json!([]));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_catalogue_is_shown_and_known_to_the_house() {
    each_engine(CAPABILITIES, async |town| {
        let li = staff(&town, "li.si", &[]).await;
        let shown = li.calls.get("/api/identity/roles").await.ok();
        let roles = shown["roles"].as_array().expect("roles");
        assert!(roles.iter().any(|r| r["key"] == "system_admin" && r["administrator"] == "system"));
        assert!(shown["permissions"]["cases.view"]["zh"].is_string());
        town.caller().get("/api/identity/roles").await.refused("sign_in");

        // Without the cases, their permissions are unknown: a start is refused and says which.
        let fault = identity::check_house(&town.edge, CAPABILITIES).expect_err("no cases here").to_string();
        assert!(fault.contains("cases.dispatch") && !fault.contains("identity."), "{fault}");
    })
    .await;
}
