//! What the partners' room tells the house: ids, codes and counts, never what was said.

use ::store::Fact;
use cases::CaseId;
use platform::OrganisationId;
use serde_json::{Value, json};
use uuid::Uuid;

pub(crate) const PARTNER_SET: &str = "linkage.partner_set";
pub(crate) const PARTNER_PAUSED: &str = "linkage.partner_paused";
pub(crate) const PARTNER_RESUMED: &str = "linkage.partner_resumed";
pub(crate) const PARTNER_TRIED: &str = "linkage.partner_tried";
pub(crate) const SECRET_MADE: &str = "linkage.secret_made";
pub(crate) const SECRETS_RESEALED: &str = "linkage.secrets_resealed";
/// Something was sent that asks for nothing.
pub(crate) const TRIAL_SENT: &str = "linkage.trial_sent";
/// A case went to a partner's system.
pub(crate) const REQUEST_OPENED: &str = "linkage.request_opened";
/// Their system has given it a number.
pub(crate) const REQUEST_KNOWN: &str = "linkage.request_known";
/// It is theirs no more.
pub(crate) const REQUEST_ENDED: &str = "linkage.request_ended";
/// Links to photos of a case were made for a partner.
pub(crate) const PHOTOS_SHOWN: &str = "linkage.photos_shown";
/// The partner looked at a photo for the first time.
pub(crate) const PHOTO_LOOKED_AT: &str = "linkage.photo_looked_at";
/// They said something of a case.
pub(crate) const PARTNER_SAID: &str = "linkage.partner_said";
/// They said something that a person decides.
pub(crate) const QUESTION_ASKED: &str = "linkage.question_asked";
pub(crate) const QUESTION_SETTLED: &str = "linkage.question_settled";
pub(crate) const DELIVERY_DECIDED: &str = "linkage.delivery_decided";

/// A fact of this room.
#[derive(Debug)]
pub(crate) struct PartnerFact {
    name: &'static str,
    partner: OrganisationId,
    case: Option<CaseId>,
    data: Value,
}

impl PartnerFact {
    pub(crate) fn of(name: &'static str, partner: OrganisationId, data: Value) -> Self {
        Self { name, partner, case: None, data }
    }

    pub(crate) fn of_case(
        name: &'static str,
        partner: OrganisationId,
        case: CaseId,
        mut data: Value,
    ) -> Self {
        data["partner"] = json!(partner);
        Self { name, partner, case: Some(case), data }
    }
}

impl Fact for PartnerFact {
    fn name(&self) -> &'static str {
        self.name
    }
    fn subject(&self) -> (&'static str, Uuid) {
        match self.case {
            Some(case) => (CaseId::NOUN, case.0),
            None => (OrganisationId::NOUN, self.partner.0),
        }
    }
    fn unit(&self) -> Option<OrganisationId> {
        Some(self.partner)
    }
    fn data(&self) -> Value {
        self.data.clone()
    }
}
