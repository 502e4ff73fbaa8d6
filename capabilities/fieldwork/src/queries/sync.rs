//! What a phone is given: its grids home by home, then what has changed in them, and the forms that are filled there. Where a phone is, it
//! says itself; what two commits may hide from each other it is told twice.

use crate::model::FormId;
use crate::store::Title;
use crate::store::tasks::TaskRow;
use ::store::{Conn, Json, row, sql};
use platform::{DistrictId, Fault, Time};
use registry::RecordId;
use registry::carry::{self, Touched};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use uuid::Uuid;

/// Homes of one page: about 100 KiB before it is packed.
pub(crate) const PAGE_HOMES: usize = 200;
/// Changed records looked at for one page.
const PAGE_CHANGES: i64 = 500;
/// Forms of a district that are live at once.
const FORMS_MAX: i64 = 500;

/// Where a phone is; it keeps it and sends it with the next question.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub(crate) struct Since {
    /// Up to here nothing has changed in its grids that it was not told.
    pub at: Time,
    /// The grids that are whole on it.
    pub grids: Vec<String>,
    /// What it is in the middle of.
    pub way: Option<Way>,
    /// Which forms it has.
    pub forms: String,
    /// The grids whose tasks it has, and up to when.
    pub tasks: (Vec<String>, Time),
}

/// The middle of something that takes several pages.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub(crate) enum Way {
    /// A grid that it is given for the first time.
    First { grid: String, after: Option<RecordId>, began: Time },
    /// What has changed: the place in one of its grids, and the moment it was asked for.
    Changes { grid: String, at: Time, id: RecordId, until: Time },
}

impl Since {
    /// Of a phone that has nothing.
    pub(crate) fn nothing(now: Time) -> Self {
        Self { at: now, grids: Vec::new(), way: None, forms: String::new(), tasks: (Vec::new(), now) }
    }

    /// Leaves out the grids that are no longer its own; answers them.
    pub(crate) fn keep_to(&mut self, own: &[String]) -> Vec<String> {
        let (kept, gone): (Vec<_>, Vec<_>) = self.grids.drain(..).partition(|grid| own.contains(grid));
        self.grids = kept;
        let grid = match &self.way {
            Some(Way::First { grid, .. } | Way::Changes { grid, .. }) => Some(grid),
            None => None,
        };
        if grid.is_some_and(|grid| !own.contains(grid)) {
            self.way = None;
        }
        gone
    }

    /// The first of these grids that it was not given whole.
    fn missing<'a>(&self, own: &'a [String]) -> Option<&'a String> {
        own.iter().find(|grid| !self.grids.contains(grid))
    }
}

/// Homes that a page is about, and where the next begins.
#[derive(Debug)]
pub(crate) struct Step {
    pub homes: Vec<RecordId>,
    pub since: Since,
    /// There is more to come at once.
    pub more: bool,
    /// How many homes are still to come; nothing where that is not known before.
    pub left: Option<i64>,
}

/// The next page for a phone of these grids.
pub(crate) async fn step(
    conn: &mut Conn,
    district: DistrictId,
    own: &[String],
    since: Since,
    elsewhere: Vec<RecordId>,
    now: Time,
) -> Result<Step, Fault> {
    match since.missing(own) {
        Some(grid) => first_step(conn, district, own, since, grid.clone(), now).await,
        None => changes_step(conn, district, since, elsewhere, now).await,
    }
}

/// Homes of a grid that the phone has not whole.
async fn first_step(
    conn: &mut Conn,
    district: DistrictId,
    own: &[String],
    mut since: Since,
    next: String,
    now: Time,
) -> Result<Step, Fault> {
    let (grid, after, began) = match since.way.take() {
        Some(Way::First { grid, after, began }) => (grid, after, began),
        _ => (next, None, now),
    };
    let mut homes = carry::homes_in(conn, district, &grid, after, PAGE_HOMES as i64 + 1).await?;
    if homes.len() > PAGE_HOMES {
        homes.truncate(PAGE_HOMES);
        since.way = Some(Way::First { grid, after: homes.last().copied(), began });
    } else {
        // Whatever changed since it began is read again with the other changes.
        since.at = if since.grids.is_empty() { began } else { since.at.min(began) };
        since.grids.push(grid);
    }
    let left = count_left(conn, district, own, &since).await?;
    let more = since.way.is_some() || since.missing(own).is_some();
    Ok(Step { homes, since, more, left: Some(left) })
}

async fn count_left(
    conn: &mut Conn,
    district: DistrictId,
    own: &[String],
    since: &Since,
) -> Result<i64, Fault> {
    let mut left = 0;
    for grid in own.iter().filter(|grid| !since.grids.contains(grid)) {
        let after = match &since.way {
            Some(Way::First { grid: begun, after, .. }) if begun == grid => *after,
            _ => None,
        };
        left += carry::count_homes_in(conn, district, grid, after).await?;
    }
    Ok(left)
}

