//! Facts: what happened, who did it, where. One row is the audit line; reactions and live screens follow the same row.

use crate::{Conn, Json, row, sql};
use parking_lot::Mutex;
use platform::{Actor, DistrictId, FactId, Fault, OrganisationId, Time};
use std::ops::ControlFlow;
use std::sync::Arc;
use tokio::sync::broadcast;
use uuid::Uuid;

/// Facts kept for a live screen that reads slowly; older ones it must catch up from the table.
const LIVE_FACTS_KEPT: usize = 4096;

/// Something that happened, declared by the capability that does it. Its data carries ids and codes, never personal values.
pub trait Fact {
    /// `capability.noun_verbed`, stable.
    fn name(&self) -> &'static str;
    /// The thing it happened to: its noun and id.
    fn subject(&self) -> (&'static str, Uuid);
    /// Where, for those who watch an area.
    fn area_path(&self) -> Option<&str> {
        None
    }
    /// Whose work it concerns, for those who watch a unit.
    fn unit(&self) -> Option<OrganisationId> {
        None
    }
    fn data(&self) -> serde_json::Value {
        serde_json::Value::Object(serde_json::Map::new())
    }
}

row! {
    /// A recorded fact.
    #[derive(Clone, Debug)]
    pub struct FactRow {
        pub district: DistrictId,
        pub id: FactId,
        pub name: String,
        pub at: Time,
        pub actor_kind: String,
        pub actor_id: Option<Uuid>,
        pub actor_name: String,
        pub via: String,
        pub subject_kind: String,
        pub subject_id: Uuid,
        pub area_path: Option<String>,
        pub unit_id: Option<Uuid>,
        pub data: Json<serde_json::Value>,
    }
}

type FactParams = (
    DistrictId,
    FactId,
    String,
    Time,
    String,
    Option<Uuid>,
    String,
    String,
    String,
    Uuid,
    Option<String>,
    Option<Uuid>,
    Json<serde_json::Value>,
);

sql! {
    INSERT_FACT: FactParams =
        "insert into platform_fact (district, id, name, at, actor_kind, actor_id, actor_name, via, subject_kind, subject_id,
             area_path, unit_id, data)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)";
    FIND_FACT: (DistrictId, FactId) -> FactRow =
        "select district, id, name, at, actor_kind, actor_id, actor_name, via, subject_kind, subject_id, area_path, unit_id,
             data
         from platform_fact where district = $1 and id = $2";
    FACTS_AFTER: (DistrictId, FactId, i64) -> FactRow =
        "select district, id, name, at, actor_kind, actor_id, actor_name, via, subject_kind, subject_id, area_path, unit_id,
             data
         from platform_fact where district = $1 and id > $2 order by id limit $3";
    FACTS_BEFORE: (DistrictId, FactId, i64) -> FactRow =
        "select district, id, name, at, actor_kind, actor_id, actor_name, via, subject_kind, subject_id, area_path, unit_id,
             data
         from platform_fact where district = $1 and id < $2 order by id desc limit $3";
    FACTS_OF_SUBJECT: (DistrictId, Uuid, i64) -> FactRow =
        "select district, id, name, at, actor_kind, actor_id, actor_name, via, subject_kind, subject_id, area_path, unit_id,
             data
         from platform_fact {by:platform_fact_subject} where district = $1 and subject_id = $2 order by id limit $3";
    /// $5: whether any name will do.
    SEARCH: (DistrictId, FactId, FactId, i64, bool, String) -> FactRow =
        "select district, id, name, at, actor_kind, actor_id, actor_name, via, subject_kind, subject_id, area_path, unit_id,
             data
         from platform_fact where district = $1 and id < $2 and id >= $3 and ($5 or name like $6 escape '\\')
         order by id desc limit $4";
    SEARCH_ACTOR: (DistrictId, FactId, FactId, i64, Uuid, bool, String) -> FactRow =
        "select district, id, name, at, actor_kind, actor_id, actor_name, via, subject_kind, subject_id, area_path, unit_id,
             data
         from platform_fact {by:platform_fact_of_actor} where district = $1 and actor_id = $5 and id < $2 and id >= $3
             and ($6 or name like $7 escape '\\')
         order by id desc limit $4";
    /// $5 and $7: whether any actor and any name will do.
    SEARCH_SUBJECT: (DistrictId, FactId, FactId, i64, bool, Uuid, bool, String, Uuid) -> FactRow =
        "select district, id, name, at, actor_kind, actor_id, actor_name, via, subject_kind, subject_id, area_path, unit_id,
             data
         from platform_fact {by:platform_fact_subject} where district = $1 and subject_id = $9 and id < $2 and id >= $3 and ($5 or actor_id = $6)
             and ($7 or name like $8 escape '\\')
         order by id desc limit $4";
}

