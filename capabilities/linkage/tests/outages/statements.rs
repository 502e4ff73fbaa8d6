//! Every statement of the house as far as linkage knows it fits the schema of both engines, and none walks through a district.

use crate::town::{OutageTown, each_outage_town};

#[tokio::test(flavor = "multi_thread")]
async fn every_statement_fits_its_schema_and_none_walks() {
    each_outage_town(async |town: OutageTown| {
        let db = town.town.db();
        let faults = db.check_statements().await.expect("the statements are checked");
        assert!(faults.is_empty(), "{}: {faults:#?}", db.engine_name());
        if db.engine_name() == "sqlite" {
            let walks = db.find_walks().await.expect("the statements are explained");
            let ours: Vec<_> = walks.iter().filter(|walk| format!("{walk:?}").contains("linkage_outage")).collect();
            assert!(ours.is_empty(), "{ours:#?}");
        }
    })
    .await;
}
