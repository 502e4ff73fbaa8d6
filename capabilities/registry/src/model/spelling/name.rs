//! What a person's name may be, how it is masked in public, and when two spellings are the same name.

use super::characters::{half_width, is_han, is_name_dot};
use super::readings::has_double_surname;
use platform::Words;
use std::fmt;

/// Characters of a name; the longest in identity papers are transliterations of about 40.
const NAME_CHARS_MAX: usize = 50;

/// What is wrong with a name. Holds at most the one character that is not allowed.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum NameFault {
    Empty,
    /// More than 50 characters.
    TooLong {
        found: usize,
    },
    /// A character that no name has; `at` counts from 1 in the name as it would be kept.
    Character {
        at: usize,
        found: char,
    },
    /// A character of a private area, as some systems give for rare ones: others would see an empty box.
    PrivateCharacter {
        at: usize,
    },
    /// Only signs.
    NoLetter,
}

impl NameFault {
    /// Stable code.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Empty => "registry.name_empty",
            Self::TooLong { .. } => "registry.name_too_long",
            Self::Character { .. } => "registry.name_character",
            Self::PrivateCharacter { .. } => "registry.name_private_character",
            Self::NoLetter => "registry.name_no_letter",
        }
    }

    /// The sentence a clerk reads.
    pub fn words(self) -> Words {
        match self {
            Self::Empty => Words::of("请填写姓名。", "Please enter the name."),
            Self::TooLong { found } => Words::new(
                format!("姓名最多{NAME_CHARS_MAX}个字，现在是{found}个。"),
                format!("A name has at most {NAME_CHARS_MAX} characters; this has {found}."),
            ),
            Self::Character { at, found } => Words::new(
                format!("第{at}个字“{found}”不能用在姓名里；可用汉字、字母、空格、连字符和间隔号“·”。"),
                format!(
                    "Character {at}, “{found}”, cannot stand in a name; characters, letters, spaces, hyphens and “·” can."
                ),
            ),
            Self::PrivateCharacter { at } => Words::new(
                format!("第{at}个字是别的系统自造的字，在这里显示不出来，请用标准字（如𬱖）重新输入。"),
                format!(
                    "Character {at} is of another system's own making; please enter the standard character."
                ),
            ),
            Self::NoLetter => {
                Words::of("姓名里要有汉字或字母。", "A name has at least one character or letter.")
            }
        }
    }
}

impl fmt::Display for NameFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.words().en)
    }
}

impl std::error::Error for NameFault {}

/// The name as it is kept: half width, one kind of dot, no spaces between Chinese characters.
///
/// Errors: empty, longer than 50 characters, or a character that no name has, with its place.
pub fn check_name(text: &str) -> Result<String, NameFault> {
    let name = tidy_name(text);
    let found = name.chars().count();
    match found {
        0 => return Err(NameFault::Empty),
        1..=NAME_CHARS_MAX => {}
        _ => return Err(NameFault::TooLong { found }),
    }
    for (place, c) in name.chars().enumerate() {
        check_character(c, place + 1)?;
    }
    if name.chars().any(char::is_alphabetic) { Ok(name) } else { Err(NameFault::NoLetter) }
}

/// What two spellings of one name have in common: width, case, spaces and dots aside. Not traditional and simplified forms:
/// in names these are different characters.
pub fn fold_name(name: &str) -> String {
    let kept = tidy_name(name).chars().filter(|c| c.is_alphanumeric()).collect::<String>();
    kept.to_lowercase()
}

/// The name as strangers see it: 张*明, 张*, 欧阳*, 艾力·***, J*** S***.
pub fn mask_name(name: &str) -> String {
    let name = tidy_name(name);
    if let Some((first, _)) = name.split_once('·') {
        return format!("{first}·***");
    }
    if name.chars().all(is_han) { mask_han(&name.chars().collect::<Vec<_>>()) } else { mask_words(&name) }
}

fn mask_han(chars: &[char]) -> String {
    let surname = if chars.len() > 2 && has_double_surname(chars) { 2 } else { 1 };
    let last = usize::from(chars.len() > surname + 1);
    let hidden = chars.len().saturating_sub(surname + last);
    match chars {
        [] | [_] => "*".repeat(chars.len()),
        _ => chars[..surname]
            .iter()
            .copied()
            .chain(stars(hidden))
            .chain(chars[chars.len() - last..].iter().copied())
            .collect(),
    }
}

fn stars(count: usize) -> impl Iterator<Item = char> {
    std::iter::repeat_n('*', count)
}

/// Other scripts keep the first letter of each word; how long a word is stays hidden.
fn mask_words(name: &str) -> String {
    let words = name.split([' ', '-']).filter_map(|word| word.chars().next());
    words.map(|first| format!("{first}***")).collect::<Vec<_>>().join(" ")
}

fn check_character(c: char, at: usize) -> Result<(), NameFault> {
    let is_private = matches!(c as u32, 0xE000..=0xF8FF | 0xF0000..=0x10FFFF);
    // Combining marks are letters' accents that have no letter of their own.
    let is_mark = matches!(c as u32, 0x0300..=0x036F);
    if is_private {
        Err(NameFault::PrivateCharacter { at })
    } else if is_han(c) || is_latin(c) || is_mark || matches!(c, '·' | ' ' | '-' | '\'' | '.') {
        Ok(())
    } else {
        Err(NameFault::Character { at, found: c })
    }
}

