//! A small district for stories of sensors: two grids with a worker each, a dispatcher, a water company, the system administrator, a
//! gateway with a key; gauges, a cover, a detector.

use edge::Capability;
use identity::{NewAssignment, NewStaff};
use platform::{AccountId, OrganisationId, Scope, Time};
use serde_json::{Value, json};
use std::collections::HashMap;
use std::sync::{Arc, RwLock};
use std::time::Duration;
use store::Tx;
use territory::{
    AddOrganisation, AreaDraft, AreaKind, AreaLevel, HoldPost, HoldingRole, OpenPost, OrganisationKind, Plan,
    PostKind, TerritoryError,
};
use testkit::{Caller, DISTRICT, Town};

const CAPABILITIES: &[&Capability] = &[
    &courier::CAPABILITY,
    &territory::CAPABILITY,
    &identity::CAPABILITY,
    &messages::CAPABILITY,
    &registry::CAPABILITY,
    &cases::CAPABILITY,
    &fieldwork::CAPABILITY,
    &linkage::CAPABILITY,
];
pub const SENSORS: &str = "/api/linkage/sensors";
const GRID_1: &str = "430204/430204001/430204001008/430204001008J001";
const GRID_2: &str = "430204/430204001/430204001008/430204001008J002";
/// A place of each grid.
pub const AT_1: (f64, f64) = (113.11, 27.88);
pub const AT_2: (f64, f64) = (113.13, 27.88);

/// name, kind, area, unit
const SEATS: &[(&str, PostKind, &str, Option<&str>)] = &[
    ("dispatcher", PostKind::Dispatcher, "430204", None),
    ("desk", PostKind::SubdistrictDesk, "430204/430204001", None),
    ("worker1", PostKind::GridWorker, GRID_1, None),
    ("worker2", PostKind::GridWorker, GRID_2, None),
    ("water", PostKind::Unit, "430204", Some("water_supply")),
];

/// code, level, name, and the corners in hundredths of a degree from 113.10 E, 27.86 N
const GROUND: &[(&str, AreaLevel, &str, [f64; 4])] = &[
    ("430204", AreaLevel::District, "石峰区（示意）", [0.0, 0.0, 4.0, 4.0]),
    ("430204001", AreaLevel::Subdistrict, "田心街道", [0.0, 0.0, 4.0, 4.0]),
    ("430204001008", AreaLevel::Community, "田心社区", [0.0, 0.0, 4.0, 4.0]),
    ("430204001008J001", AreaLevel::Grid, "田心第1网格", [0.0, 0.0, 2.0, 4.0]),
    ("430204001008J002", AreaLevel::Grid, "田心第2网格", [2.0, 0.0, 4.0, 4.0]),
];

/// A town with sensors.
pub struct SensorTown {
    pub town: Town,
    accounts: HashMap<&'static str, AccountId>,
    /// Signed in anew whenever time passes: a session of staff ends with the day.
    staff: RwLock<HashMap<&'static str, Caller>>,
    /// A system that hands in readings by its key.
    pub gateway: Caller,
}

/// Runs a story on every engine.
pub async fn each_sensor_town(story: impl AsyncFn(SensorTown)) {
    testkit::each_engine(CAPABILITIES, async |town: Town| story(SensorTown::settle(town).await).await).await;
}

impl SensorTown {
    async fn settle(town: Town) -> Self {
        lay_ground(&town).await;
        let gateway = town.caller();
        let mut all = Self { town, accounts: HashMap::new(), staff: RwLock::default(), gateway };
        let unit = all.found_unit().await;
        for (name, kind, area, of) in SEATS {
            all.seat(name, *kind, area, of.map(|_| unit)).await;
        }
        all.open_administrator().await;
        all.sign_in_all().await;
        all.gateway = all.key().await;
        all
    }

    async fn found_unit(&self) -> OrganisationId {
        let add = async |tx: &mut Tx| {
            let new = AddOrganisation {
                key: "water_supply".to_owned(),
                name: "供水公司".to_owned(),
                name_en: None,
                kind: OrganisationKind::Operator,
                phone: Some("073128680000".to_owned()),
            };
            territory::add_organisation(tx, new).await
        };
        territory::write(self.town.db(), &self.town.system(), add).await.expect("a unit")
    }

