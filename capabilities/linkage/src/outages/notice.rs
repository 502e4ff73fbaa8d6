//! An outage as everybody may read it: the page and all feeds are made from this, and from nothing else.

use crate::model::ground;
use crate::model::outage::{Outage, OutageId, OutageState, Service};
use crate::outages::catalogue::{OutageBook, Severity};
use crate::store::outages::{BuildingRow, VersionRow};
use geo::{Boundary, CoordinateSystem};
use platform::{Time, Words};
use territory::Snapshot;

/// Buildings named in a feed; the page tells them all, page by page.
pub(crate) const NAMED_MAX: usize = 200;
/// A building stands for the ground around it where no ground was drawn.
pub(crate) const BUILDING_RADIUS_M: f64 = 60.0;

/// What everybody is told.
#[derive(Clone, Debug)]
pub(crate) struct Notice {
    pub id: OutageId,
    pub version: i64,
    pub state: OutageState,
    pub service: Service,
    pub severity: Severity,
    pub sudden: bool,
    pub from: Time,
    pub to: Time,
    pub reason: Words,
    pub phone: String,
    pub unit: Words,
    /// The smallest area that holds all of it.
    pub area: Words,
    pub buildings: i64,
    pub homes: i64,
    /// The first of the buildings concerned, by name.
    pub named: Vec<String>,
    /// Closed rings, longitude and latitude.
    pub rings: Vec<Vec<(f64, f64)>>,
    /// Where no ground was drawn: the points of the buildings.
    pub points: Vec<(f64, f64)>,
    pub published_at: Time,
    pub changed_at: Time,
    /// Versions that were told before this one, the oldest first, with when.
    pub earlier: Vec<(i64, Time)>,
}

impl Notice {
    /// None of a draft, and of one that was withdrawn before anybody was told.
    pub fn of(
        one: &Outage,
        buildings: &[BuildingRow],
        versions: &[VersionRow],
        (book, places): (&OutageBook, &Snapshot),
    ) -> Option<Self> {
        let published_at = one.published_at?;
        let content = &one.content;
        let drawn = content.extent.ground.as_ref();
        let ground = drawn.and_then(|shape| Boundary::from_geojson(shape, CoordinateSystem::Wgs84).ok());
        let mut earlier: Vec<(i64, Time)> =
            versions.iter().filter(|v| v.version < one.version).map(|v| (v.version, v.at)).collect();
        earlier.sort_unstable();
        let points = buildings.iter().filter_map(|row| row.lon.zip(row.lat));
        Some(Self {
            id: one.id,
            version: one.version,
            state: one.state,
            service: content.service,
            severity: book.entry(content.service).severity,
            sudden: content.sudden,
            from: content.from,
            to: content.to,
            reason: reason(&content.reason, content.reason_en.as_deref()),
            phone: content.phone.clone(),
            unit: unit_words(places, one),
            area: area_words(places, &one.area_path),
            buildings: one.buildings,
            homes: one.homes,
            named: buildings.iter().take(NAMED_MAX).map(|row| row.label.clone()).collect(),
            rings: ground.as_ref().map(ground::rings).unwrap_or_default(),
            points: if ground.is_some() { Vec::new() } else { points.take(NAMED_MAX).collect() },
            published_at,
            changed_at: one.changed_at,
            earlier,
        })
    }

    /// "计划停水" / "Planned work: no water".
    pub fn headline(&self) -> Words {
        let cut = self.service.cut_words();
        match (self.state, self.sudden) {
            (OutageState::Withdrawn, _) => {
                Words::new(format!("{}取消", cut.zh), format!("Cancelled: {}", lower(&cut.en)))
            }
            (OutageState::Ended, _) => {
                let service = self.service.words();
                Words::new(format!("{}已恢复", service.zh), format!("Restored: {}", service.en))
            }
            (_, true) => Words::new(format!("突发{}", cut.zh), format!("Outage: {}", lower(&cut.en))),
            (_, false) => Words::new(format!("计划{}", cut.zh), format!("Planned work: {}", lower(&cut.en))),
        }
    }

    /// The first building, and how many more.
    pub fn where_words(&self) -> Words {
        let area = &self.area;
        let Some(first) = self.named.first() else { return area.clone() };
        match self.buildings {
            0 | 1 => Words::new(format!("{}，{first}", area.zh), format!("{}: {first}", area.en)),
            n => Words::new(
                format!("{}，{first}等 {n} 栋", area.zh),
                format!("{}: {first} and others, {n} buildings", area.en),
            ),
        }
    }

