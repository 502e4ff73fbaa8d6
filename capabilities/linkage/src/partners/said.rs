//! What a partner says of a case becomes actions of the workflow, in its name; what no rule answers becomes a question to a person.

use super::facts::{PARTNER_SAID, PartnerFact, QUESTION_ASKED};
use super::forward::organisation_name;
use super::photos;
use super::states::StateTables;
use crate::model::partner::{LinkedRequest, Meaning, Partner, Question, QuestionId, Said, Step, Why, way_to};
use crate::store::partners as rows;
use ::store::Tx;
use cases::commands::Act;
use cases::photos::StoredPhoto;
use cases::{CaseError, CaseId};
use platform::{Actor, ActorKind, Fault, Grant, OrganisationId, Scope, Via};
use serde_json::json;
use std::sync::Arc;

/// Words of theirs that are longer are cut, and say so.
const NOTE_CHARS_MAX: usize = 1_500;

/// Takes in what was said of one of the partner's open cases; says why a person decides, where one has to.
pub(crate) async fn take_in(
    tx: &mut Tx,
    partner: &Partner,
    mut request: LinkedRequest,
    said: &Said,
) -> Result<Option<Why>, Fault> {
    let note = said.note.as_deref().map(shortened).filter(|note| !note.is_empty());
    let (case, organisation) = (request.case_id, partner.organisation_id);
    request.foreign_state = Some(said.state.clone());
    request.foreign_note = said.note.clone();
    rows::save_request(tx, &request).await?;
    let tables = tx.fixture::<StateTables>();
    let meaning = tables.table(&partner.states).and_then(|table| table.meaning(&said.state));
    tx.record(&PartnerFact::of_case(PARTNER_SAID, organisation, case, json!({ "meaning": meaning }))).await?;
    let outcome = match meaning {
        None => Err(Why::UnknownState),
        Some(Meaning::Ask) => Err(Why::ByTable),
        Some(meaning) => walk(tx, partner, &request, meaning, (note.as_deref(), &said.photos)).await?,
    };
    let Err(why) = outcome else { return Ok(None) };
    photos::show(tx, partner, case, &said.photos).await?;
    ask(tx, &request, said, note, why).await?;
    Ok(Some(why))
}

/// Whether a state that was fetched says anything that was not said before.
pub(crate) fn is_news(request: &LinkedRequest, said: &Said) -> bool {
    request.foreign_state.as_deref() != Some(&said.state) || request.foreign_note != said.note
}

/// Takes the actions that lead there, all or none.
async fn walk(
    tx: &mut Tx,
    partner: &Partner,
    request: &LinkedRequest,
    meaning: Meaning,
    (note, shown): (Option<&str>, &[StoredPhoto]),
) -> Result<Result<(), Why>, Fault> {
    let district = tx.district();
    let Some(case) = cases::linked::find(tx, district, request.case_id).await? else {
        return Ok(Err(Why::NoWay));
    };
    let Some(way) = way_to(meaning, &case.state, note.is_some()) else { return Ok(Err(Why::NoWay)) };
    let actor = actor_of(tx, partner, case.host_post);
    // Photos go with the step that has their words.
    let with_photos = way.iter().rposition(|step| step.with_note);
    let taken = tx
        .attempt(async |tx: &mut Tx| {
            for (at, step) in way.iter().enumerate() {
                let photos = if with_photos == Some(at) { shown } else { &[] };
                cases::linked::act_as(tx, actor.clone(), case.id, act_of(step, note, photos)).await?;
            }
            Ok::<_, CaseError>(())
        })
        .await?;
    match taken {
        Ok(()) => {
            if with_photos.is_none() {
                photos::show(tx, partner, case.id, shown).await?;
            }
            Ok(Ok(()))
        }
        Err(CaseError::Fault(fault)) => Err(fault),
        Err(refusal) => {
            tracing::info!(case = %case.number, "A partner's word was not taken: {refusal}");
            Ok(Err(Why::Refused))
        }
    }
}

fn act_of(step: &Step, note: Option<&str>, photos: &[StoredPhoto]) -> Act {
    let said = note.unwrap_or("（对方系统回报，没有文字说明）");
    Act {
        action: step.action.to_owned(),
        note: step.with_note.then(|| said.to_owned()),
        reason: step.reason.map(str::to_owned),
        photos: photos.to_vec(),
        proof_elsewhere: true,
        ..Act::default()
    }
}

/// The partner as it acts on a case: its own name, the post that handles the case, and nothing else.
fn actor_of(tx: &Tx, partner: &Partner, post: Option<platform::PostId>) -> Actor {
    let scope = Scope::Unit { organisation: partner.organisation_id };
    let grant = Grant { permission: cases::HANDLE.name.to_owned(), scope };
    Actor {
        kind: ActorKind::Service,
        name: organisation_name(tx, partner.organisation_id).into(),
        posts: post.into_iter().collect(),
        grants: Arc::new([grant]),
        via: Via::Api,
        ..Actor::system(tx.district(), "partner")
    }
}

async fn ask(
    tx: &mut Tx,
    request: &LinkedRequest,
    said: &Said,
    note: Option<String>,
    why: Why,
) -> Result<(), Fault> {
    let question = Question {
        foreign_state: Some(said.state.clone()),
        note,
        ..question(tx, request.organisation_id, request.case_id, why)
    };
    keep(tx, question, why).await
}

/// Asks a person about a case of a partner of which nothing was said.
pub(crate) async fn ask_why(
    tx: &mut Tx,
    partner: OrganisationId,
    case: CaseId,
    why: Why,
) -> Result<(), Fault> {
    let question = question(tx, partner, case, why);
    keep(tx, question, why).await
}

fn question(tx: &Tx, organisation_id: OrganisationId, case_id: CaseId, why: Why) -> Question {
    Question {
        id: QuestionId::new(tx.now()),
        organisation_id,
        case_id,
        foreign_state: None,
        note: None,
        why,
        at: tx.now(),
        settled_at: None,
    }
}

async fn keep(tx: &mut Tx, question: Question, why: Why) -> Result<(), Fault> {
    rows::add_question(tx, &question).await?;
    let data = json!({ "why": why, "question": question.id });
    tx.record(&PartnerFact::of_case(QUESTION_ASKED, question.organisation_id, question.case_id, data))
        .await
        .map(drop)
}

/// Without control characters, and as long as a note may be.
fn shortened(text: &str) -> String {
    let plain: String = text.chars().filter(|c| !c.is_control() || *c == '\n').collect();
    let plain = plain.trim();
    match plain.char_indices().nth(NOTE_CHARS_MAX) {
        Some((end, _)) => format!("{}……（原文较长，已截断）", &plain[..end]),
        None => plain.to_owned(),
    }
}
