//! A small district for stories of a hotline: one street with two grids, a dispatcher, a desk, a water company, and two hotlines' keys.

use edge::Capability;
use identity::{NewAssignment, NewStaff};
use platform::{AccountId, OrganisationId, Scope};
use serde_json::{Value, json};
use std::collections::HashMap;
use std::sync::{Arc, RwLock};
use std::time::Duration;
use store::Tx;
use territory::{
    AddOrganisation, AreaDraft, AreaKind, AreaLevel, HoldPost, HoldingRole, OpenPost, OrganisationKind, Plan,
    PostKind, TerritoryError,
};
use testkit::{Answer, Caller, DISTRICT, Town};

const CAPABILITIES: &[&Capability] = &[
    &courier::CAPABILITY,
    &territory::CAPABILITY,
    &identity::CAPABILITY,
    &registry::CAPABILITY,
    &cases::CAPABILITY,
    &fieldwork::CAPABILITY,
    &linkage::CAPABILITY,
];
pub const ORDERS: &str = "/api/linkage/work-orders";
pub const PHONE: &str = "13873312345";
/// "供水管道破裂": the water company answers it.
pub const BURST_PIPE: &str = "P01002";
pub const BURST: &str = "田心路12号门口水管爆了，水喷得很高，路面全是水";
/// A place of the first grid.
pub const HERE: (f64, f64) = (113.11, 27.88);

/// A town with a hotline.
pub struct HotlineTown {
    pub town: Town,
    accounts: HashMap<&'static str, AccountId>,
    /// Signed in anew whenever time passes: a session of staff ends with the day.
    staff: RwLock<HashMap<&'static str, Caller>>,
    /// Two systems with a key each.
    pub hotline: Caller,
    pub stranger: Caller,
}

