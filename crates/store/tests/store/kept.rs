//! What is acknowledged is kept, and what is refused leaves nothing.

use crate::desk::{self, DISTRICT, Note, NoteLeft, clerk, write_note};
use crate::house::House;
use platform::{Fault, FaultKind};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;
use store::{Conn, FactRow, Replay, Tx};

crate::stories! {
    a_commit_is_seen_at_once_and_after_a_restart,
    a_refused_write_leaves_nothing,
    what_waits_for_the_commit_comes_with_it,
    a_refused_part_harms_no_other_part,
    a_write_that_goes_on_after_a_failed_statement_is_refused,
    constraints_have_one_name,
    facts_are_written_with_the_change_and_told_after_it,
    the_same_request_twice_gives_one_answer,
    a_read_sees_one_moment,
    a_panic_in_a_read_harms_nobody,
    an_abandoned_write_is_skipped,
}

async fn a_commit_is_seen_at_once_and_after_a_restart(house: House) {
    write_note(&house.db, Note::new(1, "kept")).await.expect("written");
    assert_eq!(desk::numbers(&house.db).await, [1]);
    let House { db, target, clock, folder, postgres } = house;
    drop(db);
    // Dropping waits for the writer: the same file can be opened again at once.
    let db = crate::house::open(&target, &clock).await.expect("it opens again");
    assert_eq!(desk::numbers(&db).await, [1]);
    drop((db, folder, postgres));
}

async fn a_refused_write_leaves_nothing(house: House) {
    let refused = house.write(async |tx: &mut Tx| {
        let note = Note::new(1, "refused");
        tx.record(&NoteLeft(note.id)).await?;
        note.insert(tx).await?;
        Err::<(), Fault>(Fault::new(FaultKind::Constraint, "not today"))
    });
    assert!(format!("{:?}", refused.await.expect_err("refused")).contains("not today"));
    assert!(desk::numbers(&house.db).await.is_empty());
    assert_eq!(house.db.run_due().await.expect("run"), 0, "no fact, no reaction");
}

async fn what_waits_for_the_commit_comes_with_it(house: House) {
    let counted = async |tx: &mut Tx| {
        let district = tx.district();
        tx.execute_at_commit(&desk::SET_COUNTER, (district, "late".to_owned(), 7)).await
    };
    let refused = house.write(async move |tx: &mut Tx| {
        counted(tx).await?;
        Err::<(), Fault>(Fault::new(FaultKind::Constraint, "not today"))
    });
    refused.await.expect_err("refused");
    assert_eq!(counter(&house, "late").await, None, "a refused write leaves nothing for the commit");
    let kept = (1..=20).map(|n| write_note(&house.db, Note::new(n, "beside it")));
    let (counting, beside) = futures_util::join!(house.write(counted), futures_util::future::join_all(kept));
    counting.expect("counted");
    assert!(beside.iter().all(Result::is_ok));
    assert_eq!(counter(&house, "late").await, Some(7));
}

async fn a_refused_part_harms_no_other_part(house: House) {
    let twin = Note::new(2, "the same number");
    let write = async move |tx: &mut Tx| {
        let mut kept = Vec::new();
        for note in [Note::new(1, "one"), Note::new(2, "two"), twin.clone(), Note::new(3, "three")] {
            let number = note.number;
            let done = tx.attempt(async |tx: &mut Tx| {
                tx.record(&NoteLeft(note.id)).await?;
                let district = tx.district();
                tx.execute_at_commit(&desk::SET_COUNTER, (district, note.words.clone(), number)).await?;
                note.insert(tx).await
            });
            kept.push(done.await?.is_ok());
        }
        Ok::<_, Fault>((kept, tx.facts().len()))
    };
    let (kept, facts) = house.write(write).await.expect("the write stands");
    assert_eq!((kept, facts), (vec![true, true, false, true], 3));
    assert_eq!(desk::numbers(&house.db).await, [1, 2, 3]);
    let counters = [counter(&house, "two").await, counter(&house, "the same number").await];
    assert_eq!(counters, [Some(2), None], "nothing of a refused part waits for the commit");
    while house.db.run_due().await.expect("run") > 0 {}
    assert_eq!(desk::echoes(&house.db).await, [(1, 1), (2, 1), (3, 1)], "nor do its facts have reactions");
}

async fn counter(house: &House, name: &'static str) -> Option<i64> {
    let read = async move |conn: &mut Conn| conn.optional(&desk::COUNTER, (DISTRICT, name.to_owned())).await;
    house.db.read(read).await.expect("read").map(|(n,): (i64,)| n)
}

async fn a_write_that_goes_on_after_a_failed_statement_is_refused(house: House) {
    write_note(&house.db, Note::new(1, "first")).await.expect("written");
    let went_on = house.write(async |tx: &mut Tx| {
        Note::new(2, "before").insert(tx).await?;
        let twice = Note::new(1, "twice").insert(tx).await.expect_err("a number twice");
        assert_eq!(twice.kind(), FaultKind::Constraint);
        let after = Note::new(3, "after").insert(tx).await.expect_err("nothing more runs");
        assert_eq!(after.kind(), FaultKind::Constraint);
        Ok::<(), Fault>(())
    });
    let fault = went_on.await.expect_err("nothing is saved");
    assert_eq!(fault.kind(), FaultKind::Broken);
    assert_eq!(desk::numbers(&house.db).await, [1]);
}

