//! `mulin sandbox`: a district of invented people for an integrator, with the key, the unit and the secret it needs; and one made anew.

use super::demo;
use crate::failure::{Failure, Outcome};
use crate::house::{self, Alone};
use crate::settings::Settings;
use clap::Subcommand;
use edge::{District, Districts, Edge};
use identity::NewSystem;
use linkage::LinkageError;
use linkage::sandbox::{ROLE, UNIT};
use platform::{Actor, Problem, Sandbox, Scope};
use std::io::Write;
use std::time::Duration;
use store::{Json, Tx};
use territory::DemoScale;

/// Its ground and posts are older than its first case.
const FOUNDED_BEFORE: Duration = Duration::from_secs(380 * 24 * 3600);
/// A few cases, so that lists and states show something.
const CASES: usize = 24;
const ACCOUNT_NAME: &str = "对接系统（沙箱）";

#[derive(Debug, Subcommand)]
pub(crate) enum Words {
    /// Make a sandbox: another one each time
    New {
        /// The host name it is reached under, where this server runs other districts too
        #[arg(long)]
        host: Option<String>,
    },
    /// Close a sandbox, whose keys end, and make a new one in its place
    Reset {
        /// Its code, such as 990001
        code: String,
    },
}

/// What an integrator is given.
struct Given {
    sandbox: Sandbox,
    partner: String,
    key: String,
    secret: String,
}

pub(crate) async fn run(settings: &Settings, words: Words) -> Outcome {
    // Alone: a running server knows its districts from its start.
    let edge = house::open(settings, Alone::Yes).await?;
    let host = match words {
        Words::New { host } => host,
        Words::Reset { code } => close(&edge, &code).await?,
    };
    let given = make(&edge, host).await?;
    print(&given)
}

/// Makes a sandbox under the next code that is free.
async fn make(edge: &Edge, host: Option<String>) -> Outcome<Given> {
    let districts = edge.fixture::<Districts>();
    let sandbox = Sandbox::next(|code| districts.find(code).is_some())
        .ok_or_else(|| Failure::failed("there is no code left for a sandbox"))?;
    let district = sandbox.district();
    let founded_at = edge.now().before(FOUNDED_BEFORE);
    let row = District {
        district,
        code: district.to_string(),
        name: format!("沙箱{district}（虚构）"),
        name_en: format!("Sandbox {district} (invented)"),
        host,
        settings: Json(serde_json::json!({ "hotline": "12345", "schematic": true })),
    };
    let actor = Actor::system(district, "sandbox");
    let found = async move |tx: &mut Tx| {
        tx.at(founded_at);
        Districts::found(tx, row.clone()).await
    };
    edge.db.write(&actor, found).await?;
    Districts::load(&edge.db).await?;
    // Nobody signs in as the people of a sandbox: their passwords are not told.
    demo::lay_out(edge, district, DemoScale::Small, founded_at).await?;
    cases::demo::fill(&edge.db, district, CASES, &mut |_| {}).await?;
    join(edge, sandbox).await
}

/// The integrator's account with its key, and its unit as a partner with its secret.
async fn join(edge: &Edge, sandbox: Sandbox) -> Outcome<Given> {
    let places = edge.fixture::<territory::Map>().of(sandbox.district());
    let unit =
        places.organisation(UNIT).ok_or_else(|| Failure::failed(format!("no unit {UNIT} was made")))?.id;
    let new =
        NewSystem { name: ACCOUNT_NAME.to_owned(), role: ROLE, scope: Scope::Unit { organisation: unit } };
    let actor = Actor::system(sandbox.district(), "sandbox");
    let write = async move |tx: &mut Tx| {
        let (account, token) = identity::open_system(tx, &new).await.map_err(Problem::from)?;
        let secret = linkage::sandbox::join(tx, sandbox, unit, account).await?;
        Ok::<_, LinkageError>((token, secret))
    };
    let (token, secret) = edge.db.write(&actor, write).await.map_err(Problem::from)?;
    Ok(Given { sandbox, partner: unit.to_string(), key: token.reveal().to_owned(), secret })
}

/// Ends a sandbox: its keys open nothing more, nothing leaves for its partners, and its host name is free. Its history stays, as every
/// district's does. Answers the host name.
async fn close(edge: &Edge, code: &str) -> Outcome<Option<String>> {
    let known = edge.fixture::<Districts>().by_code(code).cloned();
    let sandbox = known.as_ref().and_then(|district| district.sandbox());
    let Some((district, sandbox)) = known.zip(sandbox) else {
        return Err(Failure::failed(format!("{code} is no sandbox of this server: nothing was changed")));
    };
    let host = district.host.clone();
    let without_host = District { host: None, ..District::clone(&district) };
    let actor = Actor::system(sandbox.district(), "sandbox");
    let write = async move |tx: &mut Tx| {
        identity::revoke_all_keys(tx, sandbox).await.map_err(Problem::from)?;
        linkage::sandbox::part(tx, sandbox).await?;
        Ok::<_, LinkageError>(Districts::found(tx, without_host.clone()).await?)
    };
    edge.db.write(&actor, write).await.map_err(Problem::from)?;
    Districts::load(&edge.db).await?;
    Ok(host)
}

fn print(given: &Given) -> Outcome {
    let mut out = std::io::stdout().lock();
    writeln!(out, "A sandbox for an integrator. Give it these, which are shown this once:")?;
    writeln!(out, "DISTRICT={}", given.sandbox.district())?;
    writeln!(out, "PARTNER={}", given.partner)?;
    writeln!(out, "KEY={}", given.key)?;
    writeln!(out, "SECRET={}", given.secret)?;
    writeln!(
        out,
        "Next: mulin serve, then /sandbox with the key (docs/integrating.md, \"Try it in the sandbox\")"
    )?;
    Ok(out.flush()?)
}
