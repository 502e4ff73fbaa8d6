//! A small district for stories of fieldwork: one street, two communities' grids; a clerk of the street, the workers of two grids, and a
//! clerk of nothing, each known by a token.

use axum::http::request::Parts;
use edge::{Authenticate, Capability, Edge};
use platform::{AccountId, Actor, ActorKind, Grant, PostId, Problem, Scope};
use rust_xlsxwriter::Workbook;
use serde_json::{Value, json};
use std::pin::Pin;
use std::sync::Arc;
use store::{Conn, FactRow, Tx};
use territory::{
    AreaDraft, AreaKind, AreaLevel, HoldPost, HoldingRole, Map, OpenPost, Plan, PostKind, Snapshot,
    TerritoryError,
};
use testkit::{Answer, Caller, DISTRICT, Town};
use uuid::Uuid;

pub const CAPABILITIES: &[&Capability] =
    &[&territory::CAPABILITY, &registry::CAPABILITY, &cases::CAPABILITY, &fieldwork::CAPABILITY];
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
];

async fn open_posts(town: &Town) {
    let open = async |tx: &mut Tx| {
        for (kind, area) in POSTS {
            let post = OpenPost {
                kind: *kind,
                name: format!("{}岗", kind.as_str()),
                name_en: None,
                area_path: (*area).to_owned(),
                organisation: None,
                phone: Some("073128680000".to_owned()),
                from: None,
            };
            territory::open_post(tx, post).await?;
        }
        Ok::<_, TerritoryError>(())
    };
    territory::write(town.db(), &town.system(), open).await.expect("the posts are opened");
}

/// The post each token serves.
fn post_of(token: &str, places: &Snapshot) -> Option<PostId> {
    let post = match token {
        "worker1" => places.worker_post(GRID_1),
        "worker2" => places.worker_post(GRID_2),
        "clerk" => places.desk_post(STREET),
        "dispatcher" => places.dispatcher_post(),
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

const WORKER: &[&str] = &[
    "fieldwork.fill",
    "fieldwork.read",
    "fieldwork.work",
    "registry.view",
    "registry.open",
    "registry.edit",
    "cases.view",
    "cases.report",
    "cases.handle",
];

/// What each token may do, and where; as catalog/roles.toml grants it.
fn grants_of(token: &str) -> Option<(u128, Scope, &'static [&'static str])> {
    const CLERK: &[&str] = &[
        "fieldwork.make_forms",
        "fieldwork.fill",
        "fieldwork.read",
        "fieldwork.export",
        "fieldwork.plan",
        "fieldwork.manage_devices",
        "registry.view",
        "registry.open",
        "registry.edit",
        "registry.decide",
        "cases.view",
        "fieldwork.see_days",
        "fieldwork.see_sheets",
        "territory.stand_in",
    ];
    const PLANNER: &[&str] =
        &["fieldwork.make_forms", "fieldwork.fill", "fieldwork.run_campaigns", "fieldwork.plan_routes"];
    let area = |path: &str| Scope::Area { path: path.to_owned() };
    Some(match token {
        "clerk" => (1, area(STREET), CLERK),
        "worker1" => (2, area(GRID_1), WORKER),
        "worker2" => (3, area(GRID_2), WORKER),
        "stand_in" => (6, area(GRID_1), WORKER),
        "dispatcher" => (4, Scope::District, CLERK),
        "nobody" => (5, Scope::Own, &[]),
        "planner" => (6, area(STREET), PLANNER),
        "registrar" => (7, Scope::District, &["registry.view", "registry.open", "registry.edit"]),
        _ => return None,
    })
}

/// All who have a token.
const PEOPLE: &[&str] = &["clerk", "worker1", "worker2", "dispatcher", "nobody"];

fn actor_of(edge: &Edge, token: &str, asked: Actor) -> Option<Actor> {
    let places = edge.fixture::<territory::Map>().of(DISTRICT);
    let (number, scope, names) = grants_of(token)?;
    let grant = |name: &&str| Grant { permission: (*name).to_owned(), scope: scope.clone() };
    Some(Actor {
        kind: ActorKind::Staff,
        account: Some(AccountId(Uuid::from_u128(number))),
        name: token.into(),
        posts: post_of(token, &places).into_iter().collect(),
        grants: names.iter().map(grant).collect(),
        ..asked
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
        let actor = actor_of(edge, token, asked.clone()).or_else(|| at_posts(edge, token, asked));
        Box::pin(async move { Ok(actor) })
    }

    fn actor_of_account<'a>(
        &'a self,
        edge: &'a Edge,
        account: AccountId,
        asked: Actor,
    ) -> Pin<Box<dyn Future<Output = Result<Option<Actor>, Problem>> + Send + 'a>> {
        let is_theirs =
            |token: &&&str| grants_of(token).is_some_and(|(number, ..)| account.0 == Uuid::from_u128(number));
        let actor = PEOPLE.iter().find(is_theirs).and_then(|token| actor_of(edge, token, asked));
        Box::pin(async move { Ok(actor) })
    }
}

