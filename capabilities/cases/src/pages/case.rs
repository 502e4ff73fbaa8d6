//! One case as its reporter and followers see it: what happens, who is responsible, until when; and their answer to it.

use super::answer::{Typed, find_form};
use super::shared::{Moment, Owner, Photo, StateView, mark_of, number_of_address, redirect_with_mark};
use crate::codes;
use crate::commands::{self, Follow};
use crate::error::CaseError;
use crate::http::lists::following;
use crate::http::report::parse_phone;
use crate::http::{case_id, viewer};
use crate::intake;
use crate::model::{CaseId, FollowerId};
use crate::photos;
use crate::queries;
use crate::rules::Rules;
use crate::view::{CaseView, EntryView, Viewer};
use ::store::{Conn, Tx};
use askama::Template;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use edge::{Edge, Html, Multipart, Page, PathOf, QueryOf, Trouble};
use platform::{ActorKind, Problem};
use serde::Deserialize;

#[derive(Template)]
#[template(path = "case.html")]
struct CasePage {
    page: Page,
    number: String,
    type_name: String,
    state: StateView,
    plain: String,
    owner: Option<Owner>,
    until: Option<Moment>,
    overdue: bool,
    why: String,
    /// The item of the list that decided, on its public page.
    why_href: Option<String>,
    place_words: String,
    sentence: String,
    reported: Moment,
    photos: Vec<Photo>,
    followers: u32,
    steps: Vec<StepView>,
    can: CaseCan,
    reopen_until: Option<Moment>,
    version: i64,
    said: Option<String>,
    trouble: Vec<Trouble>,
    typed: Typed,
    client_id: String,
}

/// One step of the timeline.
struct StepView {
    title: String,
    who: Option<String>,
    words: Option<String>,
    at: Option<Moment>,
    until: Option<Moment>,
    is: &'static str,
    photos: Vec<Photo>,
}

/// What this follower may do now, as the workflow says.
struct CaseCan {
    confirm: bool,
    reopen: bool,
    rate: bool,
    withdraw: bool,
    supplement: bool,
}

impl CaseCan {
    fn of(case: &CaseView) -> Self {
        let can = |name: &str| case.actions.iter().any(|a| a.action == name && a.can);
        Self {
            confirm: can("confirm"),
            reopen: can("reopen"),
            rate: can("rate"),
            withdraw: can("withdraw"),
            supplement: can("supplement"),
        }
    }
}

/// What the page says beside the case itself.
pub(super) enum Said {
    Nothing,
    /// Thanks for the answer just given, by its action.
    Done(String),
    /// A form that came back, with what stood in it.
    Trouble {
        trouble: Vec<Trouble>,
        typed: Typed,
    },
}

#[derive(Debug, Deserialize)]
pub(super) struct Show {
    /// The action just taken, after which the form led here.
    done: Option<String>,
}

pub(super) async fn show(
    State(edge): State<Edge>,
    page: Page,
    headers: HeaderMap,
    PathOf(number): PathOf<String>,
    QueryOf(query): QueryOf<Show>,
) -> Result<Response, Problem> {
    let id = case_id(&edge, &page.actor, &number).await?;
    let mark = mark_of(&edge, &page, &headers, id, &number).await?;
    if mark.is_none() && page.actor.account.is_none() {
        let number = number_of_address(&number, id);
        return Ok(Redirect::to(&format!("/follow?number={number}")).into_response());
    }
    if let Some(follower) = mark
        && let Some(onward) = follow_on(&edge, &page, id, follower).await?
    {
        return Ok(onward);
    }
    render(&edge, page, &number, mark, query.done.map_or(Said::Nothing, Said::Done)).await
}

