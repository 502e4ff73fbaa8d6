//! The layers for geographic programs, as the standard's abstract tests ask for them.

use crate::town::{IN_GRID_1, IN_GRID_2, caller, each_town, enter, two_homes};
use serde_json::{Value, json};
use testkit::Town;

async fn things(town: &Town) {
    let clerk = caller(town, "dispatcher");
    for (n, (lon, lat)) in [IN_GRID_1, IN_GRID_1, IN_GRID_2].into_iter().enumerate() {
        let values =
            json!({ "component": format!("010{n}"), "name": format!("路灯 {n} 号"), "state": "sound" });
        enter(&clerk, "thing", values, json!({ "lon": lon, "lat": lat })).await;
    }
}

fn next(page: &Value) -> Option<String> {
    let links = page["links"].as_array().expect("links");
    let next = links.iter().find(|link| link["rel"] == "next")?;
    Some(next["href"].as_str().expect("a link").split_once("/ogc").expect("ours").1.to_owned())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_program_finds_its_way_from_the_landing_page() {
    each_town(async |town| {
        let (public, gis) = (town.caller(), caller(&town, "gis"));
        let landing = public.get("/ogc").await.ok();
        for rel in ["self", "service-desc", "service-doc", "conformance", "data"] {
            assert!(landing["links"].as_array().expect("links").iter().any(|l| l["rel"] == rel), "{rel}");
        }
        let classes = public.get("/ogc/conformance").await.ok();
        assert!(classes["conformsTo"].as_array().expect("classes").len() >= 3);
        let names = |all: &Value| -> Vec<String> {
            let all = all["collections"].as_array().expect("layers").iter();
            all.map(|layer| layer["id"].as_str().expect("an id").to_owned()).collect()
        };
        assert_eq!(names(&public.get("/ogc/collections").await.ok()), ["grids"]);
        assert_eq!(names(&gis.get("/ogc/collections").await.ok()), ["grids", "buildings", "things"]);
        public.get("/ogc/collections/things/items").await.refused("sign_in");
        caller(&town, "worker1").get("/ogc/collections/things/items").await.refused("forbidden");
        public.get("/ogc/collections/people").await.refused("not_found");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn pages_go_on_by_their_links_and_boxes_narrow_them() {
    each_town(async |town| {
        things(&town).await;
        let gis = caller(&town, "gis");
        let first = gis.get("/ogc/collections/things/items?limit=2").await;
        assert_eq!(first.headers["content-type"], "application/geo+json");
        assert_eq!(first.headers["content-crs"], "<http://www.opengis.net/def/crs/OGC/1.3/CRS84>");
        let first = first.ok();
        assert_eq!(first["numberReturned"], 2);
        let rest = gis.get(&format!("/ogc{}", next(&first).expect("there is more"))).await.ok();
        assert_eq!((rest["numberReturned"].as_u64(), next(&rest)), (Some(1), None));
        let boxed = gis.get("/ogc/collections/things/items?bbox=113.12,27.86,113.14,27.90").await.ok();
        assert_eq!(boxed["numberReturned"], 1);
        let feature = &boxed["features"][0];
        assert_eq!(feature["geometry"]["coordinates"], json!([113.13, 27.88]));
        assert_eq!(feature["properties"]["grid"], "430204001008J002");
        let swapped = "crs=http://www.opengis.net/def/crs/EPSG/0/4490&component=0102";
        let swapped = gis.get(&format!("/ogc/collections/things/items?{swapped}")).await;
        assert_eq!(swapped.headers["content-crs"], "<http://www.opengis.net/def/crs/EPSG/0/4490>");
        assert_eq!(swapped.ok()["features"][0]["geometry"]["coordinates"], json!([27.88, 113.13]));
        gis.get("/ogc/collections/things/items?colour=red").await.refused("registry.bad_parameter");
        let id = feature["id"].as_str().expect("an id");
        assert_eq!(gis.get(&format!("/ogc/collections/things/items/{id}")).await.ok()["id"], id);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn no_home_and_no_person_is_on_any_layer() {
    each_town(async |town| {
        let clerk = caller(&town, "dispatcher");
        let (home, _) = two_homes(&clerk).await;
        let (lon, lat) = IN_GRID_1;
        enter(&clerk, "person", json!({ "name": "张晓明" }), json!({ "lon": lon, "lat": lat })).await;
        let gis = caller(&town, "gis");
        let buildings = gis.get("/ogc/collections/buildings/items").await.ok();
        assert_eq!(buildings["features"][0]["properties"]["name"], "田心三村");
        let all = format!("{buildings}{}", gis.get("/ogc/collections/things/items").await.ok());
        assert!(!all.contains("张晓明") && !all.contains(&home), "{all}");
        gis.get(&format!("/ogc/collections/buildings/items/{home}")).await.refused("not_found");
        let grids = town.caller().get("/ogc/collections/grids/items?name=田心社区第一网格").await.ok();
        assert_eq!(grids["features"][0]["id"], "430204001008J001");
    })
    .await;
}
