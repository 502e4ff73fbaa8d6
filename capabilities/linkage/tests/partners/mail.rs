//! A partner that is written to: a mail for each case in its thread, and an office that answers by its link without an account.

use crate::other_open311::OtherOpen311;
use crate::town::{BURST, CaseTown, Follower, actions_of, png};
use crate::{by_open311, each_linked_town, notes_of, partner_path, set_water, settle, told, water};
use courier::signature::Secret;
use identity::{IdentityError, NewAssignment, NewStaff};
use platform::Scope;
use serde_json::{Value, json};
use std::time::Duration;
use store::Tx;
use testkit::{Answer, Mail, MailSink};

const SITE: &str = "https://mulin.example.cn";
pub const OFFICE: &str = "office@water.example.cn";

pub fn by_mail(address: &str) -> Value {
    json!({ "rung": "mail", "address": address, "states": "mail" })
}

pub async fn mail_server(town: &CaseTown) -> MailSink {
    mail_server_at(town, SITE).await
}

/// The district gets a mail server, and says where it is reached.
pub async fn mail_server_at(town: &CaseTown, site: &str) -> MailSink {
    let sink = MailSink::open().await;
    let open = async |tx: &mut Tx| {
        let account = identity::create_staff(tx, &NewStaff::new("admin", "管理员")).await?;
        let role = "system_admin".to_owned();
        let new = NewAssignment { account, role, scope: Scope::District, from: None, to: None };
        identity::assign_role(tx, &new).await?;
        Ok::<_, IdentityError>(identity::open_session(tx, account).await?.reveal().to_owned())
    };
    let token = town.town.db().write(&town.town.system(), open).await.expect("an administrator");
    let body =
        json!({ "address": sink.address, "settings": { "from": "睦邻 <notice@example.cn>", "site": site } });
    town.town.caller().with_token(&token).put("/api/messages/gateways/mail", body).await.ok();
    sink
}

/// The water company is written to, and a burst pipe is reported.
async fn written_to(town: &CaseTown) -> (MailSink, Follower) {
    let sink = mail_server(town).await;
    set_water(town, by_mail(OFFICE)).await;
    let reporter = town.reports_burst_pipe().await;
    settle(town).await;
    (sink, reporter)
}

/// The path of the link in a mail.
fn link_in(mail: &Mail) -> String {
    let words = mail.words();
    let rest = words.split(SITE).nth(1).unwrap_or_else(|| panic!("no link: {words}"));
    rest.split_whitespace().next().expect("a path").to_owned()
}

/// An office sends a form of its page, with the version that it saw there.
async fn answers(town: &CaseTown, link: &str, answer: &str, words: &str, photo: Option<Vec<u8>>) -> Answer {
    let office = town.town.caller();
    let page = office.get(link).await;
    let mut form = reqwest::multipart::Form::new()
        .text("_csrf", page.hidden("_csrf").to_owned())
        .text("version", page.hidden("version").to_owned())
        .text("do", answer.to_owned())
        .text("words", words.to_owned());
    if let Some(photo) = photo {
        form = form.part("photos", reqwest::multipart::Part::bytes(photo).file_name("now.png"));
    }
    let sent = office.send(office.client.post(format!("{}{link}", office.url)).multipart(form)).await;
    match sent.headers.get("location").and_then(|to| to.to_str().ok()) {
        Some(back) => office.get(back).await,
        None => sent,
    }
}

