//! Areas: founded, listed, redivided with a date while old versions stay.

use crate::{
    COMMUNITY, admin, collection, each_town, feature, finding_codes, found_areas, send_file, square,
    town_features,
};
use platform::DAY;
use serde_json::{Value, json};
use territory::{Map, find_area};
use testkit::{DISTRICT, Town};

fn codes(page: &Value) -> Vec<&str> {
    page["items"].as_array().expect("items").iter().map(|a| a["code"].as_str().expect("a code")).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn areas_are_listed_a_page_at_a_time() {
    each_town(async |town: Town| {
        found_areas(&town).await;
        let anyone = town.caller();
        let first = anyone.get("/api/territory/areas?limit=5").await.ok();
        assert_eq!(codes(&first), ["430204", "430204001", COMMUNITY, "430204001008J001", "430204001008J002"]);
        let next = first["next"].as_str().expect("more");
        let second = anyone.get(&format!("/api/territory/areas?limit=5&after={next}")).await.ok();
        assert_eq!(codes(&second), ["430204001008J003", "430204001008J004", "430204001201"]);
        assert!(second.get("next").is_none());
        let grids = anyone.get("/api/territory/areas?level=grid&parent=430204001008").await.ok();
        assert_eq!(grids["items"].as_array().expect("items").len(), 4);
        assert_eq!(codes(&anyone.get("/api/territory/areas?below=430204001201").await.ok()), [""; 0]);
        assert_eq!(
            codes(&anyone.get("/api/territory/areas?at=2024-12-31").await.ok()),
            [""; 0],
            "before it was founded"
        );
        let grid = anyone.get("/api/territory/areas/430204001008J003").await.ok();
        assert_eq!(grid["path"], "430204/430204001/430204001008/430204001008J003");
        assert_eq!(grid["cjt349_place"], "43020400100803");
        assert_eq!(grid["households"], 403);
        assert_eq!(grid["above"][2]["name"], "田心社区");
        assert_eq!(grid["boundary"]["type"], "MultiPolygon");
        anyone.get("/api/territory/areas/430204001008J999").await.refused("territory.no_such_area");
        anyone.get("/api/territory/areas?at=1899-01-01").await.refused("bad_query");
    })
    .await;
}

/// Grids 3 and 4 become one, and the village gets grids of its own.
fn regridding() -> String {
    let mut features = town_features();
    features.retain(|f| f["properties"]["code"] != "430204001008J004");
    for f in &mut features {
        if f["properties"]["code"] == "430204001008J003" {
            *f = feature("430204001008J003", "田心第3网格", square(0.0, 0.0, 4.0, 2.0));
        }
    }
    collection(features)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_regridding_is_a_new_version_and_what_was_stays() {
    each_town(async |town: Town| {
        found_areas(&town).await;
        let (anyone, admin) = (town.caller(), admin(&town));
        let map = town.edge.fixture::<Map>();
        let old = map.of(DISTRICT).by_code("430204001008J004").expect("grid 4").clone();
        let query = format!("crs=WGS-84&from=2026-03-10&within={COMMUNITY}");
        let check = send_file(&admin, "check", &query, regridding()).await.ok();
        assert_eq!(check["renewed"], json!(["430204001008J003"]), "{check}");
        assert_eq!(check["ended"], json!(["430204001008J004"]));
        assert_eq!(check["unchanged"], 6);
        assert!(check.get("imported").is_none());
        let done = send_file(&admin, "import", &query, regridding()).await.ok();
        assert_eq!(done["imported"]["renewed"], 1);

        // The day has not come: everything is as it was.
        let place = "/api/territory/locate?lon=113.13&lat=27.87";
        assert_eq!(anyone.get(place).await.ok()["grid"]["code"], "430204001008J004");
        town.passes(DAY * 10).await;
        assert_eq!(anyone.get(place).await.ok()["grid"]["code"], "430204001008J003");

        // What pointed at the old grid still finds it, with its ground.
        let id = old.id;
        let kept =
            town.db().read(async move |conn: &mut store::Conn| find_area(conn, DISTRICT, id).await).await;
        let kept = kept.expect("a read").expect("the old version");
        assert_eq!((kept.code.as_str(), kept.boundary), ("430204001008J004", old.boundary));
        assert_eq!(kept.valid_to.map(|t| t.to_string()).as_deref(), Some("2026-03-09T16:00:00Z"));
        let ended = anyone.get("/api/territory/areas/430204001008J004").await.ok();
        assert_eq!(ended["successors"][0]["code"], "430204001008J003");
        let versions = anyone.get("/api/territory/areas/430204001008J003/versions").await.ok();
        let numbers: Vec<_> =
            versions.as_array().expect("versions").iter().map(|v| v["version"].clone()).collect();
        assert_eq!(numbers, [2, 1]);
        let then = anyone.get("/api/territory/areas?level=grid&at=2026-03-01").await.ok();
        assert_eq!(codes(&then).len(), 4, "as it was then");
        assert_eq!(codes(&anyone.get("/api/territory/areas?level=grid").await.ok()).len(), 3);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_plan_that_comes_too_early_or_says_nothing_new() {
    each_town(async |town: Town| {
        found_areas(&town).await;
        let admin = admin(&town);
        let query = format!("crs=WGS-84&from=2024-06-01&within={COMMUNITY}");
        let early = send_file(&admin, "import", &query, regridding()).await.refused("territory.plan_refused");
        assert_eq!(finding_codes(&early["extra"]["findings"]), ["territory.from_too_early"]);
        let same = send_file(&admin, "import", "crs=WGS-84", collection(town_features())).await.ok();
        assert_eq!((&same["unchanged"], &same["imported"]["added"]), (&json!(8), &json!(0)));
        assert_eq!(
            town.edge.fixture::<Map>().of(DISTRICT).by_code("430204").expect("the district").version,
            1
        );
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn each_thing_wrong_with_a_plan_has_its_sentence() {
    let with = |change: &dyn Fn(&mut Vec<Value>)| {
        let mut features = town_features();
        change(&mut features);
        collection(features)
    };
    let bowtie = json!({ "type": "Polygon", "coordinates":
        [[[113.10, 27.86], [113.12, 27.88], [113.12, 27.86], [113.10, 27.88], [113.10, 27.86]]] });
    let hole = {
        let mut shape = square(0.0, 0.0, 2.0, 2.0);
        let inner = square(0.5, 0.5, 1.0, 1.0)["coordinates"][0].clone();
        shape["coordinates"].as_array_mut().expect("rings").push(inner);
        shape
    };
    let rows: [(&str, String); 12] = [
        ("geo.overlap", with(&|f| f[4]["geometry"] = square(0.0, 1.5, 2.0, 4.0))),
        ("geo.gap", with(&|f| f[4]["geometry"] = square(0.0, 2.5, 2.0, 4.0))),
        ("geo.gap", with(&|f| drop(f.remove(4)))),
        ("geo.hole", with(&|f| f[6]["geometry"] = hole.clone())),
        ("geo.self_intersection", with(&|f| f[6]["geometry"] = bowtie.clone())),
        ("geo.outside", with(&|f| f[4]["geometry"] = square(-1.0, 2.0, 2.0, 4.0))),
        ("territory.duplicate_code", with(&|f| f[5]["properties"]["code"] = json!("430204001008J001"))),
        ("territory.unknown_parent", with(&|f| f[4]["properties"]["parent"] = json!("430204001099"))),
        ("territory.wrong_parent", with(&|f| f[2]["properties"]["parent"] = json!("430204001008J001"))),
        (
            "territory.bad_code",
            with(&|f| {
                f[4]["properties"]["code"] = json!("430204001008-1");
                f[4]["properties"]["level"] = json!("grid");
            }),
        ),
        ("territory.bad_name", with(&|f| f[4]["properties"]["name"] = json!("第\u{7}网格"))),
        ("territory.wrong_district", with(&|f| f[0]["properties"]["code"] = json!("430203"))),
    ];
    each_town(async move |town: Town| {
        let admin = admin(&town);
        for (code, file) in &rows {
            let check = send_file(&admin, "check", "crs=WGS-84", file.clone()).await.ok();
            let found = finding_codes(&check["findings"]);
            assert!(found.contains(&(*code).to_owned()), "{code} is missing in {check}");
            assert_eq!(check["blocked"], true, "{code}");
            send_file(&admin, "import", "crs=WGS-84", file.clone()).await.refused("territory.plan_refused");
        }
        assert_eq!(
            town.caller().get("/api/territory/areas").await.ok()["items"],
            json!([]),
            "nothing half-done"
        );
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_grid_far_from_400_households_is_a_warning() {
    each_town(async |town: Town| {
        let mut features = town_features();
        features[4]["properties"]["households"] = json!(99);
        features[5]["properties"]["households"] = json!(801);
        features[6]["properties"]["households"] = json!(100);
        let done = send_file(&admin(&town), "import", "crs=WGS-84", collection(features)).await.ok();
        assert_eq!(finding_codes(&done["findings"]), ["territory.households", "territory.households"]);
        assert_eq!(done["imported"]["added"], 8);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn only_who_may_changes_areas_and_only_there() {
    each_town(async |town: Town| {
        let file = collection(town_features());
        send_file(&town.caller(), "import", "crs=WGS-84", file.clone()).await.refused("sign_in");
        let nobody = town.caller().with_token("nobody");
        send_file(&nobody, "check", "crs=WGS-84", file.clone()).await.refused("forbidden");
        nobody.get("/api/territory/areas/export").await.refused("forbidden");
        let street = town.caller().with_token("street");
        send_file(&street, "import", "crs=WGS-84", file).await.refused("forbidden");
        found_areas(&town).await;
        let query = format!("crs=WGS-84&within={COMMUNITY}");
        let done = send_file(&street, "import", &query, regridding()).await.ok();
        assert_eq!(done["imported"]["ended"], 1, "its own community");
    })
    .await;
}
