//! What is written is read again, alike on both engines: nulls, lists, rare characters, paths, streams.

use crate::desk::{self, DISTRICT, INSERT_NOTE, NUMBERS, Note, write_note};
use crate::house::{House, NOON};
use platform::Fault;
use std::ops::ControlFlow;
use store::{Conn, Json, List, Tx};
use uuid::Uuid;

crate::stories! {
    nulls_go_both_ways,
    lists_may_be_empty_and_long,
    rare_characters_are_kept_and_nul_is_not,
    a_subtree_is_a_range_of_paths,
    rows_stream_and_may_be_left,
    many_sets_run_as_one_statement,
    extremes_of_numbers_are_kept,
}

async fn nulls_go_both_ways(house: House) {
    let empty = Note::new(1, "empty");
    let full = Note {
        size: Some(-0.5),
        done: true,
        photo: Some(vec![0, 255, 7]),
        about: Some(Json(serde_json::json!({ "a": [1, null, "二"], "b": { "c": 1.5 } }))),
        author: Some(Uuid::new_v4()),
        due_at: Some(NOON),
        ..Note::new(2, "full")
    };
    write_note(&house.db, empty.clone()).await.expect("written");
    write_note(&house.db, full.clone()).await.expect("written");
    assert_eq!(desk::notes(&house.db).await, [empty, full]);
}

async fn lists_may_be_empty_and_long(house: House) {
    let notes: Vec<Note> = (1..=40).map(|n| Note::new(n, &format!("word \"{n}\""))).collect();
    let ids: Vec<Uuid> = notes.iter().map(|n| n.id).collect();
    for note in notes {
        write_note(&house.db, note).await.expect("written");
    }
    let found = house.db.read(async move |conn: &mut Conn| {
        let words = ["word \"3\"", "none", "word \"5\""].map(str::to_owned).to_vec();
        let long = List((-100_000..3).collect::<Vec<i64>>());
        Ok::<_, Fault>([
            conn.all(&desk::NUMBERS_IN, (DISTRICT, List(Vec::new()))).await?,
            conn.all(&desk::NUMBERS_OF_WORDS, (DISTRICT, List(Vec::new()))).await?,
            conn.all(&desk::NUMBERS_OF_IDS, (DISTRICT, List(Vec::new()))).await?,
            conn.all(&desk::NUMBERS_IN, (DISTRICT, long)).await?,
            conn.all(&desk::NUMBERS_OF_WORDS, (DISTRICT, List(words))).await?,
            conn.all(&desk::NUMBERS_OF_IDS, (DISTRICT, List(vec![ids[39], Uuid::nil(), ids[0]]))).await?,
        ])
    });
    let found = found.await.expect("read").map(|rows| rows.into_iter().map(|(n,)| n).collect::<Vec<_>>());
    assert_eq!(found, [vec![], vec![], vec![], vec![1, 2], vec![3, 5], vec![1, 40]]);
}

async fn rare_characters_are_kept_and_nul_is_not(house: House) {
    let rows = [
        ("👩‍👩‍👧‍👦 水管爆了 🚰", "👩‍👩‍👧‍👦 水管爆了 🚰"),
        // 𬭚 and 𰻝 lie outside the basic plane; both are in use for names.
        ("𬭚𰻝㐂\u{e000}", "𬭚𰻝㐂\u{e000}"),
        ("quote ' \" \\ $1 ?1 {in:$2:int} %_", "quote ' \" \\ $1 ?1 {in:$2:int} %_"),
        ("before\0after", "before\u{fffd}after"),
        ("", ""),
    ];
    for ((words, _), number) in rows.into_iter().zip(1..) {
        let about = Some(Json(serde_json::json!({ "words": words })));
        write_note(&house.db, Note { about, ..Note::new(number, words) }).await.expect("written");
    }
    let notes = desk::notes(&house.db).await;
    for (note, (_, expected)) in notes.iter().zip(rows) {
        assert_eq!(note.words, expected);
        assert_eq!(note.about, Some(Json(serde_json::json!({ "words": expected }))));
    }
    let list = List(vec!["before\0after".to_owned(), rows[1].0.to_owned()]);
    let find = async move |conn: &mut Conn| conn.all(&desk::NUMBERS_OF_WORDS, (DISTRICT, list.clone())).await;
    assert_eq!(house.db.read(find).await.expect("read"), [(2,), (4,)]);
}

