//! Partitions: the way to the other system is cut for a moment or for long, before a call, in the middle of one or while an answer is under way,
//! and nobody is told. A short cut is only a delay; after a long one each message is there once, in the order of its subject.

use crate::faults::{comes_to_rest, each_once_in_order};
use crate::lanes::{open_endpoint, order, subjects};
use crate::other_side::OtherSide;
use courier::{CAPABILITY, deliver_due};
use std::time::Duration;
use testkit::{Chance, Strait, each_engine, faults};

/// In `make soak`; a tenth of them in every run of the tests.
const RUNS: u64 = 500;
const SUBJECTS: usize = 4;
/// One run of so many is cut for longer than a call waits.
const LONG_ONE_IN: u64 = 100;
const CUT_AFTER_MS_MAX: u64 = 12;
const CUT_FOR_MS_MAX: u64 = 150;
const KILL_AFTER_MS_MAX: u64 = 60;
const PAUSE_S_MAX: u64 = 900;

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_lost_while_the_way_is_cut() {
    let runs = faults(RUNS);
    each_engine(&[&CAPABILITY], async |town| {
        let mut chance = Chance::of_run();
        let seed = chance.seed;
        let (strait, listener) = Strait::open().await;
        let other = OtherSide::open_at(strait.address, listener);
        let endpoint = open_endpoint(&town, &other).await;
        let subjects = subjects(SUBJECTS);
        let mut ordered = [0i64; SUBJECTS];
        let (mut cuts, mut long, mut kills) = (0, 0, 0);
        for _ in 0..runs {
            for _ in 0..1 + chance.below(3) {
                let which = chance.below(SUBJECTS as u64) as usize;
                let next = ordered[which];
                order(&town, endpoint, &subjects[which..=which], next..next + 1).await;
                ordered[which] += 1;
            }
            let is_long = chance.below(LONG_ONE_IN) == 0;
            let is_killed = chance.below(4) == 0;
            (long, kills) = (long + u64::from(is_long), kills + u64::from(is_killed));
            let [after, through, kill] = [CUT_AFTER_MS_MAX, CUT_FOR_MS_MAX, KILL_AFTER_MS_MAX]
                .map(|most| Duration::from_millis(chance.below(most)));
            let round = async {
                let time = if is_killed { kill } else { Duration::from_secs(60) };
                let _ = tokio::time::timeout(time, deliver_due(&town.edge)).await;
            };
            let weather = async {
                tokio::time::sleep(after).await;
                strait.cut();
                if !is_long {
                    tokio::time::sleep(through).await;
                    strait.heal();
                }
            };
            tokio::join!(round, weather);
            strait.heal();
            cuts += 1;
            town.passes(Duration::from_secs(chance.below(PAUSE_S_MAX))).await;
        }
        comes_to_rest(&town, endpoint).await;
        let expected: i64 = ordered.iter().sum();
        println!(
            "{cuts} cuts by {} (seed {seed}): {expected} messages, {} calls, {long} cuts outlasted the call, {kills} kills",
            strait.kind(),
            other.calls()
        );
        each_once_in_order(&other, &subjects, &ordered, seed);
    })
    .await;
}
