//! The shared strings of a workbook: one long text and where each string in it ends, so that a million cost no million pieces.

use super::xml::{Token, Xml};
use crate::fault::SheetFault;
use platform::limits::MIB;

/// Bytes of all strings together: with their ends they stay within what an import may hold.
const BYTES_MAX: usize = 256 * MIB as usize;
const COUNT_MAX: usize = 16_000_000;

/// Strings by their number.
#[derive(Debug, Default)]
pub(crate) struct SharedStrings {
    text: String,
    ends: Vec<u32>,
}

impl SharedStrings {
    pub(crate) fn read(xml: &mut Xml<'_>) -> Result<Self, SheetFault> {
        let mut strings = Self::default();
        let mut rich = RichText::default();
        loop {
            match xml.next()? {
                Token::Start(element) => rich.start(element.name()),
                Token::Text(text) if rich.is_told() => strings.text.push_str(&text),
                Token::Char(c) if rich.is_told() => strings.text.push(c),
                Token::End(end) => {
                    let name = end.local_name();
                    rich.end(name.as_ref());
                    if name.as_ref() == "si" {
                        strings.ends.push(strings.text.len() as u32);
                    }
                }
                Token::Eof => break,
                _ => {}
            }
            if strings.text.len() > BYTES_MAX || strings.ends.len() > COUNT_MAX {
                return Err(xml.unpacks_too_large());
            }
        }
        strings.text.shrink_to_fit();
        strings.ends.shrink_to_fit();
        Ok(strings)
    }

    pub(crate) fn get(&self, index: usize) -> Option<&str> {
        let end = *self.ends.get(index)? as usize;
        let start = index.checked_sub(1).map_or(0, |before| self.ends[before] as usize);
        self.text.get(start..end)
    }
}

/// Where the reader stands within a string: runs of rich text belong to it, phonetic runs (how it is read aloud) do not.
#[derive(Debug, Default)]
pub(crate) struct RichText {
    in_text: bool,
    in_phonetic: bool,
}

impl RichText {
    pub(crate) fn start(&mut self, name: &str) {
        match name {
            "t" => self.in_text = true,
            "rPh" => self.in_phonetic = true,
            _ => {}
        }
    }

    pub(crate) fn end(&mut self, name: &str) {
        match name {
            "t" => self.in_text = false,
            "rPh" => self.in_phonetic = false,
            _ => {}
        }
    }

    /// Whether text that comes now is part of the string.
    pub(crate) fn is_told(&self) -> bool {
        self.in_text && !self.in_phonetic
    }
}
