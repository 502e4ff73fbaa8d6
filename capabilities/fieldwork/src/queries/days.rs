//! What one account did, as the facts tell it, and the rows its deeds are about.

use crate::model::{FormId, Task, TaskId};
use crate::store;
use crate::store::tasks::TaskRow;
use ::store::{Conn, FactFilter, FactRow, List, sql};
use platform::{AccountId, DistrictId, Fault, Time, Words};
use registry::{Listed, RecordId};
use seal::Keyring;
use std::collections::{BTreeSet, HashMap};
use std::ops::ControlFlow;
use uuid::Uuid;

/// Facts of one account that are read for a month and the week in which they may still come.
const FACTS_MAX: i64 = 30_000;
/// Tasks of one statement.
const AT_ONCE: usize = 500;

sql! {
    TASKS: (DistrictId, List<Uuid>) -> TaskRow =
        "select id, kind, campaign_id, form_id, area_path, subject_id, place_id, from_on, due_on, state, outcome, tries, tried_at, done_at,
             done_on_arrival, done_by, done_by_name, submission_id, content, code, said, said_at, changed_at
         from fieldwork_task where district = $1 and id {in:$2:uuid}";
}

/// The facts of an account within a time whose names are wanted, oldest first.
pub(crate) async fn facts_of(
    conn: &mut Conn,
    district: DistrictId,
    account: AccountId,
    (from, to): (Time, Time),
    is_wanted: fn(&str) -> bool,
) -> Result<Vec<FactRow>, Fault> {
    let filter =
        FactFilter { actor: Some(account.0), from: Some(from), to: Some(to), ..FactFilter::default() };
    let mut found = Vec::new();
    let take = |fact: FactRow| {
        if is_wanted(&fact.name) {
            found.push(fact);
        }
        ControlFlow::Continue(())
    };
    filter.each(conn, district, FACTS_MAX, take).await?;
    found.reverse();
    Ok(found)
}

/// What deeds are about, to put them into words.
#[derive(Debug, Default)]
pub(crate) struct Rows {
    pub tasks: HashMap<TaskId, Task>,
    /// Where tasks lead to.
    pub places: HashMap<RecordId, Listed>,
    pub forms: HashMap<FormId, Words>,
}

/// The tasks and forms of these ids, with the places tasks lead to.
pub(crate) async fn rows_of(
    conn: &mut Conn,
    keys: &Keyring,
    district: DistrictId,
    tasks: BTreeSet<TaskId>,
    forms: BTreeSet<FormId>,
) -> Result<Rows, Fault> {
    let mut rows = Rows::default();
    let tasks: Vec<Uuid> = tasks.into_iter().map(|task| task.0).collect();
    for some in tasks.chunks(AT_ONCE) {
        for row in conn.all(&TASKS, (district, List(some.to_vec()))).await? {
            rows.tasks.insert(row.id, row.open(keys, district)?);
        }
    }
    let places: BTreeSet<RecordId> =
        rows.tasks.values().map(|task| task.place.unwrap_or(task.subject)).collect();
    rows.places = registry::listed(conn, district, &places.into_iter().collect::<Vec<_>>()).await?;
    for id in forms {
        if let Some(form) = store::find_form(conn, district, id).await? {
            rows.forms.insert(id, title_words(&form.title.0));
        }
    }
    Ok(rows)
}

/// A form's title; where it has none in a language, that of another.
fn title_words(title: &store::Title) -> Words {
    let of = |language: &str| {
        let exact = title.iter().find(|(tag, _)| tag.starts_with(language));
        exact.or(title.iter().next()).map(|(_, words)| words.clone()).unwrap_or_default()
    };
    Words::new(of("zh"), of("en"))
}
