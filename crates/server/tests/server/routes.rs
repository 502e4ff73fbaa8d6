//! Route coverage: the test reads the API's description and tries every write as a stranger.

use super::house::{House, Scale};
use serde_json::{Value, json};
use testkit::Caller;

/// Writes anybody may do without signing in, each for its reason. The list only shrinks.
const PUBLIC: &[(&str, &str)] = &[
    ("create_case", "a resident reports without an account"),
    ("keep_photos", "photos of such a report"),
    ("lookup_case", "number and code are the proof"),
    ("follow_case", "我也遇到: a neighbour becomes a follower"),
    ("sign_in", "the door itself"),
    ("enter_wall", "a wall's door: the key is the proof"),
    ("send_code", "the residents' door"),
    ("redeem_code", "the residents' door"),
    ("sign_out", "leaving without having come in is no harm"),
];

/// Bodies of operations whose description leaves a part free.
fn body_of(operation: &Operation, document: &Value, schema: &Value) -> Value {
    match operation.id.as_str() {
        "assign_role" => json!({ "role": "dispatcher", "scope": { "kind": "district" } }),
        "begin_upload" => {
            json!({ "hash": "0".repeat(64), "bytes": 1, "media_type": "image/png", "for": { "command": SOMETHING } })
        }
        "act_on_case" => json!({ "action": "take" }),
        "act_on_many" => json!({ "cases": [{ "id": SOMETHING }], "act": { "action": "take" } }),
        _ => example(document, schema, 0),
    }
}

/// An id of nothing.
const SOMETHING: &str = "018f0000-0000-7000-8000-000000000001";

/// An operation of the description.
pub struct Operation {
    pub method: String,
    pub path: String,
    pub id: String,
    pub value: Value,
}

pub fn operations(document: &Value) -> Vec<Operation> {
    let mut found = Vec::new();
    for (path, item) in document["paths"].as_object().expect("paths") {
        for method in ["get", "post", "put", "patch", "delete"] {
            if let Some(value) = item.get(method) {
                let id = value["operationId"].as_str().unwrap_or_default().to_owned();
                found.push(Operation {
                    method: method.to_owned(),
                    path: path.clone(),
                    id,
                    value: value.clone(),
                });
            }
        }
    }
    found
}

/// The operations that change something.
pub fn writes(document: &Value) -> Vec<Operation> {
    operations(document).into_iter().filter(|o| o.method != "get").collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn every_write_is_refused_to_strangers() {
    let house = House::open(Scale::Small).await;
    let document = super::openapi::document();
    let stranger = house.caller();
    let mut open = Vec::new();
    for operation in writes(&document) {
        let is_public = PUBLIC.iter().any(|(id, _)| *id == operation.id);
        let answer = try_write(&stranger, &document, &operation).await;
        let refused = matches!(answer.status, 401 | 403 | 404);
        if answer.status >= 500 || !(is_public || refused) {
            open.push(format!(
                "{} {} {} answers {}: {}",
                operation.id, operation.method, operation.path, answer.status, answer.text
            ));
        }
    }
    assert!(
        open.is_empty(),
        "these writes are not refused to strangers; look at their access, or name them in PUBLIC with a reason:\n{}",
        open.join("\n")
    );
}

#[test]
fn the_list_of_public_writes_only_shrinks() {
    let document = super::openapi::document();
    let writes = writes(&document);
    for (id, why) in PUBLIC {
        assert!(!why.is_empty());
        assert!(writes.iter().any(|o| o.id == *id), "{id} is no write any more: take it out of PUBLIC");
    }
}

/// The conditions a write cannot do without, each nought.
fn query_of(operation: &Operation) -> String {
    let parameters = operation.value["parameters"].as_array().into_iter().flatten();
    let wanted = parameters.filter(|one| one["in"] == "query" && one["required"] == true);
    let wanted: Vec<String> = wanted.filter_map(|one| Some(format!("{}=0", one["name"].as_str()?))).collect();
    if wanted.is_empty() { String::new() } else { format!("?{}", wanted.join("&")) }
}

/// Sends the write with a body as the description wants it, so that it is refused for who asks and not for what.
async fn try_write(caller: &Caller, document: &Value, operation: &Operation) -> testkit::Answer {
    let mut path = operation.path.clone();
    while let (Some(from), Some(to)) = (path.find('{'), path.find('}')) {
        path.replace_range(from..=to, SOMETHING);
    }
    let url = format!("{}{path}{}", caller.url, query_of(operation));
    let method = operation.method.to_uppercase().parse().expect("a method");
    let request = caller.client.request(method, url);
    let body = &operation.value["requestBody"]["content"];
    let request = match (body.get("application/json"), body.get("multipart/form-data")) {
        (Some(media), _) => request.json(&body_of(operation, document, &media["schema"])),
        (None, Some(_)) => {
            let part = reqwest::multipart::Part::bytes(b"x".to_vec()).file_name("x.jpg");
            request.multipart(reqwest::multipart::Form::new().part("photos", part))
        }
        (None, None) => match body.as_object().and_then(|kinds| kinds.keys().next()) {
            Some(kind) => request.header("content-type", kind).body("x"),
            None => request,
        },
    };
    caller.send(request).await
}

/// The smallest value a schema allows.
pub fn example(document: &Value, schema: &Value, depth: usize) -> Value {
    if depth > 12 {
        return Value::Null;
    }
    if let Some(reference) = schema["$ref"].as_str() {
        let pointer = reference.trim_start_matches('#');
        return example(document, document.pointer(pointer).unwrap_or(&Value::Null), depth + 1);
    }
    for key in ["oneOf", "anyOf"] {
        if let Some(first) = schema[key].as_array().and_then(|all| all.iter().find(|s| s["type"] != "null")) {
            return example(document, first, depth + 1);
        }
    }
    if let Some(all) = schema["allOf"].as_array() {
        let mut whole = serde_json::Map::new();
        for part in all {
            if let Value::Object(fields) = example(document, part, depth + 1) {
                whole.extend(fields);
            }
        }
        return Value::Object(whole);
    }
    if schema["example"].is_string() {
        return schema["example"].clone();
    }
    if let Some(first) = schema["enum"].as_array().and_then(|values| values.first()) {
        return first.clone();
    }
    let kind = match &schema["type"] {
        Value::Array(kinds) => kinds.iter().find(|k| *k != "null").cloned().unwrap_or_default(),
        kind => kind.clone(),
    };
    match (kind.as_str(), schema["format"].as_str()) {
        (Some("string"), Some("uuid")) => json!(SOMETHING),
        (Some("string"), Some("date-time")) => json!("2026-03-02T02:00:00Z"),
        (Some("string"), Some("date")) => json!("2026-03-02"),
        (Some("string"), _) => json!("x"),
        (Some("integer" | "number"), _) => json!(1),
        (Some("boolean"), _) => json!(false),
        (Some("array"), _) => json!([example(document, &schema["items"], depth + 1)]),
        _ => object(document, schema, depth),
    }
}

fn object(document: &Value, schema: &Value, depth: usize) -> Value {
    let needed = schema["required"].as_array().cloned().unwrap_or_default();
    let fields = needed.iter().filter_map(|name| {
        let name = name.as_str()?;
        Some((name.to_owned(), example(document, &schema["properties"][name], depth + 1)))
    });
    Value::Object(fields.collect())
}
