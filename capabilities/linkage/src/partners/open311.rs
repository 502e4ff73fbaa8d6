//! Partners with a server of GeoReport v2: cases go there as service requests, steps as updates, and their states are fetched.
//!
//! Specification: <https://wiki.open311.org/GeoReport_v2>; updates go by the service-request-updates extension where a server knows it.
//! The standard has no id of the sender's: the delivery's id goes along as `Idempotency-Key`, and our number stands in the words, so that
//! a server that keeps neither is at least readable to people when an answer was lost.

use super::facts;
use super::forward::{ASSIGNED, UPDATED, WITHDRAWN};
use super::photos::{self, PHOTO};
use super::said;
use super::shown::{ShownAddress, add_addresses};
use crate::model::partner::{Partner, PartnerSettings, STATE_CHARS_MAX, Said, numbered};
use crate::store::partners as rows;
use ::store::{Conn, DbRef, LocalFuture, Tx};
use cases::CaseId;
use courier::{Answer, Attempt, Delivery, Endpoint, Order, Outside, Sender, Sent, Step, Trouble, judge};
use futures_util::future::BoxFuture;
use platform::{Fault, OrganisationId, Time};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::path::PathBuf;
use uuid::Uuid;

/// The kind of these endpoints.
pub(crate) const OPEN311: &str = "open311";
/// Asks for the states of open requests; it is about the partner, not a case.
pub(crate) const FETCH: &str = "states.fetch";
/// Tokens asked for in one round: each is a call of its own.
const TOKENS_MAX: usize = 10;
/// Photos of one request that are fetched.
const MEDIA_MAX: usize = 9;
/// GeoReport v2: "up to 4,000 characters". Words of ours are 2,000 at most.
const DESCRIPTION_CHARS_MAX: usize = 4_000;

/// What stands as words of an update that is a photo.
const PHOTO_WORDS: &str = "照片";

/// Speaks to them.
#[derive(Clone, Debug)]
pub(crate) struct Open311Sender {
    pub db: DbRef,
    /// Where photos are kept.
    pub data: PathBuf,
}

impl Sender for Open311Sender {
    fn kind(&self) -> &'static str {
        OPEN311
    }

    fn fill<'a>(
        &'a self,
        conn: &'a mut Conn,
        endpoint: &'a Endpoint,
        delivery: &'a mut Delivery,
    ) -> LocalFuture<'a, Result<(), Fault>> {
        Box::pin(async move {
            add_addresses(&self.db, conn, endpoint, delivery).await?;
            fill(conn, endpoint, delivery).await
        })
    }

    fn is_passing(&self, delivery: &Delivery) -> bool {
        delivery.kind == FETCH
    }

    fn send<'a>(&'a self, outside: &'a Outside, attempt: &'a Attempt) -> BoxFuture<'a, Sent> {
        if attempt.delivery.kind == PHOTO {
            return Box::pin(photos::fetch(outside, attempt, self.data.clone()));
        }
        Box::pin(send(outside, attempt))
    }

    fn take<'a>(
        &'a self,
        tx: &'a mut Tx,
        delivery: &'a Delivery,
        answer: &'a Value,
    ) -> LocalFuture<'a, Result<(), Fault>> {
        Box::pin(take(tx, delivery, answer))
    }
}

/// The body of a delivery, which the rung does not change.
#[derive(Debug, Deserialize)]
struct Told {
    number: Option<String>,
    #[serde(rename = "type")]
    case_type: Option<String>,
    words: Option<String>,
    address: Option<String>,
    longitude: Option<f64>,
    latitude: Option<f64>,
    state: Option<String>,
    note: Option<String>,
    at: Option<String>,
    entry: Option<String>,
    /// At most one: `media_url` is.
    #[serde(default)]
    photos: Vec<ShownAddress>,
    /// What they call the case: filled in when it leaves, since it is known only then.
    #[serde(default)]
    foreign: Option<String>,
    /// Their numbers of the cases that are asked for, and tokens for which a number is.
    #[serde(default)]
    asked: Vec<String>,
    #[serde(default)]
    tokens: Vec<String>,
}

impl Told {
    fn media_url(&self) -> Option<(&'static str, String)> {
        // A path alone, where the district has taken its address back meanwhile, is nothing to them.
        let url = self.photos.first().map(|photo| photo.url.clone()).filter(|url| url.starts_with("http"));
        url.map(|url| ("media_url", url))
    }
}

