//! Entering, correcting, moving, merging, undoing: as a worker and a clerk do it.

use crate::town::{
    GRID_1, GRID_2, IN_GRID_2, caller, each_town, enter, look, shown, text, try_enter, two_homes,
};
use serde_json::json;

#[tokio::test(flavor = "multi_thread")]
async fn a_family_is_entered_at_the_door() {
    each_town(async |town| {
        let worker = caller(&town, "worker1");
        let (home, _) = two_homes(&worker).await;
        let dwelling = look(&worker, &home).await;
        assert_eq!(dwelling["label"], "田心三村5栋2单元301");
        assert_eq!(dwelling["area"]["path"], GRID_1);
        let values =
            json!({ "name": "张晓明", "documents": ["11010519491231002X"], "phones": ["138 7330 0042"] });
        let (person, _) = enter(&worker, "person", values, json!({ "area_path": GRID_1 })).await;
        let (household, _) =
            enter(&worker, "household", json!({ "kind": "family" }), json!({ "dwelling": home })).await;
        let body = json!({
            "dwelling": home, "household": household, "values": { "kind": "户籍人口", "relation": "户主" },
            "from_on": "2019-05-01", "given": { "source": "door" }
        });
        worker.post(&format!("/api/registry/people/{person}/move-in"), body.clone()).await.ok();
        // Collect once: the document says birth and sex.
        let seen = look(&worker, &person).await;
        assert_eq!((shown(&seen, "birth_on"), shown(&seen, "sex")), ("1949-12-31".into(), "女".into()));
        assert_eq!(shown(&seen, "phones"), "138****0042");
        assert!(
            !seen.to_string().contains("11010519491231002X") && !seen.to_string().contains("13873300042")
        );
        let family = worker.get(&format!("/api/registry/dwellings/{home}/home?purpose=visit")).await.ok();
        assert_eq!(family["members"][0]["person"]["label"], "张晓明");
        assert_eq!(shown(&family["members"][0]["residence"], "relation"), "户主");
        let again = worker.post(&format!("/api/registry/people/{person}/move-in"), body).await;
        again.refused("registry.lives_there");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_is_refused_at_its_field() {
    each_town(async |town| {
        let clerk = caller(&town, "clerk");
        let here = || json!({ "area_path": GRID_1 });
        for (values, code, field) in [
            (json!({}), "registry.missing", "name"),
            (json!({ "name": "张三", "birth_on": "2099-01-01" }), "registry.born_tomorrow", "birth_on"),
            (json!({ "name": "张三", "birth_on": "1890-01-01" }), "registry.too_old", "birth_on"),
            (json!({ "name": "张三", "birth_on": "31.12.49" }), "registry.bad_date", "birth_on"),
            (json!({ "name": "张三", "phones": ["12345"] }), "registry.bad_phone", "phones"),
            (json!({ "name": "张三", "religion": "x" }), "registry.no_such_field", "religion"),
            (
                json!({ "name": "张三", "documents": ["11010519491231002X"], "birth_on": "1950-01-01" }),
                "registry.birth_differs",
                "birth_on",
            ),
        ] {
            let problem = try_enter(&clerk, "person", values.clone(), here()).await.refused(code);
            assert_eq!(problem["field"], field, "{values}");
        }
        let young = json!({ "name": "张三", "birth_on": "2001-01-01" });
        let (young, _) = enter(&clerk, "person", young, here()).await;
        let alone = json!({ "fact": "lives_alone_80" });
        let answer = try_enter(&clerk, "service_fact", alone, json!({ "person": young })).await;
        answer.refused("registry.not_the_age");
        let (home, _) = two_homes(&clerk).await;
        let share = |parts, of| json!({ "parts": parts, "of_parts": of });
        let (owner, _) = enter(&clerk, "person", json!({ "name": "李四" }), here()).await;
        let of = json!({ "dwelling": home, "person": owner });
        try_enter(&clerk, "share", share(3, 2), of.clone()).await.refused("registry.bad_share");
        enter(&clerk, "share", share(1, 2), of).await;
        for area in ["0", "99999", "十"] {
            let body =
                json!({ "version": 1, "values": { "floor_area": area }, "given": { "source": "desk" } });
            let answer = clerk.post(&format!("/api/registry/records/{home}/amend"), body).await;
            answer.refused("registry.bad_area");
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn two_at_one_record_are_told_what_clashes() {
    each_town(async |town| {
        let (clerk, worker) = (caller(&town, "clerk"), caller(&town, "worker1"));
        let (id, _) =
            enter(&clerk, "person", json!({ "name": "王芳" }), json!({ "area_path": GRID_1 })).await;
        let amend = |values| json!({ "version": 1, "values": values, "given": { "source": "door" } });
        let path = format!("/api/registry/records/{id}/amend");
        worker.post(&path, amend(json!({ "languages": ["湘方言"] }))).await.ok();
        let problem =
            clerk.post(&path, amend(json!({ "languages": ["普通话"] }))).await.refused("registry.stale");
        assert_eq!(problem["extra"]["changed"], json!(["languages"]));
        assert_eq!(problem["extra"]["present"], 2);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_move_changes_the_grid_and_is_undone_whole() {
    each_town(async |town| {
        let clerk = caller(&town, "clerk");
        let (home, other) = two_homes(&clerk).await;
        let (person, _) =
            enter(&clerk, "person", json!({ "name": "陈一" }), json!({ "area_path": GRID_2 })).await;
        let fact = json!({ "fact": "disability", "details": { "class": "visual", "grade": "2" } });
        let (fact, _) = enter(&clerk, "service_fact", fact, json!({ "person": person })).await;
        let go = async |dwelling: &str, leaves: bool| {
            let body = json!({ "dwelling": dwelling, "values": { "kind": "floating" }, "leaves_others": leaves,
                "given": { "source": "desk" } });
            let deed = clerk.post(&format!("/api/registry/people/{person}/move-in"), body).await.ok();
            (text(&deed["id"]), text(&deed["act"]))
        };
        let (first, _) = go(&home, false).await;
        assert_eq!(look(&clerk, &person).await["area"]["path"], GRID_1);
        assert_eq!(look(&clerk, &fact).await["area"]["path"], GRID_1);
        let (_, act) = go(&other, true).await;
        assert_eq!(look(&clerk, &first).await["state"], "ended");
        clerk.post(&format!("/api/registry/acts/{act}/undo"), json!({})).await.ok();
        assert_eq!(look(&clerk, &first).await["state"], "live");
        let family = clerk.get(&format!("/api/registry/dwellings/{other}/home?purpose=visit")).await.ok();
        assert_eq!(family["members"], json!([]));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_merge_takes_everything_along_and_is_undone() {
    each_town(async |town| {
        let clerk = caller(&town, "clerk");
        let (home, _) = two_homes(&clerk).await;
        let here = || json!({ "area_path": GRID_1 });
        let (keep, _) =
            enter(&clerk, "person", json!({ "name": "赵云", "phones": ["13873300001"] }), here()).await;
        let twice = json!({ "name": "赵芸", "phones": ["13873300002"], "documents": ["11010519491231002X"] });
        let (gone, _) = enter(&clerk, "person", twice, here()).await;
        let body = json!({ "dwelling": home, "values": { "kind": "registered" }, "given": { "source": "desk" } });
        clerk.post(&format!("/api/registry/people/{gone}/move-in"), body).await.ok();
        let version = look(&clerk, &gone).await["version"].clone();
        let body = json!({ "keep": keep, "keep_version": 1, "gone": gone, "gone_version": version, "take": ["name"],
            "given": { "source": "desk", "evidence": "本人身份证" } });
        let worker = caller(&town, "worker1");
        worker.post("/api/registry/merges", body.clone()).await.refused("forbidden");
        let deed = clerk.post("/api/registry/merges", body).await.ok();
        let merged = look(&clerk, &keep).await;
        assert_eq!(merged["label"], "赵芸");
        assert_eq!(shown(&merged, "phones"), "138****0001、138****0002");
        assert_eq!(shown(&merged, "birth_on"), "1949-12-31");
        assert_eq!(look(&clerk, &gone).await["merged_into"], json!(keep));
        let family = clerk.get(&format!("/api/registry/dwellings/{home}/home?purpose=visit")).await.ok();
        assert_eq!(family["members"][0]["person"]["id"], json!(keep));
        clerk.post(&format!("/api/registry/acts/{}/undo", text(&deed["act"])), json!({})).await.ok();
        assert_eq!(look(&clerk, &keep).await["label"], "赵云");
        let family = clerk.get(&format!("/api/registry/dwellings/{home}/home?purpose=visit")).await.ok();
        assert_eq!(family["members"][0]["person"]["id"], json!(gone));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_building_is_seen_floor_by_floor() {
    each_town(async |town| {
        let clerk = caller(&town, "clerk");
        let (home, _) = two_homes(&clerk).await;
        let room = look(&clerk, &home).await["links"]["place"].clone();
        let unit = look(&clerk, &text(&room)).await["links"]["place"].clone();
        let building = text(&look(&clerk, &text(&unit)).await["links"]["place"]);
        let body = json!({ "version": 1, "values": { "occupancy": "空置" }, "given": { "source": "door" } });
        clerk.post(&format!("/api/registry/records/{home}/amend"), body).await.ok();
        let drawn = clerk.get(&format!("/api/registry/places/{building}/building")).await.ok();
        assert_eq!((drawn["homes"].as_u64(), drawn["vacant"].as_u64()), (Some(2), Some(1)));
        let floor = &drawn["units"][0]["floors"][0];
        assert_eq!((&floor["name"], &floor["rooms"][0]["name"]), (&json!("3"), &json!("301")));
        assert_eq!(floor["rooms"][0]["occupancy"], "vacant");
        // A renamed building renames what stands in it.
        let body = json!({ "version": 1, "values": { "name": "15栋" }, "given": { "source": "desk" } });
        clerk.post(&format!("/api/registry/records/{building}/amend"), body).await.ok();
        assert_eq!(look(&clerk, &home).await["label"], "田心三村15栋2单元301");
        caller(&town, "worker2")
            .get(&format!("/api/registry/places/{building}/building"))
            .await
            .refused("not_found");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_person_moved_while_you_edited() {
    each_town(async |town| {
        let (worker, clerk) = (caller(&town, "worker1"), caller(&town, "clerk"));
        let (id, _) =
            enter(&worker, "person", json!({ "name": "张晓明" }), json!({ "area_path": GRID_1 })).await;
        let (lon, lat) = IN_GRID_2;
        let house = json!({ "level": "building", "name": "白马路9号" });
        let (house, _) = enter(&clerk, "place", house, json!({ "lon": lon, "lat": lat })).await;
        let (home, _) =
            enter(&clerk, "dwelling", json!({ "use": "residential" }), json!({ "place": house })).await;
        let go =
            json!({ "dwelling": home, "values": { "kind": "registered" }, "given": { "source": "desk" } });
        clerk.post(&format!("/api/registry/people/{id}/move-in"), go).await.ok();
        // What was typed meanwhile is saved by nobody: the desk is told to look again, the worker that the person is not theirs any more.
        let path = format!("/api/registry/records/{id}/amend");
        let amend = json!({ "version": 1, "values": { "name": "张小明" }, "given": { "source": "door" } });
        clerk.post(&path, amend.clone()).await.refused("registry.stale");
        worker.post(&path, amend).await.refused("not_found");
        assert_eq!(shown(&look(&clerk, &id).await, "name"), "张晓明");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_is_head_of_two_households_and_no_household_has_two() {
    each_town(async |town| {
        let clerk = caller(&town, "clerk");
        let (one, other) = two_homes(&clerk).await;
        let household = async |home: &str| {
            enter(&clerk, "household", json!({ "kind": "family" }), json!({ "dwelling": home })).await.0
        };
        let (first, second) = (household(&one).await, household(&other).await);
        let person = async |name: &str| {
            enter(&clerk, "person", json!({ "name": name }), json!({ "area_path": GRID_1 })).await.0
        };
        let (head, heir) = (person("张晓明").await, person("李梅").await);
        let moves = async |who: &str, home: &str, household: &str, leaves: bool| {
            let body = json!({ "dwelling": home, "household": household, "leaves_others": leaves,
                "values": { "kind": "registered", "relation": "head" }, "given": { "source": "desk" } });
            clerk.post(&format!("/api/registry/people/{who}/move-in"), body).await
        };
        moves(&head, &one, &first, false).await.ok();
        moves(&head, &other, &second, false).await.refused("registry.head_elsewhere");
        moves(&heir, &one, &first, false).await.refused("registry.second_head");
        moves(&head, &other, &second, true).await.ok();
        moves(&heir, &one, &first, false).await.ok();
    })
    .await;
}
