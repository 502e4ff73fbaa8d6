//! What the administrators' screens ask: how the server stands, how much work lies on a post, the rule book, what a file of areas would change.

use super::house::{House, Scale, mulin, run};
use serde_json::Value;

#[tokio::test(flavor = "multi_thread")]
async fn the_system_administrator_sees_how_the_server_stands_and_its_backups() {
    let house = House::open(Scale::Small).await;
    let admin = house.person("system_admin").await;
    let health = admin.get("/api/server/health").await.json();
    assert_eq!(
        (&health["backup"], &health["backup_check"]),
        (&Value::Null, &Value::Null),
        "none is known yet"
    );
    assert!(
        health["database_bytes"].as_u64() > Some(0) && health["disk_free_bytes"].as_u64() > Some(0),
        "{health}"
    );
    assert!(!health["migrations"].as_array().expect("a list").is_empty());

    let (data, file) = (house.data(), house.folder.path().join("saved.tar.gz"));
    for verb in ["backup", "check-backup"] {
        let done = run(mulin(&data).arg(verb).arg(&file));
        assert!(done.status.success(), "{verb}: {}", String::from_utf8_lossy(&done.stderr));
    }
    let health = admin.get("/api/server/health").await.json();
    assert_eq!(health["backup"]["file"], "saved.tar.gz", "its name and not its folder: {health}");
    assert_eq!(health["backup"]["as_of"], health["backup_check"]["as_of"]);
    assert!(!data.join(".check-backup").exists(), "what was restored for the check is removed");

    for other in ["dispatcher", "security_admin", "audit_admin", "grid_worker"] {
        house.person(other).await.get("/api/server/health").await.refused("forbidden");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_backup_that_is_none_fails_its_check() {
    let house = House::open(Scale::Small).await;
    let file = house.folder.path().join("broken.tar.gz");
    std::fs::write(&file, b"no archive").expect("written");
    let done = run(mulin(&house.data()).arg("check-backup").arg(&file));
    assert!(!done.status.success());
    let health = house.person("system_admin").await.get("/api/server/health").await.json();
    assert_eq!(health["backup_check"], Value::Null, "a failed check is no check");
    assert!(!house.data().join(".check-backup").exists());
}

#[tokio::test(flavor = "multi_thread")]
async fn who_moves_posts_sees_how_much_lies_on_them_and_no_more() {
    let house = House::open(Scale::Small).await;
    let counted = house.person("system_admin").await.get("/api/cases/workload").await.json();
    let rows = counted.as_array().expect("a list");
    assert!(rows.iter().any(|row| row["open"].as_i64() > Some(0)), "the demo has open cases");
    let keys: Vec<&String> = rows[0].as_object().expect("a row").keys().collect();
    assert_eq!(keys, ["open", "overdue", "post"], "numbers only");
    house.person("security_admin").await.get("/api/cases/workload").await.refused("forbidden");
    house.person("grid_worker").await.get("/api/cases/workload").await.refused("forbidden");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_rule_book_can_be_read() {
    let house = House::open(Scale::Small).await;
    let visitor = house.caller();
    let trees = visitor.get("/api/cases/book/types").await.json();
    let lamp =
        trees.as_array().expect("trees").iter().flat_map(|t| t["classes"].as_array().expect("classes"));
    assert!(
        lamp.flat_map(|c| c["types"].as_array().expect("types"))
            .all(|t| !t["measures"].as_array().expect("limits").is_empty())
    );

    let year = visitor.get("/api/cases/book/working-days?year=2026").await.json();
    let day = |date: &str| {
        year["days"].as_array().expect("days").iter().find(|d| d["date"] == date).expect("a day").clone()
    };
    assert_eq!(
        (year["basis"].as_str(), year["days"].as_array().map(Vec::len)),
        (Some("official"), Some(365))
    );
    assert_eq!(
        (day("2026-10-01")["name"].as_str(), day("2026-10-01")["is_worked"].as_bool()),
        (Some("国庆节"), Some(false))
    );
    assert_eq!(
        (day("2026-10-10")["is_moved"].as_bool(), day("2026-10-10")["is_worked"].as_bool()),
        (Some(true), Some(true))
    );
    let next = visitor.get("/api/cases/book/working-days?year=2027").await.json();
    assert_eq!(next["basis"], "weekend_only", "nobody has said when that year rests");
    visitor.get("/api/cases/book/working-days?year=1999").await.refused("cases.bad_year");

    house.person("system_admin").await.get("/api/cases/book/routing").await.refused("forbidden");
    let rules = house.person("dispatcher").await.get("/api/cases/book/routing").await.json();
    assert!(rules["text"].as_str().is_some_and(|text| text.contains("[[rule]]")) && rules["own"] == false);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_check_shows_where_the_ground_differs_and_changes_nothing() {
    let house = House::open(Scale::Small).await;
    let admin = house.person("system_admin").await;
    let text = admin.get("/api/territory/areas/export?format=geojson").await.text;
    let mut file: Value = serde_json::from_str(&text).expect("GeoJSON");
    let features = file["features"].as_array_mut().expect("features");
    features.retain(|f| f["properties"]["level"] == "grid");
    features.truncate(1);
    let ring = features[0]["geometry"]["coordinates"][0][0].as_array_mut().expect("a ring");
    for corner in ring.iter_mut() {
        corner[0] = (corner[0].as_f64().expect("a longitude") + 0.004).into();
    }
    let url = format!("{}/api/territory/areas/check?crs=wgs84&format=geojson", admin.url);
    let request = admin.client.post(url).header("content-type", "application/geo+json");
    let checked = admin.send(request.body(file.to_string())).await.json();
    assert_eq!(
        (checked["blocked"].as_bool(), checked["renewed"].as_array().map(Vec::len)),
        (Some(true), Some(1))
    );
    let cell = &checked["changes"]["cells"][0];
    assert!(cell["old_path"].as_str() != cell["new_path"].as_str() && cell["change"] == "renewed", "{cell}");
    assert!(!checked["changes"]["around"].as_array().expect("beside it").is_empty());
    let again = admin.get("/api/territory/areas/export?format=geojson").await.text;
    assert_eq!(again, text, "a check changes nothing");
}
