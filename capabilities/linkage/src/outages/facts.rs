//! What outages tell the rest of the house: ids, codes and counts, never words and never who lives where.

use crate::model::outage::{Outage, OutageId};
use crate::outages::concern::Concern;
use ::store::Fact;
use platform::OrganisationId;
use serde_json::{Value, json};
use uuid::Uuid;

pub(crate) const DRAFTED: &str = "linkage.outage_drafted";
/// A draft was written anew; nobody had been told.
pub(crate) const REDRAFTED: &str = "linkage.outage_redrafted";
pub(crate) const PUBLISHED: &str = "linkage.outage_published";
/// What everybody had been told is otherwise now.
pub(crate) const CHANGED: &str = "linkage.outage_changed";
pub(crate) const ENDED: &str = "linkage.outage_ended";
pub(crate) const WITHDRAWN: &str = "linkage.outage_withdrawn";
/// An operator counted the homes of some ground.
pub(crate) const PREVIEWED: &str = "linkage.outage_previewed";
/// A report was answered with an outage.
pub(crate) const ANSWERED: &str = "linkage.outage_answered";

/// Something about an outage; the name says what.
pub(crate) struct OutageFact {
    name: &'static str,
    subject: Uuid,
    area_path: Option<String>,
    unit: Option<OrganisationId>,
    data: Value,
}

impl OutageFact {
    /// A step of an outage.
    pub fn step(name: &'static str, one: &Outage) -> Self {
        let data = json!({
            "service": one.content.service,
            "state": one.state,
            "version": one.version,
            "sudden": one.content.sudden,
            "from": one.content.from,
            "to": one.content.to,
            "buildings": one.buildings,
            "homes": one.homes,
        });
        Self::about(name, one, data)
    }

    pub fn about(name: &'static str, one: &Outage, data: Value) -> Self {
        let area_path = Some(one.area_path.clone());
        Self { name, subject: one.id.0, area_path, unit: Some(one.unit), data }
    }

    /// Of ground nothing was announced for yet.
    pub fn previewed(concern: &Concern) -> Self {
        let data = json!({ "buildings": concern.served.len(), "homes": concern.homes });
        let area_path = Some(concern.area_path.clone());
        Self { name: PREVIEWED, subject: Uuid::nil(), area_path, unit: None, data }
    }
}

impl Fact for OutageFact {
    fn name(&self) -> &'static str {
        self.name
    }
    fn subject(&self) -> (&'static str, Uuid) {
        (OutageId::NOUN, self.subject)
    }
    fn area_path(&self) -> Option<&str> {
        self.area_path.as_deref()
    }
    fn unit(&self) -> Option<OrganisationId> {
        self.unit
    }
    fn data(&self) -> Value {
        self.data.clone()
    }
}
