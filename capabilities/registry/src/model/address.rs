//! Addresses as people write them, taken apart, compared and written again in one standard way.
//!
//! An address here is words only: which home it is, the tree of places in the register decides.

mod division;
mod label;
mod name;
mod plain;
mod read;
mod score;
mod span;
mod tokens;
mod write;

pub use read::parse;
pub use score::{Reason, Score, Verdict, score, score_best};
pub use span::{Span, Step};
pub use tokens::{asked_tokens, tokens};
pub use write::full_text;

use platform::Words;

/// What stands where a level is known not to exist: a building without units has the unit 无. A level that nobody has
/// stated is no text at all (rules for addresses of a district of Hangzhou, domain.md 2.6).
pub const NONE: &str = "无";

/// The levels of an address below the divisions, from the coarse to the fine.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Level {
    Road,
    Lane,
    Number,
    Annex,
    Estate,
    Group,
    Building,
    Unit,
    Floor,
    Room,
}

impl Level {
    pub const ALL: [Self; 10] = [
        Self::Road,
        Self::Lane,
        Self::Number,
        Self::Annex,
        Self::Estate,
        Self::Group,
        Self::Building,
        Self::Unit,
        Self::Floor,
        Self::Room,
    ];

    /// What people call it.
    pub const fn words(self) -> Words {
        match self {
            Self::Road => Words::of("道路", "road"),
            Self::Lane => Words::of("巷弄", "lane"),
            Self::Number => Words::of("门牌号", "number"),
            Self::Annex => Words::of("附号", "annex number"),
            Self::Estate => Words::of("小区或村", "estate or village"),
            Self::Group => Words::of("组", "village group"),
            Self::Building => Words::of("楼栋", "building"),
            Self::Unit => Words::of("单元", "unit"),
            Self::Floor => Words::of("楼层", "floor"),
            Self::Room => Words::of("室号", "room"),
        }
    }
}

/// An address taken apart. Numbers are keys: 五栋, 5幢 and 5号楼 are all `5`, leading zeros are gone.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Parts {
    /// 湖南省, 株洲市, 石峰区, 田心街道, 田心社区: as far as they were written.
    pub divisions: Vec<String>,
    /// 建设北路
    pub road: Option<String>,
    /// With its word, because 3巷 and 3弄 differ.
    pub lane: Option<String>,
    /// `128`, `128-1`, or a [`Span`].
    pub number: Option<String>,
    /// 附3号 is `3`.
    pub annex: Option<String>,
    /// 田心三村, 清石村
    pub estate: Option<String>,
    /// 3组 is `3`.
    pub group: Option<String>,
    /// `5`, `A`, 甲, or a [`Span`].
    pub building: Option<String>,
    /// `2`, or a [`Span`].
    pub unit: Option<String>,
    /// `3`, and `-1` for the first below ground. Taken from a room of three or four digits where it was not written.
    pub floor: Option<String>,
    /// `301`, `301A`
    pub room: Option<String>,
    /// What was not understood, or stood in brackets.
    pub rest: String,
}

impl Parts {
    pub fn get(&self, level: Level) -> Option<&str> {
        let part = match level {
            Level::Road => &self.road,
            Level::Lane => &self.lane,
            Level::Number => &self.number,
            Level::Annex => &self.annex,
            Level::Estate => &self.estate,
            Level::Group => &self.group,
            Level::Building => &self.building,
            Level::Unit => &self.unit,
            Level::Floor => &self.floor,
            Level::Room => &self.room,
        };
        part.as_deref()
    }

    fn slot(&mut self, level: Level) -> &mut Option<String> {
        match level {
            Level::Road => &mut self.road,
            Level::Lane => &mut self.lane,
            Level::Number => &mut self.number,
            Level::Annex => &mut self.annex,
            Level::Estate => &mut self.estate,
            Level::Group => &mut self.group,
            Level::Building => &mut self.building,
            Level::Unit => &mut self.unit,
            Level::Floor => &mut self.floor,
            Level::Room => &mut self.room,
        }
    }

    /// Whether nothing below the divisions was found.
    pub fn is_empty(&self) -> bool {
        Level::ALL.iter().all(|level| self.get(*level).is_none())
    }

    /// The address as the tree keeps it: a home has a building, a unit and a floor, and what it does not have is 无.
    pub fn settled(mut self) -> Self {
        if self.room.is_some() {
            for level in [Level::Building, Level::Unit, Level::Floor] {
                self.slot(level).get_or_insert_with(|| NONE.to_owned());
            }
        }
        self
    }
}

/// The key of one level's name, equal where two names mean the same: 五栋, 5幢 and 5号楼, 三〇一 and 301室.
pub fn part_key(name: &str) -> String {
    let chars = plain::plain(name);
    label::whole(&chars).unwrap_or_else(|| chars.into_iter().collect())
}

/// The name of a level as it is read in an address: nothing where the level does not exist.
pub fn without_none(name: &str) -> &str {
    let name = name.trim();
    if part_key(name) == NONE { "" } else { name }
}

#[cfg(test)]
mod tests {
    //! Names of levels, and what a home without units is.
    use super::{NONE, parse, part_key, without_none};

    #[test]
    fn names_of_a_level_have_one_key() {
        for (name, key) in [
            ("5栋", "5"),
            ("五幢", "5"),
            ("05号楼", "5"),
            ("第五栋", "5"),
            ("A座", "A"),
            ("ａ座", "A"),
            ("三〇一", "301"),
            ("301 室", "301"),
            ("二单元", "2"),
            ("十二层", "12"),
            ("负一层", "-1"),
            ("3组", "3"),
            ("1-3单元", "1-3"),
            ("无", NONE),
            ("无单元", NONE),
            ("田心三村", "田心三村"),
            ("五一路", "五一路"),
            ("", ""),
        ] {
            assert_eq!(part_key(name), key, "{name}");
        }
        assert_eq!((without_none("无"), without_none("无单元"), without_none("5栋")), ("", "", "5栋"));
    }

    #[test]
    fn a_home_without_units_has_the_unit_none() {
        let home = parse("田心三村5栋301").settled();
        assert_eq!((home.building.as_deref(), home.unit.as_deref()), (Some("5"), Some(NONE)));
        let building = parse("田心三村5栋").settled();
        assert_eq!(building.unit, None);
    }
}