/// A merged report is followed where it went on.
async fn follow_on(
    edge: &Edge,
    page: &Page,
    id: CaseId,
    follower: FollowerId,
) -> Result<Option<Response>, Problem> {
    let (rules, district) = (edge.fixture::<Rules>(), page.actor.district);
    let found = edge
        .db
        .read(async move |conn: &mut Conn| {
            let (common, number) = queries::find_common(conn, district, id).await?;
            let secret = codes::find_secret(conn, &rules, district).await?;
            let mark = secret.filter(|_| common != id).map(|s| codes::mark(&s, common, follower));
            Ok::<_, CaseError>(mark.map(|mark| (number, mark)))
        })
        .await?;
    Ok(found.map(|(number, mark)| redirect_with_mark(page, &format!("/case/{number}"), &number, &mark)))
}

/// The case as it is now, with thanks or trouble.
pub(super) async fn render(
    edge: &Edge,
    page: Page,
    number: &str,
    mark: Option<FollowerId>,
    said: Said,
) -> Result<Response, Problem> {
    let id = case_id(edge, &page.actor, number).await?;
    let asking = page.actor.clone();
    let whole =
        edge.db.read(async move |conn: &mut Conn| queries::find_whole(conn, &asking, id, mark).await).await?;
    let viewer = viewer(edge, &page.actor);
    let case = viewer.case(&whole, following(&whole, &page.actor, mark));
    let status = match said {
        Said::Trouble { .. } => StatusCode::UNPROCESSABLE_ENTITY,
        Said::Nothing | Said::Done(_) => StatusCode::OK,
    };
    let mut page = page.titled("事情的进展", "How it is going");
    // After an answer the address is the form's: the switches of language and size must lead back here.
    page.path = format!("/case/{number}");
    Ok(Html(case_page(edge, page, &viewer, &case, said)).with_status(status))
}

fn case_page(edge: &Edge, page: Page, viewer: &Viewer, case: &CaseView, said: Said) -> CasePage {
    let line = &case.line;
    let until = line.due_at.filter(|_| line.open).map(|at| Moment::of(&page, at));
    let can = CaseCan::of(case);
    let first = case.timeline.first().map(|e| e.photos.as_slice()).unwrap_or_default();
    let (said, trouble, typed) = match said {
        Said::Nothing => (None, Vec::new(), Typed::default()),
        Said::Done(action) => (thanks(&page, case, &action), Vec::new(), Typed::default()),
        Said::Trouble { trouble, typed } => (None, trouble, typed),
    };
    let explanation = |key: &str| case.explanation.get(key).and_then(|v| v.as_str()).unwrap_or_default();
    CasePage {
        number: line.number.clone(),
        type_name: page.words(&line.type_words).to_owned(),
        state: StateView::of(viewer, &line.state, line.overdue),
        owner: line.owner.clone().map(Owner::from),
        overdue: line.overdue && line.owner_role != "reporter",
        why_href: Some(explanation("href").to_owned()).filter(|href| !href.is_empty()),
        why: page.tr(explanation("zh"), explanation("en")).to_owned(),
        place_words: line.place.clone(),
        plain: page.words(&case.sentence).to_owned(),
        sentence: case.text.clone(),
        reported: Moment::of(&page, line.reported_at),
        photos: first.iter().enumerate().map(|(i, p)| Photo::of(&page, p, i + 1)).collect(),
        followers: u32::try_from(line.followers).unwrap_or(0),
        steps: steps(&page, case, until.as_ref()),
        reopen_until: until.clone().filter(|_| can.reopen),
        until,
        can,
        version: line.version,
        said,
        trouble,
        typed,
        client_id: FollowerId::new(edge.now()).to_string(),
        page,
    }
}

/// Thanks for an answer that was really given: an address somebody made up says nothing.
fn thanks(page: &Page, case: &CaseView, action: &str) -> Option<String> {
    let form = find_form(action).filter(|_| case.timeline.iter().any(|e| e.action == action))?;
    Some(page.words(&form.thanks).to_owned())
}

/// The history in plain words, the present step last.
fn steps(page: &Page, case: &CaseView, until: Option<&Moment>) -> Vec<StepView> {
    let mut steps: Vec<StepView> =
        case.timeline.iter().enumerate().map(|(i, e)| step(page, e, i == 0)).collect();
    if case.line.open {
        steps.push(StepView {
            title: page.words(&case.line.state_words).to_owned(),
            who: case.line.owner.as_ref().map(|o| o.name.clone()),
            words: None,
            at: None,
            until: until.cloned(),
            is: "now",
            photos: Vec::new(),
        });
    }
    steps
}

