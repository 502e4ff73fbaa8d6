//! QR codes: black squares on white, for a PDF and for a drawing.

use qrcode::{EcLevel, QrCode};
use std::fmt::Write;

/// White squares that must stay around a code (ISO/IEC 18004, 6.3.8).
const QUIET_SQUARES: usize = 4;

/// A QR code of a text.
#[derive(Clone, Debug)]
pub struct Code {
    side: usize,
    dark: Vec<bool>,
}

impl Code {
    /// The code of a text, readable with a quarter of it scratched or dirty: plates hang outdoors. None where the text is longer than
    /// a code can hold, about a thousand letters.
    pub fn of(text: &str) -> Option<Self> {
        let code = QrCode::with_error_correction_level(text, EcLevel::Q).ok()?;
        let dark = code.to_colors().into_iter().map(|colour| colour == qrcode::Color::Dark).collect();
        Some(Self { side: code.width(), dark })
    }

    /// Squares along one side, with the white around.
    pub fn squares(&self) -> usize {
        self.side + 2 * QUIET_SQUARES
    }

    /// Runs of dark squares within a row: column, row and length, counted with the white around.
    pub(crate) fn runs(&self) -> Vec<(usize, usize, usize)> {
        let mut runs = Vec::new();
        for (row, squares) in self.dark.chunks(self.side).enumerate() {
            let mut column = 0;
            while column < self.side {
                let length = squares[column..].iter().take_while(|dark| **dark).count();
                if length > 0 {
                    runs.push((column + QUIET_SQUARES, row + QUIET_SQUARES, length));
                }
                column += length.max(1);
            }
        }
        runs
    }

    /// The `d` of an SVG path, in a box of [`Code::squares`] by as many.
    pub fn svg_path(&self) -> String {
        let mut path = String::new();
        for (x, y, length) in self.runs() {
            // Writing to a String does not fail.
            let _ = write!(path, "M{x} {y}h{length}v1h-{length}z");
        }
        path
    }
}

#[cfg(test)]
mod tests {
    //! The drawing has what the code has, and the white around it.
    use super::{Code, QUIET_SQUARES};

    #[test]
    fn the_path_draws_the_finder_patterns_inside_the_white() {
        let code = Code::of("https://example.org/p/K7M4QX2H").expect("short enough");
        let path = code.svg_path();
        let far = QUIET_SQUARES + code.side - 7;
        assert!(path.starts_with(&format!("M{QUIET_SQUARES} {QUIET_SQUARES}h7v1h-7z")), "{path}");
        assert!(path.contains(&format!("M{far} {QUIET_SQUARES}h7")), "the right corner too");
        let dark: usize = code.runs().iter().map(|(_, _, length)| length).sum();
        assert_eq!(dark, code.dark.iter().filter(|dark| **dark).count());
    }

    #[test]
    fn what_no_code_can_hold_is_none() {
        assert!(Code::of(&"x".repeat(5_000)).is_none());
    }
}
