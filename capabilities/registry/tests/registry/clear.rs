//! What is sealed stands nowhere in clear: after a story, every byte of the database is searched for it.

use crate::town::{GRID_1, caller, each_town, enter, resident, send_form};
use platform::DistrictId;
use serde_json::json;
use store::Conn;
use testkit::{DISTRICT, Town};

const NUMBER: &str = "11010519491231002X";
const PHONES: [&str; 3] = ["13873300042", "13873300043", "13873300044"];
/// As a value is kept: the notice names every fact there is, but after a dot.
const FACT: &str = "\"needs_electricity\"";
const REASON: &str = "楼上着火，要马上通知这一户撤离";
const WORDS: &str = "我没有让你们打这个电话";

/// Everything that was sealed, through every door there is.
async fn story(town: &Town) {
    let (clerk, worker, other) = (caller(town, "clerk"), caller(town, "worker1"), caller(town, "worker2"));
    let values = json!({ "name": "张晓明", "documents": [NUMBER], "phones": [PHONES[0]] });
    let (id, _) = enter(&clerk, "person", values, json!({ "area_path": GRID_1 })).await;
    enter(&clerk, "service_fact", json!({ "fact": FACT.trim_matches('"') }), json!({ "person": id })).await;
    let path = format!("/api/registry/records/{id}");
    // Kept once for its key: the answer of a deed is kept too.
    let body = json!({ "version": 1, "values": { "phones": [PHONES[1]] }, "given": { "source": "desk" } });
    let request = clerk.client.post(format!("{}{path}/amend", clerk.url)).json(&body);
    clerk.send(request.header("idempotency-key", "clear-1")).await.ok();
    worker.get(&format!("{path}?purpose=service&open=documents,phones,facts")).await.ok();
    other.get(&format!("{path}?purpose=visit&open=phones&emergency={REASON}")).await.ok();
    let person = resident(town, PHONES[1]).await;
    send_form(&person, "/my/data", "/my/data", &[("name", "张晓明"), ("number", NUMBER)]).await;
    let ask = format!("/my/data/{id}/ask");
    let form = [
        ("what", "correct"),
        ("field", "phones"),
        ("value", PHONES[2]),
        ("evidence", "新卡"),
        ("words", WORDS),
    ];
    let sent = send_form(&person, &format!("{ask}?what=correct&field=phones"), &ask, &form).await;
    assert_eq!(sent.status, 303, "{}", sent.text);
    let list = clerk.get("/api/registry/requests").await.ok();
    let request = list["items"][0]["id"].as_str().expect("a request").to_owned();
    let decision = json!({ "granted": true, "words": WORDS });
    clerk.post(&format!("/api/registry/requests/{request}/decide"), decision).await.ok();
    town.settles().await;
}

