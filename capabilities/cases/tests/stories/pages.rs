//! The resident pages without any script: report, receipt, follow by number and code, confirm, rate, join.

use crate::town::*;
use reqwest::multipart::{Form, Part};
use serde_json::json;
use testkit::{Answer, Caller};

/// The hidden field of our own forms, from a page.
fn csrf_of(page: &str) -> String {
    let at = page.find("name=\"_csrf\" value=\"").expect("a form with its token") + 20;
    page[at..].split('"').next().unwrap_or_default().to_owned()
}

/// Sends a form as a browser does, with the token of the page it stands on.
async fn send_form(caller: &Caller, page: &str, path: &str, fields: &[(&str, &str)]) -> Answer {
    let token = csrf_of(&caller.get(page).await.text);
    let form = fields.iter().fold(Form::new().text("_csrf", token), |form, (name, value)| {
        form.text((*name).to_owned(), (*value).to_owned())
    });
    send_multipart(caller, path, form).await
}

async fn send_multipart(caller: &Caller, path: &str, form: Form) -> Answer {
    let request = caller.client.post(format!("{}{path}", caller.url)).header("accept", "text/html");
    caller.send(request.multipart(form)).await
}

#[track_caller]
fn leads_to(answer: &Answer) -> String {
    assert_eq!(answer.status, 303, "{}", answer.text);
    answer.headers["location"].to_str().expect("an address").to_owned()
}

/// Files a burst pipe by the pages; the receipt's address.
async fn files(caller: &Caller) -> String {
    let token = csrf_of(&caller.get("/report").await.text);
    let (lon, lat) = IN_GRID[0];
    let form = Form::new()
        .text("_csrf", token)
        .text("words", BURST)
        .text("type", BURST_PIPE)
        .text("place_kind", "point")
        .text("lon", lon.to_string())
        .text("lat", lat.to_string())
        .text("nearby_seen", "1")
        .part("photos", Part::bytes(png()).file_name("现场.png"));
    leads_to(&send_multipart(caller, "/report", form).await)
}

fn number_and_code(receipt: &str) -> (String, String) {
    let text = |mark: &str| {
        let at = receipt.find(mark).unwrap_or_else(|| panic!("{mark} stands on the receipt: {receipt}"))
            + mark.len();
        receipt[at..].split('<').next().unwrap_or_default().trim().to_owned()
    };
    (text("data-number>"), text("data-code>"))
}

