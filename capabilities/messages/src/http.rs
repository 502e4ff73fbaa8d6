//! The JSON routes of messages: gateways and their lanes, templates with a preview, how many were sent, devices that take notices.

mod counts;
mod devices;
mod gateways;

use crate::access::may_preview;
use crate::catalogue::{Template, TemplateBook};
use crate::model::Class;
use crate::model::text::sms_parts;
use axum::Json;
use axum::extract::State;
use edge::{Edge, Who};
use platform::{Lang, Problem, Words};
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// All routes, paths from `/api/…` on.
pub(crate) fn routes() -> OpenApiRouter<Edge> {
    OpenApiRouter::new()
        .routes(routes!(list_templates))
        .merge(gateways::routes())
        .merge(counts::routes())
        .merge(devices::routes())
}

/// A class of messages.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct MessageClassView {
    pub key: Class,
    pub words: Words,
    /// Whether one can leave it.
    pub may_leave: bool,
    /// The law it stands on.
    pub source: String,
}

/// A template with an invented example.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct MessageTemplateView {
    pub key: String,
    pub words: Words,
    pub class: Class,
    /// Danger to life: it breaks quiet hours.
    pub urgent: bool,
    /// The words with example values, without the signature.
    pub example: Words,
    /// How many texts each of them takes, with a signature of four characters and its brackets.
    pub parts_zh: usize,
    pub parts_en: usize,
    /// Names of its values in the order of the Chinese words: a gateway's own template has them so.
    pub values: Vec<String>,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct MessageTemplates {
    pub version: String,
    pub classes: Vec<MessageClassView>,
    pub items: Vec<MessageTemplateView>,
    /// When nobody is disturbed, where they chose nothing else.
    pub quiet_from: String,
    pub quiet_to: String,
    pub service_per_day: i64,
}

/// 消息模板和示例。Every template in both languages, with example values.
#[utoipa::path(get, path = "/api/messages/templates", tag = "messages", operation_id = "list_message_templates",
    responses((status = 200, body = MessageTemplates), (status = 401, body = Problem), (status = 403, body = Problem)))]
async fn list_templates(
    State(edge): State<Edge>,
    Who(actor): Who,
) -> Result<Json<MessageTemplates>, Problem> {
    may_preview(&actor)?;
    let book = edge.fixture::<TemplateBook>();
    let class = |entry: &crate::catalogue::ClassEntry| MessageClassView {
        key: entry.class,
        words: entry.words.clone(),
        may_leave: entry.class != Class::Must,
        source: entry.source.clone(),
    };
    Ok(Json(MessageTemplates {
        version: book.version.clone(),
        classes: book.classes.iter().map(class).collect(),
        items: book.all().iter().map(view).collect(),
        quiet_from: book.limits.quiet.begin_words(),
        quiet_to: book.limits.quiet.end_words(),
        service_per_day: book.limits.service_per_day,
    }))
}

fn view(template: &Template) -> MessageTemplateView {
    /// As long as a real one.
    const LINK: &str = "https://mulin.example.cn/m/AZz0uQ8yd1K3m5nX7pQr9sTuVwXyZ012345";
    const SIGNATURE_CHARS: &str = "【睦邻社区】";
    let words = |lang: Lang| template.render(&template.example, LINK, lang);
    let (zh, en) = (words(Lang::Zh), words(Lang::En));
    MessageTemplateView {
        key: template.key.clone(),
        words: template.words.clone(),
        class: template.class,
        urgent: template.is_urgent,
        parts_zh: sms_parts(&format!("{SIGNATURE_CHARS}{zh}")),
        parts_en: sms_parts(&format!("[Mulin] {en}")),
        example: Words::new(zh, en),
        values: template.order(Lang::Zh).map(str::to_owned).collect(),
    }
}
