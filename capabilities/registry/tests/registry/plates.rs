//! Plates: one code for each place and thing, printed on sheets, and what somebody who scans one is told.

use crate::town::{GRID_1, IN_GRID_1, STREET, caller, each_town, enter, leads_to, text, two_homes};
use serde_json::{Value, json};
use testkit::{Answer, Caller, Town};

/// Ids of the building and of the room 301 of [`two_homes`].
async fn building_and_room(by: &Caller) -> (String, String) {
    let (home, _) = two_homes(by).await;
    let home = by.get(&format!("/api/registry/dwellings/{home}/home?purpose=check")).await.ok();
    let building = text(&home["building"]);
    let drawing = by.get(&format!("/api/registry/places/{building}/building")).await.ok();
    (building, text(&drawing["units"][0]["floors"][0]["rooms"][0]["place"]))
}

async fn issue(by: &Caller, building: &str) -> Value {
    by.post("/api/registry/plates", json!({ "place": building, "below": true })).await.ok()
}

async fn list(by: &Caller, building: &str) -> Vec<(String, String)> {
    let page = by.get(&format!("/api/registry/plates?place={building}&below=true")).await.ok();
    let items = page["items"].as_array().expect("plates").iter();
    items.map(|item| (text(&item["label"]), item["code"].as_str().unwrap_or_default().to_owned())).collect()
}

/// A page as a browser without an account asks for it.
async fn scan(town: &Town, path: &str) -> Answer {
    let by = town.caller();
    let request = by.client.get(format!("{}{path}", by.url)).header("accept", "text/html");
    by.send(request).await
}

