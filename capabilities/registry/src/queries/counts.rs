//! How much is registered where, what is to be confirmed, and which homes something concerns: numbers and ids, never who.

use super::homes::{self, Building};
use crate::model::{Fields, Kind, Record, RecordId};
use crate::queries::batches;
use crate::search::FACT;
use crate::store::rights::restricted_among;
use ::store::{Conn, Json, row, sql};
use platform::{Cursor, DistrictId, Fault, Page, Time};
use seal::{Blind, Keyring};
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

/// Areas of one answer; a district has some hundreds.
const AREA_ROWS_MAX: i64 = 2_000;
/// Buildings that one question may concern.
pub(crate) const BUILDINGS_MAX: usize = 300;
/// People of a district of whom one fact is known.
const FACT_ROWS_MAX: i64 = 20_000;
/// The kinds that are counted.
pub(crate) const COUNTED: [Kind; 5] =
    [Kind::Household, Kind::Person, Kind::Dwelling, Kind::Organisation, Kind::Thing];
/// What matters where water, power or a way is cut: keys of service facts.
pub(crate) const HELP_FACTS: [&str; 3] = ["needs_electricity", "needs_oxygen", "moves_with_help"];

row! {
    struct AreaTotal {
        area_path: String,
        total: i64,
    }
}

row! {
    /// A record with a value that is to be confirmed.
    #[derive(Clone, Debug)]
    pub(crate) struct StaleRow {
        pub id: RecordId,
        pub kind: Kind,
        pub area_path: String,
        pub label: String,
        pub person_id: Option<RecordId>,
        pub dwelling_id: Option<RecordId>,
        pub stale_at: Option<Time>,
    }
}

row! {
    struct Placed {
        id: RecordId,
        lon: Option<f64>,
        lat: Option<f64>,
        fields: Json<Fields>,
    }
}

sql! {
    COUNT: (DistrictId, Kind, String, String, i64) -> AreaTotal =
        "select area_path, count(*) as total from registry_record
         where district = $1 and kind = $2 and area_path >= $3 and area_path < $4 and state = 'live'
         group by area_path order by area_path limit $5";
    COUNT_STALE: (DistrictId, Time, String, String, i64) -> AreaTotal =
        "select area_path, count(*) as total from registry_record
         where district = $1 and stale_at <= $2 and stale_at is not null and area_path >= $3 and area_path < $4 and state = 'live'
         group by area_path order by area_path limit $5";
    STALE: (DistrictId, Time, Time, RecordId, String, String, i64) -> StaleRow =
        "select id, kind, area_path, label, person_id, dwelling_id, stale_at from registry_record
         where district = $1 and stale_at <= $2 and stale_at is not null and state = 'live' and (stale_at, id) > ($3, $4)
             and area_path >= $5 and area_path < $6
         order by stale_at, id limit $7";
    /// Places of an area that have a point of their own within a box.
    IN_BOX: (DistrictId, String, String, f64, f64, f64, f64, i64) -> Placed =
        "select id, lon, lat, fields from registry_record
         where district = $1 and kind = 'place' and area_path >= $2 and area_path < $3 and state = 'live'
             and lon >= $4 and lat >= $5 and lon <= $6 and lat <= $7 order by id limit $8";
    /// The homes of those of whom a fact is known, by the fact's keyed hash; not of those whose data is only stored.
    HOMES_WITH: (DistrictId, Blind, i64) -> (Option<RecordId>,) =
        "select r.dwelling_id
         from registry_lookup l
             join registry_record f on f.district = l.district and f.id = l.record_id
             join registry_record r on r.district = f.district and r.person_id = f.person_id
         where l.district = $1 and l.blind = $2 and f.state = 'live' and r.kind = 'residence' and r.state = 'live'
             and not exists (select 1 from registry_restriction x where x.district = f.district and x.person_id = f.person_id)
         order by l.record_id limit $3";
}

/// The first text behind an area's path and those of all below it.
pub(crate) fn end_of(path: &str) -> String {
    // '0' follows '/'.
    format!("{path}0")
}

