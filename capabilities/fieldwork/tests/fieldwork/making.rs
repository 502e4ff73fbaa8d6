//! Forms are made from workbooks: what is wrong is told with its place, versions follow each other, one is live.

use crate::town::{GAS, GRID_1, STREET, Sheet, caller, each_town, published, text, upload, workbook};
use serde_json::{Value, json};

/// The gas form with its label changed and a question more.
fn second_version() -> Vec<u8> {
    let mut survey = GAS[0].1.to_vec();
    survey[5] = "integer | hoses | 软管有几根 | yes | . < 20 | ${has_gas} = 'yes'";
    survey.push("text | valve | 阀门位置");
    workbook(&[("survey", &survey), GAS[1], GAS[2]])
}

#[tokio::test(flavor = "multi_thread")]
async fn a_workbook_becomes_a_draft_with_its_burden() {
    each_town(async |town| {
        let clerk = caller(&town, "clerk");
        let made = upload(&clerk, "gas.xlsx", workbook(GAS), None).await.ok();
        assert_eq!(
            (&made["number"], &made["state"], &made["key"]),
            (&json!(1), &json!("draft"), &json!("gas_hoses"))
        );
        assert_eq!(made["area_path"], STREET, "where the clerk makes forms");
        assert_eq!((&made["made_by"], &made["name"]), (&json!("clerk"), &json!("2026-1")));
        // select_one 6, text 15, integer 6, known 3 twice, and a date of 8 in a repeat of three.
        let burden = &made["burden"];
        assert_eq!(
            (&burden["questions"], &burden["prefilled"], &burden["repeated"]),
            (&json!(6), &json!(2), &json!(1))
        );
        assert_eq!(
            (&burden["seconds"], &burden["minutes"], &burden["meter"]),
            (&json!(57), &json!(1), &json!(6))
        );
        assert!(text(&burden["source"]).contains("[unverified]"));
        assert_eq!(made["known"], json!([]));
        assert_eq!(made["definition"]["nodes"][0]["name"], "has_gas");
        assert_eq!(text(&made["hash"]).len(), 64);
        let again = upload(&clerk, "gas.xlsx", workbook(GAS), Some(STREET)).await.ok();
        assert_eq!(
            (&again["form"], &again["number"]),
            (&made["form"], &made["number"]),
            "the same is not doubled"
        );
        let elsewhere = upload(&clerk, "gas.xlsx", second_version(), Some(GRID_1)).await;
        elsewhere.refused("fieldwork.other_area");
        caller(&town, "worker1")
            .get(&format!("/api/fieldwork/forms/{}/versions/1", text(&made["form"])))
            .await
            .refused("not_found");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_table_in_text_is_a_form_too() {
    each_town(async |town| {
        let table = "type,name,label\ntext,valve,阀门位置\n".as_bytes().to_vec();
        let made = upload(&caller(&town, "clerk"), "valves.csv", table, None).await.ok();
        assert_eq!(made["key"], "valves", "called after its file");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_wrong_is_told_with_its_place() {
    each_town(async |town| {
        let clerk = caller(&town, "clerk");
        let survey: &[&str] =
            &["type | name | label | relevant", "text | a | 甲 | ${b} = 1", "select_one none | c | 丙"];
        let refused = upload(&clerk, "a.xlsx", workbook(&[("survey", survey)]), None).await;
        let problem = refused.refused("fieldwork.bad_workbook");
        let faults = problem["extra"]["faults"].as_array().expect("faults").clone();
        let row =
            |code: &str| faults.iter().find(|fault| fault["code"] == code).map(|fault| fault["row"].clone());
        assert_eq!(row("form.unknown_reference"), Some(json!(2)), "{faults:#?}");
        assert_eq!(faults[0]["sheet"], "survey");
        assert!(text(&faults[0]["words"]["zh"]).contains("survey"));
        let table: &[Sheet<'_>] = &[("Sheet1", &["姓名 | 电话", "张 | 1"])];
        let no_form = upload(&clerk, "a.xlsx", workbook(table), None).await.refused("fieldwork.bad_workbook");
        assert_eq!(no_form["extra"]["faults"][0]["code"], "form.no_survey");
        upload(&clerk, "a.xlsx", b"PK\x03\x04 nothing".to_vec(), None)
            .await
            .refused("fieldwork.bad_workbook");
        let nonsense: &[&str] = &["type | name | label | mulin::prefill", "text | a | 甲 | person.shoe_size"];
        let problem = upload(&clerk, "a.xlsx", workbook(&[("survey", nonsense)]), None).await;
        let problem = problem.refused("fieldwork.bad_workbook");
        assert_eq!(problem["extra"]["faults"][0]["code"], "fieldwork.no_such_field");
        let listed = clerk.get("/api/fieldwork/forms").await.ok();
        assert_eq!(listed["items"], json!([]), "nothing was kept");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_form_that_asks_for_what_is_known_is_not_published() {
    each_town(async |town| {
        let clerk = caller(&town, "clerk");
        let survey: &[&str] = &[
            "type | name | label",
            "text | who | 姓名：",
            "text | person_sex | 男女",
            "text | valve | 阀门位置",
        ];
        let made = upload(&clerk, "visit.xlsx", workbook(&[("survey", survey)]), None).await.ok();
        let prefills = |known: &Value| -> Vec<String> {
            known.as_array().expect("fields").iter().map(|field| text(&field["prefill"])).collect()
        };
        assert_eq!(prefills(&made["known"]), ["person.name", "person.sex"], "told before it is published");
        let publish = format!("/api/fieldwork/forms/{}/versions/1/publish", text(&made["form"]));
        let problem = clerk.post(&publish, json!({})).await.refused("fieldwork.asks_known");
        assert_eq!(prefills(&problem["extra"]["known"]), ["person.name", "person.sex"]);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn one_version_is_live_and_none_comes_back() {
    each_town(async |town| {
        let (clerk, worker) = (caller(&town, "clerk"), caller(&town, "worker1"));
        let form = published(&clerk).await;
        assert_eq!(worker.get("/api/fieldwork/forms").await.ok()["items"][0]["live"], 1);
        let path = format!("/api/fieldwork/forms/{form}");
        let second = upload(&clerk, "gas.xlsx", second_version(), None).await.ok();
        assert_eq!(second["number"], 2);
        assert_eq!(
            worker.get(&path).await.ok()["versions"].as_array().map(Vec::len),
            Some(1),
            "no draft for a worker"
        );
        let changes = clerk.get(&format!("{path}/versions/2/changes")).await.ok();
        let changes: Vec<(String, String)> = changes
            .as_array()
            .expect("changes")
            .iter()
            .map(|change| (text(&change["path"]), text(&change["what"])))
            .collect();
        assert_eq!(
            changes,
            [("/hoses", "words"), ("/valve", "added")].map(|(a, b)| (a.to_owned(), b.to_owned()))
        );
        clerk.post(&format!("{path}/versions/2/publish"), json!({})).await.ok();
        let states = clerk.get(&path).await.ok();
        let states: Vec<&Value> =
            states["versions"].as_array().expect("versions").iter().map(|v| &v["state"]).collect();
        assert_eq!(states, ["live", "withdrawn"]);
        clerk.post(&format!("{path}/versions/1/publish"), json!({})).await.refused("fieldwork.is_withdrawn");
        clerk.post(&format!("{path}/versions/2/publish"), json!({})).await.refused("fieldwork.is_live");
        clerk.post(&format!("{path}/versions/2/withdraw"), json!({})).await.ok();
        assert_eq!(worker.get("/api/fieldwork/forms").await.ok()["items"], json!([]), "nothing to fill");
        clerk.post(&format!("{path}/versions/9/publish"), json!({})).await.refused("not_found");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn forms_are_made_by_desks_alone() {
    each_town(async |town| {
        for (token, status) in [("worker1", 403), ("nobody", 403), ("", 401)] {
            let by = caller(&town, token);
            assert_eq!(upload(&by, "gas.xlsx", workbook(GAS), None).await.status, status, "{token}");
        }
        let form = published(&caller(&town, "dispatcher")).await;
        let (clerk, worker) = (caller(&town, "clerk"), caller(&town, "worker1"));
        let withdraw = format!("/api/fieldwork/forms/{form}/versions/1/withdraw");
        clerk.post(&withdraw, json!({})).await.refused("forbidden");
        worker.post(&withdraw, json!({})).await.refused("forbidden");
        upload(&clerk, "gas.xlsx", second_version(), None).await.refused("fieldwork.key_taken");
        assert_eq!(
            worker.get(&format!("/api/fieldwork/forms/{form}")).await.ok()["live"],
            1,
            "used in every grid"
        );
    })
    .await;
}
