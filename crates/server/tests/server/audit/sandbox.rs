//! The writes of a sandbox, each done once: a case comes, the other side is played, a message is sent again.

use super::{Audit, text};
use crate::house::Sandbox;
use crate::linked;
use courier::signature::Secret;
use platform::DistrictId;
use serde_json::json;

pub(super) async fn sandbox(audit: &mut Audit, given: &Sandbox) {
    let real = audit.district;
    audit.district = DistrictId(given.district.parse().expect("a code"));
    let mine = audit.house.caller().with_token(&given.key);
    let version = mine.get("/api/linkage/sandbox").await.ok()["version"].clone();
    // Nobody is there: the message does not arrive, and is recorded with its reason.
    let body = json!({ "rung": "webhook", "address": "http://127.0.0.1:9/hook", "key": Secret::make().text(), "states": "mulin", "version": version });
    mine.put(&format!("/api/linkage/partners/{}", given.partner), body).await.ok();
    let case = audit.does("let_case_come", mine.post("/api/linkage/sandbox/cases", json!({}))).await;
    let exchanges = "/api/linkage/sandbox/exchanges";
    let gone = linked::wait_for(&mine, &format!("{exchanges}?path=/hook&status=none"), |page| {
        page["items"].as_array()?.first().cloned()
    })
    .await;
    // Given up, so that it is not on its way: nothing waits for a partner at the console.
    let version = mine.get("/api/linkage/sandbox").await.ok()["version"].clone();
    let console = json!({ "rung": "console", "states": "mulin", "version": version });
    mine.put(&format!("/api/linkage/partners/{}", given.partner), console).await.ok();
    let again = format!("{exchanges}/{}/again", text(&gone["id"]));
    audit.does("send_exchange_again", mine.post(&again, json!({}))).await;
    let withdraw = format!("/api/linkage/sandbox/cases/{}/withdraw", text(&case["number"]));
    audit.does("play_other_side", mine.post(&withdraw, json!({}))).await;
    audit.district = real;
}
