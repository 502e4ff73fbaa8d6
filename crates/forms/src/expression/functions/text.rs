//! Text. XPath 1.0, section 4.2; ODK XForms specification, "String functions". Characters are those of Unicode, not bytes.

use super::{Answer, Call, F};
use crate::expression::fault::ExpressionFault;
use crate::expression::number::{is_space, round};
use crate::expression::value::Value;
use crate::limits::ANSWER_CHARS_MAX;

pub(super) fn call(call: &Call<'_, '_>) -> Answer {
    let bool = |value: bool| Ok(Value::Bool(value));
    match call.function {
        F::Contains => bool(call.text(0)?.contains(&call.text(1)?)),
        F::StartsWith => bool(call.text(0)?.starts_with(&call.text(1)?)),
        F::EndsWith => bool(call.text(0)?.ends_with(&call.text(1)?)),
        F::Regex => bool(call.world.pattern_fits(&call.text(1)?, &call.text(0)?)?),
        F::StringLength => Ok(Value::Number(call.text_or_own()?.chars().count() as f64)),
        _ => made(call).map(Value::Text),
    }
}

fn made(call: &Call<'_, '_>) -> Result<String, ExpressionFault> {
    Ok(match call.function {
        F::StringOf => call.text_or_own()?,
        F::Concat => call.texts_from(0)?.concat(),
        F::Join => call.texts_from(1)?.join(&call.text(0)?),
        F::NormalizeSpace => {
            let text = call.text_or_own()?;
            let words: Vec<&str> = text.split(is_space).filter(|word| !word.is_empty()).collect();
            words.join(" ")
        }
        F::SubstringBefore => {
            let (text, mark) = (call.text(0)?, call.text(1)?);
            text.split_once(mark.as_str()).map_or(String::new(), |(before, _)| before.to_owned())
        }
        F::SubstringAfter => {
            let (text, mark) = (call.text(0)?, call.text(1)?);
            text.split_once(mark.as_str()).map_or(String::new(), |(_, after)| after.to_owned())
        }
        F::Substr => substr(call)?,
        F::Substring => substring(call)?,
        F::Translate => translate(&call.text(0)?, &call.text(1)?, &call.text(2)?),
        _ => uuid(call)?,
    })
}

/// From 0, without the end; below 0 counts from the end of the text, as JavaRosa does.
fn substr(call: &Call<'_, '_>) -> Result<String, ExpressionFault> {
    let chars: Vec<char> = call.text(0)?.chars().collect();
    let index = |number: f64| {
        let number = if number.is_nan() { 0.0 } else { number.trunc() };
        let from_start = if number < 0.0 { number + chars.len() as f64 } else { number };
        from_start.clamp(0.0, chars.len() as f64) as usize
    };
    let begin = index(call.number(1)?);
    let end = if call.arguments.len() == 3 { index(call.number(2)?) } else { chars.len() };
    Ok(chars.get(begin..end).unwrap_or_default().iter().collect())
}

/// From 1, rounded: the characters at positions from the second argument to before the sum with the third.
fn substring(call: &Call<'_, '_>) -> Result<String, ExpressionFault> {
    let text = call.text(0)?;
    let begin = round(call.number(1)?, 0.0);
    let end = if call.arguments.len() == 3 { begin + round(call.number(2)?, 0.0) } else { f64::INFINITY };
    let kept = text.chars().enumerate().filter(|(index, _)| {
        let position = (*index + 1) as f64;
        position >= begin && position < end
    });
    Ok(kept.map(|(_, c)| c).collect())
}

/// Each character of `from` becomes the one at its place in `to`, or nothing; the first place counts.
fn translate(text: &str, from: &str, to: &str) -> String {
    let (from, to): (Vec<char>, Vec<char>) = (from.chars().collect(), to.chars().collect());
    let moved = text.chars().filter_map(|c| match from.iter().position(|known| *known == c) {
        None => Some(c),
        Some(place) => to.get(place).copied(),
    });
    moved.collect()
}

fn uuid(call: &Call<'_, '_>) -> Result<String, ExpressionFault> {
    if call.arguments.is_empty() {
        return Ok(call.world.random().uuid());
    }
    let count = call.number(0)?.clamp(0.0, ANSWER_CHARS_MAX as f64);
    Ok(call.world.random().digits(count as usize))
}
