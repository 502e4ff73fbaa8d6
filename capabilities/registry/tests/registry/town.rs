//! A small district for stories of the register: one street, two communities, three grids; a clerk of the street, the workers of two
//! grids, the district's dispatcher and its civil affairs, each known by a token.

use axum::http::request::Parts;
use edge::{Authenticate, Capability, Edge};
use platform::{AccountId, Actor, ActorKind, Grant, PostId, Problem, Scope};
use reqwest::multipart::Form;
use serde_json::{Value, json};
use std::pin::Pin;
use std::sync::Arc;
use store::Tx;
use territory::{
    AddOrganisation, AreaDraft, AreaKind, AreaLevel, OpenPost, OrganisationKind, Plan, PostKind, Snapshot,
    TerritoryError,
};
use testkit::{Answer, Caller, DISTRICT, Town};
use uuid::Uuid;

pub const CAPABILITIES: &[&Capability] =
    &[&territory::CAPABILITY, &identity::CAPABILITY, &registry::CAPABILITY];
pub const STREET: &str = "430204/430204001";
pub const GRID_1: &str = "430204/430204001/430204001008/430204001008J001";
pub const GRID_2: &str = "430204/430204001/430204001008/430204001008J002";
/// A point of each grid.
pub const IN_GRID_1: (f64, f64) = (113.11, 27.88);
pub const IN_GRID_2: (f64, f64) = (113.13, 27.88);

const GROUND: &[(&str, AreaLevel, &str, [f64; 4])] = &[
    ("430204", AreaLevel::District, "石峰区", [0.0, 0.0, 4.0, 4.0]),
    ("430204001", AreaLevel::Subdistrict, "田心街道", [0.0, 0.0, 4.0, 4.0]),
    ("430204001008", AreaLevel::Community, "田心社区", [0.0, 0.0, 4.0, 4.0]),
    ("430204001008J001", AreaLevel::Grid, "田心社区第一网格", [0.0, 0.0, 2.0, 4.0]),
    ("430204001008J002", AreaLevel::Grid, "田心社区第二网格", [2.0, 0.0, 4.0, 4.0]),
];

/// Runs a story on every engine, with a door that knows people by their token.
pub async fn each_town(story: impl AsyncFn(Town)) {
    testkit::each_engine(CAPABILITIES, async |town: Town| {
        Edge::set_authenticate(town.edge.fixtures(), Arc::new(Doorkeeper));
        lay_ground(&town).await;
        open_posts(&town).await;
        story(town).await;
    })
    .await;
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
        boundary: Some(Arc::new(square(*corners))),
    });
    let plan = Plan { from: town.clock.now(), within: None, areas: areas.collect() };
    let review = territory::check_areas(town.db(), DISTRICT, plan).await.expect("the plan is read");
    let plan = Arc::new(review.accept().expect("the plan holds"));
    let import = async move |tx: &mut Tx| territory::import_areas(tx, &plan).await.map(drop);
    territory::write(town.db(), &town.system(), import).await.expect("the ground is laid");
}

const POSTS: &[(PostKind, &str)] = &[
    (PostKind::GridWorker, GRID_1),
    (PostKind::GridWorker, GRID_2),
    (PostKind::SubdistrictDesk, STREET),
    (PostKind::Dispatcher, "430204"),
    (PostKind::Unit, "430204"),
];

async fn open_posts(town: &Town) {
    let open = async |tx: &mut Tx| {
        let unit = AddOrganisation {
            key: "civil_affairs".to_owned(),
            name: "区民政局".to_owned(),
            name_en: None,
            kind: OrganisationKind::Department,
            phone: None,
        };
        let unit = territory::add_organisation(tx, unit).await?;
        for (kind, area) in POSTS {
            let post = OpenPost {
                kind: *kind,
                name: format!("{}岗", kind.as_str()),
                name_en: None,
                area_path: (*area).to_owned(),
                organisation: (*kind == PostKind::Unit).then_some(unit),
                phone: None,
                from: None,
            };
            territory::open_post(tx, post).await?;
        }
        Ok::<_, TerritoryError>(())
    };
    territory::write(town.db(), &town.system(), open).await.expect("the posts are opened");
}

/// The post each token has.
fn post_of(token: &str, places: &Snapshot) -> Option<PostId> {
    let post = match token {
        "worker1" => places.worker_post(GRID_1),
        "worker2" => places.worker_post(GRID_2),
        "clerk" => places.desk_post(STREET),
        "dispatcher" => places.dispatcher_post(),
        "welfare" => places.unit_post("civil_affairs"),
        _ => None,
    };
    post.map(|post| post.id)
}

fn square([west, south, east, north]: [f64; 4]) -> geo::Boundary {
    let at = |x: f64, y: f64| geo::Point::new(113.10 + x / 100.0, 27.86 + y / 100.0).expect("a point");
    let corners = [at(west, south), at(east, south), at(east, north), at(west, north), at(west, south)];
    geo::Boundary::from_ring(&corners).expect("a square")
}

/// Stands for the identity capability: the token says who it is.
struct Doorkeeper;

/// What each token may do, and where.
fn grants_of(token: &str) -> Option<(u128, Scope, &'static [&'static str])> {
    const WORKER: &[&str] =
        &["registry.view", "registry.open", "registry.open_facts", "registry.edit", "registry.break_glass"];
    const CLERK: &[&str] = &[
        "registry.view",
        "registry.open",
        "registry.open_facts",
        "registry.edit",
        "registry.merge",
        "registry.import",
        "registry.export",
        "registry.decide",
    ];
    let area = |path: &str| Scope::Area { path: path.to_owned() };
    Some(match token {
        "clerk" => (1, area(STREET), CLERK),
        "worker1" => (2, area(GRID_1), WORKER),
        "worker2" => (3, area(GRID_2), WORKER),
        "dispatcher" => (4, Scope::District, CLERK),
        "province" => (9, Scope::District, &["registry.sync", "registry.open"]),
        "neighbour" => (10, area(GRID_2), &["registry.sync"]),
        "welfare" => (8, Scope::District, &["registry.view", "registry.open", "registry.open_facts"]),
        "gis" => (6, Scope::District, &["registry.map"]),
        "nobody" => (5, Scope::Own, &[]),
        "security" => (6, Scope::District, &["registry.see_alarms"]),
        "planner" => (7, Scope::District, &["registry.manage_basis"]),
        _ => return None,
    })
}

