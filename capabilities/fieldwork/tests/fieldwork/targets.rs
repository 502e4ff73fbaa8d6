//! Whom a campaign goes to: by what the register keeps of homes, organisations and things; what cannot be asked is refused.

use crate::ground::{IN_GRID_1, thing, two_buildings};
use crate::town::{GRID_1, GRID_2, STREET, caller, each_town, text};
use serde_json::{Value, json};
use testkit::{Answer, Caller};

fn content(target: &Value) -> Value {
    json!({
        "name": "试", "reason": { "zh": "试", "en": "try" }, "basis": "试", "purpose": "试", "target": target,
        "minutes": 5, "from_on": "2026-03-02", "due_on": "2026-03-06", "again_days": 1, "calls_max": 1,
    })
}

async fn draft(by: &Caller, target: &Value) -> Answer {
    by.post("/api/fieldwork/campaigns", json!({ "area": STREET, "content": content(target) })).await
}

/// Doors by grid.
async fn doors(by: &Caller, target: &Value) -> (Vec<i64>, String) {
    let made = draft(by, target).await.ok();
    let tried = by.get(&format!("/api/fieldwork/campaigns/{}/dry-run", text(&made["id"]))).await.ok();
    let of = |path: &str| {
        let grids = tried["grids"].as_array().expect("grids");
        let grid = grids.iter().find(|grid| grid["area_path"] == path);
        grid.map_or(0, |grid| grid["doors"].as_i64().expect("a number"))
    };
    (vec![of(GRID_1), of(GRID_2)], text(&made["target_words"]["zh"]))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_target_finds_what_it_says() {
    each_town(async |town| {
        let (old, _) = two_buildings(&town).await;
        thing(&caller(&town, "registrar"), IN_GRID_1, "路灯", None).await;
        let planner = caller(&town, "planner");
        let rows: [(Value, [i64; 2], &str); 9] = [
            (json!({ "of": "homes" }), [4, 2], "房屋"),
            (json!({ "of": "homes", "values": { "use": ["commercial"] } }), [0, 1], "房屋；用途：经营"),
            (json!({ "of": "homes", "built_until": 2000 }), [4, 0], "房屋；建成年份 到 2000"),
            (json!({ "of": "homes", "age_from": 80 }), [1, 0], "房屋；有这个年龄的人居住：岁 80 起"),
            (json!({ "of": "homes", "age_until": 6 }), [0, 0], "房屋；有这个年龄的人居住：岁 到 6"),
            (json!({ "of": "homes", "areas": [GRID_2] }), [0, 2], "房屋；在田心社区第二网格"),
            (
                json!({ "of": "homes", "buildings": [old.id], "values": { "gas": ["none"] } }),
                [1, 0],
                "房屋；用气：不用气；在指定的 1 处楼栋或小区",
            ),
            (json!({ "of": "things", "values": { "component": ["0101"] } }), [1, 0], "部件；部件代码：0101"),
            (
                json!({ "of": "organisations", "values": { "kind": ["school", "care_home"] } }),
                [0, 0],
                "单位；类别：学校或养老机构",
            ),
        ];
        for (target, expected, words) in rows {
            let (found, told) = doors(&planner, &target).await;
            assert_eq!((found.as_slice(), told.as_str()), (expected.as_slice(), words), "{target}");
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_is_chosen_by_what_they_are() {
    each_town(async |town| {
        let planner = caller(&town, "planner");
        let rows = [
            json!({ "of": "homes", "values": { "fact": ["disability"] } }),
            json!({ "of": "homes", "values": { "sex": ["female"] } }),
            json!({ "of": "homes", "values": { "use": ["palace"] } }),
            json!({ "of": "homes", "values": { "use": [] } }),
            json!({ "of": "homes", "age_from": 90, "age_until": 80 }),
            json!({ "of": "things", "age_from": 80 }),
            json!({ "of": "homes", "areas": ["430204/430204002"] }),
        ];
        for target in rows {
            draft(&planner, &target).await.refused("fieldwork.bad_target");
        }
        let listed = json!({ "of": "homes", "people": ["019c8a00-0000-7000-8000-000000000001"] });
        assert_eq!(draft(&planner, &listed).await.status, 422, "no list of people is taken in");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn templates_are_to_begin_with() {
    each_town(async |town| {
        let planner = caller(&town, "planner");
        let templates = planner.get("/api/fieldwork/campaign-templates").await.ok();
        let templates = templates.as_array().expect("templates");
        assert!(templates.len() >= 5);
        for one in templates {
            draft(&planner, &one["target"]).await.ok();
        }
    })
    .await;
}
