//! Lanes: order, retries, the circuit, dead deliveries, and what a person's word does.

use crate::other_side::{Mood, OtherSide};
use courier::outside::ANSWER_BYTES_MAX;
use courier::queries::Queue;
use courier::{
    CAPABILITY, Cause, Delivery, EndpointId, NewEndpoint, Order, Trouble, WEBHOOK, Word, deliver_due, lane,
    queries,
};
use platform::Fault;
use seal::Zeroizing;
use serde_json::json;
use std::collections::HashMap;
use std::time::Duration;
use store::{Conn, Tx};
use testkit::{DISTRICT, Town, each_engine};
use uuid::Uuid;

const LONG: Duration = Duration::from_hours(1);

pub async fn open_endpoint(town: &Town, other: &OtherSide) -> EndpointId {
    let (address, secret) = (other.url.clone(), other.secret.clone());
    let write = async move |tx: &mut Tx| {
        let secret = Some(Zeroizing::new(secret.clone()));
        courier::make_endpoint(
            tx,
            NewEndpoint { kind: WEBHOOK, address: address.clone(), secret, settings: json!({}) },
        )
        .await
    };
    town.db().write::<_, Fault, _>(&town.system(), write).await.expect("an endpoint")
}

/// Orders `each` deliveries about each subject, told apart by a count.
pub async fn order(town: &Town, endpoint: EndpointId, subjects: &[Uuid], counts: std::ops::Range<i64>) {
    for count in counts {
        let subjects = subjects.to_vec();
        let write = async move |tx: &mut Tx| {
            for subject in subjects.clone() {
                let body = json!({ "subject": subject, "count": count });
                courier::order(tx, Order { endpoint, subject, kind: "case.changed", body, fact: None })
                    .await?;
            }
            Ok::<_, Fault>(())
        };
        town.db().write(&town.system(), write).await.expect("ordered");
    }
}

pub async fn queue(town: &Town, endpoint: EndpointId) -> Queue {
    town.db()
        .read(async move |conn: &mut Conn| queries::queue(conn, DISTRICT, endpoint).await)
        .await
        .expect("a queue")
}

pub async fn dead(town: &Town, endpoint: EndpointId) -> Vec<Delivery> {
    let read = async move |conn: &mut Conn| queries::dead(conn, DISTRICT, endpoint, None, 50).await;
    town.db().read(read).await.expect("dead deliveries")
}

async fn error_of(town: &Town, endpoint: EndpointId) -> Option<Trouble> {
    let read = async move |conn: &mut Conn| queries::find_endpoint(conn, DISTRICT, endpoint).await;
    let found = town.db().read(read).await.expect("an endpoint").expect("it is there");
    found.last_error
}

/// Lets hours pass, delivering whenever something is due.
async fn hours_pass(town: &Town, hours: u32) {
    for _ in 0..hours * 6 {
        town.passes(Duration::from_mins(10)).await;
        deliver_due(&town.edge).await.expect("lanes work");
    }
}

/// Each subject's counts as they first arrived.
pub fn counts_of(other: &OtherSide) -> HashMap<String, Vec<i64>> {
    let (mut counts, mut seen) = (HashMap::<String, Vec<i64>>::new(), std::collections::HashSet::new());
    for message in other.taken().into_iter().filter(|m| seen.insert(m.id.clone())) {
        let subject = message.data["subject"].as_str().expect("a subject").to_owned();
        counts.entry(subject).or_default().push(message.data["count"].as_i64().expect("a count"));
    }
    counts
}

pub fn subjects(count: usize) -> Vec<Uuid> {
    (0..count).map(|_| Uuid::new_v4()).collect()
}

#[tokio::test]
async fn arrive_signed_once_and_in_the_order_of_their_subject() {
    each_engine(&[&CAPABILITY], async |town| {
        let other = OtherSide::open().await;
        let endpoint = open_endpoint(&town, &other).await;
        order(&town, endpoint, &subjects(30), 0..4).await;
        assert_eq!(deliver_due(&town.edge).await.expect("lanes work"), 120);
        let counts = counts_of(&other);
        assert_eq!(counts.len(), 30);
        assert!(counts.values().all(|counts| *counts == [0, 1, 2, 3]), "{counts:?}");
        assert_eq!(other.calls(), 120);
        assert!(other.taken().iter().all(|m| m.kind == "case.changed" && m.id.starts_with("msg_")));
        assert!(other.most_at_once() <= usize::try_from(lane::PACE_MAX).expect("small"));
        assert_eq!(queue(&town, endpoint).await.waiting, 0);
        assert_eq!(deliver_due(&town.edge).await.expect("lanes work"), 0);
    })
    .await;
}

