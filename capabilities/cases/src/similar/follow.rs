//! The index of each district, kept current: read once in pieces, then case by case after each fact.

use super::index::{Entry, Index, Match};
use super::place::Spot;
use super::{Asked, DAYS_BACK, UNOFFERED_STATES};
use crate::access::Sight;
use crate::import::REQUESTS_IMPORTED;
use crate::model::CaseId;
use crate::queries::reported::Span;
use crate::queries::similar::{WordsRow, words_before, words_of};
use ::store::{Conn, Db, FactRow};
use parking_lot::RwLock;
use platform::{DAY, DistrictId, FactId, Fault, Time};
use std::collections::HashMap;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::sync::broadcast;

/// How long the index is believed while this process has heard of nothing new: another server may have.
const BELIEVED_MAX: Duration = Duration::from_secs(1);
/// Read anew after this: what is older than the window leaves it.
const WHOLE_EVERY: Duration = Duration::from_secs(24 * 3600);
/// Facts read at once, and pieces of that many before all is read anew.
const FACTS_MAX: i64 = 1_000;
const FACT_PIECES_MAX: usize = 50;
/// How much later than another a fact may be committed whose id is the smaller one.
const LATE_COMMIT_MAX: Duration = Duration::from_secs(5);
/// Cases read at once: between two pieces others get their turn.
const PIECE_ROWS: i64 = 2_000;

/// The indexes of all districts this server runs.
#[derive(Debug, Default)]
pub struct Memory {
    districts: RwLock<HashMap<DistrictId, Arc<Kept>>>,
}

#[derive(Debug)]
struct Kept {
    index: RwLock<Index>,
    followed: tokio::sync::Mutex<Followed>,
}

#[derive(Debug)]
struct Followed {
    facts: broadcast::Receiver<Arc<FactRow>>,
    /// When the index was last brought up to date: by the house's clock, and by the machine's.
    read: Option<(Time, Instant)>,
    whole: Option<Instant>,
}

/// What happened since the index was last looked at.
enum News {
    Cases(Vec<CaseId>),
    TooMuch,
}

impl Memory {
    /// The cases most like what is asked, as of what is committed now.
    pub(super) async fn find(
        &self,
        db: &Db,
        district: DistrictId,
        asked: &Asked,
        sight: &Sight<'_>,
        rows_max: usize,
    ) -> Result<Vec<Match>, Fault> {
        let known = self.districts.read().get(&district).cloned();
        let kept = known.unwrap_or_else(|| {
            let new = || Arc::new(Kept::new(db));
            self.districts.write().entry(district).or_insert_with(new).clone()
        });
        kept.follow(db, district).await?;
        let index = kept.index.read();
        Ok(index.find(asked, sight, rows_max))
    }
}

impl Kept {
    fn new(db: &Db) -> Self {
        let followed = Followed { facts: db.facts().subscribe(), read: None, whole: None };
        Self { index: RwLock::default(), followed: tokio::sync::Mutex::new(followed) }
    }

    /// Brings the index up to date, where anything can have happened.
    async fn follow(&self, db: &Db, district: DistrictId) -> Result<(), Fault> {
        let mut followed = self.followed.lock().await;
        let is_believed = followed.read.is_some_and(|(_, at)| at.elapsed() < BELIEVED_MAX);
        if is_believed && followed.facts.is_empty() {
            return Ok(());
        }
        // What comes from here on may be read twice, but is not missed.
        followed.facts = followed.facts.resubscribe();
        let (now, begun) = (db.clock().now(), Instant::now());
        let is_whole =
            followed.whole.is_some_and(|at| at.elapsed() < WHOLE_EVERY) && !self.index.read().is_full();
        let since = followed.read.filter(|_| is_whole);
        let news = match since {
            Some((since, _)) => news_since(db, district, since).await?,
            None => News::TooMuch,
        };
        match news {
            News::Cases(ids) => self.read_some(db, district, &ids, now.before(DAY * DAYS_BACK)).await?,
            News::TooMuch => {
                let whole = read_whole(db, district, now).await?;
                *self.index.write() = whole;
                followed.whole = Some(begun);
            }
        }
        followed.read = Some((now, begun));
        Ok(())
    }

    /// What is older than the window is not taken up because something happened to it.
    async fn read_some(
        &self,
        db: &Db,
        district: DistrictId,
        ids: &[CaseId],
        since: Time,
    ) -> Result<(), Fault> {
        for piece in ids.chunks(PIECE_ROWS as usize) {
            let piece = piece.to_vec();
            let read = async move |conn: &mut Conn| words_of(conn, district, piece.clone()).await;
            let rows: Vec<WordsRow> = db.read(read).await?;
            let mut index = self.index.write();
            for row in rows.into_iter().filter(|row| row.reported_at >= since) {
                put(&mut index, row);
            }
        }
        Ok(())
    }
}

/// The cases of the window, the newest first, a piece at a time.
async fn read_whole(db: &Db, district: DistrictId, now: Time) -> Result<Index, Fault> {
    let since = now.before(DAY * DAYS_BACK);
    let mut before = CaseId(uuid::Uuid::max());
    let mut index = Index::default();
    while !index.is_filled() {
        let rows: Vec<WordsRow> = db
            .read(async move |conn: &mut Conn| {
                words_before(conn, district, before, Span { from: since, to: now }, PIECE_ROWS).await
            })
            .await?;
        let Some(last) = rows.last().map(|row| row.id) else { break };
        before = last;
        for row in rows {
            put(&mut index, row);
        }
    }
    Ok(index)
}

fn put(index: &mut Index, row: WordsRow) {
    let point = row.lon.zip(row.lat).and_then(|(lon, lat)| geo::Point::new(lon, lat).ok());
    let entry = Entry {
        id: row.id,
        spot: Spot::new(point, row.address.as_deref(), &row.area_path),
        type_code: row.type_code,
        unit: row.unit_id,
        owner_post: row.owner_post,
        host_post: row.host_post,
        reported_at: row.reported_at,
        offered: !UNOFFERED_STATES.contains(&row.state.as_str()),
    };
    index.put(entry, &row.words);
}

/// Cases something happened to.
async fn news_since(db: &Db, district: DistrictId, since: Time) -> Result<News, Fault> {
    let mut from = FactId::new(since).earlier_by(LATE_COMMIT_MAX);
    let mut ids = Vec::new();
    for _ in 0..FACT_PIECES_MAX {
        let facts = db
            .read(async move |conn: &mut Conn| FactRow::after(conn, district, from, FACTS_MAX).await)
            .await?;
        if facts.iter().any(|fact| fact.name == REQUESTS_IMPORTED) {
            return Ok(News::TooMuch);
        }
        let of_cases = facts.iter().filter(|fact| fact.subject_kind == CaseId::NOUN);
        ids.extend(of_cases.map(|fact| CaseId(fact.subject_id)));
        match facts.last() {
            Some(last) if facts.len() as i64 >= FACTS_MAX => from = last.id,
            _ => {
                ids.sort_unstable();
                ids.dedup();
                return Ok(News::Cases(ids));
            }
        }
    }
    Ok(News::TooMuch)
}
