//! Words into tokens: single characters and pairs for Chinese, whole words for the rest. The same on both engines.

/// Characters of a text that are indexed; longer ones are findable by their beginning.
const TEXT_CHARS_MAX: usize = 2_000;
/// Tokens of one query.
const QUERY_TOKENS_MAX: usize = 16;

/// The tokens of a text, separated by spaces: "水管爆了 3栋" → "水 管 爆 了 水管 管爆 爆了 3 栋".
pub fn tokens(text: &str) -> String {
    let mut out = String::with_capacity(text.len() * 3);
    let mut push = |token: &str| {
        if !out.is_empty() {
            out.push(' ');
        }
        out.push_str(token);
    };
    split(text, TEXT_CHARS_MAX, |run| match run {
        Run::Word(word) => push(&word),
        Run::Han(chars) => {
            let mut buffer = String::with_capacity(8);
            for (i, c) in chars.iter().enumerate() {
                push(c.encode_utf8(&mut [0; 4]));
                if let Some(next) = chars.get(i + 1) {
                    buffer.clear();
                    buffer.extend([*c, *next]);
                    push(&buffer);
                }
            }
        }
    });
    out
}

/// What a query looks for: pairs of Chinese characters (one alone stands for itself) and words; all must be there.
pub fn query_tokens(text: &str) -> Vec<String> {
    let mut out: Vec<String> = Vec::new();
    split(text, 200, |run| match run {
        Run::Word(word) => out.push(word),
        Run::Han(chars) if chars.len() == 1 => out.push(chars[0].to_string()),
        Run::Han(chars) => out.extend(chars.windows(2).map(|pair| pair.iter().collect())),
    });
    out.sort();
    out.dedup();
    out.truncate(QUERY_TOKENS_MAX);
    out
}

/// A piece of a text without a break: Chinese characters, or one word of anything else in lower case.
pub(crate) enum Run {
    Han(Vec<char>),
    Word(String),
}

pub(crate) fn split(text: &str, chars_max: usize, mut take: impl FnMut(Run)) {
    let mut han: Vec<char> = Vec::new();
    let mut word = String::new();
    for c in text.chars().take(chars_max).chain(std::iter::once(' ')) {
        let c = full_to_half(c);
        let is_han = is_ideograph(c);
        if !is_han && !han.is_empty() {
            take(Run::Han(std::mem::take(&mut han)));
        }
        let is_word = !is_han && c.is_alphanumeric();
        if !is_word && !word.is_empty() {
            take(Run::Word(std::mem::take(&mut word)));
        }
        if is_han {
            han.push(c);
        } else if is_word {
            word.extend(c.to_lowercase());
        }
    }
}

fn full_to_half(c: char) -> char {
    match c {
        '！'..='～' => char::from_u32(c as u32 - 0xFEE0).unwrap_or(c),
        _ => c,
    }
}

fn is_ideograph(c: char) -> bool {
    matches!(c as u32, 0x3400..=0x4DBF | 0x4E00..=0x9FFF | 0xF900..=0xFAFF | 0x20000..=0x323AF | 0x3007)
}

#[cfg(test)]
mod tests {
    //! What is written is found by any two characters of it.
    use super::{query_tokens, tokens};

    #[test]
    fn chinese_is_found_by_pairs_and_words_by_themselves() {
        assert_eq!(tokens("水管爆了，3栋 B座"), "水 水管 管 管爆 爆 爆了 了 3 栋 b 座");
        assert_eq!(query_tokens("管爆"), ["管爆"]);
        assert_eq!(query_tokens("３栋"), ["3", "栋"]);
        assert!(query_tokens("、。 ").is_empty());
    }

    #[test]
    fn every_pair_of_a_text_is_in_its_tokens() {
        let text = "𠮷野家门口的下水道堵塞了";
        let all: Vec<String> = tokens(text).split(' ').map(str::to_owned).collect();
        for token in query_tokens(text) {
            assert!(all.contains(&token), "{token}");
        }
    }
}
