//! What the territory records of itself. Facts carry ids, codes and counts, never a person's name or number.

use platform::OrganisationId;
use serde_json::Value;
use store::Fact;
use uuid::Uuid;

/// A change of the territory.
pub(super) struct TerritoryFact<'a> {
    pub name: &'static str,
    pub subject: (&'static str, Uuid),
    pub area_path: Option<&'a str>,
    pub unit: Option<OrganisationId>,
    pub data: Value,
}

impl Fact for TerritoryFact<'_> {
    fn name(&self) -> &'static str {
        self.name
    }
    fn subject(&self) -> (&'static str, Uuid) {
        self.subject
    }
    fn area_path(&self) -> Option<&str> {
        self.area_path
    }
    fn unit(&self) -> Option<OrganisationId> {
        self.unit
    }
    fn data(&self) -> Value {
        self.data.clone()
    }
}
