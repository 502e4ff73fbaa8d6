//! One person's data as the person reads it: every value with where it is from, why it is kept, by what right, how long, who is told.

use super::{Moment, cited, kept_words};
use crate::catalogue::{FACTS_PART, FactBook, FieldBook, Rights};
use crate::commands::rights::{Own, is_correctable};
use crate::error::RegistryError;
use crate::http::rights::purpose_words;
use crate::looks::{self, Look};
use crate::model::{Content, Kind, Record, RecordId, RequestState, State};
use crate::queries::exports::{CopyRow, copies_of};
use crate::queries::rights::{Reading, readings, records_of, requests_of};
use crate::store::{self, rights::RequestRow};
use crate::view::{Viewer, is_open, masked, source_words};
use ::store::Tx;
use edge::Page;
use platform::{ActorKind, FactId, Fault};
use serde_json::Value;
use std::collections::{BTreeSet, HashMap};

/// Looks on one page.
pub(super) const READINGS_MAX: usize = 20;
/// Looks on a copy: years of them.
pub(super) const COPY_READINGS_MAX: usize = 1_000;

/// All that is shown to a person of themselves.
pub(super) struct Subject {
    pub label: String,
    pub standing: String,
    pub is_open: bool,
    pub restricted: Option<Moment>,
    pub groups: Vec<Group>,
    pub readings: Vec<ReadingRow>,
    /// The last look of a full page: older ones come before it.
    pub older: Option<FactId>,
    /// Copies of many records that this person was in.
    pub copies: Vec<ReadingRow>,
    pub requests: Vec<RequestLineRow>,
}

/// A record: the person, a residence, a share, a service fact.
pub(super) struct Group {
    pub id: RecordId,
    pub title: String,
    /// A home's address.
    pub at: String,
    pub ended: Option<String>,
    pub rows: Vec<ValueRow>,
    /// The whole record may be deleted on request.
    pub is_deletable: bool,
}

/// A value.
pub(super) struct ValueRow {
    pub key: String,
    pub name: String,
    pub shown: String,
    pub is_sealed: bool,
    pub source: String,
    pub at: Moment,
    pub is_stale: bool,
    pub purpose: String,
    pub basis: String,
    pub kept: String,
    pub told: String,
    pub is_correctable: bool,
    pub is_deletable: bool,
}

/// A look by somebody else, or a copy somebody took along.
pub(super) struct ReadingRow {
    /// Of a look, to object to.
    pub id: Option<FactId>,
    pub at: Moment,
    pub by: String,
    pub purpose: String,
    pub parts: String,
    /// Of a copy: what it is, a file or a phone that carries it since.
    pub how: String,
    pub is_emergency: bool,
}

/// Something that was asked.
pub(super) struct RequestLineRow {
    pub id: crate::model::RequestId,
    pub what: String,
    pub about: String,
    pub made: Moment,
    pub due: Moment,
    pub state: String,
    pub tone: &'static str,
    pub icon: &'static str,
    pub is_open: bool,
    pub ground: Option<String>,
    pub answer: Option<String>,
}

/// What a look at a person's own data opens: everything.
pub(super) fn all_parts(viewer: &Viewer) -> BTreeSet<String> {
    let sealed = viewer.catalogue.kind(Kind::Person).fields.iter().filter(|field| field.sealed);
    sealed.map(|field| field.key.clone()).chain([FACTS_PART.to_owned()]).collect()
}

/// How much is shown.
pub(super) struct Extent {
    pub is_open: bool,
    pub readings_max: usize,
    pub before: Option<FactId>,
}

/// Reads it all, in one write with its look.
pub(super) async fn read(
    tx: &mut Tx,
    page: &Page,
    viewer: &Viewer,
    own: Own,
    extent: Extent,
) -> Result<Subject, RegistryError> {
    let Own { person, standing } = own;
    let parts = if extent.is_open { all_parts(viewer) } else { BTreeSet::new() };
    let look = looks::look_for_the_person(tx, &person, parts).await?;
    let below = records_of(tx, person.id).await?;
    let rights = tx.fixture::<Rights>();
    let reader = Reader { page, viewer, rights: &rights, look: &look };
    let mut groups = vec![reader.group(&person, String::new())];
    for record in &below {
        groups.push(reader.group(record, home_of(tx, record).await?));
    }
    let restricted = {
        let district = tx.district();
        store::rights::restricted_since(tx, district, person.id).await?
    };
    let ids: Vec<RecordId> = std::iter::once(person.id).chain(below.iter().map(|record| record.id)).collect();
    let district = tx.district();
    let seen = readings(tx, district, &ids, extent.before, extent.readings_max).await?;
    let older = seen.last().map(|last| last.id).filter(|_| seen.len() >= extent.readings_max);
    let mut copies = Vec::new();
    for id in &ids {
        copies.extend(copies_of(tx, district, *id).await?);
    }
    let requests = requests_of(tx, person.id).await?;
    let mut lines = Vec::with_capacity(requests.len());
    for request in &requests {
        lines.push(reader.request(tx, request, &person, &below)?);
    }
    Ok(Subject {
        label: person.content.label.clone(),
        standing: match rights.mandate(&standing) {
            Some(mandate) => page.words(&mandate.words).to_owned(),
            None => page.tr("本人", "Yourself").to_owned(),
        },
        is_open: extent.is_open,
        restricted: restricted.map(Moment::day),
        groups,
        readings: seen
            .into_iter()
            .filter(|seen| !is_own(page, seen))
            .map(|seen| reader.reading(seen))
            .collect(),
        older,
        copies: copies.into_iter().map(|copy| reader.copy(copy)).collect(),
        requests: lines,
    })
}

