//! The two fonts inside, which of them draws a character, how wide a line is and where it breaks.
//!
//! Droid Sans Fallback draws the 27,484 hanzi of GB 18030-2005 (CJK Unified Ideographs and Extension A), Roboto everything Latin, Greek
//! and Cyrillic. A character that neither has (the rarest hanzi of names) becomes [`MISSING`], as printers have always marked a missing
//! type; whoever prints says so beside it.

use krilla::text::{Font, GlyphId, KrillaGlyph};
use skrifa::instance::{LocationRef, Size};
use skrifa::{FontRef, MetadataProvider};
use std::sync::LazyLock;

static HAN: &[u8] = include_bytes!("../fonts/droid-sans-fallback.ttf");
static LATIN: &[u8] = include_bytes!("../fonts/roboto.ttf");

/// Stands for a character that no font here has: 〓, the geta mark.
pub const MISSING: char = '\u{3013}';
/// Signs that do not begin a line.
const NOT_FIRST: &str = "，。、；：？！）】》」』”’…—,.;:?!)]}%";
/// Signs that do not end one.
const NOT_LAST: &str = "（【《「『“‘([{";

static FACES: LazyLock<[Face; 2]> = LazyLock::new(|| [Face::read(LATIN), Face::read(HAN)]);

pub(crate) struct Face {
    outlines: FontRef<'static>,
    units_per_em: f32,
    pub(crate) font: Font,
}

impl Face {
    fn read(bytes: &'static [u8]) -> Self {
        let outlines = FontRef::new(bytes).expect("the font is part of the program");
        let metrics = outlines.metrics(Size::unscaled(), LocationRef::default());
        Self {
            units_per_em: f32::from(metrics.units_per_em),
            font: Font::new(bytes.into(), 0).expect("the font is part of the program"),
            outlines,
        }
    }

    /// The glyph of a character and its width in ems.
    fn glyph(&self, c: char) -> Option<(u32, f32)> {
        let id = self.outlines.charmap().map(c).filter(|id| id.to_u32() != 0)?;
        let metrics = self.outlines.glyph_metrics(Size::unscaled(), LocationRef::default());
        Some((id.to_u32(), metrics.advance_width(id)? / self.units_per_em))
    }
}

/// Glyphs of one font that follow each other.
pub(crate) struct Run {
    pub(crate) face: &'static Face,
    pub(crate) glyphs: Vec<KrillaGlyph>,
    pub(crate) width_em: f32,
}

/// A text as it is drawn, and its runs.
pub(crate) struct Typeset {
    pub(crate) text: String,
    pub(crate) runs: Vec<Run>,
}

/// Whether every character of a text can be drawn.
pub fn can_set(text: &str) -> bool {
    text.chars().all(|c| find(c).is_some())
}

/// The font, glyph and width of a character.
fn find(c: char) -> Option<(&'static Face, u32, f32)> {
    // Without a width of its own: what joins or separates invisibly, and what would break the line's words.
    let c = if c.is_control() || c == '\u{3000}' { ' ' } else { c };
    FACES.iter().find_map(|face| face.glyph(c).map(|(id, width)| (face, id, width)))
}

fn find_or_mark(c: char) -> (char, &'static Face, u32, f32) {
    let mark = || find(MISSING).map(|(face, id, width)| (MISSING, face, id, width));
    find(c).map(|(face, id, width)| (c, face, id, width)).or_else(mark).expect("the font has the geta mark")
}

/// Glyphs for a text, in runs of one font.
pub(crate) fn typeset(text: &str) -> Typeset {
    let mut line = Typeset { text: String::with_capacity(text.len()), runs: Vec::new() };
    for c in text.chars() {
        let (c, face, id, width) = find_or_mark(c);
        let start = line.text.len();
        line.text.push(c);
        let glyph = KrillaGlyph::new(GlyphId::new(id), width, 0.0, 0.0, 0.0, start..line.text.len(), None);
        match line.runs.last_mut().filter(|run| std::ptr::eq(run.face, face)) {
            Some(run) => {
                run.glyphs.push(glyph);
                run.width_em += width;
            }
            None => line.runs.push(Run { face, glyphs: vec![glyph], width_em: width }),
        }
    }
    line
}

/// How wide a text is at a size, in points.
pub fn width_of(text: &str, size: f32) -> f32 {
    text.chars().map(|c| find_or_mark(c).3).sum::<f32>() * size
}