/// Ids of facts grow in the order in which they were recorded, even within a millisecond: all facts of one write have one
/// moment, and a timeline is read by id.
fn next_id(now: Time) -> FactId {
    const RANDOM_BITS: u32 = 80;
    static LAST: Mutex<FactId> = Mutex::new(FactId(Uuid::nil()));
    let mut last = LAST.lock();
    let new = FactId::new(now);
    let millis = |id: FactId| id.0.as_u128() >> RANDOM_BITS;
    *last = match *last {
        before if before >= new && millis(before) == millis(new) => {
            FactId(Uuid::from_u128(before.0.as_u128() + 1))
        }
        _ => new,
    };
    *last
}

pub(crate) fn row_of<F: Fact + ?Sized>(fact: &F, actor: &Actor, now: Time) -> FactRow {
    let (subject_kind, subject_id) = fact.subject();
    FactRow {
        district: actor.district,
        id: next_id(now),
        name: fact.name().to_owned(),
        at: now,
        actor_kind: actor.kind.name().to_owned(),
        actor_id: actor.account.map(|a| a.0),
        actor_name: actor.name.to_string(),
        via: via(actor).to_owned(),
        subject_kind: subject_kind.to_owned(),
        subject_id,
        area_path: fact.area_path().map(str::to_owned),
        unit_id: fact.unit().map(|u| u.0),
        data: Json(fact.data()),
    }
}

fn via(actor: &Actor) -> &'static str {
    use platform::Via;
    match actor.via {
        Via::Page => "page",
        Via::Api => "api",
        Via::Open311 => "open311",
        Via::CommandLine => "command_line",
        Via::Clock => "clock",
    }
}

pub(crate) async fn insert(conn: &mut Conn, row: &FactRow) -> Result<(), Fault> {
    let r = row.clone();
    let params = (
        r.district,
        r.id,
        r.name,
        r.at,
        r.actor_kind,
        r.actor_id,
        r.actor_name,
        r.via,
        r.subject_kind,
        r.subject_id,
        r.area_path,
        r.unit_id,
        r.data,
    );
    conn.execute(&INSERT_FACT, params).await.map(drop)
}

/// Reading the audit trail.
impl FactRow {
    pub async fn find(conn: &mut Conn, district: DistrictId, id: FactId) -> Result<Option<FactRow>, Fault> {
        conn.optional(&FIND_FACT, (district, id)).await
    }

    /// Facts after `id`, oldest first: what a live screen missed.
    pub async fn after(
        conn: &mut Conn,
        district: DistrictId,
        id: FactId,
        rows: i64,
    ) -> Result<Vec<FactRow>, Fault> {
        conn.all(&FACTS_AFTER, (district, id, rows)).await
    }

    /// Facts before `id`, newest first: the audit screen.
    pub async fn before(
        conn: &mut Conn,
        district: DistrictId,
        id: FactId,
        rows: i64,
    ) -> Result<Vec<FactRow>, Fault> {
        conn.all(&FACTS_BEFORE, (district, id, rows)).await
    }

