//! Two records that look alike and are two people: told apart once, asked about no more, and taken back as any deed.

use crate::imports::{bring, codes, document, tally};
use crate::town::{GRID_1, GRID_2, caller, each_town, enter, text, two_homes};
use serde_json::{Value, json};
use testkit::Caller;

const NOT_SAME: &str = "/api/registry/duplicates/not-same";

/// The ids of the pairs that may be one person.
async fn pairs(by: &Caller) -> Vec<(String, String)> {
    let page = by.get("/api/registry/duplicates").await.ok();
    let items = page["items"].as_array().expect("a page").iter();
    items.map(|pair| (text(&pair["one"]["id"]), text(&pair["other"]["id"]))).collect()
}

async fn person(by: &Caller, values: Value, grid: &str) -> String {
    enter(by, "person", values, json!({ "area_path": grid })).await.0
}

fn apart(one: &str, other: &str) -> Value {
    json!({ "one": one, "other": other, "reason": "问过本人，是堂兄弟" })
}

#[tokio::test(flavor = "multi_thread")]
async fn two_who_were_told_apart_are_not_asked_about_again() {
    each_town(async |town| {
        let clerk = caller(&town, "clerk");
        let born = |name: &str| json!({ "name": name, "birth_on": "1990-01-02" });
        let one = person(&clerk, born("李芳"), GRID_1).await;
        let other = person(&clerk, born("李 芳"), GRID_1).await;
        assert_eq!(pairs(&clerk).await, [(one.clone(), other.clone())]);

        let deed = clerk.post(NOT_SAME, apart(&other, &one)).await.ok();
        assert!(pairs(&clerk).await.is_empty());
        // A third of that name stands beside both of them, each pair for itself.
        let third = person(&clerk, born("李芳"), GRID_1).await;
        assert_eq!(pairs(&clerk).await, [(one.clone(), third.clone()), (other.clone(), third.clone())]);

        let merge = json!({ "keep": one, "keep_version": 1, "gone": other, "gone_version": 1, "given": { "source": "desk" } });
        let refused = clerk.post("/api/registry/merges", merge.clone()).await.refused("registry.told_apart");
        assert_eq!(refused["extra"]["act"], deed["act"], "the refusal says what to take back");
        clerk.post(NOT_SAME, apart(&one, &other)).await.refused("registry.told_apart");

        let list = clerk.get(NOT_SAME).await.ok();
        let pair = &list["items"][0];
        assert_eq!((&pair["reason"], &pair["act"]), (&json!("问过本人，是堂兄弟"), &deed["act"]));
        assert!(!list.to_string().contains("李芳"), "names are masked: {list}");

        let undo = async |act: &Value| clerk.post(&format!("/api/registry/acts/{}/undo", text(act)), json!({})).await.ok();
        let undone = undo(&deed["act"]).await;
        assert_eq!(pairs(&clerk).await.len(), 3);
        assert_eq!(clerk.get(NOT_SAME).await.ok()["items"], json!([]));
        // To take back is a deed too.
        let again = undo(&undone["act"]).await;
        assert_eq!(pairs(&clerk).await.len(), 2);
        undo(&again["act"]).await;
        clerk.post("/api/registry/merges", merge).await.ok();
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_may_tell_apart_and_what() {
    each_town(async |town| {
        let clerk = caller(&town, "clerk");
        let one = person(&clerk, json!({ "name": "李芳" }), GRID_1).await;
        let other = person(&clerk, json!({ "name": "李芬" }), GRID_2).await;
        let shop = enter(
            &clerk,
            "organisation",
            json!({ "name": "田心粉店", "kind": "company" }),
            json!({ "area_path": GRID_1 }),
        )
        .await
        .0;
        caller(&town, "worker1").post(NOT_SAME, apart(&one, &other)).await.refused("forbidden");
        caller(&town, "worker1").get(NOT_SAME).await.refused("forbidden");
        clerk.post(NOT_SAME, apart(&one, &one)).await.refused("registry.itself");
        clerk.post(NOT_SAME, apart(&one, &shop)).await.refused("registry.other_kind");
        clerk
            .post(NOT_SAME, json!({ "one": one, "other": other, "reason": " " }))
            .await
            .refused("registry.bad_words");
        let far = person(&caller(&town, "dispatcher"), json!({ "name": "李芳" }), "430204").await;
        clerk.post(NOT_SAME, apart(&one, &far)).await.refused("not_found");
        let deed = caller(&town, "dispatcher").post(NOT_SAME, apart(&one, &far)).await.ok();
        assert_eq!(clerk.get(NOT_SAME).await.ok()["items"], json!([]), "one of the two is not hers to see");
        let undo = format!("/api/registry/acts/{}/undo", text(&deed["act"]));
        clerk.post(&undo, json!({})).await.refused("not_found");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_table_means_the_one_of_its_name_where_two_with_one_document_were_told_apart() {
    each_town(async |town| {
        let clerk = caller(&town, "clerk");
        two_homes(&clerk).await;
        let number = document("19880612", 101);
        let named = |name: &str| json!({ "name": name, "documents": [number] });
        let one = person(&clerk, named("张晓明"), GRID_1).await;
        let other = person(&clerk, named("张小明"), GRID_1).await;
        let table = |name: &str| {
            format!("姓名,公民身份号码,现住址,人口类型\n{name},{number},田心三村5栋2单元301,户籍\n")
        };
        let checked = bring(&clerk, "people", "a.csv", &table("张小明")).await;
        assert_eq!(codes(&checked), ["registry.several_match"]);

        clerk.post(NOT_SAME, apart(&one, &other)).await.ok();
        let checked = bring(&clerk, "people", "b.csv", &table("张小明")).await;
        assert_eq!(tally(&checked, "checked"), [0, 1, 0, 0, 0], "{checked:#}");
        let checked = bring(&clerk, "people", "c.csv", &table("张三")).await;
        assert_eq!(codes(&checked), ["registry.document_of_another"]);
    })
    .await;
}
