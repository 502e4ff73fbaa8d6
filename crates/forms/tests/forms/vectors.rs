//! The shared vectors, run by this evaluator. The one of the web runs the same file.

use forms::{Answers, ExpressionFault, Form, Given, Plan, Scene};
use serde_json::Value;
use std::collections::HashMap;
use std::sync::Arc;

const VECTORS: &str = include_str!("../../vectors/expressions.json");

#[test]
fn every_expression_gives_what_the_vectors_say() {
    let vectors: Value = serde_json::from_str(VECTORS).expect("the vectors are JSON");
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let (now, language) = (text(&vectors["now"]), text(&vectors["language"]));
    let seed = vectors["seed"].as_u64().expect("a seed");
    let scene = Scene::at(&now, &language, seed).expect("a moment");
    let forms: HashMap<String, Answers> = vectors["forms"]
        .as_object()
        .expect("forms")
        .iter()
        .map(|(name, form)| (name.clone(), answers_of(form, &scene)))
        .collect();
    let (mut cases, mut wrong) = (0, Vec::new());
    for group in vectors["groups"].as_array().expect("groups") {
        let language = group["language"].as_str().unwrap_or(&language);
        let scene = Scene::at(&now, language, seed).expect("a moment");
        let answers = &forms[&text(&group["form"])];
        for case in group["cases"].as_array().expect("cases") {
            cases += 1;
            let given = answers.evaluate(&text(&case[0]), &text(&group["at"]), &scene);
            if !fits(&given, &case[1]) {
                let shown: String = case[0].to_string().chars().take(100).collect();
                wrong.push(format!("{shown} gives {given:?}, not {}", case[1]));
            }
        }
    }
    println!("{cases} cases");
    assert!(wrong.is_empty(), "{} of {cases}:\n{}", wrong.len(), wrong.join("\n"));
}

fn answers_of(form: &Value, scene: &Scene<'_>) -> Answers {
    let definition = Form::from_json(form["form"].to_string().as_bytes()).expect("a form");
    let plan = Arc::new(Plan::of(definition).expect("a form without faults"));
    let (mut answers, strangers) = Answers::from_json(&plan, &form["answers"]);
    assert!(strangers.is_empty(), "{strangers:?}");
    answers.settle_whole(scene).expect("rules that give values");
    answers
}

fn fits(given: &Result<Given, ExpressionFault>, expected: &Value) -> bool {
    match (given, expected) {
        (Err(fault), Value::Object(object)) => {
            object.get("fails").and_then(Value::as_str) == Some(fault.code())
        }
        (Ok(Given::Number(number)), Value::Object(object)) => match object.get("near") {
            Some(near) => {
                (number - near.as_f64().unwrap_or(f64::NAN)).abs() <= object["within"].as_f64().unwrap_or(0.0)
            }
            None => object.get("number").and_then(Value::as_str) == Some(&forms::text_of_number(*number)),
        },
        (Ok(Given::Number(number)), Value::Number(expected)) => Some(*number) == expected.as_f64(),
        (Ok(Given::Text(text)), Value::String(expected)) => text == expected,
        (Ok(Given::Bool(value)), Value::Bool(expected)) => value == expected,
        (Ok(Given::Nodes(texts)), Value::Array(expected)) => {
            texts.len() == expected.len()
                && texts.iter().zip(expected).all(|(text, expected)| expected == text)
        }
        _ => false,
    }
}
