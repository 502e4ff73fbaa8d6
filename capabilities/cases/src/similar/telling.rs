//! What of somebody's words tells one matter from another: pairs of neighbouring Chinese characters, words, numbers with their unit.

use crate::search::{Run, split};
use std::collections::HashSet;

/// Characters of a text that are compared: the matter stands at its beginning, or nowhere.
const TEXT_CHARS_MAX: usize = 400;
/// Pieces of one text that are compared.
const PIECES_MAX: usize = 160;
/// Characters that join, point and complain, whatever the matter is.
const EMPTY_CHARS: &str = "的了是在我有不很都也就吗呢吧请们这那被把给和与及到去来又还没个们您你他她它啊呀哦着过上下里之为以其该从对向已经";
/// Pairs that frame a matter: where one usually is, since when, that nobody does anything. In a district with many cases they are common
/// and weigh little by themselves; this holds for a small one too.
const FRAME_PAIRS: [&str; 36] = [
    "小区", "门口", "楼下", "整个", "没人", "人来", "来修", "有人", "几天", "好几", "一天", "两天", "三天",
    "天没", "晚上", "半夜", "每天", "天天", "物业", "社区", "街道", "附近", "旁边", "一直", "经常", "太大",
    "怎么", "么办", "请问", "问一", "希望", "尽快", "处理", "解决", "反映", "严重",
];
/// English words that carry no matter.
const EMPTY_WORDS: [&str; 20] = [
    "a", "an", "the", "is", "are", "was", "of", "in", "on", "at", "to", "and", "it", "my", "our", "has",
    "have", "there", "this", "that",
];
/// What a single character weighs beside a pair, and a pair that frames, or of which one half is empty ("坏了").
const CHARACTER_WEIGHT: f32 = 0.2;
const FRAME_WEIGHT: f32 = 0.2;
const HALF_EMPTY_WEIGHT: f32 = 0.2;

/// A piece of a text, and how much it can tell at most.
#[derive(Clone, PartialEq, Debug)]
pub(super) struct Piece {
    pub text: String,
    pub weight: f32,
    /// Where it begins: a pair whose place is the next one's begins where the other goes on.
    pub place: u32,
}

/// The telling pieces of a text in their order; one that stands there twice is named once.
pub(super) fn pieces(text: &str) -> Vec<Piece> {
    let mut cutter = Cutter::default();
    split(text, TEXT_CHARS_MAX, |run| cutter.take(run));
    cutter.end_number(None);
    cutter.found.truncate(PIECES_MAX);
    cutter.found
}

#[derive(Default)]
struct Cutter {
    found: Vec<Piece>,
    seen: HashSet<String>,
    place: u32,
    /// A number waits for what it counts: "3" and "栋".
    number: Option<String>,
}

impl Cutter {
    fn take(&mut self, run: Run) {
        match run {
            Run::Word(word) => {
                self.end_number(None);
                if word.bytes().all(|b| b.is_ascii_digit()) {
                    self.number = Some(word);
                } else if !EMPTY_WORDS.contains(&word.as_str()) {
                    self.push(word, 1.0);
                }
            }
            Run::Han(chars) => {
                self.end_number(chars.first().copied());
                self.take_han(&chars);
            }
        }
        // A gap, so that nothing is read across it.
        self.place += 2;
    }

    fn take_han(&mut self, chars: &[char]) {
        for (i, c) in chars.iter().enumerate() {
            if !is_empty(*c) {
                self.push(c.to_string(), CHARACTER_WEIGHT);
            }
            if let Some(next) = chars.get(i + 1) {
                let pair: String = [*c, *next].iter().collect();
                let weight = match (is_empty(*c), is_empty(*next)) {
                    (true, true) => 0.0,
                    _ if FRAME_PAIRS.contains(&pair.as_str()) => FRAME_WEIGHT,
                    (false, false) => 1.0,
                    _ => HALF_EMPTY_WEIGHT,
                };
                self.push(pair, weight);
            }
            self.place += 1;
        }
    }

