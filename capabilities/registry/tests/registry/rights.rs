//! People see what is kept of them, correct it, object, have it deleted or only stored; a desk answers in time, with a reason.

use crate::town::{
    GRID_1, caller, each_town, enter, leads_to, resident, send_form, shown, text, try_enter, two_homes,
};
use platform::DAY;
use serde_json::{Value, json};
use testkit::{Caller, Town};

const PHONE: &str = "13873300042";
const NUMBER: &str = "11010519491231002X";

/// 张晓明 of grid 1, with a home, a document, a phone and a service fact.
async fn registered(town: &Town) -> String {
    let clerk = caller(town, "clerk");
    let values = json!({
        "name": "张晓明", "documents": [NUMBER], "phones": [PHONE], "languages": ["xiang"], "birth_on": "1949-12-31",
    });
    let (id, _) = enter(&clerk, "person", values, json!({ "area_path": GRID_1 })).await;
    let (home, _) = two_homes(&clerk).await;
    let body = json!({ "dwelling": home, "values": { "kind": "registered" }, "given": { "source": "door" } });
    clerk.post(&format!("/api/registry/people/{id}/move-in"), body).await.ok();
    enter(&clerk, "service_fact", json!({ "fact": "lives_alone" }), json!({ "person": id })).await;
    id
}

/// The person, signed in and proven.
async fn proven(town: &Town) -> (Caller, String) {
    let id = registered(town).await;
    let person = resident(town, PHONE).await;
    let fields = [("name", "张晓明"), ("number", NUMBER)];
    let home = leads_to(&send_form(&person, "/my/data", "/my/data", &fields).await);
    assert_eq!(home, format!("/my/data/{id}"));
    (person, id)
}

async fn asks(by: &Caller, id: &str, fields: &[(&str, &str)]) -> testkit::Answer {
    let path = format!("/my/data/{id}/ask");
    let page = format!("{path}?what={}&field={}", fields[0].1, fields.get(1).map_or("", |field| field.1));
    send_form(by, &page, &path, fields).await
}

/// The one open request, as the desk reads it.
async fn at_the_desk(town: &Town) -> Value {
    let clerk = caller(town, "clerk");
    let list = clerk.get("/api/registry/requests").await.ok();
    assert_eq!(list["items"].as_array().map(Vec::len), Some(1), "{list}");
    clerk.get(&format!("/api/registry/requests/{}", text(&list["items"][0]["id"]))).await.ok()
}

