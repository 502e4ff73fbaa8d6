//! Versions of duty lists: drafted, changed, laid out, objected to, ruled on, published; and the midnight at which one takes effect.

use super::{WORDS_CHARS_MAX, books, clean_words};
use crate::access::{DISPATCH, DRAFT_DUTIES, HANDLE, PUBLISH_DUTIES, RULE};
use crate::catalogue::{DutyList, PostSelector};
use crate::duties::facts::{
    ANSWER_LATE, CHANGED, DRAFTED, DutyFact, IN_FORCE, LAID_OUT, OBJECTED, ObjectionFact, PUBLISHED, RULED,
    TAKEN_BACK, WITHDRAWN,
};
use crate::duties::{
    Content, DutyItem, DutyVersion, DutyVersionId, Hole, LISTS, Objection, ObjectionId, Terms, VersionState,
    check,
};
use crate::error::CaseError;
use crate::joint::JointBook;
use crate::store::duties as store;
use ::store::{Json, Tx};
use jiff::civil::Date;
use platform::{Actor, Fault, Lang, PostId, Problem, Time, Words};
use territory::{PostKind, Snapshot};

/// The clock that says when what was said against a version that holds has to be answered; its subject is the objection.
pub(crate) const ANSWER_DUE: &str = "cases.duty_answer_due";
/// The clock that says when a version begins to hold.
pub(crate) const BEGINS: &str = "cases.duty_list_begins";

/// Begins a version: from the list that holds, or from an earlier version.
pub async fn draft(tx: &mut Tx, list: &str, from: Option<&str>) -> Result<DutyVersion, CaseError> {
    may(tx.actor(), &DRAFT_DUTIES)?;
    let district = tx.district();
    let list = known_list(list)?;
    let versions = store::of_list(tx, district, list).await?;
    if let Some(open) = versions.iter().find(|one| one.is_open()) {
        return Err(CaseError::conflict(
            "cases.duty_draft_open",
            format!("{} 版还没有发布，先办完它。", open.label),
            format!("Version {} is not published yet: finish it first.", open.label),
        ));
    }
    let content = match from {
        Some(label) => content_of(tx, list, label).await?,
        None => Content::of(&holding(tx, list)?),
    };
    let one = begun(list, next_label(&versions, tx.now()), content, tx.now());
    store::insert(tx, &one).await?;
    tx.record(&DutyFact(DRAFTED, &one)).await?;
    Ok(one)
}

fn begun(list: &str, label: String, content: Content, now: Time) -> DutyVersion {
    DutyVersion {
        id: DutyVersionId::new(now),
        list_key: list.to_owned(),
        label,
        state: VersionState::Draft,
        version: 1,
        content: Json(content),
        terms: None,
        objections_until: None,
        published_at: None,
        changed_at: now,
    }
}

fn known_list(key: &str) -> Result<&'static str, CaseError> {
    LISTS.into_iter().find(|list| *list == key).ok_or(CaseError::NotFound)
}

/// The list that holds today.
fn holding(tx: &Tx, list: &str) -> Result<DutyList, CaseError> {
    let (rules, _) = books(tx);
    let in_force = rules.in_force(tx.district(), tx.now().local().date());
    in_force.catalogue.find_list(list).cloned().ok_or(CaseError::NotFound)
}

async fn content_of(tx: &mut Tx, list: &str, label: &str) -> Result<Content, CaseError> {
    let district = tx.district();
    let found = store::find_by_label(tx, district, list, label).await?.ok_or(CaseError::NotFound)?;
    Ok(Content { based_on: Some(found.label), ..found.content.0 })
}

/// "2026-1": the year and the versions begun in it.
fn next_label(versions: &[DutyVersion], now: Time) -> String {
    let year = now.local().year();
    let of_year = versions.iter().filter(|one| one.label.starts_with(&format!("{year}-"))).count();
    format!("{year}-{}", of_year + 1)
}

/// Writes a draft anew.
pub async fn change(
    tx: &mut Tx,
    id: DutyVersionId,
    seen: i64,
    content: Content,
) -> Result<DutyVersion, CaseError> {
    let before = store::load_for(tx, id, &DRAFT_DUTIES, Some(seen)).await?;
    let content = Content { based_on: before.content.0.based_on.clone(), ..content };
    let after = before.change(content, tx.now())?;
    step(tx, after, CHANGED).await
}

