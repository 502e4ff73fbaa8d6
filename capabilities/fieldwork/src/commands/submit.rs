//! Taking in what was filled: checked against its version, put in its grid, kept once for the id its device made.

use crate::access::{FILL, only_area, require, sees_form};
use crate::error::FieldworkError;
use crate::facts::{FieldworkFact, SUBMITTED};
use crate::model::{AnswerFinding, Content, FormId, Stray, Submission, SubmissionId};
use crate::plans::plan_of;
use crate::store::{self, FormRow};
use ::store::{Conn, Tx};
use edge::Edge;
use forms::{Answers, ExpressionFault, Plan, Scene};
use geo::Point;
use platform::{Actor, Fault, Personal, Problem, Scope, Time, Words};
use serde_json::{Value, json};
use std::sync::Arc;
use territory::{Map, Snapshot};

/// What a device sends.
#[derive(Clone, Debug)]
pub(crate) struct Sent {
    pub id: SubmissionId,
    pub form: FormId,
    pub number: i64,
    pub answers: Value,
    /// By the clock of the device.
    pub filled_at: Time,
    /// Longitude and latitude, WGS-84.
    pub place: Option<(f64, f64)>,
    /// A path.
    pub area: Option<String>,
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
/// No such form or version, a draft, answers that do not hold, a grid that is not theirs, an id used for something else.
pub(crate) async fn submit(edge: &Edge, actor: &Actor, sent: Sent) -> Result<Received, FieldworkError> {
    let (district, form) = (actor.district, sent.form);
    let read = async move |conn: &mut Conn| store::find_form(conn, district, form).await;
    let found = edge.db.read::<_, Fault, _>(read).await?;
    let found = found.filter(|found| sees_form(actor, &found.area_path)).ok_or(FieldworkError::NotFound)?;
    let plan = plan_of(edge, district, form, sent.number).await?.ok_or(FieldworkError::NotFound)?;
    let area = area_of(actor, &edge.fixture::<Map>().of(district), &sent)?;
    require(actor, &FILL, &area)?;
    let sent_again = sent.clone();
    let checking = tokio::task::spawn_blocking(move || check(&plan, sent));
    let content = checking.await.map_err(|e| Fault::broken("answers were not checked").because(e))??;
    let one = Submission {
        id: sent_again.id,
        form,
        number: sent_again.number,
        area_path: area,
        by_account: actor.account,
        by_name: actor.name.to_string(),
        filled_at: sent_again.filled_at,
        received_at: edge.now(),
        is_withdrawn: false,
        content: Personal::new(content),
    };
    refuse_elsewhere(&found, &one.area_path)?;
    edge.db.write(actor, async move |tx: &mut Tx| keep(tx, one.clone()).await).await
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
fn refuse_elsewhere(form: &FormRow, area: &str) -> Result<(), FieldworkError> {
    if Scope::covers_path(&form.area_path, area) {
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
fn check(plan: &Arc<Plan>, sent: Sent) -> Result<Content, FieldworkError> {
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
    Ok(Content { answers: answers.to_json(true), strays: strays.collect(), place: sent.place })
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

async fn keep(tx: &mut Tx, mut one: Submission) -> Result<Received, FieldworkError> {
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
    let version = store::find_version(tx, district, one.form, one.number).await?;
    one.is_withdrawn = version.ok_or(FieldworkError::NotFound)?.state.receive()?;
    store::submissions::insert(tx, &one).await?;
    let data = json!({ "form": one.form, "number": one.number, "withdrawn": one.is_withdrawn });
    tx.record(&FieldworkFact::of_submission(SUBMITTED, one.id, &one.area_path, data)).await?;
    Ok(Received { submission: one, is_again: false })
}
