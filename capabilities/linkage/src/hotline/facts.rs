//! What the hotline's room tells the rest of the house: ids, codes and counts, never words, names or phones.

use crate::model::work_order::WorkOrderId;
use crate::store::hotline::WorkOrderRow;
use ::store::Fact;
use serde_json::{Value, json};
use uuid::Uuid;

/// A work order became a case, or is answered by an earlier one.
pub(crate) const HANDED_IN: &str = "linkage.work_order_handed_in";
/// One that an earlier case answered has a case of its own now.
pub(crate) const REFILED: &str = "linkage.work_order_refiled";
/// Somebody looked through a table of work orders, or had it taken in.
pub(crate) const TABLE_READ: &str = "linkage.work_orders_read";
/// Somebody took a table of work orders away.
pub(crate) const EXPORTED: &str = "linkage.work_orders_exported";

/// Something about work orders; the name says what.
#[derive(Debug)]
pub(crate) struct HotlineFact {
    name: &'static str,
    subject: Uuid,
    data: Value,
}

impl HotlineFact {
    /// A step of one work order.
    pub fn step(name: &'static str, row: &WorkOrderRow) -> Self {
        let data = json!({
            "source": row.source,
            "number": row.number,
            "kind": row.kind,
            "outcome": row.outcome,
            "type_by": row.type_by,
            "case": row.case_id,
        });
        Self { name, subject: row.id.0, data }
    }

    /// Something about many.
    pub fn of_many(name: &'static str, data: Value) -> Self {
        Self { name, subject: Uuid::nil(), data }
    }
}

impl Fact for HotlineFact {
    fn name(&self) -> &'static str {
        self.name
    }
    fn subject(&self) -> (&'static str, Uuid) {
        (WorkOrderId::NOUN, self.subject)
    }
    fn data(&self) -> Value {
        self.data.clone()
    }
}
