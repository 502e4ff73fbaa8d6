//! The catalogue of a district: types of case in two trees, duty lists, units. Data a district may change, checked as a whole at load.
//!
//! Pure: the caller brings the texts of the files ([`Catalogue::load`]) or takes the defaults of the house ([`Catalogue::embedded`]).
//! Reading order: [`CaseType`], [`DutyList`], then `load.rs`.

mod case_type;
mod duty_list;
mod embedded;
mod fault;
mod first_look;
mod load;
mod load_lists;
mod load_types;
mod raw;
#[cfg(test)]
mod tests;

pub use case_type::{
    CaseType, Choice, DUPLICATE_DAYS_MAX, DUPLICATE_RADIUS_M_MAX, Datatype, Duplicates, Elsewhere,
    EmergencyNumber, Measure, Proof, Question, Urgency,
};
pub use duty_list::{
    DutyList, GRID_MATTERS, Instead, Item, ItemKey, NEEDS, NobodyThere, NotAnItemKey, NotOnTheList,
    PostSelector, RESPONSIBILITIES, Unit, UnitKind, item_href,
};
pub use embedded::{EMBEDDED_FILES, EMBEDDED_ROUTING};
pub use fault::CatalogueFault;
pub(crate) use fault::Faults;
pub use first_look::FirstLook;
pub use load::{CATALOGUE_FILE_BYTES_MAX, CATALOGUE_TYPES_MAX};
pub(crate) use load::{read_rows, read_table};
pub(crate) use load_lists::is_item_number;

use jiff::civil::Date;
use platform::Words;
use serde::Serialize;
use std::collections::BTreeMap;

/// The type for what nobody could name, until somebody looks at it (catalog/case_types/people_07_consultation.toml); the loader insists on it.
pub const SOMETHING_ELSE: &str = "P07008";

/// All that the files say, checked: every reference inside it holds.
#[derive(Clone, Debug)]
pub struct Catalogue {
    hash: String,
    trees: Vec<Tree>,
    types: BTreeMap<String, CaseType>,
    units: BTreeMap<String, Unit>,
    lists: BTreeMap<String, DutyList>,
    numbers: Vec<EmergencyNumber>,
    elsewhere: Vec<Elsewhere>,
    first_look: FirstLook,
}

/// One of the trees of types.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct Tree {
    /// "city", "people".
    pub key: String,
    pub name: Words,
    pub source: String,
    pub classes: Vec<Class>,
}

/// A branch of a tree.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct Class {
    /// "06", "P01": the beginning of its types' codes.
    pub code: String,
    pub name: Words,
    /// Codes of its types, in order.
    pub types: Vec<String>,
}

impl Catalogue {
    /// Reads and checks the files of a district: `(name, text)`, names relative to the catalogue folder.
    /// Files of other subjects are passed over.
    ///
    /// # Errors
    /// Every fault found, in the order of the files; never an empty list.
    pub fn load(files: &[(&str, &str)]) -> Result<Self, Vec<CatalogueFault>> {
        load::load(files)
    }

    /// The defaults of the house with a district's own files laid over them: a file of the same name replaces the default, another adds.
    ///
    /// # Errors
    /// As [`Catalogue::load`].
    pub fn load_over_defaults(own: &[(&str, &str)]) -> Result<Self, Vec<CatalogueFault>> {
        let replaced = |name: &str| own.iter().any(|(file, _)| *file == name);
        let kept = EMBEDDED_FILES.iter().filter(|(name, _)| !replaced(name)).copied();
        Self::load(&kept.chain(own.iter().copied()).collect::<Vec<_>>())
    }

    /// The defaults of the house, built into the program.
    pub fn embedded() -> Self {
        match Self::load(EMBEDDED_FILES) {
            Ok(catalogue) => catalogue,
            Err(faults) => unreachable!("a test loads the embedded catalogue: {faults:?}"),
        }
    }

    /// Changes whenever a file of it changes: the first 16 hexadecimal digits of the SHA-256 over names and texts.
    pub fn hash(&self) -> &str {
        &self.hash
    }

    pub fn find_type(&self, code: &str) -> Option<&CaseType> {
        self.types.get(code)
    }

    /// All types, by code.
    pub fn types(&self) -> impl ExactSizeIterator<Item = &CaseType> {
        self.types.values()
    }

    /// The types of the resident's home page, in the order of their trees with the people's matters first.
    pub fn common_types(&self) -> impl Iterator<Item = &CaseType> {
        let of_people =
            |people: bool| self.types.values().filter(move |t| t.common && t.code.starts_with('P') == people);
        of_people(true).chain(of_people(false))
    }

    pub fn trees(&self) -> &[Tree] {
        &self.trees
    }

    pub fn find_class(&self, code: &str) -> Option<&Class> {
        self.trees.iter().flat_map(|t| &t.classes).find(|c| c.code == code)
    }

    pub fn find_unit(&self, key: &str) -> Option<&Unit> {
        self.units.get(key)
    }

    pub fn units(&self) -> impl ExactSizeIterator<Item = &Unit> {
        self.units.values()
    }

    pub fn find_list(&self, key: &str) -> Option<&DutyList> {
        self.lists.get(key)
    }

