//! A fact that is known is not asked again: what the register knows is shown with its age, what is new goes there with the submission,
//! and what somebody else changed meanwhile is never written over.

use crate::town::{GRID_1, caller, device_id, each_town, facts_of, sent, text, upload, workbook};
use serde_json::{Value, json};
use std::time::Duration;
use testkit::{Caller, Town};

/// A visit: what is asked of a person, of the home, and what only this form asks.
const VISIT: &[&str] = &[
    "type | name | label | required | mulin::prefill | mulin::write | mulin::fresh_days",
    "text | name | 称呼 | | person.name",
    "text | phone | 手机号 | | person.phones | person.phones | 30",
    "text | document | 证件号 | | person.documents",
    "decimal | area | 建筑面积 | | dwelling.floor_area | dwelling.floor_area",
    "select_one yes_no | hose | 软管老化吗",
];
const YES_NO: &[&str] = &["list_name | name | label", "yes_no | yes | 是", "yes_no | no | 否"];

fn wait(town: &Town, days: u64) {
    town.clock.set(town.clock.now().after(Duration::from_hours(days * 24)));
}

struct Visit {
    worker: Caller,
    form: String,
    person: String,
}

impl Visit {
    async fn begin(town: &Town) -> Self {
        let (clerk, worker) = (caller(town, "clerk"), caller(town, "worker1"));
        let bytes = workbook(&[("survey", VISIT), ("choices", YES_NO), ("settings", &["form_id", "visit"])]);
        let made = upload(&clerk, "visit.xlsx", bytes, None).await.ok();
        let form = text(&made["form"]);
        clerk.post(&format!("/api/fieldwork/forms/{form}/versions/1/publish"), json!({})).await.ok();
        let documents = json!([{ "kind": "resident_id", "number": "11010519491231002X" }]);
        let values = json!({ "name": "张晓明", "phones": ["13873300042"], "documents": documents });
        let body =
            json!({ "kind": "person", "values": values, "area_path": GRID_1, "given": { "source": "desk" } });
        let person = text(&clerk.post("/api/registry/records", body).await.ok()["id"]);
        Self { worker, form, person }
    }

    async fn prefill(&self, purpose: &str) -> Value {
        let path =
            format!("/api/fieldwork/forms/{}/prefill?subject={}&purpose={purpose}", self.form, self.person);
        self.worker.get(&path).await.ok()
    }

    async fn submit(&self, number: u16, answers: Value, more: Value) -> Value {
        let mut body = sent(number, answers);
        body["subject"] = json!(self.person);
        for (key, value) in more.as_object().expect("an object") {
            body[key] = value.clone();
        }
        self.worker.post(&format!("/api/fieldwork/forms/{}/submissions", self.form), body).await.ok()
    }

    async fn record(&self) -> Value {
        let path = format!("/api/registry/records/{}?purpose=check&open=documents,phones", self.person);
        self.worker.get(&path).await.ok()
    }

    async fn amend(&self, version: i64, values: Value) {
        let body = json!({ "version": version, "values": values, "given": { "source": "desk" } });
        self.worker.post(&format!("/api/registry/records/{}/amend", self.person), body).await.ok();
    }
}

/// Path and outcome of each answer that belongs to the register.
fn outcomes(received: &Value) -> Vec<(String, String)> {
    let all = received["writes"].as_array().expect("writes").iter();
    all.map(|one| (text(&one["path"]), text(&one["state"]))).collect()
}

