//! A plan: areas that are to be in force from a day on, and what was found when it was checked.

use super::{Area, AreaDraft, AreaId, Edition};
use geo::Point;
use platform::{Time, Words};
use serde::Serialize;
use std::borrow::Cow;

/// Areas that are to be in force from a moment on.
#[derive(Clone, Debug)]
pub struct Plan {
    pub from: Time,
    /// The code of an area that is redivided: whatever lies below it now and is not in `areas` ends. None: areas are added
    /// or renewed, and nothing ends.
    pub within: Option<String>,
    pub areas: Vec<AreaDraft>,
}

/// How grave a finding is. Errors keep a plan out; warnings are worth a look.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    Error,
    Warning,
}

/// One thing a person should look at before a plan comes into force.
#[derive(Clone, PartialEq, Debug, Serialize, utoipa::ToSchema)]
pub struct Finding {
    /// Stable: `geo.overlap`, `territory.duplicate_code`, ….
    #[schema(value_type = String)]
    pub code: Cow<'static, str>,
    pub severity: Severity,
    /// Codes of the areas concerned.
    pub areas: Vec<String>,
    pub words: Words,
    /// Where to look: longitude and latitude, WGS-84.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Vec<f64>>)]
    pub place: Option<[f64; 2]>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub square_metres: Option<f64>,
}

impl Finding {
    pub(crate) fn new(code: &'static str, severity: Severity, area: &str, words: Words) -> Self {
        let areas = if area.is_empty() { Vec::new() } else { vec![area.to_owned()] };
        Self { code: Cow::Borrowed(code), severity, areas, words, place: None, square_metres: None }
    }

    pub(crate) fn error(code: &'static str, area: &str, zh: String, en: String) -> Self {
        Self::new(code, Severity::Error, area, Words::new(zh, en))
    }

    pub(crate) fn warning(code: &'static str, area: &str, zh: String, en: String) -> Self {
        Self::new(code, Severity::Warning, area, Words::new(zh, en))
    }

    pub(crate) fn at(mut self, place: Point) -> Self {
        let place = place.round(6);
        self.place = Some([place.lon(), place.lat()]);
        self
    }
}

/// What checking a plan found, and what it would change.
#[derive(Clone, Debug)]
pub struct Review {
    /// Errors first.
    pub findings: Vec<Finding>,
    /// Codes that are new, changed, and no longer in force.
    pub added: Vec<String>,
    pub renewed: Vec<String>,
    pub ended: Vec<String>,
    /// Areas of the plan that are as they were.
    pub unchanged: usize,
    pub(crate) plan: CheckedPlan,
}

impl Review {
    pub fn is_blocked(&self) -> bool {
        self.findings.iter().any(|f| f.severity == Severity::Error)
    }

    /// The plan, ready to be imported; its review where errors keep it out.
    pub fn accept(self) -> Result<CheckedPlan, Box<Review>> {
        if self.is_blocked() { Err(Box::new(self)) } else { Ok(self.plan) }
    }
}

/// A plan that was checked against the areas as they stood. Only a review without errors gives one.
#[derive(Clone, Debug)]
pub struct CheckedPlan {
    pub(crate) from: Time,
    /// The edition it was checked against: another one means that somebody was faster.
    pub(crate) edition: Edition,
    /// New versions, parents first. Ids and version numbers are given when they are saved.
    pub(crate) coming: Vec<Area>,
    /// What is no longer in force from then on.
    pub(crate) going: Vec<AreaId>,
    pub(crate) within: Option<String>,
    /// Paths at which the right to edit is needed.
    pub(crate) touched: Vec<String>,
    pub(crate) added: usize,
    pub(crate) renewed: usize,
    pub(crate) ended: usize,
}

impl CheckedPlan {
    /// Whether nothing would change.
    pub fn is_empty(&self) -> bool {
        self.coming.is_empty() && self.going.is_empty()
    }
}
