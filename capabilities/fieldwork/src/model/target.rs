//! Whom a campaign goes to, as data: homes, organisations or things by what the register keeps of them, told in words before it is published.
//! Nobody can be named and no list of people taken in; of people only their age counts, since it is what services are due by.

use crate::error::FieldworkError;
use jiff::civil::Date;
use platform::{Scope, Words};
use registry::{Catalogue, Described, FieldBook, Kind, RecordId};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use territory::Snapshot;
use utoipa::ToSchema;

const VALUES_MAX: usize = 100;
const AREAS_MAX: usize = 300;
const BUILDINGS_MAX: usize = 500;
const AGE_MAX: i32 = 150;
const BUILT_YEARS: (i64, i64) = (1000, 9999);

/// What is gone to.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Goal {
    Homes,
    Organisations,
    Things,
}

/// A description; all that it names has to hold at once.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Target {
    pub of: Goal,
    /// Fields of the register with the values of which one has to hold: `{"use": ["residential", "mixed"]}`. Of homes `use`, `occupancy`
    /// and `gas`; of organisations `kind`; of things `component` and `state`.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub values: BTreeMap<String, Vec<String>>,
    /// First and last year in which the building was built.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub built_from: Option<i64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub built_until: Option<i64>,
    /// Somebody of this age lives in the home: whole years on the campaign's first day.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub age_from: Option<i32>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub age_until: Option<i32>,
    /// Paths within the campaign's area; empty: all of it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub areas: Vec<String>,
    /// Buildings or estates; empty: all.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub buildings: Vec<RecordId>,
}

impl Goal {
    const fn kind(self) -> Kind {
        match self {
            Self::Homes => Kind::Dwelling,
            Self::Organisations => Kind::Organisation,
            Self::Things => Kind::Thing,
        }
    }

    /// Fields that say something of a place, and nothing of who is there.
    const fn fields(self) -> &'static [&'static str] {
        match self {
            Self::Homes => &["use", "occupancy", "gas"],
            Self::Organisations => &["kind"],
            Self::Things => &["component", "state"],
        }
    }

    const fn words(self) -> Words {
        match self {
            Self::Homes => Words::of("房屋", "homes"),
            Self::Organisations => Words::of("单位", "organisations"),
            Self::Things => Words::of("部件", "things"),
        }
    }
}

impl Target {
    /// All of them.
    pub fn all(of: Goal) -> Self {
        Self {
            of,
            values: BTreeMap::new(),
            built_from: None,
            built_until: None,
            age_from: None,
            age_until: None,
            areas: Vec::new(),
            buildings: Vec::new(),
        }
    }

    /// Holds the description against what the register keeps and where the campaign is.
    ///
    /// # Errors
    /// `fieldwork.bad_target`, with what is wrong in words.
    pub fn check(&self, catalogue: &Catalogue, places: &Snapshot, area: &str) -> Result<(), FieldworkError> {
        self.check_values(catalogue)?;
        let is_of_homes = self.of == Goal::Homes;
        if !is_of_homes && (self.age_from.is_some() || self.age_until.is_some()) {
            return Err(bad(
                "只有房屋可以按居住者年龄选。",
                "Only homes are chosen by the age of who lives there.",
            ));
        }
        let (youngest, oldest) = self.ages().unwrap_or((0, AGE_MAX));
        let (first, last) = self.built().unwrap_or(BUILT_YEARS);
        if youngest > oldest || youngest < 0 || first > last || first < BUILT_YEARS.0 {
            return Err(bad("年龄或建成年份的范围不对。", "The range of ages or years is none."));
        }
        let is_inside = |path: &String| Scope::covers_path(area, path) && places.by_path(path).is_some();
        if self.areas.len() > AREAS_MAX || !self.areas.iter().all(is_inside) {
            return Err(bad(
                "选的区域不在专项任务的区域里，或太多。",
                "Areas are outside of the campaign's, or too many.",
            ));
        }
        if self.buildings.len() > BUILDINGS_MAX {
            return Err(bad("指定的楼栋最多 500 处。", "At most 500 buildings can be chosen."));
        }
        Ok(())
    }

    fn check_values(&self, catalogue: &Catalogue) -> Result<(), FieldworkError> {
        for (key, values) in &self.values {
            let is_offered = self.of.fields().contains(&key.as_str());
            let book = catalogue.kind(self.of.kind()).field(key).filter(|_| is_offered);
            let Some(book) = book else {
                return Err(bad("不能按这一项来选。", "Nothing is chosen by this field."));
            };
            let is_known = |value: &String| {
                book.choices.is_empty() || book.choices.iter().any(|(code, _)| code == value)
            };
            if values.is_empty() || values.len() > VALUES_MAX || !values.iter().all(is_known) {
                return Err(bad("这一项没有这样的值。", "The field has no such value."));
            }
        }
        Ok(())
    }

