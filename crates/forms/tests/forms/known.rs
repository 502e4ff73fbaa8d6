//! Asking nothing twice: what the register knows is shown, and counted.

use forms::{Answers, FieldRef, Form, Known, NotAsked, Plan, Scene};
use serde_json::json;
use std::sync::Arc;

#[test]
fn what_is_known_and_fresh_is_not_asked() {
    let form = json!({"format": 1, "id": "f", "version": "1", "nodes": [
        {"name": "phone", "type": "text", "register": {"prefill": "person.phone", "write": "person.phone"}},
        {"name": "job", "type": "text", "register": {"prefill": "person.job", "fresh_days": 30}},
        {"name": "birth", "type": "date", "register": {"prefill": "person.birth"}},
        {"name": "child", "type": "text", "relevant": "${birth} > '2020-01-01'"},
        {"name": "wish", "type": "text"},
        {"name": "said", "type": "note"}
    ]});
    let plan = Arc::new(
        Plan::of(Form::from_json(form.to_string().as_bytes()).expect("a form")).expect("without faults"),
    );
    let scene = Scene::at("2026-11-22T09:30:00.000+08:00", "zh", 1).expect("a moment");
    let mut answers = Answers::begin(&plan, &scene).expect("rules that give values");
    let counts = answers.fill_known(&scene, |field: &FieldRef| match field.field.as_str() {
        "phone" => Some(Known { text: "13873300000".into(), age_days: 400, is_fresh: true }),
        "job" => Some(Known { text: "教师".into(), age_days: 40, is_fresh: true }),
        _ => None,
    });
    assert_eq!(counts, Ok(NotAsked { questions: 4, known: 1, stale: 1 }));
    assert_eq!((answers.text("/phone"), answers.text("/job")), (Some("13873300000"), Some("教师")));
    answers.set("/phone", "13873300001", &scene).expect("a change");
    let again = answers
        .fill_known(&scene, |_| Some(Known { text: "1990-01-01".into(), age_days: 1, is_fresh: true }));
    assert_eq!(
        again,
        Ok(NotAsked { questions: 4, known: 1, stale: 0 }),
        "what was typed is not written over"
    );
}
