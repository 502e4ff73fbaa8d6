//! Answers to a type's questions: known, of the right kind, required ones there.

use crate::catalogue::{CaseType, Datatype, Question};
use crate::error::CaseError;
use serde_json::Value;
use std::collections::BTreeMap;

/// An answer in words.
const ANSWER_CHARS_MAX: usize = 500;

/// Refuses unknown questions, wrong kinds and, where the reporter was asked, missing required answers, by the question's code.
pub fn check(
    case_type: &CaseType,
    answers: &BTreeMap<String, Value>,
    is_asked: bool,
) -> Result<(), CaseError> {
    for (code, answer) in answers {
        let Some(question) = case_type.questions.iter().find(|q| q.code == *code) else {
            return Err(refuse(code, "没有这个问题", "there is no such question"));
        };
        check_answer(question, answer)?;
    }
    for question in case_type.questions.iter().filter(|q| is_asked && q.required) {
        if !answers.contains_key(&question.code) {
            return Err(refuse(&question.zh, "请回答这一项", "this needs an answer"));
        }
    }
    Ok(())
}

fn check_answer(question: &Question, answer: &Value) -> Result<(), CaseError> {
    let listed = |key: &str| question.values.iter().any(|v| v.key == key);
    let holds = match (question.datatype, answer) {
        (Datatype::String | Datatype::Text, Value::String(text)) => is_plain(text),
        (Datatype::Number, Value::Number(_)) => true,
        (Datatype::Number, Value::String(text)) => text.trim().parse::<f64>().is_ok_and(f64::is_finite),
        (Datatype::Datetime, Value::String(text)) => {
            text.parse::<jiff::Timestamp>().is_ok() || text.parse::<jiff::civil::DateTime>().is_ok()
        }
        (Datatype::SingleValueList, Value::String(key)) => listed(key),
        (Datatype::MultiValueList, Value::String(key)) => listed(key),
        (Datatype::MultiValueList, Value::Array(keys)) => keys.iter().all(|k| k.as_str().is_some_and(listed)),
        _ => false,
    };
    if holds { Ok(()) } else { Err(refuse(&question.zh, "回答不合要求", "the answer does not hold")) }
}

/// Words of a bearable length without control characters, which one of the engines cannot keep.
fn is_plain(text: &str) -> bool {
    text.chars().count() <= ANSWER_CHARS_MAX
        && !text.chars().any(|c| c.is_control() && !matches!(c, '\n' | '\r' | '\t'))
}

fn refuse(what: &str, zh: &str, en: &str) -> CaseError {
    CaseError::invalid(
        "answers",
        "cases.bad_answer",
        format!("“{what}”：{zh}。"),
        format!("\"{what}\": {en}."),
    )
}