/// Lays a draft out, for as many days as the catalogue says. A hole anywhere keeps it back.
pub async fn lay_out(tx: &mut Tx, id: DutyVersionId, seen: i64) -> Result<DutyVersion, CaseError> {
    let before = store::load_for(tx, id, &DRAFT_DUTIES, Some(seen)).await?;
    refuse_holes(tx, &before)?;
    let (rules, _) = books(tx);
    let book = tx.fixture::<JointBook>();
    let until = book.laid_out.until(tx.now(), &rules.calendar);
    let after = before.lay_out(until, tx.now())?;
    step(tx, after, LAID_OUT).await
}

fn refuse_holes(tx: &Tx, one: &DutyVersion) -> Result<(), CaseError> {
    let (rules, _) = books(tx);
    let holes = check(&one.list_key, &one.content.0, &rules.catalogue, &rules.router);
    if holes.is_empty() { Ok(()) } else { Err(holes_problem(&holes).into()) }
}

/// Every hole in one refusal, by row and field.
pub(crate) fn holes_problem(holes: &[Hole]) -> Problem {
    let said = |lang: Lang| -> String {
        let lines = holes
            .iter()
            .take(20)
            .map(|hole| format!("{} {}: {}", hole.row, hole.field, hole.words.get(lang)));
        lines.collect::<Vec<_>>().join("; ")
    };
    let words = Words::new(
        format!("清单有 {} 处不完整：{}", holes.len(), said(Lang::Zh)),
        format!("The list has {} holes: {}", holes.len(), said(Lang::En)),
    );
    Problem::invalid("cases.duty_holes", "items", words).with("holes", holes)
}

/// Takes what was laid out back to be written on.
pub async fn take_back(tx: &mut Tx, id: DutyVersionId, seen: i64) -> Result<DutyVersion, CaseError> {
    let after = store::load_for(tx, id, &DRAFT_DUTIES, Some(seen)).await?.take_back(tx.now())?;
    step(tx, after, TAKEN_BACK).await
}

/// Gives a version up.
pub async fn withdraw(tx: &mut Tx, id: DutyVersionId, seen: i64) -> Result<DutyVersion, CaseError> {
    let after = store::load_for(tx, id, &DRAFT_DUTIES, Some(seen)).await?.withdraw(tx.now())?;
    step(tx, after, WITHDRAWN).await
}

/// Publishes a version: from its day on the router obeys it, and it never changes again.
pub async fn publish(
    tx: &mut Tx,
    id: DutyVersionId,
    seen: i64,
    terms: Terms,
) -> Result<DutyVersion, CaseError> {
    let before = store::load_for(tx, id, &PUBLISH_DUTIES, Some(seen)).await?;
    refuse_holes(tx, &before)?;
    let district = tx.district();
    let mut objections = store::objections(tx, district, id).await?;
    objections.extend(sustained_against_present(tx, &before.list_key).await?);
    let after = before.publish(terms, &objections, tx.now())?;
    let versions = store::of_list(tx, district, &after.list_key).await?;
    if let Some(twin) = versions.iter().find(|one| begins(one).is_some_and(|day| Some(day) == begins(&after)))
    {
        return Err(CaseError::conflict(
            "cases.duty_same_day",
            format!("{} 版也从这一天起生效，请换一天。", twin.label),
            format!("Version {} takes effect on that day too: choose another.", twin.label),
        ));
    }
    if !versions.iter().any(|one| one.published_at.is_some()) {
        keep_default(tx, &after.list_key).await?;
    }
    wind(tx, &after).await?;
    step(tx, after, PUBLISHED).await
}

/// What was sustained against the list that holds: the next version has to do it.
async fn sustained_against_present(tx: &mut Tx, list: &str) -> Result<Vec<Objection>, CaseError> {
    let (district, label) = (tx.district(), holding(tx, list)?.version);
    let Some(present) = store::find_by_label(tx, district, list, &label).await? else {
        return Ok(Vec::new());
    };
    let all = store::objections(tx, district, present.id).await?;
    Ok(all.into_iter().filter(|one| one.due_at.is_some() && one.sustained == Some(true)).collect())
}

fn begins(one: &DutyVersion) -> Option<Date> {
    one.terms.as_ref().filter(|_| one.state == VersionState::Published).map(|terms| terms.0.effective_from)
}