/// Their number of the case an update is about; the numbers a round of fetching asks for.
async fn fill(conn: &mut Conn, endpoint: &Endpoint, delivery: &mut Delivery) -> Result<(), Fault> {
    let district = endpoint.district;
    let Some(partner) = rows::partner_of_endpoint(conn, district, endpoint.id).await? else { return Ok(()) };
    let partner = partner.organisation_id;
    match delivery.kind.as_str() {
        UPDATED | WITHDRAWN => {
            let request = rows::request(conn, district, partner, CaseId(delivery.subject_id)).await?;
            delivery.body.0["foreign"] = json!(request.and_then(|request| request.foreign_id));
        }
        FETCH => {
            let after =
                serde_json::from_value(delivery.body.0["after"].clone()).unwrap_or(CaseId(Uuid::nil()));
            let open = rows::open_requests(conn, district, partner, after).await?;
            delivery.body.0["asked"] = open.iter().filter_map(|r| r.foreign_id.clone()).collect();
            let unnumbered = open.iter().filter(|r| r.foreign_id.is_none()).filter_map(|r| r.token.clone());
            delivery.body.0["tokens"] = unnumbered.take(TOKENS_MAX).collect();
        }
        _ => {}
    }
    Ok(())
}

/// What a server says of a request.
#[derive(Debug, Serialize, Deserialize)]
struct TheirRequest {
    #[serde(default, deserialize_with = "text_or_number")]
    service_request_id: Option<String>,
    #[serde(default, deserialize_with = "text_or_number")]
    token: Option<String>,
    #[serde(default)]
    status: Option<String>,
    #[serde(default)]
    status_notes: Option<String>,
    /// A photo; some servers name several.
    #[serde(default)]
    media_url: Value,
}

impl TheirRequest {
    fn photos(&self) -> impl Iterator<Item = &str> {
        let many = self.media_url.as_array().into_iter().flatten();
        many.chain([&self.media_url]).filter_map(Value::as_str).filter(|url| !url.is_empty()).take(MEDIA_MAX)
    }
}

/// Numbers are numbers in some servers and texts in others.
fn text_or_number<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    Ok(match Option::<Value>::deserialize(deserializer)? {
        Some(Value::String(text)) if !text.trim().is_empty() => Some(text),
        Some(Value::Number(number)) => Some(number.to_string()),
        _ => None,
    })
}

async fn send(outside: &Outside, attempt: &Attempt) -> Sent {
    let told: Told = match serde_json::from_value(attempt.delivery.body.0.clone()) {
        Ok(told) => told,
        Err(error) => return Sent::Refused(Trouble::fault(Step::Reading, error)),
    };
    let settings: PartnerSettings =
        serde_json::from_value(attempt.endpoint.settings.0.clone()).unwrap_or_default();
    match attempt.delivery.kind.as_str() {
        ASSIGNED => post_request(outside, attempt, &settings, &told).await,
        UPDATED | WITHDRAWN if settings.updates => post_update(outside, attempt, &settings, &told).await,
        // Without the extension there is no way to tell them: the standard knows none.
        UPDATED | WITHDRAWN => Sent::Arrived(Value::Null),
        FETCH => fetch(outside, attempt, &settings, &told).await,
        other => Sent::Refused(Trouble::fault(Step::Telling, other)),
    }
}

async fn post_request(outside: &Outside, attempt: &Attempt, settings: &PartnerSettings, told: &Told) -> Sent {
    let mut form = keyed(attempt, settings);
    let number = told.number.as_deref().unwrap_or_default();
    let words = told.words.as_deref().unwrap_or_default();
    let description: String = numbered(words, number).chars().take(DESCRIPTION_CHARS_MAX).collect();
    form.insert(
        "service_code",
        settings.service_of(told.case_type.as_deref().unwrap_or_default()).to_owned(),
    );
    form.insert("description", description);
    if let (Some(lat), Some(long)) = (told.latitude, told.longitude) {
        form.extend([("lat", lat.to_string()), ("long", long.to_string())]);
    }
    if let Some(address) = &told.address {
        form.insert("address_string", address.clone());
    }
    form.extend(told.media_url());
    let answer = match post(outside, attempt, "requests.json", &form).await {
        Ok(answer) => answer,
        Err(sent) => return sent,
    };
    match read_list::<TheirRequest>(&answer) {
        Ok(found) => {
            match found.into_iter().next().filter(|r| r.service_request_id.is_some() || r.token.is_some()) {
                Some(request) => Sent::Arrived(json!(request)),
                None => Sent::trouble(Trouble::NoNumber),
            }
        }
        Err(sent) => sent,
    }
}