async fn constraints_have_one_name(house: House) {
    let first = Note::new(1, "first");
    write_note(&house.db, first.clone()).await.expect("written");
    let twins = [
        (Note::new(1, "number twice"), "desk_note_number_key"),
        (Note { id: first.id, ..Note::new(2, "id twice") }, "desk_note_pkey"),
        (Note::new(-1, "below zero"), "desk_note_number_positive"),
    ];
    for (note, name) in twins {
        let fault = write_note(&house.db, note).await.expect_err("refused");
        assert_eq!((fault.kind(), fault.constraint()), (FaultKind::Constraint, Some(name)));
    }
}

async fn facts_are_written_with_the_change_and_told_after_it(house: House) {
    let mut live = house.db.facts().subscribe();
    let note = Note::new(1, "told");
    let subject = note.id;
    desk::leave_note(&house.db, note).await.expect("written");
    let told = live.recv().await.expect("told");
    let of_subject = async move |conn: &mut Conn| FactRow::of_subject(conn, DISTRICT, subject, 10).await;
    let rows = house.db.read(of_subject).await.expect("read");
    assert_eq!(rows.len(), 1);
    let row = &rows[0];
    assert_eq!(
        (row.id, row.at, &*row.name, &*row.actor_name),
        (told.id, house.clock.now(), "desk.note_left", "clerk")
    );
    assert_eq!(row.data.0, serde_json::json!({ "by": "clerk" }));
    // A refused write tells nobody.
    let refused = desk::leave_note(&house.db, Note::new(1, "twice")).await;
    assert!(refused.is_err() && live.try_recv().is_err());
}

async fn the_same_request_twice_gives_one_answer(house: House) {
    async fn file(house: &House, number: i64, request: &'static [u8]) -> Result<String, Fault> {
        house
            .write(async move |tx: &mut Tx| match tx.recall("key-1", request).await? {
                Replay::Same { status: 201, body } => Ok(body),
                Replay::Fresh => {
                    Note::new(number, "filed").insert(tx).await?;
                    let body = format!("note {number}");
                    tx.remember("key-1", request, 201, &body).await?;
                    Ok(body)
                }
                other => Err(Fault::broken(format!("{other:?}"))),
            })
            .await
    }
    // At once, as a phone does that lost the answer: one of them files, the other repeats its answer.
    let (a, b) = tokio::join!(file(&house, 1, b"{}"), file(&house, 2, b"{}"));
    let (a, b) = (a.expect("filed"), b.expect("repeated"));
    assert_eq!(a, b);
    assert_eq!(file(&house, 3, b"{}").await.expect("repeated"), a);
    assert_eq!(desk::numbers(&house.db).await.len(), 1);
    let other = file(&house, 4, b"{\"other\":1}").await.expect_err("another request");
    assert!(format!("{other:?}").contains("Other"));
}

async fn a_read_sees_one_moment(house: House) {
    write_note(&house.db, Note::new(1, "first")).await.expect("written");
    let db = house.db.clone();
    let counts = house.db.read_long(async move |conn: &mut Conn| {
        let before = conn.all(&desk::NUMBERS, (DISTRICT,)).await?.len();
        let (db, done) = (db.clone(), std::sync::mpsc::channel());
        std::thread::spawn(move || {
            let written = crate::house::block_on(write_note(&db, Note::new(2, "meanwhile")));
            done.0.send(written.is_ok()).expect("somebody waits");
        });
        assert!(done.1.recv().expect("written"));
        let after = conn.all(&desk::NUMBERS, (DISTRICT,)).await?.len();
        Ok::<_, Fault>((before, after))
    });
    assert_eq!(counts.await.expect("read"), (1, 1));
    assert_eq!(desk::numbers(&house.db).await, [1, 2]);
}

async fn a_panic_in_a_read_harms_nobody(house: House) {
    for _ in 0..20 {
        let read = house.db.read(async |conn: &mut Conn| {
            conn.all(&desk::NUMBERS, (DISTRICT,)).await?;
            if true {
                panic!("a defect in a read");
            }
            Ok::<(), Fault>(())
        });
        assert!(format!("{:?}", read.await.expect_err("a fault")).contains("panicked"));
    }
    write_note(&house.db, Note::new(1, "after")).await.expect("written");
    // Whoever gets the reader next sees the present, not the snapshot the panic left.
    for _ in 0..20 {
        assert_eq!(desk::numbers(&house.db).await, [1]);
    }
}

async fn an_abandoned_write_is_skipped(house: House) {
    let runs = Arc::new(AtomicU32::new(0));
    let gate = Arc::new(std::sync::Barrier::new(2));
    let (held, db) = (gate.clone(), house.db.clone());
    let first = tokio::spawn(async move {
        db.write(&clerk(), async move |_: &mut Tx| {
            held.wait();
            Ok::<(), Fault>(())
        })
        .await
    });
    tokio::time::sleep(Duration::from_millis(50)).await;
    let counted = runs.clone();
    let second = house.write(async move |tx: &mut Tx| {
        Note::new(9, "nobody waits").insert(tx).await?;
        counted.fetch_add(1, Ordering::Relaxed);
        Ok::<(), Fault>(())
    });
    // PostgreSQL has other connections and need not wait; the story is that of SQLite's queue.
    let given_up = tokio::time::timeout(Duration::from_millis(50), second).await.is_err();
    gate.wait();
    first.await.expect("no panic").expect("written");
    write_note(&house.db, Note::new(1, "behind them")).await.expect("written");
    if house.is_sqlite() {
        assert!(given_up);
        assert_eq!(runs.load(Ordering::Relaxed), 0);
        assert_eq!(desk::numbers(&house.db).await, [1]);
    }
}
