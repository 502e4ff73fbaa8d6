//! Reactions and timers: each runs once, again after a failure, and on one server of many.

use crate::desk::{self, DISTRICT, Note, leave_note};
use crate::house::House;
use futures_util::future::join_all;
use platform::{Fault, Time};
use serde_json::json;
use std::time::Duration;
use store::Tx;
use uuid::Uuid;

crate::stories! {
    a_reaction_runs_once_for_each_fact,
    a_failed_reaction_runs_again_later,
    a_crash_between_fact_and_reaction_loses_nothing,
    two_dispatchers_do_not_double,
    a_timer_rings_when_it_is_due,
    a_timer_is_moved_and_cancelled,
    a_timer_that_failed_rings_again_unless_it_was_moved,
}

async fn a_reaction_runs_once_for_each_fact(house: House) {
    for n in 1..=3 {
        leave_note(&house.db, Note::new(n, "")).await.expect("written");
    }
    assert!(desk::echoes(&house.db).await.is_empty(), "reactions run in transactions of their own");
    assert_eq!(house.db.run_due().await.expect("run"), 3);
    assert_eq!(house.db.run_due().await.expect("run"), 0);
    assert_eq!(desk::echoes(&house.db).await, [(1, 1), (2, 1), (3, 1)]);
}

async fn a_failed_reaction_runs_again_later(house: House) {
    leave_note(&house.db, Note::new(1, "")).await.expect("written");
    desk::set_counter(&house.db, "broken", 1).await;
    // 1, 2, 4 seconds: each wait is twice the one before.
    for wait in [1, 2, 4] {
        assert_eq!(house.db.run_due().await.expect("run"), 1);
        assert!(desk::echoes(&house.db).await.is_empty(), "what a failed reaction wrote is taken back");
        house.wait(Duration::from_secs(wait) - Duration::from_millis(1));
        assert_eq!(house.db.run_due().await.expect("run"), 0, "not before {wait} s");
        house.wait(Duration::from_millis(1));
    }
    desk::set_counter(&house.db, "broken", 0).await;
    assert_eq!(house.db.run_due().await.expect("run"), 1);
    assert_eq!(desk::echoes(&house.db).await, [(1, 1)]);
    assert_eq!(house.db.run_due().await.expect("run"), 0);
}

async fn a_crash_between_fact_and_reaction_loses_nothing(house: House) {
    leave_note(&house.db, Note::new(1, "")).await.expect("written");
    let House { db, target, clock, folder, postgres } = house;
    drop(db);
    let db = crate::house::open(&target, &clock).await.expect("it opens again");
    assert_eq!(db.run_due().await.expect("run"), 1);
    assert_eq!(desk::echoes(&db).await, [(1, 1)]);
    drop((db, folder, postgres));
}

async fn two_dispatchers_do_not_double(house: House) {
    let other =
        if house.is_sqlite() { house.db.clone() } else { house.open_again().await.expect("it opens") };
    for round in 0..4 {
        for n in 1..=30 {
            leave_note(&house.db, Note::new(round * 30 + n, "")).await.expect("written");
            set_bell(&house, "bell", Uuid::new_v4(), house.clock.now()).await;
        }
        let (one, two) = tokio::join!(house.db.run_due(), other.run_due());
        one.and(two).expect("both run");
    }
    while house.db.run_due().await.expect("run") > 0 {
        house.wait(Duration::from_secs(3600));
    }
    let expected: Vec<(i64, i64)> = (1..=120).map(|n| (n, 1)).collect();
    assert_eq!(desk::echoes(&house.db).await, expected);
    assert_eq!(desk::counter(&house.db, "bell").await, 120);
}

async fn set_bell(house: &House, name: &'static str, subject: Uuid, due_at: Time) {
    let set =
        async move |tx: &mut Tx| tx.set_timer("desk.bell", subject, due_at, json!({ "name": name })).await;
    house.write(set).await.expect("set");
}

async fn a_timer_rings_when_it_is_due(house: House) {
    let due = house.clock.now().after(Duration::from_secs(60));
    let writes = (0..10).map(|_| set_bell(&house, "bell", Uuid::new_v4(), due));
    join_all(writes).await;
    assert_eq!(house.db.run_due().await.expect("run"), 0);
    house.wait(Duration::from_secs(60));
    assert_eq!(house.db.run_due().await.expect("run"), 10);
    assert_eq!(house.db.run_due().await.expect("run"), 0);
    assert_eq!(desk::counter(&house.db, "bell").await, 10);
}

async fn a_timer_is_moved_and_cancelled(house: House) {
    let (moved, cancelled) = (Uuid::new_v4(), Uuid::new_v4());
    let soon = house.clock.now().after(Duration::from_secs(1));
    set_bell(&house, "before", moved, soon).await;
    set_bell(&house, "cancelled", cancelled, soon).await;
    set_bell(&house, "after", moved, soon.after(Duration::from_secs(1))).await;
    let cancel = async move |tx: &mut Tx| {
        tx.cancel_timer("desk.bell", cancelled).await?;
        tx.cancel_timer("desk.bell", Uuid::new_v4()).await
    };
    house.write(cancel).await.expect("cancelled");
    house.wait(Duration::from_secs(1));
    assert_eq!(house.db.run_due().await.expect("run"), 0);
    house.wait(Duration::from_secs(1));
    assert_eq!(house.db.run_due().await.expect("run"), 1);
    let mut rung = Vec::new();
    for name in ["before", "cancelled", "after"] {
        rung.push(desk::counter(&house.db, name).await);
    }
    assert_eq!(rung, [0, 0, 1]);
}

async fn a_timer_that_failed_rings_again_unless_it_was_moved(house: House) {
    let (kept, moved) = (Uuid::new_v4(), Uuid::new_v4());
    desk::set_counter(&house.db, "broken", 1).await;
    set_bell(&house, "kept", kept, house.clock.now()).await;
    set_bell(&house, "moved", moved, house.clock.now()).await;
    assert_eq!(house.db.run_due().await.expect("run"), 2);
    let tomorrow = house.clock.now().after(Duration::from_secs(86_400));
    set_bell(&house, "moved", moved, tomorrow).await;
    desk::set_counter(&house.db, "broken", 0).await;
    house.wait(Duration::from_secs(1));
    assert_eq!(house.db.run_due().await.expect("run"), 1);
    house.clock.set(tomorrow);
    assert_eq!(house.db.run_due().await.expect("run"), 1);
    assert_eq!(desk::counter(&house.db, "kept").await, 1);
    assert_eq!(desk::counter(&house.db, "moved").await, 1);
    let strange = house.write(async move |tx: &mut Tx| {
        let now = tx.now();
        tx.set_timer("desk.unknown", Uuid::new_v4(), now, json!({})).await?;
        Ok::<_, Fault>(tx.district())
    });
    assert_eq!(strange.await.expect("set"), DISTRICT);
    // A kind this program does not know (it was newer yesterday) waits; it is neither lost nor in the way.
    assert_eq!(house.db.run_due().await.expect("run"), 1);
    assert_eq!(house.db.run_due().await.expect("run"), 0);
}