async fn post_update(outside: &Outside, attempt: &Attempt, settings: &PartnerSettings, told: &Told) -> Sent {
    let Some(foreign) = &told.foreign else {
        // The request did not arrive, or gave a token only.
        return Sent::Refused(Trouble::NumberUnknown);
    };
    let mut form = keyed(attempt, settings);
    let withdrawn = attempt.delivery.kind == WITHDRAWN;
    let state = if withdrawn { "closed" } else { told.state.as_deref().unwrap_or("open") };
    form.insert("service_request_id", foreign.clone());
    form.insert("update_id", told.entry.clone().unwrap_or_else(|| attempt.delivery.id.to_string()));
    form.insert("status", state.to_uppercase());
    let media = told.media_url();
    // Servers want words with everything.
    let words =
        told.note.clone().unwrap_or_else(|| if media.is_some() { PHOTO_WORDS } else { "" }.to_owned());
    form.insert("description", words);
    form.extend(media);
    form.insert("updated_datetime", told.at.clone().unwrap_or_else(|| attempt.delivery.made_at.to_string()));
    match post(outside, attempt, "servicerequestupdates.json", &form).await {
        Ok(answer) => read_list::<Value>(&answer).map_or_else(|sent| sent, |_| Sent::Arrived(Value::Null)),
        Err(sent) => sent,
    }
}

async fn fetch(outside: &Outside, attempt: &Attempt, settings: &PartnerSettings, told: &Told) -> Sent {
    let mut found = Vec::new();
    let mut query = keyed(attempt, settings);
    for token in &told.tokens {
        match get(outside, attempt, &format!("tokens/{}.json", encoded(token)), &query).await {
            Ok(told) => {
                found.extend(told.into_iter().map(|one| TheirRequest { token: Some(token.clone()), ..one }))
            }
            Err(sent) => return sent,
        }
    }
    if !told.asked.is_empty() {
        query.insert("service_request_id", told.asked.join(","));
        match get(outside, attempt, "requests.json", &query).await {
            Ok(told) => found.extend(told),
            Err(sent) => return sent,
        }
    }
    Sent::Arrived(json!(found))
}

async fn get(
    outside: &Outside,
    attempt: &Attempt,
    method: &str,
    query: &BTreeMap<&str, String>,
) -> Result<Vec<TheirRequest>, Sent> {
    let address = format!("{}/{method}?{}", base(attempt), form_text(query));
    let url = outside.check(&address).map_err(Sent::trouble)?;
    let answer = outside.call(outside.get(url)).await.map_err(Sent::trouble)?;
    if answer.is_success() { read_list(&answer) } else { Err(refused_or_judged(&answer, attempt.now)) }
}

/// A token as a part of an address.
fn encoded(token: &str) -> String {
    token
        .bytes()
        .map(|b| {
            if b.is_ascii_alphanumeric() || b == b'-' {
                char::from(b).to_string()
            } else {
                format!("%{b:02X}")
            }
        })
        .collect()
}

fn keyed(attempt: &Attempt, settings: &PartnerSettings) -> BTreeMap<&'static str, String> {
    let key = attempt.secret.as_ref().map(|key| ("api_key", key.to_string()));
    let jurisdiction = settings.jurisdiction.clone().map(|id| ("jurisdiction_id", id));
    key.into_iter().chain(jurisdiction).collect()
}

fn base(attempt: &Attempt) -> &str {
    attempt.endpoint.address.trim_end_matches('/')
}

async fn post(
    outside: &Outside,
    attempt: &Attempt,
    method: &str,
    form: &BTreeMap<&str, String>,
) -> Result<Answer, Sent> {
    let url = outside.check(&format!("{}/{method}", base(attempt))).map_err(Sent::trouble)?;
    let request = outside
        .post(url)
        .header("content-type", "application/x-www-form-urlencoded")
        .header("accept", "application/json")
        .header("idempotency-key", attempt.delivery.id.to_string())
        .body(form_text(form));
    let answer = outside.call(request).await.map_err(Sent::trouble)?;
    if answer.is_success() { Ok(answer) } else { Err(refused_or_judged(&answer, attempt.now)) }
}

/// A server that names its errors as the standard has it has understood, and said no to this one: to a service, a place, a field. Other
/// answers of the same status are those of a server that is not there.
fn refused_or_judged(answer: &Answer, now: Time) -> Sent {
    let is_no = matches!(answer.status, 400 | 404);
    match serde_json::from_slice::<Vec<TheirError>>(&answer.body) {
        Ok(errors) if is_no && !errors.is_empty() => {
            let told: Vec<String> = errors.into_iter().filter_map(|error| error.description).collect();
            Sent::Refused(Trouble::Refused { status: answer.status, said: told.join("; ") })
        }
        _ => judge(answer, now),
    }
}

/// An error as the standard tells it.
#[derive(Debug, Deserialize)]
struct TheirError {
    #[serde(default)]
    description: Option<String>,
}

