//! Paper: PDF of Chinese and English words, rules and QR codes, with the fonts inside. Knows no person and no database.
//!
//! Lengths are points, 1/72 inch, from the top left corner; [`MM`] points are a millimetre.

mod code;
mod document;
mod flow;
mod font;
mod table;

pub use code::Code;
pub use document::{Document, Sheet};
pub use flow::Flow;
pub use font::{MISSING, can_set, fit, width_of, wrap};
pub use table::Table;

/// A millimetre in points.
pub const MM: f32 = 72.0 / 25.4;
/// A sheet of A4, 210 × 297 mm.
pub const A4: (f32, f32) = (210.0 * MM, 297.0 * MM);
