//! What bad input gets: a code, a sentence, the field; and nothing half-done.

use crate::town::*;
use serde_json::{Value, json};
use testkit::{Answer, Caller};

fn report(words: &str) -> Value {
    json!({ "words": words, "type": BURST_PIPE, "place": point(0) })
}

fn with(key: &str, value: Value) -> Value {
    let mut body = report(BURST);
    body[key] = value;
    body
}

async fn send_raw(caller: &Caller, path: &str, kind: &str, body: impl Into<reqwest::Body>) -> Answer {
    let request = caller.client.post(format!("{}{path}", caller.url)).header("content-type", kind).body(body);
    caller.send(request).await
}

/// Nothing was filed by all that was refused.
async fn nothing_was_filed(town: &CaseTown) {
    let all = town.staff("dispatcher").get("/api/cases?queue=all").await.ok();
    assert_eq!(all["items"], json!([]));
    let timers = town
        .town
        .db()
        .read(async |conn| {
            store::FactRow::after(conn, testkit::DISTRICT, platform::FactId(uuid::Uuid::nil()), 500).await
        })
        .await;
    assert!(timers.expect("facts").iter().all(|f| !f.name.starts_with("cases.")));
}

#[tokio::test(flavor = "multi_thread")]
async fn wrong_fields_are_named() {
    each_case_town(async |town: CaseTown| {
        // Staff are not slowed down: every refusal below is about the content.
        let worker = town.staff("worker1");
        let refused = async |body: Value, code: &str, field: &str| {
            let problem = worker.post("/api/cases", body.clone()).await.refused(code);
            assert_eq!(problem["field"], field, "{body}: {problem}");
            assert!(!problem["title"].as_str().unwrap_or_default().is_empty());
            assert!(!problem["title_en"].as_str().unwrap_or_default().is_empty());
        };
        refused(with("word", json!("x")), "bad_field", "word").await;
        refused(with("words", json!(42)), "bad_field", "words").await;
        refused(with("hidden", json!("yes")), "bad_field", "hidden").await;
        refused(with("id", json!("not-an-id")), "bad_field", "id").await;
        refused(json!({ "words": BURST }), "bad_field", "body").await;
        refused(with("place", json!({})), "cases.place_missing", "place").await;
        refused(with("place", json!({ "lon": 113.11 })), "cases.place_missing", "place").await;
        refused(with("place", json!({ "address": "  " })), "cases.place_missing", "address").await;
        refused(with("place", json!({ "grid": "430204999999J999" })), "cases.unknown_grid", "grid").await;
        refused(
            with("place", json!({ "lon": 113.11, "lat": 27.89, "crs": "mars" })),
            "cases.bad_place",
            "place",
        )
        .await;
        refused(report(""), "cases.words_missing", "words").await;
        refused(report(" \u{0} \n "), "cases.words_missing", "words").await;
        refused(report(&"水".repeat(2_001)), "cases.too_long", "words").await;
        worker.post("/api/cases", report(&"水".repeat(200_000))).await.refused("too_large");
        refused(with("place", json!({ "address": "路".repeat(201) })), "cases.too_long", "address").await;
        refused(with("type", json!("P99999")), "cases.unknown_type", "type").await;
        refused(with("source", json!("nowhere")), "cases.unknown_source", "source").await;
        refused(with("source", json!("hotline")), "forbidden", "source").await;
        refused(with("seen_at", json!("1899-12-31T00:00:00Z")), "cases.impossible_date", "seen_at").await;
        refused(with("seen_at", json!("2999-01-01T00:00:00Z")), "cases.impossible_date", "seen_at").await;
        refused(with("seen_at", json!("2026-03-02T02:00:01Z")), "cases.future_date", "seen_at").await;
        refused(with("seen_at", json!("yesterday")), "bad_field", "seen_at").await;
        refused(with("reporter", json!({ "phone": "12345" })), "cases.bad_phone", "reporter_phone").await;
        refused(
            with("reporter", json!({ "name": "长".repeat(51), "phone": "13873312345" })),
            "cases.too_long",
            "reporter_name",
        )
        .await;
        refused(with("answers", json!({ "colour": "red" })), "cases.bad_answer", "answers").await;
        refused(with("answers", json!({ "how_much": "a_lot" })), "cases.bad_answer", "answers").await;
        refused(with("photos", json!("forged-token")), "cases.photos_gone", "photos").await;
        let mut unanswered = report(BURST);
        unanswered["type"] = json!("P01001");
        refused(unanswered, "cases.bad_answer", "answers").await;
        nothing_was_filed(&town).await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn places_that_cannot_be_are_explained() {
    each_case_town(async |town: CaseTown| {
        let worker = town.staff("worker1");
        let place = async |lon: f64, lat: f64| {
            worker.post("/api/cases", with("place", json!({ "lon": lon, "lat": lat }))).await
        };
        let outside = place(112.9, 28.2).await.refused("cases.outside");
        assert_eq!(outside["extra"]["hotline"], "12345");
        assert!(outside["detail"].as_str().is_some_and(|d| d.contains("12345")));
        assert_eq!(
            place(27.89, 113.11).await.refused("cases.bad_place")["extra"]["reason"],
            "geo.looks_swapped"
        );
        assert_eq!(
            place(200.0, 27.89).await.refused("cases.bad_place")["extra"]["reason"],
            "geo.out_of_range"
        );
        let kind = "application/json";
        let nan = r#"{"words":"水管爆了","type":"P01002","place":{"lon":NaN,"lat":27.89}}"#;
        send_raw(&worker, "/api/cases", kind, nan).await.refused("bad_json");
        let endless = r#"{"words":"水管爆了","type":"P01002","place":{"lon":1e999,"lat":27.89}}"#;
        send_raw(&worker, "/api/cases", kind, endless).await.refused("bad_json");
        let near = town.town.caller().get("/api/cases/nearby?lon=NaN&lat=27.89&type=P01002").await;
        assert!([400, 422].contains(&near.status), "{}", near.text);
        nothing_was_filed(&town).await;
        // The same place named in the map makers' system is converted, not guessed.
        let gcj = json!({ "lon": 113.1154, "lat": 27.8865, "crs": "gcj02" });
        let id = worker.post("/api/cases", with("place", gcj)).await.ok()["id"]
            .as_str()
            .and_then(|i| i.parse().ok())
            .expect("an id");
        let case = town.sees("desk", &id).await;
        assert!((case["lon"].as_f64().unwrap() - 113.11).abs() < 0.001, "{}", case["lon"]);
        assert!((case["lat"].as_f64().unwrap() - 27.89).abs() < 0.001, "{}", case["lat"]);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn broken_bodies_are_refused_whole() {
    each_case_town(async |town: CaseTown| {
        let worker = town.staff("worker1");
        let kind = "application/json";
        send_raw(&worker, "/api/cases", kind, "{\"words\": ").await.refused("bad_json");
        send_raw(&worker, "/api/cases", kind, "").await.refused("bad_json");
        send_raw(&worker, "/api/cases", kind, &b"{\"words\": \"\xff\xfe\"}"[..]).await.refused("not_utf8");
        let deep = send_raw(&worker, "/api/cases", kind, "[".repeat(50_000)).await;
        assert!([400, 422].contains(&deep.status), "{}", deep.text);
        let huge = format!("{{\"words\": \"{}\"}}", "水".repeat(1_000_000));
        let answer = send_raw(&worker, "/api/cases", kind, huge).await;
        answer.refused("too_large");
        assert_eq!(answer.status, 413);
        nothing_was_filed(&town).await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn emoji_and_rare_hanzi_are_kept_and_control_characters_are_not() {
    each_case_town(async |town: CaseTown| {
        let words = "𠮷祥里水管爆了💦\u{7}\u{1b}[31m，㙍井旁\r\n第二行\t完";
        let id = town.reports(report(words)).await.id;
        let case = town.sees("desk", &id).await;
        assert_eq!(case["text"], "𠮷祥里水管爆了💦[31m，㙍井旁\n第二行\t完");
        let html = "<script>alert(1)</script> & \"引号\"";
        let reporter = town.reports(report(html)).await;
        assert_eq!(reporter.sees().await["text"], html, "kept as written; pages escape it");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_photo_is_refused_by_what_it_is() {
    each_case_town(async |town: CaseTown| {
        let anyone = town.town.caller();
        let zip = b"PK\x03\x04\x14\x00\x00\x00\x08\x00rest of an archive".to_vec();
        let svg = b"<svg xmlns=\"http://www.w3.org/2000/svg\"><script>alert(1)</script></svg>".to_vec();
        let cases: [(&str, Vec<u8>, &str); 5] = [
            ("photo.jpg", zip, "cases.photo_kind"),
            ("photo.svg", svg, "cases.photo_kind"),
            ("photo.jpg", Vec::from(&png()[..60]), "cases.photo_broken"),
            ("photo.jpg", vec![0; 11 * 1024 * 1024], "cases.photo_too_large"),
            ("../../../etc/passwd", b"root:x:0:0".to_vec(), "cases.photo_kind"),
        ];
        for (name, bytes, code) in cases {
            let problem = send_photo(&anyone, name, bytes).await.refused(code);
            assert_eq!(problem["field"], "photos", "{name}: {problem}");
        }
        let kept = town.town.folder.path().join("photos");
        let left = walk(&kept);
        assert_eq!(left, Vec::<std::path::PathBuf>::new(), "nothing is left of refused photos");
        let ten = (0..10).fold(reqwest::multipart::Form::new(), |form, n| {
            form.part("photos", reqwest::multipart::Part::bytes(png()).file_name(format!("{n}.png")))
        });
        let request = anyone.client.post(format!("{}/api/cases/photos", anyone.url)).multipart(ten);
        anyone.send(request).await.refused("cases.photo_too_many");
    })
    .await;
}

fn walk(folder: &std::path::Path) -> Vec<std::path::PathBuf> {
    let Ok(entries) = std::fs::read_dir(folder) else { return Vec::new() };
    let paths = entries.filter_map(|e| e.ok().map(|e| e.path()));
    paths.flat_map(|p| if p.is_dir() { walk(&p) } else { vec![p] }).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn actions_are_refused_with_the_reason_and_change_nothing() {
    each_case_town(async |town: CaseTown| {
        let id = town.reports_burst_pipe().await.id;
        let act = async |who: &str, action: &str, body: Value, code: &str| {
            town.act(who, &id, action, body).await.refused(code)
        };
        let stale = act("water", "take", json!({ "version": 9 }), "cases.stale").await;
        assert_eq!((&stale["extra"]["present"], &stale["extra"]["case"]["state"]), (&json!(1), &json!("assigned")));
        act("water", "dance", json!({}), "cases.unknown_action").await;
        act("water", "finish", json!({ "note": "x" }), "cases.not_now").await;
        act("desk", "take", json!({}), "cases.not_yours").await;
        act("water", "route", json!({}), "cases.not_now").await;
        act("desk", "redispatch", json!({ "note": "请办" }), "cases.missing").await;
        act("desk", "redispatch", json!({ "note": "请办", "to": "unit:moon_base" }), "cases.unknown_post").await;
        act("desk", "redispatch", json!({ "note": "请办", "to": "everybody" }), "cases.unknown_post").await;
        let nowhere = json!({ "note": "请办", "post": uuid::Uuid::from_u128(7) });
        act("desk", "redispatch", nowhere, "cases.unknown_post").await;
        act("desk", "redispatch", json!({ "note": "水".repeat(2001), "to": "unit:property" }), "cases.too_long").await;
        act("desk", "redispatch", json!({ "colour": "red" }), "bad_field").await;
        act("water", "take", json!({ "photos": "forged" }), "cases.photos_gone").await;
        act("desk", "merge", json!({ "target": "260302-1111-2222" }), "not_found").await;
        act("desk", "merge", json!({ "target": uuid::Uuid::from_u128(7) }), "not_found").await;
        let case = town.sees("desk", &id).await;
        assert_eq!((&case["version"], actions_of(&case).len()), (&json!(1), 2));
        town.act("water", &id, "take", json!({})).await.ok();
        let closed = json!({ "reason": "works", "note": "x", "length": { "amount": 0, "unit": "working_day" } });
        act("water", "extend", closed, "cases.missing").await;
        let endless = json!({ "reason": "works", "note": "x", "length": { "amount": 4294967295u32, "unit": "working_day" } });
        act("water", "extend", endless, "cases.too_long").await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn strangers_expired_sessions_and_other_sites_stay_out() {
    each_case_town(async |town: CaseTown| {
        let reporter = town.reports_burst_pipe().await;
        let path = format!("/api/cases/{}/actions", reporter.id);
        let take = json!({ "action": "take" });
        town.town.caller().post(&path, take.clone()).await.refused("not_found");
        let forged = town.town.caller().with_token("forged-token");
        assert_eq!(forged.post(&path, take.clone()).await.status, 401);
        let water = town.staff("water");
        town.passes_days(2).await;
        water.post(&path, take.clone()).await.refused("identity.session_expired");

        let token = town.staff("water").token.clone().expect("a session");
        let by_cookie = |origin: &'static str| {
            let request = water.client.post(format!("{}{path}", water.url)).json(&take);
            request.header("cookie", format!("session={token}")).header("origin", origin)
        };
        let from_elsewhere = town.town.caller().send(by_cookie("https://evil.example")).await;
        from_elsewhere.refused("csrf");
        assert_eq!(town.sees("desk", &reporter.id).await["state"], "assigned");

        let form = format!("number={}&code={}", reporter.number, reporter.code);
        let kind = "application/x-www-form-urlencoded";
        send_raw(&town.town.caller(), "/follow", kind, form).await.refused("csrf");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn tricks_with_paths_and_ids_find_nothing() {
    each_case_town(async |town: CaseTown| {
        let reporter = town.reports_burst_pipe().await;
        let water = town.staff("water");
        let number = &reporter.number;
        for path in [
            format!("/photo/{number}/..%2f..%2f..%2fmulin.sqlite"),
            format!("/photo/{number}/%2e%2e%2f%2e%2e%2fmulin.sqlite"),
            format!("/photo/{number}/..%5c..%5cmulin.sqlite"),
            format!("/photo/{number}/%00.jpg"),
            format!("/photo/{number}/{}.jpg", "a".repeat(64)),
            format!("/photo/../../{number}/x.jpg"),
            "/api/cases/%ff%fe".to_owned(),
            "/api/cases/00000000-0000-0000-0000-000000000000".to_owned(),
            format!("/api/cases/{}", "9".repeat(5000)),
        ] {
            let answer = water.get(&path).await;
            assert!(
                [303, 400, 404, 414].contains(&answer.status),
                "{path}: {} {}",
                answer.status,
                answer.text
            );
            assert!(!answer.text.contains("SQLite"), "{path}");
        }
        for query in
            ["limit=abc", "after=%ff", "colour=red", "queue=everything", "queue=area&area='%20or%201=1"]
        {
            let answer = water.get(&format!("/api/cases?{query}")).await;
            assert!([400, 403, 422].contains(&answer.status), "{query}: {} {}", answer.status, answer.text);
        }
        water.get("/api/cases?after=nonsense").await.refused("cases.bad_cursor");
        assert_eq!(
            water.get("/api/cases?limit=4294967295").await.ok()["items"].as_array().map(Vec::len),
            Some(1)
        );
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn another_district_sees_nothing_of_this_one() {
    each_case_town(async |town: CaseTown| {
        let reporter = town.reports_burst_pipe().await;
        let elsewhere = platform::DistrictId(430_202);
        testkit::found_district(town.town.db(), elsewhere, "430202", "荷塘区").await.expect("founded");
        let system = platform::Actor::system(elsewhere, "test");
        let enter = async |tx: &mut store::Tx| {
            let staff = identity::create_staff(tx, &identity::NewStaff::new("stranger", "外区人")).await?;
            let role = identity::NewAssignment {
                account: staff,
                role: "dispatcher".to_owned(),
                scope: platform::Scope::District,
                from: None,
                to: None,
            };
            identity::assign_role(tx, &role).await?;
            Ok::<_, identity::IdentityError>(identity::open_session(tx, staff).await?.reveal().to_owned())
        };
        let token = town.town.db().write(&system, enter).await.expect("a session elsewhere");
        let stranger = town.town.caller().with_token(&token);
        let answer = stranger.get(&format!("/api/cases/{}", reporter.id)).await;
        assert!([401, 404].contains(&answer.status), "{}", answer.text);
        let answer =
            act(&stranger, &reporter.id, "supervise", json!({ "reason": "other", "note": "x" })).await;
        assert!([401, 404].contains(&answer.status), "{}", answer.text);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn no_text_in_any_field_is_a_fault_of_an_engine() {
    each_case_town(async |town: CaseTown| {
        let id = town.reports_burst_pipe().await.id;
        let (worker, dispatcher) = (town.staff("worker1"), town.staff("dispatcher"));
        let nul = "a\u{0}b";
        let told = |answer: Answer| assert!(answer.status < 500, "{}: {}", answer.status, answer.text);
        told(worker.post("/api/cases", with("external_id", json!(nul))).await);
        worker
            .post("/api/cases", with("external_id", json!("长".repeat(201))))
            .await
            .refused("cases.too_long");
        told(
            worker.post("/api/cases", with("reporter", json!({ "name": nul, "phone": "13873312345" }))).await,
        );
        told(worker.post("/api/cases", with("place", json!({ "address": nul }))).await);
        told(worker.post("/api/cases", with("place", json!({ "grid": nul }))).await);
        let mut asked = with("answers", json!({ "how_far": "home", "since": nul }));
        asked["type"] = json!("P01001");
        worker.post("/api/cases", asked).await.refused("cases.bad_answer");
        let followers = format!("/api/cases/{id}/followers");
        told(town.town.caller().post(&followers, json!({ "name": nul, "words": nul })).await);
        let long = json!({ "name": "长".repeat(51) });
        town.town.caller().post(&followers, long).await.refused("cases.too_long");
        for path in
            ["queue=area&area=430204%00", "queue=all&area=430204%ff", "queue=overdue&area=%F0%9F%92%A6"]
        {
            told(dispatcher.get(&format!("/api/cases?{path}")).await);
        }
        told(dispatcher.get("/api/cases/counts?area=430204%00").await);
        told(dispatcher.get("/api/cases/search?q=%00%01").await);
        told(dispatcher.get("/api/cases/suggest?words=%00%01").await);
        told(act(&town.staff("water"), &id, "take", json!({ "note": nul, "reason": nul })).await);
        told(town.staff("water").post(&format!("/api/cases/{id}/reporter"), json!({ "purpose": nul })).await);
        told(dispatcher.post("/api/cases/dry-run", json!({ "rules": nul })).await);
        let keyed = worker.client.post(format!("{}/api/cases", worker.url)).json(&report(BURST));
        told(worker.send(keyed.header("idempotency-key", "é".as_bytes())).await);
    })
    .await;
}
