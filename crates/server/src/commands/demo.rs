//! `mulin demo`: the demo district, made once: its ground, its people with their accounts, its register, work at the door, a year of cases.

mod accounts;
mod people;

use crate::command_line::DemoWords;
use crate::failure::{Failure, Outcome};
use crate::house::{self, Alone};
use crate::progress::Progress;
use crate::settings::{FILE_NAME, Settings};
use accounts::DemoAccounts;
use edge::{District, Districts, Edge};
use platform::{Actor, DistrictId, Time};
use std::io::Write;
use std::path::Path;
use std::time::{Duration, Instant};
use store::{Db, Json, Tx};
use territory::DemoScale;

/// Shifeng's division code (data/territory, 2021). The demo is schematic and says so in its name.
const DISTRICT: DistrictId = DistrictId(430_204);
const NAME: &str = "石峰区（示意）";
const NAME_EN: &str = "Shifeng (schematic)";
/// The ground and the posts are there before the first case of the year.
const FOUNDED_BEFORE: Duration = Duration::from_secs(380 * 24 * 3600);
/// Written by the demo, so that a server on this folder knows what it is.
const SETTINGS_TEXT: &str =
    "# Written by `mulin demo`: all people and cases of this folder are invented.\ndemo = true\n";

pub(crate) async fn run(settings: &Settings, words: &DemoWords) -> Outcome {
    let accounts = match DemoAccounts::read(&settings.data)? {
        Some(accounts) => {
            eprintln!("The demo is there already, in {}", settings.data.display());
            accounts
        }
        None => make(settings, if words.small { Extent::SMALL } else { Extent::FULL }).await?,
    };
    let mut out = std::io::stdout().lock();
    if words.accounts_json {
        writeln!(out, "{}", accounts.json())?;
        return Ok(());
    }
    accounts.print(&mut out, platform::Clock::System.now())?;
    writeln!(out, "Open it:  mulin serve --data {}", settings.data.display())?;
    Ok(())
}

/// How much of everything a demo has.
#[derive(Clone, Copy, Debug)]
struct Extent {
    ground: DemoScale,
    /// Grids whose homes and people are registered; none: all.
    registered_grids: Option<usize>,
    cases: usize,
    /// Districts like the first beside it, with a register and no cases.
    neighbours: i64,
}

impl Extent {
    const FULL: Self = Self {
        ground: DemoScale::Full,
        registered_grids: None,
        cases: cases::demo::CASES_FULL,
        neighbours: 0,
    };
    const SMALL: Self = Self {
        ground: DemoScale::Small,
        registered_grids: Some(registry::demo::GRIDS_SMALL),
        cases: cases::demo::CASES_SMALL,
        neighbours: 0,
    };
}

/// One account per role, as the demo wrote them down; nothing where the folder holds no demo.
pub(crate) fn print_accounts(out: &mut impl Write, data: &Path) -> Outcome {
    match DemoAccounts::read(data)? {
        Some(accounts) => accounts.print(out, platform::Clock::System.now()),
        None => Ok(()),
    }
}

/// For measurements: the whole district with so many cases, among others of its kind. A district that is there already gets its cases
/// in addition.
pub(crate) async fn seed(settings: &Settings, cases: usize, register: bool, neighbours: i64) -> Outcome {
    if DemoAccounts::read(&settings.data)?.is_none() {
        let registered_grids = if register { None } else { Some(0) };
        make(settings, Extent { registered_grids, cases, neighbours, ..Extent::FULL }).await?;
        return Ok(());
    }
    let settings = Settings { demo: true, ..settings.clone() };
    fill(&house::open(&settings, Alone::Yes).await?, cases).await.map(drop)
}

