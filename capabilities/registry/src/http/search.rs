//! Finding: one box for everything, addresses as people write them. Answers are masked; a search leaves its kind and count, never its words.

use super::{staff, viewer};
use crate::access::VIEW;
use crate::error::RegistryError;
use crate::facts::{RegistryFact, SEARCHED};
use crate::model::spelling::{self, Seems};
use crate::model::{Kind, RecordId};
use crate::queries::search::{self, Asked, Candidate, Hit};
use crate::view::{AreaName, Viewer, listed_label};
use ::store::{Conn, Tx};
use axum::Json;
use axum::extract::State;
use edge::{Edge, QueryOf, Quota, Rates, Who};
use platform::{Actor, Problem, Words};
use seal::Vault;
use serde::{Deserialize, Serialize};
use serde_json::json;
use std::time::Duration;
use utoipa::{IntoParams, ToSchema};

/// Rows of one answer.
const HITS_MAX: usize = 50;
/// Characters of what is typed.
const TYPED_CHARS_MAX: usize = 100;
/// Searches of one account: typing is quick, copying the register out by searches is not.
const SEARCHES: Quota = Quota { name: "registry.searches", burst: 120, every: Duration::from_millis(500) };

/// What was typed into the box.
#[derive(Clone, Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct SearchQuery {
    /// A name, pinyin, initials, an address, a telephone, a document, their last four, a code.
    pub q: String,
    /// Only records of this kind.
    pub kind: Option<Kind>,
    /// 50 at most.
    pub limit: Option<usize>,
}

/// What was found.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct SearchView {
    /// What the text was taken for, the likeliest first.
    pub seems: Vec<Words>,
    pub hits: Vec<HitView>,
    /// There is more: type more.
    pub more: bool,
}

/// A record in a list, masked.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct HitView {
    pub id: RecordId,
    pub kind: Kind,
    pub kind_words: Words,
    /// A person's name masked; of all else the whole name or address.
    pub label: String,
    pub area: AreaName,
    /// Of a person: the address of the home.
    pub home: Option<String>,
    /// Of a home: how many live there.
    pub residents: Option<i64>,
    /// The person asked that this is only stored: the desk may find it to answer them, and use it for nothing else.
    pub restricted: bool,
    /// What the query was taken for here.
    pub seems: Words,
}

impl HitView {
    fn of(hit: Hit, viewer: &Viewer) -> Self {
        let Hit { found, seems, home, residents, is_restricted } = hit;
        Self {
            id: found.id,
            kind: found.kind,
            kind_words: viewer.catalogue.kind(found.kind).words.clone(),
            label: listed_label(found.kind, &found.label),
            area: viewer.area(&found.area_path),
            home: home.filter(|_| !is_restricted),
            residents,
            restricted: is_restricted,
            seems: seems.words(),
        }
    }
}

/// 一个框里找人、房、单位、物。Find people, homes, organisations and things by any piece.
#[utoipa::path(get, path = "/api/registry/search", tag = "registry", params(SearchQuery),
    responses((status = 200, body = SearchView), (status = 401, body = Problem), (status = 403, body = Problem),
        (status = 422, body = Problem), (status = 429, body = Problem)))]
pub async fn search_records(
    State(edge): State<Edge>,
    who: Who,
    QueryOf(asked): QueryOf<SearchQuery>,
) -> Result<Json<SearchView>, Problem> {
    let actor = staff(&who, &VIEW)?;
    slow_down(&edge, actor)?;
    require_short("q", &asked.q)?;
    let query = spelling::query_tokens(&asked.q);
    let seems: Vec<Seems> = query.readings.iter().map(|reading| reading.seems).collect();
    let rows = asked.limit.unwrap_or(HITS_MAX).clamp(1, HITS_MAX);
    let (district, viewer) = (actor.district, viewer(&edge, actor));
    let keys = edge.fixture::<Vault>().of(district).map_err(RegistryError::Fault)?;
    let asked = Asked { query, kind: asked.kind, rows, actor: actor.clone() };
    let read = async move |conn: &mut Conn| search::search(conn, &keys, district, &asked).await;
    let found = edge.db.read(read).await.map_err(RegistryError::Fault)?;
    note(&edge, actor, &seems, found.hits.len()).await?;
    Ok(Json(SearchView {
        seems: seems.iter().map(|seems| seems.words()).collect(),
        more: found.more,
        hits: found.hits.into_iter().map(|hit| HitView::of(hit, &viewer)).collect(),
    }))
}

