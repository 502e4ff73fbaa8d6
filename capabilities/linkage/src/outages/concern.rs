//! How much an outage concerns: the buildings of its ground or places, and how many homes each has, from the register. Never who.

use crate::error::LinkageError;
use crate::model::ground::read_ground;
use crate::model::outage::{Extent, common_path};
use crate::store::outages::BuildingRow;
use ::store::Conn;
use edge::Edge;
use geo::Boundary;
use platform::{DistrictId, Fault};
use registry::{Branch, RecordId, SERVED_BUILDINGS_MAX, Served};
use std::collections::BTreeMap;
use std::sync::Arc;

/// What an extent concerns, as the register knows it now.
#[derive(Clone, Debug)]
pub(crate) struct Concern {
    /// By name.
    pub served: Vec<Served>,
    pub homes: i64,
    /// The smallest area that holds all of it.
    pub area_path: String,
}

impl Concern {
    fn of(mut served: Vec<Served>, root: &str) -> Self {
        served.sort_by(|a, b| a.label.cmp(&b.label).then(a.place.cmp(&b.place)));
        let area_path = common_path(served.iter().map(|one| one.area_path.as_str()), root);
        let homes = served.iter().map(|one| one.homes.len() as i64).sum();
        Self { served, homes, area_path }
    }

    /// Homes by grid, in the order of the grids.
    pub fn grids(&self) -> Vec<(String, i64)> {
        let mut grids: BTreeMap<&str, i64> = BTreeMap::new();
        for one in &self.served {
            *grids.entry(&one.area_path).or_default() += one.homes.len() as i64;
        }
        grids.into_iter().map(|(path, homes)| (path.to_owned(), homes)).collect()
    }

    /// As rows of an outage.
    pub fn rows(&self) -> Vec<BuildingRow> {
        let row = |(rank, one): (usize, &Served)| BuildingRow {
            rank: rank as i64 + 1,
            place_id: one.place,
            label: one.label.clone(),
            area_path: one.area_path.clone(),
            lon: one.point.map(|point| point.0),
            lat: one.point.map(|point| point.1),
            homes: one.homes.len() as i64,
        };
        self.served.iter().enumerate().map(row).collect()
    }
}

/// Ground that was checked, or places to be asked for.
#[derive(Clone, Debug)]
pub(crate) enum Where {
    Ground(Boundary),
    Places(Vec<Branch>),
}

impl Where {
    /// Reads an extent; ground must lie within the district.
    ///
    /// # Errors
    /// `linkage.ground_…`, `linkage.extent_…`.
    pub fn of(extent: &Extent, district: Option<&Boundary>) -> Result<Self, LinkageError> {
        match &extent.ground {
            Some(ground) => read_ground(ground, district).map(Self::Ground),
            None => {
                let branch = |picked: &crate::model::outage::PickedPlace| Branch {
                    place: picked.place,
                    riser: picked.riser.clone(),
                };
                Ok(Self::Places(extent.places.iter().map(branch).collect()))
            }
        }
    }
}

/// Asks the register, outside of any write: a large piece of ground takes a moment.
///
/// # Errors
/// The extent cannot be meant, names a place that is not there, or holds too many buildings.
pub(crate) async fn concern(
    edge: &Edge,
    district: DistrictId,
    extent: &Extent,
) -> Result<Concern, LinkageError> {
    let places = edge.fixture::<territory::Map>().of(district);
    let boundary: Option<Arc<Boundary>> = places.root().and_then(|root| root.boundary.clone());
    let asked = Where::of(extent, boundary.as_deref())?;
    let read = async move |conn: &mut Conn| served(conn, district, &asked).await;
    let served = edge.db.read_long(read).await?;
    let root = territory::root_path(district);
    Ok(Concern::of(served, &root))
}

/// What an extent serves.
///
/// # Errors
/// As [`concern`].
pub(crate) async fn served(
    conn: &mut Conn,
    district: DistrictId,
    asked: &Where,
) -> Result<Vec<Served>, LinkageError> {
    match asked {
        Where::Ground(ground) => {
            registry::served_on(conn, district, ground).await?.ok_or_else(too_many_buildings)
        }
        Where::Places(branches) => {
            let found = registry::served_below(conn, district, branches).await?;
            let is_there = |branch: &Branch| found.iter().any(|one| one.place == branch.place);
            match branches.iter().find(|branch| !is_there(branch)) {
                Some(missing) => Err(unknown_place(missing.place)),
                None => Ok(joined(found)),
            }
        }
    }
}

/// Several risers of one place are one line of the notice.
fn joined(found: Vec<Served>) -> Vec<Served> {
    let mut joined: Vec<Served> = Vec::new();
    for one in found {
        match joined.iter_mut().find(|before| before.place == one.place) {
            Some(before) => before.homes.extend(one.homes),
            None => joined.push(one),
        }
    }
    joined
}

fn too_many_buildings() -> LinkageError {
    LinkageError::invalid(
        "extent.ground",
        "linkage.too_many_buildings",
        format!("范围内的楼栋超过 {SERVED_BUILDINGS_MAX} 栋，请分几条公告。"),
        format!("There are more than {SERVED_BUILDINGS_MAX} buildings on it: announce it in parts."),
    )
}

fn unknown_place(place: RecordId) -> LinkageError {
    LinkageError::invalid(
        "extent.places",
        "linkage.unknown_place",
        format!("登记里没有这个地点：{place}。"),
        format!("The register has no such place: {place}."),
    )
}

impl From<LinkageError> for Fault {
    /// Where nobody is there to be refused.
    fn from(error: LinkageError) -> Self {
        match error {
            LinkageError::Fault(fault) => fault,
            other => Fault::broken("an outage was refused where nobody asked").because(other),
        }
    }
}