/// One's own looks need no telling; those of a desk that prints the sheet are the desk's.
fn is_own(page: &Page, reading: &Reading) -> bool {
    let account = page.actor.account.map(|account| account.0);
    page.actor.kind == ActorKind::Resident && account.is_some() && reading.account == account
}

/// The address of the home a residence or share is about.
async fn home_of(tx: &mut Tx, record: &Record) -> Result<String, Fault> {
    let Some(home) = record.content.links.dwelling else { return Ok(String::new()) };
    Ok(store::load(tx, home).await?.map(|home| home.content.label).unwrap_or_default())
}

struct Reader<'a> {
    page: &'a Page,
    viewer: &'a Viewer,
    rights: &'a Rights,
    look: &'a Look,
}

impl Reader<'_> {
    fn group(&self, record: &Record, at: String) -> Group {
        let (book, content) = (self.viewer.catalogue.kind(record.kind), &record.content);
        let rows = book.fields.iter().filter_map(|field| self.row(record, field));
        let ended = (content.state == State::Ended)
            .then(|| content.to_on.map(|day| day.to_string()).unwrap_or_default());
        Group {
            id: record.id,
            title: self.page.words(&book.words).to_owned(),
            at,
            ended,
            rows: rows.collect(),
            is_deletable: record.kind != Kind::Person && self.may_go(record, None),
        }
    }

    /// Whether the law lets a value, or the whole record, be deleted on request.
    fn may_go(&self, record: &Record, field: Option<&FieldBook>) -> bool {
        let is_needed = field.is_some_and(|field| field.required) && record.is_live();
        let key = field.map(|field| field.key.as_str());
        let is_kept = record.is_live() && self.rights.duty(record.kind, &record.content, key).is_some();
        !is_needed && !is_kept
    }

    fn row(&self, record: &Record, field: &FieldBook) -> Option<ValueRow> {
        let held = record.content.fields(field.sealed);
        let (value, origin) = (held.get(&field.key)?, held.origin(&field.key)?);
        let shown = if is_open(record, field, Some(self.look)) {
            self.viewer.shown(field, value)
        } else {
            masked(field, value, self.viewer.now)
        };
        let fact = self.fact_of(record, &record.content);
        let (purpose, basis) = match fact {
            Some(fact) => (&fact.service, &fact.basis),
            None => (&field.purpose, &field.basis),
        };
        let to = fact.map_or(&field.to, |fact| &fact.to);
        Some(ValueRow {
            key: field.key.clone(),
            name: self.page.words(&field.words).to_owned(),
            shown: self.page.words(&shown).to_owned(),
            is_sealed: field.sealed,
            source: self.page.words(&source_words(origin.source)).to_owned(),
            at: Moment::day(origin.at),
            is_stale: field.stale_at(origin.at).is_some_and(|at| at <= self.viewer.now),
            purpose: self.page.words(purpose).to_owned(),
            basis: cited(self.page, basis),
            kept: kept_words(self.page, field.keep_months),
            told: self.told(to),
            is_correctable: record.is_live() && is_correctable(field),
            is_deletable: self.may_go(record, Some(field)),
        })
    }

    /// Of a service fact the service it is kept for, where the look may say which.
    fn fact_of(&self, record: &Record, content: &Content) -> Option<&FactBook> {
        self.look
            .shows_fact(record)
            .then(|| self.viewer.catalogue.fact(content.fields(true).text("fact")))
            .flatten()
    }

    /// Who is told of a value, in words.
    fn told(&self, to: &[String]) -> String {
        let name = |key: &String| match key.as_str() {
            "grid" => self.page.tr("本网格网格员", "the worker of the grid").to_owned(),
            "desk" => self.page.tr("街道、社区窗口", "the desks").to_owned(),
            key => {
                self.viewer.places.organisation(key).map_or_else(|| key.to_owned(), |unit| unit.name.clone())
            }
        };
        to.iter().map(name).collect::<Vec<_>>().join(self.page.tr("、", ", "))
    }

    fn reading(&self, reading: Reading) -> ReadingRow {
        ReadingRow {
            id: Some(reading.id),
            at: Moment::of(reading.at),
            by: reading.by,
            purpose: self.purpose(&reading.purpose),
            parts: self.parts(&reading.parts),
            how: String::new(),
            is_emergency: reading.is_emergency,
        }
    }

    fn copy(&self, copy: CopyRow) -> ReadingRow {
        ReadingRow {
            id: None,
            at: Moment::of(copy.at),
            by: copy.by_name,
            purpose: self.purpose(&copy.purpose),
            parts: self.parts(&copy.opened.0),
            how: self.how(copy.device.as_deref()),
            is_emergency: false,
        }
    }

    /// What kind of copy it is.
    fn how(&self, device: Option<&str>) -> String {
        match device {
            None => self.page.tr("导出", "a copy").to_owned(),
            Some(device) => {
                let words = self.page.tr("从此带在手机上：", "carried since then on the phone ");
                format!("{words}{device}")
            }
        }
    }

    fn purpose(&self, key: &str) -> String {
        self.page.words(&purpose_words(&self.viewer.catalogue, key)).to_owned()
    }

    /// What was opened, in words.
    fn parts(&self, parts: &[String]) -> String {
        let book = self.viewer.catalogue.kind(Kind::Person);
        let part = |key: &String| match book.field(key) {
            Some(field) => self.page.words(&field.words).to_owned(),
            None if key == FACTS_PART => self.page.tr("服务事实", "service facts").to_owned(),
            None => key.clone(),
        };
        parts.iter().map(part).collect::<Vec<_>>().join(self.page.tr("、", ", "))
    }

    fn request(
        &self,
        tx: &Tx,
        row: &RequestRow,
        person: &Record,
        below: &[Record],
    ) -> Result<RequestLineRow, RegistryError> {
        let keys = store::keys(tx)?;
        let record = below.iter().find(|record| record.id == row.record_id).unwrap_or(person);
        let book = self.viewer.catalogue.kind(record.kind);
        let field = row.field.as_deref().and_then(|key| book.field(key));
        let about = field.map_or(&book.words, |field| &field.words);
        let ground = row.ground.as_deref().and_then(|key| self.rights.ground(key, row.what));
        let (zh, en, tone, icon) = match row.state {
            RequestState::Open => ("等待答复", "Waiting for an answer", "", "clock"),
            RequestState::Granted => ("已办理", "Done", "good", "check"),
            RequestState::Refused => ("不予办理", "Refused", "bad", "alert"),
            RequestState::Withdrawn => ("已撤回", "Taken back", "", "info"),
        };
        Ok(RequestLineRow {
            id: row.id,
            what: self.page.words(&self.rights.words_of(row.what)).to_owned(),
            about: self.page.words(about).to_owned(),
            made: Moment::day(row.made_at),
            due: Moment::day(row.due_at),
            state: self.page.tr(zh, en).to_owned(),
            tone,
            icon,
            is_open: row.state == RequestState::Open,
            ground: ground.map(|ground| {
                format!("{}（{}）", self.page.words(&ground.words), cited(self.page, &ground.basis))
            }),
            answer: row.answer(&keys, tx.district())?,
        })
    }
}

/// The value a form gives for a field, in the shape the register checks.
pub(super) fn value_of_form(field: &FieldBook, form: &edge::Multipart) -> Option<Value> {
    use crate::model::Shape;
    const BETWEEN: [char; 6] = ['、', '，', ',', ';', '；', '\n'];
    match field.shape {
        Shape::Choices => Some(Value::from(form.all("value").map(str::to_owned).collect::<Vec<_>>())),
        Shape::Names | Shape::Documents | Shape::Phones => {
            let text = form.text("value")?;
            let entries = text.split(BETWEEN).map(str::trim).filter(|entry| !entry.is_empty());
            Some(Value::from(entries.map(str::to_owned).collect::<Vec<_>>()))
        }
        Shape::Contact => {
            let parts = ["name", "phone", "relation"];
            let said =
                parts.into_iter().filter_map(|part| Some((part, form.text(&format!("value_{part}"))?)));
            let said: HashMap<&str, &str> = said.collect();
            serde_json::to_value(said).ok()
        }
        _ => form.text("value").map(Value::from),
    }
}
