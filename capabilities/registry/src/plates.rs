//! Plates as they are printed: labels on A4, the address in large letters, the code for a phone and for people.

mod pdf;
mod svg;

use crate::model::PlateCode;
use paper::MM;
use platform::Words;

pub(crate) use pdf::to_pdf;
pub(crate) use svg::to_svg;

const COLUMNS: usize = 2;
const ROWS: usize = 5;
/// Labels on one sheet.
pub(crate) const LABELS_PER_SHEET: usize = COLUMNS * ROWS;
const LABEL: (f32, f32) = (95.0 * MM, 54.0 * MM);
const MARGIN: (f32, f32) =
    ((paper::A4.0 - LABEL.0 * COLUMNS as f32) / 2.0, (paper::A4.1 - LABEL.1 * ROWS as f32) / 2.0);
const CODE_SIDE: f32 = 38.0 * MM;
const PADDING: f32 = 4.0 * MM;

/// What is on a plate besides its square.
#[derive(Clone, Debug)]
pub(crate) struct Label {
    pub code: PlateCode,
    /// The address, or a thing and its address.
    pub address: String,
    /// What a phone opens.
    pub url: String,
}

/// Words of a label, from its left upper corner.
struct Line {
    at: (f32, f32),
    size: f32,
    is_heavy: bool,
    words: String,
}

/// Where on its sheet a label is, by its number.
fn corner_of(number: usize) -> (f32, f32) {
    let (column, row) = (number % COLUMNS, number / COLUMNS % ROWS);
    (MARGIN.0 + column as f32 * LABEL.0, MARGIN.1 + row as f32 * LABEL.1)
}

/// Where the square begins.
const CODE_AT: (f32, f32) = (PADDING / 2.0, (LABEL.1 - CODE_SIDE) / 2.0);

impl Label {
    /// The lines beside the square: district, address as large as it fits, what to do, the code to read out.
    fn lines(&self, district: &Words) -> Vec<Line> {
        let left = CODE_AT.0 + CODE_SIDE + PADDING / 2.0;
        let width = LABEL.0 - left - PADDING;
        let line =
            |y: f32, size: f32, is_heavy: bool, words: String| Line { at: (left, y), size, is_heavy, words };
        let mut lines = vec![line(9.0 * MM, 8.0, false, district.zh.to_string())];
        let (size, rows) = address_lines(&self.address, width);
        let first = 17.0 * MM;
        lines.extend(
            rows.into_iter()
                .enumerate()
                .map(|(row, words)| line(first + row as f32 * size * 1.25, size, true, words)),
        );
        lines.push(line(40.0 * MM, 11.0, true, "扫码报事".to_owned()));
        lines.push(line(44.0 * MM, 6.5, false, "Scan to report a problem".to_owned()));
        lines.push(line(48.5 * MM, 10.0, false, format!("牌号 {}", self.code)));
        let door = self.door();
        lines.push(line(51.5 * MM, paper::fit(door, width, 6.5, 4.0), false, door.to_owned()));
        lines
    }

    /// Where a code is typed in by those without a camera: the address a phone opens, without its scheme and the code.
    fn door(&self) -> &str {
        let short = self.url.split_once("://").map_or(self.url.as_str(), |(_, rest)| rest);
        short.rsplit_once('/').map_or(short, |(door, _)| door)
    }
}

/// The address in the largest letters with which it fits beside the square; in the smallest, as many lines of it as there is room for.
fn address_lines(address: &str, width: f32) -> (f32, Vec<String>) {
    /// Sizes, and how many lines of each there is room for.
    const SIZES: [(f32, usize); 5] = [(19.0, 2), (16.0, 3), (13.0, 4), (11.0, 4), (9.0, 5)];
    let broken = |(size, lines_max): (f32, usize)| (size, lines_max, break_address(address, size, width));
    let fits = SIZES.into_iter().map(broken).find(|(_, lines_max, lines)| lines.len() <= *lines_max);
    let (size, lines_max, mut lines) = fits.unwrap_or_else(|| broken(SIZES[SIZES.len() - 1]));
    lines.truncate(lines_max);
    (size, lines)
}

/// Lines that break between the parts of an address (田心三村, 5栋, 2单元, 301) where the parts fit.
fn break_address(address: &str, size: f32, width: f32) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for part in parts_of(address) {
        let joined = lines.last().map(|line| format!("{line}{part}"));
        match joined.filter(|line| paper::width_of(line, size) <= width).zip(lines.last_mut()) {
            Some((joined, line)) => *line = joined,
            None => lines.extend(paper::wrap(part.trim(), size, width)),
        }
    }
    lines
}

/// The parts of an address: each number begins one, and each word after a space.
fn parts_of(address: &str) -> Vec<&str> {
    let mut parts = Vec::new();
    let (mut start, mut before) = (0, None::<char>);
    for (at, c) in address.char_indices() {
        let begins = before.is_some_and(|before| {
            (c.is_ascii_digit() && !before.is_ascii_alphanumeric()) || before.is_whitespace()
        });
        if begins {
            parts.push(&address[start..at]);
            start = at;
        }
        before = Some(c);
    }
    parts.push(&address[start..]);
    parts
}

#[cfg(test)]
mod tests {
    //! Labels stay within their sheet, and addresses within their label.
    use super::{LABEL, LABELS_PER_SHEET, Label, address_lines, corner_of};
    use crate::model::PlateCode;
    use platform::Words;

    #[test]
    fn labels_lie_on_the_sheet_side_by_side() {
        let corners: Vec<_> = (0..LABELS_PER_SHEET).map(corner_of).collect();
        for (x, y) in &corners {
            assert!(*x >= 0.0 && x + LABEL.0 <= paper::A4.0 && *y >= 0.0 && y + LABEL.1 <= paper::A4.1);
        }
        assert_eq!(corner_of(LABELS_PER_SHEET), corners[0], "the next sheet begins anew");
    }

    #[test]
    fn an_address_is_as_large_as_it_fits() {
        assert_eq!(address_lines("5栋2单元", 140.0).0, 19.0);
        let (size, lines) = address_lines("石峰区田心街道田心社区田心三村五栋二单元三零一室", 140.0);
        assert!(size < 19.0 && lines.len() <= 4, "{size} {lines:?}");
        assert_eq!(
            address_lines("田心三村5栋2单元301", 140.0).1,
            ["田心三村5栋", "2单元301"],
            "between its parts"
        );
        assert!(address_lines(&"田".repeat(200), 140.0).1.len() <= 5);
    }

    #[test]
    fn every_line_lies_within_its_label() {
        let code = PlateCode::from_chance(7);
        let label =
            Label {
                code, address: "田心路与响田路交叉口东北角 消防栓 12".repeat(4), url: String::new()
            };
        for line in label.lines(&Words::of("石峰区（示意）", "Shifeng")) {
            let right = line.at.0 + paper::width_of(&line.words, line.size);
            assert!(right <= LABEL.0 && line.at.1 <= LABEL.1, "{}", line.words);
        }
    }
}
