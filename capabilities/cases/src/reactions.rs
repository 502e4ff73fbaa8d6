//! What cases do by themselves: their clocks ring.

use crate::commands::duties::{self, ANSWER_DUE, BEGINS};
use crate::commands::joint::{self, HELP_DUE};
use crate::commands::{self, CLOCK};
use crate::duties::{DutyVersionId, ObjectionId};
use crate::error::CaseError;
use crate::joint::HelpId;
use crate::model::CaseId;
use ::store::{LocalFuture, Timer, TimerRow, Tx};
use platform::Fault;

/// Timers of this capability.
pub const TIMERS: &[Timer] = &[
    Timer { kind: CLOCK, run: ring },
    Timer { kind: BEGINS, run: begin },
    Timer { kind: ANSWER_DUE, run: answer_due },
    Timer { kind: HELP_DUE, run: help_due },
];

fn ring<'a>(tx: &'a mut Tx, row: &'a TimerRow) -> LocalFuture<'a, Result<(), Fault>> {
    Box::pin(async move {
        commands::ring(tx, CaseId(row.subject_id)).await.map_err(|e| match e {
            CaseError::Fault(fault) => fault,
            // The clock only takes actions the workflow gives it: a refusal is a defect of the workflow.
            other => Fault::broken(format!("the clock of a case was refused: {other}")),
        })
    })
}

fn begin<'a>(tx: &'a mut Tx, row: &'a TimerRow) -> LocalFuture<'a, Result<(), Fault>> {
    Box::pin(async move {
        duties::begin(tx, DutyVersionId(row.subject_id)).await.map_err(|e| match e {
            CaseError::Fault(fault) => fault,
            other => Fault::broken(format!("a duty list did not begin: {other}")),
        })
    })
}

fn answer_due<'a>(tx: &'a mut Tx, row: &'a TimerRow) -> LocalFuture<'a, Result<(), Fault>> {
    Box::pin(async move {
        let version: DutyVersionId = serde_json::from_value(row.data.0.clone())
            .map_err(|e| Fault::broken("the clock of an objection names no version").because(e))?;
        duties::note_unanswered(tx, version, ObjectionId(row.subject_id)).await
    })
}

fn help_due<'a>(tx: &'a mut Tx, row: &'a TimerRow) -> LocalFuture<'a, Result<(), Fault>> {
    Box::pin(async move { joint::note_late(tx, HelpId(row.subject_id)).await })
}
