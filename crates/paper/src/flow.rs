//! Words that flow over as many sheets as they need: headings, rows of a name and what is said of it, page numbers.

use crate::document::{Document, Sheet};
use crate::font::{can_set, wrap};
use crate::{A4, MM};
use platform::Fault;

const MARGIN: f32 = 18.0 * MM;
const FOOT: f32 = A4.1 - 10.0 * MM;
const BOTTOM: f32 = A4.1 - 18.0 * MM;
const WIDTH: f32 = A4.0 - 2.0 * MARGIN;
/// How much of the width the names of rows take.
const NAME_WIDTH: f32 = 42.0 * MM;
const LINE_HEIGHT: f32 = 1.45;

const TITLE: f32 = 18.0;
const HEADING: f32 = 12.5;
const BODY: f32 = 10.0;
const SMALL: f32 = 8.0;

/// What stands where on a sheet.
enum Mark {
    Words { at: (f32, f32), size: f32, is_heavy: bool, words: String },
    Rule { at: (f32, f32), width: f32 },
}

/// A paper that is being written from the top down.
pub struct Flow {
    title: String,
    language: String,
    /// Printed at the end where a character could not be drawn.
    missing_note: String,
    is_missing: bool,
    sheets: Vec<Vec<Mark>>,
    y: f32,
}

impl Flow {
    /// Begins with its title. `missing_note` is printed at the end where a character stands as [`crate::MISSING`].
    pub fn new(title: &str, language: &str, missing_note: &str) -> Self {
        let mut flow = Self {
            title: title.to_owned(),
            language: language.to_owned(),
            missing_note: missing_note.to_owned(),
            is_missing: false,
            sheets: vec![Vec::new()],
            y: MARGIN,
        };
        flow.block(title, TITLE, true, MARGIN, WIDTH);
        flow
    }

    /// A line of its own, larger, never the last on a sheet.
    pub fn heading(&mut self, words: &str) {
        self.y += BODY;
        self.need(HEADING * LINE_HEIGHT + BODY * LINE_HEIGHT * 2.0);
        self.block(words, HEADING, true, MARGIN, WIDTH);
        self.rule();
    }

    pub fn paragraph(&mut self, words: &str) {
        self.block(words, BODY, false, MARGIN, WIDTH);
    }

    /// Smaller words, for what explains.
    pub fn note(&mut self, words: &str) {
        self.block(words, SMALL, false, MARGIN, WIDTH);
    }

    /// A name, what is said of it, and smaller below it where that is from.
    pub fn row(&mut self, name: &str, said: &str, note: &str) {
        self.need(BODY * LINE_HEIGHT + if note.is_empty() { 0.0 } else { SMALL * LINE_HEIGHT });
        let (top, sheet) = (self.y, self.sheets.len());
        self.block(name, BODY, false, MARGIN, NAME_WIDTH - 3.0 * MM);
        let below_name = (self.sheets.len() == sheet).then_some(self.y);
        self.y = if below_name.is_some() { top } else { self.y };
        let (left, width) = (MARGIN + NAME_WIDTH, WIDTH - NAME_WIDTH);
        self.block(said, BODY, false, left, width);
        if !note.is_empty() {
            self.block(note, SMALL, false, left, width);
        }
        if self.sheets.len() == sheet {
            self.y = self.y.max(below_name.unwrap_or(self.y));
        }
        self.y += 2.0;
    }

    /// An empty line to write on.
    pub fn blank(&mut self) {
        self.need(11.0 * MM);
        self.y += 9.0 * MM;
        self.rule();
    }

    fn rule(&mut self) {
        let at = (MARGIN, self.y);
        self.put(Mark::Rule { at, width: WIDTH });
        self.y += 2.0 * MM;
    }

    fn block(&mut self, words: &str, size: f32, is_heavy: bool, left: f32, width: f32) {
        self.is_missing |= !can_set(words);
        for line in wrap(words, size, width) {
            self.need(size * LINE_HEIGHT);
            // The base line lies an ascent below the line's top.
            let at = (left, self.y + size);
            self.put(Mark::Words { at, size, is_heavy, words: line });
            self.y += size * LINE_HEIGHT;
        }
    }

    /// Goes to a new sheet where this one has not so much left.
    fn need(&mut self, height: f32) {
        if self.y + height > BOTTOM {
            self.sheets.push(Vec::new());
            self.y = MARGIN;
        }
    }

    fn put(&mut self, mark: Mark) {
        if let Some(sheet) = self.sheets.last_mut() {
            sheet.push(mark);
        }
    }

    /// The file, each sheet with its number and how many there are.
    ///
    /// # Errors
    /// As [`Document::finish`].
    pub fn finish(mut self) -> Result<Vec<u8>, Fault> {
        if self.is_missing {
            let note = std::mem::take(&mut self.missing_note);
            self.note(&note);
        }
        let mut document = Document::new(&self.title, &self.language);
        let count = self.sheets.len();
        for (number, marks) in self.sheets.iter().enumerate() {
            document.sheet(|sheet| {
                marks.iter().for_each(|mark| mark.draw(sheet));
                sheet.centred(
                    (A4.0 / 2.0, FOOT),
                    SMALL,
                    &format!("{} · {} / {count}", self.title, number + 1),
                );
            });
        }
        document.finish()
    }
}

impl Mark {
    fn draw(&self, sheet: &mut Sheet<'_>) {
        match self {
            Self::Words { at, size, is_heavy: true, words } => sheet.heavy(*at, *size, words),
            Self::Words { at, size, is_heavy: false, words } => sheet.words(*at, *size, words),
            Self::Rule { at, width } => sheet.rule(*at, *width),
        }
    }
}

#[cfg(test)]
mod tests {
    //! A long paper goes over several sheets, with the fonts inside.
    use super::Flow;

    #[test]
    fn rows_flow_over_sheets_and_nothing_is_below_the_foot() {
        let mut flow = Flow::new("我的信息副本", "zh-CN", "");
        for number in 0..120 {
            flow.row(&format!("第 {number} 项"), "田心三村5栋2单元301", "上门登记 · 2026-03-02");
        }
        assert!(flow.sheets.len() > 2);
        let lowest = flow.sheets.iter().flatten().map(|mark| match mark {
            super::Mark::Words { at, .. } | super::Mark::Rule { at, .. } => at.1,
        });
        assert!(lowest.fold(0.0, f32::max) <= super::BOTTOM + super::BODY);
        let pdf = flow.finish().expect("it is written");
        assert!(pdf.starts_with(b"%PDF-"));
        assert!(pdf.len() < 200_000, "only the glyphs that are used are inside: {} bytes", pdf.len());
    }

    #[test]
    fn a_character_no_font_has_is_explained() {
        let mut flow = Flow::new("副本", "zh-CN", "〓：字库没有的字");
        flow.paragraph("王𰻞");
        assert!(flow.is_missing);
        flow.finish().expect("it is written");
    }
}
