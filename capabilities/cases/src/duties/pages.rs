//! What everybody reads: the lists, each version of them, and what changed between two. Without a script; JSON beside each.

use super::{Change, Content, DutyVersion, LISTS, Terms, VersionState, diff};
use crate::catalogue::{Catalogue, DutyList, Item};
use crate::error::CaseError;
use crate::rules::Rules;
use crate::store::duties as store;
use crate::view::moment;
use ::store::Conn;
use askama::Template;
use axum::Router;
use axum::extract::State;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::get;
use edge::{Edge, Html, Page, PathOf, QueryOf};
use jiff::civil::Date;
use platform::Problem;
use serde::Deserialize;
use serde_json::json;

/// Characters somebody looks for.
const WORD_CHARS_MAX: usize = 50;

pub(crate) fn routes() -> Router<Edge> {
    Router::new()
        .route("/lists", get(overview))
        .route("/lists/{key}", get(in_force))
        .route("/lists/{key}/{label}", get(version))
        .route("/lists/{key}/{label}/changes", get(changes))
}

#[derive(Debug, Default, Deserialize)]
struct Asked {
    /// Words to look for.
    q: Option<String>,
}

#[derive(Debug, Default, Deserialize)]
struct ChangesAsked {
    /// The version to compare with; the one it was written from if absent.
    from: Option<String>,
}

/// An item as a page shows it.
struct Line {
    number: String,
    words: String,
    who: String,
    basis: Option<String>,
    /// Names of the types it answers.
    types: Vec<String>,
    until: Option<String>,
    /// Where it is found, for hits of a search over all lists.
    list: String,
    href: String,
}

/// A version to choose.
struct Edition {
    label: String,
    state: String,
    document: Option<String>,
    days: String,
    href: String,
    changes: Option<String>,
    is_shown: bool,
}

/// A list on the first page.
struct Card {
    key: &'static str,
    name: String,
    label: String,
    from: String,
    items: usize,
    is_default: bool,
    laid_out: Option<Edition>,
}

#[derive(Template)]
#[template(path = "lists.html")]
struct ListsPage {
    page: Page,
    q: String,
    cards: Vec<Card>,
    hits: Vec<Line>,
}

#[derive(Template)]
#[template(path = "list.html")]
struct ListPage {
    page: Page,
    key: String,
    name: String,
    label: String,
    q: String,
    /// "现行", "公示中", "已被 2026-2 版代替"
    standing: String,
    tone: &'static str,
    document: Option<String>,
    published: Option<String>,
    from: Option<String>,
    until: Option<String>,
    early: Option<String>,
    reason: Option<String>,
    objections_until: Option<String>,
    notice: Option<String>,
    source: String,
    lines: Vec<Line>,
    total: usize,
    editions: Vec<Edition>,
    said: Vec<Said>,
}

/// An objection and its ruling.
struct Said {
    number: String,
    unit: String,
    reason: String,
    /// By when it is answered, where the list held already.
    due: Option<String>,
    is_late: bool,
    ruling: Option<String>,
}

#[derive(Template)]
#[template(path = "list_changes.html")]
struct ChangesPage {
    page: Page,
    key: String,
    name: String,
    label: String,
    from: String,
    /// What was said against the version before while it held, and how it was answered.
    said: Vec<Said>,
    /// The page of the newer version.
    back: String,
    rows: Vec<ChangeRow>,
}

struct ChangeRow {
    number: String,
    kind: &'static str,
    kind_words: String,
    before: Option<Line>,
    after: Option<Line>,
}

/// A list in one version, as anybody may read it.
struct Sheet {
    list: DutyList,
    /// Nothing for the built-in default that no district has replaced.
    version: Option<DutyVersion>,
}

impl Sheet {
    fn of(version: DutyVersion) -> Self {
        let today = Date::ZERO;
        let terms = version.terms.as_ref().map_or_else(|| Terms::tried(today), |terms| terms.0.clone());
        Self {
            list: version.content.0.list(&version.list_key, &version.label, &terms),
            version: Some(version),
        }
    }

    fn is_laid_out(&self) -> bool {
        self.version.as_ref().is_some_and(|version| version.state == VersionState::LaidOut)
    }
}

