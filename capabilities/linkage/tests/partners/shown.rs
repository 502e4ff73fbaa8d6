//! Photos of a case reach partners by links: a partner's own server fetches one, and nothing else opens or says anything.

use crate::mail::{by_mail, mail_server_at};
use crate::other_open311::OtherOpen311;
use crate::town::{BURST, BURST_PIPE, CaseTown, Follower, png, point, send_photo};
use crate::{by_open311, each_linked_town, partner_path, set_water, settle, unit, water};
use axum::Router;
use axum::body::Bytes;
use axum::http::StatusCode;
use axum::routing::post;
use cases::CaseId;
use courier::signature::Secret;
use parking_lot::Mutex;
use serde_json::{Value, json};
use std::sync::Arc;
use store::{Conn, Tx};
use testkit::Answer;

/// A partner's own server: it keeps the messages that came.
#[derive(Clone)]
struct Ours {
    url: String,
    came: Arc<Mutex<Vec<Value>>>,
}

impl Ours {
    async fn open() -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let url = format!("http://{}/hook", listener.local_addr().expect("bound"));
        let came = Arc::<Mutex<Vec<Value>>>::default();
        let kept = came.clone();
        let take = async move |body: Bytes| {
            kept.lock().push(serde_json::from_slice(&body).expect("JSON"));
            StatusCode::NO_CONTENT
        };
        let routes = Router::new().route("/hook", post(take));
        tokio::spawn(async move { axum::serve(listener, routes).await });
        Self { url, came }
    }

    fn last(&self) -> Value {
        self.came.lock().last().expect("a message").clone()
    }

    /// The last photo that was named.
    fn last_url(&self) -> String {
        let all: Vec<String> =
            self.came.lock().iter().filter(|one| one["data"]["photos"].is_array()).flat_map(urls).collect();
        all.last().expect("a photo").clone()
    }

    fn count(&self) -> usize {
        self.came.lock().len()
    }

    fn hook(&self, version: Option<i64>) -> Value {
        json!({ "rung": "webhook", "address": self.url, "key": Secret::make().text(), "states": "mulin", "version": version })
    }
}

fn urls(message: &Value) -> Vec<String> {
    let photos = message["data"]["photos"].as_array().unwrap_or_else(|| panic!("no photos: {message}"));
    photos.iter().map(|photo| photo["url"].as_str().expect("an address").to_owned()).collect()
}

/// The only photo of a message.
fn url(message: &Value) -> String {
    let [url] = urls(message).try_into().unwrap_or_else(|_| panic!("not one photo: {message}"));
    url
}

/// A photo as a phone makes it: with a segment that says who took it.
fn with_exif() -> Vec<u8> {
    let picture = image::load_from_memory(&png()).expect("a picture").to_rgb8();
    let mut jpeg = std::io::Cursor::new(Vec::new());
    picture.write_to(&mut jpeg, image::ImageFormat::Jpeg).expect("a picture");
    let jpeg = jpeg.into_inner();
    let body = b"Exif\0\0Somebody's phone";
    let length = u16::try_from(body.len() + 2).expect("short").to_be_bytes();
    [&jpeg[..2], &[0xFF, 0xE1], &length, body, &jpeg[2..]].concat()
}

async fn reports_with_photo(town: &CaseTown) -> Follower {
    let photos = send_photo(&town.town.caller(), "now.jpg", with_exif()).await.ok()["photos"].clone();
    town.reports(json!({ "words": BURST, "type": BURST_PIPE, "place": point(0), "photos": photos })).await
}

/// The water company takes signed messages, and a burst pipe is reported with a photo.
async fn told(town: &CaseTown) -> (Ours, Follower) {
    mail_server_at(town, &town.town.caller().url).await;
    let ours = Ours::open().await;
    set_water(town, ours.hook(None)).await;
    let reporter = reports_with_photo(town).await;
    settle(town).await;
    (ours, reporter)
}

async fn fetch(town: &CaseTown, url: &str) -> Answer {
    let caller = town.town.caller();
    caller.send(caller.client.get(url)).await
}

async fn looks(town: &CaseTown) -> Vec<Value> {
    let facts = town.facts().await.into_iter().filter(|fact| fact.name == "linkage.photo_looked_at");
    facts.map(|fact| json!({ "case": fact.subject_id, "actor": fact.actor_name, "partner": fact.data.0["partner"] })).collect()
}

