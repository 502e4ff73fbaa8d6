//! Words into tokens for the full-text index: characters and pairs, pinyin and initials. The same on both engines.

use super::characters::{Run, runs};
use super::readings::{read_name, read_words};

/// Syllables of the longest run that is a token of its own, beside the whole.
const RUN_SYLLABLES_MAX: usize = 4;
/// Tokens of one name or one text; the characters come first, so that a long one loses its pinyin.
const TOKENS_MAX: usize = 2_000;

/// The tokens of a person's name: 张伟 → 张 伟 张伟 zhang wei zhangwei zw. Names in Latin letters stand by their words; the
/// parts of a name with dots each count, and the whole is one run.
pub fn name_tokens(name: &str) -> Vec<String> {
    let runs = runs(name);
    let mut tokens = character_tokens(&runs);
    let chars: Vec<char> = runs.iter().flat_map(han).copied().collect();
    for syllables in read_name(&chars) {
        tokens.extend(pinyin_tokens(&syllables));
    }
    finish(tokens)
}

/// The tokens of any other words: a place, an organisation, a thing.
pub fn text_tokens(text: &str) -> Vec<String> {
    let runs = runs(text);
    let mut tokens = character_tokens(&runs);
    for run in &runs {
        tokens.extend(pinyin_tokens(&read_words(han(run))));
    }
    finish(tokens)
}

/// The tokens that words in a query stand for: all of them must be there. Pairs, because a pair says more than its two
/// characters; a character alone stands for itself.
pub fn asked_text_tokens(text: &str) -> Vec<String> {
    asked_tokens(&runs(text))
}

fn asked_tokens(runs: &[Run]) -> Vec<String> {
    let mut tokens = Vec::new();
    for run in runs {
        match run {
            Run::Word(word) => tokens.push(word.clone()),
            Run::Han(chars) if chars.len() == 1 => tokens.push(chars[0].to_string()),
            Run::Han(chars) => tokens.extend(chars.windows(2).map(String::from_iter)),
        }
    }
    finish(tokens)
}

/// The initials of a person's name in each way it may be read, with a space between: 单晓明 → sxm dxm. What a phone searches by, where
/// nothing but a few letters is typed.
pub fn name_letters(name: &str) -> String {
    let chars: Vec<char> = runs(name).iter().flat_map(han).copied().collect();
    let mut letters: Vec<String> = read_name(&chars).iter().map(|syllables| initials(syllables)).collect();
    letters.retain(|one| !one.is_empty());
    letters.dedup();
    letters.join(" ")
}

/// The initials of any other words, with their Latin letters and digits: 5栋2单元301 → 5d2dy301.
pub fn text_letters(text: &str) -> String {
    let of = |run: &Run| match run {
        Run::Word(word) => word.clone(),
        Run::Han(chars) => initials(&read_words(chars)),
    };
    runs(text).iter().map(of).collect()
}

fn initials(syllables: &[String]) -> String {
    syllables.iter().filter_map(|syllable| syllable.chars().next()).collect()
}

fn han(run: &Run) -> &[char] {
    match run {
        Run::Han(chars) => chars,
        Run::Word(_) => &[],
    }
}

fn character_tokens(runs: &[Run]) -> Vec<String> {
    let mut tokens = Vec::new();
    for run in runs {
        match run {
            Run::Word(word) => tokens.push(word.clone()),
            Run::Han(chars) => {
                tokens.extend(chars.iter().map(char::to_string));
                tokens.extend(chars.windows(2).map(String::from_iter));
            }
        }
    }
    tokens
}

/// Syllables, runs of them, and the same runs by initials: people type zhangwei, weiming, zwm, wm.
fn pinyin_tokens(syllables: &[String]) -> Vec<String> {
    let mut tokens = Vec::new();
    for start in 0..syllables.len() {
        for end in start + 1..=syllables.len() {
            let run = &syllables[start..end];
            let is_whole = run.len() == syllables.len();
            if run.len() > RUN_SYLLABLES_MAX && !is_whole {
                break;
            }
            let spelled = run.concat();
            if spelled.contains('v') {
                // 吕 is lv on keyboards, lu on tickets, lyu in passports.
                tokens.extend([spelled.replace('v', "u"), spelled.replace('v', "yu")]);
            }
            tokens.push(spelled);
            if run.len() >= 2 {
                tokens.push(initials(run));
            }
        }
    }
    tokens
}

