//! JSON routes of identity, thin.

mod accounts;
mod audit;
mod codes;
mod own;
mod roles;
mod session;
mod walls;

use crate::access::token_of;
use crate::error::IdentityError;
use crate::model::{Session, SessionId, Token};
use crate::store;
use ::store::Conn;
use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use edge::Edge;
use platform::Problem;
pub(crate) use session::session_cookie;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// All routes with their OpenAPI.
pub(crate) fn routes() -> OpenApiRouter<Edge> {
    OpenApiRouter::new()
        .routes(routes!(session::sign_in))
        .routes(routes!(session::sign_out))
        .routes(routes!(session::find_me))
        .routes(routes!(session::list_sessions, session::revoke_sessions))
        .routes(routes!(session::revoke_session))
        .routes(routes!(codes::send_code))
        .routes(routes!(codes::redeem_code))
        .routes(routes!(own::change_password))
        .routes(routes!(own::offer_second_factor))
        .routes(routes!(own::confirm_second_factor))
        .routes(routes!(accounts::list_accounts, accounts::open_account))
        .routes(routes!(accounts::find_account))
        .routes(routes!(accounts::lock_account))
        .routes(routes!(accounts::unlock_account))
        .routes(routes!(accounts::reset_password))
        .routes(routes!(accounts::reset_second_factor))
        .routes(routes!(accounts::close_account))
        .routes(routes!(accounts::list_service_keys, accounts::issue_service_key))
        .routes(routes!(accounts::revoke_service_key))
        .routes(routes!(accounts::rotate_service_key))
        .routes(routes!(accounts::list_service_key_uses))
        .routes(routes!(walls::open_wall))
        .routes(routes!(walls::enter_wall))
        .routes(routes!(roles::list_roles))
        .routes(routes!(roles::list_assignments, roles::assign_role))
        .routes(routes!(roles::withdraw_role))
        .routes(routes!(audit::read_audit))
        .routes(routes!(audit::export_audit))
}

/// The session that asks, where it is one: a page's cookie or a bearer token, not a service key.
pub(crate) struct OwnSession(pub(crate) Option<Session>);

impl OwnSession {
    pub(crate) fn id(&self) -> Option<SessionId> {
        self.0.as_ref().map(|session| session.id)
    }
}

impl FromRequestParts<Edge> for OwnSession {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, edge: &Edge) -> Result<Self, Problem> {
        let Some(token) = token_of(parts).and_then(Token::parse) else { return Ok(Self(None)) };
        let (district, hash) = (token.district, token.hash());
        let found =
            edge.db.read(async move |conn: &mut Conn| store::find_session(conn, district, &hash).await);
        found.await.map(Self).map_err(|fault| IdentityError::from(fault).into())
    }
}
