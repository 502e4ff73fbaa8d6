//! Dates and times. ODK XForms specification, "Date and time functions"; they are text, and count in days as numbers.

use super::{Answer, Call, F};
use crate::expression::date::{Moment, fraction_of_time};
use crate::expression::fault::ExpressionFault;
use crate::expression::value::Value;

pub(super) fn call(call: &Call<'_, '_>) -> Answer {
    let now = call.world.moment();
    match call.function {
        F::Today => Ok(Value::Text(now.date_text())),
        F::Now => Ok(Value::Text(now.text())),
        F::DecimalDateTime => Ok(Value::Number(call.number(0)?)),
        F::DecimalTime => {
            let fraction = fraction_of_time(&call.text(0)?, now);
            Ok(Value::Number(fraction.unwrap_or(f64::NAN)))
        }
        _ => shown(call).map(Value::Text),
    }
}

/// Empty for what is no moment: an unanswered question has no date to show.
fn shown(call: &Call<'_, '_>) -> Result<String, ExpressionFault> {
    let Some(moment) = Moment::of_days(call.number(0)?, call.world.moment()) else {
        return Ok(String::new());
    };
    Ok(match call.function {
        F::Date => moment.date_text(),
        F::DateTime => moment.text(),
        function => moment.format(&call.text(1)?, function == F::FormatDateTime, call.world.language),
    })
}
