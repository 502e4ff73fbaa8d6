//! A private PostgreSQL for the tests: a new cluster on a free loopback port, durable like a real one, gone afterwards.
//!
//! It runs under `setpriv --pdeathsig`, so the kernel stops it when we end, however we end; what a killed run leaves
//! on disk is swept by the next one. PostgreSQL refuses to run as root; there the user Debian's package made runs it.

use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use crate::machine;
use crate::shell::{Outcome, at, program, run, succeeds};

/// The variable the tests read. Without it the tests that need PostgreSQL skip and say so.
pub const URL_VARIABLE: &str = "MULIN_TEST_POSTGRES";

const DEBIAN_PROGRAMS: &str = "/usr/lib/postgresql";
const VERSION_MIN: u32 = 15;
const START_WAIT_MAX: Duration = Duration::from_secs(60);
const STOP_WAIT_MAX: Duration = Duration::from_secs(20);
const POLL: Duration = Duration::from_millis(100);
/// Every test is a process with pools of its own, and several run at once.
const CONNECTIONS_MAX: u32 = 400;
/// Not under the checkout: the user who runs PostgreSQL may be barred from somebody's home. Not `/tmp`: it may be memory.
const CLUSTERS: &str = "/var/tmp";
const CLUSTER_PREFIX: &str = "mulin-postgres-";

/// A running cluster; dropping it stops it and removes its files.
pub struct Cluster {
    server: Child,
    folder: PathBuf,
    port: u16,
}

impl Cluster {
    /// Makes and starts a cluster.
    ///
    /// # Errors
    /// PostgreSQL is not installed, or it does not answer within [`START_WAIT_MAX`]; its log is then printed.
    pub fn start() -> Outcome<Self> {
        let programs = programs()?;
        sweep_abandoned();
        let folder = Path::new(CLUSTERS).join(format!("{CLUSTER_PREFIX}{}", std::process::id()));
        make_folder(&folder)?;
        run(unprivileged(&programs.join("initdb"))
            .arg("--pgdata")
            .arg(&folder)
            .args(["--username=mulin", "--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8"])
            .stdout(Stdio::null()))?;
        let port = free_port()?;
        let server = start_server(&programs, &folder, port)?;
        let cluster = Self { server, folder, port };
        cluster.wait_until_ready(&programs)?;
        Ok(cluster)
    }

    /// Where the tests find it, as its superuser (they make databases of their own).
    pub fn url(&self) -> String {
        format!("postgres://mulin@127.0.0.1:{}/postgres", self.port)
    }

    /// Makes an empty database in it, and says where it is.
    ///
    /// # Errors
    /// PostgreSQL refuses it.
    pub fn make_database(&self, name: &str) -> Outcome<String> {
        let port = self.port.to_string();
        let make = programs()?.join("createdb");
        run(program(make).args(["-h", "127.0.0.1", "-p", &port, "-U", "mulin", name]))?;
        Ok(format!("postgres://mulin@127.0.0.1:{}/{name}", self.port))
    }

