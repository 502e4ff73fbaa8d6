//! A small district for stories of cases: one street, two communities, four square grids, the posts that serve them and
//! the people who sit there.

use cases::CaseId;
use edge::Capability;
use identity::NewStaff;
use platform::{AccountId, OrganisationId, Phone, PostId};
use serde_json::{Value, json};
use std::collections::HashMap;
use std::sync::{Arc, RwLock};
use store::Tx;
use territory::{
    AddOrganisation, AreaDraft, AreaKind, AreaLevel, HoldPost, HoldingRole, OpenPost, OrganisationKind, Plan,
    PostKind, TerritoryError,
};
use testkit::{Answer, Caller, DISTRICT, Town};

const CAPABILITIES: &[&Capability] = &[&territory::CAPABILITY, &identity::CAPABILITY, &cases::CAPABILITY];
/// With what tells a reporter, and what that stands on: their statements are in this program too.
pub const WITH_MESSAGES: &[&Capability] = &[
    &messages::COURIER,
    &territory::CAPABILITY,
    &identity::CAPABILITY,
    &messages::CAPABILITY,
    &cases::CAPABILITY,
];

pub const STREET: &str = "430204/430204001";
/// The grid in the north-west, where stories play unless they say otherwise.
pub const GRID_1: &str = "430204/430204001/430204001008/430204001008J001";
/// A point of each grid: 1 and 2 in 田心社区, 3 and 4 in 民主社区.
pub const IN_GRID: [(f64, f64); 4] = [(113.11, 27.89), (113.13, 27.89), (113.11, 27.87), (113.13, 27.87)];
pub const BURST: &str = "田心路口的水管爆了，水喷得很高";
/// The code of "供水管道破裂": answered by the water company, needs a photo of the finished work.
pub const BURST_PIPE: &str = "P01002";
/// Things left in a stairway: item 3.1 of what may be asked of a grid.
pub const CLUTTER: &str = "P03001";

/// A town with everything a case needs.
pub struct CaseTown {
    pub town: Town,
    posts: HashMap<&'static str, PostId>,
    accounts: HashMap<&'static str, AccountId>,
    /// Signed in anew whenever time passes: a session of staff ends with the day.
    staff: RwLock<HashMap<&'static str, Caller>>,
}

/// Somebody who follows a case by number and code, without an account.
pub struct Follower {
    pub caller: Caller,
    pub id: CaseId,
    pub number: String,
    pub code: String,
    mark: String,
}

/// Runs a story on every engine.
pub async fn each_case_town(story: impl AsyncFn(CaseTown)) {
    each_town_of(CAPABILITIES, story).await;
}

/// Runs a story on every engine, in a house that has more than cases.
pub async fn each_town_of(capabilities: &[&Capability], story: impl AsyncFn(CaseTown)) {
    testkit::each_engine(capabilities, async |town: Town| story(CaseTown::settle(town).await).await).await;
}

impl CaseTown {
    async fn settle(town: Town) -> Self {
        lay_ground(&town).await;
        let mut all =
            Self { town, posts: HashMap::new(), accounts: HashMap::new(), staff: RwLock::default() };
        let units = all.found_units().await;
        for (name, kind, area, unit) in SEATS {
            let organisation = unit.map(|key| units[key]);
            all.seat(name, *kind, area, organisation).await;
        }
        all.sign_in_all().await;
        all
    }