/// name, kind, area, unit
const SEATS: &[(&str, PostKind, &str, Option<&str>)] = &[
    ("dispatcher", PostKind::Dispatcher, "430204", None),
    ("desk", PostKind::SubdistrictDesk, "430204/430204001", None),
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

/// Runs a story on every engine.
pub async fn each_hotline_town(story: impl AsyncFn(HotlineTown)) {
    testkit::each_engine(CAPABILITIES, async |town: Town| story(HotlineTown::settle(town).await).await).await;
}

/// A work order as a hotline sends it.
pub fn order(number: &str, words: &str) -> Value {
    json!({
        "source": "12345", "number": number, "received_at": "2026-03-02T01:30:00Z", "kind": "complain", "words": words,
        "place": { "lon": HERE.0, "lat": HERE.1, "address": "田心路12号" },
        "caller_name": "李奶奶", "caller_phone": "138 7331 2345", "promised_at": "2026-03-09T09:00:00Z",
        "classification": "城乡建设>供水>水管破裂",
    })
}

/// The same order with other fields.
pub fn with(mut order: Value, fields: Value) -> Value {
    for (key, value) in fields.as_object().expect("fields") {
        order[key] = value.clone();
    }
    order
}

impl HotlineTown {
    async fn settle(town: Town) -> Self {
        lay_ground(&town).await;
        let caller = town.caller();
        let mut all = Self {
            town,
            accounts: HashMap::new(),
            staff: RwLock::default(),
            hotline: caller.clone(),
            stranger: caller,
        };
        let unit = all.found_unit().await;
        for (name, kind, area, of) in SEATS {
            all.seat(name, *kind, area, of.map(|_| unit)).await;
        }
        all.sign_in_all().await;
        let admin = all.administrator().await;
        all.hotline = all.key(&admin, "市12345热线系统", unit).await;
        all.stranger = all.key(&admin, "别的系统", unit).await;
        all
    }

    async fn found_unit(&self) -> OrganisationId {
        let add = async |tx: &mut Tx| {
            let new = AddOrganisation {
                key: "water_supply".to_owned(),
                name: "供水公司".to_owned(),
                name_en: None,
                kind: OrganisationKind::Operator,
                phone: None,
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

    async fn administrator(&self) -> Caller {
        let open = async |tx: &mut Tx| {
            let account = identity::create_staff(tx, &NewStaff::new("admin", "管理员")).await?;
            give(tx, account, "system_admin", Scope::District).await?;
            let token = identity::open_session(tx, account).await?;
            Ok::<_, identity::IdentityError>(token.reveal().to_owned())
        };
        let token = self.town.db().write(&self.town.system(), open).await.expect("an administrator");
        self.town.caller().with_token(&token)
    }

    /// Another system with a key.
    async fn key(&self, admin: &Caller, name: &str, unit: OrganisationId) -> Caller {
        let new = json!({ "kind": "service", "name": name });
        let account = admin.post("/api/identity/accounts", new).await.ok()["id"].clone();
        let id: AccountId = account.as_str().expect("an id").parse().expect("an id");
        let role =
            async move |tx: &mut Tx| give(tx, id, "integrator", Scope::Unit { organisation: unit }).await;
        self.town.db().write(&self.town.system(), role).await.expect("the role is given");
        let issued = admin.post("/api/identity/service-keys", json!({ "account": account })).await.ok();
        self.town.caller().with_token(issued["key"].as_str().expect("a key"))
    }

    /// Somebody at work: "dispatcher", "desk", "water".
    #[track_caller]
    pub fn staff(&self, name: &str) -> Caller {
        let staff = self.staff.read().expect("not poisoned");
        staff.get(name).unwrap_or_else(|| panic!("nobody is called {name}")).clone()
    }

    /// The caller, signed in with the phone.
    pub async fn resident(&self) -> Caller {
        let enter = async |tx: &mut Tx| {
            let phone = platform::Phone::parse(PHONE).expect("a phone");
            let account = identity::resident_of_phone(tx, &phone).await?;
            Ok::<_, identity::IdentityError>(identity::open_session(tx, account).await?.reveal().to_owned())
        };
        let token = self.town.db().write(&self.town.system(), enter).await.expect("a resident's session");
        self.town.caller().with_token(&token)
    }

    pub async fn passes_days(&self, days: u64) {
        self.town.passes(Duration::from_secs(days * 24 * 3600)).await;
        self.sign_in_all().await;
    }

    /// The hotline hands in a work order.
    pub async fn hands_in(&self, order: Value) -> Answer {
        self.hotline.post(ORDERS, order).await
    }

    /// The case as the dispatcher sees it.
    pub async fn case(&self, number: &Value) -> Value {
        let number = number.as_str().expect("a number");
        self.staff("dispatcher").get(&format!("/api/cases/{number}")).await.ok()
    }

    /// How many cases there are.
    pub async fn count_cases(&self) -> usize {
        let all = self.staff("dispatcher").get("/api/cases?queue=all&limit=100").await.ok();
        all["items"].as_array().expect("cases").len()
    }

    pub async fn act(&self, name: &str, case: &Value, action: &str, more: Value) -> Answer {
        let path = format!("/api/cases/{}/actions", case.as_str().expect("an id"));
        self.staff(name).post(&path, with(more, json!({ "action": action }))).await
    }

    /// The water company mends it and shows a photo.
    pub async fn water_mends(&self, case: &Value) {
        self.act("water", case, "take", json!({})).await.ok();
        let part = reqwest::multipart::Part::bytes(PNG).file_name("done.png");
        let form = reqwest::multipart::Form::new().part("photos", part);
        let water = self.staff("water");
        let kept = water
            .send(water.client.post(format!("{}/api/cases/photos", water.url)).multipart(form))
            .await
            .ok();
        let done = json!({ "note": "已换管，恢复供水。", "photos": kept["photos"] });
        self.act("water", case, "finish", done).await.ok();
    }

    /// Everything that was recorded, oldest first.
    pub async fn facts(&self) -> Vec<store::FactRow> {
        let first = platform::FactId(uuid::Uuid::nil());
        let read =
            async move |conn: &mut store::Conn| store::FactRow::after(conn, DISTRICT, first, 1000).await;
        self.town.db().read(read).await.expect("the facts")
    }
}

async fn give(
    tx: &mut Tx,
    account: AccountId,
    role: &str,
    scope: Scope,
) -> Result<(), identity::IdentityError> {
    let role = NewAssignment { account, role: role.into(), scope, from: None, to: None };
    identity::assign_role(tx, &role).await.map(drop)
}

/// A picture of eight by eight points.
const PNG: &[u8] = &[
    137, 80, 78, 71, 13, 10, 26, 10, 0, 0, 0, 13, 73, 72, 68, 82, 0, 0, 0, 8, 0, 0, 0, 8, 8, 2, 0, 0, 0, 75,
    109, 41, 220, 0, 0, 0, 17, 73, 68, 65, 84, 120, 218, 99, 136, 234, 169, 192, 138, 24, 134, 150, 4, 0, 41,
    70, 87, 129, 2, 212, 184, 85, 0, 0, 0, 0, 73, 69, 78, 68, 174, 66, 96, 130,
];

async fn lay_ground(town: &Town) {
    let areas = GROUND.iter().map(|(code, level, name, corners)| AreaDraft {
        code: (*code).to_owned(),
        level: *level,
        kind: AreaKind::Basic,
        name: (*name).to_owned(),
        name_en: None,
        parent: None,
        households: (*level == AreaLevel::Grid).then_some(400),
        boundary: Some(Arc::new(square(*corners))),
    });
    let plan = Plan { from: town.clock.now(), within: None, areas: areas.collect() };
    let review = territory::check_areas(town.db(), DISTRICT, plan).await.expect("the plan is read");
    let plan = Arc::new(review.accept().expect("the plan holds"));
    let import = async move |tx: &mut Tx| territory::import_areas(tx, &plan).await.map(drop);
    territory::write(town.db(), &town.system(), import).await.expect("the ground is laid");
}

fn square([west, south, east, north]: [f64; 4]) -> geo::Boundary {
    let at = |x: f64, y: f64| geo::Point::new(113.10 + x / 100.0, 27.86 + y / 100.0).expect("a point");
    let corners = [at(west, south), at(east, south), at(east, north), at(west, north), at(west, south)];
    geo::Boundary::from_ring(&corners).expect("a square")
}
