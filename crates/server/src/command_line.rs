//! The command line of `mulin`: its words, their examples, and how a command ends.

use crate::commands;
use crate::failure::{Failure, Outcome};
use crate::serve;
use crate::settings::{self, Flags, Resolved};
use clap::{Args, Parser, Subcommand};
use std::io::IsTerminal;
use std::path::PathBuf;
use std::process::ExitCode;
use tracing_subscriber::EnvFilter;

const ABOUT: &str = "Mulin 睦邻: the neighbourhoods of a district, in one program.";

const EXAMPLES: &str = "Examples:
  mulin demo && MULIN_DEMO=1 mulin serve      a demo district in ./data, then open it
  mulin serve --data /srv/mulin --listen 0.0.0.0:8080
  DATABASE_URL=postgres://mulin@localhost/mulin mulin serve
  mulin config                                what is set, and by whom

Exit codes: 0 done, 1 refused or broken, 2 called wrongly.";

/// The program's words.
#[derive(Debug, Parser)]
#[command(name = "mulin", version, about = ABOUT, after_help = EXAMPLES, subcommand_required = true, arg_required_else_help = true)]
struct Words {
    #[command(flatten)]
    flags: Flags,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Serve the house: API, pages, background work
    #[command(
        after_help = "Example:\n  mulin serve --data /srv/mulin --listen 0.0.0.0:8080\n\nStops on SIGTERM or Ctrl-C, after the requests under way."
    )]
    Serve,
    /// Make the demo district, without serving it
    #[command(
        after_help = "Examples:\n  mulin demo                         12 months, about 60,000 cases\n  mulin demo --small --data /tmp/d   a few weeks, for tests\n  mulin demo --accounts-json         its accounts, for scripts"
    )]
    Demo(DemoWords),
    /// Begin a district: its name, and its three administrators
    #[command(
        after_help = "Example:\n  mulin found 430204 --name 石峰区 --name-en Shifeng --data /srv/mulin\n\nThe server must not be running; it learns of its districts when it starts."
    )]
    Found(commands::found::Words),
    /// Make a district of invented people for an integrator, or make it anew
    #[command(
        subcommand,
        after_help = "Examples:\n  mulin sandbox new --host sandbox.example.org --data /srv/mulin\n  mulin sandbox reset 990001 --data /srv/mulin\n\nThe server must not be running; it learns of its districts when it starts. Keys are printed once."
    )]
    Sandbox(commands::sandbox::Words),
    /// Bring the database's tables up to this program
    #[command(
        after_help = "`mulin serve` does the same when it starts. Use this to see that it works before you stop the old server."
    )]
    Migrate,
    /// Bring data in
    #[command(subcommand)]
    Import(commands::import::Words),
    /// Take data out
    #[command(subcommand)]
    Export(commands::export::Words),
    /// Save everything into one file, beside a running server
    #[command(
        after_help = "Example:\n  mulin backup /backup/mulin-2026-03-02.tar.gz\n\nOn PostgreSQL the database is saved by pg_dump: the command prints how."
    )]
    Backup(BackupWords),
    /// Restore a saved file into a folder that is removed again, to know that it can be restored
    #[command(
        after_help = "Example:\n  mulin check-backup /backup/mulin-2026-03-02.tar.gz --data /srv/mulin\n\nNeeds room for the restored data beside the data directory's own; the health screen tells of it."
    )]
    CheckBackup(RestoreWords),
    /// Build a data directory from a saved file
    #[command(
        after_help = "Example:\n  mulin restore /backup/mulin-2026-03-02.tar.gz --data /srv/mulin-restored\n\nThe directory must not hold a database yet."
    )]
    Restore(RestoreWords),
    /// Examine the sealed audit trail, and take its checkpoints out
    #[command(subcommand)]
    Audit(commands::audit::Words),
    /// Look at the keys that seal fields, and rotate them
    #[command(subcommand)]
    Keys(commands::keys::Words),
    /// Look at the register as a whole
    #[command(subcommand)]
    Registry(commands::registry::Words),
    /// Print the description of the API (OpenAPI 3.1)
    #[command(after_help = "Example:\n  mulin openapi > openapi.json")]
    Openapi,
    /// Look at workflows
    #[command(subcommand)]
    Flow(commands::flow::Words),
    /// Try out routing rules on past cases
    #[command(subcommand)]
    Routing(commands::routing::Words),
    /// What `make bench` needs of this binary: a filled district, look-ups of places
    #[command(subcommand)]
    Bench(commands::bench::Words),
    /// Print the settings in force, and whence each comes
    #[command(after_help = "Example:\n  MULIN_LISTEN=0.0.0.0:80 mulin config --data /srv/mulin")]
    Config,
}

