//! What `/metrics` tells of the outbox, on both engines.

use super::house::{House, Scale};
use platform::{Actor, DistrictId, FactId, Fault, Time};
use std::time::Duration;
use store::{Tx, sql};

const DISTRICT: DistrictId = DistrictId(430_204);

const LOOKS_MAX: u32 = 300;

sql! {
    LEAVE: (DistrictId, FactId, String, Time) =
        "insert into platform_outbox (district, fact_id, reaction, due_at) values ($1, $2, $3, $4)";
}

async fn gauge(house: &House, name: &str) -> f64 {
    let text = house.caller().get("/metrics").await.text;
    let line = text.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(' '));
    line.and_then(|value| value.parse().ok()).unwrap_or_else(|| panic!("no {name}: {text}"))
}

async fn an_outbox_that_waits_is_told(house: &House) {
    // What the demo's reports left to do is done within a moment.
    for _ in 0..LOOKS_MAX {
        if gauge(house, "store_outbox_rows").await == 0.0 {
            break;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    assert_eq!(gauge(house, "store_outbox_rows").await, 0.0);
    assert_eq!(gauge(house, "store_outbox_oldest_seconds").await, 0.0);
    let now = platform::Clock::System.now();
    let later = now.after(Duration::from_secs(3600));
    for age in [90, 600, 5] {
        let fact = FactId::new(now.before(Duration::from_secs(age)));
        let leave = async move |tx: &mut Tx| {
            tx.execute(&LEAVE, (DISTRICT, fact, "a.story".to_owned(), later)).await.map(drop)
        };
        let actor = Actor::system(DISTRICT, "test");
        house.db().await.write::<(), Fault, _>(&actor, leave).await.expect("left");
    }
    assert_eq!(gauge(house, "store_outbox_rows").await, 3.0);
    let age = gauge(house, "store_outbox_oldest_seconds").await;
    assert!((600.0..700.0).contains(&age), "{age}");
}

#[tokio::test(flavor = "multi_thread")]
async fn on_sqlite() {
    let house = House::open(Scale::Small).await;
    an_outbox_that_waits_is_told(&house).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn on_postgres() {
    if let Some(house) = House::open_on_postgres(Scale::Small).await {
        an_outbox_that_waits_is_told(&house).await;
        house.close().await;
    }
}
