//! An address written in the one standard way: 建设北路128号附3号, 清石村3组28号, 田心三村5栋2单元301室.

use super::read::floor_of;
use super::{NONE, Parts};

/// The standard writing. Levels that do not exist (无) are not written, nor a floor that the room tells; what was not
/// understood stands in brackets at the end.
pub fn full_text(parts: &Parts) -> String {
    let mut text = parts.divisions.concat();
    if parts.road.is_some() {
        push_street(&mut text, parts);
        push_estate(&mut text, parts);
    } else {
        push_estate(&mut text, parts);
        push_street(&mut text, parts);
    }
    push_home(&mut text, parts);
    if !parts.rest.is_empty() {
        text.push_str(&format!("（{}）", parts.rest));
    }
    text
}

fn push_street(text: &mut String, parts: &Parts) {
    text.push_str(parts.road.as_deref().unwrap_or_default());
    text.push_str(parts.lane.as_deref().unwrap_or_default());
    push(text, parts.number.as_deref(), "", "号");
    push(text, parts.annex.as_deref(), "附", "号");
}

fn push_estate(text: &mut String, parts: &Parts) {
    text.push_str(parts.estate.as_deref().unwrap_or_default());
    push(text, parts.group.as_deref(), "", "组");
}

fn push_home(text: &mut String, parts: &Parts) {
    let building = parts.building.as_deref();
    let is_lettered = building.is_some_and(|key| key.bytes().all(|b| b.is_ascii_alphabetic()));
    push(text, building, "", if is_lettered { "座" } else { "栋" });
    push(text, parts.unit.as_deref(), "", "单元");
    let is_told = parts.floor == parts.room.as_deref().and_then(floor_of);
    let floor = parts.floor.as_deref().filter(|_| !is_told);
    match floor.and_then(|floor| floor.strip_prefix('-')) {
        Some(below) => push(text, Some(below), "负", "层"),
        None => push(text, floor, "", "层"),
    }
    push(text, parts.room.as_deref(), "", "室");
}

/// A key with its words. The side of a street is written before 号: 1-99单号.
fn push(text: &mut String, key: Option<&str>, before: &str, after: &str) {
    if let Some(key) = key.filter(|key| *key != NONE) {
        text.push_str(before);
        text.push_str(key);
        text.push_str(after);
    }
}
