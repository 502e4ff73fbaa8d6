//! Updates of Open311: what became of requests, between two moments or by number; and every answer of the standard against its schema.

use crate::open311_samples::sample;
use crate::open311_schema::{misfits_of_json, misfits_of_xml};
use crate::town::{BURST, BURST_PIPE, CaseTown, each_case_town, point};
use serde_json::{Value, json};
use testkit::{Answer, Caller};

const BASE: &str = "/open311/v2";

async fn get(caller: &Caller, path: &str) -> Answer {
    let request = caller.client.get(format!("{}{path}", caller.url));
    caller.send(request.header("accept-language", "en")).await
}

async fn updates(caller: &Caller, query: &str) -> Vec<Value> {
    let answer = get(caller, &format!("{BASE}/servicerequestupdates.json{query}")).await.ok();
    answer.as_array().expect("a list").clone()
}

/// Status and words of each.
fn told(updates: &[Value]) -> Vec<(String, String)> {
    let of = |one: &Value, name: &str| one[name].as_str().expect("a text").to_owned();
    updates.iter().map(|one| (of(one, "status"), of(one, "description"))).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn everybody_hears_how_a_request_stands_and_nobody_what_was_written() {
    each_case_town(async |town: CaseTown| {
        let client = town.town.caller();
        let reporter = town.reports_burst_pipe().await;
        town.passes_hours(1).await;
        reporter.act("supplement", json!({ "note": "我是王小明，13873312345" })).await.ok();
        town.water_mends(&reporter.id).await;
        let all = updates(&client, "").await;
        let states = told(&all);
        assert_eq!(states[0].0, "OPEN");
        assert!(states.windows(2).all(|pair| pair[0] != pair[1]), "each stands otherwise: {states:?}");
        let text = json!(all).to_string();
        for private in ["王小明", "13873312345", "已换管", "water先生"] {
            assert!(!text.contains(private), "{private} left the house: {text}");
        }
        assert_eq!(all, updates(&client, "").await, "ids are the same each time");
        let later = updates(&client, "?start_date=2026-03-02T10:30:00%2B08:00").await;
        assert_eq!(later.len(), 2, "taken and said to be done, after the first hour: {later:?}");

        town.act("desk", &reporter.id, "verify", json!({ "note": "已干。" })).await.ok();
        reporter.act("confirm", json!({})).await.ok();
        let by_number = format!("?service_request_id={}", reporter.number);
        let last = updates(&client, &by_number).await.pop().expect("an update");
        assert_eq!(
            (&last["status"], &last["service_request_id"]),
            (&json!("CLOSED"), &json!(reporter.number))
        );
        town.passes_days(100).await;
        assert_eq!(updates(&client, "").await.len(), 0, "the latest 90 days");
        assert!(!updates(&client, &by_number).await.is_empty(), "by number from its beginning");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_not_for_everybody_has_no_updates_and_pages_go_on() {
    each_case_town(async |town: CaseTown| {
        let client = town.town.caller();
        let hidden = json!({ "words": BURST, "type": BURST_PIPE, "place": point(0), "hidden": true });
        let hidden = town.reports(hidden).await;
        let dispute = json!({ "words": "邻居天天半夜吵架", "type": "P02001", "place": point(0),
            "reporter": { "phone": "13873312345" } });
        let dispute = town.reports(dispute).await;
        assert_eq!(updates(&client, "").await.len(), 0);
        let bare =
            updates(&client, &format!("?service_request_id={},{}", hidden.number, dispute.number)).await;
        assert!(
            !bare.is_empty() && bare.iter().all(|one| one["service_request_id"] == hidden.number.as_str())
        );

        let open = town.reports_burst_pipe().await;
        let all = updates(&client, "").await;
        assert!(all.len() > 1 && all.iter().all(|one| one["service_request_id"] == open.number.as_str()));
        let mut path = format!("{}{BASE}/servicerequestupdates.json?page_size=1", client.url);
        let mut paged = Vec::new();
        loop {
            let answer = client.send(client.client.get(&path).header("accept-language", "en")).await;
            paged.extend(answer.ok().as_array().expect("a list").clone());
            let Some(link) = answer.headers.get("link") else { break };
            let link = link.to_str().expect("an address");
            path = link.trim_start_matches('<').split('>').next().expect("an address").to_owned();
        }
        assert_eq!(paged, all, "one page after the other they are the same");
        for (query, field) in [
            ("start_date=soon", "start_date"),
            ("start_date=2026-01-01&end_date=2026-06-01", "end_date"),
            ("page_size=1001", "page_size"),
            ("after=x", "after"),
            ("jurisdiction_id=999999", "jurisdiction_id"),
        ] {
            let refused = get(&client, &format!("{BASE}/servicerequestupdates.json?{query}")).await;
            let told = refused.json()[0]["description"].as_str().unwrap_or_default().to_owned();
            assert!(refused.status >= 400 && told.starts_with(field), "{query}: {}", refused.text);
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_answer_has_the_fields_of_the_schema() {
    each_case_town(async |town: CaseTown| {
        let client = town.town.caller();
        let reporter = town.reports_burst_pipe().await;
        let rows: [(&str, &str, String); 8] = [
            ("discovery", "discovery", "/open311/discovery".to_owned()),
            ("services", "services", format!("{BASE}/services")),
            ("service_definition", "service_definition", format!("{BASE}/services/{BURST_PIPE}")),
            ("service_requests", "service_requests", format!("{BASE}/requests")),
            ("service_requests", "service_requests", format!("{BASE}/requests/{}", reporter.number)),
            ("service_request_updates", "service_request_updates", format!("{BASE}/servicerequestupdates")),
            ("tokens", "service_requests", format!("{BASE}/tokens/{}", reporter.id)),
            ("errors", "errors", format!("{BASE}/requests/nothing")),
        ];
        for (answer, root, path) in rows {
            let json = get(&client, &format!("{path}.json")).await;
            assert!(json.text.len() > 20, "{path} says something: {}", json.text);
            assert_eq!(misfits_of_json(answer, &json.text), Vec::<String>::new(), "{path}.json");
            let xml = get(&client, &format!("{path}.xml")).await;
            assert_eq!(
                misfits_of_xml(answer, root, &xml.text),
                Vec::<String>::new(),
                "{path}.xml: {}",
                xml.text
            );
        }
    })
    .await;
}

#[test]
fn the_schema_fits_the_samples_of_the_specification() {
    for (answer, root, json, xml) in [
        ("services", "services", "01_services.fixed.json", "00_services.xml"),
        (
            "service_definition",
            "service_definition",
            "03_service_definition.json",
            "02_service_definition.xml",
        ),
        ("posted_requests", "service_requests", "05_post_request.json", "04_post_request.xml"),
        ("tokens", "service_requests", "07_token.json", "06_token.xml"),
        ("service_requests", "service_requests", "09_requests.fixed.json", "08_requests.xml"),
        ("service_requests", "service_requests", "11_request.fixed.json", "10_request.xml"),
    ] {
        if let Some(text) = sample(json) {
            assert_eq!(misfits_of_json(answer, &text), Vec::<String>::new(), "{json}");
        }
        if let Some(text) = sample(xml) {
            assert_eq!(misfits_of_xml(answer, root, &text), Vec::<String>::new(), "{xml}");
        }
    }
}

#[test]
fn the_schema_refuses_what_is_not_the_standard() {
    let fits = r#"[{ "update_id": "1", "service_request_id": 7, "status": "OPEN", "updated_datetime": "2026-03-02T10:00:00+08:00", "description": "x", "media_url": null }]"#;
    assert_eq!(misfits_of_json("service_request_updates", fits), Vec::<String>::new());
    for (from, to, told) in [
        ("\"OPEN\"", "\"open\"", "[0].status is no OPEN|CLOSED"),
        ("\"update_id\": \"1\", ", "", "[0].update_id is no id"),
        ("2026-03-02T10:00:00+08:00", "yesterday", "[0].updated_datetime is no moment"),
        ("\"media_url\": null", "\"phone\": 1", "[0].phone is no field of the standard"),
        ("\"description\": \"x\"", "\"description\": \"\"", "[0].description is no text"),
    ] {
        let wrong = misfits_of_json("service_request_updates", &fits.replace(from, to));
        assert!(wrong.iter().any(|one| one.contains(told)), "{told}: {wrong:?}");
    }
}
