//! Where two matters lie to each other: metres, the same address, the same building, the same grid.

use platform::Words;

/// Farther apart, two matters are two, whatever the words say.
pub const NEAR_M: f64 = 500.0;
/// Points for the same address or point, the same building, grid, community; and where one is only known by a larger area.
pub(super) const POINTS_MAX: f32 = 30.0;
const BUILDING_POINTS: f32 = 27.0;
const GRID_POINTS: f32 = 18.0;
const COMMUNITY_POINTS: f32 = 8.0;
const WITHIN_POINTS: f32 = 5.0;
/// The shorter of two addresses, in characters, that may be the end of the longer one.
const ENDING_CHARS_MIN: usize = 4;
/// Codes in the path of a community: district, street, community.
const COMMUNITY_DEPTH: usize = 3;

/// Where a matter is, as far as it is known.
#[derive(Clone, Debug, Default)]
pub struct Spot {
    pub point: Option<geo::Point>,
    address: Option<Address>,
    /// Of the smallest area known.
    pub area_path: String,
}

impl Spot {
    pub fn new(point: Option<geo::Point>, address: Option<&str>, area_path: &str) -> Self {
        Self { point, address: address.and_then(Address::read), area_path: area_path.to_owned() }
    }
}

/// An address made comparable, and the part of it that names the building.
#[derive(Clone, PartialEq, Eq, Debug)]
struct Address {
    text: Box<str>,
    building: Option<Box<str>>,
}

impl Address {
    fn read(text: &str) -> Option<Self> {
        let mut chars: Vec<char> = text.chars().filter(|c| c.is_alphanumeric()).map(half).collect();
        for i in 1..chars.len() {
            if is_counter(chars[i])
                && let Some(digit) = digit_of(chars[i - 1])
                && !(i > 1 && digit_of(chars[i - 2]).is_some())
            {
                chars[i - 1] = digit;
            }
        }
        let building = chars.iter().enumerate().rposition(|(i, c)| {
            i > 0 && matches!(c, '栋' | '幢' | '座') && chars[i - 1].is_ascii_alphanumeric()
        });
        let number = || {
            let ends = |i: usize| chars[i] == '号' && i > 0 && chars[i - 1].is_ascii_digit();
            (0..chars.len()).find(|i| ends(*i))
        };
        let building = building.or_else(number).map(|end| chars[..=end].iter().collect::<String>().into());
        (!chars.is_empty()).then(|| Self { text: chars.into_iter().collect::<String>().into(), building })
    }
}

fn half(c: char) -> char {
    match c {
        '！'..='～' => char::from_u32(c as u32 - 0xFEE0).unwrap_or(c).to_ascii_lowercase(),
        _ => c.to_ascii_lowercase(),
    }
}

fn is_counter(c: char) -> bool {
    matches!(c, '栋' | '幢' | '座' | '号' | '单' | '楼')
}

/// One Chinese digit as people write house numbers; larger numbers are written in figures.
fn digit_of(c: char) -> Option<char> {
    let place = "一二三四五六七八九".chars().position(|d| d == c)?;
    char::from_digit(u32::try_from(place).ok()? + 1, 10)
}

/// How near two spots are, in points, and why. None: they are two places.
pub(super) fn compare(a: &Spot, b: &Spot) -> Option<(f32, Words)> {
    let by_address = compare_addresses(a, b);
    let by_point = match (a.point, b.point) {
        (Some(here), Some(there)) => Some(geo::distance_metres(here, there)),
        _ => None,
    };
    match (by_address, by_point) {
        (Some(found), _) => Some(found),
        (None, Some(metres)) if metres <= NEAR_M => {
            let points = POINTS_MAX * (1.0 - (metres / NEAR_M) as f32);
            let whole = metres.round() as u32;
            Some((points, Words::new(format!("相距 {whole} 米"), format!("{whole} m apart"))))
        }
        (None, Some(_)) => None,
        (None, None) => compare_areas(&a.area_path, &b.area_path),
    }
}

/// Why two spots are one place: the same address or building, a short walk apart, or the same grid where nothing closer is known.
/// None where they are two, or may be.
pub fn same_place(a: &Spot, b: &Spot) -> Option<Words> {
    if let Some((_, words)) = compare_addresses(a, b) {
        return Some(words);
    }
    let is_known_apart =
        a.address.is_some() && b.address.is_some() && (a.point.is_none() || b.point.is_none());
    let near = compare(a, b).filter(|(points, _)| !is_known_apart && *points >= GRID_POINTS);
    near.map(|(_, words)| words)
}