    fn ages(&self) -> Option<(i32, i32)> {
        let is_asked = self.age_from.is_some() || self.age_until.is_some();
        is_asked.then(|| (self.age_from.unwrap_or(0), self.age_until.unwrap_or(AGE_MAX)))
    }

    fn built(&self) -> Option<(i64, i64)> {
        let is_asked = self.built_from.is_some() || self.built_until.is_some();
        is_asked
            .then(|| (self.built_from.unwrap_or(BUILT_YEARS.0), self.built_until.unwrap_or(BUILT_YEARS.1)))
    }

    /// As the register is asked.
    pub fn described(&self, on: Date) -> Described {
        Described {
            kind: self.of.kind(),
            values: self.values.clone(),
            built: self.built(),
            aged: self.ages(),
            within: self.buildings.clone(),
            on,
        }
    }

    /// The areas to look through, each once: those chosen without any that lies in another, or the campaign's own.
    pub fn grounds(&self, area: &str) -> Vec<String> {
        let mut chosen = self.areas.clone();
        chosen.sort_unstable();
        let mut grounds: Vec<String> = Vec::new();
        for path in chosen {
            if !grounds.iter().any(|wider| Scope::covers_path(wider, &path)) {
                grounds.push(path);
            }
        }
        if grounds.is_empty() { vec![area.to_owned()] } else { grounds }
    }

    /// The description in a sentence.
    pub fn words(&self, catalogue: &Catalogue, places: &Snapshot) -> Words {
        let mut parts = vec![self.of.words()];
        parts.extend(self.values.iter().filter_map(|(key, values)| {
            catalogue.kind(self.of.kind()).field(key).map(|book| words_of_field(book, values))
        }));
        parts.extend(self.built().map(|years| words_of_range("建成年份", "built", years, BUILT_YEARS)));
        parts.extend(self.ages().map(|ages| {
            words_of_range("有这个年龄的人居住：岁", "somebody of this age lives there:", ages, (0, AGE_MAX))
        }));
        parts.extend((!self.areas.is_empty()).then(|| words_of_areas(&self.areas, places)));
        parts.extend((!self.buildings.is_empty()).then(|| {
            let n = self.buildings.len();
            Words::new(format!("在指定的 {n} 处楼栋或小区"), format!("in {n} chosen buildings or estates"))
        }));
        let zh: Vec<&str> = parts.iter().map(|part| part.zh.as_ref()).collect();
        let en: Vec<&str> = parts.iter().map(|part| part.en.as_ref()).collect();
        Words::new(zh.join("；"), en.join("; "))
    }
}

fn bad(zh: &'static str, en: &'static str) -> FieldworkError {
    FieldworkError::invalid("target", "fieldwork.bad_target", zh, en)
}

fn words_of_field(book: &FieldBook, values: &[String]) -> Words {
    let word = |value: &String| {
        let known = book.choices.iter().find(|(code, _)| code == value);
        known.map_or_else(|| Words::new(value.clone(), value.clone()), |(_, words)| words.clone())
    };
    let words: Vec<Words> = values.iter().map(word).collect();
    let zh: Vec<&str> = words.iter().map(|words| words.zh.as_ref()).collect();
    let en: Vec<&str> = words.iter().map(|words| words.en.as_ref()).collect();
    Words::new(
        format!("{}：{}", book.words.zh, zh.join("或")),
        format!("{}: {}", book.words.en, en.join(" or ")),
    )
}

fn words_of_range<T: PartialEq + std::fmt::Display>(
    zh: &str,
    en: &str,
    (from, until): (T, T),
    all: (T, T),
) -> Words {
    let (range_zh, range_en) = match (from == all.0, until == all.1) {
        (false, true) => (format!("{from} 起"), format!("from {from}")),
        (true, false) => (format!("到 {until}"), format!("until {until}")),
        _ => (format!("{from} 到 {until}"), format!("{from} to {until}")),
    };
    Words::new(format!("{zh} {range_zh}"), format!("{en} {range_en}"))
}

fn words_of_areas(paths: &[String], places: &Snapshot) -> Words {
    const NAMED_MAX: usize = 5;
    let names: Vec<&str> =
        paths.iter().take(NAMED_MAX).filter_map(|path| Some(places.by_path(path)?.name.as_str())).collect();
    let (rest_zh, rest_en) = match paths.len().saturating_sub(NAMED_MAX) {
        0 => (String::new(), String::new()),
        rest => (format!("等 {} 处", paths.len()), format!(" and {rest} more")),
    };
    Words::new(format!("在{}{rest_zh}", names.join("、")), format!("in {}{rest_en}", names.join(", ")))
}
