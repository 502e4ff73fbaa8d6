//! `make check`: what can be told without running the program: form, lints, the house's rules, types of the web.

use crate::shell::{Outcome, cargo, program, run, succeeds};
use crate::{tidy, web};

/// The verb `check`.
///
/// # Errors
/// The first thing that is not in order.
pub fn all(words: &[String]) -> Outcome {
    run(cargo().args(["fmt", "--all", "--check"]))?;
    web::build_if_stale()?;
    run(cargo().args(["clippy", "--workspace", "--all-targets", "--quiet", "--", "--deny", "warnings"]))?;
    run(program("npm").args(["run", "--silent", "check"]).current_dir(web::folder()))?;
    if succeeds(cargo().args(["deny", "--version"])) {
        run(cargo().args(["deny", "check", "licenses", "bans", "sources"]))?;
    }
    tidy::all(words)
}
