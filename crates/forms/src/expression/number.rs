//! Numbers from text and to text. XPath 1.0, sections 4.2 and 4.4; dates as the ODK XForms specification, "number()".

use super::date::{Moment, days_of_text};

/// The characters XPath takes for space.
pub(super) fn is_space(c: char) -> bool {
    matches!(c, ' ' | '\t' | '\r' | '\n')
}

/// Digits, a point, a minus in front, spaces around; no plus and no exponent. Text that is a date or a moment counts the days
/// since 1970-01-01. All else is not a number.
pub(crate) fn number_of_text(text: &str, now: &Moment) -> f64 {
    let text = text.trim_matches(is_space);
    let digits = text.strip_prefix('-').unwrap_or(text);
    let is_number = digits.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.')
        && digits.bytes().filter(|byte| *byte == b'.').count() <= 1
        && digits.bytes().any(|byte| byte.is_ascii_digit());
    if is_number {
        return text.parse().unwrap_or(f64::NAN);
    }
    days_of_text(text, now).unwrap_or(f64::NAN)
}

/// As section 4.2 says of `string()`: no exponent, as many digits as tell the number from its neighbours, no sign of zero.
pub fn text_of_number(number: f64) -> String {
    if number.is_nan() {
        "NaN".to_owned()
    } else if number.is_infinite() {
        if number > 0.0 { "Infinity" } else { "-Infinity" }.to_owned()
    } else if number == 0.0 {
        "0".to_owned()
    } else {
        number.to_string()
    }
}

/// `round()`: half goes up, towards positive infinity (section 4.4); to a number of decimals as the ODK XForms specification adds.
pub(super) fn round(number: f64, decimals: f64) -> f64 {
    let scale = power_of_ten(decimals.abs().min(20.0) as i32);
    if !number.is_finite() {
        number
    } else if decimals >= 0.0 {
        round_half_up(number * scale) / scale
    } else {
        round_half_up(number / scale) * scale
    }
}

fn round_half_up(number: f64) -> f64 {
    let below = number.floor();
    if number - below >= 0.5 { below + 1.0 } else { below }
}

/// Exact up to 10^22, as every step of the product is.
fn power_of_ten(exponent: i32) -> f64 {
    (0..exponent).fold(1.0, |power, _| power * 10.0)
}
