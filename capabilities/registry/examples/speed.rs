//! How fast the register of a whole district is made, and searched over HTTP: `cargo run --release -p registry --example speed`.
//!
//! On SQLite, and on PostgreSQL where `MULIN_TEST_POSTGRES` names a server. `SPEED_GRIDS` fills fewer grids.

use axum::http::request::Parts;
use edge::{Authenticate, Capability, Edge};
use platform::{AccountId, Actor, ActorKind, Grant, Problem, Scope};
use std::pin::Pin;
use std::sync::Arc;
use std::time::{Duration, Instant};
use territory::DemoScale;
use testkit::{DISTRICT, Town};
use uuid::Uuid;

// As the server allocates.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

const CAPABILITIES: &[&Capability] = &[&territory::CAPABILITY, &registry::CAPABILITY];
/// Searches of each kind.
const ROUNDS: usize = 100;
/// What people type, by what it is. Several of each, in turn.
const TYPED: &[(&str, &[&str])] = &[
    ("two characters", &["张伟", "王芳", "李娜", "刘洋", "陈静"]),
    ("one character", &["王", "陈"]),
    ("pinyin", &["zhangwei", "wangfang", "liuyang"]),
    ("pinyin initials", &["zw", "wf", "zwm", "lxy"]),
    ("last four", &["1203", "0042", "8817", "003x"]),
    ("whole telephone", &["14210000042", "14210100000"]),
    ("address piece", &["田心一村5栋", "5-2-301", "清霞二村3栋1单元"]),
    ("organisation", &["鑫源五金", "幼儿园"]),
];

#[tokio::main]
async fn main() {
    println!("sqlite");
    measure(&Town::on_sqlite(CAPABILITIES).await).await;
    let Ok(server) = std::env::var(testkit::POSTGRES_ENV) else { return };
    println!("postgres");
    let (town, drop_database) = Town::on_postgres(CAPABILITIES, &server).await;
    measure(&town).await;
    drop(town);
    drop_database.await;
}

async fn measure(town: &Town) {
    Edge::set_authenticate(town.edge.fixtures(), Arc::new(Doorkeeper));
    let plan = territory::plan_demo(DemoScale::Full).expect("the ground is planned");
    let accounts: Vec<AccountId> = plan.people.iter().map(|_| AccountId(Uuid::new_v4())).collect();
    let now = town.clock.now();
    territory::seed_demo(town.db(), &town.system(), plan, &accounts, now).await.expect("the ground is laid");
    let grids = std::env::var("SPEED_GRIDS").ok().and_then(|n| n.parse().ok());
    let started = Instant::now();
    let made = registry::demo::fill(town.db(), DISTRICT, grids, &mut |_| ()).await.expect("the demo is made");
    let seconds = started.elapsed().as_secs_f64();
    println!("  {} records in {seconds:.1} s: {:?}", made.records, made.by_kind);
    let clerk = town.caller().with_token("district");
    for (what, typed) in TYPED {
        let mut times = Vec::with_capacity(ROUNDS);
        for round in 0..ROUNDS {
            // The hand that types is slower than what one account may search.
            town.clock.set(town.clock.now().after(Duration::from_secs(1)));
            let path = format!("/api/registry/search?q={}", typed[round % typed.len()]);
            let started = Instant::now();
            clerk.get(&path).await.ok();
            times.push(started.elapsed().as_secs_f64() * 1000.0);
        }
        times.sort_by(f64::total_cmp);
        println!("  {what}: p50 {:.1} ms, p99 {:.1} ms", times[ROUNDS / 2], times[ROUNDS * 99 / 100]);
    }
    let started = Instant::now();
    clerk.get("/api/registry/counts").await.ok();
    println!("  counts of all areas: {:.0} ms", started.elapsed().as_secs_f64() * 1000.0);
    let started = Instant::now();
    clerk.get("/api/registry/stale").await.ok();
    println!("  first page to confirm: {:.0} ms", started.elapsed().as_secs_f64() * 1000.0);
}

/// Lets one token in, who may look in the whole district.
struct Doorkeeper;

impl Authenticate for Doorkeeper {
    fn actor<'a>(
        &'a self,
        _edge: &'a Edge,
        _parts: &'a Parts,
        asked: Actor,
    ) -> Pin<Box<dyn Future<Output = Result<Option<Actor>, Problem>> + Send + 'a>> {
        let grant = Grant { permission: registry::access::VIEW.name.to_owned(), scope: Scope::District };
        let actor = Actor {
            kind: ActorKind::Staff,
            account: Some(AccountId(Uuid::from_u128(1))),
            grants: Arc::new([grant]),
            ..asked
        };
        Box::pin(async move { Ok(Some(actor)) })
    }
}