async fn make(settings: &Settings, extent: Extent) -> Outcome<DemoAccounts> {
    let started = Instant::now();
    let settings = Settings { demo: true, ..settings.clone() };
    let edge = house::open(&settings, Alone::Yes).await?;
    if !edge.fixture::<Districts>().all().is_empty() {
        return Err(Failure::failed(format!(
            "{} holds a district already (or a demo that was not finished); the demo needs a place of its own",
            settings.data.display()
        )));
    }
    let founded_at = edge.now().before(FOUNDED_BEFORE);
    let accounts = settle(&edge, DISTRICT, extent.ground, founded_at).await?;
    let registered = register(&edge, DISTRICT, extent.registered_grids).await?;
    for number in 1..=extent.neighbours {
        let neighbour = DistrictId(DISTRICT.0 + number);
        settle(&edge, neighbour, extent.ground, founded_at).await?;
        register(&edge, neighbour, extent.registered_grids).await?;
    }
    if registered.records > 0 {
        fieldwork::demo::run_campaign(&edge.db, DISTRICT).await?;
        fieldwork::demo::plan_first_grids(&edge.db, DISTRICT).await?;
    }
    let made = fill(&edge, extent.cases).await?;
    linkage::demo::fill(&edge.db, DISTRICT).await?;
    std::fs::write(settings.data.join(FILE_NAME), SETTINGS_TEXT)?;
    // Last: a folder with this file holds a whole demo.
    accounts.write(&settings.data)?;
    eprintln!(
        "{NAME}: {} people in {} homes, {} cases, {} steps, made in {:.1} s",
        registered.count("person"),
        registered.count("dwelling"),
        made.cases,
        made.steps,
        started.elapsed().as_secs_f64()
    );
    Ok(accounts)
}

async fn register(edge: &Edge, district: DistrictId, grids: Option<usize>) -> Outcome<registry::demo::Made> {
    let mut progress = Progress::new("Records of the register", 0);
    let made = registry::demo::fill(&edge.db, district, grids, &mut |done| progress.set(done as u64)).await?;
    progress.finish();
    Ok(made)
}

async fn fill(edge: &Edge, cases: usize) -> Outcome<cases::demo::Made> {
    let mut progress = Progress::new("Cases of twelve months", cases as u64);
    let made = cases::demo::fill(&edge.db, DISTRICT, cases, &mut |done| progress.set(done as u64)).await?;
    progress.finish();
    Ok(made)
}

/// Founds a district, and brings its ground, its posts and its people's accounts into force from `founded_at` on.
async fn settle(
    edge: &Edge,
    district: DistrictId,
    scale: DemoScale,
    founded_at: Time,
) -> Outcome<DemoAccounts> {
    found(&edge.db, district, founded_at).await?;
    lay_out(edge, district, scale, founded_at).await
}

/// The ground of a founded district, its posts and its people's accounts, all invented.
pub(super) async fn lay_out(
    edge: &Edge,
    district: DistrictId,
    scale: DemoScale,
    founded_at: Time,
) -> Outcome<DemoAccounts> {
    let code = district.to_string();
    let plan = tokio::task::spawn_blocking(move || territory::plan_demo(&code, scale))
        .await
        .map_err(|e| Failure::because("the demo's ground could not be planned", &e))?
        .map_err(platform::Problem::from)?;
    let actor = Actor::system(district, "demo");
    let (accounts, ids) = people::open_accounts(edge, &actor, &plan, founded_at).await?;
    territory::seed_demo(&edge.db, &actor, plan, &ids, founded_at).await.map_err(platform::Problem::from)?;
    Ok(accounts)
}

async fn found(db: &Db, district: DistrictId, founded_at: Time) -> Outcome {
    let actor = Actor::system(district, "demo");
    let district = District {
        district,
        code: district.to_string(),
        name: NAME.to_owned(),
        name_en: NAME_EN.to_owned(),
        host: None,
        settings: Json(serde_json::json!({ "hotline": "12345", "schematic": true })),
    };
    db.write(&actor, async move |tx: &mut Tx| {
        tx.at(founded_at);
        Districts::found(tx, district.clone()).await
    })
    .await?;
    Ok(Districts::load(db).await?)
}
