//! A town for a test: a fresh database on each engine, the real server on a real port, a clock in the hand.
//!
//! `each_engine(caps, async |town| …)` runs a story on SQLite and, where `MULIN_TEST_POSTGRES` names a server, on PostgreSQL.

mod chance;
mod mail;
mod strait;

pub use chance::{Chance, faults};
pub use mail::{Mail, MailSink};
pub use strait::Strait;

use edge::{Capability, Edge, Settings};
use platform::{Actor, Clock, DistrictId, Fault, Time};
use std::net::SocketAddr;
use std::time::Duration;
use store::{Db, Json, Options, Target, Tx};
use tempfile::TempDir;

/// The environment variable that names a PostgreSQL server where databases may be made.
pub const POSTGRES_ENV: &str = "MULIN_TEST_POSTGRES";
/// The district of every town.
pub const DISTRICT: DistrictId = DistrictId(430_204);
/// A Monday morning, 2026-03-02 10:00 in China, in the middle of working hours.
pub const MONDAY: &str = "2026-03-02T02:00:00Z";

/// A running town.
#[derive(Debug)]
pub struct Town {
    pub edge: Edge,
    pub clock: Clock,
    /// `http://127.0.0.1:port`
    pub url: String,
    pub folder: TempDir,
}

/// The moment a town starts at.
pub fn monday() -> Time {
    MONDAY.parse().expect("a valid moment")
}

/// Runs a story on every engine there is.
pub async fn each_engine(capabilities: &[&Capability], story: impl AsyncFn(Town)) {
    story(Town::on_sqlite(capabilities).await).await;
    match std::env::var(POSTGRES_ENV) {
        Ok(server) => {
            let (town, drop_database) = Town::on_postgres(capabilities, &server).await;
            story(town).await;
            drop_database.await;
        }
        Err(_) => eprintln!("skipped on PostgreSQL: {POSTGRES_ENV} is not set (make test sets it)"),
    }
}

impl Town {
    /// A town on a SQLite file of its own.
    pub async fn on_sqlite(capabilities: &[&Capability]) -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let target = Target::Sqlite(folder.path().join("mulin.sqlite"));
        Self::found(capabilities, target, folder).await
    }

    /// A town on a PostgreSQL database of its own, with the work that removes it afterwards.
    pub async fn on_postgres(
        capabilities: &[&Capability],
        server: &str,
    ) -> (Self, impl Future<Output = ()> + use<>) {
        let name = format!("town_{}", uuid::Uuid::new_v4().simple());
        admin(server, &format!("create database {name} locale 'C.UTF-8' template template0")).await;
        let address = database_address(server, &name);
        let folder = tempfile::tempdir().expect("a temporary folder");
        let town = Self::found(capabilities, Target::Postgres(address), folder).await;
        let server = server.to_owned();
        (town, async move { admin(&server, &format!("drop database {name} with (force)")).await })
    }

    async fn found(capabilities: &[&Capability], target: Target, folder: TempDir) -> Self {
        let clock = Clock::manual(monday());
        let workload = edge::workload(capabilities);
        let options = Options { clock: clock.clone(), workload, ..Options::new(target) };
        let db = Db::open(options).await.expect("the database opens");
        let near = ["127.0.0.0/8", strait::TEST_NETWORKS].map(|net| net.parse().expect("a network"));
        let settings = Settings {
            data: folder.path().to_owned(),
            demo: true,
            private_networks: near.to_vec(),
            ..Settings::default()
        };
        let edge =
            edge::prepare(&db, capabilities, settings, None).await.expect("the capabilities are prepared");
        found_district(&db, DISTRICT, "430204", "石峰区（示意）").await.expect("the district is founded");
        let (router, _) = edge::router(&edge, capabilities);
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let url = format!("http://{}", listener.local_addr().expect("a bound port"));
        tokio::spawn(async move {
            axum::serve(listener, router.into_make_service_with_connect_info::<SocketAddr>()).await
        });
        Self { edge, clock, url, folder }
    }

    pub fn db(&self) -> &Db {
        &self.edge.db
    }

    /// The house itself, acting in the town's district.
    pub fn system(&self) -> Actor {
        Actor::system(DISTRICT, "test")
    }

    /// Moves the clock on, and lets everything that has become due happen.
    pub async fn passes(&self, wait: Duration) {
        self.clock.set(self.clock.now().after(wait));
        self.settles().await;
    }

    /// Runs reactions and timers until none is due.
    pub async fn settles(&self) {
        while self.edge.db.run_due().await.expect("reactions and timers run") > 0 {}
    }

    /// A caller with a cookie jar of its own.
    pub fn caller(&self) -> Caller {
        let client = http()
            .cookie_store(true)
            // A server that refuses a body half-read closes the connection: none is used twice, so no story meets a closed one.
            .pool_max_idle_per_host(0)
            .redirect(reqwest::redirect::Policy::none())
            .build()
            .expect("an HTTP client");
        Caller { client, url: self.url.clone(), token: None }
    }
}

