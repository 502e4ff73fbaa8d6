//! The service-request-updates extension, as FixMyStreet documents it (github.com/mysociety/fixmystreet/wiki, Open311 FMS).
//!
//! `GET servicerequestupdates` tells what became of requests, between two moments or by their numbers: each step after which a request stands
//! otherwise, the earliest first, under the id of the step. What everybody is told is the state in words; what was written goes to a key that may
//! see the case, and to nobody else. `POST` is the other way: a system that may see a request adds what it knows to its history, with
//! `service_request_id`, `update_id` (the sender's own: the same again is the same), `status`, `description`. What a status says is kept as words:
//! who works on a case decides what follows from it.

use super::answer::Answer;
use super::call::{Call, bad, unknown};
use super::period::{Period, w3c};
use super::requests::{PAGE_ROWS_MAX, READS, is_trusted_with, next_page, page_rows, read};
use crate::access;
use crate::commands::{self, WORDS_CHARS_MAX};
use crate::error::CaseError;
use crate::model::{EntryId, parse_number};
use crate::queries::open311::{self as queries, ListedStep, Steps};
use crate::rules::Rules;
use crate::store;
use ::store::{Conn, Tx};
use axum::http::HeaderMap;
use edge::{Edge, Rates};
use platform::{Cursor, Problem, Time};
use serde::{Deserialize, Serialize};
use std::time::Duration;

/// An update in the order of the extension.
#[derive(Serialize)]
struct RequestUpdate {
    update_id: String,
    service_request_id: String,
    /// `OPEN` or `CLOSED`: how the request stands after it.
    status: &'static str,
    updated_datetime: String,
    description: String,
    media_url: Option<String>,
}

pub async fn list(edge: Edge, call: Call) -> Result<Answer, Problem> {
    edge.fixture::<Rates>().check(READS, &call.actor.source, edge.now())?;
    let district = call.district.district;
    let asked = asked(&call, edge.now())?;
    let rows = asked.rows;
    let wanted = Steps { rows: rows + 1, ..asked };
    let mut found =
        read(&edge, async move |conn: &mut Conn| queries::steps(conn, district, &wanted).await).await?;
    let more = found.len() as i64 > rows;
    found.truncate(usize::try_from(rows).unwrap_or(PAGE_ROWS_MAX));
    let last = found.last().filter(|_| more);
    let next = last.map(|step| next_page(&edge, &call, &Cursor::of(&(step.at, step.id))));
    let rules = edge.fixture::<Rules>();
    let shown: Vec<_> = found.iter().filter_map(|step| update(step, &call, &rules)).collect();
    Ok(Answer::new("service_request_updates", &shown).map_err(|f| Problem::from(&f))?.next(next))
}

/// The steps the parameters describe: of the latest 90 days, or of numbers from their beginning on.
fn asked(call: &Call, now: Time) -> Result<Steps, Problem> {
    let params = &call.params;
    let numbers = params.list("service_request_id");
    if numbers.as_ref().is_some_and(|all| all.len() > PAGE_ROWS_MAX) {
        return Err(bad("service_request_id", "一次最多 1000 个编号。", "At most 1000 numbers at a time."));
    }
    let has_dates = params.get("start_date").or_else(|| params.get("end_date")).is_some();
    let period = match numbers.is_some() && !has_dates {
        true => Period { from: Time::ENTERED_MIN, to: now.after(Duration::from_secs(1)) },
        false => Period::of(params, now)?,
    };
    let after = params.get("after").map(|text| {
        let cursor = Cursor(text.to_owned());
        cursor.key().ok_or_else(|| bad("after", "翻页标记无效。", "The page mark is not ours."))
    });
    let after: Option<(Time, EntryId)> = after.transpose()?;
    Ok(Steps {
        numbers: numbers.map(|all| all.iter().filter_map(|number| parse_number(number)).collect()),
        from: period.from,
        to: period.to,
        after,
        rows: page_rows(params)? as i64,
    })
}

/// A step as this caller is told it; none where the type of its case is nobody's business.
fn update(step: &ListedStep, call: &Call, rules: &Rules) -> Option<RequestUpdate> {
    let is_trusted = is_trusted_with(&call.actor, &step.area_path, step.unit_id);
    if !is_trusted && !step.public {
        return None;
    }
    let workflow = rules.workflow_at(step.workflow_version);
    let state = crate::view::state_words(workflow, &step.to_state).get(call.actor.lang).to_owned();
    let note = step.note.as_ref().filter(|_| is_trusted && access::are_words_told(&step.state));
    Some(RequestUpdate {
        update_id: step.id.to_string(),
        service_request_id: step.number.clone(),
        status: if is_over(workflow, &step.to_state) { "CLOSED" } else { "OPEN" },
        updated_datetime: w3c(step.at),
        description: note.map_or_else(|| state.clone(), |note| format!("{state}\n{note}")),
        media_url: None,
    })
}

fn is_over(workflow: &flow::Workflow, state: &str) -> bool {
    workflow.state(state).is_some_and(|state| state.is_final)
}

#[derive(Clone, Serialize, Deserialize)]
struct UpdateTaken {
    update_id: String,
}

pub async fn add(edge: Edge, call: Call) -> Result<Answer, Problem> {
    if !call.is_keyed() {
        return Err(Problem::forbidden().field("api_key"));
    }
    let number =
        parse_number(call.params.need("service_request_id")?).ok_or_else(|| unknown("service_request_id"))?;
    let words = words(&call)?;
    let update_id = call.params.get("update_id").unwrap_or_default().to_owned();
    let (headers, body) = (once(&call.headers, &update_id), call.body.clone());
    let add = async move |tx: &mut Tx| {
        let (number, words, update_id) = (number.clone(), words.clone(), update_id.clone());
        edge::idempotent(tx, &headers, &body, async |tx: &mut Tx| {
            let district = tx.district();
            let found = store::find_by_number(tx, district, &number).await?.ok_or(CaseError::NotFound)?;
            let case = store::find(tx, district, found).await?.ok_or(CaseError::NotFound)?;
            if !access::may_see(tx.actor(), &case, None) {
                return Err(CaseError::NotFound);
            }
            commands::inform(tx, found, &words).await?;
            Ok::<_, CaseError>(UpdateTaken { update_id })
        })
        .await
    };
    let taken = edge.db.write(&call.actor, add).await?;
    Ok(Answer::new("service_request_updates", &[taken]).map_err(|f| Problem::from(&f))?.created())
}

/// What is written into the history: their words, else the state they tell.
fn words(call: &Call) -> Result<String, Problem> {
    let told = call.params.get("description").or_else(|| call.params.get("status"));
    let words =
        told.ok_or_else(|| bad("description", "须有说明或状态。", "A description or a status is needed."))?;
    if words.chars().count() > WORDS_CHARS_MAX {
        return Err(bad(
            "description",
            "说明太长，最多 2000 字。",
            "The description is too long: 2000 characters at most.",
        ));
    }
    Ok(words.to_owned())
}

/// The sender's own id makes an update one, where it sends no key for that.
fn once(headers: &HeaderMap, update_id: &str) -> HeaderMap {
    const KEY: &str = "idempotency-key";
    let mut headers = headers.clone();
    let key = format!("update-{update_id}")
        .parse()
        .ok()
        .filter(|_| !update_id.is_empty() && !headers.contains_key(KEY));
    if let Some(key) = key {
        headers.insert(KEY, key);
    }
    headers
}
