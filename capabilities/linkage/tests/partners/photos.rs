//! Photos of a partner's system: fetched once, shown on the history; what is none, or lies where nobody may look, is a person's to see.

use crate::other_open311::OtherOpen311;
use crate::town::CaseTown;
use crate::{by_open311, each_linked_town, minutes_pass, partner_path, set_water, settle};
use serde_json::Value;

async fn photos_of(town: &CaseTown, id: &cases::CaseId) -> usize {
    let case = town.sees("dispatcher", id).await;
    let lines = case["timeline"].as_array().expect("a timeline").iter();
    lines.map(|line| line["photos"].as_array().map_or(0, Vec::len)).sum()
}

async fn dead(town: &CaseTown) -> Vec<Value> {
    let path = partner_path(town, "water_supply", "/dead");
    town.staff("dispatcher").get(&path).await.ok()["items"].as_array().expect("a list").clone()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_photo_of_theirs_lands_on_the_history_once() {
    each_linked_town(async |town: CaseTown| {
        let theirs = OtherOpen311::open().await;
        set_water(&town, by_open311(&theirs.url, "updates")).await;
        let reporter = town.reports_burst_pipe().await;
        settle(&town).await;
        theirs.shows(0, "photo.png");
        theirs.says(0, "in_progress", Some("正在换管。"));
        minutes_pass(&town, 4).await;
        assert_eq!(photos_of(&town, &reporter.id).await, 1, "named every minute, shown once");
        let case = town.sees("dispatcher", &reporter.id).await;
        assert!(
            case.to_string().contains("对方系统传来的照片") && case.to_string().contains("供水公司"),
            "{case}"
        );
        assert!(dead(&town).await.is_empty());
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_photo_is_a_persons_to_see_and_holds_up_nothing() {
    each_linked_town(async |town: CaseTown| {
        let theirs = OtherOpen311::open().await;
        set_water(&town, by_open311(&theirs.url, "updates")).await;
        let reporter = town.reports_burst_pipe().await;
        settle(&town).await;
        theirs.shows(0, "page.png");
        theirs.says(0, "in_progress", Some("正在换管。"));
        minutes_pass(&town, 2).await;
        let [one] = dead(&town).await.try_into().expect("one that cannot come");
        assert_eq!(
            (&one["kind"], one["case_id"].as_str()),
            (&"photo.fetch".into(), Some(&*reporter.id.to_string()))
        );
        assert_eq!(one["number"], reporter.number.as_str());
        assert_eq!(one["error"]["code"], "not_taken", "{one}");
        theirs.says(0, "fixed", Some("好了。"));
        minutes_pass(&town, 2).await;
        assert_eq!(town.sees("dispatcher", &reporter.id).await["state"], "verifying", "the case goes on");
        assert_eq!(photos_of(&town, &reporter.id).await, 0);
    })
    .await;
}
