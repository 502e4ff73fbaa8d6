//! SIGKILL under load: what was acknowledged is there, the outbox has lost nothing and repeated nothing visible.
//!
//! Five kills by default, sixty with `MULIN_SOAK=1`. The writer is this same test program, run again as a child.

use crate::desk::{self, Note};
use crate::house::{Database, block_on, open};
use platform::Clock;
use std::collections::HashSet;
use std::io::{BufRead, BufReader, Write};
use std::process::{Child, Command, Stdio};
use std::time::Duration;
use store::{Db, Target};

const CHILD_SQLITE: &str = "MULIN_STORE_CHILD_SQLITE";
const CHILD_POSTGRES: &str = "MULIN_STORE_CHILD_POSTGRES";
const CHILD_FIRST_NUMBER: &str = "MULIN_STORE_CHILD_FIRST";
const WRITERS: i64 = 16;

pub fn is_soak() -> bool {
    std::env::var_os("MULIN_SOAK").is_some()
}

#[test]
fn acknowledged_writes_outlive_kills_on_sqlite() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("desk.sqlite");
    let found = kill_again_and_again(&Target::Sqlite(path.clone()), None);
    let whole: String = rusqlite::Connection::open(&path)
        .and_then(|db| db.query_row("pragma integrity_check", (), |row| row.get(0)))
        .expect("an answer");
    assert_eq!(whole, "ok");
    eprintln!("{found} notes survived");
}

#[test]
fn acknowledged_writes_outlive_kills_on_postgres() {
    let Some(database) = block_on(Database::make()) else { return };
    let found = kill_again_and_again(&Target::Postgres(database.url.clone()), Some(&database));
    eprintln!("{found} notes survived");
}

fn kill_again_and_again(target: &Target, database: Option<&Database>) -> usize {
    block_on(async {
        let db = open(target, &Clock::System).await.expect("it opens");
        db.migrate(&desk::MIGRATIONS).await.expect("it migrates");
        desk::open_district(&db).await;
    });
    let mut acknowledged = HashSet::new();
    let kills = if is_soak() { 60 } else { 5 };
    for round in 0..kills {
        let child = start_child(target, round * 10_000_000);
        let wait = Duration::from_millis(rand::random_range(150..900));
        acknowledged.extend(read_until_killed(child, wait));
        block_on(check_what_is_there(target, database, &acknowledged));
    }
    assert!(acknowledged.len() > kills as usize * 10, "too little was written to tell anything");
    acknowledged.len()
}

fn start_child(target: &Target, first: i64) -> Child {
    let mut child = Command::new(std::env::current_exe().expect("this program"));
    child.args(["--exact", "killed::child_writes_until_it_is_killed", "--ignored", "--nocapture"]);
    match target {
        Target::Sqlite(path) => child.env(CHILD_SQLITE, path),
        Target::Postgres(url) => child.env(CHILD_POSTGRES, url),
    };
    child.env(CHILD_FIRST_NUMBER, first.to_string()).stdout(Stdio::piped()).spawn().expect("a child")
}

/// Kills the child some time after its first acknowledgement; answers all it acknowledged.
fn read_until_killed(mut child: Child, wait: Duration) -> Vec<i64> {
    let lines = BufReader::new(child.stdout.take().expect("piped")).lines();
    let mut killer = None;
    let mut acknowledged = Vec::new();
    // A line that the kill cut short has no end, and is not believed.
    for number in lines.map_while(Result::ok).filter_map(|line| number_of(&line)) {
        acknowledged.push(number);
        if killer.is_none() {
            let id = child.id().to_string();
            killer = Some(std::thread::spawn(move || {
                std::thread::sleep(wait);
                Command::new("kill").args(["-KILL", &id]).status()
            }));
        }
    }
    let killed = killer.expect("it wrote something").join().expect("no panic").expect("kill runs");
    assert!(killed.success());
    assert!(!child.wait().expect("it ends").success());
    acknowledged
}

fn number_of(line: &str) -> Option<i64> {
    line.strip_prefix("written ")?.strip_suffix(" .")?.parse().ok()
}

async fn check_what_is_there(target: &Target, database: Option<&Database>, acknowledged: &HashSet<i64>) {
    if let Some(database) = database {
        let question = || async { database.count_connections().await == 0 };
        crate::house::soon("the server has noticed", question).await;
    }
    let db = open(target, &Clock::System).await.expect("it opens after a kill");
    let there: HashSet<i64> = desk::numbers(&db).await.into_iter().collect();
    let lost: Vec<_> = acknowledged.difference(&there).collect();
    assert!(lost.is_empty(), "acknowledged and lost: {lost:?}");
    while db.run_due().await.expect("run") > 0 {}
    let echoes = desk::echoes(&db).await;
    assert!(echoes.iter().all(|(_, times)| *times == 1), "a reaction was seen twice");
    let echoed: HashSet<i64> = echoes.into_iter().map(|(number, _)| number).collect();
    assert_eq!(echoed, there, "each note has its echo");
}

/// Not a story: the child of the stories above.
#[test]
#[ignore = "it is run by the stories that kill it"]
fn child_writes_until_it_is_killed() {
    let target = match (std::env::var(CHILD_SQLITE), std::env::var(CHILD_POSTGRES)) {
        (Ok(path), _) => Target::Sqlite(path.into()),
        (_, Ok(url)) => Target::Postgres(url),
        _ => return,
    };
    let first: i64 = std::env::var(CHILD_FIRST_NUMBER).expect("set").parse().expect("a number");
    block_on(async {
        let db = open(&target, &Clock::System).await.expect("it opens");
        for writer in 1..=WRITERS {
            tokio::spawn(write_for_ever(db.clone(), first + writer));
        }
        loop {
            let _ = db.run_due().await;
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    });
}

async fn write_for_ever(db: Db, mut number: i64) {
    loop {
        if desk::leave_note(&db, Note::new(number, "before the kill")).await.is_ok() {
            // One write of the whole line: a pipe keeps it in one piece.
            let _ = std::io::stdout().lock().write_all(format!("written {number} .\n").as_bytes());
        }
        number += WRITERS;
    }
}
