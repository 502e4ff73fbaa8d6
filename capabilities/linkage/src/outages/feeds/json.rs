//! Notices as JSON, for programs that want no more than what, where and when.

use super::Teller;
use crate::outages::notice::Notice;
use serde_json::{Value, json};

/// All notices.
pub(crate) fn document(notices: &[Notice], teller: &Teller) -> Value {
    let all: Vec<Value> = notices.iter().map(|notice| one(notice, teller)).collect();
    json!({ "district": teller.code, "demo": teller.is_demo, "outages": all })
}

fn one(notice: &Notice, teller: &Teller) -> Value {
    let polygons: Vec<Value> = notice.rings.iter().map(|ring| json!([ring])).collect();
    let geometry = match polygons.is_empty() {
        true => json!({ "type": "MultiPoint", "coordinates": notice.points }),
        false => json!({ "type": "MultiPolygon", "coordinates": polygons }),
    };
    json!({
        "id": notice.id,
        "version": notice.version,
        "state": notice.state,
        "service": notice.service,
        "sudden": notice.sudden,
        "from": notice.from,
        "to": notice.to,
        "headline": notice.headline(),
        "reason": notice.reason,
        "unit": notice.unit,
        "phone": notice.phone,
        "area": notice.area,
        "buildings": notice.buildings,
        "homes": notice.homes,
        // The first of them; the page names all.
        "building_names": notice.named,
        "geometry": geometry,
        "published_at": notice.published_at,
        "changed_at": notice.changed_at,
        "page": teller.page_of(notice.id),
        "cap": format!("{}.cap", teller.page_of(notice.id)),
    })
}

#[cfg(test)]
mod tests {
    //! Geometry as GeoJSON has it, and a page for each.
    use super::document;
    use crate::outages::feeds::tests::teller;
    use crate::outages::notice::Notice;
    use crate::outages::notice::tests::notice;
    use serde_json::json;

    #[test]
    fn a_notice_has_its_geometry_and_page() {
        let circle = Notice { rings: Vec::new(), points: vec![(113.11, 27.87)], ..notice() };
        let found = document(&[notice(), circle], &teller());
        let all = found["outages"].as_array().expect("a list");
        assert_eq!(all[0]["geometry"]["type"], "MultiPolygon");
        assert_eq!(all[0]["geometry"]["coordinates"][0][0][0], json!([113.11, 27.87]));
        assert_eq!(all[1]["geometry"], json!({ "type": "MultiPoint", "coordinates": [[113.11, 27.87]] }));
        assert_eq!((&all[0]["service"], &all[0]["state"]), (&json!("water"), &json!("published")));
        assert_eq!(all[0]["page"], "https://mulin.example/outages/01980000-0000-7000-8000-000000000001");
    }
}
