//! What somebody who types into one search box seems to mean, and by which tokens it is found.

use super::characters::{Run, half_width, runs};
use super::tokens::asked_text_tokens;
use crate::model::identifier::DocumentKind;
use platform::{Phone, Words};
use std::fmt;

/// Characters of a query that are read.
const QUERY_CHARS_MAX: usize = 60;
/// Tokens of one reading; the first ones narrow the most.
const TOKENS_MAX: usize = 16;

/// What a query may mean, the most likely first. Empty where nothing was typed that could be looked for.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Query {
    pub readings: Vec<Reading>,
}

/// One meaning of a query.
#[derive(Clone, PartialEq, Eq)]
pub struct Reading {
    pub seems: Seems,
    /// Tokens of the full-text index that must all be there; none where it is looked up by a hash.
    pub tokens: Vec<String>,
    /// What was typed, plain: the digits of a telephone, the number of a document, the words of a name.
    pub text: String,
    /// The words that say where, for [`address::parse`](crate::model::address::parse).
    pub place: Option<String>,
}

/// What a reading takes the query for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Seems {
    /// Chinese characters of a name, or of anything that has one.
    Name,
    /// Pinyin of a name: zhangwei, zhang wei.
    Pinyin,
    /// Initials of a name: zwm.
    Initials,
    /// Other words in Latin letters.
    Words,
    /// A place: 田心三村5栋, 5-2-301.
    Address,
    /// The number of a room alone.
    Room,
    /// A whole telephone number.
    Phone,
    /// Some digits of a telephone number; only the last four can be looked up.
    PhonePiece,
    /// A whole document number.
    Document,
    /// The last four characters of a document number.
    LastFour,
    /// A code of an address, an organisation or a thing.
    Code,
}

impl Seems {
    /// What the search box says it looked for.
    pub const fn words(self) -> Words {
        match self {
            Self::Name => Words::of("姓名或名称", "a name"),
            Self::Pinyin => Words::of("拼音", "pinyin"),
            Self::Initials => Words::of("拼音首字母", "initials in pinyin"),
            Self::Words => Words::of("外文名称", "words in Latin letters"),
            Self::Address => Words::of("地址", "an address"),
            Self::Room => Words::of("室号", "the number of a room"),
            Self::Phone => Words::of("电话", "a telephone number"),
            Self::PhonePiece => Words::of("电话中的几位", "a part of a telephone number"),
            Self::Document => Words::of("证件号码", "a document number"),
            Self::LastFour => Words::of("证件末四位", "the last four of a document number"),
            Self::Code => Words::of("编码", "a code"),
        }
    }
}

/// A query may hold a document number: it never prints.
impl fmt::Debug for Reading {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}", self.seems)
    }
}

/// Reads what was typed into a search box.
pub fn query_tokens(text: &str) -> Query {
    let text: String = text.chars().take(QUERY_CHARS_MAX).map(half_width).collect();
    let text = text.trim();
    let mut readings = read_numbers(text);
    if readings.is_empty() {
        readings.extend(read_words(text));
    }
    Query { readings }
}

/// Readings of what has no words: telephones, documents, rooms, codes.
fn read_numbers(text: &str) -> Vec<Reading> {
    let plain: String = text.chars().filter(|c| !matches!(c, ' ' | '-')).collect::<String>().to_uppercase();
    let is_code =
        plain.chars().all(|c| c.is_ascii_alphanumeric()) && plain.contains(|c: char| c.is_ascii_digit());
    // Groups with hyphens and spaces are telephones and documents only when there are many digits: 5-2-301 is a home.
    if !is_code || (plain.len() < 10 && text.contains(['-', ' '])) {
        return Vec::new();
    }
    let digits = plain.chars().all(|c| c.is_ascii_digit()).then_some(plain.len());
    let is_last_four = plain.len() == 4
        && (digits.is_some() || plain[..3].bytes().all(|b| b.is_ascii_digit()) && plain.ends_with('X'));
    let mut seems = Vec::new();
    match (Phone::parse(text), DocumentKind::guess(&plain)) {
        (Some(_), _) => seems.push(Seems::Phone),
        (None, Some(DocumentKind::TaiwanPermit)) if digits.is_some() => {
            seems.extend([Seems::PhonePiece, Seems::Document])
        }
        (None, Some(_)) => seems.push(Seems::Document),
        (None, None) if is_last_four => seems.push(Seems::LastFour),
        (None, None) => {}
    }
    match digits {
        Some(4) => seems.extend([Seems::Room, Seems::PhonePiece]),
        Some(3) => seems.push(Seems::Room),
        Some(5..=10) if seems.is_empty() => seems.push(Seems::PhonePiece),
        _ => {}
    }
    let is_identity = plain.len() >= 15 && seems.contains(&Seems::Document);
    if plain.len() >= 5 && !is_identity && !seems.contains(&Seems::Phone) {
        seems.push(Seems::Code);
    }
    seems.into_iter().map(|seems| number(seems, &plain)).collect()
}

