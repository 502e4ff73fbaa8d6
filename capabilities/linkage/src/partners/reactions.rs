//! What partners' work does by itself: cases go to them after each step and photo, states are fetched by the clock.

use super::forward::forward;
use super::systems::Systems;
use crate::commands::partners::{self as partner_commands, CATCH_UP_TIMER, FETCH_TIMER};
use ::store::{FactRow, LocalFuture, Reaction, Timer, TimerRow, Tx};
use cases::facts::{CASE_REPORTED, CASE_STEPPED, PHOTOS_ADDED};
use platform::{Fault, Fixtures, OrganisationId};

pub(crate) const REACTIONS: &[Reaction] = &[
    Reaction { name: "linkage.forward_reported", to: CASE_REPORTED, wanted: has_systems, run: forward },
    Reaction { name: "linkage.forward_stepped", to: CASE_STEPPED, wanted: has_systems, run: forward },
    Reaction { name: "linkage.forward_photos", to: PHOTOS_ADDED, wanted: has_systems, run: forward },
];

pub(crate) const TIMERS: &[Timer] =
    &[Timer { kind: FETCH_TIMER, run: fetch }, Timer { kind: CATCH_UP_TIMER, run: catch_up }];

/// In a district without a partner's system there is nobody to tell.
fn has_systems(shelf: &Fixtures, fact: &FactRow) -> bool {
    shelf.find::<Systems>().is_none_or(|systems| systems.has(fact.district))
}

fn catch_up<'a>(tx: &'a mut Tx, row: &'a TimerRow) -> LocalFuture<'a, Result<(), Fault>> {
    Box::pin(partner_commands::catch_up(tx, OrganisationId(row.subject_id)))
}

fn fetch<'a>(tx: &'a mut Tx, row: &'a TimerRow) -> LocalFuture<'a, Result<(), Fault>> {
    Box::pin(partner_commands::fetch(tx, OrganisationId(row.subject_id)))
}
