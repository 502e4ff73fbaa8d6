//! The demo's files, built in: places of 2021 by name and code, an outline, names to combine, the units of the duty lists.

use crate::TerritoryError;
use crate::commands::AddOrganisation;
use crate::model::{AreaLevel, OrganisationKind};
use geo::{Boundary, CoordinateSystem};
use platform::Fault;
use serde::Deserialize;

const AREAS: &str = include_str!("../../../../../catalog/demo/areas.csv");
const OUTLINE: &str = include_str!("../../../../../catalog/demo/outline.geojson");
const NAMES: &str = include_str!("../../../../../catalog/demo/names.csv");
const UNITS: &str = include_str!("../../../../../catalog/duty_lists/units.toml");

/// A row of `areas.csv`.
#[derive(Clone, Debug, Deserialize)]
pub struct AreaLine {
    pub code: String,
    pub kind: AreaLevel,
    pub name: String,
    /// Grids of a community or village; not a fact, chosen for the demo.
    pub grids: Option<usize>,
}

pub fn read_areas() -> Result<Vec<AreaLine>, TerritoryError> {
    let mut reader = csv::Reader::from_reader(AREAS.as_bytes());
    reader.deserialize().collect::<Result<_, _>>().map_err(|e| broken("areas.csv", e))
}

pub fn read_outline() -> Result<Boundary, TerritoryError> {
    let features = geo::read_features(OUTLINE.as_bytes(), CoordinateSystem::Wgs84)?;
    let first = features.into_iter().next().ok_or(geo::GeoError::NoAreas)?;
    Ok(first.boundary)
}

/// Surnames with their weight, and given names.
#[derive(Clone, Debug)]
pub struct Names {
    surnames: Vec<(String, u64)>,
    given: Vec<String>,
}

#[derive(Deserialize)]
struct NameLine {
    part: String,
    text: String,
    weight: Option<f64>,
}

impl Names {
    pub fn read() -> Result<Self, TerritoryError> {
        let mut names = Self { surnames: Vec::new(), given: Vec::new() };
        for line in csv::Reader::from_reader(NAMES.as_bytes()).deserialize() {
            let line: NameLine = line.map_err(|e| broken("names.csv", e))?;
            match line.part.as_str() {
                "surname" => {
                    names.surnames.push((line.text, (line.weight.unwrap_or(0.01) * 100.0) as u64 + 1))
                }
                _ => names.given.push(line.text),
            }
        }
        if names.surnames.is_empty() || names.given.is_empty() {
            return Err(Fault::broken("names.csv of the demo holds no names").into());
        }
        Ok(names)
    }

    /// An invented name: the same number gives the same name.
    pub fn pick(&self, number: u64) -> String {
        let total: u64 = self.surnames.iter().map(|(_, weight)| weight).sum();
        let mut at = mix(number) % total;
        let mut surname = &self.surnames[0].0;
        for (text, weight) in &self.surnames {
            surname = text;
            if at < *weight {
                break;
            }
            at -= weight;
        }
        let given = &self.given[(mix(number ^ 0x5eed) % self.given.len() as u64) as usize];
        format!("{surname}{given}")
    }
}

/// SplitMix64: a number that looks like chance and is the same on every machine.
fn mix(number: u64) -> u64 {
    let mut z = number.wrapping_add(1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

#[derive(Deserialize)]
struct UnitFile {
    unit: Vec<UnitLine>,
}

#[derive(Deserialize)]
struct UnitLine {
    key: String,
    kind: OrganisationKind,
    zh: String,
    en: String,
}

/// The departments and operators of the duty lists. Offices of subdistricts and committees of communities have desks and
/// leaders of their own.
pub fn read_units() -> Result<Vec<AddOrganisation>, TerritoryError> {
    let file: UnitFile = toml::from_str(UNITS).map_err(|e| broken("units.toml", e))?;
    let has_desk =
        |unit: &UnitLine| !matches!(unit.kind, OrganisationKind::Subdistrict | OrganisationKind::Community);
    let add = |(n, unit): (usize, UnitLine)| AddOrganisation {
        key: unit.key,
        name: unit.zh,
        name_en: Some(unit.en),
        kind: unit.kind,
        phone: Some(super::plan::fixed_line(100 + n)),
    };
    Ok(file.unit.into_iter().filter(has_desk).enumerate().map(add).collect())
}

fn broken(file: &str, error: impl std::error::Error + Send + Sync + 'static) -> TerritoryError {
    Fault::broken(format!("{file} of the demo cannot be read")).because(error).into()
}
