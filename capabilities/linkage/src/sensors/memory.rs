//! How the sensors of a district stand, in memory: bounded by the register. The database has what decides; this is its copy.

use super::catalogue::SensorBook;
use crate::model::sensor::{
    Bucket, Level, Limits, Minute, Reading, Refused, Sensor, SensorId, Standing, hear, is_code,
};
use crate::queries::sensors as queries;
use crate::store::sensors::LiveRow;
use ::store::{Conn, Db, Json};
use platform::{DistrictId, Fault, Time};
use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;
use std::time::{Duration, Instant};

/// What another server changed in the register is found so soon; within a look, as far back as a slow write may lie.
const LOOK_INTERVAL: Duration = Duration::from_secs(1);
const LATE_COMMIT_MAX: Duration = Duration::from_secs(10);
/// A noisy sensor is told of anew after so long.
const NOISY_INTERVAL: Duration = Duration::from_secs(10 * 60);

/// A message as it came, from whichever door.
#[derive(Clone, Debug)]
pub(crate) struct Message {
    pub code: String,
    /// As its topic says; HTTP need not say it.
    pub kind: Option<String>,
    pub reading: Result<Reading, Refused>,
}

/// A threshold passed, or left.
#[derive(Clone, Copy, PartialEq, Debug)]
pub(crate) struct Turn {
    pub level: Level,
    pub raised: bool,
    pub value: f64,
    pub at: Time,
}

/// One sensor with how it stands.
#[derive(Clone, Debug)]
pub(crate) struct Live {
    pub sensor: Arc<Sensor>,
    limits: Arc<Limits>,
    pub row: LiveRow,
    /// Not yet written.
    minute: Option<Minute>,
    bucket: Bucket,
}

/// What a batch makes of one sensor, and what of that is to be written.
#[derive(Clone, Debug)]
pub(crate) struct Due {
    pub live: Live,
    pub turns: Vec<Turn>,
    pub minutes: Vec<Minute>,
    pub is_noisy: bool,
    /// It was silent since then.
    pub speaks: Option<Time>,
    decides: bool,
}

impl Due {
    fn of(live: &Live) -> Self {
        let live = live.clone();
        Self { live, turns: Vec::new(), minutes: Vec::new(), is_noisy: false, speaks: None, decides: false }
    }

    /// Whether the database has to hear of it.
    pub fn is_due(&self) -> bool {
        self.decides || self.is_noisy || self.speaks.is_some() || !self.minutes.is_empty()
    }

    fn hear(&mut self, reading: &Reading, now: Time) -> Result<(), Refused> {
        if !self.live.bucket.take(reading.at) {
            let told = self.live.row.noisy_at.is_some_and(|at| now.since(at) < NOISY_INTERVAL);
            if !told {
                self.live.row.noisy_at = Some(now);
                self.is_noisy = true;
            }
            return Err(Refused::TooMany);
        }
        let before = self.live.row.standing.0;
        let heard = hear(&before, reading, &self.live.limits, now)?;
        self.decides |= !heard.standing.decides_as(&before);
        self.note_turns(&before, &heard.standing, reading);
        self.live.row.standing = Json(heard.standing);
        self.live.row.level = heard.after;
        // Heard for the first time is news.
        self.decides |= self.live.row.heard_at.replace(now).is_none();
        self.speaks = self.live.row.silent_at.take().or(self.speaks);
        let minute = Minute::of(reading.at, reading.value);
        match self.live.minute.take() {
            None => self.live.minute = Some(minute),
            Some(earlier) => match earlier.join(minute) {
                Some(both) => self.live.minute = Some(both),
                None => {
                    self.minutes.push(earlier);
                    self.live.minute = Some(minute);
                }
            },
        }
        Ok(())
    }

    fn note_turns(&mut self, before: &Standing, after: &Standing, reading: &Reading) {
        let pairs = [(Level::Warn, before.warn, after.warn), (Level::Alarm, before.alarm, after.alarm)];
        for (level, before, after) in pairs {
            if before.on != after.on {
                let (value, at) = (reading.value, reading.at);
                self.turns.push(Turn { level, raised: after.on, value, at });
            }
        }
    }
}

/// The sensors of a district, by code.
#[derive(Debug)]
pub(crate) struct Memory {
    lives: HashMap<String, Live>,
    codes: HashMap<SensorId, String>,
    mark: (Time, SensorId),
    looked: Option<Instant>,
    /// Not yet written: how often, and one code that said so.
    refused: BTreeMap<Refused, (i64, Option<String>)>,
}

impl Default for Memory {
    fn default() -> Self {
        Self {
            lives: HashMap::new(),
            codes: HashMap::new(),
            mark: queries::FIRST,
            looked: None,
            refused: BTreeMap::new(),
        }
    }
}

impl Memory {
    /// The register is read anew before the next message.
    pub fn look_again(&mut self) {
        self.looked = None;
    }

