//! Forms other people made, filled through OpenRosa: what is sent arrives whole. The project does not depend on them: set
//! `MULIN_XFORMS` to a folder, or have them beside the checkout.

use crate::openrosa::{Collect, between};
use crate::town::{caller, each_town, text, upload};
use forms::{Answers, Choice, Kind, Plan, Scene, Shape, xform};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use testkit::Caller;

/// Forms that are filled on each engine: more take minutes and find the same.
const FORMS_MAX: usize = 60;
/// Fewer would say that the way is broken, not the forms.
const FORMS_MIN: usize = 30;
const NOW: &str = "2026-03-02T10:00:00.000+08:00";

fn workbooks() -> Vec<PathBuf> {
    let beside = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data/xforms");
    let folder = std::env::var_os("MULIN_XFORMS").map_or(beside, PathBuf::from).join("pyxform_xls");
    let files = std::fs::read_dir(folder).into_iter().flatten().filter_map(|entry| Some(entry.ok()?.path()));
    let is_workbook =
        |path: &PathBuf| path.extension().is_some_and(|ending| ending == "xlsx" || ending == "xls");
    let mut found: Vec<PathBuf> = files.filter(is_workbook).collect();
    found.sort();
    found
}

#[tokio::test(flavor = "multi_thread")]
async fn forms_made_elsewhere_arrive_whole() {
    let workbooks = workbooks();
    if workbooks.is_empty() {
        println!("no workbooks of pyxform at hand: not tried");
        return;
    }
    each_town(async |town| {
        let (clerk, worker) = (caller(&town, "clerk"), caller(&town, "worker1"));
        let collect = Collect::of(&town, "worker1").await;
        let mut fates: BTreeMap<&str, usize> = BTreeMap::new();
        for path in &workbooks {
            let fate = try_one(&clerk, &worker, &collect, path).await;
            *fates.entry(fate).or_default() += 1;
            if fates.get(WHOLE) == Some(&FORMS_MAX) {
                break;
            }
        }
        println!("{}: {fates:?}", town.db().engine_name());
        assert!(fates.get(WHOLE).copied().unwrap_or_default() >= FORMS_MIN, "{fates:?}");
    })
    .await;
}

const WHOLE: &str = "arrived whole";

/// Makes a form of a workbook, fills it as a client does, sends it, and reads it again.
async fn try_one(clerk: &Caller, worker: &Caller, collect: &Collect, path: &Path) -> &'static str {
    let name = path.file_name().expect("a name").to_string_lossy().into_owned();
    let made = upload(clerk, &name, std::fs::read(path).expect("a workbook"), None).await;
    if made.status != 200 {
        return "not loaded";
    }
    let made = made.json();
    if made["known"] != json!([]) {
        return "asks for what the register knows";
    }
    let publish = format!("/api/fieldwork/forms/{}/versions/{}/publish", text(&made["form"]), made["number"]);
    if clerk.post(&publish, json!({})).await.status != 200 {
        return "published before";
    }
    let list = collect.get("formList").await.text;
    let entry = list
        .split("<xform>")
        .find(|entry| entry.contains(&format!("{}/{}/form.xml", text(&made["form"]), made["number"])));
    let url = between(entry.unwrap_or_else(|| panic!("{name} is not listed: {list}")), "downloadUrl");
    let xform = collect.http.get(url.strip_prefix(&collect.http.url).expect("of this server")).await.text;
    let loaded = xform::read_form(xform.as_bytes()).unwrap_or_else(|e| panic!("{name}: {e:?}\n{xform}"));
    let Some(answers) = filled(&Arc::new(loaded.plan)) else { return "cannot be filled by a program" };
    let id = uuid::Uuid::new_v4();
    let sent = collect.send(&xform::write_answers(&answers, &format!("uuid:{id}")), &[]).await;
    assert!(
        matches!(sent.status, 201 | 202),
        "{name}: {}\n{}",
        sent.text,
        xform::write_answers(&answers, "x")
    );
    let seen = worker.get(&format!("/api/fieldwork/submissions/{id}?purpose=service")).await.ok();
    assert_eq!(said(&seen["answers"]), said(&answers.to_json(true)), "{name}");
    assert_eq!(seen["strays"], json!([]), "{name}");
    WHOLE
}

