//! Other systems come in by keys: issued once, shown once, revoked at once.

use crate::town::{CAPABILITIES, staff};
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
