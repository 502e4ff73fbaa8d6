//! The report of a day writes itself: from forms, from the register, from cases; the worker's words stand beside.

use crate::town::{GRID_1, GRID_2, caller, each_town, filled, published, seat, sent};
use serde_json::{Value, json};
use territory::HoldingRole::{Main, StandIn};
use testkit::{Caller, Town};

const TODAY: &str = "2026-03-02";

async fn enter_person(by: &Caller, name: &str) -> Value {
    let body = json!({ "kind": "person", "values": { "name": name }, "area_path": GRID_1, "given": { "source": "door" } });
    by.post("/api/registry/records", body).await.ok()
}

async fn submit(by: &Caller, form: &str, number: u16, filled_at: &str) {
    let mut body = sent(number, filled());
    body["filled_at"] = json!(filled_at);
    by.post(&format!("/api/fieldwork/forms/{form}/submissions"), body).await.ok();
}

async fn report(by: &Caller, date: &str) -> Value {
    by.get(&format!("/api/fieldwork/days/{date}")).await.ok()
}

fn sentences(report: &Value) -> Vec<(String, String)> {
    let groups = report["groups"].as_array().expect("groups");
    let all = groups.iter().flat_map(|group| {
        let key = group["key"].as_str().expect("a key").to_owned();
        let said = group["sentences"].as_array().expect("sentences").iter();
        said.map(move |one| (key.clone(), one["words"]["zh"].as_str().expect("words").to_owned()))
    });
    all.collect()
}

