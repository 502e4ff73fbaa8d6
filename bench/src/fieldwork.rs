//! The phones of all workers of a district, at one server: their first sync, what they did in a day without a line sent at once, and the
//! sync of a phone that has been here before.

use crate::http::{Connection, request};
use crate::load::{self, Outcome};
use crate::measure::Scale;
use crate::rest::come_to_rest;
use crate::server::{DATABASE_FILE, Engine, Server};
use crate::submissions::{answers, publish, raw_submission};
use crate::table::Line;
use platform::{Clock, FactId};
use serde_json::{Value, json};
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// Workers of the description's district.
const WORKERS: usize = 232;
/// What one phone brings from a day: homes that are as they were, filled forms, reports.
const CONFIRMED: usize = 100;
const FILLED: usize = 80;
const REPORTED: usize = 20;
/// The folder of the SQLite run: the raw limit takes its rows from there on both engines.
const SAMPLE: &str = "SQLite-fieldwork";
const FIRST_SECONDS_MAX: f64 = 30.0;
const SEND_SECONDS_MAX: f64 = 10.0;
const DELTA_MS_MAX: f64 = 30.0;
/// A phone reads again what changed so shortly before, on PostgreSQL: the register is no longer new then (`store`, `Conn::settled_after`).
const SETTLED_AFTER: Duration = Duration::from_secs(120);
const MIB: f64 = (1 << 20) as f64;
/// Everybody who works in a grid; in the demo one of them can sign in, and for this all of them.
const LET_IN: &str = "update identity_account set password_hash = (select one.password_hash from identity_account one where one.login = 'worker'), \
     must_change = (select one.must_change from identity_account one where one.login = 'worker') where login like 'worker%'";
const LOGINS: &str = "select login from identity_account where login like 'worker%' order by login";

/// A worker's phone.
#[derive(Clone, Debug)]
struct Phone {
    bearer: String,
    device: String,
    grid: String,
    /// Ids and versions of homes it carries.
    homes: Vec<(String, i64)>,
    since: String,
    bytes: usize,
}

/// All measurements of one engine.
pub async fn run(engine: Engine, scale: Scale, folder: &Path, lines: &mut Vec<Line>) -> Result<(), String> {
    let name = engine.name();
    let mut server = Server::new(&folder.join(format!("{name}-fieldwork")), engine);
    eprintln!("{name}: the phones of a district");
    server.register(0)?;
    let (logins, password) = let_in(&server).await?;
    come_to_rest().await;
    server.start().await?;
    let desk = format!("Bearer {}", server.sign_in("dispatcher").await?);
    let form = publish(&server, &desk).await?;
    let phones = begin(&server, &logins, &password).await?;
    let (phones, first) = first_sync(&server, phones, lines).await?;
    let (line, rate) = send_all(&server, &phones, &form).await?;
    come_to_rest().await;
    if matches!(server.engine, Engine::Postgres(_)) {
        tokio::time::sleep(SETTLED_AFTER).await;
    }
    let mut deltas = Vec::new();
    measure_deltas(&server, &phones, scale, &mut deltas).await;
    eprintln!("{name}: {} homes on {} phones, {first:.1} s", homes_of(&phones), phones.len());
    server.stop();
    // Bare writes want the database for themselves.
    lines.push(line.raw(match raw_submission(&server, scale, &form, &folder.join(SAMPLE)).await {
        Ok(raw) => format!("{raw:.0}/s bare writes of a submission's rows, {:.0} %", rate / raw * 100.0),
        Err(e) => format!("not measured: {e}"),
    }));
    lines.extend(deltas);
    Ok(())
}

fn homes_of(phones: &[Phone]) -> usize {
    phones.iter().map(|phone| phone.homes.len()).sum()
}

/// Gives all workers the password of the one who has one; answers their logins, and it.
async fn let_in(server: &Server) -> Result<(Vec<String>, String), String> {
    let account = server.account("grid_worker")?;
    let password = account["password"].as_str().unwrap_or_default().to_owned();
    let logins = match &server.engine {
        Engine::Sqlite => logins_of_sqlite(&server.data).map_err(|e| e.to_string())?,
        Engine::Postgres(url) => logins_of_postgres(url).await.map_err(|e| e.to_string())?,
    };
    Ok((logins.into_iter().take(WORKERS).collect(), password))
}

fn logins_of_sqlite(data: &Path) -> Result<Vec<String>, rusqlite::Error> {
    let db = rusqlite::Connection::open(data.join(DATABASE_FILE))?;
    db.execute_batch(LET_IN)?;
    let mut logins = db.prepare(LOGINS)?;
    logins.query_map([], |row| row.get(0))?.collect()
}

