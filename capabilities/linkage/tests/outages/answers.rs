//! A report from the ground of an outage is answered at once, and only such a report.

use crate::town::{AT_1, AT_2, AT_3, OutageTown, each_outage_town, sudden, text, with};
use serde_json::json;

const NO_WATER: &str = "P01001";
const NO_POWER: &str = "P01006";

#[tokio::test(flavor = "multi_thread")]
async fn a_report_inside_window_and_ground_is_answered_once() {
    each_outage_town(async |town: OutageTown| {
        let told = town.publishes("power", sudden("power")).await;
        town.town.settles().await;
        let inside = town.reports(NO_POWER, AT_1).await;
        let outside = town.reports(NO_POWER, AT_3).await;
        let water = town.reports(NO_WATER, AT_1).await;
        town.town.settles().await;
        town.town.settles().await;
        let notes = town.told_on(inside).await;
        assert_eq!(notes.len(), 1, "{notes:?}");
        for part in ["突发停电", "2026-03-02 14:00", "供电公司", "/outages/", "no power here"] {
            assert!(notes[0].to_lowercase().contains(&part.to_lowercase()), "{part}: {}", notes[0]);
        }
        assert!(town.told_on(outside).await.is_empty() && town.told_on(water).await.is_empty());
        let whole =
            town.staff("power").get(&format!("/api/linkage/outages/{}", text(&told["id"]))).await.ok();
        assert_eq!(whole["reports"], 1);
        let answered = town.facts().await.into_iter().filter(|(name, _)| name == "linkage.outage_answered");
        assert_eq!(answered.map(|(_, data)| data["case"].clone()).collect::<Vec<_>>(), [json!(inside)]);
        // After the announced end the operator hears of it as of any other.
        town.passes_hours(5).await;
        let late = town.reports(NO_POWER, AT_1).await;
        town.town.settles().await;
        assert!(town.told_on(late).await.is_empty());
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn where_places_were_named_a_report_beside_them_is_answered() {
    each_outage_town(async |town: OutageTown| {
        let extent = json!({ "extent": { "places": [{ "place": town.place("1栋1单元") }] } });
        town.publishes("water", with(sudden("water"), extent)).await;
        let at_it = town.reports(NO_WATER, (AT_1.0 + 0.0002, AT_1.1)).await;
        let next_door = town.reports(NO_WATER, AT_2).await;
        town.town.settles().await;
        assert_eq!(town.told_on(at_it).await.len(), 1);
        assert!(town.told_on(next_door).await.is_empty(), "two hundred metres on");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_withdrawn_or_is_a_draft_answers_nothing() {
    each_outage_town(async |town: OutageTown| {
        town.drafts("water", sudden("water")).await;
        let told = town.publishes("water", sudden("water")).await;
        town.steps("water", &told, "withdraw").await.ok();
        let case = town.reports(NO_WATER, AT_1).await;
        town.town.settles().await;
        assert!(town.told_on(case).await.is_empty());
    })
    .await;
}