/// The list of the house stays readable as it was, whatever a later program brings: cases cite it.
async fn keep_default(tx: &mut Tx, list: &str) -> Result<(), CaseError> {
    let (rules, _) = books(tx);
    let default = rules.catalogue.find_list(list).cloned().ok_or(CaseError::NotFound)?;
    let terms = Terms {
        document: String::new(),
        published_on: default.published_on,
        effective_from: default.effective_from,
        effective_until: None,
        reason: "default".to_owned(),
        early: None,
    };
    let content = Content { notice: default.notice.clone(), based_on: None, ..Content::of(&default) };
    let now = tx.now();
    let kept = DutyVersion {
        state: VersionState::Published,
        terms: Some(Json(terms)),
        published_at: Some(now),
        ..begun(list, default.version, content, now)
    };
    Ok(store::insert(tx, &kept).await?)
}

/// Midnight of the day, in China.
async fn wind(tx: &mut Tx, one: &DutyVersion) -> Result<(), CaseError> {
    let zone = tx.now().local().time_zone().clone();
    let midnight = begins(one).and_then(|day| day.to_zoned(zone).ok());
    if let Some(midnight) = midnight {
        let at = Time::from(midnight.timestamp()).max(tx.now());
        tx.set_timer(BEGINS, one.id.0, at, serde_json::Value::Null).await?;
    }
    Ok(())
}

/// The clock rang: the version holds from now on. The router knows by the day alone; this writes it down and tells the house.
pub async fn begin(tx: &mut Tx, id: DutyVersionId) -> Result<(), CaseError> {
    let district = tx.district();
    if let Some(one) = store::find(tx, district, id).await? {
        tx.record(&DutyFact(IN_FORCE, &one)).await?;
    }
    Ok(())
}

async fn step(tx: &mut Tx, one: DutyVersion, fact: &'static str) -> Result<DutyVersion, CaseError> {
    store::save(tx, &one).await?;
    tx.record(&DutyFact(fact, &one)).await?;
    Ok(one)
}

/// What a unit says against an item.
#[derive(Clone, Debug)]
pub struct Object {
    pub number: String,
    pub reason: String,
}

/// A unit the item names (or named before) objects, while the version is laid out or holds: once for each item.
pub async fn object(tx: &mut Tx, id: DutyVersionId, order: Object) -> Result<Objection, CaseError> {
    let district = tx.district();
    let one =
        store::find(tx, district, id).await?.filter(DutyVersion::is_public).ok_or(CaseError::NotFound)?;
    let due_at = answered_until(tx, &one)?;
    let reason = required(&order.reason, "reason")?;
    let item = one.content.0.find_item(&order.number).cloned().ok_or(CaseError::NotFound)?;
    let (_, places) = books(tx);
    let before = match &one.content.0.based_on {
        Some(label) => item_before(tx, &one.list_key, label, &order.number).await?,
        None => None,
    };
    let named: Vec<&PostSelector> = std::iter::once(&item.who).chain(&before).collect();
    let post = post_named(tx.actor(), &named, &places).ok_or_else(|| {
        CaseError::conflict(
            "cases.duty_not_named",
            "只有这一项写到的单位可以对它提出异议。",
            "Only a unit that the item names may object to it.",
        )
    })?;
    let objection = Objection {
        version_id: id,
        id: ObjectionId::new(tx.now()),
        number: order.number,
        item: Json(item),
        post_id: post,
        reason,
        at: tx.now(),
        due_at,
        sustained: None,
        ruling: None,
        ruled_at: None,
    };
    if !store::object(tx, &objection).await? {
        return Err(CaseError::conflict(
            "cases.duty_objected_before",
            "对这一项已经提过异议，裁定后不再重提。",
            "There is an objection of yours to this item; once it is ruled on, it is final.",
        ));
    }
    tx.record(&ObjectionFact(OBJECTED, &objection)).await?;
    if let Some(due) = due_at {
        tx.set_timer(ANSWER_DUE, objection.id.0, due, serde_json::json!(id)).await?;
    }
    Ok(objection)
}

