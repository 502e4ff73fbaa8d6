//! Which district a request is about: by host name, by header, else the first.

use crate::Recorders;
use axum::http::{HeaderMap, header};
use platform::{DistrictId, Fault, Problem, Sandbox, Words};
use std::sync::Arc;
use store::{Conn, Db, Json, Tx, row, sql};

/// The header by which a caller of the API names a district.
const HEADER: &str = "mulin-district";

row! {
    /// A district this server runs.
    #[derive(Clone, Debug)]
    pub struct District {
        pub district: DistrictId,
        /// The division code as text, and the Open311 jurisdiction.
        pub code: String,
        pub name: String,
        pub name_en: String,
        /// The host name its pages are served under.
        pub host: Option<String>,
        /// `hotline`, `phone`, `supervision_phone`, `schematic`, …
        pub settings: Json<serde_json::Value>,
    }
}

impl District {
    pub fn setting(&self, key: &str) -> Option<&str> {
        self.settings.0.get(key).and_then(serde_json::Value::as_str)
    }

    /// The sandbox it is, where everything is invented; none for a real district.
    pub fn sandbox(&self) -> Option<Sandbox> {
        Sandbox::of(self.district)
    }

    pub fn words(&self) -> Words {
        Words::new(self.name.clone(), self.name_en.clone())
    }
}

sql! {
    ALL: () -> District = "select district, code, name, name_en, host, settings from platform_district order by district";
    ADD: (DistrictId, String, String, String, Option<String>, Json<serde_json::Value>, platform::Time) =
        "insert into platform_district (district, code, name, name_en, host, settings, created_at)
         values ($1, $2, $3, $4, $5, $6, $7)
         on conflict (district) do update set code = excluded.code, name = excluded.name, name_en = excluded.name_en,
             host = excluded.host, settings = excluded.settings";
}

/// The districts of this server.
#[derive(Debug, Default)]
pub struct Districts(Vec<Arc<District>>);

impl Districts {
    /// Reads them anew and puts them on the shelf.
    pub async fn load(db: &Db) -> Result<(), Fault> {
        let rows = db.read(async |conn: &mut Conn| conn.all(&ALL, ()).await).await?;
        let vault = db.fixtures().find::<seal::Vault>();
        for district in rows.iter().map(|row| row.district) {
            // A district founded meanwhile gets its keys.
            if let Some(vault) = vault.as_ref().filter(|vault| vault.of(district).is_err()) {
                vault.refresh(db, district).await?;
            }
        }
        let districts = Self(rows.into_iter().map(Arc::new).collect());
        let before = db.fixtures().find::<Recorders>();
        db.fixtures().put(Arc::new(Recorders::of_districts(&districts, before.as_deref())));
        db.fixtures().put(Arc::new(districts));
        Ok(())
    }

    /// Founds a district, or changes its name and settings.
    pub async fn found(tx: &mut Tx, district: District) -> Result<(), Fault> {
        let now = tx.now();
        let d = district;
        tx.execute(&ADD, (d.district, d.code, d.name, d.name_en, d.host, d.settings, now)).await.map(drop)
    }

    pub fn all(&self) -> &[Arc<District>] {
        &self.0
    }

    pub fn find(&self, id: DistrictId) -> Option<&Arc<District>> {
        self.0.iter().find(|d| d.district == id)
    }

    pub fn by_code(&self, code: &str) -> Option<&Arc<District>> {
        self.0.iter().find(|d| d.code == code)
    }

    /// The district a request means when nobody has signed in.
    pub(crate) fn of_request(&self, headers: &HeaderMap) -> Result<&Arc<District>, Problem> {
        if let Some(code) = headers.get(HEADER) {
            let code = code.to_str().unwrap_or_default();
            return self.by_code(code).ok_or_else(|| {
                Problem::not_found()
                    .detail(Words::of("本系统没有这个区。", "This server does not run that district."))
                    .field(HEADER)
            });
        }
        let host = headers.get(header::HOST).and_then(|v| v.to_str().ok()).unwrap_or_default();
        let name = host.rsplit_once(':').map_or(host, |(name, _)| name);
        let named = self.0.iter().find(|d| d.host.as_deref() == Some(name));
        named.or_else(|| self.0.first()).ok_or_else(|| {
            Problem::new(
                axum::http::StatusCode::SERVICE_UNAVAILABLE,
                "no_district",
                Words::of(
                    "系统里还没有任何区，请管理员先建立。",
                    "No district has been founded on this server yet.",
                ),
            )
        })
    }
}
