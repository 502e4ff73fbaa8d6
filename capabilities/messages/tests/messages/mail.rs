//! Mail leaves by a relay: to an address its owner has confirmed, with a way to leave it at one click; what the relay refuses waits.

use crate::other_side::MailSink;
use crate::town::{MessageTown, each_message_town};
use serde_json::json;
use testkit::Caller;
use uuid::Uuid;

fn relay(sink: &MailSink) -> serde_json::Value {
    json!({ "address": sink.address, "settings": { "from": "睦邻 <notice@example.cn>", "site": "https://mulin.example.cn" } })
}

/// Sends a form of the page, as a browser would: with the field that the page put there.
pub async fn sends(caller: &Caller, path: &str, fields: &[(&str, &str)]) -> testkit::Answer {
    sends_from(caller, path, path, fields).await
}

/// Sends a form that stands on another page than the one it goes to.
pub async fn sends_from(caller: &Caller, page: &str, path: &str, fields: &[(&str, &str)]) -> testkit::Answer {
    let page = caller.get(page).await;
    let csrf = page.text.split("name=\"_csrf\" value=\"").nth(1).and_then(|rest| rest.split('"').next());
    let csrf = csrf.unwrap_or_else(|| panic!("no form: {}", page.text)).to_owned();
    let fields: Vec<(&str, &str)> = fields.iter().copied().chain([("_csrf", csrf.as_str())]).collect();
    let body = serde_urlencoded::to_string(fields).expect("a form");
    let request = caller.client.post(format!("{}{path}", caller.url)).body(body);
    caller.send(request.header("content-type", "application/x-www-form-urlencoded")).await
}

/// The words of a mail, whatever they were wrapped in.
fn words_of(mail: &str) -> String {
    let (headers, body) = mail.split_once("\n\n").expect("headers and words");
    if headers.contains("base64") {
        use base64::Engine as _;
        let joined: String = body.split_whitespace().collect();
        let bytes = base64::engine::general_purpose::STANDARD.decode(joined).expect("base64");
        return String::from_utf8(bytes).expect("words");
    }
    // Quoted-printable: soft breaks and =XX.
    let joined = body.replace("=\n", "");
    let mut bytes = Vec::new();
    let mut rest = joined.as_bytes();
    while let Some((first, more)) = rest.split_first() {
        if *first == b'=' && more.len() >= 2 {
            let hex = std::str::from_utf8(&more[..2]).expect("hex");
            bytes.push(u8::from_str_radix(hex, 16).expect("hex"));
            rest = &more[2..];
        } else {
            bytes.push(*first);
            rest = more;
        }
    }
    String::from_utf8(bytes).expect("words")
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
        let saved = sends(&page, "/my/messages", &wish).await;
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
        let confirm = path_in(&words_of(&sink.mails()[0]));
        let visitor = town.town.caller();
        assert!(
            visitor.get(&confirm).await.text.contains("确认这个邮箱是您的"),
            "looking alone confirms nothing"
        );
        assert!(sends(&visitor, &confirm, &[("do", "confirm")]).await.text.contains("邮箱已核对"));
        town.tells(Uuid::new_v4(), 1, &[anna]).await;
        town.delivers().await;
        let mails = sink.mails();
        assert_eq!((mails.len(), town.texts().len()), (2, 1));
        let mail = &mails[1];
        assert!(words_of(mail).contains("3月3日14:00 至 3月3日18:00 停水，涉及您家"), "{mail}");
        assert!(
            mail.contains("To: anna@example.org")
                && mail.contains("List-Unsubscribe-Post: List-Unsubscribe=One-Click"),
            "{mail}"
        );
        assert!(mail.contains("/one-click>"), "{mail}");
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