/// The largest size up to `size_max` at which a text is not wider than `width`, but never below `size_min`.
pub fn fit(text: &str, width: f32, size_max: f32, size_min: f32) -> f32 {
    let at_one = width_of(text, 1.0);
    if at_one <= 0.0 { size_max } else { (width / at_one).clamp(size_min, size_max) }
}

/// Lines no wider than `width`. Between hanzi a line breaks anywhere, Latin words and numbers stay whole where they fit on a line.
pub fn wrap(text: &str, size: f32, width: f32) -> Vec<String> {
    let mut lines = Vec::new();
    for paragraph in text.split('\n') {
        let mut line = String::new();
        for piece in pieces(paragraph) {
            let wider = width_of(&line, size) + width_of(piece.trim_end(), size);
            if wider > width && !line.is_empty() {
                lines.push(std::mem::take(&mut line).trim_end().to_owned());
            }
            line.push_str(if line.is_empty() { piece.trim_start() } else { piece });
            while width_of(line.trim_end(), size) > width && line.chars().count() > 1 {
                let head = head_that_fits(&line, size, width);
                let rest = line.split_off(head);
                lines.push(std::mem::replace(&mut line, rest));
            }
        }
        lines.push(line.trim_end().to_owned());
    }
    lines
}

/// Bytes of the longest beginning that fits, at least one character.
fn head_that_fits(line: &str, size: f32, width: f32) -> usize {
    let mut used = 0.0;
    for (at, c) in line.char_indices() {
        used += find_or_mark(c).3 * size;
        if used > width && at > 0 {
            return at;
        }
    }
    line.len()
}

/// What a line never breaks within.
fn pieces(text: &str) -> Vec<&str> {
    let mut pieces = Vec::new();
    let (mut start, mut last) = (0, None);
    for (at, c) in text.char_indices() {
        if last.is_some_and(|last| may_break(last, c)) {
            pieces.push(&text[start..at]);
            start = at;
        }
        last = Some(c);
    }
    pieces.push(&text[start..]);
    pieces
}

fn may_break(before: char, after: char) -> bool {
    if NOT_FIRST.contains(after) || NOT_LAST.contains(before) || after.is_whitespace() {
        return false;
    }
    let is_wide = |c: char| c >= '\u{2E80}';
    before.is_whitespace() || is_wide(before) || is_wide(after)
}

#[cfg(test)]
mod tests {
    //! Lines break where readers expect it, and what cannot be drawn is known.
    use super::{MISSING, can_set, fit, typeset, width_of, wrap};

    #[test]
    fn hanzi_are_one_em_wide_and_latin_is_not() {
        assert_eq!(width_of("田心三村", 10.0), 40.0);
        assert!(width_of("2026", 10.0) < 30.0);
    }

    #[test]
    fn lines_break_between_hanzi_but_not_within_numbers_or_before_a_comma() {
        for line in wrap("电话一三八，登记于 2026-03-02 窗口，号码 13873300042。", 10.0, 62.0)
        {
            assert!(width_of(&line, 10.0) <= 82.0, "{line}");
            assert!(!line.starts_with('，'), "{line}");
        }
        let joined = wrap("号码 13873300042 完", 10.0, 70.0);
        assert!(joined.iter().any(|line| line == "13873300042"), "{joined:?}");
    }

    #[test]
    fn a_word_wider_than_the_line_is_cut() {
        let lines = wrap(&"1".repeat(100), 10.0, 50.0);
        assert!(lines.iter().all(|line| width_of(line, 10.0) <= 50.0));
        assert_eq!(lines.concat().len(), 100);
    }

    #[test]
    fn what_no_font_has_is_marked() {
        assert!(can_set("喆昕䶮 Ünal Дмитрий"), "rare names, foreign names");
        assert!(!can_set("𰻞"));
        assert_eq!(typeset("王𰻞").text, format!("王{MISSING}"));
    }

    #[test]
    fn words_shrink_to_their_place() {
        assert_eq!(fit("田心", 100.0, 20.0, 8.0), 20.0);
        assert_eq!(fit("田心三村五栋二单元", 90.0, 20.0, 8.0), 10.0);
        assert_eq!(fit(&"田".repeat(90), 90.0, 20.0, 8.0), 8.0);
    }
}
