//! The stories of messages, told through the front door. One binary: it links once.

mod choices;
mod faults;
mod gateways;
mod mail;
mod other_side;
mod push;
mod push_side;
mod relay_side;
mod relays;
mod town;
