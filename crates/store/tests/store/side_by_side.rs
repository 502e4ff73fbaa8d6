//! Many at once: neighbours in one commit, races for a row, servers on one database, readers that go away.

use crate::desk::{self, COUNT_ON, COUNTER, DISTRICT, Note, SET_COUNTER, clerk, write_note};
use crate::house::{House, soon};
use futures_util::future::join_all;
use platform::{Fault, FaultKind};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::time::{Duration, Instant};
use store::{Conn, Tx, sql};

sql! {
    ENDLESS: () -> (i64,) =
        "with recursive n(i) as (select cast(1 as bigint) union all select i + 1 from n where i < 100000000000)
         select count(*) from n";
}

crate::stories! {
    many_writers_are_all_counted,
    a_refused_neighbour_harms_nobody,
    a_panicking_neighbour_harms_nobody,
    a_panic_outside_of_a_write_does_not_end_the_writer,
    two_who_change_one_row_are_both_counted,
    a_row_lost_for_ever_is_a_fault,
    a_cancelled_long_read_ends,
    a_short_read_needs_no_turn,
    readers_in_a_loop_let_others_run,
}

async fn many_writers_are_all_counted(house: House) {
    let writes = (1..=400).map(|n| write_note(&house.db, Note::new(n, "one of many")));
    for written in join_all(writes).await {
        written.expect("written");
    }
    assert_eq!(desk::numbers(&house.db).await, (1..=400).collect::<Vec<_>>());
}

async fn a_refused_neighbour_harms_nobody(house: House) {
    write_note(&house.db, Note::new(1000, "first")).await.expect("written");
    // Every third writes a row of its own and then one that a constraint refuses.
    let writes = (1..=90).map(|n| {
        house.write(async move |tx: &mut Tx| {
            Note::new(n, "").insert(tx).await?;
            if n % 3 == 0 { Note::new(1000, "twin").insert(tx).await } else { Ok(()) }
        })
    });
    for (n, written) in (1..=90).zip(join_all(writes).await) {
        assert_eq!(written.is_err(), n % 3 == 0);
    }
    let expected: Vec<i64> = (1..=90).filter(|n| n % 3 != 0).chain([1000]).collect();
    assert_eq!(desk::numbers(&house.db).await, expected);
}

async fn a_panicking_neighbour_harms_nobody(house: House) {
    let writes = (1..=60).map(|n| {
        house.write(async move |tx: &mut Tx| {
            Note::new(n, "").insert(tx).await?;
            assert!(n % 3 != 0, "a defect in write {n}");
            Ok::<(), Fault>(())
        })
    });
    for (n, written) in (1..=60).zip(join_all(writes).await) {
        assert_eq!(written.is_err(), n % 3 == 0);
    }
    assert_eq!(desk::numbers(&house.db).await.len(), 40);
}

/// An error whose making panics: outside of the body, where nobody expects it.
#[derive(Debug)]
struct Brittle;

impl From<Fault> for Brittle {
    fn from(fault: Fault) -> Self {
        panic!("a defect in the caller's error type: {fault}")
    }
}

async fn a_panic_outside_of_a_write_does_not_end_the_writer(house: House) {
    let db = house.db.clone();
    let brittle = async move |tx: &mut Tx| {
        let _ = Note::new(1, "lost").insert(tx).await;
        // Fails on purpose: the write then goes on, which is refused outside of the body.
        let _ = Note::new(1, "twin").insert(tx).await;
        Ok::<(), Brittle>(())
    };
    let ended = tokio::spawn(async move { db.write(&clerk(), brittle).await.is_ok() }).await;
    assert!(!ended.unwrap_or(false));
    write_note(&house.db, Note::new(2, "after")).await.expect("the next write is written");
    assert_eq!(desk::numbers(&house.db).await, [2]);
}

