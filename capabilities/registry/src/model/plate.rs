//! The code of a plate: short enough to read out on the telephone, and a slip of one letter is noticed.

use std::fmt;

/// Crockford's letters: no I, L or O, which are read as 1, 1 and 0, and no U.
const LETTERS: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
const LETTERS_COUNT: usize = LETTERS.len();
/// Letters without the last, which checks them: 34 thousand million plates.
const PAYLOAD_CHARS: usize = 7;

/// What stands on the plate of a place or thing. It says nothing by itself, and stays the same as long as the plate hangs.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct PlateCode([u8; PAYLOAD_CHARS + 1]);

impl PlateCode {
    /// The code made of a number drawn by chance.
    pub fn from_chance(mut number: u64) -> Self {
        let mut letters = [0; PAYLOAD_CHARS + 1];
        for letter in &mut letters[..PAYLOAD_CHARS] {
            *letter = LETTERS[(number % LETTERS_COUNT as u64) as usize];
            number /= LETTERS_COUNT as u64;
        }
        letters[PAYLOAD_CHARS] = LETTERS[check_value(&letters[..PAYLOAD_CHARS])];
        Self(letters)
    }

    /// A code as people type it: in small letters, with or without its hyphen, O for 0 and I for 1. None where it is no code, or a letter
    /// is wrong.
    pub fn parse(text: &str) -> Option<Self> {
        let typed = text.chars().filter(|c| !c.is_whitespace() && *c != '-');
        let letters: Vec<u8> = typed.map(meant).collect::<Option<_>>()?;
        let letters: [u8; PAYLOAD_CHARS + 1] = letters.try_into().ok()?;
        let (payload, check) = letters.split_at(PAYLOAD_CHARS);
        (LETTERS[check_value(payload)] == check[0]).then_some(Self(letters))
    }

    /// As it is stored and stands in an address: eight letters.
    pub fn letters(&self) -> &str {
        std::str::from_utf8(&self.0).expect("the letters are ASCII")
    }
}

/// For people: `K7M4-QX2H`.
impl fmt::Display for PlateCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (first, second) = self.letters().split_at(self.0.len() / 2);
        write!(f, "{first}-{second}")
    }
}

/// The letter somebody meant, full width or half.
fn meant(c: char) -> Option<u8> {
    let half = match c {
        '！'..='～' => char::from_u32(c as u32 - 0xFEE0)?,
        _ => c,
    };
    let letter = match half.to_ascii_uppercase() {
        'O' => '0',
        'I' | 'L' => '1',
        letter => letter,
    };
    u8::try_from(letter).ok().filter(|letter| LETTERS.contains(letter))
}

/// Luhn's sum modulo 32: finds every wrong letter, and nearly all neighbours that changed places.
fn check_value(payload: &[u8]) -> usize {
    let value = |letter: &u8| LETTERS.iter().position(|known| known == letter).unwrap_or(0);
    let sum = payload.iter().rev().map(value).enumerate().map(|(place, value)| {
        let weighted = if place % 2 == 0 { value * 2 } else { value };
        weighted / LETTERS_COUNT + weighted % LETTERS_COUNT
    });
    (LETTERS_COUNT - sum.sum::<usize>() % LETTERS_COUNT) % LETTERS_COUNT
}

#[cfg(test)]
mod tests {
    //! Every slip of one letter is noticed; what people make of a code when they type it is read.
    use super::{LETTERS, PlateCode};
    use proptest::prelude::*;

    #[test]
    fn a_code_is_read_as_people_write_it() {
        let code = PlateCode::from_chance(1);
        let shown = code.to_string();
        assert_eq!(shown.len(), 9, "{shown}");
        for typed in [shown.to_lowercase(), shown.replace('-', ""), shown.replace('0', "o").replace('1', "l")]
        {
            assert_eq!(PlateCode::parse(&typed), Some(code.clone()), "{typed}");
        }
        let wide: String =
            shown.chars().map(|c| char::from_u32(c as u32 + 0xFEE0).expect("a letter")).collect();
        assert_eq!(PlateCode::parse(&wide.replace('－', "-")), Some(code));
        for wrong in ["", "K7M4", "K7M4-QX2H-9", "U7M4-QX2H", "田心三村五栋二单"] {
            assert_eq!(PlateCode::parse(wrong), None, "{wrong}");
        }
    }

    proptest! {
        #[test]
        fn a_wrong_letter_is_noticed(number: u64, place in 0usize..8, letter in 0usize..32) {
            let code = PlateCode::from_chance(number);
            prop_assert_eq!(PlateCode::parse(code.letters()), Some(code.clone()));
            let mut slipped = code.0;
            slipped[place] = LETTERS[letter];
            prop_assume!(slipped != code.0);
            let slipped = std::str::from_utf8(&slipped).expect("letters");
            prop_assert_eq!(PlateCode::parse(slipped), None);
        }
    }
}
