//! How much waits in the outbox, and since when: what an operator watches.

use crate::{Conn, Db, sql};
use platform::{FactId, Fault, Time};

sql! {
    /// Both are read from the primary key alone.
    BACKLOG: () -> (i64, Option<FactId>) =
        "select (select count(*) from platform_outbox o where o.district = d.district),
             (select o.fact_id from platform_outbox o where o.district = d.district order by o.fact_id limit 1)
         from platform_district d /* every district */";
}

/// Reactions that have not run yet, or failed and will run again.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Backlog {
    pub rows: u64,
    /// When the fact happened that has waited longest; none where nothing waits.
    pub oldest: Option<Time>,
}

impl Db {
    /// What waits in the outbox of every district.
    pub async fn outbox_backlog(&self) -> Result<Backlog, Fault> {
        let districts = self.read(async |conn: &mut Conn| conn.all(&BACKLOG, ()).await).await?;
        Ok(Backlog {
            rows: districts.iter().map(|(rows, _)| u64::try_from(*rows).unwrap_or(0)).sum(),
            oldest: districts.iter().filter_map(|(_, fact)| *fact).min().and_then(happened_at),
        })
    }
}

/// The moment a fact's id was made, to the millisecond.
fn happened_at(fact: FactId) -> Option<Time> {
    let (seconds, nanos) = fact.0.get_timestamp()?.to_unix();
    let micros = i64::try_from(seconds).ok()?.checked_mul(1_000_000)?;
    micros.checked_add(i64::from(nanos / 1000)).map(Time::from_micros)
}
