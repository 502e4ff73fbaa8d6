//! What every part of the house speaks: ids, time, who acts and how far, refusals, pages of a list, limits.
//!
//! Nothing here does IO, and nothing here knows a civic noun.

mod actor;
mod clock;
mod fault;
mod fixtures;
mod ids;
pub mod limits;
mod page;
mod personal;
mod problem;
mod sandbox;
mod words;

pub use actor::{Actor, ActorKind, Grant, Permission, Scope, Via};
pub use clock::{Clock, DAY, HOUR, MINUTE, Time};
pub use fault::{Fault, FaultKind};
pub use fixtures::Fixtures;
pub use ids::{AccountId, DistrictId, FactId, OrganisationId, PostId};
pub use page::{Cursor, Page};
pub use personal::{Personal, Phone, Purpose};
pub use problem::{Problem, Refusal};
pub use sandbox::Sandbox;
pub use words::{Lang, Words};

#[doc(hidden)]
pub mod hidden {
    //! For the macros of this crate only.
    pub use serde;
    pub use utoipa;
    pub use uuid;

    pub use crate::ids::new_uuid;

    pub fn uuid_schema() -> utoipa::openapi::RefOr<utoipa::openapi::schema::Schema> {
        use utoipa::openapi::schema::{KnownFormat, ObjectBuilder, SchemaFormat, Type};
        ObjectBuilder::new()
            .schema_type(Type::String)
            .format(Some(SchemaFormat::KnownFormat(KnownFormat::Uuid)))
            .into()
    }
}
