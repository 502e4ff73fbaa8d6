//! The real binary on a data directory of its own: started, asked, stopped, killed.

use serde_json::Value;
use std::collections::HashMap;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::sync::Mutex;
use std::time::{Duration, Instant};
use tempfile::TempDir;
use testkit::{Answer, Caller};

/// How long a debug build on a busy machine may take to open.
const OPEN_WAIT_MAX: Duration = Duration::from_secs(60);

/// What the data directory holds at first.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Scale {
    Empty,
    /// The small demo district.
    Small,
}

/// A running server.
pub struct House {
    pub folder: TempDir,
    pub url: String,
    port: u16,
    variables: Vec<(String, String)>,
    child: Option<Child>,
    /// Tokens by role: a code of the second factor is good once.
    tokens: Mutex<HashMap<String, String>>,
    /// Drops the database at the end, where it is not a file in the folder.
    postgres: Option<(String, String)>,
}

/// What `mulin sandbox` prints, for an integrator.
#[derive(Clone, Debug)]
pub struct Sandbox {
    pub district: String,
    pub partner: String,
    pub key: String,
    pub secret: String,
}

impl Sandbox {
    #[track_caller]
    pub fn read(made: &Output) -> Self {
        assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
        let text = String::from_utf8_lossy(&made.stdout);
        let value = |name: &str| {
            let line = text.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix('='));
            line.expect("it is printed").to_owned()
        };
        Self {
            district: value("DISTRICT"),
            partner: value("PARTNER"),
            key: value("KEY"),
            secret: value("SECRET"),
        }
    }
}

/// The binary of this build, with no settings but those given.
pub fn mulin(data: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_mulin"));
    for name in
        ["DATABASE_URL", "MULIN_LISTEN", "MULIN_DEMO", "MULIN_CATALOG", "MULIN_BEHIND_PROXY", "MULIN_LOG"]
    {
        command.env_remove(name);
    }
    // Partners of the stories stand on this machine too.
    command.env("MULIN_DATA", data).env("MULIN_PRIVATE_NETWORKS", "127.0.0.0/8").stdin(Stdio::null());
    command
}

pub fn run(command: &mut Command) -> Output {
    command.output().expect("the binary starts")
}

impl House {
    /// On SQLite.
    pub async fn open(scale: Scale) -> Self {
        Self::open_with(scale, Vec::new(), None).await
    }

    /// On a PostgreSQL database of its own; none where no server is named.
    pub async fn open_on_postgres(scale: Scale) -> Option<Self> {
        let Ok(server) = std::env::var(testkit::POSTGRES_ENV) else {
            eprintln!("skipped on PostgreSQL: {} is not set (make test sets it)", testkit::POSTGRES_ENV);
            return None;
        };
        let name = format!("house_{}", uuid::Uuid::new_v4().simple());
        Some(Self::open_on_database(scale, &server, &server, &name).await)
    }

    /// On a new database of that name, which the server reaches by `way` (a server's address too).
    pub async fn open_on_database(scale: Scale, server: &str, way: &str, name: &str) -> Self {
        admin(server, &format!("create database {name} locale 'C.UTF-8' template template0")).await;
        let variables = vec![("DATABASE_URL".to_owned(), database_address(way, name))];
        Self::open_with(scale, variables, Some((server.to_owned(), name.to_owned()))).await
    }

    pub async fn open_with(
        scale: Scale,
        variables: Vec<(String, String)>,
        postgres: Option<(String, String)>,
    ) -> Self {
        let mut house = Self::prepare(variables, postgres);
        if scale == Scale::Small {
            let made = run(house.command().args(["demo", "--small"]));
            assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
        }
        house.start().await;
        house
    }

