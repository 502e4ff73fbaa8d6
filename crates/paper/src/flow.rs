//! Words that flow over as many sheets as they need: headings, rows of a name and what is said of it, tables, page numbers.

use crate::document::{Document, Sheet};
use crate::font::{can_set, wrap};
use crate::table::Table;
use crate::{A4, MM};
use platform::Fault;

pub(crate) const MARGIN: f32 = 18.0 * MM;
const FOOT: f32 = A4.1 - 10.0 * MM;
const BOTTOM: f32 = A4.1 - 18.0 * MM;
pub(crate) const WIDTH: f32 = A4.0 - 2.0 * MARGIN;
/// How much of the width the names of rows take.
const NAME_WIDTH: f32 = 42.0 * MM;
pub(crate) const LINE_HEIGHT: f32 = 1.45;

const TITLE: f32 = 18.0;
const HEADING: f32 = 12.5;
const BODY: f32 = 10.0;
pub(crate) const SMALL: f32 = 8.0;

/// What stands where on a sheet.
pub(crate) enum Mark {
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

    /// A table; its heads stand again on each sheet it goes on to.
    pub fn table(&mut self, table: &Table) {
        table.put(self);
    }

    /// Lines to sign on beside each other, each with its words below.
    pub fn signatures(&mut self, names: &[&str]) {
        const GAP: f32 = 6.0 * MM;
        self.need(22.0 * MM);
        self.y += 14.0 * MM;
        let width = (WIDTH + GAP) / names.len().max(1) as f32 - GAP;
        for (index, name) in (0_u16..).zip(names) {
            let left = MARGIN + f32::from(index) * (width + GAP);
            self.put(Mark::Rule { at: (left, self.y), width });
            self.line((left, self.y + SMALL * LINE_HEIGHT), SMALL, false, name);
        }
        self.y += SMALL * LINE_HEIGHT * 2.0;
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

    /// Goes to a new sheet where this one has not so much left; answers whether it did.
    pub(crate) fn need(&mut self, height: f32) -> bool {
        let is_full = self.y + height > BOTTOM;
        if is_full {
            self.sheets.push(Vec::new());
            self.y = MARGIN;
        }
        is_full
    }

    /// How far down the sheet is filled.
    pub(crate) fn y(&self) -> f32 {
        self.y
    }

    pub(crate) fn move_down(&mut self, by: f32) {
        self.y += by;
    }

    /// Words on one line, the left end of their base line at a point.
    pub(crate) fn line(&mut self, at: (f32, f32), size: f32, is_heavy: bool, words: &str) {
        self.is_missing |= !can_set(words);
        self.put(Mark::Words { at, size, is_heavy, words: words.to_owned() });
    }

    pub(crate) fn put(&mut self, mark: Mark) {
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
    use super::{Flow, Mark};
    use crate::Table;

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
    fn a_table_has_its_heads_on_each_sheet_and_its_numbers_below_each_other() {
        let mut flow = Flow::new("周报", "zh-CN", "");
        let mut table = Table::new("网格", &["应走访", "已走访"]);
        for number in 1..=90 {
            table.row(&format!("第 {number} 网格"), &["200".to_owned(), number.to_string()]);
        }
        table.total("合计", &["18000".to_owned(), "4095".to_owned()]);
        flow.table(&table);
        assert!(flow.sheets.len() > 1);
        let words = |sheet: &Vec<Mark>, wanted: &str| {
            let is_it = |mark: &&Mark| matches!(mark, Mark::Words { words, .. } if words == wanted);
            sheet.iter().filter(is_it).count()
        };
        for sheet in &flow.sheets {
            assert_eq!(words(sheet, "已走访"), 1, "the heads, once");
        }
        let all: usize = flow.sheets.iter().map(|sheet| words(sheet, "200")).sum();
        assert_eq!(all, 90, "no row is lost between two sheets");
        let rights: Vec<f32> = flow
            .sheets
            .iter()
            .flatten()
            .filter_map(|mark| match mark {
                Mark::Words { at, size, words, .. } if words == "200" || words == "18000" => {
                    Some(at.0 + crate::width_of(words, *size))
                }
                _ => None,
            })
            .collect();
        assert!(
            rights.iter().all(|right| (right - rights[0]).abs() < 0.01),
            "right ends stand below each other"
        );
    }

    #[test]
    fn a_character_no_font_has_is_explained() {
        let mut flow = Flow::new("副本", "zh-CN", "〓：字库没有的字");
        flow.paragraph("王𰻞");
        assert!(flow.is_missing);
        flow.finish().expect("it is written");
    }
}
