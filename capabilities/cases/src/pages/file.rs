//! Reporting: one plain form; where the type was only guessed or the same lies nearby, one more question each, never more.

use super::follow::show_receipt;
use super::shared::redirect_with_mark;
use crate::catalogue::{CaseType, Datatype, Question};
use crate::commands::{self, PlaceGiven, Report, ReporterGiven};
use crate::error::CaseError;
use crate::http::lookups::{NearbyCase, TypeSuggestion, nearby, suggestion};
use crate::http::report::{PlaceBody, parse_phone, place, receipt};
use crate::http::viewer;
use crate::intake;
use crate::model::{CaseId, Source};
use crate::photos::{self, PHOTO_BYTES_MAX, PHOTOS_MAX, StoredPhoto};
use crate::rules::Rules;
use ::store::Tx;
use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use edge::{Edge, Html, Multipart, Page, QueryOf, Trouble};
use platform::limits::MIB;
use platform::{ActorKind, Problem};
use serde::Deserialize;
use std::collections::BTreeMap;

/// The form as it stands.
#[derive(Clone, Debug, Default)]
pub(super) struct ReportForm {
    pub client_id: String,
    pub words: String,
    pub type_code: String,
    pub place_kind: String,
    pub lon: String,
    pub lat: String,
    pub address: String,
    pub grid: String,
    pub reporter_name: String,
    pub reporter_phone: String,
    pub anonymous: bool,
    pub hidden: bool,
    pub answers: Vec<Answered>,
    /// Token of photos kept since the last try.
    pub kept: String,
    pub kept_photos: usize,
}

impl ReportForm {
    /// What was answered to one question so far.
    fn given<'a>(&'a self, code: &'a str) -> impl Iterator<Item = &'a str> {
        self.answers.iter().filter(move |a| a.code == code).map(|a| a.value.as_str())
    }
}

/// An answer to one of the type's questions.
#[derive(Clone, Debug)]
pub(super) struct Answered {
    pub code: String,
    pub value: String,
}

/// A place fixed by a grid's page or plate.
#[derive(Clone, Debug)]
pub(super) struct GridChoice {
    pub name: String,
}

#[derive(Template)]
#[template(path = "report.html")]
struct ReportPage {
    page: Page,
    form: ReportForm,
    trouble: Vec<Trouble>,
    grid: Option<GridChoice>,
    words_chars_max: usize,
    photos_max: usize,
    photo_mib_max: u64,
}

#[derive(Template)]
#[template(path = "confirm.html")]
struct ConfirmPage {
    page: Page,
    form: ReportForm,
    trouble: Vec<Trouble>,
    suggestions: Vec<TypeSuggestion>,
    groups: Vec<TypeGroup>,
    elsewhere: Vec<String>,
}

struct TypeGroup {
    name: String,
    types: Vec<TypeChoice>,
}

struct TypeChoice {
    code: String,
    name: String,
}

#[derive(Template)]
#[template(path = "questions.html")]
struct QuestionsPage {
    page: Page,
    form: ReportForm,
    type_name: String,
    questions: Vec<QuestionView>,
    trouble: Vec<Trouble>,
}

struct QuestionView {
    code: String,
    words: String,
    required: bool,
    kind: &'static str,
    choices: Vec<ChoiceView>,
    value: String,
}

struct ChoiceView {
    key: String,
    words: String,
    chosen: bool,
}

#[derive(Template)]
#[template(path = "nearby.html")]
struct NearbyPage {
    page: Page,
    form: ReportForm,
    near: Vec<NearbyCase>,
}

#[derive(Template)]
#[template(path = "not_ours.html")]
struct NotOursPage {
    page: Page,
    form: ReportForm,
    reason: String,
}

/// The place, where a plate, a map or a letter knows it already.
#[derive(Debug, Default, Deserialize)]
pub(super) struct ReportQuery {
    grid: Option<String>,
    address: Option<String>,
    /// WGS-84.
    lon: Option<f64>,
    lat: Option<f64>,
}

pub(super) async fn show(
    State(edge): State<Edge>,
    page: Page,
    QueryOf(query): QueryOf<ReportQuery>,
) -> Response {
    let point = query.lon.zip(query.lat).filter(|(lon, lat)| geo::Point::new(*lon, *lat).is_ok());
    let place_kind = if point.is_some() { "point" } else { "address" };
    let (lon, lat) = point.map(|(lon, lat)| (lon.to_string(), lat.to_string())).unwrap_or_default();
    let address: String =
        query.address.unwrap_or_default().chars().take(commands::ADDRESS_CHARS_MAX).collect();
    let form = ReportForm {
        client_id: CaseId::new(edge.now()).to_string(),
        place_kind: place_kind.to_owned(),
        grid: query.grid.unwrap_or_default(),
        address,
        lon,
        lat,
        ..ReportForm::default()
    };
    form_page(&edge, page, form, Vec::new(), StatusCode::OK)
}

