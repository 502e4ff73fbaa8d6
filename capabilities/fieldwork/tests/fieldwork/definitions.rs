//! Definitions go in and out as JSON and as XForms, and a draft is taken along when its form changes.

use crate::town::{GAS, caller, each_town, published, text, upload, workbook};
use serde_json::{Value, json};

#[tokio::test(flavor = "multi_thread")]
async fn a_definition_is_a_form_with_the_checks_of_a_workbook() {
    each_town(async |town| {
        let clerk = caller(&town, "clerk");
        let form = published(&clerk).await;
        let path = format!("/api/fieldwork/forms/{form}/versions/1");
        let mut definition = clerk.get(&format!("{path}/definition")).await.ok();
        let same = clerk.post("/api/fieldwork/forms/definition", definition.clone()).await.ok();
        assert_eq!((&same["form"], &same["number"]), (&json!(form), &json!(1)), "the same is not doubled");
        definition["nodes"][0]["label"] = json!({ "zh": "您家用燃气吗" });
        let next = clerk.post("/api/fieldwork/forms/definition", definition.clone()).await.ok();
        assert_eq!((&next["number"], &next["state"]), (&json!(2), &json!("draft")));
        definition["nodes"][2]["relevant"] = json!("${nothing} = 1");
        let wrong = clerk.post("/api/fieldwork/forms/definition", definition.clone()).await;
        let wrong = wrong.refused("fieldwork.bad_workbook");
        assert_eq!(wrong["extra"]["faults"][0]["code"], "form.unknown_reference");
        definition["nodes"][2] =
            json!({ "name": "x", "type": "text", "register": { "prefill": "person.shoe_size" } });
        let unknown = clerk.post("/api/fieldwork/forms/definition", definition).await;
        let unknown = unknown.refused("fieldwork.bad_workbook");
        assert_eq!(unknown["extra"]["faults"][0]["code"], "fieldwork.no_such_field");
        for wrong in [json!([]), json!({ "format": 99, "id": "a", "version": "", "nodes": [] })] {
            clerk.post("/api/fieldwork/forms/definition", wrong).await.refused("fieldwork.bad_definition");
        }
        let worker = caller(&town, "worker1");
        worker.post("/api/fieldwork/forms/definition", json!({})).await.refused("forbidden");
        let xform = worker.get(&format!("{path}/xform.xml")).await;
        assert!(xform.text.contains(r#"<data id="gas_hoses" version="2026-1">"#), "{}", xform.text);
        let request = clerk.client.get(format!("{}{path}/workbook.xlsx", clerk.url)).bearer_auth("clerk");
        let bytes = request.send().await.expect("an answer").bytes().await.expect("a workbook").to_vec();
        let back = upload(&clerk, "other.xlsx", bytes, None).await.ok();
        assert_eq!(
            back["definition"],
            clerk.get(&format!("{path}/definition")).await.ok(),
            "the same form again"
        );
        let draft = format!("/api/fieldwork/forms/{form}/versions/2/definition");
        worker.get(&draft).await.refused("not_found");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_draft_is_taken_along_and_what_has_no_place_is_told() {
    each_town(async |town| {
        let (clerk, worker) = (caller(&town, "clerk"), caller(&town, "worker1"));
        let form = published(&clerk).await;
        let mut survey = GAS[0].1.to_vec();
        // The remark leaves its group, the number of hoses goes, a question comes.
        survey.retain(|line| !line.starts_with("integer | hoses"));
        let group = survey.iter().position(|line| line.starts_with("begin group")).expect("a group");
        survey.swap(group, group + 1);
        survey.push("text | valve | 阀门位置");
        let bytes = workbook(&[("survey", &survey), GAS[1], GAS[2]]);
        upload(&clerk, "gas.xlsx", bytes, None).await.ok();
        clerk.post(&format!("/api/fieldwork/forms/{form}/versions/2/publish"), json!({})).await.ok();
        let draft = json!({ "version": 1, "answers": { "has_gas": "yes", "notes": { "remark": "旧" }, "hoses": 2, "shoe": 43 } });
        let moved = worker.post(&format!("/api/fieldwork/forms/{form}/drafts/migrate"), draft).await.ok();
        assert_eq!(moved["version"], 2);
        assert_eq!(moved["answers"]["remark"], "旧", "{moved}");
        assert_eq!((&moved["answers"]["has_gas"], &moved["kept"]), (&json!("yes"), &json!(2)));
        let lost: Vec<(String, String)> =
            moved["lost"].as_array().expect("a list").iter().map(|one| (text(&one["address"]), text(&one["text"]))).collect();
        assert_eq!(lost, [("/hoses", "2"), ("/shoe", "43")].map(|(a, b)| (a.to_owned(), b.to_owned())));
        let has = |path: &str, what: &str| {
            moved["changes"].as_array().expect("a list").iter().any(|one: &Value| one["path"] == path && one["what"] == what)
        };
        assert!(has("/valve", "added") && has("/hoses", "removed") && has("/remark", "moved"), "{moved}");
    })
    .await;
}
