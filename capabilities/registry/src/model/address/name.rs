//! Names of roads and estates: which is which, and a road with an estate behind it.

/// Endings of roads.
const ROADS: [&str; 9] = ["大道", "路", "街", "道", "巷", "弄", "胡同", "线", "环"];

/// Endings of estates that may follow a road without a number between: 建设北路田心三村.
const ESTATES: [&str; 19] = [
    "小区", "花园", "家园", "公寓", "大厦", "广场", "新村", "宿舍", "社区", "村", "苑", "园", "院", "城",
    "里", "庄", "府", "湾", "厂",
];

/// The shortest estate behind a road: 新塘路小区 is one name.
const BEHIND_ROAD_CHARS_MIN: usize = 3;

/// A road, an estate, or both.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub(super) struct Place {
    pub road: Option<String>,
    pub estate: Option<String>,
}

pub(super) fn place(name: &str) -> Place {
    if is_road(name) {
        return Place { road: Some(name.to_owned()), estate: None };
    }
    match split(name) {
        Some((road, estate)) => Place { road: Some(road.to_owned()), estate: Some(estate.to_owned()) },
        None => Place { road: None, estate: Some(name.to_owned()) },
    }
}

/// Whether a name is a road's: 建设北路, but neither 路 alone nor 铁路 as the beginning of 铁路新村.
pub(super) fn is_road(name: &str) -> bool {
    name.chars().count() >= 3 && ROADS.iter().any(|ending| name.ends_with(ending))
}

pub(super) fn is_estate(name: &str) -> bool {
    name.chars().count() >= BEHIND_ROAD_CHARS_MIN && ESTATES.iter().any(|ending| name.ends_with(ending))
}

/// Characters of which names of places are made.
pub(super) fn is_name_character(c: char) -> bool {
    c.is_alphabetic() && !c.is_ascii() || c == '〇'
}

fn split(name: &str) -> Option<(&str, &str)> {
    let borders = name.char_indices().map(|(at, c)| at + c.len_utf8());
    borders
        .filter_map(|at| name.split_at_checked(at))
        .find(|(road, estate)| is_road(road) && is_estate(estate))
}
