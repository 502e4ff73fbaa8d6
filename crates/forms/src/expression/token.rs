//! An expression cut into tokens. XPath 1.0, section 3.7, with `${name}` of XLSForm.

use super::ast::Operator;
use super::fault::ExpressionFault;
use super::number::is_space;
use crate::limits::EXPRESSION_CHARS_MAX;

#[derive(Clone, Debug, PartialEq)]
pub(super) enum Token {
    Number(f64),
    Text(String),
    /// A name that is no operator, with its prefix: `jr:choice-name`.
    Name(String),
    /// `${name}`
    Reference(String),
    /// `name::`
    Axis(String),
    Operator(Operator),
    Star,
    Slash,
    DoubleSlash,
    Dot,
    DoubleDot,
    Open,
    Close,
    OpenBox,
    CloseBox,
    Comma,
    At,
}

/// A token and where it begins, in characters from 1.
pub(super) type Placed = (usize, Token);

/// # Errors
/// Too long, a text that is not closed, or a character no token begins with.
pub(super) fn tokens(text: &str) -> Result<Vec<Placed>, ExpressionFault> {
    let chars: Vec<char> = text.chars().collect();
    if chars.len() > EXPRESSION_CHARS_MAX {
        return Err(ExpressionFault::TooLong { chars_max: EXPRESSION_CHARS_MAX });
    }
    let mut cutter = Cutter { chars: &chars, at: 0, found: Vec::new() };
    while let Some(c) = cutter.peek(0) {
        if is_blank(c) {
            cutter.at += 1;
            continue;
        }
        let begin = cutter.at;
        let token = cutter.token(c)?;
        cutter.found.push((begin + 1, token));
    }
    Ok(cutter.found)
}

struct Cutter<'a> {
    chars: &'a [char],
    at: usize,
    found: Vec<Placed>,
}

