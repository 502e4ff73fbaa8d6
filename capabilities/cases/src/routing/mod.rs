//! Decides who gets a new case, and says why. Pure: what it knows comes in [`RouteInput`], the catalogue and the rules.
//!
//! Rules are read from the top, the first that fits decides. Whatever a rule says, nothing reaches a grid worker that the published list
//! does not name (principle 3, No dumping): such a case falls to the subdistrict desk, and the explanation names list and item.
//! Reading order: [`RouteInput`], `rule.rs`, [`Router::route`], [`Route`].

mod dry_run;
mod explanation;
mod load;
mod rule;

#[cfg(test)]
mod tests;

pub use dry_run::{DRY_RUN_SAMPLES_MAX, DryRun, Move, dry_run};
pub use explanation::{AlsoFits, CitedItem, CitedRule, CoHost, Lifted, Place, Route};
pub use load::ROUTING_RULES_MAX;

use crate::catalogue::{
    CaseType, Catalogue, CatalogueFault, EMBEDDED_ROUTING, GRID_MATTERS, Item, ItemKey, NotOnTheList,
    PostSelector, Urgency,
};
use jiff::civil::Date;
use rule::{Rule, To};
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// Where a case came in.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Source {
    /// The resident's own page, with or without an account.
    Resident,
    /// A grid worker on patrol or at the door.
    Worker,
    /// A desk, on somebody's behalf.
    Desk,
    /// 12345 and the hotlines merged into it.
    Hotline,
    /// A device.
    Sensor,
    /// An Open311 client.
    Open311,
    /// Taken over from another system.
    Import,
}

impl Source {
    const ALL: [Self; 7] =
        [Self::Resident, Self::Worker, Self::Desk, Self::Hotline, Self::Sensor, Self::Open311, Self::Import];

    /// The word of rule files and stored cases.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Resident => "resident",
            Self::Worker => "worker",
            Self::Desk => "desk",
            Self::Hotline => "hotline",
            Self::Sensor => "sensor",
            Self::Open311 => "open311",
            Self::Import => "import",
        }
    }

    /// The source of that name, if there is one.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|source| source.name() == name)
    }
}

/// How the place of a case is known.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PlaceBy {
    /// A point on the map.
    Point,
    /// The text of an address.
    Address,
    /// The person chose the area.
    Choice,
    /// Not known.
    Nothing,
}

/// All that routing may look at. The caller has already looked up the clock, the calendar and the place.
#[derive(Clone, Debug)]
pub struct RouteInput<'a> {
    pub type_code: &'a str,
    /// Path of the smallest area known, "430204/…/430204001008J003"; none when the place is unknown.
    pub area_path: Option<&'a str>,
    /// What people call that area, for the explanation.
    pub area_name: Option<&'a str>,
    pub place_by: PlaceBy,
    /// The local day; list items hold from day to day.
    pub on: Date,
    /// The local hour as `jiff` counts it, 0 ..= 23.
    pub hour: i8,
    /// Whether that moment lies in working time by the district's calendar.
    pub working: bool,
    pub source: Source,
    /// The type's urgency, or higher where somebody raised it.
    pub urgency: Urgency,
    pub words: &'a str,
}

/// A catalogue and the rules over it, checked against each other.
#[derive(Clone, Debug)]
pub struct Router {
    catalogue: Arc<Catalogue>,
    version: String,
    rules: Vec<Rule>,
}

/// Whom a rule leads to in one case, or why not.
enum Lead<'a> {
    To(PostSelector, Option<(&'a str, &'a Item)>),
    /// The published list does not name it.
    Withheld(Box<NotOnTheList>),
    /// The rule speaks of a list the type does not stand in: it does not fit.
    Silent,
}

impl Router {
    /// Reads rules over a catalogue. `file` names the text in faults.
    ///
    /// # Errors
    /// Every fault found; never an empty list.
    pub fn load(catalogue: Arc<Catalogue>, file: &str, text: &str) -> Result<Self, Vec<CatalogueFault>> {
        let (version, rules) = load::load(&catalogue, file, text)?;
        Ok(Self { catalogue, version, rules })
    }

    /// The defaults of the house.
    pub fn embedded() -> Self {
        let (file, text) = EMBEDDED_ROUTING;
        match Self::load(Arc::new(Catalogue::embedded()), file, text) {
            Ok(router) => router,
            Err(faults) => unreachable!("a test loads the embedded rules: {faults:?}"),
        }
    }

    /// The same rules over another edition of the lists. What a rule cites and is not there any more is cited no longer.
    #[must_use]
    pub fn over(&self, catalogue: Arc<Catalogue>) -> Self {
        Self { catalogue, version: self.version.clone(), rules: self.rules.clone() }
    }

    /// The items of lists that rules cite as their reason.
    pub fn cited_items(&self) -> impl Iterator<Item = &ItemKey> {
        self.rules.iter().filter_map(|rule| rule.item.as_ref())
    }

    pub fn catalogue(&self) -> &Arc<Catalogue> {
        &self.catalogue
    }

