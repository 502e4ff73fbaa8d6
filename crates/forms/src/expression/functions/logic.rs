//! True, false and choosing. ODK XForms specification, "Boolean functions".

use super::{Answer, Call, F};
use crate::expression::fault::ExpressionFault;
use crate::expression::value::Value;

pub(super) fn call(call: &Call<'_, '_>) -> Answer {
    let bool = |value: bool| Ok(Value::Bool(value));
    match call.function {
        F::True => bool(true),
        F::False => bool(false),
        F::Not => bool(!call.bool(0)?),
        F::Boolean => bool(call.bool(0)?),
        F::BooleanFromString => bool(matches!(call.text(0)?.as_str(), "true" | "1")),
        F::If => call.value(if call.bool(0)? { 1 } else { 2 }),
        F::Coalesce => coalesce(call),
        F::Once => once(call),
        F::Checklist => checklist(call, 1),
        _ => checklist(call, 2),
    }
}

/// The first that is not empty.
fn coalesce(call: &Call<'_, '_>) -> Answer {
    let mut text = String::new();
    for index in 0..call.arguments.len() {
        text = call.text(index)?;
        if !text.is_empty() {
            break;
        }
    }
    Ok(Value::Text(text))
}

/// What the node has already, else the argument.
fn once(call: &Call<'_, '_>) -> Answer {
    let own = call.world.text_of(call.focus.node);
    if own.is_empty() { Ok(Value::Text(call.text(0)?)) } else { Ok(Value::Text(own)) }
}

/// Whether what is true, each with its weight where there are two arguments a time, lies between the first two arguments;
/// -1 stands for no bound.
fn checklist(call: &Call<'_, '_>, width: usize) -> Answer {
    let (least, most) = (call.number(0)?, call.number(1)?);
    let mut total = 0.0;
    for index in (2..call.arguments.len()).step_by(width) {
        if counts(call, index)? {
            total += if width == 2 { call.number(index + 1)? } else { 1.0 };
        }
    }
    Ok(Value::Bool((least == -1.0 || total >= least) && (most == -1.0 || total <= most)))
}

fn counts(call: &Call<'_, '_>, index: usize) -> Result<bool, ExpressionFault> {
    Ok(match call.value(index)? {
        Value::Bool(value) => value,
        other => call.world.to_number(&other) > 0.0,
    })
}
