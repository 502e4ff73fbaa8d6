//! A town with a key file, and people who do things that leave facts.

use platform::{DistrictId, Fault};
use seal::{KEY_FILE_NAME, Keyring, SealSettings, Suite, Vault};
use std::sync::Arc;
use std::time::Duration;
use store::{Db, Fact, Tx, sql};
use testkit::{DISTRICT, Town};
use uuid::Uuid;

pub fn settings(town: &Town, suite: Suite) -> SealSettings {
    SealSettings { key_file: town.folder.path().join(KEY_FILE_NAME), suite }
}

sql! {
    FORGET_KEYS: (DistrictId,) = "delete from platform_data_key where district = $1";
}

/// As if the district had never had keys.
pub async fn forget_keys(town: &Town) {
    let forget = async |tx: &mut Tx| tx.execute(&FORGET_KEYS, (DISTRICT,)).await;
    town.db().write::<_, Fault, _>(&town.system(), forget).await.expect("forgotten");
}

pub async fn prepare(town: &Town, suite: Suite) {
    seal::prepare(town.db(), &settings(town, suite)).await.expect("prepared");
}

pub fn keys(db: &Db) -> Arc<Keyring> {
    db.fixtures().get::<Vault>().of(DISTRICT).expect("the district's keys")
}

/// A bell was rung.
struct BellRung(u32);

impl Fact for BellRung {
    fn name(&self) -> &'static str {
        "test.bell_rung"
    }
    fn subject(&self) -> (&'static str, Uuid) {
        ("bell", Uuid::from_u128(u128::from(self.0)))
    }
    fn area_path(&self) -> Option<&str> {
        self.0.is_multiple_of(2).then_some("a/b")
    }
    fn data(&self) -> serde_json::Value {
        serde_json::json!({ "z": self.0, "a": { "two": 2.0, "half": 0.5, "word": "钟" } })
    }
}

/// Rings the bell so often, a second apart.
pub async fn ring(town: &Town, times: u32) {
    for n in 0..times {
        town.clock.set(town.clock.now().after(Duration::from_secs(1)));
        let rung = async move |tx: &mut Tx| tx.record(&BellRung(n)).await;
        town.db().write::<_, Fault, _>(&town.system(), rung).await.expect("rung");
    }
}

/// Rings it once as if it had been so long ago, as an import of the past does.
pub async fn ring_late(town: &Town, ago: Duration) {
    let moment = town.clock.now().before(ago);
    let rung = async move |tx: &mut Tx| {
        tx.at(moment);
        tx.record(&BellRung(0)).await
    };
    town.db().write::<_, Fault, _>(&town.system(), rung).await.expect("rung");
}
