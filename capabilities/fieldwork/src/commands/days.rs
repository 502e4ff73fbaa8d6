//! Words a worker adds to the report of a day; what was done stays as it was done.

use crate::error::FieldworkError;
use crate::facts::{DAY_WRITTEN, FieldworkFact};
use crate::model::{DAY_WORDS_CHARS_MAX, DayId, DayWords};
use crate::store;
use ::store::Tx;
use jiff::civil::Date;
use platform::{Personal, Words};
use serde_json::json;

/// Words for one's own day.
#[derive(Clone, Debug)]
pub(crate) struct WriteDay {
    pub day: Date,
    /// Empty: none any more.
    pub words: String,
    pub shown: bool,
    /// The version that was seen; zero where there was none.
    pub version: i64,
}

/// Keeps the words; the same again changes nothing.
///
/// # Errors
/// A day that has not come, too many words, words that were changed meanwhile.
pub(crate) async fn write_day(tx: &mut Tx, order: WriteDay) -> Result<DayWords, FieldworkError> {
    let account = tx.actor().account.ok_or(FieldworkError::NotFound)?;
    check(&order, tx.now().local().date())?;
    let (district, keys) = (tx.district(), store::keys(tx)?);
    let before = store::days::within(tx, &keys, district, account, (order.day, order.day)).await?.pop();
    let words = Personal::new(order.words.trim().to_owned());
    if let Some(same) = before.as_ref().filter(|day| day.words == words && day.shown == order.shown) {
        return Ok(same.clone());
    }
    if before.as_ref().map_or(0, |day| day.version) != order.version {
        return Err(FieldworkError::DayChanged(before.map(Box::new)));
    }
    let after = DayWords {
        id: before.as_ref().map_or_else(|| DayId::new(tx.now()), |day| day.id),
        day: order.day,
        version: order.version + 1,
        words,
        shown: order.shown,
        changed_at: tx.now(),
    };
    match before {
        None => store::days::insert(tx, account, &after).await?,
        Some(before) if store::days::update(tx, &after).await? => drop(before),
        Some(before) => return Err(FieldworkError::DayChanged(Some(Box::new(before)))),
    }
    let data = json!({ "day": order.day.to_string(), "version": after.version, "shown": after.shown });
    tx.record(&FieldworkFact::of_day(DAY_WRITTEN, after.id, data)).await?;
    Ok(after)
}

fn check(order: &WriteDay, today: Date) -> Result<(), FieldworkError> {
    if order.day > today {
        return Err(FieldworkError::invalid(
            "date",
            "fieldwork.day_to_come",
            "这一天还没有到。",
            "This day has not come yet.",
        ));
    }
    if order.words.chars().count() > DAY_WORDS_CHARS_MAX {
        let words = Words::new(
            format!("最多 {DAY_WORDS_CHARS_MAX} 个字。"),
            format!("At most {DAY_WORDS_CHARS_MAX} characters."),
        );
        return Err(FieldworkError::Invalid { field: "words", code: "fieldwork.too_long", words });
    }
    Ok(())
}