/// Numbers of one area, by kind; `stale` counts what is to be confirmed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Totals {
    pub by_kind: BTreeMap<Kind, i64>,
    pub stale: i64,
}

/// Numbers of each area within one, by path.
pub(crate) async fn count(
    conn: &mut Conn,
    district: DistrictId,
    path: &str,
    now: Time,
) -> Result<BTreeMap<String, Totals>, Fault> {
    let mut totals: BTreeMap<String, Totals> = BTreeMap::new();
    for kind in COUNTED {
        let params = (district, kind, path.to_owned(), end_of(path), AREA_ROWS_MAX);
        for row in conn.all(&COUNT, params).await? {
            totals.entry(row.area_path).or_default().by_kind.insert(kind, row.total);
        }
    }
    let params = (district, now, path.to_owned(), end_of(path), AREA_ROWS_MAX);
    for row in conn.all(&COUNT_STALE, params).await? {
        totals.entry(row.area_path).or_default().stale = row.total;
    }
    Ok(totals)
}

/// How many records of each area of a district have a value that is to be confirmed, by path.
pub(crate) async fn count_stale(
    conn: &mut Conn,
    district: DistrictId,
    now: Time,
) -> Result<Vec<(String, i64)>, Fault> {
    let path = territory::root_path(district);
    let params = (district, now, path.clone(), end_of(&path), AREA_ROWS_MAX);
    Ok(conn.all(&COUNT_STALE, params).await?.into_iter().map(|row| (row.area_path, row.total)).collect())
}

/// What is to be confirmed in an area, the oldest first.
pub(crate) async fn list_stale(
    conn: &mut Conn,
    district: DistrictId,
    path: &str,
    now: Time,
    after: Option<&Cursor>,
    rows: usize,
) -> Result<Page<StaleRow>, Fault> {
    let first = (Time::from_micros(i64::MIN), RecordId(uuid::Uuid::nil()));
    let (at, id): (Time, RecordId) = after.and_then(Cursor::key).unwrap_or(first);
    let params = (district, now, at, id, path.to_owned(), end_of(path), rows as i64 + 1);
    let found = conn.all(&STALE, params).await?;
    Ok(Page::cut(found, rows, |row| Cursor::of(&(row.stale_at, row.id))))
}

/// Of these rows, those the reader may know of: nothing of people whose data is only stored, no service fact the reader is not told of.
pub(crate) async fn drop_untold(
    conn: &mut Conn,
    keys: &Keyring,
    district: DistrictId,
    told: &BTreeSet<String>,
    rows: &mut Vec<StaleRow>,
) -> Result<(), Fault> {
    let person = |row: &StaleRow| if row.kind == Kind::Person { Some(row.id) } else { row.person_id };
    let restricted = restricted_among(conn, district, rows.iter().filter_map(person)).await?;
    let facts = rows.iter().filter(|row| row.kind == Kind::ServiceFact).map(|row| row.id).collect();
    let facts = batches::records(conn, keys, district, facts).await?;
    let is_told = |fact: &&Record| told.contains(fact.content.fields(true).text("fact"));
    let known: HashSet<RecordId> = facts.iter().filter(is_told).map(|fact| fact.id).collect();
    rows.retain(|row| {
        let is_only_stored = person(row).is_some_and(|person| restricted.contains(&person));
        !is_only_stored && (row.kind != Kind::ServiceFact || known.contains(&row.id))
    });
    Ok(())
}

/// The ground something happens on.
#[derive(Clone, Debug)]
pub(crate) enum Extent {
    /// A ring of WGS-84 points, and the paths of the grids it may touch.
    Ring { boundary: geo::Boundary, grids: Vec<String> },
    /// A place and what lies below it, as far as it hangs on a pipe.
    Place { place: RecordId, pipe: Pipe },
}

/// What brings water, power or gas up a building; everything where it says nothing.
#[derive(Clone, Debug, Default)]
pub(crate) struct Pipe {
    /// As the homes on it tell it.
    pub riser: Option<String>,
    /// The rooms above one another.
    pub column: Option<i64>,
}

