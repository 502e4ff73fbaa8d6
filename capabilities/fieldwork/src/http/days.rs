//! Reports of days, made from what was done; the diary of a month; and the words a worker adds.

use super::staff;
use super::today::day_of;
use crate::access::{FILL, SEE_DAYS, WORK, require};
use crate::catalogue::DayBook;
use crate::commands::{self, WriteDay};
use crate::days::{Span, accounts_of, deeds_of};
use crate::error::FieldworkError;
use crate::model::{DayLine, DayTold, DayWords, Deed, KEEPING_DAYS, tell};
use crate::store;
use ::store::{Conn, Tx};
use axum::Json;
use axum::extract::State;
use edge::{Body, Edge, PathOf, QueryOf, Who};
use jiff::civil::Date;
use platform::{AccountId, Actor, Fault, Problem, Time, Words};
use seal::Vault;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use territory::{AreaLevel, Map};
use utoipa::{IntoParams, ToSchema};

/// One thing that was done.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct DayRow {
    /// `task`, `case`, `record`, `submission`
    pub kind: String,
    pub id: uuid::Uuid,
    pub words: Words,
    /// What it came to, or what it was of.
    pub part: Words,
    pub area_path: String,
    /// Only in one's own report: nobody else is told the time of day.
    pub at: Option<Time>,
}

/// A sentence, and the rows behind its number.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct DaySentence {
    pub key: DayLine,
    pub words: Words,
    /// How many different things it was done to.
    pub count: usize,
    /// In the order they were done.
    pub rows: Vec<DayRow>,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct DayGroup {
    pub key: String,
    pub words: Words,
    pub sentences: Vec<DaySentence>,
}

/// Words a worker added.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct DayWordsView {
    pub words: String,
    /// Whether who leads the grid reads them.
    pub shown: bool,
    pub version: i64,
    pub changed_at: Time,
}

impl From<&DayWords> for DayWordsView {
    fn from(day: &DayWords) -> Self {
        Self {
            words: day.words.open(KEEPING_DAYS).clone(),
            shown: day.shown,
            version: day.version,
            changed_at: day.changed_at,
        }
    }
}

/// The report of a day: one's own, or that of a grid.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct DayReport {
    pub date: String,
    /// The path of the grid; none: one's own.
    pub grid: Option<String>,
    pub groups: Vec<DayGroup>,
    /// All sentences as one text, to be copied.
    pub text: Words,
    /// What one added oneself.
    pub own: Option<DayWordsView>,
    /// What those who worked in the grid added and show.
    pub added: Vec<String>,
}

/// Of which grid.
#[derive(Clone, Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct DayQuery {
    /// The path of a grid; none: one's own day.
    pub grid: Option<String>,
}

/// 日报：由当天做过的事自动写成；带网格时是该网格的日报（不含几点几分）。The report of a day, made from what was done; of a grid where one is named, without times of day.
#[utoipa::path(get, path = "/api/fieldwork/days/{date}", tag = "fieldwork", operation_id = "show_day_report",
    params(("date" = String, Path, description = "2026-03-02"), DayQuery),
    responses((status = 200, body = DayReport), (status = 401, body = Problem), (status = 403, body = Problem),
        (status = 404, body = Problem), (status = 422, body = Problem)))]
pub async fn show_day_report(
    State(edge): State<Edge>,
    who: Who,
    PathOf(date): PathOf<String>,
    QueryOf(query): QueryOf<DayQuery>,
) -> Result<Json<DayReport>, Problem> {
    let actor = staff(&who, &[&WORK, &FILL, &SEE_DAYS])?;
    let day = day_of(Some(&date))?.ok_or(FieldworkError::NotFound)?;
    Ok(Json(match query.grid {
        Some(grid) => report_of_grid(&edge, actor, &grid, day).await?,
        None => report_of_oneself(&edge, actor, day).await?,
    }))
}

async fn report_of_oneself(edge: &Edge, actor: &Actor, day: Date) -> Result<DayReport, FieldworkError> {
    let (account, span) = (own_account(actor)?, Span { first: day, last: day });
    let deeds = deeds_of(edge, actor, account, span, None).await?;
    let own = words_within(edge, actor, account, span).await?;
    Ok(DayReport { own: own.first().map(DayWordsView::from), ..report(edge, day, deeds, true) })
}

