//! ODK Collect is another client: it scans a code, finds the forms, fills them, and what it sends lands where the phone's own does.

use crate::town::{GRID_1, PNG, STREET, caller, each_town, published, text, upload, workbook};
use reqwest::Method;
use reqwest::multipart::{Form, Part};
use serde_json::{Value, json};
use testkit::{Answer, Caller, Town};

/// A client that has scanned its owner's code.
pub struct Collect {
    pub http: Caller,
    /// The path of its server.
    at: String,
}

impl Collect {
    pub async fn of(town: &Town, owner: &str) -> Self {
        let http = caller(town, owner);
        let issued = http.post("/api/fieldwork/keys", json!({ "name": "旧手机" })).await.ok();
        let url = text(&issued["server_url"]);
        let at = url.strip_prefix(&http.url).expect("an address of this server").to_owned();
        assert!(text(&issued["code_svg"]).starts_with("<svg"));
        Self { http: town.caller(), at }
    }

    pub async fn get(&self, path: &str) -> Answer {
        self.http.get(&format!("{}/{path}", self.at)).await
    }

    /// Sends a submission with files, as a client does.
    pub async fn send(&self, xml: &str, files: &[(&str, &[u8])]) -> Answer {
        let part = |name: &str, bytes: &[u8]| Part::bytes(bytes.to_vec()).file_name(name.to_owned());
        let mut form = Form::new().part("xml_submission_file", part("a.xml", xml.as_bytes()));
        for (name, bytes) in files {
            form = form.part((*name).to_owned(), part(name, bytes));
        }
        let request = self.http.client.post(format!("{}{}/submission", self.http.url, self.at));
        self.http.send(request.header("x-openrosa-version", "1.0").multipart(form)).await
    }

    /// What the list says of the only form.
    async fn listed(&self, element: &str) -> String {
        let list = self.get("formList").await;
        assert_eq!(list.status, 200, "{}", list.text);
        between(&list.text, element)
    }
}

/// What stands between the tags of an element that comes once.
pub fn between(xml: &str, element: &str) -> String {
    let rest = xml.split_once(&format!("<{element}>")).unwrap_or_else(|| panic!("no {element}: {xml}")).1;
    rest.split_once("</").expect("an end").0.to_owned()
}

fn instance(number: u16) -> String {
    format!("019c8a00-0000-4000-8000-00000000{number:04x}")
}

/// Answers to the gas form as Collect writes them.
fn gas(version: &str, number: u16, inside: &str) -> String {
    format!(
        r#"<?xml version='1.0'?><data id="gas_hoses" version="{version}" xmlns:orx="http://openrosa.org/xforms">{inside}<orx:meta><orx:instanceID>uuid:{}</orx:instanceID></orx:meta></data>"#,
        instance(number)
    )
}

const ANSWERED: &str = "<has_gas>yes</has_gas><notes><remark>老化 &amp; 开裂</remark></notes><hoses>2</hoses><phone>13873300042</phone><hose><made_on>2019-05-06</made_on></hose><hose><made_on>2021-01-02</made_on></hose>";

/// What a worker reads of a submission.
async fn seen(town: &Town, number: u16) -> Value {
    let path = format!("/api/fieldwork/submissions/{}?purpose=service", instance(number));
    caller(town, "worker1").get(&path).await.ok()
}

