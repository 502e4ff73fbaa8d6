//! Forms by their key, and the versions of one.

use crate::model::{FormId, VERSIONS_MAX};
use crate::store::{FormRow, VersionRow};
use ::store::{Conn, sql};
use platform::{DistrictId, Fault};

sql! {
    FORMS: (DistrictId, String, i64) -> FormRow =
        "select f.id, f.key, f.title, f.area_path, f.versions, v.number as live
         from fieldwork_form f
         left join fieldwork_version v on v.district = f.district and v.form_id = f.id and v.state = 'live'
         where f.district = $1 and f.key > $2 order by f.key limit $3";
    VERSIONS: (DistrictId, FormId, i64) -> VersionRow =
        "select number, name, state, title, hash, told, made_at, made_by_name, published_at, published_by_name,
             withdrawn_at, withdrawn_by_name
         from fieldwork_version where district = $1 and form_id = $2 order by number desc limit $3";
}

/// Forms behind a key, in the order of their keys.
pub(crate) async fn list(
    conn: &mut Conn,
    district: DistrictId,
    after: &str,
    rows: i64,
) -> Result<Vec<FormRow>, Fault> {
    conn.all(&FORMS, (district, after.to_owned(), rows)).await
}

/// All versions of a form, the newest first.
pub(crate) async fn versions(
    conn: &mut Conn,
    district: DistrictId,
    form: FormId,
) -> Result<Vec<VersionRow>, Fault> {
    conn.all(&VERSIONS, (district, form, VERSIONS_MAX)).await
}