impl Cutter<'_> {
    fn peek(&self, ahead: usize) -> Option<char> {
        self.chars.get(self.at + ahead).copied()
    }

    fn token(&mut self, c: char) -> Result<Token, ExpressionFault> {
        match c {
            '\'' | '"' => self.text(c),
            '$' if self.peek(1) == Some('{') => self.reference(),
            '0'..='9' => Ok(self.number()),
            '.' if self.peek(1).is_some_and(|next| next.is_ascii_digit()) => Ok(self.number()),
            c if is_name_start(c) => Ok(self.name()),
            _ => self.sign(c),
        }
    }

    fn text(&mut self, quote: char) -> Result<Token, ExpressionFault> {
        let begin = self.at + 1;
        let length = self.chars[begin..].iter().position(|c| *c == quote);
        let length = length.ok_or(ExpressionFault::OpenText { at: begin })?;
        self.at = begin + length + 1;
        Ok(Token::Text(self.chars[begin..begin + length].iter().collect()))
    }

    fn reference(&mut self) -> Result<Token, ExpressionFault> {
        let begin = self.at + 2;
        let length = self.chars[begin..].iter().position(|c| *c == '}');
        let length = length.ok_or(ExpressionFault::OpenText { at: self.at + 1 })?;
        let name: String = self.chars[begin..begin + length].iter().collect();
        self.at = begin + length + 1;
        Ok(Token::Reference(name.trim().to_owned()))
    }

    fn number(&mut self) -> Token {
        let begin = self.at;
        let mut points = 0;
        while let Some(c) = self.peek(0) {
            points += usize::from(c == '.');
            if !(c.is_ascii_digit() || c == '.' && points == 1) {
                break;
            }
            self.at += 1;
        }
        let digits: String = self.chars[begin..self.at].iter().collect();
        Token::Number(digits.parse().unwrap_or(f64::NAN))
    }

    /// "If there is a preceding token and the preceding token is not one of @, ::, (, [, , or an Operator, then … an NCName
    /// must be recognized as an OperatorName" (section 3.7).
    fn name(&mut self) -> Token {
        let begin = self.at;
        while let Some(c) = self.peek(0) {
            let in_prefix = c == ':' && self.peek(1).is_some_and(is_name_start) && self.peek(1) != Some(':');
            if !is_name_char(c) && !in_prefix {
                break;
            }
            self.at += 1;
        }
        let name: String = self.chars[begin..self.at].iter().collect();
        if self.peek(0) == Some(':') && self.peek(1) == Some(':') {
            self.at += 2;
            return Token::Axis(name);
        }
        match operator_of_word(&name) {
            Some(operator) if self.operand_before() => Token::Operator(operator),
            _ => Token::Name(name),
        }
    }

    fn operand_before(&self) -> bool {
        self.found.last().is_some_and(|(_, token)| {
            !matches!(
                token,
                Token::At
                    | Token::Axis(_)
                    | Token::Open
                    | Token::OpenBox
                    | Token::Comma
                    | Token::Operator(_)
                    | Token::Slash
                    | Token::DoubleSlash
            )
        })
    }

    fn sign(&mut self, c: char) -> Result<Token, ExpressionFault> {
        let two = |second: char| self.peek(1) == Some(second);
        let (token, length) = match c {
            '(' => (Token::Open, 1),
            ')' => (Token::Close, 1),
            '[' => (Token::OpenBox, 1),
            ']' => (Token::CloseBox, 1),
            ',' => (Token::Comma, 1),
            '@' => (Token::At, 1),
            '.' if two('.') => (Token::DoubleDot, 2),
            '.' => (Token::Dot, 1),
            '/' if two('/') => (Token::DoubleSlash, 2),
            '/' => (Token::Slash, 1),
            '*' if self.operand_before() => (Token::Operator(Operator::Times), 1),
            '*' => (Token::Star, 1),
            '!' if two('=') => (Token::Operator(Operator::NotEqual), 2),
            '<' if two('=') => (Token::Operator(Operator::LessOrEqual), 2),
            '>' if two('=') => (Token::Operator(Operator::GreaterOrEqual), 2),
            '=' => (Token::Operator(Operator::Equal), 1),
            '<' => (Token::Operator(Operator::Less), 1),
            '>' => (Token::Operator(Operator::Greater), 1),
            '+' => (Token::Operator(Operator::Plus), 1),
            '-' => (Token::Operator(Operator::Minus), 1),
            '|' => (Token::Operator(Operator::Union), 1),
            other => {
                return Err(ExpressionFault::Unexpected { at: self.at + 1, found: other.to_string() });
            }
        };
        self.at += length;
        Ok(token)
    }
}

/// The spaces of XPath, and two that people type or paste without seeing a difference.
fn is_blank(c: char) -> bool {
    is_space(c) || matches!(c, '\u{a0}' | '\u{3000}')
}

fn operator_of_word(name: &str) -> Option<Operator> {
    match name {
        "or" => Some(Operator::Or),
        "and" => Some(Operator::And),
        "div" => Some(Operator::Div),
        "mod" => Some(Operator::Mod),
        _ => None,
    }
}

/// XML 1.0 (fifth edition), production 4, without the colon.
pub(crate) fn is_name_start(c: char) -> bool {
    matches!(c, 'A'..='Z' | '_' | 'a'..='z' | '\u{C0}'..='\u{D6}' | '\u{D8}'..='\u{F6}' | '\u{F8}'..='\u{2FF}'
        | '\u{370}'..='\u{37D}' | '\u{37F}'..='\u{1FFF}' | '\u{200C}'..='\u{200D}' | '\u{2070}'..='\u{218F}'
        | '\u{2C00}'..='\u{2FEF}' | '\u{3001}'..='\u{D7FF}' | '\u{F900}'..='\u{FDCF}' | '\u{FDF0}'..='\u{FFFD}'
        | '\u{10000}'..='\u{EFFFF}')
}

/// XML 1.0 (fifth edition), production 4a, without the colon.
pub(crate) fn is_name_char(c: char) -> bool {
    is_name_start(c)
        || matches!(c, '-' | '.' | '0'..='9' | '\u{B7}' | '\u{300}'..='\u{36F}' | '\u{203F}'..='\u{2040}')
}
