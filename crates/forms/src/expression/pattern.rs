//! Patterns of `regex()`: a small language that every matcher reads alike, matched in linear time. What a pattern costs is
//! known when it is read, so none explodes.

use super::fault::ExpressionFault;
use crate::limits::{PATTERN_CHARS_MAX, PATTERN_REPEATS_MAX, PATTERN_STATES_MAX};
use regex::Regex;

/// A pattern that was read. It fits where it fits the whole text.
#[derive(Clone, Debug)]
pub struct Pattern {
    regex: Regex,
}

/// Bytes a compiled pattern may take.
const COMPILED_BYTES_MAX: usize = 16 << 20;
/// Groups within each other.
const GROUPS_DEEP_MAX: u32 = 30;

impl Pattern {
    /// Reads a pattern: characters, `.`, classes, `\d \w \s` (of ASCII) and their opposites, `\p{L}` and its kin, groups, `|`,
    /// `* + ? {n,m}`, `^` and `$`.
    ///
    /// # Errors
    /// [`ExpressionFault::BadPattern`]: back-references, look-around, possessive quantifiers, word boundaries and whatever is
    /// not closed.
    pub fn of(pattern: &str) -> Result<Self, ExpressionFault> {
        let translated = translate(pattern).map_err(|why| ExpressionFault::BadPattern { why })?;
        let built = regex::RegexBuilder::new(&translated).size_limit(COMPILED_BYTES_MAX).build();
        let regex = built.map_err(|_| ExpressionFault::BadPattern { why: "too large".to_owned() })?;
        Ok(Self { regex })
    }

    pub fn fits(&self, text: &str) -> bool {
        self.regex.is_match(text)
    }
}

/// The same pattern in the words of the `regex` crate, anchored at both ends.
fn translate(pattern: &str) -> Result<String, String> {
    let chars: Vec<char> = pattern.chars().collect();
    if chars.len() > PATTERN_CHARS_MAX {
        return Err(format!("more than {PATTERN_CHARS_MAX} characters"));
    }
    let mut translator = Translator { chars: &chars, at: 0, out: r"\A(?:".to_owned(), depth: 0 };
    let states = translator.choice()?;
    if translator.at < chars.len() {
        return Err("`)` without `(`".to_owned());
    }
    if states > PATTERN_STATES_MAX {
        return Err(format!("unfolds to more than {PATTERN_STATES_MAX} states"));
    }
    Ok(translator.out + r")\z")
}

struct Translator<'a> {
    chars: &'a [char],
    at: usize,
    out: String,
    depth: u32,
}

