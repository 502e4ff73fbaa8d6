//! The published duty lists and the units they name: what may be asked of a grid, what a grid needs, who must answer what.

use jiff::civil::Date;
use platform::{Lang, Words};
use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

/// The list that admits a matter to the grid (网格事项准入清单).
pub const GRID_MATTERS: &str = "grid_matters";
/// The list of needs of a grid (问题/需求清单).
pub const NEEDS: &str = "needs";
/// The list of responsibilities (责任清单, 派单目录).
pub const RESPONSIBILITIES: &str = "responsibilities";

/// A body that answers matters besides the grid: a department, a utility, an office.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Unit {
    /// "water_supply"; stable, the name may change.
    pub key: String,
    pub name: Words,
    pub kind: UnitKind,
    /// Its public number, once the district has filled it in.
    pub phone: Option<String>,
}

/// What kind of body a unit is.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum UnitKind {
    Department,
    Operator,
    Subdistrict,
    Community,
}

/// Whose step a case is: a kind of post near the place, or a unit. Written `grid_worker` or `unit:water_supply`.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum PostSelector {
    /// The worker of the grid the place lies in.
    GridWorker,
    /// That grid's stand-in (AB岗).
    StandIn,
    /// The leader of the community's grids.
    GridLeader,
    /// The desk of the subdistrict the place lies in.
    SubdistrictDesk,
    /// The district's dispatcher.
    Dispatcher,
    /// A unit of `duty_lists/units.toml`, by key.
    Unit(String),
}

impl PostSelector {
    /// Whether this puts work on the one person of a grid, which only the published list may do.
    pub const fn is_grid_worker(&self) -> bool {
        matches!(self, Self::GridWorker | Self::StandIn)
    }

    /// What people call the kind of post. A unit's own name is in the catalogue: [`super::Catalogue::selector_words`].
    pub fn words(&self) -> Words {
        match self {
            Self::GridWorker => Words::of("网格员", "the grid worker"),
            Self::StandIn => Words::of("网格员（B岗）", "the grid's stand-in"),
            Self::GridLeader => Words::of("网格长", "the grid leader"),
            Self::SubdistrictDesk => Words::of("街道窗口", "the subdistrict desk"),
            Self::Dispatcher => Words::of("区网格中心", "the district dispatcher"),
            Self::Unit(key) => Words::new(key.clone(), key.clone()),
        }
    }
}

/// A text that names neither a kind of post nor a unit.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "'{0}' is nobody: write grid_worker, stand_in, grid_leader, subdistrict_desk, dispatcher or unit:KEY"
)]
pub struct NobodyThere(String);

impl FromStr for PostSelector {
    type Err = NobodyThere;

    fn from_str(text: &str) -> Result<Self, NobodyThere> {
        Ok(match text {
            "grid_worker" => Self::GridWorker,
            "stand_in" => Self::StandIn,
            "grid_leader" => Self::GridLeader,
            "subdistrict_desk" => Self::SubdistrictDesk,
            "dispatcher" => Self::Dispatcher,
            _ => match text.strip_prefix("unit:") {
                Some(key) if !key.is_empty() => Self::Unit(key.to_owned()),
                _ => return Err(NobodyThere(text.chars().take(40).collect())),
            },
        })
    }
}

impl TryFrom<String> for PostSelector {
    type Error = NobodyThere;

    fn try_from(text: String) -> Result<Self, NobodyThere> {
        text.parse()
    }
}

impl From<PostSelector> for String {
    fn from(selector: PostSelector) -> Self {
        selector.to_string()
    }
}

impl fmt::Display for PostSelector {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::GridWorker => "grid_worker",
            Self::StandIn => "stand_in",
            Self::GridLeader => "grid_leader",
            Self::SubdistrictDesk => "subdistrict_desk",
            Self::Dispatcher => "dispatcher",
            Self::Unit(key) => return write!(f, "unit:{key}"),
        })
    }
}

/// Where an item stands: list and number. Written `responsibilities/3.2`.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct ItemKey {
    pub list: String,
    pub number: String,
}

/// A text that points to no item of a list.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("'{0}' points to no list item: write LIST/NUMBER, e.g. responsibilities/3.2")]
pub struct NotAnItemKey(String);

impl TryFrom<String> for ItemKey {
    type Error = NotAnItemKey;

    fn try_from(text: String) -> Result<Self, NotAnItemKey> {
        match text.split_once('/') {
            Some((list, number)) if !list.is_empty() && !number.is_empty() => {
                Ok(Self { list: list.to_owned(), number: number.to_owned() })
            }
            _ => Err(NotAnItemKey(text.chars().take(40).collect())),
        }
    }
}

