//! Copies taken along: masked, marked, limited, told to those who are in them; and the empty tables to fill in.

use crate::imports::document;
use crate::town::{GRID_1, GRID_2, STREET, caller, each_town, enter, text, two_homes};
use calamine::{Reader, Xlsx};
use serde_json::{Value, json};
use std::io::Cursor;
use testkit::{Caller, DISTRICT, Town};

async fn people(town: &Town) -> Vec<String> {
    let worker = caller(town, "worker1");
    let (home, _) = two_homes(&worker).await;
    let mut ids = Vec::new();
    for (name, order) in [("张晓明", 101), ("=1+1李梅", 122), ("艾力·买买提", 131)] {
        let name = name.trim_start_matches("=1+1");
        let values =
            json!({ "name": name, "documents": [document("19880612", order)], "phones": ["13873300042"] });
        let (id, _) = enter(&worker, "person", values, json!({ "area_path": GRID_1 })).await;
        let body = json!({ "dwelling": home, "values": { "kind": "registered", "relation": "other" }, "given": { "source": "door" } });
        worker.post(&format!("/api/registry/people/{id}/move-in"), body).await.ok();
        ids.push(id);
    }
    ids
}

fn order(area: &str, format: &str, open: Value) -> Value {
    json!({ "kind": "person", "area_path": area, "format": format, "purpose": "notice", "reason": "田心三村停水通知", "open": open })
}

async fn file(by: &Caller, body: &Value) -> Vec<u8> {
    let request = by.client.post(format!("{}/api/registry/exports", by.url)).json(body);
    let response =
        request.bearer_auth(by.token.as_deref().unwrap_or_default()).send().await.expect("an answer");
    assert_eq!(response.status(), 200, "{:?}", response.text().await);
    response.bytes().await.expect("a file").to_vec()
}

store::sql! {
    ALARMS: (platform::DistrictId, String) -> (i64,) =
        "select count(*) as n from platform_fact where district = $1 and name = $2";
}

async fn facts(town: &Town, name: &str) -> i64 {
    let name = name.to_owned();
    let read = async move |conn: &mut store::Conn| conn.one(&ALARMS, (DISTRICT, name.clone())).await;
    town.db().read::<_, platform::Fault, _>(read).await.expect("a count").0
}

#[tokio::test(flavor = "multi_thread")]
async fn a_copy_is_masked_marked_and_told() {
    each_town(async |town| {
        let ids = people(&town).await;
        let clerk = caller(&town, "clerk");
        let lines = String::from_utf8(file(&clerk, &order(STREET, "jsonl", json!([]))).await).expect("text");
        let first: Value = serde_json::from_str(lines.lines().next().expect("a line")).expect("JSON");
        assert_eq!(lines.lines().count(), 3);
        assert_eq!((&first["name"], &first["phones"]), (&json!("张晓明"), &json!("138****0042")));
        assert_eq!(
            (&first["address"], &first["residence_kind"]),
            (&json!("田心三村5栋2单元301"), &json!("户籍人口"))
        );
        assert!(!lines.contains(&document("19880612", 101)) && !lines.contains("13873300042"), "{lines}");
        let opened =
            String::from_utf8(file(&clerk, &order(STREET, "csv", json!(["phones"]))).await).expect("text");
        assert!(opened.contains("13873300042") && !opened.contains(&document("19880612", 101)), "{opened}");

        let mut narrow = order(GRID_1, "xlsx", json!(["phones"]));
        narrow["columns"] = json!(["name", "phones"]);
        let mut book: Xlsx<_> = Xlsx::new(Cursor::new(file(&clerk, &narrow).await)).expect("a workbook");
        let range = book.worksheet_range_at(0).expect("a sheet").expect("its cells");
        assert_eq!((range.height(), range.width()), (5, 2), "mark, heads, three people");
        let mark = range.get((0, 0)).map(ToString::to_string).unwrap_or_default();
        assert!(mark.contains("导出人：clerk") && mark.contains("田心三村停水通知"), "{mark}");

        let copies = clerk.get(&format!("/api/registry/records/{}/copies", ids[1])).await.ok();
        let opened: Vec<&Value> =
            copies.as_array().expect("copies").iter().map(|copy| &copy["opened"]).collect();
        assert_eq!(opened.len(), 3);
        assert_eq!(opened.iter().filter(|opened| ***opened == json!(["phones"])).count(), 2);
        assert_eq!((text(&copies[0]["by"]), text(&copies[0]["purpose"])), ("clerk".into(), "notice".into()));
        assert_eq!(facts(&town, "registry.records_exported").await, 3);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_may_not_be_taken_is_refused() {
    each_town(async |town| {
        people(&town).await;
        let (clerk, worker) = (caller(&town, "clerk"), caller(&town, "worker1"));
        let refused = async |by: &Caller, body: Value, code: &str| {
            by.post("/api/registry/exports", body).await.refused(code);
        };
        refused(&clerk, order(STREET, "xlsx", json!(["documents"])), "registry.no_purpose").await;
        refused(&clerk, order(STREET, "xlsx", json!(["facts"])), "registry.no_purpose").await;
        for (key, value, code) in [
            ("reason", json!("要"), "registry.bad_reason"),
            ("purpose", json!("curiosity"), "registry.no_purpose"),
            ("kind", json!("service_fact"), "registry.no_copies"),
            ("columns", json!(["religion"]), "registry.no_such_column"),
        ] {
            let mut body = order(STREET, "csv", json!([]));
            body[key] = value;
            refused(&clerk, body, code).await;
        }
        assert_eq!(facts(&town, "registry.alarm_raised").await, 0);
        refused(&worker, order("430204", "xlsx", json!(["phones"])), "forbidden").await;
        refused(&worker, order(GRID_2, "xlsx", json!([])), "forbidden").await;
        assert_eq!(
            facts(&town, "registry.alarm_raised").await,
            2,
            "the security administrator hears of both"
        );
        assert_eq!(facts(&town, "registry.records_exported").await, 0);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn templates_fit_the_tables_they_are_for() {
    each_town(async |town| {
        let clerk = caller(&town, "clerk");
        for (table, required) in
            [("people", "姓名"), ("homes", "地址"), ("organisations", "名称"), ("things", "部件代码")]
        {
            let path = format!("{}/api/registry/templates/{table}", clerk.url);
            let request = clerk.client.get(path).bearer_auth("clerk");
            let bytes = request.send().await.expect("an answer").bytes().await.expect("a file").to_vec();
            let mut book: Xlsx<_> = Xlsx::new(Cursor::new(bytes.clone())).expect("a workbook");
            let heads = book.worksheet_range("填写").expect("the sheet to fill in");
            assert!(heads.rows().next().expect("heads").iter().any(|head| *head == required), "{table}");
            let file = reqwest::multipart::Part::bytes(bytes).file_name("template.xlsx");
            let form = reqwest::multipart::Form::new().text("table", table).part("file", file);
            let send = clerk.client.post(format!("{}/api/registry/imports", clerk.url)).multipart(form);
            let sent = clerk.send(send).await.ok();
            let columns = sent["mapping"]["columns"].as_array().expect("columns");
            assert!(columns.iter().all(|column| !column.is_null()), "every head is known: {sent}");
        }
        clerk.get("/api/registry/templates/spirits").await.refused("not_found");
    })
    .await;
}