#[tokio::test]
async fn an_endpoint_that_is_down_for_three_days_loses_nothing_and_is_not_flooded() {
    each_engine(&[&CAPABILITY], async |town| {
        let other = OtherSide::open().await;
        let endpoint = open_endpoint(&town, &other).await;
        let subjects = subjects(40);
        other.be(Mood::Broken);
        order(&town, endpoint, &subjects, 0..2).await;
        deliver_due(&town.edge).await.expect("lanes work");
        hours_pass(&town, 72).await;
        let calls = other.calls();
        assert!(calls < 40 + 72 * 7, "the circuit keeps the calls few: {calls}");
        assert_eq!(
            queue(&town, endpoint).await,
            Queue { waiting: 80, dead: 0, oldest_at: Some(testkit::monday()) }
        );
        let down = Trouble::Status { status: 500, said: "<h1>down</h1>".to_owned() };
        assert_eq!(error_of(&town, endpoint).await, Some(down));

        order(&town, endpoint, &subjects, 2..4).await;
        other.be(Mood::Well);
        other.most_at_once();
        town.passes(LONG).await;
        deliver_due(&town.edge).await.expect("lanes work");
        hours_pass(&town, 2).await;
        let counts = counts_of(&other);
        assert_eq!(counts.len(), 40);
        assert!(counts.values().all(|counts| *counts == [0, 1, 2, 3]), "{counts:?}");
        assert_eq!(queue(&town, endpoint).await.waiting, 0);
    })
    .await;
}

#[tokio::test]
async fn a_trial_is_one_message_and_the_pace_grows_from_there() {
    each_engine(&[&CAPABILITY], async |town| {
        let other = OtherSide::open().await;
        let endpoint = open_endpoint(&town, &other).await;
        other.be(Mood::Broken);
        order(&town, endpoint, &subjects(60), 0..1).await;
        for _ in 0..lane::TROUBLES_MAX {
            deliver_due(&town.edge).await.expect("lanes work");
            town.passes(Duration::from_secs(3)).await;
        }
        town.passes(LONG).await;
        other.most_at_once();
        let before = other.calls();
        deliver_due(&town.edge).await.expect("lanes work");
        assert_eq!(
            (other.calls() - before, other.most_at_once()),
            (1, 1),
            "one trial, and nothing beside it"
        );
    })
    .await;
}

#[tokio::test]
async fn a_refused_one_waits_for_a_person_and_holds_only_its_own_subject() {
    each_engine(&[&CAPABILITY], async |town| {
        let other = OtherSide::open().await;
        let endpoint = open_endpoint(&town, &other).await;
        let (held, free) = (Uuid::new_v4(), Uuid::new_v4());
        other.be(Mood::Refusing);
        order(&town, endpoint, &[held], 0..1).await;
        deliver_due(&town.edge).await.expect("lanes work");
        other.be(Mood::Well);
        order(&town, endpoint, &[held, free], 1..3).await;
        deliver_due(&town.edge).await.expect("lanes work");
        assert_eq!(counts_of(&other), HashMap::from([(free.to_string(), vec![1, 2])]));

        let found = dead(&town, endpoint).await;
        assert_eq!(found.len(), 1);
        let no = Trouble::Refused { status: 422, said: "no such place".to_owned() };
        assert_eq!(found[0].last_error, Some(no));
        let id = found[0].id;
        let skip = async move |tx: &mut Tx| courier::skip(tx, endpoint, id).await;
        assert_eq!(town.db().write::<_, Fault, _>(&town.system(), skip).await.expect("a word"), Word::Done);
        deliver_due(&town.edge).await.expect("lanes work");
        assert_eq!(counts_of(&other)[&held.to_string()], [1, 2]);
        let again = async move |tx: &mut Tx| courier::retry(tx, endpoint, id).await;
        assert_eq!(
            town.db().write::<_, Fault, _>(&town.system(), again).await.expect("a word"),
            Word::NotDead
        );
    })
    .await;
}

#[tokio::test]
async fn a_dead_one_is_sent_again_before_those_behind_it() {
    each_engine(&[&CAPABILITY], async |town| {
        let other = OtherSide::open().await;
        let endpoint = open_endpoint(&town, &other).await;
        let subject = Uuid::new_v4();
        other.be(Mood::Refusing);
        order(&town, endpoint, &[subject], 0..3).await;
        deliver_due(&town.edge).await.expect("lanes work");
        other.be(Mood::Well);
        let id = dead(&town, endpoint).await[0].id;
        let again = async move |tx: &mut Tx| courier::retry(tx, endpoint, id).await;
        assert_eq!(town.db().write::<_, Fault, _>(&town.system(), again).await.expect("a word"), Word::Done);
        deliver_due(&town.edge).await.expect("lanes work");
        assert_eq!(counts_of(&other)[&subject.to_string()], [0, 1, 2]);
    })
    .await;
}

