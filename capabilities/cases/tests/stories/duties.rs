//! Duty lists as documents: drafted, laid out, objected to, published with a number and a day, obeyed from that midnight, cited for good.

use crate::town::*;
use serde_json::{Value, json};
use testkit::Caller;

const DUTIES: &str = "/api/cases/duties";

async fn draft(town: &CaseTown, list: &str) -> Value {
    town.staff("dispatcher").post(&format!("{DUTIES}/{list}/versions"), json!({})).await.ok()
}

fn path(version: &Value, verb: &str) -> String {
    format!("{DUTIES}/versions/{}{verb}", version["id"].as_str().expect("an id"))
}

async fn change(town: &CaseTown, version: &Value, content: &Value) -> Value {
    let body = json!({ "version": version["version"], "content": content });
    town.staff("dispatcher").put(&path(version, ""), body).await.ok()
}

async fn step(caller: &Caller, version: &Value, verb: &str) -> testkit::Answer {
    caller.post(&path(version, verb), json!({ "version": version["version"] })).await
}

async fn publish(town: &CaseTown, version: &Value, from: &str) -> testkit::Answer {
    let body = json!({ "version": version["version"], "document": "石政办发〔2026〕3号", "effective_from": from,
        "reason": "机构改革", "early": "各单位已签字同意" });
    town.staff("dispatcher").post(&path(version, "/publish"), body).await
}

fn item<'a>(content: &'a mut Value, number: &str) -> &'a mut Value {
    let items = content["items"].as_array_mut().expect("items");
    items.iter_mut().find(|item| item["number"] == number).expect("an item of that number")
}

