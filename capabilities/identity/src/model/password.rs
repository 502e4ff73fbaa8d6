//! Which passwords are good enough, and how a first one is made.

use rand::{Rng, RngExt};

/// Longest password read: hashing longer ones would be a way to tire the machine.
pub const PASSWORD_CHARS_MAX: usize = 200;
/// Characters of a first password: 20 of 31 signs are 99 bits.
const READABLE_CHARS: usize = 20;
/// No 0/O, 1/l/i: people read it from paper.
const READABLE_SIGNS: &[u8] = b"abcdefghjkmnpqrstuvwxyz23456789";

/// What passwords are guessed first with; the short list that passes the length rule. Source: written for Mulin after
/// public lists of the most used passwords.
const COMMON: &[&str] = &[
    "password", "123456", "qwerty", "abc123", "111111", "000000", "666666", "888888", "admin", "woaini",
    "5201314", "iloveyou", "welcome", "1qaz2wsx", "asdfgh", "zxcvbn", "mulin", "shifeng", "zhuzhou",
];

/// Why a password is refused.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Weakness {
    TooShort {
        chars_min: usize,
    },
    TooLong,
    /// It contains the login.
    HoldsLogin,
    /// It is one of those that are guessed first, with little added.
    Common,
    /// Too few different characters.
    Monotone,
    /// It is the present one.
    Same,
}

/// Holds a password against the rules.
pub fn check_password(password: &str, login: &str, chars_min: usize) -> Result<(), Weakness> {
    let count = password.chars().count();
    if count < chars_min {
        return Err(Weakness::TooShort { chars_min });
    }
    if count > PASSWORD_CHARS_MAX {
        return Err(Weakness::TooLong);
    }
    let lower = password.to_lowercase();
    if login.chars().count() >= 3 && lower.contains(&login.to_lowercase()) {
        return Err(Weakness::HoldsLogin);
    }
    let mut different: Vec<char> = lower.chars().collect();
    different.sort_unstable();
    different.dedup();
    if different.len() < 6 {
        return Err(Weakness::Monotone);
    }
    // What is left of a common word's password must be worth something by itself.
    let is_common =
        COMMON.iter().any(|word| lower.contains(word) && count < word.chars().count() + chars_min);
    if is_common { Err(Weakness::Common) } else { Ok(()) }
}

/// A random password that can be read aloud: groups of five, `kx7hm-…`.
pub fn readable_password(rng: &mut impl Rng) -> String {
    let mut text = String::with_capacity(READABLE_CHARS + 3);
    for place in 0..READABLE_CHARS {
        if place > 0 && place % 5 == 0 {
            text.push('-');
        }
        text.push(char::from(READABLE_SIGNS[rng.random_range(0..READABLE_SIGNS.len())]));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::{Weakness, check_password, readable_password};

    #[test]
    fn passwords_as_people_choose_them() {
        for (password, expected) in [
            ("短密码", Err(Weakness::TooShort { chars_min: 12 })),
            ("zhang.san-2026", Err(Weakness::HoldsLogin)),
            ("aaaaaaaaaaaab", Err(Weakness::Monotone)),
            ("Password1234!", Err(Weakness::Common)),
            ("qwerty7890uiop", Err(Weakness::Common)),
            ("雨后的石阶上有三只猫和伞", Ok(())),
            ("correct horse battery", Ok(())),
        ] {
            assert_eq!(check_password(password, "zhang.san", 12), expected, "{password}");
        }
        assert_eq!(check_password(&"长".repeat(201), "x", 12), Err(Weakness::TooLong));
    }

    #[test]
    fn a_first_password_passes_its_own_rules() {
        let password = readable_password(&mut rand::rng());
        assert_eq!(password.len(), 23);
        assert_eq!(check_password(&password, "zhang.san", 12), Ok(()));
    }
}
