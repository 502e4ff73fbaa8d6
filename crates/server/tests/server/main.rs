//! Stories of the whole house: its description, its guards, its settings, and what it keeps when it is killed.

mod administration;
mod audit;
mod bad_days;
mod commands;
mod compression;
mod disk_full;
mod faces;
mod guide;
mod house;
mod kill;
mod linked;
mod metrics;
mod openapi;
mod routes;
mod sandbox;
mod sealed;
mod settings;
mod statements;
