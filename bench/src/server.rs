//! The real release binary on a data folder of its own: seeded, started, asked for its memory, stopped.

use crate::http::{Connection, request};
use crate::multiply::multiply;
use crate::rest::come_to_rest;
use serde_json::Value;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// The file of a district on SQLite, in its data folder.
pub const DATABASE_FILE: &str = "mulin.sqlite";
/// Cases played by the real commands; more are copies of these.
const CASES_PLAYED: usize = 20_000;
const READY_WAIT_MAX: Duration = Duration::from_secs(120);

/// The engine a table's column is about.
#[derive(Clone, Debug)]
pub enum Engine {
    Sqlite,
    /// The address of an empty database.
    Postgres(String),
}

impl Engine {
    pub fn name(&self) -> &'static str {
        match self {
            Self::Sqlite => "SQLite",
            Self::Postgres(_) => "PostgreSQL",
        }
    }
}

/// A house to be measured.
#[derive(Debug)]
pub struct Server {
    pub data: PathBuf,
    pub address: String,
    pub engine: Engine,
    child: Option<Child>,
}

/// The release binary beside this program.
pub fn binary() -> PathBuf {
    let own = std::env::current_exe().unwrap_or_default();
    own.with_file_name("mulin")
}

impl Server {
    pub fn new(data: &Path, engine: Engine) -> Self {
        let port = std::net::TcpListener::bind("127.0.0.1:0")
            .and_then(|l| l.local_addr())
            .map_or(18_999, |a| a.port());
        Self { data: data.to_owned(), address: format!("127.0.0.1:{port}"), engine, child: None }
    }

    pub fn command(&self) -> Command {
        let mut command = Command::new(binary());
        command.env("MULIN_DATA", &self.data).env("MULIN_LISTEN", &self.address).env("MULIN_UNLIMITED", "1");
        command.env("MULIN_LOG", "warn").env_remove("DATABASE_URL").stdin(Stdio::null());
        // The broker of a run stands on this machine.
        command.env("MULIN_PRIVATE_NETWORKS", "127.0.0.0/8");
        if let Engine::Postgres(url) = &self.engine {
            command.env("DATABASE_URL", url);
        }
        command
    }

    /// Makes the district with so many cases: the first of them by the real commands, the rest as their copies.
    pub async fn seed(&self, cases: usize) -> Result<(), String> {
        self.play(cases.min(CASES_PLAYED))?;
        if cases <= CASES_PLAYED {
            return Ok(());
        }
        let copies =
            u16::try_from((cases - 1) / CASES_PLAYED).map_err(|_| format!("{cases} cases are too many"))?;
        multiply(&self.engine, &self.data, copies).await?;
        come_to_rest().await;
        Ok(())
    }

    /// Plays so many cases.
    pub fn play(&self, cases: usize) -> Result<(), String> {
        self.fill(&["--cases", &cases.to_string()])
    }

    /// Makes the district with its register, and no case, among so many of its kind.
    pub fn register(&self, neighbours: usize) -> Result<(), String> {
        self.fill(&["--cases", "0", "--register", "--neighbours", &neighbours.to_string()])
    }

    fn fill(&self, words: &[&str]) -> Result<(), String> {
        let status = self.command().args(["bench", "seed"]).args(words).stdout(Stdio::null()).status();
        match status {
            Ok(status) if status.success() => Ok(()),
            other => Err(format!("the district could not be seeded: {other:?}")),
        }
    }

    /// Starts it; how long until it was ready.
    pub async fn start(&mut self) -> Result<Duration, String> {
        let started = Instant::now();
        let child = self.command().arg("serve").stdout(Stdio::null()).spawn();
        self.child = Some(child.map_err(|e| format!("the server cannot be started: {e}"))?);
        while started.elapsed() < READY_WAIT_MAX {
            if let Ok(mut connection) = Connection::open(&self.address).await
                && let Ok(answer) = connection.send(&request("GET", "/readyz", &[], "")).await
                && answer.is_success()
            {
                return Ok(started.elapsed());
            }
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        Err("the server was not ready".to_owned())
    }

    /// The most memory it has had, in MiB.
    pub fn memory_mib(&self) -> f64 {
        self.child.as_ref().map_or(0.0, |child| memory_mib(child.id(), "VmHWM"))
    }

    pub fn stop(&mut self) {
        if let Some(mut child) = self.child.take() {
            let _ = Command::new("kill").args(["-TERM", &child.id().to_string()]).status();
            let _ = child.wait();
        }
    }

    /// The demo's accounts, by role.
    pub fn account(&self, role: &str) -> Result<Value, String> {
        let text =
            std::fs::read_to_string(self.data.join("demo-accounts.json")).map_err(|e| e.to_string())?;
        let accounts: Value = serde_json::from_str(&text).map_err(|e| e.to_string())?;
        let all = accounts["accounts"].as_array().cloned().unwrap_or_default();
        all.into_iter().find(|a| a["role"] == role).ok_or_else(|| format!("the district has no {role}"))
    }

    /// Signs somebody in: the token.
    pub async fn sign_in(&self, role: &str) -> Result<String, String> {
        let account = self.account(role)?;
        let mut body = serde_json::json!({ "login": account["login"], "password": account["password"] });
        if account["totp_secret"].is_string() {
            body["code"] = self.code_now(account["en"].as_str().unwrap_or_default()).into();
        }
        let answer = self.ask(&request("POST", "/api/identity/sign-in", &[], &body.to_string())).await?;
        Ok(answer["token"].as_str().unwrap_or_default().to_owned())
    }

    /// The code an authenticator shows now, as `mulin demo` prints it beside the role.
    fn code_now(&self, role: &str) -> String {
        let printed = self.command().arg("demo").output().map(|o| o.stdout).unwrap_or_default();
        let printed = String::from_utf8_lossy(&printed);
        let line = printed.lines().find(|line| line.trim_start().starts_with(role)).unwrap_or_default();
        line.split("code now ").nth(1).and_then(|rest| rest.get(..6)).unwrap_or_default().to_owned()
    }

    /// One request that must succeed.
    pub async fn ask(&self, request: &[u8]) -> Result<Value, String> {
        Connection::open(&self.address).await.map_err(|e| e.to_string())?.ask(request).await
    }
}

/// A process's memory in MiB, by the name Linux has for it: `VmHWM`, the most it has had; `RssAnon`, what is its own now.
pub fn memory_mib(process: u32, what: &str) -> f64 {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix(what)?.strip_prefix(':'));
    let kib = line.and_then(|l| l.split_whitespace().next()).and_then(|n| n.parse::<f64>().ok());
    kib.unwrap_or(0.0) / 1024.0
}

impl Drop for Server {
    fn drop(&mut self) {
        self.stop();
    }
}
