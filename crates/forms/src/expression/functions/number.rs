//! Numbers. XPath 1.0, section 4.4; ODK XForms specification, "Number functions".

use super::{Answer, Call, F};
use crate::expression::number::round;
use crate::expression::value::{Plain, Value};

pub(super) fn call(call: &Call<'_, '_>) -> Answer {
    let number = match call.function {
        F::Number if call.arguments.is_empty() => {
            Plain::Text(call.text_or_own()?).to_number(call.world.moment())
        }
        F::Number => call.number(0)?,
        F::Int => call.number(0)?.trunc(),
        F::Round => {
            let decimals = if call.arguments.len() == 2 { call.number(1)?.trunc() } else { 0.0 };
            round(call.number(0)?, if decimals.is_nan() { 0.0 } else { decimals })
        }
        F::Pi => std::f64::consts::PI,
        F::Random => call.world.random().next(),
        F::Pow => call.number(0)?.powf(call.number(1)?),
        F::Atan2 => call.number(0)?.atan2(call.number(1)?),
        _ => of_one(call.function, call.number(0)?),
    };
    Ok(Value::Number(number))
}

fn of_one(function: F, number: f64) -> f64 {
    match function {
        F::Abs => number.abs(),
        F::Acos => number.acos(),
        F::Asin => number.asin(),
        F::Atan => number.atan(),
        F::Ceiling => number.ceil(),
        F::Cos => number.cos(),
        F::Exp => number.exp(),
        F::Exp10 => 10_f64.powf(number),
        F::Floor => number.floor(),
        F::Log => number.ln(),
        F::Log10 => number.log10(),
        F::Sin => number.sin(),
        F::Sqrt => number.sqrt(),
        _ => number.tan(),
    }
}
