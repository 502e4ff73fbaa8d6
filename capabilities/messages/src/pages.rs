//! Residents' pages: what I was sent and how I want to be told, and the page behind a message's link.

mod devices;

use crate::catalogue::{Template, TemplateBook};
use crate::commands::choices::{self, CONFIRM_MAIL, Wish};
use crate::commands::devices::DEVICES_MAX;
use crate::links;
use crate::model::{Channel, Choice, Class, DIRECT, Message, MessageState, Quiet};
use crate::{queries, sealed, store};
use ::store::{Conn, Tx};
use axum::Router;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use edge::{Edge, Html, Multipart, Page, PathOf, QueryOf, Trouble};
use platform::{AccountId, Fault, Lang, Problem, Time};
use seal::Vault;
use serde::Deserialize;

/// Messages told on the page.
const SHOWN_MAX: i64 = 50;

pub(crate) fn routes() -> Router<Edge> {
    Router::new()
        .route("/my/messages", get(show_mine).post(choose))
        .route("/my/messages/sw.js", get(devices::service_worker))
        .route("/my/messages/devices/{device}", post(devices::remove))
        .route("/m/{token}", get(show_one).post(decide))
        .route("/m/{token}/one-click", post(one_click))
}

#[derive(askama::Template)]
#[template(path = "my_messages.html")]
struct MinePage {
    page: Page,
    sent: Vec<Line>,
    form: Form,
    /// Where notices are received.
    devices: Vec<devices::Line>,
    saved: bool,
    asked: bool,
    /// The device that was just taken off the list.
    removed: Option<String>,
    trouble: Vec<Trouble>,
}

/// A message somebody was sent.
struct Line {
    kind: String,
    text: String,
    at: Moment,
    channel: String,
    /// How far it has come, where it has not arrived.
    state: Option<String>,
    /// What it is about.
    href: Option<String>,
}

struct Moment {
    iso: String,
    words: String,
}

impl Form {
    fn is_by(&self, channel: &str) -> bool {
        self.channel.as_str() == channel
    }
}

impl Moment {
    fn of(at: Time) -> Self {
        Self { iso: at.to_string(), words: at.local().strftime("%Y-%m-%d %H:%M").to_string() }
    }
}

/// What stands in the fields.
#[derive(Clone)]
struct Form {
    channel: Channel,
    mail: String,
    mail_confirmed: bool,
    english: bool,
    from: String,
    to: String,
    left: bool,
}

#[derive(Deserialize)]
struct MineQuery {
    saved: Option<String>,
    removed: Option<String>,
}

fn signed_in(page: &Page) -> Result<AccountId, Response> {
    page.actor.account.ok_or_else(|| Redirect::to("/sign-in?next=/my/messages").into_response())
}

async fn show_mine(
    page: Page,
    State(edge): State<Edge>,
    QueryOf(query): QueryOf<MineQuery>,
) -> Result<Response, Problem> {
    let account = match signed_in(&page) {
        Ok(account) => account,
        Err(elsewhere) => return Ok(elsewhere),
    };
    let (saved, asked) = (query.saved.is_some(), query.saved.as_deref() == Some("mail"));
    let page = page.titled("我的消息", "My messages");
    let (sent, form, devices) = mine(&edge, &page, account).await.map_err(|fault| Problem::from(&fault))?;
    let (removed, trouble) = (query.removed, Vec::new());
    Ok(Html(MinePage { page, sent, form, devices, saved, asked, removed, trouble }).into_response())
}

async fn mine(
    edge: &Edge,
    page: &Page,
    account: AccountId,
) -> Result<(Vec<Line>, Form, Vec<devices::Line>), Fault> {
    let district = page.actor.district;
    let read = async move |conn: &mut Conn| {
        let sent = queries::of_account(conn, district, account, SHOWN_MAX).await?;
        let choice = store::choices(conn, district, vec![account.0]).await?.remove(&account.0);
        let devices = store::devices_of(conn, district, account, DEVICES_MAX as i64).await?;
        Ok::<_, Fault>((sent, choice, devices))
    };
    let (sent, choice, devices) = edge.db.read(read).await?;
    let book = edge.fixture::<TemplateBook>();
    let vault = edge.fixture::<Vault>();
    let mail = match &choice {
        Some(row) => sealed::open_mail(&vault, district, row)?.unwrap_or_default(),
        None => String::new(),
    };
    let confirmed = choice.as_ref().is_some_and(|row| row.mail_confirmed);
    let choice = choice.map(|row| row.settings.0).unwrap_or_default();
    let quiet = choice.quiet.unwrap_or(book.limits.quiet);
    let form = Form {
        channel: choice.channel.unwrap_or(Channel::Sms),
        mail,
        mail_confirmed: confirmed,
        english: choice.lang == Lang::En,
        from: quiet.begin_words(),
        to: quiet.end_words(),
        left: choice.left.contains(&Class::Service),
    };
    let lines = sent.iter().filter_map(|message| Some(line(page, book.find(&message.template)?, message)));
    Ok((lines.collect(), form, devices.into_iter().map(devices::Line::of).collect()))
}

