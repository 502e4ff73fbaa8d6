//! Choices: names with spaces between. ODK XForms specification, "Select functions".

use super::{Answer, Call, F};
use crate::expression::ast::Expression;
use crate::expression::fault::ExpressionFault;
use crate::expression::value::Value;

pub(super) fn call(call: &Call<'_, '_>) -> Answer {
    match call.function {
        F::Selected => {
            let (list, wanted) = (call.text(0)?, call.text(1)?);
            let wanted = wanted.trim_matches(|c: char| c.is_ascii_whitespace());
            let found = list.split_ascii_whitespace().any(|name| name == wanted);
            Ok(Value::Bool(found))
        }
        F::CountSelected => Ok(Value::Number(call.text(0)?.split_ascii_whitespace().count() as f64)),
        F::SelectedAt => {
            let (list, index) = (call.text(0)?, call.number(1)?);
            let found = if index >= 0.0 { list.split_ascii_whitespace().nth(index as usize) } else { None };
            Ok(Value::text(found.unwrap_or_default()))
        }
        _ => choice_name(call).map(Value::Text),
    }
}

/// The label of a choice in the language of the one who fills. The second argument names the question: a path in quotation
/// marks as XForms has it, `'${name}'` as XLSForm does, or `${name}`.
fn choice_name(call: &Call<'_, '_>) -> Result<String, ExpressionFault> {
    let question = match &call.arguments[1] {
        Expression::Path(path) => match path.named() {
            Some(name) => name.to_owned(),
            None => return Err(ExpressionFault::NeedsNodes { name: call.function.name().to_owned() }),
        },
        _ => call.text(1)?,
    };
    let question = question.trim();
    let named =
        question.strip_prefix("${").and_then(|rest| rest.strip_suffix('}')).map_or(question, str::trim);
    let choice = call.text(0)?;
    let label = call.world.surroundings.choice_label(named, &choice, call.world.language);
    Ok(label.unwrap_or_default())
}
