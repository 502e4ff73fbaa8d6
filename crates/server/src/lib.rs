//! The server: the list of capabilities, what serves them, and the commands of `mulin`.

mod api_page;
mod assets;
mod backup_note;
pub mod capabilities;
pub mod command_line;
mod commands;
mod failure;
mod health;
pub mod house;
mod listen;
mod metering;
pub mod openapi;
mod operations;
mod progress;
mod serve;
pub mod settings;
mod worker;
