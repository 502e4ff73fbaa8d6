//! Every statement fits the schema of both engines.

use crate::town::CAPABILITIES;
use testkit::each_engine;

#[tokio::test(flavor = "multi_thread")]
async fn every_statement_fits_its_schema() {
    each_engine(CAPABILITIES, async |town| {
        let faults = town.db().check_statements().await.expect("the statements are checked");
        assert!(faults.is_empty(), "{}: {faults:#?}", town.db().engine_name());
    })
    .await;
}
