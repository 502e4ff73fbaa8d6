//! Cuts what people write into pieces that can be compared: one per hanzi, one per Latin word (stemmed), with their sentence.

/// One piece of a text.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Token {
    /// A hanzi as it is, a Latin word in lower case without its ending.
    pub text: String,
    /// What stood in the text, for "because you wrote …".
    pub written: String,
    /// Pieces of one sentence share a number.
    pub sentence: u32,
    /// Latin words are joined with spaces when shown, hanzi are not.
    pub latin: bool,
}

/// Words that carry no matter; leaving them out lets "trapped in lift" meet "trapped in the lift".
const STOP_WORDS: [&str; 26] = [
    "a", "an", "the", "my", "our", "your", "is", "are", "was", "were", "has", "have", "been", "be", "it",
    "its", "this", "that", "there", "and", "i", "we", "in", "of", "at", "to",
];

/// The pieces of the first `chars_max` characters. Any Unicode is fine; what is neither letter nor digit only separates.
pub(super) fn tokens(text: &str, chars_max: usize) -> Vec<Token> {
    let mut cutter = Cutter::default();
    for c in text.chars().take(chars_max).map(halfwidth) {
        cutter.take(c);
    }
    cutter.end_word();
    cutter.tokens
}

#[derive(Default)]
struct Cutter {
    tokens: Vec<Token>,
    word: String,
    sentence: u32,
}

impl Cutter {
    fn take(&mut self, c: char) {
        match c {
            // Belongs to the word: "can't", "e-bike".
            '\'' | '’' => {}
            '-' if !self.word.is_empty() => {}
            _ if is_latin(c) => self.word.push(c.to_ascii_lowercase()),
            _ => {
                self.end_word();
                if c.is_alphanumeric() {
                    self.push(c.to_string(), c.to_string(), false);
                } else if matches!(c, '。' | '！' | '？' | '；' | '!' | '?' | ';' | '\n') {
                    self.sentence += 1;
                }
            }
        }
    }

    fn end_word(&mut self) {
        let word = std::mem::take(&mut self.word);
        if !word.is_empty() && !STOP_WORDS.contains(&word.as_str()) {
            self.push(stem(&word).to_owned(), word, true);
        }
    }

    fn push(&mut self, text: String, written: String, latin: bool) {
        self.tokens.push(Token { text, written, sentence: self.sentence, latin });
    }
}

/// Full-width letters, digits and punctuation as people type them between hanzi.
fn halfwidth(c: char) -> char {
    match c {
        '\u{3000}' => ' ',
        // 。！？；keep their own meaning below; the letters and digits are what matters.
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(u32::from(c) - 0xfee0).unwrap_or(c),
        _ => c,
    }
}

/// ASCII letters and digits, and Latin letters with accents.
fn is_latin(c: char) -> bool {
    c.is_ascii_alphanumeric() || ('\u{c0}'..='\u{24f}').contains(&c) && c.is_alphabetic()
}

/// Cuts the endings that English grammar adds: leaks, leaked, leaking are "leak". Crude, the same on both sides, and enough.
fn stem(word: &str) -> &str {
    let cut = |word: &'_ str, ending: &str, left_min: usize| {
        word.strip_suffix(ending).filter(|rest| rest.len() >= left_min).map(str::len)
    };
    if !word.is_ascii() {
        return word;
    }
    let plural = if word.ends_with("ss") { None } else { cut(word, "s", 3) };
    let word = plural.map_or(word, |length| &word[..length]);
    let verb = cut(word, "ing", 3).or_else(|| cut(word, "ed", 3)).or_else(|| cut(word, "e", 3));
    verb.map_or(word, |length| &word[..length])
}

/// The pieces as they were written, joined for reading.
pub(super) fn join(tokens: &[Token]) -> String {
    let mut text = String::new();
    for (i, token) in tokens.iter().enumerate() {
        if i > 0 && (token.latin || tokens[i - 1].latin) {
            text.push(' ');
        }
        text.push_str(&token.written);
    }
    text
}
