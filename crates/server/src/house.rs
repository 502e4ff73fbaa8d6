//! The house, opened: settings become a database, the prepared capabilities, and all routes.

use crate::capabilities::LIST;
use crate::failure::Outcome;
use crate::settings::Settings;
use crate::{api_page, assets, health, metering, openapi};
use axum::Router;
use axum::http::HeaderValue;
use axum::response::Response;
use edge::Edge;
use store::{Db, Options};

/// Who else may have the SQLite file open.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Alone {
    /// A server: a second one is refused.
    Yes,
    /// A command beside a running server.
    No,
}

/// Opens the database, without migrating it.
pub async fn open_db(settings: &Settings, alone: Alone) -> Outcome<Db> {
    open_db_at(settings, alone, platform::Clock::System).await
}

/// As [`open_db`], with a clock of one's own (the demo lives through a year in a minute).
pub async fn open_db_at(settings: &Settings, alone: Alone, clock: platform::Clock) -> Outcome<Db> {
    let options = Options {
        workload: edge::workload(LIST),
        exclusive: alone == Alone::Yes,
        clock,
        ..Options::new(settings.target()?)
    };
    Ok(Db::open(options).await?)
}

/// Opens, migrates and prepares everything.
pub async fn open(settings: &Settings, alone: Alone) -> Outcome<Edge> {
    let db = open_db(settings, alone).await?;
    prepare(&db, settings).await
}

/// Migrates the database and prepares every capability.
pub async fn prepare(db: &Db, settings: &Settings) -> Outcome<Edge> {
    let edge = edge::prepare(db, LIST, settings.edge(), Some(assets::names()?)).await?;
    identity::check_house(&edge, LIST)?;
    Ok(edge)
}

/// Every route of the server: the capabilities', the web's files, the description, health and metrics.
pub fn router(edge: &Edge) -> Outcome<Router> {
    let (routes, document) = edge::router(edge, LIST);
    let document = openapi::complete(document);
    let own = Router::new()
        .merge(health::routes())
        .merge(api_page::routes(&document)?)
        .with_state(edge.clone())
        .merge(assets::routes())
        .layer(axum::middleware::map_response(secure));
    Ok(routes.merge(own).layer(axum::middleware::from_fn(metering::measure)))
}

/// The edge's headers, for the routes that do not pass its guard.
async fn secure(mut response: Response) -> Response {
    for (name, value) in edge::SECURITY_HEADERS {
        response.headers_mut().entry(name).or_insert(HeaderValue::from_static(value));
    }
    response
}
