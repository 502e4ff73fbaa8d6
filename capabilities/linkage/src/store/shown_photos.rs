//! Loads and saves photos as partners are shown them.

use crate::model::shown_photo::{ShownPhoto, ShownPhotoId};
use ::store::{Conn, Tx, sql, value};
use cases::{CaseId, PhotoId};
use courier::EndpointId;
use platform::{DistrictId, Fault, OrganisationId, Time};
use uuid::Uuid;

value!(ShownPhotoId as Uuid, |v| v.0, ShownPhotoId);

/// Links of one case by one way: its photos, and those of a few turns and months.
const SHOWN_MAX: i64 = 1_000;

type Columns = (DistrictId, ShownPhotoId, OrganisationId, EndpointId, i64, CaseId, PhotoId, Time, Time);

sql! {
    ADD: Columns =
        "insert into linkage_shown_photo (district, id, organisation_id, endpoint_id, turn, case_id, photo_id, added_at, until)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9)";
    FIND: (DistrictId, ShownPhotoId) -> ShownPhoto =
        "select id, organisation_id, endpoint_id, turn, case_id, photo_id, added_at, until, looked_at
         from linkage_shown_photo where district = $1 and id = $2";
    OF_CASE: (DistrictId, CaseId, EndpointId, i64) -> ShownPhoto =
        "select id, organisation_id, endpoint_id, turn, case_id, photo_id, added_at, until, looked_at
         from linkage_shown_photo {by:linkage_shown_photo_of_case}
         where district = $1 and case_id = $2 and endpoint_id = $3 order by id desc limit $4";
    LOOK: (DistrictId, ShownPhotoId, Time) =
        "update linkage_shown_photo set looked_at = $3 where district = $1 and id = $2 and looked_at is null";
    FORGET: (DistrictId, Time) = "delete from linkage_shown_photo where district = $1 and until < $2";
}

pub(crate) async fn add(tx: &mut Tx, one: &ShownPhoto) -> Result<(), Fault> {
    let columns = (
        tx.district(),
        one.id,
        one.organisation_id,
        one.endpoint_id,
        one.turn,
        one.case_id,
        one.photo_id,
        one.added_at,
        one.until,
    );
    tx.execute(&ADD, columns).await.map(drop)
}

pub(crate) async fn find(
    conn: &mut Conn,
    district: DistrictId,
    id: ShownPhotoId,
) -> Result<Option<ShownPhoto>, Fault> {
    conn.optional(&FIND, (district, id)).await
}

/// What was shown of a case by one way, the latest first.
pub(crate) async fn of_case(
    conn: &mut Conn,
    district: DistrictId,
    case: CaseId,
    endpoint: EndpointId,
) -> Result<Vec<ShownPhoto>, Fault> {
    conn.all(&OF_CASE, (district, case, endpoint, SHOWN_MAX)).await
}

/// Notes that the partner has looked; `false` where it had before.
pub(crate) async fn look(tx: &mut Tx, id: ShownPhotoId) -> Result<bool, Fault> {
    let (district, now) = (tx.district(), tx.now());
    Ok(tx.execute(&LOOK, (district, id, now)).await? == 1)
}

/// Forgets those whose time was over before a moment.
pub(crate) async fn forget(tx: &mut Tx, before: Time) -> Result<u64, Fault> {
    let district = tx.district();
    tx.execute(&FORGET, (district, before)).await
}
