//! Homes as a worker's phone carries them: one row for each home with who lives there, what has changed since, and who was told. Only
//! values that are not sealed; people who asked that theirs are only stored are not among them.

use crate::catalogue::Catalogue;
use crate::error::RegistryError;
use crate::export::{ExportId, Noted, note_seen};
use crate::model::{Fields, Kind, RecordId, State, address, spelling};
use crate::queries::homes::buildings;
use crate::store::rights::restricted_among;
use ::store::{Conn, Json, List, Tx, row, sql};
use platform::{DistrictId, Fault, Time};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use uuid::Uuid;

/// The purpose under which homes are carried.
pub const PURPOSE: &str = "visit";
/// Homes, people or places of one statement.
const AT_ONCE: usize = 500;
/// What belongs to so many homes: some hundred homes have some thousand residents.
const BELOW_ROWS_MAX: i64 = 50_000;
/// Levels from a room up to its estate.
const LEVELS_MAX: usize = 8;
/// Homes counted of one grid.
const COUNTED_MAX: i64 = 100_000;

/// Which values are carried, by kind of record.
pub type CarriedFields = BTreeMap<Kind, BTreeSet<String>>;

/// A value with its age.
#[derive(Clone, PartialEq, Debug)]
pub struct CarriedValue {
    pub value: Value,
    /// When it was brought or confirmed.
    pub at: Time,
    /// It is to be confirmed.
    pub stale: bool,
}

/// A home with who lives there.
#[derive(Clone, PartialEq, Debug)]
pub struct CarriedHome {
    pub id: RecordId,
    pub version: i64,
    pub area_path: String,
    /// In full.
    pub address: String,
    /// From the building on: 5栋2单元301.
    pub place: String,
    pub building: Option<(RecordId, String)>,
    /// WGS-84, of the nearest place that has one.
    pub point: Option<(f64, f64)>,
    /// Initials of the place and of the names, for a search by thumb.
    pub letters: String,
    /// Households with their versions; most homes have one.
    pub households: Vec<(RecordId, i64)>,
    pub values: BTreeMap<String, CarriedValue>,
    /// Heads first.
    pub people: Vec<CarriedPerson>,
}

/// Somebody who lives in a home.
#[derive(Clone, PartialEq, Debug)]
pub struct CarriedPerson {
    pub id: RecordId,
    pub version: i64,
    pub name: String,
    pub letters: String,
    pub residence: RecordId,
    pub residence_version: i64,
    /// Codes of the catalogue.
    pub relation: Option<String>,
    pub kind: Option<String>,
    pub values: BTreeMap<String, CarriedValue>,
    /// The person's own record stands in another grid than the home.
    pub elsewhere: bool,
}

/// What has changed in a grid: the homes concerned, and where reading goes on; `None` after the last.
#[derive(Clone, Debug, Default)]
pub struct Touched {
    pub homes: BTreeSet<RecordId>,
    pub next: Option<(Time, RecordId)>,
}

row! {
    /// A record without what is sealed.
    #[derive(Clone, Debug)]
    struct OpenRow {
        id: RecordId,
        kind: Kind,
        version: i64,
        area_path: String,
        place_id: Option<RecordId>,
        person_id: Option<RecordId>,
        dwelling_id: Option<RecordId>,
        lon: Option<f64>,
        lat: Option<f64>,
        label: String,
        fields: Json<Fields>,
    }
}

row! {
    /// A record that has changed, as far as it says which home it concerns.
    #[derive(Clone, Debug)]
    struct ChangedRow {
        id: RecordId,
        kind: Kind,
        state: State,
        dwelling_id: Option<RecordId>,
        changed_at: Time,
    }
}

