//! Who entered a record, and when: by the fact of the deed, or by the table that brought it.

use crate::facts::{ENTERED, MOVED};
use crate::model::{ActId, Record, RecordId};
use ::store::{Conn, FactFilter, row, sql};
use platform::{DistrictId, Fault, Time};
use serde_json::json;
use std::ops::ControlFlow;

/// Facts of one name about one record that are looked through.
const FACTS_MAX: i64 = 200;

row! {
    struct Brought {
        by_name: String,
        created_at: Time,
    }
}

sql! {
    ENTERED_BY: (DistrictId, RecordId) -> (ActId,) =
        "select entered_by from registry_record where district = $1 and id = $2";
    BROUGHT_BY: (DistrictId, ActId) -> Brought =
        "select by_name, created_at from registry_batch where district = $1 and act = $2 limit 1";
}

/// The deed that entered a record.
pub(crate) struct Entry {
    pub act: ActId,
    /// The post or kind of person; none where nothing says so any more.
    pub by: Option<String>,
    pub at: Option<Time>,
}

/// How a record came into the register.
pub(crate) async fn entry_of(conn: &mut Conn, district: DistrictId, record: &Record) -> Result<Entry, Fault> {
    let (act,) = conn.one(&ENTERED_BY, (district, record.id)).await?;
    if let Some(Brought { by_name, created_at }) = conn.optional(&BROUGHT_BY, (district, act)).await? {
        return Ok(Entry { act, by: Some(by_name), at: Some(created_at) });
    }
    // A residence is entered by its person's moving in.
    let told_at = [(Some(record.id), ENTERED), (record.content.links.person, MOVED)];
    for (subject, name) in told_at {
        let Some(subject) = subject else { continue };
        if let Some((by, at)) = fact_of(conn, district, subject, name, act).await? {
            return Ok(Entry { act, by: Some(by), at: Some(at) });
        }
    }
    Ok(Entry { act, by: None, at: None })
}

/// Who recorded a fact of a deed, and when.
async fn fact_of(
    conn: &mut Conn,
    district: DistrictId,
    subject: RecordId,
    name: &str,
    act: ActId,
) -> Result<Option<(String, Time)>, Fault> {
    let filter =
        FactFilter { subject: Some(subject.0), name: Some(name.to_owned()), ..FactFilter::default() };
    let mut found = None;
    let act = json!(act);
    let take = |fact: ::store::FactRow| {
        if fact.data.0["act"] != act {
            return ControlFlow::Continue(());
        }
        found = Some((fact.actor_name, fact.at));
        ControlFlow::Break(())
    };
    filter.each(conn, district, FACTS_MAX, take).await?;
    Ok(found)
}
