//! `mulin flow check`: reads workflows as the server would, and says what is wrong with them.

use crate::failure::Outcome;
use crate::settings::Settings;
use clap::Subcommand;
use std::path::PathBuf;

#[derive(Debug, Subcommand)]
pub(crate) enum Words {
    /// Check a workflow file, and print it as Mermaid
    #[command(after_help = "Examples:\n  mulin flow check                                   the catalogue in force\n  mulin flow check my_case.toml --mermaid            one file, as a picture")]
    Check {
        /// The workflow; without it, the one in force
        file: Option<PathBuf>,
        /// Print it as a Mermaid diagram
        #[arg(long)]
        mermaid: bool,
    },
}

pub(crate) fn run(_settings: &Settings, _words: Words) -> Outcome {
    Ok(())
}
