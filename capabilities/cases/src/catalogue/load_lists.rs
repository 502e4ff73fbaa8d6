//! Reads units, duty lists, emergency numbers and what belongs elsewhere.

use super::Faults;
use super::case_type::{Elsewhere, EmergencyNumber};
use super::duty_list::{DutyList, GRID_MATTERS, Item, ItemKey, NEEDS, PostSelector, RESPONSIBILITIES, Unit};
use super::load::{read_rows, read_table};
use super::raw::{RawElsewhere, RawItem, RawList, RawNumber, RawUnit};
use platform::Words;
use std::collections::{BTreeMap, BTreeSet};

const UNITS_FILE: &str = "duty_lists/units.toml";
const NUMBERS_FILE: &str = "case_types/numbers.toml";
const ELSEWHERE_FILE: &str = "case_types/elsewhere.toml";

/// What the types refer to.
#[derive(Default)]
pub(super) struct Lists {
    pub units: BTreeMap<String, Unit>,
    pub lists: BTreeMap<String, DutyList>,
    pub numbers: Vec<EmergencyNumber>,
    pub elsewhere: Vec<Elsewhere>,
}

impl Lists {
    pub fn has_item(&self, key: &ItemKey) -> bool {
        self.lists.get(&key.list).is_some_and(|list| list.find_item(&key.number).is_some())
    }

    pub fn has_number(&self, key: &str) -> bool {
        self.numbers.iter().any(|n| n.key == key)
    }
}

pub(super) fn load(files: &[(&str, &str)], faults: &mut Faults) -> Lists {
    let mut lists = Lists::default();
    let text_of = |wanted: &str| files.iter().find(|(name, _)| *name == wanted).map(|(_, text)| *text);
    match text_of(UNITS_FILE) {
        Some(text) => load_units(text, &mut lists, faults),
        None => faults.add(UNITS_FILE, "", "缺少这个文件", "the file is missing"),
    }
    for (name, text) in files {
        if name.starts_with("duty_lists/") && *name != UNITS_FILE {
            load_list(name, text, &mut lists, faults);
        }
    }
    for key in [GRID_MATTERS, NEEDS, RESPONSIBILITIES] {
        if !lists.lists.contains_key(key) {
            faults.add(
                &format!("duty_lists/{key}.toml"),
                "",
                format!("缺少清单 {key}，或它读不懂"),
                format!("the list {key} is missing or cannot be read"),
            );
        }
    }
    if let Some(text) = text_of(NUMBERS_FILE) {
        load_numbers(text, &mut lists, faults);
    }
    if let Some(text) = text_of(ELSEWHERE_FILE) {
        load_elsewhere(text, &mut lists, faults);
    }
    lists
}

fn load_units(text: &str, lists: &mut Lists, faults: &mut Faults) {
    let Some(mut table) = read_table(UNITS_FILE, text, faults) else { return };
    for raw in read_rows::<RawUnit>(UNITS_FILE, &mut table, "unit", "key", faults) {
        let at = format!("unit {}", raw.key);
        require_words(UNITS_FILE, &at, &raw.zh, &raw.en, faults);
        let unit =
            Unit { key: raw.key.clone(), name: Words::new(raw.zh, raw.en), kind: raw.kind, phone: raw.phone };
        if lists.units.insert(raw.key, unit).is_some() {
            faults.add(UNITS_FILE, at, "重复的单位", "the unit is there twice");
        }
    }
}

fn load_list(file: &str, text: &str, lists: &mut Lists, faults: &mut Faults) {
    let Some(mut table) = read_table(file, text, faults) else { return };
    let raw_items = read_rows::<RawItem>(file, &mut table, "item", "number", faults);
    let Some(head) = faults.keep(file, "", table.try_into::<RawList>()) else { return };
    require_words(file, "", &head.zh, &head.en, faults);
    for (field, text) in [("version", &head.version), ("source", &head.source)] {
        if text.trim().is_empty() {
            faults.add(file, field, "不能为空", "must not be empty");
        }
    }
    let mut seen = BTreeSet::new();
    let items: Vec<Item> = raw_items.into_iter().map(|raw| read_item(raw, &head)).collect();
    for item in &items {
        check_item(file, item, &mut seen, &lists.units, faults);
    }
    if items.is_empty() {
        faults.add(file, "", "清单没有任何事项", "the list has no items");
    }
    let list = DutyList {
        key: head.key.clone(),
        name: Words::new(head.zh, head.en),
        version: head.version,
        document: None,
        published_on: head.published_on,
        effective_from: head.effective_from,
        effective_until: None,
        default: head.default,
        notice: head.notice_zh.zip(head.notice_en).map(|(zh, en)| Words::new(zh, en)),
        source: head.source,
        items,
    };
    if let Some(twin) = lists.lists.insert(head.key, list) {
        faults.add(
            file,
            "key",
            format!("清单 {} 出现两次", twin.key),
            format!("the list {} is there twice", twin.key),
        );
    }
}

