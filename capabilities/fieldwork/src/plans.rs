//! Plans of versions, made once: a version never changes, so what stands on the shelf is never old.

use crate::model::FormId;
use crate::store;
use ::store::Conn;
use edge::Edge;
use forms::{Form, Plan};
use parking_lot::Mutex;
use platform::{DistrictId, Fault, FaultKind};
use std::collections::HashMap;
use std::sync::Arc;

/// Plans kept at once. A district fills a few dozen forms; when the shelf is full it is emptied, and fills again with what is in use.
const PLANS_MAX: usize = 200;

type Key = (DistrictId, FormId, i64);

/// The shelf.
#[derive(Debug, Default)]
pub(crate) struct Plans(Mutex<HashMap<Key, Arc<Plan>>>);

impl Plans {
    fn find(&self, key: &Key) -> Option<Arc<Plan>> {
        self.0.lock().get(key).cloned()
    }

    fn put(&self, key: Key, plan: Arc<Plan>) {
        let mut all = self.0.lock();
        if all.len() >= PLANS_MAX {
            all.clear();
        }
        all.insert(key, plan);
    }
}

/// The plan of a version; none where there is no such version.
///
/// # Errors
/// The database, or a definition that was changed behind our back.
pub(crate) async fn plan_of(
    edge: &Edge,
    district: DistrictId,
    form: FormId,
    number: i64,
) -> Result<Option<Arc<Plan>>, Fault> {
    let (plans, key) = (edge.fixture::<Plans>(), (district, form, number));
    if let Some(plan) = plans.find(&key) {
        return Ok(Some(plan));
    }
    let read = async move |conn: &mut Conn| store::find_definition(conn, district, form, number).await;
    let Some(definition) = edge.db.read::<_, Fault, _>(read).await? else { return Ok(None) };
    let making = tokio::task::spawn_blocking(move || make(&definition));
    let made = making.await.map_err(|e| Fault::broken("a plan was not made").because(e))??;
    let plan = Arc::new(made);
    plans.put(key, Arc::clone(&plan));
    Ok(Some(plan))
}

fn make(definition: &[u8]) -> Result<Plan, Fault> {
    let corrupt = |why: String| Fault::new(FaultKind::Corrupt, format!("a kept form cannot be read: {why}"));
    let form = Form::from_json(definition).map_err(corrupt)?;
    Plan::of(form).map_err(|faults| corrupt(format!("{} faults", faults.len())))
}
