//! A table of work orders: looked through first, then taken; what does not hold is told by row and column, and harms no other row.

use crate::town::*;
use serde_json::{Value, json};
use testkit::Answer;

const HEADS: [&str; 8] =
    ["工单编号*", "受理时间", "诉求类型", "诉求内容", "事发地址（必填）", "联系电话", "诉求分类", "备注"];

fn row(number: &str, words: &str) -> [String; 8] {
    [number, "2026/3/2 9:15", "投诉", words, "田心社区田心路12号", "", "供水管道", "内部备注"]
        .map(str::to_owned)
}

fn workbook(rows: &[[String; 8]]) -> Vec<u8> {
    let title = vec!["12345 热线转办工单".to_owned()];
    let heads = HEADS.iter().map(|head| (*head).to_owned()).collect();
    let rows = rows.iter().map(|row| row.to_vec());
    let all: Vec<Vec<String>> = [title, heads].into_iter().chain(rows).collect();
    sheets::write_texts(&[("工单", all)]).expect("a workbook")
}

async fn send(town: &HotlineTown, bytes: Vec<u8>, dry_run: bool) -> Answer {
    let part = reqwest::multipart::Part::bytes(bytes).file_name("orders.xlsx");
    let form = reqwest::multipart::Form::new().part("file", part).text("source", "12345");
    let form = form.text("dry_run", if dry_run { "true" } else { "false" });
    let url = format!("{}{ORDERS}/file", town.hotline.url);
    town.hotline.send(town.hotline.client.post(url).multipart(form)).await
}

fn counts(report: &Value) -> [u64; 5] {
    ["rows", "filed", "repeated", "known", "refused"].map(|key| report[key].as_u64().expect("a count"))
}

#[tokio::test(flavor = "multi_thread")]
async fn it_is_looked_through_and_then_taken_once() {
    each_hotline_town(async |town: HotlineTown| {
        let mut wrong = row("3", BURST);
        (wrong[1], wrong[2], wrong[5]) = ("昨天".into(), "表白".into(), "12".into());
        let mut empty = row("", BURST);
        empty[1] = String::new();
        let rows =
            [row("1", BURST), row("2", "楼下路灯不亮，晚上看不见"), wrong, empty, row("1", "另一件事在这里")];
        let looked = send(&town, workbook(&rows), true).await.ok();
        assert_eq!((counts(&looked), &looked["dry_run"]), ([5, 2, 0, 0, 3], &json!(true)));
        assert_eq!(town.count_cases().await, 0, "nothing was taken");
        let read: Vec<(&Value, &Value)> = looked["columns"]
            .as_array()
            .expect("columns")
            .iter()
            .map(|c| (&c["column"], &c["field"]))
            .collect();
        assert_eq!(read[0], (&json!("A"), &json!("number")));
        assert_eq!(read[7], (&json!("H"), &Value::Null), "what is not read is told");

        let taken = send(&town, workbook(&rows), false).await.ok();
        assert_eq!(
            (counts(&taken), &taken["faults"]),
            (counts(&looked), &looked["faults"]),
            "as it was foretold"
        );
        assert_eq!(town.count_cases().await, 2);
        let faults: Vec<String> = taken["faults"]
            .as_array()
            .expect("faults")
            .iter()
            .map(|f| {
                format!(
                    "{}{} {}",
                    f["column"].as_str().unwrap_or("?"),
                    f["row"],
                    f["code"].as_str().unwrap_or("?")
                )
            })
            .collect();
        let expected = [
            "B5 linkage.bad_moment",
            "C5 linkage.bad_kind",
            "F5 linkage.bad_phone",
            "B6 linkage.cell_missing",
            "A7 linkage.number_twice",
        ];
        assert_eq!(faults, expected, "{}", taken["faults"]);
        assert_eq!(taken["faults"][0]["heading"], "受理时间");
        let lines = taken["lines"].as_array().expect("lines");
        assert_eq!(
            (&lines[0]["row"], &lines[0]["number"], &lines[0]["outcome"]),
            (&json!(3), &json!("1"), &json!("filed"))
        );

        let again = send(&town, workbook(&rows), false).await.ok();
        assert_eq!(counts(&again), [5, 0, 0, 2, 3], "each once");
        assert_eq!(town.count_cases().await, 2);
        let facts = town.facts().await;
        let read: Vec<&Value> = facts
            .iter()
            .filter(|f| f.name == "linkage.work_orders_read")
            .map(|f| &f.data.0["dry_run"])
            .collect();
        assert_eq!(read, [&json!(true), &json!(false), &json!(false)]);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_only_the_case_refuses_is_told_by_row_too() {
    each_hotline_town(async |town: HotlineTown| {
        let heads = ["工单编号", "受理时间", "诉求内容", "经度", "纬度"];
        let rows = [
            ["1", "2026-03-02", BURST, "113.5", "27.88"],
            ["2", "2026-03-02", "", "113.11", "27.88"],
            ["3", "2026-03-02", BURST, "113.11", "北纬"],
            ["4", "2026-03-02 08:00", BURST, "113.11", "27.88"],
        ];
        let text = |row: &[&str]| row.iter().map(|cell| (*cell).to_owned()).collect::<Vec<String>>();
        let all = std::iter::once(text(&heads)).chain(rows.iter().map(|row| text(row))).collect();
        let bytes = sheets::write_texts(&[("工单", all)]).expect("a workbook");
        for dry_run in [true, false] {
            let told = send(&town, bytes.clone(), dry_run).await.ok();
            assert_eq!(counts(&told), [4, 1, 0, 0, 3]);
            let codes: Vec<&Value> =
                told["faults"].as_array().expect("faults").iter().map(|f| &f["code"]).collect();
            assert_eq!(codes, ["cases.outside", "cases.words_missing", "linkage.bad_degrees"]);
            assert_eq!(
                (&told["faults"][1]["column"], &told["faults"][2]["column"]),
                (&json!("C"), &json!("E"))
            );
        }
        assert_eq!(town.count_cases().await, 1);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_that_is_no_such_table_is_refused_whole() {
    each_hotline_town(async |town: HotlineTown| {
        send(&town, b"PK\x03\x04 no workbook".to_vec(), false).await.refused("linkage.bad_table");
        let other = sheets::write_texts(&[(
            "名单",
            vec![vec!["姓名".into(), "性别".into()], vec!["甲".into(), "男".into()]],
        )]);
        let missing = send(&town, other.expect("a workbook"), true).await.refused("linkage.columns_missing");
        for head in ["工单编号", "受理时间", "诉求内容", "事发地址"] {
            assert!(missing["title"].as_str().is_some_and(|title| title.contains(head)), "{missing}");
        }
        let many: Vec<[String; 8]> = (0..1_001).map(|n| row(&n.to_string(), BURST)).collect();
        send(&town, workbook(&many), false).await.refused("linkage.too_many_rows");
        assert_eq!(town.count_cases().await, 0);
        let form = reqwest::multipart::Form::new().text("source", "12345");
        let url = format!("{}{ORDERS}/file", town.hotline.url);
        let empty = town.hotline.send(town.hotline.client.post(&url).multipart(form)).await;
        empty.refused("linkage.no_file");
        let part = reqwest::multipart::Part::bytes(workbook(&[row("1", BURST)])).file_name("orders.xlsx");
        let form = reqwest::multipart::Form::new().part("file", part).text("source", "999");
        town.hotline
            .send(town.hotline.client.post(url).multipart(form))
            .await
            .refused("linkage.unknown_hotline");
    })
    .await;
}
