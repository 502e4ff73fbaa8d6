//! Every route whose answer holds values about people records the look: read from the API's description, each one called.

use crate::town::{CAPABILITIES, GRID_1, caller, each_town, enter, text, two_homes};
use platform::FactId;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::time::Duration;
use store::{Conn, FactRow};
use testkit::{Caller, DISTRICT, Town};
use uuid::Uuid;

/// Routes that answer with values about people and write no look, each for its reason. The list only shrinks.
const NO_LOOK: &[(&str, &str)] = &[];

/// Records that every call finds.
struct Ground {
    clerk: Caller,
    person: String,
    home: String,
    request: String,
}

impl Ground {
    async fn lay(town: &Town) -> Self {
        let clerk = caller(town, "clerk");
        let values = json!({ "name": "张晓明", "phones": ["13873300042"] });
        let (person, _) = enter(&clerk, "person", values, json!({ "area_path": GRID_1 })).await;
        let (home, _) = two_homes(&clerk).await;
        let body =
            json!({ "dwelling": home, "values": { "kind": "registered" }, "given": { "source": "door" } });
        clerk.post(&format!("/api/registry/people/{person}/move-in"), body).await.ok();
        let paper = json!({ "person": person, "record": person, "what": "object", "words": "不同意" });
        let request = text(&clerk.post("/api/registry/requests", paper).await.ok()["id"]);
        Self { clerk, person, home, request }
    }

    /// How each route with values about people is called; nothing for one this table does not know.
    fn address_of(&self, operation: &str) -> Option<String> {
        let Self { person, home, request, .. } = self;
        Some(match operation {
            "show_record" => format!("/api/registry/records/{person}?purpose=check"),
            "show_person" => format!("/api/registry/people/{person}?purpose=check"),
            "show_history" => format!("/api/registry/records/{person}/history?purpose=check"),
            "show_home" => format!("/api/registry/dwellings/{home}/home?purpose=check"),
            "list_changes" => "/api/registry/changes?purpose=check&kind=person".to_owned(),
            "show_request" => format!("/api/registry/requests/{request}"),
            _ => return None,
        })
    }
}

/// Operations whose good answers hold a schema that is marked as personal.
fn personal_operations(document: &Value) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for item in document["paths"].as_object().into_iter().flat_map(|paths| paths.values()) {
        for operation in item.as_object().into_iter().flat_map(|methods| methods.values()) {
            let answers = operation["responses"].as_object().into_iter().flatten();
            let good = answers.filter(|(status, _)| status.starts_with('2')).map(|(_, answer)| answer);
            if good.into_iter().any(|answer| is_personal(document, answer, &mut BTreeSet::new())) {
                found.insert(text(&operation["operationId"]));
            }
        }
    }
    found
}

/// Whether a part of the description, or anything it refers to, carries the mark.
fn is_personal(document: &Value, part: &Value, seen: &mut BTreeSet<String>) -> bool {
    match part {
        Value::Object(parts) => {
            if parts.get("x-personal") == Some(&Value::Bool(true)) {
                return true;
            }
            if let Some(reference) = parts.get("$ref").and_then(Value::as_str)
                && seen.insert(reference.to_owned())
            {
                let pointer = reference.trim_start_matches('#');
                return document.pointer(pointer).is_some_and(|part| is_personal(document, part, seen));
            }
            parts.values().any(|part| is_personal(document, part, seen))
        }
        Value::Array(parts) => parts.iter().any(|part| is_personal(document, part, seen)),
        _ => false,
    }
}

fn description(town: &Town) -> Value {
    let (_, document) = edge::router(&town.edge, CAPABILITIES);
    serde_json::to_value(document).expect("the description is JSON")
}

/// How many looks at a record are written down.
async fn looks_at(town: &Town, record: &str) -> usize {
    let record: Uuid = record.parse().expect("an id");
    let read = async move |conn: &mut Conn| FactRow::of_subject(conn, DISTRICT, record, 500).await;
    let facts: Vec<FactRow> = town.db().read(read).await.expect("facts");
    facts.iter().filter(|fact| fact.name == registry::facts::OPENED && fact.id > FactId(Uuid::nil())).count()
}

/// How often a record was shown: one by one, or in a copy of many.
async fn times_shown(town: &Town, by: &Caller, record: &str) -> usize {
    let copies = by.get(&format!("/api/registry/records/{record}/copies")).await.ok();
    looks_at(town, record).await + copies.as_array().map_or(0, Vec::len)
}

#[tokio::test(flavor = "multi_thread")]
async fn every_answer_about_people_is_a_look_on_record() {
    each_town(async |town| {
        let ground = Ground::lay(&town).await;
        let province = caller(&town, "province");
        // What has just changed is told to other platforms two minutes later.
        town.passes(Duration::from_secs(121)).await;
        let operations = personal_operations(&description(&town));
        assert!(operations.contains("show_record"), "the mark is read: {operations:?}");
        for operation in &operations {
            if NO_LOOK.iter().any(|(name, _)| name == operation) {
                continue;
            }
            let Some(address) = ground.address_of(operation) else {
                panic!("{operation} answers with values about people: say in address_of how it is called, so that its look is seen");
            };
            let before = times_shown(&town, &ground.clerk, &ground.person).await;
            let by = if operation == "list_changes" { &province } else { &ground.clerk };
            by.get(&address).await.ok();
            assert_eq!(times_shown(&town, &ground.clerk, &ground.person).await, before + 1, "{operation} writes its look down");
        }
        for (name, why) in NO_LOOK {
            assert!(!why.is_empty() && operations.contains(*name), "{name} needs no exception any more: take it out");
        }
    })
    .await;
}