fn form_page(
    edge: &Edge,
    page: Page,
    mut form: ReportForm,
    trouble: Vec<Trouble>,
    status: StatusCode,
) -> Response {
    let places = edge.fixture::<territory::Map>().of(page.actor.district);
    let grid = places.by_code(&form.grid).map(|g| GridChoice { name: g.name.clone() });
    if grid.is_some() && form.address.is_empty() && form.lon.is_empty() {
        form.place_kind = "grid".to_owned();
    }
    let page = page.titled("报问题", "Report a problem");
    Html(ReportPage {
        page,
        form,
        trouble,
        grid,
        words_chars_max: commands::WORDS_CHARS_MAX,
        photos_max: PHOTOS_MAX,
        photo_mib_max: PHOTO_BYTES_MAX / MIB,
    })
    .with_status(status)
}

pub(super) async fn send(State(edge): State<Edge>, page: Page, body: Multipart) -> Result<Response, Problem> {
    page.check_csrf(body.text("_csrf"))?;
    let mut form = read_form(&body);
    let photos = match keep(&edge, &page, &body, &mut form).await {
        Ok(photos) => photos,
        Err(problem) => return Ok(again(&edge, page, form, &problem)),
    };
    match step(&edge, &page, &body, &form, photos).await {
        Ok(response) => Ok(response),
        Err(problem) if problem.code == "cases.outside" => {
            let reason = page.tr(&problem.title, &problem.title_en).to_owned();
            let page = page.titled("不在本区", "Not in our district");
            Ok(Html(NotOursPage { page, form, reason }).with_status(StatusCode::UNPROCESSABLE_ENTITY))
        }
        Err(problem) if problem.status == 422 => Ok(again(&edge, page, form, &problem)),
        Err(problem) => Err(problem),
    }
}

/// The form again, with what to mend; nothing typed is lost.
fn again(edge: &Edge, page: Page, form: ReportForm, problem: &Problem) -> Response {
    let trouble = vec![Trouble::of(&page, problem)];
    form_page(edge, page, form, trouble, StatusCode::UNPROCESSABLE_ENTITY)
}

fn read_form(body: &Multipart) -> ReportForm {
    let text = |name: &str| body.text(name).unwrap_or_default().to_owned();
    let type_code = match body.text("type") {
        Some(code) => code.to_owned(),
        None => text("type_other"),
    };
    ReportForm {
        client_id: text("client_id"),
        words: text("words"),
        type_code,
        place_kind: text("place_kind"),
        lon: text("lon"),
        lat: text("lat"),
        address: text("address"),
        grid: text("grid"),
        reporter_name: text("reporter_name"),
        reporter_phone: text("reporter_phone"),
        anonymous: body.ticked("anonymous"),
        hidden: body.ticked("hidden"),
        answers: answered(body),
        kept: text("kept"),
        kept_photos: 0,
    }
}

fn answered(body: &Multipart) -> Vec<Answered> {
    body.with_prefix("answer_").into_iter().map(|(code, value)| Answered { code, value }).collect()
}

/// Photos of this try and of the one before; the form remembers them as one token.
async fn keep(
    edge: &Edge,
    page: &Page,
    body: &Multipart,
    form: &mut ReportForm,
) -> Result<Vec<StoredPhoto>, Problem> {
    let mut photos = match form.kept.as_str() {
        "" => Vec::new(),
        token => intake::kept_photos(edge, &page.actor, token).await?,
    };
    let fresh: Vec<_> = body.files.iter().filter(|f| !f.bytes.is_empty()).cloned().collect();
    if !fresh.is_empty() {
        intake::watch_photos(edge, &page.actor)?;
        photos.extend(photos::keep_all(edge, page.actor.district, &fresh).await?);
    }
    if !photos.is_empty() {
        form.kept = intake::pack_photos(edge, &page.actor, &photos).await?;
        form.kept_photos = photos.len();
    }
    Ok(photos)
}

/// Asks for the type where it was not seen, offers what is near where it was not offered, else files.
async fn step(
    edge: &Edge,
    page: &Page,
    body: &Multipart,
    form: &ReportForm,
    photos: Vec<StoredPhoto>,
) -> Result<Response, Problem> {
    let rules = edge.fixture::<Rules>();
    let order = order(edge, page, form, photos)?;
    if form.type_code.is_empty() && !body.ticked("type_seen") {
        commands::check_words(&order)?;
        return Ok(confirm_page(page, form, &rules));
    }
    if let Some(code) = &order.type_code
        && let case_type = rules.case_type(code)?
        && case_type.questions.iter().any(|q| q.required && !order.answers.contains_key(&q.code))
    {
        return Ok(questions_page(page, form, case_type));
    }
    if !body.ticked("nearby_seen")
        && let PlaceGiven::Point { at, .. } = &order.place
        && let Some(code) = &order.type_code
    {
        let near = nearby(edge, &page.actor, code, *at).await?;
        if !near.is_empty() {
            let page = page.clone().titled("附近有人报过吗", "Reported nearby?");
            return Ok(Html(NearbyPage { page, form: form.clone(), near }).into_response());
        }
    }
    file(edge, page, order).await
}

