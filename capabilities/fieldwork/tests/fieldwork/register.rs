//! A building of the first grid with two homes and a family, and what a phone does with them.

use crate::town::{IN_GRID_1, caller, text};
use serde_json::{Value, json};
use testkit::{Caller, Town};

/// A record entered at the door; answers its id.
pub async fn enter(by: &Caller, kind: &str, values: Value, more: Value) -> String {
    let mut body = json!({ "kind": kind, "values": values, "given": { "source": "door" } });
    for (key, value) in more.as_object().into_iter().flatten() {
        body[key] = value.clone();
    }
    text(&by.post("/api/registry/records", body).await.ok()["id"])
}

/// What a story is about.
pub struct Homes {
    pub building: String,
    pub first: String,
    pub second: String,
    /// Lives in the first.
    pub person: String,
}

/// An estate with one building, one unit and rooms 301 and 302, a home in each; 张晓明, born 1949, lives alone in the first.
pub async fn two_homes(by: &Caller) -> Homes {
    let (lon, lat) = IN_GRID_1;
    let at = json!({ "lon": lon, "lat": lat });
    let estate = enter(by, "place", json!({ "level": "estate", "name": "田心三村" }), at).await;
    let below = |id: &str| json!({ "place": id });
    let building = enter(by, "place", json!({ "level": "building", "name": "5栋" }), below(&estate)).await;
    let unit = enter(by, "place", json!({ "level": "unit", "name": "2单元" }), below(&building)).await;
    let mut homes = Vec::new();
    for room in ["301", "302"] {
        let room = enter(by, "place", json!({ "level": "room", "name": room }), below(&unit)).await;
        homes.push(enter(by, "dwelling", json!({ "use": "residential" }), below(&room)).await);
    }
    let values = json!({ "name": "张晓明", "birth_on": "1949-12-31", "phones": ["13873300042"] });
    let person = enter(by, "person", values, json!({ "area_path": crate::town::GRID_1 })).await;
    let [first, second] = [homes[0].clone(), homes[1].clone()];
    move_in(by, &person, &first, true).await;
    Homes { building, first, second, person }
}

pub async fn move_in(by: &Caller, person: &str, home: &str, leaves_others: bool) {
    // Nobody is the head of two households.
    let relation = if leaves_others { json!("head") } else { Value::Null };
    let body = json!({ "dwelling": home, "values": { "kind": "registered", "relation": relation },
        "leaves_others": leaves_others, "given": { "source": "door" } });
    by.post(&format!("/api/registry/people/{person}/move-in"), body).await.ok();
}

/// An id a phone made, told apart by a number.
pub fn made(number: u32) -> String {
    format!("019c8a00-0000-7000-8000-0001{number:08x}")
}

/// A phone of somebody, begun; answers its id.
pub async fn phone(by: &Caller, number: u32) -> String {
    let body = json!({ "id": made(number), "name": "红米" });
    text(&by.post("/api/fieldwork/devices", body).await.ok()["id"])
}

/// The first worker with a phone.
pub async fn worker(town: &Town) -> (Caller, String) {
    let worker = caller(town, "worker1");
    let phone = phone(&worker, 0xd0).await;
    (worker, phone)
}

/// One page of what a phone carries.
pub async fn page(by: &Caller, phone: &str, since: Option<&str>) -> Value {
    let since = since.map_or(String::new(), |since| format!("&since={since}"));
    by.get(&format!("/api/fieldwork/sync?device={phone}{since}")).await.ok()
}

/// All pages from a place on, as the phone would put them together: homes by id, those that are gone taken out; and the last page.
pub async fn pull(by: &Caller, phone: &str, since: Option<&str>) -> (Vec<Value>, Vec<String>, Value) {
    let (mut homes, mut gone) = (Vec::new(), Vec::new());
    let mut since = since.map(str::to_owned);
    loop {
        let page = page(by, phone, since.as_deref()).await;
        homes.extend(page["homes"].as_array().expect("homes").iter().cloned());
        gone.extend(page["gone"].as_array().expect("gone").iter().map(text));
        if page["more"] == false {
            return (homes, gone, page);
        }
        since = Some(text(&page["since"]));
    }
}

/// A command as a phone sends it.
pub fn command(number: u32, kind: &str, body: Value) -> Value {
    json!({ "id": made(number), "seq": number, "at": "2026-03-02T09:00:00+08:00", "kind": kind, "body": body })
}

/// Sends commands; answers what became of each, in their order.
pub async fn send(by: &Caller, phone: &str, commands: &[Value]) -> Vec<Value> {
    let batch = json!({ "device": phone, "sent_at": "2026-03-02T10:00:00+08:00", "commands": commands });
    let view = by.post("/api/fieldwork/sync/commands", batch).await.ok();
    view["answers"].as_array().expect("answers").clone()
}

/// What became of commands, in a word each.
pub async fn states(by: &Caller, phone: &str, commands: &[Value]) -> Vec<String> {
    send(by, phone, commands).await.iter().map(|answer| text(&answer["state"])).collect()
}

/// What a looked-at record shows of a field.
pub async fn shown(by: &Caller, id: &str, key: &str) -> String {
    let record = by.get(&format!("/api/registry/records/{id}?purpose=visit")).await.ok();
    let fields = record["fields"].as_array().expect("fields");
    let field = fields.iter().find(|field| field["key"] == key);
    field.map_or(String::new(), |field| text(&field["shown"]["zh"]))
}

/// The version a record has.
pub async fn version(by: &Caller, id: &str) -> i64 {
    let record = by.get(&format!("/api/registry/records/{id}?purpose=visit")).await.ok();
    record["version"].as_i64().expect("a version")
}
