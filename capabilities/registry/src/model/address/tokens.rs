//! Tokens by which an address is found: the words of its place, and each number with the letter of its level.

use super::{Level, NONE, Parts, Span};
use crate::model::spelling;

/// Numbers of a span that are tokens; a longer one is found by its place.
const SPAN_TOKENS_MAX: usize = 200;

/// The tokens of an address for the full-text index: 田心三村5栋2单元301 → those of 田心三村, and `b5 u2 f3 r301`. A span
/// has a token for each of its numbers.
pub fn tokens(parts: &Parts) -> Vec<String> {
    let mut tokens: Vec<String> = Level::ALL.iter().flat_map(|level| number_tokens(*level, parts)).collect();
    for name in names(parts) {
        tokens.extend(spelling::text_tokens(name));
    }
    tokens.sort_unstable();
    tokens.dedup();
    tokens
}

/// The tokens an asked address stands for: all of them must be there. Divisions are left out, because people add some that
/// the register does not write.
pub fn asked_tokens(parts: &Parts) -> Vec<String> {
    let mut tokens: Vec<String> = names(parts).flat_map(spelling::asked_text_tokens).collect();
    for level in [Level::Number, Level::Group, Level::Building, Level::Unit, Level::Room] {
        tokens.extend(number_tokens(level, parts).into_iter().take(1));
    }
    tokens
}

fn names(parts: &Parts) -> impl Iterator<Item = &str> {
    [Level::Road, Level::Lane, Level::Estate].into_iter().filter_map(|level| parts.get(level))
}

fn number_tokens(level: Level, parts: &Parts) -> Vec<String> {
    let letter = match level {
        Level::Number => 'n',
        Level::Annex => 'x',
        Level::Group => 'g',
        Level::Building => 'b',
        Level::Unit => 'u',
        Level::Floor => 'f',
        Level::Room => 'r',
        Level::Road | Level::Lane | Level::Estate => return Vec::new(),
    };
    let Some(key) = parts.get(level).filter(|key| *key != NONE) else { return Vec::new() };
    match Span::parse(key) {
        Some(span) => {
            span.numbers().take(SPAN_TOKENS_MAX).map(|number| format!("{letter}{number}")).collect()
        }
        None => vec![token(letter, key)],
    }
}

/// A hyphen would split a token; below ground it would also be lost.
fn token(letter: char, key: &str) -> String {
    format!("{letter}{}", key.to_lowercase().replace('-', "x"))
}

#[cfg(test)]
mod tests {
    //! An address is found by any part of it, written in any way.
    use super::{asked_tokens, tokens};
    use crate::model::address::parse;

    #[test]
    fn addresses_are_found_as_people_write_them() {
        for (kept, asked, found) in [
            ("田心三村5栋2单元301室", "田心三村5-2-301", true),
            ("田心三村5栋2单元301室", "三村五栋", true),
            ("田心三村5栋2单元301室", "5#301", true),
            ("田心三村5栋2单元301室", "湖南省株洲市石峰区田心三村", true),
            ("田心三村5栋2单元301室", "田心三村6栋", false),
            ("田心三村5栋2单元301室", "田心三村5栋3单元", false),
            ("田心三村5栋1-3单元", "田心三村5栋2单元", true),
            ("田心三村5栋1-3单元", "田心三村5栋4单元", false),
            ("建设北路1-99单号", "建设北路17号", true),
            ("建设北路1-99单号", "建设北路18号", false),
            ("清石村3组28号", "清石村三组", true),
        ] {
            let kept_tokens = tokens(&parse(kept));
            let is_found = asked_tokens(&parse(asked)).iter().all(|token| kept_tokens.contains(token));
            assert_eq!(is_found, found, "{kept}, {asked}: {kept_tokens:?}");
        }
    }
}