sql! {
    HOMES_IN: (DistrictId, String, RecordId, i64) -> (RecordId,) =
        "select id from registry_record
         where district = $1 and kind = 'dwelling' and area_path = $2 and id > $3 and state = 'live' order by id limit $4";
    COUNT_HOMES_IN: (DistrictId, String, RecordId, i64) -> (i64,) =
        "select count(*) as n from (
             select 1 as one from registry_record
             where district = $1 and kind = 'dwelling' and area_path = $2 and id > $3 and state = 'live' limit $4) as counted";
    // The index is named: left to guess, SQLite reads all that has changed in the district.
    CHANGED_IN: (DistrictId, String, Time, RecordId, i64) -> ChangedRow =
        "select id, kind, state, dwelling_id, changed_at from registry_record {by:registry_record_of_area_changed}
         where district = $1 and area_path = $2 and (changed_at, id) > ($3, $4) order by changed_at, id limit $5";
    CHANGED_AMONG: (DistrictId, List<RecordId>, Time) -> (RecordId,) =
        "select id from registry_record where district = $1 and id {in:$2:uuid} and changed_at > $3";
    HOMES_OF_PEOPLE: (DistrictId, List<RecordId>, i64) -> (Option<RecordId>,) =
        "select dwelling_id from registry_record
         where district = $1 and person_id {in:$2:uuid} and kind = 'residence' and state = 'live' limit $3";
    LIVE: (DistrictId, List<RecordId>) -> OpenRow =
        "select id, kind, version, area_path, place_id, person_id, dwelling_id, lon, lat, label, fields
         from registry_record where district = $1 and id {in:$2:uuid} and state = 'live'";
    BELOW: (DistrictId, List<RecordId>, i64) -> OpenRow =
        "select id, kind, version, area_path, place_id, person_id, dwelling_id, lon, lat, label, fields
         from registry_record
         where district = $1 and dwelling_id {in:$2:uuid} and state = 'live' and kind in ('residence', 'household') limit $3";
}

/// The homes of a grid after one, by their ids.
pub async fn homes_in(
    conn: &mut Conn,
    district: DistrictId,
    grid: &str,
    after: Option<RecordId>,
    rows_max: i64,
) -> Result<Vec<RecordId>, Fault> {
    let after = after.unwrap_or(RecordId(Uuid::nil()));
    let rows = conn.all(&HOMES_IN, (district, grid.to_owned(), after, rows_max)).await?;
    Ok(rows.into_iter().map(|(id,)| id).collect())
}

/// How many homes of a grid come after one.
pub async fn count_homes_in(
    conn: &mut Conn,
    district: DistrictId,
    grid: &str,
    after: Option<RecordId>,
) -> Result<i64, Fault> {
    let after = after.unwrap_or(RecordId(Uuid::nil()));
    Ok(conn.one(&COUNT_HOMES_IN, (district, grid.to_owned(), after, COUNTED_MAX)).await?.0)
}

/// The homes that anything has changed in since: the home, who lives there, its household, its place. What two commits hide from each
/// other is the caller's: it reads the last minutes again.
pub async fn touched_in(
    conn: &mut Conn,
    district: DistrictId,
    grid: &str,
    since: (Time, RecordId),
    rows_max: i64,
) -> Result<Touched, Fault> {
    let rows = conn.all(&CHANGED_IN, (district, grid.to_owned(), since.0, since.1, rows_max)).await?;
    let next = rows.last().filter(|_| rows.len() as i64 >= rows_max).map(|last| (last.changed_at, last.id));
    let (mut homes, mut people, mut places) = (BTreeSet::new(), Vec::new(), Vec::new());
    for row in rows {
        match row.kind {
            Kind::Dwelling => {
                homes.insert(row.id);
            }
            Kind::Household | Kind::Residence => homes.extend(row.dwelling_id),
            Kind::Person => people.push(row.id),
            Kind::Place if row.state == State::Live => places.push(row.id),
            _ => {}
        }
    }
    homes.extend(homes_of_people(conn, district, people).await?);
    let drawn = buildings(conn, district, &places, Time::from_micros(0)).await?;
    homes.extend(drawn.into_iter().flat_map(|(_, one)| one.homes).filter_map(|home| home.dwelling));
    Ok(Touched { homes, next })
}

/// The homes of those of these people who have changed since, wherever their own records stand.
pub async fn touched_by(
    conn: &mut Conn,
    district: DistrictId,
    people: Vec<RecordId>,
    since: Time,
) -> Result<BTreeSet<RecordId>, Fault> {
    let mut changed = Vec::new();
    for some in people.chunks(AT_ONCE) {
        let rows = conn.all(&CHANGED_AMONG, (district, List(some.to_vec()), since)).await?;
        changed.extend(rows.into_iter().map(|(id,)| id));
    }
    homes_of_people(conn, district, changed).await
}