fn number(seems: Seems, plain: &str) -> Reading {
    let is_indexed = matches!(seems, Seems::Room | Seems::Code);
    let tokens = if is_indexed { vec![plain.to_lowercase()] } else { Vec::new() };
    let place = (seems == Seems::Room).then(|| plain.to_owned());
    Reading { seems, tokens, text: plain.to_owned(), place }
}

/// Readings of words: names, pinyin, addresses, or a name with the address beside it (张伟 5栋301).
fn read_words(text: &str) -> Vec<Reading> {
    let (places, names): (Vec<&str>, Vec<&str>) = text.split_whitespace().partition(|word| is_place(word));
    let place = (!places.is_empty()).then(|| places.join(" "));
    if names.is_empty() {
        let certain = place.as_deref().is_some_and(|place| place.contains(|c: char| c.is_ascii_digit()));
        let also_name = (!certain).then(|| word_reading(Seems::Name, text, None));
        let address = place.map(|place| word_reading(Seems::Address, text, Some(place)));
        return address.into_iter().chain(also_name).filter(|reading| !reading.tokens.is_empty()).collect();
    }
    let name = names.join(" ");
    let reading = word_reading(seems_of(&name), &name, place);
    if reading.tokens.is_empty() { Vec::new() } else { vec![reading] }
}

fn word_reading(seems: Seems, text: &str, place: Option<String>) -> Reading {
    let mut tokens = asked_text_tokens(text);
    tokens.truncate(TOKENS_MAX);
    Reading { seems, tokens, text: text.to_owned(), place }
}

/// Whether a word says where: a number with what it counts, numbers in groups, or the end of a place's name.
fn is_place(word: &str) -> bool {
    const COUNTED: [char; 13] =
        ['栋', '幢', '座', '单', '门', '层', '楼', '室', '号', '组', '弄', '户', '房'];
    const ENDS: [&str; 14] = [
        "路", "街", "巷", "村", "小区", "苑", "花园", "家园", "公寓", "大厦", "社区", "街道", "新村", "大道",
    ];
    let chars: Vec<char> = word.chars().collect();
    let is_count = |c: char| c.is_ascii_digit() || "一二三四五六七八九十百".contains(c);
    let counted = chars.windows(2).any(|pair| is_count(pair[0]) && COUNTED.contains(&pair[1]));
    let grouped = word.contains(|c: char| c.is_ascii_digit()) && word.contains(['-', '#']);
    let numbered =
        word.contains(|c: char| c.is_ascii_digit()) && chars.iter().any(|c| super::characters::is_han(*c));
    let named = chars.len() >= 3 && ENDS.iter().any(|end| word.ends_with(end));
    counted || grouped || numbered || named
}

fn seems_of(name: &str) -> Seems {
    let words = runs(name);
    let latin: Vec<&str> = words
        .iter()
        .filter_map(|run| if let Run::Word(word) = run { Some(word.as_str()) } else { None })
        .collect();
    if latin.len() < words.len() {
        Seems::Name
    } else if latin.iter().all(|word| is_pinyin(word)) {
        Seems::Pinyin
    } else if latin.iter().all(|word| is_initials(word)) {
        Seems::Initials
    } else {
        Seems::Words
    }
}

