//! Whom a service is for: the people of a grid for whom a ground holds, by age, household or service fact. For planning by rule alone:
//! nobody sees who it is or why, so it is no look; whoever goes there looks for a purpose, and that is on record.

use crate::model::rules::age_on;
use crate::model::{Fields, RecordId};
use crate::store::{self, RecordRow};
use ::store::{Conn, Json, row, sql};
use jiff::ToSpan;
use jiff::civil::Date;
use platform::{DistrictId, Fault};
use seal::Keyring;
use std::collections::{BTreeMap, HashMap, HashSet};
use uuid::Uuid;

/// Rows of one statement; a grid has some twelve hundred people.
const AT_ONCE: i64 = 2_000;
/// People whose homes are asked for with one statement.
const PEOPLE_AT_ONCE: usize = 500;

/// What holds of somebody a service is for.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Ground {
    /// A service fact, by its key.
    Fact(String),
    /// So many years old; `is_alone`: with nobody else registered in the home.
    AgeFrom { years: i32, is_alone: bool },
    /// A child younger than so many months.
    ChildBelow { months: i32 },
}

/// Somebody for whom a ground holds, at the home where they live.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Concerned {
    pub person: RecordId,
    pub dwelling: RecordId,
}

row! {
    struct Aged {
        id: RecordId,
        fields: Json<Fields>,
    }
}

row! {
    struct Lives {
        id: RecordId,
        person_id: Option<RecordId>,
        dwelling_id: Option<RecordId>,
    }
}

sql! {
    FACTS: (DistrictId, String, RecordId, i64) -> RecordRow =
        "select id, kind, version, act, state, area_path, place_id, person_id, dwelling_id, household_id, organisation_id,
             from_on, to_on, lon, lat, merged_into, label, fields, sealed, changed_at
         from registry_record where district = $1 and kind = 'service_fact' and area_path = $2 and state = 'live' and id > $3
         order by id limit $4";
    PEOPLE: (DistrictId, String, RecordId, i64) -> Aged =
        "select id, fields from registry_record
         where district = $1 and kind = 'person' and area_path = $2 and state = 'live' and id > $3 order by id limit $4";
    LIVES: (DistrictId, String, RecordId, i64) -> Lives =
        "select id, person_id, dwelling_id from registry_record
         where district = $1 and kind = 'residence' and area_path = $2 and state = 'live' and id > $3 order by id limit $4";
}

/// For each of the grounds, whom of a grid it concerns: each person once, at the first home they were registered in; whose data is only
/// stored is left out.
///
/// # Errors
/// A fault of the database, or a service fact that does not open.
pub async fn concerned(
    conn: &mut Conn,
    keys: &Keyring,
    district: DistrictId,
    grid: &str,
    grounds: &[Ground],
    today: Date,
) -> Result<Vec<Vec<Concerned>>, Fault> {
    let homes = Homes::read(conn, district, grid).await?;
    let mut people: Vec<HashSet<RecordId>> = grounds.iter().map(|_| HashSet::new()).collect();
    if grounds.iter().any(|ground| matches!(ground, Ground::Fact(_))) {
        add_by_fact(conn, keys, (district, grid), grounds, &mut people).await?;
    }
    if grounds.iter().any(|ground| !matches!(ground, Ground::Fact(_))) {
        add_by_age(conn, (district, grid), (grounds, today), &homes, &mut people).await?;
    }
    let all: HashSet<RecordId> = people.iter().flatten().copied().collect();
    let mut stored_only = HashSet::new();
    for some in all.into_iter().collect::<Vec<_>>().chunks(PEOPLE_AT_ONCE) {
        stored_only.extend(store::rights::restricted_among(conn, district, some.iter().copied()).await?);
    }
    let at_home = |person: &RecordId| {
        let dwelling = *homes.of_person.get(person).filter(|_| !stored_only.contains(person))?;
        Some(Concerned { person: *person, dwelling })
    };
    let found = people.iter().map(|people| {
        let mut found: Vec<Concerned> = people.iter().filter_map(at_home).collect();
        found.sort_unstable();
        found
    });
    Ok(found.collect())
}

/// Who lives where in a grid.
struct Homes {
    of_person: HashMap<RecordId, RecordId>,
    people: HashMap<RecordId, usize>,
}

