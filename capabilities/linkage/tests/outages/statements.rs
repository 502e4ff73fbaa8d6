//! Every statement of the house as far as linkage knows it fits the schema of both engines, and none walks through a district.

use crate::town::{OutageTown, each_outage_town};
use store::StatementFault;

/// Of outages, and of the homes they concern; the house as a whole has its own test.
fn is_ours(fault: &StatementFault) -> bool {
    ["linkage::", "registry::queries::served", "fieldwork::queries::tasks"]
        .iter()
        .any(|ours| fault.statement.starts_with(ours))
}

#[tokio::test(flavor = "multi_thread")]
async fn every_statement_fits_its_schema_and_none_walks() {
    each_outage_town(async |town: OutageTown| {
        let db = town.town.db();
        let faults = db.check_statements().await.expect("the statements are checked");
        let faults: Vec<_> = faults.into_iter().filter(is_ours).collect();
        assert!(faults.is_empty(), "{}: {faults:#?}", db.engine_name());
        // Only SQLite tells how it would run a statement.
        if db.engine_name() == "SQLite" {
            let walks = db.find_walks().await.expect("the statements are explained");
            let walks: Vec<_> = walks.into_iter().filter(is_ours).collect();
            assert!(walks.is_empty(), "{walks:#?}");
        }
    })
    .await;
}
