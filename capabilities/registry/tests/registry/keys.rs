//! The keys of a district change while it runs, and everything still opens; what was tampered with is found and named.

use crate::town::{GRID_1, caller, each_town, enter, look, shown};
use serde_json::json;
use store::Tx;
use testkit::DISTRICT;

#[tokio::test(flavor = "multi_thread")]
async fn a_rotation_seals_everything_anew() {
    each_town(async |town| {
        let clerk = caller(&town, "clerk");
        let values = json!({ "name": "张晓明", "phones": ["13873300042"] });
        let (id, _) = enter(&clerk, "person", values, json!({ "area_path": GRID_1 })).await;
        let body =
            json!({ "version": 1, "values": { "phones": ["13873300043"] }, "given": { "source": "desk" } });
        clerk.post(&format!("/api/registry/records/{id}/amend"), body).await.ok();
        let reason = "楼上着火，要马上通知这一户撤离";
        let path = format!("/api/registry/records/{id}?purpose=visit&emergency={reason}");
        caller(&town, "worker2").get(&path).await.ok();
        let paper = json!({ "person": id, "record": id, "what": "object", "words": "不同意登记" });
        clerk.post("/api/registry/requests", paper).await.ok();
        let (other, _) =
            enter(&clerk, "person", json!({ "name": "张小明" }), json!({ "area_path": GRID_1 })).await;
        let apart = json!({ "one": id, "other": other, "reason": "生日不同，是兄弟" });
        clerk.post("/api/registry/duplicates/not-same", apart).await.ok();
        seal::rotate(town.db(), DISTRICT).await.expect("a new key");
        let mut rows = Vec::new();
        for table in registry::RESEALS {
            rows.push((table.run)(town.db(), DISTRICT, &|_| {}).await.expect("sealed anew"));
        }
        assert_eq!(rows, [1, 1, 0, 1, 1, 0, 0, 1]);
        assert_eq!(
            (registry::RESEALS[0].run)(town.db(), DISTRICT, &|_| {}).await.expect("nothing is left"),
            0
        );
        let alarms = caller(&town, "security").get("/api/registry/alarms").await.ok();
        assert_eq!(alarms["items"][0]["reason"], reason);
        let apart = clerk.get("/api/registry/duplicates/not-same").await.ok();
        assert_eq!(apart["items"][0]["reason"], "生日不同，是兄弟");
        let seen = look(&clerk, &id).await;
        assert_eq!(shown(&seen, "phones"), "138****0043");
        let history =
            clerk.get(&format!("/api/registry/records/{id}/history?purpose=check&open=phones")).await.ok();
        assert_eq!(history[0]["fields"][0]["before"]["zh"], "13873300042");
    })
    .await;
}

store::sql! {
    FLIP: (platform::DistrictId, uuid::Uuid, Vec<u8>) =
        "update registry_record set sealed = $3 where district = $1 and id = $2";
    SEALED: (platform::DistrictId, uuid::Uuid) -> (Option<Vec<u8>>,) =
        "select sealed from registry_record where district = $1 and id = $2";
}

#[tokio::test(flavor = "multi_thread")]
async fn a_flipped_byte_is_found_and_named() {
    each_town(async |town| {
        let clerk = caller(&town, "clerk");
        let values = json!({ "name": "张晓明", "phones": ["13873300042"] });
        let (id, _) = enter(&clerk, "person", values, json!({ "area_path": GRID_1 })).await;
        let uuid: uuid::Uuid = id.parse().expect("an id");
        let flip = async move |tx: &mut Tx| {
            let (sealed,) = tx.one(&SEALED, (DISTRICT, uuid)).await?;
            let mut sealed = sealed.expect("a sealed value");
            let last = sealed.len() - 1;
            sealed[last] ^= 1;
            tx.execute(&FLIP, (DISTRICT, uuid, sealed)).await.map(drop)
        };
        town.db().write::<_, platform::Fault, _>(&town.system(), flip).await.expect("tampered with");
        let fault = registry::state_of(&town.edge, DISTRICT, id.parse().expect("an id")).await;
        let told = format!("{:?}", fault.expect_err("it does not open"));
        assert!(told.contains("registry_record.sealed") && told.contains(&id), "{told}");
        clerk.get(&format!("/api/registry/records/{id}?purpose=visit")).await.refused("fault");
    })
    .await;
}