async fn state(town: &CaseTown, reporter: &Follower) -> Value {
    town.sees("dispatcher", &reporter.id).await["state"].clone()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_case_goes_by_mail_is_answered_by_its_link_and_the_reporter_confirms() {
    each_linked_town(async |town: CaseTown| {
        let (sink, reporter) = written_to(&town).await;
        let [mail] = sink.mails().try_into().expect("one mail");
        assert_eq!(mail.header("To").as_deref(), Some(OFFICE));
        assert_eq!(mail.header("Auto-Submitted").as_deref(), Some("auto-generated"));
        let words = mail.words();
        for told in
            [BURST, &reporter.number, "田心第1网格", "3月2日", "uri.amap.com/marker?position=113.11,27.89"]
        {
            assert!(words.contains(told), "{told}: {words}");
        }
        assert!(mail.header_words("Subject").expect("a subject").contains("水管爆了"), "{mail:?}");
        assert!(mail.html().expect("a page").contains(&link_in(&mail)), "{mail:?}");

        let link = link_in(&mail);
        let page = town.town.caller().get(&link).await;
        let headers =
            ["cache-control", "referrer-policy", "x-robots-tag"].map(|name| page.headers[name].clone());
        assert_eq!(headers, ["no-store", "no-referrer", "noindex, nofollow"]);
        assert!(page.text.contains(BURST) && !page.text.contains("<script>"), "{}", page.text);
        assert_eq!(state(&town, &reporter).await, "assigned", "programs look at links before people do");

        assert_eq!(answers(&town, &link, "taken", "", None).await.status, 200);
        assert_eq!(state(&town, &reporter).await, "handling");
        answers(&town, &link, "progress", "正在换管。", None).await;
        let done = answers(&town, &link, "done", "已换管，恢复供水。", Some(png())).await;
        assert!(done.text.contains("接下来有人核实"), "{}", done.text);
        let case = town.sees("dispatcher", &reporter.id).await;
        assert_eq!(actions_of(&case), ["report", "route", "take", "report_progress", "finish"]);
        assert_eq!(notes_of(&case), ["正在换管。", "已换管，恢复供水。"]);
        let finish = &case["timeline"][4];
        assert_eq!(
            finish["photos"].as_array().map(Vec::len),
            Some(1),
            "the photo goes with the words: {finish}"
        );
        assert!(finish["actor"].to_string().contains("供水公司"), "{finish}");

        settle(&town).await;
        assert_eq!(sink.mails().len(), 1, "what they said themselves is not told them");
        town.act("desk", &reporter.id, "verify", json!({ "note": "已干。" })).await.ok();
        reporter.act("confirm", json!({})).await.ok();
        settle(&town).await;
        let mails = sink.mails();
        assert_eq!(mails.len(), 3, "they hear what others did");
        let first = mails[0].header("Message-ID").expect("a name");
        for later in &mails[1..] {
            assert!(later.header("References").expect("a thread").starts_with(&first), "{later:?}");
            assert!(later.header_words("Subject").expect("a subject").starts_with("Re: "), "{later:?}");
        }
        assert!(!mails[2].words().contains("/answer/"), "nothing is left to answer");
        let over = town.town.caller().get(&link).await;
        assert!(over.status == 410 && over.text.contains("已经办结"), "{}", over.text);
        assert_eq!(water(&town).await["lane"]["waiting"], 0);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_link_that_is_false_old_or_used_up_changes_nothing_and_says_what_to_do() {
    each_linked_town(async |town: CaseTown| {
        let (sink, reporter) = written_to(&town).await;
        let link = link_in(&sink.mails()[0]);
        let office = town.town.caller();
        let last = if link.ends_with('A') { "B" } else { "A" };
        for forged in
            [format!("{}{last}", &link[..link.len() - 1]), "/answer/AAAA".to_owned(), format!("{link}A")]
        {
            let page = office.get(&forged).await;
            assert!(page.status == 404 && page.text.contains("没有复制完整"), "{forged}: {}", page.text);
        }
        // The link of a message is signed for messages, and opens nothing here.
        let page = office.get(&link.replace("/answer/", "/m/")).await;
        assert_eq!(page.status, 404);

        let seen = office.get(&link).await;
        let stale = seen.hidden("version").to_owned();
        answers(&town, &link, "taken", "", None).await;
        let csrf = seen.hidden("_csrf").to_owned();
        let fields = [("_csrf", &*csrf), ("version", &*stale), ("do", "done"), ("words", "办好了。")];
        let body = serde_urlencoded::to_string(fields).expect("a form");
        let request = office.client.post(format!("{}{link}", office.url)).body(body);
        let late = office.send(request.header("content-type", "application/x-www-form-urlencoded")).await;
        assert!(late.status == 409 && late.text.contains("办好了。"), "what was typed stays: {}", late.text);
        assert_eq!(state(&town, &reporter).await, "handling");

        let no_words = answers(&town, &link, "not_ours", "", None).await;
        assert!(no_words.status == 422 && no_words.text.contains("为什么退回"), "{}", no_words.text);
        let no_photo = answers(&town, &link, "done", "", Some(b"%PDF-1.7".to_vec())).await;
        assert!(no_photo.status == 422 && no_photo.text.contains("done_photos-problem"), "{}", no_photo.text);
        answers(&town, &link, "not_ours", "不在供水范围。", None).await;
        settle(&town).await;
        let back = office.get(&link).await;
        assert!(back.status == 200 && back.text.contains("data-nothing"), "it is looked at: {}", back.text);
        town.act("desk", &reporter.id, "dispatch", json!({ "to": "unit:city_management" })).await.ok();
        settle(&town).await;
        let over = office.get(&link).await;
        assert!(over.status == 410 && over.text.contains("不在贵单位"), "{}", over.text);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_link_holds_for_thirty_days_and_for_its_mailbox() {
    each_linked_town(async |town: CaseTown| {
        let (sink, _) = written_to(&town).await;
        let link = link_in(&sink.mails()[0]);
        let mut moved = by_mail("other@water.example.cn");
        moved["version"] = json!(1);
        set_water(&town, moved).await;
        settle(&town).await;
        let mails = sink.mails();
        assert_eq!(mails.len(), 2, "the new mailbox is told anew");
        assert_eq!(mails[1].header("References"), None);
        assert_eq!(
            town.town.caller().get(&link).await.status,
            410,
            "whoever has the former one opens nothing"
        );
        let newer = link_in(&mails[1]);
        assert_eq!(town.town.caller().get(&newer).await.status, 200);
        town.passes_days(31).await;
        let over = town.town.caller().get(&newer).await;
        assert!(over.status == 410 && over.text.contains("已经过期"), "{}", over.text);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn mail_that_is_held_up_loses_nothing_and_is_the_same_when_it_is_sent_again() {
    each_linked_town(async |town: CaseTown| {
        let sink = mail_server(&town).await;
        sink.refuse(Some("451 try later"));
        set_water(&town, by_mail(OFFICE)).await;
        let reporter = town.reports_burst_pipe().await;
        settle(&town).await;
        let lane = water(&town).await["lane"].clone();
        assert_eq!((&lane["waiting"], &lane["dead"]), (&json!(1), &json!(0)), "{lane}");
        assert_eq!(lane["last_error"]["code"], "mail_server", "{lane}");
        assert!(told(&lane).contains("（451）：“try later”"), "{lane}");

        sink.refuse(None);
        sink.lose_answers(1);
        for _ in 0..2 {
            town.passes_hours(1).await;
            settle(&town).await;
        }
        let mails = sink.mails();
        let first = mails[0].header("Message-ID");
        let again = mails.iter().filter(|mail| mail.header("Message-ID") == first).count();
        assert_eq!(again, 2, "its answer was lost, so the same was sent again");

        sink.refuse(Some("550 no such mailbox office@water.example.cn"));
        reporter.act("supplement", json!({ "note": "水已经流到路上。" })).await.ok();
        settle(&town).await;
        let path = partner_path(&town, "water_supply", "/dead");
        let dead = town.staff("dispatcher").get(&path).await.ok();
        assert_eq!(dead["items"][0]["number"], reporter.number.as_str(), "a person looks at it: {dead}");
        let why = dead["items"][0]["error"]["words"]["en"].as_str().expect("words");
        assert_eq!(why, "the mail server refuses it (550): “no such mailbox …”", "never to whom");
        sink.refuse(None);
        let again = format!("{path}/{}", dead["items"][0]["id"].as_str().expect("an id"));
        town.staff("dispatcher").post(&again, json!({ "again": true })).await;
        settle(&town).await;
        assert!(sink.mails().iter().any(|mail| mail.words().contains("水已经流到路上。")));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_demo_without_a_mail_server_prints_it_where_it_can_be_answered() {
    each_linked_town(async |town: CaseTown| {
        set_water(&town, by_mail(OFFICE)).await;
        let reporter = town.reports_burst_pipe().await;
        settle(&town).await;
        let inbox = town.town.caller().get("/inbox").await.text;
        assert!(inbox.contains(&reporter.number), "{inbox}");
        let link = inbox.split("data-message-link href=\"").nth(1).and_then(|rest| rest.split('"').next());
        answers(&town, link.expect("a link"), "taken", "", None).await;
        assert_eq!(state(&town, &reporter).await, "handling");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_partner_goes_from_messages_to_mail_to_a_server_and_what_had_not_left_is_told_the_new_way() {
    each_linked_town(async |town: CaseTown| {
        let sink = mail_server(&town).await;
        let hook = json!({ "rung": "webhook", "address": "http://127.0.0.1:9/hook", "key": Secret::make().text(), "states": "mulin" });
        set_water(&town, hook).await;
        let first = town.reports_burst_pipe().await;
        settle(&town).await;
        assert_eq!(water(&town).await["lane"]["waiting"], 1, "nobody takes messages there");

        sink.refuse(Some("451 try later"));
        let mut mail = by_mail(OFFICE);
        mail["version"] = json!(1);
        set_water(&town, mail).await;
        let second = town.reports_burst_pipe().await;
        settle(&town).await;
        assert_eq!(water(&town).await["lane"]["waiting"], 2, "the mail server takes nothing now");
        sink.refuse(None);
        town.town.passes(Duration::from_mins(20)).await;
        settle(&town).await;
        let told = |number: &str| sink.mails().iter().filter(|mail| mail.words().contains(number)).count();
        assert_eq!((told(&first.number), told(&second.number)), (1, 1));
        let link = link_in(&sink.mails()[0]);

        sink.refuse(Some("451 try later"));
        let third = town.reports_burst_pipe().await;
        settle(&town).await;
        let theirs = OtherOpen311::open().await;
        let mut server = by_open311(&theirs.url, "georeport");
        server["version"] = json!(2);
        set_water(&town, server).await;
        settle(&town).await;
        let mut numbers: Vec<String> = theirs.requests().iter().map(|r| r.number()).collect();
        let mut all = vec![first.number, second.number, third.number];
        numbers.sort();
        all.sort();
        assert_eq!(numbers, all, "each case once, and the one that never left by mail too");
        let lane = water(&town).await["lane"].clone();
        assert_eq!((&lane["waiting"], &lane["dead"]), (&json!(0), &json!(0)));
        assert_eq!(town.town.caller().get(&link).await.status, 410, "they answer by their server now");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_case_that_is_taken_back_is_told_in_its_thread_in_the_language_of_the_office() {
    each_linked_town(async |town: CaseTown| {
        let sink = mail_server(&town).await;
        let mut english = by_mail(OFFICE);
        english["settings"] = json!({ "lang": "en" });
        set_water(&town, english).await;
        let reporter = town.reports_burst_pipe().await;
        settle(&town).await;
        let mail = &sink.mails()[0];
        assert!(mail.words().contains("hands you a case to handle"), "{}", mail.words());
        assert!(town.town.caller().get(&link_in(mail)).await.text.contains("Take it"));
        reporter.act("withdraw", json!({ "note": "搞错了。" })).await.ok();
        settle(&town).await;
        let last = sink.mails().pop().expect("a mail");
        assert!(last.header("In-Reply-To").is_some() && !last.words().contains("/answer/"), "{last:?}");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn how_a_partner_is_written_to_is_checked() {
    each_linked_town(async |town: CaseTown| {
        let dispatcher = town.staff("dispatcher");
        let path = partner_path(&town, "water_supply", "");
        for address in ["", "water.example.cn", "Office <office@water.example.cn>", "a@b\r\nBcc: c@d"] {
            dispatcher.put(&path, by_mail(address)).await.refused("linkage.bad_mail");
        }
        let mut unfit = by_mail(OFFICE);
        unfit["states"] = json!("georeport");
        dispatcher.put(&path, unfit).await.refused("linkage.unfit_states");
        let mut lang = by_mail(OFFICE);
        lang["settings"] = json!({ "lang": "fr" });
        assert_eq!(dispatcher.put(&path, lang).await.status, 422);
    })
    .await;
}
