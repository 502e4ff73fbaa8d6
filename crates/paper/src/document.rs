//! A PDF, sheet by sheet: words, frames, lines and codes where they are to stand.

use crate::A4;
use crate::code::Code;
use crate::font::{typeset, width_of};
use krilla::geom::{Path, PathBuilder, Point, Rect};
use krilla::metadata::Metadata;
use krilla::page::PageSettings;
use krilla::paint::{Fill, Stroke};
use krilla::surface::Surface;
use platform::{Fault, FaultKind};

/// A PDF that is being made.
pub struct Document {
    pdf: krilla::Document,
}

impl Document {
    /// An empty one; the title and the language (`zh-CN`) are what a reading program says of it.
    pub fn new(title: &str, language: &str) -> Self {
        let mut pdf = krilla::Document::new();
        let told = Metadata::new().title(title.to_owned()).language(language.to_owned());
        pdf.set_metadata(told.creator("Mulin".to_owned()));
        Self { pdf }
    }

    /// Adds a sheet of A4.
    pub fn sheet(&mut self, draw: impl FnOnce(&mut Sheet<'_>)) {
        let settings = PageSettings::from_wh(A4.0, A4.1).expect("A4 has a width and a height");
        let mut page = self.pdf.start_page_with(settings);
        draw(&mut Sheet { surface: page.surface() });
        page.finish();
    }

    /// The file.
    ///
    /// # Errors
    /// A fault where a limit of PDF is passed.
    pub fn finish(self) -> Result<Vec<u8>, Fault> {
        self.pdf.finish().map_err(|e| Fault::new(FaultKind::Broken, format!("a PDF cannot be written: {e}")))
    }
}

/// A sheet that is being filled.
pub struct Sheet<'a> {
    surface: Surface<'a>,
}

impl Sheet<'_> {
    /// Writes words, the left end of their base line at a point.
    pub fn words(&mut self, (x, y): (f32, f32), size: f32, words: &str) {
        self.draw(Fill::default(), None, (x, y), size, words);
    }

    /// The same, heavier: the fonts inside have one weight, so the outline is drawn too.
    pub fn heavy(&mut self, (x, y): (f32, f32), size: f32, words: &str) {
        let outline = Stroke { width: size * 0.02, ..Stroke::default() };
        self.draw(Fill::default(), Some(outline), (x, y), size, words);
    }

    /// Writes words around the middle of a base line.
    pub fn centred(&mut self, (x, y): (f32, f32), size: f32, words: &str) {
        self.words((x - width_of(words, size) / 2.0, y), size, words);
    }

    fn draw(&mut self, fill: Fill, outline: Option<Stroke>, (x, y): (f32, f32), size: f32, words: &str) {
        self.surface.set_fill(Some(fill));
        self.surface.set_stroke(outline);
        let line = typeset(words);
        let mut x = x;
        for run in &line.runs {
            let font = run.face.font.clone();
            self.surface.draw_glyphs(Point::from_xy(x, y), &run.glyphs, font, &line.text, size, false);
            x += run.width_em * size;
        }
    }

    /// Draws a frame.
    pub fn frame(&mut self, (x, y): (f32, f32), (width, height): (f32, f32)) {
        self.outline(Rect::from_xywh(x, y, width, height).and_then(|rect| path(|p| p.push_rect(rect))));
    }

    /// Draws a line across.
    pub fn rule(&mut self, (x, y): (f32, f32), width: f32) {
        self.outline(path(|p| {
            p.move_to(x, y);
            p.line_to(x + width, y);
        }));
    }

    fn outline(&mut self, path: Option<Path>) {
        self.surface.set_fill(None);
        self.surface.set_stroke(Some(Stroke { width: 0.5, ..Stroke::default() }));
        if let Some(path) = path {
            self.surface.draw_path(&path);
        }
    }

    /// Draws a QR code into a square, its white included.
    pub fn code(&mut self, (x, y): (f32, f32), side: f32, code: &Code) {
        let square = side / code.squares() as f32;
        self.surface.set_stroke(None);
        self.surface.set_fill(Some(Fill::default()));
        let squares = path(|p| {
            for (column, row, length) in code.runs() {
                let (left, top) = (x + column as f32 * square, y + row as f32 * square);
                if let Some(run) = Rect::from_xywh(left, top, length as f32 * square, square) {
                    p.push_rect(run);
                }
            }
        });
        if let Some(squares) = squares {
            self.surface.draw_path(&squares);
        }
    }
}

fn path(draw: impl FnOnce(&mut PathBuilder)) -> Option<Path> {
    let mut builder = PathBuilder::new();
    draw(&mut builder);
    builder.finish()
}
