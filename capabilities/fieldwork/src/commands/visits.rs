//! At the door and after it: what a home wishes, what the resident says of a visit, and what "no change" confirms.

use crate::access::{WORK, require};
use crate::error::FieldworkError;
use crate::facts::{FieldworkFact, VISIT_ANSWERED, WISHES_KEPT};
use crate::model::{Said, Task, TaskKind, Wishes};
use crate::store;
use ::store::Tx;
use platform::Time;
use registry::commands::{Given, confirm_home};
use registry::{Kind, RecordId, Source};
use serde_json::json;
use std::time::Duration;

/// Values younger than this are not confirmed anew: a weekly visit would bury a record's history under versions that say nothing.
const CONFIRMED_LATELY: Duration = Duration::from_secs(30 * 24 * 3600);

/// Keeps what a home wishes, in the place of what was kept before.
///
/// # Errors
/// No such home, not in a grid of whoever writes it down, a time that is none.
pub(crate) async fn save_wishes(
    tx: &mut Tx,
    home: RecordId,
    wishes: Wishes,
) -> Result<Wishes, FieldworkError> {
    let district = tx.district();
    let listed = registry::listed(tx, district, &[home]).await?.remove(&home);
    let listed = listed.filter(|home| home.kind == Kind::Dwelling).ok_or(FieldworkError::NotFound)?;
    require(tx.actor(), &WORK, &listed.area_path)?;
    let wishes = wishes.checked()?;
    store::wishes::save(tx, home, &wishes).await?;
    let data = json!({ "quiet": wishes.quiet.len(), "consents": wishes.consents.len() });
    tx.record(&FieldworkFact::of_record(WISHES_KEPT, home, &listed.area_path, data)).await?;
    Ok(wishes)
}

/// Takes in what a resident said of a visit, by the code that was shown to them. It stands on the task, and nothing follows from it.
///
/// # Errors
/// No such code.
pub(crate) async fn answer_visit(tx: &mut Tx, code: &str, said: Said) -> Result<(), FieldworkError> {
    let (district, keys) = (tx.district(), store::keys(tx)?);
    let row = store::tasks::find_by_code(tx, district, code).await?.ok_or(FieldworkError::NotFound)?;
    let mut task = row.open(&keys, district)?;
    if task.said == Some(said) {
        return Ok(());
    }
    task.hear(said, tx.now());
    store::tasks::save(tx, &task).await?;
    tx.record(&FieldworkFact::of_task(VISIT_ANSWERED, &task, json!({ "said": said }))).await?;
    Ok(())
}

/// Confirms what the register knows of the home a task was at and of who lives there, as seen at the door: values that a visit shows, and
/// that were not confirmed lately. Only where whoever was there may edit the register. Answers how many records were confirmed.
///
/// # Errors
/// A fault of the database.
pub(crate) async fn confirm_unchanged(tx: &mut Tx, task: &Task) -> Result<usize, FieldworkError> {
    if !matches!(task.kind, TaskKind::Visit | TaskKind::Campaign)
        || !tx.actor().holds_at(&registry::access::EDIT, &task.area_path)
    {
        return Ok(0);
    }
    let home = task.place.unwrap_or(task.subject);
    let before: Time = tx.now().before(CONFIRMED_LATELY);
    let given = Given { source: Source::Door, evidence: None };
    confirm_home(tx, home, before, &given).await.map_err(|e| FieldworkError::from(platform::Problem::from(e)))
}
