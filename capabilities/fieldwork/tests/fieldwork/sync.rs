//! What a phone carries: its grids and nothing else, what has changed and nothing else, and everybody on it is told.

use crate::register::{enter, move_in, page, phone, pull, two_homes, version, worker};
use crate::town::{GRID_1, GRID_2, IN_GRID_2, caller, each_town, published, text};
use platform::MINUTE;
use serde_json::{Value, json};
use store::Conn;
use testkit::{DISTRICT, Town};

/// Past what is read again each time.
fn later(town: &Town) {
    town.clock.set(town.clock.now().after(MINUTE * 10));
}

fn ids(homes: &[Value]) -> Vec<String> {
    let mut ids: Vec<String> = homes.iter().map(|home| text(&home["id"])).collect();
    ids.sort();
    ids
}

#[tokio::test(flavor = "multi_thread")]
async fn a_home_is_one_row_with_who_lives_there_and_nothing_that_is_sealed() {
    each_town(async |town| {
        let clerk = caller(&town, "clerk");
        let homes = two_homes(&clerk).await;
        let form = published(&clerk).await;
        let (worker, device) = worker(&town).await;
        let page = page(&worker, &device, None).await;
        assert_eq!((&page["more"], &page["left"]), (&json!(false), &json!(0)));
        assert_eq!(page["grids"][0]["path"], GRID_1);
        assert_eq!(page["grids"][0]["outline"]["type"], "MultiPolygon");
        let rows = page["homes"].as_array().expect("homes");
        let home = rows.iter().find(|home| home["id"] == homes.first.as_str()).expect("the home");
        assert_eq!(
            (&home["address"], &home["place"]),
            (&json!("田心三村5栋2单元301"), &json!("5栋2单元301"))
        );
        assert_eq!(home["building"], json!({ "id": homes.building, "label": "田心三村5栋" }));
        assert_eq!(home["letters"], "5d2dy301 zxm");
        assert_eq!(home["values"]["use"]["value"], "residential");
        assert!(home["lon"].is_f64(), "the estate's point");
        let person = &home["people"][0];
        assert_eq!((&person["name"], &person["relation"]), (&json!("张晓明"), &json!("head")));
        assert_eq!(person["values"]["birth_on"]["value"], "1949-12-31");
        assert_eq!(
            person["values"].get("phones"),
            None,
            "a phone of the register is opened for a purpose, online"
        );
        assert!(!page.to_string().contains("13873300042"));
        assert_eq!((&page["forms"][0]["id"], &page["forms"][0]["number"]), (&json!(form), &json!(1)));
        assert!(page["forms"][0]["definition"].is_object());
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn only_what_has_changed_comes_again() {
    each_town(async |town| {
        let clerk = caller(&town, "clerk");
        let homes = two_homes(&clerk).await;
        later(&town);
        let (worker, device) = worker(&town).await;
        let (_, _, first) = pull(&worker, &device, None).await;
        later(&town);
        let (rows, _, still) = pull(&worker, &device, first["since"].as_str()).await;
        assert_eq!((rows.len(), &still["forms"]), (0, &Value::Null), "nothing has changed");
        let amend = async |id: &str, values: Value| {
            let body = json!({ "version": version(&clerk, id).await, "values": values, "given": { "source": "desk" } });
            clerk.post(&format!("/api/registry/records/{id}/amend"), body).await.ok();
        };
        amend(&homes.person, json!({ "name": "张小明" })).await;
        let (rows, gone, named) = pull(&worker, &device, still["since"].as_str()).await;
        assert_eq!((ids(&rows), &rows[0]["people"][0]["name"]), (vec![homes.first.clone()], &json!("张小明")));
        assert!(gone.is_empty());
        later(&town);
        amend(&homes.building, json!({ "name": "6栋" })).await;
        let (rows, _, renamed) = pull(&worker, &device, named["since"].as_str()).await;
        let mut both = vec![homes.first.clone(), homes.second.clone()];
        both.sort();
        assert_eq!(ids(&rows), both, "the name of a building stands in each of its homes");
        assert!(rows.iter().all(|home| text(&home["place"]).starts_with("6栋2单元")));
        later(&town);
        move_in(&clerk, &homes.person, &homes.second, true).await;
        let (rows, _, moved) = pull(&worker, &device, renamed["since"].as_str()).await;
        let people = |id: &str| {
            let home = rows.iter().find(|home| home["id"] == id).expect("a row");
            home["people"].as_array().map(Vec::len)
        };
        assert_eq!((people(&homes.first), people(&homes.second)), (Some(0), Some(1)));
        later(&town);
        let (_, _, moved) = pull(&worker, &device, moved["since"].as_str()).await;
        let body = json!({ "version": version(&clerk, &homes.first).await, "given": { "source": "desk" } });
        clerk.post(&format!("/api/registry/records/{}/end", homes.first), body).await.ok();
        let (rows, gone, _) = pull(&worker, &device, moved["since"].as_str()).await;
        assert_eq!((rows.len(), gone), (0, vec![homes.first.clone()]), "a home that is no more");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_phone_carries_its_own_grids_only() {
    each_town(async |town| {
        let clerk = caller(&town, "clerk");
        let homes = two_homes(&clerk).await;
        let (lon, lat) = IN_GRID_2;
        let at = json!({ "lon": lon, "lat": lat });
        let house = enter(&clerk, "place", json!({ "level": "building", "name": "老屋" }), at).await;
        let home = enter(&clerk, "dwelling", json!({ "use": "residential" }), json!({ "place": house })).await;
        later(&town);
        let other = caller(&town, "worker2");
        let theirs = phone(&other, 0xe0).await;
        let (rows, _, first) = pull(&other, &theirs, None).await;
        assert_eq!(ids(&rows), [home.as_str()]);
        // A second home in the other grid: the person's own record stays in the first.
        move_in(&clerk, &homes.person, &home, false).await;
        let (rows, _, second) = pull(&other, &theirs, first["since"].as_str()).await;
        assert_eq!(rows[0]["people"][0]["name"], "张晓明");
        later(&town);
        move_in(&clerk, &homes.person, &homes.second, false).await;
        let body = json!({ "version": version(&clerk, &homes.person).await, "values": { "name": "张小明" }, "given": { "source": "desk" } });
        clerk.post(&format!("/api/registry/records/{}/amend", homes.person), body).await.ok();
        let (rows, _, _) = pull(&other, &theirs, second["since"].as_str()).await;
        assert_eq!((ids(&rows), &rows[0]["people"][0]["name"]), (vec![home], &json!("张小明")), "and comes all the same");
        assert_eq!(rows[0]["area_path"], GRID_2);
    })
    .await;
}

store::sql! {
    TOLD: (platform::DistrictId, registry::RecordId) -> (String, Option<String>) =
        "select e.purpose, e.device from registry_exported x
         join registry_export e on e.district = x.district and e.id = x.export_id
         where x.district = $1 and x.record_id = $2 order by e.id";
}

async fn told(town: &Town, person: &str) -> Vec<(String, Option<String>)> {
    let person = registry::RecordId(person.parse().expect("an id"));
    let read = async move |conn: &mut Conn| conn.all(&TOLD, (DISTRICT, person)).await;
    town.db().read::<_, platform::Fault, _>(read).await.expect("what was told")
}

#[tokio::test(flavor = "multi_thread")]
async fn everybody_carried_is_told_once_and_again_after_the_lease() {
    each_town(async |town| {
        let clerk = caller(&town, "clerk");
        let homes = two_homes(&clerk).await;
        later(&town);
        let (worker, device) = worker(&town).await;
        let (_, _, first) = pull(&worker, &device, None).await;
        let line = ("visit".to_owned(), Some("红米".to_owned()));
        assert_eq!(told(&town, &homes.person).await, std::slice::from_ref(&line));
        later(&town);
        let (_, _, again) = pull(&worker, &device, None).await;
        assert_eq!(
            told(&town, &homes.person).await.len(),
            1,
            "the same phone asks again: it is on it already"
        );
        assert_ne!(first["since"], Value::Null);
        let second = phone(&worker, 0xd1).await;
        pull(&worker, &second, None).await;
        assert_eq!(told(&town, &homes.person).await.len(), 2, "another phone");
        town.clock.set(town.clock.now().after(MINUTE * 60 * 24 * 8));
        pull(&worker, &device, again["since"].as_str()).await;
        assert_eq!(told(&town, &homes.person).await.len(), 3, "its time had run out: carried anew");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_is_only_stored_is_not_carried() {
    each_town(async |town| {
        let clerk = caller(&town, "clerk");
        let homes = two_homes(&clerk).await;
        later(&town);
        let (worker, device) = worker(&town).await;
        let (_, _, first) = pull(&worker, &device, None).await;
        later(&town);
        let paper = json!({ "person": homes.person, "record": homes.person, "what": "restrict", "words": "只存不用" });
        let asked = text(&clerk.post("/api/registry/requests", paper).await.ok()["id"]);
        clerk.post(&format!("/api/registry/requests/{asked}/decide"), json!({ "granted": true })).await.ok();
        let (rows, gone, _) = pull(&worker, &device, first["since"].as_str()).await;
        assert_eq!((ids(&rows), &rows[0]["people"]), (vec![homes.first.clone()], &json!([])));
        assert!(gone.is_empty(), "the home stays");
        let (rows, _, _) = pull(&worker, &device, None).await;
        assert!(!json!(rows).to_string().contains("张晓明"));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_place_that_is_none_begins_anew() {
    each_town(async |town| {
        two_homes(&caller(&town, "clerk")).await;
        let (worker, device) = worker(&town).await;
        let begun = page(&worker, &device, Some("bm9uc2Vuc2U")).await;
        assert_eq!(begun["homes"].as_array().map(Vec::len), Some(2));
        assert!(begun["cases"].is_array());
    })
    .await;
}