fn confirm_page(page: &Page, form: &ReportForm, rules: &Rules) -> Response {
    let lang = page.actor.lang;
    let suggestions = rules.suggester.suggest(&form.words).iter().map(|s| suggestion(s, lang)).collect();
    let choice = |t: &CaseType| TypeChoice { code: t.code.clone(), name: t.short.get(lang).to_owned() };
    let mut groups: Vec<TypeGroup> = Vec::new();
    for tree in rules.catalogue.trees().iter().rev() {
        for class in &tree.classes {
            let offered = rules.catalogue.types().filter(|t| t.class == class.code && t.offered).map(choice);
            let types: Vec<TypeChoice> = offered.collect();
            if !types.is_empty() {
                groups.push(TypeGroup { name: class.name.get(lang).to_owned(), types });
            }
        }
    }
    let elsewhere = rules.suggester.belongs_elsewhere(&form.words);
    let elsewhere = elsewhere.into_iter().map(|e| e.notice.get(lang).to_owned()).collect();
    let page = page.clone().titled("是哪一类事", "What kind is it?");
    Html(ConfirmPage { page, form: form.clone(), trouble: Vec::new(), suggestions, groups, elsewhere })
        .into_response()
}

fn questions_page(page: &Page, form: &ReportForm, case_type: &CaseType) -> Response {
    let lang = page.actor.lang;
    let view = |q: &Question| QuestionView {
        code: q.code.clone(),
        words: q.words().get(lang).to_owned(),
        required: q.required,
        kind: match q.datatype {
            Datatype::SingleValueList => "one",
            Datatype::MultiValueList => "many",
            Datatype::Number => "number",
            Datatype::Datetime => "datetime",
            Datatype::String | Datatype::Text => "text",
        },
        choices: q
            .values
            .iter()
            .map(|v| ChoiceView {
                key: v.key.clone(),
                words: v.words().get(lang).to_owned(),
                chosen: form.given(&q.code).any(|g| g == v.key),
            })
            .collect(),
        value: form.given(&q.code).next().unwrap_or_default().to_owned(),
    };
    let questions = case_type.questions.iter().map(view).collect();
    let type_name = case_type.short.get(lang).to_owned();
    let page = page.clone().titled("再问一句", "One more question");
    Html(QuestionsPage { page, form: form.clone(), type_name, questions, trouble: Vec::new() })
        .into_response()
}

/// Answers of the form as the API takes them: several of one question become a list.
fn answers(form: &ReportForm) -> BTreeMap<String, serde_json::Value> {
    let mut all: BTreeMap<String, serde_json::Value> = BTreeMap::new();
    for answer in &form.answers {
        let value = serde_json::Value::String(answer.value.clone());
        match all.get_mut(&answer.code) {
            None => {
                all.insert(answer.code.clone(), value);
            }
            Some(serde_json::Value::Array(several)) => several.push(value),
            Some(one) => *one = serde_json::Value::Array(vec![one.take(), value]),
        }
    }
    all
}

fn order(edge: &Edge, page: &Page, form: &ReportForm, photos: Vec<StoredPhoto>) -> Result<Report, Problem> {
    let number = |text: &str| text.trim().parse::<f64>().ok();
    let by_point = form.place_kind == "point" && !form.lon.is_empty();
    let some = |text: &String| (!text.is_empty()).then(|| text.clone());
    let body = PlaceBody {
        lon: number(&form.lon).filter(|_| by_point),
        lat: number(&form.lat).filter(|_| by_point),
        crs: None,
        address: some(&form.address),
        grid: some(&form.grid),
    };
    let phone = some(&form.reporter_phone).map(|p| parse_phone(&p)).transpose()?;
    Ok(Report {
        id: form.client_id.parse().unwrap_or_else(|_| CaseId::new(edge.now())),
        type_code: some(&form.type_code),
        words: form.words.clone(),
        place: place(&body)?,
        source: Source::Resident,
        reporter: Some(ReporterGiven {
            name: some(&form.reporter_name).filter(|_| !form.anonymous),
            phone: phone.filter(|_| !form.anonymous),
            account: page.actor.account.filter(|_| page.actor.kind == ActorKind::Resident),
        }),
        hidden: form.hidden,
        photos,
        answers: answers(form),
        external_id: None,
        seen_at: None,
        held: None,
    })
}

async fn file(edge: &Edge, page: &Page, mut order: Report) -> Result<Response, Problem> {
    order.held = intake::watch(edge, &page.actor, &order.words)?;
    intake::secret(edge, &page.actor).await?;
    let viewer = viewer(edge, &page.actor);
    let filed = edge
        .db
        .write(&page.actor, async move |tx: &mut Tx| {
            let filed = commands::report(tx, order.clone()).await?;
            receipt(tx, &viewer, filed).await
        })
        .await
        .map_err(|e: CaseError| Problem::from(e))?;
    match &filed.follow {
        Some(mark) => {
            Ok(redirect_with_mark(page, &format!("/receipt/{}", filed.number), &filed.number, mark))
        }
        None => show_receipt(edge, page, &filed.number, None).await,
    }
}
