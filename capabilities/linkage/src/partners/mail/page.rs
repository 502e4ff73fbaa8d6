//! GET and POST /answer/TOKEN: the page by which an office answers, without signing in. Looking changes nothing, since programs that look at
//! mail before people do follow links; the buttons do, with the version of the case that was seen.

use super::answer::{Answer, Answered, Asked, Over, find, take};
use super::letter::map_address;
use super::link;
use crate::error::LinkageError;
use crate::model::partner::{Said, Why};
use crate::model::shown_photo::ShownPhoto;
use crate::partners::forward::{organisation_name_in, whole_place_of};
use crate::partners::shown;
use ::store::{Conn, Tx};
use askama::Template;
use axum::Router;
use axum::extract::State;
use axum::http::{HeaderName, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::get;
use cases::photos::{StoredPhoto, keep_all};
use cases::{EntryRow, Rules};
use courier::DeliveryId;
use edge::{Edge, Html, Multipart, Page, PathOf, QueryOf, Quota, Rates, Trouble};
use platform::{Actor, ActorKind, Fault, Problem, Time, Words};
use seal::Vault;
use serde::Deserialize;
use std::time::Duration;

/// How often one link is looked at, and answered by; and how often one source tries links that were not made here.
const LOOKS: Quota = Quota { name: "linkage.answer_looks", burst: 60, every: Duration::from_secs(1) };
const ANSWERS: Quota = Quota { name: "linkage.answers", burst: 12, every: Duration::from_secs(5) };
const GUESSES: Quota = Quota { name: "linkage.answer_guesses", burst: 20, every: Duration::from_secs(5) };
/// Lines of the history on the page: the latest.
const LINES_MAX: usize = 30;
/// What stands as words where somebody only shows a photo.
const PHOTO_ALONE: &str = "（见照片）";
/// Whoever has the address may answer: it is kept by nobody in between, and told to nobody a link leads to.
const PRIVATE: [(&str, &str); 3] = [
    ("cache-control", "no-store"),
    ("referrer-policy", "no-referrer"),
    ("x-robots-tag", "noindex, nofollow"),
];

pub(crate) fn pages() -> Router<Edge> {
    Router::new().route("/answer/{token}", get(show).post(send))
}

#[derive(Template)]
#[template(path = "answer.html")]
struct AnswerPage {
    page: Page,
    unit: String,
    number: String,
    kind: String,
    words: String,
    photos: Vec<Photo>,
    place: Option<String>,
    map: Option<String>,
    state: String,
    reported: Moment,
    due: Option<Moment>,
    is_overdue: bool,
    version: i64,
    can: Can,
    lines: Vec<Line>,
    typed: Typed,
    said: Option<String>,
    trouble: Vec<Trouble>,
}

#[derive(Template)]
#[template(path = "answer_over.html")]
struct OverPage {
    page: Page,
    why: String,
    advice: String,
    said: Option<String>,
}

/// Which answers fit the case as it stands.
struct Can {
    take: bool,
    tell: bool,
    done: bool,
    give_back: bool,
}

struct Moment {
    iso: String,
    words: String,
}

impl Moment {
    fn of(page: &Page, at: Time) -> Self {
        Self { iso: at.to_string(), words: page.words(&cases::linked::moment(at)).to_owned() }
    }
}

/// A photo of the case: small on the page, and whole behind it.
struct Photo {
    href: String,
    alt: String,
}

/// A line of the history.
struct Line {
    at: Moment,
    what: String,
    note: Option<String>,
}

/// What stood in a form that came back, so that nobody types it twice.
#[derive(Default)]
struct Typed {
    answer: Option<Answer>,
    words: String,
}

impl Typed {
    fn is_of(&self, word: &str) -> bool {
        self.answer.is_some_and(|answer| answer.word() == word)
    }

    fn words_of(&self, word: &str) -> &str {
        if self.is_of(word) { &self.words } else { "" }
    }
}

/// What is said on top of the page.
#[derive(Default)]
struct Saying {
    done: Option<String>,
    typed: Typed,
    trouble: Vec<Trouble>,
    status: StatusCode,
}

#[derive(Debug, Deserialize)]
struct Shown {
    done: Option<String>,
}

async fn show(
    page: Page,
    State(edge): State<Edge>,
    PathOf(token): PathOf<String>,
    QueryOf(shown): QueryOf<Shown>,
) -> Result<Response, Problem> {
    let mail = mail_of(&edge, &page, &token, LOOKS)?;
    let done = shown.done.as_deref().and_then(thanks).map(|words| page.words(&words).to_owned());
    render(&edge, page, mail, Saying { done, ..Saying::default() }).await
}

/// The mail a link came by; none where it was not made here.
fn mail_of(edge: &Edge, page: &Page, token: &str, quota: Quota) -> Result<Option<DeliveryId>, Problem> {
    let keys = edge.fixture::<Vault>().of(page.actor.district).map_err(|fault| Problem::from(&fault))?;
    let (rates, now) = (edge.fixture::<Rates>(), edge.now());
    let mail = link::read(&keys, token);
    match mail {
        Some(mail) => rates.check(quota, &mail.to_string(), now)?,
        None => rates.check(GUESSES, &page.actor.source, now)?,
    }
    Ok(mail)
}

/// What is said once an answer is kept.
fn thanks(done: &str) -> Option<Words> {
    Some(match done {
        "taken" => Words::of(
            "已接下。办好以后，回到这个页面报办结。",
            "It is yours. When it is done, say so on this page.",
        ),
        "progress" => Words::of("已记上。", "It is written down."),
        "done" => Words::of(
            "收到，谢谢。接下来有人核实，并请报事的人确认。",
            "Thank you. It is looked at now, and the reporter confirms it.",
        ),
        "not_ours" => {
            Words::of("已退回，由网格中心另外安排。", "It is given back, and goes to somebody else.")
        }
        "asked" => Words::of(
            "收到了，要由网格中心的人看过再定。您不用再填一遍。",
            "It has arrived, and a person of the district decides. You need not send it again.",
        ),
        _ => return None,
    })
}

async fn render(
    edge: &Edge,
    page: Page,
    mail: Option<DeliveryId>,
    saying: Saying,
) -> Result<Response, Problem> {
    let (district, now) = (page.actor.district, edge.now());
    let places = edge.fixture::<territory::Map>().of(district);
    let found = match mail {
        None => Err(Over::Unknown),
        Some(mail) => {
            let read = async move |conn: &mut Conn| {
                let asked = match find(conn, &places, district, mail, now).await? {
                    Ok(asked) => asked,
                    Err(over) => return Ok(Err(over)),
                };
                let entries = cases::linked::entries_after(conn, district, asked.case.id, None).await?;
                let photos = shown::held(conn, district, (asked.case.id, &asked.partner), now).await?;
                Ok::<_, Fault>(Ok((asked, entries, photos)))
            };
            edge.db.read(read).await.map_err(|fault| Problem::from(&fault))?
        }
    };
    Ok(private(match found {
        Ok((asked, entries, photos)) => {
            let status = saying.status;
            let photos = photos_of(edge, &page, &photos)?;
            Html(answer_page(edge, page, (&asked, &entries, photos), saying)).with_status(status)
        }
        Err(over) => {
            let status = if over == Over::Unknown { StatusCode::NOT_FOUND } else { StatusCode::GONE };
            let (why, advice) = (page.words(&over.words()).to_owned(), page.words(&over.advice()).to_owned());
            let page = page.titled("答复一件事", "Answer a case");
            Html(OverPage { page, why, advice, said: saying.done }).with_status(status)
        }
    }))
}

fn photos_of(edge: &Edge, page: &Page, shown: &[ShownPhoto]) -> Result<Vec<Photo>, Problem> {
    let keys = edge.fixture::<Vault>().of(page.actor.district).map_err(|fault| Problem::from(&fault))?;
    let photo = |(index, one): (usize, &ShownPhoto)| Photo {
        href: shown::path(&keys, one.id),
        alt: format!("{} {}", page.tr("现场照片", "Photo"), index + 1),
    };
    Ok(shown.iter().enumerate().map(photo).collect())
}

fn answer_page(
    edge: &Edge,
    page: Page,
    (asked, entries, photos): (&Asked, &[EntryRow], Vec<Photo>),
    saying: Saying,
) -> AnswerPage {
    let (case, rules) = (&asked.case, edge.fixture::<Rules>());
    let places = edge.fixture::<territory::Map>().of(case.district);
    let fits = |answer: Answer| answer.fits(&case.state);
    let lines = entries[entries.len().saturating_sub(LINES_MAX)..].iter().map(|entry| Line {
        at: Moment::of(&page, entry.at),
        what: page.words(&cases::linked::action_words(&rules, case, &entry.action)).to_owned(),
        note: entry.note.clone().filter(|_| !cases::linked::is_between_offices(&entry.action)),
    });
    AnswerPage {
        unit: organisation_name_in(&places, asked.partner.organisation_id),
        number: case.number.clone(),
        kind: page.words(&cases::linked::type_words(&rules, case)).to_owned(),
        words: case.words.clone(),
        photos,
        place: whole_place_of(&places, case),
        map: case.lon.zip(case.lat).map(|(lon, lat)| map_address(lon, lat)),
        state: page.words(&cases::linked::state_words(&rules, case)).to_owned(),
        reported: Moment::of(&page, case.reported_at),
        due: case.due_at.map(|at| Moment::of(&page, at)),
        is_overdue: case.due_at.is_some_and(|at| at < edge.now()),
        version: case.version,
        can: Can {
            take: fits(Answer::Take),
            tell: fits(Answer::Tell),
            done: fits(Answer::Done),
            give_back: fits(Answer::GiveBack),
        },
        lines: lines.collect(),
        typed: saying.typed,
        said: saying.done,
        trouble: saying.trouble,
        page: page.titled("答复一件事", "Answer a case"),
    }
}

fn private(mut response: Response) -> Response {
    for (name, value) in PRIVATE {
        let (name, value) = (HeaderName::from_static(name), HeaderValue::from_static(value));
        response.headers_mut().insert(name, value);
    }
    response
}

/// Takes an answer, and leads back to the page: asked for again it sends nothing twice.
async fn send(
    page: Page,
    State(edge): State<Edge>,
    PathOf(token): PathOf<String>,
    form: Multipart,
) -> Result<Response, Problem> {
    page.check_csrf(form.text("_csrf"))?;
    let Some(mail) = mail_of(&edge, &page, &token, ANSWERS)? else {
        return render(&edge, page, None, Saying::default()).await;
    };
    let answer = form.text("do").and_then(Answer::parse).ok_or_else(Problem::not_found)?;
    let outcome = match read(&edge, &page, answer, &form).await {
        Ok((version, said)) => keep(&edge, &page, Answered { mail, version, said }).await,
        Err(problem) => Err(problem),
    };
    match outcome {
        Ok(why) => {
            let done = if why.is_some() { "asked" } else { answer.word() };
            Ok(private(Redirect::to(&format!("/answer/{token}?done={done}")).into_response()))
        }
        Err(problem) if matches!(problem.status, 409 | 422) => {
            let trouble = vec![trouble_of(&page, answer, &problem)];
            let typed =
                Typed { answer: Some(answer), words: form.text("words").unwrap_or_default().to_owned() };
            let status = problem.status();
            render(&edge, page, Some(mail), Saying { done: None, typed, trouble, status }).await
        }
        Err(problem) => Err(problem),
    }
}

/// The form as words of the partner's, with the version of the case that was seen.
async fn read(edge: &Edge, page: &Page, answer: Answer, form: &Multipart) -> Result<(i64, Said), Problem> {
    let version = form.text("version").and_then(|text| text.parse().ok()).unwrap_or_default();
    if answer == Answer::Take {
        return Ok((version, Said { state: answer.word().to_owned(), note: None, photos: Vec::new() }));
    }
    let words = form.text("words").map(str::to_owned);
    if words.is_none() && (answer == Answer::GiveBack || form.files.is_empty()) {
        return Err(no_words(answer).into());
    }
    let photos: Vec<StoredPhoto> = keep_all(edge, page.actor.district, &form.files).await?;
    let note = words.unwrap_or_else(|| PHOTO_ALONE.to_owned());
    Ok((version, Said { state: answer.word().to_owned(), note: Some(note), photos }))
}

fn no_words(answer: Answer) -> LinkageError {
    let (zh, en) = match answer {
        Answer::GiveBack => ("请写明为什么退回、该归谁办。", "Please say why, and whose it is."),
        _ => ("请写一句话，或者传一张照片。", "Please write a word, or add a photo."),
    };
    LinkageError::invalid("words", "linkage.no_words", zh, en)
}

async fn keep(edge: &Edge, page: &Page, answered: Answered) -> Result<Option<Why>, Problem> {
    let actor = Actor { kind: ActorKind::Service, ..Actor::system(page.actor.district, "partner") };
    let write = async move |tx: &mut Tx| take(tx, answered.clone()).await;
    Ok(edge.db.write::<_, LinkageError, _>(&actor, write).await?)
}

/// The refusal at the control it speaks of.
fn trouble_of(page: &Page, answer: Answer, problem: &Problem) -> Trouble {
    let mut trouble = Trouble::of(page, problem);
    let control = if trouble.field == "photos" { "photos" } else { "words" };
    trouble.field = format!("{}_{control}", answer.word());
    trouble
}