    /// Everything that happened to one thing, oldest first.
    pub async fn of_subject(
        conn: &mut Conn,
        district: DistrictId,
        subject: Uuid,
        rows: i64,
    ) -> Result<Vec<FactRow>, Fault> {
        conn.all(&FACTS_OF_SUBJECT, (district, subject, rows)).await
    }
}

/// Which facts an auditor asks for; what is absent is not asked.
#[derive(Clone, Debug, Default)]
pub struct FactFilter {
    pub actor: Option<Uuid>,
    /// The beginning of the fact's name: `identity.`, `cases.case_closed`.
    pub name: Option<String>,
    pub subject: Option<Uuid>,
    /// From this moment on.
    pub from: Option<Time>,
    /// Before this moment.
    pub to: Option<Time>,
    /// Before this fact: where the last page ended.
    pub before: Option<FactId>,
}

impl FactFilter {
    /// Hands the facts to `take`, newest first, until it breaks. Without a subject or an actor this walks the facts of the
    /// time asked for: run it as a long read.
    pub async fn each(
        &self,
        conn: &mut Conn,
        district: DistrictId,
        rows: i64,
        take: impl FnMut(FactRow) -> ControlFlow<()>,
    ) -> Result<(), Fault> {
        let end = self.to.map_or(FactId(Uuid::max()), FactId::least_at);
        let end = self.before.map_or(end, |before| before.min(end));
        let start = self.from.map_or(FactId(Uuid::nil()), FactId::least_at);
        let name = self.name.as_deref().map(begins_with).unwrap_or_default();
        let any_name = self.name.is_none();
        match (self.subject, self.actor) {
            (Some(subject), actor) => {
                let (any_actor, actor) = (actor.is_none(), actor.unwrap_or_default());
                let params = (district, end, start, rows, any_actor, actor, any_name, name, subject);
                conn.each(&SEARCH_SUBJECT, params, take).await
            }
            (None, Some(actor)) => {
                conn.each(&SEARCH_ACTOR, (district, end, start, rows, actor, any_name, name), take).await
            }
            (None, None) => conn.each(&SEARCH, (district, end, start, rows, any_name, name), take).await,
        }
    }
}

/// The pattern of `like` for texts that begin so.
fn begins_with(text: &str) -> String {
    let mut pattern = String::with_capacity(text.len() + 4);
    for c in text.chars() {
        if matches!(c, '%' | '_' | '\\') {
            pattern.push('\\');
        }
        pattern.push(c);
    }
    pattern.push('%');
    pattern
}

/// Committed facts as they happen, for live screens in this process.
#[derive(Clone, Debug)]
pub struct Facts(broadcast::Sender<Arc<FactRow>>);

impl Default for Facts {
    fn default() -> Self {
        Self(broadcast::Sender::new(LIVE_FACTS_KEPT))
    }
}

impl Facts {
    pub fn subscribe(&self) -> broadcast::Receiver<Arc<FactRow>> {
        self.0.subscribe()
    }

    pub(crate) fn publish(&self, facts: Vec<FactRow>) {
        if self.0.receiver_count() == 0 {
            return;
        }
        for fact in facts {
            let _ = self.0.send(Arc::new(fact));
        }
    }
}

#[cfg(test)]
mod tests {
    //! The order of facts.
    use super::next_id;
    use platform::Time;

    #[test]
    fn facts_of_one_moment_keep_their_order() {
        let now = Time::from_micros(1_795_232_400_000_000);
        let ids: Vec<_> = (0..10_000).map(|_| next_id(now)).collect();
        assert!(ids.is_sorted() && ids.windows(2).all(|pair| pair[0] != pair[1]));
        assert!(ids.iter().all(|id| id.0.get_version_num() == 7));
        // Replaying the past begins again at its own moment.
        assert!(next_id(Time::from_micros(now.micros() - 5_000)) < ids[0]);
    }
}