    fn wait_until_ready(&self, programs: &Path) -> Outcome {
        let mut left = START_WAIT_MAX;
        let port = self.port.to_string();
        while !succeeds(program(programs.join("pg_isready")).args(["-q", "-h", "127.0.0.1", "-p", &port])) {
            let Some(rest) = left.checked_sub(POLL) else {
                let log = std::fs::read_to_string(self.folder.join("log")).unwrap_or_default();
                return Err(format!("PostgreSQL did not answer on port {port}; its log says:\n{log}"));
            };
            left = rest;
            std::thread::sleep(POLL);
        }
        Ok(())
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        // SIGINT is PostgreSQL's fast shutdown: it ends sessions and writes a clean end.
        succeeds(Command::new("kill").arg("-INT").arg(self.server.id().to_string()));
        let mut left = STOP_WAIT_MAX;
        while self.server.try_wait().is_ok_and(|ended| ended.is_none()) {
            let Some(rest) = left.checked_sub(POLL) else {
                let _ = self.server.kill();
                let _ = self.server.wait();
                break;
            };
            left = rest;
            std::thread::sleep(POLL);
        }
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

/// The verb `pg`: a cluster for one's own runs of `cargo nextest`, kept until ctrl-c.
///
/// # Errors
/// As [`Cluster::start`].
pub fn keep(_words: &[String]) -> Outcome {
    machine::install_missing_packages()?;
    let mut cluster = Cluster::start()?;
    println!("export {URL_VARIABLE}={}", cluster.url());
    println!("Keeps running until you stop it with ctrl-c.");
    cluster.server.wait().map(drop).map_err(|error| error.to_string())
}

/// The folder with PostgreSQL's programs: version 15 where there is one, else the oldest newer one.
///
/// # Errors
/// None is installed where Debian puts it.
pub fn programs() -> Outcome<PathBuf> {
    let versions = std::fs::read_dir(DEBIAN_PROGRAMS).map(|entries| {
        entries.flatten().filter_map(|entry| entry.file_name().to_str()?.parse().ok()).collect::<Vec<u32>>()
    });
    let version = versions.unwrap_or_default().into_iter().filter(|version| *version >= VERSION_MIN).min();
    version
        .map(|version| Path::new(DEBIAN_PROGRAMS).join(version.to_string()).join("bin"))
        .filter(|folder| folder.join("initdb").exists())
        .ok_or_else(|| {
            format!("no PostgreSQL {VERSION_MIN} in {DEBIAN_PROGRAMS}; install the package postgresql")
        })
}

fn start_server(programs: &Path, folder: &Path, port: u16) -> Outcome<Child> {
    let log = std::fs::File::create(folder.join("log")).map_err(at(folder))?;
    let settings = [
        format!("port={port}"),
        "listen_addresses=127.0.0.1".into(),
        "unix_socket_directories=".into(),
        format!("max_connections={CONNECTIONS_MAX}"),
        "shared_buffers=256MB".into(),
    ];
    let mut command = unprivileged(&programs.join("postgres"));
    command.arg("-D").arg(folder);
    for setting in settings {
        command.args(["-c", &setting]);
    }
    let errors = log.try_clone().map_err(at(folder))?;
    command.stdin(Stdio::null()).stdout(log).stderr(errors).spawn().map_err(|error| error.to_string())
}

/// A program run as somebody who is not root, told to stop when we end.
fn unprivileged(path: &Path) -> Command {
    let mut command = Command::new("setpriv");
    if machine::is_root() {
        command.args(["--reuid=postgres", "--regid=postgres", "--init-groups"]);
    }
    command.args(["--pdeathsig=INT", "--"]).arg(path).current_dir("/");
    command
}

fn make_folder(folder: &Path) -> Outcome {
    let mut make = Command::new("install");
    make.args(["-d", "-m", "700"]);
    if machine::is_root() {
        make.args(["-o", "postgres", "-g", "postgres"]);
    }
    run(make.arg(folder))
}

fn free_port() -> Outcome<u16> {
    let listener = TcpListener::bind(("127.0.0.1", 0)).map_err(|error| error.to_string())?;
    listener.local_addr().map(|address| address.port()).map_err(|error| error.to_string())
}

/// Removes the clusters of runs that were killed: those whose process is no more.
fn sweep_abandoned() {
    for entry in std::fs::read_dir(CLUSTERS).into_iter().flatten().flatten() {
        let name = entry.file_name();
        let owner = name
            .to_str()
            .and_then(|name| name.strip_prefix(CLUSTER_PREFIX))
            .and_then(|id| id.parse::<u32>().ok());
        if owner.is_some_and(|owner| !Path::new(&format!("/proc/{owner}")).exists()) {
            let _ = std::fs::remove_dir_all(entry.path());
        }
    }
}