    async fn seat(&mut self, name: &'static str, kind: PostKind, area: &str, unit: Option<OrganisationId>) {
        let area = area.to_owned();
        let settle = async move |tx: &mut Tx| {
            let post = OpenPost {
                kind,
                name: format!("{name}岗"),
                name_en: None,
                area_path: area.clone(),
                organisation: unit,
                phone: None,
                from: None,
            };
            let post = territory::open_post(tx, post).await?;
            let account = identity::create_staff(tx, &NewStaff::new(name, name)).await.expect("an account");
            let role = HoldingRole::Main;
            let hold =
                HoldPost { post, account, role, name: name.to_owned(), phone: None, from: None, to: None };
            territory::hold_post(tx, hold).await?;
            Ok::<_, TerritoryError>(account)
        };
        let account = territory::write(self.town.db(), &self.town.system(), settle).await.expect("a seat");
        self.accounts.insert(name, account);
    }

    async fn open_administrator(&mut self) {
        let open = async |tx: &mut Tx| {
            let account = identity::create_staff(tx, &NewStaff::new("admin", "管理员")).await?;
            give(tx, account, "system_admin").await?;
            Ok::<_, identity::IdentityError>(account)
        };
        let account = self.town.db().write(&self.town.system(), open).await.expect("an administrator");
        self.accounts.insert("admin", account);
    }

    async fn sign_in_all(&self) {
        let accounts = self.accounts.clone();
        let enter = async move |tx: &mut Tx| {
            let mut tokens = Vec::new();
            for (name, account) in &accounts {
                tokens.push((*name, identity::open_session(tx, *account).await?.reveal().to_owned()));
            }
            Ok::<_, identity::IdentityError>(tokens)
        };
        let tokens = self.town.db().write(&self.town.system(), enter).await.expect("sessions");
        let callers = tokens.into_iter().map(|(name, token)| (name, self.town.caller().with_token(&token)));
        *self.staff.write().expect("not poisoned") = callers.collect();
    }

    /// The key of a gateway.
    async fn key(&self) -> Caller {
        let admin = self.staff("admin");
        let new = json!({ "kind": "service", "name": "感知平台" });
        let account = admin.post("/api/identity/accounts", new).await.ok()["id"].clone();
        let id: AccountId = text(&account).parse().expect("an id");
        let role = async move |tx: &mut Tx| give(tx, id, "sensor_gateway").await;
        self.town.db().write(&self.town.system(), role).await.expect("a role");
        let key = admin.post("/api/identity/service-keys", json!({ "account": account })).await.ok();
        self.town.caller().with_token(&text(&key["key"]))
    }

    /// Somebody at work: "dispatcher", "desk", "worker1", "worker2", "water", "admin".
    #[track_caller]
    pub fn staff(&self, name: &str) -> Caller {
        let staff = self.staff.read().expect("not poisoned");
        staff.get(name).unwrap_or_else(|| panic!("nobody is called {name}")).clone()
    }

    pub fn now(&self) -> Time {
        self.town.clock.now()
    }

    pub async fn passes(&self, seconds: u64) {
        self.town.passes(Duration::from_secs(seconds)).await;
        self.sign_in_all().await;
    }

    /// Registers a sensor; answers it.
    pub async fn registers(&self, code: &str, kind: &str, at: (f64, f64)) -> Value {
        let body = sensor(code, kind, at);
        self.staff("dispatcher").post(SENSORS, body).await.ok()
    }

    /// A sensor says a value now, over HTTP; answers why it was refused, if it was.
    pub async fn says(&self, code: &str, value: f64) -> Option<String> {
        let receipt = self.sends(json!([{ "sensor": code, "value": value, "at": self.now() }])).await;
        receipt["refused"][0]["reason"].as_str().map(str::to_owned)
    }