/// Who has what a post allows while they serve it, as `identity` grants it: `account_21` and so on.
fn at_posts(edge: &Edge, token: &str, asked: Actor) -> Option<Actor> {
    let account = AccountId(Uuid::from_u128(token.strip_prefix("account_")?.parse().ok()?));
    let places = edge.fixture::<Map>().of(DISTRICT);
    let held = places.posts_held(account, edge.now());
    let serving: Vec<_> = held.iter().filter(|held| held.serves).map(|held| held.post).collect();
    let grants = serving.iter().flat_map(|post| {
        WORKER.iter().map(|name| Grant { permission: (*name).to_owned(), scope: post.scope() })
    });
    Some(Actor {
        kind: ActorKind::Staff,
        account: Some(account),
        name: token.into(),
        posts: serving.iter().map(|post| post.id).collect(),
        grants: grants.collect(),
        ..asked
    })
}

/// Puts somebody into the worker's post of a grid, which is opened for the first; answers the post.
pub async fn seat(
    town: &Town,
    grid: &'static str,
    account: u128,
    role: HoldingRole,
    name: &'static str,
) -> PostId {
    let open = town.edge.fixture::<Map>().of(DISTRICT).worker_post(grid).map(|post| post.id);
    let settle = async move |tx: &mut Tx| {
        let opened = OpenPost {
            kind: PostKind::GridWorker,
            name: "网格员".to_owned(),
            name_en: None,
            area_path: grid.to_owned(),
            organisation: None,
            phone: None,
            from: None,
        };
        let post = match open {
            Some(post) => post,
            None => territory::open_post(tx, opened).await?,
        };
        let account = AccountId(Uuid::from_u128(account));
        let hold = HoldPost { post, account, role, name: name.to_owned(), phone: None, from: None, to: None };
        territory::hold_post(tx, hold).await.map(|_| post)
    };
    territory::write(town.db(), &town.system(), settle).await.expect("somebody on the post")
}

/// Somebody of the district.
pub fn caller(town: &Town, token: &str) -> Caller {
    town.caller().with_token(token)
}

/// What is on record of a form, a submission or a record.
pub async fn facts_of(town: &Town, id: &str) -> Vec<FactRow> {
    let id: Uuid = id.parse().expect("an id");
    let read = async move |conn: &mut Conn| FactRow::of_subject(conn, DISTRICT, id, 100).await;
    town.db().read::<_, platform::Fault, _>(read).await.expect("facts")
}

/// A sheet of a workbook: its name, and its rows with `|` between the cells.
pub type Sheet<'s> = (&'s str, &'s [&'s str]);

