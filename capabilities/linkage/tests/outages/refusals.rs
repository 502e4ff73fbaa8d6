//! What is refused, by name: to whom it is not given, what cannot be meant, what was seen otherwise.

use crate::town::{OutageTown, each_outage_town, planned, square, text, with};
use serde_json::{Value, json};

#[tokio::test(flavor = "multi_thread")]
async fn only_the_unit_and_the_district_announce() {
    each_outage_town(async |town: OutageTown| {
        let draft = town.drafts("water", planned("water")).await;
        let path = format!("/api/linkage/outages/{}", text(&draft["id"]));
        let visitor = town.town.caller();
        assert_eq!(visitor.get(&path).await.status, 401);
        town.staff("worker1").get(&path).await.refused("forbidden");
        town.staff("power").get(&path).await.refused("not_found");
        for step in ["publish", "end", "withdraw"] {
            town.steps("power", &draft, step).await.refused("not_found");
            town.steps("worker1", &draft, step).await.refused("forbidden");
        }
        town.changes("power", &draft, planned("water")).await.refused("not_found");
        let listed = async |name: &str| {
            let page = town.staff(name).get("/api/linkage/outages").await.ok();
            page["items"].as_array().expect("items").len()
        };
        assert_eq!((listed("water").await, listed("power").await, listed("dispatcher").await), (1, 0, 1));
        let body = |unit: Value| json!({ "unit": unit, "content": planned("water") });
        let post =
            async |name: &str, unit: Value| town.staff(name).post("/api/linkage/outages", body(unit)).await;
        assert_eq!(post("dispatcher", json!(null)).await.refused("linkage.unit_missing")["field"], "unit");
        post("dispatcher", json!("water_supply")).await.ok();
        post("power", json!("water_supply")).await.refused("linkage.unknown_unit");
        post("dispatcher", json!("nobody")).await.refused("linkage.unknown_unit");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_meant_is_refused_by_name() {
    each_outage_town(async |town: OutageTown| {
        let outside = json!({ "ground": square(113.135, 27.895, 0.01) });
        let bow = json!({ "ground": { "type": "Polygon", "coordinates":
            [[[113.11, 27.87], [113.13, 27.89], [113.13, 27.87], [113.11, 27.89], [113.11, 27.87]]] } });
        let nowhere = json!({ "places": [{ "place": "019c8a00-0000-7000-8000-000000000001" }] });
        let person = json!({ "places": [{ "place": town.place("1栋1单元101") }] });
        let rows = [
            (json!({ "extent": outside }), "linkage.ground_outside_district", "extent.ground"),
            (json!({ "extent": bow }), "linkage.ground_crosses_itself", "extent.ground"),
            (json!({ "extent": nowhere }), "linkage.unknown_place", "extent.places"),
            (json!({ "extent": person }), "linkage.unknown_place", "extent.places"),
            (json!({ "extent": {} }), "linkage.extent_one_of_two", "extent"),
            (json!({ "to": "2026-03-02T23:00:00Z" }), "linkage.window_order", "to"),
            (json!({ "to": "2026-03-20T23:00:00Z" }), "linkage.window_too_long", "to"),
            (json!({ "from": "2026-03-02T01:00:00Z" }), "linkage.planned_in_the_past", "from"),
            (json!({ "reason": "" }), "linkage.bad_words", "reason"),
            (json!({ "phone": "问物业" }), "linkage.bad_phone", "phone"),
        ];
        for (change, code, field) in rows {
            let body = json!({ "content": with(planned("water"), change) });
            let problem = town.staff("water").post("/api/linkage/outages", body).await.refused(code);
            assert_eq!(problem["field"], field, "{code}");
            assert!(!text(&problem["title"]).is_empty() && !text(&problem["title_en"]).is_empty());
        }
        let body = json!({ "content": with(planned("water"), json!({ "service": "beer" })) });
        assert_eq!(town.staff("water").post("/api/linkage/outages", body).await.status, 422);
        assert!(town.facts().await.is_empty(), "nothing was kept");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_seen_otherwise_or_is_over_is_refused() {
    each_outage_town(async |town: OutageTown| {
        let draft = town.drafts("water", planned("water")).await;
        let told = town.steps("water", &draft, "publish").await.ok();
        let stale = town.steps("water", &draft, "withdraw").await.refused("linkage.stale");
        assert_eq!(stale["extra"]["present"], told["version"]);
        town.steps("water", &told, "publish").await.refused("linkage.outage_state");
        town.steps("water", &told, "end").await.refused("linkage.not_begun");
        let gas = with(planned("water"), json!({ "service": "gas" }));
        town.changes("water", &told, gas).await.refused("linkage.other_service");
        let off = town.steps("water", &told, "withdraw").await.ok();
        town.changes("water", &off, planned("water")).await.refused("linkage.outage_state");
        town.steps("water", &off, "withdraw").await.refused("linkage.outage_state");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_draft_sent_twice_is_one_and_its_window_may_be_over_by_publishing() {
    each_outage_town(async |town: OutageTown| {
        let id = "019c8a00-0000-7000-8000-000000000009";
        let send = async |content: Value| {
            let body = json!({ "id": id, "content": content });
            town.staff("water").post("/api/linkage/outages", body).await
        };
        let first = send(planned("water")).await.ok();
        assert_eq!(send(planned("water")).await.ok()["version"], first["version"]);
        send(with(planned("water"), json!({ "reason": "另一件事" }))).await.refused("linkage.id_taken");
        town.passes_hours(23).await;
        town.steps("water", &first, "publish").await.refused("linkage.planned_in_the_past");
        town.passes_hours(48).await;
        town.steps("water", &first, "publish").await.refused("linkage.window_over");
    })
    .await;
}
