//! Numbers in between: bound once however often it is tried, shown while they are good, released by hand and by time; nobody's own telephone
//! stands anywhere but in the call to the gateway.

use crate::relay_side::{RelayMood, Relays};
use crate::town::{MessageTown, SECRET, each_message_town, staff};
use messages::{
    ACCOUNT, Recipient, RelayAnswer, RelayAsked, RelayBook, RelayId, RelayNow, RelayState, ask_relay,
    end_relay, relay_way, relays,
};
use platform::{AccountId, FactId, Fault, MINUTE, Phone};
use serde_json::{Value, json};
use std::time::Duration;
use store::{Conn, FactRow, Tx};
use testkit::{Chance, DISTRICT};
use uuid::Uuid;

const PHONE: &str = "13907330001";
const GOOD: u32 = 1_800;

fn gateway(relays: &Relays, kind: &str) -> Value {
    json!({ "address": relays.url, "secret": SECRET, "settings": { "gateway": kind } })
}

/// Somebody asks for a number to a resident.
async fn asks(town: &MessageTown, to: AccountId, caller: Option<&str>) -> (RelayId, RelayAnswer) {
    let id = RelayId(Uuid::new_v4());
    let caller = caller.and_then(Phone::parse);
    let to = Recipient { kind: ACCOUNT, id: to.0 };
    let asked = RelayAsked { id, to, caller, seconds: GOOD, fact: None };
    let write = async move |tx: &mut Tx| ask_relay(tx, asked.clone()).await;
    (id, town.town.db().write::<_, Fault, _>(&town.town.system(), write).await.expect("asked"))
}

async fn ends(town: &MessageTown, id: RelayId) {
    let write = async move |tx: &mut Tx| end_relay(tx, id).await;
    town.town.db().write::<_, Fault, _>(&town.town.system(), write).await.expect("ended");
}

async fn now(town: &MessageTown, id: RelayId) -> RelayNow {
    let read = async move |conn: &mut Conn| relays(conn, DISTRICT, vec![id]).await;
    town.town.db().read::<_, Fault, _>(read).await.expect("read").pop().expect("a relay").1
}

async fn facts(town: &MessageTown) -> Vec<FactRow> {
    let first = FactId(Uuid::nil());
    let read = async move |conn: &mut Conn| FactRow::after(conn, DISTRICT, first, 1_000).await;
    town.town.db().read::<_, Fault, _>(read).await.expect("facts")
}