fn read_item(raw: RawItem, head: &RawList) -> Item {
    Item {
        number: raw.number,
        words: Words::new(raw.zh, raw.en),
        who: raw.who,
        basis: raw.basis,
        // Known once the types are read: they name the items.
        types: Vec::new(),
        effective_from: raw.effective_from.unwrap_or(head.effective_from),
        effective_to: raw.effective_to,
        source: raw.source.unwrap_or_else(|| head.source.clone()),
    }
}

fn check_item(
    file: &str,
    item: &Item,
    seen: &mut BTreeSet<String>,
    units: &BTreeMap<String, Unit>,
    faults: &mut Faults,
) {
    let at = format!("item {}", item.number);
    require_words(file, &at, &item.words.zh, &item.words.en, faults);
    if !is_item_number(&item.number) {
        faults.add(file, &*at, "编号应如 3.2", "the number must look like 3.2");
    }
    if !seen.insert(item.number.clone()) {
        faults.add(file, &*at, "编号重复", "the number is there twice");
    }
    if let PostSelector::Unit(key) = &item.who
        && !units.contains_key(key)
    {
        faults.add(
            file,
            &*at,
            format!("units.toml 中没有单位 {key}"),
            format!("there is no unit {key} in units.toml"),
        );
    }
    if item.effective_to.is_some_and(|to| to < item.effective_from) {
        faults.add(file, &*at, "失效日期早于生效日期", "effective_to lies before effective_from");
    }
}

/// "3.2"
pub(crate) fn is_item_number(text: &str) -> bool {
    text.split('.').all(|part| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit()))
}

fn load_numbers(text: &str, lists: &mut Lists, faults: &mut Faults) {
    let Some(mut table) = read_table(NUMBERS_FILE, text, faults) else { return };
    for raw in read_rows::<RawNumber>(NUMBERS_FILE, &mut table, "number", "key", faults) {
        let at = format!("number {}", raw.key);
        require_words(NUMBERS_FILE, &at, &raw.zh, &raw.en, faults);
        let phone = match &raw.unit {
            None => Some(raw.key.clone()),
            Some(unit) => match lists.units.get(unit) {
                Some(unit) => unit.phone.clone(),
                None => {
                    faults.add(
                        NUMBERS_FILE,
                        &*at,
                        format!("units.toml 中没有单位 {unit}"),
                        format!("there is no unit {unit} in units.toml"),
                    );
                    None
                }
            },
        };
        if lists.has_number(&raw.key) {
            faults.add(NUMBERS_FILE, at, "重复的号码", "the number is there twice");
            continue;
        }
        lists.numbers.push(EmergencyNumber {
            key: raw.key,
            words: Words::new(raw.zh, raw.en),
            phone,
            source: raw.source,
        });
    }
}

fn load_elsewhere(text: &str, lists: &mut Lists, faults: &mut Faults) {
    let Some(mut table) = read_table(ELSEWHERE_FILE, text, faults) else { return };
    for raw in read_rows::<RawElsewhere>(ELSEWHERE_FILE, &mut table, "elsewhere", "key", faults) {
        let at = format!("elsewhere {}", raw.key);
        require_words(ELSEWHERE_FILE, &at, &raw.zh, &raw.en, faults);
        if raw.words.is_empty() {
            faults.add(
                ELSEWHERE_FILE,
                at,
                "没有触发词，提示永远不会出现",
                "it has no words, so it is never shown",
            );
        }
        lists.elsewhere.push(Elsewhere {
            key: raw.key,
            words: raw.words,
            notice: Words::new(raw.zh, raw.en),
        });
    }
}

/// Both languages are there.
pub(super) fn require_words(file: &str, at: &str, zh: &str, en: &str, faults: &mut Faults) {
    for (field, text) in [("zh", zh), ("en", en)] {
        if text.trim().is_empty() {
            faults.add(file, at, format!("{field} 不能为空"), format!("{field} must not be empty"));
        }
    }
}
