//! Audit coverage: every write of the API's description is done once by somebody who may, and leaves a fact.
//!
//! A new write without a scenario here fails the test: add it to the story it belongs to.

mod fieldwork;
mod hotline;
mod joint;
mod messages;
mod outages;
mod partners;
mod reach;
mod register;
mod sandbox;
mod sensors;

use super::house::{House, Scale, bytes_of_base32, shown};
use platform::{DistrictId, FactId};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use store::{Conn, Db, FactRow};
use testkit::{Answer, Caller};
use uuid::Uuid;

const DISTRICT: DistrictId = DistrictId(430_204);
/// Writes that leave no fact, each for its reason. The list only shrinks.
const WITHOUT_FACT: &[(&str, &str)] = &[
    ("check_areas", "only looks at a file"),
    ("try_rules", "only says what changed rules would have done"),
    ("try_duties", "only says what a version of a list would have done"),
    ("keep_photos", "photos are nobody's until a report or a step carries them"),
    ("enter_wall", "turns a wall's key into its cookie; the key was issued on record"),
    ("migrate_draft", "only says what of a draft has a place in the live version"),
    ("try_visit_plan", "only says what the rules would ask"),
    ("lookup_case", "turns number and code into a mark; the case is not touched"),
];
/// A picture of eight by eight points.
pub(super) const PNG: &[u8] = &[
    137, 80, 78, 71, 13, 10, 26, 10, 0, 0, 0, 13, 73, 72, 68, 82, 0, 0, 0, 8, 0, 0, 0, 8, 8, 2, 0, 0, 0, 75,
    109, 41, 220, 0, 0, 0, 17, 73, 68, 65, 84, 120, 218, 99, 136, 234, 169, 192, 138, 24, 134, 150, 4, 0, 41,
    70, 87, 129, 2, 212, 184, 85, 0, 0, 0, 0, 73, 69, 78, 68, 174, 66, 96, 130,
];

/// The house, and what has been done in it so far.
struct Audit {
    house: House,
    db: Db,
    done: BTreeSet<&'static str>,
    silent: BTreeSet<&'static str>,
    /// Where facts are looked for.
    district: DistrictId,
}

impl Audit {
    /// The newest fact by its id.
    async fn newest(&self) -> FactId {
        let end = FactId(Uuid::from_u128(u128::MAX));
        let district = self.district;
        let read = self.db.read(async move |conn: &mut Conn| FactRow::before(conn, district, end, 1).await);
        read.await.expect("facts can be read").first().expect("the demo has facts").id
    }