#[tokio::test]
async fn strange_answers_are_told_apart_and_lose_nothing() {
    each_engine(&[&CAPABILITY], async |town| {
        let other = OtherSide::open().await;
        let endpoint = open_endpoint(&town, &other).await;
        let subject = Uuid::new_v4();
        order(&town, endpoint, &[subject], 0..1).await;
        let strange = [
            (Mood::Elsewhere, Trouble::Elsewhere { status: 302 }),
            (Mood::Flood, Trouble::TooLong { bytes_max: ANSWER_BYTES_MAX }),
            (Mood::Page, Trouble::Page { status: 200 }),
            (Mood::Busy, Trouble::Status { status: 429, said: String::new() }),
        ];
        for (mood, trouble) in strange {
            other.be(mood);
            town.passes(LONG).await;
            deliver_due(&town.edge).await.expect("lanes work");
            assert_eq!(error_of(&town, endpoint).await, Some(trouble), "{mood:?}");
        }
        let calls = other.calls();
        town.passes(Duration::from_secs(80)).await;
        deliver_due(&town.edge).await.expect("lanes work");
        assert_eq!(other.calls(), calls, "it asked for ninety seconds");
        other.be(Mood::Plain);
        town.passes(LONG).await;
        deliver_due(&town.edge).await.expect("lanes work");
        assert_eq!(counts_of(&other)[&subject.to_string()], [0]);
        assert_eq!(queue(&town, endpoint).await.waiting, 0, "a word as text/html is an answer");
    })
    .await;
}

#[tokio::test]
async fn an_answer_that_drips_is_waited_for_no_longer_than_any() {
    let town = Town::on_sqlite(&[&CAPABILITY]).await;
    let other = OtherSide::open().await;
    let endpoint = open_endpoint(&town, &other).await;
    order(&town, endpoint, &[Uuid::new_v4()], 0..1).await;
    other.be(Mood::Drip);
    deliver_due(&town.edge).await.expect("lanes work");
    assert_eq!(error_of(&town, endpoint).await, Some(Trouble::TooSlow { seconds: 15 }));
}

#[tokio::test]
async fn an_answer_that_was_lost_makes_the_same_message_again() {
    let town = Town::on_sqlite(&[&CAPABILITY]).await;
    let other = OtherSide::open().await;
    let endpoint = open_endpoint(&town, &other).await;
    order(&town, endpoint, &[Uuid::new_v4()], 0..1).await;
    other.be(Mood::Deaf);
    deliver_due(&town.edge).await.expect("lanes work");
    assert_eq!(error_of(&town, endpoint).await, Some(Trouble::TooSlow { seconds: 15 }));
    other.be(Mood::Well);
    town.passes(LONG).await;
    deliver_due(&town.edge).await.expect("lanes work");
    let taken = other.taken();
    assert_eq!(taken.len(), 2);
    assert_eq!(taken[0].id, taken[1].id, "whoever keeps ids does it once");
}

#[tokio::test]
async fn a_paused_endpoint_gets_nothing_and_a_left_one_never_will() {
    each_engine(&[&CAPABILITY], async |town| {
        let other = OtherSide::open().await;
        let endpoint = open_endpoint(&town, &other).await;
        let pause = async move |tx: &mut Tx| courier::pause(tx, endpoint).await;
        town.db().write::<_, Fault, _>(&town.system(), pause).await.expect("paused");
        order(&town, endpoint, &subjects(1), 0..3).await;
        assert_eq!(deliver_due(&town.edge).await.expect("lanes work"), 0);
        let leave = async move |tx: &mut Tx| courier::drop_waiting(tx, endpoint).await;
        assert_eq!(town.db().write::<_, Fault, _>(&town.system(), leave).await.expect("left"), 3);
        let resume = async move |tx: &mut Tx| courier::resume(tx, endpoint).await;
        town.db().write::<_, Fault, _>(&town.system(), resume).await.expect("resumed");
        assert_eq!(deliver_due(&town.edge).await.expect("lanes work"), 0);
        assert!(other.taken().is_empty());
    })
    .await;
}

#[tokio::test]
async fn where_nobody_listens_is_told_from_a_name_that_nobody_knows() {
    each_engine(&[&CAPABILITY], async |town| {
        let free = std::net::TcpListener::bind("127.0.0.1:0").expect("a port").local_addr().expect("bound");
        for (address, cause) in [
            (format!("http://{free}/"), Cause::Closed),
            ("http://nobody.invalid/".to_owned(), Cause::UnknownName),
        ] {
            let secret = courier::signature::Secret::make().text();
            let write = async move |tx: &mut Tx| {
                let (address, secret) = (address.clone(), Some(Zeroizing::new(secret.clone())));
                let new = NewEndpoint { kind: WEBHOOK, address, secret, settings: json!({}) };
                courier::make_endpoint(tx, new).await
            };
            let made = town.db().write::<_, Fault, _>(&town.system(), write).await;
            let endpoint = made.expect("an endpoint");
            order(&town, endpoint, &subjects(1), 0..1).await;
            deliver_due(&town.edge).await.expect("lanes work");
            let found = error_of(&town, endpoint).await;
            assert!(
                matches!(&found, Some(Trouble::NotReached { cause: one, .. }) if *one == cause),
                "{found:?}"
            );
        }
    })
    .await;
}
