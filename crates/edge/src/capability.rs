//! The descriptor of a capability, and the house made from a list of them.

use crate::{Assets, Districts, Edge, Rates, Settings, faces, guard};
use axum::Router;
use platform::{Fault, Permission, Words};
use std::pin::Pin;
use std::sync::Arc;
use store::{Db, Migrations, Reaction, Timer, Workload};
use utoipa_axum::router::OpenApiRouter;

/// What a capability's [`Capability::prepare`] gives back.
pub type Preparation<'a> = Pin<Box<dyn Future<Output = Result<(), Fault>> + Send + 'a>>;

/// A vertical slice of the house. The server, the coverage tests, OpenAPI and the permissions screen read the list of these.
#[derive(Clone)]
pub struct Capability {
    /// The folder's name.
    pub name: &'static str,
    pub words: Words,
    pub migrations: Migrations,
    pub permissions: &'static [&'static Permission],
    /// JSON routes with their OpenAPI, paths from `/api/…` on.
    pub api: fn() -> OpenApiRouter<Edge>,
    /// HTML pages and other routes outside the OpenAPI document.
    pub pages: fn() -> Router<Edge>,
    pub reactions: &'static [Reaction],
    pub timers: &'static [Timer],
    /// Loads catalogues and indexes onto the shelf, after the migrations and before the first request.
    pub prepare: for<'a> fn(&'a Db) -> Preparation<'a>,
}

impl std::fmt::Debug for Capability {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name)
    }
}

/// The background work of all capabilities, for [`store::Options`].
pub fn workload(capabilities: &[&Capability]) -> Workload {
    Workload::new(
        capabilities.iter().flat_map(|c| c.reactions).copied(),
        capabilities.iter().flat_map(|c| c.timers).copied(),
    )
}

/// Migrates the database and prepares every capability, in the order of the list.
pub async fn prepare(
    db: &Db,
    capabilities: &[&Capability],
    settings: Settings,
    assets: Option<Assets>,
) -> Result<Edge, Fault> {
    let migrations: Vec<Migrations> =
        std::iter::once(store::MIGRATIONS).chain(capabilities.iter().map(|c| c.migrations)).collect();
    for name in db.migrate(&migrations).await? {
        tracing::info!(migration = name, "Migration {name} applied");
    }
    seal::prepare(db, &settings.seal()).await?;
    let fixtures = db.fixtures();
    fixtures.put(Arc::new(Rates::new(settings.unlimited)));
    fixtures.put(Arc::new(crate::KeyUses::default()));
    fixtures.put(Arc::new(settings));
    fixtures.put(Arc::new(assets.unwrap_or_default()));
    Districts::load(db).await?;
    for capability in capabilities {
        (capability.prepare)(db)
            .await
            .map_err(|f| f.context(format_args!("preparing {}", capability.name)))?;
    }
    Ok(Edge::new(db.clone()))
}

/// All routes of the house with their OpenAPI document.
pub fn router(edge: &Edge, capabilities: &[&Capability]) -> (Router, utoipa::openapi::OpenApi) {
    let mut api = OpenApiRouter::<Edge>::new();
    let mut pages = faces::routes();
    for capability in capabilities {
        api = api.merge((capability.api)());
        pages = pages.merge((capability.pages)());
    }
    let (api, document) = api.split_for_parts();
    let routes = guard::api(api, edge).merge(guard::pages(pages, edge));
    (guard::all(routes, edge).with_state(edge.clone()), document)
}
