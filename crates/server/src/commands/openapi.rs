//! `mulin openapi`: the description of the API, as committed in openapi.json.

use crate::failure::Outcome;
use crate::openapi;
use std::io::Write;

pub(crate) fn run() -> Outcome {
    std::io::stdout().lock().write_all(openapi::text(&openapi::document()).as_bytes())?;
    Ok(())
}
