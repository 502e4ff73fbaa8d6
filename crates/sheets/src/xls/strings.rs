//! Text in a binary workbook: one or two bytes a character, and in the shared table spread over several records.

use super::broken;
use crate::fault::SheetFault;

/// Flags before the characters ([MS-XLS] 2.5.293): two bytes each; runs of format behind; phonetic data behind.
const WIDE: u8 = 0x01;
const PHONETIC: u8 = 0x04;
const RICH: u8 = 0x08;
/// Bytes of one run of format.
const RUN_BYTES: usize = 4;

/// Bytes of a record and of those that continue it.
pub(super) struct Parts<'b> {
    parts: Vec<&'b [u8]>,
    part: usize,
    at: usize,
}

impl<'b> Parts<'b> {
    pub(super) fn of(parts: Vec<&'b [u8]>) -> Self {
        Self { parts, part: 0, at: 0 }
    }

    /// What is left of the part at hand; the next one where that is used up.
    fn here(&mut self) -> Result<&'b [u8], SheetFault> {
        while let Some(part) = self.parts.get(self.part) {
            if self.at < part.len() {
                return Ok(&part[self.at..]);
            }
            (self.part, self.at) = (self.part + 1, 0);
        }
        Err(broken("a text ends before its end"))
    }

    fn is_at_end_of_part(&self) -> bool {
        self.parts.get(self.part).is_none_or(|part| self.at >= part.len())
    }

    fn byte(&mut self) -> Result<u8, SheetFault> {
        let byte = self.here()?[0];
        self.at += 1;
        Ok(byte)
    }

    pub(super) fn u16(&mut self) -> Result<u16, SheetFault> {
        Ok(u16::from_le_bytes([self.byte()?, self.byte()?]))
    }

    pub(super) fn u32(&mut self) -> Result<u32, SheetFault> {
        Ok(u32::from(self.u16()?) | u32::from(self.u16()?) << 16)
    }

    fn skip(&mut self, mut count: usize) -> Result<(), SheetFault> {
        while count > 0 {
            let taken = self.here()?.len().min(count);
            self.at += taken;
            count -= taken;
        }
        Ok(())
    }

    /// Characters; where they go on in the next part, that one begins with its own flag of width.
    fn characters(&mut self, count: usize, mut is_wide: bool) -> Result<String, SheetFault> {
        let mut units: Vec<u16> = Vec::new();
        while units.len() < count {
            if self.is_at_end_of_part() {
                self.here()?;
                is_wide = self.byte()? & WIDE != 0;
            }
            let left = self.here()?;
            let width = if is_wide { 2 } else { 1 };
            let taken = (left.len() / width).min(count - units.len());
            if taken == 0 {
                return Err(broken("half a character"));
            }
            let bytes = &left[..taken * width];
            match is_wide {
                true => {
                    units.extend(bytes.chunks_exact(2).map(|pair| u16::from_le_bytes([pair[0], pair[1]])))
                }
                false => units.extend(bytes.iter().map(|byte| u16::from(*byte))),
            }
            self.at += taken * width;
        }
        Ok(String::from_utf16_lossy(&units))
    }

    /// A text with its number of characters before it, in two bytes.
    pub(super) fn text(&mut self) -> Result<String, SheetFault> {
        let count = usize::from(self.u16()?);
        self.text_of(count)
    }

    /// The same with the number in one byte: the name of a sheet.
    pub(super) fn short_text(&mut self) -> Result<String, SheetFault> {
        let count = usize::from(self.byte()?);
        self.text_of(count)
    }

    fn text_of(&mut self, count: usize) -> Result<String, SheetFault> {
        let flags = self.byte()?;
        let runs = if flags & RICH != 0 { usize::from(self.u16()?) } else { 0 };
        let phonetic = if flags & PHONETIC != 0 { self.u32()? as usize } else { 0 };
        let text = self.characters(count, flags & WIDE != 0)?;
        self.skip(runs * RUN_BYTES)?;
        self.skip(phonetic)?;
        Ok(text)
    }
}

#[cfg(test)]
mod tests {
    //! Texts as Excel writes them.
    use super::Parts;

    #[test]
    fn a_text_goes_on_in_the_next_record_with_a_flag_of_its_own() {
        let first = [4, 0, 0, b'a', b'b'];
        let second = [1, 0x60, 0x4f, 0x7d, 0x59];
        let mut parts = Parts::of(vec![&first, &second]);
        assert_eq!(parts.text().expect("a text"), "ab你好");
    }

    #[test]
    fn runs_and_phonetic_data_are_passed_over() {
        let bytes = [1, 0, 0x0c, 1, 0, 2, 0, 0, 0, b'a', 9, 9, 9, 9, 8, 8, 1, 0, 0, b'b'];
        let mut parts = Parts::of(vec![&bytes]);
        assert_eq!(
            (parts.text().expect("one"), parts.text().expect("two")),
            ("a".to_owned(), "b".to_owned())
        );
        assert!(parts.text().is_err(), "there is no third");
    }
}
