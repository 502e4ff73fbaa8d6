//! Taking in what was filled: checked against its version away from the one writer, put in its grid, kept once for the id its device made.

use super::write_back::{Order, write_back};
use crate::access::{FILL, only_area, require, sees_form};
use crate::error::FieldworkError;
use crate::facts::{FieldworkFact, SUBMITTED};
use crate::model::{AnswerFinding, Content, FormId, KEEPING, Spared, Stray, Submission, SubmissionId};
use crate::plans::{Ready, ready};
use crate::store;
use ::store::Tx;
use edge::Edge;
use forms::{Answers, ExpressionFault, Plan, Scene};
use geo::Point;
use platform::{Actor, Fault, Personal, Problem, Scope, Time, Words};
use registry::{Catalogue, RecordId};
use seal::{Keyring, Vault};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::sync::Arc;
use territory::{Map, Snapshot};

/// What a device sends.
#[derive(Clone, Debug)]
pub(crate) struct Sent {
    pub id: SubmissionId,
    pub form: FormId,
    pub number: i64,
    pub answers: Value,
    /// What came along and no question asks for, besides what is found among the answers.
    pub strays: Vec<Stray>,
    /// By the clock of the device.
    pub filled_at: Time,
    /// Longitude and latitude, WGS-84.
    pub place: Option<(f64, f64)>,
    /// A path.
    pub area: Option<String>,
    /// The record of the register it is about.
    pub subject: Option<RecordId>,
    /// The versions of the records that were before the eyes of whoever filled it.
    pub seen: BTreeMap<RecordId, i64>,
    /// Paths of questions that were shown as known and not asked.
    pub known: Vec<String>,
}

/// A submission that holds, ready to be kept.
#[derive(Clone, Debug)]
pub(crate) struct Checked {
    submission: Submission,
    /// What of it goes to the register.
    order: Option<Order>,
    /// Its inside, where the register adds nothing to it.
    sealed: Option<Vec<u8>>,
}

/// What became of it.
#[derive(Clone, Debug)]
pub(crate) struct Received {
    pub submission: Submission,
    /// It had come before: nothing was added.
    pub is_again: bool,
}

/// Keeps a submission; the same one again is answered as the first time.
///
/// # Errors
/// As [`check`] and [`keep`].
pub(crate) async fn submit(edge: &Edge, actor: &Actor, sent: Sent) -> Result<Received, FieldworkError> {
    let checked = check(edge, actor, sent).await?;
    edge.db.write(actor, async move |tx: &mut Tx| keep(tx, checked.clone()).await).await
}

/// Checks a submission. Writes nothing, and waits for no writer.
///
/// # Errors
/// No such form or version, answers that do not hold, a grid that is not theirs.
pub(crate) async fn check(edge: &Edge, actor: &Actor, sent: Sent) -> Result<Checked, FieldworkError> {
    let district = actor.district;
    let ready = ready(edge, district, sent.form, sent.number).await?;
    let ready = ready.filter(|ready| sees_form(actor, &ready.area_path)).ok_or(FieldworkError::NotFound)?;
    let area = area_of(actor, &edge.fixture::<Map>().of(district), &sent)?;
    require(actor, &FILL, &area)?;
    refuse_elsewhere(&ready.area_path, &area)?;
    let (catalogue, keys) = (edge.fixture::<Catalogue>(), edge.fixture::<Vault>().of(district)?);
    let (actor, now) = (actor.clone(), edge.now());
    let checking = tokio::task::spawn_blocking(move || {
        let (answers, content) = answers_of(&ready.plan, &sent)?;
        let order = Order::of(&ready, &answers, &sent, &catalogue);
        let submission = Submission {
            id: sent.id,
            form: sent.form,
            number: sent.number,
            area_path: area,
            by_account: actor.account,
            by_name: actor.name.to_string(),
            filled_at: sent.filled_at,
            received_at: now,
            is_withdrawn: false,
            replaced_by: None,
            spared: spared(&ready, &answers, &sent, &catalogue),
            content: Personal::new(content),
        };
        let sealed = if order.is_none() { Some(seal(&keys, &actor, &submission)?) } else { None };
        Ok(Checked { submission, order, sealed })
    });
    checking.await.map_err(|e| Fault::broken("answers were not checked").because(e))?
}

fn seal(keys: &Keyring, actor: &Actor, one: &Submission) -> Result<Vec<u8>, Fault> {
    store::submissions::seal(keys, actor.district, one.id, one.content.open(KEEPING))
}

/// The grid of the place, the area that is named, or the only one of whoever fills.
fn area_of(actor: &Actor, places: &Snapshot, sent: &Sent) -> Result<String, FieldworkError> {
    if let Some((lon, lat)) = sent.place {
        let bad = |e: geo::GeoError| {
            Problem::invalid("fieldwork.bad_place", "place", Words::new(e.zh(), e.to_string()))
        };
        let point = Point::new(lon, lat).map_err(bad)?;
        let grid = places.locate(point).ok_or_else(|| {
            FieldworkError::invalid(
                "place",
                "fieldwork.outside",
                "这个位置不在任何网格里。",
                "No grid is at this place.",
            )
        })?;
        return Ok(grid.path.clone());
    }
    let area = sent.area.clone().or_else(|| only_area(actor, &FILL));
    area.filter(|path| places.by_path(path).is_some()).ok_or_else(|| {
        FieldworkError::invalid(
            "area",
            "fieldwork.no_area",
            "请说明在哪个网格填写。",
            "Say in which grid this was filled in.",
        )
    })
}

