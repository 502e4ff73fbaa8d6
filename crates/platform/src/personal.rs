//! Personal values: masked wherever they are printed, opened only for a stated purpose.

use serde::{Deserialize, Serialize};
use std::fmt;

/// Why a personal value is opened. The name is written to the record of looks.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Purpose(pub &'static str);

/// A value about a person. It prints as its mask; it does not serialise; it opens for a purpose.
#[derive(Clone, PartialEq, Eq)]
pub struct Personal<T>(T);

impl<T> Personal<T> {
    pub const fn new(value: T) -> Self {
        Self(value)
    }

    /// The value itself. The purpose stands at the call so that a reader sees why; recording the look is the caller's
    /// next line (`tx.record`) wherever a person asked for it.
    pub fn open(&self, _purpose: Purpose) -> &T {
        &self.0
    }
}

impl Personal<Phone> {
    /// `138****0000`: what a screen shows before anybody states a purpose.
    pub fn masked(&self) -> String {
        self.0.masked()
    }
}

impl<T> fmt::Debug for Personal<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("(personal)")
    }
}

/// A telephone number of mainland China: a mobile (1[3-9] and nine digits) or a fixed line with its area code.
///
/// Kept as digits only. Source of the shapes: domain.md 9 (general knowledge, unverified against the numbering plan).
#[derive(Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Phone(String);

impl Phone {
    /// Reads a number as people write it: spaces, hyphens, brackets, full-width digits and +86 are allowed.
    pub fn parse(text: &str) -> Option<Self> {
        let mut digits = String::with_capacity(12);
        for c in text.trim().chars().take(40) {
            match c {
                '0'..='9' => digits.push(c),
                '０'..='９' => digits.push(char::from(b'0' + (c as u32 - '０' as u32) as u8)),
                ' ' | '-' | '(' | ')' | '（' | '）' | '－' | '+' | '\u{a0}' => {}
                _ => return None,
            }
        }
        if let Some(rest) = digits.strip_prefix("0086").or_else(|| digits.strip_prefix("86"))
            && rest.len() >= 10
        {
            digits = rest.to_owned();
        }
        let bytes = digits.as_bytes();
        let mobile = bytes.len() == 11 && bytes[0] == b'1' && (b'3'..=b'9').contains(&bytes[1]);
        let fixed = (10..=12).contains(&bytes.len()) && bytes[0] == b'0' && bytes[1] != b'0';
        (mobile || fixed).then_some(Self(digits))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }

    pub fn is_mobile(&self) -> bool {
        self.0.starts_with('1')
    }

    fn masked(&self) -> String {
        let keep = 3.min(self.0.len());
        let tail = self.0.len().saturating_sub(4).max(keep);
        format!("{}****{}", &self.0[..keep], &self.0[tail..])
    }
}

impl fmt::Debug for Phone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.masked())
    }
}

impl TryFrom<String> for Phone {
    type Error = &'static str;
    fn try_from(text: String) -> Result<Self, Self::Error> {
        Self::parse(&text).ok_or("not a telephone number of mainland China")
    }
}

impl From<Phone> for String {
    fn from(phone: Phone) -> Self {
        phone.0
    }
}

#[cfg(test)]
mod tests {
    //! What counts as a telephone number, and what a mask leaves.
    use super::{Personal, Phone};

    #[test]
    fn numbers_as_people_write_them() {
        for (text, digits) in [
            ("13873300000", Some("13873300000")),
            ("+86 138-7330-0000", Some("13873300000")),
            ("１３８７３３０００００", Some("13873300000")),
            ("0733-2860000", Some("07332860000")),
            ("(0733) 28600000", Some("073328600000")),
            ("12345", None),
            ("1387330000x", None),
            ("23873300000", None),
            ("", None),
        ] {
            assert_eq!(Phone::parse(text).as_ref().map(Phone::as_str), digits, "{text}");
        }
    }

    #[test]
    fn a_mask_hides_the_middle() {
        let phone = Personal::new(Phone::parse("13873300001").unwrap());
        assert_eq!(phone.masked(), "138****0001");
        assert_eq!(format!("{phone:?}"), "(personal)");
    }
}
