//! The shared stories of checking, run by this evaluator.

use forms::{Answers, Form, Plan, Scene};
use serde_json::{Value, json};
use std::sync::Arc;

const STORIES: &str = include_str!("../../vectors/checks.json");

#[test]
fn every_check_finds_what_it_should() {
    let file: Value = serde_json::from_str(STORIES).expect("the stories are JSON");
    let now = file["now"].as_str().expect("a moment");
    for story in file["stories"].as_array().expect("stories") {
        let why = story["why"].as_str().expect("a reason");
        let language = story["language"].as_str().expect("a language");
        let scene = Scene::at(now, language, 41).expect("a moment");
        let form = Form::from_json(story["form"].to_string().as_bytes()).expect(why);
        let plan = Arc::new(Plan::of(form).expect(why));
        let (mut answers, strangers) = Answers::from_json(&plan, &story["answers"]);
        assert!(strangers.is_empty(), "{why}: {strangers:?}");
        answers.settle_whole(&scene).expect(why);
        let faults = answers.check(&scene);
        let faults: Vec<Value> =
            faults.iter().map(|fault| json!([fault.address, fault.what.code(), fault.message])).collect();
        assert_eq!(Value::Array(faults), story["faults"], "{why}");
        for (address, expected) in story["offers"].as_object().expect("offers") {
            let choices = answers.choices(address, &scene).expect(why);
            let names: Vec<&str> = choices.iter().map(|choice| choice.name.as_str()).collect();
            assert_eq!(json!(names), *expected, "{why}: {address}");
        }
        for (address, expected) in story["sentences"].as_object().expect("sentences") {
            assert_eq!(answers.label(address, &scene), expected.as_str().unwrap_or_default(), "{why}");
        }
    }
}