async fn a_subtree_is_a_range_of_paths(house: House) {
    let paths = [
        "430204",
        "430204/1",
        "430204/1/J001",
        "430204/1/a",
        "430204/10",
        "430204/1-",
        "430204/2",
        "4302041",
        "石峰",
    ];
    for (path, number) in paths.iter().zip(1..) {
        let note = Note { path: (*path).to_owned(), ..Note::new(number, "") };
        write_note(&house.db, note).await.expect("written");
    }
    let below = async |conn: &mut Conn| conn.all(&desk::PATHS_BELOW, (DISTRICT, "430204/1".to_owned())).await;
    let below: Vec<String> = house.db.read(below).await.expect("read").into_iter().map(|(p,)| p).collect();
    assert_eq!(below, ["430204/1", "430204/1/J001", "430204/1/a"]);
    let all = async |conn: &mut Conn| conn.all(&desk::PATHS, (DISTRICT,)).await;
    let all: Vec<String> = house.db.read(all).await.expect("read").into_iter().map(|(p,)| p).collect();
    let mut sorted = paths.map(str::to_owned).to_vec();
    sorted.sort();
    assert_eq!(all, sorted, "text sorts by its bytes");
}

async fn rows_stream_and_may_be_left(house: House) {
    let fill = async |tx: &mut Tx| {
        tx.execute_many(&INSERT_NOTE, (1..=5000).map(|n| Note::new(n, "").params())).await
    };
    house.write(fill).await.expect("written");
    let seen = house.db.read(async |conn: &mut Conn| {
        let mut seen = Vec::new();
        conn.each(&NUMBERS, (DISTRICT,), |(n,)| {
            seen.push(n);
            if seen.len() == 3 { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        })
        .await?;
        // The connection is free for the next statement.
        conn.each(&NUMBERS, (DISTRICT,), |(n,)| {
            seen.push(n);
            ControlFlow::Continue(())
        })
        .await?;
        Ok::<_, Fault>(seen)
    });
    let seen = seen.await.expect("read");
    assert_eq!(seen[..5], [1, 2, 3, 1, 2]);
    assert_eq!(seen.len(), 5003);
}

/// More rows than PostgreSQL takes at once, and some that do not fill a statement; every other one has something in each column.
async fn many_sets_run_as_one_statement(house: House) {
    let note = |n: i64| match n % 2 {
        0 => Note::new(n, "x"),
        _ => Note { size: Some(n as f64), photo: Some(vec![1]), due_at: Some(NOON), ..Note::new(n, "y") },
    };
    let notes: Vec<Note> = (1..=1013).map(note).collect();
    let expected = notes.clone();
    let fill = async move |tx: &mut Tx| {
        let none = tx.execute_many(&INSERT_NOTE, []).await?;
        let many = tx.execute_many(&INSERT_NOTE, notes.iter().cloned().map(Note::params)).await?;
        Ok::<_, Fault>((none, many))
    };
    assert_eq!(house.write(fill).await.expect("written"), (0, 1013));
    assert_eq!(desk::notes(&house.db).await, expected);
    house.db.learn(&["desk_note", "platform_fact"]).await.expect("counted anew");
    // One set is refused, alone or among many: none of them stays.
    for others in [2, 200] {
        let again = async move |tx: &mut Tx| {
            let numbers = (2000..2000 + others).chain([1000]);
            tx.execute_many(&INSERT_NOTE, numbers.map(|n| Note::new(n, "z").params())).await
        };
        let fault = house.write(again).await.expect_err("a number twice");
        assert_eq!(fault.constraint(), Some("desk_note_number_key"));
    }
    assert_eq!(desk::numbers(&house.db).await.len(), 1013);
}

async fn extremes_of_numbers_are_kept(house: House) {
    let note = Note { size: Some(f64::MIN_POSITIVE), ..Note::new(i64::MAX, "") };
    let whole = Note { size: Some(3.0), ..Note::new(1, "") };
    write_note(&house.db, note.clone()).await.expect("written");
    write_note(&house.db, whole.clone()).await.expect("written");
    assert_eq!(desk::notes(&house.db).await, [whole, note]);
}
