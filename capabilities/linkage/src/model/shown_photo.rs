//! Photos of a case as a partner is shown them: how they go along, and for how long a link holds.

use super::partner::{Partner, Rung};
use ::store::row;
use cases::{CaseId, PhotoId};
use courier::EndpointId;
use platform::{OrganisationId, Time, id};
use std::time::Duration;

id!(
    /// A photo as one partner is shown it, by one of its ways.
    ShownPhotoId, "shown_photo"
);

/// Days a link to a photo holds, as the link of a mail does; written for Mulin: a repair seldom takes longer, and the next message about the
/// case brings a new one.
pub const SHOWN_DAYS_MAX: u64 = 30;
pub const SHOWN_KEPT: Duration = Duration::from_secs(SHOWN_DAYS_MAX * 24 * 3600);

row! {
    /// One as stored.
    #[derive(Clone, Debug)]
    pub struct ShownPhoto {
        pub id: ShownPhotoId,
        pub organisation_id: OrganisationId,
        pub endpoint_id: EndpointId,
        pub turn: i64,
        pub case_id: CaseId,
        pub photo_id: PhotoId,
        pub added_at: Time,
        pub until: Time,
        pub looked_at: Option<Time>,
    }
}

impl ShownPhoto {
    /// Whether its link still is good for this partner: within its time, by the same way, and before no exchange of a secret.
    pub fn holds_for(&self, partner: &Partner, now: Time) -> bool {
        self.organisation_id == partner.organisation_id
            && partner.endpoint_id == Some(self.endpoint_id)
            && partner.links_turn == self.turn
            && now < self.until
    }
}

/// Photos one message of a rung can name.
pub fn photos_at_once(rung: Rung) -> usize {
    match rung {
        // GeoReport v2: one `media_url`.
        Rung::Open311 => 1,
        Rung::Console | Rung::Webhook | Rung::Mail => usize::MAX,
    }
}

/// Whether a photo that came alone is told in a message of its own.
pub fn is_told_alone(partner: &Partner) -> bool {
    match partner.rung {
        Rung::Open311 => partner.settings.0.updates,
        Rung::Webhook => true,
        // Nine photos that come one by one are not nine mails: they are on the page.
        Rung::Mail | Rung::Console => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ::store::Json;
    use uuid::Uuid;

    const START: Time = Time::from_micros(1_000_000);

    fn partner() -> Partner {
        Partner {
            organisation_id: OrganisationId(Uuid::from_u128(1)),
            rung: Rung::Webhook,
            endpoint_id: Some(EndpointId(Uuid::from_u128(2))),
            states: "mulin".to_owned(),
            settings: Json::default(),
            secret: None,
            former_secret: None,
            former_until: None,
            changed_at: START,
            version: 3,
            links_turn: 4,
        }
    }

    fn shown() -> ShownPhoto {
        ShownPhoto {
            id: ShownPhotoId(Uuid::from_u128(5)),
            organisation_id: OrganisationId(Uuid::from_u128(1)),
            endpoint_id: EndpointId(Uuid::from_u128(2)),
            turn: 4,
            case_id: CaseId(Uuid::from_u128(6)),
            photo_id: PhotoId(Uuid::from_u128(7)),
            added_at: START,
            until: START.after(SHOWN_KEPT),
            looked_at: None,
        }
    }

    #[test]
    fn a_link_holds_for_its_partner_its_way_its_turn_and_its_time() {
        let last = START.after(SHOWN_KEPT - Duration::from_micros(1));
        assert!(shown().holds_for(&partner(), START) && shown().holds_for(&partner(), last));
        assert!(!shown().holds_for(&partner(), START.after(SHOWN_KEPT)), "its time is over");
        let other = OrganisationId(Uuid::from_u128(9));
        for changed in [
            Partner { organisation_id: other, ..partner() },
            Partner { endpoint_id: None, ..partner() },
            Partner { endpoint_id: Some(EndpointId(Uuid::from_u128(9))), ..partner() },
            Partner { links_turn: 5, ..partner() },
        ] {
            assert!(!shown().holds_for(&changed, START), "{changed:?}");
        }
    }
}