impl Homes {
    async fn read(conn: &mut Conn, district: DistrictId, grid: &str) -> Result<Self, Fault> {
        let (mut of_person, mut people) = (HashMap::new(), HashMap::new());
        let mut after = RecordId(Uuid::nil());
        loop {
            let rows = conn.all(&LIVES, (district, grid.to_owned(), after, AT_ONCE)).await?;
            let is_last = (rows.len() as i64) < AT_ONCE;
            for row in rows {
                after = row.id;
                if let Some((person, dwelling)) = row.person_id.zip(row.dwelling_id) {
                    of_person.entry(person).or_insert(dwelling);
                    *people.entry(dwelling).or_insert(0) += 1;
                }
            }
            if is_last {
                return Ok(Self { of_person, people });
            }
        }
    }

    fn is_alone(&self, person: RecordId) -> bool {
        self.of_person.get(&person).is_some_and(|dwelling| self.people.get(dwelling) == Some(&1))
    }
}

async fn add_by_fact(
    conn: &mut Conn,
    keys: &Keyring,
    (district, grid): (DistrictId, &str),
    grounds: &[Ground],
    people: &mut [HashSet<RecordId>],
) -> Result<(), Fault> {
    let mut wanted: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    for (at, ground) in grounds.iter().enumerate() {
        if let Ground::Fact(key) = ground {
            wanted.entry(key).or_default().push(at);
        }
    }
    let mut after = RecordId(Uuid::nil());
    loop {
        let rows = conn.all(&FACTS, (district, grid.to_owned(), after, AT_ONCE)).await?;
        let is_last = (rows.len() as i64) < AT_ONCE;
        for row in rows {
            after = row.id;
            let fact = row.open(keys, district)?;
            let found = wanted.get(fact.content.fields(true).text("fact")).zip(fact.person());
            let Some((at, person)) = found else { continue };
            for at in at {
                people[*at].insert(person);
            }
        }
        if is_last {
            return Ok(());
        }
    }
}

async fn add_by_age(
    conn: &mut Conn,
    (district, grid): (DistrictId, &str),
    (grounds, today): (&[Ground], Date),
    homes: &Homes,
    people: &mut [HashSet<RecordId>],
) -> Result<(), Fault> {
    let mut after = RecordId(Uuid::nil());
    loop {
        let rows = conn.all(&PEOPLE, (district, grid.to_owned(), after, AT_ONCE)).await?;
        let is_last = (rows.len() as i64) < AT_ONCE;
        for row in rows {
            after = row.id;
            let Ok(born) = row.fields.0.text("birth_on").parse::<Date>() else { continue };
            for (ground, people) in grounds.iter().zip(people.iter_mut()) {
                if holds(ground, born, today, || homes.is_alone(row.id)) {
                    people.insert(row.id);
                }
            }
        }
        if is_last {
            return Ok(());
        }
    }
}

/// Whether a ground of age holds of somebody born on a day.
fn holds(ground: &Ground, born: Date, today: Date, is_alone: impl FnOnce() -> bool) -> bool {
    match ground {
        Ground::Fact(_) => false,
        Ground::AgeFrom { years, is_alone: alone } => age_on(born, today) >= *years && (!alone || is_alone()),
        Ground::ChildBelow { months } => {
            born <= today && today.checked_sub(months.months()).is_ok_and(|earliest| born > earliest)
        }
    }
}

#[cfg(test)]
mod tests {
    //! Ages are counted to the day.
    use super::{Ground, holds};
    use jiff::civil::date;

    #[test]
    fn a_ground_of_age_holds_from_day_to_day() {
        let (aged, alone) =
            (Ground::AgeFrom { years: 80, is_alone: false }, Ground::AgeFrom { years: 80, is_alone: true });
        let (child, fact) = (Ground::ChildBelow { months: 6 }, Ground::Fact("lives_alone_80".to_owned()));
        let today = date(2026, 3, 2);
        let rows = [
            (&aged, date(1946, 3, 2), false, true),
            (&aged, date(1946, 3, 3), false, false),
            (&alone, date(1940, 1, 1), false, false),
            (&alone, date(1940, 1, 1), true, true),
            (&child, date(2025, 9, 2), false, false),
            (&child, date(2025, 9, 3), false, true),
            (&child, date(2026, 3, 3), false, false),
            (&fact, date(1940, 1, 1), true, false),
        ];
        for (ground, born, is_alone, expected) in rows {
            assert_eq!(holds(ground, born, today, || is_alone), expected, "{ground:?} born {born}");
        }
    }
}