async fn two_who_change_one_row_are_both_counted(house: House) {
    // Reads, thinks, writes: what loses a change where nobody notices the race.
    async fn add_one(tx: &mut Tx) -> Result<(), Fault> {
        let (n,) = tx.one(&COUNTER, (DISTRICT, "race".to_owned())).await?;
        tx.execute(&SET_COUNTER, (DISTRICT, "race".to_owned(), n + 1)).await.map(drop)
    }
    desk::set_counter(&house.db, "race", 0).await;
    let both = (0..2).map(|_| house.write(async |tx: &mut Tx| add_one(tx).await));
    for written in join_all(both).await {
        written.expect("written");
    }
    assert_eq!(desk::counter(&house.db, "race").await, 2);
    // A crowd: some may be told that it was too much, but nobody is forgotten or counted twice.
    let crowd = (0..60).map(|_| house.write(async |tx: &mut Tx| add_one(tx).await));
    let mut counted = 2;
    for written in join_all(crowd).await {
        match written {
            Ok(()) => counted += 1,
            Err(fault) => assert_eq!(fault.kind(), FaultKind::Contention, "{fault:?}"),
        }
    }
    assert_eq!(desk::counter(&house.db, "race").await, counted);
    assert!(counted > 50, "only {} of 60 got through", counted - 2);
}

async fn a_row_lost_for_ever_is_a_fault(house: House) {
    if house.is_sqlite() {
        return; // One writer: there are no races.
    }
    desk::set_counter(&house.db, "race", 0).await;
    let rival = house.open_again().await.expect("it opens");
    let attempts = Arc::new(AtomicU32::new(0));
    let counted = attempts.clone();
    let lost = house.write(async move |tx: &mut Tx| {
        counted.fetch_add(1, Ordering::Relaxed);
        tx.one(&COUNTER, (DISTRICT, "race".to_owned())).await?;
        // Each time, somebody else is faster.
        let faster = async |tx: &mut Tx| tx.one(&COUNT_ON, (DISTRICT, "race".to_owned())).await;
        rival.write(&clerk(), faster).await?;
        tx.one(&COUNT_ON, (DISTRICT, "race".to_owned())).await
    });
    assert_eq!(lost.await.expect_err("lost").kind(), FaultKind::Contention);
    let attempts = attempts.load(Ordering::Relaxed);
    assert!(attempts > 2);
    assert_eq!(desk::counter(&house.db, "race").await, i64::from(attempts), "only the rival was counted");
}

async fn a_cancelled_long_read_ends(house: House) {
    let alive = Arc::new(());
    let held = alive.clone();
    let read = house.db.read_long(async move |conn: &mut Conn| {
        let held = held.clone();
        let rows = conn.all(&ENDLESS, ()).await;
        drop(held);
        rows
    });
    assert!(tokio::time::timeout(Duration::from_millis(300), read).await.is_err(), "it is endless");
    soon("the body ends", async || Arc::strong_count(&alive) == 1).await;
    if let Some(database) = &house.postgres {
        let question =
            "select count(*) from pg_stat_activity where datname = $1 and query like 'with recursive%'";
        soon("the server ends the statement", async || database.count(question).await == 0).await;
    }
    write_note(&house.db, Note::new(1, "after")).await.expect("written");
    assert_eq!(desk::numbers(&house.db).await, [1]);
}

async fn a_short_read_needs_no_turn(house: House) {
    write_note(&house.db, Note::new(1, "first")).await.expect("written");
    let gate = Arc::new(std::sync::Barrier::new(2));
    let (held, db) = (gate.clone(), house.db.clone());
    let slow = tokio::spawn(async move {
        db.write(&clerk(), async move |tx: &mut Tx| {
            Note::new(2, "not yet committed").insert(tx).await?;
            held.wait();
            Ok::<(), Fault>(())
        })
        .await
    });
    tokio::time::sleep(Duration::from_millis(100)).await;
    assert_eq!(desk::numbers(&house.db).await, [1], "while the write is open, others read what was before");
    gate.wait();
    slow.await.expect("no panic").expect("written");
    assert_eq!(desk::numbers(&house.db).await, [1, 2]);
}

