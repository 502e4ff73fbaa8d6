//! A number with what it counts: 5栋, 二单元, 301室, 5-2-301室.

use super::plain::numeral;
use super::{Level, NONE};

/// Letters and digits of one label.
const LABEL_CHARS_MAX: usize = 8;

/// What may follow a label and what it then counts, the longer first. What it counts may depend on what is known already:
/// the reader decides.
pub(super) const MARKERS: &[(&str, Counted)] = &[
    ("号门面", Counted::Level(Level::Room)),
    ("村民小组", Counted::Level(Level::Group)),
    ("居民小组", Counted::Level(Level::Group)),
    ("村民组", Counted::Level(Level::Group)),
    ("居民组", Counted::Level(Level::Group)),
    ("号楼", Counted::Level(Level::Building)),
    ("号栋", Counted::Level(Level::Building)),
    ("号幢", Counted::Level(Level::Building)),
    ("号院", Counted::Level(Level::Number)),
    ("号房", Counted::Level(Level::Room)),
    ("号室", Counted::Level(Level::Room)),
    ("号铺", Counted::Level(Level::Room)),
    ("单元", Counted::Level(Level::Unit)),
    ("单号", Counted::OddNumber),
    ("双号", Counted::EvenNumber),
    ("门面", Counted::Level(Level::Room)),
    ("小组", Counted::Level(Level::Group)),
    ("#楼", Counted::Level(Level::Building)),
    ("栋", Counted::Level(Level::Building)),
    ("幢", Counted::Level(Level::Building)),
    ("座", Counted::Level(Level::Building)),
    ("#", Counted::Level(Level::Building)),
    ("门", Counted::Door),
    ("梯", Counted::Door),
    ("层", Counted::Level(Level::Floor)),
    ("楼", Counted::Storey),
    ("室", Counted::Level(Level::Room)),
    ("房", Counted::Level(Level::Room)),
    ("铺", Counted::Level(Level::Room)),
    ("户", Counted::Home),
    ("号", Counted::Number),
    ("组", Counted::Level(Level::Group)),
    ("队", Counted::Level(Level::Group)),
    ("弄", Counted::Level(Level::Lane)),
    ("巷", Counted::Level(Level::Lane)),
];

/// What a marker counts.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Counted {
    /// One level, always.
    Level(Level),
    /// 门, 梯: a unit, but only within a building or behind a number.
    Door,
    /// 楼: a floor, or a building where a unit follows or the label is a letter.
    Storey,
    /// 户: a room, but only within a building.
    Home,
    /// 号: a number on the street, or a room within a building.
    Number,
    /// 单号
    OddNumber,
    /// 双号
    EvenNumber,
}

/// One or more labels in a row with the marker that follows.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Labelled {
    pub labels: Vec<String>,
    pub counted: Counted,
    /// The marker as written.
    pub marker: &'static str,
    /// Characters it takes in all.
    pub length: usize,
}

/// The labels and marker that begin at a place; nothing where no marker follows.
pub(super) fn labelled(chars: &[char]) -> Option<Labelled> {
    let (labels, length) = labels(chars)?;
    let (marker, counted) = marker(&chars[length..])?;
    Some(Labelled { labels, counted, marker, length: length + marker.chars().count() })
}

/// The key of a name that is a label and its marker, or a label alone, from beginning to end.
pub(super) fn whole(chars: &[char]) -> Option<String> {
    let chars = chars.strip_prefix(&['第']).unwrap_or(chars);
    let (labels, length) = labels(chars)?;
    let rest = &chars[length..];
    let is_whole =
        rest.is_empty() || marker(rest).is_some_and(|(marker, _)| marker.chars().count() == rest.len());
    is_whole.then(|| labels.join("-"))
}

/// Labels joined by hyphens, and how many characters they take.
pub(super) fn labels(chars: &[char]) -> Option<(Vec<String>, usize)> {
    let (first, mut length) = label(chars)?;
    let mut labels = vec![first];
    while chars.get(length) == Some(&'-') && labels.len() < 4 {
        let Some((next, more)) = label(&chars[length + 1..]) else { break };
        labels.push(next);
        length += 1 + more;
    }
    Some((labels, length))
}

/// One label: digits, letters with digits, a numeral, 甲, 无, or a floor below ground.
fn label(chars: &[char]) -> Option<(String, usize)> {
    if let Some(label) = below_ground(chars) {
        return Some(label);
    }
    match chars.first()? {
        '无' => Some((NONE.to_owned(), 1)),
        c if "甲乙丙丁戊己庚辛".contains(*c) => Some((c.to_string(), 1)),
        c if c.is_ascii_alphanumeric() => {
            let length = chars.iter().take_while(|c| c.is_ascii_alphanumeric()).count();
            let label: String = chars[..length].iter().collect();
            is_label(&label).then(|| (without_zeros(&label), length))
        }
        _ => numeral(chars).map(|(value, length)| (without_zeros(&value), length)),
    }
}

/// 负一, 地下1, and B1 where a floor follows.
fn below_ground(chars: &[char]) -> Option<(String, usize)> {
    let lead = match chars {
        ['负', ..] => 1,
        ['地', '下', ..] => 2,
        ['B', digit, '层', ..] if digit.is_ascii_digit() => 1,
        _ => return None,
    };
    let rest = chars.get(lead..)?;
    let digits = rest.iter().take_while(|c| c.is_ascii_digit()).count();
    let (value, length) = match digits {
        0 => numeral(rest)?,
        1 | 2 => (rest[..digits].iter().collect(), digits),
        _ => return None,
    };
    (value != "0").then(|| (format!("-{}", without_zeros(&value)), lead + length))
}

/// Digits with at most one letter behind them, or at most two letters with digits behind: 301, 301A, A, B12.
fn is_label(text: &str) -> bool {
    let letters = text.bytes().take_while(u8::is_ascii_alphabetic).count();
    let digits = text[letters..].bytes().take_while(u8::is_ascii_digit).count();
    let behind = text.len() - letters - digits;
    let is_numbered = letters == 0 && digits > 0 && behind <= 1;
    let is_lettered = (1..=2).contains(&letters) && behind == 0;
    text.len() <= LABEL_CHARS_MAX && (is_numbered || is_lettered)
}

fn without_zeros(label: &str) -> String {
    let short = label.trim_start_matches('0');
    if short.starts_with(|c: char| c.is_ascii_digit()) {
        short.to_owned()
    } else if label.starts_with('0') {
        format!("0{short}")
    } else {
        label.to_owned()
    }
}

fn marker(chars: &[char]) -> Option<(&'static str, Counted)> {
    let begins = |marker: &str| marker.chars().enumerate().all(|(i, c)| chars.get(i) == Some(&c));
    let (marker, counted) = *MARKERS.iter().find(|(marker, _)| begins(marker))?;
    let next = chars.get(marker.chars().count());
    let is_name = match marker {
        // 五号路, 三组团, 一座桥, 3栋梁 are names.
        "号" => next.is_some_and(|c| "路街巷线桥井库地店".contains(*c)),
        "组" => next == Some(&'团'),
        "座" | "栋" => next.is_some_and(|c| "桥梁".contains(*c)),
        "房" => next == Some(&'产'),
        "队" => next == Some(&'伍'),
        _ => false,
    };
    (!is_name).then_some((marker, counted))
}
