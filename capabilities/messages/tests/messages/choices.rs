//! What people want holds: quiet hours, a number a day, no more of a kind; codes come all the same.

use crate::town::{MessageTown, each_message_town};
use platform::HOUR;
use serde_json::json;
use std::time::Duration;
use uuid::Uuid;

#[tokio::test(flavor = "multi_thread")]
async fn nobody_is_disturbed_at_night() {
    each_message_town(async |town: MessageTown| {
        let (anna, _) = town.resident("13907330001").await;
        let (owl, page) = town.resident("13907330002").await;
        let wish = [("service", "1"), ("channel", "sms"), ("lang", "en"), ("from", "09:00"), ("to", "11:30")];
        assert_eq!(page.sends_form("/my/messages", &wish).await.status, 303);
        town.tells(Uuid::new_v4(), 1, &[anna, owl]).await;
        town.delivers().await;
        assert_eq!(town.texts().len(), 1, "it is ten in the morning, and one of them sleeps");
        town.passes(2 * HOUR).await;
        let sent = town.gateway.sent();
        assert_eq!(sent.len(), 2);
        assert_eq!(sent[1]["template_param"]["cut"], "No water", "in the language that was chosen");
        town.passes(10 * HOUR).await;
        town.tells(Uuid::new_v4(), 1, &[anna]).await;
        town.delivers().await;
        assert_eq!(town.texts().len(), 2, "ten at night");
        town.passes(9 * HOUR).await;
        assert_eq!(town.texts().len(), 2, "seven in the morning");
        town.passes(HOUR + Duration::from_secs(60)).await;
        assert_eq!(town.texts().len(), 3);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn more_than_enough_waits_for_the_next_day_or_is_not_sent() {
    each_message_town(async |town: MessageTown| {
        let (anna, _) = town.resident("13907330001").await;
        for _ in 0..8 {
            town.tells(Uuid::new_v4(), 1, &[anna]).await;
        }
        town.delivers().await;
        assert_eq!(town.texts().len(), 6);
        town.passes(23 * HOUR).await;
        assert_eq!(town.texts().len(), 8, "at nine the next morning, before the water is off");
        for _ in 0..8 {
            town.tells(Uuid::new_v4(), 1, &[anna]).await;
        }
        town.delivers().await;
        town.passes(48 * HOUR).await;
        assert_eq!(town.texts().len(), 12, "what would come too late is not sent");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_left_is_sent_codes_and_nothing_else() {
    each_message_town(async |town: MessageTown| {
        let (anna, page) = town.resident("13907330001").await;
        let wish = [("channel", "sms"), ("lang", "zh"), ("from", "21:00"), ("to", "08:00")];
        assert_eq!(page.sends_form("/my/messages", &wish).await.status, 303);
        town.tells(Uuid::new_v4(), 1, &[anna]).await;
        town.delivers().await;
        assert!(town.texts().is_empty());
        town.town.caller().post("/api/identity/codes", json!({ "phone": "13907330001" })).await.ok();
        town.delivers().await;
        assert_eq!(town.texts(), [("T-sign_in_code".to_owned(), "13907330001".to_owned())]);
        let own = page.get("/my/messages").await.text;
        assert!(!own.contains(" checked><span>停水停电"), "the page tells what was chosen");
        let bad = [("service", "1"), ("channel", "mail"), ("mail", ""), ("from", "21:00"), ("to", "08:00")];
        let refused = page.sends_form("/my/messages", &bad).await;
        assert!(refused.status == 422 && refused.text.contains("要填写邮箱"), "{}", refused.text);
        let visitor = town.town.caller().get("/my/messages").await;
        assert_eq!(visitor.status, 303, "whose they are, is asked first");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_later_state_takes_the_place_of_one_that_waits() {
    each_message_town(async |town: MessageTown| {
        let (anna, _) = town.resident("13907330001").await;
        let thread = Uuid::new_v4();
        town.passes(12 * HOUR).await;
        town.tells(thread, 1, &[anna]).await;
        town.delivers().await;
        let supersede = async move |tx: &mut store::Tx| messages::supersede(tx, thread, 2).await;
        let dropped = town.town.db().write::<_, platform::Fault, _>(&town.town.system(), supersede).await;
        assert_eq!(dropped.expect("superseded"), 1);
        town.tells(thread, 2, &[anna]).await;
        town.passes(11 * HOUR).await;
        assert_eq!(town.texts().len(), 1, "in the morning there is one to read");
    })
    .await;
}