async fn decides(town: &Town, request: &Value, body: Value) -> testkit::Answer {
    let path = format!("/api/registry/requests/{}/decide", text(&request["id"]));
    caller(town, "clerk").post(&path, body).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_claim_learns_nothing() {
    each_town(async |town| {
        registered(&town).await;
        let stranger = resident(&town, "13900001111").await;
        let owner = resident(&town, PHONE).await;
        let mut answers = Vec::new();
        for (by, name, number) in [
            (&stranger, "张晓明", NUMBER),
            (&owner, "张小明", NUMBER),
            (&owner, "张晓明", "110105194912310046"),
            (&owner, "张晓明", "不是号码"),
        ] {
            let answer = send_form(by, "/my/data", "/my/data", &[("name", name), ("number", number)]).await;
            assert_eq!(answer.status, 403, "{}", answer.text);
            let said =
                answer.text.split("id=\"number-problem\">").nth(1).and_then(|rest| rest.split('<').next());
            answers.push(said.expect("said at the field").to_owned());
            assert!(!answer.text.contains(NUMBER), "a number is not shown back");
        }
        assert!(answers.iter().all(|said| *said == answers[0] && said.contains("窗口")), "{answers:?}");
        for _ in 0..2 {
            send_form(&owner, "/my/data", "/my/data", &[("name", "张三"), ("number", NUMBER)]).await;
        }
        let answer =
            send_form(&owner, "/my/data", "/my/data", &[("name", "张晓明"), ("number", NUMBER)]).await;
        assert_eq!(answer.status, 429, "who tries too often waits, even when right");
        assert_eq!(leads_to(&town.caller().get("/my/data").await), "/sign-in?next=/my/data");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_kept_from_where_why_and_who_read_it() {
    each_town(async |town| {
        let (person, id) = proven(&town).await;
        let here = format!("/my/data/{id}");
        let page = person.get(&here).await.text;
        for words in ["张晓明", "138****0042", "入户登记", "约上门", "个人信息保护法", "田心三村5栋2单元301"] {
            assert!(page.contains(words), "{words}: {page}");
        }
        assert!(!page.contains(PHONE) && !page.contains("独居"), "masked until opened");
        let open = person.get(&format!("{here}?open=1")).await.text;
        assert!(open.contains(PHONE) && open.contains(NUMBER) && open.contains("独居老人"), "{open}");
        assert!(open.contains("每周探访"), "of a fact the service it is kept for");
        assert!(page.contains("除您以外，没有人打开过"), "{page}");
        caller(&town, "worker1").get(&format!("/api/registry/records/{id}?purpose=visit&open=phones")).await.ok();
        let page = person.get(&here).await.text;
        for words in ["worker1", "入户走访", "电话", "提出异议"] {
            assert!(page.contains(words), "{words}: {page}");
        }
        let export = json!({
            "kind": "person", "area_path": GRID_1, "format": "csv", "purpose": "notice", "reason": "田心三村停水通知", "open": ["phones"],
        });
        caller(&town, "clerk").post("/api/registry/exports", export).await;
        let page = person.get(&here).await.text;
        assert!(page.contains("导出的表格、携带的手机里有您") && page.contains("clerk"), "a copy they were in: {page}");
        let copy = person.get(&format!("{here}/copy.json")).await;
        assert!(copy.headers["content-disposition"].to_str().is_ok_and(|how| how.contains("my-data.json")));
        let copy = copy.json();
        assert_eq!(shown(&copy["person"], "phones"), PHONE);
        assert_eq!(copy["readings"][0]["by"], "居民", "the copy tells every look, also one's own: {copy}");
        assert_eq!((&copy["exports"][0]["by"], &copy["exports"][0]["opened"]), (&json!("clerk"), &json!(["phones"])));
        assert!(person.get(&format!("{here}/copy")).await.text.contains(NUMBER));
        let pdf = person.get(&format!("{here}/copy.pdf")).await;
        assert_eq!((pdf.status, pdf.headers["content-type"].to_str().ok()), (200, Some("application/pdf")));
        assert!(pdf.text.starts_with("%PDF-"));
        let stranger = resident(&town, "13900001111").await;
        for path in [here.clone(), format!("{here}/copy"), format!("{here}/copy.pdf"), format!("{here}/copy.json"), format!("{here}/ask?what=restrict")] {
            assert_eq!(stranger.get(&path).await.status, 404, "{path}");
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_objection_takes_three_taps_and_gets_a_reasoned_answer() {
    each_town(async |town| {
        let (person, id) = proven(&town).await;
        caller(&town, "worker1")
            .get(&format!("/api/registry/records/{id}?purpose=visit&open=phones"))
            .await
            .ok();
        // One: 提出异议 beside the look. Two: the form. Three: sent.
        let page = person.get(&format!("/my/data/{id}")).await.text;
        let link = page
            .split("href=\"")
            .find(|rest| rest.contains("what=object&amp;look=") || rest.contains("what=object&#38;look="));
        let link = link.and_then(|rest| rest.split('"').next()).expect("a link").replace("&amp;", "&");
        let look = link.split("look=").nth(1).expect("the look").to_owned();
        assert!(person.get(&link).await.text.contains("worker1"), "the form says which look");
        let path = format!("/my/data/{id}/ask");
        let silent = send_form(&person, &link, &path, &[("what", "object"), ("look", &look)]).await;
        assert_eq!(silent.status, 422, "an objection says why");
        assert!(silent.text.contains("id=\"words-problem\""));
        let fields = [("what", "object"), ("look", look.as_str()), ("words", "没有来过我家")];
        assert!(leads_to(&send_form(&person, &link, &path, &fields).await).contains("done=asked"));
        send_form(&person, &link, &path, &fields).await;
        let request = at_the_desk(&town).await;
        assert_eq!((&request["look"]["by"], &request["words"]), (&json!("worker1"), &json!("没有来过我家")));
        assert_eq!(request["due_at"], "2026-03-17T15:59:59.999999Z", "fifteen days, to the end of the last");
        decides(&town, &request, json!({ "granted": false })).await.refused("registry.no_ground");
        let no = json!({ "granted": false, "ground": "must_be_kept" });
        decides(&town, &request, no).await.refused("registry.no_ground");
        let no = json!({ "granted": false, "ground": "within_duty", "words": "3月2日由网格员电话走访" });
        decides(&town, &request, no.clone()).await.ok();
        decides(&town, &request, no).await.refused("registry.decided_already");
        let page = person.get(&format!("/my/data/{id}")).await.text;
        assert!(
            page.contains("不予办理") && page.contains("第十三条") && page.contains("电话走访"),
            "{page}"
        );
        assert!(person.get("/inbox").await.text.contains("已有答复"), "a line to the phone");
        assert!(caller(&town, "worker1").get("/api/registry/requests").await.status == 403);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_correction_is_a_deed_with_the_person_as_its_source() {
    each_town(async |town| {
        let (person, id) = proven(&town).await;
        let wrong = [
            ("what", "correct"),
            ("field", "documents"),
            ("value", "110105194912310021"),
            ("evidence", "身份证原件"),
        ];
        let answer = asks(&person, &id, &wrong).await;
        assert_eq!(answer.status, 422);
        assert!(answer.text.contains("id=\"value-problem\""), "{}", answer.text);
        let bare = [("what", "correct"), ("field", "phones"), ("value", "13873300099")];
        assert_eq!(asks(&person, &id, &bare).await.status, 422, "a correction says what proves it");
        let fields = [
            ("what", "correct"),
            ("field", "phones"),
            ("value", "13873300042、13873300099"),
            ("evidence", "新办的卡，当场拨通"),
        ];
        leads_to(&asks(&person, &id, &fields).await);
        let request = at_the_desk(&town).await;
        assert_eq!(request["present"]["zh"], PHONE);
        assert_eq!(request["asked"]["zh"], "13873300042、13873300099");
        let act = text(&decides(&town, &request, json!({ "granted": true })).await.ok()["act"]);
        let clerk = caller(&town, "clerk");
        let path = format!("/api/registry/records/{id}?purpose=service&open=phones");
        let record = clerk.get(&path).await.ok();
        assert_eq!(shown(&record, "phones"), "13873300042、13873300099");
        let phones =
            record["fields"].as_array().and_then(|all| all.iter().find(|field| field["key"] == "phones"));
        let origin = &phones.expect("phones")["origin"];
        assert_eq!((&origin["source"], &origin["evidence"]), (&json!("self"), &json!("新办的卡，当场拨通")));
        clerk.post(&format!("/api/registry/acts/{act}/undo"), json!({})).await.ok();
        assert_eq!(shown(&clerk.get(&path).await.ok(), "phones"), PHONE, "and can be undone");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_law_lets_go_is_gone_with_its_history() {
    each_town(async |town| {
        let (person, id) = proven(&town).await;
        let kept = asks(&person, &id, &[("what", "delete"), ("field", "documents")]).await;
        assert_eq!(kept.status, 409);
        assert!(
            kept.text.contains("户口登记条例") && kept.text.contains("限制使用"),
            "the article, and what else: {}",
            kept.text
        );
        let clerk = caller(&town, "clerk");
        let amend =
            json!({ "version": 1, "values": { "languages": ["hakka"] }, "given": { "source": "desk" } });
        let act = text(&clerk.post(&format!("/api/registry/records/{id}/amend"), amend).await.ok()["act"]);
        leads_to(&asks(&person, &id, &[("what", "delete"), ("field", "languages")]).await);
        let request = at_the_desk(&town).await;
        decides(&town, &request, json!({ "granted": true })).await.ok();
        let record = clerk.get(&format!("/api/registry/records/{id}?purpose=check")).await.ok();
        assert_eq!(shown(&record, "languages"), "", "{record}");
        assert_eq!(shown(&record, "name"), "张晓明", "and nothing else");
        let history = clerk.get(&format!("/api/registry/records/{id}/history?purpose=check")).await.ok();
        let lines = history.as_array().expect("lines");
        assert_eq!((lines.len(), &lines[0]["entered"], &lines[0]["fields"]), (1, &json!(true), &json!([])));
        assert!(
            !history.to_string().contains("客家") && !history.to_string().contains("湘"),
            "no earlier state holds it: {history}"
        );
        clerk
            .post(&format!("/api/registry/acts/{act}/undo"), json!({}))
            .await
            .refused("registry.nothing_to_undo");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn restricted_data_is_only_stored() {
    each_town(async |town| {
        let (person, id) = proven(&town).await;
        leads_to(&asks(&person, &id, &[("what", "restrict")]).await);
        let request = at_the_desk(&town).await;
        decides(&town, &request, json!({ "granted": true })).await.ok();
        let worker = caller(&town, "worker1");
        let look = format!("/api/registry/records/{id}?purpose=visit");
        worker.get(&look).await.refused("registry.restricted");
        let other = caller(&town, "worker2");
        other.get(&format!("{look}&emergency=楼上着火，要马上通知这一户撤离")).await.ok();
        let page = person.get(&format!("/my/data/{id}")).await.text;
        assert!(page.contains("已限制使用") && page.contains("紧急情况"), "{page}");
        let home = format!("/my/data/{id}");
        leads_to(&send_form(&person, &home, &format!("{home}/lift"), &[]).await);
        worker.get(&look).await.ok();
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_relative_asks_for_somebody_who_has_died() {
    each_town(async |town| {
        let id = registered(&town).await;
        let clerk = caller(&town, "clerk");
        let path = format!("/api/registry/people/{id}/mandates");
        let dead =
            json!({ "phone": "13700002222", "kind": "relative_of_dead", "evidence": "死亡证明、户口簿" });
        clerk.post(&path, dead.clone()).await.refused("registry.no_such_mandate");
        let end = json!({ "version": 1, "given": { "source": "desk" } });
        clerk.post(&format!("/api/registry/records/{id}/end"), end).await.ok();
        let until = text(&clerk.post(&path, dead).await.ok()["until"]);
        assert!(until.starts_with("2026-09-02"), "six months: {until}");
        let daughter = resident(&town, "13700002222").await;
        let page = daughter.get(&format!("/my/data/{id}?open=1")).await.text;
        assert!(page.contains("已故人员的近亲属") && page.contains(NUMBER) && page.contains("301"), "{page}");
        let son = resident(&town, "13700003333").await;
        assert_eq!(son.get(&format!("/my/data/{id}")).await.status, 404);
        let account = text(&clerk.get(&path).await.ok()[0]["account"]);
        assert_eq!(clerk.delete(&format!("{path}/{account}")).await.status, 204);
        assert_eq!(daughter.get(&format!("/my/data/{id}")).await.status, 404);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_phone_that_is_somebody_elses_now_opens_nothing() {
    each_town(async |town| {
        let (person, id) = proven(&town).await;
        let path = format!("/my/data/{id}");
        let body =
            json!({ "version": 1, "values": { "phones": ["13873300077"] }, "given": { "source": "desk" } });
        caller(&town, "clerk").post(&format!("/api/registry/records/{id}/amend"), body).await.ok();
        assert_eq!(
            person.get(&path).await.status,
            404,
            "the phone that proved it is not registered any more"
        );
        let body = json!({ "version": 2, "values": { "phones": [PHONE] }, "given": { "source": "desk" } });
        caller(&town, "clerk").post(&format!("/api/registry/records/{id}/amend"), body).await.ok();
        assert_eq!(person.get(&path).await.status, 200);
        town.passes(91 * DAY).await;
        assert_eq!(person.get(&path).await.status, 404, "it is proven again each three months");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn people_without_a_phone_ask_on_paper_and_late_answers_are_told() {
    each_town(async |town| {
        let id = registered(&town).await;
        let clerk = caller(&town, "clerk");
        clerk.get(&format!("/api/registry/records/{id}?purpose=service")).await.ok();
        let sheet = clerk.get(&format!("/print/data/{id}")).await.text;
        assert!(sheet.contains(NUMBER) && sheet.contains("签名"), "{sheet}");
        assert!(sheet.contains("为本人办理事项"), "the desk's own looks are on the sheet it prints: {sheet}");
        assert_eq!(caller(&town, "worker2").get(&format!("/print/data/{id}")).await.status, 404);
        let paper = json!({ "person": id, "record": id, "what": "object", "words": "不同意登记语言" });
        clerk.post("/api/registry/requests", paper).await.ok();
        assert_eq!(at_the_desk(&town).await["on_paper"], true);
        town.passes(15 * DAY).await;
        let security = caller(&town, "security");
        assert_eq!(
            security.get("/api/registry/alarms").await.ok()["items"],
            json!([]),
            "in time until the day is over"
        );
        town.passes(DAY).await;
        let alarms = security.get("/api/registry/alarms").await.ok();
        assert_eq!(alarms["items"][0]["kind"], "answer_overdue", "{alarms}");
        let list = clerk.get("/api/registry/requests").await.ok();
        assert_eq!(list["items"][0]["overdue"], true);
    })
    .await;
}

/// The person has asked, and the desk has agreed, that the data is only stored.
async fn restricted(town: &Town) -> (Caller, String) {
    let (person, id) = proven(town).await;
    leads_to(&asks(&person, &id, &[("what", "restrict")]).await);
    let request = at_the_desk(town).await;
    decides(town, &request, json!({ "granted": true })).await.ok();
    (person, id)
}

#[tokio::test(flavor = "multi_thread")]
async fn restricted_data_is_in_no_list_and_no_copy() {
    each_town(async |town| {
        let (_, id) = restricted(&town).await;
        let (worker, clerk) = (caller(&town, "worker1"), caller(&town, "clerk"));
        for typed in ["张晓明", "zxm", "0042", NUMBER, PHONE] {
            let path = format!("/api/registry/search?q={typed}");
            let found = worker.get(&path).await.ok();
            assert_eq!(found["hits"], json!([]), "a worker finds nobody by {typed}: {found}");
            let found = clerk.get(&path).await.ok();
            let hit = &found["hits"][0];
            assert_eq!((&hit["id"], &hit["restricted"], &hit["home"]), (&json!(id), &json!(true), &Value::Null));
        }
        let home = clerk.get("/api/registry/search?q=田心三村5栋2单元301").await.ok();
        let home = text(&home["hits"].as_array().expect("hits").iter().find(|hit| hit["kind"] == "dwelling").expect("a home")["id"]);
        let family = worker.get(&format!("/api/registry/dwellings/{home}/home?purpose=visit")).await.ok();
        assert_eq!((&family["members"], &family["restricted"]), (&json!([]), &json!(1)));
        assert!(!family.to_string().contains("晓明"), "{family}");
        let export = json!({
            "kind": "person", "area_path": GRID_1, "format": "csv", "purpose": "notice", "reason": "田心三村停水通知", "open": ["phones"],
        });
        let copy = clerk.post("/api/registry/exports", export).await;
        assert_eq!((copy.headers["x-rows"].to_str().ok(), copy.text.contains("晓明")), (Some("0"), false));
        let neighbour = json!({ "name": "李梅", "phones": ["13873300043"] });
        enter(&clerk, "person", neighbour, json!({ "area_path": GRID_1 })).await;
        town.passes(800 * DAY).await;
        let stale = clerk.get(&format!("/api/registry/stale?area={GRID_1}")).await.ok();
        let of_person = |row: &&Value| row["id"] == json!(id) || row["person"] == json!(id);
        assert!(!stale["items"].as_array().expect("rows").is_empty(), "the neighbour is to be confirmed");
        assert_eq!(stale["items"].as_array().expect("rows").iter().find(of_person), None, "nobody asks them again");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn restricted_data_is_not_worked_on_but_by_the_person() {
    each_town(async |town| {
        let (person, id) = restricted(&town).await;
        let (worker, clerk) = (caller(&town, "worker1"), caller(&town, "clerk"));
        let given = json!({ "source": "door" });
        let path = format!("/api/registry/records/{id}");
        let amend = json!({ "version": 1, "values": { "languages": ["hakka"] }, "given": given });
        worker.post(&format!("{path}/amend"), amend).await.refused("registry.restricted");
        let confirm = json!({ "version": 1, "given": given });
        worker.post(&format!("{path}/confirm"), confirm).await.refused("registry.restricted");
        let fact =
            try_enter(&worker, "service_fact", json!({ "fact": "moves_with_help" }), json!({ "person": id }));
        fact.await.refused("registry.restricted");
        let (other, _) =
            enter(&clerk, "person", json!({ "name": "张小明" }), json!({ "area_path": GRID_1 })).await;
        let merge =
            json!({ "keep": other, "keep_version": 1, "gone": id, "gone_version": 1, "given": given });
        clerk.post("/api/registry/merges", merge).await.refused("registry.restricted");
        // Calling it an answer to the person does not open it, except to the desk that answers people.
        worker.get(&format!("{path}?purpose=rights")).await.refused("registry.restricted");
        clerk.get(&format!("{path}?purpose=rights")).await.ok();
        // Also in one's own area an emergency is stated, and told.
        let reason = "楼上着火，要马上通知这一户撤离";
        worker.get(&format!("{path}?purpose=visit&emergency={reason}")).await.ok();
        town.settles().await;
        let alarms = caller(&town, "security").get("/api/registry/alarms").await.ok();
        assert_eq!(
            (&alarms["items"][0]["kind"], &alarms["items"][0]["by"]),
            (&json!("glass_broken"), &json!("worker1"))
        );
        let fields =
            [("what", "correct"), ("field", "languages"), ("value", "hakka"), ("evidence", "本人当场说明")];
        leads_to(&asks(&person, &id, &fields).await);
        let request = at_the_desk(&town).await;
        decides(&town, &request, json!({ "granted": true })).await.ok();
        assert!(person.get(&format!("/my/data/{id}?open=1")).await.text.contains("客家话"));
    })
    .await;
}
