//! The stories of sensors, told through the front door and through a real broker. One binary: it links once.

mod broker;
mod faults;
mod mosquitto;
mod readings;
mod register;
mod rules;
mod silence;
mod statements;
mod town;
