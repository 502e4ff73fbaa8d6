//! What was filled in is sealed: read for a purpose and on record, taken along masked, in clear nowhere in the database.

use crate::town::{GRID_1, STREET, caller, device_id, each_town, facts_of, filled, published, sent};
use platform::DistrictId;
use serde_json::json;
use store::Conn;
use testkit::{DISTRICT, Town};

async fn looks_at(town: &Town, id: &str) -> usize {
    facts_of(town, id).await.iter().filter(|fact| fact.name == fieldwork::facts::OPENED).count()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_look_has_a_purpose_and_is_on_record() {
    each_town(async |town| {
        let worker = caller(&town, "worker1");
        let form = published(&caller(&town, "clerk")).await;
        worker.post(&format!("/api/fieldwork/forms/{form}/submissions"), sent(1, filled())).await.ok();
        let path = format!("/api/fieldwork/submissions/{}", device_id(1));
        assert_eq!(worker.get(&path).await.status, 400, "a look without a purpose");
        worker.get(&format!("{path}?purpose=curiosity")).await.refused("fieldwork.no_purpose");
        caller(&town, "worker2").get(&format!("{path}?purpose=visit")).await.refused("not_found");
        assert_eq!(looks_at(&town, &device_id(1)).await, 0);
        let seen = worker.get(&format!("{path}?purpose=visit")).await.ok();
        let mut expected = filled();
        expected["document"] = json!("***");
        assert_eq!(seen["answers"], expected, "a visit opens phones of the register, and no documents");
        assert_eq!(looks_at(&town, &device_id(1)).await, 1);
        let seen = worker.get(&format!("{path}?purpose=service")).await.ok();
        assert_eq!(seen["answers"], filled());
        assert_eq!(looks_at(&town, &device_id(1)).await, 2);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_copy_is_masked_and_on_record() {
    each_town(async |town| {
        let (clerk, worker) = (caller(&town, "clerk"), caller(&town, "worker1"));
        let form = published(&clerk).await;
        worker.post(&format!("/api/fieldwork/forms/{form}/submissions"), sent(1, filled())).await.ok();
        let path = format!("/api/fieldwork/forms/{form}/exports");
        let copy = clerk.post(&path, json!({ "purpose": "check" })).await;
        assert_eq!(copy.status, 200, "{}", copy.text);
        assert_eq!(copy.headers["content-type"], "text/csv; charset=utf-8");
        let lines: Vec<&str> = copy.text.trim_start_matches('\u{feff}').lines().collect();
        assert_eq!(lines[0], "id,version,area,filled_by,filled_at,received_at,withdrawn,has_gas,notes/remark,hoses,phone,document,hose");
        let hoses = r#""[{""made_on"":""2019-05""},{""made_on"":""2021-01""}]""#;
        let expected = format!(
            "{},1,430204001008J001,worker1,2026-03-01T01:30:00Z,2026-03-02T02:00:00Z,false,yes,***,2,***,***,{hoses}",
            device_id(1)
        );
        assert_eq!(lines[1..], [expected]);
        worker.post(&path, json!({ "purpose": "check" })).await.refused("forbidden");
        clerk.post(&path, json!({ "purpose": "curiosity" })).await.refused("fieldwork.no_purpose");
        let elsewhere = json!({ "purpose": "check", "area": "430204" });
        assert!(matches!(clerk.post(&path, elsewhere).await.status, 403 | 404));
        let narrow = clerk.post(&path, json!({ "purpose": "check", "area": GRID_1 })).await;
        assert_eq!(narrow.text.lines().count(), 2);
        let facts = facts_of(&town, &form).await;
        let copies: Vec<_> = facts.iter().filter(|fact| fact.name == fieldwork::facts::EXPORTED).collect();
        assert_eq!(copies.len(), 2);
        assert!(copies.iter().any(|fact| fact.area_path.as_deref() == Some(STREET)));
    })
    .await;
}

store::sql! {
    // Whole rows as PostgreSQL writes them out; SQLite's file is read as it lies on the disk.
    SUBMISSIONS: (DistrictId,) -> (String,) =
        sqlite "select cast(district as text) from fieldwork_submission where district = $1"
        postgres "select cast(t as text) from fieldwork_submission t where t.district = $1";
    FACTS: (DistrictId,) -> (String,) =
        sqlite "select cast(district as text) from platform_fact where district = $1"
        postgres "select cast(t as text) from platform_fact t where t.district = $1";
}

/// Every byte that is kept.
async fn kept(town: &Town) -> Vec<u8> {
    if town.db().engine_name() == "SQLite" {
        let files = std::fs::read_dir(town.folder.path()).expect("the data folder");
        let paths = files.map(|file| file.expect("a file").path());
        let database = paths.filter(|path| path.to_string_lossy().contains(".sqlite"));
        return database.flat_map(|path| std::fs::read(path).expect("its bytes")).collect();
    }
    let read = async |conn: &mut Conn| {
        let mut rows = conn.all(&SUBMISSIONS, (DISTRICT,)).await?;
        rows.extend(conn.all(&FACTS, (DISTRICT,)).await?);
        Ok(rows)
    };
    let rows = town.db().read::<_, platform::Fault, _>(read).await.expect("the rows");
    rows.into_iter().flat_map(|(row,)| row.into_bytes()).collect()
}

/// Whether a text is among the bytes, as it is or as PostgreSQL writes bytes out.
fn holds(bytes: &[u8], text: &str) -> bool {
    let hex: String = text.bytes().map(|byte| format!("{byte:02x}")).collect();
    [text, &hex].iter().any(|needle| bytes.windows(needle.len()).any(|part| part == needle.as_bytes()))
}

#[tokio::test(flavor = "multi_thread")]
async fn answers_are_nowhere_in_clear() {
    each_town(async |town| {
        let (clerk, worker) = (caller(&town, "clerk"), caller(&town, "worker1"));
        let form = published(&clerk).await;
        let mut body = sent(1, filled());
        body["place"] = json!({ "lon": 113.111_357, "lat": 27.881_357 });
        let request = worker.client.post(format!("{}/api/fieldwork/forms/{form}/submissions", worker.url));
        worker.send(request.header("idempotency-key", "clear-1").json(&body)).await.ok();
        worker.get(&format!("/api/fieldwork/submissions/{}?purpose=visit", device_id(1))).await.ok();
        clerk.post(&format!("/api/fieldwork/forms/{form}/exports"), json!({ "purpose": "check" })).await;
        let bytes = kept(&town).await;
        assert!(holds(&bytes, GRID_1), "what is open is found, so this test can see");
        for sealed in
            ["张晓明", "13873300042", "11010519491231002X", "2019-05-06", "has_gas\":\"yes", "113.111357"]
        {
            assert!(!holds(&bytes, sealed), "{sealed} stands in clear on {}", town.db().engine_name());
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rotation_of_keys_seals_answers_anew() {
    each_town(async |town| {
        let worker = caller(&town, "worker1");
        let form = published(&caller(&town, "clerk")).await;
        worker.post(&format!("/api/fieldwork/forms/{form}/submissions"), sent(1, filled())).await.ok();
        seal::rotate(town.db(), DISTRICT).await.expect("a new key");
        for rows in [1, 0] {
            let reseal = fieldwork::RESEALS[0].run;
            assert_eq!(reseal(town.db(), DISTRICT, &|_| {}).await.expect("sealed anew"), rows);
        }
        let look = format!("/api/fieldwork/submissions/{}?purpose=service", device_id(1));
        assert_eq!(worker.get(&look).await.ok()["answers"], filled());
    })
    .await;
}