async fn file(by: &Caller, query: &str) -> (u16, String, Vec<u8>) {
    let request = by.client.get(format!("{}/api/registry/plates/print?{query}", by.url));
    let response =
        request.bearer_auth(by.token.as_deref().unwrap_or_default()).send().await.expect("an answer");
    let kind = response.headers()["content-type"].to_str().expect("a type").to_owned();
    (response.status().as_u16(), kind, response.bytes().await.expect("a file").to_vec())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_building_gets_its_plates_once_and_for_good() {
    each_town(async |town| {
        let worker = caller(&town, "worker1");
        let (building, _) = building_and_room(&worker).await;
        assert!(list(&worker, &building).await.iter().all(|(_, code)| code.is_empty()), "reading gives none");
        assert_eq!(file(&worker, &format!("place={building}")).await.0, 422, "nothing to print yet");
        let given = issue(&worker, &building).await;
        assert_eq!((&given["plates"], &given["issued"]), (&json!(4), &json!(4)), "building, unit, two rooms");
        let plates = list(&worker, &building).await;
        let labels: Vec<&str> = plates.iter().map(|(label, _)| label.as_str()).collect();
        assert_eq!(labels, ["田心三村5栋", "田心三村5栋2单元", "田心三村5栋2单元301", "田心三村5栋2单元302"]);
        assert_eq!(issue(&worker, &building).await["issued"], 0);
        assert_eq!(list(&worker, &building).await, plates, "a code stays");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn sheets_are_printed_as_a_file_and_as_a_drawing() {
    each_town(async |town| {
        let worker = caller(&town, "worker1");
        let (building, _) = building_and_room(&worker).await;
        issue(&worker, &building).await;
        let (status, kind, pdf) = file(&worker, &format!("place={building}&below=true")).await;
        assert_eq!((status, kind.as_str()), (200, "application/pdf"));
        assert!(pdf.starts_with(b"%PDF-"));
        let (status, kind, svg) = file(&worker, &format!("place={building}&below=true&format=svg")).await;
        assert_eq!((status, kind.as_str()), (200, "image/svg+xml"));
        let svg = String::from_utf8(svg).expect("text");
        for (_, code) in list(&worker, &building).await {
            assert!(svg.contains(&code), "{code}");
        }
        assert_eq!(svg.matches("扫码报事").count(), 4);
        assert_eq!(file(&worker, &format!("place={building}&format=svg&sheet=2")).await.0, 404);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_scanned_plate_opens_the_report_and_says_no_more_than_the_wall_does() {
    each_town(async |town| {
        let worker = caller(&town, "worker1");
        let (building, room) = building_and_room(&worker).await;
        let (person, _) =
            enter(&worker, "person", json!({ "name": "张晓明" }), json!({ "area_path": GRID_1 })).await;
        issue(&worker, &building).await;
        let plates = list(&worker, &building).await;
        let code = plates[2].1.clone();
        let report = leads_to(&scan(&town, &format!("/p/{}", code.replace('-', "").to_lowercase())).await);
        let place: Vec<(String, String)> =
            serde_urlencoded::from_str(report.strip_prefix("/report?").expect("the report"))
                .expect("a query");
        let (lon, lat) = IN_GRID_1;
        let expected = [
            ("address", format!("田心三村5栋2单元（牌号 {code}）")),
            ("grid", "430204001008J001".to_owned()),
            ("lon", lon.to_string()),
            ("lat", lat.to_string()),
        ];
        assert_eq!(
            place,
            expected.map(|(key, value)| (key.to_owned(), value)),
            "down to the unit, not the room"
        );
        assert!(!report.contains("301") && !report.contains(&room) && !report.contains(&person));
        // Those whose area it is find the very door.
        let found = worker.get(&format!("/api/registry/plates/{code}")).await.ok();
        assert_eq!((text(&found["label"]), text(&found["record"])), ("田心三村5栋2单元301".to_owned(), room));
        assert!(found["dwelling"].is_string());
        let elsewhere = caller(&town, "worker2").get(&format!("/api/registry/plates/{code}")).await;
        assert_eq!(elsewhere.status, 404);
        assert_eq!(town.caller().get(&format!("/api/registry/plates/{code}")).await.status, 401);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_code_that_leads_nowhere_is_explained() {
    each_town(async |town| {
        let worker = caller(&town, "worker1");
        let (lon, lat) = IN_GRID_1;
        let house = json!({ "level": "building", "name": "响田路8号" });
        let (house, act) = enter(&worker, "place", house, json!({ "lon": lon, "lat": lat })).await;
        issue(&worker, &house).await;
        let code = list(&worker, &house).await[0].1.clone();
        assert!(leads_to(&scan(&town, &format!("/p?code={code}")).await).starts_with("/p/"), "typed by hand");
        leads_to(&scan(&town, &format!("/p/{code}")).await);
        let last = if code.ends_with('0') { '1' } else { '0' };
        let mistyped = format!("{}{last}", &code[..code.len() - 1]);
        assert_eq!(scan(&town, &format!("/p/{mistyped}")).await.status, 404);
        let shown = scan(&town, &format!("/p?code={mistyped}")).await;
        assert!(shown.status == 404 && shown.text.contains("有一处不对"), "{}", shown.text);
        worker.post(&format!("/api/registry/acts/{act}/undo"), json!({})).await.ok();
        let over = scan(&town, &format!("/p/{code}")).await;
        assert!(over.status == 410 && over.text.contains("已经注销"), "{}", over.text);
        assert_eq!(scan(&town, "/p").await.status, 200);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn things_of_an_area_get_plates_with_their_place() {
    each_town(async |town| {
        let worker = caller(&town, "worker1");
        let (building, _) = building_and_room(&worker).await;
        let values = json!({ "name": "消防栓 12", "component": "0110" });
        let (thing, _) = enter(&worker, "thing", values, json!({ "place": building })).await;
        let query = format!("/api/registry/plates?area={GRID_1}");
        let given = worker.post("/api/registry/plates", json!({ "area": GRID_1 })).await.ok();
        assert_eq!(given["issued"], 1);
        let plates = worker.get(&query).await.ok();
        assert_eq!(plates["items"][0]["record"], json!(thing));
        assert_eq!(plates["items"][0]["label"], "田心三村5栋 消防栓 12");
        let code = text(&plates["items"][0]["code"]);
        let report = leads_to(&scan(&town, &format!("/p/{code}")).await);
        let query: Vec<(String, String)> = serde_urlencoded::from_str(&report["/report?".len()..]).expect("a query");
        assert_eq!(query[0].1, format!("田心三村5栋 消防栓 12（牌号 {code}）"));
        // One thing by itself.
        let one = worker.get(&format!("/api/registry/plates?thing={thing}")).await.ok();
        assert_eq!(one["items"], json!([plates["items"][0]]));
        assert_eq!(worker.post("/api/registry/plates", json!({ "thing": thing })).await.ok()["issued"], 0);
        assert_eq!(file(&worker, &format!("thing={thing}")).await.0, 200);
        caller(&town, "worker2").get(&format!("/api/registry/plates?thing={thing}")).await.refused("not_found");
        worker.get(&format!("/api/registry/plates?thing={building}")).await.refused("not_found");
        // Only where one may edit, and no fact where nothing was given.
        let street = worker.post("/api/registry/plates", json!({ "area": STREET })).await;
        assert!(matches!(street.status, 403 | 404), "{}", street.text);
        assert_eq!(caller(&town, "clerk").post("/api/registry/plates", json!({ "area": STREET })).await.ok()["issued"], 0);
    })
    .await;
}