/// Founds a district, as the first step of any story.
pub async fn found_district(db: &Db, id: DistrictId, code: &str, name: &str) -> Result<(), Fault> {
    let district = edge::District {
        district: id,
        code: code.to_owned(),
        name: name.to_owned(),
        name_en: name.to_owned(),
        host: None,
        settings: Json(serde_json::json!({})),
    };
    db.write(&Actor::system(id, "test"), async move |tx: &mut Tx| {
        edge::Districts::found(tx, district.clone()).await
    })
    .await?;
    edge::Districts::load(db).await
}

/// A client to be made. The TLS library wants to be told once in a process whose arithmetic it uses.
pub fn http() -> reqwest::ClientBuilder {
    let _ = rustls::crypto::ring::default_provider().install_default();
    reqwest::Client::builder()
}

/// Somebody who speaks HTTP to the town.
#[derive(Clone, Debug)]
pub struct Caller {
    pub client: reqwest::Client,
    pub url: String,
    /// Sent as `Authorization: Bearer`.
    pub token: Option<String>,
}

/// An answer, read whole.
#[derive(Clone, Debug)]
pub struct Answer {
    pub status: u16,
    pub headers: reqwest::header::HeaderMap,
    pub text: String,
}

impl Answer {
    /// What a page put into a hidden field of its form.
    #[track_caller]
    pub fn hidden(&self, name: &str) -> &str {
        let found = self.text.split(&format!("name=\"{name}\" value=\"")).nth(1);
        let value = found.and_then(|rest| rest.split('"').next());
        value.unwrap_or_else(|| panic!("no field {name}: {}", self.text))
    }

    pub fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.text).unwrap_or_else(|e| panic!("{e}: {}", self.text))
    }

    /// The body of a success; anything else ends the test with what was answered.
    #[track_caller]
    pub fn ok(&self) -> serde_json::Value {
        assert!((200..300).contains(&self.status), "{}: {}", self.status, self.text);
        if self.text.is_empty() { serde_json::Value::Null } else { self.json() }
    }

    /// The problem, which must carry this code.
    #[track_caller]
    pub fn refused(&self, code: &str) -> serde_json::Value {
        assert!(self.status >= 400, "not refused: {}: {}", self.status, self.text);
        let problem = self.json();
        assert_eq!(problem["code"], code, "{}", self.text);
        problem
    }
}

impl Caller {
    pub fn with_token(&self, token: &str) -> Self {
        Self { token: Some(token.to_owned()), ..self.clone() }
    }

    pub async fn send(&self, request: reqwest::RequestBuilder) -> Answer {
        let request = match &self.token {
            Some(token) => request.bearer_auth(token),
            None => request,
        };
        let response = request.send().await.expect("the town answers");
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        let text = response.text().await.expect("the answer is text");
        Answer { status, headers, text }
    }

    pub async fn get(&self, path: &str) -> Answer {
        self.send(self.client.get(format!("{}{path}", self.url))).await
    }

    pub async fn post(&self, path: &str, body: serde_json::Value) -> Answer {
        self.send(self.client.post(format!("{}{path}", self.url)).json(&body)).await
    }

    /// Sends the form of a page, as a browser would: with the field that the page put there.
    pub async fn sends_form(&self, path: &str, fields: &[(&str, &str)]) -> Answer {
        self.sends_form_of(path, path, fields).await
    }

    /// Sends a form that stands on another page than the one it goes to.
    pub async fn sends_form_of(&self, page: &str, path: &str, fields: &[(&str, &str)]) -> Answer {
        let page = self.get(page).await;
        let fields: Vec<(&str, &str)> =
            fields.iter().copied().chain([("_csrf", page.hidden("_csrf"))]).collect();
        let body = serde_urlencoded::to_string(fields).expect("a form");
        let request = self.client.post(format!("{}{path}", self.url)).body(body);
        self.send(request.header("content-type", "application/x-www-form-urlencoded")).await
    }

    pub async fn put(&self, path: &str, body: serde_json::Value) -> Answer {
        self.send(self.client.put(format!("{}{path}", self.url)).json(&body)).await
    }

    pub async fn delete(&self, path: &str) -> Answer {
        self.send(self.client.delete(format!("{}{path}", self.url))).await
    }
}

fn database_address(server: &str, database: &str) -> String {
    let (base, query) = server.split_once('?').map_or((server, None), |(b, q)| (b, Some(q)));
    let scheme_end = base.find("://").map_or(0, |i| i + 3);
    let host_end = base[scheme_end..].find('/').map_or(base.len(), |i| scheme_end + i);
    let query = query.map(|q| format!("?{q}")).unwrap_or_default();
    format!("{}/{database}{query}", &base[..host_end])
}

async fn admin(server: &str, command: &str) {
    let (client, connection) =
        tokio_postgres::connect(server, tokio_postgres::NoTls).await.expect("the PostgreSQL server answers");
    let driver = tokio::spawn(connection);
    client.batch_execute(command).await.unwrap_or_else(|e| panic!("{command}: {e:?}"));
    drop(client);
    let _ = driver.await;
}
