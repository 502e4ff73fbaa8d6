//! One rule: conditions on a case, and whom it leads to.

use super::{RouteInput, Source};
use crate::catalogue::{ItemKey, PostSelector, Urgency};
use platform::{Scope, Words};

/// All conditions hold, or the rule does not fit; an empty condition holds.
#[derive(Clone, Debug)]
pub(super) struct Rule {
    pub key: String,
    pub words: Words,
    pub types: Vec<TypePattern>,
    pub areas: Vec<String>,
    pub hours: Option<Hours>,
    pub working: Option<bool>,
    pub sources: Vec<Source>,
    pub urgency: Vec<Urgency>,
    pub said: Vec<String>,
    pub to: To,
    pub co: Vec<To>,
    /// Cited as the reason where `to` is a post.
    pub item: Option<ItemKey>,
}

/// Whom a rule names: a post, or whoever the type's item in a list names.
#[derive(Clone, PartialEq, Debug)]
pub(super) enum To {
    Post(PostSelector),
    List(String),
}

/// "06010", or "P01*": all codes that begin so.
#[derive(Clone, PartialEq, Debug)]
pub(super) struct TypePattern {
    pub beginning: String,
    pub whole: bool,
}

impl TypePattern {
    pub fn parse(text: &str) -> Self {
        match text.strip_suffix('*') {
            Some(beginning) => Self { beginning: beginning.to_owned(), whole: false },
            None => Self { beginning: text.to_owned(), whole: true },
        }
    }

    pub fn matches(&self, code: &str) -> bool {
        if self.whole { code == self.beginning } else { code.starts_with(&self.beginning) }
    }
}

/// From one hour to another, the second left out; may pass midnight.
#[derive(Clone, Copy, PartialEq, Debug)]
pub(super) struct Hours {
    pub from: i8,
    pub to: i8,
}

impl Hours {
    /// "22-6"; hours 0 to 24, not the same twice.
    pub fn parse(text: &str) -> Option<Self> {
        let (from, to) = text.split_once('-')?;
        let hour = |text: &str| text.trim().parse::<i8>().ok().filter(|h| (0..=24).contains(h));
        let hours = Self { from: hour(from)?, to: hour(to)? };
        (hours.from % 24 != hours.to % 24 || hours == Self { from: 0, to: 24 }).then_some(hours)
    }

    pub fn hold(self, hour: i8) -> bool {
        if self.from < self.to {
            (self.from..self.to).contains(&hour)
        } else {
            hour >= self.from || hour < self.to
        }
    }
}

impl Rule {
    /// Whether it fits every case, so that rules below it are never read.
    pub fn takes_everything(&self) -> bool {
        let unconditional = self.types.is_empty()
            && self.areas.is_empty()
            && self.hours.is_none()
            && self.working.is_none()
            && self.sources.is_empty()
            && self.urgency.is_empty()
            && self.said.is_empty();
        // A list that does not name the type makes the rule silent.
        unconditional && matches!(self.to, To::Post(_))
    }

    /// The conditions that held, in words, beyond the type and the place; none if one did not hold.
    pub fn fits(&self, input: &RouteInput<'_>) -> Option<Vec<Words>> {
        let in_area = |area: &String| input.area_path.is_some_and(|path| Scope::covers_path(area, path));
        let type_fits = self.types.is_empty() || self.types.iter().any(|t| t.matches(input.type_code));
        let area_fits = self.areas.is_empty() || self.areas.iter().any(in_area);
        let source_fits = self.sources.is_empty() || self.sources.contains(&input.source);
        let urgency_fits = self.urgency.is_empty() || self.urgency.contains(&input.urgency);
        if !(type_fits && area_fits && source_fits && urgency_fits) {
            return None;
        }
        let mut reasons = Vec::new();
        if let Some(hours) = self.hours {
            if !hours.hold(input.hour) {
                return None;
            }
            let (from, to) = (hours.from, hours.to);
            reasons.push(Words::new(format!("{from}—{to}点之间"), format!("between {from}:00 and {to}:00")));
        }
        match self.working {
            Some(working) if working != input.working => return None,
            Some(true) => reasons.push(Words::of("工作时间", "in working time")),
            Some(false) => reasons.push(Words::of("非工作时间", "outside working time")),
            None => {}
        }
        if !self.said.is_empty() {
            let said = self.said.iter().find(|word| input.words.contains(word.as_str()))?;
            reasons.push(Words::new(format!("写到“{said}”"), format!("the words “{said}”")));
        }
        if !self.sources.is_empty() {
            reasons.push(source_words(input.source));
        }
        if !self.urgency.is_empty() {
            reasons.push(urgency_words(input.urgency));
        }
        Some(reasons)
    }
}

fn source_words(source: Source) -> Words {
    match source {
        Source::Resident => Words::of("居民上报", "reported by a resident"),
        Source::Worker => Words::of("网格员发现", "found by a grid worker"),
        Source::Desk => Words::of("窗口代报", "reported at a desk"),
        Source::Hotline => Words::of("热线转来", "from the hotline"),
        Source::Sensor => Words::of("设备报警", "a sensor's alarm"),
        Source::Open311 => Words::of("Open311 接入", "by Open311"),
        Source::Import => Words::of("外部导入", "imported"),
    }
}

fn urgency_words(urgency: Urgency) -> Words {
    match urgency {
        Urgency::Normal => Words::of("一般", "normal"),
        Urgency::Urgent => Words::of("急", "urgent"),
        Urgency::Emergency => Words::of("紧急", "an emergency"),
    }
}
