//! openapi.json at the top of the repository is what the server says: a change of the API is a change of that file.

use serde_json::Value;
use std::collections::HashSet;
use std::path::Path;

/// The description as the server gives it.
pub fn document() -> Value {
    serde_json::from_str(&text()).expect("the description is JSON")
}

fn text() -> String {
    server::openapi::text(&server::openapi::document())
}

#[test]
fn the_committed_description_is_the_servers() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../openapi.json");
    let committed = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(
        committed == text(),
        "the API has changed: look at the change, then  mulin openapi > openapi.json"
    );
}

#[test]
fn every_operation_has_a_name_of_its_own_and_says_its_answers() {
    let document = document();
    let mut seen = HashSet::new();
    for operation in super::routes::operations(&document) {
        let name = &operation.id;
        assert!(!name.is_empty(), "{} {} has no operation_id", operation.method, operation.path);
        assert!(seen.insert(name.clone()), "two operations are called {name}");
        let answers = operation.value["responses"].as_object().is_some_and(|r| !r.is_empty());
        assert!(answers, "{name} says nothing of its answers");
    }
    assert!(seen.len() > 20, "only {} operations: is a capability missing?", seen.len());
}
