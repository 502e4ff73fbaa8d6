//! What the map tells: figures that equal their rows, single cases without words, and as far as one may see.

use crate::town::*;
use serde_json::{Value, json};

const GROUND: &str = "west=113.0&south=27.8&east=113.2&north=28.0&zoom=12";

/// Three burst pipes, a day and more ago: one untouched, one taken, one mended and confirmed.
async fn three_reports(town: &CaseTown) -> [Follower; 3] {
    let all = [
        town.reports_burst_pipe().await,
        town.reports(json!({ "words": BURST, "type": BURST_PIPE, "place": point(2) })).await,
        town.reports(json!({ "words": BURST, "type": BURST_PIPE, "place": point(3) })).await,
    ];
    town.act("water", &all[1].id, "take", json!({})).await.ok();
    town.water_mends(&all[2].id).await;
    town.act("desk", &all[2].id, "verify", json!({ "note": "好了。" })).await.ok();
    all
}

async fn exceptions(town: &CaseTown, who: &str, area: &str) -> Value {
    town.staff(who).get(&format!("/api/cases/exceptions?area={area}")).await.ok()
}

fn value_of(exceptions: &Value, key: &str) -> u64 {
    let figures = exceptions["figures"].as_array().expect("figures");
    let figure = figures.iter().find(|f| f["key"] == key).unwrap_or_else(|| panic!("no figure {key}"));
    figure["value"].as_u64().expect("a number")
}

