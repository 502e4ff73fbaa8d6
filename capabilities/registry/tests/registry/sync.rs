//! Another platform keeps a copy in step: it is told what has changed and nothing it may not know, and sends records of its own.

use crate::imports::document;
use crate::town::{GRID_1, GRID_2, caller, each_town, enter, shown, text, two_homes};
use registry::commands::{self, Enter, Given};
use registry::{Kind, Links, Source};
use serde_json::{Value, json};
use std::time::Duration;
use store::Tx;
use testkit::{Answer, Caller, Town};

const CHANGES: &str = "/api/registry/changes?purpose=check&open=documents";
/// A change is told when it is two minutes old.
const SETTLING: Duration = Duration::from_secs(121);
const NUMBER: &str = "11010519491231002X";

/// What is told since, and where to go on from.
async fn told(by: &Caller, since: &str) -> (Vec<Value>, String) {
    let page = by.get(&format!("{CHANGES}{since}")).await.ok();
    assert_eq!(page["more"], false, "{page}");
    (page["lines"].as_array().expect("lines").clone(), format!("&since={}", text(&page["since"])))
}

fn line_of<'a>(lines: &'a [Value], id: &str) -> &'a Value {
    lines.iter().find(|line| line["id"] == json!(id)).unwrap_or_else(|| panic!("no line of {id}: {lines:?}"))
}

async fn person(by: &Caller, name: &str, number: &str) -> String {
    let values = json!({ "name": name, "documents": [number], "phones": ["13873300042"] });
    enter(by, "person", values, json!({ "area_path": GRID_1 })).await.0
}

