//! The server is killed under load, again and again: what it promised is there, once, and it goes on working.

use super::house::{House, Scale, shown};
use platform::{DistrictId, FactId};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use store::{Conn, FactRow};
use tokio::sync::Mutex;
use uuid::Uuid;

const DISTRICT: DistrictId = DistrictId(430_204);
/// In every run of the tests; fifty on each engine with `MULIN_SOAK=1`.
const KILLS: usize = 5;
const KILLS_SOAK: usize = 50;
const CLIENTS: usize = 8;
/// The load has begun when so many were acknowledged.
const ACKNOWLEDGED_MIN: usize = 20;
/// How long it then runs before the power goes: somewhere in between.
const LOAD_MS_MIN: u64 = 20;
const LOAD_MS_MAX: u64 = 700;
/// A case's facts read at once.
const FACTS_MAX: i64 = 50;

store::sql! {
    ORPHAN_TIMERS: (DistrictId,) -> (i64,) =
        "select count(*) from platform_timer t where t.district = $1 and t.kind like 'cases.%'
         and not exists (select 1 from cases_case c where c.district = $1 and c.id = t.subject_id) /* whole district */";
    ORPHAN_WORK: (DistrictId,) -> (i64,) =
        "select count(*) from platform_outbox o where o.district = $1
         and not exists (select 1 from platform_fact f where f.district = $1 and f.id = o.fact_id) /* whole district */";
    CASES_WITHOUT_CLOCK: (DistrictId,) -> (i64,) =
        "select count(*) from cases_case c where c.district = $1 and c.state = 'reported'
         and not exists (select 1 from platform_timer t where t.district = $1 and t.subject_id = c.id) /* whole district */";
    CASES_WITHOUT_FACT: (DistrictId,) -> (i64,) =
        "select count(*) from cases_case c where c.district = $1
         and not exists (select 1 from platform_fact f where f.district = $1 and f.subject_id = c.id) /* whole district */";
}

/// What a client was promised: the id it sent, and the case's own id and number.
#[derive(Clone)]
struct Promise {
    sent: Uuid,
    case: Uuid,
    number: String,
}

/// Every promise, in the order in which they were given.
type Promised = Arc<Mutex<Vec<Promise>>>;

