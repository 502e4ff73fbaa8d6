//! Whatever is done to records, in whatever order: history gives back every earlier state.

use crate::town::{GRID_1, GRID_2, caller, each_town, enter, text, two_homes};
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::{Config, TestRunner};
use serde_json::{Value, json};
use std::collections::HashMap;
use std::sync::Arc;
use testkit::{Caller, Town};

/// One thing somebody does.
#[derive(Clone, Debug)]
enum Deed {
    Amend { who: usize, field: usize, value: usize },
    Confirm { who: usize },
    MoveIn { who: usize, home: usize, leaves: bool },
    Merge { keep: usize, gone: usize },
    Undo { back: usize },
}

fn deed() -> impl Strategy<Value = Deed> {
    prop_oneof![
        4 => (0..3usize, 0..3usize, 0..3usize).prop_map(|(who, field, value)| Deed::Amend { who, field, value }),
        1 => (0..3usize).prop_map(|who| Deed::Confirm { who }),
        3 => (0..3usize, 0..2usize, any::<bool>())
            .prop_map(|(who, home, leaves)| Deed::MoveIn { who, home, leaves }),
        1 => (0..3usize, 0..3usize).prop_map(|(keep, gone)| Deed::Merge { keep, gone }),
        2 => (0..4usize).prop_map(|back| Deed::Undo { back }),
    ]
}

/// What a record looks like, without what a look itself changes.
async fn state(town: &Town, id: &str) -> (i64, Value) {
    let id = id.parse().expect("an id");
    let content = registry::state_of(&town.edge, testkit::DISTRICT, id).await.expect("it is read");
    let content = content.expect("it is there");
    (content.0, json!(format!("{:?}", content.1)))
}

async fn past(town: &Town, id: &str, version: i64) -> Value {
    let id = id.parse().expect("an id");
    let content = registry::state_at(&town.edge, testkit::DISTRICT, id, version).await.expect("it is read");
    json!(format!("{:?}", content.expect("history has it")))
}

const DEEDS_MAX: usize = 14;
const CASES: u32 = 6;
const CASES_SOAK: u32 = 60;

#[tokio::test(flavor = "multi_thread")]
async fn history_gives_back_every_earlier_state() {
    let cases = if std::env::var_os("MULIN_SOAK").is_some() { CASES_SOAK } else { CASES };
    let mut runner = TestRunner::new_with_rng(
        Config::with_cases(cases),
        proptest::test_runner::TestRng::deterministic_rng(proptest::test_runner::RngAlgorithm::ChaCha),
    );
    let mut plans = Vec::new();
    for _ in 0..cases {
        let plan = prop::collection::vec(deed(), 1..DEEDS_MAX).new_tree(&mut runner).expect("a plan");
        plans.push(plan.current());
    }
    let plans = Arc::new(plans);
    each_town(async move |town| {
        for plan in plans.iter() {
            play(&town, plan).await;
        }
    })
    .await;
}

async fn play(town: &Town, plan: &[Deed]) {
    let clerk = caller(town, "dispatcher");
    let (one, two) = two_homes(&clerk).await;
    let homes = [one, two];
    let mut people = Vec::new();
    for name in ["张一", "李二", "王三"] {
        let values = json!({ "name": name, "phones": ["13873300001"] });
        people.push(enter(&clerk, "person", values, json!({ "area_path": GRID_2 })).await.0);
    }
    let mut watched = people.clone();
    let mut seen: HashMap<(String, i64), Value> = HashMap::new();
    let mut acts: Vec<String> = Vec::new();
    for deed in plan {
        let answer = act(town, &clerk, deed, &people, &homes, &acts).await;
        if let Some(answer) = answer {
            acts.push(text(&answer["act"]));
            if let Some(id) = answer["id"].as_str().filter(|id| !watched.iter().any(|known| known == id)) {
                watched.push(id.to_owned());
            }
        }
        for id in &watched {
            let (version, now) = state(town, id).await;
            let before = seen.insert((id.clone(), version), now.clone());
            assert!(
                before.is_none_or(|before| before == now),
                "{id} changed without a new version after {deed:?}"
            );
        }
    }
    for ((id, version), then) in &seen {
        assert_eq!(&past(town, id, *version).await, then, "{id} at {version}, plan {plan:?}");
    }
}

