//! What hotlines send means here: catalog/linkage/hotline.toml, from the program or from a district's own folder, checked when loaded.

use edge::Settings;
use platform::{Fault, Words};
use serde::Deserialize;
use std::collections::{BTreeMap, HashMap};
use std::time::Duration;

const FILE: (&str, &str) = ("linkage/hotline.toml", include_str!("../../../../catalog/linkage/hotline.toml"));
/// A year: a result that is older answers nobody.
const REPEAT_DAYS_MAX: u32 = 366;
/// A hotline's key, as it stands in ids.
const KEY_CHARS_MAX: usize = 32;
/// What separates the parts of a classification.
const SEPARATORS: [char; 9] = ['>', '/', '、', '\\', '|', '-', '—', '→', '·'];
/// Columns a table may have, by the names of a work order's fields.
pub(crate) const COLUMNS: [&str; 12] = [
    "number",
    "received_at",
    "kind",
    "words",
    "address",
    "lon",
    "lat",
    "caller_name",
    "caller_phone",
    "classification",
    "promised_at",
    "new_facts",
];

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    source: String,
    version: String,
    hotline: Vec<Hotline>,
    repeat: Repeat,
    columns: BTreeMap<String, Vec<String>>,
    #[serde(default)]
    class: Vec<Class>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Hotline {
    key: String,
    zh: String,
    en: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Class {
    is: Vec<String>,
    #[serde(rename = "type")]
    type_code: String,
}

/// When somebody who asks again gets the earlier result.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Repeat {
    days: u32,
    /// Of the telling words, how many may be new for it to be the same again.
    pub new_share_max: f32,
    /// Where the rule comes from.
    pub source: String,
}

impl Repeat {
    /// How long a closed case still answers.
    pub fn window(&self) -> Duration {
        Duration::from_secs(u64::from(self.days) * 24 * 3600)
    }
}

/// The file, on the shelf.
#[derive(Clone, Debug)]
pub(crate) struct HotlineBook {
    /// In the file's order: the one that is used most stands first.
    hotlines: Vec<(String, Words)>,
    pub repeat: Repeat,
    /// A class by its name, made comparable → type.
    classes: HashMap<String, String>,
    /// A heading, made comparable → the field it names.
    columns: HashMap<String, &'static str>,
}

impl HotlineBook {
    /// Reads and checks the file.
    ///
    /// # Errors
    /// A fault that names the file and what is wrong in it: no hotline, a key twice, a class twice or of an unknown type, a heading that
    /// names two columns, limits that cannot be meant.
    pub fn load(settings: &Settings, rules: &cases::Rules) -> Result<Self, Fault> {
        let text = settings.catalogue_text(FILE)?;
        Self::read(&text, |code| rules.catalogue.find_type(code).is_some())
            .map_err(|what| Fault::broken(format!("the catalogue's file {} cannot be used: {what}", FILE.0)))
    }

    fn read(text: &str, is_type: impl Fn(&str) -> bool) -> Result<Self, String> {
        let file: File = toml::from_str(text.trim_start_matches('\u{feff}')).map_err(|e| e.to_string())?;
        for (name, text) in
            [("source", &file.source), ("version", &file.version), ("repeat.source", &file.repeat.source)]
        {
            if text.trim().is_empty() {
                return Err(format!("{name} is empty"));
            }
        }
        let repeat = file.repeat;
        if !(1..=REPEAT_DAYS_MAX).contains(&repeat.days) || !(0.0..=1.0).contains(&repeat.new_share_max) {
            return Err(format!("repeat: days are 1 to {REPEAT_DAYS_MAX}, new_share_max is 0 to 1"));
        }
        Ok(Self {
            hotlines: hotlines(file.hotline)?,
            repeat,
            classes: classes(file.class, is_type)?,
            columns: columns(&file.columns)?,
        })
    }

    /// A hotline's name.
    pub fn hotline(&self, key: &str) -> Option<&Words> {
        self.hotlines.iter().find(|(own, _)| own == key).map(|(_, words)| words)
    }

    /// The hotlines that may hand in, in the file's order.
    pub fn hotlines(&self) -> impl Iterator<Item = (&str, &Words)> {
        self.hotlines.iter().map(|(key, words)| (key.as_str(), words))
    }

    /// The keys of all hotlines.
    pub fn keys(&self) -> Vec<String> {
        self.hotlines.iter().map(|(key, _)| key.clone()).collect()
    }

    /// The type a hotline's classification means: by the whole of it, else by the narrowest part that is named.
    pub fn type_of(&self, classification: &str) -> Option<&str> {
        let whole = self.classes.get(&folded(classification));
        let parts = || classification.rsplit(SEPARATORS).find_map(|part| self.classes.get(&folded(part)));
        whole.or_else(parts).map(String::as_str)
    }

    /// The field a heading names.
    pub fn column(&self, heading: &str) -> Option<&'static str> {
        self.columns.get(&folded(heading)).copied()
    }

    /// The usual heading of a field.
    pub fn heading(&self, field: &str) -> &'static str {
        match field {
            "number" => "工单编号",
            "received_at" => "受理时间",
            "kind" => "诉求类型",
            "words" => "诉求内容",
            "address" => "事发地址",
            "lon" => "经度",
            "lat" => "纬度",
            "caller_name" => "来电人",
            "caller_phone" => "联系电话",
            "classification" => "诉求分类",
            "promised_at" => "办理时限",
            _ => "有新情况",
        }
    }
}

