//! Outages as their operators read them: what was announced, how much it concerns, what may be done next. Counts and buildings, never who.

use crate::model::outage::{Extent, Outage, OutageDeed, OutageId, OutageState, Service};
use crate::outages::catalogue::OutageBook;
use crate::outages::concern::Concern;
use crate::store::outages::{BuildingRow, VersionRow};
use messages::MessageCounts;
use platform::{OrganisationId, Time, Words};
use registry::{Nameable, RecordId};
use serde::Serialize;
use territory::Snapshot;
use utoipa::ToSchema;

/// Buildings of one answer; the rest comes page by page.
pub(crate) const BUILDINGS_SHOWN_MAX: usize = 500;

/// The operator or department that announces.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct OutageUnit {
    pub id: OrganisationId,
    pub key: String,
    pub name: Words,
}

/// An announcement.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct OutageView {
    pub id: OutageId,
    /// To be sent along with a step.
    pub version: i64,
    pub state: OutageState,
    pub state_words: Words,
    pub service: Service,
    pub service_words: Words,
    pub sudden: bool,
    pub unit: Option<OutageUnit>,
    pub from: Time,
    pub to: Time,
    pub reason: String,
    pub reason_en: Option<String>,
    pub phone: String,
    pub area_path: String,
    pub area_words: Words,
    pub buildings: i64,
    pub homes: i64,
    pub published_at: Option<Time>,
    pub over_at: Option<Time>,
    pub changed_at: Time,
    /// Planned work that is announced later than the law wants; which law, says `notice_source`.
    pub short_notice: bool,
    pub notice_source: String,
    /// What may be done to it now.
    pub can: Vec<OutageDeed>,
}

/// What was announced as one version.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct OutageVersionView {
    pub version: i64,
    pub at: Time,
    pub state: OutageState,
    pub state_words: Words,
    pub from: Time,
    pub to: Time,
    pub reason: String,
    pub buildings: i64,
    pub homes: i64,
}

/// A building that is concerned.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct OutageBuilding {
    /// Its place in the list.
    pub rank: i64,
    pub place: RecordId,
    pub label: String,
    pub area_path: String,
    pub homes: i64,
}

/// An announcement with its ground, its history and the first of its buildings.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct OutageDetail {
    #[serde(flatten)]
    pub outage: OutageView,
    pub extent: Extent,
    /// The latest first; none of a draft.
    pub versions: Vec<OutageVersionView>,
    /// The first 500, by name.
    pub building_list: Vec<OutageBuilding>,
    /// Reports that were answered with it.
    pub reports: i64,
    /// How many households were told, wait, or have no telephone. Numbers, never who.
    pub messages: MessageCounts,
    /// Where everybody reads it; none of a draft.
    pub page: Option<String>,
}

/// Homes of one grid.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct ConcernedGrid {
    pub area_path: String,
    pub words: Words,
    pub homes: i64,
}

/// How much some ground concerns.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct OutagePreview {
    pub homes: i64,
    pub buildings: i64,
    pub grids: Vec<ConcernedGrid>,
    /// The first 500, by name.
    pub building_list: Vec<OutageBuilding>,
}

/// A place that can be picked.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct OutagePlace {
    pub place: RecordId,
    /// The estate or building it is part of.
    pub above: Option<RecordId>,
    /// `estate`, `building`, `unit`.
    pub level: String,
    pub label: String,
}

impl From<Nameable> for OutagePlace {
    fn from(one: Nameable) -> Self {
        Self { place: one.place, above: one.above, level: one.level, label: one.label }
    }
}

impl From<BuildingRow> for OutageBuilding {
    fn from(row: BuildingRow) -> Self {
        Self {
            rank: row.rank,
            place: row.place_id,
            label: row.label,
            area_path: row.area_path,
            homes: row.homes,
        }
    }
}

impl From<VersionRow> for OutageVersionView {
    fn from(row: VersionRow) -> Self {
        Self {
            version: row.version,
            at: row.at,
            state: row.state,
            state_words: row.state.words(),
            from: row.content.0.from,
            to: row.content.0.to,
            reason: row.content.0.reason,
            buildings: row.buildings,
            homes: row.homes,
        }
    }
}

impl OutagePreview {
    pub fn of(concern: &Concern, places: &Snapshot) -> Self {
        let grid = |(area_path, homes): (String, i64)| ConcernedGrid {
            words: super::notice::area_words(places, &area_path),
            area_path,
            homes,
        };
        let rows = concern.rows();
        Self {
            homes: concern.homes,
            buildings: rows.len() as i64,
            grids: concern.grids().into_iter().map(grid).collect(),
            building_list: rows.into_iter().take(BUILDINGS_SHOWN_MAX).map(OutageBuilding::from).collect(),
        }
    }
}

impl OutageView {
    pub fn of(one: &Outage, (book, places): (&OutageBook, &Snapshot), now: Time) -> Self {
        let content = &one.content;
        let entry = book.entry(content.service);
        let told = one.published_at.unwrap_or(now);
        let unit = places.organisation_by_id(one.unit).map(|unit| OutageUnit {
            id: unit.id,
            key: unit.key.clone(),
            name: Words::new(unit.name.clone(), unit.name_en.clone().unwrap_or_else(|| unit.name.clone())),
        });
        Self {
            id: one.id,
            version: one.version,
            state: one.state,
            state_words: one.state.words(),
            service: content.service,
            service_words: content.service.words(),
            sudden: content.sudden,
            unit,
            from: content.from,
            to: content.to,
            reason: content.reason.clone(),
            reason_en: content.reason_en.clone(),
            phone: content.phone.clone(),
            area_path: one.area_path.clone(),
            area_words: super::notice::area_words(places, &one.area_path),
            buildings: one.buildings,
            homes: one.homes,
            published_at: one.published_at,
            over_at: one.over_at,
            changed_at: one.changed_at,
            short_notice: !content.sudden && content.from.since(told) < entry.notice(),
            notice_source: entry.notice_source.clone(),
            can: one.state.deeds().to_vec(),
        }
    }
}
