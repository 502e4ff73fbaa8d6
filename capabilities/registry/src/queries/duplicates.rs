//! People who may be registered twice: two with one document, or with one name and day of birth in one grid. Asked grid by grid, so that
//! the answer is bounded; documents are compared by their keyed hashes and leave nothing behind.

use crate::model::{KEEPING, Record, RecordId, spelling};
use crate::search::{self, DOCUMENT};
use crate::store::{self, RecordRow};
use ::store::{Conn, row, sql};
use platform::{DistrictId, Fault};
use seal::{Blind, Keyring};
use std::collections::{BTreeSet, HashMap};

/// People of one grid that are compared; a grid has about a thousand.
const PEOPLE_MAX: i64 = 5_000;
/// Others with the same document.
const SHARING_MAX: i64 = 20;
/// People of one name and day of birth in a grid; more are no coincidence, and merged a few at a time.
const NAMESAKES_MAX: usize = 20;

/// Why two records may be of one person.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, serde::Serialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Likeness {
    /// The same document number.
    Document,
    /// The same name and day of birth, in one grid.
    NameAndBirth,
}

/// One of two records.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(crate) struct Side {
    pub id: RecordId,
    pub label: String,
    pub area_path: String,
}

/// Two records that may be of one person; the older first.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(crate) struct Twins {
    pub likeness: Likeness,
    pub one: Side,
    pub other: Side,
}

row! {
    struct Sharing {
        id: RecordId,
        label: String,
        area_path: String,
    }
}

sql! {
    PEOPLE_OF: (DistrictId, String, i64) -> RecordRow =
        "select id, kind, version, act, state, area_path, place_id, person_id, dwelling_id, household_id, organisation_id,
             from_on, to_on, lon, lat, merged_into, label, fields, sealed, changed_at
         from registry_record where district = $1 and kind = 'person' and area_path = $2 and state = 'live' order by id limit $3";
    SHARING: (DistrictId, Blind, RecordId, i64) -> Sharing =
        "select r.id, r.label, r.area_path
         from registry_lookup l join registry_record r on r.district = l.district and r.id = l.record_id
         where l.district = $1 and l.blind = $2 and l.record_id <> $3 and r.kind = 'person' and r.state = 'live'
         order by l.record_id limit $4";
}

/// The pairs of one grid: both of it, or one of it and one from elsewhere.
pub(crate) async fn of_grid(
    conn: &mut Conn,
    keys: &Keyring,
    district: DistrictId,
    grid: &str,
) -> Result<Vec<Twins>, Fault> {
    let rows = conn.all(&PEOPLE_OF, (district, grid.to_owned(), PEOPLE_MAX)).await?;
    let people: Vec<Record> =
        rows.into_iter().map(|row| row.open(keys, district)).collect::<Result<_, _>>()?;
    let mut twins: BTreeSet<Twins> = BTreeSet::new();
    for person in &people {
        for blind in documents(keys, person) {
            for sharing in conn.all(&SHARING, (district, blind, person.id, SHARING_MAX)).await? {
                let Sharing { id, label, area_path } = sharing;
                twins.insert(pair(Likeness::Document, side(person), Side { id, label, area_path }));
            }
        }
    }
    let known: BTreeSet<(RecordId, RecordId)> =
        twins.iter().map(|twins| (twins.one.id, twins.other.id)).collect();
    let namesakes = namesakes(&people).into_iter();
    twins.extend(namesakes.filter(|twins| !known.contains(&(twins.one.id, twins.other.id))));
    let sides = twins.iter().flat_map(|twins| [twins.one.id, twins.other.id]);
    let restricted = store::rights::restricted_among(conn, district, sides).await?;
    twins.retain(|twins| ![twins.one.id, twins.other.id].iter().any(|id| restricted.contains(id)));
    let sides = twins.iter().flat_map(|twins| [twins.one.id, twins.other.id]);
    let apart = store::apart::among(conn, district, sides).await?;
    twins.retain(|twins| !apart.contains(&(twins.one.id, twins.other.id)));
    Ok(twins.into_iter().collect())
}

fn documents(keys: &Keyring, person: &Record) -> Vec<Blind> {
    let values = search::lookup_values(person.content.secret.open(KEEPING)).into_iter();
    values.filter(|(label, _)| *label == DOCUMENT).map(|(label, number)| keys.blind(label, &number)).collect()
}

/// Pairs of one name and day of birth: each with each, since two of three may have been told apart.
fn namesakes(people: &[Record]) -> Vec<Twins> {
    let mut by_name: HashMap<(String, &str), Vec<&Record>> = HashMap::new();
    for person in people {
        let born = person.content.open.text("birth_on");
        if !born.is_empty() {
            by_name.entry((spelling::fold_name(&person.content.label), born)).or_default().push(person);
        }
    }
    let twins = |same: &Vec<&Record>| {
        let same: Vec<Side> = same.iter().take(NAMESAKES_MAX).map(|person| side(person)).collect();
        let pairs = same
            .iter()
            .enumerate()
            .flat_map(|(at, one)| same[at + 1..].iter().map(move |other| (one, other)));
        pairs.map(|(one, other)| pair(Likeness::NameAndBirth, one.clone(), other.clone())).collect::<Vec<_>>()
    };
    by_name.values().flat_map(twins).collect()
}

fn side(person: &Record) -> Side {
    let content = &person.content;
    Side { id: person.id, label: content.label.clone(), area_path: content.area_path.clone() }
}

/// One pair, whichever of the two was met first.
fn pair(likeness: Likeness, one: Side, other: Side) -> Twins {
    let (one, other) = if one.id <= other.id { (one, other) } else { (other, one) };
    Twins { likeness, one, other }
}