fn step(page: &Page, entry: &EntryView, first: bool) -> StepView {
    let to = entry.to.as_ref().map(|p| format!("{} {}", page.tr("交给", "to"), p.name));
    let reason = entry.reason.as_ref().map(|r| page.words(r).to_owned());
    let advice = entry.advice.as_ref().map(|a| page.words(a).to_owned());
    let said: Vec<String> = [reason, entry.note.clone(), advice].into_iter().flatten().collect();
    // The reporter's own photos stand on top of the page already.
    let photos = if first { &[][..] } else { &entry.photos };
    StepView {
        title: page.words(&entry.action_words).to_owned(),
        who: Some(match to {
            Some(to) => format!("{} {to}", entry.actor),
            None => entry.actor.clone(),
        }),
        words: (!said.is_empty()).then(|| said.join(page.tr("；", "; "))),
        at: Some(Moment::of(page, entry.at)),
        until: None,
        is: "done",
        photos: photos.iter().enumerate().map(|(i, p)| Photo::of(page, p, i + 1)).collect(),
    }
}

/// 我也遇到: one tap, and a code of one's own.
pub(super) async fn me_too(
    State(edge): State<Edge>,
    page: Page,
    PathOf(number): PathOf<String>,
    body: Multipart,
) -> Result<Response, Problem> {
    page.check_csrf(body.text("_csrf"))?;
    let id = case_id(&edge, &page.actor, &number).await?;
    intake::watch(&edge, &page.actor, body.text("words").unwrap_or(""))?;
    let anonymous = body.ticked("anonymous");
    let phone = body.text("reporter_phone").filter(|_| !anonymous).map(parse_phone).transpose()?;
    let follower =
        body.text("client_id").and_then(|c| c.parse().ok()).unwrap_or_else(|| FollowerId::new(edge.now()));
    let order = Follow {
        follower,
        name: body.text("reporter_name").filter(|_| !anonymous).map(str::to_owned),
        phone,
        account: page.actor.account.filter(|_| page.actor.kind == ActorKind::Resident),
        words: None,
    };
    let (case, mark) = edge
        .db
        .write(&page.actor, async move |tx: &mut Tx| {
            let joined = commands::follow(tx, id, order.clone()).await?;
            let secret = codes::secret(tx).await?;
            let mark = codes::mark(&secret, id, joined.follower);
            Ok::<_, CaseError>((joined.case, mark))
        })
        .await?;
    Ok(redirect_with_mark(&page, &format!("/receipt/{}", case.number), &case.number, &mark))
}

/// A photo, for those who may see its case.
pub(super) async fn photo(
    State(edge): State<Edge>,
    page: Page,
    headers: HeaderMap,
    PathOf((number, file)): PathOf<(String, String)>,
) -> Result<Response, Problem> {
    let id = case_id(&edge, &page.actor, &number).await?;
    let mark = mark_of(&edge, &page, &headers, id, &number).await?;
    let asking = page.actor.clone();
    let whole =
        edge.db.read(async move |conn: &mut Conn| queries::find_whole(conn, &asking, id, mark).await).await?;
    let known = whole.photos.iter().any(|p| p.file == file || p.thumbnail == file);
    if !known {
        return Err(Problem::not_found());
    }
    let path =
        photos::path_of(&edge.settings().data, page.actor.district, &file).ok_or_else(Problem::not_found)?;
    let bytes = tokio::fs::read(path).await.map_err(|_| Problem::not_found())?;
    let kept = HeaderValue::from_static("private, max-age=86400, immutable");
    Ok((
        [(header::CONTENT_TYPE, HeaderValue::from_static("image/jpeg")), (header::CACHE_CONTROL, kept)],
        bytes,
    )
        .into_response())
}