/// Every public version of a list, the newest first; the built-in default where nothing was published.
async fn sheets(edge: &Edge, page: &Page, key: &str) -> Result<Vec<Sheet>, Problem> {
    let key = LISTS.into_iter().find(|list| *list == key).ok_or_else(Problem::not_found)?;
    let district = page.actor.district;
    let read =
        async move |conn: &mut Conn| store::of_list(conn, district, key).await.map_err(CaseError::from);
    let versions = edge.db.read(read).await?;
    let mut sheets: Vec<Sheet> = versions.into_iter().filter(DutyVersion::is_public).map(Sheet::of).collect();
    if sheets.iter().all(Sheet::is_laid_out) {
        let rules = edge.fixture::<Rules>();
        let list = rules.catalogue.find_list(key).cloned().ok_or_else(Problem::not_found)?;
        sheets.push(Sheet { list, version: None });
    }
    sheets.sort_by_key(|sheet| std::cmp::Reverse((sheet.is_laid_out(), sheet.list.effective_from)));
    Ok(sheets)
}

/// The day, and the label of the version that holds on it.
struct Today {
    date: Date,
    holds: String,
}

impl Today {
    fn of(edge: &Edge, page: &Page, key: &str) -> Self {
        let date = edge.now().local().date();
        let in_force = edge.fixture::<Rules>().in_force(page.actor.district, date);
        let holds = in_force.catalogue.find_list(key).map(|list| list.version.clone()).unwrap_or_default();
        Self { date, holds }
    }
}

fn asked_word(asked: &Asked) -> String {
    asked.q.as_deref().unwrap_or_default().trim().chars().take(WORD_CHARS_MAX).collect()
}

async fn overview(
    State(edge): State<Edge>,
    page: Page,
    QueryOf(asked): QueryOf<Asked>,
) -> Result<Html<ListsPage>, Problem> {
    let q = asked_word(&asked);
    let rules = edge.fixture::<Rules>();
    let in_force = rules.in_force(page.actor.district, edge.now().local().date());
    let (mut cards, mut hits) = (Vec::new(), Vec::new());
    for key in LISTS {
        let Some(list) = in_force.catalogue.find_list(key) else { continue };
        let sheets = sheets(&edge, &page, key).await?;
        let laid_out = sheets.iter().find(|sheet| sheet.is_laid_out());
        cards.push(Card {
            key,
            name: page.words(&list.name).to_owned(),
            label: list.version.clone(),
            from: list.effective_from.to_string(),
            items: list.items.len(),
            is_default: list.default,
            laid_out: laid_out.map(|sheet| edition(&page, sheet, &Today::of(&edge, &page, key), "")),
        });
        if !q.is_empty() {
            let lines = list.items.iter().map(|item| line(&page, &in_force.catalogue, list, item));
            hits.extend(lines.filter(|line| line.has(&q)));
        }
    }
    let page = page.titled("谁负责什么", "Who answers for what");
    Ok(Html(ListsPage { page, q, cards, hits }))
}

async fn in_force(
    State(edge): State<Edge>,
    page: Page,
    PathOf(key): PathOf<String>,
    QueryOf(asked): QueryOf<Asked>,
) -> Result<Response, Problem> {
    if key.ends_with(".json") {
        let key = key.trim_end_matches(".json");
        let label = Today::of(&edge, &page, key).holds;
        return Ok(Redirect::to(&format!("/lists/{key}/{label}.json")).into_response());
    }
    let label = Today::of(&edge, &page, &key).holds;
    list_page(edge, page, key, label, asked_word(&asked)).await
}

async fn version(
    State(edge): State<Edge>,
    page: Page,
    PathOf((key, label)): PathOf<(String, String)>,
    QueryOf(asked): QueryOf<Asked>,
) -> Result<Response, Problem> {
    match label.strip_suffix(".json") {
        Some(label) => document(&edge, &page, &key, label).await,
        None => list_page(edge, page, key, label, asked_word(&asked)).await,
    }
}

