//! GET /shown/TOKEN: a photo for the partner it was shown to, without signing in. The first look at each is on record as the partner's.

use super::{leaving, open};
use crate::commands::partners::note_look;
use crate::model::shown_photo::ShownPhotoId;
use crate::partners::forward::organisation_name_in;
use ::store::{Conn, Tx};
use axum::Router;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use cases::photos;
use edge::{Edge, PathOf, QueryOf, Quota, Rates, Who};
use platform::{Actor, ActorKind, Fault, Problem};
use seal::Vault;
use serde::Deserialize;
use std::time::Duration;

/// How often one link is opened: a page shows it, a person presses it, a program tries again. How often one source tries links that were
/// not made here.
const LOOKS: Quota = Quota { name: "linkage.shown_looks", burst: 60, every: Duration::from_secs(1) };
const GUESSES: Quota = Quota { name: "linkage.shown_guesses", burst: 20, every: Duration::from_secs(5) };
/// Whoever has the address may look: it is kept by nobody in between, told to nobody, and is a picture and nothing else. Always whole.
const HEADERS: [(&str, &str); 5] = [
    ("content-type", "image/jpeg"),
    ("cache-control", "private, no-store"),
    ("referrer-policy", "no-referrer"),
    ("x-content-type-options", "nosniff"),
    ("x-robots-tag", "noindex, nofollow"),
];

pub(crate) fn pages() -> Router<Edge> {
    Router::new().route("/shown/{token}", get(show))
}

/// What is asked of a photo.
#[derive(Debug, Deserialize)]
struct Asked {
    #[serde(default)]
    size: Size,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Size {
    #[default]
    Whole,
    /// As it stands on a page.
    Small,
}

async fn show(
    State(edge): State<Edge>,
    Who(actor): Who,
    PathOf(token): PathOf<String>,
    QueryOf(asked): QueryOf<Asked>,
) -> Result<Response, Problem> {
    let (district, now) = (actor.district, edge.now());
    let id = link_of(&edge, &actor, &token)?;
    let places = edge.fixture::<territory::Map>().of(district);
    let read = async move |conn: &mut Conn| open(conn, &places, (district, id), now).await;
    let opened = edge.db.read::<_, Fault, _>(read).await.map_err(|fault| Problem::from(&fault))?;
    let opened = opened.ok_or_else(Problem::not_found)?;
    let file = match asked.size {
        Size::Whole => &opened.photo.file,
        Size::Small => &opened.photo.thumbnail,
    };
    let bytes = photos::open(&edge.settings().data, district, file).await;
    let bytes = bytes.map_err(|fault| Problem::from(&fault))?.ok_or_else(Problem::not_found)?;
    if opened.shown.looked_at.is_none() {
        let places = edge.fixture::<territory::Map>().of(district);
        let name = organisation_name_in(&places, opened.shown.organisation_id);
        let partner =
            Actor { kind: ActorKind::Service, name: name.into(), ..Actor::system(district, "partner") };
        let note = async move |tx: &mut Tx| note_look(tx, &opened.shown).await;
        edge.db.write(&partner, note).await.map_err(|fault: Fault| Problem::from(&fault))?;
    }
    Ok((HEADERS, bytes).into_response())
}

/// The photo of a link, or not there: one that is false is answered like one that is over.
fn link_of(edge: &Edge, actor: &Actor, token: &str) -> Result<ShownPhotoId, Problem> {
    let keys = edge.fixture::<Vault>().of(actor.district).map_err(|fault| Problem::from(&fault))?;
    let (rates, now) = (edge.fixture::<Rates>(), edge.now());
    let Some(id) = leaving::read(&keys, token) else {
        rates.check(GUESSES, &actor.source, now)?;
        return Err(Problem::not_found());
    };
    rates.check(LOOKS, &id.to_string(), now)?;
    Ok(id)
}
