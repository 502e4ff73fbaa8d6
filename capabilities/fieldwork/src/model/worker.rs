//! Who serves a grid, as the district publishes it, and how many grids share that person's week.

use platform::{AccountId, Time};
use territory::{PostKind, Snapshot};

/// A grid's worker at a moment.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Worker {
    pub account: AccountId,
    /// Published with the post.
    pub name: String,
    pub phone: Option<String>,
    /// How many grids they serve as a worker.
    pub grids: i64,
}

/// Who serves a grid: its worker, or the stand-in while that one is away; none while the post is vacant.
pub fn worker_of(places: &Snapshot, grid: &str, at: Time) -> Option<Worker> {
    let post = places.worker_post(grid)?;
    let holding = places.who_serves(post.id, at)?;
    let held = places.posts_held(holding.account, at);
    let grids = held.iter().filter(|held| held.serves && held.post.kind == PostKind::GridWorker).count();
    Some(Worker {
        account: holding.account,
        name: holding.name.clone(),
        phone: holding.phone.clone().or_else(|| post.phone.clone()),
        grids: grids as i64,
    })
}
