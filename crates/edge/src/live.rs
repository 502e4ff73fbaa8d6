//! Live facts by server-sent events: those the viewer may see, with what was missed first.

use crate::Edge;
use axum::http::HeaderMap;
use axum::response::sse::{Event, KeepAlive, Sse};
use futures_util::{Stream, StreamExt};
use platform::{DistrictId, FactId, Fault};
use std::collections::HashSet;
use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;
use store::{Conn, FactRow};
use tokio_stream::wrappers::BroadcastStream;

/// Facts given again after a break; a longer one is answered with `reload`.
const CATCH_UP_FACTS_MAX: i64 = 1000;
const KEEP_ALIVE: Duration = Duration::from_secs(15);
/// A stream ends after this; the browser comes back at once, and who it is and what it may see is looked at anew.
const STREAM_TIME_MAX: Duration = Duration::from_secs(10 * 60);
/// How much later than another a fact may be committed whose id is the smaller one: PostgreSQL writes side by side.
const LATE_COMMIT_MAX: Duration = Duration::from_secs(5);

/// What a viewer is sent of a fact.
pub trait Live: Send + Sync + 'static {
    /// The event's JSON, or nothing where the viewer may not see it or the screen does not care.
    fn show(&self, fact: &FactRow) -> Option<serde_json::Value>;
}

/// Streams facts of a district to one viewer. `Last-Event-ID` resumes after a break; facts of the moments around the
/// break may come twice, under the same id.
pub async fn follow(
    edge: &Edge,
    district: DistrictId,
    headers: &HeaderMap,
    live: Arc<dyn Live>,
) -> Result<Sse<impl Stream<Item = Result<Event, Infallible>> + Send + use<>>, Fault> {
    // Subscribed before the past is read: a fact may come twice, but none is missed.
    let present = BroadcastStream::new(edge.db.facts().subscribe());
    let last: Option<FactId> =
        headers.get("last-event-id").and_then(|v| v.to_str().ok()).and_then(|v| v.parse().ok());
    let missed = match last {
        Some(last) => facts_since(edge, district, last).await?,
        None => Vec::new(),
    };
    let too_long = missed.len() as i64 >= CATCH_UP_FACTS_MAX;
    let given: HashSet<FactId> = missed.iter().map(|fact| fact.id).collect();
    let past_view = live.clone();
    let past = futures_util::stream::iter(if too_long { Vec::new() } else { missed })
        .filter_map(move |fact| std::future::ready(event(&*past_view, &fact)));
    let present = present.filter_map(move |received| {
        std::future::ready(match received {
            Ok(fact) if fact.district == district && !given.contains(&fact.id) => event(&*live, &fact),
            Ok(_) => None,
            // The screen read too slowly: it must load its list anew.
            Err(_) => Some(reload()),
        })
    });
    // The line opens with a word: a proxy passes on nothing before there is something to pass on.
    let first = futures_util::stream::iter([Some(beat()), too_long.then(reload)].into_iter().flatten());
    let events =
        first.chain(past).chain(present).map(Ok).take_until(Box::pin(tokio::time::sleep(STREAM_TIME_MAX)));
    Ok(Sse::new(events).keep_alive(KeepAlive::new().interval(KEEP_ALIVE).event(beat())))
}

/// A sign of life. An event and not a comment: a page hears it, and so knows a line that was cut without a word.
fn beat() -> Event {
    Event::default().event("beat").data("{}")
}

async fn facts_since(edge: &Edge, district: DistrictId, last: FactId) -> Result<Vec<FactRow>, Fault> {
    let from = last.earlier_by(LATE_COMMIT_MAX);
    let read = async move |conn: &mut Conn| FactRow::after(conn, district, from, CATCH_UP_FACTS_MAX).await;
    let facts = edge.db.read(read).await?;
    Ok(facts.into_iter().filter(|fact| fact.id != last).collect())
}

fn event(live: &dyn Live, fact: &FactRow) -> Option<Event> {
    let shown = live.show(fact)?;
    Event::default().id(fact.id.to_string()).event(fact.name.clone()).json_data(shown).ok()
}

fn reload() -> Event {
    Event::default().event("reload").data("{}")
}
