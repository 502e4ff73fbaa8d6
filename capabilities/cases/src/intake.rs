//! The door for reports: limits per source, what waits for a person to look, photos kept between two steps.

use crate::codes;
use crate::commands::Held;
use crate::error::CaseError;
use crate::photos::{self, StoredPhoto};
use crate::rules::Rules;
use ::store::{Conn, Tx};
use axum::extract::DefaultBodyLimit;
use edge::{Edge, Quota, Rates};
use platform::limits::FORM_BODY_BYTES_MAX;
use platform::{Actor, ActorKind, Problem, Words};
use std::sync::Arc;
use std::time::Duration;

/// Reports of one source that go straight on; more wait for a person to look.
const FREE: Quota = Quota { name: "cases.report", burst: 6, every: Duration::from_secs(10 * 60) };
/// Reports of one source that are taken at all.
const TAKEN: Quota = Quota { name: "cases.report_taken", burst: 40, every: Duration::from_secs(90) };
/// Uploads of photos by one source.
const UPLOADS: Quota = Quota { name: "cases.photos", burst: 30, every: Duration::from_secs(20) };
/// Guesses of a follow code by one source, and on one case by anybody.
const GUESSES: Quota = Quota { name: "cases.code_of_source", burst: 8, every: Duration::from_secs(60) };
const GUESSES_ON_CASE: Quota =
    Quota { name: "cases.code_of_case", burst: 20, every: Duration::from_secs(5 * 60) };

/// A report with its photos is larger than other bodies.
pub(crate) fn form_limit() -> DefaultBodyLimit {
    DefaultBodyLimit::max(usize::try_from(FORM_BODY_BYTES_MAX).unwrap_or(usize::MAX))
}

/// Counts a report of this source: free, held for a person, or refused for now.
pub(crate) fn watch(edge: &Edge, actor: &Actor, words: &str) -> Result<Option<Held>, Problem> {
    if matches!(actor.kind, ActorKind::Staff | ActorKind::System | ActorKind::Service) {
        return Ok(None);
    }
    let (rates, now) = (edge.fixture::<Rates>(), edge.now());
    rates.check(TAKEN, &actor.source, now)?;
    if rates.take(FREE, &actor.source, now).is_err() {
        return Ok(Some(Held::TooMany));
    }
    Ok(looks_like_spam(words).then_some(Held::LooksLikeSpam))
}

pub(crate) fn watch_photos(edge: &Edge, actor: &Actor) -> Result<(), Problem> {
    edge.fixture::<Rates>().check(UPLOADS, &actor.source, edge.now())
}

/// Counts a guess at a follow code.
pub(crate) fn watch_code(edge: &Edge, actor: &Actor, number: &str) -> Result<(), Problem> {
    let (rates, now) = (edge.fixture::<Rates>(), edge.now());
    rates.check(GUESSES, &actor.source, now)?;
    rates.check(GUESSES_ON_CASE, number, now)
}

/// Advertising has links; a report of a pothole has none. Two are enough to let a person look first.
fn looks_like_spam(words: &str) -> bool {
    let lower = words.to_lowercase();
    ["http://", "https://", "www.", "加微信", "加vx"].iter().map(|m| lower.matches(m).count()).sum::<usize>()
        >= 2
}

/// The district's secret, made on first use in a write of its own: only what is committed is kept in memory.
pub(crate) async fn secret(edge: &Edge, actor: &Actor) -> Result<Arc<[u8]>, Problem> {
    let (rules, district) = (edge.fixture::<Rules>(), actor.district);
    let found = edge
        .db
        .read(async move |conn: &mut Conn| codes::find_secret(conn, &rules, district).await)
        .await
        .map_err(|f| Problem::from(CaseError::Fault(f)))?;
    match found {
        Some(secret) => Ok(secret),
        None => edge
            .db
            .write(actor, async |tx: &mut Tx| codes::secret(tx).await)
            .await
            .map_err(|f| Problem::from(CaseError::Fault(f))),
    }
}

/// The token by which a form sent again finds the photos it brought the first time.
pub(crate) async fn pack_photos(edge: &Edge, actor: &Actor, kept: &[StoredPhoto]) -> Result<String, Problem> {
    Ok(photos::pack(&secret(edge, actor).await?, kept, edge.now()))
}

pub(crate) async fn kept_photos(
    edge: &Edge,
    actor: &Actor,
    token: &str,
) -> Result<Vec<StoredPhoto>, Problem> {
    photos::unpack(&secret(edge, actor).await?, token, edge.now()).ok_or_else(|| {
        Problem::invalid(
            "cases.photos_gone",
            "photos",
            Words::of("照片已过期，请重新选择照片。", "The photos have expired. Please choose them again."),
        )
    })
}
