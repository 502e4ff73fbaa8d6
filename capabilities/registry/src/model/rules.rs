//! What must hold within one record, beyond the shape of each value.

use super::identifier::{Document, DocumentKind, Sex};
use super::record::KEEPING;
use super::{Content, Kind, ShapeFault};
use crate::catalogue::Catalogue;
use jiff::civil::Date;
use serde_json::Value;

/// The first rule a record breaks: the field to mend, and what is wrong.
pub type Broken = (&'static str, ShapeFault);

/// Checks the values of a record against each other.
///
/// # Errors
/// The field it concerns, with a sentence.
pub fn check_record(catalogue: &Catalogue, kind: Kind, content: &Content, today: Date) -> Result<(), Broken> {
    if let (Some(from), Some(to)) = (content.from_on, content.to_on)
        && to < from
    {
        return Err((
            "to_on",
            fault("registry.ends_before", "结束日期早于开始日期。", "It ends before it begins."),
        ));
    }
    match kind {
        Kind::Person => person(content, today),
        Kind::Share => share(content),
        Kind::Thing => thing(content),
        Kind::ServiceFact => service_fact(catalogue, content),
        _ => Ok(()),
    }
}

fn fault(code: &'static str, zh: &'static str, en: &'static str) -> ShapeFault {
    ShapeFault::new(code, zh, en)
}

/// Oldest age that is believed; the oldest person known reached 122.
const AGE_YEARS_MAX: i16 = 130;

fn person(content: &Content, today: Date) -> Result<(), Broken> {
    let birth = content.open.get("birth_on").and_then(Value::as_str).and_then(|day| day.parse::<Date>().ok());
    if birth.is_some_and(|birth| birth > today) {
        return Err((
            "birth_on",
            fault("registry.born_tomorrow", "出生日期在今天之后。", "The day of birth is after today."),
        ));
    }
    if birth.is_some_and(|birth| birth.year() < today.year() - AGE_YEARS_MAX) {
        return Err((
            "birth_on",
            fault("registry.too_old", "年龄超过 130 岁，请核对。", "This makes the person older than 130."),
        ));
    }
    for document in documents(content, today) {
        if birth.zip(document.birth()).is_some_and(|(said, printed)| said != printed) {
            return Err((
                "birth_on",
                fault(
                    "registry.birth_differs",
                    "出生日期与证件号码不一致。",
                    "The day of birth differs from the document's.",
                ),
            ));
        }
        let sex = content.open.get("sex").and_then(Value::as_str);
        if sex.zip(document.sex()).is_some_and(|(said, printed)| said != sex_code(printed)) {
            return Err((
                "sex",
                fault(
                    "registry.sex_differs",
                    "性别与证件号码不一致。",
                    "The sex differs from the document's.",
                ),
            ));
        }
    }
    Ok(())
}

/// The readable documents of a person.
pub fn documents(content: &Content, today: Date) -> impl Iterator<Item = Document> {
    let entries = content.secret.open(KEEPING).get("documents").and_then(Value::as_array);
    entries.into_iter().flatten().filter_map(move |entry| {
        let kind = DocumentKind::parse(entry["kind"].as_str()?)?;
        Document::parse(kind, entry["number"].as_str()?, today).ok()
    })
}

pub fn sex_code(sex: Sex) -> &'static str {
    match sex {
        Sex::Female => "female",
        Sex::Male => "male",
    }
}

fn share(content: &Content) -> Result<(), Broken> {
    let number = |key| content.open.get(key).and_then(Value::as_i64).unwrap_or(0);
    let (parts, of_parts) = (number("parts"), number("of_parts"));
    if parts >= 1 && parts <= of_parts {
        return Ok(());
    }
    Err((
        "parts",
        fault(
            "registry.bad_share",
            "份额要大于 0，且不超过全部。",
            "A share is above nothing and at most the whole.",
        ),
    ))
}

fn thing(content: &Content) -> Result<(), Broken> {
    let day = |key| content.open.get(key).and_then(Value::as_str).and_then(|day| day.parse::<Date>().ok());
    match day("inspected_on").zip(day("inspect_by")) {
        Some((last, next)) if next < last => Err((
            "inspect_by",
            fault(
                "registry.inspect_before",
                "下次检查期限早于上次检查。",
                "The next inspection is before the last.",
            ),
        )),
        _ => Ok(()),
    }
}

fn service_fact(catalogue: &Catalogue, content: &Content) -> Result<(), Broken> {
    let secret = content.secret.open(KEEPING);
    let Some(book) = catalogue.fact(secret.text("fact")) else {
        return Err(("fact", fault("registry.no_such_fact", "没有这项服务事实。", "There is no such fact.")));
    };
    let Some(details) = secret.get("details").and_then(Value::as_object) else { return Ok(()) };
    let belongs = |(key, code): (&String, &Value)| {
        let known = book.details.iter().find(|detail| detail.key == *key);
        known.zip(code.as_str()).is_some_and(|(detail, code)| detail.choice(code).is_some())
    };
    if details.iter().all(belongs) {
        return Ok(());
    }
    Err((
        "details",
        fault("registry.bad_details", "细目不属于这项事实。", "These details are not of this fact."),
    ))
}

/// Whether a service fact can hold for a person of this age; of whom no birth is known, it may.
///
/// # Errors
/// The field `fact`, with the ages within which it holds.
pub fn check_age(catalogue: &Catalogue, fact: &Content, person: &Content, today: Date) -> Result<(), Broken> {
    let Some(book) = catalogue.fact(fact.secret.open(KEEPING).text("fact")) else { return Ok(()) };
    let birth = person.open.get("birth_on").and_then(Value::as_str).and_then(|day| day.parse::<Date>().ok());
    let Some(age) = birth.map(|birth| age_on(birth, today)) else { return Ok(()) };
    let (from, until) = (book.from_age.unwrap_or(0), book.until_age.unwrap_or(i32::from(AGE_YEARS_MAX)));
    if (from..until.max(from + 1)).contains(&age) {
        return Ok(());
    }
    let fault = ShapeFault::new(
        "registry.not_the_age",
        format!("“{}”只登记 {from} 岁到 {until} 岁的人。", book.words.zh),
        format!("\"{}\" is kept of people from {from} to {until} years only.", book.words.en),
    );
    Err(("fact", fault))
}

/// Whole years of life on a day.
pub fn age_on(birth: Date, day: Date) -> i32 {
    let had_birthday = (day.month(), day.day()) >= (birth.month(), birth.day());
    i32::from(day.year() - birth.year()) - i32::from(!had_birthday)
}

#[cfg(test)]
mod tests {
    //! Ages are counted in whole years.
    use super::age_on;
    use jiff::civil::date;

    #[test]
    fn a_year_is_full_on_the_birthday() {
        assert_eq!(age_on(date(1960, 3, 2), date(2026, 3, 1)), 65);
        assert_eq!(age_on(date(1960, 3, 2), date(2026, 3, 2)), 66);
        assert_eq!(age_on(date(2024, 2, 29), date(2025, 2, 28)), 0);
    }
}
