//! An address read from left to right: names, then numbers with what they count, then bare numbers.

use super::label::{Counted, Labelled, labelled, labels};
use super::plain::plain;
use super::span::Span;
use super::{Level, NONE, Parts, division, name};

/// Takes an address apart. Any text is an address; what cannot be understood is in `rest`.
pub fn parse(text: &str) -> Parts {
    let mut chars = plain(text);
    let mut reader = Reader::default();
    reader.parts.rest = take_brackets(&mut chars);
    reader.parts.divisions = division::take_divisions(&mut chars);
    reader.read(&chars);
    reader.finish()
}

#[derive(Default)]
struct Reader {
    parts: Parts,
    /// Characters since the last label.
    name: String,
}

impl Reader {
    fn read(&mut self, chars: &[char]) {
        let mut at = 0;
        while at < chars.len() {
            let here = &chars[at..];
            at += match self.annex(here).or_else(|| self.label(chars, at)) {
                Some(length) => length,
                None => {
                    self.name.push(chars[at]);
                    1
                }
            };
        }
    }

    /// 附3号, 附3: only behind a number.
    fn annex(&mut self, here: &[char]) -> Option<usize> {
        let behind = here.strip_prefix(&['附'])?;
        let (labels, length) = labels(behind)?;
        if self.parts.number.is_none() || self.parts.annex.is_some() || !self.name.is_empty() {
            return None;
        }
        self.parts.annex = Some(labels.join("-"));
        Some(1 + length + usize::from(behind.get(length) == Some(&'号')))
    }

    fn label(&mut self, chars: &[char], at: usize) -> Option<usize> {
        let here = &chars[at..];
        let before = at.checked_sub(1).map(|before| chars[before]);
        let continues = match here[0] {
            c if c.is_ascii_alphabetic() => before.is_some_and(|b| b.is_ascii_alphanumeric()),
            c if c.is_ascii_digit() => before.is_some_and(|b| b.is_ascii_digit()),
            _ => false,
        };
        if continues {
            return None;
        }
        let found = labelled(here)?;
        let level = self.level_of(&found, &here[found.length..])?;
        if found.labels.last().is_some_and(|label| label == NONE) && level < Level::Building {
            return None;
        }
        self.place_name(level);
        self.place_labels(level, &found, &here[found.length..]);
        Some(found.length)
    }

    /// What the labels count here; nothing where they are part of a name.
    fn level_of(&self, found: &Labelled, after: &[char]) -> Option<Level> {
        let is_inside = self.parts.building.is_some() || self.parts.unit.is_some();
        match found.counted {
            Counted::Level(level) => Some(level),
            Counted::Door => (is_inside || self.parts.number.is_some()).then_some(Level::Unit),
            Counted::Home => is_inside.then_some(Level::Room),
            Counted::Number if is_inside => Some(Level::Room),
            Counted::Number | Counted::OddNumber | Counted::EvenNumber => Some(Level::Number),
            Counted::Storey => {
                let is_lettered =
                    found.labels.iter().all(|label| label.starts_with(|c: char| c.is_ascii_alphabetic()));
                let has_unit_behind = after.windows(2).any(|pair| pair == ['单', '元']);
                let is_building = !is_inside && (is_lettered || has_unit_behind);
                Some(if is_building { Level::Building } else { Level::Floor })
            }
        }
    }

    /// The name before a label is a road's, an estate's, or both; a second one is not understood.
    fn place_name(&mut self, level: Level) {
        let name = std::mem::take(&mut self.name);
        let name = name.trim_matches(['-', '#', '.']).trim_end_matches('第');
        if name.is_empty() {
            return;
        }
        let place = match level {
            // 村 and 组 belong together; a road has no groups.
            Level::Group => name::Place { road: None, estate: Some(name.to_owned()) },
            _ => name::place(name),
        };
        for (level, name) in [(Level::Road, place.road), (Level::Estate, place.estate)] {
            if let Some(name) = name {
                self.put(level, name);
            }
        }
    }

