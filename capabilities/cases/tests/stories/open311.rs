//! Open311 as its clients use it: services, reports, lists, errors, in JSON and XML; and what never leaves the house.

use crate::open311_samples::{XmlTree, assert_same_shape, sample};
use crate::town::{BURST, BURST_PIPE, CaseTown, IN_GRID, each_case_town, point};
use identity::{NewAssignment, NewStaff};
use platform::{OrganisationId, Scope};
use serde_json::{Value, json};
use std::time::Duration;
use store::Tx;
use testkit::{Answer, Caller, DISTRICT};

const BASE: &str = "/open311/v2";

async fn get(caller: &Caller, path: &str) -> Answer {
    let request = caller.client.get(format!("{}{BASE}{path}", caller.url));
    caller.send(request.header("accept-language", "en")).await
}

async fn send(caller: &Caller, file: &str, fields: &[(&str, &str)]) -> Answer {
    caller.send(form(caller, file, fields).header("accept-language", "en")).await
}

fn form(caller: &Caller, file: &str, fields: &[(&str, &str)]) -> reqwest::RequestBuilder {
    let body = serde_urlencoded::to_string(fields).expect("a form");
    let request = caller.client.post(format!("{}{BASE}/{file}", caller.url));
    request.header("content-type", "application/x-www-form-urlencoded").body(body)
}

/// The one error of a JSON answer, with its code.
#[track_caller]
fn error(answer: &Answer, code: u16) -> String {
    assert_eq!(answer.status, code, "{}", answer.text);
    let errors = answer.json();
    assert_eq!((errors.as_array().map(Vec::len), &errors[0]["code"]), (Some(1), &json!(code)));
    errors[0]["description"].as_str().expect("a description").to_owned()
}