    /// The published lists, by key.
    pub fn lists(&self) -> impl ExactSizeIterator<Item = &DutyList> {
        self.lists.values()
    }

    /// An item and the list it stands in.
    pub fn find_item(&self, key: &ItemKey) -> Option<(&DutyList, &Item)> {
        let list = self.lists.get(&key.list)?;
        Some((list, list.find_item(&key.number)?))
    }

    /// The first item of one list that the type cites and that holds on that day.
    pub fn item_for<'a>(&'a self, case_type: &CaseType, list: &str, on: Date) -> Option<&'a Item> {
        self.items_of(case_type, list).find(|i| i.is_in_effect(on))
    }

    /// Whether a grid worker may be given a case of this type on that day: the item of the published list that says so.
    ///
    /// # Errors
    /// [`NotOnTheList`] with the list, its version, what was checked, and who answers instead. An unknown code is refused alike.
    pub fn may_grid_worker_take(&self, code: &str, on: Date) -> Result<&Item, Box<NotOnTheList>> {
        let case_type = self.types.get(code);
        let cited = || case_type.into_iter().flat_map(|t| self.items_of(t, GRID_MATTERS));
        if let Some(item) = cited().find(|i| i.who.is_grid_worker() && i.is_in_effect(on)) {
            return Ok(item);
        }
        let lapsed = cited().filter(|i| i.who.is_grid_worker()).map(|i| i.number.clone()).collect();
        Err(Box::new(self.not_on_the_list(code, case_type, lapsed, on)))
    }

    fn not_on_the_list(
        &self,
        code: &str,
        case_type: Option<&CaseType>,
        lapsed: Vec<String>,
        on: Date,
    ) -> NotOnTheList {
        let list = &self.lists[GRID_MATTERS];
        let instead = case_type.and_then(|t| self.item_for(t, RESPONSIBILITIES, on)).map(|item| Instead {
            item: ItemKey { list: RESPONSIBILITIES.to_owned(), number: item.number.clone() },
            to: item.who.clone(),
            to_words: self.selector_words(&item.who),
        });
        NotOnTheList {
            type_code: code.to_owned(),
            type_name: case_type.map_or_else(|| Words::new(code, code), |t| t.name.clone()),
            list: list.key.clone(),
            list_name: list.name.clone(),
            version: list.version.clone(),
            lapsed,
            instead,
        }
    }

    /// What people call whoever a selector names: the unit's own name, or the kind of post.
    pub fn selector_words(&self, selector: &PostSelector) -> Words {
        match selector {
            PostSelector::Unit(key) => {
                self.units.get(key).map_or_else(|| selector.words(), |unit| unit.name.clone())
            }
            _ => selector.words(),
        }
    }

    pub fn find_number(&self, key: &str) -> Option<&EmergencyNumber> {
        self.numbers.iter().find(|n| n.key == key)
    }

    /// What to dial before reporting a case of this type, in order.
    pub fn numbers_for<'a>(&'a self, case_type: &'a CaseType) -> impl Iterator<Item = &'a EmergencyNumber> {
        case_type.call_first.iter().filter_map(|key| self.find_number(key))
    }

    /// What belongs elsewhere, with the words that call the notice up.
    pub fn elsewhere(&self) -> &[Elsewhere] {
        &self.elsewhere
    }

    /// How soon somebody must look at what cannot wait.
    pub fn first_look(&self) -> &FirstLook {
        &self.first_look
    }

    /// The same catalogue with other lists in the place of those of their keys. Which types an item answers is what the new list says: a type
    /// keeps the order of the items it named before, and what names it anew comes after.
    #[must_use]
    pub fn with_lists(&self, lists: impl IntoIterator<Item = DutyList>) -> Self {
        let mut next = self.clone();
        for list in lists {
            for case_type in next.types.values_mut() {
                case_type.answers = answers_by(case_type, &list);
            }
            next.lists.insert(list.key.clone(), list);
        }
        next
    }

    /// Items of one list the type cites, in its order.
    fn items_of<'a>(&'a self, case_type: &CaseType, list: &str) -> impl Iterator<Item = &'a Item> {
        case_type
            .answers
            .iter()
            .filter(move |key| key.list == list)
            .filter_map(|key| Some(self.find_item(key)?.1))
    }
}

/// What a type cites once `list` is the one that holds.
fn answers_by(case_type: &CaseType, list: &DutyList) -> Vec<ItemKey> {
    let names = |item: &Item| item.types.contains(&case_type.code);
    let (of_list, mut answers): (Vec<ItemKey>, Vec<ItemKey>) =
        case_type.answers.iter().cloned().partition(|key| key.list == list.key);
    let kept: Vec<ItemKey> =
        of_list.into_iter().filter(|key| list.find_item(&key.number).is_some_and(names)).collect();
    let is_new = |item: &&Item| names(item) && kept.iter().all(|key| key.number != item.number);
    let new = list.items.iter().filter(is_new);
    let new: Vec<ItemKey> =
        new.map(|item| ItemKey { list: list.key.clone(), number: item.number.clone() }).collect();
    answers.extend(kept);
    answers.extend(new);
    answers
}
