//! The queues of a desk: what is due first, of one type or state, waiting for the reporter; page by page to the end.

use crate::town::*;
use serde_json::{Value, json};
use std::time::Duration;

fn numbers(page: &Value) -> Vec<String> {
    let items = page["items"].as_array().expect("a page has items");
    items.iter().map(|i| i["number"].as_str().unwrap_or_default().to_owned()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn open_cases_come_by_what_is_due_first_and_narrow_by_type_and_state() {
    each_case_town(async |town: CaseTown| {
        let burst = town.reports_burst_pipe().await;
        let clutter = json!({ "words": "楼道堆满杂物", "type": CLUTTER, "place": point(1) });
        let clutter = town.reports(clutter).await;
        town.act("water", &burst.id, "take", json!({})).await.ok();
        let desk = town.staff("desk");
        let open = desk.get(&format!("/api/cases?queue=due&area={STREET}")).await.ok();
        let due: Vec<&str> =
            open["items"].as_array().unwrap().iter().filter_map(|i| i["due_at"].as_str()).collect();
        assert_eq!(due.len(), 2);
        assert!(due[0] <= due[1], "{due:?}");
        let of = |more: &str| format!("/api/cases?queue=due&area={STREET}&{more}");
        assert_eq!(
            numbers(&desk.get(&of(&format!("type={CLUTTER}"))).await.ok()),
            std::slice::from_ref(&clutter.number)
        );
        assert_eq!(numbers(&desk.get(&of("state=handling")).await.ok()), std::slice::from_ref(&burst.number));
        assert!(numbers(&desk.get(&of(&format!("state=handling&type={CLUTTER}"))).await.ok()).is_empty());
        let mine = town.staff("water").get("/api/cases?queue=mine&state=assigned").await.ok();
        assert!(numbers(&mine).is_empty(), "it has been taken: {mine}");
        desk.get("/api/cases?queue=newest&state=handling").await.refused("cases.no_filter");
        desk.get(&format!("/api/cases?queue=waiting&area={STREET}&state=handling"))
            .await
            .refused("cases.no_filter");
        desk.get("/api/cases?queue=due").await.refused("forbidden");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_waits_for_the_reporter_is_a_queue_of_its_own() {
    each_case_town(async |town: CaseTown| {
        let burst = town.reports_burst_pipe().await;
        town.reports_burst_pipe().await;
        let waiting = format!("/api/cases?queue=waiting&area={STREET}");
        let desk = town.staff("desk");
        assert!(numbers(&desk.get(&waiting).await.ok()).is_empty());
        town.water_mends(&burst.id).await;
        town.act("desk", &burst.id, "verify", json!({ "note": "现场看过。" })).await.ok();
        assert_eq!(numbers(&desk.get(&waiting).await.ok()), std::slice::from_ref(&burst.number));
        assert!(numbers(&desk.get(&format!("{waiting}&state=answered")).await.ok()).is_empty());
        burst.act("confirm", json!({})).await.ok();
        assert!(numbers(&desk.get(&waiting).await.ok()).is_empty());
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn pages_of_what_is_due_meet_each_case_once() {
    each_case_town(async |town: CaseTown| {
        let mut reported = Vec::new();
        for _ in 0..5 {
            reported.push(town.reports_burst_pipe().await.number);
        }
        let desk = town.staff("desk");
        let (mut met, mut after) = (Vec::new(), String::new());
        for _ in 0..3 {
            let path = format!("/api/cases?queue=due&area={STREET}&type={BURST_PIPE}&limit=2{after}");
            let page = desk.get(&path).await.ok();
            met.extend(numbers(&page));
            let Some(next) = page["next"].as_str() else { break };
            after = format!("&after={next}");
        }
        met.sort();
        reported.sort();
        assert_eq!(met, reported);
        town.passes_days(30).await;
        let over = format!("/api/cases?queue=overdue&area={STREET}&type={BURST_PIPE}");
        assert_eq!(numbers(&town.staff("desk").get(&over).await.ok()).len(), 5, "all are past their time");
        let path = format!("/api/cases?queue=due&area={STREET}&after=nonsense");
        town.staff("desk").get(&path).await.refused("cases.bad_cursor");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn all_of_an_area_and_all_of_a_unit_narrow_too() {
    each_case_town(async |town: CaseTown| {
        // Ids of the public are made of the moment and of a secret: of two reports of one microsecond, chance says which is the newer.
        let next_moment = async || town.town.passes(Duration::from_secs(1)).await;
        let burst = town.reports_burst_pipe().await;
        next_moment().await;
        let gone = town.reports_burst_pipe().await;
        next_moment().await;
        let clutter = json!({ "words": "楼道堆满杂物", "type": CLUTTER, "place": point(1) });
        let clutter = town.reports(clutter).await;
        town.act("water", &burst.id, "take", json!({})).await.ok();
        let dispatcher = town.staff("dispatcher");
        let found = async |more: &str| numbers(&dispatcher.get(&format!("/api/cases?{more}")).await.ok());
        let all = format!("queue=all&area={STREET}");
        assert_eq!(found(&all).await.len(), 3);
        assert_eq!(found(&format!("{all}&state=handling")).await, std::slice::from_ref(&burst.number));
        assert_eq!(
            found(&format!("{all}&state=assigned")).await,
            [clutter.number.clone(), gone.number.clone()]
        );
        assert_eq!(found(&format!("{all}&type={CLUTTER}")).await, std::slice::from_ref(&clutter.number));
        assert_eq!(
            found(&format!("{all}&type={BURST_PIPE}&state=handling")).await,
            std::slice::from_ref(&burst.number)
        );
        assert!(found(&format!("queue=all&area={GRID_1}&type={CLUTTER}")).await.is_empty());
        let first = dispatcher.get(&format!("/api/cases?{all}&type={BURST_PIPE}&limit=1")).await.ok();
        assert_eq!(numbers(&first), std::slice::from_ref(&gone.number), "newest first");
        let next = first["next"].as_str().expect("a second page");
        assert_eq!(
            found(&format!("{all}&type={BURST_PIPE}&limit=1&after={next}")).await,
            std::slice::from_ref(&burst.number)
        );

        let water = town.sees("water", &burst.id).await["host"]["id"].clone();
        let posts = dispatcher.get("/api/territory/posts").await.ok();
        let posts = posts["items"].as_array().expect("posts");
        let post = posts.iter().find(|post| post["id"] == water).expect("the water company's");
        let unit = post["organisation"].clone();
        let unit = format!("queue=unit&organisation={}", unit.as_str().expect("an id"));
        assert_eq!(found(&unit).await, [gone.number.clone(), burst.number.clone()]);
        assert_eq!(found(&format!("{unit}&state=handling")).await, std::slice::from_ref(&burst.number));
        assert!(found(&format!("{unit}&type={CLUTTER}")).await.is_empty());
    })
    .await;
}
