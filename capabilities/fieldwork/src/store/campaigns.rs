//! Loads and saves campaigns, and what belongs to their doors alone: the building each is counted with, when somebody calls again.

use super::submissions::CONTENT;
use crate::access::require;
use crate::error::FieldworkError;
use crate::model::{
    Campaign, CampaignContent, CampaignId, CampaignState, Content, FormId, SubmissionId, TaskId,
};
use ::store::{Conn, Json, Tx, list_item, row, sql};
use jiff::civil::Date;
use platform::{AccountId, DistrictId, Fault, FaultKind, Permission, Time};
use registry::RecordId;
use seal::{Context, Keyring};
use uuid::Uuid;

list_item!(TaskId, Uuid, UuidList, |v| v.0);

row! {
    #[derive(Clone, Debug)]
    pub(crate) struct CampaignRow {
        pub id: CampaignId,
        pub state: CampaignState,
        pub version: i64,
        pub area_path: String,
        pub content: Json<CampaignContent>,
        pub doors: i64,
        pub made_at: Time,
        pub made_by_name: String,
        pub published_at: Option<Time>,
        pub published_by_name: Option<String>,
        pub beyond_reason: Option<String>,
        pub closed_at: Option<Time>,
        pub changed_at: Time,
    }
}

row! {
    /// What was filled in at a door: still sealed.
    #[derive(Clone, Debug)]
    pub(crate) struct FilledRow {
        pub task: TaskId,
        pub id: SubmissionId,
        pub form_id: FormId,
        pub number: i64,
        pub by_account: Option<AccountId>,
        pub filled_at: Time,
        /// Questions that were only shown, since the register knew.
        pub known: i64,
        pub content: Vec<u8>,
    }
}

type NewColumns =
    (DistrictId, CampaignId, CampaignState, String, Json<CampaignContent>, Option<FormId>, Time, String);
type SaveColumns = (
    DistrictId,
    CampaignId,
    CampaignState,
    i64,
    Json<CampaignContent>,
    Option<FormId>,
    i64,
    Option<Time>,
    Option<String>,
    Option<String>,
    Option<Time>,
    Time,
);

sql! {
    INSERT: NewColumns =
        "insert into fieldwork_campaign (district, id, state, version, area_path, content, form_id, doors, made_at, made_by_name, changed_at)
         values ($1, $2, $3, 1, $4, $5, $6, 0, $7, $8, $7)";
    /// Only from the version before.
    UPDATE: SaveColumns =
        "update fieldwork_campaign set state = $3, version = $4, content = $5, form_id = $6, doors = $7, published_at = $8,
             published_by_name = $9, beyond_reason = $10, closed_at = $11, changed_at = $12
         where district = $1 and id = $2 and version + 1 = $4";
    FIND: (DistrictId, CampaignId) -> CampaignRow =
        "select id, state, version, area_path, content, doors, made_at, made_by_name, published_at, published_by_name, beyond_reason,
             closed_at, changed_at
         from fieldwork_campaign where district = $1 and id = $2";
    /// A door by what makes it one: planned once for its cause, subject and last day.
    SET_BUILDING: (DistrictId, String, RecordId, String, RecordId) =
        "update fieldwork_task set building_id = $5 where district = $1 and cause = $2 and subject_id = $3 and due_on = $4";
    CALL_AGAIN: (DistrictId, TaskId, String, Time) =
        "update fieldwork_task set from_on = $3, changed_at = $4 where district = $1 and id = $2";
    DOORS: (DistrictId, CampaignId, TaskId, i64) -> (TaskId,) =
        "select id from fieldwork_task where district = $1 and campaign_id = $2 and id > $3 order by id limit $4";
    CLOSE: (DistrictId, TaskId, Time) =
        "update fieldwork_task set state = 'closed', changed_at = $3 where district = $1 and id = $2 and state = 'open'";
    FILLED: (DistrictId, CampaignId, TaskId, i64) -> FilledRow =
        "select t.id as task, s.id, s.form_id, s.number, s.by_account, s.filled_at, s.known, s.content
         from fieldwork_task t join fieldwork_submission s on s.district = t.district and s.id = t.submission_id
         where t.district = $1 and t.campaign_id = $2 and t.id > $3 order by t.id limit $4";
}

impl From<CampaignRow> for Campaign {
    fn from(row: CampaignRow) -> Self {
        Self {
            id: row.id,
            area_path: row.area_path,
            state: row.state,
            version: row.version,
            content: row.content.0,
            doors: row.doors,
            made_at: row.made_at,
            made_by_name: row.made_by_name,
            published_at: row.published_at,
            published_by_name: row.published_by_name,
            beyond_reason: row.beyond_reason,
            closed_at: row.closed_at,
            changed_at: row.changed_at,
        }
    }
}