async fn report_of_grid(
    edge: &Edge,
    actor: &Actor,
    grid: &str,
    day: Date,
) -> Result<DayReport, FieldworkError> {
    let places = edge.fixture::<Map>().of(actor.district);
    let is_grid = places.by_path(grid).is_some_and(|area| area.level == AreaLevel::Grid);
    if !is_grid {
        return Err(FieldworkError::NotFound);
    }
    require(actor, &SEE_DAYS, grid)?;
    let span = Span { first: day, last: day };
    let (mut deeds, mut added) = (Vec::new(), Vec::new());
    for account in accounts_of(&places, grid, span.moments()) {
        deeds.extend(deeds_of(edge, actor, account, span, Some(grid)).await?);
        let words = words_within(edge, actor, account, span).await?;
        let shown = words.iter().filter(|day| day.shown).map(|day| day.words.open(KEEPING_DAYS).clone());
        added.extend(shown.filter(|words| !words.is_empty()));
    }
    Ok(DayReport { grid: Some(grid.to_owned()), added, ..report(edge, day, deeds, false) })
}

fn own_account(actor: &Actor) -> Result<AccountId, FieldworkError> {
    actor.account.ok_or(FieldworkError::NotFound)
}

async fn words_within(
    edge: &Edge,
    actor: &Actor,
    account: AccountId,
    span: Span,
) -> Result<Vec<DayWords>, Fault> {
    let (district, keys) = (actor.district, edge.fixture::<Vault>().of(actor.district)?);
    let read = async move |conn: &mut Conn| {
        store::days::within(conn, &keys, district, account, (span.first, span.last)).await
    };
    edge.db.read(read).await
}

/// Deeds as a report without anybody's words.
pub(super) fn report(edge: &Edge, day: Date, deeds: Vec<Deed>, tells_times: bool) -> DayReport {
    let book = edge.fixture::<DayBook>();
    let told = tell(deeds);
    let groups: Vec<DayGroup> = book
        .groups
        .iter()
        .map(|(key, words)| {
            let sentences = told.iter().filter(|one| book.group_of(one.line) == key);
            let sentences = sentences.map(|one| sentence(&book, one, tells_times)).collect();
            DayGroup { key: key.clone(), words: words.clone(), sentences }
        })
        .filter(|group| !group.sentences.is_empty())
        .collect();
    let text = if groups.is_empty() { book.nothing.clone() } else { text_of(&groups) };
    DayReport { date: day.to_string(), grid: None, groups, text, own: None, added: Vec::new() }
}

fn sentence(book: &DayBook, told: &DayTold, tells_times: bool) -> DaySentence {
    let rows = told.deeds.iter().map(|deed| DayRow {
        kind: deed.about.kind.to_owned(),
        id: deed.about.id,
        words: deed.words.clone(),
        part: deed.part.clone(),
        area_path: deed.area_path.clone(),
        at: tells_times.then_some(deed.at),
    });
    DaySentence { key: told.line, words: book.words_of(told), count: told.count, rows: rows.collect() }
}

fn text_of(groups: &[DayGroup]) -> Words {
    let line = |group: &DayGroup, of: fn(&Words) -> &str, between: &str| {
        let sentences: Vec<&str> = group.sentences.iter().map(|one| of(&one.words)).collect();
        sentences.join(between)
    };
    let zh =
        groups.iter().map(|group| format!("【{}】{}", group.words.zh, line(group, |words| &words.zh, "")));
    let en =
        groups.iter().map(|group| format!("{}. {}", group.words.en, line(group, |words| &words.en, " ")));
    Words::new(zh.collect::<Vec<_>>().join("\n"), en.collect::<Vec<_>>().join("\n"))
}

/// Words for one's own day.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DayWordsBody {
    /// At most 4,000 characters; empty takes them back. Kept sealed.
    pub words: String,
    /// Whether who leads the grid reads them.
    #[serde(default)]
    pub shown: bool,
    /// The version that was seen; 0 where there was none.
    pub version: i64,
}

/// 给自己的日报补充几句话（不必须）。Add words to one's own day, or change them; nobody has to.
#[utoipa::path(put, path = "/api/fieldwork/days/{date}", tag = "fieldwork", operation_id = "write_day_report",
    params(("date" = String, Path, description = "2026-03-02")), request_body = DayWordsBody,
    responses((status = 200, body = DayWordsView), (status = 401, body = Problem), (status = 403, body = Problem),
        (status = 409, body = Problem, description = "`fieldwork.day_changed`"), (status = 422, body = Problem)))]
