//! Week and month sheets: figures by grid, their totals, and what stands out. Of grids, in the order of their paths; nobody is ranked.

use jiff::ToSpan;
use jiff::civil::{Date, Weekday};
use platform::Words;
use std::ops::Add;

store::text_enum! {
    /// What time a sheet is of.
    pub SheetPeriod {
        /// Monday to Sunday.
        Week = "week",
        /// Of the calendar.
        Month = "month",
    }
}

impl SheetPeriod {
    /// The first and the last day of the one a day lies in.
    pub fn around(self, day: Date) -> (Date, Date) {
        match self {
            Self::Week => {
                let first = day.saturating_sub(i64::from(day.weekday().since(Weekday::Monday)).days());
                (first, first.saturating_add(6.days()))
            }
            Self::Month => (day.first_of_month(), day.last_of_month()),
        }
    }

    pub const fn words(self) -> Words {
        match self {
            Self::Week => Words::of("周报", "Week sheet"),
            Self::Month => Words::of("月报", "Month sheet"),
        }
    }
}

/// A number, or how many of how many.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Figure {
    pub n: i64,
    /// Of how many; none where it is a plain number.
    pub of: Option<i64>,
}

impl Figure {
    pub const fn number(n: i64) -> Self {
        Self { n, of: None }
    }

    pub const fn share(n: i64, of: i64) -> Self {
        Self { n, of: Some(of) }
    }
}

impl Add for Figure {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        let of = match (self.of, other.of) {
            (None, None) => None,
            (one, another) => Some(one.unwrap_or(0) + another.unwrap_or(0)),
        };
        Self { n: self.n + other.n, of }
    }
}

impl std::fmt::Display for Figure {
    /// `12/15`, `7`
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.of {
            Some(of) => write!(f, "{}/{of}", self.n),
            None => write!(f, "{}", self.n),
        }
    }
}

/// A column of a sheet.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct SheetColumn {
    pub key: String,
    pub words: Words,
    /// Whether its figures are so many of so many.
    pub is_share: bool,
}

/// Columns that belong together.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Section {
    pub key: &'static str,
    pub words: Words,
    pub columns: Vec<SheetColumn>,
}

/// The figures of one grid, in the order of all columns.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct SheetLine {
    pub area_path: String,
    pub name: String,
    pub figures: Vec<Figure>,
}

/// A sheet.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Sheet {
    pub period: SheetPeriod,
    pub first: Date,
    pub last: Date,
    /// Of which area: its path and name.
    pub area: (String, String),
    pub sections: Vec<Section>,
    pub lines: Vec<SheetLine>,
    /// The sum of the lines, column by column.
    pub total: Vec<Figure>,
    pub stands_out: Vec<Words>,
}

impl Sheet {
    /// All columns, section by section: figures stand in their order.
    pub fn columns(&self) -> impl Iterator<Item = &SheetColumn> {
        self.sections.iter().flat_map(|section| &section.columns)
    }
}

/// The sum of lines, column by column.
pub fn total_of(columns: &[&SheetColumn], lines: &[SheetLine]) -> Vec<Figure> {
    let nothing = |column: &SheetColumn| {
        if column.is_share { Figure::share(0, 0) } else { Figure::number(0) }
    };
    let sum = |index: usize, column: &SheetColumn| {
        let figures = lines.iter().filter_map(|line| line.figures.get(index).copied());
        figures.fold(nothing(column), Add::add)
    };
    columns.iter().enumerate().map(|(index, column)| sum(index, column)).collect()
}

#[cfg(test)]
mod tests {
    //! Which days, and what sums up.
    use super::{Figure, SheetColumn, SheetLine, SheetPeriod, total_of};
    use platform::Words;

    #[test]
    fn a_period_is_that_of_the_calendar() {
        let rows = [
            (SheetPeriod::Week, "2026-03-02", ("2026-03-02", "2026-03-08")),
            (SheetPeriod::Week, "2026-03-08", ("2026-03-02", "2026-03-08")),
            (SheetPeriod::Week, "2026-01-01", ("2025-12-29", "2026-01-04")),
            (SheetPeriod::Month, "2024-02-10", ("2024-02-01", "2024-02-29")),
        ];
        for (period, day, (first, last)) in rows {
            let found = period.around(day.parse().expect("a day"));
            assert_eq!(
                (found.0.to_string(), found.1.to_string()),
                (first.to_owned(), last.to_owned()),
                "{day}"
            );
        }
    }

    #[test]
    fn totals_are_the_sums_of_their_columns() {
        let column =
            |key: &str, is_share| SheetColumn { key: key.to_owned(), words: Words::of("", ""), is_share };
        let (visits, cases) = (column("visits", true), column("cases", false));
        let line = |figures: &[Figure]| SheetLine {
            area_path: String::new(),
            name: String::new(),
            figures: figures.to_vec(),
        };
        let lines = [
            line(&[Figure::share(3, 4), Figure::number(5)]),
            line(&[Figure::share(0, 2), Figure::number(1)]),
        ];
        let total = total_of(&[&visits, &cases], &lines);
        assert_eq!(total, [Figure::share(3, 6), Figure::number(6)]);
        assert_eq!((total[0].to_string(), total[1].to_string()), ("3/6".to_owned(), "6".to_owned()));
        assert_eq!(total_of(&[&visits, &cases], &[]), [Figure::share(0, 0), Figure::number(0)]);
    }
}