    /// A number alone tells nothing, with what it counts it does.
    fn end_number(&mut self, unit: Option<char>) {
        if let (Some(number), Some(unit)) = (self.number.take(), unit) {
            self.push(format!("{number}{unit}"), 1.0);
        }
    }

    fn push(&mut self, text: String, weight: f32) {
        if weight > 0.0 && self.seen.insert(text.clone()) {
            self.found.push(Piece { text, weight, place: self.place });
        }
    }
}

fn is_empty(c: char) -> bool {
    EMPTY_CHARS.contains(c)
}

/// Pieces as somebody reads them: pairs that follow each other are joined ("电梯", "梯坏" → "电梯坏"), single characters left out.
pub(super) fn joined(pieces: &[&Piece]) -> Vec<String> {
    let mut found: Vec<(String, u32)> = Vec::new();
    for piece in pieces.iter().filter(|p| p.text.chars().count() > 1) {
        match found.last_mut() {
            Some((text, place)) if *place + 1 == piece.place && is_pair(&piece.text) => {
                text.extend(piece.text.chars().last());
                *place = piece.place;
            }
            _ => found.push((piece.text.clone(), piece.place)),
        }
    }
    let mut words: Vec<String> = found.into_iter().map(|(text, _)| text).collect();
    let mut seen = HashSet::new();
    words.retain(|word| seen.insert(word.clone()));
    words
}

fn is_pair(text: &str) -> bool {
    text.chars().count() == 2 && text.chars().all(|c| !c.is_ascii())
}

/// What the later words tell that the earlier do not, and which share of their telling pieces that is (0 to 1).
pub(crate) fn added(earlier: &str, later: &str) -> (Vec<String>, f32) {
    let known: HashSet<String> = pieces(earlier).into_iter().map(|p| p.text).collect();
    let later = pieces(later);
    let all: f32 = later.iter().map(|p| p.weight).sum();
    let new: Vec<&Piece> = later.iter().filter(|p| !known.contains(&p.text)).collect();
    let weight: f32 = new.iter().map(|p| p.weight).sum();
    let share = if all > 0.0 { weight / all } else { 0.0 };
    let telling: Vec<&Piece> = new.into_iter().filter(|p| p.weight >= 1.0).collect();
    (joined(&telling), share)
}

#[cfg(test)]
mod tests {
    //! What is compared, what is left out, and what somebody reads of it.
    use super::{added, joined, pieces};

    fn texts(text: &str) -> Vec<String> {
        pieces(text).into_iter().map(|p| p.text).collect()
    }

    #[test]
    fn numbers_stand_with_what_they_count() {
        let all = texts("3栋2单元电梯 12");
        assert!(all.contains(&"3栋".to_owned()) && all.contains(&"2单".to_owned()), "{all:?}");
        assert!(!all.contains(&"12".to_owned()) && !all.contains(&"3".to_owned()), "{all:?}");
    }

    #[test]
    fn what_joins_and_complains_tells_nothing() {
        assert_eq!(texts("的了，是在我们"), Vec::<String>::new());
        assert_eq!(texts(""), Vec::<String>::new());
    }

    #[test]
    fn pairs_are_read_together_as_they_stood() {
        let all = pieces("电梯坏，路灯坏");
        let pairs: Vec<_> = all.iter().collect();
        assert_eq!(joined(&pairs), ["电梯坏", "路灯坏"]);
    }

    #[test]
    fn what_is_new_is_named() {
        let (words, share) = added("三单元电梯坏了", "三单元电梯又坏了");
        assert!(share < 0.3, "{share} {words:?}");
        let (words, share) = added("三单元电梯坏了", "三单元电梯坏了，今天困住了一位孕妇");
        assert!(share > 0.3, "{share}");
        assert!(words.iter().any(|w| w.contains("孕妇")), "{words:?}");
    }
}
