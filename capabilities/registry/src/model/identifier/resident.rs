//! The 18-character number of GB 11643-1999 and its 15-digit forerunner: region, birthday, order, check character.

use super::document::Sex;
use super::written::{char_is_digit, check_digits, check_each, check_length};
use super::{DocumentKind, IdentifierFault};
use jiff::civil::Date;
use platform::Words;
use std::ops::RangeInclusive;

/// GB 11643-1999, clause 4.2 (ISO 7064 MOD 11-2).
const WEIGHTS: [u32; 17] = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
const CHECK_CHARACTERS: [char; 11] = ['1', '0', 'X', '9', '8', '7', '6', '5', '4', '3', '2'];

/// The first two digits, as GB/T 2260 gives them to provinces. Counties are not looked up: the code of one that no longer
/// exists stays in the number for life.
const PROVINCES: [RangeInclusive<u32>; 8] =
    [11..=15, 21..=23, 31..=37, 41..=46, 50..=54, 61..=65, 71..=71, 81..=83];

/// Nobody verified lived longer than 122 years; an older birthday is a slip of the hand.
const AGE_YEARS_MAX: i16 = 130;

/// What a number says about its holder.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Holder {
    pub birth: Date,
    pub sex: Sex,
}

/// Reads an 18-character number of `kind`, which says how it begins.
pub(super) fn read_18(kind: DocumentKind, number: &str, today: Date) -> Result<Holder, IdentifierFault> {
    check_length(number, &[18], "18")?;
    check_digits(number, 0, 17)?;
    let digit_or_x = Words::of("数字或X", "a digit or X");
    check_each(number, 17, 1, |c| char_is_digit(c) || c == 'X', digit_or_x)?;
    check_beginning(kind, number)?;
    let place = 7..=14;
    let year = number_at(number, 6..10) as i16;
    let birth = read_date(year, &number[10..14], place.clone())?;
    check_check_character(number)?;
    check_age(birth, today, place)?;
    Ok(Holder { birth, sex: sex_of(number.as_bytes()[16]) })
}

/// Reads a 15-digit number. All were given for birthdays of the twentieth century.
pub(super) fn read_15(number: &str, today: Date) -> Result<Holder, IdentifierFault> {
    check_length(number, &[15], "15")?;
    check_digits(number, 0, 15)?;
    check_province(number, 0)?;
    let place = 7..=12;
    let year = 1900 + number_at(number, 6..8) as i16;
    let birth = read_date(year, &number[8..12], place.clone())?;
    check_age(birth, today, place)?;
    Ok(Holder { birth, sex: sex_of(number.as_bytes()[14]) })
}

/// The 18-character number of the same person: the century is put in and the check character added.
pub(super) fn upgrade(number_15: &str) -> String {
    let body = format!("{}19{}", &number_15[..6], &number_15[6..]);
    let check = check_character(&body);
    format!("{body}{check}")
}

/// Which kind a number of this shape is, from how it begins.
pub(super) fn kind_by_beginning(number: &str) -> DocumentKind {
    if number.starts_with('9') {
        DocumentKind::ForeignPermanentResident
    } else if ["810000", "820000", "830000"].iter().any(|region| number.starts_with(region)) {
        DocumentKind::HmtResidencePermit
    } else {
        DocumentKind::ResidentId
    }
}

fn check_beginning(kind: DocumentKind, number: &str) -> Result<(), IdentifierFault> {
    // A 9 is followed by the province that issued the card (2023 form of the foreigner's card); everyone's else begins with it.
    check_province(number, usize::from(number.starts_with('9')))?;
    let found = kind_by_beginning(number);
    if found == kind { Ok(()) } else { Err(IdentifierFault::OtherKind { kind: found.words() }) }
}

fn check_province(number: &str, from: usize) -> Result<(), IdentifierFault> {
    let code = number_at(number, from..from + 2);
    if PROVINCES.iter().any(|codes| codes.contains(&code)) {
        Ok(())
    } else {
        Err(IdentifierFault::Region { at: from + 1..=from + 2 })
    }
}

fn read_date(year: i16, month_day: &str, at: RangeInclusive<usize>) -> Result<Date, IdentifierFault> {
    let (month, day) = (number_at(month_day, 0..2) as i8, number_at(month_day, 2..4) as i8);
    Date::new(year, month, day).map_err(|_| IdentifierFault::Date { at })
}

fn check_age(birth: Date, today: Date, at: RangeInclusive<usize>) -> Result<(), IdentifierFault> {
    if birth > today {
        Err(IdentifierFault::BornLater { at })
    } else if birth < years_before(today, AGE_YEARS_MAX) {
        Err(IdentifierFault::BornTooEarly { at })
    } else {
        Ok(())
    }
}

/// The same day `years` earlier; 28 February where that year had no 29th.
fn years_before(day: Date, years: i16) -> Date {
    let year = day.year().saturating_sub(years);
    Date::new(year, day.month(), day.day()).or_else(|_| Date::new(year, 2, 28)).unwrap_or(Date::MIN)
}

fn check_check_character(number: &str) -> Result<(), IdentifierFault> {
    let fits = check_character(&number[..17]);
    match number.chars().nth(17) {
        Some(found) if found != fits => Err(IdentifierFault::Checksum { at: 18, found, fits }),
        _ => Ok(()),
    }
}

/// The check character of 17 digits.
pub(crate) fn check_character(digits: &str) -> char {
    let sum: u32 = digits.bytes().zip(WEIGHTS).map(|(digit, weight)| u32::from(digit - b'0') * weight).sum();
    CHECK_CHARACTERS[(sum % 11) as usize]
}

/// The value of digits that were checked to be digits.
fn number_at(number: &str, place: std::ops::Range<usize>) -> u32 {
    number[place].bytes().fold(0, |value, digit| value * 10 + u32::from(digit - b'0'))
}

/// Odd order numbers are given to men, even ones to women.
fn sex_of(order: u8) -> Sex {
    if order % 2 == 1 { Sex::Male } else { Sex::Female }
}