/// A workbook of these sheets.
pub fn workbook(sheets: &[Sheet<'_>]) -> Vec<u8> {
    let mut workbook = Workbook::new();
    for (name, rows) in sheets {
        let sheet = workbook.add_worksheet();
        sheet.set_name(*name).expect("a name of a sheet");
        for (row, line) in rows.iter().enumerate() {
            for (column, text) in
                line.split('|').map(str::trim).enumerate().filter(|(_, text)| !text.is_empty())
            {
                sheet.write(row as u32, column as u16, text).expect("a cell");
            }
        }
    }
    workbook.save_to_buffer().expect("a workbook")
}

/// A check of gas hoses: what is asked of a household, and of each of its hoses.
pub const GAS: &[Sheet<'_>] = &[
    (
        "survey",
        &[
            "type | name | label::中文(zh) | required | constraint | relevant | mulin::prefill",
            "select_one yes_no | has_gas | 家里用燃气吗 | yes",
            "begin group | notes | 说明 | | | ${has_gas} = 'yes'",
            "text | remark | 情况说明",
            "end group",
            "integer | hoses | 软管几根 | yes | . < 20 | ${has_gas} = 'yes'",
            "text | phone | 联系电话 | | | | person.phones",
            "text | document | 证件 | | | | person.documents",
            "begin repeat | hose | 软管",
            "date | made_on | 生产日期",
            "end repeat",
        ],
    ),
    ("choices", &["list_name | name | label::中文(zh)", "yes_no | yes | 是", "yes_no | no | 否"]),
    ("settings", &["form_id | form_title | version", "gas_hoses | 燃气软管检查 | 2026-1"]),
];

/// Sends a workbook as a browser does.
pub async fn upload(by: &Caller, name: &str, bytes: Vec<u8>, area: Option<&str>) -> Answer {
    let file = reqwest::multipart::Part::bytes(bytes).file_name(name.to_owned());
    let form = reqwest::multipart::Form::new().part("file", file);
    let form = match area {
        Some(area) => form.text("area", area.to_owned()),
        None => form,
    };
    by.send(by.client.post(format!("{}/api/fieldwork/forms", by.url)).multipart(form)).await
}

/// The gas form, published; answers its id.
pub async fn published(by: &Caller) -> String {
    let made = upload(by, "gas.xlsx", workbook(GAS), None).await.ok();
    let form = text(&made["form"]);
    by.post(&format!("/api/fieldwork/forms/{form}/versions/1/publish"), json!({})).await.ok();
    form
}

/// A picture of eight by eight points.
pub const PNG: &[u8] = &[
    137, 80, 78, 71, 13, 10, 26, 10, 0, 0, 0, 13, 73, 72, 68, 82, 0, 0, 0, 8, 0, 0, 0, 8, 8, 2, 0, 0, 0, 75,
    109, 41, 220, 0, 0, 0, 17, 73, 68, 65, 84, 120, 218, 99, 136, 234, 169, 192, 138, 24, 134, 150, 4, 0, 41,
    70, 87, 129, 2, 212, 184, 85, 0, 0, 0, 0, 73, 69, 78, 68, 174, 66, 96, 130,
];

/// Answers to the gas form.
pub fn filled() -> Value {
    json!({ "has_gas": "yes", "notes": { "remark": "张晓明家软管老化" }, "hoses": 2, "phone": "13873300042", "document": "11010519491231002X",
        "hose": [{ "made_on": "2019-05-06" }, { "made_on": "2021-01-02" }] })
}

/// An id a device made, told apart by a number.
pub fn device_id(number: u16) -> String {
    format!("019c8a00-0000-7000-8000-00000000{number:04x}")
}

/// What a device sends.
pub fn sent(number: u16, answers: Value) -> Value {
    json!({ "id": device_id(number), "version": 1, "answers": answers, "filled_at": "2026-03-01T09:30:00+08:00" })
}

pub fn text(value: &Value) -> String {
    value.as_str().unwrap_or_else(|| panic!("no text: {value}")).to_owned()
}
