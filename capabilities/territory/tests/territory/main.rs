//! Stories of the territory, told through the front door on both engines.

mod areas;
mod demo;
mod files;
mod pages;
mod places;
mod posts;
mod statements;

use axum::http::request::Parts;
use edge::{Authenticate, Capability, Edge};
use platform::{AccountId, Actor, ActorKind, Grant, Problem, Scope};
use serde_json::{Value, json};
use std::pin::Pin;
use std::sync::Arc;
use testkit::{Answer, Caller, Town};

pub const CAPABILITIES: &[&Capability] = &[&territory::CAPABILITY];

/// Runs a story on every engine, with a door that knows `admin`, `street` (of 430204001) and `nobody` by their token.
pub async fn each_town(story: impl AsyncFn(Town)) {
    testkit::each_engine(CAPABILITIES, async |town: Town| {
        Edge::set_authenticate(town.edge.fixtures(), Arc::new(Doorkeeper));
        story(town).await;
    })
    .await;
}

/// Stands for the identity capability, which is above this one: the token says who it is.
struct Doorkeeper;

impl Authenticate for Doorkeeper {
    fn actor<'a>(
        &'a self,
        _edge: &'a Edge,
        parts: &'a Parts,
        asked: Actor,
    ) -> Pin<Box<dyn Future<Output = Result<Option<Actor>, Problem>> + Send + 'a>> {
        let token = parts.headers.get("authorization").and_then(|v| v.to_str().ok());
        let token = token.and_then(|v| v.strip_prefix("Bearer ")).unwrap_or_default();
        let scope = match token {
            "admin" => Some(Scope::District),
            "street" => Some(Scope::Area { path: "430204/430204001".to_owned() }),
            _ => None,
        };
        let names =
            ["territory.view_areas", "territory.edit_areas", "territory.manage_posts", "territory.hand_over"];
        let grants = scope
            .iter()
            .flat_map(|scope| names.map(|name| Grant { permission: name.to_owned(), scope: scope.clone() }))
            .collect();
        let actor = (!token.is_empty()).then(|| Actor {
            kind: ActorKind::Staff,
            account: Some(AccountId(uuid::Uuid::from_u128(7))),
            name: token.into(),
            grants,
            ..asked
        });
        Box::pin(async move { Ok(actor) })
    }
}

pub fn admin(town: &Town) -> Caller {
    town.caller().with_token("admin")
}

/// A square of the ground by its corners in hundredths of a degree from 113.10 E, 27.86 N.
pub fn square(west: f64, south: f64, east: f64, north: f64) -> Value {
    let at = |x: f64, y: f64| json!([113.10 + x / 100.0, 27.86 + y / 100.0]);
    let ring = [at(west, south), at(east, south), at(east, north), at(west, north), at(west, south)];
    json!({ "type": "Polygon", "coordinates": [ring] })
}

pub fn feature(code: &str, name: &str, geometry: Value) -> Value {
    json!({ "type": "Feature", "properties": { "code": code, "name": name }, "geometry": geometry })
}

pub fn collection(features: impl IntoIterator<Item = Value>) -> String {
    json!({ "type": "FeatureCollection", "features": features.into_iter().collect::<Vec<_>>() }).to_string()
}

pub const COMMUNITY: &str = "430204001008";

/// A district of one street, one community of four square grids, and a village without grids in the east.
pub fn town_features() -> Vec<Value> {
    let grid = |n: usize, west: f64, south: f64| {
        let mut grid = feature(
            &format!("{COMMUNITY}J00{n}"),
            &format!("田心第{n}网格"),
            square(west, south, west + 2.0, south + 2.0),
        );
        grid["properties"]["households"] = json!(400 + n);
        grid
    };
    let mut village = feature("430204001201", "九郎山村", square(4.0, 0.0, 6.0, 4.0));
    village["properties"]["level"] = json!("village");
    vec![
        feature("430204", "石峰区（示意）", square(0.0, 0.0, 6.0, 4.0)),
        feature("430204001", "田心街道", square(0.0, 0.0, 6.0, 4.0)),
        feature(COMMUNITY, "田心社区", square(0.0, 0.0, 4.0, 4.0)),
        village,
        grid(1, 0.0, 2.0),
        grid(2, 2.0, 2.0),
        grid(3, 0.0, 0.0),
        grid(4, 2.0, 0.0),
    ]
}

/// Sends a file to `check` or `import`.
pub async fn send_file(caller: &Caller, verb: &str, query: &str, body: impl Into<Vec<u8>>) -> Answer {
    let address = format!("{}/api/territory/areas/{verb}?{query}", caller.url);
    caller.send(caller.client.post(address).body(body.into())).await
}

/// Founds the town's areas through the front door, in force from 2025 on.
pub async fn found_areas(town: &Town) {
    let file = collection(town_features());
    let report = send_file(&admin(town), "import", "crs=WGS-84&from=2025-01-01", file).await.ok();
    assert_eq!(report["imported"]["added"], 8, "{report}");
}

/// Codes of findings, errors first.
pub fn finding_codes(findings: &Value) -> Vec<String> {
    let codes =
        findings.as_array().into_iter().flatten().map(|f| f["code"].as_str().unwrap_or_default().to_owned());
    codes.collect()
}
