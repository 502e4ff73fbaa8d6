//! Bytes of a file as UTF-8, whatever they were: the encoding is found by trying, and never guessed half-way.

use super::TextEncoding;
use crate::fault::SheetFault;
use encoding_rs::{Decoder, DecoderResult, Encoding, GB18030, UTF_8, UTF_16BE, UTF_16LE};
use std::fs::File;
use std::os::unix::fs::FileExt;

/// Bytes read and decoded at a time.
pub(crate) const CHUNK_BYTES: usize = 64 * 1024;
/// Bytes the longest character of any encoding here takes: a decoder wants room for one.
const CHAR_BYTES_MAX: usize = 4;

/// The encoding the whole file is valid in: what its mark says, else UTF-8, else GB18030.
///
/// # Errors
/// [`SheetFault::Encoding`] where none fits.
pub(crate) fn detect(file: &File) -> Result<TextEncoding, SheetFault> {
    let mut mark = [0; 2];
    let count = file.read_at(&mut mark, 0)?;
    let tried: &[TextEncoding] = match &mark[..count] {
        b"\xff\xfe" => &[TextEncoding::Utf16Le],
        b"\xfe\xff" => &[TextEncoding::Utf16Be],
        _ => &[TextEncoding::Utf8, TextEncoding::Gb18030],
    };
    for encoding in tried {
        if is_valid(file, *encoding)? {
            return Ok(*encoding);
        }
    }
    Err(SheetFault::Encoding)
}

fn is_valid(file: &File, encoding: TextEncoding) -> Result<bool, SheetFault> {
    let mut decoded = Decoded::of(file, encoding, u64::MAX);
    let mut chunk = [0; CHUNK_BYTES];
    loop {
        match decoded.fill(&mut chunk) {
            Ok(0) => return Ok(true),
            // A NUL byte is valid in every encoding, and in no table: it is how programs smuggle or break off texts.
            Ok(count) if chunk[..count].contains(&0) => return Ok(false),
            Ok(_) => {}
            Err(SheetFault::Encoding) => return Ok(false),
            Err(other) => return Err(other),
        }
    }
}

fn encoding_of(encoding: TextEncoding) -> &'static Encoding {
    match encoding {
        TextEncoding::Utf8 => UTF_8,
        TextEncoding::Utf16Le => UTF_16LE,
        TextEncoding::Utf16Be => UTF_16BE,
        TextEncoding::Gb18030 => GB18030,
    }
}

/// A file while it is decoded, without its mark.
pub(crate) struct Decoded<'a> {
    file: &'a File,
    decoder: Decoder,
    at: u64,
    bytes: Vec<u8>,
    /// The part of `bytes` that is not decoded yet.
    waiting: std::ops::Range<usize>,
    is_ended: bool,
    bytes_left: u64,
    bytes_max: u64,
}

impl<'a> Decoded<'a> {
    pub(crate) fn of(file: &'a File, encoding: TextEncoding, bytes_max: u64) -> Self {
        Self {
            file,
            decoder: encoding_of(encoding).new_decoder_with_bom_removal(),
            at: 0,
            bytes: vec![0; CHUNK_BYTES],
            waiting: 0..0,
            is_ended: false,
            bytes_left: bytes_max,
            bytes_max,
        }
    }

    /// Decodes the next part of the file: whole characters of UTF-8, at most [`CHUNK_BYTES`]; nothing at the end.
    ///
    /// # Errors
    /// [`SheetFault::Encoding`], [`SheetFault::UnpacksTooLarge`], [`SheetFault::Disk`].
    pub(crate) fn fill(&mut self, to: &mut [u8; CHUNK_BYTES]) -> Result<usize, SheetFault> {
        let mut filled = 0;
        while !self.is_ended && to.len() - filled >= CHAR_BYTES_MAX {
            if self.waiting.is_empty() {
                let count = self.file.read_at(&mut self.bytes, self.at)?;
                self.at += count as u64;
                self.waiting = 0..count;
                self.is_ended = count == 0;
            }
            let from = &self.bytes[self.waiting.clone()];
            let (result, read, written) =
                self.decoder.decode_to_utf8_without_replacement(from, &mut to[filled..], self.is_ended);
            self.waiting.start += read;
            filled += written;
            match result {
                DecoderResult::Malformed(..) => return Err(SheetFault::Encoding),
                DecoderResult::OutputFull => {
                    self.is_ended = false;
                    break;
                }
                DecoderResult::InputEmpty => {}
            }
        }
        let spent = SheetFault::UnpacksTooLarge { bytes_max: self.bytes_max };
        self.bytes_left = self.bytes_left.checked_sub(filled as u64).ok_or(spent)?;
        Ok(filled)
    }
}
