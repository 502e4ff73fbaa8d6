//! Plans of versions, made once: a version never changes, so what stands on the shelf is never old.

use crate::model::FormId;
use crate::store;
use ::store::Conn;
use edge::Edge;
use forms::xform::Guise;
use forms::{Form, Plan};
use md5::{Digest, Md5};
use parking_lot::Mutex;
use platform::{DistrictId, Fault, FaultKind};
use std::collections::HashMap;
use std::sync::{Arc, OnceLock};

/// Plans kept at once. A district fills a few dozen forms; when the shelf is full it is emptied, and fills again with what is in use.
const PLANS_MAX: usize = 200;

type Key = (DistrictId, FormId, i64);

/// A version ready to be filled, with what of its form never changes.
#[derive(Debug)]
pub(crate) struct Ready {
    pub plan: Arc<Plan>,
    pub form_key: String,
    pub area_path: String,
    number: i64,
    xform: OnceLock<XForm>,
}

/// A version as clients of OpenRosa download it.
#[derive(Debug)]
pub(crate) struct XForm {
    pub text: String,
    /// In hexadecimal.
    pub md5: String,
}

impl Ready {
    /// A version's name for clients of OpenRosa, which know no numbers: a workbook may name two versions the same.
    pub fn name_for_collect(number: i64, name: &str) -> String {
        if name.is_empty() { number.to_string() } else { format!("{number} {name}") }
    }

    pub fn collect_version(&self) -> String {
        Self::name_for_collect(self.number, &self.plan.form().version)
    }

    /// The form as an XForm, written once.
    pub fn xform(&self) -> &XForm {
        self.xform.get_or_init(|| {
            let version = self.collect_version();
            let guise = Guise { version: Some(&version), lists_apart: true };
            let text = forms::xform::write_form_as(&self.plan, &guise);
            XForm { md5: md5_of(&text), text }
        })
    }
}

/// MD5 in hexadecimal: OpenRosa's way of telling files apart. It protects nothing here.
pub(crate) fn md5_of(text: &str) -> String {
    Md5::digest(text.as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The shelf.
#[derive(Debug, Default)]
pub(crate) struct Plans(Mutex<HashMap<Key, Arc<Ready>>>);

impl Plans {
    fn find(&self, key: &Key) -> Option<Arc<Ready>> {
        self.0.lock().get(key).cloned()
    }

    fn put(&self, key: Key, ready: Arc<Ready>) {
        let mut all = self.0.lock();
        if all.len() >= PLANS_MAX {
            all.clear();
        }
        all.insert(key, ready);
    }
}

/// A version ready to be filled; none where there is no such version.
///
/// # Errors
/// The database, or a definition that was changed behind our back.
pub(crate) async fn ready(
    edge: &Edge,
    district: DistrictId,
    form: FormId,
    number: i64,
) -> Result<Option<Arc<Ready>>, Fault> {
    let (plans, key) = (edge.fixture::<Plans>(), (district, form, number));
    if let Some(ready) = plans.find(&key) {
        return Ok(Some(ready));
    }
    let read = async move |conn: &mut Conn| store::find_definition(conn, district, form, number).await;
    let Some(row) = edge.db.read::<_, Fault, _>(read).await? else { return Ok(None) };
    let making = tokio::task::spawn_blocking(move || make(&row.definition));
    let made = making.await.map_err(|e| Fault::broken("a plan was not made").because(e))??;
    let ready = Arc::new(Ready {
        plan: Arc::new(made),
        form_key: row.key,
        area_path: row.area_path,
        number,
        xform: OnceLock::new(),
    });
    plans.put(key, Arc::clone(&ready));
    Ok(Some(ready))
}

/// The plan of a version alone.
///
/// # Errors
/// As [`ready`].
pub(crate) async fn plan_of(
    edge: &Edge,
    district: DistrictId,
    form: FormId,
    number: i64,
) -> Result<Option<Arc<Plan>>, Fault> {
    Ok(ready(edge, district, form, number).await?.map(|ready| Arc::clone(&ready.plan)))
}

fn make(definition: &[u8]) -> Result<Plan, Fault> {
    let corrupt = |why: String| Fault::new(FaultKind::Corrupt, format!("a kept form cannot be read: {why}"));
    let form = Form::from_json(definition).map_err(corrupt)?;
    Plan::of(form).map_err(|faults| corrupt(format!("{} faults", faults.len())))
}
