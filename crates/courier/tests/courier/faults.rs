//! Fault runs: an endpoint that is well, broken, busy, cut off after it has taken a message, or behind a portal, and a courier that is
//! killed in the middle of a round. At the end each message is there once, in the order of its subject. `make test` does a tenth of what
//! `make soak` does; `MULIN_SEED` repeats a run.

use crate::lanes::{counts_of, dead, open_endpoint, order, queue, subjects};
use crate::other_side::{Mood, OtherSide};
use courier::{CAPABILITY, deliver_due};
use platform::Fault;
use std::time::Duration;
use store::Tx;
use testkit::{Chance, Town, each_engine, faults};
use uuid::Uuid;

/// In `make soak`; a tenth of them in every run of the tests.
const RUNS: u64 = 500;
const MOODS: [Mood; 8] =
    [Mood::Well, Mood::Well, Mood::Broken, Mood::Lost, Mood::Busy, Mood::Elsewhere, Mood::Flood, Mood::Page];
const SUBJECTS: usize = 8;
const KILL_AFTER_MS_MAX: u64 = 25;
const PAUSE_S_MAX: u64 = 900;
/// Far more than the circuit ever waits.
const DAYS_AFTERWARDS: u32 = 3;

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_lost_nothing_doubled_and_the_order_is_kept() {
    let runs = faults(RUNS);
    each_engine(&[&CAPABILITY], async |town| {
        let mut chance = Chance::of_run();
        let seed = chance.seed;
        let other = OtherSide::open().await;
        let endpoint = open_endpoint(&town, &other).await;
        let subjects = subjects(SUBJECTS);
        let mut ordered = [0i64; SUBJECTS];
        let (mut kills, mut troubles) = (0, 0);
        for _ in 0..runs {
            let mood = MOODS[chance.below(MOODS.len() as u64) as usize];
            troubles += usize::from(mood != Mood::Well);
            other.be(mood);
            for _ in 0..chance.below(4) {
                let which = chance.below(SUBJECTS as u64) as usize;
                let next = ordered[which];
                order(&town, endpoint, &subjects[which..=which], next..next + 1).await;
                ordered[which] += 1;
            }
            let kill = chance.below(3) == 0;
            kills += usize::from(kill);
            let time = Duration::from_millis(if kill { chance.below(KILL_AFTER_MS_MAX) } else { 60_000 });
            // Killed: whatever was under way is dropped where it stands.
            let _ = tokio::time::timeout(time, deliver_due(&town.edge)).await;
            town.passes(Duration::from_secs(chance.below(PAUSE_S_MAX))).await;
        }
        other.be(Mood::Well);
        comes_to_rest(&town, endpoint).await;
        let expected: i64 = ordered.iter().sum();
        println!(
            "{runs} fault runs (seed {seed}): {expected} messages, {} calls, {troubles} troubles, {kills} kills",
            other.calls()
        );
        each_once_in_order(&other, &subjects, &ordered, seed);
    })
    .await;
}

/// Whatever happened on the way.
pub fn each_once_in_order(other: &OtherSide, subjects: &[Uuid], ordered: &[i64], seed: u64) {
    let counts = counts_of(other);
    for (subject, made) in subjects.iter().zip(ordered).filter(|(_, made)| **made > 0) {
        let arrived = counts.get(&subject.to_string()).cloned().unwrap_or_default();
        assert_eq!(arrived, (0..*made).collect::<Vec<i64>>(), "seed {seed}: lost, doubled or out of order");
    }
}

/// Days go by, and a person sends again what died of a hundred troubles that were not its own.
pub async fn comes_to_rest(town: &Town, endpoint: courier::EndpointId) {
    for _ in 0..DAYS_AFTERWARDS * 24 * 6 {
        town.passes(Duration::from_mins(10)).await;
        deliver_due(&town.edge).await.expect("lanes work");
        for delivery in dead(town, endpoint).await {
            let again = async move |tx: &mut Tx| courier::retry(tx, endpoint, delivery.id).await;
            town.db().write::<_, Fault, _>(&town.system(), again).await.expect("a word");
        }
        let left = queue(town, endpoint).await;
        if left.waiting + left.dead == 0 {
            return;
        }
    }
    panic!("it never came to rest: {:?}", queue(town, endpoint).await);
}
