//! GeoJSON files of areas, read with limits and written back. A file too large is refused by a scan of its bytes before
//! anything is parsed, so a million points get a sentence within milliseconds and not a gigabyte of memory.

use geojson::{Feature, GeoJson};
use serde_json::{Map, Value, json};

use crate::boundary::VERTICES_MAX;
use crate::{Boundary, CoordinateSystem, GeoError};

/// Bytes of one file; 200,000 points with names take about 10 MB.
pub const FILE_BYTES_MAX: usize = 32 * 1024 * 1024;

/// One feature of a file: what it says of itself and its boundary in WGS-84. What the properties mean is not known here.
#[derive(Debug, Clone, PartialEq)]
pub struct FeatureArea {
    /// `id` of the feature as text, if it has one.
    pub id: Option<String>,
    pub properties: Map<String, Value>,
    pub boundary: Boundary,
}

/// Reads a FeatureCollection, one Feature or a bare geometry, converting from the declared system. Every feature must be
/// an area; the first that is not refuses the file and is named by its id, name or number. A `crs` member as older tools
/// write it must agree with the declared system.
pub fn read_features(bytes: &[u8], declared: CoordinateSystem) -> Result<Vec<FeatureArea>, GeoError> {
    check_size(bytes)?;
    let text = std::str::from_utf8(bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes))
        .map_err(|_| GeoError::NotGeoJson { detail: "the text is not UTF-8".into() })?;
    let parsed: GeoJson =
        text.parse().map_err(|error: geojson::Error| GeoError::NotGeoJson { detail: error.to_string() })?;
    let features = match parsed {
        GeoJson::FeatureCollection(collection) => {
            check_crs(collection.foreign_members.as_ref(), declared)?;
            collection.features
        }
        GeoJson::Feature(feature) => {
            check_crs(feature.foreign_members.as_ref(), declared)?;
            vec![feature]
        }
        GeoJson::Geometry(geometry) => vec![Feature::from(geometry)],
    };
    if features.is_empty() {
        return Err(GeoError::NoAreas);
    }
    features.into_iter().enumerate().map(|(row, feature)| read_feature(row, feature, declared)).collect()
}

/// Writes a FeatureCollection in WGS-84, `id` and properties as given.
pub fn write_features(features: &[FeatureArea]) -> String {
    let features: Vec<Value> = features
        .iter()
        .map(|area| {
            let mut feature = json!({
                "type": "Feature", "properties": area.properties, "geometry": area.boundary.to_geojson(),
            });
            if let Some(id) = &area.id {
                feature["id"] = json!(id);
            }
            feature
        })
        .collect();
    json!({ "type": "FeatureCollection", "features": features }).to_string()
}

fn read_feature(row: usize, feature: Feature, declared: CoordinateSystem) -> Result<FeatureArea, GeoError> {
    let id = feature.id.as_ref().map(|id| match id {
        geojson::feature::Id::String(text) => text.clone(),
        geojson::feature::Id::Number(number) => number.to_string(),
    });
    let boundary = match &feature.geometry {
        Some(geometry) => Boundary::from_geometry(geometry, declared),
        None => Err(GeoError::NotAnArea { found: "null".into() }),
    };
    let properties = feature.properties.unwrap_or_default();
    match boundary {
        Ok(boundary) => Ok(FeatureArea { id, properties, boundary }),
        Err(cause) => {
            let name = properties.get("name").and_then(Value::as_str).map(str::to_owned);
            let at = id.or(name).unwrap_or_else(|| format!("#{}", row + 1));
            Err(GeoError::InFeature { at, cause: Box::new(cause) })
        }
    }
}

fn check_size(bytes: &[u8]) -> Result<(), GeoError> {
    if bytes.len() > FILE_BYTES_MAX {
        let megabytes = bytes.len().div_ceil(1024 * 1024);
        return Err(GeoError::FileTooLarge { megabytes, megabytes_max: FILE_BYTES_MAX / 1024 / 1024 });
    }
    let found = count_positions(bytes);
    if found > VERTICES_MAX {
        return Err(GeoError::TooManyVertices { found, max: VERTICES_MAX });
    }
    Ok(())
}

/// Counts `[` followed by a number, outside of strings: each position of a GeoJSON file has exactly one.
fn count_positions(bytes: &[u8]) -> usize {
    let (mut found, mut in_string, mut escaped, mut opened) = (0, false, false, false);
    for &byte in bytes {
        if in_string {
            in_string = escaped || byte != b'"';
            escaped = !escaped && byte == b'\\';
            continue;
        }
        match byte {
            b'"' => (in_string, opened) = (true, false),
            b'[' => opened = true,
            b' ' | b'\t' | b'\r' | b'\n' => {}
            b'-' | b'0'..=b'9' if opened => {
                found += 1;
                opened = false;
            }
            _ => opened = false,
        }
    }
    found
}

/// `"crs": {"properties": {"name": "urn:ogc:def:crs:EPSG::4490"}}` of GeoJSON 2008.
fn check_crs(members: Option<&Map<String, Value>>, declared: CoordinateSystem) -> Result<(), GeoError> {
    let named = members.and_then(|all| all.get("crs")).and_then(|crs| crs.pointer("/properties/name"));
    let Some(found) = named.and_then(Value::as_str) else { return Ok(()) };
    let in_degrees = |system| matches!(system, CoordinateSystem::Wgs84 | CoordinateSystem::Cgcs2000);
    match found.parse::<CoordinateSystem>() {
        Ok(system) if system == declared || in_degrees(system) && in_degrees(declared) => Ok(()),
        // GIS programs know no GCJ-02 and label such files WGS-84: the person who declares GCJ-02 knows better.
        Ok(CoordinateSystem::Wgs84) => Ok(()),
        Ok(_) | Err(_) => Err(GeoError::SystemConflict {
            declared: declared.name(),
            found: found.chars().take(60).collect(),
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn positions_are_counted_outside_strings_only() {
        let check = |text: &str| count_positions(text.as_bytes());
        assert_eq!(check("[[[1,2],[ -3.5,4],[5,6]]]"), 3);
        assert_eq!(check(r#"{"name":"[1,2] \" [3","xs":[7,8]}"#), 1);
        assert_eq!(check(r#"{"a":[],"b":["x",1]}"#), 0);
        assert_eq!(check(""), 0);
    }
}
