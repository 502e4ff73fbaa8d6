//! One's own password and second factor.

use super::OwnSession;
use crate::commands;
use ::store::Tx;
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use edge::{Body, Edge, Who};
use platform::{Personal, Problem};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ChangePasswordBody {
    /// 现在的密码 · The present password.
    present: String,
    /// 新密码 · The new one.
    new: String,
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct OfferBody {
    /// 已绑定过的，先给一个现在的验证码 · Where one is in force already, a code of it.
    #[serde(default)]
    code: Option<String>,
}

/// 绑定用的密钥，只显示一次 · A secret for an authenticator app, shown this once.
#[derive(Serialize, ToSchema)]
pub(crate) struct OfferView {
    /// `otpauth://totp/…`
    url: String,
    /// Base32.
    secret: String,
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ConfirmBody {
    code: String,
}

#[derive(Serialize, ToSchema)]
pub(crate) struct ConfirmedView {
    /// 手机丢了用，每个一次，只显示一次 · For a lost phone: each works once, shown this once.
    recovery_codes: Vec<String>,
}

/// 改自己的密码 · Change my password
///
/// 其他地方的登录随之结束。 My other sessions end.
#[utoipa::path(post, path = "/api/identity/password", operation_id = "change_password", tag = "identity", request_body = ChangePasswordBody,
    responses((status = 204), (status = 403, body = Problem), (status = 422, body = Problem)))]
pub(crate) async fn change_password(
    who: Who,
    own: OwnSession,
    State(edge): State<Edge>,
    Body(body): Body<ChangePasswordBody>,
) -> Result<StatusCode, Problem> {
    let actor = who.signed_in()?;
    let (present, new) = (Personal::new(body.present), Personal::new(body.new));
    commands::change_password(&edge, actor, own.id(), present, new).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// 开始绑定动态验证 · Begin to set up my second factor
#[utoipa::path(post, path = "/api/identity/totp/enrol", operation_id = "offer_second_factor", tag = "identity", request_body = OfferBody,
    responses((status = 200, body = OfferView), (status = 401, body = Problem)))]
pub(crate) async fn offer_second_factor(
    who: Who,
    State(edge): State<Edge>,
    Body(body): Body<OfferBody>,
) -> Result<Json<OfferView>, Problem> {
    let actor = who.signed_in()?;
    let offer = edge
        .db
        .write(actor, async move |tx: &mut Tx| commands::offer_second_factor(tx, body.code.as_deref()).await)
        .await?;
    Ok(Json(OfferView { url: offer.url, secret: offer.secret }))
}

/// 用一个验证码确认绑定 · Confirm my second factor with a code
#[utoipa::path(post, path = "/api/identity/totp/confirm", operation_id = "confirm_second_factor", tag = "identity", request_body = ConfirmBody,
    responses((status = 200, body = ConfirmedView), (status = 401, body = Problem), (status = 409, body = Problem)))]
pub(crate) async fn confirm_second_factor(
    who: Who,
    State(edge): State<Edge>,
    Body(body): Body<ConfirmBody>,
) -> Result<Json<ConfirmedView>, Problem> {
    let actor = who.signed_in()?;
    let recovery_codes = edge
        .db
        .write(actor, async move |tx: &mut Tx| commands::confirm_second_factor(tx, &body.code).await)
        .await?;
    Ok(Json(ConfirmedView { recovery_codes }))
}
