//! A person with where they live and what services need to know of them: one page, one look.

use super::records::LookQuery;
use super::{staff, viewer};
use crate::access::VIEW;
use crate::catalogue::FACTS_PART;
use crate::error::RegistryError;
use crate::model::{Kind, RecordId};
use crate::view::RecordView;
use crate::{looks, queries, store};
use ::store::Tx;
use axum::Json;
use axum::extract::State;
use edge::{Edge, PathOf, QueryOf, Who};
use platform::Problem;
use serde::Serialize;
use utoipa::ToSchema;

/// A person and what belongs to them.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct PersonPageView {
    pub person: RecordView,
    /// Where they live now.
    pub residences: Vec<ResidenceView>,
    /// Nothing unless the look opens `facts`: not even how many there are. Of these, what the catalogue lets the reader be told.
    pub facts: Option<Vec<RecordView>>,
}

/// A home somebody lives in.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ResidenceView {
    pub residence: RecordView,
    /// The home's address in full.
    #[schema(value_type = crate::view::Told)]
    pub address: String,
}

/// 一个人：登记、住处、服务事实。A person with their homes and, for a purpose that opens them, their service facts.
#[utoipa::path(get, path = "/api/registry/people/{id}", tag = "registry", params(("id" = RecordId, Path), LookQuery),
    responses((status = 200, body = PersonPageView), (status = 401, body = Problem), (status = 403, body = Problem),
        (status = 404, body = Problem), (status = 422, body = Problem), (status = 429, body = Problem)))]
pub async fn show_person(
    State(edge): State<Edge>,
    who: Who,
    PathOf(id): PathOf<RecordId>,
    QueryOf(query): QueryOf<LookQuery>,
) -> Result<Json<PersonPageView>, Problem> {
    let actor = staff(&who, &VIEW)?;
    looks::slow_down(&edge, actor).await?;
    let (wish, viewer) = (query.wish(id)?, viewer(&edge, actor));
    let shows_facts = wish.parts.contains(FACTS_PART);
    let view = edge.db.write(actor, async move |tx: &mut Tx| {
        let (person, look) = looks::look(tx, &wish).await?;
        if person.kind != Kind::Person {
            return Err(RegistryError::NotFound);
        }
        let below = queries::of_person(tx, person.id).await?;
        let mut residences = Vec::new();
        for record in below.iter().filter(|record| record.kind == Kind::Residence) {
            let Some(home) = record.content.links.dwelling else { continue };
            let address = store::load(tx, home).await?.map(|home| home.content.label).unwrap_or_default();
            residences.push(ResidenceView { residence: viewer.record(record, None), address });
        }
        let facts = below.iter().filter(|record| look.shows_fact(record));
        Ok::<_, RegistryError>(PersonPageView {
            residences,
            facts: shows_facts.then(|| facts.map(|fact| viewer.record(fact, Some(&look))).collect()),
            person: viewer.record(&person, Some(&look)),
        })
    });
    Ok(Json(view.await?))
}
