//! A year of cases for the demo district: real commands at invented moments, so that every clock, level and history is true to the rules.

mod plan;
mod play;

use crate::photos::{self, StoredPhoto};
use crate::rules::Rules;
use ::store::{Db, Tx};
use edge::Settings;
use platform::{Actor, DistrictId, Fault, Time};
use rand::SeedableRng;
use rand::rngs::StdRng;
use std::path::PathBuf;

/// Cases of a full demo year and of the small one.
pub const CASES_FULL: usize = 60_000;
pub const CASES_SMALL: usize = 600;
/// Cases written in one transaction.
const BATCH_CASES: usize = 200;
/// The demo is the same every time it is made.
const SEED: u64 = 430_204;

/// What was made.
#[derive(Clone, Copy, Debug, Default)]
pub struct Made {
    pub cases: usize,
    /// Actions after the report.
    pub steps: usize,
}

/// Fills the district with `cases` cases of the twelve months before now. `progress` is told how many are done.
///
/// Deterministic but for ids: the same district and moment give the same cases. Posts must be there before.
pub async fn fill(
    db: &Db,
    district: DistrictId,
    cases: usize,
    progress: &mut (dyn FnMut(usize) + Send),
) -> Result<Made, Fault> {
    let now = db.clock().now();
    let rules = db.fixtures().get::<Rules>();
    let places = db.fixtures().get::<territory::Map>().of(district);
    let mut random = StdRng::seed_from_u64(SEED);
    let plans = plan::year(&rules, &places, cases, now, &mut random);
    let actor = Actor::system(district, "demo");
    let mut made = Made::default();
    let proof = proof(&db.fixtures().get::<Settings>().data, district)?;
    for batch in plans.chunks(BATCH_CASES) {
        let (batch, proof) = (batch.to_vec(), proof.clone());
        let size = batch.len();
        let steps = db
            .write(&actor, async move |tx: &mut Tx| {
                let mut steps = 0;
                for plan in &batch {
                    steps += play::play(tx, plan, &proof, now).await?;
                }
                Ok::<_, Fault>(steps)
            })
            .await?;
        made.cases += size;
        made.steps += steps;
        progress(made.cases);
    }
    Ok(made)
}

/// One picture stands for all finished work: a plain field, so that nobody takes it for a real place.
fn proof(data: &std::path::Path, district: DistrictId) -> Result<StoredPhoto, Fault> {
    let field =
        image::RgbImage::from_fn(640, 480, |x, y| image::Rgb([90 + (x / 8) as u8, 140 + (y / 8) as u8, 120]));
    let mut png = std::io::Cursor::new(Vec::new());
    field
        .write_to(&mut png, image::ImageFormat::Png)
        .map_err(|e| Fault::broken("the demo's picture").because(e))?;
    photos::keep(data, district, png.get_ref()).map_err(|e| Fault::broken(format!("the demo's picture: {e}")))
}

/// The same picture for an invented report, beside other work.
///
/// # Errors
/// It cannot be kept.
pub async fn invented_photo(data: PathBuf, district: DistrictId) -> Result<StoredPhoto, Fault> {
    let work = tokio::task::spawn_blocking(move || proof(&data, district));
    work.await.unwrap_or_else(|e| Err(Fault::broken("the demo's picture").because(e)))
}

/// A moment of the demo that has not come yet does not happen.
fn is_past(at: Time, now: Time) -> bool {
    at < now
}