fn line(page: &Page, template: &Template, message: &Message) -> Line {
    let state = match (message.state, message.why) {
        // Sent another way than was chosen, it says why.
        (MessageState::Sent, why) => why.map(|why| page.words(&why.words()).to_owned()),
        (MessageState::Dropped, Some(why)) => Some(page.words(&why.words()).to_owned()),
        (MessageState::Failed, _) => Some(page.tr("没有送到", "It did not arrive").to_owned()),
        _ => Some(page.tr("正在发送", "On its way").to_owned()),
    };
    Line {
        kind: page.words(&template.words).to_owned(),
        text: text_of(page, template, message),
        at: Moment::of(message.settled_at.unwrap_or(message.made_at)),
        channel: message.channel.map(|channel| page.words(&channel.words()).to_owned()).unwrap_or_default(),
        state,
        href: template.page_of(message.thread_id, &message.content.0),
    }
}

/// The words without the link, which would only lead to them again; what was sealed for one way out is not told here.
fn text_of(page: &Page, template: &Template, message: &Message) -> String {
    template.render(&message.content.0, "", page.actor.lang)
}

async fn choose(page: Page, State(edge): State<Edge>, form: Multipart) -> Result<Response, Problem> {
    page.check_csrf(form.text("_csrf"))?;
    let account = match signed_in(&page) {
        Ok(account) => account,
        Err(elsewhere) => return Ok(elsewhere),
    };
    let page = page.titled("我的消息", "My messages");
    let (from, to) = (form.text("from").unwrap_or_default(), form.text("to").unwrap_or_default());
    let usual = edge.fixture::<TemplateBook>().limits.quiet;
    let quiet = Quiet::parse(from, to);
    let choice = Choice {
        lang: if form.text("lang") == Some("en") { Lang::En } else { Lang::Zh },
        channel: Some(form.text("channel").and_then(Channel::parse).unwrap_or(Channel::Sms)),
        quiet: quiet.filter(|quiet| *quiet != usual),
        left: if form.ticked("service") { Default::default() } else { [Class::Service].into() },
    };
    let mail = form.text("mail").unwrap_or_default().to_owned();
    let saved = match quiet {
        None => Err(crate::error::MessageError::invalid(
            "from",
            "messages.bad_hours",
            "免打扰时间写成 21:00 到 08:00 这样。",
            "Quiet hours are written like 21:00 to 08:00.",
        )),
        Some(_) => {
            let wish = Wish { choice: choice.clone(), mail: mail.clone() };
            edge.db
                .write(&page.actor, async move |tx: &mut Tx| choices::choose(tx, account, wish.clone()).await)
                .await
        }
    };
    match saved {
        Ok(true) => Ok(Redirect::to("/my/messages?saved=mail").into_response()),
        Ok(false) => Ok(Redirect::to("/my/messages?saved=1").into_response()),
        Err(crate::error::MessageError::Fault(fault)) => Err(Problem::from(&fault)),
        Err(refusal) => {
            let problem = Problem::from(refusal);
            let trouble = vec![Trouble::of(&page, &problem)];
            let (sent, known, devices) =
                mine(&edge, &page, account).await.map_err(|fault| Problem::from(&fault))?;
            let form = Form {
                channel: choice.channel.unwrap_or(Channel::Sms),
                mail,
                english: choice.lang == Lang::En,
                from: from.to_owned(),
                to: to.to_owned(),
                left: !choice.left.is_empty(),
                ..known
            };
            let status = problem.status();
            let (saved, asked, removed) = (false, false, None);
            let mine = MinePage { page, sent, form, devices, saved, asked, removed, trouble };
            Ok(Html(mine).with_status(status))
        }
    }
}

