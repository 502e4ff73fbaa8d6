//! Types of case that one district brought with it from another system, beside those of the catalogue.

use crate::catalogue::{CaseType, Duplicates, Measure, Proof, Urgency};
use crate::store::own_types as store;
use ::store::{Conn, Db};
use flow::{Deadline, Unit};
use platform::{DistrictId, Fault, Words};
use std::collections::BTreeMap;

/// The class all of them hang on.
const CLASS: &str = "own";

/// A district's own type, as a mapping declares it and the database keeps it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct OwnType {
    pub code: String,
    pub name: Words,
    /// To handle such a case, in working days.
    pub working_days: u32,
    /// Whether neighbours may see such a case.
    pub public: bool,
    pub source: String,
}

/// Own types of all districts of this server.
#[derive(Debug, Default)]
pub struct OwnTypes(BTreeMap<DistrictId, BTreeMap<String, CaseType>>);

impl OwnTypes {
    /// Reads them from the database.
    pub async fn read(db: &Db) -> Result<Self, Fault> {
        let rows = db.read(async |conn: &mut Conn| store::all(conn).await).await?;
        let mut types = Self::default();
        for (district, own) in rows {
            types.0.entry(district).or_default().insert(own.code.clone(), case_type(own));
        }
        Ok(types)
    }

    pub fn find(&self, district: DistrictId, code: &str) -> Option<&CaseType> {
        self.0.get(&district)?.get(code)
    }

    pub fn of(&self, district: DistrictId) -> impl Iterator<Item = &CaseType> {
        self.0.get(&district).into_iter().flat_map(BTreeMap::values)
    }
}

/// A plain type: no duty list names it, so its cases go to the desk; words are proof enough.
fn case_type(own: OwnType) -> CaseType {
    CaseType {
        code: own.code,
        class: CLASS.to_owned(),
        short: own.name.clone(),
        name: own.name,
        hint: None,
        component: None,
        words: Vec::new(),
        answers: Vec::new(),
        measures: vec![Measure {
            key: "handle".to_owned(),
            words: Words::of("办理", "Handle"),
            within: Deadline { amount: own.working_days, unit: Unit::WorkingDay },
            source: own.source.clone(),
        }],
        proof: Proof::None,
        urgency: Urgency::Normal,
        call_first: Vec::new(),
        duplicates: Duplicates { radius_m: 50, days: 30 },
        public: own.public,
        anonymous: true,
        offered: true,
        common: false,
        questions: Vec::new(),
        hazard: false,
        source: own.source,
    }
}