/// A form of one street is not filled in another.
fn refuse_elsewhere(used_in: &str, area: &str) -> Result<(), FieldworkError> {
    if Scope::covers_path(used_in, area) {
        return Ok(());
    }
    Err(FieldworkError::invalid(
        "area",
        "fieldwork.not_used_here",
        "这个表单不在这个区域使用。",
        "This form is not used in this area.",
    ))
}

/// What is kept of answers that hold. Calculations were made where it was filled; what is asked is said anew from the answers.
fn answers_of(plan: &Arc<Plan>, sent: &Sent) -> Result<(Answers, Content), FieldworkError> {
    if !sent.answers.is_object() {
        return Err(FieldworkError::invalid(
            "answers",
            "fieldwork.no_answers",
            "没有填写内容。",
            "There are no answers.",
        ));
    }
    let now = sent.filled_at.local().strftime("%Y-%m-%dT%H:%M:%S%.3f%:z").to_string();
    // The id's own chance: the same answers sent again are worked out to the same.
    let scene = Scene::at(&now, plan.form().first_language(), sent.id.0.as_u64_pair().1)
        .ok_or_else(|| Fault::broken("a moment is not written as forms read it"))?;
    let (mut answers, strangers) = Answers::from_json(plan, &sent.answers);
    answers.settle_relevance(&scene).map_err(|fault| FieldworkError::Answers(vec![of_rule(&fault)]))?;
    let faults = answers.check(&scene);
    if !faults.is_empty() {
        return Err(FieldworkError::Answers(faults.into_iter().map(AnswerFinding::from).collect()));
    }
    let strays = strangers.into_iter().map(|stranger| Stray { path: stranger.path, text: stranger.text });
    let content = Content {
        answers: answers.to_json(true),
        strays: strays.chain(sent.strays.iter().cloned()).collect(),
        place: sent.place,
        subject: sent.subject,
        writes: Vec::new(),
    };
    Ok((answers, content))
}

/// A rule that gave no value concerns the answers as a whole.
fn of_rule(fault: &ExpressionFault) -> AnswerFinding {
    AnswerFinding {
        address: String::new(),
        code: fault.code().to_owned(),
        message: String::new(),
        words: fault.words(),
    }
}

/// Counted here and not believed: only questions with a prefill can have been known.
fn spared(ready: &Ready, answers: &Answers, sent: &Sent, catalogue: &Catalogue) -> Spared {
    let tied = crate::model::tied_questions(&ready.plan, catalogue);
    let is_known = |path: &str| sent.known.iter().any(|known| known == path) && is_shown(answers, path);
    let known = tied.iter().filter(|tied| tied.is_prefilled && is_known(&ready.plan.path(tied.item))).count();
    Spared { questions: answers.count_questions() as i64, known: known as i64 }
}

fn is_shown(answers: &Answers, path: &str) -> bool {
    answers.is_relevant(path) == Some(true) && answers.text(path).is_some_and(|text| !text.is_empty())
}

/// Keeps a submission that was checked, writes what goes to the register, within one transaction.
///
/// # Errors
/// A version that is still a draft, an id used for something else, a right lost meanwhile.
pub(crate) async fn keep(tx: &mut Tx, checked: Checked) -> Result<Received, FieldworkError> {
    let Checked { submission: mut one, order, sealed } = checked;
    let district = tx.district();
    require(tx.actor(), &FILL, &one.area_path)?;
    if let Some(first) = store::submissions::find(tx, one.id).await? {
        let is_same = first.is_same(&one);
        return if is_same {
            Ok(Received { submission: first, is_again: true })
        } else {
            Err(FieldworkError::IdTaken)
        };
    }
    let state = store::find_state(tx, district, one.form, one.number).await?;
    one.is_withdrawn = state.ok_or(FieldworkError::NotFound)?.receive()?;
    if let Some(order) = &order {
        let writes = write_back(tx, order).await?;
        one.content = Personal::new(Content { writes, ..one.content.open(KEEPING).clone() });
    }
    let sealed = match sealed {
        Some(sealed) => sealed,
        None => {
            let keys = store::keys(tx)?;
            seal(&keys, tx.actor(), &one)?
        }
    };
    store::submissions::insert(tx, &one, sealed).await?;
    let data = json!({ "form": one.form, "number": one.number, "withdrawn": one.is_withdrawn, "filled_at": one.filled_at });
    tx.record(&FieldworkFact::of_submission(SUBMITTED, one.id, &one.area_path, data)).await?;
    Ok(Received { submission: one, is_again: false })
}