// Whole rows as PostgreSQL writes them out; SQLite's file is read as it lies on the disk.
store::sql! {
    REGISTRY_RECORD: (DistrictId,) -> (String,) =
        sqlite "select cast(district as text) from registry_record where district = $1"
        postgres "select cast(t as text) from registry_record t where t.district = $1";
    REGISTRY_CHANGE: (DistrictId,) -> (String,) =
        sqlite "select cast(district as text) from registry_change where district = $1"
        postgres "select cast(t as text) from registry_change t where t.district = $1";
    REGISTRY_LOOKUP: (DistrictId,) -> (String,) =
        sqlite "select cast(district as text) from registry_lookup where district = $1"
        postgres "select cast(t as text) from registry_lookup t where t.district = $1";
    REGISTRY_SEARCH: (DistrictId,) -> (String,) =
        sqlite "select cast(district as text) from registry_record where district = $1"
        postgres "select cast(t as text) from registry_search t where t.district = $1";
    REGISTRY_CLAIM: (DistrictId,) -> (String,) =
        sqlite "select cast(district as text) from registry_claim where district = $1"
        postgres "select cast(t as text) from registry_claim t where t.district = $1";
    REGISTRY_REQUEST: (DistrictId,) -> (String,) =
        sqlite "select cast(district as text) from registry_request where district = $1"
        postgres "select cast(t as text) from registry_request t where t.district = $1";
    REGISTRY_ALARM: (DistrictId,) -> (String,) =
        sqlite "select cast(district as text) from registry_alarm where district = $1"
        postgres "select cast(t as text) from registry_alarm t where t.district = $1";
    REGISTRY_NOTICE: (DistrictId,) -> (String,) =
        sqlite "select cast(district as text) from registry_notice where district = $1"
        postgres "select cast(t as text) from registry_notice t where t.district = $1";
    PLATFORM_FACT: (DistrictId,) -> (String,) =
        sqlite "select cast(district as text) from platform_fact where district = $1"
        postgres "select cast(t as text) from platform_fact t where t.district = $1";
    PLATFORM_IDEMPOTENCY: (DistrictId,) -> (String,) =
        sqlite "select cast(district as text) from platform_idempotency where district = $1"
        postgres "select cast(t as text) from platform_idempotency t where t.district = $1";
    PLATFORM_TIMER: (DistrictId,) -> (String,) =
        sqlite "select cast(district as text) from platform_timer where district = $1"
        postgres "select cast(t as text) from platform_timer t where t.district = $1";
    PLATFORM_OUTBOX: (DistrictId,) -> (String,) =
        sqlite "select cast(district as text) from platform_outbox where district = $1"
        postgres "select cast(t as text) from platform_outbox t where t.district = $1";
}

const TABLES: &[&store::Query<(DistrictId,), (String,)>] = &[
    &REGISTRY_RECORD,
    &REGISTRY_CHANGE,
    &REGISTRY_LOOKUP,
    &REGISTRY_SEARCH,
    &REGISTRY_CLAIM,
    &REGISTRY_REQUEST,
    &REGISTRY_ALARM,
    &REGISTRY_NOTICE,
    &PLATFORM_FACT,
    &PLATFORM_IDEMPOTENCY,
    &PLATFORM_TIMER,
    &PLATFORM_OUTBOX,
];

/// Every byte that is kept.
async fn kept(town: &Town) -> Vec<u8> {
    if town.db().engine_name() == "SQLite" {
        let files = std::fs::read_dir(town.folder.path()).expect("the data folder");
        let paths = files.map(|file| file.expect("a file").path());
        let database = paths.filter(|path| path.to_string_lossy().contains(".sqlite"));
        return database.flat_map(|path| std::fs::read(path).expect("its bytes")).collect();
    }
    let mut rows = Vec::new();
    for table in TABLES {
        let read = async move |conn: &mut Conn| conn.all(*table, (DISTRICT,)).await;
        rows.extend(town.db().read::<_, platform::Fault, _>(read).await.expect("the rows"));
    }
    rows.into_iter().flat_map(|(row,)| row.into_bytes()).collect()
}

/// Whether a text is among the bytes, as it is or as PostgreSQL writes bytes out.
fn holds(bytes: &[u8], text: &str) -> bool {
    let hex: String = text.bytes().map(|byte| format!("{byte:02x}")).collect();
    [text, &hex].iter().any(|needle| bytes.windows(needle.len()).any(|part| part == needle.as_bytes()))
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_sealed_is_nowhere_in_clear() {
    each_town(async |town| {
        story(&town).await;
        let bytes = kept(&town).await;
        assert!(holds(&bytes, "张晓明"), "what is open is found, so this test can see");
        // The phone somebody signs in with is also the account's, and identity's to keep: the others are the register's alone.
        for sealed in [NUMBER, PHONES[0], PHONES[2], FACT, REASON, WORDS, "新卡"] {
            assert!(!holds(&bytes, sealed), "{sealed} stands in clear on {}", town.db().engine_name());
        }
    })
    .await;
}
