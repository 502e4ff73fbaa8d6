//! Labels as a PDF, sheet after sheet, to print and cut.

use super::{CODE_AT, CODE_SIDE, LABEL, LABELS_PER_SHEET, Label, corner_of};
use paper::{Code, Document, Sheet};
use platform::{Fault, Words};

/// The file.
///
/// # Errors
/// As [`Document::finish`].
pub(crate) fn to_pdf(labels: &[Label], district: &Words) -> Result<Vec<u8>, Fault> {
    let mut document = Document::new(&format!("{} 扫码报事牌", district.zh), "zh-CN");
    for labels in labels.chunks(LABELS_PER_SHEET) {
        document.sheet(|sheet| {
            for (number, label) in labels.iter().enumerate() {
                draw(sheet, corner_of(number), label, district);
            }
        });
    }
    document.finish()
}

fn draw(sheet: &mut Sheet<'_>, (x, y): (f32, f32), label: &Label, district: &Words) {
    sheet.frame((x, y), LABEL);
    if let Some(code) = Code::of(&label.url) {
        sheet.code((x + CODE_AT.0, y + CODE_AT.1), CODE_SIDE, &code);
    }
    for line in label.lines(district) {
        let at = (x + line.at.0, y + line.at.1);
        if line.is_heavy {
            sheet.heavy(at, line.size, &line.words);
        } else {
            sheet.words(at, line.size, &line.words);
        }
    }
}