/// By when an objection to a version is answered: no day is named while it is laid out, for it is not published before. Refused where it
/// is neither laid out nor holds.
fn answered_until(tx: &Tx, one: &DutyVersion) -> Result<Option<Time>, CaseError> {
    let (rules, _) = books(tx);
    match one.state {
        VersionState::LaidOut if one.objections_until.is_none_or(|until| tx.now() <= until) => Ok(None),
        VersionState::Published if holding(tx, &one.list_key)?.version == one.label => {
            Ok(Some(tx.fixture::<JointBook>().answer.until(tx.now(), &rules.calendar)))
        }
        _ => Err(CaseError::conflict(
            "cases.duty_not_laid_out",
            "公示期内，或者清单正在执行时，才能提出异议。",
            "An objection can be made while the list is laid out, or holds.",
        )),
    }
}

/// The clock of an objection rang: where nobody has answered it, the house is told.
pub async fn note_unanswered(tx: &mut Tx, version: DutyVersionId, id: ObjectionId) -> Result<(), Fault> {
    let district = tx.district();
    let all = store::objections(tx, district, version).await?;
    match all.iter().find(|one| one.id == id && one.ruled_at.is_none()) {
        Some(one) => tx.record(&ObjectionFact(ANSWER_LATE, one)).await.map(drop),
        None => Ok(()),
    }
}

/// Who the version before named for that item.
async fn item_before(
    tx: &mut Tx,
    list: &str,
    label: &str,
    number: &str,
) -> Result<Option<PostSelector>, CaseError> {
    let district = tx.district();
    let kept = store::find_by_label(tx, district, list, label).await?;
    let who = |item: &DutyItem| item.who.clone();
    Ok(match kept {
        Some(version) => version.content.0.find_item(number).map(who),
        None => holding(tx, list)?.find_item(number).map(|item| item.who.clone()),
    })
}

/// The post of the actor that one of the selectors names: the unit's own desk, or a post of the kind.
pub(crate) fn post_named(actor: &Actor, named: &[&PostSelector], places: &Snapshot) -> Option<PostId> {
    let fits = |post: PostId, selector: &PostSelector| {
        let kind = places.post(post).map(|p| p.kind);
        match selector {
            PostSelector::Unit(key) => places.unit_post(key).is_some_and(|p| p.id == post),
            PostSelector::GridWorker | PostSelector::StandIn => kind == Some(PostKind::GridWorker),
            PostSelector::GridLeader => kind == Some(PostKind::GridLeader),
            PostSelector::SubdistrictDesk => kind == Some(PostKind::SubdistrictDesk),
            PostSelector::Dispatcher => kind == Some(PostKind::Dispatcher),
        }
    };
    let speaks = actor.holds(&HANDLE) || actor.holds(&DISPATCH);
    actor.posts.iter().copied().find(|post| speaks && named.iter().any(|selector| fits(*post, selector)))
}

/// The dispatcher rules on an objection, once.
pub async fn rule(
    tx: &mut Tx,
    id: DutyVersionId,
    objection: ObjectionId,
    (sustained, words): (bool, &str),
) -> Result<Objection, CaseError> {
    store::load_for(tx, id, &RULE, None).await?;
    let words = required(words, "words")?;
    let district = tx.district();
    let found = store::objections(tx, district, id).await?.into_iter().find(|one| one.id == objection);
    let found = found.ok_or(CaseError::NotFound)?;
    if !store::rule(tx, &found, (sustained, &words)).await? {
        return Err(CaseError::conflict(
            "cases.duty_ruled_before",
            format!("已经裁定：{}。裁定一次为准。", found.ruling.unwrap_or_default()),
            "This was ruled on; a ruling is final.",
        ));
    }
    let ruled =
        Objection { sustained: Some(sustained), ruling: Some(words), ruled_at: Some(tx.now()), ..found };
    tx.record(&ObjectionFact(RULED, &ruled)).await?;
    tx.cancel_timer(ANSWER_DUE, ruled.id.0).await?;
    Ok(ruled)
}

/// Words that must be there.
pub(crate) fn required(text: &str, field: &'static str) -> Result<String, CaseError> {
    let words = clean_words(text, field, WORDS_CHARS_MAX)?;
    if words.is_empty() {
        return Err(CaseError::invalid(field, "cases.words_missing", "请写明。", "Please say it in words."));
    }
    Ok(words)
}

fn may(actor: &Actor, permission: &'static platform::Permission) -> Result<(), CaseError> {
    if actor.holds_everywhere(permission) { Ok(()) } else { Err(CaseError::Forbidden(permission)) }
}
