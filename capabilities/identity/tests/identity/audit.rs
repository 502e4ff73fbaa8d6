//! The audit is read by its administrator only, by filter and page, and each reading is in it.

use crate::town::{CAPABILITIES, NAME, PASSWORD, credentials, staff};
use serde_json::{Value, json};
use testkit::each_engine;

fn names(page: &Value) -> Vec<&str> {
    page["items"].as_array().expect("lines").iter().filter_map(|l| l["name"].as_str()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn who_reads_the_audit_is_in_it() {
    each_engine(CAPABILITIES, async |town| {
        let audit = staff(&town, "audit.one", &["audit_admin"]).await;
        let li = staff(&town, "li.si", &["grid_worker"]).await;
        town.caller().post("/api/identity/sign-in", credentials("li.si", PASSWORD)).await.ok();
        li.calls.post("/api/identity/sign-out", json!({})).await.ok();
        town.caller().get("/api/identity/audit").await.refused("sign_in");

        let all = audit.calls.get("/api/identity/audit").await.ok();
        assert_eq!(names(&all)[0], "identity.audit_read", "the reading comes first");
        assert_eq!(all["items"][0]["person"], NAME);
        let of_li = audit
            .calls
            .get(&format!("/api/identity/audit?subject={}&name=identity.signed_", li.id))
            .await
            .ok();
        assert_eq!(names(&of_li), ["identity.signed_out", "identity.signed_in", "identity.signed_in"]);
        let by_li = audit.calls.get(&format!("/api/identity/audit?actor={}", li.id)).await.ok();
        assert_eq!(names(&by_li), ["identity.signed_out"]);
        let reads = audit.calls.get("/api/identity/audit?name=identity.audit_").await.ok();
        assert_eq!(names(&reads).len(), 4);
        assert_eq!(reads["items"][2]["data"]["filter"]["name"], "identity.signed_");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn pages_and_times_and_what_is_refused() {
    each_engine(CAPABILITIES, async |town| {
        let audit = staff(&town, "audit.one", &["audit_admin"]).await;
        for number in 0..5 {
            staff(&town, &format!("staff.{number}"), &[]).await;
        }
        let (mut seen, mut after) = (Vec::new(), String::new());
        loop {
            let path = format!("/api/identity/audit?name=identity.account_opened&rows=2{after}");
            let page = audit.calls.get(&path).await.ok();
            seen.extend(page["items"].as_array().expect("lines").iter().map(|l| l["id"].clone()));
            let Some(next) = page["next"].as_str() else { break };
            after = format!("&after={next}");
        }
        assert_eq!(seen.len(), 6);
        let old = audit.calls.get("/api/identity/audit?to=2026-03-02T02:00:00Z").await.ok();
        assert_eq!(names(&old), Vec::<&str>::new());
        let new = audit.calls.get("/api/identity/audit?from=2026-03-02T02:00:00Z&rows=100").await.ok();
        assert!(names(&new).len() > 10);

        for wrong in ["name=%E5%BC%A0%E4%B8%89", "after=xyz"] {
            audit.calls.get(&format!("/api/identity/audit?{wrong}")).await.refused("identity.bad_filter");
        }
        for wrong in ["actor=zhang", "colour=red", "from=yesterday"] {
            audit.calls.get(&format!("/api/identity/audit?{wrong}")).await.refused("bad_query");
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_export_is_recorded_and_reads_as_a_table() {
    each_engine(CAPABILITIES, async |town| {
        let audit = staff(&town, "audit.one", &["audit_admin"]).await;
        let answer = audit.calls.get("/api/identity/audit.csv?name=identity.").await;
        assert_eq!(answer.status, 200, "{}", answer.text);
        assert_eq!(answer.headers["content-type"], "text/csv; charset=utf-8");
        let text = answer.text.trim_start_matches('\u{feff}');
        let mut lines = text.lines();
        assert!(lines.next().is_some_and(|head| head.starts_with("at,name,actor_kind,actor")));
        assert!(lines.next().is_some_and(|line| line.contains("identity.audit_exported")));
        assert!(answer.text.starts_with('\u{feff}'), "spreadsheets read hanzi by this mark");
    })
    .await;
}
