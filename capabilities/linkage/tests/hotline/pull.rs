//! The hotline pulls what became of its work orders: what changed, one by its number, and a period as a table.

use crate::town::*;
use serde_json::{Value, json};
use sheets::{Book, Limits};
use std::io::Write;
use std::ops::ControlFlow;

async fn pull(town: &HotlineTown, mark: &str) -> Value {
    let mark = mark.replace(':', "%3a").replace('+', "%2b");
    town.hotline.get(&format!("{ORDERS}?changed_after={mark}")).await.ok()
}

fn numbers(page: &Value) -> Vec<&str> {
    page["items"].as_array().expect("items").iter().map(|o| o["number"].as_str().expect("a number")).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_changed_is_pulled_by_mark() {
    each_hotline_town(async |town: HotlineTown| {
        let first = town.hands_in(order("1", BURST)).await.ok()["work_order"].clone();
        let other = with(order("2", "楼下路灯不亮"), json!({ "caller_phone": null, "classification": null }));
        town.hands_in(other).await.ok();
        let page = pull(&town, "2026-03-01T00:00:00+08:00").await;
        let mut all = numbers(&page);
        all.sort_unstable();
        assert_eq!((all, &page["more"]), (vec!["1", "2"], &json!(false)));

        town.town.passes(std::time::Duration::from_secs(60)).await;
        let quiet = pull(&town, page["mark"].as_str().expect("a mark")).await;
        let quiet = pull(&town, quiet["mark"].as_str().expect("a mark")).await;
        assert_eq!(quiet["items"], json!([]), "nothing has happened since");
        town.water_mends(&first["case_id"]).await;
        let page = pull(&town, quiet["mark"].as_str().expect("a mark")).await;
        assert_eq!(numbers(&page), ["1"]);
        let told = &page["items"][0];
        assert_eq!((&told["result"], &told["unit"]), (&json!("已换管，恢复供水。"), &json!("供水公司")));
        assert_eq!(
            pull(&town, page["mark"].as_str().expect("a mark")).await["items"][0]["number"],
            "1",
            "told twice rather than never"
        );
        town.hotline.get(&format!("{ORDERS}?changed_after=gestern")).await.refused("linkage.bad_mark");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_merged_case_goes_on_in_the_common_one() {
    each_hotline_town(async |town: HotlineTown| {
        let common = town.hands_in(order("1", BURST)).await.ok()["work_order"].clone();
        let other = with(order("2", BURST), json!({ "caller_phone": "13873300000" }));
        let other = town.hands_in(other).await.ok()["work_order"].clone();
        let merge = json!({ "target": common["case_id"] });
        town.act("desk", &other["case_id"], "merge", merge).await.ok();
        town.town.passes(std::time::Duration::from_secs(60)).await;
        let mark = pull(&town, "2026-03-01T00:00:00Z").await["mark"].clone();
        town.water_mends(&common["case_id"]).await;
        let page = pull(&town, mark.as_str().expect("a mark")).await;
        let mut all = numbers(&page);
        all.sort_unstable();
        assert_eq!(all, ["1", "2"], "both callers are answered");
        let told = town.hotline.get(&format!("{ORDERS}/2")).await.ok();
        assert_eq!(
            (&told["case_number"], &told["result"]),
            (&common["case_number"], &json!("已换管，恢复供水。"))
        );
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_end_is_told_with_the_callers_word() {
    each_hotline_town(async |town: HotlineTown| {
        let first = town.hands_in(order("1", BURST)).await.ok()["work_order"].clone();
        let told = town.hotline.get(&format!("{ORDERS}/1")).await.ok();
        assert_eq!(
            (&told["result"], &told["satisfaction"], &told["closed_at"]),
            (&Value::Null, &Value::Null, &Value::Null)
        );
        town.water_mends(&first["case_id"]).await;
        let looked = json!({ "note": "现场已恢复。" });
        town.act("desk", &first["case_id"], "verify", looked).await.ok();
        let caller = town.resident().await;
        caller.get("/api/cases?queue=reported").await.ok();
        let path = format!("/api/cases/{}/actions", first["case_id"].as_str().expect("an id"));
        caller.post(&path, json!({ "action": "confirm" })).await.ok();
        caller.post(&path, json!({ "action": "rate", "rating": 4 })).await.ok();
        let told = town.hotline.get(&format!("{ORDERS}/1?source=12345")).await.ok();
        assert_eq!(
            (&told["state"], &told["open"], &told["result"]),
            (&json!("closed"), &json!(false), &json!("已换管，恢复供水。"))
        );
        assert_eq!(told["satisfaction"], 4);
        assert!(told["closed_at"].is_string() && told["result_at"].is_string(), "{told}");
        town.hotline.get(&format!("{ORDERS}/1?source=12319")).await.refused("not_found");
        town.hotline.get(&format!("{ORDERS}/none")).await.refused("not_found");
        let same = with(order("1", "楼下路灯不亮"), json!({ "source": "12319" }));
        town.hands_in(same).await.ok();
        town.hotline.get(&format!("{ORDERS}/1")).await.refused("linkage.ambiguous_number");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refusal_is_a_result_with_its_reason() {
    each_hotline_town(async |town: HotlineTown| {
        let unclear =
            json!({ "classification": null, "caller_phone": null, "place": { "address": "不知道在哪里" } });
        let first = town.hands_in(with(order("1", "想说点别的"), unclear)).await.ok()["work_order"].clone();
        let case = town.case(&first["case_number"]).await;
        let actions = case["actions"].as_array().expect("actions");
        let refuse = actions.iter().find(|action| action["action"] == "refuse").expect("it can be refused");
        let reason = refuse["reasons"][0].clone();
        let given = json!({ "reason": reason["code"], "note": "请向当地反映。" });
        town.act("dispatcher", &first["case_id"], "refuse", given).await.ok();
        let told = town.hotline.get(&format!("{ORDERS}/1")).await.ok();
        let why = format!("{}：请向当地反映。", reason["words"]["zh"].as_str().expect("words"));
        assert_eq!((&told["state"], &told["result"]), (&json!("refused"), &json!(why)));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn all_are_listed_page_by_page_the_newest_first() {
    each_hotline_town(async |town: HotlineTown| {
        for n in 0..5 {
            let source = if n == 4 { "12319" } else { "12345" };
            let fields = json!({ "caller_phone": null, "source": source });
            town.hands_in(with(order(&n.to_string(), BURST), fields)).await.ok();
        }
        let first = town.hotline.get(&format!("{ORDERS}?limit=2")).await.ok();
        assert_eq!((numbers(&first), &first["more"]), (vec!["4", "3"], &json!(true)));
        let next = first["next"].as_str().expect("more").to_owned();
        let second = town.hotline.get(&format!("{ORDERS}?limit=2&after={next}")).await.ok();
        assert_eq!(numbers(&second), ["2", "1"]);
        assert_eq!(
            numbers(&town.staff("dispatcher").get(&format!("{ORDERS}?source=12319")).await.ok()),
            ["4"]
        );
        town.hotline.get(&format!("{ORDERS}?after=nonsense")).await.refused("linkage.bad_cursor");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_period_is_taken_away_as_a_table_on_record() {
    each_hotline_town(async |town: HotlineTown| {
        let first = town.hands_in(order("1", BURST)).await.ok()["work_order"].clone();
        town.water_mends(&first["case_id"]).await;
        town.stranger.post(ORDERS, with(order("2", BURST), json!({ "caller_phone": null }))).await.ok();
        let path = format!("{ORDERS}/export?from=2026-03-01&to=2026-03-31");
        let rows = table(&town, &path).await;
        assert_eq!(rows.len(), 2, "the heads, and the key's own: {rows:?}");
        let at = |head: &str| rows[0].iter().position(|name| name == head).expect("a column");
        assert_eq!(rows[1][at("工单编号")], "1");
        assert_eq!(rows[1][at("办理结果")], "已换管，恢复供水。");
        assert_eq!(rows[1][at("受理时间")], "2026-03-02 09:30", "in China");
        assert!(!rows.concat().concat().contains("李奶奶"));
        let noted = town.facts().await;
        let noted = noted.iter().find(|fact| fact.name == "linkage.work_orders_exported").expect("on record");
        assert_eq!(noted.data.0["rows"], 1);
        for wrong in ["from=2026-03-02&to=2026-03-01", "from=2026-01-01&to=2026-12-31"] {
            town.hotline.get(&format!("{ORDERS}/export?{wrong}")).await.refused("linkage.bad_period");
        }
    })
    .await;
}

async fn table(town: &HotlineTown, path: &str) -> Vec<Vec<String>> {
    let request = town.hotline.client.get(format!("{}{path}", town.hotline.url));
    let token = town.hotline.token.as_deref().expect("a key");
    let answer = request.bearer_auth(token).send().await.expect("an answer");
    assert_eq!(answer.status().as_u16(), 200);
    let mut file = tempfile::tempfile().expect("a file");
    file.write_all(&answer.bytes().await.expect("bytes")).expect("written");
    let book = Book::open_file(file, &Limits::default()).expect("a workbook");
    let mut rows = Vec::new();
    book.each_row(0, |_, cells| {
        rows.push(cells.iter().map(sheets::Cell::text).collect());
        ControlFlow::Continue(())
    })
    .expect("rows");
    rows
}