    async fn found_units(&self) -> HashMap<&'static str, OrganisationId> {
        let add = async |tx: &mut Tx| {
            let mut units = HashMap::new();
            for (key, name, kind) in UNITS {
                let new = AddOrganisation {
                    key: (*key).to_owned(),
                    name: (*name).to_owned(),
                    name_en: None,
                    kind: *kind,
                    phone: None,
                };
                units.insert(*key, territory::add_organisation(tx, new).await?);
            }
            Ok::<_, TerritoryError>(units)
        };
        territory::write(self.town.db(), &self.town.system(), add).await.expect("the units are added")
    }

    /// Opens a post and puts somebody into it.
    async fn seat(&mut self, name: &'static str, kind: PostKind, area: &str, unit: Option<OrganisationId>) {
        let area = area.to_owned();
        let settle = async move |tx: &mut Tx| {
            let post = OpenPost {
                kind,
                name: format!("{name}岗"),
                name_en: Some(format!("post of {name}")),
                area_path: area.clone(),
                organisation: unit,
                phone: Some("073128680000".to_owned()),
                from: None,
            };
            let post = territory::open_post(tx, post).await?;
            let staff = NewStaff::new(name, &format!("{name}先生"));
            let account = identity::create_staff(tx, &staff).await.expect("an account");
            let hold = HoldPost {
                post,
                account,
                role: HoldingRole::Main,
                name: format!("{name}先生"),
                phone: None,
                from: None,
                to: None,
            };
            territory::hold_post(tx, hold).await?;
            Ok::<_, TerritoryError>((post, account))
        };
        let (post, account) =
            territory::write(self.town.db(), &self.town.system(), settle).await.expect("the seat is taken");
        self.posts.insert(name, post);
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

    /// Somebody at work: "worker1", "leader", "desk", "dispatcher", "water", "city", …
    #[track_caller]
    pub fn staff(&self, name: &str) -> Caller {
        let staff = self.staff.read().expect("not poisoned");
        staff.get(name).unwrap_or_else(|| panic!("nobody is called {name}")).clone()
    }

    #[track_caller]
    pub fn post(&self, name: &str) -> PostId {
        self.posts[name]
    }

    /// A resident with an account.
    pub async fn resident(&self, phone: &str) -> Caller {
        let phone = Phone::parse(phone).expect("a phone number");
        let enter = async move |tx: &mut Tx| {
            let account = identity::resident_of_phone(tx, &phone).await?;
            Ok::<_, identity::IdentityError>(identity::open_session(tx, account).await?.reveal().to_owned())
        };
        let token = self.town.db().write(&self.town.system(), enter).await.expect("a resident's session");
        self.town.caller().with_token(&token)
    }

    /// A screen on a wall, by its key.
    pub async fn wall(&self) -> Caller {
        let open = async |tx: &mut Tx| identity::open_wall(tx, &identity::NewWall::of_district("大厅")).await;
        let (_, _, token) = self.town.db().write(&self.town.system(), open).await.expect("a wall");
        self.town.caller().with_token(token.reveal())
    }

    /// Somebody without an account reports a burst pipe in grid 1.
    pub async fn reports_burst_pipe(&self) -> Follower {
        self.reports(json!({ "words": BURST, "type": BURST_PIPE, "place": point(0) })).await
    }

    /// Somebody without an account reports.
    pub async fn reports(&self, report: Value) -> Follower {
        let caller = self.town.caller();
        let receipt = caller.post("/api/cases", report).await.ok();
        Follower::of(caller, &receipt)
    }

    pub async fn passes_hours(&self, hours: u64) {
        self.town.passes(std::time::Duration::from_secs(hours * 3600)).await;
        self.sign_in_all().await;
    }

    /// Lets working time go by: the next `days` days at the same hour.
    pub async fn passes_days(&self, days: u64) {
        self.passes_hours(days * 24).await;
    }

    /// Everything that was recorded, oldest first.
    pub async fn facts(&self) -> Vec<store::FactRow> {
        let first = platform::FactId(uuid::Uuid::nil());
        let read =
            async move |conn: &mut store::Conn| store::FactRow::after(conn, DISTRICT, first, 1000).await;
        self.town.db().read(read).await.expect("the facts")
    }

    /// The case as a colleague sees it.
    pub async fn sees(&self, name: &str, id: &CaseId) -> Value {
        self.staff(name).get(&format!("/api/cases/{id}")).await.ok()
    }

    /// A colleague takes an action on what stands there now.
    pub async fn act(&self, name: &str, id: &CaseId, action: &str, with: Value) -> Answer {
        act(&self.staff(name), id, action, with).await
    }

    /// The token of one photo, sent by a colleague.
    pub async fn photo(&self, name: &str) -> String {
        let answer = send_photo(&self.staff(name), "done.png", png()).await;
        answer.ok()["photos"].as_str().expect("a token").to_owned()
    }

    /// The water company takes a burst pipe, mends it and shows a photo.
    pub async fn water_mends(&self, id: &CaseId) {
        self.act("water", id, "take", json!({})).await.ok();
        let photos = self.photo("water").await;
        self.act("water", id, "finish", json!({ "note": "已换管，恢复供水。", "photos": photos })).await.ok();
    }
}

impl Follower {
    fn of(caller: Caller, receipt: &Value) -> Self {
        let text = |key: &str| receipt[key].as_str().unwrap_or_default().to_owned();
        Self {
            caller,
            id: receipt["id"].as_str().and_then(|id| id.parse().ok()).expect("an id"),
            number: text("number"),
            code: text("code"),
            mark: text("follow"),
        }
    }

    /// Somebody comes in by number and code, on any device.
    pub async fn enters(town: &CaseTown, number: &str, code: &str) -> Self {
        let caller = town.town.caller();
        let found = lookup(&caller, number, code).await.ok();
        Self { code: code.to_owned(), ..Self::of(caller, &found) }
    }

    pub async fn sees(&self) -> Value {
        self.get(&format!("/api/cases/{}", self.number)).await.ok()
    }

