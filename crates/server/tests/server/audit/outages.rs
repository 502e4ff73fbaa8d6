//! An operator's writes: an outage counted, drafted, published, changed, ended, and one that is withdrawn.

use super::{Audit, text};
use platform::HOUR;
use serde_json::{Value, json};
use testkit::Caller;

const OUTAGES: &str = "/api/linkage/outages";

/// Announces an outage from the dispatcher's desk, for the water company.
pub(super) async fn outages(audit: &mut Audit) {
    let desk = audit.house.person("dispatcher").await;
    let preview = json!({ "extent": extent() });
    audit.does("preview_outage", desk.post(&format!("{OUTAGES}/preview"), preview)).await;
    let draft = drafted(audit, &desk).await;
    let published = step(audit, &desk, "publish_outage", &draft, "publish").await;
    let path = format!("{OUTAGES}/{}", text(&published["id"]));
    let change = json!({ "version": published["version"], "content": content("阀门井换阀") });
    let changed = audit.does("change_outage", desk.put(&path, change)).await;
    step(audit, &desk, "end_outage", &changed, "end").await;
    let other = drafted(audit, &desk).await;
    step(audit, &desk, "withdraw_outage", &other, "withdraw").await;
}

async fn drafted(audit: &mut Audit, desk: &Caller) -> Value {
    let body = json!({ "unit": "water_supply", "content": content("爆管抢修") });
    audit.does("draft_outage", desk.post(OUTAGES, body)).await
}

async fn step(audit: &mut Audit, desk: &Caller, operation: &'static str, seen: &Value, verb: &str) -> Value {
    let path = format!("{OUTAGES}/{}/{verb}", text(&seen["id"]));
    audit.does(operation, desk.post(&path, json!({ "version": seen["version"] }))).await
}

/// A burst pipe an hour ago.
fn content(reason: &str) -> Value {
    let now = platform::Clock::System.now();
    json!({ "service": "water", "sudden": true, "from": now.before(HOUR), "to": now.after(HOUR * 3), "reason": reason,
        "phone": "0731-28680000", "extent": extent() })
}

/// A few streets in the middle of the demo's district.
fn extent() -> Value {
    let (west, south, east, north) = (113.11, 27.87, 113.12, 27.88);
    let ring = [[west, south], [east, south], [east, north], [west, north], [west, south]];
    json!({ "ground": { "type": "Polygon", "coordinates": [ring] } })
}
