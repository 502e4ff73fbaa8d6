//! After reporting: the receipt, the way back in by number and code, a signed-in resident's own cases.

use super::shared::{Moment, Owner, StateView, mark_of, redirect_with_mark};
use crate::codes;
use crate::commands;
use crate::error::CaseError;
use crate::http::lookups::lookup;
use crate::http::{case_id, viewer};
use crate::model::{FollowerId, FollowerKind};
use crate::queries::{self, Queue, Whole};
use crate::rules::Rules;
use ::store::Conn;
use askama::Template;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Redirect, Response};
use edge::{Edge, Html, Multipart, Page, PathOf, QueryOf, Trouble};
use platform::{ActorKind, Cursor, Problem};
use serde::Deserialize;

/// Cases of one page of "my reports".
const MY_ROWS: u32 = 20;

#[derive(Template)]
#[template(path = "receipt.html")]
struct ReceiptPage {
    page: Page,
    number: String,
    code: String,
    type_name: String,
    place_words: String,
    owner: Option<Owner>,
    until: Option<Moment>,
    why: String,
    joined: bool,
    share_url: String,
}

#[derive(Template)]
#[template(path = "held.html")]
struct HeldPage {
    page: Page,
    number: Option<String>,
    code: Option<String>,
    reason: String,
    until: Option<Moment>,
}

#[derive(Template)]
#[template(path = "follow.html")]
pub(super) struct FollowPage {
    page: Page,
    number: String,
    trouble: Vec<Trouble>,
}

#[derive(Template)]
#[template(path = "my.html")]
struct MyPage {
    page: Page,
    cases: Vec<CaseRow>,
    next: Option<String>,
}

struct CaseRow {
    number: String,
    type_name: String,
    place_words: String,
    state: StateView,
    reported: Moment,
    until: Option<Moment>,
}

pub(super) async fn receipt(
    State(edge): State<Edge>,
    page: Page,
    headers: HeaderMap,
    PathOf(number): PathOf<String>,
) -> Result<Response, Problem> {
    let id = case_id(&edge, &page.actor, &number).await?;
    let mark = mark_of(&edge, &page, &headers, id, &number).await?;
    show_receipt(&edge, &page, &number, mark).await
}

/// What to keep: number, code, who is responsible, until when.
pub(super) async fn show_receipt(
    edge: &Edge,
    page: &Page,
    number: &str,
    mark: Option<FollowerId>,
) -> Result<Response, Problem> {
    let (whole, code) = read(edge, page, number, mark).await?;
    let viewer = viewer(edge, &page.actor);
    let case = &whole.case;
    let until = case.due_at.filter(|_| case.open).map(|at| Moment::of(page, at));
    let explanation = |key: &str| case.explanation.0.get(key).and_then(|v| v.as_str()).unwrap_or_default();
    if case.state == "held" {
        let held = case.explanation.0.get("held");
        let words = |key: &str| held.and_then(|h| h.get(key)).and_then(|v| v.as_str()).unwrap_or_default();
        let page = page.clone().titled("已收到，待人工查看", "Received, waiting for a person");
        let reason = page.tr(words("zh"), words("en")).to_owned();
        let held = HeldPage { page, number: Some(case.number.clone()), code, reason, until };
        return Ok(Html(held).with_status(StatusCode::ACCEPTED));
    }
    let kind = whole.followers.iter().find(|f| Some(f.id) == mark).map(|f| f.kind);
    let line = viewer.line(&crate::view::line_of(case));
    let page = page.clone().titled("已收到", "Received");
    let why = page.tr(explanation("zh"), explanation("en")).to_owned();
    Ok(Html(ReceiptPage {
        number: case.number.clone(),
        code: code.unwrap_or_default(),
        type_name: page.words(&line.type_words).to_owned(),
        place_words: line.place,
        owner: case.owner_post.and_then(|p| viewer.post(p)).map(Owner::from),
        until,
        why,
        joined: kind == Some(FollowerKind::Follower),
        share_url: format!("/follow?number={}", case.number),
        page,
    })
    .into_response())
}

/// The case and the follower's own code.
async fn read(
    edge: &Edge,
    page: &Page,
    number: &str,
    mark: Option<FollowerId>,
) -> Result<(Whole, Option<String>), CaseError> {
    let id = case_id(edge, &page.actor, number).await?;
    let (actor, rules) = (page.actor.clone(), edge.fixture::<Rules>());
    edge.db
        .read(async move |conn: &mut Conn| {
            let whole = queries::find_whole(conn, &actor, id, mark).await?;
            let secret = codes::find_secret(conn, &rules, actor.district).await?;
            let code = secret.zip(mark).map(|(secret, follower)| codes::code(&secret, id, follower));
            Ok((whole, code))
        })
        .await
}

#[derive(Debug, Default, Deserialize)]
pub(super) struct FollowQuery {
    number: Option<String>,
}

pub(super) async fn show(page: Page, QueryOf(query): QueryOf<FollowQuery>) -> Html<FollowPage> {
    let page = page.titled("查进度", "Follow a report");
    Html(FollowPage { page, number: query.number.unwrap_or_default(), trouble: Vec::new() })
}

pub(super) async fn open(State(edge): State<Edge>, page: Page, body: Multipart) -> Result<Response, Problem> {
    page.check_csrf(body.text("_csrf"))?;
    let number = body.text("number").unwrap_or_default().to_owned();
    match lookup(&edge, &page.actor, &number, body.text("code").unwrap_or_default()).await {
        Ok(found) => {
            Ok(redirect_with_mark(&page, &format!("/case/{}", found.number), &found.number, &found.follow))
        }
        Err(problem) if problem.code == "cases.wrong_code" => {
            let page = page.titled("查进度", "Follow a report");
            let trouble = vec![Trouble { field: "code".to_owned(), ..Trouble::of(&page, &problem) }];
            Ok(Html(FollowPage { page, number, trouble }).with_status(StatusCode::FORBIDDEN))
        }
        Err(problem) => Err(problem),
    }
}

#[derive(Debug, Default, Deserialize)]
pub(super) struct MyQuery {
    after: Option<String>,
}

pub(super) async fn my(
    State(edge): State<Edge>,
    page: Page,
    QueryOf(query): QueryOf<MyQuery>,
) -> Result<Response, Problem> {
    let Some(account) = page.actor.account.filter(|_| page.actor.kind == ActorKind::Resident) else {
        return Ok(Redirect::to("/sign-in?next=/my").into_response());
    };
    let (district, now, after) = (page.actor.district, edge.now(), query.after.map(Cursor));
    if after.is_none() {
        edge.db.write(&page.actor, commands::claim_reports).await?;
    }
    let found = edge
        .db
        .read(async move |conn: &mut Conn| {
            queries::list(conn, district, &Queue::Account(account), now, after.as_ref(), MY_ROWS).await
        })
        .await
        .map_err(CaseError::from)?;
    let viewer = viewer(&edge, &page.actor);
    let page = page.titled("我的上报", "My reports");
    let row = |line: &queries::Line| {
        let shown = viewer.line(line);
        CaseRow {
            number: shown.number,
            type_name: page.words(&shown.type_words).to_owned(),
            place_words: shown.place,
            state: StateView::of(&viewer, &line.state, shown.overdue),
            reported: Moment::of(&page, line.reported_at),
            until: line.due_at.filter(|_| line.open).map(|at| Moment::of(&page, at)),
        }
    };
    let cases = found.items.iter().map(row).collect();
    let next = found.next.map(|c| format!("/my?after={}", c.0));
    Ok(Html(MyPage { page, cases, next }).into_response())
}
