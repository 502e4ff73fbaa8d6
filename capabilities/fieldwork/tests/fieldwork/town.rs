//! A small district for stories of fieldwork: one street, two communities' grids; a clerk of the street, the workers of two grids, and a
//! clerk of nothing, each known by a token.

use axum::http::request::Parts;
use edge::{Authenticate, Capability, Edge};
use platform::{AccountId, Actor, ActorKind, Grant, Problem, Scope};
use rust_xlsxwriter::Workbook;
use serde_json::{Value, json};
use std::pin::Pin;
use std::sync::Arc;
use store::Tx;
use territory::{AreaDraft, AreaKind, AreaLevel, Plan};
use testkit::{Answer, Caller, DISTRICT, Town};
use uuid::Uuid;

pub const CAPABILITIES: &[&Capability] =
    &[&territory::CAPABILITY, &registry::CAPABILITY, &fieldwork::CAPABILITY];
pub const STREET: &str = "430204/430204001";
pub const GRID_1: &str = "430204/430204001/430204001008/430204001008J001";
pub const GRID_2: &str = "430204/430204001/430204001008/430204001008J002";
/// A point of the second grid.
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

fn square([west, south, east, north]: [f64; 4]) -> geo::Boundary {
    let at = |x: f64, y: f64| geo::Point::new(113.10 + x / 100.0, 27.86 + y / 100.0).expect("a point");
    let corners = [at(west, south), at(east, south), at(east, north), at(west, north), at(west, south)];
    geo::Boundary::from_ring(&corners).expect("a square")
}

/// Stands for the identity capability: the token says who it is.
struct Doorkeeper;

/// What each token may do, and where; as catalog/roles.toml grants it.
fn grants_of(token: &str) -> Option<(u128, Scope, &'static [&'static str])> {
    const WORKER: &[&str] = &["fieldwork.fill", "fieldwork.read"];
    const CLERK: &[&str] = &["fieldwork.make_forms", "fieldwork.fill", "fieldwork.read", "fieldwork.export"];
    let area = |path: &str| Scope::Area { path: path.to_owned() };
    Some(match token {
        "clerk" => (1, area(STREET), CLERK),
        "worker1" => (2, area(GRID_1), WORKER),
        "worker2" => (3, area(GRID_2), WORKER),
        "dispatcher" => (4, Scope::District, CLERK),
        "nobody" => (5, Scope::Own, &[]),
        _ => return None,
    })
}

impl Authenticate for Doorkeeper {
    fn actor<'a>(
        &'a self,
        _: &'a Edge,
        parts: &'a Parts,
        asked: Actor,
    ) -> Pin<Box<dyn Future<Output = Result<Option<Actor>, Problem>> + Send + 'a>> {
        let token = parts.headers.get("authorization").and_then(|v| v.to_str().ok());
        let token = token.and_then(|v| v.strip_prefix("Bearer ")).unwrap_or_default();
        let actor = grants_of(token).map(|(number, scope, names)| Actor {
            kind: ActorKind::Staff,
            account: Some(AccountId(Uuid::from_u128(number))),
            name: token.into(),
            grants: names
                .iter()
                .map(|name| Grant { permission: (*name).to_owned(), scope: scope.clone() })
                .collect(),
            ..asked
        });
        Box::pin(async move { Ok(actor) })
    }
}

/// Somebody of the district.
pub fn caller(town: &Town, token: &str) -> Caller {
    town.caller().with_token(token)
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