fn compare_addresses(a: &Spot, b: &Spot) -> Option<(f32, Words)> {
    let (a, b) = (a.address.as_ref()?, b.address.as_ref()?);
    if ends_alike(&a.text, &b.text) {
        return Some((POINTS_MAX, Words::of("同一地址", "the same address")));
    }
    let alike = ends_alike(a.building.as_deref()?, b.building.as_deref()?);
    alike.then(|| (BUILDING_POINTS, Words::of("同一栋楼或门牌", "the same building")))
}

/// Equal, or one begins with the street where the other begins with the district.
fn ends_alike(a: &str, b: &str) -> bool {
    let shorter = a.chars().count().min(b.chars().count());
    a == b || shorter >= ENDING_CHARS_MIN && (a.ends_with(b) || b.ends_with(a))
}

fn compare_areas(a: &str, b: &str) -> Option<(f32, Words)> {
    let (a, b): (Vec<&str>, Vec<&str>) = (a.split('/').collect(), b.split('/').collect());
    let shared = a.iter().zip(&b).take_while(|(x, y)| x == y).count();
    let (shorter, longer) = (a.len().min(b.len()), a.len().max(b.len()));
    if shared == longer && shared > COMMUNITY_DEPTH {
        Some((GRID_POINTS, Words::of("同一网格", "the same grid")))
    } else if shared >= COMMUNITY_DEPTH {
        Some((COMMUNITY_POINTS, Words::of("同一社区", "the same community")))
    } else if shared == shorter {
        // The place of one is known no closer: it may be the other's.
        Some((WITHIN_POINTS, Words::of("其中一件的地点写得较笼统", "one names its place only roughly")))
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    //! Addresses as people write them, areas as they lie in each other.
    use super::{Spot, compare};

    fn points(a: (&str, &str), b: (&str, &str)) -> Option<u32> {
        let spot =
            |(address, path): (&str, &str)| Spot::new(None, Some(address).filter(|a| !a.is_empty()), path);
        compare(&spot(a), &spot(b)).map(|(points, _)| points.round() as u32)
    }

    #[test]
    fn the_same_place_is_known_however_it_is_written() {
        let path = "430204/430204001/430204001008/430204001008J001";
        let rows = [
            ("田心路12号3栋2单元501", "石峰区田心路12号3栋2单元501", Some(30)),
            ("田心路１２号三栋2单元", "田心路12号3栋1单元402室", Some(27)),
            ("田心路12号", "田心路12号门口", Some(27)),
            ("田心路12号3栋", "田心路12号5栋", Some(18)),
            ("田心路12号", "响石路12号", Some(18)),
            ("田心路十二号", "田心路12号", Some(18)),
        ];
        for (a, b, expected) in rows {
            assert_eq!(points((a, path), (b, path)), expected, "{a} – {b}");
        }
    }

    #[test]
    fn areas_count_by_what_they_share() {
        let rows = [
            ("1/2/3/4", "1/2/3/4", Some(18)),
            ("1/2/3/4", "1/2/3/5", Some(8)),
            ("1/2/3", "1/2/3/5", Some(8)),
            ("1/2/3/4", "1/2/6/7", None),
            ("1/2", "1/2/6/7", Some(5)),
            ("1", "1/2/6/7", Some(5)),
            ("1/2/3/4", "1/8", None),
        ];
        for (a, b, expected) in rows {
            assert_eq!(points(("", a), ("", b)), expected, "{a} – {b}");
        }
    }

    #[test]
    fn metres_count_where_both_are_known() {
        let at = |lon: f64| Spot::new(geo::Point::new(lon, 27.89).ok(), None, "1/2/3/4");
        let (here, near, far) = (at(113.11), at(113.111), at(113.13));
        let (points, words) = compare(&here, &near).expect("near");
        assert!((20.0..26.0).contains(&points), "{points}");
        assert!(words.zh.starts_with("相距 ") && words.zh.ends_with(" 米"), "{}", words.zh);
        assert!(compare(&here, &far).is_none(), "two kilometres are another place");
    }
}