    /// The last label counts what the marker says; those before it the levels above: 5-2-301室.
    fn place_labels(&mut self, level: Level, found: &Labelled, after: &[char]) {
        let joined = found.labels.join("-");
        let is_last = (0..after.len()).all(|at| labels(&after[at..]).is_none());
        let is_span = Span::parse(&joined).is_some() && (level != Level::Unit || is_last);
        match (level, &found.labels[..]) {
            (Level::Lane, _) => self.put(level, format!("{joined}{}", found.marker)),
            (Level::Number, _) => {
                let side = match found.counted {
                    Counted::OddNumber => "单",
                    Counted::EvenNumber => "双",
                    _ => "",
                };
                self.put(level, format!("{joined}{side}"));
            }
            (Level::Unit, [building, unit]) if !is_span && self.parts.building.is_none() => {
                self.put(Level::Building, building.clone());
                self.put(Level::Unit, unit.clone());
            }
            (Level::Room, [_, _, ..]) => self.place_bare(&found.labels),
            _ => self.put(level, joined),
        }
    }

    /// Numbers without words fill the levels that are still open: 5-2-301, 2-301, 301.
    fn place_bare(&mut self, labels: &[String]) {
        let is_inside = self.parts.building.is_some();
        let levels: &[Level] = match (labels, is_inside, self.parts.unit.is_some()) {
            ([_], _, _) => &[Level::Room],
            ([_, second], false, false) if is_room(second) => &[Level::Building, Level::Room],
            ([_, _], false, false) => &[Level::Building, Level::Unit],
            ([_, _], true, false) => &[Level::Unit, Level::Room],
            ([_, _], _, true) => &[Level::Floor, Level::Room],
            ([_, _, _], false, _) => &[Level::Building, Level::Unit, Level::Room],
            ([_, _, _], true, false) => &[Level::Unit, Level::Floor, Level::Room],
            ([_, _, _, _], false, false) => &[Level::Building, Level::Unit, Level::Floor, Level::Room],
            _ => &[],
        };
        if levels.is_empty() {
            self.leave(&labels.join("-"));
        }
        for (level, label) in levels.iter().zip(labels) {
            self.put(*level, label.clone());
        }
    }

    /// A level is stated once; what comes again is not understood.
    fn put(&mut self, level: Level, key: String) {
        let slot = self.parts.slot(level);
        match slot {
            None => *slot = Some(key),
            Some(there) if *there == key => {}
            Some(_) => self.leave(&key),
        }
    }

    fn leave(&mut self, text: &str) {
        self.parts.rest.push_str(text);
    }

    fn finish(mut self) -> Parts {
        self.place_end();
        if let Some(room) = self.parts.room.as_deref()
            && self.parts.floor.is_none()
        {
            self.parts.floor = floor_of(room);
        }
        self.parts
    }

    /// What stands behind the last label: bare numbers, the estate on a road, or something not understood.
    fn place_end(&mut self) {
        let name = std::mem::take(&mut self.name);
        let (name, numbers) = split_bare(&name, self.parts.building.is_some() || self.parts.unit.is_some());
        let is_first = self.parts.is_empty();
        let is_estate = self.parts.estate.is_none() && self.parts.building.is_none() && name::is_estate(name);
        let has_numbers = !numbers.is_empty();
        if is_first
            || is_estate
            || (has_numbers && self.parts.estate.is_none() && self.parts.building.is_none())
        {
            self.name = name.to_owned();
            self.place_name(Level::Estate);
        } else {
            self.leave(name.trim_matches(['-', '#', '.']));
        }
        match &numbers[..] {
            [] => {}
            [one] if !is_room(one) && self.parts.building.is_none() && self.parts.estate.is_some() => {
                self.put(Level::Building, one.clone());
            }
            [one] if !is_room(one) && self.parts.building.is_none() => self.leave(one),
            numbers => self.place_bare(numbers),
        }
    }
}

/// Three digits and more, perhaps with a letter, are a room and not a building.
fn is_room(label: &str) -> bool {
    label.bytes().filter(u8::is_ascii_digit).count() >= 3
}

