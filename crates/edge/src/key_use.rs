//! Which routes were called with which key: counted in memory, taken now and then by whoever writes it down.

use axum::extract::{MatchedPath, Request, State};
use axum::middleware::Next;
use axum::response::Response;
use parking_lot::Mutex;
use platform::{DistrictId, Time};
use std::cell::Cell;
use std::collections::HashMap;
use uuid::Uuid;

/// Counts that wait to be written down; past that new ones are dropped, and the calls are answered all the same.
const COUNTS_MAX: usize = 50_000;

tokio::task_local! {
    /// The key by which the request under way came in.
    static USED: Cell<Option<(DistrictId, Uuid)>>;
}

/// What is counted apart.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct KeyRoute {
    pub district: DistrictId,
    pub key: Uuid,
    /// `GET /api/cases/{id}`: the route's template, never what stood in it.
    pub route: String,
}

/// Calls of one key on one route.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct KeyCalls {
    pub calls: i64,
    /// Answered with 400 to 499.
    pub refused: i64,
    /// Answered with 500 and more.
    pub failed: i64,
    pub last_at: Time,
}

/// Counts of this process, on the shelf.
#[derive(Debug, Default)]
pub struct KeyUses(Mutex<HashMap<KeyRoute, KeyCalls>>);

impl KeyUses {
    /// Says, while a request is answered, by which key it came in.
    pub fn note(district: DistrictId, key: Uuid) {
        // Outside of a request (a command, a test) nobody counts.
        let _ = USED.try_with(|used| used.set(Some((district, key))));
    }

    fn count(&self, route: KeyRoute, status: u16, now: Time) {
        let mut all = self.0.lock();
        if all.len() >= COUNTS_MAX && !all.contains_key(&route) {
            return;
        }
        let one = all.entry(route).or_insert(KeyCalls { calls: 0, refused: 0, failed: 0, last_at: now });
        one.calls += 1;
        one.refused += i64::from((400..500).contains(&status));
        one.failed += i64::from(status >= 500);
        one.last_at = one.last_at.max(now);
    }

    /// Everything counted since it was last taken.
    pub fn take(&self) -> Vec<(KeyRoute, KeyCalls)> {
        self.0.lock().drain().collect()
    }

    /// Puts back what could not be written down.
    pub fn put_back(&self, counts: Vec<(KeyRoute, KeyCalls)>) {
        let mut all = self.0.lock();
        for (route, more) in counts {
            let one = all.entry(route).or_insert(KeyCalls { calls: 0, refused: 0, failed: 0, ..more });
            one.calls += more.calls;
            one.refused += more.refused;
            one.failed += more.failed;
            one.last_at = one.last_at.max(more.last_at);
        }
    }
}

/// Counts a request that came in by a key, once it is answered.
pub(crate) async fn count(State(edge): State<crate::Edge>, request: Request, next: Next) -> Response {
    let path = request.extensions().get::<MatchedPath>().cloned();
    let method = request.method().clone();
    let answered = async {
        let response = next.run(request).await;
        (response, USED.with(Cell::get))
    };
    let (response, used) = USED.scope(Cell::new(None), answered).await;
    if let (Some((district, key)), Some(path)) = (used, path) {
        let route = KeyRoute { district, key, route: format!("{method} {}", path.as_str()) };
        edge.fixture::<KeyUses>().count(route, response.status().as_u16(), edge.now());
    }
    response
}
