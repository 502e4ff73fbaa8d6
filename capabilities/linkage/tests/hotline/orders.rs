//! A work order is one case, however often it is sent; what does not hold is refused by its field; nobody else learns of it.

use crate::town::*;
use serde_json::json;

#[tokio::test(flavor = "multi_thread")]
async fn a_work_order_becomes_one_case_however_often_it_is_sent() {
    each_hotline_town(async |town: HotlineTown| {
        let sent = order("ZZ2603020001", BURST);
        let first = town.hands_in(sent.clone()).await.ok();
        assert_eq!(first["fresh"], true);
        let told = &first["work_order"];
        assert_eq!(
            (&told["outcome"], &told["type"], &told["type_by"]),
            (&json!("filed"), &json!(BURST_PIPE), &json!("classification"))
        );
        assert!(told["why"]["zh"].as_str().is_some_and(|why| why.contains("水管破裂")), "{told}");
        assert_eq!(
            (&told["unit"], &told["open"], &told["promised_at"]),
            (&json!("供水公司"), &json!(true), &json!("2026-03-09T09:00:00Z"))
        );

        let again = town.hands_in(sent.clone()).await.ok();
        assert_eq!(
            (&again["fresh"], &again["work_order"]),
            (&json!(false), &first["work_order"]),
            "the same answer"
        );
        assert_eq!(town.count_cases().await, 1);
        let case = town.case(&told["case_number"]).await;
        assert_eq!(
            (&case["source"], &case["text"], &case["reporter_phone"]),
            (&json!("hotline"), &json!(BURST), &json!("138****2345"))
        );
        assert_eq!(case["reported_at"], "2026-03-02T01:30:00Z", "when the hotline was called");

        let other = with(sent.clone(), json!({ "words": "另一件事：路灯不亮了" }));
        town.hands_in(other.clone()).await.refused("linkage.number_used");
        let elsewhere = with(other, json!({ "source": "12319", "caller_phone": null }));
        assert_eq!(
            town.hands_in(elsewhere).await.ok()["fresh"],
            true,
            "another hotline has numbers of its own"
        );
        town.stranger.post(ORDERS, sent.clone()).await.refused("linkage.number_used");
        assert_eq!(town.staff("dispatcher").post(ORDERS, sent).await.ok()["fresh"], false);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn at_once_it_is_one_case_too() {
    each_hotline_town(async |town: HotlineTown| {
        let sent = order("ZZ2603020001", BURST);
        let all = (0..4).map(|_| town.hands_in(sent.clone()));
        let mut fresh = 0;
        for answer in futures_util::future::join_all(all).await {
            fresh += u32::from(answer.ok()["fresh"] == true);
        }
        assert_eq!((fresh, town.count_cases().await), (1, 1));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_no_class_names_goes_by_the_words_or_to_the_desk() {
    each_hotline_town(async |town: HotlineTown| {
        let nobody = json!({ "classification": "从没听过的一类", "caller_phone": null });
        let words = with(order("1", "家里停水了，什么时候来水"), nobody.clone());
        let told = town.hands_in(words).await.ok()["work_order"].clone();
        assert_eq!(
            (&told["type"], &told["type_by"]),
            (&json!("P01001"), &json!("words")),
            "its question was not asked: {told}"
        );
        let nothing = with(order("2", "想说点别的"), nobody);
        let told = town.hands_in(nothing).await.ok()["work_order"].clone();
        assert_eq!((&told["type"], &told["type_by"]), (&json!("P07008"), &json!("nothing")));
        assert!(told["why"]["en"].as_str().is_some_and(|why| why.contains("the desk decides")), "{told}");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_does_not_hold_is_refused_by_its_field() {
    each_hotline_town(async |town: HotlineTown| {
        let rows = [
            (json!({ "source": "999" }), "linkage.unknown_hotline", "source"),
            (json!({ "number": "  " }), "linkage.number_missing", "number"),
            (json!({ "number": "9".repeat(65) }), "linkage.too_long", "number"),
            (json!({ "words": "字".repeat(2_001) }), "linkage.too_long", "words"),
            (json!({ "words": "" }), "cases.words_missing", "words"),
            (json!({ "classification": "字".repeat(201) }), "linkage.too_long", "classification"),
            (json!({ "received_at": "2026-03-05T00:00:00Z" }), "linkage.bad_moment", "received_at"),
            (json!({ "caller_phone": "12" }), "linkage.bad_phone", "caller_phone"),
            (json!({ "caller_name": "名".repeat(51) }), "cases.too_long", "reporter_name"),
            (json!({ "place": {} }), "linkage.place_missing", "place"),
            (json!({ "place": { "lon": 113.11 } }), "linkage.place_missing", "place"),
            (json!({ "place": { "lon": 500.0, "lat": 27.0 } }), "linkage.bad_place", "place"),
            (
                json!({ "place": { "lon": 113.11, "lat": 27.88, "crs": "moon" } }),
                "linkage.bad_place",
                "place",
            ),
            (json!({ "place": { "lon": 113.5, "lat": 27.88 } }), "cases.outside", "place"),
            (json!({ "kind": "gossip" }), "bad_field", "kind"),
            (json!({ "color": "red" }), "bad_field", "color"),
        ];
        for (fields, code, field) in rows {
            let refused = town.hands_in(with(order("ZZ1", BURST), fields.clone())).await.refused(code);
            assert_eq!(refused["field"], field, "{fields}");
            assert!(refused["title"] != refused["title_en"], "in both languages: {refused}");
        }
        assert_eq!(town.count_cases().await, 0, "nothing half done");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn only_who_may_hands_in_and_a_key_sees_its_own() {
    each_hotline_town(async |town: HotlineTown| {
        town.hands_in(order("ZZ1", BURST)).await.ok();
        let one = format!("{ORDERS}/ZZ1");
        let paths = [ORDERS, one.as_str(), "/api/linkage/work-orders/export?from=2026-03-01&to=2026-03-31"];
        for path in paths {
            town.town.caller().get(path).await.refused("sign_in");
            town.staff("desk").get(path).await.refused("forbidden");
            town.staff("water").get(path).await.refused("forbidden");
        }
        town.town.caller().post(ORDERS, order("ZZ2", BURST)).await.refused("sign_in");
        town.staff("desk").post(ORDERS, order("ZZ2", BURST)).await.refused("forbidden");
        town.stranger.get(&one).await.refused("not_found");
        assert_eq!(town.stranger.get(ORDERS).await.ok()["items"], json!([]));
        assert_eq!(town.staff("dispatcher").get(&one).await.ok()["number"], "ZZ1");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_personal_is_told_or_recorded() {
    each_hotline_town(async |town: HotlineTown| {
        let answer = town.hands_in(order("ZZ1", BURST)).await;
        for secret in [PHONE, "李奶奶", "水喷得"] {
            assert!(!answer.text.contains(secret), "{secret}: {}", answer.text);
        }
        let facts = town.facts().await;
        let own = facts.iter().find(|fact| fact.name == "linkage.work_order_handed_in").expect("its fact");
        assert_eq!((&own.data.0["number"], &own.data.0["outcome"]), (&json!("ZZ1"), &json!("filed")));
        for fact in &facts {
            let text = fact.data.0.to_string();
            assert!(
                !text.contains(PHONE) && !text.contains("李奶奶") && !text.contains("水喷得"),
                "{}: {text}",
                fact.name
            );
        }
        let near = format!("/api/cases/nearby?lon={}&lat={}&type={BURST_PIPE}", HERE.0, HERE.1);
        assert_eq!(
            town.town.caller().get(&near).await.ok(),
            json!([]),
            "neighbours are not shown a call taker's notes"
        );
    })
    .await;
}
