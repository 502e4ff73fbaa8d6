//! One sheet of labels as a drawing, for a shop that engraves or lays it out anew. Its words are words: the shop's font draws them.

use super::{CODE_AT, CODE_SIDE, LABEL, LABELS_PER_SHEET, Label, corner_of};
use paper::{A4, Code};
use platform::Words;
use std::fmt::Write;

const FONTS: &str = "'Noto Sans CJK SC','Source Han Sans SC','Microsoft YaHei','PingFang SC',sans-serif";

/// The drawing of the sheet of a number, from 0; none where there are not so many.
pub(crate) fn to_svg(labels: &[Label], sheet: usize, district: &Words) -> Option<String> {
    let labels = labels.chunks(LABELS_PER_SHEET).nth(sheet)?;
    let mut svg = format!(
        r#"<svg xmlns="http://www.w3.org/2000/svg" width="210mm" height="297mm" viewBox="0 0 {:.2} {:.2}" font-family="{FONTS}">"#,
        A4.0, A4.1
    );
    for (number, label) in labels.iter().enumerate() {
        draw(&mut svg, corner_of(number), label, district);
    }
    svg.push_str("</svg>\n");
    Some(svg)
}

/// Writing to a String does not fail.
fn draw(svg: &mut String, (x, y): (f32, f32), label: &Label, district: &Words) {
    let _ = write!(
        svg,
        r#"<g transform="translate({x:.2} {y:.2})"><rect width="{:.2}" height="{:.2}" fill="none" stroke="black" stroke-width=".5"/>"#,
        LABEL.0, LABEL.1
    );
    if let Some(code) = Code::of(&label.url) {
        let scale = CODE_SIDE / code.squares() as f32;
        let path = code.svg_path();
        let _ = write!(
            svg,
            r#"<path transform="translate({:.2} {:.2}) scale({scale:.4})" d="{path}"/>"#,
            CODE_AT.0, CODE_AT.1
        );
    }
    for line in label.lines(district) {
        let weight = if line.is_heavy { r#" font-weight="bold""# } else { "" };
        let words = escaped(&line.words);
        let _ = write!(
            svg,
            r#"<text x="{:.2}" y="{:.2}" font-size="{}"{weight}>{words}</text>"#,
            line.at.0, line.at.1, line.size
        );
    }
    svg.push_str("</g>");
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}
