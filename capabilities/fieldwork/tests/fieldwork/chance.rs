//! Whatever the net does to what phones send (answers lost, batches doubled, shuffled, cut off, at the same time): at the end each command
//! has had one effect, and none is missing.

use crate::register::{command, enter, phone, send, shown, version};
use crate::town::{GRID_1, caller, each_town, text};
use futures_util::future::join_all;
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
use serde_json::{Value, json};
use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;
use testkit::{Caller, Town};

const CASES: u32 = 4;
const CASES_SOAK: u32 = 40;
const PHONES: u32 = 3;
/// Commands of one phone: renamings of its own person, each on the ground of the last, with a report and a new thing between.
const CHAIN: u32 = 6;
/// More often than this nothing is sent again: then something never comes.
const ROUNDS_MAX: usize = 20;

/// One batch on its way.
#[derive(Clone, Debug)]
struct Delivery {
    phone: u32,
    /// Commands by their places in the phone's list; some twice, in any order.
    picks: Vec<usize>,
    /// The line is cut after so many microseconds; the answer is lost either way.
    cut_after_us: Option<u64>,
}

fn delivery() -> impl Strategy<Value = Delivery> {
    let picks = prop::collection::vec(0..(CHAIN as usize * 3), 1..12);
    let cut = prop::option::of(50..20_000u64);
    (0..PHONES, picks, cut).prop_map(|(phone, picks, cut_after_us)| Delivery { phone, picks, cut_after_us })
}

/// Deliveries that are on their way at the same time.
type Plan = Vec<Vec<Delivery>>;

fn plans(cases: u32) -> Vec<Plan> {
    let rng = TestRng::deterministic_rng(RngAlgorithm::ChaCha);
    let mut runner = TestRunner::new_with_rng(Config::with_cases(cases), rng);
    let wave = prop::collection::vec(delivery(), 1..4);
    let plan = prop::collection::vec(wave, 1..6);
    (0..cases).map(|_| plan.new_tree(&mut runner).expect("a plan").current()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn each_command_has_one_effect_whatever_the_net_does() {
    let cases = if std::env::var_os("MULIN_SOAK").is_some() { CASES_SOAK } else { CASES };
    let plans = Arc::new(plans(cases));
    each_town(async move |town| {
        for (number, plan) in plans.iter().enumerate() {
            play(&town, number as u32, plan).await;
        }
    })
    .await;
}

/// What one phone did.
struct Phone {
    by: Caller,
    id: String,
    person: String,
    commands: Vec<Value>,
}

impl Phone {
    /// A phone with its own person, whose name it changes again and again.
    async fn begin(by: &Caller, number: u32) -> Self {
        let id = phone(by, number * 0x1000).await;
        let more = json!({ "area_path": GRID_1 });
        let person = enter(by, "person", json!({ "name": "张零" }), more).await;
        let mut commands = Vec::new();
        let mut last: Option<Value> = None;
        for step in 0..CHAIN {
            let base = number * 0x1000 + step * 3 + 1;
            let body =
                json!({ "record": person, "base_version": step + 1, "values": { "name": name_after(step) } });
            let mut amend = command(base, "amend", body);
            if let Some(parent) = &last {
                amend["parent"] = parent.clone();
            }
            last = Some(amend["id"].clone());
            let words = format!("第{step}处路灯不亮");
            let report = json!({ "words": words, "place": { "grid": "430204001008J001" } });
            let thing = json!({ "kind": "thing", "values": { "component": "0101", "name": "井盖" },
                "lon": 113.11, "lat": 27.88, "given": { "source": "door" } });
            commands.extend([amend, command(base + 1, "report", report), command(base + 2, "enter", thing)]);
        }
        Self { by: by.clone(), id, person, commands }
    }

    async fn deliver(&self, delivery: &Delivery) {
        let batch: Vec<Value> = delivery.picks.iter().map(|pick| self.commands[*pick].clone()).collect();
        let sending = send(&self.by, &self.id, &batch);
        match delivery.cut_after_us {
            Some(us) => drop(tokio::time::timeout(Duration::from_micros(us), sending).await),
            None => drop(sending.await),
        }
    }

    /// Sends all of it until nothing waits; answers what became of each.
    async fn finish(&self) -> HashMap<String, String> {
        for _ in 0..ROUNDS_MAX {
            let answers = send(&self.by, &self.id, &self.commands).await;
            let states: HashMap<String, String> =
                answers.iter().map(|answer| (text(&answer["id"]), text(&answer["state"]))).collect();
            if states.len() == self.commands.len() && states.values().all(|state| state != "held") {
                return states;
            }
        }
        panic!("something never came");
    }
}

fn name_after(step: u32) -> String {
    let digit = ["一", "二", "三", "四", "五", "六"][step as usize % 6];
    format!("张{digit}")
}

async fn play(town: &Town, number: u32, plan: &Plan) {
    let by = caller(town, "worker1");
    let mut phones = Vec::new();
    for one in 0..PHONES {
        phones.push(Phone::begin(&by, 1 + number * PHONES + one).await);
    }
    for wave in plan {
        join_all(wave.iter().map(|delivery| phones[delivery.phone as usize].deliver(delivery))).await;
    }
    for phone in &phones {
        let states = phone.finish().await;
        assert!(states.values().all(|state| state == "accepted"), "{states:?} after {plan:?}");
        let last = name_after(CHAIN - 1);
        assert_eq!(shown(&by, &phone.person, "name").await, last, "after {plan:?}");
        assert_eq!(
            version(&by, &phone.person).await,
            i64::from(CHAIN) + 1,
            "each renaming once, after {plan:?}"
        );
        for command in &phone.commands {
            let id = text(&command["id"]);
            match command["kind"].as_str() {
                Some("report") => drop(by.get(&format!("/api/cases/{id}")).await.ok()),
                Some("enter") => assert_eq!(version(&by, &id).await, 1),
                _ => {}
            }
        }
        by.post(&format!("/api/fieldwork/devices/{}/leave", phone.id), json!({})).await.ok();
    }
    let listed = by.get(&format!("/api/cases?queue=all&limit=100&area={GRID_1}")).await.ok();
    let cases = listed["items"].as_array().expect("cases").len();
    assert_eq!(cases.min(100), ((number + 1) * PHONES * CHAIN).min(100) as usize, "no case twice");
}
