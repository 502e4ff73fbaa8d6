//! Whatever comes: no text, workbook or XML makes the readers panic or run away.

use forms::xform::{read_form, read_submission, read_submission_head};
use forms::{Answers, Form, Pattern, Plan, Scene, parse, pieces, xlsform};
use proptest::prelude::*;
use sheets::Book;
use std::sync::{Arc, LazyLock};

/// Text made of what expressions are made of, so that more than the first character is read.
fn near_expression() -> impl Strategy<Value = String> {
    let words = prop::sample::select(vec![
        "1",
        "2.5",
        "'a'",
        "\"b\"",
        "${q}",
        "${r}",
        ".",
        "..",
        "/",
        "//",
        "data",
        "q",
        "r",
        "*",
        "(",
        ")",
        "[",
        "]",
        ",",
        "+",
        "-",
        "div",
        "mod",
        "and",
        "or",
        "=",
        "!=",
        "<",
        "<=",
        "|",
        "count(",
        "if(",
        "sum(",
        "concat(",
        "regex(",
        "string(",
        "position(",
        "date(",
        "substr(",
        "indexed-repeat(",
        "current()",
        "instance('l')",
        "self::",
        "@",
        "round(",
        "not(",
        "$",
        "中",
        " ",
    ]);
    prop::collection::vec(words, 0..40).prop_map(|words| words.join(" "))
}

static ANSWERS: LazyLock<Answers> = LazyLock::new(answers);

fn answers() -> Answers {
    let form = br#"{"format": 1, "id": "f", "version": "1", "lists": {"l": [{"name": "a"}]}, "nodes": [
        {"name": "q", "type": "integer"}, {"name": "r", "type": "repeat", "nodes": [{"name": "x", "type": "text"}]}]}"#;
    let plan = Arc::new(Plan::of(Form::from_json(form).expect("a form")).expect("without faults"));
    Answers::begin(&plan, &scene()).expect("rules that give values")
}

fn scene() -> Scene<'static> {
    Scene::at("2026-11-22T09:30:00.000+08:00", "zh", 1).expect("a moment")
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1_000))]

    #[test]
    fn any_text_is_an_expression_or_is_told_why_not(text in "\\PC{0,80}") {
        if let Err(fault) = parse(&text) {
            prop_assert!(!fault.words().zh.is_empty() && fault.code().starts_with("expression."));
        }
    }

    #[test]
    fn what_parses_evaluates_or_is_told_why_not(text in near_expression()) {
        let answers = &*ANSWERS;
        let first = answers.evaluate(&text, "/r/x", &scene());
        let again = answers.evaluate(&text, "/r/x", &scene());
        // NaN differs from itself; its text does not.
        prop_assert_eq!(format!("{first:?}"), format!("{again:?}"), "the same twice");
    }

    #[test]
    fn any_text_is_a_pattern_or_is_told_why_not(pattern in "[a-c.\\[\\](){}|*+?^$\\\\d0-9,-]{0,24}", text in "[a-d0-9]{0,12}") {
        if let Ok(pattern) = Pattern::of(&pattern) {
            pattern.fits(&text);
        }
    }

    #[test]
    fn labels_are_cut_without_loss(text in "[a${} 中]{0,40}") {
        let length: usize = pieces(&text).iter().map(|piece| match piece {
            forms::Piece::Words(words) => words.len(),
            forms::Piece::Answer(name) => name.len(),
        }).sum();
        prop_assert!(length <= text.len());
    }

    #[test]
    fn any_bytes_are_a_submission_or_are_told_why_not(inside in "[<>/a-z &;!\\[\\]\"='?-]{0,120}") {
        let answers = &*ANSWERS;
        let xml = format!("<data id=\"f\">{inside}</data>");
        let _ = read_submission_head(inside.as_bytes());
        if let Err(fault) = read_submission(answers.plan(), xml.as_bytes()) {
            prop_assert!(!fault.words().en.is_empty());
        }
    }

    #[test]
    fn any_model_is_a_form_or_is_told_why_not(
        kind in "(int|string|date|select1|)", control in "(input|select1|select|upload|range|trigger|group|repeat|odk:rank)",
        path in "(/data/a|a|/data/b/c|/data|//|/)", rule in "[a-c0-9()/.=' +]{0,12}", inside in "(<item><value>x</value></item>|<itemset nodeset=\"instance('l')/root/item\\[\"/>|)",
    ) {
        let rule = rule.replace('\'', "&apos;");
        let xml = format!(
            "<html><head><model><instance><data id='f'><a/><b><c/></b></data></instance><bind nodeset='{path}' type='{kind}' relevant='{rule}'/></model></head>\
             <body><{control} ref='{path}' nodeset='{path}'>{inside}</{control}></body></html>"
        );
        if let Err(refused) = read_form(xml.as_bytes()) {
            prop_assert!(!refused.words().is_empty());
        }
    }

    #[test]
    fn any_json_is_a_form_or_is_told_why_not(name in "[a-z1$ ]{0,6}", kind in "(text|group|repeat|select_one|range|x)", rule in "\\PC{0,20}") {
        let json = serde_json::json!({"format": 1, "id": "f", "version": "", "nodes": [
            {"name": name, "type": kind, "list": "l", "nodes": [], "start": 0, "end": 1, "step": 0, "relevant": rule, "default": rule}]});
        if let Ok(form) = Form::from_json(json.to_string().as_bytes()) {
            let _ = Plan::of(form);
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    /// Tables in text open as books too: a cheap way to any cells at all.
    #[test]
    fn any_table_is_a_form_or_is_told_why_not(rows in prop::collection::vec(prop::collection::vec(cell(), 4), 1..12)) {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let path = folder.path().join("form.csv");
        let lines: Vec<String> = rows.iter().map(|row| row.join(",")).collect();
        std::fs::write(&path, format!("type,name,label,relevant\n{}\n", lines.join("\n"))).expect("a file");
        if let Ok(book) = Book::open(&path, &xlsform::sheet_limits()) {
            match xlsform::read(&book, "form") {
                Ok(loaded) => drop(Answers::begin(&Arc::new(loaded.plan), &scene())),
                Err(refused) => prop_assert!(refused.words().iter().all(|words| !words.en.is_empty())),
            }
        }
    }
}

fn cell() -> impl Strategy<Value = String> {
    prop::sample::select(vec![
        "",
        "text",
        "integer",
        "note",
        "begin group",
        "end group",
        "begin repeat",
        "end repeat",
        "select_one a",
        "calculate",
        "range",
        "a",
        "b",
        "c",
        "${a}",
        "${b} = 1",
        "1 +",
        "count(${c})",
        "中文",
        "begin_group g",
    ])
    .prop_map(str::to_owned)
}
