//! The discovery document: where the service is, in which formats, and whom to ask.

use super::answer::Answer;
use super::call::Call;
use super::period::w3c;
use edge::Edge;
use platform::{Problem, Time};
use serde::Serialize;

/// When the interface last changed: 2026-11-21, its first edition.
const CHANGED_AT: Time = Time::from_micros(1_795_219_200_000_000);
const SPECIFICATION: &str = "http://wiki.open311.org/GeoReport_v2";

#[derive(Serialize)]
struct Discovery {
    changeset: String,
    contact: String,
    key_service: String,
    endpoints: [Endpoint; 1],
}

#[derive(Serialize)]
struct Endpoint {
    specification: &'static str,
    url: String,
    changeset: String,
    #[serde(rename = "type")]
    kind: &'static str,
    formats: [&'static str; 2],
}

pub async fn discover(edge: Edge, call: Call) -> Result<Answer, Problem> {
    let (origin, district) = (call.origin(&edge), &call.district);
    let hotline = district.setting("hotline").unwrap_or("12345");
    let name = district.words();
    let document = Discovery {
        changeset: w3c(CHANGED_AT),
        contact: format!("{} {hotline}", name.get(call.actor.lang)),
        key_service: format!("{} {hotline}", name.get(call.actor.lang)),
        endpoints: [Endpoint {
            specification: SPECIFICATION,
            url: format!("{origin}/open311/v2"),
            changeset: w3c(CHANGED_AT),
            kind: if edge.settings().demo { "test" } else { "production" },
            formats: ["text/xml", "application/json"],
        }],
    };
    Answer::new("discovery", &document).map_err(|f| Problem::from(&f))
}
