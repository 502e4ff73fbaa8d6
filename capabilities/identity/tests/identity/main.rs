//! Stories of identity through the front door, on every engine.

mod audit;
mod keys;
mod pages;
mod phone_codes;
mod posts;
mod roles;
mod second_factor;
mod sessions;
mod sign_in;
mod statements;
mod town;
