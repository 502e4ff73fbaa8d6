//! What has changed, for a platform that keeps a copy: for a purpose, page by page, and told to everybody who is in a page.

use super::{ExportId, Noted, note_seen};
use crate::access::{OPEN, OPEN_FACTS, SYNC, facts_told};
use crate::catalogue::{Catalogue, FACTS_PART};
use crate::error::RegistryError;
use crate::facts::{CHANGES_TOLD, RegistryFact};
use crate::model::{Content, Kind, Record, RecordId, State};
use crate::queries::changes::{self, Place};
use crate::store::rights::restricted_among;
use ::store::{Conn, Tx};
use edge::{Edge, Quota, Rates};
use platform::{Actor, Fault};
use seal::Vault;
use serde_json::json;
use std::collections::{BTreeSet, HashSet};
use std::time::Duration;

/// Pages one key may read: a first copy of a district takes some hundreds.
const PAGES: Quota = Quota { name: "registry.changes", burst: 60, every: Duration::from_secs(1) };
/// Records of one page.
pub(crate) const LINES_MAX: usize = 1_000;

/// Which changes, why, and what of the sealed values is to be open.
#[derive(Clone, Debug)]
pub(crate) struct Wanted {
    pub from: Place,
    pub kind: Option<Kind>,
    pub rows_max: usize,
    /// A key of the catalogue's purposes.
    pub purpose: String,
    pub open: BTreeSet<String>,
}

/// A record that was changed, as it is now.
pub(crate) struct Changed {
    pub record: Record,
    /// The person asked that it is only stored: the copy is not to be used either.
    pub is_restricted: bool,
}

impl Changed {
    /// What may be told of it: of what was merged, taken back, erased or is only stored, that it is so and nothing else.
    pub fn content(&self) -> Option<&Content> {
        let is_told = matches!(self.record.content.state, State::Live | State::Ended) && !self.is_restricted;
        is_told.then_some(&self.record.content)
    }
}

/// A page of changes.
pub(crate) struct ChangesPage {
    pub lines: Vec<Changed>,
    pub next: Place,
    pub has_more: bool,
}

/// Reads a page of changes and writes down who is in it, before it is handed out.
///
/// # Errors
/// No right to it, a purpose that does not open what is asked for, too many pages in too short a time.
pub(crate) async fn read_changes(
    edge: &Edge,
    actor: &Actor,
    wanted: Wanted,
) -> Result<ChangesPage, RegistryError> {
    let catalogue = edge.fixture::<Catalogue>();
    require_parts(actor, &catalogue, &wanted)?;
    let key = actor.account.map(|id| id.to_string()).unwrap_or_default();
    edge.fixture::<Rates>().check(PAGES, &key, edge.now())?;
    let told = match wanted.open.contains(FACTS_PART) {
        true => facts_told(actor, &catalogue, &edge.fixture::<territory::Map>().of(actor.district)),
        false => BTreeSet::new(),
    };
    let (reader, asked, now) = (actor.clone(), wanted.clone(), edge.now());
    let keys = edge.fixture::<Vault>().of(actor.district)?;
    let read = async move |conn: &mut Conn| {
        let found = changes::since(conn, &reader, asked.kind, asked.from, asked.rows_max, now).await?;
        let records = found.rows.into_iter().map(|row| row.open(&keys, reader.district));
        let mut records = records.collect::<Result<Vec<Record>, Fault>>()?;
        records.retain(|record| is_told(record, &told));
        let people = records.iter().filter_map(Record::person);
        let restricted = restricted_among(conn, reader.district, people).await?;
        let line = |record: Record| Changed {
            is_restricted: record.person().is_some_and(|person| restricted.contains(&person)),
            record,
        };
        let lines = records.into_iter().map(line).collect();
        Ok::<_, Fault>(ChangesPage { lines, next: found.next, has_more: found.has_more })
    };
    let page = edge.db.read_long(read).await.map_err(RegistryError::Fault)?;
    note(edge, actor, &wanted, &page).await?;
    Ok(page)
}

/// A service fact is there only for those its service names, and where facts are open.
fn is_told(record: &Record, told: &BTreeSet<String>) -> bool {
    record.kind != Kind::ServiceFact || told.contains(record.content.fields(true).text("fact"))
}

fn require_parts(actor: &Actor, catalogue: &Catalogue, wanted: &Wanted) -> Result<(), RegistryError> {
    if !actor.holds(&SYNC) {
        return Err(RegistryError::Forbidden(&SYNC));
    }
    let purpose = catalogue.purpose(&wanted.purpose).ok_or(RegistryError::NoPurpose)?;
    if wanted.open.iter().any(|part| !purpose.opens.contains(part)) {
        return Err(RegistryError::NoPurpose);
    }
    for (is_needed, permission) in [
        (wanted.open.iter().any(|part| part != FACTS_PART), &OPEN),
        (wanted.open.contains(FACTS_PART), &OPEN_FACTS),
    ] {
        // Where changes are followed, values are opened: a key that may open a part of that area only is made too narrow or too wide.
        let is_held = actor.scopes(&SYNC).all(|scope| actor.scopes(permission).any(|open| open == scope));
        if is_needed && !is_held {
            return Err(RegistryError::Forbidden(permission));
        }
    }
    Ok(())
}

/// Writes down the page, and each person in it; the page without people too, since it is a page of the register.
async fn note(edge: &Edge, actor: &Actor, wanted: &Wanted, page: &ChangesPage) -> Result<(), RegistryError> {
    if page.lines.is_empty() {
        return Ok(());
    }
    let told = page.lines.iter().filter(|line| line.content().is_some());
    let people: HashSet<RecordId> = told.filter_map(|line| line.record.person()).collect();
    let people: Vec<RecordId> = people.into_iter().collect();
    let (id, lines) = (ExportId::new(edge.now()), page.lines.len());
    let opened: Vec<String> = wanted.open.iter().cloned().collect();
    let purpose = wanted.purpose.clone();
    let written = edge.db.write(actor, async move |tx: &mut Tx| {
        let data = json!({ "lines": lines, "people": people.len(), "purpose": purpose, "opened": opened });
        let noted = Noted {
            id,
            kind: Kind::Person,
            area_path: String::new(),
            purpose: purpose.clone(),
            opened: opened.clone(),
            reason: "数据同步".to_owned(),
            rows: lines as i64,
            device: None,
        };
        note_seen(tx, noted, &people).await?;
        let fact = RegistryFact { name: CHANGES_TOLD, subject: RecordId(id.0), area_path: None, data };
        Ok::<_, RegistryError>(tx.record(&fact).await.map(drop)?)
    });
    written.await
}
