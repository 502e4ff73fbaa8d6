//! A follower's answer from the case page: a table of forms, each an action of the workflow like any other.

use super::case;
use super::shared::{mark_of, mark_text, number_of_address, redirect_with_mark};
use crate::commands::{self, Act};
use crate::http::case_id;
use crate::model::CaseId;
use crate::photos;
use ::store::Tx;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Redirect, Response};
use edge::{Edge, Multipart, Page, PathOf, Trouble};
use platform::{Problem, Words};

/// A form of the case page: what it asks of the workflow, how it is read, and what is said when it is done.
#[derive(Debug)]
pub(super) struct Form {
    /// The workflow's action; also the last word of the form's address.
    pub action: &'static str,
    /// The id of the control its words are typed into.
    words_id: &'static str,
    has_photos: bool,
    read: fn(&Multipart) -> Act,
    pub thanks: Words,
}

/// Every answer a follower has on the page. 我也遇到 is none: it makes a follower, and is no action of the workflow.
static FORMS: [Form; 5] = [
    Form {
        action: "confirm",
        words_id: "confirm",
        has_photos: false,
        read: |_| Act::default(),
        thanks: Words::of("谢谢，已按您的确认办结。", "Thank you. It is closed as you confirmed."),
    },
    Form {
        action: "reopen",
        words_id: "words",
        has_photos: true,
        read: read_words,
        thanks: Words::of(
            "已重新办理，新情况已转给承办人。",
            "It is being handled again, with what you added.",
        ),
    },
    Form {
        action: "rate",
        words_id: "rate_words",
        has_photos: false,
        read: read_rating,
        thanks: Words::of("谢谢您的评价。", "Thank you for your rating."),
    },
    Form {
        action: "withdraw",
        words_id: "withdraw_words",
        has_photos: false,
        read: read_words,
        thanks: Words::of("已撤回。", "It is withdrawn."),
    },
    Form {
        action: "supplement",
        words_id: "supplement_words",
        has_photos: false,
        read: read_words,
        thanks: Words::of("已补充。", "Added."),
    },
];

/// The form of that action, if the page has one.
pub(super) fn find_form(action: &str) -> Option<&'static Form> {
    FORMS.iter().find(|form| form.action == action)
}

fn read_words(body: &Multipart) -> Act {
    Act { note: body.text("words").map(str::to_owned), ..Act::default() }
}

fn read_rating(body: &Multipart) -> Act {
    Act { rating: body.text("stars").and_then(|s| s.parse().ok()), ..read_words(body) }
}

/// What stood in a form that came back, so that nobody types it twice.
#[derive(Clone, Debug, Default)]
pub(super) struct Typed {
    action: &'static str,
    words: String,
    stars: String,
}

impl Typed {
    fn of(form: &Form, body: &Multipart) -> Self {
        let text = |name| body.text(name).unwrap_or_default().to_owned();
        Self { action: form.action, words: text("words"), stars: text("stars") }
    }

    /// Whether it was this form that came back.
    pub fn is_of(&self, action: &str) -> bool {
        self.action == action
    }

    /// The words typed into this form.
    pub fn words_of(&self, action: &str) -> &str {
        if self.is_of(action) { &self.words } else { "" }
    }

    /// Whether this rating was chosen.
    pub fn has_stars(&self, stars: &str) -> bool {
        self.stars == stars
    }
}

/// Takes the action, and leads back to the case: the page asked for again sends nothing twice.
pub(super) async fn send(
    State(edge): State<Edge>,
    page: Page,
    headers: HeaderMap,
    PathOf((number, action)): PathOf<(String, String)>,
    body: Multipart,
) -> Result<Response, Problem> {
    let form = find_form(&action).ok_or_else(Problem::not_found)?;
    page.check_csrf(body.text("_csrf"))?;
    let id = case_id(&edge, &page.actor, &number).await?;
    let mark = mark_of(&edge, &page, &headers, id, &number).await?;
    let outcome = match read(&edge, &page, form, &body).await {
        Ok(order) => act(&edge, &page, id, Act { follower: mark, ..order }).await,
        Err(problem) => Err(problem),
    };
    match outcome {
        Ok(()) => {
            let number = number_of_address(&number, id);
            let to = format!("/case/{number}?done={action}");
            Ok(match mark_text(&headers, &number).filter(|_| mark.is_some()) {
                Some(text) => redirect_with_mark(&page, &to, &number, &text),
                None => Redirect::to(&to).into_response(),
            })
        }
        Err(problem) if matches!(problem.status, 409 | 422) => {
            let trouble = vec![trouble_of(&page, form, &problem)];
            let typed = Typed::of(form, &body);
            case::render(&edge, page, &number, mark, case::Said::Trouble { trouble, typed }).await
        }
        Err(problem) => Err(problem),
    }
}

/// The form as an action of the workflow.
async fn read(edge: &Edge, page: &Page, form: &Form, body: &Multipart) -> Result<Act, Problem> {
    let photos = match form.has_photos {
        true => photos::keep_all(edge, page.actor.district, &body.files).await?,
        false => Vec::new(),
    };
    let version = body.text("version").and_then(|v| v.parse().ok());
    Ok(Act { action: form.action.to_owned(), version, photos, ..(form.read)(body) })
}

async fn act(edge: &Edge, page: &Page, id: CaseId, order: Act) -> Result<(), Problem> {
    let outcome =
        edge.db.write(&page.actor, async move |tx: &mut Tx| commands::act(tx, id, order.clone()).await).await;
    Ok(outcome.map(drop)?)
}

/// The refusal at the control it speaks of: the workflow names what it needs, the page its own controls.
fn trouble_of(page: &Page, form: &Form, problem: &Problem) -> Trouble {
    let mut trouble = Trouble::of(page, problem);
    trouble.field = match trouble.field.as_str() {
        "photo" | "photos" => "photos".to_owned(),
        "rating" => "rate".to_owned(),
        _ => form.words_id.to_owned(),
    };
    trouble
}
