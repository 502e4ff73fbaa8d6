//! `mulin migrate`: the database's tables brought up to this program.

use crate::capabilities::LIST;
use crate::failure::Outcome;
use crate::house::{self, Alone};
use crate::settings::Settings;

pub(crate) async fn run(settings: &Settings) -> Outcome {
    let db = house::open_db(settings, Alone::Yes).await?;
    let all: Vec<_> = std::iter::once(store::MIGRATIONS).chain(LIST.iter().map(|c| c.migrations)).collect();
    let applied = db.migrate(&all).await?;
    for name in &applied {
        println!("applied {name}");
    }
    if applied.is_empty() {
        println!("nothing to apply: the database is as this program needs it");
    }
    Ok(())
}
