//! Places: which grid, in which coordinate system, and what is not ours.

use crate::{each_town, found_areas};
use testkit::Town;

#[tokio::test(flavor = "multi_thread")]
async fn a_place_is_in_one_grid() {
    each_town(async |town: Town| {
        found_areas(&town).await;
        let anyone = town.caller();
        let grid = async |query: &str| {
            anyone.get(&format!("/api/territory/locate?{query}")).await.ok()["grid"]["code"]
                .as_str()
                .map(str::to_owned)
        };
        for (query, code) in [
            ("lon=113.11&lat=27.89", "430204001008J001"),
            ("lon=113.13&lat=27.89", "430204001008J002"),
            ("lon=113.12&lat=27.88", "430204001008J001"), // on the corner of all four: the first
            ("lon=113.1001&lat=27.8601", "430204001008J003"),
            ("lon=113.11&lat=27.89&crs=CGCS2000", "430204001008J001"),
        ] {
            assert_eq!(grid(query).await.as_deref(), Some(code), "{query}");
        }
        // 100 m east of the border in truth; as GCJ-02 the same numbers lie 574 m to the west of it.
        assert_eq!(grid("lon=113.121&lat=27.89").await.as_deref(), Some("430204001008J002"));
        assert_eq!(grid("lon=113.121&lat=27.89&crs=gcj02").await.as_deref(), Some("430204001008J001"));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_place_of_ours_is_said_so() {
    each_town(async |town: Town| {
        found_areas(&town).await;
        let anyone = town.caller();
        let ask = async |query: &str| anyone.get(&format!("/api/territory/locate?{query}")).await;
        let outside = ask("lon=113.05&lat=27.87").await.refused("territory.outside");
        assert!(outside["title"].as_str().expect("a sentence").contains("12345"));
        assert_eq!(outside["extra"]["nearest"]["name"], "田心第3网格");
        let metres = outside["extra"]["nearest"]["metres"].as_f64().expect("metres");
        assert!((4_850.0..5_000.0).contains(&metres), "{metres}");
        ask("lon=27.87&lat=113.12").await.refused("geo.looks_swapped");
        ask("lon=200&lat=10").await.refused("geo.out_of_range");
        ask("lon=NaN&lat=27.87").await.refused("geo.not_finite");
        ask("lon=inf&lat=27.87").await.refused("geo.not_finite");
        ask("lon=113.12&lat=27.87&crs=mars").await.refused("geo.unknown_system");
        ask("lon=abc&lat=27.87").await.refused("bad_query");
        ask("lat=27.87").await.refused("bad_query");
        let village = ask("lon=113.15&lat=27.87").await.refused("territory.no_grid");
        assert!(village["title"].as_str().expect("a sentence").contains("九郎山村"));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_outline_is_drawn_once_and_known_by_its_tag() {
    each_town(async |town: Town| {
        let anyone = town.caller();
        assert_eq!(
            anyone.get("/api/territory/outline").await.ok()["cells"],
            serde_json::json!([]),
            "no areas yet"
        );
        found_areas(&town).await;
        let first = anyone.get("/api/territory/outline").await;
        let drawn = first.ok();
        assert_eq!(drawn["cells"].as_array().expect("cells").len(), 4);
        let tag = first.headers["etag"].to_str().expect("a tag").to_owned();
        let again =
            anyone.client.get(format!("{}/api/territory/outline", town.url)).header("if-none-match", &tag);
        assert_eq!(anyone.send(again).await.status, 304);
        // A label's pixels are a place in its own grid.
        let cell = &drawn["cells"][1];
        let number = |v: &serde_json::Value| v.as_f64().expect("a number");
        let lon = number(&drawn["west"]) + number(&cell["x"]) / number(&drawn["per_lon"]);
        let lat = number(&drawn["north"]) - number(&cell["y"]) / number(&drawn["per_lat"]);
        let found = anyone.get(&format!("/api/territory/locate?lon={lon}&lat={lat}")).await.ok();
        assert_eq!(found["grid"]["code"], cell["code"]);
        let two = anyone.get("/api/territory/outline?level=community").await.ok();
        assert_eq!(two["cells"].as_array().expect("cells").len(), 2, "a community and a village");
        anyone.get("/api/territory/outline?area=430204009").await.refused("territory.no_such_area");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn tiles_show_the_areas_until_these_change() {
    each_town(async |town: Town| {
        let anyone = town.caller();
        let (z, x, y) = (12, 3335, 1717);
        let path = format!("/api/territory/tiles/{z}/{x}/{y}");
        assert_eq!(anyone.get(&path).await.status, 204, "no areas yet");
        found_areas(&town).await;
        let found = anyone.client.get(format!("{}{path}", town.url)).send().await.expect("a tile");
        assert_eq!(found.headers()["content-type"], "application/vnd.mapbox-vector-tile");
        let tag = found.headers()["etag"].to_str().expect("a tag").to_owned();
        let bytes = found.bytes().await.expect("a tile");
        let says = |text: &str| bytes.windows(text.len()).any(|part| part == text.as_bytes());
        assert!(says("430204001008J001") && says("grid") && says("name_en"));
        let again = anyone.client.get(format!("{}{path}", town.url)).header("if-none-match", &tag);
        assert_eq!(anyone.send(again).await.status, 304);
        assert_eq!(anyone.get("/api/territory/tiles/12/1/1").await.status, 204, "far away");
        for none in ["1/2/0", "99/0/0", "1/-1/0"] {
            anyone.get(&format!("/api/territory/tiles/{none}")).await.refused("not_found");
        }
    })
    .await;
}
