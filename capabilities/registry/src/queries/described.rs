//! Which homes, organisations and things fit a description: ids with the ground they stand on, page by page, for work that is planned from
//! the register. Nobody is shown anything by it, so it is no look; of people whose data is only stored nothing is read.

use crate::model::{Fields, Kind, RecordId, parse_day};
use crate::queries::counts::end_of;
use ::store::{Conn, Json, List, row, sql};
use jiff::civil::Date;
use platform::{DistrictId, Fault};
use std::collections::{BTreeMap, HashMap, HashSet};
use uuid::Uuid;

/// Records that are looked through with one statement.
const ROWS_AT_ONCE: i64 = 500;
/// Levels above a home: room, floor, unit, building, estate, and some to spare.
const LEVELS_MAX: usize = 10;
/// People of the homes of one page; collective households have some hundreds.
const PEOPLE_MAX: i64 = 20_000;

/// What records have to fulfil: everything that is named, at once.
#[derive(Clone, Debug)]
pub struct Described {
    /// A home, an organisation or a thing.
    pub kind: Kind,
    /// Of an open field: one of these values.
    pub values: BTreeMap<String, Vec<String>>,
    /// The building's year, first and last.
    pub built: Option<(i64, i64)>,
    /// Somebody lives there whose age in whole years is from one number to another.
    pub aged: Option<(i32, i32)>,
    /// In one of these places: a building, an estate. Empty: anywhere.
    pub within: Vec<RecordId>,
    /// The day at which ages are counted.
    pub on: Date,
}

/// A record that fits.
#[derive(Clone, PartialEq, Debug)]
pub struct Fit {
    pub id: RecordId,
    pub area_path: String,
    /// What it stands at.
    pub place: Option<RecordId>,
    /// The building it is in; its own place where that lies in none.
    pub building: Option<RecordId>,
}

/// Where a walk through an area goes on: behind this record.
#[derive(Clone, PartialEq, Eq, Debug, serde::Serialize, serde::Deserialize)]
pub struct Behind(pub String, pub Uuid);

impl Behind {
    /// Before the first record of an area.
    pub fn start(area_path: &str) -> Self {
        Self(area_path.to_owned(), Uuid::nil())
    }
}

row! {
    struct Candidate {
        id: RecordId,
        area_path: String,
        place_id: Option<RecordId>,
        fields: Json<Fields>,
    }
}

row! {
    struct Upper {
        id: RecordId,
        place_id: Option<RecordId>,
        fields: Json<Fields>,
    }
}

row! {
    struct Resident {
        dwelling_id: Option<RecordId>,
        fields: Json<Fields>,
    }
}

row! {
    /// A place with its name and point, for a table and a map.
    #[derive(Clone, Debug)]
    pub struct PlacePoint {
        pub id: RecordId,
        pub label: String,
        pub area_path: String,
        pub lon: Option<f64>,
        pub lat: Option<f64>,
    }
}

sql! {
    CANDIDATES: (DistrictId, Kind, String, String, RecordId, i64) -> Candidate =
        "select id, area_path, place_id, fields from registry_record
         where district = $1 and kind = $2 and state = 'live' and area_path < $3 and (area_path, id) > ($4, $5)
         order by area_path, id limit $6";
    UPPERS: (DistrictId, List<RecordId>) -> Upper =
        "select id, place_id, fields from registry_record where district = $1 and id {in:$2:uuid} and kind = 'place'";
    /// Who lives in these homes, as far as it may be used.
    RESIDENTS: (DistrictId, List<RecordId>, i64) -> Resident =
        "select r.dwelling_id, p.fields
         from registry_record r join registry_record p on p.district = r.district and p.id = r.person_id
         where r.district = $1 and r.dwelling_id {in:$2:uuid} and r.kind = 'residence' and r.state = 'live' and p.state = 'live'
             and not exists (select 1 from registry_restriction x where x.district = p.district and x.person_id = p.id)
         order by r.dwelling_id, r.id limit $3";
    POINTS: (DistrictId, List<RecordId>) -> PlacePoint =
        "select id, label, area_path, lon, lat from registry_record where district = $1 and id {in:$2:uuid} and kind in ('place', 'thing')";
}

