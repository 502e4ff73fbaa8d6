//! The public notice 告知书: what the district keeps of people, why, by what right, for how long, and what changed.

use super::{Moment, cited, kept_words};
use crate::catalogue::FACTS_PART;
use crate::http::basis::{BasisView, basis};
use crate::model::Kind;
use askama::Template;
use axum::extract::State;
use edge::{Edge, Html, Page};
use platform::Problem;

#[derive(Template)]
#[template(path = "privacy.html")]
pub(super) struct PrivacyPage {
    page: Page,
    basis: BasisView,
    in_force: Moment,
    kinds: Vec<KindRows>,
    facts: Vec<Row>,
    purposes: Vec<(String, String)>,
    notices: Vec<Change>,
}

/// A kind of record with what is kept of it.
struct KindRows {
    title: String,
    rows: Vec<Row>,
}

/// A value that may be kept.
struct Row {
    name: String,
    why: String,
    basis: String,
    kept: String,
    is_sealed: bool,
}

/// A notice and what it changed.
struct Change {
    version: String,
    from: Moment,
    lines: Vec<String>,
}

pub(super) async fn show(State(edge): State<Edge>, page: Page) -> Result<Html<PrivacyPage>, Problem> {
    let page = page.titled("个人信息告知书", "What is kept about you");
    let basis = basis(&edge, page.actor.district).await?;
    let mut kinds: Vec<_> = basis.kept.kinds.iter().collect();
    // What is kept of people is what they came to read.
    kinds.sort_by_key(|kind| kind.kind != Kind::Person);
    let kinds = kinds.into_iter().map(|kind| KindRows {
        title: page.words(&kind.words).to_owned(),
        rows: kind
            .fields
            .iter()
            .map(|field| Row {
                name: page.words(&field.words).to_owned(),
                why: page.words(&field.purpose).to_owned(),
                basis: cited(&page, &field.basis),
                kept: kept_words(&page, field.keep_months),
                is_sealed: field.sealed,
            })
            .collect(),
    });
    let facts_keep = basis.kept.kinds.iter().find(|kind| kind.kind == Kind::ServiceFact);
    let facts_keep = facts_keep.and_then(|kind| kind.fields.first()).map_or(0, |field| field.keep_months);
    let facts = basis.kept.facts.iter().map(|fact| Row {
        name: page.words(&fact.words).to_owned(),
        why: page.words(&fact.service).to_owned(),
        basis: cited(&page, &fact.basis),
        kept: kept_words(&page, facts_keep),
        is_sealed: true,
    });
    let purposes = basis.kept.purposes.iter().map(|purpose| {
        let opens = purpose.opens.iter().map(|part| part_words(&page, &basis, part));
        (page.words(&purpose.words).to_owned(), opens.collect::<Vec<_>>().join(page.tr("、", ", ")))
    });
    let notices = basis.notices.iter().map(|notice| Change {
        version: notice.version.clone(),
        from: Moment::day(notice.in_force_at),
        lines: notice.changes.iter().map(|words| page.words(words).to_owned()).collect(),
    });
    Ok(Html(PrivacyPage {
        in_force: Moment::day(basis.in_force_at),
        kinds: kinds.collect(),
        facts: facts.collect(),
        purposes: purposes.collect(),
        notices: notices.collect(),
        basis,
        page: page.clone(),
    }))
}

/// What a purpose opens, in words.
fn part_words(page: &Page, basis: &BasisView, part: &str) -> String {
    let person = basis.kept.kinds.iter().find(|kind| kind.kind == Kind::Person);
    let field = person.and_then(|kind| kind.fields.iter().find(|field| field.key == part));
    match field {
        Some(field) => page.words(&field.words).to_owned(),
        None if part == FACTS_PART => page.tr("服务事实", "service facts").to_owned(),
        None => part.to_owned(),
    }
}