/// Answers without the groups in which nothing was said: an XForm leaves out a group that asks nothing.
fn said(answers: &Value) -> Value {
    match answers {
        Value::Object(object) => {
            let within = object.iter().map(|(name, value)| (name.clone(), said(value)));
            Value::Object(within.filter(|(_, value)| *value != json!({})).collect())
        }
        Value::Array(list) => Value::Array(list.iter().map(said).collect()),
        other => other.clone(),
    }
}

/// Answers that hold, each question with something of its type; none where the form's rules want what a program cannot guess.
fn filled(plan: &Arc<Plan>) -> Option<Answers> {
    let scene = Scene::at(NOW, plan.form().first_language(), 7).expect("a moment");
    let mut answers = Answers::begin(plan, &scene).ok()?;
    for item in plan.items().collect::<Vec<_>>() {
        let path = first_instances(plan, &plan.path(item));
        let node = plan.node(item);
        let is_asked = node.kind.is_question() && answers.is_relevant(&path) == Some(true);
        if !is_asked || answers.text(&path).is_some_and(|text| !text.is_empty()) {
            continue;
        }
        let offered = answers.choices(&path, &scene).unwrap_or_default();
        if let Some(text) = something(&node.kind, &offered) {
            answers.set(&path, &text, &scene).ok()?;
        }
    }
    // What a rule forbids is left empty, as a person would.
    for fault in answers.check(&scene) {
        answers.set(&fault.address, "", &scene).ok()?;
    }
    answers.check(&scene).is_empty().then_some(answers)
}

/// The address of a question within the first instance of each repeat around it.
fn first_instances(plan: &Plan, path: &str) -> String {
    let mut address = String::new();
    let mut so_far = String::new();
    for name in path.split('/').skip(1) {
        so_far = format!("{so_far}/{name}");
        let is_repeat = plan.find_path(&so_far).is_some_and(|item| plan.node(item).kind.is_repeat());
        address = format!("{address}/{name}{}", if is_repeat { "[1]" } else { "" });
    }
    address
}

/// An answer of a type.
fn something(kind: &Kind, offered: &[&Choice]) -> Option<String> {
    let names = || offered.iter().map(|choice| choice.name.as_str());
    Some(match kind {
        Kind::Text | Kind::Barcode => "文字 <&> “x”".to_owned(),
        Kind::Integer => "7".to_owned(),
        Kind::Decimal => "1.5".to_owned(),
        Kind::Date => "2026-03-02".to_owned(),
        Kind::Time => "09:30:00.000+08:00".to_owned(),
        Kind::DateTime => NOW.to_owned(),
        Kind::SelectOne { .. } => names().next()?.to_owned(),
        Kind::SelectMany { .. } => names().take(2).collect::<Vec<_>>().join(" "),
        Kind::Rank { .. } => names().collect::<Vec<_>>().join(" "),
        Kind::Place { shape: Shape::Point } => "27.87 113.11 0 5".to_owned(),
        Kind::Place { shape: Shape::Trace } => "27.87 113.11 0 0;27.88 113.12 0 0".to_owned(),
        Kind::Place { shape: Shape::Shape } => {
            "27.87 113.11 0 0;27.88 113.12 0 0;27.88 113.11 0 0;27.87 113.11 0 0".to_owned()
        }
        Kind::Acknowledge => "OK".to_owned(),
        Kind::Range { start, .. } => start.to_string(),
        kind if kind.is_file() => "1.bin".to_owned(),
        _ => return None,
    })
}
