//! Routes that are there in a sandbox alone.

use crate::{Edge, Who};
use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use platform::{Problem, Sandbox};

/// The sandbox a request is about. In a real district there is no such address.
#[derive(Clone, Copy, Debug)]
pub struct InSandbox(pub Sandbox);

impl FromRequestParts<Edge> for InSandbox {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, edge: &Edge) -> Result<Self, Problem> {
        let Who(actor) = Who::from_request_parts(parts, edge).await?;
        Sandbox::of(actor.district).map(Self).ok_or_else(Problem::not_found)
    }
}
