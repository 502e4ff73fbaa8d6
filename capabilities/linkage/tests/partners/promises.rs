//! How a unit keeps its promises: every figure opens the cases behind it, and only the unit and the district see it.

use crate::town::CaseTown;
use crate::{each_linked_town, partner_path};
use serde_json::{Value, json};

fn count(figures: &Value, measure: &str) -> u64 {
    let all = figures["figures"].as_array().expect("figures");
    let one = all.iter().find(|one| one["measure"] == measure).expect("a figure");
    one["count"].as_u64().expect("a number")
}

/// The days around the town's present, as the address asks for them.
fn period(town: &CaseTown) -> String {
    let today = town.town.clock.now().local().date();
    let from = today.checked_sub(jiff::Span::new().days(30)).expect("a day");
    format!("from={from}&to={today}")
}

async fn figures(town: &CaseTown, staff: &str) -> Value {
    let path = partner_path(town, "water_supply", &format!("/promises?{}", period(town)));
    town.staff(staff).get(&path).await.ok()
}

async fn cases_behind(town: &CaseTown, measure: &str) -> Vec<String> {
    let path = format!("/promises/cases?{}&measure={measure}", period(town));
    let rows = town.staff("water").get(&partner_path(town, "water_supply", &path)).await.ok();
    let numbers = rows["items"].as_array().expect("rows").iter();
    numbers.map(|row| row["number"].as_str().expect("a number").to_owned()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn every_figure_is_the_number_of_the_cases_behind_it() {
    each_linked_town(async |town: CaseTown| {
        let (kept, late, back, open) = (
            town.reports_burst_pipe().await,
            town.reports_burst_pipe().await,
            town.reports_burst_pipe().await,
            town.reports_burst_pipe().await,
        );
        town.water_mends(&kept.id).await;
        town.act("desk", &kept.id, "verify", json!({ "note": "现场看过，修好了。" })).await.ok();
        kept.act("confirm", json!({})).await.ok();
        let why = json!({ "reason": "wrong_place", "note": "不在我们的管网上。" });
        town.act("water", &back.id, "return", why).await.ok();
        town.passes_days(4).await;
        town.water_mends(&late.id).await;

        let figures = figures(&town, "water").await;
        for (measure, number, cases) in [
            ("given", 4, vec![&open, &back, &late, &kept]),
            ("taken_in_time", 1, vec![&kept]),
            ("done", 2, vec![&late, &kept]),
            ("in_time", 1, vec![&kept]),
            ("late", 1, vec![&late]),
            ("overdue", 1, vec![&open]),
            ("under_way", 0, vec![]),
            ("returned", 1, vec![&back]),
            ("confirmed", 1, vec![&kept]),
        ] {
            assert_eq!(count(&figures, measure), number, "{measure}: {figures}");
            let mut behind = cases_behind(&town, measure).await;
            behind.sort();
            let mut wanted: Vec<&str> = cases.iter().map(|case| case.number.as_str()).collect();
            wanted.sort_unstable();
            assert_eq!(behind, wanted, "{measure}");
        }
        assert_eq!(figures["types"][0]["type_code"], "P01002");
        assert!(figures["types"][0]["promised"]["zh"].as_str().is_some_and(|words| !words.is_empty()));
        assert!(!figures.to_string().contains("139"), "nobody's phone");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn others_do_not_see_it_and_a_period_has_an_end() {
    each_linked_town(async |town: CaseTown| {
        let path = partner_path(&town, "water_supply", &format!("/promises?{}", period(&town)));
        assert_eq!(town.staff("city").get(&path).await.status, 404);
        assert_eq!(town.staff("worker1").get(&path).await.status, 403);
        let long = partner_path(&town, "water_supply", "/promises?from=2026-01-01&to=2026-12-31");
        town.staff("water").get(&long).await.refused("linkage.bad_period");
        assert_eq!(count(&figures(&town, "dispatcher").await, "given"), 0);
    })
    .await;
}
