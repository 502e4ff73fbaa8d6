//! One cell: what it holds, and what a person would call it.

use crate::date::{self, DateSystem};
use jiff::civil::{Date, DateTime, Time};
use platform::Words;
use std::borrow::Cow;

/// Numbers from here on have lost digits: spreadsheet programs keep fifteen of them (Excel specifications and limits,
/// "Number precision: 15 digits"), so a document number of eighteen that was typed as a number ends in zeros.
const DIGITS_KEPT_BELOW: f64 = 1e15;

/// What a cell holds.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Cell {
    #[default]
    Empty,
    /// Text as it was written, spaces included.
    Text(String),
    Number(f64),
    Bool(bool),
    /// A number shown as a day.
    Date(Date),
    /// A number shown as a day and a time, or a day's number with a fraction.
    DateTime(DateTime),
    /// A number below one shown as a time of day.
    Time(Time),
    /// `#N/A` and its kin.
    Error(String),
    /// A formula, with the result its program last computed; never another formula.
    Formula(Box<Cell>),
}

impl Cell {
    /// Text in a cell; nothing, or only spaces, is [`Cell::Empty`].
    pub fn from_text(text: impl Into<String>) -> Self {
        let text = text.into();
        if text.trim().is_empty() { Self::Empty } else { Self::Text(text) }
    }

    /// What the cell holds, seen through a formula.
    pub fn value(&self) -> &Cell {
        match self {
            Self::Formula(cached) => cached.value(),
            other => other,
        }
    }

    pub fn is_formula(&self) -> bool {
        matches!(self, Self::Formula(_))
    }

    /// Nothing, or nothing but spaces.
    pub fn is_empty(&self) -> bool {
        match self.value() {
            Self::Empty => true,
            Self::Text(text) => text.trim().is_empty(),
            _ => false,
        }
    }

    /// The cell as text: trimmed; whole numbers without a point and never with an exponent; dates as `1990-01-02`.
    pub fn text(&self) -> String {
        match self.value() {
            Self::Empty | Self::Formula(_) => String::new(),
            Self::Text(text) | Self::Error(text) => text.trim().to_owned(),
            Self::Number(number) => number.to_string(),
            Self::Bool(value) => if *value { "TRUE" } else { "FALSE" }.to_owned(),
            Self::Date(date) => date.to_string(),
            Self::DateTime(moment) => moment.strftime("%Y-%m-%d %H:%M:%S").to_string(),
            Self::Time(time) => time.strftime("%H:%M:%S").to_string(),
        }
    }

    /// [`Cell::text`] with full-width digits, letters and marks as their ASCII twins: for numbers of documents and phones.
    pub fn text_narrow(&self) -> String {
        let text: String = self.text().chars().map(date::narrow).collect();
        match text.trim() {
            trimmed if trimmed.len() == text.len() => text,
            trimmed => trimmed.to_owned(),
        }
    }

    /// The text without a copy where the cell holds text; see [`Cell::text`].
    pub fn text_ref(&self) -> Cow<'_, str> {
        match self.value() {
            Self::Text(text) => Cow::Borrowed(text.trim()),
            _ => Cow::Owned(self.text()),
        }
    }

    /// The day, where the cell is one: a date, text in the shapes of [`crate::parse_date`], a number such as `19900102`,
    /// or a serial number of the 1900 system.
    pub fn date(&self) -> Option<Date> {
        self.date_in(DateSystem::Since1900)
    }

    /// [`Cell::date`], with bare serial numbers counted in the book's own system.
    pub fn date_in(&self, system: DateSystem) -> Option<Date> {
        match self.value() {
            Self::Date(date) => Some(*date),
            Self::DateTime(moment) => Some(moment.date()),
            Self::Text(text) => date::parse_date(text),
            Self::Number(number) if *number >= 1e7 => date::parse_date(&number.to_string()),
            Self::Number(number) => date::date_from_serial(*number, system),
            _ => None,
        }
    }

    /// What is wrong with the cell itself, before anybody asks what it means.
    pub fn fault(&self) -> Option<CellFault> {
        match self.value() {
            Self::Error(shown) => Some(CellFault::ErrorValue { shown: shown.clone() }),
            Self::Number(number) if number.abs() >= DIGITS_KEPT_BELOW => Some(CellFault::LostDigits),
            Self::Empty if self.is_formula() => Some(CellFault::NeverComputed),
            _ => None,
        }
    }
}

