//! Characters, one by one: what is a Chinese character, what is only a wider form of another, what separates words.

/// Characters of a text that are read; the same bound for what is indexed and what is asked.
const TEXT_CHARS_MAX: usize = 500;

/// A stretch of a text: Chinese characters, or a word of anything else.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum Run {
    Han(Vec<char>),
    Word(String),
}

/// The runs of a text, in order; words in lower case and half width.
pub(super) fn runs(text: &str) -> Vec<Run> {
    let mut runs = Vec::new();
    let (mut han, mut word) = (Vec::new(), String::new());
    for c in text.chars().take(TEXT_CHARS_MAX).map(half_width).chain(std::iter::once(' ')) {
        let is_han = is_han(c);
        let is_word = !is_han && (c.is_alphanumeric() || is_joined(c));
        if !is_han && !han.is_empty() {
            runs.push(Run::Han(std::mem::take(&mut han)));
        }
        if !is_word && !word.is_empty() {
            runs.push(Run::Word(std::mem::take(&mut word)));
        }
        if is_han {
            han.push(c);
        } else if is_word && !is_joined(c) {
            word.extend(c.to_lowercase().map(plain_vowel));
        }
    }
    runs
}

/// The narrow form of a full-width letter, digit or sign.
pub(crate) fn half_width(c: char) -> char {
    match c {
        '！'..='～' => char::from_u32(c as u32 - 0xFEE0).unwrap_or(c),
        '\u{3000}' | '\u{a0}' => ' ',
        _ => c,
    }
}

/// Chinese characters with the extensions, on which rare names depend, and 〇.
pub(super) fn is_han(c: char) -> bool {
    matches!(c as u32, 0x3400..=0x4DBF | 0x4E00..=0x9FFF | 0xF900..=0xFAFF | 0x20000..=0x323AF | 0x3007)
}

/// The dots that people and systems write between the parts of a name.
pub(super) fn is_name_dot(c: char) -> bool {
    matches!(c, '·' | '•' | '・' | '･' | '‧' | '∙' | '⋅' | '．')
}

/// An apostrophe joins a word: xi'an, o'brien.
fn is_joined(c: char) -> bool {
    matches!(c, '\'' | '’' | '‘')
}

/// Pinyin is typed with v for ü and without tones.
fn plain_vowel(c: char) -> char {
    match c {
        'ā' | 'á' | 'ǎ' | 'à' => 'a',
        'ē' | 'é' | 'ě' | 'è' => 'e',
        'ī' | 'í' | 'ǐ' | 'ì' => 'i',
        'ō' | 'ó' | 'ǒ' | 'ò' => 'o',
        'ū' | 'ú' | 'ǔ' | 'ù' => 'u',
        'ü' | 'ǖ' | 'ǘ' | 'ǚ' | 'ǜ' => 'v',
        _ => c,
    }
}