/// Every figure, against the rows behind it.
async fn figures_equal_their_rows(town: &CaseTown, who: &str, area: &str) {
    let seen = exceptions(town, who, area).await;
    let figures = seen["figures"].as_array().expect("figures");
    assert!((1..=9).contains(&figures.len()));
    for figure in figures {
        let key = figure["key"].as_str().expect("a key");
        let path = format!("/api/cases/exceptions/{key}?area={area}&limit=100");
        let rows = town.staff(who).get(&path).await.ok();
        assert_eq!(figure["value"], rows["total"], "{key} in {area}");
        assert_eq!(
            rows["items"].as_array().map(Vec::len),
            figure["value"].as_u64().map(|n| n as usize),
            "{key}"
        );
        assert!(figure["href"].as_str().is_some_and(|href| href.contains(key)));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_figure_equals_its_rows_as_time_passes() {
    each_case_town(async |town: CaseTown| {
        let [_, _, done] = three_reports(&town).await;
        let at_first = exceptions(&town, "dispatcher", "430204").await;
        assert_eq!((value_of(&at_first, "open"), value_of(&at_first, "incoming")), (3, 3));
        assert_eq!((value_of(&at_first, "confirming"), value_of(&at_first, "overdue")), (1, 0));
        done.act("confirm", json!({})).await.ok();
        let closed = exceptions(&town, "dispatcher", "430204").await;
        assert_eq!((value_of(&closed, "open"), value_of(&closed, "done")), (2, 1), "at once");
        figures_equal_their_rows(&town, "dispatcher", "430204").await;
        for hours in [2, 30, 200] {
            town.passes_hours(hours).await;
            figures_equal_their_rows(&town, "dispatcher", "430204").await;
            figures_equal_their_rows(&town, "desk", STREET).await;
        }
        let late = exceptions(&town, "dispatcher", "430204").await;
        assert!(value_of(&late, "overdue") > 0 && value_of(&late, "supervised") > 0, "{late}");
        assert_eq!(late["figures"][0]["unusual"], true, "the unusual first");
        assert_eq!(late["areas"][0]["path"], STREET);
        assert_eq!(late["areas"][0]["open"], json!(value_of(&late, "open")));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn rows_come_page_by_page_what_is_due_first() {
    each_case_town(async |town: CaseTown| {
        three_reports(&town).await;
        let first = town.staff("desk").get("/api/cases/exceptions/open?limit=2").await.ok();
        let next = first["next"].as_str().expect("more").to_owned();
        let rest =
            town.staff("desk").get(&format!("/api/cases/exceptions/open?limit=2&after={next}")).await.ok();
        let due = |page: &Value| -> Vec<String> {
            let items = page["items"].as_array().expect("rows");
            items.iter().map(|line| line["due_at"].as_str().unwrap_or("9").to_owned()).collect()
        };
        let all = [due(&first), due(&rest)].concat();
        assert!(all.len() == 3 && all.is_sorted(), "{all:?}");
        assert!(rest.get("next").is_none());
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_map_shows_places_without_words_or_people() {
    each_case_town(async |town: CaseTown| {
        let phone = "13800002222";
        town.reports(
            json!({ "words": BURST, "type": BURST_PIPE, "place": point(0), "reporter": { "phone": phone } }),
        )
        .await;
        let map = town.staff("desk").get(&format!("/api/cases/map?{GROUND}")).await.ok();
        assert_eq!((map["cases"].as_array().map(Vec::len), map["unplaced"].as_u64()), (Some(1), Some(0)));
        let text = map.to_string();
        assert!(
            !text.contains("喷得很高") && !text.contains("138") && text.contains("供水管道破裂"),
            "{text}"
        );
        let elsewhere = "west=114.0&south=27.8&east=114.2&north=28.0&zoom=12";
        let empty = town.staff("desk").get(&format!("/api/cases/map?{elsewhere}")).await.ok();
        assert_eq!(empty["cases"], json!([]));
        let none_overdue =
            town.staff("desk").get(&format!("/api/cases/map?{GROUND}&show=overdue")).await.ok();
        assert_eq!(none_overdue["cases"], json!([]));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn one_sees_as_far_as_ones_scope() {
    each_case_town(async |town: CaseTown| {
        three_reports(&town).await;
        assert_eq!(value_of(&exceptions(&town, "worker1", GRID_1).await, "open"), 1);
        let own = town.staff("worker1").get("/api/cases/exceptions").await.ok();
        assert_eq!(own["area"]["path"], GRID_1, "one's own area where none is named");
        for path in
            ["exceptions?area=430204", "exceptions/open?area=430204", &format!("map?{GROUND}&area=430204")]
        {
            town.staff("worker1").get(&format!("/api/cases/{path}")).await.refused("forbidden");
            town.town.caller().get(&format!("/api/cases/{path}")).await.refused("sign_in");
        }
        let water = town.staff("water").get("/api/cases/exceptions").await.ok();
        let city = town.staff("city").get("/api/cases/exceptions").await.ok();
        assert_eq!((value_of(&water, "open"), value_of(&city, "open")), (3, 0), "a unit sees its own");
        figures_equal_their_rows(&town, "water", "430204").await;
        let resident = town.resident("13800001111").await;
        resident.get("/api/cases/exceptions").await.refused("forbidden");
        town.staff("desk").get("/api/cases/exceptions?area=430204/430204001/999").await.refused("not_found");
        town.staff("desk").get("/api/cases/exceptions/nonsense").await.refused("not_found");
        town.staff("desk")
            .get(&format!("/api/cases/map?{GROUND}&show=x"))
            .await
            .refused("cases.unknown_figure");
        let nowhere = "west=5&south=5&east=4&north=6&zoom=3";
        town.staff("desk").get(&format!("/api/cases/map?{nowhere}")).await.refused("cases.bad_view");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wall_is_told_figures_and_no_single_case() {
    each_case_town(async |town: CaseTown| {
        three_reports(&town).await;
        let wall = town.wall().await;
        let seen = wall.get("/api/cases/exceptions").await.ok();
        assert_eq!(value_of(&seen, "open"), 3);
        let map = wall.get(&format!("/api/cases/map?{GROUND}")).await.ok();
        assert_eq!(map["cases"], json!([]), "no number, no type");
        let cells = map["cells"].as_array().expect("cells");
        assert_eq!(cells.iter().filter_map(|cell| cell["count"].as_u64()).sum::<u64>(), 3);
        for path in [
            "/api/cases/exceptions/open",
            "/api/cases?queue=area",
            "/api/cases/search?q=水管",
            "/api/cases/counts",
        ] {
            let refused = wall.get(path).await;
            assert!(refused.status == 403 || refused.json() == json!([]), "{path}: {}", refused.text);
        }
    })
    .await;
}
