//! One grid of the demo: its homes and who lives in them, what services need to know, organisations and things.

use super::families::{Member, family};
use super::ground::{Shared, Site, Spot, Upper, lay_grid, place, point_in};
use super::scribe::{Entry, Scribe};
use super::sources::{FactRate, Sources, pick};
use super::specimen::Specimens;
use crate::error::RegistryError;
use crate::model::{Kind, Links, Source};
use platform::DAY;
use rand::RngExt;
use rand::rngs::StdRng;
use serde_json::{Value, json};
use std::time::Duration;
use territory::Area;

/// Grids of the whole district, and what of all is spread evenly over them.
const GRIDS: usize = 232;
const ORGANISATIONS: usize = 2_000;
const THINGS: usize = 20_000;
/// Homes were visited within so many days: the oldest visits are to be repeated.
const VISIT_DAYS: u64 = 420;
/// Younger children have no telephone of their own.
const PHONE_AGE_MIN: i32 = 13;
/// Numbers on one road that one grid uses.
const ROAD_NUMBERS: usize = 40;

/// Enters everything of one grid. `n` is its number in the district, from 0.
pub(super) fn settle(
    scribe: &mut Scribe<'_>,
    sources: &Sources,
    shared: &Shared,
    specimens: &mut Specimens,
    (n, grid): (usize, &Area),
    random: &mut StdRng,
) -> Result<(), RegistryError> {
    let households = grid.households.unwrap_or(0) as usize;
    let homes = households + households * sources.population.vacant_per_10000 as usize / 10_000;
    let sites = lay_grid(scribe, shared, grid, homes, random)?;
    let mut needed = households;
    for (left, site) in sites.into_iter().enumerate().map(|(at, site)| (homes - at, site)) {
        visit(scribe, random);
        let is_lived_in = random.random_range(0..left) < needed;
        needed -= usize::from(is_lived_in);
        let home = furnish(scribe, sources, site, is_lived_in, random)?;
        if is_lived_in {
            move_in(scribe, sources, specimens, grid, &home, random)?;
        }
    }
    let share = |all: usize| all * (n + 1) / GRIDS - all * n / GRIDS;
    add_organisations(scribe, sources, shared, specimens, (n, grid), share(ORGANISATIONS), random)?;
    add_things(scribe, sources, grid, share(THINGS), random)
}

/// The next records are of another visit.
fn visit(scribe: &mut Scribe<'_>, random: &mut StdRng) {
    let source = if random.random_bool(0.7) { Source::Door } else { Source::Import };
    let days = random.random_range(1..VISIT_DAYS) as u32;
    let seconds = random.random_range(0..36_000);
    scribe.came(source, scribe.now().before(DAY * days + Duration::from_secs(seconds)));
}

/// A home that was entered.
struct Home {
    dwelling: usize,
    is_let: bool,
}

fn furnish(
    scribe: &mut Scribe<'_>,
    sources: &Sources,
    site: Site,
    is_lived_in: bool,
    random: &mut StdRng,
) -> Result<Home, RegistryError> {
    let (place, riser) = match site {
        Site::House { place } => (place, None),
        Site::Room { upper, name, riser } => {
            (self::place(scribe, "room", &name, Some(Upper::Here(upper)), Spot::AsUpper)?, Some(riser))
        }
    };
    let is_let = random.random_range(0..10_000) < sources.population.let_per_10000;
    let occupancy = match (is_lived_in, is_let) {
        (false, _) => "vacant",
        (true, true) => "rent",
        (true, false) => "own",
    };
    let floor_area = f64::from(random.random_range(420..1_380)) / 10.0;
    let mut values = vec![
        ("use", json!("residential")),
        ("occupancy", json!(occupancy)),
        ("floor_area", json!(floor_area)),
        // Blocks hang on the mains; houses of their own have bottles.
        ("gas", json!(if riser.is_some() { "piped" } else { "bottled" })),
    ];
    values.extend(riser.map(|riser| ("risers", json!([riser]))));
    let links = Links { place: Some(scribe.id(place)), ..Links::default() };
    let entry = Entry { links, upper: Some(place), values: &values, ..Entry::default() };
    Ok(Home { dwelling: scribe.enter(Kind::Dwelling, entry)?, is_let })
}

fn move_in(
    scribe: &mut Scribe<'_>,
    sources: &Sources,
    specimens: &mut Specimens,
    grid: &Area,
    home: &Home,
    random: &mut StdRng,
) -> Result<(), RegistryError> {
    let dwelling = scribe.id(home.dwelling);
    let links = Links { dwelling: Some(dwelling), ..Links::default() };
    let values = [("kind", json!("family"))];
    let entry = Entry { links, upper: Some(home.dwelling), values: &values, ..Entry::default() };
    let household = scribe.enter(Kind::Household, entry)?;
    let links = Links { household: Some(scribe.id(household)), ..links };
    // Whoever is registered elsewhere mostly rents.
    let floating = sources.population.floating_per_10000 * if home.is_let { 4 } else { 1 };
    let kind = if random.random_range(0..10_000) < floating { "floating" } else { "registered" };
    let members = family(sources, scribe.today(), random);
    let is_alone = members.len() == 1;
    for member in &members {
        let person = add_person(scribe, specimens, grid, member, random)?;
        let links = Links { person: Some(scribe.id(person)), ..links };
        let years = random.random_range(0..=member.age.min(20));
        let values = [("kind", json!(kind)), ("relation", json!(member.relation))];
        let entry = Entry {
            links,
            upper: Some(home.dwelling),
            values: &values,
            from_on: Some(scribe.today().saturating_sub(jiff::ToSpan::years(years)).max(member.born)),
            ..Entry::default()
        };
        scribe.enter(Kind::Residence, entry)?;
        add_facts(scribe, sources, person, member, is_alone, random)?;
    }
    Ok(())
}

