//! `mulin import areas` and `mulin import requests`.

use crate::failure::Outcome;
use crate::settings::Settings;
use clap::Subcommand;

#[derive(Debug, Subcommand)]
pub(crate) enum Words {}

pub(crate) async fn run(_settings: &Settings, words: Words) -> Outcome {
    match words {}
}
