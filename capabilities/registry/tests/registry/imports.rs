//! Tables brought in: a clerk's list with its faults, a break in the middle, the same list again, and taking it back.

use crate::town::{CAPABILITIES, GRID_1, caller, each_town, enter, look, shown, text, two_homes};
use calamine::{Data, Reader, Xlsx};
use encoding_rs::GBK;
use platform::Actor;
use registry::commands::import::{self as tables, Sent};
use registry::import::{self, BatchState, Table};
use reqwest::multipart::{Form, Part};
use serde_json::{Value, json};
use sheets::{BookWriter, Cell, Column, ColumnKind, RowWriter};
use std::io::Cursor;
use std::ops::ControlFlow;
use std::time::Duration;
use testkit::{Answer, Caller, DISTRICT, Town};

const HEADS: &str = "序号,姓名,公民身份号码,联系电话,现住址,与户主关系,人口类型,户号";

/// A resident document of Beijing, valid in form: day of birth, order number, check character (GB 11643-1999).
pub fn document(birth: &str, order: u32) -> String {
    const WEIGHTS: [u32; 17] = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
    let body = format!("110105{birth}{order:03}");
    let sum: u32 = body.bytes().zip(WEIGHTS).map(|(digit, weight)| u32::from(digit - b'0') * weight).sum();
    let check = b"10X98765432"[sum as usize % 11];
    format!("{body}{}", char::from(check))
}

async fn try_send(by: &Caller, table: &str, file_name: &str, bytes: Vec<u8>) -> Answer {
    let file = Part::bytes(bytes).file_name(file_name.to_owned());
    let form = Form::new().text("table", table.to_owned()).part("file", file);
    by.send(by.client.post(format!("{}/api/registry/imports", by.url)).multipart(form)).await
}

async fn send(by: &Caller, table: &str, file_name: &str, text: &str) -> Value {
    try_send(by, table, file_name, text.as_bytes().to_vec()).await.ok()
}