/// Photos that a phone sends after its report.
async fn photo_comes_late(town: &CaseTown, id: CaseId) {
    let data = town.town.edge.settings().data.clone();
    let photo = cases::photos::keep(&data, testkit::DISTRICT, &png()).expect("a photo");
    let add =
        async move |tx: &mut Tx| cases::commands::add_photos(tx, id, std::slice::from_ref(&photo)).await;
    town.town.db().write(&town.town.system(), add).await.expect("added");
    settle(town).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn their_server_fetches_the_photo_and_the_first_look_is_on_record() {
    each_linked_town(async |town: CaseTown| {
        let (ours, reporter) = told(&town).await;
        let assigned = ours.last();
        let photo = &assigned["data"]["photos"][0];
        let url = url(&assigned);
        assert!(url.starts_with(&format!("{}/shown/", town.town.caller().url)), "{url}");
        let (shown, until): (platform::Time, platform::Time) = (
            photo["shown_at"].as_str().unwrap().parse().unwrap(),
            photo["until"].as_str().unwrap().parse().unwrap(),
        );
        assert_eq!(until.since(shown), std::time::Duration::from_secs(30 * 24 * 3600));

        assert!(looks(&town).await.is_empty());
        let raw = testkit::http().build().expect("a client").get(&url).send().await.expect("an answer");
        assert_eq!(raw.status(), 200);
        let header =
            |name: &str| raw.headers().get(name).map(|value| value.to_str().expect("text").to_owned());
        for (name, value) in [
            ("content-type", "image/jpeg"),
            ("cache-control", "private, no-store"),
            ("referrer-policy", "no-referrer"),
            ("x-content-type-options", "nosniff"),
        ] {
            assert_eq!(header(name).as_deref(), Some(value));
        }
        assert_eq!(header("set-cookie"), None);
        let whole = raw.bytes().await.expect("a photo");
        assert!(image::load_from_memory_with_format(&whole, image::ImageFormat::Jpeg).is_ok());
        let has = |words: &[u8]| whole.windows(words.len()).any(|window| window == words);
        assert!(!has(b"Exif") && !has(b"phone"), "who took it is not told");

        for range in ["bytes=5-2", "bytes=0-9", "pages=1", "bytes=999999999-"] {
            let asked = testkit::http().build().expect("a client").get(&url).header("range", range);
            let answer = asked.send().await.expect("an answer");
            assert_eq!(
                (answer.status().as_u16(), answer.bytes().await.expect("a photo").len()),
                (200, whole.len()),
                "{range}"
            );
        }
        assert_eq!(fetch(&town, &format!("{url}?size=small")).await.status, 200);
        assert_ne!(fetch(&town, &format!("{url}?size=huge")).await.status, 200);
        let water = unit(&town, "water_supply");
        let seen = json!({ "case": reporter.id, "actor": "供水公司", "partner": water });
        assert_eq!(looks(&town).await, [seen], "once, however often it is fetched");

        let id = reporter.id;
        let read =
            async move |conn: &mut Conn| courier::queries::of_subject(conn, testkit::DISTRICT, id.0).await;
        let stored = town.town.db().read::<_, platform::Fault, _>(read).await.expect("deliveries");
        assert!(
            stored.iter().all(|one| !one.body.0.to_string().contains("/shown/")),
            "what is stored opens nothing"
        );
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn photos_go_with_their_step_late_ones_alone_and_their_own_not_at_all() {
    each_linked_town(async |town: CaseTown| {
        let (ours, reporter) = told(&town).await;
        let first = url(&ours.last());
        photo_comes_late(&town, reporter.id).await;
        let late = ours.last();
        assert_eq!((&late["type"], &late["data"]["action"]), (&json!("case.updated"), &json!("photos")));
        assert_ne!(url(&late), first);
        let count = ours.count();
        settle(&town).await;
        assert_eq!(ours.count(), count, "told once");

        let order = json!({ "reason": "bad_effect", "note": "影响上学路。", "photos": town.photo("dispatcher").await });
        town.act("dispatcher", &reporter.id, "supervise", order).await.ok();
        settle(&town).await;
        assert_eq!(urls(&ours.last()).len(), 0, "what offices have among themselves");

        town.water_mends(&reporter.id).await;
        settle(&town).await;
        let finish = ours.last();
        assert_eq!(
            (&finish["data"]["action"], urls(&finish).len()),
            (&json!("finish"), 0),
            "their own people's"
        );
        town.act("desk", &reporter.id, "verify", json!({ "note": "看过了。" })).await.ok();
        let photos = send_photo(&reporter.caller, "still.png", png()).await.ok()["photos"].clone();
        reporter.act("reopen", json!({ "note": "还在漏。", "photos": photos })).await.ok();
        settle(&town).await;
        let reopened = ours.last();
        assert_eq!(reopened["data"]["action"], "reopen");
        assert_eq!(fetch(&town, &url(&reopened)).await.status, 200);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_false_link_is_like_one_that_never_was_and_guessing_is_slow() {
    each_linked_town(async |town: CaseTown| {
        let (ours, _) = told(&town).await;
        let url = url(&ours.last());
        let site = town.town.caller().url;
        let never = fetch(&town, &format!("{site}/shown/{}", "A".repeat(43))).await;
        let last = if url.ends_with('A') { "B" } else { "A" };
        let cut = &url[..url.len() - 1];
        // The same mark for another kind of link, another photo, another case, part of it, more of it.
        let (_, token) = url.rsplit_once('/').expect("a token");
        let swapped = format!("{site}/shown/B{}", &token[1..]);
        for forged in [
            format!("{cut}{last}"),
            cut.to_owned(),
            format!("{url}A"),
            swapped,
            format!("{site}/shown/..%2f..%2fmulin.sqlite"),
        ] {
            let answer = fetch(&town, &forged).await;
            assert_eq!((answer.status, &answer.text), (404, &never.text), "{forged}");
        }
        assert_eq!(fetch(&town, &format!("{site}/answer/{token}")).await.status, 404, "it opens no page");
        assert_eq!(fetch(&town, &format!("{site}/shown/")).await.status, 404);
        let mut statuses = Vec::new();
        for _ in 0..20 {
            statuses.push(fetch(&town, &format!("{cut}{last}")).await.status);
        }
        assert!(statuses.contains(&429), "{statuses:?}");
        assert_eq!(fetch(&town, &url).await.status, 200, "whoever has one is not held up");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn links_end_with_their_time_and_the_next_message_brings_new_ones() {
    each_linked_town(async |town: CaseTown| {
        let (ours, reporter) = told(&town).await;
        let first = url(&ours.last());
        town.passes_days(31).await;
        settle(&town).await;
        assert_eq!(fetch(&town, &first).await.status, 404, "thirty days are over");
        reporter.act("supplement", json!({ "note": "水已经流到路上。" })).await.ok();
        settle(&town).await;
        let again = ours.last_url();
        assert_ne!(again, first);
        assert_eq!(fetch(&town, &again).await.status, 200);
        reporter.act("withdraw", json!({})).await.ok();
        settle(&town).await;
        assert_eq!(fetch(&town, &again).await.status, 404, "its reporter took it back");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn links_are_one_partners_and_end_when_the_case_is_taken_back() {
    each_linked_town(async |town: CaseTown| {
        let (ours, reporter) = told(&town).await;
        let waters = url(&ours.last());
        let others = Ours::open().await;
        let city = partner_path(&town, "city_management", "");
        town.staff("dispatcher").put(&city, others.hook(None)).await.ok();
        town.act(
            "water",
            &reporter.id,
            "return",
            json!({ "note": "不在供水范围。", "reason": "not_in_list" }),
        )
        .await
        .ok();
        town.act("desk", &reporter.id, "dispatch", json!({ "to": "unit:city_management" })).await.ok();
        settle(&town).await;
        assert_eq!(ours.last()["type"], "case.withdrawn");
        assert_eq!(fetch(&town, &waters).await.status, 404);
        let citys = url(&others.last());
        assert_ne!(citys, waters);
        assert_eq!(fetch(&town, &citys).await.status, 200);
        assert!(!others.last().to_string().contains("138"), "never who reported");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn links_end_with_a_secret_an_address_and_a_way_and_open_cases_get_new_ones() {
    each_linked_town(async |town: CaseTown| {
        let (ours, _) = told(&town).await;
        let first = url(&ours.last());
        let path = partner_path(&town, "water_supply", "/secret");
        town.staff("dispatcher").post(&path, json!({})).await.ok();
        settle(&town).await;
        let second = url(&ours.last());
        assert_eq!((fetch(&town, &first).await.status, fetch(&town, &second).await.status), (404, 200));

        let version = water(&town).await["version"].as_i64();
        set_water(&town, ours.hook(version)).await;
        settle(&town).await;
        let third = url(&ours.last());
        assert_eq!(
            (fetch(&town, &second).await.status, fetch(&town, &third).await.status),
            (404, 200),
            "another key"
        );

        let moved = Ours::open().await;
        let mut there = moved.hook(water(&town).await["version"].as_i64());
        there.as_object_mut().expect("an object").remove("key");
        set_water(&town, there.clone()).await;
        settle(&town).await;
        let fourth = url(&moved.last());
        assert_eq!(
            (fetch(&town, &third).await.status, fetch(&town, &fourth).await.status),
            (404, 200),
            "another address"
        );

        there["version"] = water(&town).await["version"].clone();
        let count = moved.count();
        set_water(&town, there).await;
        settle(&town).await;
        assert_eq!(
            (fetch(&town, &fourth).await.status, moved.count()),
            (200, count),
            "nothing was exchanged"
        );

        let console =
            json!({ "rung": "console", "states": "mulin", "version": water(&town).await["version"] });
        set_water(&town, console).await;
        assert_eq!(fetch(&town, &fourth).await.status, 404, "they look at the console");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn open311_is_told_the_first_photo_with_the_request_and_each_other_as_an_update() {
    each_linked_town(async |town: CaseTown| {
        mail_server_at(&town, &town.town.caller().url).await;
        let theirs = OtherOpen311::open().await;
        set_water(&town, by_open311(&theirs.url, "updates")).await;
        let reporter = reports_with_photo(&town).await;
        settle(&town).await;
        let media = |fields: &std::collections::HashMap<String, String>| fields.get("media_url").cloned();
        let request = theirs.requests()[0].clone();
        assert_eq!(fetch(&town, &media(&request.fields).expect("a photo")).await.status, 200);
        photo_comes_late(&town, reporter.id).await;
        photo_comes_late(&town, reporter.id).await;
        let updates = theirs.requests()[0].updates.clone();
        let named: Vec<String> = updates.iter().filter_map(media).collect();
        assert_eq!((updates.len(), named.len()), (2, 2), "{updates:?}");
        assert!(updates.iter().all(|update| !update["description"].is_empty()));
        for url in named {
            assert_eq!(fetch(&town, &url).await.status, 200);
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_without_updates_or_an_unknown_house_gets_no_more_than_it_can_use() {
    each_linked_town(async |town: CaseTown| {
        let theirs = OtherOpen311::open().await;
        set_water(&town, by_open311(&theirs.url, "georeport")).await;
        let unknown = reports_with_photo(&town).await;
        settle(&town).await;
        assert!(
            !theirs.requests()[0].fields.contains_key("media_url"),
            "nobody has said where this house is"
        );
        mail_server_at(&town, &town.town.caller().url).await;
        reports_with_photo(&town).await;
        photo_comes_late(&town, unknown.id).await;
        let requests = theirs.requests();
        assert!(requests[1].fields.contains_key("media_url") && requests.len() == 2, "{requests:?}");
        assert_eq!(water(&town).await["lane"]["waiting"], 0);
        let shown = town.facts().await.into_iter().filter(|fact| fact.name == "linkage.photos_shown").count();
        assert_eq!(shown, 1, "no link is made that is not told");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_office_sees_the_photos_on_its_page_and_late_ones_are_no_mail() {
    each_linked_town(async |town: CaseTown| {
        let sink = mail_server_at(&town, &town.town.caller().url).await;
        set_water(&town, by_mail("office@water.example.cn")).await;
        let reporter = reports_with_photo(&town).await;
        settle(&town).await;
        photo_comes_late(&town, reporter.id).await;
        let [mail] = sink.mails().try_into().expect("one mail");
        let words = mail.words();
        assert!(words.contains("1 张，在答复页面上看") && !words.contains("/shown/"), "{words}");
        let link = words.lines().find(|line| line.contains("/answer/")).expect("a link").trim().to_owned();
        let page = fetch(&town, &link).await.text;
        let small: Vec<String> = page
            .split("<img src=\"")
            .skip(1)
            .filter_map(|rest| Some(rest.split_once('"')?.0.to_owned()))
            .collect();
        let shown: Vec<&String> = small.iter().filter(|src| src.starts_with("/shown/")).collect();
        assert_eq!(shown.len(), 2, "{page}");
        for src in shown {
            let (whole, size) = src.split_once('?').expect("small");
            assert_eq!(size, "size=small");
            for path in [src.as_str(), whole] {
                assert_eq!(town.town.caller().get(path).await.status, 200);
            }
        }
        assert_eq!(looks(&town).await.len(), 2);
    })
    .await;
}