pub async fn write_day_report(
    State(edge): State<Edge>,
    who: Who,
    PathOf(date): PathOf<String>,
    Body(body): Body<DayWordsBody>,
) -> Result<Json<DayWordsView>, Problem> {
    let actor = staff(&who, &[&WORK, &FILL])?;
    let day = day_of(Some(&date))?.ok_or(FieldworkError::NotFound)?;
    let order = WriteDay { day, words: body.words, shown: body.shown, version: body.version };
    let write = async move |tx: &mut Tx| commands::write_day(tx, order.clone()).await;
    let written = edge.db.write(actor, write).await?;
    Ok(Json(DayWordsView::from(&written)))
}

/// Which month, and what is looked for.
#[derive(Clone, Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct DiaryQuery {
    /// `2026-03`
    pub month: String,
    /// Words that stand in the report, in its rows or in what one added.
    pub q: Option<String>,
}

/// A day of the diary.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct DiaryDay {
    pub date: String,
    pub text: Words,
    /// How many things were done.
    pub count: usize,
    pub own: Option<DayWordsView>,
}

/// A month of one's own days.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Diary {
    pub month: String,
    /// Days on which something was done or written, the newest first.
    pub days: Vec<DiaryDay>,
}

/// 工作日志：自己一个月的日报，可以检索。One's own diary: the reports of a month, to be searched.
#[utoipa::path(get, path = "/api/fieldwork/days", tag = "fieldwork", operation_id = "show_diary", params(DiaryQuery),
    responses((status = 200, body = Diary), (status = 401, body = Problem), (status = 403, body = Problem), (status = 422, body = Problem)))]
pub async fn show_diary(
    State(edge): State<Edge>,
    who: Who,
    QueryOf(query): QueryOf<DiaryQuery>,
) -> Result<Json<Diary>, Problem> {
    let actor = staff(&who, &[&WORK, &FILL])?;
    let account = own_account(actor)?;
    let first = format!("{}-01", query.month).parse::<Date>().map_err(|_| {
        FieldworkError::invalid(
            "month",
            "fieldwork.bad_month",
            "月份写成 2026-03。",
            "Write the month as 2026-03.",
        )
    })?;
    let span = Span::month_of(first);
    let mut days: BTreeMap<Date, (Vec<Deed>, Option<DayWords>)> = BTreeMap::new();
    for deed in deeds_of(&edge, actor, account, span, None).await.map_err(FieldworkError::from)? {
        days.entry(deed.day).or_default().0.push(deed);
    }
    for words in words_within(&edge, actor, account, span).await.map_err(FieldworkError::from)? {
        let day = words.day;
        days.entry(day).or_default().1 = Some(words);
    }
    let wanted = query.q.as_deref().map(str::trim).filter(|q| !q.is_empty()).map(str::to_lowercase);
    let days = days
        .into_iter()
        .rev()
        .filter_map(|(day, (deeds, words))| diary_day(&edge, day, deeds, words.as_ref(), wanted.as_deref()));
    Ok(Json(Diary { month: query.month.clone(), days: days.collect() }))
}

/// A day with what was looked for in it; none where that is not there.
fn diary_day(
    edge: &Edge,
    day: Date,
    deeds: Vec<Deed>,
    words: Option<&DayWords>,
    wanted: Option<&str>,
) -> Option<DiaryDay> {
    let count = deeds.len();
    let report = report(edge, day, deeds, false);
    let own = words.map(DayWordsView::from).filter(|own| !own.words.is_empty());
    if let Some(wanted) = wanted {
        let rows = report.groups.iter().flat_map(|group| &group.sentences).flat_map(|one| &one.rows);
        let said = rows.flat_map(|row| [&*row.words.zh, &*row.words.en]);
        let said = said
            .chain([&*report.text.zh, &*report.text.en])
            .chain(own.as_ref().map(|own| own.words.as_str()));
        said.into_iter().find(|text| text.to_lowercase().contains(wanted))?;
    }
    (count > 0 || own.is_some()).then(|| DiaryDay { date: day.to_string(), text: report.text, count, own })
}