impl From<ItemKey> for String {
    fn from(key: ItemKey) -> Self {
        key.to_string()
    }
}

impl fmt::Display for ItemKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.list, self.number)
    }
}

/// One published list, in one version.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct DutyList {
    pub key: String,
    pub name: Words,
    pub version: String,
    /// The number of the document it was published by (发文字号), where it has one.
    pub document: Option<String>,
    pub published_on: Date,
    pub effective_from: Date,
    /// The last day it holds, where it was published for a time.
    pub effective_until: Option<Date>,
    /// Whether it is the house's default, not the district's own.
    pub default: bool,
    /// What readers of the list are told about it.
    pub notice: Option<Words>,
    pub source: String,
    /// In the order of publication; numbers are unique.
    pub items: Vec<Item>,
}

impl DutyList {
    pub fn find_item(&self, number: &str) -> Option<&Item> {
        self.items.iter().find(|i| i.number == number)
    }

    /// The public page of one of its items, in this version.
    pub fn href(&self, number: &str) -> String {
        item_href(&self.key, &self.version, number)
    }
}

/// The public page of an item, in the version of its list that was cited.
pub fn item_href(list: &str, version: &str, number: &str) -> String {
    format!("/lists/{list}/{version}#item-{number}")
}

/// One line of a list.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Item {
    /// "3.2"
    pub number: String,
    pub words: Words,
    pub who: PostSelector,
    /// The law behind it.
    pub basis: Option<String>,
    /// Codes of the types of case it answers.
    pub types: Vec<String>,
    pub effective_from: Date,
    /// The last day it holds, if it ends.
    pub effective_to: Option<Date>,
    /// Where the line comes from; the list's own source when it has none.
    pub source: String,
}

impl Item {
    /// Whether the line holds on that day, both ends included.
    pub fn is_in_effect(&self, on: Date) -> bool {
        self.effective_from <= on && self.effective_to.is_none_or(|to| on <= to)
    }
}

/// Why a matter may not be put on a grid worker: which list was read, what it says of the type, and who answers instead.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, thiserror::Error)]
#[error("{}", self.sentence(Lang::En))]
pub struct NotOnTheList {
    pub type_code: String,
    pub type_name: Words,
    pub list: String,
    pub list_name: Words,
    pub version: String,
    /// Items of the list the type cites that do not hold on the day asked: numbers.
    pub lapsed: Vec<String>,
    /// Who answers by the list of responsibilities: item number and name, if there is one.
    pub instead: Option<Instead>,
}

/// Who answers instead of the grid.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Instead {
    pub item: ItemKey,
    pub to: PostSelector,
    pub to_words: Words,
}

impl NotOnTheList {
    /// The stable code of the refusal.
    pub const CODE: &'static str = "cases.not_on_grid_list";

    /// The public page of the list that was read, in its version; at the item that no longer holds, where there is one.
    pub fn href(&self) -> String {
        match self.lapsed.first() {
            Some(number) => item_href(&self.list, &self.version, number),
            None => format!("/lists/{}/{}", self.list, self.version),
        }
    }

    /// A sentence a clerk understands; it names the list, its version and the item that was checked.
    pub fn sentence(&self, lang: Lang) -> String {
        let (kind, list) = (self.type_name.get(lang), self.list_name.get(lang));
        let version = &self.version;
        match lang {
            Lang::Zh => {
                let why = match self.lapsed.as_slice() {
                    [] => format!("《{list}》（{version}版）没有列入“{kind}”"),
                    numbers => {
                        format!(
                            "《{list}》（{version}版）第 {} 项现不生效，“{kind}”未列入",
                            numbers.join("、")
                        )
                    }
                };
                let instead = self.instead.as_ref().map_or_else(
                    || "请交街道窗口。".to_owned(),
                    |i| format!("按责任清单 {} 应由{}办理。", i.item.number, i.to_words.zh),
                );
                format!("{why}，不得派给网格员；{instead}")
            }
            Lang::En => {
                let why = match self.lapsed.as_slice() {
                    [] => format!("'{kind}' is not in the {list} (version {version})"),
                    numbers => format!(
                        "'{kind}' is not in the {list} (version {version}): item {} does not hold today",
                        numbers.join(", ")
                    ),
                };
                let instead = self.instead.as_ref().map_or_else(
                    || "the subdistrict desk takes it".to_owned(),
                    |i| format!("item {} of the responsibilities names {}", i.item.number, i.to_words.en),
                );
                format!("{why}, so it may not be given to a grid worker; {instead}.")
            }
        }
    }
}
