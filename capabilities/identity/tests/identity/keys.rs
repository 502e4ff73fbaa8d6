//! Other systems come in by keys: issued once, shown once, revoked at once.

use crate::town::{CAPABILITIES, Person, staff};
use platform::{Actor, Lang, Via};
use serde_json::json;
use testkit::{DISTRICT, each_engine};

#[tokio::test(flavor = "multi_thread")]
async fn a_key_works_until_it_is_revoked() {
    each_engine(CAPABILITIES, async |town| {
        let system = staff(&town, "sys.one", &["system_admin"]).await;
        let security = staff(&town, "sec.one", &["security_admin"]).await;
        let body = json!({ "kind": "service", "name": "水务热线系统" });
        let service = system.calls.post("/api/identity/accounts", body).await.ok()["id"].clone();
        let unit = "0192f000-0000-7000-8000-000000000001";
        let role = json!({ "role": "integrator", "scope": { "kind": "unit", "organisation": unit } });
        let path = format!("/api/identity/accounts/{}/roles", service.as_str().expect("an id"));
        security.calls.post(&path, role).await.ok();
        let keys = "/api/identity/service-keys";
        security.calls.post(keys, json!({ "account": service })).await.refused("forbidden");
        let wrong = json!({ "account": system.id });
        system.calls.post(keys, wrong).await.refused("identity.wrong_kind");
        let issued = system.calls.post(keys, json!({ "account": service })).await.ok();
        let key = issued["key"].as_str().expect("a key").to_owned();

        let caller = town.caller().with_token(&key);
        let me = caller.get("/api/identity/me").await.ok();
        assert_eq!((&me["kind"], &me["name"]), (&json!("service"), &json!("水务热线系统")));
        let grants = me["grants"].as_array().expect("grants");
        assert!(
            grants.iter().any(|g| g["permission"] == "cases.handle" && g["scope"]["organisation"] == unit)
        );
        let asked = Actor::anonymous(DISTRICT, Via::Open311, Lang::Zh, "test");
        identity::actor_of_key(&town.edge, &key, &asked).await.expect("the key is good");

        let listed = system.calls.get(keys).await.ok();
        assert!(key.ends_with(listed[0]["hint"].as_str().expect("a hint")));
        let path = format!("{keys}/{}", issued["id"].as_str().expect("an id"));
        system.calls.delete(&path).await.ok();
        caller.get("/api/identity/me").await.refused("identity.key_refused");
        let refused = identity::actor_of_key(&town.edge, &key, &asked).await.expect_err("revoked");
        assert_eq!(platform::Refusal::problem(&refused).code, "identity.key_refused");
        let short = identity::actor_of_key(&town.edge, "guess", &asked).await.expect_err("no key");
        assert_eq!(platform::Refusal::problem(&short).code, "identity.key_refused");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wall_is_opened_by_the_system_administrator_and_shows_figures_alone() {
    each_engine(CAPABILITIES, async |town| {
        let system = staff(&town, "sys.one", &["system_admin"]).await;
        let security = staff(&town, "sec.one", &["security_admin"]).await;
        let walls = "/api/identity/walls";
        let new = json!({ "name": "区网格中心大厅" });
        security.calls.post(walls, new.clone()).await.refused("forbidden");
        town.caller().post(walls, new.clone()).await.refused("sign_in");
        let elsewhere = json!({ "name": "别处", "area": "110101" });
        system.calls.post(walls, elsewhere).await.refused("not_found");
        let opened = system.calls.post(walls, new).await.ok();
        let href = opened["href"].as_str().expect("an address");
        let key = href.strip_prefix("/map/wall#key=").expect("the key stands behind the hash");

        // The page sends the key once; from then on the browser's cookie is enough.
        let wall = town.caller();
        wall.post("/api/identity/walls/enter", json!({ "key": "nonsense" }))
            .await
            .refused("identity.key_refused");
        wall.post("/api/identity/walls/enter", json!({ "key": key })).await.ok();
        let me = wall.get("/api/identity/me").await.ok();
        let held: Vec<&str> = me["grants"]
            .as_array()
            .expect("grants")
            .iter()
            .filter_map(|g| g["permission"].as_str())
            .collect();
        assert_eq!(held, ["cases.view_figures", "territory.view_areas"]);
        assert_eq!(me["faces"][0]["key"], "map");
        assert_eq!(me["faces"][0]["places"].as_array().map(Vec::len), Some(1), "only the wall: {me}");
        wall.get("/api/identity/accounts").await.refused("forbidden");

        let path = format!("/api/identity/service-keys/{}", opened["key_id"].as_str().expect("an id"));
        system.calls.delete(&path).await.ok();
        wall.get("/api/identity/me").await.refused("identity.key_refused");
        wall.post("/api/identity/walls/enter", json!({ "key": key })).await.refused("identity.key_refused");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_key_did_is_counted_by_route_and_day_and_nothing_else_of_it_is_kept() {
    each_engine(CAPABILITIES, async |town| {
        let system = staff(&town, "sys.one", &["system_admin"]).await;
        let (id, key) = issue(&system, json!({})).await;
        let caller = town.caller().with_token(&key);
        for _ in 0..3 {
            caller.get("/api/identity/me").await.ok();
        }
        caller.get("/api/identity/accounts?kind=staff&login=13900001111").await.refused("forbidden");
        identity::keep_key_uses(&town.edge).await.expect("written down");
        caller.get("/api/identity/me").await.ok();
        identity::keep_key_uses(&town.edge).await.expect("written down");
        identity::keep_key_uses(&town.edge).await.expect("nothing more");

        let uses = system.calls.get(&format!("{KEYS}/{id}/uses")).await.ok();
        let told: Vec<(&str, i64, i64)> = uses["items"].as_array().expect("uses").iter().map(line).collect();
        assert_eq!(told, [("GET /api/identity/me", 4, 0), ("GET /api/identity/accounts", 1, 1)]);
        assert!(!uses.to_string().contains("139"), "what stood in an address is not kept");
        let listed = system.calls.get(KEYS).await.ok();
        assert_eq!(listed[0]["last_at"], json!(town.clock.now()));

        let other = staff(&town, "sec.one", &["security_admin"]).await;
        other.calls.get(&format!("{KEYS}/{id}/uses")).await.refused("forbidden");
        caller.get(&format!("{KEYS}/{id}/uses")).await.refused("forbidden");
        town.passes(std::time::Duration::from_secs(95 * 24 * 3600)).await;
        town.settles().await;
        // The first session is over by now.
        let later = staff(&town, "sys.two", &["system_admin"]).await;
        assert_eq!(later.calls.get(&format!("{KEYS}/{id}/uses")).await.ok()["items"], json!([]));
        assert_eq!(later.calls.get(KEYS).await.ok()[0]["last_at"], json!(null));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_has_its_own_limit_and_a_successor_beside_it() {
    each_engine(CAPABILITIES, async |town| {
        let system = staff(&town, "sys.one", &["system_admin"]).await;
        let (id, key) = issue(&system, json!({ "calls_per_minute": 5 })).await;
        let (_, roomy) = issue(&system, json!({})).await;
        let caller = town.caller().with_token(&key);
        for _ in 0..5 {
            caller.get("/api/identity/me").await.ok();
        }
        let refused = caller.get("/api/identity/me").await.refused("too_often");
        assert!(refused["title"].as_str().is_some_and(|words| words.contains("13 秒")), "{refused}");
        town.caller().with_token(&roomy).get("/api/identity/me").await.ok();
        for wrong in [0, -1, 60_001] {
            let body = json!({ "account": service(&system).await, "calls_per_minute": wrong });
            system.calls.post(KEYS, body).await.refused("identity.bad_reach");
        }

        let rotate = format!("{KEYS}/{id}/rotate");
        system.calls.post(&rotate, json!({ "overlap_hours": 169 })).await.refused("identity.bad_reach");
        let newer = system.calls.post(&rotate, json!({ "overlap_hours": 2 })).await.ok();
        let newer = town.caller().with_token(newer["key"].as_str().expect("a key"));
        town.passes(std::time::Duration::from_secs(3600)).await;
        caller.get("/api/identity/me").await.ok();
        newer.get("/api/identity/me").await.ok();
        town.passes(std::time::Duration::from_secs(2 * 3600)).await;
        caller.get("/api/identity/me").await.refused("identity.key_refused");
        for _ in 0..5 {
            newer.get("/api/identity/me").await.ok();
        }
        newer.get("/api/identity/me").await.refused("too_often");
        let later = staff(&town, "sys.two", &["system_admin"]).await;
        later.calls.post(&rotate, json!({ "overlap_hours": 0 })).await.refused("identity.key_over");
    })
    .await;
}

const KEYS: &str = "/api/identity/service-keys";

async fn service(system: &Person) -> serde_json::Value {
    let body = json!({ "kind": "service", "name": "水务热线系统" });
    system.calls.post("/api/identity/accounts", body).await.ok()["id"].clone()
}

/// A key of a system of its own: its id, and itself.
async fn issue(system: &Person, mut reach: serde_json::Value) -> (String, String) {
    reach["account"] = service(system).await;
    let issued = system.calls.post(KEYS, reach).await.ok();
    let text = |name: &str| issued[name].as_str().expect("a text").to_owned();
    (text("id"), text("key"))
}

fn line(one: &serde_json::Value) -> (&str, i64, i64) {
    let number = |name: &str| one[name].as_i64().expect("a number");
    (one["route"].as_str().expect("a route"), number("calls"), number("refused"))
}
