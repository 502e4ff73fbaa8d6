//! What linkage does by itself, room by room.

use crate::{outages, partners, sensors};
use ::store::{Reaction, Timer};

pub(crate) const REACTIONS: &[Reaction] = &[
    partners::REACTIONS[0],
    partners::REACTIONS[1],
    partners::REACTIONS[2],
    outages::REACTIONS[0],
    sensors::REACTIONS[0],
    sensors::REACTIONS[1],
];

pub(crate) const TIMERS: &[Timer] = &[
    partners::TIMERS[0],
    partners::TIMERS[1],
    outages::TIMERS[0],
    outages::TIMERS[1],
    outages::TIMERS[2],
    outages::TIMERS[3],
    sensors::TIMERS[0],
    sensors::TIMERS[1],
];

// None of a room is left out.
const _: () = assert!(
    REACTIONS.len() == partners::REACTIONS.len() + outages::REACTIONS.len() + sensors::REACTIONS.len()
);
const _: () = assert!(TIMERS.len() == partners::TIMERS.len() + outages::TIMERS.len() + sensors::TIMERS.len());
