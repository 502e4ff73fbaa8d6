//! The divisions before an address proper: province, city, county, town or subdistrict, community.

/// Endings and the fewest characters before them, the longer of two that end alike first. 攸县 has one, 小区 is none.
const ENDINGS: &[(&str, usize)] = &[
    ("特别行政区", 2),
    ("自治区", 2),
    ("省", 2),
    ("自治州", 2),
    ("地区", 2),
    ("社区", 2),
    ("市", 2),
    ("县", 1),
    ("区", 2),
    ("街道办事处", 2),
    ("街道", 2),
    ("镇", 2),
    ("乡", 2),
];

/// Characters of the longest division's name.
const DIVISION_CHARS_MAX: usize = 14;

/// Takes the divisions off the beginning; what is left begins with the estate or road.
pub(super) fn take_divisions(chars: &mut Vec<char>) -> Vec<String> {
    let mut divisions = Vec::new();
    let mut from = 0;
    while let Some(length) = division(&chars[from..]) {
        divisions.push(chars[from..from + length].iter().collect());
        from += length;
    }
    chars.drain(..from);
    divisions
}

/// The length of the shortest division that the text begins with.
fn division(chars: &[char]) -> Option<usize> {
    (2..=chars.len().min(DIVISION_CHARS_MAX)).find(|length| {
        let name = &chars[..*length];
        name.iter().all(|c| super::name::is_name_character(*c)) && is_division(name, &chars[*length..])
    })
}

fn is_division(name: &[char], after: &[char]) -> bool {
    let Some((ending, least)) = ENDINGS.iter().find(|(ending, _)| ends_with(name, ending)) else {
        return false;
    };
    let before = &name[..name.len() - ending.chars().count()];
    let Some(last) = before.last() else { return false };
    let next_is_number =
        after.first().is_none_or(|c| c.is_ascii_alphanumeric()) || super::label::labelled(after).is_some();
    let is_other = match *ending {
        // 超市, 夜市 and 城市花园 are no cities, 农贸市场 is a market.
        "市" => "超夜菜花早集闹城门楼".contains(*last) || matches!(after, ['场' | '政' | '民', ..]),
        // 阳光小区, 三村东区, 5区 belong to an estate.
        "区" => {
            "小社园校景院宅活厂库片矿老东西南北中前后一二三四五六七八九十".contains(*last) || next_is_number
        }
        "街道" => next_is_number,
        "镇" | "乡" => *last == '古' || matches!(after, ['路' | '街', ..]) || next_is_number,
        "街道办事处" | "社区" => false,
        _ => after.is_empty(),
    };
    before.len() >= *least && !is_other
}

fn ends_with(name: &[char], ending: &str) -> bool {
    name.len() >= ending.chars().count() && name.iter().rev().zip(ending.chars().rev()).all(|(c, e)| *c == e)
}
