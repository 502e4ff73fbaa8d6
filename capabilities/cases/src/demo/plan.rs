//! What is reported when, where, by whom and how it will go: drawn from weights, without touching the database.

use crate::catalogue::{CaseType, Datatype};
use crate::model::{CaseId, Source};
use crate::rules::Rules;
use platform::{DAY, Phone, Time};
use rand::RngExt;
use rand::rngs::StdRng;
use std::collections::BTreeMap;
use std::time::Duration;
use territory::{Area, Snapshot};

const GAZETTEER: &str = include_str!("../../../../catalog/demo/gazetteer.toml");
/// Share of each hour of the day in reports, 0 to 23: mornings and evenings.
const HOURS: [u32; 24] =
    [3, 2, 1, 1, 1, 3, 10, 30, 60, 70, 65, 50, 30, 35, 45, 50, 50, 48, 50, 55, 50, 35, 18, 8];
/// Tries to find a point inside a grid before its middle is taken.
const POINT_TRIES: usize = 12;

/// How a case goes on after it was given to somebody.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Ending {
    /// Done and confirmed, or closed by silence.
    Solved { confirmed: bool },
    /// Not solved at first; handled again.
    Reopened,
    /// Refused with a reason.
    Refused,
    /// Taken back by the reporter.
    Withdrawn,
    /// Returned once, then handled by another.
    Returned,
    /// Extended once, then done.
    Extended,
    /// Still somewhere on its way.
    Left,
}

/// One case to be.
#[derive(Clone, Debug)]
pub(super) struct Plan {
    pub id: CaseId,
    pub at: Time,
    pub type_code: String,
    pub words: String,
    pub point: Option<geo::Point>,
    pub grid: String,
    pub source: Source,
    /// Answers to the questions the type insists on.
    pub answers: BTreeMap<String, serde_json::Value>,
    pub phone: Option<Phone>,
    pub ending: Ending,
    /// How long the handling takes, as a share of the time allowed: above one it is late.
    pub pace: f64,
    /// Minutes between two small steps (accept, take).
    pub step_minutes: u32,
    pub rating: Option<i64>,
}

#[derive(serde::Deserialize)]
struct Gazetteer {
    roads: Vec<String>,
    places: Vec<String>,
}

/// The class of water, power, gas and telecom.
const UTILITIES: &str = "P01";
/// So many of the last two months are utilities' and solved: the figure Shifeng District describes. A small demo has a tenth of its cases.
const UTILITIES_SOLVED: usize = 354;
/// The two months in which they were reported, and the days at their end in which a case may still be on its way.
const UTILITIES_DAYS: u32 = 61;
const ON_ITS_WAY_DAYS: u32 = 8;
/// Of these the latest are a little late, and done all the same before now.
const SOLVED_PACE_MAX: f64 = 1.2;

/// A year of plans, oldest first.
pub(super) fn year(
    rules: &Rules,
    places: &Snapshot,
    cases: usize,
    now: Time,
    random: &mut StdRng,
) -> Vec<Plan> {
    let gazetteer: Gazetteer = toml::from_str(GAZETTEER).expect("a test reads the gazetteer");
    let types: Vec<(&CaseType, u32)> =
        rules.catalogue.types().filter(|t| t.offered || t.class.len() == 2).map(|t| (t, weight(t))).collect();
    let grids: Vec<&Area> = places.grids().collect();
    if grids.is_empty() {
        return Vec::new();
    }
    let solved = UTILITIES_SOLVED.min(cases / 10);
    let (first, last) = (now.before(DAY * UTILITIES_DAYS), now.before(DAY * ON_ITS_WAY_DAYS));
    let mut draw = |fits: &dyn Fn(&CaseType, Time) -> bool, ending: Option<Ending>| loop {
        let at = moment(now, random);
        let (case_type, _) = *pick(&types, |t| t.1, random);
        if fits(case_type, at) {
            let grid = grids[random.random_range(0..grids.len())];
            let plan = plan(case_type, grid, &gazetteer, at, now, random);
            return ending.map_or(plan.clone(), |ending| Plan {
                ending,
                pace: plan.pace.min(SOLVED_PACE_MAX),
                ..plan
            });
        }
    };
    let within = |at: Time| (first..last).contains(&at);
    let others = |case_type: &CaseType, at: Time| !(within(at) && case_type.class == UTILITIES);
    let utilities = |case_type: &CaseType, at: Time| within(at) && case_type.class == UTILITIES;
    let confirmed = Ending::Solved { confirmed: true };
    let mut plans: Vec<Plan> = (solved..cases).map(|_| draw(&others, None)).collect();
    plans.extend((0..solved).map(|_| draw(&utilities, Some(confirmed))));
    plans.sort_by_key(|plan| plan.at);
    plans
}

