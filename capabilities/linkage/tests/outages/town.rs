//! A small district for stories of outages: four square grids, an operator of water and one of power, the workers of two grids, the
//! dispatcher; two buildings in the first grid, one in the second.

use cases::CaseId;
use edge::Capability;
use identity::NewStaff;
use platform::{OrganisationId, PostId};
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
    &messages::CAPABILITY,
    &registry::CAPABILITY,
    &cases::CAPABILITY,
    &fieldwork::CAPABILITY,
    &linkage::CAPABILITY,
];

pub const GRID_1: &str = "430204/430204001/430204001008/430204001008J001";
pub const GRID_2: &str = "430204/430204001/430204001008/430204001008J002";
/// Where the buildings stand: 1栋 and 2栋 in the first grid, 3栋 in the second.
pub const AT_1: (f64, f64) = (113.110, 27.890);
pub const AT_2: (f64, f64) = (113.112, 27.890);
pub const AT_3: (f64, f64) = (113.130, 27.890);

/// A town with operators and homes.
pub struct OutageTown {
    pub town: Town,
    accounts: HashMap<&'static str, platform::AccountId>,
    /// Signed in anew whenever time passes: a session of staff ends with the day.
    staff: RwLock<HashMap<&'static str, Caller>>,
    /// Places by name: `1栋`, `1栋1单元`; and homes: `1栋1单元101`.
    places: HashMap<String, String>,
}

/// Runs a story on every engine.
pub async fn each_outage_town(story: impl AsyncFn(OutageTown)) {
    testkit::each_engine(CAPABILITIES, async |town: Town| story(OutageTown::settle(town).await).await).await;
}

