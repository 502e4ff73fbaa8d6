//! Every statement fits the schema of both engines.

use edge::Capability;
use testkit::each_engine;

/// With what messages stand on: their statements are in this program too.
const CAPABILITIES: &[&Capability] = &[
    &messages::COURIER,
    &territory::CAPABILITY,
    &identity::CAPABILITY,
    &messages::CAPABILITY,
    &registry::CAPABILITY,
];

#[tokio::test(flavor = "multi_thread")]
async fn every_statement_fits_its_schema() {
    each_engine(CAPABILITIES, async |town| {
        let faults = town.db().check_statements().await.expect("the statements are checked");
        assert!(faults.is_empty(), "{}: {faults:#?}", town.db().engine_name());
    })
    .await;
}
