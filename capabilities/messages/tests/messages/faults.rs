//! Fault runs: a gateway that is well, poor, broken, busy, behind a portal, or takes a text and loses its answer, and a courier that is killed in
//! the middle of a round. At the end each text was sent once. `MULIN_SOAK` runs ten times as many; `MULIN_SEED` repeats a run.

use crate::other_side::Mood;
use crate::town::{MessageTown, each_message_town, notice};
use messages::{ACCOUNT, queue};
use platform::Fault;
use std::collections::BTreeSet;
use std::time::Duration;
use store::Tx;
use testkit::{Chance, faults};
use uuid::Uuid;

/// In `make soak`; a tenth of them in every run of the tests.
const RUNS: u64 = 500;
const MOODS: [Mood; 7] =
    [Mood::Well, Mood::Well, Mood::Poor, Mood::Lost, Mood::Busy, Mood::Broken, Mood::Page];
const RESIDENTS: usize = 6;
const KILL_AFTER_MS_MAX: u64 = 25;
const PAUSE_S_MAX: u64 = 900;

#[tokio::test(flavor = "multi_thread")]
async fn each_text_is_sent_once() {
    let runs = faults(RUNS);
    each_message_town(async |town: MessageTown| {
        let mut chance = Chance::of_run();
        let seed = chance.seed;
        let mut residents = Vec::new();
        for number in 0..RESIDENTS {
            residents.push(town.resident(&format!("1390733000{number}")).await.0.0);
        }
        let (mut expected, mut kills) = (0u64, 0);
        for _ in 0..runs {
            town.gateway.be(MOODS[chance.below(MOODS.len() as u64) as usize]);
            for _ in 0..chance.below(3) {
                let to = vec![residents[chance.below(RESIDENTS as u64) as usize]];
                // Of use for ever: nothing is dropped for being late.
                let one = messages::Notice { until: None, ..notice(Uuid::new_v4(), 1) };
                let write = async move |tx: &mut Tx| queue(tx, &one, ACCOUNT, &to).await;
                expected +=
                    town.town.db().write::<_, Fault, _>(&town.town.system(), write).await.expect("queued");
            }
            let kill = chance.below(3) == 0;
            kills += usize::from(kill);
            let time = Duration::from_millis(if kill { chance.below(KILL_AFTER_MS_MAX) } else { 60_000 });
            // Killed: whatever was under way is dropped where it stands.
            let _ = tokio::time::timeout(time, courier::deliver_due(&town.town.edge)).await;
            town.town.passes(Duration::from_secs(chance.below(PAUSE_S_MAX))).await;
        }
        town.gateway.be(Mood::Well);
        comes_to_rest(&town, expected).await;
        let sent = town.gateway.sent();
        println!(
            "{runs} fault runs (seed {seed}): {expected} texts, {} calls, {kills} kills",
            town.gateway.asked()
        );
        let ids: BTreeSet<String> = sent.iter().map(|one| one["request_id"].to_string()).collect();
        assert_eq!(
            ids.len() as u64,
            expected,
            "seed {seed}: none is lost, and a text tried twice bears one id"
        );
        assert_eq!(sent.len() as u64, expected, "seed {seed}");
    })
    .await;
}

/// Days go by, since a resident gets so many a day, and a person sends again what died of troubles that were not its own.
async fn comes_to_rest(town: &MessageTown, expected: u64) {
    for _ in 0..60 * 24 {
        town.passes(Duration::from_secs(3600)).await;
        if town.gateway.sent().len() as u64 >= expected {
            return;
        }
        if town.seen("sms").await["bulk"]["dead"] != 0 {
            let admin = town.admin().await;
            let refused = admin.get("/api/messages/gateways/sms/refused").await.ok();
            for one in refused["items"].as_array().expect("lines") {
                let delivery = one["delivery"].as_str().expect("an id");
                let path = format!("/api/messages/gateways/sms/refused/{delivery}");
                admin.post(&path, serde_json::json!({ "again": true })).await.ok();
            }
        }
    }
    panic!("it never came to rest: {}", town.seen("sms").await);
}
