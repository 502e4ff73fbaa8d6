//! What the server counts and measures, in the words of Prometheus. Nothing about a person: routes are templates.

use axum::extract::{MatchedPath, Request};
use axum::middleware::Next;
use axum::response::Response;
use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle};
use platform::{Problem, Time};
use std::sync::OnceLock;
use std::time::Instant;
use store::Backlog;

/// Seconds; the targets lie at 10 ms (lists) and 60 ms (a new case).
const SECONDS: &[f64] = &[0.001, 0.0025, 0.005, 0.01, 0.025, 0.06, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0];
/// Writes that shared one commit.
const WRITES: &[f64] = &[1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 64.0, 128.0, 256.0];

static RECORDER: OnceLock<Option<PrometheusHandle>> = OnceLock::new();

/// Starts to count. Before this, and where it fails, nothing is counted and nothing breaks.
pub(crate) fn start() {
    RECORDER.get_or_init(|| {
        PrometheusBuilder::new()
            .set_buckets_for_metric(Matcher::Suffix("_seconds".to_owned()), SECONDS)
            .and_then(|b| b.set_buckets_for_metric(Matcher::Suffix("_writes".to_owned()), WRITES))
            .and_then(PrometheusBuilder::install_recorder)
            .inspect_err(|e| tracing::error!("Nothing will be measured: {e}"))
            .ok()
    });
}

fn recorder() -> Option<&'static PrometheusHandle> {
    RECORDER.get().and_then(Option::as_ref)
}

/// Everything measured so far, in the exposition format.
pub(crate) fn text() -> String {
    recorder().map(PrometheusHandle::render).unwrap_or_default()
}

/// What waits in the outbox at this scrape; `None` where the database did not say, which is told as "not a number".
pub(crate) fn note_backlog(backlog: Option<Backlog>, now: Time) {
    let rows = backlog.map_or(f64::NAN, |b| b.rows as f64);
    let age = |b: Backlog| b.oldest.map_or(0.0, |at| now.since(at).as_secs_f64());
    metrics::gauge!("store_outbox_rows").set(rows);
    metrics::gauge!("store_outbox_oldest_seconds").set(backlog.map_or(f64::NAN, age));
}

/// Folds the samples in; called now and then so that they do not gather between two scrapes.
pub(crate) fn tidy() {
    if let Some(recorder) = recorder() {
        recorder.run_upkeep();
    }
}

/// Measures one request by its route's template, and counts refusals by their code.
pub(crate) async fn measure(request: Request, next: Next) -> Response {
    let route = match request.extensions().get::<MatchedPath>() {
        Some(path) => std::borrow::Cow::Owned(path.as_str().to_owned()),
        None => "(none)".into(),
    };
    let method = match request.method().as_str() {
        "GET" | "HEAD" => "GET",
        "POST" => "POST",
        "PUT" => "PUT",
        "PATCH" => "PATCH",
        "DELETE" => "DELETE",
        _ => "other",
    };
    let started = Instant::now();
    let response = next.run(request).await;
    let class = match response.status().as_u16() {
        100..=199 => "1xx",
        200..=299 => "2xx",
        300..=399 => "3xx",
        400..=499 => "4xx",
        _ => "5xx",
    };
    let seconds = started.elapsed().as_secs_f64();
    metrics::histogram!("http_request_seconds", "method" => method, "route" => route, "status" => class)
        .record(seconds);
    if let Some(problem) = response.extensions().get::<Problem>() {
        metrics::counter!("http_refusals_total", "code" => problem.code.clone()).increment(1);
    }
    response
}