    fn prepare(variables: Vec<(String, String)>, postgres: Option<(String, String)>) -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let port = free_port();
        let url = format!("http://127.0.0.1:{port}");
        Self { folder, url, port, variables, child: None, tokens: Mutex::default(), postgres }
    }

    /// On SQLite, on a disk of so many MiB with a ballast file that can be thrown off.
    pub async fn open_on_small_disk(scale: Scale, size_mib: u32, ballast_mib: u32) -> Self {
        let mut house = Self::prepare(Vec::new(), None);
        std::fs::create_dir(house.data()).expect("a folder to mount on");
        let (data, ballast) = (house.data(), house.ballast());
        let (data, ballast) = (data.display(), ballast.display());
        let binary = env!("CARGO_BIN_EXE_mulin");
        let demo =
            if scale == Scale::Small { format!("{binary} demo --small >&2 &&") } else { String::new() };
        let script = format!(
            "mount -t tmpfs -o size={size_mib}m tmpfs {data} && {demo} \
             dd if=/dev/zero of={ballast} bs=1M count={ballast_mib} status=none && exec {binary} serve"
        );
        let inside = house.command();
        let mut command = Command::new("unshare");
        for (name, value) in inside.get_envs() {
            match value {
                Some(value) => command.env(name, value),
                None => command.env_remove(name),
            };
        }
        command.args(["--map-root-user", "--mount", "sh", "-c", &script]).stdin(Stdio::null());
        house.begin(command).await;
        house
    }

    /// The file that only takes room.
    pub fn ballast(&self) -> PathBuf {
        self.data().join("ballast")
    }

    pub fn pid(&self) -> u32 {
        self.child.as_ref().expect("the server runs").id()
    }

    pub fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    /// The binary with this house's settings.
    pub fn command(&self) -> Command {
        let mut command = mulin(&self.data());
        command.envs(self.variables.iter().map(|(k, v)| (k, v)));
        command.env("MULIN_LISTEN", format!("127.0.0.1:{}", self.port)).env("MULIN_LOG", "warn");
        command.env("MULIN_UNLIMITED", "1");
        command
    }

    /// A sandbox in the same database; the server learns of it when it starts again.
    pub async fn make_sandbox(&mut self) -> Sandbox {
        self.stop();
        let given = Sandbox::read(&run(self.command().args(["sandbox", "new"])));
        self.start().await;
        given
    }

    pub async fn start(&mut self) {
        let mut command = self.command();
        command.arg("serve");
        self.begin(command).await;
    }

    async fn begin(&mut self, mut command: Command) {
        self.child = Some(command.stdout(Stdio::null()).spawn().expect("the binary starts"));
        let started = Instant::now();
        let client = testkit::http().build().expect("a client");
        loop {
            let ready =
                client.get(format!("{}/readyz", self.url)).timeout(Duration::from_secs(3)).send().await;
            if ready.is_ok_and(|r| r.status().is_success()) {
                return;
            }
            let ended = self.child.as_mut().and_then(|c| c.try_wait().ok().flatten());
            assert!(ended.is_none(), "the server ended: {ended:?}");
            assert!(started.elapsed() < OPEN_WAIT_MAX, "the server was not ready in time");
            tokio::time::sleep(Duration::from_millis(30)).await;
        }
    }

    /// SIGKILL: as if the power went.
    pub fn kill(&mut self) {
        if let Some(mut child) = self.child.take() {
            child.kill().expect("the server can be killed");
            child.wait().expect("the server ends");
        }
    }

    /// SIGTERM, and how it ended.
    pub fn stop(&mut self) -> std::process::ExitStatus {
        let mut child = self.child.take().expect("the server runs");
        let pid = child.id().to_string();
        assert!(Command::new("kill").args(["-TERM", &pid]).status().is_ok_and(|s| s.success()));
        child.wait().expect("the server ends")
    }

    pub fn caller(&self) -> Caller {
        Caller {
            client: testkit::http().timeout(Duration::from_secs(60)).build().expect("a client"),
            url: self.url.clone(),
            token: None,
        }
    }

    /// The demo's accounts, as scripts get them.
    pub fn accounts(&self) -> Value {
        let printed = run(self.command().args(["demo", "--accounts-json"]));
        serde_json::from_slice(&printed.stdout).expect("accounts are JSON")
    }

    /// Somebody of the demo, signed in.
    pub async fn person(&self, role: &str) -> Caller {
        let known = self.tokens.lock().expect("no test panicked with it").get(role).cloned();
        if let Some(token) = known {
            return self.caller().with_token(&token);
        }
        let accounts = self.accounts();
        let all = accounts["accounts"].as_array().expect("accounts");
        let account =
            all.iter().find(|a| a["role"] == role).unwrap_or_else(|| panic!("no {role} in the demo"));
        let mut body = serde_json::json!({ "login": account["login"], "password": account["password"] });
        if let Some(secret) = account["totp_secret"].as_str() {
            let now = platform::Clock::System.now();
            body["code"] = identity::second_factor_code(&bytes_of_base32(secret), now).into();
        }
        let caller = self.caller();
        let answer = caller.post("/api/identity/sign-in", body).await;
        let token = answer.ok()["token"].as_str().unwrap_or_default().to_owned();
        self.tokens.lock().expect("no test panicked with it").insert(role.to_owned(), token.clone());
        caller.with_token(&token)
    }

    /// The database beside the running server.
    pub async fn db(&self) -> store::Db {
        let target = match &self.postgres {
            Some((server, name)) => store::Target::Postgres(database_address(server, name)),
            None => store::Target::Sqlite(self.data().join("mulin.sqlite")),
        };
        let options = store::Options { exclusive: false, ..store::Options::new(target) };
        store::Db::open(options).await.expect("the database opens beside the server")
    }

    /// Stops, and removes the database where it is PostgreSQL's.
    pub async fn close(mut self) {
        self.kill();
        if let Some((server, name)) = self.postgres.take() {
            admin(&server, &format!("drop database {name} with (force)")).await;
        }
    }
}

impl Drop for House {
    fn drop(&mut self) {
        self.kill();
    }
}

fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").and_then(|l| l.local_addr()).expect("a free port").port()
}

pub fn database_address(server: &str, name: &str) -> String {
    let (base, _) = server.rsplit_once('/').expect("an address with a database");
    format!("{base}/{name}")
}

async fn admin(server: &str, command: &str) {
    let (client, connection) =
        tokio_postgres::connect(server, tokio_postgres::NoTls).await.expect("the PostgreSQL server answers");
    let driver = tokio::spawn(connection);
    client.batch_execute(command).await.unwrap_or_else(|e| panic!("{command}: {e:?}"));
    drop(client);
    let _ = driver.await;
}

pub fn bytes_of_base32(text: &str) -> Vec<u8> {
    let mut bytes = Vec::new();
    let (mut held, mut bits) = (0u32, 0);
    for c in text.bytes() {
        let place = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".iter().position(|b| *b == c).expect("base32");
        held = (held << 5) | place as u32;
        bits += 5;
        if bits >= 8 {
            bits -= 8;
            bytes.push((held >> bits) as u8);
            held &= (1 << bits) - 1;
        }
    }
    bytes
}

/// What a write answered, kept short for messages.
pub fn shown(answer: &Answer) -> String {
    format!("{} {}", answer.status, answer.text.chars().take(200).collect::<String>())
}