impl FilledRow {
    /// The answers, to be counted: nobody sees them.
    ///
    /// # Errors
    /// A changed byte, or the value of another row.
    pub(crate) fn open(&self, keys: &Keyring, district: DistrictId) -> Result<Content, Fault> {
        let plain = keys.open(&Context { district, column: CONTENT, row: self.id.0 }, &self.content)?;
        serde_json::from_slice(&plain).map_err(|e| {
            Fault::new(FaultKind::Corrupt, format!("{CONTENT} of {} cannot be read", self.id)).because(e)
        })
    }
}

/// A campaign that is new: a draft.
pub(crate) async fn insert(
    tx: &mut Tx,
    id: CampaignId,
    area_path: &str,
    content: CampaignContent,
) -> Result<(), Fault> {
    let form = content.form;
    let row = (
        tx.district(),
        id,
        CampaignState::Draft,
        area_path.to_owned(),
        Json(content),
        form,
        tx.now(),
        tx.actor().name.to_string(),
    );
    tx.execute(&INSERT, row).await.map(drop)
}

/// Saves a campaign as its next version; whether it was the version that was seen.
pub(crate) async fn save(tx: &mut Tx, one: &Campaign) -> Result<bool, Fault> {
    let row = (
        tx.district(),
        one.id,
        one.state,
        one.version + 1,
        Json(one.content.clone()),
        one.content.form,
        one.doors,
        one.published_at,
        one.published_by_name.clone(),
        one.beyond_reason.clone(),
        one.closed_at,
        tx.now(),
    );
    Ok(tx.execute(&UPDATE, row).await? == 1)
}

/// A campaign as it is.
pub(crate) async fn find(
    conn: &mut Conn,
    district: DistrictId,
    id: CampaignId,
) -> Result<Option<Campaign>, Fault> {
    Ok(conn.optional(&FIND, (district, id)).await?.map(Campaign::from))
}

/// The campaign to change, found and allowed, or refused.
pub(crate) async fn load_for(
    tx: &mut Tx,
    id: CampaignId,
    permission: &'static Permission,
) -> Result<Campaign, FieldworkError> {
    let district = tx.district();
    let found = find(tx, district, id).await?.ok_or(FieldworkError::NotFound)?;
    require(tx.actor(), permission, &found.area_path)?;
    Ok(found)
}

/// Notes the buildings that doors are counted with: of each its subject and building.
pub(crate) async fn set_buildings(
    tx: &mut Tx,
    cause: &str,
    due_on: Date,
    buildings: Vec<(RecordId, RecordId)>,
) -> Result<(), Fault> {
    let (district, due_on) = (tx.district(), due_on.to_string());
    let row = |(subject, building)| (district, cause.to_owned(), subject, due_on.clone(), building);
    tx.execute_many(&SET_BUILDING, buildings.into_iter().map(row).collect::<Vec<_>>()).await.map(drop)
}

/// Somebody calls again, from a day on.
pub(crate) async fn call_again(tx: &mut Tx, id: TaskId, from_on: Date) -> Result<(), Fault> {
    let row = (tx.district(), id, from_on.to_string(), tx.present());
    tx.execute(&CALL_AGAIN, row).await.map(drop)
}

/// Doors of a campaign behind one, in the order they were opened.
pub(crate) async fn doors_behind(
    tx: &mut Tx,
    id: CampaignId,
    behind: TaskId,
    rows_max: i64,
) -> Result<Vec<TaskId>, Fault> {
    let district = tx.district();
    let rows = tx.all(&DOORS, (district, id, behind, rows_max)).await?;
    Ok(rows.into_iter().map(|(task,)| task).collect())
}

/// Closes those of some doors that are still open: nobody goes there any more.
pub(crate) async fn close_doors(tx: &mut Tx, doors: Vec<TaskId>) -> Result<(), Fault> {
    let (district, now) = (tx.district(), tx.present());
    let rows: Vec<_> = doors.into_iter().map(|door| (district, door, now)).collect();
    tx.execute_many(&CLOSE, rows).await.map(drop)
}

/// What was filled in at the doors behind one.
pub(crate) async fn filled_behind(
    conn: &mut Conn,
    district: DistrictId,
    id: CampaignId,
    behind: TaskId,
    rows_max: i64,
) -> Result<Vec<FilledRow>, Fault> {
    conn.all(&FILLED, (district, id, behind, rows_max)).await
}
