//! How soon somebody must look at what cannot wait for working hours: `case_types/urgency.toml`.

use super::Faults;
use super::case_type::Urgency;
use super::load::{read_rows, read_table};
use super::load_types::DEADLINE_AMOUNT_MAX;
use super::raw::{RawFirstLook, RawUrgency};
use flow::Deadline;
use serde::Serialize;
use std::collections::BTreeMap;

/// Where it stands, as faults name it.
pub(super) const URGENCY_FILE: &str = "case_types/urgency.toml";

/// The limits of the first look by urgency, and the clocks they are for.
#[derive(Clone, PartialEq, Debug, Default, Serialize)]
pub struct FirstLook {
    /// The workflow's clocks between a report and somebody at work on it.
    pub clocks: Vec<String>,
    pub within: BTreeMap<Urgency, Deadline>,
    /// Where the limits come from.
    pub source: String,
}

impl FirstLook {
    /// How long this clock runs for a case of that urgency; none where the workflow's own length holds.
    pub fn limit_of(&self, clock: &str, urgency: Urgency) -> Option<Deadline> {
        let limit = self.within.get(&urgency).copied();
        limit.filter(|_| self.clocks.iter().any(|name| name == clock))
    }
}

/// Reads the file. That its clocks are the workflow's is for the reader of both: [`crate::Rules::load`].
pub(super) fn load(files: &[(&str, &str)], faults: &mut Faults) -> FirstLook {
    let Some((_, text)) = files.iter().find(|(name, _)| *name == URGENCY_FILE) else {
        faults.add(URGENCY_FILE, "", "缺少这个文件", "the file is missing");
        return FirstLook::default();
    };
    let Some(mut table) = read_table(URGENCY_FILE, text, faults) else { return FirstLook::default() };
    let mut within = BTreeMap::new();
    for RawUrgency { key, first_look } in
        read_rows::<RawUrgency>(URGENCY_FILE, &mut table, "urgency", "key", faults)
    {
        let at = format!("urgency {}", key.name());
        if !(1..=DEADLINE_AMOUNT_MAX).contains(&first_look.amount) {
            faults.add(
                URGENCY_FILE,
                &*at,
                format!("first_look 应为 1—{DEADLINE_AMOUNT_MAX}"),
                format!("first_look must be 1 to {DEADLINE_AMOUNT_MAX}"),
            );
        }
        if within.insert(key, first_look).is_some() {
            faults.add(URGENCY_FILE, at, "重复", "it is there twice");
        }
    }
    let head = faults.keep(URGENCY_FILE, "", table.try_into::<RawFirstLook>());
    let Some(RawFirstLook { source, clocks }) = head else { return FirstLook::default() };
    if source.trim().is_empty() {
        faults.add(URGENCY_FILE, "source", "不能为空", "must not be empty");
    }
    FirstLook { clocks, within, source }
}
