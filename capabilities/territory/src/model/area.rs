//! An area: one piece of the district's ground with a name, a code, a boundary and the time it is in force.

use super::named;
use geo::Boundary;
use platform::Time;
use serde::{Deserialize, Serialize};
use std::sync::Arc;

platform::id!(
    /// One version of an area. A re-gridding makes new ones; what pointed at an old one still finds it.
    AreaId, "area"
);

named! {
    /// Where an area stands in the tree, from the whole down.
    AreaLevel {
        District = "district" ("区", "District"),
        Subdistrict = "subdistrict" ("街道", "Subdistrict"),
        Community = "community" ("社区", "Community"),
        Village = "village" ("村", "Village"),
        Grid = "grid" ("网格", "Grid"),
    }
}

impl AreaLevel {
    /// Depth in the tree; a community and a village stand side by side.
    pub const fn rank(self) -> u8 {
        match self {
            Self::District => 0,
            Self::Subdistrict => 1,
            Self::Community | Self::Village => 2,
            Self::Grid => 3,
        }
    }

    /// Whether an area of this level may lie directly in one of `parent`. Levels may be left out (a district without
    /// subdistricts); only grids may be divided into their own kind.
    pub fn may_lie_in(self, parent: Self) -> bool {
        parent.rank() < self.rank() || (self == Self::Grid && parent == Self::Grid)
    }
}

named! {
    /// Basic grids cover where people live; special ones a campus, a market, a park of factories (DB6101/T 3185-2024).
    AreaKind {
        Basic = "basic" ("基本网格", "Basic grid"),
        Special = "special" ("专属网格", "Special grid"),
    }
}

/// One version of an area. Rows are never edited; a change is a new version, and the old one ends.
#[derive(Clone, Debug)]
pub struct Area {
    pub id: AreaId,
    pub level: AreaLevel,
    pub kind: AreaKind,
    /// 6, 9 or 12 digits; a grid has 12 digits, `J` or `Z`, and three more.
    pub code: String,
    pub name: String,
    pub name_en: Option<String>,
    /// Codes from the district down, joined by `/`.
    pub path: String,
    /// The code of the area it lies in; none for the district.
    pub parent: Option<String>,
    pub households: Option<u32>,
    pub boundary: Option<Arc<Boundary>>,
    pub valid_from: Time,
    /// The first moment it is no longer in force.
    pub valid_to: Option<Time>,
    /// Counts up from 1 for each code.
    pub version: i64,
}

impl Area {
    /// Whether it is in force at a moment.
    pub fn is_valid_at(&self, at: Time) -> bool {
        self.valid_from <= at && self.valid_to.is_none_or(|to| at < to)
    }

    /// The name in the reader's language.
    pub fn name_in(&self, lang: platform::Lang) -> &str {
        match (lang, &self.name_en) {
            (platform::Lang::En, Some(name)) => name,
            _ => &self.name,
        }
    }
}

/// An area as a plan names it, before it is in force.
#[derive(Clone, Debug, PartialEq)]
pub struct AreaDraft {
    pub code: String,
    pub level: AreaLevel,
    pub kind: AreaKind,
    pub name: String,
    pub name_en: Option<String>,
    /// None: as the code says.
    pub parent: Option<String>,
    pub households: Option<u32>,
    /// None: as it was, where the code is known.
    pub boundary: Option<Arc<Boundary>>,
}

/// How often the territory of a district has changed: readers compare it to know whether what they hold is still true.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct Edition {
    /// Changes of areas.
    pub land: i64,
    /// Changes of organisations, posts and who holds them.
    pub seats: i64,
}