/// Spaces, brackets' remarks and marks of duty do not count: "工单编号*", "地址（必填）".
fn folded(text: &str) -> String {
    let head = text.split(['（', '(']).next().unwrap_or_default();
    head.chars()
        .filter(|c| !c.is_whitespace() && !matches!(c, '*' | '＊' | '：' | ':'))
        .collect::<String>()
        .to_lowercase()
}

fn hotlines(rows: Vec<Hotline>) -> Result<Vec<(String, Words)>, String> {
    let mut found: Vec<(String, Words)> = Vec::with_capacity(rows.len());
    for row in rows {
        let holds = (1..=KEY_CHARS_MAX).contains(&row.key.len())
            && row.key.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_');
        if !holds {
            return Err(format!("hotline '{}': a key has 1 to {KEY_CHARS_MAX} of a-z, 0-9 and _", row.key));
        }
        if found.iter().any(|(key, _)| *key == row.key) {
            return Err(format!("hotline {} is there twice", row.key));
        }
        found.push((row.key, Words::new(row.zh, row.en)));
    }
    if found.is_empty() { Err("there is no hotline".to_owned()) } else { Ok(found) }
}

fn classes(rows: Vec<Class>, is_type: impl Fn(&str) -> bool) -> Result<HashMap<String, String>, String> {
    let mut found = HashMap::new();
    for row in rows {
        if !is_type(&row.type_code) {
            return Err(format!("class: '{}' is no type of the catalogue", row.type_code));
        }
        for name in row.is {
            if folded(&name).is_empty() || found.insert(folded(&name), row.type_code.clone()).is_some() {
                return Err(format!("class: '{name}' is empty or there twice"));
            }
        }
    }
    Ok(found)
}

fn columns(rows: &BTreeMap<String, Vec<String>>) -> Result<HashMap<String, &'static str>, String> {
    let mut found = HashMap::new();
    for (field, headings) in rows {
        let Some(field) = COLUMNS.iter().copied().find(|known| known == field) else {
            return Err(format!("columns: a work order has no '{field}'"));
        };
        for heading in headings {
            if folded(heading).is_empty() || found.insert(folded(heading), field).is_some() {
                return Err(format!("columns: '{heading}' is empty or names two columns"));
            }
        }
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    //! The built-in file holds, and what is wrong in one is named.
    use super::*;

    fn built_in() -> HotlineBook {
        let catalogue = cases::catalogue::Catalogue::embedded();
        HotlineBook::read(FILE.1, |code| catalogue.find_type(code).is_some()).expect("the file holds")
    }

    #[test]
    fn the_narrowest_part_of_a_classification_decides() {
        let book = built_in();
        let rows = [
            ("停水", Some("P01001")),
            ("城乡建设>公用事业>停水", Some("P01001")),
            ("物业管理／电梯", None),
            ("物业管理/电梯", Some("P05002")),
            ("物业管理/绿化", Some("P05001")),
            (" 政策咨询（社保） ", Some("P07001")),
            ("从没听过的一类", None),
            ("", None),
        ];
        for (classification, expected) in rows {
            assert_eq!(book.type_of(classification), expected, "{classification}");
        }
    }

    #[test]
    fn headings_are_read_as_offices_write_them() {
        let book = built_in();
        let rows = [
            ("工单编号*", Some("number")),
            ("受理 时间", Some("received_at")),
            ("事发地址（必填）", Some("address")),
            ("备注", None),
        ];
        for (heading, expected) in rows {
            assert_eq!(book.column(heading), expected, "{heading}");
        }
        for field in COLUMNS {
            assert_eq!(book.column(book.heading(field)), Some(field), "the usual heading is read again");
        }
    }

    #[test]
    fn what_is_wrong_is_named() {
        let rows = [
            ("days = 30", "days = 0", "days are"),
            ("new_share_max = 0.5", "new_share_max = 1.5", "new_share_max"),
            ("key = \"12319\"", "key = \"12345\"", "twice"),
            ("key = \"12319\"", "key = \"Zwölf\"", "a key has"),
            ("type = \"P01001\"", "type = \"NIX\"", "'NIX' is no type"),
            ("is = [\"停电\"]", "is = [\"停水\"]", "'停水'"),
            ("lat = [\"纬度\"]", "lat = [\"经度\"]", "'经度'"),
            ("lat = [\"纬度\"]", "height = [\"高度\"]", "'height'"),
        ];
        for (from, to, expected) in rows {
            let text = FILE.1.replacen(from, to, 1);
            assert_ne!(text, FILE.1, "{from}");
            let catalogue = cases::catalogue::Catalogue::embedded();
            let refused = HotlineBook::read(&text, |code| catalogue.find_type(code).is_some());
            let what = refused.expect_err(expected);
            assert!(what.contains(expected), "{what}");
        }
    }
}
