//! Every statement of the house as far as cases know it fits the schema of both engines.

use crate::town::{CaseTown, WITH_MESSAGES, each_town_of};

#[tokio::test(flavor = "multi_thread")]
async fn every_statement_fits_its_schema() {
    each_town_of(WITH_MESSAGES, async |town: CaseTown| {
        let faults = town.town.db().check_statements().await.expect("the statements are checked");
        assert!(faults.is_empty(), "{}: {faults:#?}", town.town.db().engine_name());
    })
    .await;
}
