//! Which numbers are days: a cell's style names a number format, and the format says whether it shows a date or a time.

use super::xml::{Element, Xml};
use crate::fault::SheetFault;
use std::collections::BTreeMap;

/// Styles and formats that are read; the format allows 65,490 styles.
const STYLES_MAX: usize = 65_536;

/// What a style shows a number as.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Shown {
    #[default]
    Number,
    Date,
    Time,
}

/// What each style shows, by its number.
#[derive(Debug, Default)]
pub(crate) struct Styles(Vec<Shown>);

impl Styles {
    pub(crate) fn read(xml: &mut Xml<'_>) -> Result<Self, SheetFault> {
        let (mut own, mut styles) = (BTreeMap::new(), Vec::new());
        let mut in_cell_styles = false;
        xml.each_start(|element| match element.name() {
            "cellXfs" => in_cell_styles = true,
            "cellStyles" | "cellStyleXfs" | "dxfs" => in_cell_styles = false,
            "numFmt" if own.len() < STYLES_MAX => own.extend(read_format(element)),
            "xf" if in_cell_styles && styles.len() < STYLES_MAX => {
                let format = element.attribute("numFmtId").and_then(|id| id.parse().ok()).unwrap_or(0);
                styles.push(own.get(&format).copied().unwrap_or_else(|| shown_by_number(format)));
            }
            _ => {}
        })?;
        Ok(Self(styles))
    }

    pub(crate) fn shown(&self, style: usize) -> Shown {
        self.0.get(style).copied().unwrap_or_default()
    }
}

fn read_format(element: &Element<'_>) -> Option<(u32, Shown)> {
    let number = element.attribute("numFmtId")?.parse().ok()?;
    Some((number, shown_by_code(&element.attribute("formatCode")?)))
}

/// Formats that every program knows by number (ECMA-376 part 1, 18.8.30), those of Chinese programs (27 to 36, 50 to 58) too.
fn shown_by_number(format: u32) -> Shown {
    match format {
        14..=17 | 22 | 27..=31 | 36 | 50..=54 | 57 | 58 => Shown::Date,
        18..=21 | 32..=35 | 45 | 47 | 55 | 56 => Shown::Time,
        _ => Shown::Number,
    }
}

/// A format's code: letters for years and days make a date, for hours and seconds a time. What stands in quotes, brackets or
/// behind a backslash is decoration; `[h]` counts hours past the day and stays a number. `m` alone decides nothing.
fn shown_by_code(code: &str) -> Shown {
    let mut chars = code.chars();
    let mut shown = Shown::Number;
    while let Some(c) = chars.next() {
        match c.to_ascii_lowercase() {
            '"' => drop(chars.by_ref().find(|c| *c == '"')),
            '\\' | '_' | '*' => drop(chars.next()),
            '[' => {
                let inside: String = chars.by_ref().take_while(|c| *c != ']').collect();
                if matches!(inside.to_ascii_lowercase().as_str(), "h" | "hh" | "m" | "mm" | "s" | "ss") {
                    return Shown::Number;
                }
            }
            ';' => break,
            'y' | 'd' => return Shown::Date,
            'g' if code.trim().eq_ignore_ascii_case("general") => return Shown::Number,
            'h' | 's' => shown = Shown::Time,
            _ => {}
        }
    }
    shown
}

#[cfg(test)]
mod tests {
    //! Codes as programs write them.
    use super::{Shown, shown_by_code};

    #[test]
    fn codes_of_dates_times_and_numbers() {
        for (code, shown) in [
            ("yyyy-mm-dd", Shown::Date),
            ("yyyy\"年\"m\"月\"d\"日\"", Shown::Date),
            ("[$-804]yyyy/m/d;@", Shown::Date),
            ("yyyy\\-mm\\-dd hh:mm", Shown::Date),
            ("h:mm:ss", Shown::Time),
            ("[h]:mm:ss", Shown::Number),
            ("General", Shown::Number),
            ("0.00\"days\"", Shown::Number),
            ("#,##0;[Red]-#,##0", Shown::Number),
            ("0\\d", Shown::Number),
            ("@", Shown::Number),
        ] {
            assert_eq!(shown_by_code(code), shown, "{code}");
        }
    }
}
