//! `mulin bench`: what `make bench` needs of the binary itself. The loads come from outside, over HTTP.

use super::demo;
use crate::failure::{Failure, Outcome};
use crate::house::{self, Alone};
use crate::settings::Settings;
use clap::Subcommand;
use edge::{Districts, Edge};
use std::hint::black_box;
use std::time::{Duration, Instant};

/// How long places are looked up.
const LOOKUP_TIME: Duration = Duration::from_secs(2);
/// Points asked for, spread evenly over the district's box.
const POINTS: usize = 65_536;

#[derive(Debug, Subcommand)]
pub(crate) enum Words {
    /// Fill a district with cases, by the real commands at invented moments
    Seed {
        #[arg(long)]
        cases: usize,
        /// Fill the register as well
        #[arg(long)]
        register: bool,
        /// Districts like it in the same database, with the register and no cases
        #[arg(long, default_value_t = 0)]
        neighbours: i64,
    },
    /// Print how many places a second are found in the district's grids, on one core
    Lookups,
}

pub(crate) async fn run(settings: &Settings, words: Words) -> Outcome {
    match words {
        Words::Seed { cases, register, neighbours } => {
            demo::seed(settings, cases, register, neighbours).await
        }
        Words::Lookups => {
            let edge = house::open(settings, Alone::No).await?;
            println!("{:.0}", look_up(&edge)?);
            Ok(())
        }
    }
}

/// Places found a second in the first district's grids.
fn look_up(edge: &Edge) -> Outcome<f64> {
    let none = || Failure::failed("there is no district with boundaries here");
    let district = edge.fixture::<Districts>().all().first().map(|d| d.district).ok_or_else(none)?;
    let map = edge.fixture::<territory::Map>().of(district);
    let bbox = map.root().and_then(|root| root.boundary.as_ref()).ok_or_else(none)?.bbox();
    // A lattice of irrational steps: every part is met, no two neighbours follow each other.
    let step = |n: usize, step: f64| (n as f64 * step).fract();
    let points: Vec<geo::Point> = (0..POINTS)
        .filter_map(|n| {
            let lon = bbox.west + (bbox.east - bbox.west) * step(n, 0.754_877_666);
            let lat = bbox.south + (bbox.north - bbox.south) * step(n, 0.569_840_290);
            geo::Point::new(lon, lat).ok()
        })
        .collect();
    let (started, mut asked) = (Instant::now(), 0);
    while started.elapsed() < LOOKUP_TIME {
        for point in &points {
            black_box(map.locate(black_box(*point)));
        }
        asked += points.len();
    }
    Ok(asked as f64 / started.elapsed().as_secs_f64())
}
