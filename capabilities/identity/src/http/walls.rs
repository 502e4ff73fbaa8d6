//! Walls: opened by the system administrator, entered by the key in the address they were given.

use super::session_cookie;
use crate::commands::{self, NewWall};
use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use edge::{Body, Edge, Who, is_secure};
use platform::{AccountId, Problem, Time};
use serde::{Deserialize, Serialize};
use std::time::Duration;
use store::Tx;
use utoipa::ToSchema;
use uuid::Uuid;

/// How long a browser keeps the key, each time it comes in by it: as long as browsers keep anything. What the key is worth is looked
/// up at every request.
const KEPT: Duration = Duration::from_secs(400 * 24 * 3600);

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct OpenWallBody {
    /// 挂在哪里 · Where it hangs.
    name: String,
    /// 看哪个区域（路径），不填就是全区 · The path of the area it shows; the district, where it is left out.
    #[serde(default)]
    area: Option<String>,
    /// 什么时候失效 · When it ends; until it is revoked, where it is left out.
    #[serde(default)]
    ends_at: Option<Time>,
}

/// 新的大屏 · A wall just opened.
#[derive(Serialize, ToSchema)]
pub(crate) struct WallOpenedView {
    account: AccountId,
    /// 密钥的编号，吊销时用（`/api/identity/service-keys/{key}`）· The key's id, by which it is revoked.
    key_id: Uuid,
    /// 只显示一次 · The address to open on the wall, shown this once. The key stands behind `#`: no server's log ever sees it.
    href: String,
}

/// 开一块大屏 · Open a wall
///
/// 得到一个网址，在大屏上打开一次即可；只能看数字和区域，看不到任何个案。
/// Answers an address to open once on the wall. It shows figures and areas, and no single case.
#[utoipa::path(post, path = "/api/identity/walls", operation_id = "open_wall", tag = "identity", request_body = OpenWallBody,
    responses((status = 201, body = WallOpenedView), (status = 403, body = Problem), (status = 404, body = Problem), (status = 422, body = Problem)))]
pub(crate) async fn open_wall(
    who: Who,
    State(edge): State<Edge>,
    Body(body): Body<OpenWallBody>,
) -> Result<(StatusCode, Json<WallOpenedView>), Problem> {
    let actor = who.signed_in()?;
    let new = NewWall { name: body.name, area: body.area, ends_at: body.ends_at };
    let (account, key_id, token) =
        edge.db.write(actor, async move |tx: &mut Tx| commands::open_wall(tx, &new).await).await?;
    let href = format!("/map/wall#key={}", token.reveal());
    Ok((StatusCode::CREATED, Json(WallOpenedView { account, key_id, href })))
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct EnterWallBody {
    key: String,
}

/// 大屏进入：密钥存进脚本读不到的 Cookie · A wall comes in
///
/// The key is kept in a cookie no script can read, and the page forgets it.
#[utoipa::path(post, path = "/api/identity/walls/enter", operation_id = "enter_wall", tag = "identity", request_body = EnterWallBody,
    responses((status = 204), (status = 401, body = Problem), (status = 403, body = Problem)))]
pub(crate) async fn enter_wall(
    Who(asked): Who,
    State(edge): State<Edge>,
    headers: HeaderMap,
    Body(body): Body<EnterWallBody>,
) -> Result<(StatusCode, HeaderMap), Problem> {
    commands::actor_of_wall(&edge, &body.key, &asked).await?;
    let secure = is_secure(&edge, &headers);
    Ok((StatusCode::NO_CONTENT, session_cookie(body.key, KEPT.as_secs(), secure)))
}