/// The same as data.
async fn document(edge: &Edge, page: &Page, key: &str, label: &str) -> Result<Response, Problem> {
    let sheet = sheets(edge, page, key).await?.into_iter().find(|sheet| sheet.list.version == label);
    let sheet = sheet.ok_or_else(Problem::not_found)?;
    let laid_out = sheet.is_laid_out();
    let body = json!({ "list": sheet.list, "laid_out": laid_out, "holds": Today::of(edge, page, key).holds == label,
        "objections_until": sheet.version.and_then(|version| version.objections_until) });
    Ok(axum::Json(body).into_response())
}

async fn list_page(
    edge: Edge,
    page: Page,
    key: String,
    label: String,
    q: String,
) -> Result<Response, Problem> {
    let sheets = sheets(&edge, &page, &key).await?;
    let today = Today::of(&edge, &page, &key);
    let editions = sheets.iter().map(|sheet| edition(&page, sheet, &today, &label)).collect();
    let sheet =
        sheets.into_iter().find(|sheet| sheet.list.version == label).ok_or_else(Problem::not_found)?;
    let catalogue = edge.fixture::<Rules>().catalogue.clone();
    let Sheet { list, version } = &sheet;
    let said = match version {
        Some(version) => said(&edge, &page, version).await?,
        None => Vec::new(),
    };
    let (standing, tone) = standing(&page, &sheet, &today);
    let mut lines: Vec<Line> = list.items.iter().map(|item| line(&page, &catalogue, list, item)).collect();
    let total = lines.len();
    lines.retain(|line| q.is_empty() || line.has(&q));
    let terms = version.as_ref().and_then(|version| version.terms.as_ref()).map(|terms| &terms.0);
    let is_dated = !sheet.is_laid_out();
    let name = list.name.clone();
    let shown = ListPage {
        name: page.words(&name).to_owned(),
        standing,
        tone,
        document: list.document.clone(),
        published: is_dated.then(|| list.published_on.to_string()),
        from: is_dated.then(|| list.effective_from.to_string()),
        until: list.effective_until.map(|day| day.to_string()),
        early: terms.and_then(|terms| terms.early.clone()),
        reason: terms.map(|terms| terms.reason.clone()).filter(|_| list.document.is_some()),
        objections_until: version
            .as_ref()
            .filter(|_| !is_dated)
            .and_then(|version| version.objections_until)
            .map(|at| page.words(&moment(at)).to_owned()),
        notice: list.notice.as_ref().map(|words| page.words(words).to_owned()),
        source: list.source.clone(),
        lines,
        total,
        editions,
        said,
        key,
        label,
        q,
        page: page.titled(&name.zh, &name.en),
    };
    Ok(Html(shown).into_response())
}

async fn said(edge: &Edge, page: &Page, version: &DutyVersion) -> Result<Vec<Said>, Problem> {
    let (district, id) = (page.actor.district, version.id);
    let read =
        async move |conn: &mut Conn| store::objections(conn, district, id).await.map_err(CaseError::from);
    let viewer = crate::http::viewer(edge, &page.actor);
    let found = edge.db.read(read).await?;
    let said = found.into_iter().map(|one| Said {
        due: one.due_at.map(|at| page.words(&moment(at)).to_owned()),
        is_late: one.is_late(viewer.now),
        number: one.number,
        unit: viewer.post(one.post_id).map(|post| post.name).unwrap_or_default(),
        reason: one.reason,
        ruling: one.ruling.map(|words| {
            let outcome = match one.sustained {
                Some(true) if one.due_at.is_some() => {
                    page.tr("异议成立，下一版修改", "Sustained: the next version changes it")
                }
                Some(true) => page.tr("异议成立", "Sustained"),
                _ if one.due_at.is_some() => page.tr("维持不变", "Kept as it is"),
                _ => page.tr("异议不成立", "Dismissed"),
            };
            format!("{outcome}{}{words}", page.tr("：", ": "))
        }),
    });
    Ok(said.collect())
}