    pub async fn get(&self, path: &str) -> Answer {
        let request = self.caller.client.get(format!("{}{path}", self.caller.url));
        self.caller.send(request.header("mulin-follow", &self.mark)).await
    }

    pub async fn act(&self, action: &str, with: Value) -> Answer {
        let path = format!("{}/api/cases/{}/actions", self.caller.url, self.id);
        let request = self.caller.client.post(path).json(&order(action, with));
        self.caller.send(request.header("mulin-follow", &self.mark)).await
    }
}

/// Number and code at the door.
pub async fn lookup(caller: &Caller, number: &str, code: &str) -> Answer {
    caller.post("/api/cases/lookup", json!({ "number": number, "code": code })).await
}

pub async fn act(caller: &Caller, id: &CaseId, action: &str, with: Value) -> Answer {
    caller.post(&format!("/api/cases/{id}/actions"), order(action, with)).await
}

fn order(action: &str, mut with: Value) -> Value {
    with["action"] = json!(action);
    with
}

/// A place in the n-th grid, from 0.
pub fn point(n: usize) -> Value {
    let (lon, lat) = IN_GRID[n];
    json!({ "lon": lon, "lat": lat })
}

/// The words of an actions' names, in the order of the history.
pub fn actions_of(case: &Value) -> Vec<String> {
    let entries = case["timeline"].as_array().expect("a timeline");
    entries.iter().map(|e| e["action"].as_str().expect("an action").to_owned()).collect()
}

/// Whether a screen offers an action now.
pub fn can(case: &Value, action: &str) -> bool {
    case["actions"]
        .as_array()
        .is_some_and(|all| all.iter().any(|a| a["action"] == action && a["can"] == true))
}

/// Sends one file to the door for photos.
pub async fn send_photo(caller: &Caller, name: &str, bytes: Vec<u8>) -> Answer {
    let part = reqwest::multipart::Part::bytes(bytes).file_name(name.to_owned());
    let form = reqwest::multipart::Form::new().part("photos", part);
    caller.send(caller.client.post(format!("{}/api/cases/photos", caller.url)).multipart(form)).await
}

/// A small real picture.
pub fn png() -> Vec<u8> {
    let picture = image::RgbImage::from_fn(48, 32, |x, y| image::Rgb([x as u8 * 5, y as u8 * 7, 90]));
    let mut out = std::io::Cursor::new(Vec::new());
    picture.write_to(&mut out, image::ImageFormat::Png).expect("a picture");
    out.into_inner()
}

const UNITS: &[(&str, &str, OrganisationKind)] = &[
    ("water_supply", "供水公司", OrganisationKind::Operator),
    ("city_management", "城管局", OrganisationKind::Department),
    ("property", "物业公司", OrganisationKind::Property),
    ("police", "派出所", OrganisationKind::Department),
];

/// name, kind, area, unit
const SEATS: &[(&str, PostKind, &str, Option<&str>)] = &[
    ("dispatcher", PostKind::Dispatcher, "430204", None),
    ("desk", PostKind::SubdistrictDesk, STREET, None),
    ("leader", PostKind::GridLeader, "430204/430204001/430204001008", None),
    ("worker1", PostKind::GridWorker, GRID_1, None),
    ("worker2", PostKind::GridWorker, "430204/430204001/430204001008/430204001008J002", None),
    ("worker3", PostKind::GridWorker, "430204/430204001/430204001009/430204001009J001", None),
    ("water", PostKind::Unit, "430204", Some("water_supply")),
    ("city", PostKind::Unit, "430204", Some("city_management")),
    ("property", PostKind::Unit, "430204", Some("property")),
    ("police", PostKind::Unit, "430204", Some("police")),
];

/// code, level, name, and the corners in hundredths of a degree from 113.10 E, 27.86 N
const GROUND: &[(&str, AreaLevel, &str, [f64; 4])] = &[
    ("430204", AreaLevel::District, "石峰区（示意）", [0.0, 0.0, 4.0, 4.0]),
    ("430204001", AreaLevel::Subdistrict, "田心街道", [0.0, 0.0, 4.0, 4.0]),
    ("430204001008", AreaLevel::Community, "田心社区", [0.0, 2.0, 4.0, 4.0]),
    ("430204001009", AreaLevel::Community, "民主社区", [0.0, 0.0, 4.0, 2.0]),
    ("430204001008J001", AreaLevel::Grid, "田心第1网格", [0.0, 2.0, 2.0, 4.0]),
    ("430204001008J002", AreaLevel::Grid, "田心第2网格", [2.0, 2.0, 4.0, 4.0]),
    ("430204001009J001", AreaLevel::Grid, "民主第1网格", [0.0, 0.0, 2.0, 2.0]),
    ("430204001009J002", AreaLevel::Grid, "民主第2网格", [2.0, 0.0, 4.0, 2.0]),
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
