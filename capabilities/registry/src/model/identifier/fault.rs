//! What can be wrong with a number, told so that a clerk can mend it: a stable code, a sentence, and the place.

use platform::Words;
use std::fmt;
use std::ops::RangeInclusive;

/// What is wrong with a number. Places count characters from 1, in the number without spaces, hyphens and brackets.
///
/// No variant holds the number, nor a date of birth: a fault may be logged.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum IdentifierFault {
    /// Nothing was written.
    Empty,
    /// Too short or too long.
    Length { found: usize, wanted: &'static str },
    /// A character that cannot stand there.
    Character { at: usize, found: char, wanted: Words },
    /// The first two digits are not, and never were, a province (GB/T 2260).
    Region { at: RangeInclusive<usize> },
    /// The number is sound, but of another kind of document.
    OtherKind { kind: Words },
    /// The digits of the birthday are no day of the calendar.
    Date { at: RangeInclusive<usize> },
    /// Born after today.
    BornLater { at: RangeInclusive<usize> },
    /// Born more than 130 years ago.
    BornTooEarly { at: RangeInclusive<usize> },
    /// The check character does not fit the rest; one of the characters is a slip.
    Checksum { at: usize, found: char, fits: char },
    /// It does not have the shape that numbers of this kind have.
    Shape { wanted: Words },
}

impl IdentifierFault {
    /// Stable code.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Empty => "registry.identifier_empty",
            Self::Length { .. } => "registry.identifier_length",
            Self::Character { .. } => "registry.identifier_character",
            Self::Region { .. } => "registry.identifier_region",
            Self::OtherKind { .. } => "registry.identifier_other_kind",
            Self::Date { .. } => "registry.identifier_date",
            Self::BornLater { .. } => "registry.identifier_born_later",
            Self::BornTooEarly { .. } => "registry.identifier_born_too_early",
            Self::Checksum { .. } => "registry.identifier_checksum",
            Self::Shape { .. } => "registry.identifier_shape",
        }
    }

    /// The characters concerned, counted from 1; nothing where it is the number as a whole.
    pub fn place(&self) -> Option<RangeInclusive<usize>> {
        match self {
            Self::Character { at, .. } | Self::Checksum { at, .. } => Some(*at..=*at),
            Self::Region { at } | Self::Date { at } | Self::BornLater { at } | Self::BornTooEarly { at } => {
                Some(at.clone())
            }
            Self::Empty | Self::Length { .. } | Self::OtherKind { .. } | Self::Shape { .. } => None,
        }
    }

    /// The sentence a clerk reads.
    pub fn words(&self) -> Words {
        match self {
            Self::Empty => Words::of("请填写号码。", "Please enter the number."),
            Self::Length { found, wanted } => Words::new(
                format!("号码应为{}位，现在是{found}位。", wanted.replace(" or ", "位或")),
                format!("The number should have {wanted} characters; it has {found}."),
            ),
            Self::Character { at, found, wanted } => Words::new(
                format!("第{at}位是“{found}”，这里应为{}。", wanted.zh),
                format!("Character {at} is “{found}”; it should be {}.", wanted.en),
            ),
            Self::Region { at } => Words::new(
                format!("{}不是省份代码，请核对。", place_zh(at)),
                format!("{} are not the code of a province.", place_en(at)),
            ),
            Self::OtherKind { kind } => Words::new(
                format!("这是{}的号码，请改选证件类型。", kind.zh),
                format!("This is the number of another document: {}. Please choose that kind.", kind.en),
            ),
            Self::Date { at } => Words::new(
                format!("{}是出生日期，但日历上没有这一天。", place_zh(at)),
                format!("{} are the birthday, but there is no such day.", place_en(at)),
            ),
            Self::BornLater { at } => Words::new(
                format!("{}是出生日期，但晚于今天。", place_zh(at)),
                format!("{} are the birthday, but it is after today.", place_en(at)),
            ),
            Self::BornTooEarly { at } => Words::new(
                format!("{}是出生日期，但距今超过130年。", place_zh(at)),
                format!("{} are the birthday, but it is more than 130 years ago.", place_en(at)),
            ),
            Self::Checksum { at, found, fits } => Words::new(
                format!(
                    "校验不符：第{at}位是“{found}”，按前面各位推算应为“{fits}”；也可能是前面某一位写错了。"
                ),
                format!(
                    "The check character does not fit: character {at} is “{found}”, “{fits}” would fit the rest; \
                     or one of the characters before it is wrong."
                ),
            ),
            Self::Shape { wanted } => {
                Words::new(format!("号码应为{}。", wanted.zh), format!("The number should be {}.", wanted.en))
            }
        }
    }
}

fn place_zh(at: &RangeInclusive<usize>) -> String {
    format!("第{}至{}位", at.start(), at.end())
}

fn place_en(at: &RangeInclusive<usize>) -> String {
    format!("Characters {} to {}", at.start(), at.end())
}

impl fmt::Display for IdentifierFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.words().en)
    }
}

impl std::error::Error for IdentifierFault {}
