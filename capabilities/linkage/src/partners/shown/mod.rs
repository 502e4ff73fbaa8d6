//! Photos of a case for the partner that has it 给看的照片: each by a link that is signed for that partner and that photo alone.
//!
//! [`of_case`] says which photos a partner sees, [`link`] makes their links, [`leaving`] writes addresses into what is sent as it leaves, [`page`]
//! answers them. A link holds for some days, while the case is the partner's, by the way and secret it was made for.

mod leaving;
mod page;
mod webhook;

pub(crate) use leaving::{ShownAddress, add_addresses, path};
pub(crate) use page::pages;
pub(crate) use webhook::PartnerWebhookSender;

use super::facts::{PHOTOS_SHOWN, PartnerFact};
use super::forward::{is_their_own, organisation_name_in, organisation_of};
use crate::model::partner::{Partner, Rung};
use crate::model::shown_photo::{SHOWN_KEPT, ShownPhoto, ShownPhotoId};
use crate::store::{partners, shown_photos as rows};
use ::store::{Conn, Tx};
use cases::linked::is_between_offices;
use cases::{Case, CaseId, EntryId, EntryRow, PhotoRow};
use platform::{ActorKind, DistrictId, Fault, Time};
use serde_json::json;
use territory::Snapshot;

/// A photo that a partner sees.
#[derive(Clone, Debug)]
pub(crate) struct Showable {
    photo: PhotoRow,
    /// Its link, where one holds.
    link: Option<ShownPhotoId>,
}

impl Showable {
    pub(crate) fn is_new(&self) -> bool {
        self.link.is_none()
    }

    pub(crate) fn is_of(&self, entry: EntryId) -> bool {
        self.photo.entry_id == entry
    }
}

/// The photos of a case that a partner sees, as its people would at the console: but for those it sent itself, and for what offices have
/// among themselves. None where a server is to fetch them and nobody has said where this house is reached.
pub(crate) async fn of_case(tx: &mut Tx, case: &Case, partner: &Partner) -> Result<Vec<Showable>, Fault> {
    let (district, now) = (tx.district(), tx.now());
    let Some(endpoint) = partner.endpoint_id else { return Ok(Vec::new()) };
    let photos = cases::linked::photos(tx, district, case.id).await?;
    if photos.is_empty() || (partner.rung == Rung::Open311 && messages::site(tx, district).await?.is_none()) {
        return Ok(Vec::new());
    }
    let places = tx.fixture::<territory::Map>().of(district);
    let history = cases::linked::entries_after(tx, district, case.id, None).await?;
    let shown = rows::of_case(tx, district, case.id, endpoint).await?;
    let link_of = |photo: &PhotoRow| {
        shown.iter().find(|one| one.photo_id == photo.id && one.holds_for(partner, now)).map(|one| one.id)
    };
    let goes = |photo: &PhotoRow| {
        history.iter().any(|entry| entry.id == photo.entry_id && goes_along(&places, entry, partner))
    };
    Ok(photos.into_iter().filter(goes).map(|photo| Showable { link: link_of(&photo), photo }).collect())
}

fn goes_along(places: &Snapshot, entry: &EntryRow, partner: &Partner) -> bool {
    let organisation = partner.organisation_id;
    let is_people = entry.actor_kind == ActorKind::Staff.name()
        && entry
            .post_id
            .and_then(|post| places.post(post))
            .is_some_and(|p| p.organisation == Some(organisation));
    let is_system = is_their_own(entry, &organisation_name_in(places, organisation));
    !is_people && !is_system && !is_between_offices(&entry.action)
}

/// Links to photos: those that hold, and new ones for the others.
pub(crate) async fn link(
    tx: &mut Tx,
    case: &Case,
    partner: &Partner,
    photos: &[Showable],
) -> Result<Vec<ShownPhotoId>, Fault> {
    let Some(endpoint_id) = partner.endpoint_id else { return Ok(Vec::new()) };
    let (mut links, mut made) = (Vec::with_capacity(photos.len()), 0);
    for Showable { photo, link } in photos {
        if let Some(id) = link {
            links.push(*id);
            continue;
        }
        let one = ShownPhoto {
            id: ShownPhotoId::new(tx.now()),
            organisation_id: partner.organisation_id,
            endpoint_id,
            turn: partner.links_turn,
            case_id: case.id,
            photo_id: photo.id,
            added_at: photo.at,
            until: tx.now().after(SHOWN_KEPT),
            looked_at: None,
        };
        rows::add(tx, &one).await?;
        links.push(one.id);
        made += 1;
    }
    if made > 0 {
        let data = json!({ "photos": made });
        tx.record(&PartnerFact::of_case(PHOTOS_SHOWN, partner.organisation_id, case.id, data)).await?;
    }
    Ok(links)
}

/// A photo that a link opens now.
#[derive(Clone, Debug)]
pub(crate) struct Opened {
    pub shown: ShownPhoto,
    pub photo: PhotoRow,
}

/// What a link opens: nothing once its time is over, the case is somebody else's or was taken back by its reporter, or the partner is
/// reached otherwise.
pub(crate) async fn open(
    conn: &mut Conn,
    places: &Snapshot,
    (district, id): (DistrictId, ShownPhotoId),
    now: Time,
) -> Result<Option<Opened>, Fault> {
    let Some(shown) = rows::find(conn, district, id).await? else { return Ok(None) };
    let partner = partners::partner(conn, district, shown.organisation_id).await?;
    if !partner.is_some_and(|partner| shown.holds_for(&partner, now)) {
        return Ok(None);
    }
    let Some(case) = cases::linked::find(conn, district, shown.case_id).await? else { return Ok(None) };
    let is_theirs = organisation_of(places, &case) == Some(shown.organisation_id);
    if !is_theirs || is_taken_back(&case) {
        return Ok(None);
    }
    let photos = cases::linked::photos(conn, district, case.id).await?;
    Ok(photos.into_iter().find(|photo| photo.id == shown.photo_id).map(|photo| Opened { shown, photo }))
}

/// Whether a case ended as none of the district's: by its reporter, or refused.
fn is_taken_back(case: &Case) -> bool {
    matches!(case.state.as_str(), "withdrawn" | "refused")
}

/// The photos whose links hold for a partner that has the case, the first of them first.
pub(crate) async fn held(
    conn: &mut Conn,
    district: DistrictId,
    (case, partner): (CaseId, &Partner),
    now: Time,
) -> Result<Vec<ShownPhoto>, Fault> {
    let Some(endpoint) = partner.endpoint_id else { return Ok(Vec::new()) };
    let mut shown = rows::of_case(conn, district, case, endpoint).await?;
    shown.retain(|one| one.holds_for(partner, now));
    shown.reverse();
    Ok(shown)
}
