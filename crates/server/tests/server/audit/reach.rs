//! Writes about reaching a reporter: a unit asks for a number in between, and ends it.

use super::{Audit, text};
use serde_json::json;

/// The water company, the demo's unit, with a case somebody reported by telephone.
pub(super) async fn reach(audit: &mut Audit) {
    let (admin, unit) = (audit.house.person("system_admin").await, audit.house.person("unit_desk").await);
    let relay = json!({ "address": "http://127.0.0.1:9/v1", "settings": { "gateway": "generic_json" } });
    assert_eq!(admin.put("/api/messages/gateways/relay", relay).await.status, 204);
    let told = json!({ "words": "路口的水管爆了", "type": "P01002", "place": { "address": "区政府门口" },
        "reporter": { "phone": "13900000017" } });
    let case = audit.house.caller().post("/api/cases", told).await.ok();
    let path = format!("/api/cases/{}/reaches", text(&case["id"]));
    let asked = audit.does("reach_reporter", unit.post(&path, json!({ "way": "relay" }))).await;
    let end = format!("{path}/{}/end", text(&asked["items"][0]["id"]));
    audit.does("end_reach", unit.post(&end, json!({}))).await;
}