async fn logins_of_postgres(url: &str) -> Result<Vec<String>, tokio_postgres::Error> {
    let (client, connection) = tokio_postgres::connect(url, tokio_postgres::NoTls).await?;
    tokio::spawn(connection);
    client.batch_execute(LET_IN).await?;
    Ok(client.query(LOGINS, &[]).await?.iter().map(|row| row.get(0)).collect())
}

fn new_id() -> String {
    FactId::new(Clock::System.now()).0.to_string()
}

/// Signs all of them in and gives each a phone.
async fn begin(server: &Server, logins: &[String], password: &str) -> Result<Vec<Phone>, String> {
    let mut phones = Vec::with_capacity(logins.len());
    let mut connection = Connection::open(&server.address).await.map_err(|e| e.to_string())?;
    for login in logins {
        let body = json!({ "login": login, "password": password }).to_string();
        let answer = connection.ask(&request("POST", "/api/identity/sign-in", &[], &body)).await?;
        let bearer = format!("Bearer {}", answer["token"].as_str().unwrap_or_default());
        let device = new_id();
        let body = json!({ "id": device, "name": "手机" }).to_string();
        let headers = [("authorization", bearer.as_str())];
        connection.ask(&request("POST", "/api/fieldwork/devices", &headers, &body)).await?;
        let (grid, since) = (String::new(), String::new());
        phones.push(Phone { bearer, device, grid, homes: Vec::new(), since, bytes: 0 });
    }
    Ok(phones)
}

/// What `work` makes of each phone, all at once; with the seconds until the last has ended.
async fn at_once<T, W, R>(phones: Vec<Phone>, work: W) -> Result<(Vec<T>, f64), String>
where
    T: Send + 'static,
    W: Fn(Phone) -> R,
    R: Future<Output = Result<T, String>> + Send + 'static,
{
    let started = Instant::now();
    let running: Vec<_> = phones.into_iter().map(|phone| tokio::spawn(work(phone))).collect();
    let mut ended = Vec::with_capacity(running.len());
    for one in running {
        ended.push(one.await.map_err(|e| e.to_string())??);
    }
    Ok((ended, started.elapsed().as_secs_f64()))
}

/// Pages until there is no more.
async fn sync(address: String, mut phone: Phone) -> Result<Phone, String> {
    let mut connection = Connection::open(&address).await.map_err(|e| e.to_string())?;
    loop {
        let answer = connection.send(&sync_request(&phone)).await.map_err(|e| e.to_string())?;
        if !answer.is_success() {
            return Err(format!("sync: {}: {}", answer.status, String::from_utf8_lossy(&answer.body)));
        }
        phone.bytes += answer.body.len();
        let page = answer.json();
        let home = |home: &Value| Some((home["id"].as_str()?.to_owned(), home["version"].as_i64()?));
        phone.homes.extend(page["homes"].as_array().into_iter().flatten().filter_map(home));
        if let Some(path) = page["grids"][0]["path"].as_str() {
            phone.grid = path.to_owned();
        }
        phone.since = page["since"].as_str().unwrap_or_default().to_owned();
        if page["more"] != true {
            return Ok(phone);
        }
    }
}

fn sync_request(phone: &Phone) -> Vec<u8> {
    let since = if phone.since.is_empty() { String::new() } else { format!("&since={}", phone.since) };
    let path = format!("/api/fieldwork/sync?device={}{since}", phone.device);
    request("GET", &path, &[("authorization", &phone.bearer)], "")
}

async fn first_sync(
    server: &Server,
    phones: Vec<Phone>,
    lines: &mut Vec<Line>,
) -> Result<(Vec<Phone>, f64), String> {
    let address = server.address.clone();
    let (phones, seconds) = at_once(phones, move |phone| sync(address.clone(), phone)).await?;
    let bytes: usize = phones.iter().map(|phone| phone.bytes).sum();
    let measured = format!("{seconds:.1} s, {} homes, {:.0} MiB", homes_of(&phones), bytes as f64 / MIB);
    let what = format!("first syncs of {} workers at once", phones.len());
    lines.push(Line::new(server.engine.name(), &what, "≤ 30 s", measured, seconds <= FIRST_SECONDS_MAX));
    Ok((phones, seconds))
}