/// What is wrong with a cell itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CellFault {
    /// A long number was typed as a number, and its last digits are gone.
    LostDigits,
    /// The spreadsheet program shows an error there.
    ErrorValue { shown: String },
    /// A formula whose program left no result.
    NeverComputed,
}

impl CellFault {
    /// Stable; the sentences may be improved.
    pub fn code(&self) -> &'static str {
        match self {
            Self::LostDigits => "cell.lost_digits",
            Self::ErrorValue { .. } => "cell.error_value",
            Self::NeverComputed => "cell.never_computed",
        }
    }

    /// What is wrong and what to do now.
    pub fn words(&self) -> Words {
        match self {
            Self::LostDigits => Words::of(
                "长号码被存成了数值，末尾几位已经丢失。请把这一列设为“文本”后重新填写。",
                "A long number was stored as a number and lost its last digits. Set the column to “Text” and enter it again.",
            ),
            Self::ErrorValue { shown } => Words::new(
                format!("单元格显示错误 {shown}，请改正后再上传。"),
                format!("The cell shows the error {shown}. Mend it, then send the file again."),
            ),
            Self::NeverComputed => Words::of(
                "公式没有计算结果。请用 Excel 或 WPS 打开并保存后再上传。",
                "The formula has no result. Open the file in Excel or WPS, save it, then send it again.",
            ),
        }
    }
}

#[cfg(test)]
mod tests {
    //! What a cell is called.
    use super::{Cell, CellFault};
    use crate::DateSystem;
    use jiff::civil::date;

    #[test]
    fn a_number_is_written_whole() {
        for (number, text) in [
            (13_873_300_000.0, "13873300000"),
            (430_204_199_001_011.0, "430204199001011"),
            (0.1, "0.1"),
            (-3.0, "-3"),
            (98.500_000_000_000_01, "98.50000000000001"),
        ] {
            assert_eq!(Cell::Number(number).text(), text);
            assert_eq!(Cell::Number(number).fault(), None, "{text}");
        }
        assert_eq!(Cell::Number(430_204_199_001_011_234.0).fault(), Some(CellFault::LostDigits));
    }

    #[test]
    fn text_is_trimmed_and_narrowed_only_where_asked() {
        let cell = Cell::Text("\u{3000} ４３０２０４Ｘ \n".into());
        assert_eq!(cell.text(), "４３０２０４Ｘ");
        assert_eq!(cell.text_narrow(), "430204X");
        assert!(Cell::Text(" \t\u{3000}".into()).is_empty());
    }

    #[test]
    fn a_day_in_each_kind_of_cell() {
        let day = Some(date(1990, 1, 2));
        assert_eq!(Cell::Text("1990年1月2日".into()).date(), day);
        assert_eq!(Cell::Number(19_900_102.0).date(), day);
        assert_eq!(Cell::Number(32_875.0).date(), day);
        assert_eq!(Cell::Number(31_413.0).date_in(DateSystem::Since1904), day);
        assert_eq!(Cell::Formula(Box::new(Cell::Date(date(1990, 1, 2)))).date(), day);
        assert_eq!(Cell::Bool(true).date(), None);
    }

    #[test]
    fn a_formula_without_result_is_told() {
        assert_eq!(Cell::Formula(Box::default()).fault(), Some(CellFault::NeverComputed));
        assert_eq!(Cell::Empty.fault(), None);
    }
}