#[derive(askama::Template)]
#[template(path = "message.html")]
struct OnePage {
    page: Page,
    kind: String,
    /// None of what only its recipient's phone may show.
    text: Option<String>,
    at: Moment,
    href: Option<String>,
    /// A confirming message of a mail address.
    confirms: bool,
    /// Whether one can leave messages like it.
    may_leave: bool,
    class: String,
    left: bool,
    /// What was just done.
    done: Option<Done>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Done {
    Left,
    Back,
    Confirmed,
    TooLate,
}

impl OnePage {
    fn is(&self, done: &str) -> bool {
        let told = match self.done {
            Some(Done::Left) => "left",
            Some(Done::Back) => "back",
            Some(Done::Confirmed) => "confirmed",
            Some(Done::TooLate) => "too late",
            None => "",
        };
        told == done
    }
}

/// The message a link is of; somebody who guesses is told that there is no such page.
async fn find(edge: &Edge, page: &Page, token: &str) -> Result<Message, Problem> {
    let district = page.actor.district;
    let keys = edge.fixture::<Vault>().of(district).map_err(|fault| Problem::from(&fault))?;
    let id = links::read(&keys, token).ok_or_else(Problem::not_found)?;
    let read = async move |conn: &mut Conn| store::find(conn, district, id).await;
    edge.db.read(read).await.map_err(|fault| Problem::from(&fault))?.ok_or_else(Problem::not_found)
}

async fn show_one(
    page: Page,
    State(edge): State<Edge>,
    PathOf(token): PathOf<String>,
) -> Result<Response, Problem> {
    let message = find(&edge, &page, &token).await?;
    shown(&edge, page, &message, None).await
}

async fn shown(edge: &Edge, page: Page, message: &Message, done: Option<Done>) -> Result<Response, Problem> {
    let book = edge.fixture::<TemplateBook>();
    let template = book.get(&message.template).map_err(|fault| Problem::from(&fault))?;
    let page = page.titled("一条消息", "A message");
    let district = page.actor.district;
    let recipient = message.recipient_id;
    let read = async move |conn: &mut Conn| store::choices(conn, district, vec![recipient]).await;
    let found = edge.db.read(read).await.map_err(|fault| Problem::from(&fault))?;
    let left = found.get(&recipient).is_some_and(|row| row.settings.0.left.contains(&message.class));
    let class = book.classes.iter().find(|entry| entry.class == message.class);
    let confirms = message.template == CONFIRM_MAIL;
    let is_open = message.recipient_kind != DIRECT;
    Ok(Html(OnePage {
        kind: page.words(&template.words).to_owned(),
        text: is_open.then(|| text_of(&page, template, message)),
        at: Moment::of(message.made_at),
        href: template.page_of(message.thread_id, &message.content.0),
        confirms,
        may_leave: message.class != Class::Must,
        class: class.map(|entry| page.words(&entry.words).to_owned()).unwrap_or_default(),
        left,
        done,
        page,
    })
    .into_response())
}

/// One click to confirm, since programs that look at links before people do open them too.
async fn decide(
    page: Page,
    State(edge): State<Edge>,
    PathOf(token): PathOf<String>,
    form: Multipart,
) -> Result<Response, Problem> {
    page.check_csrf(form.text("_csrf"))?;
    let message = find(&edge, &page, &token).await?;
    let again = form.text("do") == Some("back");
    let done = act(&edge, &page, &message, again).await?;
    shown(&edge, page, &message, done).await
}

async fn act(edge: &Edge, page: &Page, message: &Message, again: bool) -> Result<Option<Done>, Problem> {
    let one = message.clone();
    if message.template == CONFIRM_MAIL {
        let confirm = async move |tx: &mut Tx| choices::confirm_mail(tx, &one).await;
        let confirmed = edge.db.write(&page.actor, confirm).await?;
        return Ok(Some(if confirmed { Done::Confirmed } else { Done::TooLate }));
    }
    let leave = async move |tx: &mut Tx| choices::leave(tx, &one, again).await;
    let left = edge.db.write(&page.actor, leave).await?;
    Ok(left.then_some(if again { Done::Back } else { Done::Left }))
}

/// A mail program leaves for its reader (RFC 8058): no page of ours was open, so there is no field of ours; the signed link is what it knows.
async fn one_click(
    page: Page,
    State(edge): State<Edge>,
    PathOf(token): PathOf<String>,
    form: Multipart,
) -> Result<Response, Problem> {
    if form.text("List-Unsubscribe") != Some("One-Click") {
        return Err(Problem::not_found());
    }
    let message = find(&edge, &page, &token).await?;
    act(&edge, &page, &message, false).await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}