/// The item that answers burst pipes, and who does.
fn of_burst_pipes(content: &Value) -> String {
    let items = content["items"].as_array().expect("items");
    let names =
        |item: &&Value| item["types"].as_array().is_some_and(|types| types.contains(&json!(BURST_PIPE)));
    items.iter().find(names).expect("an item for burst pipes")["number"]
        .as_str()
        .expect("a number")
        .to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_list_is_obeyed_from_its_midnight_and_the_old_one_is_cited_for_good() {
    each_case_town(async |town: CaseTown| {
        let before = town.reports_burst_pipe().await;
        let begun = draft(&town, "responsibilities").await;
        assert_eq!(
            (begun["label"].as_str(), begun["changes"].as_array().map(Vec::len)),
            (Some("2026-1"), Some(0))
        );
        let mut content = begun["content"].clone();
        let number = of_burst_pipes(&content);
        item(&mut content, &number)["who"] = json!("unit:city_management");
        let changed = change(&town, &begun, &content).await;
        assert_eq!(changed["changes"][0]["fields"], json!(["who"]), "{:#}", changed["changes"]);
        let laid_out = step(&town.staff("dispatcher"), &changed, "/lay-out").await.ok();
        let published = publish(&town, &laid_out, "2026-03-04").await.ok();
        let label = published["label"].as_str().expect("a label");
        publish(&town, &published, "2026-03-05").await.refused("cases.duty_wrong_state");

        let waiting = town.reports_burst_pipe().await;
        assert_eq!(waiting.sees().await["owner"]["name"], "water岗", "its day has not come");
        town.passes_days(2).await;
        let after = town.reports_burst_pipe().await;
        let case = after.sees().await;
        assert_eq!(case["owner"]["name"], "city岗", "{:#}", case["explanation"]);
        assert_eq!(case["explanation"]["href"], format!("/lists/responsibilities/{label}#item-{number}"));
        assert!(town.facts().await.iter().any(|fact| fact.name == "cases.duty_list_in_force"));

        let old = before.sees().await["explanation"].clone();
        assert_eq!(old["item"], format!("responsibilities/{number} (default-1)"), "what was decided stays");
        let page = town.town.caller().get("/lists/responsibilities/default-1").await;
        assert!(page.text.contains(&format!("id=\"item-{number}\"")) && page.text.contains("已由新版代替"));
        let page =
            town.town.caller().get(&format!("/lists/responsibilities/{label}/changes?from=default-1")).await;
        assert!(page.text.contains("供水公司") && page.text.contains("城市管理部门"), "{}", page.text);
        let data = town.town.caller().get(&format!("/lists/responsibilities/{label}.json")).await.ok();
        assert_eq!(
            (&data["holds"], &data["list"]["document"]),
            (&json!(true), &json!("石政办发〔2026〕3号"))
        );
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_grid_list_no_longer_names_reaches_no_grid_worker() {
    each_case_town(async |town: CaseTown| {
        let begun = draft(&town, "grid_matters").await;
        let mut content = begun["content"].clone();
        for item in content["items"].as_array_mut().expect("items") {
            item["types"].as_array_mut().expect("types").retain(|code| code != CLUTTER);
        }
        let changed = change(&town, &begun, &content).await;
        assert_eq!(changed["left_out"][0]["code"], CLUTTER, "the office is told beforehand");
        let report = json!({ "words": "楼道堆满杂物", "type": CLUTTER, "place": point(0) });
        let worker = town.reports(report.clone()).await.sees().await;
        assert_eq!(worker["owner"]["name"], "worker1岗");
        let trial = town.staff("dispatcher").post(&path(&changed, "/trial"), json!({ "days": 7 })).await.ok();
        assert_eq!(
            (&trial["cases"], &trial["moves"][0]["from"]),
            (&json!(1), &json!("grid_worker")),
            "{trial:#}"
        );
        let laid_out = step(&town.staff("dispatcher"), &changed, "/lay-out").await.ok();
        publish(&town, &laid_out, "2026-03-02").await.ok();
        let desk = town.reports(report).await;
        assert_ne!(desk.sees().await["owner"]["name"], "worker1岗", "at once, without a restart");
        let dump = json!({ "to": "grid_worker", "note": "你去看看。" });
        let refused = town.act("desk", &desk.id, "redispatch", dump).await;
        let refused = refused.json();
        assert_eq!(refused["extra"]["list_page"], "/lists/grid_matters/2026-1", "{refused:#}");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_unit_objects_and_the_ruling_is_done_before_the_list_is_published() {
    each_case_town(async |town: CaseTown| {
        let begun = draft(&town, "responsibilities").await;
        let mut content = begun["content"].clone();
        let number = of_burst_pipes(&content);
        item(&mut content, &number)["who"] = json!("unit:city_management");
        let changed = change(&town, &begun, &content).await;
        let objection = json!({ "number": number, "reason": "供水管网由供水公司养护" });
        let city = town.staff("city");
        city.post(&path(&changed, "/objections"), objection.clone()).await.refused("not_found");
        let laid_out = step(&town.staff("dispatcher"), &changed, "/lay-out").await.ok();
        let seen = city.get(&path(&laid_out, "")).await.ok();
        assert!(seen["objectable"].as_array().is_some_and(|all| all.contains(&json!(number))));
        let police = town.staff("police").post(&path(&laid_out, "/objections"), objection.clone()).await;
        police.refused("cases.duty_not_named");
        let said = city.post(&path(&laid_out, "/objections"), objection.clone()).await.ok();
        city.post(&path(&laid_out, "/objections"), objection).await.refused("cases.duty_objected_before");
        publish(&town, &laid_out, "2026-03-02").await.refused("cases.duty_objection_open");

        let ruling = path(&laid_out, &format!("/objections/{}/ruling", said["id"].as_str().expect("an id")));
        let words = json!({ "sustained": true, "words": "成立，改回供水公司" });
        city.post(&ruling, words.clone()).await.refused("forbidden");
        town.staff("dispatcher").post(&ruling, words.clone()).await.ok();
        town.staff("dispatcher").post(&ruling, words).await.refused("cases.duty_ruled_before");
        publish(&town, &laid_out, "2026-03-02").await.refused("cases.duty_objection_open");
        let page = town.town.caller().get("/lists/responsibilities/2026-1").await;
        assert!(page.text.contains("异议成立：成立，改回供水公司"), "everybody reads the ruling");

        let back = step(&town.staff("dispatcher"), &laid_out, "/take-back").await.ok();
        let mended = change(&town, &back, &begun["content"]).await;
        let again = step(&town.staff("dispatcher"), &mended, "/lay-out").await.ok();
        publish(&town, &again, "2026-03-02").await.ok();
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_unit_objects_to_an_item_that_holds_and_the_next_version_does_what_was_ruled() {
    each_case_town(async |town: CaseTown| {
        let dispatcher = town.staff("dispatcher");
        let begun = draft(&town, "responsibilities").await;
        let number = of_burst_pipes(&begun["content"]);
        let laid_out = step(&dispatcher, &begun, "/lay-out").await.ok();
        let published = publish(&town, &laid_out, "2026-03-03").await.ok();
        let objection = json!({ "number": number, "reason": "主管网由市里养护" });
        let early = town.staff("water").post(&path(&published, "/objections"), objection.clone()).await;
        early.refused("cases.duty_not_laid_out");
        town.passes_days(1).await;

        let water = town.staff("water");
        let seen = water.get(&path(&published, "")).await.ok();
        assert!(seen["objectable"].as_array().is_some_and(|all| all.contains(&json!(number))));
        let police = town.staff("police").post(&path(&published, "/objections"), objection.clone()).await;
        police.refused("cases.duty_not_named");
        let said = water.post(&path(&published, "/objections"), objection.clone()).await.ok();
        assert_eq!(said["due_at"].as_str().map(|at| &at[..10]), Some("2026-03-24"), "15 working days");
        water.post(&path(&published, "/objections"), objection).await.refused("cases.duty_objected_before");
        town.passes_days(25).await;
        assert_eq!(town.facts().await.iter().filter(|fact| fact.name == "cases.duty_answer_late").count(), 1);
        let anybody = town.town.caller();
        let page = anybody.get("/lists/responsibilities/2026-1").await;
        assert!(page.text.contains("主管网由市里养护") && page.text.contains("过期没有答复"));

        let dispatcher = town.staff("dispatcher");
        let ruling = path(&published, &format!("/objections/{}/ruling", said["id"].as_str().expect("an id")));
        dispatcher.post(&ruling, json!({ "sustained": true, "words": "改由城管牵头" })).await.ok();
        let next = draft(&town, "responsibilities").await;
        let laid_out = step(&dispatcher, &next, "/lay-out").await.ok();
        publish(&town, &laid_out, "2026-04-01").await.refused("cases.duty_objection_open");
        let back = step(&dispatcher, &laid_out, "/take-back").await.ok();
        let mut content = back["content"].clone();
        item(&mut content, &number)["who"] = json!("unit:city_management");
        let mended = change(&town, &back, &content).await;
        let again = step(&dispatcher, &mended, "/lay-out").await.ok();
        publish(&town, &again, "2026-04-01").await.ok();
        let page = anybody.get("/lists/responsibilities/2026-2/changes").await;
        let answer = "异议成立，下一版修改：改由城管牵头";
        assert!(page.text.contains(answer), "the answer stands beside the change: {}", page.text);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hole_is_refused_by_row_and_field_and_strangers_change_nothing() {
    each_case_town(async |town: CaseTown| {
        let begun = draft(&town, "responsibilities").await;
        let dispatcher = town.staff("dispatcher");
        dispatcher
            .post(&format!("{DUTIES}/responsibilities/versions"), json!({}))
            .await
            .refused("cases.duty_draft_open");
        dispatcher.post(&format!("{DUTIES}/nothing/versions"), json!({})).await.refused("not_found");
        let mut content = begun["content"].clone();
        item(&mut content, "2.1")["words"]["zh"] = json!(" ");
        item(&mut content, "2.2")["who"] = json!("unit:nobody");
        item(&mut content, "2.3")["types"] = json!(["X99"]);
        content["items"].as_array_mut().expect("items").retain(|item| item["number"] != "7.4");
        let changed = change(&town, &begun, &content).await;
        let refused = step(&dispatcher, &changed, "/lay-out").await.refused("cases.duty_holes");
        let holes: Vec<String> = refused["extra"]["holes"]
            .as_array()
            .expect("holes")
            .iter()
            .map(|hole| {
                format!("{} {}", hole["row"].as_str().unwrap_or(""), hole["field"].as_str().unwrap_or(""))
            })
            .collect();
        assert_eq!(holes, ["2.1 words.zh", "2.2 who", "2.3 types", "7.4 number"]);
        let stale = json!({ "version": 1, "content": begun["content"] });
        dispatcher.put(&path(&begun, ""), stale).await.refused("cases.duty_stale");
        let city = town.staff("city");
        city.get(&path(&begun, "")).await.refused("not_found");
        step(&city, &changed, "/lay-out").await.refused("forbidden");
        step(&town.town.caller(), &changed, "/lay-out").await.refused("sign_in");
        town.town.caller().get("/lists/responsibilities/2026-1").await.refused("not_found");
        step(&dispatcher, &changed, "/withdraw").await.ok();
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn everybody_finds_who_answers_without_a_script() {
    each_case_town(async |town: CaseTown| {
        let anybody = town.town.caller();
        let found = anybody.get("/lists?q=%E8%B7%AF%E7%81%AF").await;
        assert!(found.text.contains("市政维护机构"), "{}", found.text);
        let english = anybody.get("/lists?q=lamp&lang=en").await;
        assert!(english.status == 200 && english.text.contains("Who answers"));
        for key in ["responsibilities", "grid_matters", "needs"] {
            assert!(anybody.get(&format!("/lists/{key}")).await.text.contains("default-1"));
        }
        anybody.get("/lists/nothing").await.refused("not_found");
    })
    .await;
}

async fn bring(town: &CaseTown, version: &Value, name: &str, bytes: Vec<u8>) -> testkit::Answer {
    let dispatcher = town.staff("dispatcher");
    let part = reqwest::multipart::Part::bytes(bytes).file_name(name.to_owned());
    let form = reqwest::multipart::Form::new().part("file", part);
    let url = format!("{}{}", dispatcher.url, path(version, "/table"));
    dispatcher.send(dispatcher.client.post(url).multipart(form)).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_list_is_taken_away_as_a_table_and_brought_back() {
    each_case_town(async |town: CaseTown| {
        let begun = draft(&town, "responsibilities").await;
        let dispatcher = town.staff("dispatcher");
        let request = dispatcher.client.get(format!("{}{}", dispatcher.url, path(&begun, "/table")));
        let token = dispatcher.token.clone().expect("a session");
        let table = request.bearer_auth(token).send().await.expect("an answer").bytes().await.expect("a table").to_vec();
        let back = bring(&town, &begun, "清单.xlsx", table).await.ok();
        assert_eq!(back["changes"], json!([]), "taken away and brought back it is the same");
        let text = "编号,事项,英文,谁来办,事项类型\n1.1,供水管道,Water pipes,供水公司,P01002\n1.2,路灯,Lamps,没有这家,\n";
        let refused = bring(&town, &back, "清单.csv", text.as_bytes().to_vec()).await.refused("cases.duty_holes");
        let hole = &refused["extra"]["holes"][0];
        assert_eq!((&hole["row"], &hole["field"]), (&json!("1.2"), &json!("who")));
        let whole = "[[item]]\nnumber = \"1.1\"\nzh = \"供水管道\"\nen = \"Water pipes\"\nwho = \"unit:water_supply\"\ntypes = [\"P01002\"]\n";
        let brought = bring(&town, &back, "list.toml", whole.as_bytes().to_vec()).await.ok();
        assert_eq!(brought["content"]["items"].as_array().map(Vec::len), Some(1));
        bring(&town, &brought, "list.xlsx", b"nothing".to_vec()).await.refused("cases.duty_table");
        bring(&town, &brought, "list.csv", "甲,乙\n1,2\n".as_bytes().to_vec()).await.refused("cases.duty_table");
    })
    .await;
}
