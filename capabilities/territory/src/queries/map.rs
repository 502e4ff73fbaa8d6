//! The map on the shelf: for each district a snapshot that requests share, made anew when the territory has changed.

use super::{load_areas_from, load_edition, load_editions, load_holdings, load_organisations, load_posts};
use crate::model::{Area, Edition, Holding, Land, Organisation, Post, Seats, Snapshot};
use parking_lot::{Mutex, RwLock};
use platform::{Clock, DistrictId, Fault, Time};
use std::collections::HashMap;
use std::sync::Arc;
use std::time::{Duration, Instant};
use store::{Conn, Db};

/// How long a snapshot is believed without asking the database whether another server has changed the territory.
const BELIEVED_MAX: Duration = Duration::from_secs(2);

/// The snapshots of all districts this server runs.
#[derive(Debug)]
pub struct Map {
    clock: Clock,
    districts: RwLock<HashMap<DistrictId, Arc<District>>>,
}

/// What is known of a district, and the snapshot of the present made of it.
#[derive(Debug)]
struct District {
    known: Known,
    present: RwLock<Present>,
    checked_at: Mutex<Instant>,
}

/// Rows as they were read: areas in force now or later, all posts and holdings.
#[derive(Debug)]
struct Known {
    edition: Edition,
    areas: Arc<Vec<Area>>,
    posts: Vec<Post>,
    holdings: Vec<Holding>,
    organisations: Vec<Organisation>,
}

#[derive(Debug)]
struct Present {
    snapshot: Arc<Snapshot>,
    /// The next moment at which an area or a post begins or ends.
    until: Option<Time>,
}

impl Map {
    /// An empty map; `prepare` fills it.
    pub fn new(clock: Clock) -> Self {
        Self { clock, districts: RwLock::default() }
    }

    /// The territory of a district now, as this process knows it: for writes and hot paths. Empty for a district never
    /// loaded.
    pub fn of(&self, district: DistrictId) -> Arc<Snapshot> {
        let known = self.districts.read().get(&district).cloned();
        known
            .map_or_else(|| Arc::new(Snapshot::empty(district)), |known| known.at(district, self.clock.now()))
    }

    /// The territory of a district now; asks the database whether another server has changed it, every two seconds at
    /// most.
    pub async fn current(&self, db: &Db, district: DistrictId) -> Result<Arc<Snapshot>, Fault> {
        let known = self.districts.read().get(&district).cloned();
        let is_fresh = known.as_ref().is_some_and(|known| known.checked_at.lock().elapsed() < BELIEVED_MAX);
        if !is_fresh {
            self.refresh(db, district).await?;
        }
        Ok(self.of(district))
    }

    /// Reads what other processes (another server, the command line) have changed, in any district: one small read where
    /// nothing has. The server's background work calls it every second or so.
    pub async fn follow(&self, db: &Db) -> Result<(), Fault> {
        for (district, edition) in db.read(async |conn: &mut Conn| load_editions(conn).await).await? {
            let known = self.districts.read().get(&district).cloned();
            match known.filter(|known| known.known.edition == edition) {
                Some(known) => *known.checked_at.lock() = Instant::now(),
                None => self.refresh(db, district).await?,
            }
        }
        Ok(())
    }

    /// Reads what has changed since the last time. Every write of the territory in this process ends with it.
    pub async fn refresh(&self, db: &Db, district: DistrictId) -> Result<(), Fault> {
        let known = self.districts.read().get(&district).cloned();
        let (old, now) = (known.clone(), self.clock.now());
        let read = db
            .read(async move |conn: &mut Conn| read_district(conn, district, old.as_deref(), now).await)
            .await?;
        match (read, known) {
            (Some(read), old) => {
                let loaded = District::new(district, read, old.as_deref(), now);
                let mut districts = self.districts.write();
                // Two refreshes at once: the later edition stays.
                let is_newer =
                    districts.get(&district).is_none_or(|d| d.known.edition.is_before(loaded.known.edition));
                if is_newer {
                    districts.insert(district, Arc::new(loaded));
                }
            }
            (None, Some(known)) => *known.checked_at.lock() = Instant::now(),
            (None, None) => {}
        }
        Ok(())
    }
}

impl Edition {
    fn is_before(self, other: Self) -> bool {
        self.land <= other.land && self.seats <= other.seats
    }
}

/// The rows of a district; nothing where they are as they were.
async fn read_district(
    conn: &mut Conn,
    district: DistrictId,
    old: Option<&District>,
    now: Time,
) -> Result<Option<Known>, Fault> {
    let edition = load_edition(conn, district).await?;
    let old = old.map(|old| &old.known);
    if old.is_some_and(|old| old.edition == edition) {
        return Ok(None);
    }
    let areas = match old {
        Some(old) if old.edition.land == edition.land => old.areas.clone(),
        _ => Arc::new(load_areas_from(conn, district, now).await?),
    };
    Ok(Some(Known {
        edition,
        areas,
        posts: load_posts(conn, district).await?,
        holdings: load_holdings(conn, district).await?,
        organisations: load_organisations(conn, district).await?,
    }))
}

impl District {
    fn new(district: DistrictId, known: Known, old: Option<&Self>, now: Time) -> Self {
        // The index over the areas is what costs; posts change far more often.
        let same_land = old.filter(|old| old.known.edition.land == known.edition.land);
        let land =
            same_land.map(|old| old.present.read()).filter(|p| p.until.is_none_or(|until| now < until));
        let land = land.map(|present| present.snapshot.land.clone());
        let present = known.present(district, now, land);
        Self { known, present: RwLock::new(present), checked_at: Mutex::new(Instant::now()) }
    }

    fn at(&self, district: DistrictId, now: Time) -> Arc<Snapshot> {
        let is_present = |p: &Present| p.until.is_none_or(|until| now < until) && p.snapshot.at <= now;
        {
            let present = self.present.read();
            if is_present(&present) {
                return present.snapshot.clone();
            }
        }
        let mut present = self.present.write();
        if !is_present(&present) {
            *present = self.known.present(district, now, None);
        }
        present.snapshot.clone()
    }
}

impl Known {
    fn present(&self, district: DistrictId, now: Time, land: Option<Arc<Land>>) -> Present {
        let land = land.unwrap_or_else(|| {
            Arc::new(Land::new(self.areas.iter().filter(|area| area.is_valid_at(now)).cloned().collect()))
        });
        let seats = Seats::new(self.posts.clone(), self.holdings.clone(), self.organisations.clone(), now);
        let seats = Arc::new(seats);
        let snapshot = Arc::new(Snapshot { district, edition: self.edition, at: now, land, seats });
        Present { snapshot, until: self.next_change(now) }
    }

    fn next_change(&self, now: Time) -> Option<Time> {
        let areas = self.areas.iter().flat_map(|area| [Some(area.valid_from), area.valid_to]);
        let posts = self.posts.iter().flat_map(|post| [Some(post.open_from), post.open_to]);
        areas.chain(posts).flatten().filter(|at| *at > now).min()
    }
}