/// The homes in which something has changed, grid by grid.
async fn changes_step(
    conn: &mut Conn,
    district: DistrictId,
    mut since: Since,
    elsewhere: Vec<RecordId>,
    now: Time,
) -> Result<Step, Fault> {
    // Rows bear the moment at which they were written, and are seen when their write commits.
    let from = since.at.before(conn.settled_after());
    let mut homes = BTreeSet::new();
    let (mut place, until) = match since.way.take() {
        Some(Way::Changes { grid, at, id, until }) => (Some((grid, at, id)), until),
        _ => {
            homes.extend(carry::touched_by(conn, district, elsewhere, from).await?);
            (None, now)
        }
    };
    for grid in since.grids.clone() {
        let begin = match &place {
            Some((begun, ..)) if *begun != grid => continue,
            Some((_, at, id)) => (*at, *id),
            None => (from, RecordId(Uuid::nil())),
        };
        place = None;
        let Touched { homes: touched, next } =
            carry::touched_in(conn, district, &grid, begin, PAGE_CHANGES).await?;
        homes.extend(touched);
        if let Some((at, id)) = next {
            since.way = Some(Way::Changes { grid, at, id, until });
            return Ok(Step { homes: homes.into_iter().collect(), since, more: true, left: None });
        }
    }
    since.at = until;
    Ok(Step { homes: homes.into_iter().collect(), since, more: false, left: Some(0) })
}

row! {
    /// A form that can be filled now, without its definition.
    #[derive(Clone, Debug)]
    pub(crate) struct LiveForm {
        pub id: FormId,
        pub key: String,
        pub title: Json<Title>,
        pub area_path: String,
        pub number: i64,
        pub hash: Vec<u8>,
    }
}

/// Open tasks of one grid: a campaign has a door in each of four hundred homes.
const OPEN_MAX: i64 = 3_000;
/// Changed tasks of one grid on one page.
const CHANGED_MAX: i64 = 1_000;

sql! {
    OPEN_IN: (DistrictId, String, i64) -> TaskRow =
        "select id, kind, campaign_id, form_id, area_path, subject_id, place_id, from_on, due_on, state, outcome, tries, tried_at, done_at,
             done_on_arrival, done_by, done_by_name, submission_id, content, code, said, said_at, changed_at
         from fieldwork_task where district = $1 and area_path = $2 and state = 'open' order by due_on, id limit $3";
    CHANGED_IN: (DistrictId, String, Time, i64) -> TaskRow =
        "select id, kind, campaign_id, form_id, area_path, subject_id, place_id, from_on, due_on, state, outcome, tries, tried_at, done_at,
             done_on_arrival, done_by, done_by_name, submission_id, content, code, said, said_at, changed_at
         from fieldwork_task {by:fieldwork_task_changed}
         where district = $1 and area_path = $2 and changed_at >= $3 order by changed_at, id limit $4";
    LIVE: (DistrictId, i64) -> LiveForm =
        "select f.id, f.key, v.title, f.area_path, v.number, v.hash
         from fieldwork_form f
         join fieldwork_version v on v.district = f.district and v.form_id = f.id and v.state = 'live'
         where f.district = $1 order by f.key limit $2";
}

/// The tasks of grids: the open ones of those whose tasks a phone has not, and of the others what has changed. Answers the grids whose
/// tasks it has then, and up to when.
pub(crate) async fn carried_tasks(
    conn: &mut Conn,
    district: DistrictId,
    grids: &[String],
    since: (Vec<String>, Time),
    now: Time,
) -> Result<(Vec<TaskRow>, (Vec<String>, Time)), Fault> {
    let (had, at) = since;
    let (mut rows, mut until, settled) = (Vec::new(), now, conn.settled_after());
    for grid in grids {
        if !had.contains(grid) {
            rows.extend(conn.all(&OPEN_IN, (district, grid.clone(), OPEN_MAX)).await?);
            continue;
        }
        let from = at.before(settled);
        let changed = conn.all(&CHANGED_IN, (district, grid.clone(), from, CHANGED_MAX)).await?;
        if changed.len() as i64 >= CHANGED_MAX {
            // The next question goes on from here; what is told twice is the same twice.
            until = until.min(changed.last().map_or(now, |last| last.changed_at.after(settled)));
        }
        rows.extend(changed);
    }
    Ok((rows, (grids.to_vec(), until)))
}

/// The forms of a district that can be filled now.
pub(crate) async fn live_forms(conn: &mut Conn, district: DistrictId) -> Result<Vec<LiveForm>, Fault> {
    conn.all(&LIVE, (district, FORMS_MAX)).await
}

#[cfg(test)]
mod tests {
    //! A phone keeps to its grids.
    use super::{Since, Way};
    use platform::Time;

    #[test]
    fn a_grid_that_is_lost_is_left_in_the_middle() {
        let own = ["a".to_owned(), "b".to_owned()];
        let mut since = Since::nothing(Time::from_micros(1));
        since.grids = vec!["a".to_owned(), "c".to_owned()];
        let began = Time::from_micros(1);
        since.way = Some(Way::First { grid: "d".to_owned(), after: None, began });
        assert_eq!(since.missing(&own), Some(&"b".to_owned()));
        assert_eq!(since.keep_to(&own), ["c"]);
        assert_eq!((since.way, since.grids), (None, vec!["a".to_owned()]));
    }
}
