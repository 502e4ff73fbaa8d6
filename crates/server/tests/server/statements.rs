//! Every statement of every capability, prepared on both engines and held against the migrated schema.

use server::capabilities::LIST;
use testkit::{Town, each_engine};

#[tokio::test(flavor = "multi_thread")]
async fn every_statement_fits_the_schema() {
    each_engine(LIST, async |town: Town| {
        let faults = town.db().check_statements().await.expect("the statements are checked");
        let sentences: Vec<String> =
            faults.iter().map(|f| format!("{}: {}", f.statement, f.sentence)).collect();
        assert!(sentences.is_empty(), "on {}:\n{}", town.db().engine_name(), sentences.join("\n"));
        let all = store::statements();
        assert!(all.len() > 100, "only {} statements are linked in: is a capability missing?", all.len());
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn no_statement_walks_through_a_district_unless_it_says_so() {
    let town = Town::on_sqlite(LIST).await;
    let walks = town.db().find_walks().await.expect("the statements are explained");
    let sentences: Vec<String> = walks.iter().map(|f| format!("{}: {}", f.statement, f.sentence)).collect();
    assert!(sentences.is_empty(), "{}", sentences.join("\n"));
}

#[tokio::test(flavor = "multi_thread")]
async fn roles_and_permissions_know_each_other() {
    let town = Town::on_sqlite(LIST).await;
    identity::check_house(&town.edge, LIST).expect("catalog/roles.toml and the capabilities agree");
}
