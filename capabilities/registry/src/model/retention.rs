//! When a value's time has run out, and what is left of a record then.

use super::{Content, Record, State};
use crate::catalogue::KindBook;
use jiff::ToSpan;
use jiff::civil::Date;
use platform::Personal;
use serde_json::Value;

/// The day from which a record's values are kept for their months; none while it holds, or when nothing is left of it.
pub fn ended_on(record: &Record) -> Option<Date> {
    match record.content.state {
        State::Live | State::Erased => None,
        State::Ended | State::Merged | State::Withdrawn => {
            Some(record.content.to_on.unwrap_or_else(|| record.changed_at.local().date()))
        }
    }
}

/// The fields of a record whose time has run out on a day; also values of fields the catalogue no longer knows.
pub fn run_out(book: &KindBook, record: &Record, today: Date) -> Vec<String> {
    let Some(ended) = ended_on(record) else { return Vec::new() };
    let is_over = |key: &&str| {
        let months = book.field(key).map_or(0, |field| field.keep_months);
        ended.checked_add(months.months()).is_ok_and(|last| last <= today)
    };
    held(&record.content).filter(is_over).map(str::to_owned).collect()
}

/// The keys of the values a record has, sealed or not.
pub fn held(content: &Content) -> impl Iterator<Item = &str> {
    let secret = content.fields(true).iter();
    content.open.iter().chain(secret).map(|(key, ..)| key)
}

/// What is left without some values. Without any, only that the record was: its kind, its area, its end.
pub fn without(content: &Content, keys: &[String]) -> Content {
    let mut left = content.clone();
    let mut secret = content.fields(true).clone();
    for key in keys {
        left.open.remove(key);
        secret.remove(key);
    }
    if left.open.is_empty() && secret.is_empty() {
        return Content { state: State::Erased, ..Content::new(content.area_path.clone()) };
    }
    left.secret = Personal::new(secret);
    if keys.iter().any(|key| key == "name") {
        left.label = left.open.get("name").and_then(Value::as_str).unwrap_or_default().to_owned();
    }
    left
}

#[cfg(test)]
mod tests {
    //! Values go one by one, each after its own months; with the last of them the record itself.
    use super::{ended_on, run_out, without};
    use crate::catalogue::built_in;
    use crate::model::{ActId, Content, Kind, Origin, Record, RecordId, Source, State};
    use jiff::civil::{Date, date};
    use platform::Time;
    use serde_json::json;
    use uuid::Uuid;

    fn ended_person(to_on: Date) -> Record {
        let origin = Origin { source: Source::Door, at: Time::from_micros(0), by: None, evidence: None };
        let mut content = Content::new("430204".to_owned());
        content.set(false, "name", Some(json!("张伟")), &origin);
        content.set(true, "documents", Some(json!([])), &origin);
        content.set(true, "phones", Some(json!(["13800000000"])), &origin);
        content.label = "张伟".to_owned();
        content.state = State::Ended;
        content.to_on = Some(to_on);
        let (id, act) = (RecordId(Uuid::nil()), ActId(Uuid::nil()));
        Record { id, kind: Kind::Person, version: 2, act, changed_at: Time::from_micros(0), content }
    }

    #[test]
    fn each_value_goes_after_its_own_months() {
        let (catalogue, record) = (built_in(), ended_person(date(2026, 1, 31)));
        let book = catalogue.kind(Kind::Person);
        for (today, gone) in [
            (date(2026, 1, 30), vec![]),
            (date(2026, 1, 31), vec!["phones"]),
            (date(2026, 7, 30), vec!["phones"]),
            (date(2026, 7, 31), vec!["documents", "phones"]),
            (date(2028, 1, 31), vec!["name", "documents", "phones"]),
        ] {
            assert_eq!(run_out(book, &record, today), gone, "{today}");
        }
    }

    #[test]
    fn nothing_runs_out_while_a_record_holds() {
        let catalogue = built_in();
        let mut record = ended_person(date(2000, 1, 1));
        record.content.state = State::Live;
        assert_eq!(ended_on(&record), None);
        assert!(run_out(catalogue.kind(Kind::Person), &record, date(2199, 1, 1)).is_empty());
    }

    #[test]
    fn with_the_last_value_only_the_fact_remains_that_there_was_a_record() {
        let record = ended_person(date(2026, 1, 31));
        let left = without(&record.content, &["phones".to_owned()]);
        assert_eq!((left.state, left.label.as_str()), (State::Ended, "张伟"));
        let left = without(&left, &["name".to_owned()]);
        assert_eq!((left.state, left.label.as_str()), (State::Ended, ""), "a name is not kept as a label");
        let left = without(&left, &["documents".to_owned()]);
        assert_eq!(left, Content { state: State::Erased, ..Content::new("430204".to_owned()) });
    }
}