fn place() -> [(&'static str, String); 2] {
    [("lat", IN_GRID[0].1.to_string()), ("long", IN_GRID[0].0.to_string())]
}

/// A burst pipe in the first grid; answers its number.
async fn report(caller: &Caller, more: &[(&str, &str)]) -> String {
    let place = place();
    let mut fields: Vec<(&str, &str)> = place.iter().map(|(k, v)| (*k, v.as_str())).collect();
    fields.extend([("service_code", BURST_PIPE), ("description", BURST)]);
    fields.extend(more);
    let answer = send(caller, "requests.json", &fields).await;
    assert_eq!(answer.status, 201, "{}", answer.text);
    answer.json()[0]["service_request_id"].as_str().expect("a number").to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_client_finds_services_reports_and_follows() {
    each_case_town(async |town: CaseTown| {
        let client = town.town.caller();
        let services = get(&client, "/services.json").await;
        assert_eq!(services.headers["content-type"], "application/json; charset=utf-8");
        let services = services.ok();
        let burst = services.as_array().unwrap().iter().find(|s| s["service_code"] == BURST_PIPE).unwrap();
        assert_eq!((&burst["metadata"], &burst["type"]), (&json!(true), &json!("realtime")));
        assert_eq!(burst["group"], "Water, power, gas, telecom");

        let definition = get(&client, &format!("/services/{BURST_PIPE}.json")).await.ok();
        assert_eq!(definition["attributes"][0]["code"], "how_much");
        assert_eq!(definition["attributes"][0]["values"][1], json!({ "key": "flow", "name": "Flowing" }));

        let posted = send(
            &client,
            "requests.json",
            &[
                ("service_code", BURST_PIPE),
                ("lat", "27.89"),
                ("long", "113.11"),
                ("description", BURST),
                ("attribute[how_much]", "gush"),
                ("first_name", "小明"),
                ("last_name", "王"),
                ("phone", "138-7331-2345"),
                ("email", "someone@example.org"),
                ("media_url", "https://example.org/photo.jpg"),
            ],
        )
        .await;
        let receipt = posted.ok();
        let number = receipt[0]["service_request_id"].as_str().unwrap();
        assert!(receipt[0]["service_notice"].as_str().unwrap().contains(number));

        let found = get(&client, &format!("/requests/{number}.json")).await.ok();
        let request = &found[0];
        assert_eq!((&request["status"], &request["service_code"]), (&json!("open"), &json!(BURST_PIPE)));
        assert_eq!((&request["lat"], &request["long"]), (&json!(27.89), &json!(113.11)));
        assert_eq!(request["requested_datetime"], "2026-03-02T10:00:00+08:00");
        assert_eq!(request["agency_responsible"], "供水公司");
        assert_eq!(request["address"], "田心街道 田心社区 田心第1网格");
        assert_eq!(request["description"], BURST, "without the link nobody has looked at");
        for private in ["13873312345", "王小明", "someone@", "example.org"] {
            assert!(!found.to_string().contains(private), "{private} left the house");
        }

        let staff = town.staff("water").get("/api/cases").await.ok();
        let id = staff["items"][0]["id"].as_str().unwrap();
        let case = town.staff("water").get(&format!("/api/cases/{id}")).await.ok();
        assert!(case["text"].as_str().unwrap().ends_with("https://example.org/photo.jpg"), "{case:#}");
        assert_eq!((&case["source"], &case["answers"]["how_much"]), (&json!("open311"), &json!("gush")));
        assert_eq!(case["reporter_phone"], json!(null), "a unit sees nothing of the reporter");
        assert_eq!(case["reporter_reachable"], true);
        let token = get(&client, &format!("/tokens/{id}.json")).await.ok();
        assert_eq!(token, json!([{ "service_request_id": number, "token": id }]));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn answers_have_the_fields_and_kinds_of_the_specification() {
    each_case_town(async |town: CaseTown| {
        let client = town.town.caller();
        let posted = send(
            &client,
            "requests.json",
            &[("service_code", BURST_PIPE), ("lat", "27.89"), ("long", "113.11")],
        );
        let posted = posted.await.ok();
        let number = posted[0]["service_request_id"].as_str().unwrap().to_owned();
        let id =
            town.staff("water").get("/api/cases").await.ok()["items"][0]["id"].as_str().unwrap().to_owned();
        let xml = send(
            &client,
            "requests.xml",
            &[("service_code", BURST_PIPE), ("lat", "27.89"), ("long", "113.11")],
        );
        let posted_xml = xml.await.text;
        for (file, json_path, xml_file) in [
            ("01_services.fixed.json", "/services.json".to_owned(), "00_services.xml"),
            (
                "03_service_definition.json",
                format!("/services/{BURST_PIPE}.json"),
                "02_service_definition.xml",
            ),
            ("07_token.json", format!("/tokens/{id}.json"), "06_token.xml"),
            ("09_requests.fixed.json", "/requests.json".to_owned(), "08_requests.xml"),
            ("11_request.fixed.json", format!("/requests/{number}.json"), "10_request.xml"),
        ] {
            let (Some(expected), Some(expected_xml)) = (sample(file), sample(xml_file)) else { return };
            let answer = get(&client, &json_path).await.ok();
            assert_same_shape(file, &serde_json::from_str(&expected).unwrap(), &answer);
            let answer = get(&client, &json_path.replace(".json", ".xml")).await;
            assert_eq!(
                (answer.status, &answer.headers["content-type"]),
                (200, &"text/xml; charset=utf-8".parse().unwrap())
            );
            XmlTree::read(&answer.text).assert_holds_only(&XmlTree::read(&expected_xml), xml_file);
        }
        let (Some(expected), Some(expected_xml)) =
            (sample("05_post_request.json"), sample("04_post_request.xml"))
        else {
            return;
        };
        assert_same_shape("05_post_request.json", &serde_json::from_str(&expected).unwrap(), &posted);
        XmlTree::read(&posted_xml).assert_holds_only(&XmlTree::read(&expected_xml), "04_post_request.xml");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn lists_go_by_time_status_type_and_page() {
    each_case_town(async |town: CaseTown| {
        let client = town.town.caller();
        let mut numbers = Vec::new();
        for _ in 0..3 {
            numbers.push(report(&client, &[]).await);
            town.town.passes(Duration::from_secs(3600)).await;
        }
        let listed = async |query: &str| -> Vec<String> {
            let answer = get(&client, &format!("/requests.json{query}")).await.ok();
            answer
                .as_array()
                .unwrap()
                .iter()
                .map(|r| r["service_request_id"].as_str().unwrap().to_owned())
                .collect()
        };
        let newest_first: Vec<String> = numbers.iter().rev().cloned().collect();
        assert_eq!(listed("").await, newest_first);
        assert_eq!(listed("?status=open").await.len(), 3);
        assert_eq!(listed("?status=closed").await.len(), 0);
        assert_eq!(listed("?status=open,closed").await.len(), 3);
        assert_eq!(listed(&format!("?service_code=P99,{BURST_PIPE}")).await.len(), 3);
        assert_eq!(listed("?service_code=P99").await.len(), 0);
        assert_eq!(listed("?start_date=2026-03-02T10:30:00%2B08:00").await, newest_first[..2]);
        assert_eq!(
            listed("?start_date=2026-03-02T02:00:00Z&end_date=2026-03-02T11:00:00+08:00").await,
            newest_first[1..]
        );
        let two = format!("?status=closed&service_request_id={},{}", numbers[0], numbers[2].replace('-', ""));
        assert_eq!(listed(&two).await.len(), 2, "numbers overrule the rest");

        let first = get(&client, "/requests.json?page_size=2").await;
        assert_eq!(first.ok().as_array().map(Vec::len), Some(2));
        let link = first.headers["link"].to_str().unwrap();
        let next =
            link.strip_prefix('<').and_then(|l| l.strip_suffix(">; rel=\"next\"")).expect("the next page");
        let rest = client.send(client.client.get(next)).await;
        assert_eq!(rest.ok()[0]["service_request_id"], numbers[0]);
        assert!(!rest.headers.contains_key("link"));

        town.town.passes(Duration::from_hours(24 * 91)).await;
        assert_eq!(listed("").await.len(), 0, "the latest 90 days");
        let old = listed("?end_date=2026-04-01").await;
        assert_eq!(old, newest_first);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_not_for_everybody_is_bare_or_not_there() {
    each_case_town(async |town: CaseTown| {
        let resident = town.town.caller();
        let hidden = json!({ "words": BURST, "type": BURST_PIPE, "place": point(0), "hidden": true });
        let hidden = town.reports(hidden).await;
        let dispute = json!({ "words": "邻居天天半夜吵架", "type": "P02001", "place": point(0),
            "reporter": { "phone": "13873312345" } });
        let dispute = town.reports(dispute).await;
        assert_eq!(get(&resident, "/requests.json").await.ok(), json!([]));

        let bare = get(&resident, &format!("/requests/{}.json", hidden.number)).await.ok();
        assert_eq!(bare[0]["status"], "open");
        assert_eq!(bare[0]["description"], bare[0]["service_name"], "its kind, not its words");
        for field in ["address", "address_id", "lat", "long", "agency_responsible", "media_url"] {
            assert_eq!(bare[0][field], Value::Null, "{field}");
        }
        let answer = get(&resident, &format!("/requests/{}.json", dispute.number)).await;
        assert!(error(&answer, 404).starts_with("service_request_id"));
        assert!(!get(&resident, "/services.json").await.text.contains("P02001"));
        let fields = [("service_code", "P02001"), ("address_string", "3栋")];
        assert!(error(&send(&resident, "requests.json", &fields).await, 404).starts_with("service_code"));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn of_a_refused_case_neither_words_nor_point_are_told() {
    each_case_town(async |town: CaseTown| {
        let resident = town.town.caller();
        let reporter = town.reports_burst_pipe().await;
        let path = format!("/requests/{}.json", reporter.number);
        assert!(get(&resident, &path).await.ok()[0]["lat"].is_f64(), "told while it is open");
        let back = json!({ "reason": "wrong_place", "note": "不在供水范围。" });
        town.act("water", &reporter.id, "return", back).await.ok();
        let refuse = json!({ "reason": "not_ours", "note": "地点在邻区。" });
        town.act("desk", &reporter.id, "refuse", refuse).await.ok();

        let listed = get(&resident, "/requests.json?status=closed").await.ok();
        for refused in [&get(&resident, &path).await.ok()[0], &listed[0]] {
            assert_eq!((&refused["status"], &refused["lat"]), (&json!("closed"), &Value::Null));
            assert_eq!((&refused["description"], &refused["long"]), (&Value::Null, &Value::Null));
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn errors_name_the_parameter_in_the_format_asked_for() {
    each_case_town(async |town: CaseTown| {
        let client = town.town.caller();
        let code = ("service_code", BURST_PIPE);
        let rows: [Refusal; 14] = [
            (&[], 400, "service_code"),
            (&[("service_code", "nothing")], 404, "service_code"),
            (&[code], 400, "lat"),
            (&[code, ("lat", "27.89")], 400, "lat"),
            (&[code, ("lat", "north"), ("long", "113")], 400, "lat"),
            (&[code, ("lat", "113.11"), ("long", "27.89")], 400, "lat"),
            (&[code, ("lat", "39.9"), ("long", "116.4")], 400, "place"),
            (&[code, ("address_id", "no such grid")], 400, "grid"),
            (&[code, ("address_string", "a"), ("phone", "12345")], 400, "phone"),
            (&[code, ("address_string", "a"), ("media_url", "file:///etc/passwd")], 400, "media_url"),
            (&[code, ("address_string", "a"), ("attribute[how_much]", "ocean")], 400, "answers"),
            (&[code, ("address_string", "a"), ("attribute[what]", "x")], 400, "answers"),
            (&[code, ("jurisdiction_id", "999999")], 404, "jurisdiction_id"),
            (&[code, ("api_key", "made up")], 403, "api_key"),
        ];
        for (fields, status, field) in rows {
            let description = error(&send(&client, "requests.json", fields).await, status);
            assert!(description.starts_with(field), "{fields:?}: {description}");
        }
        let required =
            send(&client, "requests.json", &[("service_code", "P01001"), ("address_string", "3栋")]).await;
        assert!(error(&required, 400).contains("answer"), "a required attribute is missing");
        let long = "很".repeat(200_000);
        let answer =
            send(&client, "requests.json", &[code, ("address_string", "a"), ("description", &long)]).await;
        error(&answer, 413);

        for (path, status) in [
            ("/services/nothing.json", 404),
            ("/requests/nothing.json", 404),
            ("/requests/..%2F..%2Fetc.json", 404),
            ("/tokens/nothing.json", 404),
            ("/requests.json?status=maybe", 400),
            ("/requests.json?start_date=soon", 400),
            ("/requests.json?start_date=2026-01-01&end_date=2026-06-01", 400),
            ("/requests.json?start_date=2026-02-01&end_date=2026-01-01", 400),
            ("/requests.json?page_size=0", 400),
            ("/requests.json?after=x", 400),
            ("/requests.json?status=%FF", 400),
        ] {
            error(&get(&client, path).await, status);
        }
        let xml = get(&client, "/requests/nothing.xml").await;
        assert_eq!(
            (xml.status, &xml.headers["content-type"]),
            (404, &"text/xml; charset=utf-8".parse().unwrap())
        );
        let tree = XmlTree::read(&xml.text);
        assert_eq!(tree.paths(), ["errors", "errors/error", "errors/error/code", "errors/error/description"]);
        let accepts =
            client.client.get(format!("{}{BASE}/services", client.url)).header("accept", "text/xml");
        assert!(client.send(accepts).await.text.starts_with("<?xml"));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn another_system_reports_with_its_key() {
    each_case_town(async |town: CaseTown| {
        let key = service_key(&town).await;
        let client = town.town.caller();
        let mine = report(&client, &[("api_key", &key), ("phone", "13873312345")]).await;
        let silent = report(&client, &[("api_key", &key)]).await;
        let found = get(&client, &format!("/requests.json?service_request_id={mine},{silent}")).await.ok();
        assert_eq!(found.as_array().map(Vec::len), Some(2));
        for _ in 0..12 {
            report(&client, &[("api_key", &key)]).await;
        }
        assert_eq!(
            get(&client, "/requests.json").await.ok().as_array().map(Vec::len),
            Some(14),
            "none is held"
        );
        let offered = get(&client, "/services.json").await.ok().as_array().map(Vec::len);
        let with_key =
            get(&client, &format!("/services.json?api_key={key}")).await.ok().as_array().map(Vec::len);
        assert!(with_key > offered, "with a key also types not offered to residents");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_call_twice_is_one_report_and_a_flood_waits_for_a_person() {
    each_case_town(async |town: CaseTown| {
        let client = town.town.caller();
        let twice = async || {
            let fields = [("service_code", BURST_PIPE), ("lat", "27.89"), ("long", "113.11")];
            let request = form(&client, "requests.json", &fields);
            client.send(request.header("idempotency-key", "k1")).await.ok()
        };
        assert_eq!(twice().await, twice().await);
        for _ in 0..7 {
            report(&client, &[]).await;
        }
        let listed = get(&client, "/requests.json").await.ok();
        assert!(listed.as_array().unwrap().len() < 8, "those held are not listed");
        let held = get(&client, &format!("/requests/{}.json", report(&client, &[]).await)).await.ok();
        assert_eq!(held[0]["lat"], Value::Null, "nor told: {held}");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_discovery_document_leads_to_the_service() {
    each_case_town(async |town: CaseTown| {
        let client = town.town.caller();
        let found = client.get("/open311/discovery.json").await.ok();
        let endpoint = &found["endpoints"][0];
        assert_eq!(endpoint["specification"], "http://wiki.open311.org/GeoReport_v2");
        let url = endpoint["url"].as_str().unwrap();
        assert_eq!(url, format!("{}{BASE}", client.url));
        assert_eq!(client.send(client.client.get(format!("{url}/services.xml"))).await.status, 200);
        assert!(client.get("/open311/discovery.xml").await.text.contains("<format>text/xml</format>"));
    })
    .await;
}

/// What is sent, the status answered, and the field its sentence begins with.
type Refusal<'a> = (&'a [(&'a str, &'a str)], u16, &'a str);

/// A key for a system that may report for the water company.
async fn service_key(town: &CaseTown) -> String {
    let open = async |tx: &mut Tx| {
        let account = identity::create_staff(tx, &NewStaff::new("sysadmin", "系统管理员")).await?;
        let role = |account, role: &str, scope| NewAssignment {
            account,
            role: role.into(),
            scope,
            from: None,
            to: None,
        };
        identity::assign_role(tx, &role(account, "system_admin", Scope::District)).await?;
        let token = identity::open_session(tx, account).await?;
        Ok::<_, identity::IdentityError>(token.reveal().to_owned())
    };
    let token = town.town.db().write(&town.town.system(), open).await.expect("an administrator");
    let admin = town.town.caller().with_token(&token);
    let opened =
        admin.post("/api/identity/accounts", json!({ "kind": "service", "name": "市热线" })).await.ok();
    let account = opened["id"].as_str().unwrap().to_owned();
    let organisation: OrganisationId = {
        let map = town.town.edge.fixture::<territory::Map>().of(DISTRICT);
        map.organisation("water_supply").unwrap().id
    };
    let id = account.parse().unwrap();
    let give = async move |tx: &mut Tx| {
        let scope = Scope::Unit { organisation };
        let role = NewAssignment { account: id, role: "integrator".into(), scope, from: None, to: None };
        identity::assign_role(tx, &role).await.map(drop)
    };
    town.town.db().write(&town.town.system(), give).await.expect("the role is given");
    let issued = admin.post("/api/identity/service-keys", json!({ "account": account })).await.ok();
    issued["key"].as_str().expect("a key").to_owned()
}
