//! The cases as a file: whole, in the order of its columns, and without anybody in it.

use crate::town::*;
use cases::export::{COLUMNS, Format, write_file};
use cases::queries::reported::Span;
use serde_json::{Value, json};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use testkit::DISTRICT;

const ALL: Span = Span { from: platform::Time::ENTERED_MIN, to: platform::Time::ENTERED_MAX };

async fn export(town: &CaseTown, format: Format, span: Span) -> String {
    let file = town.town.folder.path().join("cases.out");
    let told = Arc::new(AtomicU64::new(0));
    let last = told.clone();
    let tell = move |count| last.store(count, Ordering::Relaxed);
    let count = write_file(&town.town.edge, DISTRICT, &file, format, span, tell).await.expect("written");
    assert_eq!(told.load(Ordering::Relaxed), count, "the last telling is the whole");
    let text = std::fs::read_to_string(&file).expect("it is there");
    assert!(!file.with_extension("out.part").exists(), "nothing is left beside it");
    text
}

async fn lines(town: &CaseTown, span: Span) -> Vec<Value> {
    let text = export(town, Format::JsonLines, span).await;
    text.lines().map(|line| serde_json::from_str(line).expect("an object a line")).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_has_every_case_and_nobody_in_it() {
    each_case_town(async |town: CaseTown| {
        let reporter = json!({ "name": "李桂花", "phone": "13873312345" });
        let open = json!({
            "words": "=田心路口漏水，\"很大\"\n第二行", "type": BURST_PIPE, "place": point(0), "reporter": reporter,
        });
        let open = town.reports(open).await;
        town.water_mends(&open.id).await;
        town.act("desk", &open.id, "verify", json!({ "note": "已干。" })).await.ok();
        open.act("confirm", json!({})).await.ok();
        open.act("rate", json!({ "rating": 4 })).await.ok();
        let quarrel = json!({ "words": "和楼上吵架", "type": "P02001", "place": point(1), "reporter": reporter });
        town.reports(quarrel).await;
        let hidden = json!({ "words": BURST, "type": BURST_PIPE, "place": point(2), "hidden": true });
        town.reports(hidden).await;

        let found = lines(&town, ALL).await;
        let of = |area: &str| found.iter().find(|line| line["area"] == area).expect("its line");
        let told = of("430204001008J001");
        assert_eq!((&told["number"], &told["rating"]), (&json!(open.number), &json!(4)));
        assert_eq!((&told["state"], &told["state_name"]), (&json!("closed"), &json!("已办结")));
        assert_eq!(told["reported_at"], "2026-03-02T10:00:00+08:00");
        assert_eq!((&told["due_at"], &told["closed_at"].is_string()), (&json!(null), &true));
        assert_eq!((told["lon"].as_f64(), &told["words"]), (Some(113.11), &json!("=田心路口漏水，\"很大\"\n第二行")));
        for kept in found.iter().filter(|line| *line != told) {
            for column in ["words", "address", "lon", "lat"] {
                assert_eq!(kept[column], json!(null), "not everybody may read it: {kept:#}");
            }
            assert!(kept["type_name"].is_string() && kept["area"].is_string(), "but it counts");
        }
        assert_eq!(found.len(), 3);

        let text = export(&town, Format::Csv { byte_order_mark: true }, ALL).await;
        for secret in ["李桂花", "13873312345", "3312345", "和楼上吵架"] {
            assert!(!text.contains(secret), "{secret}");
        }
        let text = text.strip_prefix('\u{feff}').expect("the mark that was asked for");
        let mut sheet = csv::Reader::from_reader(text.as_bytes());
        let names: Vec<&str> = COLUMNS.iter().map(|(name, _)| *name).collect();
        assert_eq!(sheet.headers().expect("a header").iter().collect::<Vec<_>>(), names);
        for (row, line) in sheet.records().map(|row| row.expect("a row")).zip(&found) {
            assert_eq!(line.as_object().map(serde_json::Map::len), Some(names.len()));
            for (cell, name) in row.iter().zip(&names) {
                match &line[*name] {
                    Value::Null => assert_eq!(cell, "", "{name}"),
                    Value::String(text) if text.starts_with('=') => assert_eq!(cell, format!("'{text}")),
                    Value::String(text) => assert_eq!(cell, text, "{name}"),
                    other => assert_eq!(cell, other.to_string(), "{name}"),
                }
            }
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn days_are_chinas_and_an_empty_file_has_its_header() {
    each_case_town(async |town: CaseTown| {
        town.reports_burst_pipe().await;
        town.passes_hours(15).await;
        // Tuesday 01:00 in China, Monday 17:00 in Greenwich.
        town.reports(json!({ "words": "楼道堆满杂物", "type": CLUTTER, "place": point(2) })).await;
        let day = |text: &str| text.parse().ok();
        for (first, last, count) in [
            ("2026-03-02", "2026-03-02", 1),
            ("2026-03-03", "2026-03-03", 1),
            ("2026-03-02", "2026-03-03", 2),
            ("2026-03-04", "2026-03-31", 0),
        ] {
            let found = lines(&town, Span::of_days(day(first), day(last))).await;
            assert_eq!(found.len(), count, "{first} to {last}");
        }
        let empty = Span::of_days(day("2027-01-01"), None);
        let text = export(&town, Format::Csv { byte_order_mark: false }, empty).await;
        assert!(text.starts_with("number,type,") && text.lines().count() == 1, "{text}");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn where_nothing_can_be_written_it_is_said() {
    each_case_town(async |town: CaseTown| {
        let file = town.town.folder.path().join("no/such/folder/cases.csv");
        let format = Format::Csv { byte_order_mark: false };
        let refused = write_file(&town.town.edge, DISTRICT, &file, format, ALL, |_| ()).await;
        let said = format!("{:?}", refused.expect_err("there is no such folder"));
        assert!(said.contains("writing") && said.contains("no/such/folder"), "{said}");
    })
    .await;
}