fn plan(
    case_type: &CaseType,
    grid: &Area,
    gazetteer: &Gazetteer,
    at: Time,
    now: Time,
    random: &mut StdRng,
) -> Plan {
    let source = source(case_type, random);
    let asked = matches!(source, Source::Resident | Source::Desk | Source::Hotline);
    let road = &gazetteer.roads[random.random_range(0..gazetteer.roads.len())];
    let place = &gazetteer.places[random.random_range(0..gazetteer.places.len())];
    let ending = ending(case_type, at, now, asked, random);
    Plan {
        id: CaseId::new(at),
        at,
        type_code: case_type.code.clone(),
        words: words(case_type, road, place, random),
        point: point_in(grid, random),
        grid: grid.code.clone(),
        source,
        answers: answers(case_type, random),
        // 199 0000 xxxx: no range that is given to subscribers.
        phone: asked
            .then(|| Phone::parse(&format!("1990000{:04}", random.random_range(0..10_000))))
            .flatten(),
        ending,
        pace: pace(random),
        step_minutes: random.random_range(3..90),
        rating: rating(ending, random).filter(|_| asked),
    }
}

/// What somebody would answer: any of the choices, a small number, a few words.
fn answers(case_type: &CaseType, random: &mut StdRng) -> BTreeMap<String, serde_json::Value> {
    let required = case_type.questions.iter().filter(|q| q.required);
    required
        .filter_map(|q| {
            let answer = match q.datatype {
                Datatype::SingleValueList | Datatype::MultiValueList => {
                    q.values.get(random.random_range(0..q.values.len().max(1)))?.key.clone().into()
                }
                Datatype::Number => random.random_range(1..6).into(),
                Datatype::Datetime => "2026-01-01T08:00:00".into(),
                Datatype::String | Datatype::Text => "不清楚".into(),
            };
            Some((q.code.clone(), answer))
        })
        .collect()
}

/// Common matters come often; of the rest each now and then.
fn weight(t: &CaseType) -> u32 {
    match (t.common, t.class.starts_with('P')) {
        (true, _) => 160,
        (false, true) => 18,
        (false, false) => 6,
    }
}

fn pick<'a, T>(all: &'a [T], weight: impl Fn(&T) -> u32, random: &mut StdRng) -> &'a T {
    let sum: u32 = all.iter().map(&weight).sum();
    let mut left = random.random_range(0..sum.max(1));
    for item in all {
        let own = weight(item);
        if left < own {
            return item;
        }
        left -= own;
    }
    &all[0]
}

/// A moment of the last year: more on workdays, by the hours of the day.
fn moment(now: Time, random: &mut StdRng) -> Time {
    loop {
        let day = now.before(DAY * random.random_range(0..365));
        let weekend = day.local().weekday().to_monday_zero_offset() >= 5;
        if weekend && random.random_bool(0.35) {
            continue;
        }
        let hours: Vec<(usize, u32)> = HOURS.iter().copied().enumerate().collect();
        let (hour, _) = *pick(&hours, |h| h.1, random);
        let local = day.local();
        let Ok(midnight) = local.start_of_day() else { continue };
        let seconds = hour as u64 * 3600 + random.random_range(0..3600);
        let at = Time::from(midnight.timestamp()).after(Duration::from_secs(seconds));
        if at < now {
            return at;
        }
    }
}

