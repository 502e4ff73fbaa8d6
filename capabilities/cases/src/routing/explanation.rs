//! Why a case went where it went: stored on the case as it was decided, readable long after lists and rules have changed.

use super::{PlaceBy, RouteInput};
use crate::catalogue::{NotOnTheList, PostSelector};
use platform::{Lang, Words};
use serde::{Deserialize, Serialize};

/// Who gets a case, with every reason: rule, list item and version, place, what was withheld from the grid worker, what else fitted.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Route {
    /// The one post or unit that owns the next step.
    pub to: PostSelector,
    pub to_words: Words,
    /// Who helps.
    pub co: Vec<CoHost>,
    pub type_code: String,
    pub type_name: Words,
    pub place: Place,
    pub rule: CitedRule,
    /// Conditions of the rule that held, beyond type and place: hour, working time, source, urgency.
    pub reasons: Vec<Words>,
    /// The item of a published list it rests on.
    pub item: Option<CitedItem>,
    /// What a rule would have given to the grid worker, and the list does not: one per host or co-host.
    pub withheld: Vec<NotOnTheList>,
    /// Set when the place is not known well enough for the post the rule named.
    pub lifted: Option<Lifted>,
    /// Rules further down that would have fitted too.
    pub also: Vec<AlsoFits>,
    pub rules_version: String,
    /// [`crate::catalogue::Catalogue::hash`]
    pub catalogue: String,
}

/// A post or unit that helps the host.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct CoHost {
    pub to: PostSelector,
    pub to_words: Words,
    pub item: Option<CitedItem>,
}

/// A rule as it was.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct CitedRule {
    /// 1 is the first of the file.
    pub number: usize,
    pub key: String,
    pub words: Words,
}

/// A line of a published list as it was.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct CitedItem {
    pub list: String,
    pub list_name: Words,
    pub version: String,
    /// "3.2"
    pub number: String,
    pub words: Words,
}

/// A rule that was not read because an earlier one decided.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct AlsoFits {
    pub number: usize,
    pub key: String,
    pub to: PostSelector,
}

/// A post that cannot be found because the place is known only roughly.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Lifted {
    pub wanted: PostSelector,
    pub wanted_words: Words,
}

/// The smallest area the place is known to lie in.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Place {
    pub by: PlaceBy,
    /// Its code: the end of the path.
    pub area: Option<String>,
    /// The serial people know a grid by, "012".
    pub grid: Option<String>,
    pub name: Option<String>,
}

impl Place {
    pub(super) fn of(input: &RouteInput<'_>) -> Self {
        let area = input.area_path.and_then(|path| path.rsplit('/').next()).filter(|code| !code.is_empty());
        let grid = area.filter(|code| Level::of(code) == Level::Grid).map(|code| {
            // 12 digits of the community, J or Z, then the serial.
            code.char_indices().nth(13).map_or(code, |(at, _)| &code[at..]).to_owned()
        });
        Self {
            by: input.place_by,
            area: area.map(str::to_owned),
            grid,
            name: input.area_name.map(str::to_owned),
        }
    }

    /// The post that can be found for this place: the one wanted, or the next one up whose area is known.
    pub(super) fn lift(&self, wanted: PostSelector) -> (PostSelector, Option<Lifted>) {
        let known = self.area.as_deref().map_or(Level::District, Level::of);
        let needed = match wanted {
            PostSelector::GridWorker | PostSelector::StandIn => Level::Grid,
            PostSelector::GridLeader => Level::Community,
            PostSelector::SubdistrictDesk => Level::Subdistrict,
            PostSelector::Dispatcher | PostSelector::Unit(_) => Level::District,
        };
        if known >= needed {
            return (wanted, None);
        }
        let found = match known {
            Level::District => PostSelector::Dispatcher,
            Level::Subdistrict => PostSelector::SubdistrictDesk,
            Level::Community | Level::Grid => PostSelector::GridLeader,
        };
        (found, Some(Lifted { wanted_words: wanted.words(), wanted }))
    }