    /// The same value for some time: from the next second on, and at its end.
    pub async fn holds(&self, code: &str, value: f64, seconds: u64) {
        self.passes(1).await;
        assert_eq!(self.says(code, value).await, None);
        self.passes(seconds).await;
        assert_eq!(self.says(code, value).await, None);
        self.town.settles().await;
    }

    /// Readings as they are, handed in by the gateway.
    pub async fn sends(&self, readings: Value) -> Value {
        self.gateway.post("/api/linkage/readings", json!({ "readings": readings })).await.ok()
    }

    /// A sensor as the dispatcher sees it.
    pub async fn sees(&self, sensor: &Value) -> Value {
        self.staff("dispatcher").get(&format!("{SENSORS}/{}", text(&sensor["id"]))).await.ok()
    }

    /// Every case, the newest last, as the dispatcher's list has it.
    pub async fn cases(&self) -> Vec<Value> {
        let page = self.staff("dispatcher").get("/api/cases?queue=all&area=430204&limit=100").await.ok();
        let mut cases = page["items"].as_array().expect("cases").clone();
        cases.sort_by_key(|case| text(&case["id"]));
        cases
    }

    /// What the house wrote on a case.
    pub async fn told_on(&self, case: &Value) -> Vec<String> {
        let case = self.staff("dispatcher").get(&format!("/api/cases/{}", text(case))).await.ok();
        let lines = case["timeline"].as_array().expect("a timeline");
        lines.iter().filter(|line| line["action"] == "inform").map(|line| text(&line["note"])).collect()
    }

    /// How many facts have a name.
    pub async fn count_facts(&self, name: &str) -> usize {
        let first = platform::FactId(uuid::Uuid::nil());
        let read =
            async move |conn: &mut store::Conn| store::FactRow::after(conn, DISTRICT, first, 10_000).await;
        let facts = self.town.db().read(read).await.expect("the facts");
        facts.iter().filter(|fact| fact.name == name).count()
    }
}

/// A sensor to be registered.
pub fn sensor(code: &str, kind: &str, (lon, lat): (f64, f64)) -> Value {
    json!({ "code": code, "kind": kind, "name": format!("田心路{code}"), "lon": lon, "lat": lat })
}

/// What became of the alarms of a sensor, the newest first.
pub fn outcomes(sensor: &Value) -> Vec<String> {
    let alarms = sensor["alarms"].as_array().expect("alarms");
    alarms.iter().map(|alarm| alarm["outcome"].as_str().unwrap_or("?").to_owned()).collect()
}

#[track_caller]
pub fn text(value: &Value) -> String {
    value.as_str().unwrap_or_else(|| panic!("no text: {value}")).to_owned()
}

async fn give(tx: &mut Tx, account: AccountId, role: &str) -> Result<(), identity::IdentityError> {
    let role = NewAssignment { account, role: role.into(), scope: Scope::District, from: None, to: None };
    identity::assign_role(tx, &role).await.map(drop)
}

async fn lay_ground(town: &Town) {
    let areas = GROUND.iter().map(|(code, level, name, corners)| AreaDraft {
        code: (*code).to_owned(),
        level: *level,
        kind: AreaKind::Basic,
        name: (*name).to_owned(),
        name_en: None,
        parent: None,
        households: (*level == AreaLevel::Grid).then_some(400),
        boundary: Some(Arc::new(ring(*corners))),
    });
    let plan = Plan { from: town.clock.now(), within: None, areas: areas.collect() };
    let review = territory::check_areas(town.db(), DISTRICT, plan).await.expect("the plan is read");
    let plan = Arc::new(review.accept().expect("the plan holds"));
    let import = async move |tx: &mut Tx| territory::import_areas(tx, &plan).await.map(drop);
    territory::write(town.db(), &town.system(), import).await.expect("the ground is laid");
}

fn ring([west, south, east, north]: [f64; 4]) -> geo::Boundary {
    let at = |x: f64, y: f64| geo::Point::new(113.10 + x / 100.0, 27.86 + y / 100.0).expect("a point");
    let corners = [at(west, south), at(east, south), at(east, north), at(west, north), at(west, south)];
    geo::Boundary::from_ring(&corners).expect("a square")
}
