//! The public pages, as a resident reads them.

use crate::{
    COMMUNITY, admin, collection, each_town, feature, found_areas, send_file, square, town_features,
};
use serde_json::json;
use testkit::{Answer, Town};

async fn page(town: &Town, path: &str) -> Answer {
    let caller = town.caller();
    caller.send(caller.client.get(format!("{}{path}", town.url)).header("accept", "text/html")).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_resident_finds_who_serves_the_home() {
    each_town(async |town: Town| {
        found_areas(&town).await;
        let admin = admin(&town);
        let post = json!({ "kind": "grid_worker", "name": "网格员", "area": "430204001008J001" });
        let post = admin.post("/api/territory/posts", post).await.ok();
        let person = json!({ "account": uuid::Uuid::from_u128(1), "role": "main", "name": "周敏", "phone": "14207330001" });
        let path = format!("/api/territory/posts/{}/holdings", post["id"].as_str().expect("an id"));
        admin.post(&path, person).await.ok();

        let grids = page(&town, "/grids").await;
        assert_eq!(grids.status, 200, "{}", grids.text);
        assert!(grids.text.contains("田心社区") && grids.text.contains("/grids?area=430204001008"));
        let community = page(&town, &format!("/grids?area={COMMUNITY}")).await.text;
        assert!(community.contains("周敏") && community.contains("/grids/430204001008J004"));
        let found = page(&town, "/grids?q=%E7%AC%AC1%E7%BD%91%E6%A0%BC").await.text;
        assert!(found.contains("田心第1网格"));
        let nothing = page(&town, "/grids?q=%3Cscript%3E").await.text;
        assert!(nothing.contains("没有找到") && !nothing.contains("<script>"), "what was asked is not run");
        let grid = page(&town, "/grids/430204001008J001").await.text;
        for words in ["田心第1网格", "周敏", "14207330001", "基本网格", "401", "2025年1月1日", "<svg"] {
            assert!(grid.contains(words), "{words} is missing");
        }
        assert!(grid.len() < 20 * 1024, "{} bytes", grid.len());
        let english = page(&town, "/grids/430204001008J001?lang=en").await.text;
        assert!(english.contains("Who serves it") && english.contains("2025-01-01"));
        assert!(page(&town, "/grids/430204001008").await.headers["location"].to_str().expect("a way").contains("area="));
        assert_eq!(page(&town, "/grids/430204001008J077").await.status, 404);
        assert_eq!(page(&town, "/grids?area=430204099").await.status, 404);
        assert_eq!(page(&town, "/grids/..%2F..%2Fetc%2Fpasswd").await.status, 404);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_old_posters_address_shows_the_grids_that_lie_there_now() {
    each_town(async |town: Town| {
        found_areas(&town).await;
        let mut features = town_features();
        features.truncate(4);
        features.push(feature("430204001008J005", "田心北网格", square(0.0, 2.0, 4.0, 4.0)));
        features.push(feature("430204001008J006", "田心南网格", square(0.0, 0.0, 4.0, 2.0)));
        let query = format!("crs=WGS-84&within={COMMUNITY}");
        send_file(&admin(&town), "import", &query, collection(features)).await.ok();
        let old = page(&town, "/grids/430204001008J002").await;
        assert_eq!(old.status, 200);
        assert!(
            old.text.contains("已重新划分") && old.text.contains("/grids/430204001008J005"),
            "{}",
            old.text
        );
    })
    .await;
}