/// Each token once, in the order of their first use.
fn finish(mut tokens: Vec<String>) -> Vec<String> {
    let mut seen = std::collections::HashSet::new();
    tokens.retain(|token| !token.is_empty() && seen.insert(token.clone()));
    tokens.truncate(TOKENS_MAX);
    tokens
}

#[cfg(test)]
mod tests {
    //! A name is found in every way that people type it.
    use super::super::query_tokens;
    use super::{asked_text_tokens, name_letters, name_tokens, text_letters, text_tokens};
    use proptest::prelude::*;

    #[test]
    fn letters_are_what_a_thumb_types() {
        assert_eq!(name_letters("张晓明"), "zxm");
        assert_eq!(name_letters("单明"), "sm dm", "each reading of a surname");
        assert_eq!(text_letters("5栋2单元301"), "5d2dy301");
        assert_eq!((name_letters(""), text_letters("·")), (String::new(), String::new()));
    }

    #[test]
    fn a_name_has_characters_pairs_pinyin_and_initials() {
        assert_eq!(name_tokens("张伟"), ["张", "伟", "张伟", "zhang", "zhangwei", "zw", "wei"]);
        assert_eq!(name_tokens("John Smith"), ["john", "smith"]);
        assert_eq!(name_tokens("Ｊｏｈｎ"), ["john"]);
        assert_eq!(name_tokens("𠮷"), ["𠮷"]);
        assert!(name_tokens("").is_empty());
    }

    #[test]
    fn names_are_found_as_people_type_them() {
        for (name, queries) in [
            ("张伟明", "张伟明 张伟 伟明 张 zhang zhangweiming zhangwei weiming ZhangWei zwm zw wm"),
            ("单雄信", "shanxiongxin danxiongxin sxx dxx xiongxin"),
            ("尉迟敬德", "yuchi yuchijingde ycjd jingde 尉迟"),
            ("万俟雪", "moqi moqixue mqx"),
            ("吕绿", "lv lu lyu lvlv ll lü"),
            ("艾力·买买提", "艾力 买买提 aili maimaiti ailimaimaiti almmt mmt"),
            ("Mary O’Brien", "mary obrien o'brien MARY"),
            ("李𬱖", "李 𬱖 李𬱖 li"),
            ("西安平", "xi'anping xianping xap"),
        ] {
            let tokens = name_tokens(name);
            for query in queries.split(' ') {
                let query = query_tokens(query);
                let is_found = query.readings.iter().any(|r| r.tokens.iter().all(|t| tokens.contains(t)));
                assert!(is_found, "{name}: {query:?} not in {tokens:?}");
            }
        }
    }

    #[test]
    fn words_are_found_by_pairs_and_pinyin() {
        let tokens = text_tokens("田心三村5栋");
        for token in ["田心", "三村", "tianxin", "txsc", "5", "栋"] {
            assert!(tokens.iter().any(|t| t == token), "{token} not in {tokens:?}");
        }
    }

    proptest! {
        #[test]
        fn every_pair_of_a_name_is_in_its_tokens(name in "[\\u{4e00}-\\u{9fff}·a-z ]{0,30}") {
            let tokens = name_tokens(&name);
            for token in asked_text_tokens(&name) {
                prop_assert!(tokens.contains(&token), "{}", token);
            }
        }

        #[test]
        fn any_text_is_read_without_a_fall(text in "\\PC{0,80}") {
            prop_assert!(name_tokens(&text).len() <= super::TOKENS_MAX);
            let _ = (text_tokens(&text), query_tokens(&text));
        }
    }
}