    fn sentence(&self, lang: Lang) -> String {
        let area = self.name.as_deref().or(self.area.as_deref());
        match (lang, &self.grid, area) {
            (Lang::Zh, Some(grid), _) => {
                let by = match self.by {
                    PlaceBy::Point => "按地点",
                    PlaceBy::Address => "按地址",
                    PlaceBy::Choice | PlaceBy::Nothing => "按所选位置",
                };
                format!("{by}落在 {grid} 网格")
            }
            (Lang::En, Some(grid), _) => {
                let by = match self.by {
                    PlaceBy::Point => "by place",
                    PlaceBy::Address => "by address",
                    PlaceBy::Choice | PlaceBy::Nothing => "as chosen",
                };
                format!("grid {grid} {by}")
            }
            (Lang::Zh, None, Some(area)) if self.by == PlaceBy::Address => format!("按地址在{area}"),
            (Lang::En, None, Some(area)) if self.by == PlaceBy::Address => format!("by address in {area}"),
            (Lang::Zh, None, Some(area)) => format!("地点只知道在{area}"),
            (Lang::En, None, Some(area)) => format!("the place is only known to lie in {area}"),
            (Lang::Zh, None, None) => "地点不明".to_owned(),
            (Lang::En, None, None) => "the place is not known".to_owned(),
        }
    }
}

/// How closely an area is known, read from its code: 6, 9, 12 digits, longer for a grid (domain: statistics bureau rule and grid suffix).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Level {
    District,
    Subdistrict,
    Community,
    Grid,
}

impl Level {
    fn of(code: &str) -> Self {
        match code.chars().count() {
            0..=8 => Self::District,
            9..=11 => Self::Subdistrict,
            12 => Self::Community,
            _ => Self::Grid,
        }
    }
}

impl Route {
    /// "按地点落在 012 网格；“供水管道破裂”按责任清单 3.2 → 供水公司（协办：网格员）。"
    pub fn sentence(&self, lang: Lang) -> String {
        let mut parts = vec![self.place.sentence(lang), self.decision(lang)];
        parts.extend(self.withheld.iter().map(|refusal| {
            let sentence = refusal.sentence(lang);
            sentence.trim_end_matches(['。', '.']).to_owned()
        }));
        if let Some(lifted) = &self.lifted {
            let (wanted, to) = (lifted.wanted_words.get(lang), self.to_words.get(lang));
            parts.push(match lang {
                Lang::Zh => format!("本应交{wanted}，因地点不够具体先交{to}"),
                Lang::En => format!(
                    "meant for {wanted}, but the place is not known well enough, so {to} takes it first"
                ),
            });
        }
        match lang {
            Lang::Zh => format!("{}。", parts.join("；")),
            Lang::En => format!("{}.", capital(&parts.join("; "))),
        }
    }

    fn decision(&self, lang: Lang) -> String {
        let (kind, to) = (self.type_name.get(lang), self.to_words.get(lang));
        let reasons: Vec<&str> = self.reasons.iter().map(|r| r.get(lang)).collect();
        let co: Vec<&str> = self.co.iter().map(|c| c.to_words.get(lang)).collect();
        match lang {
            Lang::Zh => {
                let reasons =
                    if reasons.is_empty() { String::new() } else { format!("（{}）", reasons.join("、")) };
                let by = self.item.as_ref().map_or_else(
                    || format!("按规则“{}”", self.rule.words.zh),
                    |item| format!("按{} {}", item.list_name.zh, item.number),
                );
                let co =
                    if co.is_empty() { String::new() } else { format!("（协办：{}）", co.join("、")) };
                format!("“{kind}”{reasons}{by} → {to}{co}")
            }
            Lang::En => {
                let reasons =
                    if reasons.is_empty() { String::new() } else { format!(" ({})", reasons.join(", ")) };
                let by = self.item.as_ref().map_or_else(
                    || format!("by the rule “{}”", self.rule.words.en),
                    |item| format!("by {} item {}", item.list_name.en.to_lowercase(), item.number),
                );
                let co = if co.is_empty() { String::new() } else { format!(" (with {})", co.join(", ")) };
                format!("“{kind}”{reasons} → {to}{co} {by}")
            }
        }
    }
}

fn capital(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map(|first| first.to_uppercase().chain(chars).collect()).unwrap_or_default()
}
