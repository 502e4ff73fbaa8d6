//! The demo's files, built in: names, families, organisations, roads, components of the city.

use platform::Fault;
use rand::RngExt;
use rand::rngs::StdRng;
use serde::Deserialize;
use serde::de::DeserializeOwned;

const NAMES: &str = include_str!("../../../../catalog/demo/names.csv");
const GIVEN_NAMES: &str = include_str!("../../../../catalog/demo/given_names.csv");
const POPULATION: &str = include_str!("../../../../catalog/demo/population.toml");
const ORGANISATIONS: &str = include_str!("../../../../catalog/demo/organisations.toml");
const GAZETTEER: &str = include_str!("../../../../catalog/demo/gazetteer.toml");
const COMPONENTS: &str = include_str!("../../../../catalog/taxonomy/components.csv");

/// What the demo's register is made from.
pub(super) struct Sources {
    /// With their weight.
    pub surnames: Vec<(String, u32)>,
    pub given: Vec<GivenName>,
    pub population: Population,
    pub organisations: Organisations,
    pub roads: Vec<String>,
    pub components: Vec<Component>,
}

/// A given name and the years in which children were called so.
#[derive(Deserialize)]
pub(super) struct GivenName {
    pub sex: String,
    pub born_from: i16,
    pub born_to: i16,
    pub text: String,
}

/// How people live together, and what services need to know of them.
#[derive(Deserialize)]
pub(super) struct Population {
    pub vacant_per_10000: u32,
    pub let_per_10000: u32,
    pub floating_per_10000: u32,
    #[serde(rename = "household")]
    pub households: Vec<HouseholdShape>,
    #[serde(rename = "fact")]
    pub facts: Vec<FactRate>,
}

/// A kind of household.
#[derive(Deserialize)]
pub(super) struct HouseholdShape {
    pub weight: u32,
    /// Youngest and oldest.
    pub head: (i32, i32),
    /// Relations to the head, as the register calls them.
    pub members: Vec<String>,
}

/// How often a service fact holds.
#[derive(Deserialize)]
pub(super) struct FactRate {
    pub key: String,
    pub per_10000: u32,
    pub ages: (i32, i32),
    #[serde(default)]
    pub alone: bool,
    pub sex: Option<String>,
}

#[derive(Deserialize)]
pub(super) struct Organisations {
    pub words: Vec<String>,
    #[serde(rename = "kind")]
    pub kinds: Vec<OrganisationShape>,
}

/// A kind of organisation: how often, how it is called, how many work there.
#[derive(Deserialize)]
pub(super) struct OrganisationShape {
    pub key: String,
    pub weight: u32,
    pub endings: Vec<String>,
    pub people: (i64, i64),
}

/// A component of the city, by its code in the taxonomy.
#[derive(Deserialize)]
pub(super) struct Component {
    pub code: String,
    pub zh: String,
}

#[derive(Deserialize)]
struct NameLine {
    part: String,
    text: String,
    weight: Option<f64>,
}

#[derive(Deserialize)]
struct Gazetteer {
    roads: Vec<String>,
}

impl Sources {
    /// # Errors
    /// A file that cannot be read, named.
    pub(super) fn read() -> Result<Self, Fault> {
        let surnames =
            lines::<NameLine>("names.csv", NAMES)?.into_iter().filter(|line| line.part == "surname");
        let weight = |line: &NameLine| (line.weight.unwrap_or(0.01) * 100.0) as u32 + 1;
        Ok(Self {
            surnames: surnames.map(|line| (line.text.clone(), weight(&line))).collect(),
            given: lines("given_names.csv", GIVEN_NAMES)?,
            population: table("population.toml", POPULATION)?,
            organisations: table("organisations.toml", ORGANISATIONS)?,
            roads: table::<Gazetteer>("gazetteer.toml", GAZETTEER)?.roads,
            components: lines("components.csv", COMPONENTS)?,
        })
    }

    pub(super) fn surname(&self, random: &mut StdRng) -> &str {
        &pick(&self.surnames, |(_, weight)| *weight, random).0
    }

    /// A given name of somebody born in a year.
    pub(super) fn given_name(&self, sex: &str, born: i16, random: &mut StdRng) -> &str {
        let fits = |name: &&GivenName| name.sex == sex && (name.born_from..=name.born_to).contains(&born);
        let fitting: Vec<&GivenName> = self.given.iter().filter(fits).collect();
        fitting.get(random.random_range(0..fitting.len().max(1))).map_or("安", |name| &name.text)
    }
}

/// One of several, by weight.
pub(super) fn pick<'a, T>(all: &'a [T], weight: impl Fn(&T) -> u32, random: &mut StdRng) -> &'a T {
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

fn lines<T: DeserializeOwned>(name: &str, text: &str) -> Result<Vec<T>, Fault> {
    let read = csv::Reader::from_reader(text.as_bytes()).deserialize().collect::<Result<_, _>>();
    read.map_err(|e| Fault::broken(format!("the demo's {name} cannot be read")).because(e))
}

fn table<T: DeserializeOwned>(name: &str, text: &str) -> Result<T, Fault> {
    toml::from_str(text).map_err(|e| Fault::broken(format!("the demo's {name} cannot be read")).because(e))
}
