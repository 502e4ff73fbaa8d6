//! A version checked as a whole before it is laid out: every hole is named by row and field.

use super::version::{Content, DutyItem};
use crate::catalogue::{Catalogue, PostSelector, is_item_number};
use crate::routing::Router;
use platform::Words;
use serde::Serialize;
use std::collections::BTreeSet;
use utoipa::ToSchema;

/// Items of a list.
pub(crate) const ITEMS_MAX: usize = 1_000;
/// Characters of one field of an item.
const FIELD_CHARS_MAX: usize = 500;

/// What is wrong in a version: the row and the field.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, ToSchema)]
#[schema(as = DutyHole)]
pub struct Hole {
    /// The number of the item; empty where it is the list itself.
    pub row: String,
    pub field: String,
    pub words: Words,
}

struct Holes(Vec<Hole>);

impl Holes {
    fn add(&mut self, row: &str, field: &str, zh: impl Into<String>, en: impl Into<String>) {
        self.0.push(Hole { row: row.to_owned(), field: field.to_owned(), words: Words::new(zh, en) });
    }
}

/// Everything that keeps a version from being laid out; empty where nothing does.
pub fn check(list: &str, content: &Content, catalogue: &Catalogue, router: &Router) -> Vec<Hole> {
    let mut holes = Holes(Vec::new());
    for (field, words) in [("name.zh", &content.name.zh), ("name.en", &content.name.en)] {
        check_text(&mut holes, "", field, words);
    }
    if content.items.is_empty() || content.items.len() > ITEMS_MAX {
        holes.add(
            "",
            "items",
            format!("清单应有 1 到 {ITEMS_MAX} 项"),
            format!("A list has 1 to {ITEMS_MAX} items"),
        );
    }
    let mut seen = BTreeSet::new();
    for (i, item) in content.items.iter().enumerate() {
        check_item(&mut holes, (i, item), catalogue);
        if !seen.insert(&item.number) {
            holes.add(&item.number, "number", "编号重复", "The number is there twice");
        }
    }
    for key in router.cited_items() {
        if key.list == list && content.find_item(&key.number).is_none() {
            holes.add(
                &key.number,
                "number",
                format!("派单规则引用了第 {} 项，不能删去；可以写明失效日期", key.number),
                format!("A routing rule cites item {}: it cannot go, but it can end", key.number),
            );
        }
    }
    holes.0
}

fn check_item(holes: &mut Holes, (index, item): (usize, &DutyItem), catalogue: &Catalogue) {
    let row = if item.number.trim().is_empty() { format!("#{}", index + 1) } else { item.number.clone() };
    if !is_item_number(&item.number) {
        holes.add(&row, "number", "编号应如 3.2", "The number must look like 3.2");
    }
    check_text(holes, &row, "words.zh", &item.words.zh);
    check_text(holes, &row, "words.en", &item.words.en);
    if let Some(basis) = &item.basis {
        check_text(holes, &row, "basis", basis);
    }
    if let PostSelector::Unit(key) = &item.who
        && catalogue.find_unit(key).is_none()
    {
        holes.add(&row, "who", format!("没有单位 {key}"), format!("There is no unit {key}"));
    }
    for code in item.types.iter().filter(|code| catalogue.find_type(code).is_none()) {
        holes.add(&row, "types", format!("没有事项类型 {code}"), format!("There is no type {code}"));
    }
}

fn check_text(holes: &mut Holes, row: &str, field: &str, text: &str) {
    if text.trim().is_empty() {
        holes.add(row, field, "不能为空", "Must not be empty");
    } else if text.chars().count() > FIELD_CHARS_MAX {
        holes.add(
            row,
            field,
            format!("最多 {FIELD_CHARS_MAX} 个字"),
            format!("At most {FIELD_CHARS_MAX} characters"),
        );
    }
}

/// Types that the list named a responsible for and the version no longer does: they fall to the next rule.
pub fn left_out(content: &Content, before: &Content) -> Vec<String> {
    let named: BTreeSet<&String> = content.items.iter().flat_map(|item| &item.types).collect();
    let lost = before.items.iter().flat_map(|item| &item.types).filter(|code| !named.contains(code));
    lost.cloned().collect::<BTreeSet<_>>().into_iter().collect()
}
