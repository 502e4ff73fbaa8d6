//! A unit talks to a reporter without learning who they are: by a call back or a number in between, within bounds, on record, and nobody else.

use crate::town::*;
use identity::{IdentityError, NewAssignment, NewStaff};
use platform::Scope;
use serde_json::{Value, json};
use store::Tx;
use testkit::{Answer, Caller};

const PHONE: &str = "13873312345";
const NAME: &str = "李奶奶";

fn call_back() -> Value {
    json!({ "way": "message", "phone": "0731-28680000", "from": "09:00", "to": "17:30" })
}

fn path(id: &cases::CaseId) -> String {
    format!("/api/cases/{id}/reaches")
}

/// Somebody without an account reports, and leaves a name and a telephone.
async fn reported(town: &CaseTown) -> Follower {
    let reporter = json!({ "name": NAME, "phone": PHONE });
    town.reports(json!({ "words": BURST, "type": BURST_PIPE, "place": point(0), "reporter": reporter })).await
}

/// A district with a gateway of relayed calls, which nothing is carried to in these stories.
async fn sets_relays(town: &CaseTown, kind: &str) {
    let open = async |tx: &mut Tx| {
        let account = identity::create_staff(tx, &NewStaff::new("admin", "admin")).await?;
        let (role, scope) = ("system_admin".to_owned(), Scope::District);
        identity::assign_role(tx, &NewAssignment { account, role, scope, from: None, to: None }).await?;
        Ok::<_, IdentityError>(identity::open_session(tx, account).await?.reveal().to_owned())
    };
    let token = town.town.db().write(&town.town.system(), open).await.expect("an administrator");
    let body = json!({ "address": "http://127.0.0.1:9/v1", "secret": "s", "settings": { "gateway": kind } });
    town.town.caller().with_token(&token).put("/api/messages/gateways/relay", body).await.ok();
}