async fn a_worker_of_grid_1(town: &Town) -> Caller {
    seat(town, GRID_1, 21, Main, "刘网格员").await;
    caller(town, "account_21")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_day_tells_what_was_done_with_the_rows_behind_its_numbers() {
    each_town(async |town| {
        let worker = a_worker_of_grid_1(&town).await;
        let form = published(&caller(&town, "clerk")).await;
        assert_eq!(report(&worker, TODAY).await["text"]["zh"], "这一天没有记录。");
        submit(&worker, &form, 1, "2026-03-02T09:30:00+08:00").await;
        submit(&worker, &form, 2, "2026-03-02T09:40:00+08:00").await;
        let person = enter_person(&worker, "张晓明").await;
        let told = report(&worker, TODAY).await;
        assert_eq!(
            sentences(&told),
            [
                ("register".to_owned(), "新登记 1 条：人 1。".to_owned()),
                ("register".to_owned(), "填写表单 2 份：燃气软管检查 2。".to_owned())
            ]
        );
        assert_eq!(told["text"]["zh"], "【登记】新登记 1 条：人 1。填写表单 2 份：燃气软管检查 2。");
        let row = &told["groups"][0]["sentences"][0]["rows"][0];
        assert_eq!((&row["kind"], &row["id"]), (&json!("record"), &person["id"]));
        assert_eq!(row["words"]["zh"], "人 · 田心社区第一网格", "no name of anybody");
        assert!(row["at"].is_string(), "one's own day has its times");
        assert!(!told.to_string().contains("张晓明"));
        assert!(report(&worker, "2026-03-01").await["groups"].as_array().is_some_and(Vec::is_empty));
        // Another worker's day is another's.
        seat(&town, GRID_2, 22, Main, "周网格员").await;
        assert_eq!(sentences(&report(&caller(&town, "account_22"), TODAY).await), []);
        worker.get("/api/fieldwork/days/gestern").await.refused("fieldwork.bad_date");
        caller(&town, "nobody").get(&format!("/api/fieldwork/days/{TODAY}")).await.refused("forbidden");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_done_without_a_line_belongs_to_its_day() {
    each_town(async |town| {
        let worker = a_worker_of_grid_1(&town).await;
        let form = published(&caller(&town, "clerk")).await;
        submit(&worker, &form, 1, "2026-02-27T16:00:00+08:00").await;
        // A clock that is wrong by years decides nothing: then the day counts on which it came.
        submit(&worker, &form, 2, "2024-02-27T16:00:00+08:00").await;
        for (date, count) in [("2026-02-27", 1), (TODAY, 1), ("2024-02-27", 0)] {
            let told = report(&worker, date).await;
            assert_eq!(told["groups"][0]["sentences"][0]["count"].as_i64().unwrap_or(0), count, "{date}");
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_workers_own_words_stay_beside_what_is_written_anew() {
    each_town(async |town| {
        let worker = a_worker_of_grid_1(&town).await;
        let path = format!("/api/fieldwork/days/{TODAY}");
        let words = |words: &str, version: i64| json!({ "words": words, "version": version });
        let first = worker.put(&path, words("和物业说好了周三换灯。", 0)).await.ok();
        assert_eq!((&first["version"], &first["shown"]), (&json!(1), &json!(false)));
        let again = worker.put(&path, words("和物业说好了周三换灯。", 0)).await.ok();
        assert_eq!(again["version"], 1, "the same again is the same");
        let stale = worker.put(&path, words("改了", 0)).await.refused("fieldwork.day_changed");
        assert_eq!(stale["extra"]["now"]["words"], "和物业说好了周三换灯。");
        worker.put(&path, words("和物业说好了周四换灯。", 1)).await.ok();
        enter_person(&worker, "张晓明").await;
        let told = report(&worker, TODAY).await;
        assert_eq!((sentences(&told).len(), &told["own"]["words"]), (1, &json!("和物业说好了周四换灯。")));
        worker.put("/api/fieldwork/days/2026-03-03", words("明天", 0)).await.refused("fieldwork.day_to_come");
        worker.put(&path, words(&"字".repeat(4_001), 2)).await.refused("fieldwork.too_long");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_leader_reads_a_grids_day_without_times_and_only_shown_words() {
    each_town(async |town| {
        let (worker, clerk) = (a_worker_of_grid_1(&town).await, caller(&town, "clerk"));
        seat(&town, GRID_1, 22, StandIn, "周网格员").await;
        enter_person(&worker, "张晓明").await;
        let own = format!("/api/fieldwork/days/{TODAY}");
        worker.put(&own, json!({ "words": "只给自己看", "version": 0 })).await.ok();
        let path = format!("{own}?grid={GRID_1}");
        let told = clerk.get(&path).await.ok();
        assert_eq!(sentences(&told), [("register".to_owned(), "新登记 1 条：人 1。".to_owned())]);
        assert_eq!(told["groups"][0]["sentences"][0]["rows"][0]["at"], Value::Null);
        assert_eq!((&told["added"], &told["own"]), (&json!([]), &Value::Null));
        worker.put(&own, json!({ "words": "给网格长看", "shown": true, "version": 1 })).await.ok();
        assert_eq!(clerk.get(&path).await.ok()["added"], json!(["给网格长看"]));
        let other = clerk.get(&format!("{own}?grid={GRID_2}")).await.ok();
        assert_eq!((sentences(&other), &other["added"]), (vec![], &json!([])));
        worker.get(&path).await.refused("forbidden");
        clerk.get(&format!("{own}?grid=430204")).await.refused("not_found");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_diary_of_a_month_is_searched() {
    each_town(async |town| {
        let worker = a_worker_of_grid_1(&town).await;
        let form = published(&caller(&town, "clerk")).await;
        submit(&worker, &form, 1, "2026-03-01T16:00:00+08:00").await;
        enter_person(&worker, "张晓明").await;
        worker
            .put("/api/fieldwork/days/2026-03-01", json!({ "words": "Lift in 5 repariert", "version": 0 }))
            .await
            .ok();
        let dates = async |query: &str| -> Vec<String> {
            let diary = worker.get(&format!("/api/fieldwork/days?month=2026-03{query}")).await.ok();
            let days = diary["days"].as_array().expect("days").iter();
            days.map(|day| day["date"].as_str().expect("a date").to_owned()).collect()
        };
        assert_eq!(dates("").await, [TODAY, "2026-03-01"], "the newest first");
        assert_eq!(dates("&q=%E8%BD%AF%E7%AE%A1").await, ["2026-03-01"], "in a form's title");
        assert_eq!(dates("&q=LIFT").await, ["2026-03-01"], "in one's own words");
        assert_eq!(dates("&q=%E6%B2%A1%E6%9C%89%E7%9A%84").await, Vec::<String>::new());
        worker.get("/api/fieldwork/days?month=2026-13").await.refused("fieldwork.bad_month");
    })
    .await;
}