/// Waits until the work in the background has ended.
async fn ended(by: &Caller, batch: &Value) -> Value {
    let path = format!("/api/registry/imports/{}", text(&batch["id"]));
    for _ in 0..600 {
        let batch = by.get(&path).await.ok();
        if !["checking", "saving", "undoing"].contains(&batch["state"].as_str().unwrap_or_default()) {
            return batch;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("the work does not end");
}

async fn step(by: &Caller, batch: &Value, verb: &str, body: Value) -> Value {
    let path = format!("/api/registry/imports/{}/{verb}", text(&batch["id"]));
    let begun = by.post(&path, body).await.ok();
    ended(by, &begun).await
}

async fn check(by: &Caller, batch: &Value) -> Value {
    step(by, batch, "check", json!({ "sheet": batch["sheet"], "mapping": batch["mapping"] })).await
}

pub async fn bring(by: &Caller, table: &str, file_name: &str, text: &str) -> Value {
    let checked = check(by, &send(by, table, file_name, text).await).await;
    assert_eq!(checked["state"], "checked", "{checked}");
    checked
}

pub fn tally(batch: &Value, what: &str) -> [i64; 5] {
    ["new", "changed", "unchanged", "conflicts", "wrong"]
        .map(|key| batch["report"][what][key].as_i64().unwrap_or(-1))
}

pub fn codes(batch: &Value) -> Vec<String> {
    batch["report"]["first"].as_array().expect("rows").iter().map(|row| text(&row["code"])).collect()
}

/// Seven that are right, and ten that are not.
fn list_of_a_clerk() -> String {
    let id = document;
    let fullwidth: String =
        id("19620305", 12).chars().map(|c| char::from_u32(c as u32 + 0xfee0).unwrap_or(c)).collect();
    let wrong_check = {
        let right = id("19900307", 100);
        let last = if right.ends_with('0') { '1' } else { '0' };
        format!("{}{last}", &right[..17])
    };
    let rows = [
        format!("1,张晓明,{},138 7330 0042,田心三村5栋2单元301,户主,户籍,", id("19880612", 101)),
        format!("2,李梅,{},13873300043,田心三村五栋2-301,妻,户籍人口,", id("19900415", 122)),
        format!("3,张小宝,{},,田心三村5幢2单元301室,子,户籍,", id("20150101", 103)),
        format!("4,王建国,{fullwidth},0733-2860000,田心三村5栋2单元302室,户主,户籍,"),
        format!("5,赵六,{wrong_check},13873300044,田心三村5栋2单元401,户主,户籍,"),
        "6,钱七,110105199902310018,13873300045,田心三村5栋2单元402,户主,户籍,".to_owned(),
        format!("7,孙八,{},13873300046,田心三村9栋1单元101,户主,户籍,", id("19700101", 104)),
        format!("8,张晓明,{},13873300042,田心三村5栋2单元301,其他,户籍,", id("19880612", 101)),
        format!("9,周九,{},13873300047,田心三村5栋2单元501,户主,户籍,", id("19880612", 101)),
        format!("10,吴十,{},13873300048,,户主,户籍,", id("19711111", 105)),
        format!("11,郑一,{},13873300049,田心三村5栋2单元301,户主,户籍,", id("19721212", 106)),
        format!("12,冯二,{},13873300050,田心三村5栋2单元502,户主,户籍,", id("20300101", 107)),
        format!("13,陈三,{},12345,田心三村5栋2单元503,户主,户籍,", id("19730101", 108)),
        format!("14,褚四,{},13873300051,田心三村5栋2单元504,邻居,户籍,", id("19740101", 109)),
        format!("15,艾力·买买提,{},13873300052,田心三村5栋2单元601,户主,流动人口,", id("19920101", 131)),
        "16,卫五,110105620305121,13873300053,田心三村5栋2单元602,户主,户籍,".to_owned(),
        format!("17,蒋老六,{},13873300054,田心三村5栋2单元301,户主,流动,2", id("19850101", 142)),
    ];
    format!("{HEADS}\r\n{}\r\n", rows.join("\r\n"))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_clerk_brings_a_list_with_ten_wrong_rows() {
    each_town(async |town| {
        let clerk = caller(&town, "clerk");
        two_homes(&clerk).await;
        let bytes = GBK.encode(&list_of_a_clerk()).0.into_owned();
        let sent = try_send(&clerk, "people", "田心社区名单.csv", bytes).await.ok();
        assert_eq!(sent["mapping"]["columns"][2], "document.number");
        assert_eq!((&sent["state"], &sent["rows"]), (&json!("sent"), &json!(18)));
        let checked = check(&clerk, &sent).await;
        assert_eq!(tally(&checked, "checked"), [7, 0, 0, 0, 10], "{checked:#}");
        assert!(
            checked["report"]["notices"].to_string().contains("sheet.encoded"),
            "it says that it was GBK"
        );
        let expected = [
            "registry.identifier_checksum",
            "registry.identifier_date",
            "registry.unknown_building",
            "registry.duplicate_in_file",
            "registry.document_of_another",
            "registry.no_address",
            "registry.second_head",
            "registry.identifier_born_later",
            "registry.bad_phone",
            "registry.bad_choice",
        ];
        assert_eq!(codes(&checked), expected);
        let first = &checked["report"]["first"][2]["words"]["zh"];
        assert!(text(first).contains("相近的有：田心三村5栋"), "{first}");
        assert_eq!(people_in(&town, "301").await, 0, "nothing is saved by a check");
        errors_are_in_comments(&clerk, &checked).await;

        let saved = step(&clerk, &checked, "save", json!({})).await;
        assert_eq!((&saved["state"], tally(&saved, "saved")), (&json!("saved"), [7, 0, 0, 0, 10]));
        assert_eq!(people_in(&town, "301").await, 4);
        assert_eq!(people_in(&town, "601").await, 1, "a room nobody knew is there now");

        let again = bring(&clerk, "people", "again.csv", &list_of_a_clerk()).await;
        assert_eq!(tally(&again, "checked"), [0, 0, 7, 0, 10], "the same list changes nothing: {again:#}");
        let again = step(&clerk, &again, "save", json!({})).await;
        assert_eq!(again["report"]["records"], 0);

        let undone = step(&clerk, &saved, "undo", json!({})).await;
        assert_eq!(undone["state"], "undone", "{undone:#}");
        assert_eq!(people_in(&town, "301").await, 0);
        let again = bring(&clerk, "people", "again.csv", &list_of_a_clerk()).await;
        assert_eq!(tally(&again, "checked"), [7, 0, 0, 0, 10], "nobody of the list is left");
    })
    .await;
}

/// How many live in a room of the one building, as its drawing counts.
async fn people_in(town: &Town, room: &str) -> i64 {
    let read = async |conn: &mut store::Conn| conn.one(&PLACE, (DISTRICT, "田心三村5栋".to_owned())).await;
    let (building,) = town.db().read::<_, platform::Fault, _>(read).await.expect("the building is there");
    let drawing = caller(town, "clerk").get(&format!("/api/registry/places/{building}/building")).await.ok();
    let all = |value: &Value, key: &str| value[key].as_array().expect("a list").clone();
    let floors = all(&drawing, "units").into_iter().flat_map(|unit| all(&unit, "floors"));
    let rooms = floors.flat_map(|floor| all(&floor, "rooms"));
    rooms
        .filter(|there| text(&there["name"]).starts_with(room))
        .filter_map(|there| there["residents"].as_i64())
        .sum()
}

store::sql! {
    PLACE: (platform::DistrictId, String) -> (uuid::Uuid,) =
        "select id from registry_record where district = $1 and label = $2 and kind = 'place' and state = 'live'";
    BIRTHS: (platform::DistrictId, String) -> (i64,) =
        "select count(*) as n from registry_record where district = $1 and kind = 'person' and fields->'v'->'birth_on'->>0 = $2";
    LIVE: (platform::DistrictId, String) -> (i64,) =
        "select count(*) as n from registry_record where district = $1 and kind = $2 and state = 'live'";
}

async fn live(db: &store::Db, kind: &str) -> i64 {
    let kind = kind.to_owned();
    let read = async move |conn: &mut store::Conn| conn.one(&LIVE, (DISTRICT, kind.clone())).await;
    db.read::<_, platform::Fault, _>(read).await.expect("a count").0
}

async fn errors_are_in_comments(by: &Caller, batch: &Value) {
    let path = format!("{}/api/registry/imports/{}/errors", by.url, text(&batch["id"]));
    let request = by.client.get(path).bearer_auth(by.token.as_deref().unwrap_or_default());
    let bytes = request.send().await.expect("an answer").bytes().await.expect("a file").to_vec();
    let mut book: Xlsx<_> = Xlsx::new(Cursor::new(bytes.clone())).expect("a workbook");
    let range = book.worksheet_range("需要改正").expect("the rows at fault");
    assert_eq!(range.height(), 11, "heads and ten rows");
    assert_eq!(range.get((1, 1)), Some(&Data::String("赵六".into())));
    assert!(String::from_utf8_lossy(&bytes).contains("comments1.xml"), "faults stand in comments");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_register_says_otherwise_is_told_and_taken_only_when_asked() {
    each_town(async |town| {
        let (clerk, worker) = (caller(&town, "clerk"), caller(&town, "worker1"));
        let (home, other) = two_homes(&clerk).await;
        let values = json!({ "name": "张晓明", "documents": [document("19880612", 101)], "phones": ["13873300042"] });
        let (id, _) = enter(&worker, "person", values, json!({ "area_path": GRID_1 })).await;
        let body = json!({ "dwelling": home, "values": { "kind": "registered", "relation": "head" }, "given": { "source": "door" } });
        worker.post(&format!("/api/registry/people/{id}/move-in"), body).await.ok();
        let list = |address: &str, phone: &str, name: &str| {
            format!("{HEADS}\n1,{name},{},{phone},{address},户主,户籍,\n", document("19880612", 101))
        };

        let more = bring(&clerk, "people", "a.csv", &list("田心三村5-2-301", "13900000001", "张晓明")).await;
        assert_eq!(tally(&more, "checked"), [0, 1, 0, 0, 0], "a second telephone is no conflict");
        step(&clerk, &more, "save", json!({})).await;
        let seen = clerk.get(&format!("/api/registry/records/{id}?purpose=check&open=phones")).await.ok();
        assert_eq!(shown(&seen, "phones"), "13873300042、13900000001");
        let phones = seen["fields"].as_array().expect("fields").iter().find(|field| field["key"] == "phones");
        let origin = &phones.expect("phones")["origin"];
        assert_eq!((&origin["source"], &origin["evidence"]), (&json!("import"), &json!("a.csv")));

        let moved = bring(&clerk, "people", "b.csv", &list("田心三村5栋2单元302", "", "张晓明")).await;
        assert_eq!((tally(&moved, "checked"), codes(&moved)), ([0, 0, 0, 1, 0], vec!["registry.head_elsewhere".to_owned()]));
        let held_back = step(&clerk, &moved, "save", json!({})).await;
        assert_eq!(tally(&held_back, "saved"), [0, 0, 0, 1, 0]);
        assert_eq!((people_in(&town, "301").await, people_in(&town, "302").await), (1, 0));
        let copies = clerk.get(&format!("/api/registry/records/{id}/copies")).await.ok();
        assert_eq!(copies[0]["purpose"], "check", "the person can see who was shown the difference");

        let moved = bring(&clerk, "people", "b.csv", &list("田心三村5栋2单元302", "", "张晓明")).await;
        let taken = step(&clerk, &moved, "save", json!({ "takes_conflicts": true })).await;
        assert_eq!(tally(&taken, "saved"), [0, 1, 0, 0, 0], "{taken:#}");
        assert_eq!((people_in(&town, "301").await, people_in(&town, "302").await), (0, 1));
        let family = clerk.get(&format!("/api/registry/dwellings/{other}/home?purpose=visit")).await.ok();
        assert_eq!(family["members"][0]["person"]["label"], "张晓明");

        let other_name = bring(&clerk, "people", "c.csv", &list("田心三村5栋2单元302", "", "李四")).await;
        assert_eq!(codes(&other_name), ["registry.document_of_another"]);
        step(&clerk, &taken, "undo", json!({})).await;
        assert_eq!((people_in(&town, "301").await, people_in(&town, "302").await), (1, 0), "moved back");

        let body = json!({ "version": look(&clerk, &id).await["version"], "values": { "sex": "女" }, "given": { "source": "desk" } });
        clerk.post(&format!("/api/registry/records/{id}/amend"), body).await.refused("registry.sex_differs");
        let body = json!({ "version": look(&clerk, &id).await["version"], "values": { "languages": ["xiang"] }, "given": { "source": "desk" } });
        clerk.post(&format!("/api/registry/records/{id}/amend"), body).await.ok();
        let undo = clerk.post(&format!("/api/registry/imports/{}/undo", text(&more["id"])), json!({})).await;
        undo.refused("registry.changed_since");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_may_bring_what_where() {
    each_town(async |town| {
        let (clerk, worker) = (caller(&town, "clerk"), caller(&town, "worker1"));
        try_send(&worker, "people", "a.csv", HEADS.into()).await.refused("forbidden");
        try_send(&clerk, "spirits", "a.csv", HEADS.into()).await.refused("registry.no_table");
        try_send(&clerk, "people", "a.csv", Vec::new()).await.refused("sheet.not_a_sheet");
        try_send(&clerk, "people", "a.csv", b"1,2\n3,4\n".to_vec()).await.refused("registry.no_heads");
        try_send(&clerk, "people", "a.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1".repeat(64))
            .await
            .refused("sheet.broken_xls");
        let sent = send(&clerk, "people", "a.csv", &list_of_a_clerk()).await;
        let path = format!("/api/registry/imports/{}", text(&sent["id"]));
        caller(&town, "dispatcher").get(&path).await.refused("not_found");
        let other = send(&clerk, "people", "b.csv", "姓名,住址,人口类型\n张三,田心三村,户籍\n").await;
        let body = json!({ "sheet": 0, "mapping": other["mapping"] });
        let problem = clerk.post(&format!("{path}/check"), body).await.refused("registry.other_sheet");
        assert!(text(&problem["title"]).contains("没有“住址”"), "{problem}");
        clerk.post(&format!("{path}/save"), json!({})).await.refused("registry.not_now");
        assert_eq!(clerk.delete(&path).await.ok()["state"], "dropped");
        clerk
            .post(&format!("{path}/check"), json!({ "sheet": 0, "mapping": sent["mapping"] }))
            .await
            .refused("registry.not_now");

        // A reading that a person mended is remembered for sheets with the same heads.
        let mut mapping = other["mapping"].clone();
        mapping["columns"] = json!(["person.name", "address", "residence.kind"]);
        let renamed = "某人,某处,某类\n张三,田心三村,户籍\n";
        let odd = send(&clerk, "people", "c.csv", renamed).await;
        assert_eq!(odd["mapping"]["columns"], json!([null, null, null]));
        mapping["heads"] = odd["mapping"]["heads"].clone();
        step(&clerk, &odd, "check", json!({ "sheet": 0, "mapping": mapping })).await;
        let again = send(&clerk, "people", "d.csv", renamed).await;
        assert_eq!(again["mapping"]["columns"], mapping["columns"]);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn homes_organisations_and_things_come_as_tables() {
    each_town(async |town| {
        let clerk = caller(&town, "clerk");
        let homes = "地址,用途,建筑面积,居住状况,网格编码\n\
            建设北路128号,商铺,120,出租,430204001008J001\n\
            田心三村5栋2单元301,住宅,89.5㎡,自住,430204001008J001\n\
            田心三村5栋2单元302,住宅,0,自住,430204001008J001\n\
            田心三村5栋2单元303,住宅,99999,自住,430204001008J001\n\
            田心三村5栋2单元301,住宅,90,自住,430204001008J001\n\
            田心四村1栋101,住宅,90,自住,\n\
            田心四村1栋101,住宅,90,自住,999\n";
        let checked = bring(&clerk, "homes", "homes.csv", homes).await;
        assert_eq!(tally(&checked, "checked"), [2, 0, 0, 0, 5], "{checked:#}");
        let expected = [
            "registry.bad_area",
            "registry.bad_area",
            "registry.duplicate_in_file",
            "registry.unknown_building",
            "registry.duplicate_in_file",
        ];
        assert_eq!(codes(&checked), expected);
        step(&clerk, &checked, "save", json!({})).await;
        assert_eq!(live(town.db(), "dwelling").await, 2);
        let again = homes.replace("89.5㎡,自住", "89.5,出租");
        let again = bring(&clerk, "homes", "homes.csv", &again).await;
        assert_eq!(tally(&again, "checked"), [0, 0, 1, 1, 5], "one is let now: {again:#}");

        let shops = "单位名称,统一社会信用代码,类型,联系人,联系电话,地址,网格\n\
            田心便民超市,,个体户,李建国,13873300001,建设北路128号,\n\
            石峰小学,,学校,,,,430204001008J002\n\
            没有地方的公司,,公司,,,,\n\
            代码不对的公司,91430204MA4L00000X,公司,,,建设北路128号,\n";
        for expected in [[2, 0, 0, 0, 2], [0, 0, 2, 0, 2]] {
            let checked = bring(&clerk, "organisations", "shops.csv", shops).await;
            assert_eq!(tally(&checked, "checked"), expected, "{checked:#}");
            step(&clerk, &checked, "save", json!({})).await;
        }
        let things = "部件名称,部件代码,状态,经度,纬度\n\
            路灯 TX-031,0101,正常,113.11,27.88\n\
            路灯 TX-031,0101,损坏,113.13,27.88\n\
            路灯 TX-031,0101,正常,113.11,27.88\n\
            井盖 7,0103,完好,113.11,\n\
            井盖 8,0103,完好,12.5,41.9\n";
        for expected in [[2, 0, 0, 0, 3], [0, 0, 2, 0, 3]] {
            let checked = bring(&clerk, "things", "things.csv", things).await;
            assert_eq!(tally(&checked, "checked"), expected, "{checked:#}");
            step(&clerk, &checked, "save", json!({})).await;
        }
        assert_eq!((live(town.db(), "organisation").await, live(town.db(), "thing").await), (2, 2));
    })
    .await;
}

/// 张五零零: a name for each number.
fn name_of(number: u32) -> String {
    let digits = number.to_string().chars().map(|c| c.to_digit(10).unwrap_or(0) as usize).collect::<Vec<_>>();
    let signs: Vec<char> = "零一二三四五六七八九".chars().collect();
    std::iter::once('张').chain(digits.into_iter().map(|digit| signs[digit])).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_killed_import_goes_on_where_it_was() {
    each_town(async |town| {
        let clerk = caller(&town, "clerk");
        two_homes(&clerk).await;
        // Families of three in rooms of the 3rd to the 202nd floor; the second of two families of a room has a number of its own.
        let mut list = format!("{HEADS}\n");
        for n in 0..1_200u32 {
            let (room, member) = (n / 6, n % 6);
            let relation = ["户主", "妻", "子", "户主", "夫", "女"][member as usize];
            let number = if member < 3 { "" } else { "2" };
            let birth = format!("19{:02}{:02}{:02}", 50 + n / 300, 1 + n % 12, 1 + n / 12 % 28);
            let id = document(&birth, 100 + n % 899);
            list.push_str(&format!(
                "{n},{},{id},,田心三村5栋2单元{}01,{relation},户籍,{number}\n",
                name_of(n),
                room + 3
            ));
        }
        let (edge, system) = (&town.edge, Actor::system(DISTRICT, "test"));
        let sent = Sent { table: Table::People, file_name: "long.csv".into(), bytes: list.into_bytes() };
        let batch = tables::send_table(edge, &system, sent).await.expect("it is taken");
        let mapping = batch.mapping.clone().expect("a reading");
        tables::check_table(edge, &system, batch.id, 0, mapping).await.expect("it fits");
        let checked =
            import::check_batch(edge, DISTRICT, batch.id, &mut |_| {}).await.expect("it is checked");
        assert_eq!(
            (checked.report.checked.new, checked.report.checked.wrong),
            (1_200, 0),
            "{:?}",
            checked.report
        );
        tables::save_table(edge, &system, batch.id, false).await.expect("it begins");
        let mut after_one = |_| ControlFlow::Break(());
        let broken_off =
            import::save_batch(edge, DISTRICT, batch.id, &mut after_one).await.expect("one part");
        assert_eq!((broken_off.state, broken_off.rows_done), (BatchState::Saving, 500));
        assert_eq!(live(town.db(), "person").await, 500);

        // The server is dead; another one opens the same data.
        let edge = match town.db().sqlite_path() {
            None => town.edge.clone(),
            Some(path) => {
                let target = store::Target::Sqlite(path.to_owned());
                let options = store::Options {
                    exclusive: false,
                    clock: town.clock.clone(),
                    ..store::Options::new(target)
                };
                let db = store::Db::open(options).await.expect("it opens");
                let settings = (*town.edge.settings()).clone();
                edge::prepare(&db, CAPABILITIES, settings, None).await.expect("it is prepared")
            }
        };
        import::resume(&edge).await.expect("it goes on");
        for _ in 0..600 {
            if live(&edge.db, "person").await == 1_200 {
                break;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        let count = async |kind| live(&edge.db, kind).await;
        assert_eq!((count("person").await, count("residence").await), (1_200, 1_200), "everybody once");
        // 301 and 302 are there; 198 more rooms, and two families in each.
        assert_eq!(
            (count("dwelling").await, count("household").await),
            (2 + 199, 400),
            "no home and no household twice"
        );
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_workbook_with_days_in_every_shape_and_numbers_that_lost_digits() {
    each_town(async |town| {
        let clerk = caller(&town, "clerk");
        two_homes(&clerk).await;
        let day = jiff::civil::date(1990, 1, 2);
        let text = |text: &str| Cell::from_text(text);
        let rows = [
            (Cell::Date(day), Cell::Empty),
            (text("1990/1/2"), Cell::Empty),
            (text("1990.1.2"), Cell::Empty),
            (text("19900102"), Cell::Empty),
            (text("1990年1月2日"), Cell::Empty),
            (text("１９９０－０１－０２"), text("110105199001021019")),
            (text("1990-02-30"), Cell::Empty),
            (text("2099-01-01"), Cell::Empty),
            (text("1890-01-01"), Cell::Empty),
            (Cell::Empty, Cell::Number(430_204_199_001_011_234.0)),
        ];
        let folder = town.folder.path().join("made.xlsx");
        let heads = [
            Column::text("n", "姓名"),
            Column::text("b", "出生日期").of_kind(ColumnKind::Date),
            Column::text("d", "证件号码").of_kind(ColumnKind::Number),
            Column::text("a", "地址"),
            Column::text("k", "居住类别"),
        ];
        let mut book = BookWriter::create(&folder, &heads).expect("a workbook");
        for (n, (birth, number)) in (0..).zip(rows) {
            let cells = [text(&name_of(n)), birth, number, text("田心三村5栋2单元301"), text("户籍人口")];
            book.add_row(&cells).expect("a row");
        }
        Box::new(book).finish().expect("a file");
        let bytes = std::fs::read(&folder).expect("its bytes");
        let sent = try_send(&clerk, "people", "made.xlsx", bytes).await.ok();
        let checked = check(&clerk, &sent).await;
        let expected =
            ["registry.bad_date", "registry.born_tomorrow", "registry.too_old", "cell.lost_digits"];
        assert_eq!(
            (tally(&checked, "checked"), codes(&checked)),
            ([6, 0, 0, 0, 4], expected.map(str::to_owned).to_vec())
        );
        step(&clerk, &checked, "save", json!({})).await;
        let read =
            async |conn: &mut store::Conn| conn.all(&BIRTHS, (DISTRICT, "1990-01-02".to_owned())).await;
        let born = town.db().read::<_, platform::Fault, _>(read).await.expect("births");
        assert_eq!(born, [(6,)], "all six are the same day");
    })
    .await;
}

/// A workbook of three sheets: a cover, people, and people on a hidden sheet.
fn three_sheets() -> Vec<u8> {
    let mut book = rust_xlsxwriter::Workbook::new();
    let rows = |name: &'static str| [["姓名", "地址", "居住类别"], [name, "田心三村5栋2单元301", "户籍人口"]];
    let sheets = [
        ("封面", [["2026年人口登记", "", ""], ["", "", ""]], false),
        ("人口", rows("张晓明"), false),
        ("旧表", rows("李梅"), true),
    ];
    for (name, rows, is_hidden) in sheets {
        let sheet = book.add_worksheet().set_name(name).expect("a name").set_hidden(is_hidden);
        for (row, cells) in (0..).zip(rows) {
            for (column, cell) in (0..).zip(cells) {
                sheet.write_string(row, column, cell).expect("a cell");
            }
        }
    }
    book.save_to_buffer().expect("a workbook")
}

#[tokio::test(flavor = "multi_thread")]
async fn one_sheet_of_several_is_chosen_and_hidden_ones_are_told() {
    each_town(async |town| {
        let clerk = caller(&town, "clerk");
        two_homes(&clerk).await;
        let sent = try_send(&clerk, "people", "book.xlsx", three_sheets()).await.ok();
        assert_eq!(sent["sheet"], 1, "a cover names no columns");
        let path = format!("/api/registry/imports/{}", text(&sent["id"]));
        let sheets = clerk.get(&format!("{path}/sheets")).await.ok();
        let told: Vec<_> = sheets
            .as_array()
            .expect("sheets")
            .iter()
            .map(|sheet| {
                (text(&sheet["name"]), sheet["hidden"] == true, sheet["mapping"]["columns"][0].clone())
            })
            .collect();
        let name = json!("person.name");
        assert_eq!(
            told,
            [
                ("封面".into(), false, Value::Null),
                ("人口".into(), false, name.clone()),
                ("旧表".into(), true, name)
            ]
        );
        let chosen = json!({ "id": sent["id"], "sheet": 2, "mapping": sheets[2]["mapping"] });
        let checked = check(&clerk, &chosen).await;
        assert_eq!((&checked["sheet"], tally(&checked, "checked")), (&json!(2), [1, 0, 0, 0, 0]));
        step(&clerk, &checked, "save", json!({})).await;
        let found = clerk.get("/api/registry/search?kind=person&q=李梅").await.ok();
        assert_eq!(found["hits"].as_array().map(Vec::len), Some(1), "{found}");
        caller(&town, "dispatcher").get(&format!("{path}/sheets")).await.refused("not_found");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_row_that_names_only_a_building_of_several_homes_is_asked_which() {
    each_town(async |town| {
        let clerk = caller(&town, "clerk");
        two_homes(&clerk).await;
        let homes = "地址,用途,居住状况,网格编码\n\
            田心三村5栋1单元301,住宅,自住,430204001008J001\n\
            田心三村5栋2单元401,住宅,自住,430204001008J001\n";
        step(&clerk, &bring(&clerk, "homes", "homes.csv", homes).await, "save", json!({})).await;
        let before = live(town.db(), "dwelling").await;
        let people = "姓名,现住址,人口类型\n\
            张一,田心三村5栋,户籍\n\
            张二,田心三村5栋2单元,户籍\n\
            张三,田心三村5栋301,户籍\n\
            张四,田心三村5栋999,户籍\n";
        let checked = bring(&clerk, "people", "people.csv", people).await;
        assert_eq!(tally(&checked, "checked"), [0, 0, 0, 0, 4], "{checked:#}");
        let first = checked["report"]["first"].as_array().expect("rows").iter();
        let told: Vec<_> = first.map(|row| (text(&row["code"]), text(&row["words"]["zh"]))).collect();
        let which = |code: &str, words: &str| (format!("registry.{code}"), words.to_owned());
        assert_eq!(
            told,
            [
                which("room_missing", "这里有 4 户，请写明是哪一户，例如：1单元301室、2单元301、2单元302。"),
                which("room_missing", "这里有 3 户，请写明是哪一户，例如：2单元301、2单元302、2单元401室。"),
                which("unit_missing", "这栋楼有几个单元，请写明单元，例如：1单元301室、2单元301。"),
                which("unit_missing", "这栋楼有几个单元，请写明单元。"),
            ]
        );
        let homes = "地址,用途\n田心三村5栋,住宅\n";
        assert_eq!(codes(&bring(&clerk, "homes", "one.csv", homes).await), ["registry.room_missing"]);
        assert_eq!(live(town.db(), "dwelling").await, before, "nothing is put anywhere by a guess");
    })
    .await;
}
