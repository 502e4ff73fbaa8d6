//! The fields of an area in a file, by the names people give them, and how their texts become values.

use super::bad_file;
use crate::TerritoryError;
use crate::model::{AreaDraft, AreaKind, AreaLevel, level_of_code};
use geo::Boundary;
use std::sync::Arc;

/// A field of an area.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Field {
    Code,
    Name,
    NameEn,
    Level,
    Kind,
    Parent,
    Households,
    /// Written by our own export and told anew by every import.
    Derived,
}

impl Field {
    /// The field of a column or property name.
    pub fn parse(name: &str) -> Option<Self> {
        let name: String =
            name.trim().to_lowercase().chars().filter(|c| !matches!(c, ' ' | '_' | '-')).collect();
        Some(match name.as_str() {
            "code" | "编码" | "代码" | "区划代码" | "网格编码" => Self::Code,
            "name" | "名称" | "区域名称" | "网格名称" => Self::Name,
            "nameen" | "英文名称" | "英文名" => Self::NameEn,
            "level" | "级别" | "层级" => Self::Level,
            "kind" | "类型" | "类别" => Self::Kind,
            "parent" | "parentcode" | "上级" | "上级编码" | "所属" => Self::Parent,
            "households" | "户数" | "住户数" => Self::Households,
            "path" | "validfrom" | "validto" | "version" | "squaremetres" | "cjt349place" | "source" => {
                Self::Derived
            }
            _ => return None,
        })
    }
}

/// The texts of one area.
#[derive(Clone, Debug, Default)]
pub struct Texts {
    texts: Vec<(Field, String)>,
}

impl Texts {
    pub fn put(&mut self, field: Field, text: &str) {
        let text = text.trim();
        if !text.is_empty() {
            self.texts.push((field, text.to_owned()));
        }
    }

    fn get(&self, field: Field) -> Option<&str> {
        self.texts.iter().find(|(f, _)| *f == field).map(|(_, text)| text.as_str())
    }

    pub fn is_empty(&self) -> bool {
        self.texts.is_empty()
    }

    /// The area; `place` names the line or feature in refusals.
    pub fn draft(&self, place: &str, boundary: Option<Boundary>) -> Result<AreaDraft, TerritoryError> {
        let needed = |field, name: &str| self.get(field).ok_or_else(|| missing(place, name));
        let code = needed(Field::Code, "code")?.to_ascii_uppercase();
        let told = level_of_code(&code);
        let level = match self.get(Field::Level) {
            Some(text) => level(text).ok_or_else(|| unknown(place, "level", text))?,
            None => told.map(|(level, _)| level).ok_or_else(|| missing(place, "level"))?,
        };
        let kind = match self.get(Field::Kind) {
            Some(text) => kind(text).ok_or_else(|| unknown(place, "kind", text))?,
            None => told.map_or(AreaKind::Basic, |(_, kind)| kind),
        };
        let households = match self.get(Field::Households) {
            Some(text) => Some(text.parse().map_err(|_| unknown(place, "households", text))?),
            None => None,
        };
        Ok(AreaDraft {
            code,
            level,
            kind,
            name: needed(Field::Name, "name")?.to_owned(),
            name_en: self.get(Field::NameEn).map(str::to_owned),
            parent: self.get(Field::Parent).map(str::to_owned),
            households,
            boundary: boundary.map(Arc::new),
        })
    }
}

fn level(text: &str) -> Option<AreaLevel> {
    AreaLevel::parse(&text.to_ascii_lowercase())
        .or_else(|| AreaLevel::ALL.iter().copied().find(|level| level.words().zh == text))
        .or(match text {
            "镇" | "乡" | "街道（镇）" => Some(AreaLevel::Subdistrict),
            "社区（村）" | "社区居委会" => Some(AreaLevel::Community),
            "行政村" | "村委会" => Some(AreaLevel::Village),
            _ => None,
        })
}

fn kind(text: &str) -> Option<AreaKind> {
    AreaKind::parse(&text.to_ascii_lowercase()).or(match text {
        "基本" | "基础" | "基本网格" | "基础网格" => Some(AreaKind::Basic),
        "专属" | "专属网格" | "专业网格" => Some(AreaKind::Special),
        _ => None,
    })
}

fn missing(place: &str, field: &str) -> TerritoryError {
    bad_file(
        "territory.missing_field",
        field,
        format!("{place} 缺少 {field}。"),
        format!("{place} has no {field}."),
    )
}

fn unknown(place: &str, field: &str, text: &str) -> TerritoryError {
    let shown: String = text.chars().take(40).collect();
    bad_file(
        "territory.bad_field",
        field,
        format!("{place} 的 {field} “{shown}” 看不懂。"),
        format!("{place}: {field} \"{shown}\" is not understood."),
    )
}