/// A town with a gateway of relayed calls.
async fn each_relay_town(story: impl AsyncFn(MessageTown, Relays)) {
    each_message_town(async |town: MessageTown| {
        let relays = Relays::open().await;
        town.sets("relay", gateway(&relays, "generic_json")).await;
        story(town, relays).await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_number_is_bound_shown_and_released_when_its_time_is_over() {
    each_relay_town(async |town: MessageTown, side: Relays| {
        let (anna, _) = town.resident(PHONE).await;
        let (id, answer) = asks(&town, anna, None).await;
        assert_eq!(answer, RelayAnswer::Asked);
        assert_eq!(now(&town, id).await.state, RelayState::Asked);
        town.delivers().await;
        let ready = now(&town, id).await;
        assert_eq!((ready.state, ready.number.as_deref()), (RelayState::Bound, Some("95013000000")));
        assert_eq!(ready.extension.as_deref(), Some("12"));
        let bound = side.bound();
        assert_eq!(
            (&bound[0]["called"], &bound[0]["expire_seconds"], bound[0].get("caller")),
            (&json!(PHONE), &json!("1800"), None)
        );
        assert_eq!(side.keys(), [format!("Bearer {SECRET}")]);
        town.passes(29 * MINUTE).await;
        assert_eq!(now(&town, id).await.state, RelayState::Bound);
        town.passes(2 * MINUTE).await;
        let over = now(&town, id).await;
        assert_eq!((over.state, over.number), (RelayState::Ended, None));
        assert_eq!(side.released(), [format!("b-{id}")]);
        let facts = facts(&town).await;
        let told: Vec<&str> = facts
            .iter()
            .map(|fact| fact.name.as_str())
            .filter(|name| name.starts_with("messages.relay_"))
            .collect();
        assert_eq!(told, ["messages.relay_asked", "messages.relay_bound", "messages.relay_ended"]);
        assert!(
            facts.iter().all(|fact| !fact.data.0.to_string().contains(PHONE)),
            "no record has a telephone"
        );
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn one_that_is_ended_by_hand_is_released_even_if_its_number_comes_later() {
    each_relay_town(async |town: MessageTown, side: Relays| {
        let (anna, _) = town.resident(PHONE).await;
        let (id, _) = asks(&town, anna, None).await;
        town.delivers().await;
        ends(&town, id).await;
        ends(&town, id).await;
        town.delivers().await;
        assert_eq!(side.released().len(), 1, "ended twice is once");
        // Ended before it left: the gateway hears nothing of it.
        let (id, _) = asks(&town, anna, None).await;
        ends(&town, id).await;
        town.delivers().await;
        assert_eq!((side.asked().len(), now(&town, id).await.state), (1, RelayState::Ended));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn two_hundred_with_an_error_is_no_number_and_it_is_tried_again() {
    each_relay_town(async |town: MessageTown, side: Relays| {
        let (anna, _) = town.resident(PHONE).await;
        side.be(RelayMood::Poor);
        let (id, _) = asks(&town, anna, None).await;
        town.delivers().await;
        assert_eq!(now(&town, id).await.state, RelayState::Asked);
        let seen = town.seen("relay").await;
        assert!(seen["fast"]["last_error"].to_string().contains("号码池已空"), "{seen}");
        side.be(RelayMood::Well);
        town.passes(5 * MINUTE).await;
        assert_eq!(now(&town, id).await.state, RelayState::Bound);
        // Nobody waits for a number that long: it ends, and nothing is asked of the gateway any more.
        side.be(RelayMood::Poor);
        let (late, _) = asks(&town, anna, None).await;
        town.passes(31 * MINUTE).await;
        let asked = side.asked().len();
        side.be(RelayMood::Well);
        town.passes(60 * MINUTE).await;
        assert_eq!((now(&town, late).await.state, side.bound().len()), (RelayState::Ended, 1));
        assert_eq!(side.asked().len(), asked);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_dialled_or_is_the_telephone_itself_is_no_number() {
    each_relay_town(async |town: MessageTown, side: Relays| {
        let (anna, _) = town.resident(PHONE).await;
        for mood in [RelayMood::Nonsense, RelayMood::Leaking, RelayMood::Refusing] {
            side.be(mood);
            let (id, _) = asks(&town, anna, None).await;
            town.delivers().await;
            let none = now(&town, id).await;
            assert_eq!((none.state, none.number), (RelayState::Refused, None), "{mood:?}");
        }
        let refused = town.admin().await.get("/api/messages/gateways/relay/refused").await.ok();
        assert_eq!(refused["items"].as_array().map(Vec::len), Some(3), "{refused}");
        let seen = town.seen("relay").await;
        assert!(!format!("{refused}{seen}").contains(PHONE), "whatever the gateway says: {refused} {seen}");
        // A person has the gateway asked again, once it has mended itself.
        side.be(RelayMood::Well);
        let delivery = refused["items"][0]["delivery"].as_str().expect("an id");
        let path = format!("/api/messages/gateways/relay/refused/{delivery}");
        town.admin().await.post(&path, json!({ "again": true })).await.ok();
        town.delivers().await;
        assert_eq!(side.bound().len(), 1);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_gateway_that_says_nothing_keeps_nobody_for_ever() {
    each_relay_town(async |town: MessageTown, side: Relays| {
        let (anna, _) = town.resident(PHONE).await;
        side.be(RelayMood::Silent);
        let (id, _) = asks(&town, anna, None).await;
        town.delivers().await;
        assert_eq!(
            now(&town, id).await.state,
            RelayState::Asked,
            "the call has its limit, and it is tried later"
        );
        side.be(RelayMood::Well);
        town.passes(5 * MINUTE).await;
        assert_eq!(now(&town, id).await.state, RelayState::Bound);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_courier_killed_between_order_and_answer_binds_once() {
    each_relay_town(async |town: MessageTown, side: Relays| {
        let (anna, _) = town.resident(PHONE).await;
        let (mut chance, mut ids) = (Chance::of_run(), Vec::new());
        for round in 0..8 {
            side.be(if round % 2 == 0 { RelayMood::Well } else { RelayMood::Lost });
            ids.push(asks(&town, anna, None).await.0);
            // Killed: whatever was under way is dropped where it stands.
            let time = Duration::from_millis(chance.below(25));
            let _ = tokio::time::timeout(time, courier::deliver_due(&town.town.edge)).await;
            town.town.passes(MINUTE).await;
        }
        side.be(RelayMood::Well);
        for _ in 0..10 {
            town.passes(MINUTE).await;
        }
        assert_eq!(side.bound().len(), ids.len(), "seed {}", chance.seed);
        for id in &ids {
            assert_eq!(now(&town, *id).await.state, RelayState::Bound, "seed {}", chance.seed);
        }
        town.passes(40 * MINUTE).await;
        let mut released = side.released();
        released.sort_unstable();
        released.dedup();
        assert_eq!(released.len(), ids.len(), "each is released, seed {}", chance.seed);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_waits_hears_that_the_gateway_was_taken_off() {
    each_relay_town(async |town: MessageTown, side: Relays| {
        let (anna, _) = town.resident(PHONE).await;
        let (bound, _) = asks(&town, anna, None).await;
        town.delivers().await;
        let (waits, _) = asks(&town, anna, None).await;
        let admin = town.admin().await;
        assert_eq!(admin.delete("/api/messages/gateways/relay").await.status, 204);
        assert_eq!(now(&town, waits).await.state, RelayState::Refused);
        assert_eq!(now(&town, bound).await.state, RelayState::Bound, "it is good until its time is over");
        town.delivers().await;
        assert_eq!(side.bound().len(), 1, "a gateway that was taken off is told nothing");
        assert_eq!(asks(&town, anna, None).await.1, RelayAnswer::NoGateway);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_administrator_sets_tries_and_pauses_it() {
    each_message_town(async |town: MessageTown| {
        let side = Relays::open().await;
        let (anna, _) = town.resident(PHONE).await;
        assert_eq!(asks(&town, anna, None).await.1, RelayAnswer::NoGateway);
        let path = "/api/messages/gateways/relay";
        let admin = town.admin().await;
        admin.put(path, gateway(&side, "nobody")).await.refused("messages.unknown_gateway");
        let private = json!({ "address": "http://10.0.0.8/v1", "settings": { "gateway": "generic_json" } });
        admin.put(path, private).await.refused("messages.bad_address");
        let audit = staff(&town.town, "audit", "audit_admin").await;
        assert_eq!(audit.put(path, gateway(&side, "generic_json")).await.status, 403);
        town.sets("relay", gateway(&side, "generic_json_caller")).await;
        assert!(way(&town).await.is_some_and(|way| way.needs_caller));
        let seen = town.seen("relay").await;
        assert!(seen["has_secret"] == true && !seen.to_string().contains(SECRET), "{seen}");
        town.admin().await.post(&format!("{path}/trial"), json!({ "to": "13907330077" })).await.ok();
        town.delivers().await;
        assert_eq!(
            (&side.bound()[0]["called"], &side.bound()[0]["caller"]),
            (&json!("13907330077"), &json!("13907330077"))
        );
        assert!(town.seen("relay").await["fast"]["last_sent_at"].is_string());
        asks(&town, anna, Some("0731-28680000")).await;
        town.delivers().await;
        let asked = side.asked().pop().expect("asked");
        assert_eq!((&asked["caller"], &asked["called"]), (&json!("073128680000"), &json!(PHONE)));
        town.admin().await.post(&format!("{path}/lane/pause"), json!({})).await.ok();
        assert_eq!(asks(&town, anna, None).await.1, RelayAnswer::NoGateway, "paused: there is another way");
    })
    .await;
}

async fn way(town: &MessageTown) -> Option<messages::RelayWay> {
    let book = town.town.edge.fixture::<RelayBook>();
    let read = async move |conn: &mut Conn| relay_way(conn, DISTRICT, &book).await;
    town.town.db().read::<_, Fault, _>(read).await.expect("read")
}