/// Whether a word is syllables of pinyin, one after the other.
fn is_pinyin(word: &str) -> bool {
    let word = word.as_bytes();
    let mut reached = vec![false; word.len() + 1];
    reached[0] = true;
    for start in 0..word.len() {
        if reached[start] {
            for end in start + 1..=word.len().min(start + 6) {
                reached[end] |= is_syllable(&word[start..end]);
            }
        }
    }
    reached[word.len()]
}

fn is_syllable(text: &[u8]) -> bool {
    const INITIALS: [&str; 23] = [
        "zh", "ch", "sh", "b", "p", "m", "f", "d", "t", "n", "l", "g", "k", "h", "j", "q", "x", "r", "z",
        "c", "s", "y", "w",
    ];
    const FINALS: [&str; 35] = [
        "a", "o", "e", "i", "u", "v", "ai", "ei", "ui", "ao", "ou", "iu", "ie", "ue", "ve", "er", "an", "en",
        "in", "un", "ang", "eng", "ing", "ong", "ia", "ua", "uo", "iao", "ian", "iang", "iong", "uai", "uan",
        "uang", "yu",
    ];
    const ALONE: [&str; 12] = ["a", "o", "e", "ai", "ei", "ao", "ou", "an", "en", "ang", "eng", "er"];
    let Ok(text) = std::str::from_utf8(text) else { return false };
    let rest = INITIALS.iter().find_map(|initial| text.strip_prefix(initial));
    ALONE.contains(&text) || rest.is_some_and(|rest| FINALS.contains(&rest))
}

/// Initials are two to six letters with which syllables begin.
fn is_initials(word: &str) -> bool {
    (2..=6).contains(&word.len()) && word.bytes().all(|b| b.is_ascii_lowercase() && !b"iuv".contains(&b))
}

#[cfg(test)]
mod tests {
    //! One box for everything: what people type and what it is taken for.
    use super::Seems::{self, *};
    use super::query_tokens;

    #[test]
    fn what_people_type_is_understood() {
        let rows: &[(&str, &[Seems])] = &[
            ("", &[]),
            ("、。", &[]),
            ("张伟", &[Name]),
            ("艾力·买买提", &[Name]),
            ("张wei", &[Name]),
            ("zhangwei", &[Pinyin]),
            ("zhang wei", &[Pinyin]),
            ("Xi'an", &[Pinyin]),
            ("lvbu", &[Pinyin]),
            ("zwm", &[Initials]),
            ("ZW", &[Initials]),
            ("John Smith", &[Words]),
            ("田心三村5栋", &[Address]),
            ("五栋二单元三〇一", &[Address, Name]),
            ("5-2-301", &[Address]),
            ("5#2-301", &[Address]),
            ("田心三村", &[Address, Name]),
            ("张伟 5栋301", &[Name]),
            ("301", &[Room]),
            ("5", &[Words]),
            ("1203", &[LastFour, Room, PhonePiece]),
            ("002x", &[LastFour]),
            ("13873300000", &[Phone]),
            ("138 7330 0000", &[Phone]),
            ("0733-28600000", &[Phone]),
            ("1387330", &[PhonePiece, Code]),
            ("11010519491231002x", &[Document]),
            ("360426910101007", &[Document]),
            ("9144030071526726XG", &[Code]),
            ("H12345678", &[Document, Code]),
            ("01234567", &[PhonePiece, Document, Code]),
        ];
        for (text, seems) in rows {
            let found: Vec<Seems> = query_tokens(text).readings.iter().map(|reading| reading.seems).collect();
            assert_eq!(found, *seems, "{text}");
        }
    }

    #[test]
    fn a_name_beside_a_place_keeps_both() {
        let query = query_tokens("张伟 田心三村 5栋301");
        assert_eq!(query.readings[0].tokens, ["张伟"]);
        assert_eq!(query.readings[0].place.as_deref(), Some("田心三村 5栋301"));
    }

    #[test]
    fn secrets_are_no_tokens_and_do_not_print() {
        let query = query_tokens("11010519491231002X");
        assert!(query.readings[0].tokens.is_empty());
        assert_eq!(query.readings[0].text, "11010519491231002X");
        assert_eq!(format!("{query:?}"), "Query { readings: [Document] }");
    }
}
