//! Codes of areas and the paths made of them (domain.md 2.5).
//!
//! District 6 digits (GB/T 2260), subdistrict 9 (GB/T 10114), community or village 12 (statistics bureau). A grid adds `J`
//! (basic) or `Z` (special) and three digits to its community's code: a rule used widely, chosen for Mulin. A divided
//! grid's parts add two digits each time.

use super::{AreaKind, AreaLevel};
use platform::DistrictId;

/// Characters of the longest code.
pub const CODE_CHARS_MAX: usize = 30;

const DISTRICT_DIGITS: usize = 6;
const SUBDISTRICT_DIGITS: usize = 9;
const COMMUNITY_DIGITS: usize = 12;
/// Community, letter, three digits.
const GRID_CHARS: usize = 16;

/// The level and kind a code's shape tells, or none for what is no code. A village cannot be told from a community.
pub fn level_of_code(code: &str) -> Option<(AreaLevel, AreaKind)> {
    let bytes = code.as_bytes();
    let digits = |part: &[u8]| part.iter().all(u8::is_ascii_digit);
    let level = match bytes.len() {
        DISTRICT_DIGITS if digits(bytes) => AreaLevel::District,
        SUBDISTRICT_DIGITS if digits(bytes) => AreaLevel::Subdistrict,
        COMMUNITY_DIGITS if digits(bytes) => AreaLevel::Community,
        GRID_CHARS..=CODE_CHARS_MAX if bytes.len().is_multiple_of(2) => AreaLevel::Grid,
        _ => return None,
    };
    if level != AreaLevel::Grid {
        return Some((level, AreaKind::Basic));
    }
    let kind = match bytes[COMMUNITY_DIGITS] {
        b'J' => AreaKind::Basic,
        b'Z' => AreaKind::Special,
        _ => return None,
    };
    (digits(&bytes[..COMMUNITY_DIGITS]) && digits(&bytes[COMMUNITY_DIGITS + 1..])).then_some((level, kind))
}

/// The code of the area that `code` says it lies in: a grid's community, a community's subdistrict. None for a district.
pub fn parent_code_of(code: &str) -> Option<&str> {
    let chars = match code.len() {
        SUBDISTRICT_DIGITS => DISTRICT_DIGITS,
        COMMUNITY_DIGITS => SUBDISTRICT_DIGITS,
        GRID_CHARS => COMMUNITY_DIGITS,
        longer if longer > GRID_CHARS => longer - 2,
        _ => return None,
    };
    code.get(..chars)
}

/// The path of the whole: the district's own code, six digits.
pub fn root_path(district: DistrictId) -> String {
    format!("{:06}", district.0)
}

/// The code at the end of a path.
pub fn code_of_path(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}

/// The path of the area above; none for the district.
pub fn parent_path(path: &str) -> Option<&str> {
    path.rsplit_once('/').map(|(parent, _)| parent)
}

/// The place part of a grid code of CJ/T 349-2010: characters 7 to 20, that is division (6), street (3), community (3) and
/// two digits of the grid (00 where the community is undivided). The six characters of the managed object, which belong
/// to the thing and not to the place, go before it. None for special grids and serials past 99, which it cannot say.
pub fn cjt349_place(code: &str) -> Option<String> {
    let (level, kind) = level_of_code(code)?;
    match level {
        AreaLevel::Community | AreaLevel::Village => Some(format!("{code}00")),
        AreaLevel::Grid if kind == AreaKind::Basic && code.len() == GRID_CHARS => {
            let serial: u32 = code[COMMUNITY_DIGITS + 1..].parse().ok()?;
            (1..=99).contains(&serial).then(|| format!("{}{serial:02}", &code[..COMMUNITY_DIGITS]))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    //! What a code tells of itself.
    use super::super::{AreaKind, AreaLevel};
    use super::{cjt349_place, level_of_code, parent_code_of};

    #[test]
    fn the_shape_of_a_code_tells_level_kind_and_parent() {
        use AreaKind::{Basic, Special};
        use AreaLevel::{Community, District, Grid, Subdistrict};
        for (code, told, parent) in [
            ("430204", Some((District, Basic)), None),
            ("430204001", Some((Subdistrict, Basic)), Some("430204")),
            ("430204001008", Some((Community, Basic)), Some("430204001")),
            ("430204001008J003", Some((Grid, Basic)), Some("430204001008")),
            ("430204001008Z001", Some((Grid, Special)), Some("430204001008")),
            ("430204001008J00302", Some((Grid, Basic)), Some("430204001008J003")),
            ("430204001008X003", None, Some("430204001008")),
            ("430204001008J03", None, None),
            ("43020400100８J003", None, None),
            ("43020", None, None),
            ("", None, None),
        ] {
            assert_eq!(level_of_code(code), told, "{code}");
            if told.is_some() {
                assert_eq!(parent_code_of(code), parent, "{code}");
            }
        }
    }

    #[test]
    fn a_grid_can_be_written_by_cjt_349() {
        for (code, place) in [
            ("430204001008J003", Some("43020400100803")),
            ("430204001008", Some("43020400100800")),
            ("430204001008J100", None),
            ("430204001008J000", None),
            ("430204001008Z003", None),
            ("430204001", None),
        ] {
            assert_eq!(cjt349_place(code).as_deref(), place, "{code}");
        }
    }
}
