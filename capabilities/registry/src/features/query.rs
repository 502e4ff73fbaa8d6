//! The parameters of a page of features. One that is not known, or wrong, refuses the request, as the standard asks.

use super::bad_parameter;
use super::crs::Crs;
use super::layers::Layer;
use platform::Problem;
use std::fmt::Write as _;

/// Features of a page where nothing is said, and at most.
const LIMIT_DEFAULT: u32 = 100;
const LIMIT_MAX: u32 = 1_000;
/// Parameters of one request.
const PARAMETERS_MAX: usize = 20;

/// What a client asks of a layer.
#[derive(Clone, Debug)]
pub(super) struct ItemsQuery {
    pub limit: u32,
    /// West, south, east, north.
    pub bbox: Option<[f64; 4]>,
    pub crs: Crs,
    /// Values that must be equal.
    pub filters: Vec<(String, String)>,
    /// Where the page before ended.
    pub after: Option<String>,
    /// As it came, to make links from.
    raw: Vec<(String, String)>,
}

impl ItemsQuery {
    pub(super) fn parse(layer: Layer, raw: &str) -> Result<Self, Problem> {
        let raw = pairs(raw)?;
        let mut query = Self {
            limit: LIMIT_DEFAULT,
            bbox: None,
            crs: Crs::default(),
            filters: Vec::new(),
            after: None,
            raw: raw.iter().filter(|(name, _)| name != "after").cloned().collect(),
        };
        let bbox_crs = raw.iter().find(|(name, _)| name == "bbox-crs").map(|(name, value)| crs(name, value));
        let bbox_crs = bbox_crs.transpose()?.unwrap_or_default();
        for (name, value) in &raw {
            match name.as_str() {
                "limit" => query.limit = limit(value)?,
                "bbox" => query.bbox = Some(bbox(value, bbox_crs)?),
                "crs" => query.crs = crs(name, value)?,
                "after" => query.after = Some(value.clone()),
                // The layers hold what is, now: any moment is answered with it.
                "bbox-crs" | "datetime" | "f" => {}
                other if layer.filters().contains(&other) => {
                    query.filters.push((name.clone(), value.clone()))
                }
                other => return Err(bad_parameter(other, "没有这个参数。", "there is no such parameter.")),
            }
        }
        Ok(query)
    }

    /// The same request, going on elsewhere.
    pub(super) fn again(&self, after: Option<&str>) -> String {
        let after = after.map(|after| ("after".to_owned(), after.to_owned()));
        let mut text = String::new();
        for (name, value) in self.raw.iter().chain(after.as_ref()) {
            let between = if text.is_empty() { '?' } else { '&' };
            let _ = write!(text, "{between}{}={}", escaped(name), escaped(value));
        }
        text
    }
}

/// The system asked for by a request for one feature.
pub(super) fn crs_of(raw: &str) -> Result<Crs, Problem> {
    let mut found = Crs::default();
    for (name, value) in pairs(raw)? {
        match name.as_str() {
            "crs" => found = crs(&name, &value)?,
            "f" => {}
            other => return Err(bad_parameter(other, "没有这个参数。", "there is no such parameter.")),
        }
    }
    Ok(found)
}

fn pairs(raw: &str) -> Result<Vec<(String, String)>, Problem> {
    let wrong = || bad_parameter("query", "读不懂。", "it cannot be read.");
    let all: Vec<(String, String)> = serde_urlencoded::from_str(raw).map_err(|_| wrong())?;
    if all.len() > PARAMETERS_MAX { Err(wrong()) } else { Ok(all) }
}

fn crs(name: &str, value: &str) -> Result<Crs, Problem> {
    Crs::parse(value)
        .ok_or_else(|| bad_parameter(name, "不支持这个坐标系。", "this system is not supported."))
}

fn limit(value: &str) -> Result<u32, Problem> {
    let number = value.parse::<u32>().ok().filter(|limit| *limit >= 1);
    // More than the most is answered with the most (requirement 21 C).
    number.map(|limit| limit.min(LIMIT_MAX)).ok_or_else(|| {
        bad_parameter("limit", "要填 1 到 1000 的整数。", "a whole number from 1 to 1000 is expected.")
    })
}

/// Four numbers, or six with heights, which are not looked at.
fn bbox(value: &str, crs: Crs) -> Result<[f64; 4], Problem> {
    let wrong =
        || bad_parameter("bbox", "要填四个或六个数：西,南,东,北。", "four or six numbers are expected.");
    let numbers: Vec<f64> =
        value.split(',').map(|part| part.trim().parse()).collect::<Result<_, _>>().map_err(|_| wrong())?;
    let corners = match numbers[..] {
        [a, b, c, d] | [a, b, _, c, d, _] => crs.bbox([a, b, c, d]),
        _ => return Err(wrong()),
    };
    let [west, south, east, north] = corners;
    let is_box = corners.iter().all(|n| n.is_finite())
        && (-180.0..=180.0).contains(&west)
        && (-180.0..=180.0).contains(&east)
        && (-90.0..=90.0).contains(&south)
        && south <= north
        && north <= 90.0;
    if is_box { Ok(corners) } else { Err(wrong()) }
}

/// As RFC 3986 writes a value in a query.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b',' | b':' | b'/' => {
                out.push(char::from(byte));
            }
            other => {
                let _ = write!(out, "%{other:02X}");
            }
        }
    }
    out
}

#[cfg(test)]
mod tests {
    //! Boxes are boxes, limits are held, and links say what was asked.
    use super::ItemsQuery;
    use crate::features::layers::Layer;

    fn code(raw: &str) -> Option<String> {
        ItemsQuery::parse(Layer::Things, raw).err().and_then(|problem| problem.field)
    }

    #[test]
    fn wrong_parameters_are_refused_by_name() {
        for (raw, field) in [
            ("limit=0", "limit"),
            ("limit=x", "limit"),
            ("bbox=1,2,3", "bbox"),
            ("bbox=113,28,114,27", "bbox"),
            ("bbox=1,2,3,nan", "bbox"),
            ("crs=EPSG:3857", "crs"),
            ("colour=red", "colour"),
        ] {
            assert_eq!(code(raw).as_deref(), Some(field), "{raw}");
        }
        assert_eq!(code("limit=5000&bbox=113,27,114,28&datetime=2026-01-01T00:00:00Z&component=0101"), None);
    }

    #[test]
    fn a_box_with_latitude_first_is_the_same_box() {
        let lonlat = ItemsQuery::parse(Layer::Things, "bbox=113,27,114,28").expect("it holds");
        let latlon = "bbox=27,113,28,114&bbox-crs=http://www.opengis.net/def/crs/EPSG/0/4490";
        assert_eq!(ItemsQuery::parse(Layer::Things, latlon).expect("it holds").bbox, lonlat.bbox);
    }

    #[test]
    fn the_next_link_repeats_the_question() {
        let query = ItemsQuery::parse(Layer::Things, "limit=2&name=%E7%81%AF&after=x").expect("it holds");
        assert_eq!(query.again(Some("y z")), "?limit=2&name=%E7%81%AF&after=y%20z");
    }
}