fn source(case_type: &CaseType, random: &mut StdRng) -> Source {
    let people = case_type.class.starts_with('P');
    match random.random_range(0..100) {
        // What residents are not offered is found on patrol or comes in by telephone.
        n if !case_type.offered => {
            if n < 80 {
                Source::Worker
            } else {
                Source::Hotline
            }
        }
        0..=54 if people => Source::Resident,
        0..=24 => Source::Resident,
        55..=64 => Source::Desk,
        65..=72 => Source::Hotline,
        73..=74 if case_type.offered => Source::Open311,
        _ if people => Source::Resident,
        _ => Source::Worker,
    }
}

fn ending(case_type: &CaseType, at: Time, now: Time, asked: bool, random: &mut StdRng) -> Ending {
    // The last days are still on their way.
    let age_days = now.since(at).as_secs() / 86_400;
    if age_days < 2 || (age_days < 9 && random.random_bool(0.35)) || random.random_bool(0.004) {
        return Ending::Left;
    }
    match random.random_range(0..1000) {
        0..=34 => Ending::Refused,
        35..=54 if asked && !case_type.hazard => Ending::Withdrawn,
        55..=89 => Ending::Returned,
        90..=119 => Ending::Extended,
        120..=159 if asked => Ending::Reopened,
        n => Ending::Solved { confirmed: asked && n % 10 < 5 },
    }
}

/// Nine of ten in time; a few very late.
fn pace(random: &mut StdRng) -> f64 {
    let u: f64 = random.random_range(0.0..1.0);
    if u < 0.92 { 0.05 + 0.9 * (u / 0.92) } else { 1.02 + (u - 0.92) * 14.0 }
}

fn rating(ending: Ending, random: &mut StdRng) -> Option<i64> {
    let happy = match ending {
        Ending::Solved { confirmed: true } | Ending::Extended => true,
        Ending::Reopened => false,
        _ => return None,
    };
    if !random.random_bool(0.6) {
        return None;
    }
    let u = random.random_range(0..100);
    Some(match (happy, u) {
        (true, 0..=63) => 5,
        (true, 64..=87) => 4,
        (true, 88..=95) => 3,
        (true, _) => 2,
        (false, 0..=19) => 4,
        (false, 20..=54) => 3,
        (false, 55..=79) => 2,
        (false, _) => 1,
    })
}

/// A point inside the grid: a few tries in its bounds, else its middle.
fn point_in(grid: &Area, random: &mut StdRng) -> Option<geo::Point> {
    let boundary = grid.boundary.as_ref()?;
    let b = boundary.bbox();
    for _ in 0..POINT_TRIES {
        let point =
            geo::Point::new(random.random_range(b.west..b.east), random.random_range(b.south..b.north))
                .ok()?;
        if boundary.contains(point) {
            return Some(point.round(6));
        }
    }
    Some(boundary.label_point())
}

/// What people write: the matter in everyday words, where, and how long already.
fn words(case_type: &CaseType, road: &str, place: &str, random: &mut StdRng) -> String {
    let what = &case_type.short.zh;
    let house = random.random_range(1..180);
    let building = random.random_range(1..24);
    let days = random.random_range(2..9);
    match random.random_range(0..8) {
        0 => format!("{road}{house}号门口{what}，已经{days}天了，麻烦派人看看。"),
        1 => format!("{place}旁边{what}，老人小孩进出不方便。"),
        2 => format!("我们{building}栋楼下{what}，请尽快处理，谢谢。"),
        3 => format!("{road}与{place}之间路段，{what}。"),
        4 => format!("{place}附近：{what}，早上路过看到的。"),
        5 => format!("{what}，地点在{road}{house}号，上次反映过又出现了。"),
        6 => format!("反映{road}沿线{what}的问题。"),
        _ => format!("{building}栋2单元住户反映{what}，晚上影响休息。"),
    }
}