async fn act(
    town: &Town,
    by: &Caller,
    deed: &Deed,
    people: &[String],
    homes: &[String],
    acts: &[String],
) -> Option<Value> {
    let given = json!({ "source": "desk" });
    let answer = match deed {
        Deed::Amend { who, field, value } => {
            let (version, _) = state(town, &people[*who]).await;
            let values = [
                [json!({ "name": "赵甲" }), json!({ "name": "钱乙" }), json!({ "name": "孙丙" })],
                [
                    json!({ "phones": ["13873300011"] }),
                    json!({ "phones": ["13873300012"] }),
                    json!({ "phones": null }),
                ],
                [json!({ "sex": "male" }), json!({ "sex": "female" }), json!({ "sex": null })],
            ];
            let body = json!({ "version": version, "values": values[*field][*value], "given": given });
            by.post(&format!("/api/registry/records/{}/amend", people[*who]), body).await
        }
        Deed::Confirm { who } => {
            let (version, _) = state(town, &people[*who]).await;
            let body = json!({ "version": version, "given": given });
            by.post(&format!("/api/registry/records/{}/confirm", people[*who]), body).await
        }
        Deed::MoveIn { who, home, leaves } => {
            let body = json!({ "dwelling": homes[*home], "values": { "kind": "floating" }, "leaves_others": leaves,
                "given": given });
            by.post(&format!("/api/registry/people/{}/move-in", people[*who]), body).await
        }
        Deed::Merge { keep, gone } => {
            let (keep_version, _) = state(town, &people[*keep]).await;
            let (gone_version, _) = state(town, &people[*gone]).await;
            let body = json!({ "keep": people[*keep], "keep_version": keep_version, "gone": people[*gone],
                "gone_version": gone_version, "take": ["name"], "given": given });
            by.post("/api/registry/merges", body).await
        }
        Deed::Undo { back } => {
            let act = acts.len().checked_sub(1 + back).and_then(|at| acts.get(at))?;
            by.post(&format!("/api/registry/acts/{act}/undo"), json!({})).await
        }
    };
    // A deed may be refused (over, stale, changed since): then nothing has changed, which the caller sees to.
    assert!(answer.status < 500, "{deed:?}: {}", answer.text);
    (answer.status == 200).then(|| answer.ok())
}

#[tokio::test(flavor = "multi_thread")]
async fn the_history_of_a_value_names_its_sources() {
    each_town(async |town| {
        let clerk = caller(&town, "clerk");
        let (id, _) =
            enter(&clerk, "person", json!({ "name": "王芳" }), json!({ "area_path": GRID_1 })).await;
        let body = json!({ "version": 1, "values": { "name": "王方", "phones": ["13873300042"] },
            "given": { "source": "self", "evidence": "户口簿" } });
        clerk.post(&format!("/api/registry/records/{id}/amend"), body).await.ok();
        let history = clerk.get(&format!("/api/registry/records/{id}/history?purpose=check")).await.ok();
        assert_eq!(history[0]["version"], 2);
        assert_eq!(history[0]["by"], "clerk");
        let name = &history[0]["fields"][0];
        assert_eq!((&name["before"]["zh"], &name["after"]["zh"]), (&json!("王芳"), &json!("王方")));
        assert_eq!(name["origin"]["evidence"], "户口簿");
        assert_eq!(history[0]["fields"][1]["after"]["zh"], "138****0042");
        let first = &history[1];
        assert_eq!(
            (&first["version"], &first["entered"], &first["by"]),
            (&json!(1), &json!(true), &json!("clerk"))
        );
        assert_eq!(
            (&first["fields"][0]["before"], &first["fields"][0]["after"]["zh"]),
            (&Value::Null, &json!("王芳"))
        );
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_entered_it_stands_first_whichever_way_it_came() {
    each_town(async |town| {
        let (clerk, worker) = (caller(&town, "clerk"), caller(&town, "worker1"));
        let (id, _) =
            enter(&worker, "person", json!({ "name": "王芳" }), json!({ "area_path": GRID_1 })).await;
        let (home, _) = two_homes(&clerk).await;
        let body =
            json!({ "dwelling": home, "values": { "kind": "floating" }, "given": { "source": "door" } });
        let residence =
            text(&worker.post(&format!("/api/registry/people/{id}/move-in"), body).await.ok()["id"]);
        let line =
            json!({ "person.name": "李梅", "address": "田心三村5栋2单元302", "residence.kind": "户籍" });
        let lines = json!({ "table": "people", "lines": [line] });
        caller(&town, "province").post("/api/registry/bulk", lines).await.ok();
        let sent = clerk.get("/api/registry/search?kind=person&q=李梅").await.ok();
        for (id, by) in [(id, "worker1"), (residence, "worker1"), (text(&sent["hits"][0]["id"]), "province")]
        {
            let history = clerk.get(&format!("/api/registry/records/{id}/history?purpose=check")).await.ok();
            let first = history.as_array().and_then(|lines| lines.last()).expect("a line");
            assert_eq!(
                (&first["entered"], &first["by"], &first["version"]),
                (&json!(true), &json!(by), &json!(1))
            );
        }
    })
    .await;
}