/// Latin letters with their accents.
fn is_latin(c: char) -> bool {
    c.is_alphabetic() && matches!(c as u32, 0x41..=0x24F | 0x1E00..=0x1EFF)
}

fn tidy_name(text: &str) -> String {
    let mut name = String::new();
    let mut last = ' ';
    let plain: Vec<char> = text.chars().filter(|c| !is_invisible(*c)).map(plain_sign).collect();
    for (place, c) in plain.iter().copied().enumerate() {
        let next = plain[place + 1..].iter().copied().find(|c| *c != ' ');
        let c = if c == '.' && is_han(last) && next.is_some_and(is_han) { '·' } else { c };
        if c == ' ' && (last == ' ' || is_tight(last) || next.is_none_or(is_tight)) {
            continue;
        }
        name.push(c);
        last = c;
    }
    name
}

/// No space stands beside a Chinese character or a dot.
fn is_tight(c: char) -> bool {
    is_han(c) || c == '·'
}

fn plain_sign(c: char) -> char {
    match c {
        c if is_name_dot(c) => '·',
        '’' | '‘' | 'ʼ' | '＇' => '\'',
        '‐' | '‑' | '–' | '—' | '－' => '-',
        c if c.is_whitespace() => ' ',
        c => half_width(c),
    }
}

fn is_invisible(c: char) -> bool {
    matches!(c, '\u{200b}'..='\u{200f}' | '\u{feff}' | '\u{fe00}'..='\u{fe0f}' | '\u{e0100}'..='\u{e01ef}')
}

#[cfg(test)]
mod tests {
    //! Names as people write them, as they are kept, shown and compared.
    use super::{NameFault, check_name, fold_name, mask_name};
    use proptest::prelude::*;

    #[test]
    fn names_are_kept_in_one_spelling() {
        for (text, kept) in [
            ("张伟", "张伟"),
            (" 张　伟 ", "张伟"),
            ("艾力•买买提", "艾力·买买提"),
            ("艾力・买买提", "艾力·买买提"),
            ("艾力．买买提", "艾力·买买提"),
            ("艾力.买买提", "艾力·买买提"),
            ("艾力 · 买买提", "艾力·买买提"),
            ("John   Smith", "John Smith"),
            ("Ｊｏｈｎ　Ｓｍｉｔｈ", "John Smith"),
            ("Mary O’Brien-Lee", "Mary O'Brien-Lee"),
            ("J. Smith", "J. Smith"),
            ("José", "José"),
            ("𠮷野", "𠮷野"),
            ("李\u{200b}四", "李四"),
        ] {
            assert_eq!(check_name(text).as_deref(), Ok(kept), "{text}");
            assert_eq!(check_name(kept).as_deref(), Ok(kept), "{text}");
        }
    }

    #[test]
    fn what_is_wrong_is_told() {
        for (text, fault) in [
            ("", NameFault::Empty),
            (" 　", NameFault::Empty),
            ("张3", NameFault::Character { at: 2, found: '3' }),
            ("张伟（户主）", NameFault::Character { at: 3, found: '(' }),
            ("张?", NameFault::Character { at: 2, found: '?' }),
            ("李\u{e815}", NameFault::PrivateCharacter { at: 2 }),
            ("·", NameFault::NoLetter),
        ] {
            assert_eq!(check_name(text), Err(fault), "{text}");
            assert!(!fault.words().zh.is_empty() && !fault.words().en.is_empty());
        }
        assert_eq!(check_name(&"张".repeat(51)), Err(NameFault::TooLong { found: 51 }));
        assert!(check_name(&"张".repeat(50)).is_ok());
    }

    #[test]
    fn strangers_see_a_mask() {
        for (name, mask) in [
            ("张伟", "张*"),
            ("张小明", "张*明"),
            ("张王小明", "张**明"),
            ("欧阳修", "欧阳*"),
            ("欧阳娜娜", "欧阳*娜"),
            ("欧阳", "欧*"),
            ("艾力·买买提", "艾力·***"),
            ("艾力•买买提", "艾力·***"),
            ("John Smith", "J*** S***"),
            ("𠮷野家", "𠮷*家"),
            ("明", "*"),
            ("", ""),
        ] {
            assert_eq!(mask_name(name), mask, "{name}");
        }
    }

    #[test]
    fn the_same_name_in_other_spellings() {
        for (one, other, same) in [
            ("艾力·买买提", "艾力•买买提", true),
            ("艾力买买提", "艾力・买买提", true),
            ("张 伟", "张伟", true),
            ("John SMITH", "ｊｏｈｎ smith", true),
            ("張伟", "张伟", false),
            ("张伟", "张玮", false),
        ] {
            assert_eq!(fold_name(one) == fold_name(other), same, "{one} {other}");
        }
    }

    proptest! {
        #[test]
        fn what_is_kept_is_kept_again(text in "\\PC{0,60}") {
            if let Ok(name) = check_name(&text) {
                prop_assert_eq!(check_name(&name), Ok(name.clone()));
            }
            let _ = fold_name(&text);
        }

        #[test]
        fn a_mask_hides_something(name in "[\\u{4e00}-\\u{9fff}]{1,8}(·[\\u{4e00}-\\u{9fff}]{1,8})?") {
            prop_assert!(mask_name(&name).contains('*'));
        }
    }
}
