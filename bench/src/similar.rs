//! Earlier cases of the same matter, among 60,000 of ninety days: over HTTP, one question after the other; beside the bare answer of the
//! same server.

use crate::http::{Connection, request};
use crate::load::{self, Outcome};
use crate::measure::{Scale, say};
use crate::rest::come_to_rest;
use crate::server::{Engine, Server};
use crate::table::Line;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

/// Cases of a year that leave 60,000 in the last ninety days.
const CASES: usize = 243_000;
const MS_MAX: f64 = 30.0;

/// Seeds a district of its own, and asks about its newest hundred cases in turn.
pub async fn run(engine: Engine, scale: Scale, folder: &Path, lines: &mut Vec<Line>) -> Result<(), String> {
    let name = engine.name();
    let cases = scale.cases.min(CASES);
    let mut server = Server::new(&folder.join(format!("{name}-similar")), engine);
    eprintln!("{name}: {cases} cases of a year, for similar ones");
    server.seed(cases).await?;
    server.start().await?;
    let bearer = format!("Bearer {}", server.sign_in("dispatcher").await?);
    let headers = [("authorization", bearer.as_str())];
    let newest = server.ask(&request("GET", "/api/cases?queue=all&limit=100", &headers, "")).await?;
    let ids = newest["items"].as_array().into_iter().flatten().filter_map(|case| case["id"].as_str());
    let questions: Vec<Vec<u8>> =
        ids.map(|id| request("GET", &format!("/api/cases/{id}/similar"), &headers, "")).collect();
    let first = questions.first().ok_or("the district has no cases")?;
    // The first question after a start reads the window.
    server.ask(first).await?;
    come_to_rest().await;
    let asked = one_by_one(&server, questions, scale.time).await;
    say(name, "similar cases", &asked);
    let bare = one_by_one(&server, vec![request("GET", "/healthz", &[], "")], scale.time / 2).await;
    let (p50, p99) = (asked.ms(0.5), asked.ms(0.99));
    let what = format!("earlier cases like one, {cases} cases of a year, one connection, p50 / p99");
    let measured = format!("{p50:.1} / {p99:.1} ms");
    let raw = format!(
        "{:.1} / {:.1} ms for a bare answer of the same server, {:.0} %",
        bare.ms(0.5),
        bare.ms(0.99),
        bare.ms(0.99) / p99 * 100.0
    );
    let holds = p99 <= MS_MAX && asked.failed == 0;
    lines.push(Line::new(name, &what, &format!("p99 ≤ {MS_MAX:.0} ms"), measured, holds).raw(raw));
    server.stop();
    Ok(())
}

async fn one_by_one(server: &Server, questions: Vec<Vec<u8>>, time: Duration) -> Outcome {
    let (questions, turn) = (Arc::new(questions), Arc::new(AtomicUsize::new(0)));
    load::run(&server.address, 1, time, move |mut connection: Connection, _| {
        let (questions, turn) = (questions.clone(), turn.clone());
        async move {
            let at = turn.fetch_add(1, Ordering::Relaxed) % questions.len();
            let ended = connection.ask(&questions[at]).await.map(drop);
            (connection, ended)
        }
    })
    .await
}