fn pairs(expected: &[(&str, &str)]) -> Vec<(String, String)> {
    expected.iter().map(|(a, b)| ((*a).to_owned(), (*b).to_owned())).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_known_is_shown_with_its_age() {
    each_town(async |town| {
        let visit = Visit::begin(&town).await;
        let known = visit.prefill("visit").await;
        let answers: Vec<(String, String, bool)> = known["answers"]
            .as_array()
            .expect("answers")
            .iter()
            .map(|one| (text(&one["path"]), text(&one["text"]), one["fresh"] == true))
            .collect();
        // A visit opens phones and no documents: what it does not open is not known to it.
        let expected = [("/name", "张晓明", true), ("/phone", "13873300042", true)];
        assert_eq!(answers, expected.map(|(path, text, fresh)| (path.to_owned(), text.to_owned(), fresh)));
        assert_eq!(
            (&known["questions"], &known["known"], &known["stale"]),
            (&json!(5), &json!(2), &json!(0))
        );
        assert_eq!(known["records"][0]["id"], json!(visit.person));
        wait(&town, 31);
        let later = visit.prefill("visit").await;
        let phone = &later["answers"][1];
        assert_eq!(
            (&phone["age_days"], &phone["fresh"]),
            (&json!(31), &json!(false)),
            "this form asks after 30 days"
        );
        assert_eq!(later["stale"], 1);
        let checked = visit.prefill("check").await;
        assert_eq!(checked["answers"][2]["text"], "11010519491231002X");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_prefill_is_a_look_and_needs_a_right() {
    each_town(async |town| {
        let visit = Visit::begin(&town).await;
        let path = |purpose: &str| {
            format!("/api/fieldwork/forms/{}/prefill?subject={}&purpose={purpose}", visit.form, visit.person)
        };
        let looks = async || {
            let facts = facts_of(&town, &visit.person).await;
            facts.iter().filter(|fact| fact.name == registry::facts::OPENED).count()
        };
        let before = looks().await;
        visit.worker.get(&path("visit")).await.ok();
        assert_eq!(looks().await, before + 1, "on record before the answer");
        visit.worker.get(&path("curiosity")).await.refused("fieldwork.no_purpose");
        caller(&town, "worker2").get(&path("visit")).await.refused("not_found");
        caller(&town, "nobody").get(&path("visit")).await.refused("forbidden");
        assert_eq!(town.caller().get(&path("visit")).await.status, 401);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_new_goes_to_the_register_and_what_holds_is_confirmed() {
    each_town(async |town| {
        let visit = Visit::begin(&town).await;
        let seen = visit.prefill("visit").await["records"].clone();
        let seen = json!([{ "id": seen[0]["id"], "version": seen[0]["version"] }]);
        wait(&town, 1);
        let answers = json!({ "name": "张晓明", "phone": "13873300099", "area": 89.5, "hose": "no" });
        let received = visit.submit(1, answers.clone(), json!({ "seen": seen, "known": ["/name"] })).await;
        // The name was only shown: it confirms nothing. There is no home to write to.
        assert_eq!(outcomes(&received), pairs(&[("/area", "refused"), ("/phone", "written")]));
        let record = visit.record().await;
        assert!(record.to_string().contains("13873300099"), "{record}");
        assert!(record.to_string().contains("door"), "brought at the door: {record}");
        let again = visit.submit(1, answers.clone(), json!({ "seen": seen, "known": ["/name"] })).await;
        assert_eq!((&again["again"], &again["writes"]), (&json!(true), &received["writes"]));
        let asked = visit.submit(2, json!({ "name": "张晓明", "phone": "13873300099" }), json!({})).await;
        assert_eq!(outcomes(&asked), pairs(&[("/name", "confirmed"), ("/phone", "confirmed")]));
        assert_eq!(visit.prefill("visit").await["answers"][0]["age_days"], 0);
        let saved = visit.worker.get(&format!("/api/fieldwork/forms/{}/saved", visit.form)).await.ok();
        assert_eq!(saved, json!([{ "version": 1, "submissions": 2, "questions": 10, "not_asked": 1 }]));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_somebody_else_changed_is_not_written_over() {
    each_town(async |town| {
        let visit = Visit::begin(&town).await;
        let version = visit.prefill("visit").await["records"][0]["version"].as_i64().expect("a version");
        let seen = json!([{ "id": visit.person, "version": version }]);
        visit.amend(version, json!({ "phones": ["13900000001"] })).await;
        let received = visit.submit(1, json!({ "phone": "13873300099" }), json!({ "seen": seen })).await;
        assert_eq!(outcomes(&received), pairs(&[("/phone", "clash")]));
        assert!(visit.record().await.to_string().contains("13900000001"));
        let kept = format!("/api/fieldwork/submissions/{}?purpose=visit", device_id(1));
        let kept = visit.worker.get(&kept).await.ok();
        assert_eq!(kept["answers"]["phone"], "13873300099", "what was said at the door is kept");
        assert_eq!(kept["writes"], received["writes"]);
        // Another field was changed: this one is not in the way.
        visit.amend(version + 1, json!({ "phones": ["13900000001"], "name": "张小明" })).await;
        let seen = json!([{ "id": visit.person, "version": version + 1 }]);
        let merged = visit.submit(2, json!({ "phone": "13873300099" }), json!({ "seen": seen })).await;
        assert_eq!(outcomes(&merged), pairs(&[("/phone", "written")]));
        // Without a word of what was seen, what is there is left.
        let blind = visit.submit(3, json!({ "phone": "13700000000" }), json!({})).await;
        assert_eq!(outcomes(&blind), pairs(&[("/phone", "clash")]));
        let wrong = visit.submit(4, json!({ "phone": "12" }), json!({})).await;
        assert_eq!(outcomes(&wrong), pairs(&[("/phone", "refused")]));
        assert!(text(&wrong["writes"][0]["words"]["zh"]).contains("电话"));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_form_does_not_promise_what_cannot_be_written() {
    each_town(async |town| {
        let clerk = caller(&town, "clerk");
        let wrong: &[&str] = &[
            "type | name | label | mulin::prefill | mulin::write",
            "text | document | 证件号 | person.documents | person.documents",
            "begin repeat | member | 家人",
            "text | name | 姓名 | person.name",
            "end repeat",
        ];
        let problem = upload(&clerk, "a.xlsx", workbook(&[("survey", wrong)]), None).await;
        let problem = problem.refused("fieldwork.bad_workbook");
        let codes: Vec<String> = problem["extra"]["faults"]
            .as_array()
            .expect("faults")
            .iter()
            .map(|fault| text(&fault["code"]))
            .collect();
        assert_eq!(codes, ["fieldwork.not_writable", "fieldwork.in_repeat"]);
    })
    .await;
}
