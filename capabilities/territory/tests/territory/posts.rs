//! Posts: opened, held by a main holder and a stand-in, handed over in one action.

use crate::{admin, each_town, found_areas};
use platform::{AccountId, Actor, ActorKind, DAY, PostId};
use serde_json::{Value, json};
use std::time::Duration;
use store::{FactRow, Tx};
use territory::{Away, HoldingRole, Map, StandIn, TerritoryError, end_stand_in, stand_in, write};
use testkit::{Caller, DISTRICT, Town};

const GRID: &str = "430204001008J001";

fn account(n: u128) -> AccountId {
    AccountId(uuid::Uuid::from_u128(n))
}

async fn open_post(by: &Caller, kind: &str, area: &str) -> String {
    let body = json!({ "kind": kind, "name": format!("{kind} {area}"), "area": area });
    by.post("/api/territory/posts", body).await.ok()["id"].as_str().expect("an id").to_owned()
}

async fn hold(by: &Caller, post: &str, who: u128, role: &str) -> Value {
    let body =
        json!({ "account": account(who), "role": role, "name": format!("王{who}"), "phone": "14207330001" });
    by.post(&format!("/api/territory/posts/{post}/holdings"), body).await.ok()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_stand_in_serves_while_the_worker_is_away() {
    each_town(async |town: Town| {
        found_areas(&town).await;
        let (admin, anyone) = (admin(&town), town.caller());
        let post = open_post(&admin, "grid_worker", GRID).await;
        let held = hold(&admin, &post, 1, "main").await;
        hold(&admin, &post, 2, "stand_in").await;
        let worker = async || {
            anyone.get("/api/territory/locate?lon=113.11&lat=27.89").await.ok()["grid"]["worker"]["name"]
                .clone()
        };
        assert_eq!(worker().await, "王1");
        let holding = held["holdings"][0]["id"].as_str().expect("an id");
        let away = json!({ "from": "2026-03-03", "until": "2026-03-05" });
        admin.post(&format!("/api/territory/holdings/{holding}/absence"), away).await.ok();
        assert_eq!(worker().await, "王1", "not yet away");
        town.passes(DAY).await;
        assert_eq!(worker().await, "王2");
        town.passes(DAY * 2).await;
        assert_eq!(worker().await, "王1", "back again");
        let map = town.edge.fixture::<Map>().of(DISTRICT);
        let held = map.posts_held(account(2), town.clock.now());
        assert_eq!((held[0].role, held[0].serves), (HoldingRole::StandIn, false));
        admin.post(&format!("/api/territory/holdings/{holding}/end"), json!({})).await.ok();
        assert_eq!(worker().await, "王2");
        admin
            .post(&format!("/api/territory/holdings/{holding}/end"), json!({}))
            .await
            .refused("territory.holding_ended");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_leavers_posts_move_in_one_action() {
    each_town(async |town: Town| {
        found_areas(&town).await;
        let admin = admin(&town);
        let grid = open_post(&admin, "grid_worker", GRID).await;
        let other = open_post(&admin, "grid_worker", "430204001008J002").await;
        let leader = open_post(&admin, "grid_leader", "430204001008").await;
        hold(&admin, &grid, 1, "main").await;
        hold(&admin, &grid, 2, "stand_in").await;
        hold(&admin, &other, 1, "stand_in").await;
        hold(&admin, &leader, 1, "main").await;
        let heir = |n: u128| json!({ "account": account(n), "name": format!("李{n}") });
        let order =
            json!({ "leaver": account(1), "heir": heir(3), "posts": [{ "post": grid, "heir": heir(2) }] });
        let done = admin.post("/api/territory/hand-over", order).await.ok();
        assert_eq!(done["posts"].as_array().expect("posts").len(), 3);
        let map = town.edge.fixture::<Map>().of(DISTRICT);
        let now = town.clock.now();
        assert!(map.posts_held(account(1), now).is_empty());
        assert_eq!(map.posts_held(account(3), now).len(), 2);
        let grids = map.posts_held(account(2), now);
        assert_eq!(grids.len(), 1, "the stand-in became the main holder");
        assert_eq!((grids[0].role, grids[0].serves), (HoldingRole::Main, true));
        admin
            .post("/api/territory/hand-over", json!({ "leaver": account(1), "heir": heir(3) }))
            .await
            .refused("territory.nothing_to_hand_over");
        let facts = town
            .db()
            .read(async |conn: &mut store::Conn| FactRow::of_subject(conn, DISTRICT, account(1).0, 10).await);
        let mut facts = facts.await.expect("facts");
        // The house's own facts may be about something with the same small number.
        facts.retain(|fact| fact.subject_kind == "account");
        assert_eq!(facts.len(), 1, "one action, one fact");
        assert_eq!(facts[0].name, "territory.posts_handed_over");
        assert!(!facts[0].data.0.to_string().contains('李'), "no names in facts");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hand_over_is_undone_where_nobody_touched_it_since() {
    each_town(async |town: Town| {
        found_areas(&town).await;
        let admin = admin(&town);
        let grid = open_post(&admin, "grid_worker", GRID).await;
        let other = open_post(&admin, "grid_worker", "430204001008J002").await;
        let leader = open_post(&admin, "grid_leader", "430204001008").await;
        for post in [&grid, &other, &leader] {
            hold(&admin, post, 1, "main").await;
        }
        hold(&admin, &grid, 2, "stand_in").await;
        town.passes(DAY).await;
        let heir = |n: u128| json!({ "account": account(n), "name": format!("李{n}") });
        let order = json!({ "leaver": account(1), "posts": [{ "post": grid, "heir": heir(2) }, { "post": other, "heir": heir(3) }] });
        let done = admin.post("/api/territory/hand-over", order).await.ok();
        let undo = format!("/api/territory/hand-overs/{}/undo", done["id"].as_str().expect("an id"));
        town.caller().post(&undo, json!({})).await.refused("sign_in");
        // The heir of the second post is taken off before somebody sees the mistake.
        let map = || town.edge.fixture::<Map>().of(DISTRICT);
        let heirs = admin.get("/api/territory/posts").await.ok();
        let of_other = heirs["items"].as_array().expect("posts").iter().find(|p| p["id"] == json!(other)).expect("it");
        let holdings = of_other["holdings"].as_array().expect("holdings");
        let begun = holdings.iter().find(|h| h["account"] == json!(account(3))).expect("the heir")["id"].clone();
        town.passes(Duration::from_secs(60)).await;
        let end = format!("/api/territory/holdings/{}/end", begun.as_str().expect("an id"));
        admin.post(&end, json!({})).await.ok();
        let undone = admin.post(&undo, json!({})).await.ok();
        assert_eq!(undone["returned"], json!([grid, leader]), "{undone}");
        assert_eq!(undone["kept"][0]["post"], json!(other));
        let now = town.clock.now();
        let roles = |n: u128| map().posts_held(account(n), now).iter().map(|h| (h.post.id.to_string(), h.role)).collect::<Vec<_>>();
        let mut back = roles(1);
        back.sort_by_key(|(_, role)| *role == HoldingRole::StandIn);
        assert_eq!(back.len(), 2);
        assert!(back.iter().all(|(post, role)| *role == HoldingRole::Main && post != &other));
        assert_eq!(roles(2), [(grid.clone(), HoldingRole::StandIn)], "the stand-in stands in again");
        admin.post(&undo, json!({})).await.refused("territory.already_undone");
        let again = admin.post("/api/territory/hand-over", json!({ "leaver": account(1), "heir": heir(3) })).await.ok();
        town.passes(Duration::from_secs(601)).await;
        let late = format!("/api/territory/hand-overs/{}/undo", again["id"].as_str().expect("an id"));
        admin.post(&late, json!({})).await.refused("territory.too_late_to_undo");
        let none = format!("/api/territory/hand-overs/{}/undo", account(9));
        admin.post(&none, json!({})).await.refused("territory.no_such_hand_over");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_seat_refuses() {
    each_town(async |town: Town| {
        found_areas(&town).await;
        let admin = admin(&town);
        let post = open_post(&admin, "grid_worker", GRID).await;
        hold(&admin, &post, 1, "main").await;
        let to = async |path: &str, body: Value| admin.post(&format!("/api/territory/{path}"), body).await;
        let holdings = format!("posts/{post}/holdings");
        let person = |who: u128, role: &str| json!({ "account": account(who), "role": role, "name": "李" });
        to(&holdings, person(2, "main")).await.refused("territory.seat_taken");
        to(&holdings, person(1, "stand_in")).await.refused("territory.seat_taken");
        let mut late = person(2, "stand_in");
        (late["from"], late["to"]) = (json!("2026-05-02"), json!("2026-05-01"));
        to(&holdings, late).await.refused("territory.invalid");
        let mut ancient = person(2, "stand_in");
        ancient["from"] = json!("1899-05-02");
        to(&holdings, ancient).await.refused("bad_field");
        let mut unknown = person(2, "stand_in");
        unknown["points"] = json!(3);
        to(&holdings, unknown).await.refused("bad_field");
        let mut phone = person(2, "stand_in");
        phone["phone"] = json!("call me");
        to(&holdings, phone).await.refused("territory.invalid");
        to(&format!("posts/{}/holdings", account(99)), person(2, "main"))
            .await
            .refused("territory.no_such_post");
        to("posts/12/holdings", person(2, "main")).await.refused("not_found");
        let open = |kind: &str, area: &str| json!({ "kind": kind, "name": "x", "area": area });
        to("posts", open("grid_worker", GRID)).await.refused("territory.post_open");
        to("posts", open("grid_worker", "430204001008")).await.refused("territory.invalid");
        to("posts", open("grid_worker", "430204001008J009")).await.refused("territory.no_such_area");
        to("posts", open("unit", "430204")).await.refused("territory.invalid");
        to(&format!("posts/{post}/close"), json!({})).await.refused("territory.post_held");
        let street = town.caller().with_token("street");
        street.post("/api/territory/posts", open("dispatcher", "430204")).await.refused("forbidden");
        street.post("/api/territory/posts", open("grid_leader", "430204001008")).await.ok();
        town.caller().post("/api/territory/posts", open("dispatcher", "430204")).await.refused("sign_in");
        town.caller().get("/api/territory/posts").await.refused("sign_in");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_unit_is_found_by_the_word_of_the_duty_lists() {
    each_town(async |town: Town| {
        found_areas(&town).await;
        let admin = admin(&town);
        let body = json!({ "key": "water_supply", "name": "供水公司", "kind": "operator", "phone": "96288" });
        let unit = admin.post("/api/territory/organisations", body.clone()).await.ok();
        admin.post("/api/territory/organisations", body).await.refused("territory.key_taken");
        let bad = json!({ "key": "Water!", "name": "x", "kind": "operator" });
        assert_eq!(admin.post("/api/territory/organisations", bad).await.refused("territory.invalid")["field"], "key");
        let post = json!({ "kind": "unit", "name": "供水公司窗口", "area": "430204", "organisation": "water_supply" });
        let opened = admin.post("/api/territory/posts", post.clone()).await.ok();
        admin.post("/api/territory/posts", post).await.refused("territory.post_open");
        let map = town.edge.fixture::<Map>().of(DISTRICT);
        let found = map.unit_post("water_supply").expect("the desk");
        assert_eq!(json!(found.id), opened["id"]);
        assert!(map.unit_post("gas").is_none());
        let id = unit["id"].as_str().expect("an id");
        let change = json!({ "name": "市自来水公司", "phone": "07330000001" });
        admin.put(&format!("/api/territory/organisations/{id}"), change).await.ok();
        assert_eq!(admin.get("/api/territory/organisations").await.ok()[0]["name"], "市自来水公司");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_write_sent_twice_is_done_once() {
    each_town(async |town: Town| {
        found_areas(&town).await;
        let admin = admin(&town);
        let send = async |name: &str| {
            let body = json!({ "kind": "grid_worker", "name": name, "area": GRID });
            let request = admin.client.post(format!("{}/api/territory/posts", town.url)).json(&body);
            admin.send(request.header("idempotency-key", "k-1")).await
        };
        let first = send("网格员").await.ok();
        assert_eq!(send("网格员").await.ok()["id"], first["id"]);
        send("别的").await.refused("idempotency_key_used");
        let posts = admin.get("/api/territory/posts?area=430204001&kind=grid_worker").await.ok();
        assert_eq!(posts["items"].as_array().expect("posts").len(), 1);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn another_servers_change_is_seen() {
    each_town(async |town: Town| {
        found_areas(&town).await;
        // The map of another process on the same database.
        let elsewhere = Map::new(town.clock.clone());
        elsewhere.follow(town.db()).await.expect("a look");
        let grid = elsewhere.of(DISTRICT).by_code(GRID).expect("the grid").path.clone();
        assert!(elsewhere.of(DISTRICT).worker_post(&grid).is_none());
        open_post(&admin(&town), "grid_worker", GRID).await;
        elsewhere.follow(town.db()).await.expect("a look");
        assert!(elsewhere.of(DISTRICT).worker_post(&grid).is_some());
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_post_is_stood_in_for_in_one_action_by_its_own_people() {
    each_town(async |town: Town| {
        found_areas(&town).await;
        let (admin, anyone) = (admin(&town), town.caller());
        let post = open_post(&admin, "grid_worker", GRID).await;
        hold(&admin, &post, 1, "main").await;
        let other = open_post(&admin, "grid_worker", "430204001008J002").await;
        hold(&admin, &other, 3, "main").await;
        let worker = async || {
            anyone.get("/api/territory/locate?lon=113.11&lat=27.89").await.ok()["grid"]["worker"]["name"]
                .clone()
        };
        let id = PostId(post.parse().expect("an id"));
        let now = town.clock.now();
        let away = Away { from: now, until: now.after(DAY) };
        let stood = async |who: u128, by: Option<AccountId>| {
            let actor = Actor { account: Some(account(who)), kind: ActorKind::Staff, ..town.system() };
            let order = StandIn { post: id, away, by };
            write(town.db(), &actor, async move |tx: &mut Tx| stand_in(tx, order.clone()).await).await
        };
        let back = async |who: u128| {
            let actor = Actor { account: Some(account(who)), kind: ActorKind::Staff, ..town.system() };
            write(town.db(), &actor, async move |tx: &mut Tx| end_stand_in(tx, id).await).await
        };
        assert!(matches!(stood(1, None).await, Err(TerritoryError::NoStandIn)));
        assert!(
            matches!(stood(1, Some(account(3))).await, Err(TerritoryError::Forbidden)),
            "only a leader names somebody"
        );
        assert!(matches!(stood(2, None).await, Err(TerritoryError::Forbidden)), "not of this post");
        let order = StandIn { post: id, away, by: Some(account(3)) };
        let leader = async move |tx: &mut Tx| stand_in(tx, order.clone()).await;
        let done = write(town.db(), &town.system(), leader).await.expect("the leader may");
        assert_eq!((done.main.account, done.stand_in.account), (account(1), account(3)));
        assert_eq!(worker().await, "王3", "under the name of the other post");
        town.passes(Duration::from_secs(3600)).await;
        assert_eq!(
            back(1).await.expect("one's own post").away.map(|away| away.until),
            Some(town.clock.now())
        );
        assert_eq!(worker().await, "王1");
        assert!(stood(3, None).await.is_ok(), "the stand-in takes over");
        assert_eq!(worker().await, "王3");
        assert!(back(2).await.is_err());
    })
    .await;
}