#[tokio::test(flavor = "multi_thread")]
async fn forms_are_found_and_what_is_filled_arrives_whole() {
    each_town(async |town| {
        let form = published(&caller(&town, "clerk")).await;
        let collect = Collect::of(&town, "worker1").await;
        let list = collect.get("formList").await;
        assert_eq!(list.headers["x-openrosa-version"], "1.0");
        assert!(list.headers["content-type"].to_str().expect("text").starts_with("text/xml"));
        assert_eq!(between(&list.text, "formID"), "gas_hoses");
        assert_eq!(between(&list.text, "name"), "燃气软管检查");
        let version = between(&list.text, "version");
        assert_eq!(version, "1 2026-1");
        let url = between(&list.text, "downloadUrl");
        let xform = collect.http.get(url.strip_prefix(&collect.http.url).expect("of this server")).await;
        assert_eq!(between(&list.text, "hash"), format!("md5:{}", md5_of(&xform.text)));
        assert!(xform.text.contains(r#"<data id="gas_hoses" version="1 2026-1">"#), "{}", xform.text);
        let head = format!("{}{}/submission", collect.http.url, collect.at);
        let head = collect.http.send(collect.http.client.request(Method::HEAD, &head)).await;
        assert_eq!(head.status, 204);
        assert!(head.headers["location"].to_str().expect("text").ends_with("/submission"));
        assert!(head.headers.contains_key("x-openrosa-accept-content-length"));
        let sent = collect.send(&gas(&version, 1, ANSWERED), &[]).await;
        assert_eq!(sent.status, 201, "{}", sent.text);
        assert!(sent.text.contains("OpenRosaResponse") && sent.text.contains("submit_success"));
        let kept = seen(&town, 1).await;
        let expected = json!({ "has_gas": "yes", "notes": { "remark": "老化 & 开裂" }, "hoses": 2, "phone": "13873300042",
            "hose": [{ "made_on": "2019-05-06" }, { "made_on": "2021-01-02" }] });
        assert_eq!((&kept["answers"], &kept["area_path"]), (&expected, &json!(GRID_1)));
        assert_eq!(kept["strays"], json!([]));
        let again = collect.send(&gas(&version, 1, ANSWERED), &[]).await;
        assert_eq!(again.status, 201, "a reply that was lost: {}", again.text);
        let listed = caller(&town, "clerk").get(&format!("/api/fieldwork/forms/{form}/submissions")).await.ok();
        assert_eq!(listed["items"].as_array().map(Vec::len), Some(1));
        let other = collect.send(&gas(&version, 1, "<has_gas>no</has_gas>"), &[]).await;
        assert_eq!(other.status, 409, "{}", other.text);
    })
    .await;
}

fn md5_of(text: &str) -> String {
    use md5::{Digest, Md5};
    Md5::digest(text.as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn files_come_with_it_or_after_it() {
    each_town(async |town| {
        let clerk = caller(&town, "clerk");
        let survey: &[&str] = &["type | name | label", "image | valve | 阀门照片", "audio | said | 录音"];
        let made = upload(&clerk, "valve.xlsx", workbook(&[("survey", survey)]), None).await.ok();
        let publish = format!("/api/fieldwork/forms/{}/versions/1/publish", text(&made["form"]));
        clerk.post(&publish, json!({})).await.ok();
        let collect = Collect::of(&town, "worker1").await;
        let version = collect.listed("version").await;
        let xml = gas(&version, 1, "<valve>1.png</valve><said>2.amr</said>").replace("gas_hoses", "valve");
        let first = collect.send(&xml, &[("1.png", PNG), ("log.csv", b"x")]).await;
        assert_eq!(first.status, 202, "one file is missing: {}", first.text);
        assert!(first.text.contains("log.csv"), "what is not kept is told: {}", first.text);
        let kept = seen(&town, 1).await;
        assert_eq!(kept["files"][0]["media_type"], "image/jpeg", "made new: {kept}");
        assert_eq!(kept["files"][1], json!({ "name": "2.amr", "media_type": null, "bytes": null }));
        let wrong = collect.send(&xml, &[("2.amr", b"<html>")]).await;
        assert_eq!(wrong.status, 422, "{}", wrong.text);
        let second = collect.send(&xml, &[("1.png", PNG), ("2.amr", b"#!AMR\nsound")]).await;
        assert_eq!(second.status, 201, "{}", second.text);
        let worker = caller(&town, "worker1");
        let file =
            |name: &str| format!("/api/fieldwork/submissions/{}/files/{name}?purpose=visit", instance(1));
        let said = worker.get(&file("2.amr")).await;
        assert_eq!((said.status, said.text.as_str()), (200, "#!AMR\nsound"));
        assert_eq!(said.headers["content-type"], "audio/amr");
        worker.get(&file("3.amr")).await.refused("not_found");
        caller(&town, "worker2").get(&file("2.amr")).await.refused("not_found");
        assert_eq!(worker.get(file("2.amr").trim_end_matches("?purpose=visit")).await.status, 400);
        let on_disk = files_below(&town.folder.path().join("submissions"));
        assert_eq!(on_disk.len(), 2, "each once");
        assert!(on_disk.iter().all(|bytes| !bytes.windows(5).any(|part| part == b"sound")), "sealed");
        seal::rotate(town.db(), testkit::DISTRICT).await.expect("a new key");
        let reseal =
            fieldwork::RESEALS.iter().find(|reseal| reseal.table == "fieldwork_file").expect("files");
        for rows in [2, 0] {
            assert_eq!((reseal.run)(town.db(), testkit::DISTRICT, &|_| {}).await.expect("sealed anew"), rows);
        }
        assert_eq!(worker.get(&file("2.amr")).await.text, "#!AMR\nsound");
    })
    .await;
}

/// The inside of every file below a folder.
fn files_below(folder: &std::path::Path) -> Vec<Vec<u8>> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("an entry").path()) {
        match entry.is_dir() {
            true => found.extend(files_below(&entry)),
            false => found.push(std::fs::read(&entry).expect("a file")),
        }
    }
    found
}

#[tokio::test(flavor = "multi_thread")]
async fn a_correction_stands_in_the_place_of_the_first() {
    each_town(async |town| {
        let clerk = caller(&town, "clerk");
        let form = published(&clerk).await;
        let collect = Collect::of(&town, "worker1").await;
        let version = collect.listed("version").await;
        collect.send(&gas(&version, 1, ANSWERED), &[]).await;
        let corrects = |number: u16, earlier: u16| {
            let deprecated =
                format!("<orx:deprecatedID>uuid:{}</orx:deprecatedID></orx:meta>", instance(earlier));
            gas(&version, number, "<has_gas>no</has_gas>").replace("</orx:meta>", &deprecated)
        };
        for _ in 0..2 {
            assert_eq!(collect.send(&corrects(2, 1), &[]).await.status, 201);
        }
        assert_eq!(seen(&town, 1).await["replaced_by"], instance(2));
        let copy =
            clerk.post(&format!("/api/fieldwork/forms/{form}/exports"), json!({ "purpose": "check" })).await;
        assert!(copy.text.contains(&instance(2)) && !copy.text.contains(&instance(1)), "{}", copy.text);
        assert_eq!(collect.send(&corrects(3, 1), &[]).await.status, 409, "replaced by another");
        let others = Collect::of(&town, "clerk").await;
        let theirs = others.send(&corrects(4, 2), &[]).await;
        assert_eq!(theirs.status, 409, "somebody else's: {}", theirs.text);
        let early = corrects(5, 99);
        assert_eq!(collect.send(&early, &[]).await.status, 201, "the earlier never came");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_hostile_or_wrong_is_refused_in_words() {
    each_town(async |town| {
        let clerk = caller(&town, "clerk");
        let form = published(&clerk).await;
        let collect = Collect::of(&town, "worker1").await;
        let version = collect.listed("version").await;
        let bomb = r#"<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;">]>"#;
        let deep = format!("{}{}", "<a>".repeat(5_000), "</a>".repeat(5_000));
        let whole = gas(&version, 1, ANSWERED);
        let without_id = whole.replace("instanceID", "other");
        let rows: [(&str, String, u16); 9] = [
            ("document type", whole.replace("<?xml version='1.0'?>", bomb), 400),
            ("an entity", whole.replace("老化", "&secret;"), 400),
            ("endless nesting", gas(&version, 1, &deep), 400),
            ("no XML", "{}".to_owned(), 400),
            ("another form", whole.replace("gas_hoses", "nothing"), 404),
            ("another version", gas("7", 1, ANSWERED), 422),
            ("no id", without_id, 422),
            ("a wrong answer", gas(&version, 1, "<has_gas>perhaps</has_gas>"), 422),
            ("a missing answer", gas(&version, 1, "<has_gas/>"), 422),
        ];
        for (what, xml, status) in rows {
            let answer = collect.send(&xml, &[]).await;
            assert_eq!(answer.status, status, "{what}: {}", answer.text);
            assert!(answer.text.contains("OpenRosaResponse"), "{what}: {}", answer.text);
        }
        let large = vec![b'x'; 103 << 20];
        let large = Form::new().part("xml_submission_file", Part::bytes(large).file_name("a.xml"));
        let url = format!("{}{}/submission", collect.http.url, collect.at);
        // The server may hang up before all of it is sent.
        if let Ok(answer) = collect.http.client.post(&url).multipart(large).send().await {
            assert_eq!(answer.status(), 413);
        }
        let later = collect.http.client.post(&url).header("x-openrosa-version", "2.0");
        assert_eq!(collect.http.send(later.multipart(Form::new())).await.status, 400);
        let listed = clerk.get(&format!("/api/fieldwork/forms/{form}/submissions")).await.ok();
        assert_eq!(listed["items"], json!([]), "nothing was kept");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_withdrawn_version_still_comes_in_and_is_flagged() {
    each_town(async |town| {
        let clerk = caller(&town, "clerk");
        let form = published(&clerk).await;
        let collect = Collect::of(&town, "worker1").await;
        let version = collect.listed("version").await;
        clerk.post(&format!("/api/fieldwork/forms/{form}/versions/1/withdraw"), json!({})).await.ok();
        assert!(!collect.get("formList").await.text.contains("gas_hoses"));
        let sent = collect.send(&gas(&version, 1, ANSWERED), &[]).await;
        assert_eq!(sent.status, 201, "{}", sent.text);
        assert!(sent.text.contains("停用"));
        assert_eq!(seen(&town, 1).await["withdrawn"], true);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_acts_for_its_owner_and_ends_at_once() {
    each_town(async |town| {
        published(&caller(&town, "clerk")).await;
        let worker = caller(&town, "worker1");
        let collect = Collect::of(&town, "worker1").await;
        let version = collect.listed("version").await;
        let stranger = Collect { http: town.caller(), at: "/openrosa/430204.c.AAAA".to_owned() };
        assert_eq!(stranger.get("formList").await.status, 403);
        assert_eq!(stranger.send(&gas(&version, 1, ANSWERED), &[]).await.status, 403);
        let keys = worker.get("/api/fieldwork/keys").await.ok();
        assert_eq!((&keys[0]["name"], &keys[0]["revoked_at"]), (&json!("旧手机"), &Value::Null));
        assert!(!keys.to_string().contains(collect.at.trim_start_matches("/openrosa/")), "shown once");
        let path = format!("/api/fieldwork/keys/{}", text(&keys[0]["id"]));
        caller(&town, "worker2").delete(&path).await.refused("not_found");
        assert_eq!(worker.delete(&path).await.status, 204);
        assert_eq!(collect.get("formList").await.status, 403);
        assert_eq!(collect.send(&gas(&version, 1, ANSWERED), &[]).await.status, 403);
        caller(&town, "nobody")
            .post("/api/fieldwork/keys", json!({ "name": "x" }))
            .await
            .refused("forbidden");
        for number in 0..5 {
            worker.post("/api/fieldwork/keys", json!({ "name": format!("手机 {number}") })).await.ok();
        }
        worker
            .post("/api/fieldwork/keys", json!({ "name": "第六部" }))
            .await
            .refused("fieldwork.too_many_keys");
        let later = town.clock.now().after(std::time::Duration::from_hours(366 * 24));
        let other = Collect::of(&town, "worker2").await;
        town.clock.set(later);
        assert_eq!(other.get("formList").await.status, 403, "a year is over");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_long_list_is_a_file_beside_the_form() {
    each_town(async |town| {
        let clerk = caller(&town, "clerk");
        let survey: &[&str] =
            &["type | name | label | choice_filter", "select_one street | street | 街道 | area = 'a'"];
        let lines: Vec<String> =
            (0..1_001).map(|number| format!("street | s{number} | 街道，{number} | a")).collect();
        let mut choices = vec!["list_name | name | label | area"];
        choices.extend(lines.iter().map(String::as_str));
        let bytes =
            workbook(&[("survey", survey), ("choices", &choices), ("settings", &["form_id", "streets"])]);
        let made = upload(&clerk, "streets.xlsx", bytes, Some(STREET)).await.ok();
        let publish = format!("/api/fieldwork/forms/{}/versions/1/publish", text(&made["form"]));
        clerk.post(&publish, json!({})).await.ok();
        let collect = Collect::of(&town, "worker1").await;
        let here = |url: String| url.strip_prefix(&collect.http.url).expect("of this server").to_owned();
        let form = collect.http.get(&here(collect.listed("downloadUrl").await)).await;
        assert!(
            form.text.contains(r#"src="jr://file-csv/street.csv""#) && !form.text.contains("s1000"),
            "{}",
            form.text
        );
        let manifest = collect.http.get(&here(collect.listed("manifestUrl").await)).await;
        assert_eq!(between(&manifest.text, "filename"), "street.csv");
        let csv = collect.http.get(&here(between(&manifest.text, "downloadUrl"))).await;
        assert_eq!(between(&manifest.text, "hash"), format!("md5:{}", md5_of(&csv.text)));
        assert_eq!(csv.text.lines().count(), 1_002);
        assert_eq!(csv.text.lines().nth(1), Some("s0,街道，0,a"));
    })
    .await;
}
