//! Numbers that stand for several: 1-3单元, the odd numbers from 1 to 99.

use platform::Words;

/// The widest span that is meant: a street of 1 to 2,000.
const SPAN_MAX: u32 = 2_000;

/// Numbers from one to another, all of them or every second one.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Span {
    pub from: u32,
    pub to: u32,
    pub step: Step,
}

/// Which numbers of a span are meant.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Step {
    All,
    /// 单号: one side of a street.
    Odd,
    /// 双号: the other side.
    Even,
}

impl Step {
    pub const fn words(self) -> Words {
        match self {
            Self::All => Words::of("连号", "all numbers"),
            Self::Odd => Words::of("单号", "odd numbers"),
            Self::Even => Words::of("双号", "even numbers"),
        }
    }
}

impl Span {
    /// Reads a key: `1-3`, `1-99单`, `2-98双`. Nothing for what is one number, or two in the wrong order.
    pub fn parse(key: &str) -> Option<Self> {
        let (numbers, step) = match (key.strip_suffix('单'), key.strip_suffix('双')) {
            (Some(numbers), _) => (numbers, Step::Odd),
            (_, Some(numbers)) => (numbers, Step::Even),
            _ => (key, Step::All),
        };
        let (from, to) = numbers.split_once('-')?;
        let (from, to) = (from.parse().ok()?, to.parse().ok()?);
        (from < to && to - from <= SPAN_MAX).then_some(Self { from, to, step })
    }

    /// Whether a number is one of the span.
    pub fn covers(&self, number: &str) -> bool {
        number.parse().is_ok_and(|number: u32| self.numbers().any(|n| n == number))
    }

    /// The numbers of the span, upwards.
    pub fn numbers(&self) -> impl Iterator<Item = u32> {
        let step = self.step;
        (self.from..=self.to).filter(move |number| match step {
            Step::All => true,
            Step::Odd => number % 2 == 1,
            Step::Even => number % 2 == 0,
        })
    }
}

#[cfg(test)]
mod tests {
    //! Which numbers a span holds.
    use super::Span;

    #[test]
    fn spans_hold_their_numbers() {
        for (key, number, holds) in [
            ("1-3", "2", true),
            ("1-3", "4", false),
            ("1-99单", "17", true),
            ("1-99单", "18", false),
            ("2-98双", "18", true),
            ("1-3", "A", false),
        ] {
            assert_eq!(Span::parse(key).unwrap().covers(number), holds, "{key} {number}");
        }
        for key in ["3", "3-1", "A-C", "1-99999", "", "128-"] {
            assert_eq!(Span::parse(key), None, "{key}");
        }
    }
}
