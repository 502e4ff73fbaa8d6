//! Buildings with homes, people in them, and things, as a registrar enters them: what campaigns and patrols go to.

use crate::town::{IN_GRID_2, caller, text};
use serde_json::{Value, json};
use testkit::{Caller, Town};

/// A point of the first grid.
pub const IN_GRID_1: (f64, f64) = (113.11, 27.88);

/// A building with a home in each of its rooms.
pub struct Building {
    pub id: String,
    pub homes: Vec<String>,
}

pub async fn enter(by: &Caller, kind: &str, values: Value, more: Value) -> String {
    let mut body = json!({ "kind": kind, "values": values, "given": { "source": "door" } });
    for (key, value) in more.as_object().into_iter().flatten() {
        body[key] = value.clone();
    }
    text(&by.post("/api/registry/records", body).await.ok()["id"])
}

/// A building of an estate of its own, with homes of these values.
pub async fn build(by: &Caller, (lon, lat): (f64, f64), name: &str, built: i64, homes: &[Value]) -> Building {
    let at = json!({ "lon": lon, "lat": lat });
    let estate =
        enter(by, "place", json!({ "level": "estate", "name": format!("{name}院") }), at.clone()).await;
    let mut below = at;
    below["place"] = json!(estate);
    let values = json!({ "level": "building", "name": name, "built_year": built });
    let building = enter(by, "place", values, below).await;
    let mut made = Vec::new();
    for (at, values) in homes.iter().enumerate() {
        let room = json!({ "level": "room", "name": format!("{}01", at + 1) });
        let room = enter(by, "place", room, json!({ "place": building })).await;
        made.push(enter(by, "dwelling", values.clone(), json!({ "place": room })).await);
    }
    Building { id: building, homes: made }
}

/// Somebody moves into a home.
pub async fn move_in(by: &Caller, home: &str, area_path: &str, name: &str, born: &str) -> String {
    let values = json!({ "name": name, "birth_on": born });
    let person = enter(by, "person", values, json!({ "area_path": area_path })).await;
    let body = json!({ "dwelling": home, "values": { "kind": "registered", "relation": "head" }, "given": { "source": "door" } });
    by.post(&format!("/api/registry/people/{person}/move-in"), body).await.ok();
    person
}

pub async fn thing(by: &Caller, (lon, lat): (f64, f64), name: &str, inspect_by: Option<&str>) -> String {
    let mut values = json!({ "component": "0101", "name": name, "state": "sound" });
    if let Some(day) = inspect_by {
        values["inspect_by"] = json!(day);
    }
    enter(by, "thing", values, json!({ "lon": lon, "lat": lat })).await
}

/// Two buildings, one in each grid: three homes with piped gas and one without in the old one; a shop, and a home with bottled gas in the
/// new one. Somebody of 84 lives in the first home.
pub async fn two_buildings(town: &Town) -> (Building, Building) {
    let by = caller(town, "registrar");
    let home = |gas: &str| json!({ "use": "residential", "gas": gas });
    let old = [home("piped"), home("piped"), home("piped"), home("none")];
    let old = build(&by, IN_GRID_1, "5栋", 1986, &old).await;
    let new = [json!({ "use": "commercial" }), home("bottled")];
    let new = build(&by, IN_GRID_2, "8栋", 2012, &new).await;
    move_in(&by, &old.homes[0], crate::town::GRID_1, "周长寿", "1942-01-05").await;
    (old, new)
}
