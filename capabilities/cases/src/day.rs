//! What one account did to cases, step by step and in words: for its own day, and for the report of a grid it served.

use crate::model::CaseId;
use crate::queries::day::{DeedRow, list_deeds};
use crate::stage;
use crate::view::Viewer;
use ::store::Conn;
use edge::Edge;
use platform::{AccountId, Actor, Fault, Time, Words};

/// Steps of one day; nobody takes more.
pub const DEEDS_OF_DAY_MAX: i64 = 500;

/// A step that was taken on a case.
#[derive(Clone, Debug)]
pub struct Deed {
    pub at: Time,
    pub case: CaseId,
    pub number: String,
    pub area_path: String,
    /// The workflow's word; `report` where it began.
    pub action: String,
    pub action_words: Words,
    pub type_words: Words,
    /// The grid and the address.
    pub place: String,
    pub note: Option<String>,
    /// By it the work itself was done: the reporter is asked next.
    pub is_work_done: bool,
}

/// The steps an account took from a moment on and before another, newest first, `rows` at most. Who may ask for them, the caller decides:
/// oneself, or whoever leads the area they were taken in.
///
/// # Errors
/// The database.
pub async fn deeds_of(
    edge: &Edge,
    reader: &Actor,
    account: AccountId,
    span: (Time, Time),
    rows: i64,
) -> Result<Vec<Deed>, Fault> {
    let district = reader.district;
    let read = async move |conn: &mut Conn| list_deeds(conn, district, account, span, rows).await;
    let found = edge.db.read::<_, Fault, _>(read).await?;
    let viewer = Viewer {
        actor: reader.clone(),
        rules: edge.fixture::<crate::Rules>(),
        places: edge.fixture::<territory::Map>().of(district),
        now: edge.now(),
    };
    Ok(found.into_iter().map(|row| in_words(&viewer, row)).collect())
}

fn in_words(viewer: &Viewer, row: DeedRow) -> Deed {
    Deed {
        at: row.at,
        case: row.case_id,
        action_words: viewer.action_words(row.workflow_version, &row.action),
        type_words: viewer.type_words(&row.type_code),
        place: viewer.place_words(&row.area_path, row.address.as_deref()),
        is_work_done: stage::is_work_done(viewer.rules.workflow_at(row.workflow_version), &row.action),
        number: row.number,
        area_path: row.area_path,
        action: row.action,
        note: row.note,
    }
}