impl Authenticate for Doorkeeper {
    fn actor<'a>(
        &'a self,
        edge: &'a Edge,
        parts: &'a Parts,
        asked: Actor,
    ) -> Pin<Box<dyn Future<Output = Result<Option<Actor>, Problem>> + Send + 'a>> {
        let token = parts.headers.get("authorization").and_then(|v| v.to_str().ok());
        let token = token.and_then(|v| v.strip_prefix("Bearer ")).unwrap_or_default();
        let asked_again = asked.clone();
        let places = edge.fixture::<territory::Map>().of(asked.district);
        let actor = grants_of(token).map(|(number, scope, names)| Actor {
            kind: ActorKind::Staff,
            account: Some(AccountId(Uuid::from_u128(number))),
            name: token.into(),
            posts: post_of(token, &places).into_iter().collect(),
            grants: names
                .iter()
                .map(|name| Grant { permission: (*name).to_owned(), scope: scope.clone() })
                .collect(),
            ..asked
        });
        // A resident's token is the account's own id.
        let resident = token.parse().ok().map(|account| Actor {
            kind: ActorKind::Resident,
            account: Some(AccountId(account)),
            name: "居民".into(),
            ..asked_again
        });
        let actor = actor.or(resident);
        Box::pin(async move { Ok(actor) })
    }
}

/// Somebody of the district.
pub fn caller(town: &Town, token: &str) -> Caller {
    town.caller().with_token(token)
}

/// A resident whose phone was proven.
pub async fn resident(town: &Town, phone: &str) -> Caller {
    let phone = platform::Phone::parse(phone).expect("a phone");
    let account = async move |tx: &mut Tx| identity::resident_of_phone(tx, &phone).await;
    let account = town.db().write(&town.system(), account).await.expect("an account");
    caller(town, &account.to_string())
}

/// Sends a form as a browser does, with the token of the page it stands on.
pub async fn send_form(by: &Caller, page: &str, path: &str, fields: &[(&str, &str)]) -> Answer {
    let shown = by.get(page).await.text;
    let mark = "name=\"_csrf\" value=\"";
    let at = shown.find(mark).unwrap_or_else(|| panic!("no form on {page}: {shown}")) + mark.len();
    let csrf = shown[at..].split('"').next().unwrap_or_default().to_owned();
    let form = fields.iter().fold(Form::new().text("_csrf", csrf), |form, (name, value)| {
        form.text((*name).to_owned(), (*value).to_owned())
    });
    let request = by.client.post(format!("{}{path}", by.url)).header("accept", "text/html");
    by.send(request.multipart(form)).await
}

/// Where an answer sends the browser.
#[track_caller]
pub fn leads_to(answer: &Answer) -> String {
    assert_eq!(answer.status, 303, "{}", answer.text);
    answer.headers["location"].to_str().expect("an address").to_owned()
}

/// A record entered at the door; answers its id and the deed.
pub async fn enter(by: &Caller, kind: &str, values: Value, more: Value) -> (String, String) {
    let answer = try_enter(by, kind, values, more).await.ok();
    (text(&answer["id"]), text(&answer["act"]))
}

pub async fn try_enter(by: &Caller, kind: &str, values: Value, more: Value) -> Answer {
    let mut body = json!({ "kind": kind, "values": values, "given": { "source": "door" } });
    for (key, value) in more.as_object().into_iter().flatten() {
        body[key] = value.clone();
    }
    by.post("/api/registry/records", body).await
}

pub fn text(value: &Value) -> String {
    value.as_str().unwrap_or_else(|| panic!("no text: {value}")).to_owned()
}

/// A record, looked at for a visit.
pub async fn look(by: &Caller, id: &str) -> Value {
    by.get(&format!("/api/registry/records/{id}?purpose=visit")).await.ok()
}

/// What a looked-at record shows of a field.
pub fn shown(record: &Value, key: &str) -> String {
    let fields = record["fields"].as_array().expect("fields");
    let field = fields.iter().find(|field| field["key"] == key);
    field.map_or(String::new(), |field| text(&field["shown"]["zh"]))
}

/// An estate with one building, one unit and rooms 301 and 302, a home in each; answers the two homes.
pub async fn two_homes(by: &Caller) -> (String, String) {
    let (lon, lat) = IN_GRID_1;
    let at = json!({ "lon": lon, "lat": lat });
    let (estate, _) = enter(by, "place", json!({ "level": "estate", "name": "田心三村" }), at).await;
    let below = |id: &str| json!({ "place": id });
    let (building, _) =
        enter(by, "place", json!({ "level": "building", "name": "5栋" }), below(&estate)).await;
    let (unit, _) = enter(by, "place", json!({ "level": "unit", "name": "2单元" }), below(&building)).await;
    let mut homes = Vec::new();
    for room in ["301", "302"] {
        let (room, _) = enter(by, "place", json!({ "level": "room", "name": room }), below(&unit)).await;
        homes.push(enter(by, "dwelling", json!({ "use": "residential" }), below(&room)).await.0);
    }
    (homes[0].clone(), homes[1].clone())
}
