//! Files as people have them: encodings, separators, coordinate systems, and what cannot be read.

use crate::{admin, collection, each_town, finding_codes, found_areas, send_file, town_features};
use geo::{CoordinateSystem, Point};
use serde_json::{Value, json};
use testkit::Town;

/// The same file with its numbers written in another system.
fn in_system(system: CoordinateSystem) -> String {
    fn convert(value: &mut Value, system: CoordinateSystem) {
        match value.as_array_mut() {
            Some(pair) if pair.len() == 2 && pair[0].is_number() => {
                let (lon, lat) = (pair[0].as_f64().expect("lon"), pair[1].as_f64().expect("lat"));
                let point = system.from_wgs84(Point::new(lon, lat).expect("a place"));
                *pair = vec![json!(point.lon()), json!(point.lat())];
            }
            Some(list) => list.iter_mut().for_each(|one| convert(one, system)),
            None => {}
        }
    }
    let mut features = town_features();
    for feature in &mut features {
        convert(&mut feature["geometry"]["coordinates"], system);
    }
    collection(features)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_declared_system_is_converted_and_a_wrong_one_noticed() {
    each_town(async |town: Town| {
        let admin = admin(&town);
        let first =
            send_file(&admin, "import", "crs=GCJ-02&from=2025-01-01", in_system(CoordinateSystem::Gcj02))
                .await;
        assert_eq!(first.ok()["imported"]["added"], 8);
        let grid = town.caller().get("/api/territory/locate?lon=113.1199&lat=27.8801").await.ok();
        assert_eq!(grid["grid"]["code"], "430204001008J001", "stored in WGS-84");
        for (declared, found) in [("WGS-84", "GCJ-02"), ("BD-09", "GCJ-02")] {
            let file = in_system(CoordinateSystem::Gcj02);
            let query = format!("crs={declared}");
            let refused = send_file(&admin, "import", &query, file).await.refused("territory.plan_refused");
            let findings = &refused["extra"]["findings"];
            assert_eq!(findings[0]["code"], "territory.wrong_system");
            assert!(findings[0]["words"]["zh"].as_str().expect("words").contains(found), "{findings}");
            assert!(!finding_codes(findings).iter().any(|code| code.starts_with("geo.")), "{findings}");
        }
        send_file(&admin, "import", "", in_system(CoordinateSystem::Wgs84))
            .await
            .refused("territory.crs_missing");
        send_file(&admin, "import", "crs=utm", "{}").await.refused("geo.unknown_system");
    })
    .await;
}

const SHEET: &str = "编码,名称,级别,户数,备注\n430204,石峰区（示意）,区,,\n430204001,田心街道,街道,,\n\
    430204001008,田心社区,社区,,\n430204001008J001,田心第1网格,网格,412,靠近\"东门\"\n";

#[tokio::test(flavor = "multi_thread")]
async fn a_sheet_is_read_however_it_was_saved() {
    let (gbk, _, _) = encoding_rs::GBK.encode(SHEET);
    let utf16: Vec<u8> =
        [0xff, 0xfe].into_iter().chain(SHEET.encode_utf16().flat_map(u16::to_le_bytes)).collect();
    let rows: [(&str, Vec<u8>); 6] = [
        ("UTF-8", SHEET.as_bytes().to_vec()),
        ("BOM", format!("\u{feff}{SHEET}").into_bytes()),
        ("GBK", gbk.into_owned()),
        ("UTF-16", utf16),
        ("semicolons", SHEET.replace(',', ";").into_bytes()),
        ("tabs", SHEET.replace(',', "\t").replace('\n', "\r\n").into_bytes()),
    ];
    each_town(async move |town: Town| {
        for (how, bytes) in &rows {
            let check = send_file(&admin(&town), "check", "format=csv", bytes.clone()).await.ok();
            assert_eq!(check["added"].as_array().expect("codes").len(), 4, "{how}: {check}");
            assert_eq!(finding_codes(&check["findings"]), ["territory.column_ignored"], "{how}");
        }
        let done = send_file(&admin(&town), "import", "", SHEET).await.ok();
        assert_eq!(done["imported"]["added"], 4, "its format is seen");
        let grid = town.caller().get("/api/territory/areas/430204001008J001").await.ok();
        assert_eq!(
            (&grid["name"], &grid["households"], &grid["has_boundary"]),
            (&json!("田心第1网格"), &json!(412), &json!(false))
        );
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sheet_renews_names_and_keeps_boundaries() {
    each_town(async |town: Town| {
        found_areas(&town).await;
        let sheet = "code,name,households\n430204001008J001,丽景网格,398\n";
        let done = send_file(&admin(&town), "import", "format=csv", sheet).await.ok();
        assert_eq!((&done["renewed"], &done["findings"]), (&json!(["430204001008J001"]), &json!([])));
        let grid = town.caller().get("/api/territory/locate?lon=113.11&lat=27.89").await.ok();
        assert_eq!(grid["grid"]["name"], "丽景网格");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_read_is_named_by_its_place() {
    let points: Vec<[f64; 2]> = (0..1_000_000).map(|n| [113.0 + f64::from(n) * 1e-7, 27.9]).collect();
    let million = collection([
        json!({ "type": "Feature", "properties": {}, "geometry": { "type": "Polygon", "coordinates": [points] } }),
    ]);
    let feature = |properties: Value| {
        collection([
            json!({ "type": "Feature", "properties": properties, "geometry": crate::square(0.0, 0.0, 1.0, 1.0) }),
        ])
    };
    let rows: Vec<(&str, &str, Vec<u8>)> = vec![
        ("format=geojson", "geo.too_many_vertices", million.into_bytes()),
        ("format=geojson", "geo.not_geojson", b"{\"type\":".to_vec()),
        ("format=geojson", "geo.not_geojson", b"{\"a\":\"\xff\"}".to_vec()),
        ("", "geo.not_an_area", br#"{"type":"Feature","properties":{},"geometry":{"type":"Point","coordinates":[113.1,27.9]}}"#.to_vec()),
        ("", "geo.looks_swapped", br#"{"type":"Feature","properties":{"name":"x"},"geometry":{"type":"Polygon","coordinates":[[[27.9,113.1],[27.9,113.2],[27.8,113.1],[27.9,113.1]]]}}"#.to_vec()),
        ("", "geo.no_areas", br#"{"type":"FeatureCollection","features":[]}"#.to_vec()),
        ("", "territory.missing_field", feature(json!({ "name": "x" })).into_bytes()),
        ("", "territory.missing_field", feature(json!({ "code": "430204" })).into_bytes()),
        ("", "territory.bad_field", feature(json!({ "code": "430204", "name": "x", "level": "planet" })).into_bytes()),
        ("", "territory.bad_field", feature(json!({ "code": "430204", "name": "x", "households": -3 })).into_bytes()),
        ("format=csv", "territory.no_header", b"430204,x\n".to_vec()),
        ("format=csv", "territory.missing_field", b"code,name\n430204\n".to_vec()),
        ("format=csv", "territory.not_text", vec![0x80, 0xff, 0xff, 0x00, 0x81]),
        ("format=csv", "territory.no_header", Vec::new()),
        ("format=xlsx", "territory.unknown_format", b"x".to_vec()),
        ("within=430204001008", "territory.plan_refused", collection(town_features()[..1].to_vec()).into_bytes()),
        ("from=2999-01-01", "bad_query", b"{}".to_vec()),
        ("from=tomorrow", "bad_query", b"{}".to_vec()),
    ];
    each_town(async move |town: Town| {
        for (query, code, bytes) in &rows {
            let answer =
                send_file(&admin(&town), "import", &format!("crs=WGS-84&{query}"), bytes.clone()).await;
            let problem = answer.refused(code);
            assert!(!problem["title"].as_str().unwrap_or_default().is_empty(), "{code}");
        }
        let large =
            send_file(&admin(&town), "import", "crs=WGS-84", vec![b' '; geo::FILE_BYTES_MAX + 1]).await;
        large.refused("too_large");
        assert_eq!(town.caller().get("/api/territory/areas").await.ok()["items"], json!([]));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_form_brings_a_file_too() {
    each_town(async |town: Town| {
        let admin = admin(&town);
        let file = reqwest::multipart::Part::text(collection(town_features())).file_name("grids.geojson");
        let form = reqwest::multipart::Form::new()
            .text("crs", "WGS-84")
            .text("from", "2025-01-01")
            .part("file", file);
        let address = format!("{}/api/territory/areas/import", town.url);
        let done = admin.send(admin.client.post(&address).multipart(form)).await.ok();
        assert_eq!(done["imported"]["added"], 8);
        let empty = reqwest::multipart::Form::new().text("crs", "WGS-84");
        admin.send(admin.client.post(&address).multipart(empty)).await.refused("territory.no_file");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_exported_comes_back_the_same() {
    each_town(async |town: Town| {
        found_areas(&town).await;
        let admin = admin(&town);
        for crs in ["WGS-84", "GCJ-02", "BD-09"] {
            let out = admin.get(&format!("/api/territory/areas/export?crs={crs}")).await;
            assert_eq!(out.headers["content-type"], "application/geo+json");
            let back = send_file(&admin, "check", &format!("crs={crs}"), out.text.clone()).await.ok();
            assert_eq!(back["blocked"], false, "{crs}: {back}");
            if crs == "WGS-84" {
                assert_eq!(back["unchanged"], 8, "{back}");
            }
        }
        let sheet = admin.get("/api/territory/areas/export?format=csv").await;
        assert!(sheet.text.starts_with('\u{feff}'), "spreadsheet programs need the mark");
        let back = send_file(&admin, "check", "format=csv", sheet.text.clone()).await.ok();
        assert_eq!((&back["unchanged"], &back["findings"]), (&json!(8), &json!([])));
        let before = admin.get("/api/territory/areas/export?at=2024-01-01").await.ok();
        assert_eq!(before["features"], json!([]));
    })
    .await;
}
