//! Two versions of a form: what is different, and what becomes of a draft.

use forms::{Answers, Change, Form, LostWhy, Part, Plan, Scene, differences, migrate};
use serde_json::json;
use std::sync::Arc;

fn plan(nodes: serde_json::Value, choices: &[&str]) -> Arc<Plan> {
    let choices: Vec<_> =
        choices.iter().map(|name| json!({"name": name, "label": {"zh": format!("选{name}")}})).collect();
    let form = json!({"format": 1, "id": "f", "version": "1", "lists": {"l": choices}, "nodes": nodes});
    let form = Form::from_json(form.to_string().as_bytes()).expect("a form");
    Arc::new(Plan::of(form).expect("without faults"))
}

fn old() -> Arc<Plan> {
    plan(
        json!([
            {"name": "name", "type": "text", "label": {"zh": "姓名"}},
            {"name": "age", "type": "text"},
            {"name": "phone", "type": "text", "constraint": "string-length(.) = 11"},
            {"name": "gone", "type": "text"},
            {"name": "one", "type": "select_one", "list": "l"},
            {"name": "member", "type": "repeat", "nodes": [
                {"name": "nick", "type": "text"}, {"name": "twice", "type": "calculate", "calculation": "concat(${nick}, ${nick})"}]},
            {"name": "hobby", "type": "text"}
        ]),
        &["a", "b"],
    )
}

fn new() -> Arc<Plan> {
    plan(
        json!([
            {"name": "name", "type": "text", "label": {"zh": "您的姓名"}},
            {"name": "age", "type": "integer"},
            {"name": "contact", "type": "group", "nodes": [{"name": "phone", "type": "text", "constraint": "string-length(.) > 6"}]},
            {"name": "one", "type": "select_one", "list": "l"},
            {"name": "member", "type": "repeat", "nodes": [
                {"name": "nick", "type": "text"}, {"name": "twice", "type": "calculate", "calculation": "concat(${nick}, '-', ${nick})"},
                {"name": "hobby", "type": "text"}]},
            {"name": "fresh", "type": "date", "default": "today()"}
        ]),
        &["b", "c"],
    )
}

#[test]
fn differences_are_told_one_by_one() {
    let found = differences(&old(), &new());
    let told: Vec<(&str, Change)> =
        found.iter().map(|difference| (difference.path.as_str(), difference.what.clone())).collect();
    let expected = [
        ("/name", Change::Words { parts: vec![Part::Label] }),
        ("/age", Change::Type { from: "text", to: "integer" }),
        ("/contact", Change::Added),
        ("/contact/phone", Change::Moved { from: "/phone".into() }),
        ("/contact/phone", Change::Rules { parts: vec![Part::Constraint] }),
        ("/member/twice", Change::Rules { parts: vec![Part::Calculation] }),
        ("/member/hobby", Change::Moved { from: "/hobby".into() }),
        ("/fresh", Change::Added),
        ("/gone", Change::Removed),
        ("l", Change::Choices { added: vec!["c".into()], removed: vec!["a".into()], reworded: vec![] }),
    ];
    assert_eq!(told, expected);
    assert!(differences(&old(), &old()).is_empty());
}

#[test]
fn a_draft_keeps_what_fits_and_tells_what_does_not() {
    let scene = Scene::at("2026-11-22T09:30:00.000+08:00", "zh", 1).expect("a moment");
    let draft = json!({"name": "张三", "age": "四十", "phone": "13873300000", "gone": "x", "one": "a",
        "member": [{"nick": "A"}, {}, {"nick": "C"}], "hobby": "钓鱼"});
    let (mut answers, _) = Answers::from_json(&old(), &draft);
    answers.settle_whole(&scene).expect("rules that give values");
    let migrated = migrate(&answers, &new(), &scene).expect("rules that give values");
    let expected = json!({"name": "张三", "contact": {"phone": "13873300000"},
        "member": [{"nick": "A", "twice": "A-A"}, {"twice": "-"}, {"nick": "C", "twice": "C-C"}], "fresh": "2026-11-22"});
    assert_eq!(migrated.answers.to_json(false), expected);
    assert_eq!(migrated.kept, 4);
    let lost: Vec<(&str, &str, LostWhy)> =
        migrated.lost.iter().map(|lost| (lost.address.as_str(), lost.text.as_str(), lost.why)).collect();
    let expected = [
        ("/age", "四十", LostWhy::Type),
        ("/gone", "x", LostWhy::Removed),
        ("/one", "a", LostWhy::Choice),
        ("/hobby", "钓鱼", LostWhy::OtherRepeat),
    ];
    assert_eq!(lost, expected);
}
