//! Keys for ODK Collect and other programs that speak OpenRosa: issued to oneself, shown once as a code to scan, revoked.

use super::openrosa::base_url;
use super::staff;
use crate::access::FILL;
use crate::commands;
use crate::error::FieldworkError;
use crate::model::{CollectKey, KeyId};
use crate::store::keys::{self, KeyRow};
use ::store::{Conn, Tx};
use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use base64::Engine as _;
use edge::{Body, Edge, PathOf, Who};
use flate2::Compression;
use flate2::write::ZlibEncoder;
use platform::{Fault, Problem, Time};
use serde::{Deserialize, Serialize};
use serde_json::json;
use std::io::Write;
use utoipa::ToSchema;

/// A key that is wanted.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct KeyBody {
    /// What its owner calls the phone.
    pub name: String,
}

/// A key without itself.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct KeyLine {
    pub id: KeyId,
    pub name: String,
    /// Its last four characters.
    pub hint: String,
    pub made_at: Time,
    pub ends_at: Time,
    pub revoked_at: Option<Time>,
}

impl From<KeyRow> for KeyLine {
    fn from(row: KeyRow) -> Self {
        Self {
            id: row.id,
            name: row.name,
            hint: row.hint,
            made_at: row.made_at,
            ends_at: row.ends_at,
            revoked_at: row.revoked_at,
        }
    }
}

/// A key that was made. It is shown this once.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct IssuedKey {
    #[serde(flatten)]
    pub key: KeyLine,
    /// The address of the server, as ODK Collect asks for it: the key is its last part.
    pub server_url: String,
    /// ODK Collect's settings, as its codes hold them: JSON, zlib, base64.
    pub settings: String,
    /// The code to scan, an SVG drawing.
    pub code_svg: String,
}

/// 我的采集码。One's own keys, the newest first.
#[utoipa::path(get, path = "/api/fieldwork/keys", tag = "fieldwork", operation_id = "list_collect_keys",
    responses((status = 200, body = Vec<KeyLine>), (status = 401, body = Problem), (status = 403, body = Problem)))]
pub async fn list_collect_keys(State(edge): State<Edge>, who: Who) -> Result<Json<Vec<KeyLine>>, Problem> {
    let actor = staff(&who, &[&FILL])?;
    let account = actor.account.ok_or_else(Problem::sign_in)?;
    let district = actor.district;
    let read = async move |conn: &mut Conn| {
        keys::of_account(conn, district, account, commands::KEYS_SHOWN_MAX).await
    };
    let rows = edge.db.read::<_, Fault, _>(read).await.map_err(FieldworkError::from)?;
    Ok(Json(rows.into_iter().map(KeyLine::from).collect()))
}

/// 给自己的手机发一个采集码（ODK Collect 扫码即用），只显示这一次。Issue a key for ODK Collect to oneself; it is shown this once.
#[utoipa::path(post, path = "/api/fieldwork/keys", tag = "fieldwork", operation_id = "issue_collect_key", request_body = KeyBody,
    responses((status = 200, body = IssuedKey), (status = 401, body = Problem), (status = 403, body = Problem),
        (status = 409, body = Problem), (status = 422, body = Problem)))]
pub async fn issue_collect_key(
    State(edge): State<Edge>,
    who: Who,
    headers: HeaderMap,
    Body(body): Body<KeyBody>,
) -> Result<Json<IssuedKey>, Problem> {
    let actor = staff(&who, &[&FILL])?;
    let issue = async move |tx: &mut Tx| commands::issue_key(tx, &body.name).await;
    let (row, key) = edge.db.write(actor, issue).await?;
    let server_url = server_url(&edge, &headers, &key);
    let settings = settings_of(&server_url, &row.name).map_err(FieldworkError::from)?;
    let code_svg = draw(&settings).map_err(FieldworkError::from)?;
    Ok(Json(IssuedKey { key: row.into(), server_url, settings, code_svg }))
}

/// 停用自己的一个采集码，马上生效。Revoke a key of one's own, at once and for good.
#[utoipa::path(delete, path = "/api/fieldwork/keys/{id}", tag = "fieldwork", operation_id = "revoke_collect_key", params(("id" = KeyId, Path)),
    responses((status = 204), (status = 401, body = Problem), (status = 403, body = Problem), (status = 404, body = Problem)))]
pub async fn revoke_collect_key(
    State(edge): State<Edge>,
    who: Who,
    PathOf(id): PathOf<KeyId>,
) -> Result<StatusCode, Problem> {
    let actor = staff(&who, &[&FILL])?;
    edge.db.write(actor, async move |tx: &mut Tx| commands::revoke_key(tx, id).await).await?;
    Ok(StatusCode::NO_CONTENT)
}

fn server_url(edge: &Edge, headers: &HeaderMap, key: &CollectKey) -> String {
    format!("{}/openrosa/{}", base_url(edge, headers), key.reveal())
}

/// ODK documentation, "Creating QR codes for settings": the JSON is packed with zlib and written as base64.
fn settings_of(server_url: &str, name: &str) -> Result<String, Fault> {
    let settings = json!({
        "general": {
            "server_url": server_url,
            "form_update_mode": "match_exactly",
            "automatic_update": true,
            "autosend": "wifi_and_cellular",
        },
        "admin": {},
        "project": { "name": name },
    });
    let mut packed = ZlibEncoder::new(Vec::new(), Compression::best());
    packed.write_all(settings.to_string().as_bytes())?;
    Ok(base64::engine::general_purpose::STANDARD.encode(packed.finish()?))
}

/// The code with its quiet zone of four squares, ISO/IEC 18004, 6.3.8.
fn draw(text: &str) -> Result<String, Fault> {
    const QUIET: usize = 4;
    let code = paper::Code::of(text).ok_or_else(|| Fault::broken("settings too long for a code"))?;
    let side = code.squares() + 2 * QUIET;
    Ok(format!(
        r##"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {side} {side}"><rect width="{side}" height="{side}" fill="#fff"/><path transform="translate({QUIET} {QUIET})" d="{}"/></svg>"##,
        code.svg_path()
    ))
}