/// Cuts bare numbers off the end of a name. Numerals count as numbers only within a building: 三〇一.
fn split_bare(name: &str, is_inside: bool) -> (&str, Vec<String>) {
    let is_bare = |c: char| {
        c.is_ascii_alphanumeric() || c == '-' || (is_inside && "〇一二三四五六七八九十百".contains(c))
    };
    let from =
        name.char_indices().rev().take_while(|(_, c)| is_bare(*c)).last().map_or(name.len(), |(at, _)| at);
    let (before, bare) = name.split_at(from);
    let bare: Vec<char> = bare.trim_matches('-').chars().collect();
    match labels(&bare) {
        Some((labels, length))
            if length == bare.len() && labels.iter().any(|l| l.contains(|c: char| c.is_ascii_digit())) =>
        {
            (before, labels)
        }
        _ => (name, Vec::new()),
    }
}

/// The floor that a room of three or four digits stands on: 301 → 3, 1203 → 12.
pub(super) fn floor_of(room: &str) -> Option<String> {
    let is_numbered = matches!(room.len(), 3 | 4) && room.bytes().all(|b| b.is_ascii_digit());
    is_numbered.then(|| room[..room.len() - 2].to_owned())
}

/// Takes what stands in brackets out of an address.
fn take_brackets(chars: &mut Vec<char>) -> String {
    let (mut kept, mut inside, mut taken) = (Vec::with_capacity(chars.len()), false, String::new());
    for c in chars.drain(..) {
        match c {
            '(' => inside = true,
            ')' => inside = false,
            c if inside => taken.push(c),
            c => kept.push(c),
        }
    }
    *chars = kept;
    taken
}

#[cfg(test)]
mod tests {
    //! Addresses as people write them, and what is read.
    use super::super::{Level, full_text};
    use super::{Parts, parse};
    use proptest::prelude::*;