async fn homes_of_people(
    conn: &mut Conn,
    district: DistrictId,
    people: Vec<RecordId>,
) -> Result<BTreeSet<RecordId>, Fault> {
    let mut found = BTreeSet::new();
    for some in people.chunks(AT_ONCE) {
        let rows = conn.all(&HOMES_OF_PEOPLE, (district, List(some.to_vec()), BELOW_ROWS_MAX)).await?;
        found.extend(rows.into_iter().filter_map(|(home,)| home));
    }
    Ok(found)
}

/// Makes the rows of these homes; one that is not live has none.
pub async fn compose(
    conn: &mut Conn,
    catalogue: &Catalogue,
    district: DistrictId,
    ids: &[RecordId],
    carried: &CarriedFields,
    now: Time,
) -> Result<Vec<CarriedHome>, Fault> {
    let mut composed = Vec::with_capacity(ids.len());
    for some in ids.chunks(AT_ONCE) {
        let dwellings = live(conn, district, some.iter().copied()).await?;
        let below = conn.all(&BELOW, (district, List(some.to_vec()), BELOW_ROWS_MAX)).await?;
        let people = people_of(conn, district, &below).await?;
        let places = places_above(conn, district, dwellings.values().filter_map(|row| row.place_id)).await?;
        let writer = Writer { catalogue, carried, now, places, people };
        let mut of_home: HashMap<RecordId, Vec<OpenRow>> = HashMap::new();
        for row in below {
            if let Some(home) = row.dwelling_id {
                of_home.entry(home).or_default().push(row);
            }
        }
        let homes = some.iter().filter_map(|id| dwellings.get(id)).filter(|row| row.kind == Kind::Dwelling);
        composed.extend(homes.map(|home| writer.home(home, of_home.remove(&home.id).unwrap_or_default())));
    }
    Ok(composed)
}

async fn live(
    conn: &mut Conn,
    district: DistrictId,
    ids: impl IntoIterator<Item = RecordId>,
) -> Result<HashMap<RecordId, OpenRow>, Fault> {
    let ids: HashSet<RecordId> = ids.into_iter().collect();
    let mut ids: Vec<RecordId> = ids.into_iter().collect();
    ids.sort_unstable();
    let mut found = HashMap::with_capacity(ids.len());
    for some in ids.chunks(AT_ONCE) {
        let rows = conn.all(&LIVE, (district, List(some.to_vec()))).await?;
        found.extend(rows.into_iter().map(|row| (row.id, row)));
    }
    Ok(found)
}

/// The people of these residences who may be carried.
async fn people_of(
    conn: &mut Conn,
    district: DistrictId,
    below: &[OpenRow],
) -> Result<HashMap<RecordId, OpenRow>, Fault> {
    let mut people = live(conn, district, below.iter().filter_map(|row| row.person_id)).await?;
    let restricted = restricted_among(conn, district, people.keys().copied()).await?;
    people.retain(|id, _| !restricted.contains(id));
    Ok(people)
}

/// Places and all that they stand below.
async fn places_above(
    conn: &mut Conn,
    district: DistrictId,
    places: impl Iterator<Item = RecordId>,
) -> Result<HashMap<RecordId, OpenRow>, Fault> {
    let mut found: HashMap<RecordId, OpenRow> = HashMap::new();
    let mut level: HashSet<RecordId> = places.collect();
    for _ in 0..LEVELS_MAX {
        level.retain(|id| !found.contains_key(id));
        if level.is_empty() {
            break;
        }
        let rows = live(conn, district, level.drain()).await?;
        level.extend(rows.values().filter_map(|row| row.place_id));
        found.extend(rows);
    }
    Ok(found)
}

/// All that writing rows needs.
struct Writer<'a> {
    catalogue: &'a Catalogue,
    carried: &'a CarriedFields,
    now: Time,
    places: HashMap<RecordId, OpenRow>,
    people: HashMap<RecordId, OpenRow>,
}