/// Pairs of texts: writing them cannot fail.
fn form_text(pairs: &BTreeMap<&str, String>) -> String {
    serde_urlencoded::to_string(pairs).unwrap_or_default()
}

/// A list of the standard. A page of some portal in between, or half an answer, is the endpoint's trouble: nothing was understood.
fn read_list<T: serde::de::DeserializeOwned>(answer: &Answer) -> Result<Vec<T>, Sent> {
    let is_none = |_| Trouble::BadAnswer { expected: "Open311".to_owned(), said: answer.excerpt() };
    serde_json::from_slice(&answer.body).map_err(|error| Sent::trouble(is_none(error)))
}

/// Takes the answer in: their number, or the states they told.
async fn take(tx: &mut Tx, delivery: &Delivery, answer: &Value) -> Result<(), Fault> {
    let district = tx.district();
    // One that is reached otherwise by now has another endpoint.
    let Some(partner) = rows::partner_of_endpoint(tx, district, delivery.endpoint_id).await? else {
        return Ok(());
    };
    match delivery.kind.as_str() {
        ASSIGNED => take_number(tx, partner.organisation_id, CaseId(delivery.subject_id), answer).await,
        FETCH => take_states(tx, &partner, delivery, answer).await,
        PHOTO => photos::take(tx, delivery, answer).await,
        _ => Ok(()),
    }
}

async fn take_states(
    tx: &mut Tx,
    partner: &Partner,
    delivery: &Delivery,
    answer: &Value,
) -> Result<(), Fault> {
    let district = tx.district();
    let told: Vec<TheirRequest> = serde_json::from_value(answer.clone())
        .map_err(|e| Fault::broken("states cannot be read").because(e))?;
    let after = serde_json::from_value(delivery.body.0["after"].clone()).unwrap_or(CaseId(Uuid::nil()));
    let open = rows::open_requests(tx, district, partner.organisation_id, after).await?;
    for mut request in open.iter().cloned() {
        // Of a request that is not among ours, nothing is taken.
        let of_token = told.iter().find(|one| one.token.is_some() && one.token == request.token);
        if let (None, Some(number)) =
            (&request.foreign_id, of_token.and_then(|one| one.service_request_id.clone()))
        {
            request.foreign_id = Some(number);
            rows::save_request(tx, &request).await?;
            continue;
        }
        let of_number = told
            .iter()
            .find(|one| one.service_request_id.is_some() && one.service_request_id == request.foreign_id);
        let said = of_number.and_then(|one| {
            Some(Said {
                state: short(one.status.as_ref()?),
                note: one.status_notes.clone(),
                photos: Vec::new(),
            })
        });
        for url in of_number.iter().flat_map(|one| one.photos()) {
            photos::want(tx, partner, request.case_id, url).await?;
        }
        if let Some(said) = said.filter(|said| said::is_news(&request, said)) {
            said::take_in(tx, partner, request, &said).await?;
        }
    }
    match open.last().filter(|_| open.len() as i64 == rows::REQUESTS_MAX) {
        Some(last) => fetch_after(tx, partner, Some(last.case_id)).await,
        None => Ok(()),
    }
}

/// A word of theirs, as long as a word may be.
fn short(word: &str) -> String {
    word.chars().take(STATE_CHARS_MAX).collect()
}

/// Orders a round of fetching, from the case after one on.
pub(crate) async fn fetch_after(tx: &mut Tx, partner: &Partner, after: Option<CaseId>) -> Result<(), Fault> {
    let Some(endpoint) = partner.endpoint_id else { return Ok(()) };
    let subject = fetch_subject(partner.organisation_id);
    let body = json!({ "after": after });
    courier::order(tx, Order { endpoint, subject, kind: FETCH, body, fact: None }).await.map(drop)
}

async fn take_number(
    tx: &mut Tx,
    partner: OrganisationId,
    case: CaseId,
    answer: &Value,
) -> Result<(), Fault> {
    let district = tx.district();
    let told: TheirRequest = serde_json::from_value(answer.clone())
        .map_err(|e| Fault::broken("a number cannot be read").because(e))?;
    let Some(mut request) = rows::request(tx, district, partner, case).await? else { return Ok(()) };
    request.foreign_id = told.service_request_id;
    request.token = told.token;
    rows::save_request(tx, &request).await?;
    let data = json!({ "has_number": request.foreign_id.is_some() });
    tx.record(&facts::PartnerFact::of_case(facts::REQUEST_KNOWN, partner, case, data)).await.map(drop)
}

/// What keeps the order of fetching: the partner itself.
fn fetch_subject(partner: OrganisationId) -> Uuid {
    partner.0
}