async fn asks(who: &Caller, id: &cases::CaseId, body: Value) -> Answer {
    who.post(&path(id), body).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_unit_sees_no_name_and_no_number_wherever_it_looks() {
    each_town_of(WITH_MESSAGES, async |town: CaseTown| {
        let reporter = reported(&town).await;
        let water = town.staff("water");
        asks(&water, &reporter.id, call_back()).await.ok();
        for look in [
            format!("/api/cases/{}", reporter.id),
            path(&reporter.id),
            "/api/cases".to_owned(),
            format!("/api/cases/search?q={PHONE}"),
            format!("/api/cases/search?q={}", encode("水管爆了")),
            format!("/api/cases/{}/together", reporter.id),
        ] {
            let seen = water.get(&look).await.ok().to_string();
            assert!(!seen.contains(NAME) && !seen.contains("2345"), "{look}: {seen}");
        }
        assert_eq!(
            water.get(&format!("/api/cases/search?q={PHONE}")).await.ok(),
            json!([]),
            "nobody is found by it"
        );
        let opens = json!({ "purpose": "call_back" });
        let refused = water.post(&format!("/api/cases/{}/reporter", reporter.id), opens.clone()).await;
        assert_eq!(
            (refused.status, refused.json()["extra"]["permission"].clone()),
            (403, json!("cases.view_reporter"))
        );
        // Whoever answers for the place goes on as before.
        let desk = town.staff("desk");
        assert_eq!(town.sees("desk", &reporter.id).await["reporter_phone"], "138****2345");
        desk.post(&format!("/api/cases/{}/reporter", reporter.id), opens).await.ok();
    })
    .await;
}

fn encode(text: &str) -> String {
    text.bytes().map(|b| format!("%{b:02x}")).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reporter_who_signed_in_is_asked_by_their_own_choices_and_reads_who_asked() {
    each_town_of(WITH_MESSAGES, async |town: CaseTown| {
        let anna = town.resident("13907330001").await;
        let receipt = anna
            .post("/api/cases", json!({ "words": BURST, "type": BURST_PIPE, "place": point(0) }))
            .await
            .ok();
        let id: cases::CaseId = receipt["id"].as_str().and_then(|id| id.parse().ok()).expect("an id");
        let before = asks(&town.staff("water"), &id, call_back()).await.ok();
        let one = &before["items"][0];
        assert_eq!(
            (&one["way"], &one["by"], &one["number"]),
            (&json!("message"), &json!("water岗"), &Value::Null)
        );
        assert!(["sending", "waiting", "sent"].contains(&one["step"].as_str().expect("a step")), "{one}");
        let page = anna.get("/my/messages").await.text;
        assert!(
            page.contains("water岗想就您报的") && page.contains("在 09:00–17:30 回电 073128680000"),
            "{page}"
        );
        let own = anna.get(&format!("/api/cases/{id}")).await.ok();
        let line = own["timeline"].as_array().and_then(|all| all.last()).expect("a line").clone();
        assert_eq!(
            (&line["action"], &line["note"]),
            (&json!("ask_to_call_back"), &json!("073128680000，09:00–17:30"))
        );
        // They have left these messages: the unit reads that, and nothing else.
        let wish = [("channel", "sms"), ("mail", ""), ("from", "21:00"), ("to", "08:00"), ("lang", "zh")];
        assert_eq!(anna.sends_form("/my/messages", &wish).await.status, 303);
        let after = asks(&town.staff("water"), &id, call_back()).await.ok();
        assert_eq!(
            (&after["items"][0]["step"], &after["items"][0]["step_words"]["zh"]),
            (&json!("not_sent"), &json!("没有发出：对方已退订"))
        );
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_telephone_left_for_asking_back_is_used_on_record_and_told_to_nobody() {
    each_town_of(WITH_MESSAGES, async |town: CaseTown| {
        let reporter = reported(&town).await;
        asks(&town.staff("water"), &reporter.id, call_back()).await.ok();
        let facts = town.facts().await;
        let of = |name: &str| facts.iter().filter(|fact| fact.name == name).collect::<Vec<_>>();
        assert_eq!(of("cases.reporter_reached").len(), 1);
        assert_eq!(of("cases.reporter_reached")[0].data.0["way"], "message");
        assert_eq!(of("cases.reporter_opened").len(), 0, "nobody looked");
        for fact in &facts {
            let told = fact.data.0.to_string();
            assert!(!told.contains(PHONE) && !told.contains(NAME), "{}: {told}", fact.name);
        }
        let seen = reporter.sees().await;
        assert_eq!(actions_of(&seen).last().map(String::as_str), Some("ask_to_call_back"));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_number_in_between_is_for_whoever_asked_alone_and_ends_by_their_hand() {
    each_town_of(WITH_MESSAGES, async |town: CaseTown| {
        let reporter = reported(&town).await;
        let water = town.staff("water");
        let relay = json!({ "way": "relay" });
        asks(&water, &reporter.id, relay.clone()).await.refused("cases.reach_no_way");
        assert_eq!(water.get(&path(&reporter.id)).await.ok()["ways"], json!(["message"]));
        sets_relays(&town, "generic_json_caller").await;
        let open = water.get(&path(&reporter.id)).await.ok();
        assert_eq!(
            (&open["ways"], &open["needs_caller"], &open["phone"], &open["left"]),
            (&json!(["relay", "message"]), &json!(true), &json!("073128680000"), &json!(3))
        );
        asks(&water, &reporter.id, relay).await.refused("cases.reach_bad_phone");
        let asked =
            asks(&water, &reporter.id, json!({ "way": "relay", "phone": "0731-28680000" })).await.ok();
        let one = &asked["items"][0];
        assert_eq!((&one["step"], &one["can_end"]), (&json!("fetching"), &json!(true)));
        let end = format!("{}/{}/end", path(&reporter.id), one["id"].as_str().expect("an id"));
        let desk = town.staff("desk").get(&path(&reporter.id)).await.ok();
        assert_eq!(desk["items"][0]["can_end"], false);
        town.staff("desk").post(&end, json!({})).await.refused("not_found");
        town.staff("city").post(&end, json!({})).await.refused("not_found");
        let ended = water.post(&end, json!({})).await.ok();
        assert_eq!((&ended["items"][0]["step"], &ended["left"]), (&json!("ended"), &json!(2)));
        assert_eq!(actions_of(&reporter.sees().await).last().map(String::as_str), Some("reach_by_number"));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_does_not_see_the_case_or_may_not_is_refused() {
    each_town_of(WITH_MESSAGES, async |town: CaseTown| {
        let reporter = reported(&town).await;
        asks(&town.staff("city"), &reporter.id, call_back()).await.refused("not_found");
        town.staff("city").get(&path(&reporter.id)).await.refused("not_found");
        asks(&town.staff("worker2"), &reporter.id, call_back()).await.refused("not_found");
        asks(&town.town.caller(), &reporter.id, call_back()).await.refused("sign_in");
        let ben = town.resident("13907330002").await;
        asks(&ben, &reporter.id, call_back()).await.refused("not_found");
        ben.get(&path(&reporter.id)).await.refused("forbidden");
        let wall = asks(&town.wall().await, &reporter.id, call_back()).await;
        assert!([401, 403, 404].contains(&wall.status), "a key without the scope: {}", wall.status);
        let own = ben
            .post("/api/cases", json!({ "words": BURST, "type": BURST_PIPE, "place": point(0) }))
            .await
            .ok();
        let own = own["id"].as_str().and_then(|id| id.parse().ok()).expect("an id");
        assert!(
            asks(&ben, &own, call_back()).await.status >= 403,
            "their own report is no way to themselves"
        );
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn there_are_bounds_and_each_says_why() {
    each_town_of(WITH_MESSAGES, async |town: CaseTown| {
        let reporter = reported(&town).await;
        let water = town.staff("water");
        let with = |key: &str, value: Value| {
            let mut body = call_back();
            body[key] = value;
            body
        };
        let rows = [
            (with("phone", json!("110 or so")), "cases.reach_bad_phone"),
            (with("phone", Value::Null), "cases.reach_bad_phone"),
            (with("from", json!("18:00")), "cases.reach_bad_hours"),
            (with("to", json!("evening")), "cases.reach_bad_hours"),
        ];
        for (body, code) in rows {
            asks(&water, &reporter.id, body).await.refused(code);
        }
        assert_eq!(
            water.get(&path(&reporter.id)).await.ok()["items"],
            json!([]),
            "what was refused did not happen"
        );
        for left in [2, 1, 0] {
            assert_eq!(asks(&water, &reporter.id, call_back()).await.ok()["left"], left);
        }
        asks(&water, &reporter.id, call_back()).await.refused("cases.reach_enough");
        asks(&town.staff("desk"), &reporter.id, call_back()).await.refused("cases.reach_enough");
        town.passes_days(1).await;
        let water = town.staff("water");
        assert_eq!(asks(&water, &reporter.id, call_back()).await.ok()["left"], 2);
        let nobody = town.reports_burst_pipe().await;
        asks(&water, &nobody.id, call_back()).await.refused("cases.reach_nobody");
        reporter.act("withdraw", json!({})).await.ok();
        let over = asks(&town.staff("desk"), &reporter.id, call_back()).await;
        over.refused("cases.reach_over");
    })
    .await;
}
