//! Other programs read the notices: JSON, a calendar, warnings and their index.

use crate::town::{OutageTown, each_outage_town, planned, text, with};
use serde_json::{Value, json};
use testkit::Answer;

fn kind(answer: &Answer) -> &str {
    answer.headers["content-type"].to_str().expect("a type")
}

#[tokio::test(flavor = "multi_thread")]
async fn every_feed_tells_the_same_notice_and_its_end() {
    each_outage_town(async |town: OutageTown| {
        let visitor = town.town.caller();
        assert_eq!(visitor.get("/outages.json").await.ok()["outages"], json!([]));
        town.drafts("water", planned("water")).await;
        assert_eq!(visitor.get("/outages.json").await.ok()["outages"], json!([]), "drafts are nobody's");
        let told = town.publishes("water", planned("water")).await;
        let id = text(&told["id"]);
        let found = visitor.get("/outages.json").await.ok();
        let one: &Value = &found["outages"][0];
        assert_eq!(
            (&one["id"], &one["homes"], &one["geometry"]["type"]),
            (&json!(id), &json!(6), &json!("MultiPolygon"))
        );
        let calendar = visitor.get("/outages.ics").await;
        assert_eq!(kind(&calendar), "text/calendar; charset=utf-8");
        let uid = format!("UID:{id}@430204.mulin");
        for part in [uid.as_str(), "SEQUENCE:2", "STATUS:CONFIRMED", "DTSTART:20260303T000000Z"] {
            assert!(calendar.text.contains(part), "{part}: {}", calendar.text);
        }
        let index = visitor.get("/outages.cap").await;
        assert_eq!(kind(&index), "application/atom+xml; charset=utf-8");
        assert!(index.text.contains(&format!("/outages/{id}.cap")), "{}", index.text);
        let later = with(planned("water"), json!({ "to": "2026-03-03T09:00:00Z" }));
        town.passes_hours(1).await;
        let changed = town.changes("water", &told, later).await.ok();
        let message = visitor.get(&format!("/outages/{id}.cap")).await;
        assert_eq!(kind(&message), "application/cap+xml; charset=utf-8");
        let reference = format!(
            "<references>outages@430204.mulin,mulin-outage-{id}-2,2026-03-02T10:00:00+08:00</references>"
        );
        for part in [
            "<msgType>Update</msgType>",
            "<status>Exercise</status>",
            &reference,
            "<expires>2026-03-03T17:00:00+08:00</expires>",
        ] {
            assert!(message.text.contains(part), "{part}: {}", message.text);
        }
        town.steps("water", &changed, "withdraw").await.ok();
        let calendar = visitor.get("/outages.ics").await.text;
        assert!(
            calendar.contains("STATUS:CANCELLED")
                && calendar.contains("SEQUENCE:4")
                && calendar.contains(&uid),
            "{calendar}"
        );
        let message = visitor.get(&format!("/outages/{id}.cap")).await.text;
        assert!(message.contains("<msgType>Cancel</msgType>"), "{message}");
        town.passes_hours(24 * 15).await;
        assert_eq!(visitor.get("/outages.json").await.ok()["outages"], json!([]), "long over");
        assert_eq!(visitor.get(&format!("/outages/{id}")).await.status, 200, "its page stays");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_not_there_is_not_there_in_any_format() {
    each_outage_town(async |town: OutageTown| {
        let draft = town.drafts("water", planned("water")).await;
        let off = town.steps("water", &draft, "withdraw").await.ok();
        let visitor = town.town.caller();
        for path in [
            format!("/outages/{}", text(&off["id"])),
            format!("/outages/{}.cap", text(&off["id"])),
            "/outages/019c8a00-0000-7000-8000-000000000001".to_owned(),
            "/outages/nonsense".to_owned(),
            "/outages/nonsense.cap".to_owned(),
        ] {
            assert_eq!(visitor.get(&path).await.status, 404, "{path}");
        }
    })
    .await;
}
