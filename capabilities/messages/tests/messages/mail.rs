//! Mail leaves by a relay: to an address its owner has confirmed, with a way to leave it at one click; what the relay refuses waits.

use crate::town::{MessageTown, each_message_town};
use serde_json::json;
use testkit::MailSink;
use uuid::Uuid;

fn relay(sink: &MailSink) -> serde_json::Value {
    json!({ "address": sink.address, "settings": { "from": "睦邻 <notice@example.cn>", "site": "https://mulin.example.cn" } })
}

fn path_in(words: &str) -> String {
    let rest = words.split("https://mulin.example.cn").nth(1).expect("a link");
    rest.split(|c: char| c.is_whitespace() || c == '。').next().expect("a path").to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn mail_goes_to_an_address_that_was_confirmed() {
    each_message_town(async |town: MessageTown| {
        let sink = MailSink::open().await;
        town.sets("mail", relay(&sink)).await;
        let (anna, page) = town.resident("13907330001").await;
        let wish = [
            ("service", "1"),
            ("channel", "mail"),
            ("mail", "anna@example.org"),
            ("lang", "zh"),
            ("from", "21:00"),
            ("to", "08:00"),
        ];
        let saved = page.sends_form("/my/messages", &wish).await;
        assert_eq!(
            (saved.status, &saved.headers["location"]),
            (303, &"/my/messages?saved=mail".parse().expect("a path"))
        );
        town.delivers().await;
        assert_eq!(sink.mails().len(), 1, "the address is asked first");
        // Not confirmed: a text, as before.
        town.tells(Uuid::new_v4(), 1, &[anna]).await;
        town.delivers().await;
        assert_eq!((sink.mails().len(), town.texts().len()), (1, 1));
        let confirm = path_in(&sink.mails()[0].words());
        let visitor = town.town.caller();
        assert!(
            visitor.get(&confirm).await.text.contains("确认这个邮箱是您的"),
            "looking alone confirms nothing"
        );
        assert!(visitor.sends_form(&confirm, &[("do", "confirm")]).await.text.contains("邮箱已核对"));
        town.tells(Uuid::new_v4(), 1, &[anna]).await;
        town.delivers().await;
        let mails = sink.mails();
        assert_eq!((mails.len(), town.texts().len()), (2, 1));
        let mail = &mails[1];
        assert!(mail.words().contains("3月3日14:00 至 3月3日18:00 停水，涉及您家"), "{mail:?}");
        assert!(
            mail.header("To").as_deref() == Some("anna@example.org")
                && mail.header("List-Unsubscribe-Post").as_deref() == Some("List-Unsubscribe=One-Click"),
            "{mail:?}"
        );
        assert!(mail.0.contains("/one-click>"), "{mail:?}");
        // What was sent stands on the resident's own page, with why.
        let own = page.get("/my/messages").await.text;
        assert_eq!(own.matches("data-sent").count(), 2, "{own}");
        assert!(own.contains("/outages/") && !own.contains("13907330001"));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_relay_refuses_waits_for_a_person_and_what_it_cannot_take_now_waits_for_it() {
    each_message_town(async |town: MessageTown| {
        let sink = MailSink::open().await;
        town.sets("mail", relay(&sink)).await;
        sink.refuse(Some("550 no such mailbox anna@example.org"));
        let trial = json!({ "to": "anna@example.org" });
        town.admin().await.post("/api/messages/gateways/mail/trial", trial.clone()).await.ok();
        town.delivers().await;
        let refused = town.admin().await.get("/api/messages/gateways/mail/refused").await.ok();
        assert_eq!(refused["items"].as_array().map(Vec::len), Some(1), "{refused}");
        assert!(!refused.to_string().contains("anna@"), "{refused}");
        sink.refuse(Some("451 try later"));
        town.admin().await.post("/api/messages/gateways/mail/trial", trial).await.ok();
        town.delivers().await;
        let seen = town.seen("mail").await;
        assert_eq!((&seen["fast"]["waiting"], &seen["fast"]["dead"]), (&json!(1), &json!(1)), "{seen}");
        sink.refuse(None);
        town.passes(std::time::Duration::from_secs(900)).await;
        assert_eq!(sink.mails().len(), 1);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_relay_is_written_so_that_it_can_be_meant() {
    each_message_town(async |town: MessageTown| {
        let sink = MailSink::open().await;
        let mut body = relay(&sink);
        body["address"] = json!("mail.example.cn");
        town.admin().await.put("/api/messages/gateways/mail", body).await.refused("messages.bad_address");
        let mut body = relay(&sink);
        body["settings"]["from"] = json!("nobody");
        town.admin().await.put("/api/messages/gateways/mail", body).await.refused("messages.bad_from");
    })
    .await;
}