/// The records of an area behind one of them that fit, and where to go on; nowhere when all were looked through. One call looks through
/// some hundred records, whether they fit or not.
///
/// # Errors
/// A fault of the database.
pub async fn fitting(
    conn: &mut Conn,
    district: DistrictId,
    area_path: &str,
    described: &Described,
    behind: &Behind,
) -> Result<(Vec<Fit>, Option<Behind>), Fault> {
    let (rows, next) = candidates(conn, district, described.kind, area_path, behind).await?;
    let mut rows: Vec<Candidate> =
        rows.into_iter().filter(|row| has_values(&row.fields.0, described)).collect();
    if let Some(ages) = described.aged {
        let homes =
            homes_of_ages(conn, district, rows.iter().map(|row| row.id).collect(), ages, described.on)
                .await?;
        rows.retain(|row| homes.contains(&row.id));
    }
    let ground = Ground::above(conn, district, rows.iter().filter_map(|row| row.place_id)).await?;
    rows.retain(|row| ground.fits(row.place_id, described));
    let fit = |row: Candidate| Fit {
        building: ground.building_of(row.place_id),
        id: row.id,
        area_path: row.area_path,
        place: row.place_id,
    };
    Ok((rows.into_iter().map(fit).collect(), next))
}

/// A thing that is to be inspected.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Inspection {
    pub id: RecordId,
    pub area_path: String,
    pub place: Option<RecordId>,
    /// Until when.
    pub by: Date,
}

/// The things of an area behind one of them whose next inspection is due until a day, and where to go on; nowhere when all were looked
/// through. One call looks through some hundred things.
///
/// # Errors
/// A fault of the database.
pub async fn inspections_until(
    conn: &mut Conn,
    district: DistrictId,
    area_path: &str,
    until: Date,
    behind: &Behind,
) -> Result<(Vec<Inspection>, Option<Behind>), Fault> {
    let (rows, next) = candidates(conn, district, Kind::Thing, area_path, behind).await?;
    let inspection = |row: Candidate| {
        let by = parse_day(row.fields.0.text("inspect_by")).filter(|by| *by <= until)?;
        Some(Inspection { id: row.id, area_path: row.area_path, place: row.place_id, by })
    };
    Ok((rows.into_iter().filter_map(inspection).collect(), next))
}

/// The next records of a kind, and where to go on.
async fn candidates(
    conn: &mut Conn,
    district: DistrictId,
    kind: Kind,
    area_path: &str,
    behind: &Behind,
) -> Result<(Vec<Candidate>, Option<Behind>), Fault> {
    let params = (district, kind, end_of(area_path), behind.0.clone(), RecordId(behind.1), ROWS_AT_ONCE);
    let rows = conn.all(&CANDIDATES, params).await?;
    let is_last = (rows.len() as i64) < ROWS_AT_ONCE;
    let next = rows.last().filter(|_| !is_last).map(|row| Behind(row.area_path.clone(), row.id.0));
    Ok((rows, next))
}

/// Places and things with their names and points, in the order they are asked for; those that are gone are not among them.
///
/// # Errors
/// A fault of the database.
pub async fn points_of(
    conn: &mut Conn,
    district: DistrictId,
    ids: &[RecordId],
) -> Result<Vec<PlacePoint>, Fault> {
    let mut found: HashMap<RecordId, PlacePoint> = HashMap::new();
    for some in ids.chunks(ROWS_AT_ONCE as usize) {
        let rows = conn.all(&POINTS, (district, List(some.to_vec()))).await?;
        found.extend(rows.into_iter().map(|row| (row.id, row)));
    }
    Ok(ids.iter().filter_map(|id| found.remove(id)).collect())
}