#[tokio::test(flavor = "multi_thread")]
async fn killed_under_load_on_sqlite() {
    survive(House::open(Scale::Small).await).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn killed_under_load_on_postgres() {
    if let Some(house) = House::open_on_postgres(Scale::Small).await {
        survive(house).await;
    }
}

async fn survive(mut house: House) {
    let kills = if std::env::var_os("MULIN_SOAK").is_some() { KILLS_SOAK } else { KILLS };
    let promised = Promised::default();
    let grid = first_grid(&house).await;
    for kill in 0..kills {
        // After each kill only what is new is looked at, at the end everything once: a soak that looked at all of it each time
        // would spend its hours reading.
        let before = promised.lock().await.len();
        load_and_kill(&mut house, &grid, &promised, kill).await;
        house.start().await;
        let fresh = promised.lock().await[before..].to_vec();
        assert!(!fresh.is_empty(), "nothing was acknowledged before kill {kill}: the load did not run");
        keep_promises(&house, fresh).await;
        leave_nothing_half_done(&house).await;
    }
    let all = promised.lock().await.clone();
    keep_promises(&house, all.clone()).await;
    eprintln!("{kills} kills, {} acknowledged cases, none lost", all.len());
    // The same report again is the same case: nothing was half-done.
    for promise in all.iter().take(20) {
        let again = house.caller().post("/api/cases", report(promise.sent, &grid)).await;
        assert_eq!(again.ok()["number"].as_str(), Some(promise.number.as_str()), "{}", shown(&again));
    }
    house.close().await;
}

pub async fn first_grid(house: &House) -> String {
    let areas = house.caller().get("/api/territory/outline").await;
    let text = areas.text;
    let code =
        text.split('"').find(|word| word.len() == 16 && word.contains('J') && word.starts_with("430204"));
    code.map(str::to_owned).unwrap_or_else(|| "430204001001J001".to_owned())
}

pub fn report(id: Uuid, grid: &str) -> serde_json::Value {
    serde_json::json!({
        "id": id, "words": "楼下路灯不亮，晚上看不见路。", "type": null, "place": { "grid": grid }, "anonymous": true
    })
}

async fn load_and_kill(house: &mut House, grid: &str, promised: &Promised, kill: usize) {
    let stop = Arc::new(AtomicBool::new(false));
    let before = promised.lock().await.len();
    let clients: Vec<_> = (0..CLIENTS)
        .map(|_| {
            let (caller, promised, stop, grid) =
                (house.caller(), promised.clone(), stop.clone(), grid.to_owned());
            tokio::spawn(async move {
                while !stop.load(Ordering::Relaxed) {
                    let sent = new_id();
                    let request =
                        caller.client.post(format!("{}/api/cases", caller.url)).json(&report(sent, &grid));
                    let Ok(response) = request.send().await else { break };
                    let (status, text) = (response.status(), response.text().await);
                    let Ok(text) = text else { break };
                    assert!(status.is_success(), "{status}: {text}");
                    let body: serde_json::Value = serde_json::from_str(&text).expect("a receipt");
                    let case = body["id"].as_str().and_then(|id| id.parse().ok()).expect("an id");
                    let number = body["number"].as_str().expect("a number").to_owned();
                    promised.lock().await.push(Promise { sent, case, number });
                }
            })
        })
        .collect();
    // Spread over the range without chance: a failing kill can be run again.
    while promised.lock().await.len() < before + ACKNOWLEDGED_MIN {
        assert!(!clients.iter().all(|c| c.is_finished()), "the clients gave up");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    let ms = LOAD_MS_MIN + (kill as u64 * 197) % (LOAD_MS_MAX - LOAD_MS_MIN);
    tokio::time::sleep(Duration::from_millis(ms)).await;
    house.kill();
    stop.store(true, Ordering::Relaxed);
    for client in clients {
        client.await.expect("a client ends without a wrong answer");
    }
}

/// Ids as a client makes them: version 7, so that sending twice makes one case.
fn new_id() -> Uuid {
    cases::CaseId::new(platform::Clock::System.now()).0
}

async fn keep_promises(house: &House, promised: Vec<Promise>) {
    let db = house.db().await;
    let lost = db
        .read_long(async move |conn: &mut Conn| {
            let mut lost = Vec::new();
            for Promise { case, number, .. } in &promised {
                let facts = FactRow::of_subject(conn, DISTRICT, *case, FACTS_MAX).await?;
                let mut names: Vec<(&str, FactId)> = facts.iter().map(|f| (f.name.as_str(), f.id)).collect();
                let reported = names.iter().filter(|(name, _)| *name == cases::facts::CASE_REPORTED).count();
                names.dedup();
                if reported != 1 {
                    lost.push(format!("{number}: {reported} times reported, facts {names:?}"));
                }
            }
            Ok::<_, platform::Fault>(lost)
        })
        .await
        .expect("the facts can be read");
    assert!(lost.is_empty(), "promised and not there:\n{}", lost.join("\n"));
}

async fn leave_nothing_half_done(house: &House) {
    let db = house.db().await;
    let strays = db
        .read_long(async |conn: &mut Conn| {
            let mut strays = Vec::new();
            for query in [&ORPHAN_TIMERS, &ORPHAN_WORK, &CASES_WITHOUT_CLOCK, &CASES_WITHOUT_FACT] {
                let (count,) = conn.one(query, (DISTRICT,)).await?;
                strays.push((query.statement.name, count));
            }
            Ok::<_, platform::Fault>(strays)
        })
        .await
        .expect("the tables can be read");
    assert!(strays.iter().all(|(_, count)| *count == 0), "half-done: {strays:?}");
}
