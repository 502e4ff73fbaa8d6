//! How cases stand and what came of them, for other capabilities that answer a system outside. Nobody's name, no phone.

use crate::error::CaseError;
use crate::model::CaseId;
pub use crate::queries::outcome::Earlier;
use crate::queries::outcome::{self as queries, ResultRow, Standing};
use crate::rules::Rules;
use crate::similar::Spot;
use crate::view::{state_words, words};
use ::store::Conn;
use platform::{DistrictId, Fault, Phone, Time, Words};
use std::collections::HashMap;
use territory::Snapshot;

/// Actions with which somebody says what came of a case, or why nothing did.
const RESULT_ACTIONS: &[&str] = &["finish", "answer", "refuse", "archive", "import"];

/// How one case stands.
#[derive(Clone, Debug)]
pub struct Outcome {
    /// The case in which it goes on: of a merged one, the common case.
    pub id: CaseId,
    pub number: String,
    pub state: String,
    pub state_words: Words,
    pub open: bool,
    pub type_code: String,
    pub type_words: Words,
    /// The organisation that handles it, or the post where it is none's.
    pub unit: Option<String>,
    pub due_at: Option<Time>,
    pub state_since: Time,
    pub closed_at: Option<Time>,
    /// What was said when the work was done, or the reason why it was not.
    pub result: Option<String>,
    pub result_at: Option<Time>,
    /// 1 to 5
    pub rating: Option<i64>,
}

/// How these cases stand, by the id that was asked for. What is not there is left out.
///
/// # Errors
/// A fault of the database.
pub async fn outcomes(
    conn: &mut Conn,
    rules: &Rules,
    places: &Snapshot,
    district: DistrictId,
    ids: Vec<CaseId>,
) -> Result<HashMap<CaseId, Outcome>, CaseError> {
    let (asked, goes_on) = follow_merges(conn, district, ids).await?;
    let ids: Vec<CaseId> = asked.iter().map(|standing| standing.id).collect();
    let mut last: HashMap<CaseId, ResultRow> = HashMap::new();
    for row in queries::results(conn, district, ids, RESULT_ACTIONS).await? {
        last.insert(row.case_id, row);
    }
    let told: HashMap<CaseId, Outcome> = asked
        .into_iter()
        .map(|standing| (standing.id, outcome(&standing, last.get(&standing.id), rules, places, district)))
        .collect();
    Ok(goes_on.into_iter().filter_map(|(id, common)| Some((id, told.get(&common)?.clone()))).collect())
}

/// The cases in which these go on, and for each asked id which that is.
async fn follow_merges(
    conn: &mut Conn,
    district: DistrictId,
    ids: Vec<CaseId>,
) -> Result<(Vec<Standing>, HashMap<CaseId, CaseId>), CaseError> {
    let mut goes_on = HashMap::new();
    let (mut found, mut merged) = (Vec::new(), Vec::new());
    for standing in queries::standings(conn, district, ids).await? {
        goes_on.insert(standing.id, standing.id);
        if standing.merged_into.is_some() { merged.push(standing.id) } else { found.push(standing) }
    }
    let mut more = Vec::new();
    for id in merged {
        let (common, _) = crate::queries::find_common(conn, district, id).await?;
        goes_on.insert(id, common);
        if !more.contains(&common) && !found.iter().any(|standing| standing.id == common) {
            more.push(common);
        }
    }
    if !more.is_empty() {
        found.extend(queries::standings(conn, district, more).await?);
    }
    Ok((found, goes_on))
}

fn outcome(
    case: &Standing,
    last: Option<&ResultRow>,
    rules: &Rules,
    places: &Snapshot,
    district: DistrictId,
) -> Outcome {
    let workflow = rules.workflow_at(case.workflow_version);
    let unit = case.unit_id.and_then(|id| places.organisation_by_id(id)).map(|unit| unit.name.clone());
    let post = || case.host_post.or(case.owner_post).and_then(|id| places.post(id)).map(|p| p.name.clone());
    let reason = |row: &ResultRow| {
        let list = workflow.action(&row.action)?.reason_from.as_deref()?;
        Some(words(&workflow.reason(list, row.reason.as_deref()?)?.words).zh.into_owned())
    };
    let said = |row: &ResultRow| {
        let note = row.note.clone().filter(|note| !note.is_empty());
        let parts: Vec<String> = reason(row).into_iter().chain(note).collect();
        (!parts.is_empty()).then(|| parts.join("："))
    };
    Outcome {
        id: case.id,
        number: case.number.clone(),
        state: case.state.clone(),
        state_words: state_words(workflow, &case.state),
        open: case.open,
        type_words: rules
            .find_type(district, &case.type_code)
            .map_or_else(|| Words::new(case.type_code.clone(), case.type_code.clone()), |t| t.name.clone()),
        type_code: case.type_code.clone(),
        unit: unit.or_else(post),
        due_at: case.due_at.filter(|_| case.open),
        state_since: case.state_since,
        closed_at: case.closed_at,
        result: last.and_then(said),
        result_at: last.map(|row| row.at),
        rating: case.rating,
    }
}

/// Merges of merges that are looked for.
const MERGES_MAX: usize = 16;

/// These cases and all that go on in one of them: what happens to it happens to them.
///
/// # Errors
/// A fault of the database.
pub async fn with_merged(
    conn: &mut Conn,
    district: DistrictId,
    ids: Vec<CaseId>,
) -> Result<Vec<CaseId>, Fault> {
    let (mut all, mut next) = (ids.clone(), ids);
    for _ in 0..MERGES_MAX {
        next = queries::merged_into(conn, district, next).await?;
        next.retain(|id| !all.contains(id));
        if next.is_empty() {
            break;
        }
        all.extend(&next);
    }
    Ok(all)
}

/// Cases that are open, or were closed since then, and that somebody with this phone reported or follows; the newest first.
///
/// # Errors
/// A fault of the database.
pub async fn earlier_of_phone(
    conn: &mut Conn,
    district: DistrictId,
    phone: &Phone,
    closed_since: Time,
) -> Result<Vec<Earlier>, Fault> {
    queries::earlier_of_phone(conn, district, phone, closed_since).await
}

impl Earlier {
    /// Where it is, for comparing.
    pub fn spot(&self) -> Spot {
        let point = self.lon.zip(self.lat).and_then(|(lon, lat)| geo::Point::new(lon, lat).ok());
        Spot::new(point, self.address.as_deref(), &self.area_path)
    }
}