fn has_values(fields: &Fields, described: &Described) -> bool {
    described.values.iter().all(|(key, any_of)| any_of.iter().any(|value| value == fields.text(key)))
}

async fn homes_of_ages(
    conn: &mut Conn,
    district: DistrictId,
    homes: Vec<RecordId>,
    (youngest, oldest): (i32, i32),
    on: Date,
) -> Result<HashSet<RecordId>, Fault> {
    let residents = conn.all(&RESIDENTS, (district, List(homes), PEOPLE_MAX)).await?;
    let fits = |resident: &Resident| {
        age_of(&resident.fields.0, on).is_some_and(|age| (youngest..=oldest).contains(&age))
    };
    Ok(residents.into_iter().filter(fits).filter_map(|resident| resident.dwelling_id).collect())
}

/// Whole years on a day; none where the day of birth is not known.
fn age_of(person: &Fields, on: Date) -> Option<i32> {
    let born = parse_day(person.text("birth_on"))?;
    let had_birthday = (on.month(), on.day()) >= (born.month(), born.day());
    Some(i32::from(on.year()) - i32::from(born.year()) - i32::from(!had_birthday))
}

/// The places above some records, as far up as they go.
#[derive(Default)]
struct Ground(HashMap<RecordId, Upper>);

impl Ground {
    async fn above(
        conn: &mut Conn,
        district: DistrictId,
        places: impl Iterator<Item = RecordId>,
    ) -> Result<Self, Fault> {
        let mut ground = Self::default();
        let mut open: HashSet<RecordId> = places.collect();
        for _ in 0..LEVELS_MAX {
            if open.is_empty() {
                break;
            }
            let mut ids: Vec<RecordId> = open.drain().collect();
            ids.sort_unstable();
            for some in ids.chunks(ROWS_AT_ONCE as usize) {
                let rows = conn.all(&UPPERS, (district, List(some.to_vec()))).await?;
                ground.0.extend(rows.into_iter().map(|row| (row.id, row)));
            }
            let uppers = ids.iter().filter_map(|id| ground.0.get(id)?.place_id);
            open.extend(uppers.filter(|id| !ground.0.contains_key(id)));
        }
        Ok(ground)
    }

    /// A place and those above it.
    fn chain(&self, place: Option<RecordId>) -> impl Iterator<Item = &Upper> {
        let at = |id: RecordId| self.0.get(&id);
        std::iter::successors(place.and_then(at), move |upper| upper.place_id.and_then(at)).take(LEVELS_MAX)
    }

    fn building_of(&self, place: Option<RecordId>) -> Option<RecordId> {
        let building = self.chain(place).find(|upper| upper.fields.0.text("level") == "building");
        building.map(|building| building.id).or(place)
    }

    fn fits(&self, place: Option<RecordId>, described: &Described) -> bool {
        let is_within = described.within.is_empty()
            || self.chain(place).any(|upper| described.within.contains(&upper.id));
        let is_of_years = described.built.is_none_or(|(first, last)| {
            let built = self.chain(place).find_map(|upper| upper.fields.0.get("built_year")?.as_i64());
            built.is_some_and(|year| (first..=last).contains(&year))
        });
        is_within && is_of_years
    }
}

#[cfg(test)]
mod tests {
    //! Ages are whole years on the day that is asked about.
    use super::age_of;
    use crate::model::{Fields, Origin, Source};
    use jiff::civil::date;
    use platform::Time;
    use serde_json::json;

    #[test]
    fn somebody_is_a_year_older_on_the_birthday() {
        let origin = Origin { source: Source::Door, at: Time::from_micros(0), by: None, evidence: None };
        let mut person = Fields::default();
        assert_eq!(age_of(&person, date(2026, 3, 2)), None);
        person.set("birth_on", json!("1946-03-02"), &origin);
        for (day, age) in [(date(2026, 3, 1), 79), (date(2026, 3, 2), 80), (date(2026, 12, 31), 80)] {
            assert_eq!(age_of(&person, day), Some(age), "{day}");
        }
    }
}
