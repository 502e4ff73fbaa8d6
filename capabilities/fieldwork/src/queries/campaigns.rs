//! Campaigns of an area, and how far one is: counted from the index of its doors alone.

use super::end_of;
use crate::model::{CampaignId, Counted, Outcome, TaskState};
use crate::store::campaigns::CampaignRow;
use ::store::{Conn, row, sql};
use platform::{DistrictId, Fault};
use registry::RecordId;

/// Figures of one count: some thousand buildings by what became of their doors.
const FIGURES_MAX: i64 = 100_000;

row! {
    struct Figure {
        area_path: String,
        building_id: Option<RecordId>,
        state: TaskState,
        outcome: Option<Outcome>,
        tries: i64,
        doors: i64,
    }
}

sql! {
    /// The newest first.
    LISTED: (DistrictId, CampaignId, i64) -> CampaignRow =
        "select id, state, version, area_path, content, doors, made_at, made_by_name, published_at, published_by_name, beyond_reason,
             closed_at, changed_at
         from fieldwork_campaign where district = $1 and id < $2 order by id desc limit $3";
    COVERAGE: (DistrictId, CampaignId, String, String, i64) -> Figure =
        "select area_path, building_id, state, outcome, tries, count(*) as doors from fieldwork_task
         where district = $1 and campaign_id = $2 and area_path >= $3 and area_path < $4
         group by area_path, building_id, state, outcome, tries
         order by area_path, building_id, state, outcome, tries limit $5";
}

/// Campaigns made before one, the newest first.
pub(crate) async fn list(
    conn: &mut Conn,
    district: DistrictId,
    before: CampaignId,
    rows: i64,
) -> Result<Vec<CampaignRow>, Fault> {
    conn.all(&LISTED, (district, before, rows)).await
}

/// Doors of a campaign within an area, counted.
pub(crate) async fn count_doors(
    conn: &mut Conn,
    district: DistrictId,
    id: CampaignId,
    area: &str,
) -> Result<Vec<Counted>, Fault> {
    let params = (district, id, area.to_owned(), end_of(area), FIGURES_MAX);
    let counted = |figure: Figure| Counted {
        area_path: figure.area_path,
        building: figure.building_id,
        state: figure.state,
        outcome: figure.outcome,
        is_tried: figure.tries > 0,
        doors: figure.doors,
    };
    Ok(conn.all(&COVERAGE, params).await?.into_iter().map(counted).collect())
}
