//! Writes about messages: a mail server set, tried, paused; a refused message decided; a device that takes notices.

use super::super::house::shown;
use super::Audit;
use serde_json::json;
use std::time::Duration;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;

/// The system administrator's, in the order in which one would do them.
pub(super) async fn messages(audit: &mut Audit) {
    let admin = audit.house.person("system_admin").await;
    let address = refusing_server().await;
    let settings = json!({ "from": "notice@example.cn", "site": "https://mulin.example.cn" });
    let body = json!({ "address": address, "settings": settings });
    audit.does("set_message_gateway", admin.put("/api/messages/gateways/mail", body)).await;
    let trial = json!({ "to": "somebody@example.org" });
    audit.does("try_message_gateway", admin.post("/api/messages/gateways/mail/trial", trial)).await;
    let refused = refused_one(&admin).await;
    let path = format!("/api/messages/gateways/mail/refused/{refused}");
    audit.does("decide_refused_message", admin.post(&path, json!({ "again": false }))).await;
    let pause = admin.post("/api/messages/gateways/mail/lane/pause", json!({}));
    audit.does("work_on_message_gateway", pause).await;
    audit.does("remove_message_gateway", admin.delete("/api/messages/gateways/mail")).await;
    let device = json!({ "endpoint": "https://push.example.net/p/1", "auth": "BTBZMqHH6r4Tts7J_aSIgg",
        "p256dh": "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4" });
    audit.does("add_push_device", admin.post("/api/messages/devices", device.clone())).await;
    let mut changed = device;
    changed["former"] = changed["endpoint"].clone();
    changed["endpoint"] = json!("https://push.example.net/p/2");
    audit.does("change_push_device", admin.post("/api/messages/devices/changed", changed)).await;
}

/// Waits until the lane has tried it and was told no.
async fn refused_one(admin: &testkit::Caller) -> String {
    for _ in 0..600 {
        let found = admin.get("/api/messages/gateways/mail/refused").await;
        assert_eq!(found.status, 200, "{}", shown(&found));
        if let Some(delivery) = found.json()["items"][0]["delivery"].as_str() {
            return delivery.to_owned();
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    panic!("the trial was neither sent nor refused");
}

/// A mail server that has no such mailbox.
async fn refusing_server() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let address = format!("smtp+plain://{}", listener.local_addr().expect("bound"));
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            tokio::spawn(async move {
                let mut said = vec![0; 4_096];
                let mut answer = "220 here\r\n";
                while stream.write_all(answer.as_bytes()).await.is_ok() {
                    let read = stream.read(&mut said).await.unwrap_or(0);
                    if read == 0 {
                        return;
                    }
                    answer = if said.starts_with(b"RCPT") { "550 nobody\r\n" } else { "250 well\r\n" };
                }
            });
        }
    });
    address
}