async fn readers_in_a_loop_let_others_run(house: House) {
    let stop = Arc::new(AtomicBool::new(false));
    let readers: Vec<_> = (0..8)
        .map(|_| {
            let (db, stop) = (house.db.clone(), stop.clone());
            tokio::spawn(async move {
                while !stop.load(Ordering::Relaxed) {
                    desk::numbers(&db).await;
                }
            })
        })
        .collect();
    // A guard, so that a defect is a failure and not a test without an end.
    let (guard, begun) = (stop.clone(), Instant::now());
    let guarding = std::thread::spawn(move || {
        while begun.elapsed() < Duration::from_secs(10) && !guard.load(Ordering::Relaxed) {
            std::thread::sleep(Duration::from_millis(10));
        }
        guard.store(true, Ordering::Relaxed);
    });
    tokio::time::sleep(Duration::from_millis(50)).await;
    assert!(begun.elapsed() < Duration::from_secs(9), "nobody else had a turn");
    stop.store(true, Ordering::Relaxed);
    join_all(readers).await;
    guarding.join().expect("no panic");
}

#[test]
fn a_sqlite_write_awaits_nothing_but_its_database() {
    crate::house::tell(crate::house::Engine::Sqlite, async |house| {
        let waits = house.write(async |tx: &mut Tx| {
            Note::new(1, "before").insert(tx).await?;
            tokio::time::sleep(Duration::from_millis(1)).await;
            Ok::<(), Fault>(())
        });
        let fault = waits.await.expect_err("refused");
        assert!(format!("{fault:?}").contains("awaited something that is not its database"));
        assert!(desk::numbers(&house.db).await.is_empty());
    });
}

#[test]
fn a_second_server_on_one_sqlite_file_refuses_to_start() {
    crate::house::tell(crate::house::Engine::Sqlite, async |house| {
        let fault = house.open_again().await.expect_err("it is in use");
        assert_eq!(fault.kind(), FaultKind::Unavailable);
        assert!(format!("{fault}").ends_with("is in use by another mulin; stop it first"), "{fault}");
        // By another name it is still the same file.
        let file = house.folder.path().join("desk.sqlite");
        let other = house.folder.path().join("other.sqlite");
        std::os::unix::fs::symlink(&file, &other).expect("a link");
        let renamed = crate::house::open(&store::Target::Sqlite(other), &house.clock).await;
        assert!(renamed.is_err());
        let House { db, target, clock, folder, .. } = house;
        drop(db);
        crate::house::open(&target, &clock).await.expect("free again");
        drop(folder);
    });
}

#[test]
fn a_command_beside_the_server_waits_its_turn() {
    crate::house::tell(crate::house::Engine::Sqlite, async |house| {
        let mut options = store::Options::new(house.target.clone());
        options.exclusive = false;
        let beside = store::Db::open(options).await.expect("it opens beside the server");
        let writes =
            (1..=200).map(|n| write_note(if n % 2 == 0 { &beside } else { &house.db }, Note::new(n, "")));
        for written in join_all(writes).await {
            written.expect("written");
        }
        assert_eq!(desk::numbers(&house.db).await.len(), 200);
        drop(beside);
        write_note(&house.db, Note::new(201, "the server goes on")).await.expect("written");
    });
}

#[test]
fn more_writes_than_can_wait_are_refused_at_once() {
    crate::house::tell(crate::house::Engine::Sqlite, async |house| {
        let gate = Arc::new(std::sync::Barrier::new(2));
        let (held, db) = (gate.clone(), house.db.clone());
        let slow = tokio::spawn(async move {
            db.write(&clerk(), async move |_: &mut Tx| {
                held.wait();
                Ok::<(), Fault>(())
            })
            .await
        });
        tokio::time::sleep(Duration::from_millis(100)).await;
        let release = std::thread::spawn(move || {
            std::thread::sleep(Duration::from_millis(500));
            gate.wait();
        });
        let crowd = (0..9000).map(|_| house.write(async |_: &mut Tx| Ok::<(), Fault>(())));
        let refused: Vec<Fault> = join_all(crowd).await.into_iter().filter_map(Result::err).collect();
        assert_eq!(refused.len(), 9000 - 8192);
        assert!(refused.iter().all(|fault| fault.kind() == FaultKind::Unavailable));
        release.join().expect("no panic");
        slow.await.expect("no panic").expect("written");
        write_note(&house.db, Note::new(1, "room again")).await.expect("written");
    });
}
