//! A table in text: which encoding and which mark between the cells it has, and its rows one at a time.

mod decode;
mod rows;

use crate::cell::Cell;
use crate::fault::SheetFault;
use crate::limits::Limits;
use decode::Decoded;
use std::fmt;
use std::fs::File;
use std::ops::ControlFlow;
use std::sync::Arc;

/// The encodings that are read. GB18030 contains GBK, which contains GB2312.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TextEncoding {
    Utf8,
    /// Only with its mark at the beginning.
    Utf16Le,
    /// Only with its mark at the beginning.
    Utf16Be,
    Gb18030,
}

impl fmt::Display for TextEncoding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Utf8 => "UTF-8",
            Self::Utf16Le | Self::Utf16Be => "UTF-16",
            Self::Gb18030 => "GB18030",
        })
    }
}

/// What was seen on the way through a table.
#[derive(Debug, Default)]
pub(crate) struct TextSurvey {
    pub rows: u32,
    pub row_last: u32,
    /// Rows with another number of cells than the first, and the first of them.
    pub ragged: u32,
    pub ragged_row: u32,
}

/// An opened table in text.
#[derive(Debug)]
pub(crate) struct TextBook {
    file: Arc<File>,
    encoding: TextEncoding,
    delimiter: u8,
    limits: Limits,
}

impl TextBook {
    pub(crate) fn open(file: File, limits: &Limits) -> Result<(Self, TextSurvey), SheetFault> {
        let file = Arc::new(file);
        let encoding = decode::detect(&file)?;
        let mut head = [0; decode::CHUNK_BYTES];
        let count = Decoded::of(&file, encoding, limits.unpacked_bytes_max).fill(&mut head)?;
        let delimiter = rows::find_delimiter(&head[..count]);
        let book = Self { file, encoding, delimiter, limits: limits.clone() };
        let survey = book.read(|_, _| ControlFlow::Continue(()))?;
        Ok((book, survey))
    }

    pub(crate) fn encoding(&self) -> TextEncoding {
        self.encoding
    }

    pub(crate) fn delimiter(&self) -> char {
        char::from(self.delimiter)
    }

    /// Hands over the rows that hold anything until `take` has had enough.
    pub(crate) fn read(
        &self,
        take: impl FnMut(u32, &[Cell]) -> ControlFlow<()>,
    ) -> Result<TextSurvey, SheetFault> {
        let decoded = Decoded::of(&self.file, self.encoding, self.limits.unpacked_bytes_max);
        rows::read(decoded, self.delimiter, &self.limits, take)
    }
}
