//! GeoJSON of areas: one feature each, properties as the fields.

use super::ReadFile;
use super::fields::{Field, Texts};
use crate::TerritoryError;
use crate::model::Area;
use geo::{CoordinateSystem, FeatureArea, Point, read_features};
use serde_json::{Map, Value, json};

/// Corners compared with a known outline.
const CORNERS_KEPT_MAX: usize = 20_000;

/// Reads a FeatureCollection whose numbers are in `system`.
pub fn read_geojson(bytes: &[u8], system: CoordinateSystem) -> Result<ReadFile, TerritoryError> {
    let features = read_features(bytes, system)?;
    let corners: Vec<Point> = features
        .iter()
        .flat_map(|feature| feature.boundary.vertices())
        .take(CORNERS_KEPT_MAX)
        .map(|point| system.from_wgs84(point))
        .collect();
    let areas = features.into_iter().enumerate().map(|(row, feature)| read_feature(row, feature));
    Ok(ReadFile { areas: areas.collect::<Result<_, _>>()?, findings: Vec::new(), corners, system })
}

fn read_feature(row: usize, feature: FeatureArea) -> Result<crate::model::AreaDraft, TerritoryError> {
    let mut texts = Texts::default();
    // Properties come in no promised order: those that say more go first.
    for (name, value) in &feature.properties {
        if let (Some(field), Some(text)) = (Field::parse(name), text_of(value)) {
            texts.put(field, &text);
        }
    }
    if let Some(id) = &feature.id {
        texts.put(Field::Code, id);
    }
    let place = format!("第 {0} 个区域 (feature {0})", row + 1);
    texts.draft(&place, Some(feature.boundary))
}

fn text_of(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => None,
    }
}

/// Writes areas as GeoJSON with numbers in `system`. Areas without boundary have a null geometry, as RFC 7946 allows.
pub fn write_geojson(areas: &[Area], system: CoordinateSystem) -> String {
    let features: Vec<Value> = areas.iter().map(|area| write_feature(area, system)).collect();
    let mut collection = Map::new();
    collection.insert("type".into(), "FeatureCollection".into());
    // RFC 7946 knows WGS-84 only and has no place to say otherwise; a foreign member says it to people.
    collection.insert("coordinate_system".into(), system.name().into());
    collection.insert("features".into(), Value::Array(features));
    Value::Object(collection).to_string()
}

fn write_feature(area: &Area, system: CoordinateSystem) -> Value {
    let mut properties = json!({
        "code": area.code, "name": area.name, "level": area.level, "kind": area.kind, "path": area.path,
        "valid_from": area.valid_from, "version": area.version,
    });
    let optional = [
        ("name_en", area.name_en.as_ref().map(|v| json!(v))),
        ("parent", area.parent.as_ref().map(|v| json!(v))),
        ("households", area.households.map(|v| json!(v))),
        ("valid_to", area.valid_to.map(|v| json!(v))),
    ];
    for (name, value) in optional {
        if let Some(value) = value {
            properties[name] = value;
        }
    }
    let geometry = area.boundary.as_ref().map(|boundary| boundary.to_geojson_in(system));
    json!({ "type": "Feature", "id": area.code, "properties": properties, "geometry": geometry })
}