    /// The version the rule file gives itself.
    pub fn version(&self) -> &str {
        &self.version
    }

    /// Who gets the case, and why. Always an answer: the loader refuses rules whose last one does not take everything.
    pub fn route(&self, input: &RouteInput<'_>) -> Route {
        let case_type = self.catalogue.find_type(input.type_code);
        let mut fitting = self.rules.iter().enumerate().filter_map(|(i, rule)| {
            let reasons = rule.fits(input)?;
            match self.lead(&rule.to, rule.item.as_ref(), case_type, input) {
                Lead::Silent => None,
                lead => Some((i, rule, reasons, lead)),
            }
        });
        let Some((i, rule, reasons, lead)) = fitting.next() else {
            unreachable!("the loader refuses rules whose last one does not take everything")
        };
        let also = fitting
            .map(|(i, rule, _, lead)| AlsoFits {
                number: i + 1,
                key: rule.key.clone(),
                to: match lead {
                    Lead::To(to, _) => to,
                    Lead::Withheld(..) | Lead::Silent => PostSelector::SubdistrictDesk,
                },
            })
            .collect();
        let mut withheld = Vec::new();
        let (wanted, item) = match lead {
            Lead::To(to, item) => (to, item),
            Lead::Withheld(refusal) => {
                withheld.push(*refusal);
                (PostSelector::SubdistrictDesk, None)
            }
            Lead::Silent => unreachable!("silent rules are filtered out above"),
        };
        let place = Place::of(input);
        let (to, lifted) = place.lift(wanted);
        let co = self.co_hosts(rule, case_type, input, (&to, &place), &mut withheld);
        Route {
            to_words: self.catalogue.selector_words(&to),
            to,
            co,
            type_code: input.type_code.to_owned(),
            type_name: case_type
                .map_or_else(|| platform::Words::new(input.type_code, input.type_code), |t| t.name.clone()),
            place,
            rule: CitedRule { number: i + 1, key: rule.key.clone(), words: rule.words.clone() },
            reasons,
            item: item.map(|(list, item)| self.cite(list, item)),
            withheld,
            lifted,
            also,
            rules_version: self.version.clone(),
            catalogue: self.catalogue.hash().to_owned(),
        }
    }

    fn lead<'a>(
        &'a self,
        to: &'a To,
        cited: Option<&'a ItemKey>,
        case_type: Option<&CaseType>,
        input: &RouteInput<'_>,
    ) -> Lead<'a> {
        let (wanted, item) = match to {
            To::List(list) => {
                let Some(case_type) = case_type else { return Lead::Silent };
                if !case_type.answers.iter().any(|key| key.list == *list) {
                    return Lead::Silent;
                }
                match self.catalogue.item_for(case_type, list, input.on) {
                    Some(item) => (item.who.clone(), Some((list.as_str(), item))),
                    // Named once, but no longer: for the grid that is a refusal to tell, for other lists the next rule decides.
                    None if list == GRID_MATTERS => (PostSelector::GridWorker, None),
                    None => return Lead::Silent,
                }
            }
            To::Post(selector) => {
                let cited = cited.and_then(|key| {
                    let (list, item) = self.catalogue.find_item(key)?;
                    item.is_in_effect(input.on).then_some((list.key.as_str(), item))
                });
                (selector.clone(), cited)
            }
        };
        if !wanted.is_grid_worker() {
            return Lead::To(wanted, item);
        }
        match self.catalogue.may_grid_worker_take(input.type_code, input.on) {
            Ok(item) => Lead::To(wanted, Some((GRID_MATTERS, item))),
            Err(refusal) => Lead::Withheld(refusal),
        }
    }

    fn co_hosts(
        &self,
        rule: &Rule,
        case_type: Option<&CaseType>,
        input: &RouteInput<'_>,
        (host, place): (&PostSelector, &Place),
        withheld: &mut Vec<NotOnTheList>,
    ) -> Vec<CoHost> {
        let mut co: Vec<CoHost> = Vec::new();
        for to in &rule.co {
            // The rule's item is the host's reason; a co-host's is in its own list.
            match self.lead(to, None, case_type, input) {
                Lead::To(to, item) => {
                    let (to, lifted) = place.lift(to);
                    // A co-host who cannot be found near the place helps nobody: the host asks when it is known.
                    if lifted.is_none() && to != *host && co.iter().all(|c| c.to != to) {
                        let item = item.map(|(list, item)| self.cite(list, item));
                        co.push(CoHost { to_words: self.catalogue.selector_words(&to), to, item });
                    }
                }
                Lead::Withheld(refusal) => withheld.push(*refusal),
                Lead::Silent => {}
            }
        }
        co
    }

    fn cite(&self, list: &str, item: &Item) -> CitedItem {
        let list = self.catalogue.find_list(list);
        CitedItem {
            list: list.map(|l| l.key.clone()).unwrap_or_default(),
            list_name: list.map(|l| l.name.clone()).unwrap_or_default(),
            version: list.map(|l| l.version.clone()).unwrap_or_default(),
            number: item.number.clone(),
            words: item.words.clone(),
        }
    }
}