    /// Does a write, which must succeed, and notes whether a fact came of it.
    async fn does(&mut self, operation: &'static str, write: impl Future<Output = Answer>) -> Value {
        let before = self.newest().await;
        let answer = write.await;
        assert!((200..300).contains(&answer.status), "{operation}: {}", shown(&answer));
        self.done.insert(operation);
        if self.newest().await == before {
            self.silent.insert(operation);
        }
        // Some answer with nothing, some with a file.
        serde_json::from_str(&answer.text).unwrap_or_default()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_write_leaves_a_fact() {
    let mut house = House::open(Scale::Small).await;
    let given = house.make_sandbox().await;
    let db = house.db().await;
    let (done, silent) = (BTreeSet::new(), BTreeSet::new());
    let mut audit = Audit { house, db, done, silent, district: DISTRICT };
    doors(&mut audit).await;
    territory(&mut audit).await;
    accounts(&mut audit).await;
    cases(&mut audit).await;
    register::register(&mut audit).await;
    fieldwork::fieldwork(&mut audit).await;
    fieldwork::visits(&mut audit).await;
    hotline::hotline(&mut audit).await;
    outages::outages(&mut audit).await;
    messages::messages(&mut audit).await;
    reach::reach(&mut audit).await;
    partners::partners(&mut audit).await;
    joint::joint(&mut audit).await;
    joint::duties(&mut audit).await;
    sensors::sensors(&mut audit).await;
    sandbox::sandbox(&mut audit, &given).await;
    let document = super::openapi::document();
    let writes: Vec<String> = super::routes::writes(&document).into_iter().map(|o| o.id).collect();
    let missing: Vec<&String> = writes.iter().filter(|id| !audit.done.contains(id.as_str())).collect();
    assert!(missing.is_empty(), "no scenario in tests/server/audit.rs does {missing:?}");
    let allowed: BTreeSet<&str> = WITHOUT_FACT.iter().map(|(id, _)| *id).collect();
    let silent: Vec<_> = audit.silent.difference(&allowed).collect();
    assert!(silent.is_empty(), "these writes leave no fact: {silent:?}");
    let stale: Vec<_> = allowed.difference(&audit.silent).collect();
    assert!(stale.is_empty(), "these leave a fact now, take them out of WITHOUT_FACT: {stale:?}");
}

#[track_caller]
fn text(value: &Value) -> String {
    value.as_str().expect("a text").to_owned()
}

/// The residents' door and the staff's, in and out.
async fn doors(audit: &mut Audit) {
    let visitor = audit.house.caller();
    audit.does("send_code", visitor.post("/api/identity/codes", json!({ "phone": "13900000009" }))).await;
    let inbox = visitor.get("/inbox").await.text;
    let code = inbox
        .split("data-code>")
        .nth(1)
        .and_then(|rest| rest.get(..6))
        .expect("the demo's inbox shows the code");
    let body = json!({ "phone": "13900000009", "code": code });
    let resident = audit.does("redeem_code", visitor.post("/api/identity/codes/redeem", body)).await;
    let resident = visitor.with_token(&text(&resident["token"]));
    let admin = audit.house.person("system_admin").await;
    let wall = audit.does("open_wall", admin.post("/api/identity/walls", json!({ "name": "大厅" }))).await;
    let key = text(&wall["href"]).split_once("#key=").expect("a key").1.to_owned();
    audit
        .does("enter_wall", audit.house.caller().post("/api/identity/walls/enter", json!({ "key": key })))
        .await;
    audit.does("sign_out", resident.post("/api/identity/sign-out", json!({}))).await;
}

async fn territory(audit: &mut Audit) {
    let admin = audit.house.person("system_admin").await;
    let unit = json!({ "key": "test_unit", "name": "测试单位", "kind": "department" });
    let made = audit.does("add_organisation", admin.post("/api/territory/organisations", unit)).await;
    let path = format!("/api/territory/organisations/{}", text(&made["id"]));
    audit.does("change_organisation", admin.put(&path, json!({ "name": "测试单位二" }))).await;
    let post = json!({ "kind": "unit", "name": "测试岗", "area": "430204", "organisation": "test_unit" });
    let post = audit.does("open_post", admin.post("/api/territory/posts", post)).await;
    let (first, second) =
        (open_account(audit, &admin, "tester-a").await.0, open_account(audit, &admin, "tester-b").await.0);
    let holdings = format!("/api/territory/posts/{}/holdings", text(&post["id"]));
    let hold = json!({ "account": first, "role": "main", "name": "测试" });
    let held = audit.does("hold_post", admin.post(&holdings, hold.clone())).await;
    let holding = format!("/api/territory/holdings/{}", text(&held["holdings"][0]["id"]));
    let away = json!({ "from": "2027-03-01T00:00:00Z", "until": "2027-03-05T00:00:00Z" });
    audit.does("note_absence", admin.post(&format!("{holding}/absence"), away)).await;
    let dispatcher = audit.house.person("dispatcher").await;
    let hand_over = json!({ "leaver": first, "heir": { "account": second, "name": "测试二" } });
    let moved = dispatcher.post("/api/territory/hand-over", hand_over.clone());
    let moved = audit.does("hand_over", moved).await;
    let undo = format!("/api/territory/hand-overs/{}/undo", text(&moved["id"]));
    audit.does("undo_hand_over", dispatcher.post(&undo, json!({}))).await;
    audit.does("hand_over", dispatcher.post("/api/territory/hand-over", hand_over)).await;
    let posts = admin.get("/api/territory/posts?area=430204").await.text;
    let of_post = posts.split(&text(&post["id"])).nth(1).unwrap_or_default();
    let heir =
        of_post.split("\"holdings\":[{\"id\":\"").nth(1).and_then(|rest| rest.get(..36)).map(str::to_owned);
    let heir = heir
        .unwrap_or_else(|| panic!("the post has a holder: {}", posts.chars().take(500).collect::<String>()));
    audit.does("end_holding", admin.post(&format!("/api/territory/holdings/{heir}/end"), json!({}))).await;
    let post = text(&post["id"]);
    audit.does("close_post", admin.post(&format!("/api/territory/posts/{post}/close"), json!({}))).await;
    areas(audit, &admin).await;
}

async fn areas(audit: &mut Audit, admin: &Caller) {
    let file = admin.get("/api/territory/areas/export?format=geojson").await.text;
    let renamed = file.replacen("第1网格", "第一网格", 1);
    assert_ne!(file, renamed);
    let send = |verb: &str| {
        let url = format!("{}/api/territory/areas/{verb}?crs=wgs84&format=geojson", admin.url);
        let request = admin.client.post(url).header("content-type", "application/geo+json");
        admin.send(request.body(renamed.clone()))
    };
    audit.does("check_areas", send("check")).await;
    audit.does("import_areas", send("import")).await;
}

/// Opens an account of staff: its id and first password.
async fn open_account(audit: &mut Audit, admin: &Caller, login: &str) -> (String, String) {
    let body = json!({ "kind": "staff", "login": login, "name": "测试" });
    let opened = audit.does("open_account", admin.post("/api/identity/accounts", body)).await;
    (text(&opened["id"]), text(&opened["password"]))
}

async fn accounts(audit: &mut Audit) {
    let admin = audit.house.person("system_admin").await;
    let security = audit.house.person("security_admin").await;
    let (account, password) = open_account(audit, &admin, "tester-c").await;
    let tester = sign_in(audit, "tester-c", &password).await;
    let next = "a-long-new-password-4711";
    let change = json!({ "present": password, "new": next });
    audit.does("change_password", tester.post("/api/identity/password", change)).await;
    let tester = sign_in(audit, "tester-c", next).await;
    let offer = audit.does("offer_second_factor", tester.post("/api/identity/totp/enrol", json!({}))).await;
    let code = identity::second_factor_code(
        &bytes_of_base32(&text(&offer["secret"])),
        platform::Clock::System.now(),
    );
    audit
        .does("confirm_second_factor", tester.post("/api/identity/totp/confirm", json!({ "code": code })))
        .await;
    let of_account = |verb: &str| format!("/api/identity/accounts/{account}/{verb}");
    let role = json!({ "role": "audit_admin", "scope": { "kind": "district" } });
    let given = audit.does("assign_role", security.post(&of_account("roles"), role)).await;
    let given = of_account(&format!("roles/{}", text(&given["id"])));
    audit.does("withdraw_role", security.delete(&given)).await;
    audit.does("lock_account", admin.post(&of_account("lock"), json!({}))).await;
    audit.does("unlock_account", admin.post(&of_account("unlock"), json!({}))).await;
    audit.does("reset_second_factor", admin.post(&of_account("reset-second-factor"), json!({}))).await;
    let reset = audit.does("reset_password", admin.post(&of_account("reset-password"), json!({}))).await;
    sessions(audit, "tester-c", &text(&reset["password"])).await;
    audit.does("close_account", admin.post(&of_account("close"), json!({}))).await;
    let service = json!({ "kind": "service", "name": "测试系统" });
    let service = audit.does("open_account", admin.post("/api/identity/accounts", service)).await;
    let key = json!({ "account": service["id"] });
    let key = audit.does("issue_service_key", admin.post("/api/identity/service-keys", key)).await;
    let key = format!("/api/identity/service-keys/{}", text(&key["id"]));
    let rotate = json!({ "overlap_hours": 1 });
    audit.does("rotate_service_key", admin.post(&format!("{key}/rotate"), rotate)).await;
    audit.does("revoke_service_key", admin.delete(&key)).await;
}

async fn sign_in(audit: &mut Audit, login: &str, password: &str) -> Caller {
    let door = audit.house.caller();
    let body = json!({ "login": login, "password": password });
    let entered = audit.does("sign_in", door.post("/api/identity/sign-in", body)).await;
    door.with_token(&text(&entered["token"]))
}

async fn sessions(audit: &mut Audit, login: &str, password: &str) {
    let first = sign_in(audit, login, password).await;
    let next = "another-long-password-4712";
    first.post("/api/identity/password", json!({ "present": password, "new": next })).await.ok();
    let first = sign_in(audit, login, next).await;
    let _second = sign_in(audit, login, next).await;
    let all = first.get("/api/identity/sessions").await.ok();
    let all = all.as_array().or_else(|| all["items"].as_array()).cloned().unwrap_or_default();
    let other = all.iter().find(|s| s["current"] == false || s["own"] == false).unwrap_or(&all[0]);
    let path = format!("/api/identity/sessions/{}", text(&other["id"]));
    audit.does("revoke_session", first.delete(&path)).await;
    let third = sign_in(audit, login, next).await;
    audit.does("revoke_sessions", third.delete("/api/identity/sessions")).await;
}

async fn cases(audit: &mut Audit) {
    let resident = audit.house.caller();
    let photo = reqwest::multipart::Part::bytes(PNG).file_name("a.png");
    let form = reqwest::multipart::Form::new().part("photos", photo);
    let request = resident.client.post(format!("{}/api/cases/photos", resident.url)).multipart(form);
    let kept = audit.does("keep_photos", resident.send(request)).await;
    let grid = audit.house.accounts()["accounts"]
        .as_array()
        .into_iter()
        .flatten()
        .find(|a| a["role"] == "grid_worker")
        .cloned();
    let grid = grid
        .and_then(|a| a["area"].as_str()?.rsplit('/').next().map(str::to_owned))
        .expect("a worker's grid");
    let report = |words: &str, photos: &Value| json!({ "words": words, "place": { "grid": grid }, "reporter": { "phone": "13900000001" }, "photos": photos });
    let lamp = report("楼下路灯不亮，晚上看不见路。", &kept["photos"]);
    let lamp = audit.does("create_case", resident.post("/api/cases", lamp)).await;
    let proof = json!({ "number": lamp["number"], "code": lamp["code"] });
    audit.does("lookup_case", resident.post("/api/cases/lookup", proof)).await;
    let of_lamp = |verb: &str| format!("/api/cases/{}/{verb}", lamp["id"].as_str().unwrap_or_default());
    audit.does("follow_case", resident.post(&of_lamp("followers"), json!({ "phone": "13900000002" }))).await;
    let dispatcher = audit.house.person("dispatcher").await;
    audit
        .does("open_reporter", dispatcher.post(&of_lamp("reporter"), json!({ "purpose": "call_back" })))
        .await;
    let pipe = report("自来水管破了，一直往外冒水，路面都淹了。", &Value::Null);
    let pipe = audit.does("create_case", resident.post("/api/cases", pipe)).await;
    let unit = audit.house.person("unit_desk").await;
    let taken = json!({ "cases": [{ "id": pipe["id"] }], "act": { "action": "take" } });
    let taken = audit.does("act_on_many", unit.post("/api/cases/actions", taken)).await;
    assert_eq!(taken["refused"], json!([]), "the water company takes its case");
    let mistake = report("说错了，想问一下居住证怎么办理。", &Value::Null);
    let mistake = audit.does("create_case", resident.post("/api/cases", mistake)).await;
    let path = format!("/api/cases/{}/actions", text(&mistake["id"]));
    let url = format!("{}{path}", resident.url);
    let withdraw = resident.client.post(url).header("mulin-follow", text(&mistake["follow"]));
    audit.does("act_on_case", resident.send(withdraw.json(&json!({ "action": "withdraw" })))).await;
    let rules = include_str!("../../../../catalog/duty_lists/routing.toml");
    audit.does("try_rules", dispatcher.post("/api/cases/dry-run", json!({ "rules": rules }))).await;
}