/// Each method gives the states its part unfolds to.
impl Translator<'_> {
    fn peek(&self) -> Option<char> {
        self.chars.get(self.at).copied()
    }

    fn next(&mut self) -> Option<char> {
        let c = self.peek();
        self.at += usize::from(c.is_some());
        c
    }

    fn choice(&mut self) -> Result<usize, String> {
        let mut states = self.sequence()?;
        while self.peek() == Some('|') {
            self.at += 1;
            self.out.push('|');
            states += 1 + self.sequence()?;
        }
        Ok(states)
    }

    fn sequence(&mut self) -> Result<usize, String> {
        let mut states = 0;
        while let Some(c) = self.peek().filter(|c| !matches!(c, '|' | ')')) {
            let begin = self.out.len();
            let once = self.atom(c)?;
            states += self.repeated(begin, once, matches!(c, '^' | '$'))?;
        }
        Ok(states)
    }

    fn atom(&mut self, c: char) -> Result<usize, String> {
        self.at += 1;
        match c {
            '(' => return self.group(),
            '[' => self.class()?,
            '\\' => self.escape(false)?,
            '.' => self.out.push_str(r"[^\n\r]"),
            '^' => self.out.push_str(r"\A"),
            '$' => self.out.push_str(r"\z"),
            '*' | '+' | '?' | '{' | '}' | ']' => return Err(format!("`{c}` has nothing before it")),
            literal => self.literal(literal),
        }
        Ok(1)
    }

    fn group(&mut self) -> Result<usize, String> {
        if self.peek() == Some('?') {
            if self.chars.get(self.at + 1) != Some(&':') {
                return Err("`(?` other than `(?:` is not supported".to_owned());
            }
            self.at += 2;
        }
        self.depth += 1;
        if self.depth > GROUPS_DEEP_MAX {
            return Err(format!("groups deeper than {GROUPS_DEEP_MAX}"));
        }
        self.out.push_str("(?:");
        let states = self.choice()?;
        if self.next() != Some(')') {
            return Err("`(` is not closed".to_owned());
        }
        self.out.push(')');
        self.depth -= 1;
        Ok(states + 1)
    }

    /// A quantifier, where one follows. What begins at `begin` is put in brackets: `\A*` would not be read.
    fn repeated(&mut self, begin: usize, once: usize, is_anchor: bool) -> Result<usize, String> {
        let (least, most) = match self.peek() {
            Some('*') => (0, None),
            Some('+') => (1, None),
            Some('?') => (0, Some(1)),
            Some('{') => self.counted()?,
            _ => return Ok(once),
        };
        self.at += 1;
        match self.peek() {
            // Whether little or much is taken makes no difference to whether the whole fits.
            Some('?') => self.at += 1,
            Some('+' | '*' | '{') => {
                return Err("a quantifier after a quantifier is not supported".to_owned());
            }
            _ => {}
        }
        if is_anchor {
            return Err("`^` and `$` are not repeated".to_owned());
        }
        self.out.insert_str(begin, "(?:");
        self.out.push_str(&match most {
            None => format!("){{{least},}}"),
            Some(most) => format!("){{{least},{most}}}"),
        });
        Ok(once.saturating_mul(most.unwrap_or(least + 1).max(1) as usize) + 1)
    }

    /// `{n}`, `{n,}`, `{n,m}`, up to before the closing brace.
    fn counted(&mut self) -> Result<(u32, Option<u32>), String> {
        let rest = &self.chars[self.at + 1..];
        let end = rest.iter().position(|c| *c == '}').ok_or("`{` is not closed")?;
        let inside: String = rest[..end].iter().collect();
        self.at += end + 1;
        let number = |text: &str| {
            let digits =
                !text.is_empty() && text.len() <= 6 && text.bytes().all(|byte| byte.is_ascii_digit());
            let number = digits.then(|| text.parse::<u32>().ok()).flatten();
            number.ok_or_else(|| format!("`{{{inside}}}` is not a count"))
        };
        let (least, most) = match inside.split_once(',') {
            None => (number(&inside)?, Some(number(&inside)?)),
            Some((least, "")) => (number(least)?, None),
            Some((least, most)) => (number(least)?, Some(number(most)?)),
        };
        if least.max(most.unwrap_or(0)) > PATTERN_REPEATS_MAX {
            return Err(format!("a count above {PATTERN_REPEATS_MAX}"));
        }
        if most.is_some_and(|most| most < least) {
            return Err(format!("`{{{inside}}}` is not a count"));
        }
        Ok((least, most))
    }

    fn class(&mut self) -> Result<(), String> {
        self.out.push('[');
        if self.peek() == Some('^') {
            self.at += 1;
            self.out.push('^');
        }
        let mut first = true;
        loop {
            match self.next().ok_or("`[` is not closed")? {
                ']' if !first => break,
                '[' | ']' => {
                    return Err("`[` or `]` within a class has to be written with a backslash".to_owned());
                }
                '\\' if self.peek().is_some_and(|c| "dDwWsSp".contains(c)) => self.escape(true)?,
                c => self.class_range(c)?,
            }
            first = false;
        }
        self.out.push(']');
        Ok(())
    }

    fn class_range(&mut self, c: char) -> Result<(), String> {
        let from = self.class_char(c)?;
        let is_range = self.peek() == Some('-') && self.chars.get(self.at + 1).is_some_and(|c| *c != ']');
        if !is_range {
            self.literal(from);
            return Ok(());
        }
        self.at += 1;
        let next = self.next().ok_or("`[` is not closed")?;
        let to = self.class_char(next)?;
        if to < from {
            return Err(format!("the range {from}-{to} runs backwards"));
        }
        self.literal(from);
        self.out.push('-');
        self.literal(to);
        Ok(())
    }

    fn class_char(&mut self, c: char) -> Result<char, String> {
        if c != '\\' {
            return Ok(c);
        }
        let letter = self.next().ok_or("ends with a backslash")?;
        self.escaped_char(letter)
    }

    fn escape(&mut self, in_class: bool) -> Result<(), String> {
        let letter = self.next().ok_or("ends with a backslash")?;
        let (open, close) = if in_class { ("", "") } else { ("[", "]") };
        match letter {
            'd' => self.out.push_str(&format!("{open}0-9{close}")),
            'w' => self.out.push_str(&format!("{open}A-Za-z0-9_{close}")),
            's' => self.out.push_str(&format!(r"{open} \t\n\r\x0b\x0c{close}")),
            'D' => self.out.push_str("[^0-9]"),
            'W' => self.out.push_str("[^A-Za-z0-9_]"),
            'S' => self.out.push_str(r"[^ \t\n\r\x0b\x0c]"),
            'p' => self.property()?,
            other => {
                let c = self.escaped_char(other)?;
                self.literal(c);
            }
        }
        Ok(())
    }

    fn property(&mut self) -> Result<(), String> {
        let rest: String = self.chars[self.at..].iter().take_while(|c| **c != '}').collect();
        let name = rest.strip_prefix('{').ok_or("`\\p` without `{`")?;
        self.at += rest.chars().count() + 1;
        match name {
            "L" | "Lu" | "Ll" | "N" | "Nd" | "P" | "S" => self.out.push_str(&format!(r"\p{{{name}}}")),
            "Han" | "IsHan" => self.out.push_str(r"\p{Han}"),
            other => return Err(format!("`\\p{{{other}}}` is not supported")),
        }
        Ok(())
    }

    fn escaped_char(&mut self, letter: char) -> Result<char, String> {
        match letter {
            'n' => Ok('\n'),
            't' => Ok('\t'),
            'r' => Ok('\r'),
            'x' => self.hex(2),
            'u' => self.hex(4),
            other if other.is_ascii_alphanumeric() => Err(format!("`\\{other}` is not supported")),
            other => Ok(other),
        }
    }

    fn hex(&mut self, length: usize) -> Result<char, String> {
        let digits: String = self.chars[self.at..].iter().take(length).collect();
        self.at += digits.chars().count();
        let all = digits.len() == length && digits.bytes().all(|byte| byte.is_ascii_hexdigit());
        let code = all.then(|| u32::from_str_radix(&digits, 16).ok()).flatten();
        code.and_then(char::from_u32).ok_or_else(|| format!("`{digits}` is not a character"))
    }

    fn literal(&mut self, c: char) {
        self.out.push_str(&format!("\\x{{{:X}}}", u32::from(c)));
    }
}