    /// 小区=田心三村 栋=5 …, in the order of the levels.
    fn show(parts: &Parts) -> String {
        const SIGNS: [&str; 10] = ["路", "巷", "号", "附", "村", "组", "栋", "单元", "层", "室"];
        let stated = Level::ALL
            .iter()
            .zip(SIGNS)
            .filter_map(|(level, sign)| Some(format!("{sign}={}", parts.get(*level)?)));
        let divisions = parts.divisions.iter().map(|division| format!("[{division}]"));
        let rest = (!parts.rest.is_empty()).then(|| format!("余={}", parts.rest));
        divisions.chain(stated).chain(rest).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn addresses_are_read_as_people_write_them() {
        for (text, read, standard) in [
            ("田心三村5栋2单元301", "村=田心三村 栋=5 单元=2 层=3 室=301", "田心三村5栋2单元301室"),
            ("田心三村五栋二单元三〇一", "村=田心三村 栋=5 单元=2 层=3 室=301", "田心三村5栋2单元301室"),
            ("五栋二单元三〇一", "栋=5 单元=2 层=3 室=301", "5栋2单元301室"),
            ("5-2-301", "栋=5 单元=2 层=3 室=301", "5栋2单元301室"),
            ("5 2 301", "栋=5 单元=2 层=3 室=301", "5栋2单元301室"),
            ("5#2-301", "栋=5 单元=2 层=3 室=301", "5栋2单元301室"),
            ("5＃2－301", "栋=5 单元=2 层=3 室=301", "5栋2单元301室"),
            ("5幢2单元3楼301室", "栋=5 单元=2 层=3 室=301", "5栋2单元301室"),
            ("建设北路128号3门12号", "路=建设北路 号=128 单元=3 室=12", "建设北路128号3单元12室"),
            ("5号楼2门301", "栋=5 单元=2 层=3 室=301", "5栋2单元301室"),
            ("第五栋第二单元301号", "栋=5 单元=2 层=3 室=301", "5栋2单元301室"),
            ("5楼2单元301", "栋=5 单元=2 层=3 室=301", "5栋2单元301室"),
            ("A座1203", "栋=A 层=12 室=1203", "A座1203室"),
            ("a 座 １２０３", "栋=A 层=12 室=1203", "A座1203室"),
            ("甲栋101", "栋=甲 层=1 室=101", "甲栋101室"),
            ("A5栋12层1203房", "栋=A5 层=12 室=1203", "A5栋1203室"),
            ("田心三村5-2-301", "村=田心三村 栋=5 单元=2 层=3 室=301", "田心三村5栋2单元301室"),
            ("田心三村5-301", "村=田心三村 栋=5 层=3 室=301", "田心三村5栋301室"),
            ("田心三村5栋2-0301", "村=田心三村 栋=5 单元=2 层=3 室=301", "田心三村5栋2单元301室"),
            ("田心三村5-2-301室", "村=田心三村 栋=5 单元=2 层=3 室=301", "田心三村5栋2单元301室"),
            ("田心三村5-2单元301", "村=田心三村 栋=5 单元=2 层=3 室=301", "田心三村5栋2单元301室"),
            ("建设北路128号附3号", "路=建设北路 号=128 附=3", "建设北路128号附3号"),
            ("建设北路一百二十八号", "路=建设北路 号=128", "建设北路128号"),
            ("建设北路128-1号", "路=建设北路 号=128-1", "建设北路128-1号"),
            ("建设北路128号5栋301", "路=建设北路 号=128 栋=5 层=3 室=301", "建设北路128号5栋301室"),
            ("建设北路128号田心三村5栋", "路=建设北路 号=128 村=田心三村 栋=5", "建设北路128号田心三村5栋"),
            ("建设北路田心三村5栋", "路=建设北路 村=田心三村 栋=5", "建设北路田心三村5栋"),
            ("建设路3巷12号", "路=建设路 巷=3巷 号=12", "建设路3巷12号"),
            ("建设北路1-99单号", "路=建设北路 号=1-99单", "建设北路1-99单号"),
            ("清石村3组28号", "村=清石村 组=3 号=28", "清石村3组28号"),
            ("清石村三组28号", "村=清石村 组=3 号=28", "清石村3组28号"),
            ("清石村村民小组", "村=清石村村民小组", "清石村村民小组"),
            ("九郎山村5村民小组", "村=九郎山村 组=5", "九郎山村5组"),
            ("田心三村12号", "村=田心三村 号=12", "田心三村12号"),
            ("田心三村1-3单元", "村=田心三村 单元=1-3", "田心三村1-3单元"),
            ("田心三村5栋1-3单元", "村=田心三村 栋=5 单元=1-3", "田心三村5栋1-3单元"),
            ("田心三村1至10幢", "村=田心三村 栋=1-10", "田心三村1-10栋"),
            ("田心三村5栋无单元301", "村=田心三村 栋=5 单元=无 层=3 室=301", "田心三村5栋301室"),
            ("新城大厦B座负一层12号", "村=新城大厦 栋=B 层=-1 室=12", "新城大厦B座负1层12室"),
            ("新城大厦地下1层", "村=新城大厦 层=-1", "新城大厦负1层"),
            ("新城大厦3楼", "村=新城大厦 层=3", "新城大厦3层"),
            ("五一路3号", "路=五一路 号=3", "五一路3号"),
            ("铁路新村3栋", "村=铁路新村 栋=3", "铁路新村3栋"),
            ("新塘路小区3栋", "村=新塘路小区 栋=3", "新塘路小区3栋"),
            ("SOHO5栋301A", "村=SOHO 栋=5 室=301A", "SOHO5栋301A室"),
            ("田心三村（老区）5栋", "村=田心三村 栋=5 余=老区", "田心三村5栋（老区）"),
            ("田心三村5栋旁边", "村=田心三村 栋=5 余=旁边", "田心三村5栋（旁边）"),
            ("田心三村", "村=田心三村", "田心三村"),
            ("建设北路", "路=建设北路", "建设北路"),
            ("", "", ""),
            ("，。", "", ""),
        ] {
            let parts = parse(text);
            let order =
                |read: &str| read.split(' ').map(str::to_owned).collect::<std::collections::BTreeSet<_>>();
            assert_eq!(order(&show(&parts)), order(read), "{text}");
            assert_eq!(full_text(&parts), standard, "{text}");
        }
    }

    #[test]
    fn divisions_are_taken_off() {
        for (text, read) in [
            (
                "湖南省株洲市石峰区田心街道田心三村5栋",
                "[湖南省] [株洲市] [石峰区] [田心街道] 村=田心三村 栋=5",
            ),
            ("株洲市石峰区建设北路128号", "[株洲市] [石峰区] 路=建设北路 号=128"),
            ("湖南省攸县联星街道文化路3号", "[湖南省] [攸县] [联星街道] 路=文化路 号=3"),
            ("石峰区井龙街道九郎山村3组", "[石峰区] [井龙街道] 村=九郎山村 组=3"),
            ("田心街道田心社区5栋", "[田心街道] [田心社区] 栋=5"),
            ("内蒙古自治区呼和浩特市赛罕区大学路1号", "[内蒙古自治区] [呼和浩特市] [赛罕区] 路=大学路 号=1"),
            ("上海市浦东新区世纪大道8号", "[上海市] [浦东新区] 路=世纪大道 号=8"),
            ("阳光小区3栋", "村=阳光小区 栋=3"),
            ("三村东区3栋", "村=三村东区 栋=3"),
            ("城市花园3栋", "村=城市花园 栋=3"),
            ("田心农贸市场3号", "村=田心农贸市场 号=3"),
            ("水乡花园3栋", "村=水乡花园 栋=3"),
        ] {
            assert_eq!(
                show(&parse(text)).split(' ').collect::<std::collections::BTreeSet<_>>(),
                read.split(' ').collect(),
                "{text}"
            );
        }
    }

    fn written() -> impl Strategy<Value = String> {
        let divisions =
            prop::sample::select(vec!["", "石峰区", "株洲市石峰区田心街道", "湖南省株洲市", "田心社区"]);
        let place = prop::sample::select(vec![
            "",
            "田心三村",
            "建设北路",
            "建设北路128号",
            "建设路3巷12号附1号",
            "清石村3组28号",
            "清石村三组",
            "阳光小区A区",
            "SOHO",
            "建设北路九十九号田心三村",
            "新城大厦",
            "铁路新村",
            "五一路5-1号",
        ]);
        let building =
            prop::sample::select(vec!["", "5栋", "十二幢", "A座", "3号楼", "B2栋", "丙栋", "1-3栋", "7#"]);
        let unit = prop::sample::select(vec!["", "2单元", "二单元", "无单元", "3门", "1-2单元"]);
        let floor = prop::sample::select(vec!["", "3层", "负一层", "十二楼"]);
        let room =
            prop::sample::select(vec!["", "301", "0301室", "三〇一室", "1203", "12号", "301A室", "5房"]);
        let rest = prop::sample::select(vec!["", "（东头）", "旁边", "对面"]);
        (divisions, place, building, unit, floor, room, rest)
            .prop_map(|(a, b, c, d, e, f, g)| [a, b, c, d, e, f, g].concat())
    }

    proptest! {
        #[test]
        fn the_standard_writing_is_read_the_same(text in written()) {
            let mut parts = parse(&text);
            // 无 is not written: a home whose unit is unknown and one without units are written alike.
            parts.unit = parts.unit.filter(|unit| unit != super::NONE);
            let standard = full_text(&parts);
            prop_assert_eq!(parse(&standard), parts, "{} → {}", text, standard);
        }

        #[test]
        fn any_text_is_read_without_a_fall(text in "\\PC{0,60}") {
            let _ = full_text(&parse(&text));
        }

        #[test]
        fn any_mix_of_signs_is_read_without_a_fall(text in "[0-9A-C一二十百〇栋幢号楼单元室层组附路村区市省（）#\\-负地下无 ]{0,30}") {
            let standard = full_text(&parse(&text));
            let _ = full_text(&parse(&standard));
        }
    }
}
