//! The statements of sensors fit the schema of both engines, and none walks through a district.

use crate::town::{SensorTown, each_sensor_town};
use store::StatementFault;

fn is_ours(fault: &StatementFault) -> bool {
    fault.statement.starts_with("linkage::")
}

#[tokio::test(flavor = "multi_thread")]
async fn every_statement_fits_its_schema_and_none_walks() {
    each_sensor_town(async |town: SensorTown| {
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
