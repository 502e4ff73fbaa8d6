//! The shared stories of filling, run by this evaluator, and how much one key costs in a form of 10,000 questions.

use forms::{Answers, Form, Plan, Scene};
use serde_json::Value;
use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::{Duration, Instant};

const STORIES: &str = include_str!("../../vectors/fillings.json");

#[test]
fn every_story_ends_as_it_should() {
    let file: Value = serde_json::from_str(STORIES).expect("the stories are JSON");
    let (now, language) =
        (file["now"].as_str().expect("a moment"), file["language"].as_str().expect("a language"));
    let scene = Scene::at(now, language, file["seed"].as_u64().expect("a seed")).expect("a moment");
    for story in file["stories"].as_array().expect("stories") {
        let why = story["why"].as_str().expect("a reason");
        let form = Form::from_json(story["form"].to_string().as_bytes()).expect(why);
        let mut answers = Answers::begin(&Arc::new(Plan::of(form).expect(why)), &scene).expect(why);
        for step in story["steps"].as_array().expect("steps") {
            take(&mut answers, step, &scene, why);
        }
        let mut gives = answers.to_json(true);
        if let Some(object) = gives.as_object_mut() {
            object.remove("id");
        }
        assert_eq!(gives, story["gives"], "{why}");
        let (again, strangers) = Answers::from_json(answers.plan(), &answers.to_json(false));
        assert!(strangers.is_empty(), "{why}: {strangers:?}");
        assert_eq!(again.to_json(false), answers.to_json(false), "{why}: read back");
    }
}

fn take(answers: &mut Answers, step: &Value, scene: &Scene<'_>, why: &str) {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let changed = if step["set"].is_array() {
        answers.set(&text(&step["set"][0]), &text(&step["set"][1]), scene)
    } else if step["add"].is_string() {
        answers.add_instance(&text(&step["add"]), scene)
    } else {
        answers.remove_instance(&text(&step["remove"]), scene)
    };
    let changed = changed.unwrap_or_else(|fault| panic!("{why}: {step}: {fault}"));
    if let Some(expected) = step["changed"].as_array() {
        let expected: Vec<String> = expected.iter().map(text).collect();
        assert_eq!(changed.first(), expected.first(), "{why}: {step}");
        let set = |addresses: &[String]| addresses.iter().cloned().collect::<BTreeSet<String>>();
        assert_eq!(set(&changed), set(&expected), "{why}: {step}");
    }
}

/// Every question of the form depends on the one before it, so that the first sets all going; and a sum over all.
fn long_form(questions: usize) -> Form {
    let mut nodes = vec![r#"{"name": "q0", "type": "integer"}"#.to_owned()];
    for number in 1..questions {
        let before = number - 1;
        nodes.push(format!(
            r#"{{"name": "q{number}", "type": "integer", "calculation": "${{q{before}}} + 1", "relevant": "${{q{before}}} > 0"}}"#
        ));
    }
    nodes.push(r#"{"name": "single", "type": "integer"}"#.to_owned());
    nodes.push(r#"{"name": "after", "type": "integer", "calculation": "${single} * 2"}"#.to_owned());
    let form = format!(r#"{{"format": 1, "id": "long", "version": "1", "nodes": [{}]}}"#, nodes.join(","));
    Form::from_json(form.as_bytes()).expect("a form")
}

#[test]
fn a_key_costs_what_depends_on_it() {
    let scene = Scene::at("2026-11-22T09:30:00.000+08:00", "zh", 1).expect("a moment");
    let plan = Arc::new(Plan::of(long_form(10_000)).expect("without faults"));
    let mut answers = Answers::begin(&plan, &scene).expect("rules that give values");
    let begin = Instant::now();
    let changed = answers.set("/single", "4", &scene).expect("a change");
    let one = begin.elapsed();
    assert_eq!(changed, ["/single", "/after"]);
    let begin = Instant::now();
    let changed = answers.set("/q0", "1", &scene).expect("a change");
    let all = begin.elapsed();
    assert_eq!((changed.len(), answers.text("/q9999")), (10_000, Some("10000")));
    println!("of 10,000 questions: one that depends {one:?}, all that depend {all:?}");
    // A debug build on a busy machine; far above what is measured, far below what a quadratic walk would take.
    assert!(one < Duration::from_millis(100) && all < Duration::from_secs(10), "{one:?}, {all:?}");
}
