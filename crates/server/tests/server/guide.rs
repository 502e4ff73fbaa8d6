//! The examples of docs/integrating.md, run as they stand there, against the real binary.

use super::house::{House, Scale};
use super::linked;
use courier::signature::Secret;
use serde_json::{Value, json};
use std::io::Write as _;
use std::process::{Command, Output, Stdio};

const GUIDE: &str = include_str!("../../../../docs/integrating.md");

/// An example: its language, its text, and what it says that it prints.
struct Example {
    language: &'static str,
    text: String,
    prints: String,
}

/// Every fenced block that says what it prints.
fn examples() -> Vec<Example> {
    let mut found = Vec::new();
    for block in GUIDE.split("\n```").skip(1).step_by(2) {
        let Some((language, text)) = block.split_once('\n') else { continue };
        let first = text.lines().next().unwrap_or_default().trim_start_matches(['#', '/', ' ']);
        if let Some(prints) = first.strip_prefix("prints: ") {
            found.push(Example { language, text: text.to_owned(), prints: prints.to_owned() });
        }
    }
    found
}

/// The program that reads an example from its standard input.
fn program(language: &str) -> Command {
    match language {
        "sh" => arguments("sh", &["-eu"]),
        "python" => arguments("python3", &["-"]),
        "js" => arguments("node", &["--input-type=module", "-"]),
        other => panic!("an example in {other}"),
    }
}

fn arguments(name: &str, words: &[&str]) -> Command {
    let mut command = Command::new(name);
    command.args(words);
    command
}

/// The program without which an example cannot run.
fn needed(language: &str) -> &'static str {
    match language {
        "sh" => "curl",
        "python" => "python3",
        _ => "node",
    }
}

fn run(example: &Example, values: &[(&str, String)]) -> Option<Output> {
    let needed = needed(example.language);
    if !Command::new(needed).arg("--version").output().is_ok_and(|told| told.status.success()) {
        eprintln!("an example in {} is skipped: {needed} is not here", example.language);
        return None;
    }
    let mut command = program(example.language);
    command.envs(values.iter().map(|(name, value)| (*name, value)));
    let piped = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = piped.spawn().expect("its program is here");
    child.stdin.take().expect("piped").write_all(example.text.as_bytes()).expect("it reads");
    Some(child.wait_with_output().expect("it ends"))
}

#[tokio::test(flavor = "multi_thread")]
async fn the_examples_of_the_guide_work_as_they_stand() {
    let house = House::open(Scale::Small).await;
    let values = values(&house).await;
    let examples = examples();
    assert_eq!(examples.len(), 6, "the guide's examples are found");
    let mut ran = 0;
    for example in &examples {
        let Some(output) = run(example, &values) else { continue };
        let said = String::from_utf8_lossy(&output.stdout);
        let trouble = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{}\n{said}\n{trouble}", example.text);
        let shown = said.replace(": ", ":");
        assert!(shown.contains(&example.prints.replace(": ", ":")), "{}\nsaid: {said}", example.text);
        ran += 1;
    }
    assert!(ran > 0, "not one of the languages is here");
}

/// What the guide says the district gives an integrator.
async fn values(house: &House) -> Vec<(&'static str, String)> {
    let (_, key) = linked::account(house).await;
    let dispatcher = house.person("dispatcher").await;
    let partner = linked::water(house).await;
    let path = format!("/api/linkage/partners/{partner}");
    let hook = json!({ "rung": "webhook", "address": "http://127.0.0.1:9/hook", "key": Secret::make().text(), "states": "mulin" });
    dispatcher.put(&path, hook).await.ok();
    let secret = dispatcher.post(&format!("{path}/secret"), json!({})).await.ok();
    let number = linked::report(house).await;
    linked::wait_for(&dispatcher, &path, |partner| {
        partner["lane"]["waiting"].as_i64().filter(|waiting| *waiting > 0).map(Value::from)
    })
    .await;
    vec![
        ("MULIN", house.url.clone()),
        ("KEY", key),
        ("PARTNER", partner),
        ("SECRET", linked::text(&secret["secret"])),
        ("NUMBER", number),
    ]
}