/// Writes the search down: how it was meant and how much it found, before the answer.
async fn note(edge: &Edge, actor: &Actor, seems: &[Seems], hits: usize) -> Result<(), RegistryError> {
    let seems: Vec<String> = seems.iter().map(|seems| format!("{seems:?}").to_lowercase()).collect();
    let account = actor.account.map_or(uuid::Uuid::nil(), |account| account.0);
    edge.db
        .write(actor, async move |tx: &mut Tx| {
            let data = json!({ "seems": seems, "hits": hits });
            let fact = RegistryFact { name: SEARCHED, subject: RecordId(account), area_path: None, data };
            tx.record(&fact).await.map(drop)
        })
        .await
        .map_err(RegistryError::Fault)
}

fn slow_down(edge: &Edge, actor: &Actor) -> Result<(), Problem> {
    let account = actor.account.map_or_else(|| "system".to_owned(), |account| account.to_string());
    edge.fixture::<Rates>().check(SEARCHES, &account, edge.now())
}

fn require_short(field: &'static str, text: &str) -> Result<(), RegistryError> {
    if (1..=TYPED_CHARS_MAX).contains(&text.trim().chars().count()) {
        return Ok(());
    }
    Err(RegistryError::invalid(
        field,
        "registry.bad_query",
        "请输入 1 到 100 个字。",
        "Type 1 to 100 characters.",
    ))
}

/// An address as people write it.
#[derive(Clone, Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct AddressQuery {
    pub text: String,
}

/// A registered place that may be meant.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct AddressView {
    pub place: RecordId,
    /// The address in full.
    pub label: String,
    pub area: AreaName,
    /// 0 to 1000.
    pub points: u16,
    /// Level by level why.
    pub reasons: Vec<Words>,
    /// The other or former name by which it fits.
    pub by_name: Option<String>,
}

impl AddressView {
    fn of(candidate: Candidate, viewer: &Viewer) -> Self {
        let Candidate { place, area_path, label, score } = candidate;
        Self {
            place,
            label,
            area: viewer.area(&area_path),
            points: score.points,
            by_name: score.by_name,
            reasons: score.reasons.iter().map(crate::model::address::Reason::words).collect(),
        }
    }
}

/// 按人写的地址找标准地址。Find the registered places that fit an address as people write it.
#[utoipa::path(get, path = "/api/registry/addresses", tag = "registry", params(AddressQuery),
    responses((status = 200, body = Vec<AddressView>), (status = 401, body = Problem), (status = 403, body = Problem),
        (status = 422, body = Problem), (status = 429, body = Problem)))]
pub async fn match_addresses(
    State(edge): State<Edge>,
    who: Who,
    QueryOf(asked): QueryOf<AddressQuery>,
) -> Result<Json<Vec<AddressView>>, Problem> {
    /// Candidates a person can look through.
    const CANDIDATES_SHOWN: usize = 10;
    let actor = staff(&who, &VIEW)?;
    slow_down(&edge, actor)?;
    require_short("text", &asked.text)?;
    let (district, viewer, reader) = (actor.district, viewer(&edge, actor), actor.clone());
    let read = async move |conn: &mut Conn| {
        search::match_address(conn, district, &asked.text, &reader, CANDIDATES_SHOWN).await
    };
    let found = edge.db.read(read).await.map_err(RegistryError::Fault)?;
    Ok(Json(found.into_iter().map(|candidate| AddressView::of(candidate, &viewer)).collect()))
}
