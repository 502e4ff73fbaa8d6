//! The stories of outages, told through the front door. One binary: it links once.

mod answers;
mod faults;
mod feeds;
mod life;
mod messages;
mod refusals;
mod statements;
mod town;
mod visits;