impl OutageTown {
    async fn settle(town: Town) -> Self {
        lay_ground(&town).await;
        let units = found_units(&town).await;
        let mut accounts = HashMap::new();
        for (name, kind, area, unit) in SEATS {
            let organisation = unit.map(|key| units[key]);
            accounts.insert(*name, seat(&town, name, *kind, area, organisation).await);
        }
        let mut all = Self { town, accounts, staff: RwLock::default(), places: HashMap::new() };
        all.sign_in_all().await;
        all.build("worker1", "1栋", AT_1, &["1单元", "2单元"]).await;
        all.build("worker1", "2栋", AT_2, &["1单元"]).await;
        all.build("worker2", "3栋", AT_3, &["1单元"]).await;
        all
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

    /// Somebody at work: "water", "power", "dispatcher", "worker1", "worker2".
    #[track_caller]
    pub fn staff(&self, name: &str) -> Caller {
        let staff = self.staff.read().expect("not poisoned");
        staff.get(name).unwrap_or_else(|| panic!("nobody is called {name}")).clone()
    }

    pub async fn passes_hours(&self, hours: u64) {
        self.town.passes(Duration::from_secs(hours * 3600)).await;
        self.sign_in_all().await;
    }

    #[track_caller]
    pub fn place(&self, name: &str) -> &str {
        self.places.get(name).unwrap_or_else(|| panic!("there is no {name}"))
    }

    /// A building whose units have the homes 101 and 102, the second on the eastern riser.
    async fn build(&mut self, by: &str, name: &str, (lon, lat): (f64, f64), units: &[&str]) {
        let by = self.staff(by);
        let house = json!({ "level": "building", "name": name });
        let building = enter(&by, "place", house, json!({ "lon": lon, "lat": lat })).await;
        for unit in units {
            let below = json!({ "level": "unit", "name": unit });
            let place = enter(&by, "place", below, json!({ "place": building })).await;
            for (number, riser) in [("101", "西立管"), ("102", "东立管")] {
                let room = json!({ "level": "room", "name": number });
                let room = enter(&by, "place", room, json!({ "place": place })).await;
                let home = json!({ "use": "residential", "risers": [riser] });
                let home = enter(&by, "dwelling", home, json!({ "place": room })).await;
                self.places.insert(format!("{name}{unit}{number}"), home);
            }
            self.places.insert(format!("{name}{unit}"), place);
        }
        self.places.insert(name.to_owned(), building);
    }

    /// Somebody with a need lives in a home from now on.
    pub async fn lives(&self, by: &str, home: &str, grid: &str, need: &str) {
        let by = self.staff(by);
        let person = enter(&by, "person", json!({ "name": "张晓明" }), json!({ "area_path": grid })).await;
        let body = json!({ "dwelling": self.place(home), "values": { "kind": "registered" }, "given": { "source": "door" } });
        by.post(&format!("/api/registry/people/{person}/move-in"), body).await.ok();
        enter(&by, "service_fact", json!({ "fact": need }), json!({ "person": person })).await;
    }

    /// A family lives in a home from now on; a head with a phone, or none with one. Answers the head.
    pub async fn moves_in(&self, by: &str, home: &str, grid: &str, phone: Option<&str>) -> String {
        let by = self.staff(by);
        let values = match phone {
            Some(phone) => json!({ "name": "李秀英", "phones": [phone] }),
            None => json!({ "name": "李秀英" }),
        };
        let person = enter(&by, "person", values, json!({ "area_path": grid })).await;
        let values = json!({ "kind": "registered", "relation": "head" });
        let body = json!({ "dwelling": self.place(home), "values": values, "given": { "source": "door" } });
        by.post(&format!("/api/registry/people/{person}/move-in"), body).await.ok();
        person
    }

    /// Looks at a record, as its person is shown them.
    pub async fn looks_at(&self, record: &str) -> Vec<Value> {
        let first = platform::FactId(uuid::Uuid::nil());
        let read =
            async move |conn: &mut store::Conn| store::FactRow::after(conn, DISTRICT, first, 1000).await;
        let facts = self.town.db().read(read).await.expect("the facts");
        let of_record = facts
            .into_iter()
            .filter(|fact| fact.name == "registry.record_opened" && fact.subject_id.to_string() == record);
        of_record.map(|fact| fact.data.0).collect()
    }

    /// A form as another site, or a mail program, would send it.
    pub async fn sends_form(&self, path: &str, fields: &[(&str, &str)]) -> Answer {
        let visitor = self.town.caller();
        let body = serde_urlencoded::to_string(fields).expect("a form");
        let request = visitor.client.post(format!("{}{path}", visitor.url)).body(body);
        let request = request.header("content-type", "application/x-www-form-urlencoded");
        visitor.send(request).await
    }

    /// Everything that is due leaves: clocks, reactions, lanes.
    pub async fn delivers(&self) {
        self.town.settles().await;
        while courier::deliver_due(&self.town.edge).await.expect("the lanes work") > 0 {
            self.town.settles().await;
        }
    }

    /// The lines on the demo's inbox, the newest first.
    pub async fn inbox(&self) -> Vec<String> {
        let page = self.town.caller().get("/inbox").await.text;
        let lines = page.split("<p data-words>").skip(1);
        lines.map(|rest| rest.split("</p>").next().unwrap_or_default().to_owned()).collect()
    }

    /// A draft of an operator, as it was answered.
    pub async fn drafts(&self, by: &str, content: Value) -> Value {
        self.staff(by).post("/api/linkage/outages", json!({ "content": content })).await.ok()
    }

    /// Drafted and published.
    pub async fn publishes(&self, by: &str, content: Value) -> Value {
        let draft = self.drafts(by, content).await;
        self.steps(by, &draft, "publish").await.ok()
    }

    /// A step on an outage as it was last seen.
    pub async fn steps(&self, by: &str, seen: &Value, step: &str) -> Answer {
        let path = format!("/api/linkage/outages/{}/{step}", text(&seen["id"]));
        self.staff(by).post(&path, json!({ "version": seen["version"] })).await
    }

    pub async fn changes(&self, by: &str, seen: &Value, content: Value) -> Answer {
        let path = format!("/api/linkage/outages/{}", text(&seen["id"]));
        self.staff(by).put(&path, json!({ "version": seen["version"], "content": content })).await
    }

    /// A resident without an account reports that there is none of something; answers the case.
    pub async fn reports(&self, case_type: &str, (lon, lat): (f64, f64)) -> CaseId {
        let report = json!({ "words": "家里停了，什么时候来", "type": case_type, "answers": { "how_far": "building" },
            "place": { "lon": lon, "lat": lat } });
        let receipt = self.town.caller().post("/api/cases", report).await.ok();
        receipt["id"].as_str().and_then(|id| id.parse().ok()).expect("an id")
    }

    /// The notes the house wrote on a case.
    pub async fn told_on(&self, case: CaseId) -> Vec<String> {
        let case = self.staff("dispatcher").get(&format!("/api/cases/{case}")).await.ok();
        let lines = case["timeline"].as_array().expect("a timeline");
        lines.iter().filter(|line| line["action"] == "inform").map(|line| text(&line["note"])).collect()
    }

    /// Names of everything that was recorded about outages, oldest first, with its data.
    pub async fn facts(&self) -> Vec<(String, Value)> {
        let first = platform::FactId(uuid::Uuid::nil());
        let read =
            async move |conn: &mut store::Conn| store::FactRow::after(conn, DISTRICT, first, 1000).await;
        let facts = self.town.db().read(read).await.expect("the facts");
        let ours = facts.into_iter().filter(|fact| fact.name.starts_with("linkage."));
        ours.map(|fact| (fact.name, fact.data.0)).collect()
    }
}

/// A planned cut of a service on a square around 1栋 and 2栋, tomorrow from eight to four.
pub fn planned(service: &str) -> Value {
    json!({
        "service": service,
        "from": "2026-03-03T00:00:00Z",
        "to": "2026-03-03T08:00:00Z",
        "reason": "更换主管道阀门",
        "reason_en": "A main valve is replaced",
        "phone": "0731-28680000",
        "extent": { "ground": square(113.105, 27.885, 0.01) },
    })
}

/// One that came by itself an hour ago and lasts four hours.
pub fn sudden(service: &str) -> Value {
    let mut content = planned(service);
    content["sudden"] = json!(true);
    content["from"] = json!("2026-03-02T01:00:00Z");
    content["to"] = json!("2026-03-02T06:00:00Z");
    content
}

/// The same with other values.
pub fn with(mut content: Value, changes: Value) -> Value {
    for (key, value) in changes.as_object().into_iter().flatten() {
        content[key] = value.clone();
    }
    content
}

pub fn square(west: f64, south: f64, size: f64) -> Value {
    let (east, north) = (west + size, south + size);
    json!({ "type": "Polygon", "coordinates": [[[west, south], [east, south], [east, north], [west, north], [west, south]]] })
}

#[track_caller]
pub fn text(value: &Value) -> String {
    value.as_str().unwrap_or_else(|| panic!("no text: {value}")).to_owned()
}

async fn enter(by: &Caller, kind: &str, values: Value, more: Value) -> String {
    let body = with(json!({ "kind": kind, "values": values, "given": { "source": "door" } }), more);
    text(&by.post("/api/registry/records", body).await.ok()["id"])
}

const UNITS: &[(&str, &str)] = &[("water_supply", "供水公司"), ("power", "供电公司")];

/// name, kind, area, unit
const SEATS: &[(&str, PostKind, &str, Option<&str>)] = &[
    ("dispatcher", PostKind::Dispatcher, "430204", None),
    ("desk", PostKind::SubdistrictDesk, "430204/430204001", None),
    ("worker1", PostKind::GridWorker, GRID_1, None),
    ("worker2", PostKind::GridWorker, GRID_2, None),
    ("water", PostKind::Unit, "430204", Some("water_supply")),
    ("power", PostKind::Unit, "430204", Some("power")),
];

async fn found_units(town: &Town) -> HashMap<&'static str, OrganisationId> {
    let add = async |tx: &mut Tx| {
        let mut units = HashMap::new();
        for (key, name) in UNITS {
            let new = AddOrganisation {
                key: (*key).to_owned(),
                name: (*name).to_owned(),
                name_en: None,
                kind: OrganisationKind::Operator,
                phone: None,
            };
            units.insert(*key, territory::add_organisation(tx, new).await?);
        }
        Ok::<_, TerritoryError>(units)
    };
    territory::write(town.db(), &town.system(), add).await.expect("the units are added")
}