fn add_person(
    scribe: &mut Scribe<'_>,
    specimens: &mut Specimens,
    grid: &Area,
    member: &Member,
    random: &mut StdRng,
) -> Result<usize, RegistryError> {
    let number = specimens.document(member.born, member.sex);
    let mut values = vec![
        ("name", json!(member.name)),
        ("documents", json!([{ "kind": "resident_id", "number": number }])),
    ];
    if member.age >= PHONE_AGE_MIN && random.random_bool(0.94) {
        values.push(("phones", json!([specimens.phone()])));
    }
    let entry = Entry { values: &values, area_path: Some(&grid.path), ..Entry::default() };
    scribe.enter(Kind::Person, entry)
}

fn add_facts(
    scribe: &mut Scribe<'_>,
    sources: &Sources,
    person: usize,
    member: &Member,
    is_alone: bool,
    random: &mut StdRng,
) -> Result<(), RegistryError> {
    for rate in &sources.population.facts {
        if !holds(rate, member, is_alone) || random.random_range(0..10_000) >= rate.per_10000 {
            continue;
        }
        let mut values = vec![("fact", json!(rate.key))];
        let details = scribe.details_of(&rate.key).iter().filter_map(|detail| {
            let (code, _) = detail.choices.get(random.random_range(0..detail.choices.len().max(1)))?;
            Some((detail.key.clone(), json!(code)))
        });
        let details: serde_json::Map<String, Value> = details.collect();
        if !details.is_empty() {
            values.push(("details", Value::Object(details)));
        }
        let links = Links { person: Some(scribe.id(person)), ..Links::default() };
        let entry = Entry { links, upper: Some(person), values: &values, ..Entry::default() };
        scribe.enter(Kind::ServiceFact, entry)?;
    }
    Ok(())
}

fn holds(rate: &FactRate, member: &Member, is_alone: bool) -> bool {
    (rate.ages.0..=rate.ages.1).contains(&member.age)
        && (is_alone || !rate.alone)
        && rate.sex.as_deref().is_none_or(|sex| sex == member.sex)
}

/// Organisations along one of the roads.
fn add_organisations(
    scribe: &mut Scribe<'_>,
    sources: &Sources,
    shared: &Shared,
    specimens: &mut Specimens,
    (n, grid): (usize, &Area),
    count: usize,
    random: &mut StdRng,
) -> Result<(), RegistryError> {
    if shared.roads.is_empty() {
        return Ok(());
    }
    let road = &shared.roads[n % shared.roads.len()];
    let first = n / shared.roads.len() * ROAD_NUMBERS + 1;
    for house in 0..count {
        visit(scribe, random);
        let number = format!("{}号", first + house);
        let spot = Spot::Point(point_in(scribe, grid, random));
        let premises = place(scribe, "building", &number, Some(Upper::Elsewhere(road)), spot)?;
        let shape = pick(&sources.organisations.kinds, |kind| kind.weight, random);
        let word = &sources.organisations.words[random.random_range(0..sources.organisations.words.len())];
        let ending = &shape.endings[random.random_range(0..shape.endings.len())];
        let values = [
            ("name", json!(format!("{word}{ending}（示意）"))),
            ("code", json!(specimens.organisation())),
            ("kind", json!(shape.key)),
            ("people", json!(random.random_range(shape.people.0..=shape.people.1))),
        ];
        let links = Links { place: Some(scribe.id(premises)), ..Links::default() };
        let entry = Entry { links, upper: Some(premises), values: &values, ..Entry::default() };
        scribe.enter(Kind::Organisation, entry)?;
    }
    Ok(())
}

fn add_things(
    scribe: &mut Scribe<'_>,
    sources: &Sources,
    grid: &Area,
    count: usize,
    random: &mut StdRng,
) -> Result<(), RegistryError> {
    for _ in 0..count {
        visit(scribe, random);
        let component = &sources.components[random.random_range(0..sources.components.len())];
        let state = match random.random_range(0..100) {
            0..=4 => "damaged",
            5 => "missing",
            _ => "sound",
        };
        let values =
            [("component", json!(component.code)), ("name", json!(component.zh)), ("state", json!(state))];
        let point = Some(point_in(scribe, grid, random));
        scribe.enter(Kind::Thing, Entry { values: &values, point, ..Entry::default() })?;
    }
    Ok(())
}
