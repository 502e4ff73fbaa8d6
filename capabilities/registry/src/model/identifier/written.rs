//! A number as people write it, made plain: half width, upper case, without spaces, hyphens and brackets.

use super::IdentifierFault;
use platform::Words;

/// Characters of a number that are read at all; a longer text is refused by its length.
const WRITTEN_CHARS_MAX: usize = 64;

/// The plain number. `×` and the Cyrillic `Х`, which keyboards and scans give for the last X, become X.
pub(super) fn plain(text: &str) -> String {
    text.chars().map(half_width).filter(|c| !is_separator(*c)).take(WRITTEN_CHARS_MAX).map(upper).collect()
}

/// Exactly so many characters.
pub(super) fn check_length(
    text: &str,
    lengths: &[usize],
    wanted: &'static str,
) -> Result<(), IdentifierFault> {
    let found = text.chars().count();
    match found {
        0 => Err(IdentifierFault::Empty),
        _ if lengths.contains(&found) => Ok(()),
        _ => Err(IdentifierFault::Length { found, wanted }),
    }
}

/// Each character from `from` (counted from 0) on, for `count` characters, is a digit.
pub(super) fn check_digits(text: &str, from: usize, count: usize) -> Result<(), IdentifierFault> {
    let wanted = Words::of("数字", "a digit");
    check_each(text, from, count, char_is_digit, wanted)
}

/// Each of `count` characters from `from` on is allowed; the first that is not is told.
pub(super) fn check_each(
    text: &str,
    from: usize,
    count: usize,
    allowed: impl Fn(char) -> bool,
    wanted: Words,
) -> Result<(), IdentifierFault> {
    let wrong = text.chars().enumerate().skip(from).take(count).find(|(_, c)| !allowed(*c));
    match wrong {
        Some((at, found)) => Err(IdentifierFault::Character { at: at + 1, found, wanted }),
        None => Ok(()),
    }
}

pub(super) fn char_is_digit(c: char) -> bool {
    c.is_ascii_digit()
}

fn half_width(c: char) -> char {
    match c {
        '！'..='～' => char::from_u32(c as u32 - 0xFEE0).unwrap_or(c),
        _ => c,
    }
}

fn is_separator(c: char) -> bool {
    c.is_whitespace()
        || matches!(c, '-' | '‐' | '‑' | '–' | '—' | '(' | ')' | '\u{200b}'..='\u{200f}' | '\u{feff}')
}

fn upper(c: char) -> char {
    match c {
        '×' | 'Х' | 'х' => 'X',
        _ => c.to_ascii_uppercase(),
    }
}