impl Pipe {
    fn serves(&self, home: &homes::BuildingHome) -> bool {
        let by_riser = self.riser.as_ref().is_none_or(|riser| home.risers.contains(riser));
        let by_column = self.column.is_none_or(|column| home.column() == column);
        by_riser && by_column
    }
}

/// A building with homes that are concerned.
#[derive(Clone, Debug)]
pub(crate) struct Concerned {
    pub place: RecordId,
    pub label: String,
    pub area_path: String,
    pub homes: i64,
    pub residents: i64,
    /// By key of the fact; empty where they were not asked for.
    pub help: BTreeMap<&'static str, i64>,
}

/// The homes that something concerns, building by building.
pub(crate) async fn affected(
    conn: &mut Conn,
    keys: &Keyring,
    district: DistrictId,
    extent: &Extent,
    told: &BTreeSet<String>,
    now: Time,
) -> Result<Vec<Concerned>, Fault> {
    let (buildings, pipe) = match extent {
        Extent::Place { place, pipe } => (vec![*place], pipe.clone()),
        Extent::Ring { boundary, grids } => {
            (buildings_in(conn, district, boundary, grids).await?, Pipe::default())
        }
    };
    let help = helped_homes(conn, keys, district, told).await?;
    let mut concerned = Vec::new();
    for (place, building) in homes::buildings(conn, district, &buildings, now).await? {
        concerned.extend(concern(place, building, &pipe, &help));
    }
    Ok(concerned)
}

fn concern(
    place: RecordId,
    building: Building,
    pipe: &Pipe,
    help: &HashMap<RecordId, Vec<&'static str>>,
) -> Option<Concerned> {
    let is_served = |home: &&homes::BuildingHome| home.dwelling.is_some() && pipe.serves(home);
    let homes: Vec<_> = building.homes.iter().filter(is_served).collect();
    if homes.is_empty() {
        return None;
    }
    let mut helped = BTreeMap::new();
    for fact in homes.iter().filter_map(|home| help.get(&home.dwelling?)).flatten() {
        *helped.entry(*fact).or_default() += 1;
    }
    Some(Concerned {
        place,
        homes: homes.len() as i64,
        residents: homes.iter().map(|home| home.residents).sum(),
        help: helped,
        label: building.label,
        area_path: building.area_path,
    })
}

async fn buildings_in(
    conn: &mut Conn,
    district: DistrictId,
    boundary: &geo::Boundary,
    grids: &[String],
) -> Result<Vec<RecordId>, Fault> {
    let b = boundary.bbox();
    let mut found = Vec::new();
    for path in grids {
        let left = BUILDINGS_MAX.saturating_sub(found.len()) as i64 + 1;
        let params = (district, path.clone(), end_of(path), b.west, b.south, b.east, b.north, left);
        let placed = conn.all(&IN_BOX, params).await?;
        let inside = placed.into_iter().filter(|row| {
            let point = row.lon.zip(row.lat).and_then(|(lon, lat)| geo::Point::new(lon, lat).ok());
            row.fields.0.text("level") == "building" && point.is_some_and(|point| boundary.contains(point))
        });
        found.extend(inside.map(|row| row.id));
    }
    Ok(found)
}

/// The homes in which somebody needs help, with the facts that say so and the reader is told of, once for each person.
async fn helped_homes(
    conn: &mut Conn,
    keys: &Keyring,
    district: DistrictId,
    told: &BTreeSet<String>,
) -> Result<HashMap<RecordId, Vec<&'static str>>, Fault> {
    let mut homes: HashMap<RecordId, Vec<&'static str>> = HashMap::new();
    for fact in HELP_FACTS.into_iter().filter(|fact| told.contains(*fact)) {
        for (home,) in conn.all(&HOMES_WITH, (district, keys.blind(FACT, fact), FACT_ROWS_MAX)).await? {
            if let Some(home) = home {
                homes.entry(home).or_default().push(fact);
            }
        }
    }
    Ok(homes)
}
