//! What partners' work does by itself: cases go to them after each step, states are fetched by the clock.

use crate::commands::partners::{self as partner_commands, FETCH_TIMER};
use super::forward::forward;
use ::store::{LocalFuture, Reaction, Timer, TimerRow, Tx};
use cases::facts::{CASE_REPORTED, CASE_STEPPED};
use platform::{Fault, OrganisationId};

pub(crate) const REACTIONS: &[Reaction] = &[
    Reaction { name: "linkage.forward_reported", to: CASE_REPORTED, run: forward },
    Reaction { name: "linkage.forward_stepped", to: CASE_STEPPED, run: forward },
];

pub(crate) const TIMERS: &[Timer] = &[Timer { kind: FETCH_TIMER, run: fetch }];

fn fetch<'a>(tx: &'a mut Tx, row: &'a TimerRow) -> LocalFuture<'a, Result<(), Fault>> {
    Box::pin(partner_commands::fetch(tx, OrganisationId(row.subject_id)))
}
