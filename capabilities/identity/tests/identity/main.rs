//! Stories of identity through the front door, on every engine.

mod audit;
mod demo;
mod keys;
mod pages;
mod phone_codes;
mod roles;
mod second_factor;
mod sessions;
mod sign_in;
mod town;