impl Writer<'_> {
    fn home(&self, dwelling: &OpenRow, below: Vec<OpenRow>) -> CarriedHome {
        let (households, residences): (Vec<_>, Vec<_>) =
            below.into_iter().partition(|row| row.kind == Kind::Household);
        let mut people: Vec<CarriedPerson> =
            residences.iter().filter_map(|residence| self.person(dwelling, residence)).collect();
        people.sort_by_key(|person| (person.relation.as_deref() != Some("head"), person.residence));
        let (place, building, point) = self.whereabouts(dwelling);
        let mut letters = vec![spelling::text_letters(&place)];
        letters.extend(people.iter().map(|person| person.letters.clone()));
        let mut values = self.values(dwelling);
        households.iter().for_each(|household| values.extend(self.values(household)));
        CarriedHome {
            id: dwelling.id,
            version: dwelling.version,
            area_path: dwelling.area_path.clone(),
            address: dwelling.label.clone(),
            place,
            building,
            point,
            letters: letters.join(" "),
            households: households.iter().map(|household| (household.id, household.version)).collect(),
            values,
            people,
        }
    }

    fn person(&self, home: &OpenRow, residence: &OpenRow) -> Option<CarriedPerson> {
        let person = self.people.get(&residence.person_id?)?;
        let code = |key: &str| {
            let code = residence.fields.0.get(key)?.as_str()?;
            self.is_carried(Kind::Residence, key).then(|| code.to_owned())
        };
        Some(CarriedPerson {
            id: person.id,
            version: person.version,
            name: person.label.clone(),
            letters: spelling::name_letters(&person.label),
            residence: residence.id,
            residence_version: residence.version,
            relation: code("relation"),
            kind: code("kind"),
            values: self.values(person),
            elsewhere: person.area_path != home.area_path,
        })
    }

    fn is_carried(&self, kind: Kind, key: &str) -> bool {
        self.carried.get(&kind).is_some_and(|keys| keys.contains(key))
    }

    fn values(&self, row: &OpenRow) -> BTreeMap<String, CarriedValue> {
        let book = self.catalogue.kind(row.kind);
        let carried = row.fields.0.iter().filter(|(key, _, _)| self.is_carried(row.kind, key));
        let value = |(key, value, origin): (&str, &Value, &crate::model::Origin)| {
            let due = book.field(key).and_then(|field| field.stale_at(origin.at));
            let stale = due.is_some_and(|due| due <= self.now);
            (key.to_owned(), CarriedValue { value: value.clone(), at: origin.at, stale })
        };
        carried.map(value).collect()
    }

    /// The place from the building on, the building, and a point.
    fn whereabouts(&self, dwelling: &OpenRow) -> Whereabouts {
        let (mut names, mut building) = (Vec::new(), None);
        let mut point = dwelling.lon.zip(dwelling.lat);
        let mut place = dwelling.place_id.and_then(|id| self.places.get(&id));
        while let Some(here) = place {
            if building.is_none() {
                names.push(address::without_none(here.fields.0.text("name")));
            }
            if here.fields.0.text("level") == "building" {
                building = Some((here.id, here.label.clone()));
            }
            point = point.or(here.lon.zip(here.lat));
            place = here.place_id.and_then(|id| self.places.get(&id));
        }
        names.reverse();
        (names.concat(), building, point)
    }
}

type Whereabouts = (String, Option<(RecordId, String)>, Option<(f64, f64)>);

/// Writes down who is carried on a phone from now on, so that each of them sees it: on whose device, and since when.
///
/// # Errors
/// The database.
pub async fn tell_carried(tx: &mut Tx, grid: &str, device: &str, people: &[RecordId]) -> Result<(), Fault> {
    let noted = Noted {
        id: ExportId::new(tx.now()),
        kind: Kind::Person,
        area_path: grid.to_owned(),
        purpose: PURPOSE.to_owned(),
        opened: Vec::new(),
        reason: "随手机携带，入户走访用".to_owned(),
        rows: people.len() as i64,
        device: Some(device.to_owned()),
    };
    match note_seen(tx, noted, people).await {
        Ok(()) => Ok(()),
        Err(RegistryError::Fault(fault)) => Err(fault),
        Err(other) => Err(Fault::broken("carried people were not told").because(other)),
    }
}
