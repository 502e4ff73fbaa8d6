//! Stories of fieldwork, told through the front door on both engines.

mod filling;
mod looking;
mod making;
mod town;
