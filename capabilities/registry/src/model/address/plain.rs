//! The characters of an address made plain, and Chinese numerals.

use crate::model::spelling::half_width;

/// Characters of an address that are read.
const ADDRESS_CHARS_MAX: usize = 200;

/// Half width, upper case, one hyphen, no spaces and commas; a space between two numbers becomes a hyphen.
pub(super) fn plain(text: &str) -> Vec<char> {
    let mut plain: Vec<char> = Vec::new();
    let mut is_gap = false;
    for c in text.chars().take(ADDRESS_CHARS_MAX).map(plain_sign) {
        if c == ' ' {
            is_gap = true;
            continue;
        }
        let splits_numbers = is_gap && c.is_ascii_digit() && plain.last().is_some_and(char::is_ascii_digit);
        if splits_numbers {
            plain.push('-');
        }
        is_gap = false;
        plain.push(c);
    }
    plain
}

fn plain_sign(c: char) -> char {
    match half_width(c) {
        '‐' | '‑' | '–' | '—' | '―' | '~' | '～' | '−' | '至' | '/' => '-',
        ',' | '，' | '、' | '。' | ';' | '；' | ':' => ' ',
        '【' | '[' | '〔' | '《' => '(',
        '】' | ']' | '〕' | '》' => ')',
        '○' | '〇' | '零' => '〇',
        c if c.is_whitespace() || c.is_control() => ' ',
        c => c.to_ascii_uppercase(),
    }
}

/// The numeral that begins at a place: its value in digits, and its length.
pub(super) fn numeral(chars: &[char]) -> Option<(String, usize)> {
    let length = chars.iter().take_while(|c| digit(**c).is_some() || matches!(c, '十' | '百')).count();
    let numeral = chars.get(..length.min(6)).filter(|numeral| !numeral.is_empty())?;
    let has_tens = numeral.iter().any(|c| matches!(c, '十' | '百'));
    let value = if has_tens {
        with_tens(numeral)?.to_string()
    } else {
        numeral.iter().filter_map(|c| digit(*c)).map(|d| d.to_string()).collect()
    };
    Some((value, numeral.len()))
}

/// 十二, 二十, 一百二十八, 一百〇三.
fn with_tens(numeral: &[char]) -> Option<u32> {
    let (mut total, mut pending) = (0, None);
    for c in numeral {
        match (c, digit(*c)) {
            (_, Some(value)) if pending.is_none_or(|before| before == 0) => pending = Some(value),
            ('百', _) => total += pending.take()? * 100,
            ('十', _) => total += pending.take().unwrap_or(1).max(1) * 10,
            _ => return None,
        }
    }
    Some(total + pending.unwrap_or(0))
}

fn digit(c: char) -> Option<u32> {
    "〇一二三四五六七八九".chars().position(|d| d == c).map(|value| value as u32).or((c == '两').then_some(2))
}

#[cfg(test)]
mod tests {
    //! Numerals as people write them on doors.
    use super::{numeral, plain};

    #[test]
    fn numerals_have_values() {
        for (text, value, length) in [
            ("五栋", "5", 1),
            ("十栋", "10", 1),
            ("十二栋", "12", 2),
            ("二十栋", "20", 2),
            ("二十三栋", "23", 3),
            ("一百二十八号", "128", 5),
            ("一百〇三号", "103", 4),
            ("三〇一", "301", 3),
            ("一二零三室", "1203", 4),
            ("两单元", "2", 1),
        ] {
            assert_eq!(numeral(&plain(text)), Some((value.to_owned(), length)), "{text}");
        }
        assert_eq!(numeral(&plain("百货")), None);
        assert_eq!(numeral(&plain("栋")), None);
    }

    #[test]
    fn writing_is_made_plain() {
        for (text, plain_text) in [
            ("５栋　２单元", "5栋2单元"),
            ("5 2 301", "5-2-301"),
            ("a座", "A座"),
            ("1～3单元", "1-3单元"),
            ("5－2－301", "5-2-301"),
        ] {
            assert_eq!(plain(text).iter().collect::<String>(), plain_text, "{text}");
        }
    }
}
