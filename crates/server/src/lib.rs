//! The server: the list of capabilities, what serves them, and the commands of `mulin`.

mod api_page;
mod assets;
pub mod capabilities;
pub mod command_line;
mod commands;
mod failure;
mod health;
pub mod house;
mod listen;
mod metering;
pub mod openapi;
mod progress;
mod serve;
pub mod settings;
mod worker;
