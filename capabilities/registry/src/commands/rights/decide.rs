//! A desk answers a request: what is granted is done in the same write, with the source `self`; a no has its published ground.

use super::ask::refuse_kept;
use super::{WORDS_CHARS_MAX, checked_words, refusal};
use crate::access::{DECIDE, require};
use crate::catalogue::{Catalogue, Rights};
use crate::commands::alarms::{self, Alarm};
use crate::commands::{Amend, Given, amend_as_asked, retention};
use crate::error::RegistryError;
use crate::facts::{DECIDED, RegistryFact};
use crate::model::{ActId, AlarmKind, Ask, Record, RequestId, RequestState, Source, retention::held};
use crate::reactions::ANSWER_DUE;
use crate::store;
use crate::store::rights::{Decided, RequestRow};
use ::store::Tx;
use axum::http::StatusCode;
use platform::{Fault, Words};
use serde_json::json;
use std::collections::BTreeMap;

/// An answer.
#[derive(Clone, Debug)]
pub struct Decide {
    pub id: RequestId,
    pub is_granted: bool,
    /// Of a no: a ground of the catalogue.
    pub ground: Option<String>,
    /// To the person.
    pub words: String,
}

/// Answers a request.
///
/// # Errors
/// It is not open; a no without a ground; what was asked can no longer be done.
pub async fn decide(tx: &mut Tx, order: Decide) -> Result<Option<ActId>, RegistryError> {
    let district = tx.district();
    let request =
        store::rights::find_request(tx, district, order.id).await?.ok_or(RegistryError::NotFound)?;
    require(tx.actor(), &DECIDE, &request.area_path)?;
    if request.state != RequestState::Open {
        return Err(decided_already());
    }
    let words = checked_words("words", &order.words, 0, WORDS_CHARS_MAX)?;
    let ground = if order.is_granted { None } else { Some(known_ground(tx, &request, order.ground)?) };
    let person = store::load(tx, request.person_id).await?.ok_or(RegistryError::NotFound)?;
    let act = if order.is_granted { fulfil(tx, &request, &person).await? } else { None };
    let state = if order.is_granted { RequestState::Granted } else { RequestState::Refused };
    let by = tx.actor().name.to_string();
    let words = Some(words).filter(|words| !words.is_empty());
    let decided = Decided { state, by, ground: ground.clone(), words, act };
    if !store::rights::decide(tx, request.id, decided).await? {
        return Err(decided_already());
    }
    tx.cancel_timer(ANSWER_DUE, request.id.0).await?;
    let data =
        json!({ "request": request.id, "what": request.what, "state": state, "ground": ground, "act": act });
    tx.record(&RegistryFact::of(DECIDED, &person, data)).await?;
    tell(tx, &request).await?;
    Ok(act)
}

fn decided_already() -> RegistryError {
    refusal(
        StatusCode::CONFLICT,
        "registry.decided_already",
        Words::of("这条请求已有答复。", "This request was answered already."),
    )
}

fn known_ground(tx: &Tx, request: &RequestRow, ground: Option<String>) -> Result<String, RegistryError> {
    let known = ground.filter(|key| tx.fixture::<Rights>().ground(key, request.what).is_some());
    known.ok_or_else(|| {
        RegistryError::invalid(
            "ground",
            "registry.no_ground",
            "不予办理要写明理由，并从目录里选择。",
            "A no needs a ground of the list.",
        )
    })
}

/// Does what was asked; answers the deed, where it can be undone.
async fn fulfil(tx: &mut Tx, request: &RequestRow, person: &Record) -> Result<Option<ActId>, RegistryError> {
    let record = store::load(tx, request.record_id).await?.ok_or(RegistryError::NotFound)?;
    match request.what {
        Ask::Correct => correct(tx, request, &record).await.map(Some),
        Ask::Delete => delete(tx, request, &record).await.map(|()| None),
        Ask::Restrict => {
            store::rights::restrict(tx, person.id, request.id).await?;
            Ok(None)
        }
        Ask::Object => {
            let data = json!({ "request": request.id, "look": request.look_id });
            let alarm = Alarm { record: Some(&record), data, ..Alarm::of(AlarmKind::ObjectionUpheld) };
            alarms::raise(tx, alarm).await?;
            Ok(None)
        }
    }
}

async fn correct(tx: &mut Tx, request: &RequestRow, record: &Record) -> Result<ActId, RegistryError> {
    let asked = request.asked(&*store::keys(tx)?, tx.district())?;
    let field = request.field.clone().ok_or(RegistryError::NotFound)?;
    let order = Amend {
        id: record.id,
        // The desk compared what was asked with what stands there now.
        version: record.version,
        values: BTreeMap::from([(field, asked.value.unwrap_or_default())]),
        given: Given { source: Source::Own, evidence: Some(asked.evidence) },
    };
    Ok(amend_as_asked(tx, order).await?.act)
}

async fn delete(tx: &mut Tx, request: &RequestRow, record: &Record) -> Result<(), RegistryError> {
    let (catalogue, rights) = (tx.fixture::<Catalogue>(), tx.fixture::<Rights>());
    let field = request.field.as_deref().and_then(|key| catalogue.kind(record.kind).field(key));
    refuse_kept(&rights, record, field)?;
    let keys: Vec<String> = match field {
        Some(field) => vec![field.key.clone()],
        None => held(&record.content).map(str::to_owned).collect(),
    };
    retention::erase_values(tx, record, &keys).await.map(drop)
}

/// A line to the phone of whoever asked: that there is an answer, not which.
async fn tell(tx: &mut Tx, request: &RequestRow) -> Result<(), Fault> {
    let Some(account) = request.asked_by else { return Ok(()) };
    let words = Words::of(
        "【睦邻】您关于本人信息的请求已有答复，登录后在“我的信息”里查看。",
        "[Mulin] Your request about your data was answered. Sign in and look under My data.",
    );
    identity::text_resident(tx, account, "request_answered", &words).await
}

/// The day on which an answer is due has passed: the security administrator is told. An answer that came is none of its business.
pub(crate) async fn remind(tx: &mut Tx, id: RequestId) -> Result<(), Fault> {
    let district = tx.district();
    let request = store::rights::find_request(tx, district, id).await?;
    let Some(request) = request.filter(|request| request.state == RequestState::Open) else { return Ok(()) };
    let data = json!({ "request": id, "what": request.what, "area": request.area_path });
    alarms::raise(tx, Alarm { data, ..Alarm::of(AlarmKind::AnswerOverdue) }).await
}