#[tokio::test(flavor = "multi_thread")]
async fn changes_are_told_in_their_order_and_everybody_in_them_knows() {
    each_town(async |town| {
        let (clerk, province) = (caller(&town, "clerk"), caller(&town, "province"));
        let id = person(&clerk, "张晓明", NUMBER).await;
        let (home, _) = two_homes(&clerk).await;
        enter(&clerk, "service_fact", json!({ "fact": "moves_with_help" }), json!({ "person": id })).await;
        assert_eq!(told(&province, "").await.0, Vec::<Value>::new(), "a write may still be under way");
        town.passes(SETTLING).await;
        let (lines, since) = told(&province, "").await;
        let content = &line_of(&lines, &id)["content"];
        assert_eq!((&content["label"], &content["area"]), (&json!("张晓明"), &json!("430204001008J001")));
        let number = &content["values"]["documents"];
        assert_eq!((&number["value"][0]["number"], &number["source"]), (&json!(NUMBER), &json!("door")));
        assert_eq!(content["sealed"], json!(["phones"]), "what this purpose does not open is not told");
        assert_eq!(line_of(&lines, &home)["content"]["label"], "田心三村5栋2单元301");
        assert!(lines.iter().all(|line| line["kind"] != "service_fact"), "facts are for their services");
        let mut paged = Vec::new();
        let mut next = String::new();
        loop {
            let page = province.get(&format!("{CHANGES}&limit=2{next}")).await.ok();
            paged.extend(page["lines"].as_array().expect("lines").clone());
            next = format!("&since={}", text(&page["since"]));
            if page["more"] == false {
                break;
            }
        }
        assert_eq!(paged, lines, "page by page the same, each once");
        let copies = clerk.get(&format!("/api/registry/records/{id}/copies")).await.ok();
        assert_eq!((&copies[0]["by"], &copies[0]["opened"]), (&json!("province"), &json!(["documents"])));
        town.passes(SETTLING).await;
        assert_eq!(told(&province, &since).await.0, Vec::<Value>::new());
        for (path, code) in [
            ("/api/registry/changes", "registry.no_purpose"),
            ("/api/registry/changes?purpose=curiosity", "registry.no_purpose"),
            ("/api/registry/changes?purpose=visit&open=documents", "registry.no_purpose"),
            ("/api/registry/changes?purpose=assistance&open=facts", "forbidden"),
            ("/api/registry/changes?purpose=check&since=yesterday", "not_found"),
        ] {
            province.get(path).await.refused(code);
        }
        clerk.get(CHANGES).await.refused("forbidden");
        let neighbour = caller(&town, "neighbour");
        neighbour.get(CHANGES).await.refused("forbidden");
        let page = neighbour.get("/api/registry/changes?purpose=check").await.ok();
        assert_eq!(page["lines"], json!([]), "another grid's are not theirs");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_ends_is_merged_or_only_stored_is_told_as_such() {
    each_town(async |town| {
        let (clerk, province) = (caller(&town, "clerk"), caller(&town, "province"));
        let given = json!({ "source": "desk" });
        let keep = person(&clerk, "张晓明", NUMBER).await;
        let gone = person(&clerk, "张小明", NUMBER).await;
        let dead = person(&clerk, "李梅", &document("19880612", 101)).await;
        let shy = person(&clerk, "王芳", &document("19880612", 122)).await;
        town.passes(SETTLING).await;
        let (_, since) = told(&province, "").await;
        let merge =
            json!({ "keep": keep, "keep_version": 1, "gone": gone, "gone_version": 1, "given": given });
        clerk.post("/api/registry/merges", merge).await.ok();
        let end = json!({ "version": 1, "given": given });
        clerk.post(&format!("/api/registry/records/{dead}/end"), end).await.ok();
        restrict(&clerk, &shy).await;
        town.passes(SETTLING).await;
        let (lines, _) = told(&province, &since).await;
        let line = line_of(&lines, &gone);
        assert_eq!(
            (&line["state"], &line["merged_into"], &line["content"]),
            (&json!("merged"), &json!(keep), &Value::Null)
        );
        assert_eq!(line_of(&lines, &keep)["version"], 2);
        assert_eq!(line_of(&lines, &dead)["state"], "ended");
        let line = line_of(&lines, &shy);
        assert_eq!(
            (&line["restricted"], &line["content"], &line["version"]),
            (&json!(true), &Value::Null, &json!(1))
        );
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn whom_to_ask_of_an_organisation_is_told_only_where_contacts_are_open() {
    each_town(async |town| {
        let (clerk, province) = (caller(&town, "clerk"), caller(&town, "province"));
        let values = json!({ "name": "田心便民超市", "kind": "company", "contact": { "name": "李建国", "phone": "13873300001" } });
        let (id, _) = enter(&clerk, "organisation", values, json!({ "area_path": GRID_1 })).await;
        town.passes(SETTLING).await;
        let page = province.get("/api/registry/changes?purpose=check&open=documents,phones").await.ok();
        let lines = page["lines"].as_array().expect("lines").clone();
        let content = &line_of(&lines, &id)["content"];
        assert_eq!((&content["label"], &content["sealed"]), (&json!("田心便民超市"), &json!(["contact"])));
        assert_eq!(content["values"]["contact"], Value::Null);
        assert!(!page.to_string().contains("李建国") && !page.to_string().contains("13873300001"), "{page}");
    })
    .await;
}

async fn restrict(clerk: &Caller, id: &str) {
    let paper = json!({ "person": id, "record": id, "what": "restrict" });
    let request = text(&clerk.post("/api/registry/requests", paper).await.ok()["id"]);
    clerk.post(&format!("/api/registry/requests/{request}/decide"), json!({ "granted": true })).await.ok();
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_decided_long_before_its_write_is_not_gone_by() {
    each_town(async |town| {
        let (clerk, province) = (caller(&town, "clerk"), caller(&town, "province"));
        person(&clerk, "张晓明", NUMBER).await;
        town.passes(SETTLING).await;
        let (_, since) = told(&province, "").await;
        // A write that began an hour ago, and commits now.
        let began = town.clock.now().before(Duration::from_secs(3600));
        let late = async move |tx: &mut Tx| {
            tx.at(began);
            let given = Given { source: Source::Department, evidence: None };
            let new = Enter {
                id: None,
                kind: Kind::Person,
                values: [("name".to_owned(), json!("李梅"))].into(),
                links: Links::default(),
                from_on: None,
                to_on: None,
                point: None,
                area_path: Some(GRID_1.to_owned()),
                given,
            };
            commands::enter(tx, new).await.map(|record| record.id)
        };
        let id = town.db().write(&town.system(), late).await.expect("it is entered");
        town.passes(SETTLING).await;
        let (lines, _) = told(&province, &since).await;
        assert_eq!(lines.len(), 1);
        line_of(&lines, &id.to_string());
    })
    .await;
}

/// Lines as they are sent: a name, a document, an address.
fn line(name: &str, number: &str, address: &str) -> Value {
    json!({ "person.name": name, "document.number": number, "address": address, "residence.kind": "户籍", "person.phones": ["13873300042"] })
}

async fn sends(by: &Caller, lines: Value) -> Answer {
    by.post("/api/registry/bulk", json!({ "table": "people", "lines": lines })).await
}

fn outcomes(answer: &Value) -> Vec<String> {
    answer["lines"].as_array().expect("lines").iter().map(|line| text(&line["outcome"])).collect()
}

async fn found(town: &Town, name: &str) -> Vec<Value> {
    let path = format!("/api/registry/search?kind=person&q={name}");
    caller(town, "clerk").get(&path).await.ok()["hits"].as_array().expect("hits").clone()
}

#[tokio::test(flavor = "multi_thread")]
async fn each_line_sent_has_an_outcome_of_its_own() {
    each_town(async |town| {
        let (clerk, province) = (caller(&town, "clerk"), caller(&town, "province"));
        two_homes(&clerk).await;
        let address = "田心三村5栋2单元301";
        let lines = json!([
            line("张晓明", NUMBER, address),
            line("李梅", "110105194912310021", address),
            line("张晓明", NUMBER, address),
            line("王芳", &document("19880612", 122), "没有这个小区9栋101"),
        ]);
        let done = sends(&province, lines).await.ok();
        assert_eq!(outcomes(&done), ["new", "wrong", "wrong", "wrong"]);
        let codes: Vec<_> = (1..4).map(|at| text(&done["lines"][at]["troubles"][0]["code"])).collect();
        assert_eq!(codes[1..], ["registry.duplicate_in_file", "registry.unknown_building"]);
        assert_eq!(done["lines"][1]["troubles"][0]["column"], "document.number");
        let id = text(&found(&town, "张晓明").await[0]["id"]);
        let record =
            clerk.get(&format!("/api/registry/records/{id}?purpose=check&open=documents")).await.ok();
        assert_eq!(shown(&record, "documents"), format!("居民身份证 {NUMBER}"));
        assert_eq!(record["fields"][0]["origin"]["evidence"], "接口报送");
        assert_eq!(
            outcomes(&sends(&province, json!([line("张晓明", NUMBER, address)])).await.ok()),
            ["unchanged"]
        );
        let mut other = line("张晓明", NUMBER, address);
        other["residence.kind"] = json!("流动");
        let body = json!({ "table": "people", "lines": [other], "takes_conflicts": false });
        let conflict = province.post("/api/registry/bulk", body.clone()).await.ok();
        assert_eq!(
            (outcomes(&conflict), &conflict["lines"][0]["troubles"][0]["column"]),
            (vec!["conflict".into()], &json!("residence.kind"))
        );
        let taken = json!({ "takes_conflicts": true, "table": "people", "lines": body["lines"] });
        assert_eq!(outcomes(&province.post("/api/registry/bulk", taken).await.ok()), ["changed"]);
        clerk
            .post(&format!("/api/registry/acts/{}/undo", text(&done["act"])), json!({}))
            .await
            .refused("registry.changed_since");
        restrict(&clerk, &id).await;
        let refused = sends(&province, json!([line("张晓明", NUMBER, address)])).await.ok();
        assert_eq!(refused["lines"][0]["troubles"][0]["code"], "registry.restricted");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn lines_sent_twice_are_taken_once_and_are_undone_as_one() {
    each_town(async |town| {
        let (clerk, province) = (caller(&town, "clerk"), caller(&town, "province"));
        two_homes(&clerk).await;
        let address = |room: u32| format!("田心三村5栋2单元{room}");
        let name = |n: u32| format!("张{}", char::from_u32(0x5000 + n).expect("a character"));
        let lines: Vec<Value> =
            (0..120).map(|n| line(&name(n), &document("19880612", 2 * n + 1), &address(401 + n))).collect();
        let body = json!({ "table": "people", "lines": lines });
        let send = async |body: &Value| {
            let request = province.client.post(format!("{}/api/registry/bulk", province.url)).json(body);
            province.send(request.header("idempotency-key", "lines-of-monday")).await
        };
        let first = send(&body).await.ok();
        assert_eq!(outcomes(&first), vec!["new"; 120]);
        assert_eq!(send(&body).await.ok(), first, "the same answer, and nothing done");
        assert_eq!(found(&town, &name(7)).await.len(), 1);
        let other = json!({ "table": "people", "lines": [lines[0]] });
        send(&other).await.refused("idempotency_key_used");
        // Room, home, household, person and residence of each: more than one step of undoing.
        let undone =
            clerk.post(&format!("/api/registry/acts/{}/undo", text(&first["act"])), json!({})).await.ok();
        assert!(undone["records"].as_u64() >= Some(600), "{undone}");
        assert_eq!(found(&town, &name(7)).await.len(), 0);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_may_not_be_sent_is_refused_whole() {
    each_town(async |town| {
        let (clerk, province, neighbour) =
            (caller(&town, "clerk"), caller(&town, "province"), caller(&town, "neighbour"));
        two_homes(&clerk).await;
        let one = line("张晓明", NUMBER, "田心三村5栋2单元301");
        sends(&province, json!([])).await.refused("registry.bad_lines");
        sends(&province, json!(vec![one.clone(); 501])).await.refused("registry.bad_lines");
        sends(&province, json!([{ "person.religion": "无" }])).await.refused("registry.no_such_column");
        sends(&clerk, json!([one])).await.refused("forbidden");
        let answer = sends(&neighbour, json!([one])).await.ok();
        assert_eq!(
            answer["lines"][0]["troubles"][0]["code"], "registry.not_your_area",
            "{GRID_2} is not {GRID_1}"
        );
        assert_eq!(found(&town, "张晓明").await, Vec::<Value>::new());
    })
    .await;
}