/// A day without a line.
fn day_of(phone: &Phone, form: &str) -> Value {
    let now = Clock::System.now();
    let confirmed = phone.homes.iter().cycle().take(CONFIRMED.min(phone.homes.len()));
    let confirmed = confirmed.map(|(id, version)| ("confirm", json!({ "record": id, "version": version })));
    let filled = (0..FILLED)
        .map(|_| ("submit", json!({ "form": form, "version": 1, "answers": answers(), "area": phone.grid })));
    let grid = phone.grid.rsplit('/').next().unwrap_or_default();
    let reported = (0..REPORTED)
        .map(|_| ("report", json!({ "words": "楼道灯不亮，晚上看不见路。", "place": { "grid": grid } })));
    let command = |(number, (kind, body)): (usize, (&str, Value))| json!({ "id": new_id(), "seq": number + 1, "at": now, "kind": kind, "body": body });
    let commands: Vec<Value> = confirmed.chain(filled).chain(reported).enumerate().map(command).collect();
    json!({ "device": phone.device, "sent_at": now, "commands": commands })
}

/// How many commands were done.
async fn send(address: String, bearer: String, body: String) -> Result<(usize, usize), String> {
    let mut connection = Connection::open(&address).await.map_err(|e| e.to_string())?;
    let sent = request("POST", "/api/fieldwork/sync/commands", &[("authorization", &bearer)], &body);
    let answer = connection.ask(&sent).await?;
    let answers = answer["answers"].as_array().cloned().unwrap_or_default();
    let is_done = |one: &&Value| matches!(one["state"].as_str(), Some("accepted" | "merged"));
    let done = answers.iter().filter(is_done).count();
    if let Some(other) = answers.iter().find(|one| !is_done(one)) {
        eprintln!("not done: {other}");
    }
    Ok((done, answers.len()))
}

/// All days at once; answers the line of the table, and commands a second.
async fn send_all(server: &Server, phones: &[Phone], form: &str) -> Result<(Line, f64), String> {
    let days: Arc<Vec<(String, String)>> = Arc::new(
        phones.iter().map(|phone| (phone.bearer.clone(), day_of(phone, form).to_string())).collect(),
    );
    let address = server.address.clone();
    let numbered = phones.iter().enumerate().map(|(number, phone)| Phone { bytes: number, ..phone.clone() });
    let work = move |phone: Phone| {
        let (bearer, body) = days[phone.bytes].clone();
        send(address.clone(), bearer, body)
    };
    let (ended, seconds) = at_once(numbered.collect(), work).await?;
    let (done, sent) = ended.iter().fold((0, 0), |sum, one| (sum.0 + one.0, sum.1 + one.1));
    let rate = done as f64 / seconds;
    let measured = format!("{seconds:.1} s, {done} of {sent} done, {rate:.0}/s");
    let holds = seconds <= SEND_SECONDS_MAX && done == sent;
    let what = format!("{} workers send 200 queued records each at once", phones.len());
    Ok((Line::new(server.engine.name(), &what, "≤ 10 s", measured, holds), rate))
}

/// The sync of phones that have been here before: with a day's changes to take, and with none.
async fn measure_deltas(server: &Server, phones: &[Phone], scale: Scale, lines: &mut Vec<Line>) {
    let changed = delta(server, phones, scale).await;
    push(server, "sync of a phone, a day of changes to take", &changed, lines);
    let address = server.address.clone();
    let Ok((fresh, _)) = at_once(phones.to_vec(), move |phone| sync(address.clone(), phone)).await else {
        return;
    };
    let none = delta(server, &fresh, scale).await;
    push(server, "sync of a phone, nothing changed", &none, lines);
}

fn push(server: &Server, what: &str, outcome: &Outcome, lines: &mut Vec<Line>) {
    let measured = format!("p50 {:.1} ms, p99 {:.1} ms", outcome.ms(0.5), outcome.ms(0.99));
    let holds = outcome.ms(0.99) <= DELTA_MS_MAX && outcome.failed == 0;
    lines.push(Line::new(server.engine.name(), what, "p99 ≤ 30 ms", measured, holds));
}

/// One question after the other, each for another phone.
async fn delta(server: &Server, phones: &[Phone], scale: Scale) -> Outcome {
    let asked: Arc<Vec<Vec<u8>>> = Arc::new(phones.iter().map(sync_request).collect());
    let turn = Arc::new(std::sync::atomic::AtomicUsize::new(0));
    load::run(&server.address, 1, scale.time, move |mut connection: Connection, _| {
        let number = turn.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
        let asked = asked.clone();
        async move {
            let ended = connection.ask(&asked[number % asked.len()]).await.map(drop);
            (connection, ended)
        }
    })
    .await
}
