//! One answer by its type. ODK XForms specification, "Data types".

use crate::expression::{is_date, is_date_time, is_time, parse_points};
use crate::form::{Kind, Shape};

/// What an answer's text means.
#[derive(Clone, Debug, PartialEq)]
pub enum Answer {
    Text(String),
    Integer(i64),
    Decimal(f64),
    Date(String),
    Time(String),
    DateTime(String),
    Chosen(Vec<String>),
    /// The name of a file that comes along.
    File(String),
    /// Latitude and longitude, WGS-84, in degrees.
    Place(Vec<(f64, f64)>),
    Acknowledged,
}

impl Answer {
    /// Reads the text of an answer; `None` where it is not of the type. Empty text is no answer and not asked for here.
    pub fn read(kind: &Kind, text: &str) -> Option<Self> {
        let whole = || text.to_owned();
        match kind {
            Kind::Integer => integer(text).map(Self::Integer),
            Kind::Decimal => decimal(text).map(Self::Decimal),
            Kind::Range { start, end, step } => {
                on_scale(*start, *end, *step, decimal(text)?).map(Self::Decimal)
            }
            Kind::Date => is_date(date_part(text)).then(|| Self::Date(date_part(text).to_owned())),
            Kind::Time => is_time(text).then(|| Self::Time(whole())),
            Kind::DateTime => is_date_time(text).then(|| Self::DateTime(whole())),
            Kind::SelectOne { .. } => Some(Self::Chosen(vec![whole()])),
            Kind::SelectMany { .. } | Kind::Rank { .. } => Some(Self::Chosen(names(text))),
            Kind::Place { shape } => {
                parse_points(text).filter(|points| fits(*shape, points)).map(Self::Place)
            }
            Kind::Acknowledge => (text == "OK").then_some(Self::Acknowledged),
            kind if kind.is_file() => is_file_name(text).then(|| Self::File(whole())),
            _ => Some(Self::Text(whole())),
        }
    }
}

/// ODK Collect keeps a date as a moment where only a month or a year was asked.
fn date_part(text: &str) -> &str {
    if is_date_time(text) { &text[..10] } else { text }
}

fn names(text: &str) -> Vec<String> {
    text.split_ascii_whitespace().map(str::to_owned).collect()
}

fn integer(text: &str) -> Option<i64> {
    let digits = text.strip_prefix('-').unwrap_or(text);
    let plain = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
    plain.then(|| text.parse().ok()).flatten()
}

/// XML Schema, "decimal": no exponent.
fn decimal(text: &str) -> Option<f64> {
    let digits = text.strip_prefix(['-', '+']).unwrap_or(text);
    let plain = digits.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.')
        && digits.bytes().any(|byte| byte.is_ascii_digit())
        && digits.matches('.').count() <= 1;
    plain.then(|| text.parse().ok()).flatten()
}

fn on_scale(start: f64, end: f64, step: f64, number: f64) -> Option<f64> {
    /// A part of a step that is taken for rounding.
    const SLACK: f64 = 1e-6;
    let steps = (number - start) / step;
    let fits = number >= start.min(end) && number <= start.max(end) && (steps - steps.round()).abs() < SLACK;
    fits.then_some(number)
}

fn fits(shape: Shape, points: &[(f64, f64)]) -> bool {
    match shape {
        Shape::Point => points.len() == 1,
        Shape::Trace => points.len() >= 2,
        Shape::Shape => points.len() >= 4 && points.first() == points.last(),
    }
}

/// ODK XForms specification, "binary": a name with its ending, without folders.
fn is_file_name(text: &str) -> bool {
    !text.contains(['/', '\\', '\0']) && text != "." && text != ".."
}

#[cfg(test)]
mod tests {
    use super::Answer;
    use crate::form::{Kind, Shape};

    #[test]
    fn an_answer_is_read_by_its_type() {
        let shape = |shape| Kind::Place { shape };
        let range = Kind::Range { start: 0.0, end: 1.0, step: 0.1 };
        for (kind, text, fits) in [
            (Kind::Integer, "-12", true),
            (Kind::Integer, "1.0", false),
            (Kind::Integer, "99999999999999999999", false),
            (Kind::Decimal, "1.50", true),
            (Kind::Decimal, "1e3", false),
            (range.clone(), "0.3", true),
            (range.clone(), "0.35", false),
            (range, "1.1", false),
            (Kind::Date, "2026-02-29", false),
            (Kind::Date, "2024-02-29", true),
            (Kind::Date, "2024-02-29T00:00:00.000+08:00", true),
            (Kind::Time, "09:30:00.000+08:00", true),
            (Kind::Time, "25:00", false),
            (Kind::DateTime, "2026-11-22T09:30:00.000+08:00", true),
            (Kind::DateTime, "2026-11-22", false),
            (shape(Shape::Point), "27.87 113.11 0 5", true),
            (shape(Shape::Point), "127.87 113.11", false),
            (shape(Shape::Trace), "1 1;2 2", true),
            (shape(Shape::Shape), "1 1;2 2;3 3", false),
            (shape(Shape::Shape), "1 1;2 2;3 3;1 1", true),
            (Kind::Acknowledge, "OK", true),
            (Kind::Acknowledge, "yes", false),
            (Kind::Audio, "../a.mp3", false),
            (Kind::Audio, "a.mp3", true),
        ] {
            assert_eq!(Answer::read(&kind, text).is_some(), fits, "{} {text}", kind.word());
        }
    }
}
