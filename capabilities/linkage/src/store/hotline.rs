//! Loads and saves work orders.

use crate::access::HAND_IN;
use crate::error::LinkageError;
use crate::model::work_order::{DemandKind, TypeBy, WorkOrderId, WorkOrderOutcome};
use ::store::{Json, Tx, row, sql, value};
use cases::CaseId;
use platform::{AccountId, DistrictId, Fault, FaultKind, Time, Words};
use uuid::Uuid;

value!(WorkOrderId as Uuid, |v| v.0, WorkOrderId);

row! {
    /// A work order as it is kept.
    #[derive(Clone, Debug)]
    pub(crate) struct WorkOrderRow {
        pub id: WorkOrderId,
        pub source: String,
        pub number: String,
        pub content_hash: Vec<u8>,
        pub account_id: Option<AccountId>,
        pub kind: DemandKind,
        pub classification: Option<String>,
        pub received_at: Time,
        pub promised_at: Option<Time>,
        pub handed_at: Time,
        pub case_id: CaseId,
        pub outcome: WorkOrderOutcome,
        pub type_by: TypeBy,
        pub why: Json<Words>,
    }
}

type Columns = (
    DistrictId,
    WorkOrderId,
    String,
    String,
    Vec<u8>,
    Option<AccountId>,
    DemandKind,
    Option<String>,
    Time,
    Option<Time>,
    Time,
    CaseId,
    WorkOrderOutcome,
    TypeBy,
    Json<Words>,
);

sql! {
    INSERT: Columns =
        "insert into linkage_work_order (district, id, source, number, content_hash, account_id, kind, classification,
             received_at, promised_at, handed_at, case_id, outcome, type_by, why)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15) on conflict do nothing";
    REFILE: (DistrictId, WorkOrderId, CaseId, WorkOrderOutcome, Json<Words>) =
        "update linkage_work_order set case_id = $3, outcome = $4, why = $5 where district = $1 and id = $2";
    FIND_NUMBER: (DistrictId, String, String) -> WorkOrderRow =
        "select id, source, number, content_hash, account_id, kind, classification, received_at, promised_at, handed_at, case_id,
             outcome, type_by, why
         from linkage_work_order where district = $1 and source = $2 and number = $3";
}

/// The work order of that number, for whoever hands it in again. One of another's key is not theirs: its number is taken.
pub(crate) async fn load_to_hand_in(
    tx: &mut Tx,
    source: &str,
    number: &str,
) -> Result<Option<WorkOrderRow>, LinkageError> {
    let district = tx.district();
    if !tx.actor().holds(&HAND_IN) {
        return Err(LinkageError::Forbidden(&HAND_IN));
    }
    Ok(tx.optional(&FIND_NUMBER, (district, source.to_owned(), number.to_owned())).await?)
}

/// Keeps a new work order. Where the same came in beside it, the write runs again and finds it.
pub(crate) async fn insert(tx: &mut Tx, row: WorkOrderRow) -> Result<(), Fault> {
    let columns = (
        tx.district(),
        row.id,
        row.source,
        row.number,
        row.content_hash,
        row.account_id,
        row.kind,
        row.classification,
        row.received_at,
        row.promised_at,
        row.handed_at,
        row.case_id,
        row.outcome,
        row.type_by,
        row.why,
    );
    match tx.execute(&INSERT, columns).await? {
        1 => Ok(()),
        _ => Err(Fault::new(FaultKind::Contention, "a work order came in twice at once")),
    }
}

/// An earlier answer was not enough: it has a case of its own now.
pub(crate) async fn refile(tx: &mut Tx, row: &WorkOrderRow) -> Result<(), Fault> {
    let district = tx.district();
    tx.execute(&REFILE, (district, row.id, row.case_id, row.outcome, row.why.clone())).await.map(drop)
}
