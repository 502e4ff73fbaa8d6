//! An operator drafts, counts, publishes, changes and ends; residents read it on the page.

use crate::town::{GRID_1, OutageTown, each_outage_town, planned, square, sudden, text, with};
use serde_json::{Value, json};

#[tokio::test(flavor = "multi_thread")]
async fn from_draft_to_end() {
    each_outage_town(async |town: OutageTown| {
        let draft = town.drafts("water", planned("water")).await;
        assert_eq!(
            (&draft["state"], &draft["buildings"], &draft["homes"]),
            (&json!("draft"), &json!(2), &json!(6))
        );
        assert_eq!(draft["unit"]["key"], "water_supply");
        assert_eq!(draft["area_path"], GRID_1);
        let page = format!("/outages/{}", text(&draft["id"]));
        let visitor = town.town.caller();
        assert_eq!(visitor.get(&page).await.status, 404, "nobody sees a draft");
        let told = town.steps("water", &draft, "publish").await.ok();
        assert_eq!(told["can"], json!(["change", "end", "withdraw"]));
        let shown = visitor.get(&page).await;
        for part in [
            "计划停水",
            "2026-03-03 08:00",
            "更换主管道阀门",
            "供水公司",
            "0731-28680000",
            "1栋",
            "2栋",
            "6 户",
        ] {
            assert!(shown.text.contains(part), "{part}: {}", shown.text);
        }
        let longer = with(planned("water"), json!({ "to": "2026-03-03T10:00:00Z" }));
        let changed = town.changes("water", &told, longer).await.ok();
        assert_eq!((&changed["state"], &changed["version"]), (&json!("changed"), &json!(3)));
        town.passes_hours(24).await;
        let ended = town.steps("water", &changed, "end").await.ok();
        assert_eq!((&ended["state"], &ended["can"]), (&json!("ended"), &json!([])));
        let whole = town.staff("water").get(&format!("/api/linkage{page}")).await.ok();
        let versions: Vec<(&Value, &Value)> =
            whole["versions"].as_array().expect("versions").iter().map(|v| (&v["state"], &v["to"])).collect();
        let (late, early) = (json!("2026-03-03T10:00:00Z"), json!("2026-03-03T08:00:00Z"));
        assert_eq!(
            versions,
            [(&json!("ended"), &late), (&json!("changed"), &late), (&json!("published"), &early)]
        );
        let names: Vec<String> = town.facts().await.into_iter().map(|(name, _)| name).collect();
        let expected =
            ["drafted", "published", "changed", "ended"].map(|step| format!("linkage.outage_{step}"));
        assert_eq!(names, expected);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_it_concerns_is_counted_before_by_building_and_grid() {
    each_outage_town(async |town: OutageTown| {
        let count = async |extent: Value| {
            let body = json!({ "extent": extent });
            town.staff("water").post("/api/linkage/outages/preview", body).await.ok()
        };
        let district = count(json!({ "ground": square(113.10, 27.86, 0.04) })).await;
        assert_eq!((&district["homes"], &district["buildings"]), (&json!(8), &json!(3)));
        let grids: Vec<_> =
            district["grids"].as_array().expect("grids").iter().map(|g| g["homes"].clone()).collect();
        assert_eq!(grids, [json!(6), json!(2)]);
        let labels: Vec<_> = district["building_list"]
            .as_array()
            .expect("buildings")
            .iter()
            .map(|b| (text(&b["label"]), b["homes"].clone()))
            .collect();
        assert!(labels[0].0.ends_with("1栋") && labels[0].1 == json!(4), "{labels:?}");
        let unit = count(json!({ "places": [{ "place": town.place("1栋2单元") }] })).await;
        assert_eq!(unit["homes"], 2);
        let risers =
            json!([{ "place": town.place("1栋"), "riser": "东立管" }, { "place": town.place("2栋") }]);
        let found = count(json!({ "places": risers })).await;
        assert_eq!((&found["homes"], &found["buildings"]), (&json!(4), &json!(2)));
        let empty = count(json!({ "ground": square(113.10, 27.86, 0.002) })).await;
        assert_eq!((&empty["homes"], &empty["buildings"]), (&json!(0), &json!(0)));
        let (name, data) = town.facts().await.remove(0);
        assert_eq!(
            (name.as_str(), data),
            ("linkage.outage_previewed", json!({ "buildings": 3, "homes": 8 }))
        );
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_operator_learns_buildings_and_never_who() {
    each_outage_town(async |town: OutageTown| {
        town.lives("worker1", "1栋1单元101", GRID_1, "needs_electricity").await;
        let told = town.publishes("power", planned("power")).await;
        let staff = town.staff("power");
        let path = format!("/api/linkage/outages/{}", text(&told["id"]));
        let preview = json!({ "extent": { "places": [{ "place": town.place("1栋") }] } });
        let answers = [
            staff.get(&path).await,
            staff.get(&format!("{path}/buildings")).await,
            staff.post("/api/linkage/outages/preview", preview).await,
            staff.get(&format!("/api/linkage/outage-places?area={GRID_1}")).await,
        ];
        for answer in answers {
            answer.ok();
            for secret in ["张", "needs_electricity", town.place("1栋1单元101"), "resident", "101"] {
                assert!(!answer.text.contains(secret), "{secret}: {}", answer.text);
            }
        }
        assert_eq!(staff.get("/api/registry/counts").await.status, 403);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn places_are_picked_from_the_tree_of_a_grid() {
    each_outage_town(async |town: OutageTown| {
        let found = town.staff("water").get(&format!("/api/linkage/outage-places?area={GRID_1}")).await.ok();
        let all: Vec<(String, Value)> = found
            .as_array()
            .expect("places")
            .iter()
            .map(|p| (text(&p["level"]), p["above"].clone()))
            .collect();
        let building = json!(town.place("1栋"));
        assert_eq!(all.iter().filter(|(level, above)| level == "unit" && *above == building).count(), 2);
        assert_eq!(all.iter().filter(|(level, _)| level == "building").count(), 2);
        assert_eq!(
            town.staff("water").get("/api/linkage/outage-places?area=430204").await.status,
            404,
            "no grid"
        );
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn residents_find_what_is_and_what_will_be_by_service_and_place() {
    each_outage_town(async |town: OutageTown| {
        town.publishes("water", planned("water")).await;
        let ground = json!({ "extent": { "ground": square(113.125, 27.885, 0.01) } });
        town.publishes("power", with(sudden("power"), ground)).await;
        let visitor = town.town.caller();
        let page = async |query: &str| visitor.get(&format!("/outages{query}")).await.text;
        let all = page("").await;
        let (now, coming) = all.split_once("id=\"coming\"").expect("two lists");
        assert!(now.contains("突发停电") && !now.contains("计划停水"), "{now}");
        assert!(coming.contains("计划停水") && !coming.contains("突发停电"), "{coming}");
        let rows = [
            ("?service=water", true, false),
            ("?service=power", false, true),
            ("?place=3栋", false, true),
            ("?place=2栋1单元101", true, false),
            ("?place=田心社区", true, true),
            ("?place=九郎山", false, false),
            ("?service=water&place=3栋", false, false),
            ("?service=nonsense", true, true),
        ];
        for (query, water, power) in rows {
            let found = page(query).await;
            assert_eq!((found.contains("计划停水"), found.contains("突发停电")), (water, power), "{query}");
        }
        let english = page("?lang=en").await;
        assert!(
            english.contains("Planned work: no water") && english.contains("Outage: no power"),
            "{english}"
        );
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_notice_nobody_ended_says_so_and_is_taken_off() {
    each_outage_town(async |town: OutageTown| {
        let told = town.publishes("power", sudden("power")).await;
        let page = format!("/outages/{}", text(&told["id"]));
        let visitor = town.town.caller();
        assert!(visitor.get(&page).await.text.contains("正在停"));
        town.passes_hours(5).await;
        assert!(visitor.get("/outages").await.text.contains("恢复未确认"));
        town.passes_hours(12).await;
        let found = town.staff("power").get(&format!("/api/linkage{page}")).await.ok();
        assert_eq!(found["state"], "ended");
        assert!(!visitor.get("/outages").await.text.contains("突发停电"));
        assert_eq!(town.facts().await.last().map(|(name, _)| name.as_str()), Some("linkage.outage_ended"));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn work_announced_late_is_told_to_the_operator() {
    each_outage_town(async |town: OutageTown| {
        let rows = [
            ("water", "2026-03-03T03:00:00Z", false),
            ("water", "2026-03-03T01:00:00Z", true),
            ("power", "2026-03-05T01:00:00Z", true),
        ];
        for (service, from, is_short) in rows {
            let content = with(planned(service), json!({ "from": from, "to": "2026-03-05T08:00:00Z" }));
            let draft = town.drafts("water", content).await;
            assert_eq!(draft["short_notice"], is_short, "{service} {from}");
            assert!(text(&draft["notice_source"]).contains('《'));
        }
    })
    .await;
}