    /// One paragraph that says it all.
    pub fn description(&self) -> Words {
        let place = self.where_words();
        let (from, to) = (moment(self.from), moment(self.to));
        let homes = self.homes;
        Words::new(
            format!(
                "{}。时间：{from} 至 {to}。范围：{}，约 {homes} 户。原因：{}。{}，电话 {}。",
                self.headline().zh,
                place.zh,
                self.reason.zh,
                self.unit.zh,
                self.phone
            ),
            format!(
                "{}. From {from} to {to} (China time). Where: {}; about {homes} homes. Reason: {}. {}, phone {}.",
                self.headline().en,
                place.en,
                self.reason.en,
                self.unit.en,
                self.phone
            ),
        )
    }

    /// Whether it has begun.
    pub fn has_begun(&self, now: Time) -> bool {
        self.from <= now
    }
}

pub(crate) fn lower(words: &str) -> String {
    let mut chars = words.chars();
    chars.next().map(|first| first.to_lowercase().collect::<String>() + chars.as_str()).unwrap_or_default()
}

/// As it was given; in English what was given in Chinese where nothing else was.
fn reason(zh: &str, en: Option<&str>) -> Words {
    Words::new(zh, en.unwrap_or(zh))
}

fn unit_words(places: &Snapshot, one: &Outage) -> Words {
    let unit = places.organisation_by_id(one.unit);
    unit.map_or_else(
        || Words::of("本区运营单位", "an operator of the district"),
        |unit| Words::new(unit.name.clone(), unit.name_en.clone().unwrap_or_else(|| unit.name.clone())),
    )
}

/// The names of the areas above, from below the district on.
pub(crate) fn area_words(places: &Snapshot, path: &str) -> Words {
    let above: Vec<_> = places.ancestors(path).collect();
    let below = if above.len() > 1 { &above[1..] } else { &above[..] };
    let zh: Vec<&str> = below.iter().map(|area| area.name.as_str()).collect();
    let en: Vec<&str> =
        below.iter().map(|area| area.name_en.as_deref().unwrap_or(area.name.as_str())).collect();
    Words::new(zh.join(""), en.join(", "))
}

/// A moment as people of the district read it.
pub(crate) fn moment(at: Time) -> String {
    at.local().strftime("%Y-%m-%d %H:%M").to_string()
}

#[cfg(test)]
pub(crate) mod tests {
    //! What everybody is told, in words.
    use super::{Notice, Severity};
    use crate::model::outage::{OutageId, OutageState, Service};
    use platform::{Time, Words};
    use uuid::Uuid;

    pub(crate) fn time(text: &str) -> Time {
        text.parse().expect("a moment")
    }

    /// A planned cut of water, as it was first told.
    pub(crate) fn notice() -> Notice {
        Notice {
            id: OutageId(Uuid::from_u128(0x0198_0000_0000_7000_8000_0000_0000_0001)),
            version: 2,
            state: OutageState::Published,
            service: Service::Water,
            severity: Severity::Moderate,
            sudden: false,
            from: time("2026-03-03T00:00:00Z"),
            to: time("2026-03-03T08:00:00Z"),
            reason: Words::of("更换阀门", "valve replaced"),
            phone: "0731-28680000".to_owned(),
            unit: Words::of("供水公司", "Water company"),
            area: Words::of("田心街道田心社区", "Tianxin, Tianxin community"),
            buildings: 3,
            homes: 96,
            named: vec!["田心里1栋".to_owned(), "田心里2栋".to_owned(), "田心里3栋".to_owned()],
            rings: vec![vec![(113.11, 27.87), (113.12, 27.87), (113.12, 27.88), (113.11, 27.87)]],
            points: Vec::new(),
            published_at: time("2026-03-01T02:00:00Z"),
            changed_at: time("2026-03-01T02:00:00Z"),
            earlier: Vec::new(),
        }
    }

    #[test]
    fn each_state_has_its_headline() {
        let rows = [
            (OutageState::Published, false, "计划停水", "Planned work: no water"),
            (OutageState::Changed, true, "突发停水", "Outage: no water"),
            (OutageState::Ended, true, "供水已恢复", "Restored: water"),
            (OutageState::Withdrawn, false, "停水取消", "Cancelled: no water"),
        ];
        for (state, sudden, zh, en) in rows {
            let words = Notice { state, sudden, ..notice() }.headline();
            assert_eq!((words.zh.as_ref(), words.en.as_ref()), (zh, en));
        }
    }

    #[test]
    fn the_description_says_when_where_why_and_whom_to_call() {
        let words = notice().description();
        for part in [
            "2026-03-03 08:00",
            "2026-03-03 16:00",
            "田心里1栋等 3 栋",
            "约 96 户",
            "更换阀门",
            "供水公司，电话 0731-28680000",
        ] {
            assert!(words.zh.contains(part), "{part}: {}", words.zh);
        }
        for part in [
            "(China time)",
            "3 buildings",
            "about 96 homes",
            "valve replaced",
            "Water company, phone 0731-28680000",
        ] {
            assert!(words.en.contains(part), "{part}: {}", words.en);
        }
    }
}
