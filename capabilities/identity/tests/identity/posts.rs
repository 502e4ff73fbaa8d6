//! Whoever serves a post has its role; a stand-in has it while the other is away.

use crate::town::{CAPABILITIES, Person, staff};
use serde_json::{Value, json};
use std::time::Duration;
use testkit::{Caller, Town, each_engine};

const GRID: &str = "430204001008J001";
const PATH: &str = "430204/430204001/430204001008/430204001008J001";

fn feature(code: &str, name: &str) -> Value {
    let ring = [[113.10, 27.86], [113.12, 27.86], [113.12, 27.88], [113.10, 27.88], [113.10, 27.86]];
    json!({
        "type": "Feature",
        "properties": { "code": code, "name": name },
        "geometry": { "type": "Polygon", "coordinates": [ring] },
    })
}

/// One street, one community, one grid, made by the system administrator.
async fn found_areas(admin: &Caller) {
    let areas = [
        ("430204", "石峰区"),
        ("430204001", "田心街道"),
        ("430204001008", "田心社区"),
        (GRID, "田心001网格"),
    ];
    let features: Vec<Value> = areas.into_iter().map(|(code, name)| feature(code, name)).collect();
    let file = json!({ "type": "FeatureCollection", "features": features }).to_string();
    let address = format!("{}/api/territory/areas/import?crs=WGS-84&from=2025-01-01", admin.url);
    admin.send(admin.client.post(address).body(file)).await.ok();
}

async fn hold(admin: &Caller, post: &str, who: &Person, role: &str) -> Value {
    let body = json!({ "account": who.id, "role": role, "name": "王某", "phone": "14207330001" });
    admin.post(&format!("/api/territory/posts/{post}/holdings"), body).await.ok()
}

async fn me(who: &Person) -> Value {
    who.calls.get("/api/identity/me").await.ok()
}

async fn day_passes(town: &Town) {
    // A session of staff does not outlast a night; the stories go on with the day's.
    town.passes(Duration::from_secs(24 * 3600)).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_post_brings_its_role_and_its_area() {
    each_engine(CAPABILITIES, async |town| {
        let admin = staff(&town, "sys.one", &["system_admin"]).await;
        found_areas(&admin.calls).await;
        let body = json!({ "kind": "grid_worker", "name": "田心社区001网格", "area": GRID });
        let post = admin.calls.post("/api/territory/posts", body).await.ok()["id"].clone();
        let post = post.as_str().expect("an id");
        let (wang, li) = (staff(&town, "wang.wu", &[]).await, staff(&town, "li.si", &[]).await);
        assert_eq!(me(&wang).await["posts"], json!([]));
        hold(&admin.calls, post, &wang, "main").await;
        let held = hold(&admin.calls, post, &li, "stand_in").await;

        let seen = me(&wang).await;
        assert_eq!(seen["name"], "田心社区001网格");
        assert_eq!(seen["posts"][0]["id"], post);
        let grants = seen["grants"].as_array().expect("grants").clone();
        let handle = grants.iter().find(|g| g["permission"] == "cases.handle").expect("may handle");
        assert_eq!(handle["scope"], json!({ "kind": "area", "path": PATH }));
        assert_eq!(me(&li).await["posts"], json!([]), "a stand-in waits");

        let holdings = held["holdings"].as_array().expect("holdings");
        let main = holdings.iter().find(|h| h["role"] == "main").expect("the main one")["id"].clone();
        let away = json!({ "from": "2026-03-03", "until": "2026-03-05" });
        let path = format!("/api/territory/holdings/{}/absence", main.as_str().expect("an id"));
        admin.calls.post(&path, away).await.ok();
        day_passes(&town).await;
        let (wang, li) = (again(&town, &wang).await, again(&town, &li).await);
        assert_eq!(me(&wang).await["posts"], json!([]), "away");
        assert_eq!(me(&li).await["posts"][0]["id"], post);
        let audit_role = json!({ "role": "audit_admin", "scope": { "kind": "district" } });
        let security = staff(&town, "sec.one", &["security_admin"]).await;
        let roles = format!("/api/identity/accounts/{}/roles", li.id);
        security.calls.post(&roles, audit_role).await.refused("identity.administrator_alone");

        // The territory seats whom it is told to; an administrator gets nothing from a seat.
        let body = json!({ "kind": "grid_leader", "name": "田心社区网格长", "area": "430204001008" });
        let admin = again(&town, &admin).await.calls;
        let leader = admin.post("/api/territory/posts", body).await.ok()["id"].clone();
        hold(&admin, leader.as_str().expect("an id"), &security, "main").await;
        let seen = me(&security).await;
        assert_eq!(seen["posts"], json!([]));
        let grants = seen["grants"].as_array().expect("grants");
        assert!(grants.iter().all(|g| g["permission"] != "cases.handle"), "{grants:?}");
    })
    .await;
}

/// The same person on another day.
async fn again(town: &Town, who: &Person) -> Person {
    let id = who.id;
    let token = town
        .db()
        .write(&town.system(), async move |tx: &mut store::Tx| identity::open_session(tx, id).await)
        .await
        .expect("a session");
    Person { id, calls: town.caller().with_token(token.reveal()) }
}
