//! Workflows as data, and working time. No IO, no async, no clock reading (time is an argument), no word of any office.
//!
//! Times are `i64` microseconds of UTC, as everywhere in the house. Reading order: [`Workflow`] (the data), [`Workflow::step`]
//! (what an action does), [`Calendar`] and [`due`] (when a deadline ends), [`Clock`] (a deadline that can pause).

mod calendar;
mod check;
mod clock;
mod deadline;
mod fault;
mod hours;
mod left;
mod library;
mod mermaid;
mod raise;
mod refusal;
mod step;
mod text;
mod words;
mod workflow;

pub use calendar::{Basis, Calendar, CalendarDay};
pub use clock::{Clock, Pause};
pub use deadline::{Deadline, Due, Unit, due};
pub use fault::{Fault, Faults};
pub use hours::WorkingHours;
pub use left::{Left, LeftUnit};
pub use library::{Library, Release};
pub use raise::Raise;
pub use refusal::Refusal;
pub use step::{Allowed, ClockChange, ClockStart, Facts, Given, Step};
pub use words::{Lang, Words};
pub use workflow::{
    Action, Branch, ClockRule, ClosedList, Effect, Escalation, Handover, Level, ListItem, NONE, Need,
    ROLE_CLOCK, ROLE_HOLDER, SAME, State, Symbol, Workflow,
};