/// Opens a post and puts somebody into it.
async fn seat(
    town: &Town,
    name: &'static str,
    kind: PostKind,
    area: &str,
    organisation: Option<OrganisationId>,
) -> platform::AccountId {
    let area = area.to_owned();
    let settle = async move |tx: &mut Tx| {
        let post = OpenPost {
            kind,
            name: format!("{name}岗"),
            name_en: None,
            area_path: area.clone(),
            organisation,
            phone: Some("073128680000".to_owned()),
            from: None,
        };
        let post: PostId = territory::open_post(tx, post).await?;
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
        Ok::<_, TerritoryError>(account)
    };
    territory::write(town.db(), &town.system(), settle).await.expect("the seat is taken")
}

/// code, level, name, and the corners in hundredths of a degree from 113.10 E, 27.86 N
const GROUND: &[(&str, AreaLevel, &str, [f64; 4])] = &[
    ("430204", AreaLevel::District, "石峰区（示意）", [0.0, 0.0, 4.0, 4.0]),
    ("430204001", AreaLevel::Subdistrict, "田心街道", [0.0, 0.0, 4.0, 4.0]),
    ("430204001008", AreaLevel::Community, "田心社区", [0.0, 0.0, 4.0, 4.0]),
    ("430204001008J001", AreaLevel::Grid, "田心第1网格", [0.0, 0.0, 2.0, 4.0]),
    ("430204001008J002", AreaLevel::Grid, "田心第2网格", [2.0, 0.0, 4.0, 4.0]),
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