#[tokio::test(flavor = "multi_thread")]
async fn the_whole_way_of_a_resident_without_a_script() {
    each_case_town(async |town: CaseTown| {
        let phone = town.town.caller();
        let receipt = files(&phone).await;
        let page = phone.get(&receipt).await;
        assert!(
            page.text.contains("water岗") && page.text.contains("3.2"),
            "who answers, and why: {}",
            page.text
        );
        let (number, code) = number_and_code(&page.text);
        let case = town.staff("water").get(&format!("/api/cases/{number}")).await.ok();
        let id = case["id"].as_str().and_then(|id| id.parse().ok()).expect("an id");
        assert_eq!(case["timeline"][0]["photos"].as_array().map(Vec::len), Some(1));
        town.water_mends(&id).await;
        town.act("desk", &id, "verify", json!({ "note": "已干。" })).await.ok();

        let other_phone = town.town.caller();
        let here = format!("/case/{number}");
        assert_eq!(leads_to(&other_phone.get(&here).await), format!("/follow?number={number}"));
        let wrong = [("number", number.as_str()), ("code", "12")];
        let answer = send_form(&other_phone, "/follow", "/follow", &wrong).await;
        assert_eq!(answer.status, 403);
        assert!(answer.text.contains("对不上"), "said on the page itself");
        let right = [("number", number.as_str()), ("code", code.as_str())];
        assert_eq!(leads_to(&send_form(&other_phone, "/follow", "/follow", &right).await), here);
        let page = other_phone.get(&here).await.text;
        assert!(page.contains("已换管") && page.contains("/photo/"), "what was done, with its photo");
        let silent = send_form(&other_phone, &here, &format!("{here}/reopen"), &[("words", "")]).await;
        assert_eq!(silent.status, 422, "to reopen says what is still wrong");
        assert!(silent.text.contains("id=\"words-problem\""), "said at the field: {}", silent.text);
        let confirmed = send_form(&other_phone, &here, &format!("{here}/confirm"), &[]).await;
        assert_eq!(leads_to(&confirmed), format!("{here}?done=confirm"));
        assert!(confirmed.headers.contains_key("set-cookie"), "the browser keeps its mark");
        let thanked = other_phone.get(&leads_to(&confirmed)).await.text;
        assert!(thanked.contains("已按您的确认办结") && thanked.contains("您可以评价"), "{thanked}");

        let rate = format!("{here}/rate");
        let forgot = send_form(&other_phone, &here, &rate, &[("words", "来得很快")]).await;
        assert_eq!(forgot.status, 422, "a rating has a grade");
        assert!(forgot.text.contains(">来得很快</textarea>"), "nobody types it twice: {}", forgot.text);
        let rated = send_form(&other_phone, &here, &rate, &[("stars", "4"), ("words", "来得很快")]).await;
        let page = other_phone.get(&leads_to(&rated)).await.text;
        assert!(page.contains("满意（4 / 5），谢谢"), "{page}");
        assert!(!page.contains("您可以评价"), "nobody is asked again: {page}");
        let again = send_form(&other_phone, "/report", &rate, &[("stars", "1")]).await;
        assert_eq!(again.status, 422, "once");
        let case = town.sees("desk", &id).await;
        assert_eq!((&case["state"], &case["rating"]), (&json!("closed"), &json!(4)));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_case_has_the_forms_of_the_workflow_and_no_others() {
    each_case_town(async |town: CaseTown| {
        let phone = town.town.caller();
        let (number, _) = number_and_code(&phone.get(&files(&phone).await).await.text);
        let here = format!("/case/{number}");
        let unknown = send_form(&phone, &here, &format!("{here}/refuse"), &[("words", "不想办")]).await;
        assert_eq!(unknown.status, 404, "what offices do is no form of this page");
        let promised = phone.get(&format!("{here}?done=withdraw")).await.text;
        assert!(!promised.contains("已撤回"), "an address somebody made up thanks for nothing");
        let added = send_form(&phone, &here, &format!("{here}/supplement"), &[("words", "水更大了")]).await;
        let page = phone.get(&leads_to(&added)).await.text;
        assert!(page.contains("已补充。") && page.contains("水更大了"), "{page}");
        let early = send_form(&phone, &here, &format!("{here}/rate"), &[("stars", "5")]).await;
        assert_eq!(early.status, 422, "{}", early.text);
        let gone = send_form(&phone, &here, &format!("{here}/withdraw"), &[("words", "邻居换好了")]).await;
        assert!(phone.get(&leads_to(&gone)).await.text.contains("已撤回"));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_neighbour_is_offered_the_report_and_joins_with_one_tap() {
    each_case_town(async |town: CaseTown| {
        let reporter = town.reports_burst_pipe().await;
        let neighbour = town.town.caller();
        let token = csrf_of(&neighbour.get("/report").await.text);
        let (lon, lat) = IN_GRID[0];
        let form = || {
            let form = Form::new().text("_csrf", token.clone()).text("words", BURST).text("type", BURST_PIPE);
            form.text("place_kind", "point").text("lon", lon.to_string()).text("lat", lat.to_string())
        };
        let offered = send_multipart(&neighbour, "/report", form()).await;
        assert_eq!(offered.status, 200);
        assert!(offered.text.contains(&reporter.number), "the same nearby is offered before filing");
        let tap = [("client_id", "0195a000-0000-7000-8000-000000000001")];
        let path = format!("/case/{}/me-too", reporter.number);
        let joined = send_form(&neighbour, "/report", &path, &tap).await;
        assert_eq!(leads_to(&joined), format!("/receipt/{}", reporter.number));
        let (number, code) = number_and_code(&neighbour.get(&leads_to(&joined)).await.text);
        assert_eq!(number, reporter.number);
        assert_ne!(code, reporter.code, "a code of one's own");
        assert_eq!(town.sees("desk", &reporter.id).await["followers"], 1);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_plate_or_letter_that_knows_the_place_fills_it_in() {
    each_case_town(async |town: CaseTown| {
        let resident = town.town.caller();
        let (lon, lat) = IN_GRID[0];
        let form = resident.get(&format!("/report?address=3%E6%A0%8B%3Cb%3E&lon={lon}&lat={lat}")).await.text;
        for filled in [
            "name=\"place_kind\" value=\"point\"".to_owned(),
            format!("name=\"lon\" value=\"{lon}\""),
            format!("name=\"lat\" value=\"{lat}\""),
            "value=\"3栋&#60;b&#62;\"".to_owned(),
        ] {
            assert!(form.contains(&filled), "{filled}: {form}");
        }
        let nowhere = resident.get("/report?lon=113.1&lat=95").await;
        assert_eq!(nowhere.status, 200, "a link with a slip is a form like any other");
        assert!(nowhere.text.contains("name=\"place_kind\" value=\"address\""));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn pages_say_what_is_wrong_and_lose_nothing_typed() {
    each_case_town(async |town: CaseTown| {
        let resident = town.town.caller();
        let outside = [
            ("words", BURST),
            ("type", BURST_PIPE),
            ("place_kind", "point"),
            ("lon", "112.9"),
            ("lat", "28.2"),
        ];
        let answer = send_form(&resident, "/report", "/report", &outside).await;
        assert_eq!(answer.status, 422);
        assert!(answer.text.contains("12345"), "not ours: who is");
        let nowhere = [("words", "家门口<b>积水</b>很深"), ("type", "P08006"), ("reporter_phone", "123")];
        let answer = send_form(&resident, "/report", "/report", &nowhere).await;
        assert_eq!(answer.status, 422);
        assert!(
            answer.text.contains("&#60;b&#62;积水") || answer.text.contains("&lt;b&gt;积水"),
            "{}",
            answer.text
        );
        let without_token = Form::new().text("words", BURST);
        let answer = send_multipart(&resident, "/report", without_token).await;
        assert_eq!(answer.status, 403);
        assert!(answer.text.contains("<!doctype html>"), "a page, not a line of code");
        let case =
            resident.client.get(format!("{}/case/nothing", resident.url)).header("accept", "text/html");
        let answer = resident.send(case).await;
        assert_eq!(answer.status, 404);
        assert!(answer.text.contains("<!doctype html>"));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_merged_report_leads_on_to_the_common_case() {
    each_case_town(async |town: CaseTown| {
        let phone = town.town.caller();
        let (number, _) = number_and_code(&phone.get(&files(&phone).await).await.text);
        let common = town.reports_burst_pipe().await;
        let case = town.staff("desk").get(&format!("/api/cases/{number}")).await.ok();
        let id = case["id"].as_str().and_then(|id| id.parse().ok()).expect("an id");
        town.act("desk", &id, "merge", json!({ "target": common.number })).await.ok();
        let onward = leads_to(&phone.get(&format!("/case/{number}")).await);
        assert_eq!(onward, format!("/case/{}", common.number));
        assert_eq!(phone.get(&onward).await.status, 200, "the browser may see it");
    })
    .await;
}
