//! Residents come in by a code sent to their phone.

use crate::commands;
use crate::error::IdentityError;
use crate::model::Limits;
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use edge::{Body, Edge, Who};
use platform::{AccountId, Phone, Problem, Time};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct SendCodeBody {
    /// 手机号 · A mobile number.
    phone: String,
}

#[derive(Serialize, ToSchema)]
pub(crate) struct CodeSentView {
    /// 几分钟内有效 · How long the code is good.
    minutes: u32,
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct RedeemCodeBody {
    phone: String,
    /// 6 位数字 · Six digits.
    code: String,
}

#[derive(Serialize, ToSchema)]
pub(crate) struct RedeemedView {
    /// 放在 `Authorization: Bearer` 里 · For `Authorization: Bearer`. Shown this once.
    token: String,
    expires_at: Time,
    account: AccountId,
}

fn parse_phone(text: &str) -> Result<Phone, IdentityError> {
    Phone::parse(text).ok_or(IdentityError::BadPhone { mobile: true })
}

/// 发送验证码 · Send a code to a phone
///
/// 不论这个号码有没有用过，回答都一样；验证码从不出现在回答里。
/// The answer is the same whether the phone is known or not, and never holds the code.
#[utoipa::path(post, path = "/api/identity/codes", operation_id = "send_code", tag = "identity", request_body = SendCodeBody,
    responses((status = 202, body = CodeSentView), (status = 422, body = Problem), (status = 429, body = Problem), (status = 503, body = Problem)))]
pub(crate) async fn send_code(
    Who(asked): Who,
    State(edge): State<Edge>,
    Body(body): Body<SendCodeBody>,
) -> Result<(StatusCode, Json<CodeSentView>), Problem> {
    commands::send_code(&edge, &asked, &parse_phone(&body.phone)?).await?;
    Ok((StatusCode::ACCEPTED, Json(CodeSentView { minutes: edge.fixture::<Limits>().code.minutes })))
}

/// 用验证码登录 · Sign in with the code
#[utoipa::path(post, path = "/api/identity/codes/redeem", operation_id = "redeem_code", tag = "identity", request_body = RedeemCodeBody,
    responses((status = 200, body = RedeemedView), (status = 422, body = Problem), (status = 429, body = Problem)))]
pub(crate) async fn redeem_code(
    Who(asked): Who,
    State(edge): State<Edge>,
    Body(body): Body<RedeemCodeBody>,
) -> Result<Json<RedeemedView>, Problem> {
    let done = commands::redeem_code(&edge, &asked, &parse_phone(&body.phone)?, &body.code).await?;
    Ok(Json(RedeemedView { token: done.token, expires_at: done.expires_at, account: done.account }))
}