#[derive(Debug, Args)]
pub(crate) struct DemoWords {
    /// A few weeks instead of twelve months
    #[arg(long)]
    pub(crate) small: bool,
    /// Print the demo's accounts as JSON, and nothing else
    #[arg(long)]
    pub(crate) accounts_json: bool,
}

#[derive(Debug, Args)]
pub(crate) struct BackupWords {
    /// Where to write; must not be there yet
    pub(crate) file: PathBuf,
}

#[derive(Debug, Args)]
pub(crate) struct RestoreWords {
    /// What `mulin backup` wrote
    pub(crate) file: PathBuf,
}

/// Runs the command the process was called with.
pub fn run() -> ExitCode {
    let words = match Words::try_parse() {
        Ok(words) => words,
        // clap's own answers: help and version end well, the rest is a wrong call.
        Err(e) => {
            let _ = e.print();
            return if e.use_stderr() { ExitCode::from(2) } else { ExitCode::SUCCESS };
        }
    };
    match start(words) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            eprintln!("mulin: {failure}");
            failure.code()
        }
    }
}

fn start(words: Words) -> Outcome {
    let resolved = settings::resolve(&words.flags, settings::process_variable)?;
    log(&resolved, &words.command)?;
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(act(words.command, resolved))
}

async fn act(command: Command, resolved: Resolved) -> Outcome {
    let settings = &resolved.settings;
    match command {
        Command::Serve => serve::run(settings).await,
        Command::Demo(words) => commands::demo::run(settings, &words).await,
        Command::Found(words) => commands::found::run(settings, words).await,
        Command::Sandbox(words) => commands::sandbox::run(settings, words).await,
        Command::Migrate => commands::migrate::run(settings).await,
        Command::Import(words) => commands::import::run(settings, words).await,
        Command::Export(words) => commands::export::run(settings, words).await,
        Command::Backup(words) => commands::backup::save(settings, &words.file).await,
        Command::CheckBackup(words) => commands::backup::check(settings, &words.file).await,
        Command::Restore(words) => commands::backup::restore(settings, &words.file).await,
        Command::Audit(words) => commands::audit::run(settings, words).await,
        Command::Keys(words) => commands::keys::run(settings, words).await,
        Command::Registry(words) => commands::registry::run(settings, words).await,
        Command::Openapi => commands::openapi::run(),
        Command::Flow(words) => commands::flow::run(settings, words),
        Command::Routing(words) => commands::routing::run(settings, words).await,
        Command::Bench(words) => commands::bench::run(settings, words).await,
        Command::Config => commands::config::run(&resolved),
    }
}

/// Logs go to stderr; commands say only what went wrong, the server says its steps.
fn log(resolved: &Resolved, command: &Command) -> Outcome {
    let asked = resolved.settings.log.as_str();
    let is_default = settings::KNOWN
        .iter()
        .zip(&resolved.whence)
        .any(|(known, whence)| known.key == "log" && *whence == settings::Whence::Default);
    let quiet = is_default && !matches!(command, Command::Serve);
    let filter = EnvFilter::try_new(if quiet { "warn" } else { asked }).map_err(|e| {
        Failure::usage(format!("MULIN_LOG: \"{asked}\" is no filter such as info or store=debug,info ({e})"))
    })?;
    let colours = std::io::stderr().is_terminal();
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .with_target(false)
        .with_ansi(colours)
        .init();
    Ok(())
}
