//! AB 岗: a worker's day goes to the stand-in in one action, and comes back with what was done.

use crate::town::{GRID_1, GRID_2, caller, each_town, filled, published, seat, sent, text};
use platform::HOUR;
use serde_json::{Value, json};
use territory::HoldingRole::{Main, StandIn};
use testkit::Caller;

const EVENING: &str = "2026-03-02T20:00:00+08:00";

async fn works(by: &Caller, form: &str, number: u16) -> u16 {
    let mut body = sent(number, filled());
    body["filled_at"] = json!("2026-03-02T12:00:00+08:00");
    by.post(&format!("/api/fieldwork/forms/{form}/submissions"), body).await.status
}

#[tokio::test(flavor = "multi_thread")]
async fn a_worker_says_that_they_are_away_and_the_stand_in_works() {
    each_town(async |town| {
        seat(&town, GRID_1, 21, Main, "刘网格员").await;
        seat(&town, GRID_1, 22, StandIn, "周网格员").await;
        let (a, b) = (caller(&town, "account_21"), caller(&town, "account_22"));
        let form = published(&caller(&town, "clerk")).await;
        assert_ne!(works(&b, &form, 1).await, 200, "not theirs yet");
        let taken =
            a.post("/api/fieldwork/stand-in", json!({ "until": EVENING, "reason": "培训" })).await.ok();
        let one = &taken[0];
        assert_eq!(
            (&one["main"], &one["by"], &one["area_path"]),
            (&json!("刘网格员"), &json!("周网格员"), &json!(GRID_1))
        );
        assert!(one["along"]["tasks"].is_array() && one["along"]["cases"].is_array());
        assert_eq!(works(&b, &form, 1).await, 200, "and what the post allows came along");
        let listed = b.get("/api/fieldwork/stand-in").await.ok();
        assert_eq!((&listed[0]["by_me"], &listed[0]["reason"]), (&json!(true), &json!("培训")));
        town.passes(HOUR).await;
        let back = b.post(&format!("/api/fieldwork/stand-in/{}/end", text(&one["id"])), json!({})).await.ok();
        assert_eq!(
            back["done"]["text"]["zh"], "【登记】填写表单 1 份：燃气软管检查 1。",
            "what was done meanwhile"
        );
        assert_eq!(back["done"]["groups"][0]["sentences"][0]["rows"][0]["at"], Value::Null);
        assert_ne!(works(&b, &form, 2).await, 200);
        assert_eq!(works(&a, &form, 3).await, 200);
        let again =
            a.post(&format!("/api/fieldwork/stand-in/{}/end", text(&one["id"])), json!({})).await.ok();
        assert_eq!((&again["ended_at"], &again["done"]["text"]), (&back["ended_at"], &back["done"]["text"]));
        assert_eq!(a.get("/api/fieldwork/stand-in").await.ok(), json!([]));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn it_ends_by_itself() {
    each_town(async |town| {
        seat(&town, GRID_1, 21, Main, "刘网格员").await;
        seat(&town, GRID_1, 22, StandIn, "周网格员").await;
        let (a, b) = (caller(&town, "account_21"), caller(&town, "account_22"));
        let form = published(&caller(&town, "clerk")).await;
        a.post("/api/fieldwork/stand-in", json!({ "grid": GRID_1, "until": EVENING })).await.ok();
        town.passes(HOUR * 24).await;
        assert_ne!(works(&b, &form, 1).await, 200);
        assert_eq!(works(&a, &form, 2).await, 200);
        assert_eq!(a.get("/api/fieldwork/stand-in").await.ok(), json!([]));
        let next = a
            .post("/api/fieldwork/stand-in", json!({ "grid": GRID_1, "until": "2026-03-05T20:00:00+08:00" }))
            .await;
        assert_eq!(next.ok()[0]["until"], "2026-03-05T12:00:00Z", "and may begin again");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stand_in_takes_over_alone_for_a_day_and_a_leader_names_somebody() {
    each_town(async |town| {
        seat(&town, GRID_1, 21, Main, "刘网格员").await;
        let post = seat(&town, GRID_2, 23, Main, "李网格员").await;
        let (a, b, clerk) =
            (caller(&town, "account_21"), caller(&town, "account_22"), caller(&town, "clerk"));
        let away = |until: &str| json!({ "grid": GRID_1, "until": until });
        a.post("/api/fieldwork/stand-in", away(EVENING)).await.refused("territory.no_stand_in");
        let mut named = away(EVENING);
        named["by"] = json!("00000000-0000-0000-0000-000000000017");
        assert_eq!(a.post("/api/fieldwork/stand-in", named.clone()).await.status, 403);
        let taken = clerk.post("/api/fieldwork/stand-in", named).await.ok();
        assert_eq!((&taken[0]["by"], &taken[0]["main"]), (&json!("李网格员"), &json!("刘网格员")));
        seat(&town, GRID_2, 22, StandIn, "周网格员").await;
        let alone = |until: &str| json!({ "post": post, "until": until });
        b.post("/api/fieldwork/stand-in", alone("2026-03-09T20:00:00+08:00"))
            .await
            .refused("fieldwork.too_long_alone");
        b.post("/api/fieldwork/stand-in", alone("2026-02-09T20:00:00+08:00"))
            .await
            .refused("territory.invalid");
        let alone = b.post("/api/fieldwork/stand-in", alone(EVENING)).await.ok();
        assert_eq!((&alone[0]["main"], &alone[0]["by_me"]), (&json!("李网格员"), &json!(true)));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn strangers_see_and_change_nothing() {
    each_town(async |town| {
        seat(&town, GRID_1, 21, Main, "刘网格员").await;
        seat(&town, GRID_1, 22, StandIn, "周网格员").await;
        seat(&town, GRID_2, 23, Main, "李网格员").await;
        let (a, other) = (caller(&town, "account_21"), caller(&town, "account_23"));
        let taken = a.post("/api/fieldwork/stand-in", json!({ "until": EVENING })).await.ok();
        let id = text(&taken[0]["id"]);
        other.get(&format!("/api/fieldwork/stand-in/{id}")).await.refused("not_found");
        other.post(&format!("/api/fieldwork/stand-in/{id}/end"), json!({})).await.refused("not_found");
        assert_eq!(other.get("/api/fieldwork/stand-in").await.ok(), json!([]));
        assert_eq!(
            other.post("/api/fieldwork/stand-in", json!({ "grid": GRID_1, "until": EVENING })).await.status,
            403
        );
        assert_eq!(caller(&town, "clerk").get(&format!("/api/fieldwork/stand-in/{id}")).await.status, 200);
    })
    .await;
}
