//! The lists a running server obeys: which published version of each holds is a question of the day, so nothing has to be exchanged at
//! midnight and every server changes over at once.

use crate::catalogue::{Catalogue, DutyList};
use crate::routing::Router;
use crate::store::duties as store;
use ::store::{Conn, Db};
use jiff::civil::Date;
use parking_lot::RwLock;
use platform::{DistrictId, Fault};
use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

/// The lists that hold on a day, laid over the catalogue, and the router over both.
#[derive(Debug)]
pub struct InForce {
    pub catalogue: Arc<Catalogue>,
    pub router: Router,
}

/// What one district has published.
#[derive(Debug)]
struct Published {
    /// How many there are: a published version neither changes nor goes.
    count: i64,
    lists: Vec<DutyList>,
    /// As last asked for: by the versions that held.
    in_force: RwLock<Option<(Vec<String>, Arc<InForce>)>>,
}

/// What every district has published, as this process knows it.
#[derive(Debug, Default)]
pub(crate) struct Shelf(RwLock<HashMap<DistrictId, Arc<Published>>>);

impl Shelf {
    /// The lists that hold on that day; nothing where a district has published none that does.
    pub fn in_force(&self, district: DistrictId, on: Date, base: &Router) -> Option<Arc<InForce>> {
        let published = self.0.read().get(&district).cloned()?;
        let holding = published.holding(on);
        if holding.is_empty() {
            return None;
        }
        let names: Vec<String> = holding.iter().map(|l| format!("{}/{}", l.key, l.version)).collect();
        if let Some((of, known)) = &*published.in_force.read()
            && *of == names
        {
            return Some(known.clone());
        }
        let catalogue = Arc::new(base.catalogue().with_lists(holding.into_iter().cloned()));
        let found = Arc::new(InForce { router: base.over(catalogue.clone()), catalogue });
        *published.in_force.write() = Some((names, found.clone()));
        Some(found)
    }

    /// Reads the published versions of the districts that have others than this process knows of.
    pub async fn follow(&self, db: &Db) -> Result<(), Fault> {
        let counts = db.read(async |conn: &mut Conn| store::count_published(conn).await).await?;
        for (district, count) in counts {
            let is_known = self.0.read().get(&district).is_some_and(|known| known.count == count);
            if is_known {
                continue;
            }
            let versions =
                db.read(async move |conn: &mut Conn| store::published(conn, district).await).await?;
            let lists: Vec<DutyList> = versions.iter().filter_map(super::DutyVersion::list).collect();
            let published = Published { count: lists.len() as i64, lists, in_force: RwLock::default() };
            self.0.write().insert(district, Arc::new(published));
        }
        Ok(())
    }
}

impl Published {
    /// Of each list the version that began last by that day.
    fn holding(&self, on: Date) -> Vec<&DutyList> {
        let mut holding: BTreeMap<&str, &DutyList> = BTreeMap::new();
        for list in self.lists.iter().filter(|list| list.effective_from <= on) {
            let known = holding.entry(&list.key).or_insert(list);
            if known.effective_from < list.effective_from {
                *known = list;
            }
        }
        holding.into_values().collect()
    }
}

/// Takes up what another server, or the command line, has published. The server's background work calls it every second.
///
/// # Errors
/// The store.
pub async fn follow(db: &Db) -> Result<(), Fault> {
    db.fixtures().get::<crate::Rules>().duties().follow(db).await
}