    /// Brings the register up to date, where the last look is not of this moment.
    pub async fn follow(&mut self, db: &Db, district: DistrictId) -> Result<(), Fault> {
        if self.looked.is_some_and(|at| at.elapsed() < LOOK_INTERVAL) {
            return Ok(());
        }
        let mark = self.mark;
        let from = (mark.0.before(LATE_COMMIT_MAX), queries::FIRST.1);
        let read = async move |conn: &mut Conn| queries::changed(conn, district, from).await;
        let changed = db.read::<_, Fault, _>(read).await?;
        let book = db.fixtures().get::<SensorBook>();
        let news: Vec<Sensor> = changed.into_iter().filter(|one| !self.knows(one)).collect();
        self.put(db, district, &book, news).await?;
        self.looked = Some(Instant::now());
        Ok(())
    }

    fn knows(&self, one: &Sensor) -> bool {
        let live = self.codes.get(&one.id).and_then(|code| self.lives.get(code));
        live.map_or(!one.in_use, |live| live.sensor.version == one.version)
    }

    async fn put(
        &mut self,
        db: &Db,
        district: DistrictId,
        book: &SensorBook,
        sensors: Vec<Sensor>,
    ) -> Result<(), Fault> {
        for piece in sensors.chunks(500) {
            let ids: Vec<SensorId> = piece.iter().map(|one| one.id).collect();
            let read = async move |conn: &mut Conn| queries::lives(conn, district, ids.clone()).await;
            let rows = db.read::<_, Fault, _>(read).await?;
            let mut rows: HashMap<SensorId, LiveRow> =
                rows.into_iter().map(|row| (row.sensor_id, row)).collect();
            for one in piece {
                self.mark = self.mark.max((one.changed_at, one.id));
                let before = self.codes.remove(&one.id).and_then(|code| self.lives.remove(&code));
                let (Some(kind), Some(row)) = (book.kind(&one.kind), rows.remove(&one.id)) else { continue };
                if one.in_use {
                    let limits = Arc::new(kind.limits(one.own));
                    let (minute, bucket) =
                        before.map_or((None, Bucket::default()), |live| (live.minute, live.bucket));
                    let live = Live { sensor: Arc::new(one.clone()), limits, row, minute, bucket };
                    self.codes.insert(one.id, one.code.clone());
                    self.lives.insert(one.code.clone(), live);
                }
            }
        }
        Ok(())
    }

    /// Reads anew how some sensors stand: another server heard of them too.
    pub async fn reload(&mut self, db: &Db, district: DistrictId, ids: Vec<SensorId>) -> Result<(), Fault> {
        let read = async move |conn: &mut Conn| queries::lives(conn, district, ids.clone()).await;
        for row in db.read::<_, Fault, _>(read).await? {
            let code = self.codes.get(&row.sensor_id);
            if let Some(live) = code.and_then(|code| self.lives.get_mut(code)) {
                live.row = row;
            }
        }
        Ok(())
    }

    /// Holds a message against how its sensor stands; nothing is kept before [`Memory::keep`].
    pub fn hear(
        &self,
        scratch: &mut HashMap<SensorId, Due>,
        message: &Message,
        now: Time,
    ) -> Result<(), Refused> {
        let live = self.lives.get(&message.code).ok_or(Refused::UnknownSensor)?;
        if message.kind.as_ref().is_some_and(|kind| *kind != live.sensor.kind) {
            return Err(Refused::WrongKind);
        }
        let reading = message.reading.as_ref().map_err(|refused| *refused)?;
        scratch.entry(live.sensor.id).or_insert_with(|| Due::of(live)).hear(reading, now)
    }

    /// Minutes that are over, or all of them.
    pub fn minutes(&self, now: Time, all: bool) -> HashMap<SensorId, Due> {
        let mut scratch = HashMap::new();
        for live in self.lives.values() {
            if let Some(minute) = live.minute.filter(|minute| all || minute.is_over(now)) {
                let mut due = Due::of(live);
                due.minutes.push(minute);
                due.live.minute = None;
                scratch.insert(live.sensor.id, due);
            }
        }
        scratch
    }

    /// Keeps what a batch made of its sensors, once what of it decides is written.
    pub fn keep(&mut self, scratch: HashMap<SensorId, Due>, written: &HashSet<SensorId>) {
        for (id, due) in scratch {
            let code = self.codes.get(&id);
            if let Some(live) = code.and_then(|code| self.lives.get_mut(code)) {
                *live = due.live;
                live.row.version += i64::from(written.contains(&id));
            }
        }
    }

    /// Counts a message that was not taken. Only what has the form of a code is remembered of it.
    pub fn count(&mut self, reason: Refused, code: &str) {
        let counted = self.refused.entry(reason).or_default();
        counted.0 += 1;
        if is_code(code) {
            counted.1 = Some(code.to_owned());
        }
    }

    /// Counts that are not written yet.
    pub fn take_counts(&mut self) -> BTreeMap<Refused, (i64, Option<String>)> {
        std::mem::take(&mut self.refused)
    }

    pub fn give_counts_back(&mut self, counts: BTreeMap<Refused, (i64, Option<String>)>) {
        for (reason, (count, example)) in counts {
            let counted = self.refused.entry(reason).or_default();
            counted.0 += count;
            counted.1 = counted.1.take().or(example);
        }
    }
}
