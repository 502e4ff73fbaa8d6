//! Every statement fits the schema of both engines.

use crate::CAPABILITIES;
use testkit::Town;

#[tokio::test(flavor = "multi_thread")]
async fn every_statement_fits_its_schema() {
    testkit::each_engine(CAPABILITIES, async |town: Town| {
        let faults = town.db().check_statements().await.expect("the statements are checked");
        assert!(faults.is_empty(), "{}: {faults:#?}", town.db().engine_name());
    })
    .await;
}