async fn changes(
    State(edge): State<Edge>,
    page: Page,
    PathOf((key, label)): PathOf<(String, String)>,
    QueryOf(asked): QueryOf<ChangesAsked>,
) -> Result<Html<ChangesPage>, Problem> {
    let sheets = sheets(&edge, &page, &key).await?;
    let find = |label: &str| sheets.iter().find(|sheet| sheet.list.version == label);
    let after = find(&label).ok_or_else(Problem::not_found)?;
    let written_from = after.version.as_ref().and_then(|version| version.content.0.based_on.clone());
    let from = asked.from.or(written_from).ok_or_else(Problem::not_found)?;
    let built_in = edge.fixture::<Rules>().catalogue.clone();
    let default = built_in.find_list(&key).filter(|list| list.version == from);
    let before = find(&from).map(|sheet| &sheet.list).or(default).ok_or_else(Problem::not_found)?;
    let found = diff(&Content::of(before), &Content::of(&after.list));
    let side =
        |list: &DutyList, number: &str| list.find_item(number).map(|item| line(&page, &built_in, list, item));
    let rows = found.into_iter().map(|change| {
        let (kind, words) = match change.change {
            Change::Added => ("good", page.tr("新增", "Added")),
            Change::Removed => ("bad", page.tr("取消", "Removed")),
            Change::Changed => ("warn", page.tr("修改", "Changed")),
        };
        ChangeRow {
            before: change.before.as_ref().and_then(|item| side(before, &item.number)),
            after: change.after.as_ref().and_then(|item| side(&after.list, &item.number)),
            number: change.number,
            kind,
            kind_words: words.to_owned(),
        }
    });
    let against = match find(&from).and_then(|sheet| sheet.version.as_ref()) {
        Some(version) => said(&edge, &page, version).await?,
        None => Vec::new(),
    };
    let said = against.into_iter().filter(|one| one.due.is_some()).collect();
    let (rows, name) = (rows.collect(), after.list.name.clone());
    let name_words = page.words(&name).to_owned();
    let page = page.titled(&format!("{}：变化", name.zh), &format!("{}: changes", name.en));
    Ok(Html(ChangesPage {
        page,
        back: format!("/lists/{key}/{label}"),
        key,
        name: name_words,
        label,
        from,
        said,
        rows,
    }))
}

impl Line {
    fn has(&self, word: &str) -> bool {
        let word = word.to_lowercase();
        let texts = [&self.number, &self.words, &self.who].into_iter().chain(&self.basis).chain(&self.types);
        texts.into_iter().any(|text| text.to_lowercase().contains(&word))
    }
}

fn line(page: &Page, catalogue: &Catalogue, list: &DutyList, item: &Item) -> Line {
    let name = |code: &String| {
        catalogue.find_type(code).map_or_else(|| code.clone(), |t| page.words(&t.short).to_owned())
    };
    Line {
        number: item.number.clone(),
        words: page.words(&item.words).to_owned(),
        who: page.words(&catalogue.selector_words(&item.who)).to_owned(),
        basis: item.basis.clone(),
        types: item.types.iter().map(name).collect(),
        until: item.effective_to.map(|day| day.to_string()),
        list: page.words(&list.name).to_owned(),
        href: list.href(&item.number),
    }
}

fn edition(page: &Page, sheet: &Sheet, today: &Today, shown: &str) -> Edition {
    let list = &sheet.list;
    let until = list.effective_until.map(|day| day.to_string()).unwrap_or_default();
    let days =
        if sheet.is_laid_out() { String::new() } else { format!("{} – {until}", list.effective_from) };
    let has_before = sheet.version.as_ref().is_some_and(|version| version.content.0.based_on.is_some());
    Edition {
        label: list.version.clone(),
        state: standing(page, sheet, today).0,
        document: list.document.clone(),
        days,
        href: format!("/lists/{}/{}", list.key, list.version),
        changes: has_before.then(|| format!("/lists/{}/{}/changes", list.key, list.version)),
        is_shown: list.version == shown,
    }
}

/// How a version stands, in words and tone.
fn standing(page: &Page, sheet: &Sheet, today: &Today) -> (String, &'static str) {
    let (words, tone) = if sheet.is_laid_out() {
        (page.tr("公示中，还没有生效", "Laid out for objections; not in force"), "warn")
    } else if sheet.list.version == today.holds {
        (page.tr("现行有效", "In force"), "good")
    } else if sheet.list.effective_from > today.date {
        (page.tr("已发布，还没有到生效日期", "Published, not in force yet"), "")
    } else {
        (page.tr("已由新版代替", "Replaced by a newer version"), "")
    };
    (words.to_owned(), tone)
}
