//! Migrations: in order, once, never edited, never behind the database, and written for both engines.

use crate::desk;
use crate::house::House;
use platform::Fault;
use store::{Conn, Migration, Migrations, sql};

crate::stories! {
    migrations_run_once,
    an_edited_migration_is_refused,
    a_newer_database_is_refused,
    a_broken_migration_leaves_nothing,
    sections_are_for_one_engine,
    servers_that_start_together_migrate_once,
}

sql! {
    ENGINES: () -> (String,) = "select name from platform_shared_engine order by name";
}

const ENGINE_TABLE: &str = "
create table platform_shared_engine (name text not null primary key) {strict};
-- only: sqlite
insert into platform_shared_engine (name) values ('SQLite');
-- end
-- only: postgres
insert into platform_shared_engine (name) values ('PostgreSQL');
-- end
insert into platform_shared_engine (name) values ('both');
";

fn with_third(name: &'static str, text: &'static str) -> Vec<Migrations> {
    let third: &'static [Migration] = Box::leak(Box::new([Migration { name, text }]));
    let mut all = desk::MIGRATIONS.to_vec();
    all.push(Migrations { capability: "third", list: third });
    all
}

fn in_words(fault: &Fault) -> String {
    format!("{fault:?}")
}

async fn migrations_run_once(house: House) {
    let third = with_third("0001_engine.sql", ENGINE_TABLE);
    assert_eq!(house.db.migrate(&third).await.expect("migrated"), ["third/0001_engine.sql"]);
    assert!(house.db.migrate(&third).await.expect("nothing to do").is_empty());
}

async fn an_edited_migration_is_refused(house: House) {
    house.db.migrate(&with_third("0001_engine.sql", ENGINE_TABLE)).await.expect("migrated");
    let edited = with_third("0001_engine.sql", "create table platform_shared_engine (name text) {strict};");
    let fault = house.db.migrate(&edited).await.expect_err("edited");
    assert!(in_words(&fault).contains("third/0001_engine.sql was edited after it was applied"), "{fault:?}");
}

async fn a_newer_database_is_refused(house: House) {
    house.db.migrate(&with_third("0001_engine.sql", ENGINE_TABLE)).await.expect("migrated");
    let fault = house.db.migrate(&desk::MIGRATIONS).await.expect_err("newer");
    assert!(in_words(&fault).contains("the database is newer than this program"), "{fault:?}");
}

async fn a_broken_migration_leaves_nothing(house: House) {
    let broken = "create table platform_shared_engine (name text) {strict}; insert into nowhere values (1);";
    let fault = house.db.migrate(&with_third("0001_broken.sql", broken)).await.expect_err("broken");
    assert!(in_words(&fault).contains("third/0001_broken.sql"), "{fault:?}");
    let late = "create table desk_late (a {int} references desk_note (number) deferrable) {strict};";
    let fault = house.db.migrate(&with_third("0001_late.sql", late)).await.expect_err("deferrable");
    assert!(in_words(&fault).contains("deferrable"), "{fault:?}");
    // The table of the broken one is not there: the name is free.
    let third = with_third("0001_engine.sql", ENGINE_TABLE);
    assert_eq!(house.db.migrate(&third).await.expect("migrated").len(), 1);
}

async fn sections_are_for_one_engine(house: House) {
    house.db.migrate(&with_third("0001_engine.sql", ENGINE_TABLE)).await.expect("migrated");
    let engines = house.db.read(async |conn: &mut Conn| conn.all(&ENGINES, ()).await).await.expect("read");
    assert_eq!(engines, [(house.db.engine_name().to_owned(),), ("both".to_owned(),)]);
}

async fn servers_that_start_together_migrate_once(house: House) {
    if house.is_sqlite() {
        return; // The second one does not start.
    }
    let other = house.open_again().await.expect("it opens");
    let third = with_third("0001_engine.sql", ENGINE_TABLE);
    let (one, two) = tokio::join!(house.db.migrate(&third), other.migrate(&third));
    let mut done = one.expect("migrated");
    done.extend(two.expect("migrated"));
    assert_eq!(done, ["third/0001_engine.sql"]);
}
