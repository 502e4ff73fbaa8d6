//! The wrapped keys of the districts, as rows. What wraps them, and what they are for, is the business of `seal`.

use crate::{Conn, Tx, row, sql, text_enum};
use platform::{DistrictId, Fault, Time};

text_enum! {
    /// What a district's key is for.
    pub KeyPurpose {
        /// Seals fields; the newest seals, the older ones still open.
        Field = "field",
        /// Makes blind indexes; there is one, and it stays.
        Blind = "blind",
        /// Signs the checkpoints of the log of facts; there is one, and it stays.
        Log = "log",
    }
}

row! {
    /// A wrapped key.
    #[derive(Clone, Debug)]
    pub struct DataKeyRow {
        pub district: DistrictId,
        pub purpose: KeyPurpose,
        /// From 1 on, for each purpose.
        pub number: i64,
        /// The algorithms it is used with.
        pub suite: String,
        /// The fingerprint of the key that wraps it.
        pub holder: String,
        pub wrapped: Vec<u8>,
        pub made_at: Time,
        /// Since when a newer one is in its place.
        pub retired_at: Option<Time>,
    }
}

sql! {
    ALL: () -> DataKeyRow =
        "select district, purpose, number, suite, holder, wrapped, made_at, retired_at
         from platform_data_key order by district, purpose, number /* every district */";
    OF_DISTRICT: (DistrictId,) -> DataKeyRow =
        "select district, purpose, number, suite, holder, wrapped, made_at, retired_at
         from platform_data_key where district = $1 order by purpose, number /* whole district */";
    COUNTS: () -> (DistrictId, i64) =
        "select district, count(*) from platform_data_key group by district order by district /* every district */";
    ADD: (DistrictId, KeyPurpose, i64, String, String, Vec<u8>, Time) =
        "insert into platform_data_key (district, purpose, number, suite, holder, wrapped, made_at)
         values ($1, $2, $3, $4, $5, $6, $7)
         on conflict (district, purpose, number) do nothing";
    RETIRE: (DistrictId, KeyPurpose, i64, Time) =
        "update platform_data_key set retired_at = $4
         where district = $1 and purpose = $2 and number < $3 and retired_at is null";
    DISTRICTS: () -> (DistrictId,) = "select district from platform_district order by district";
}

impl DataKeyRow {
    /// Every district's keys: a handful each.
    pub async fn all(conn: &mut Conn) -> Result<Vec<DataKeyRow>, Fault> {
        conn.all(&ALL, ()).await
    }

    pub async fn of_district(conn: &mut Conn, district: DistrictId) -> Result<Vec<DataKeyRow>, Fault> {
        conn.all(&OF_DISTRICT, (district,)).await
    }

    /// How many keys each district has: it grows when another server has made one.
    pub async fn counts(conn: &mut Conn) -> Result<Vec<(DistrictId, i64)>, Fault> {
        conn.all(&COUNTS, ()).await
    }

    /// The districts that should have keys.
    pub async fn districts(conn: &mut Conn) -> Result<Vec<DistrictId>, Fault> {
        Ok(conn.all(&DISTRICTS, ()).await?.into_iter().map(|(district,)| district).collect())
    }
}

impl Tx {
    /// Adds a key of this write's district; false where another server has just made the one of this number.
    pub async fn add_data_key(&mut self, row: DataKeyRow) -> Result<bool, Fault> {
        let district = self.district();
        let params = (district, row.purpose, row.number, row.suite, row.holder, row.wrapped, row.made_at);
        Ok(self.execute(&ADD, params).await? == 1)
    }

    /// Retires the keys of a purpose that are older than `number`.
    pub async fn retire_data_keys(&mut self, purpose: KeyPurpose, number: i64) -> Result<(), Fault> {
        let (district, now) = (self.district(), self.now());
        self.execute(&RETIRE, (district, purpose, number, now)).await.map(drop)
    }
}
