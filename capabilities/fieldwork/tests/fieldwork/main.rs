//! Stories of fieldwork, told through the front door on both engines.

mod campaigns;
mod chance;
mod commands;
mod corpus;
mod days;
mod definitions;
mod devices;
mod filling;
mod ground;
mod looking;
mod making;
mod openrosa;
mod people;
mod prefill;
mod register;
mod routes;
mod stand_in;
mod sync;
mod targets;
mod town;
mod uploads;
mod visits;
