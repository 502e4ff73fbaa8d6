//! Reads the trees of types: `NAME.toml` is the head of a tree, `NAME_*.toml` its classes with their types, or overrides of a code table.

use super::case_type::{
    CaseType, DUPLICATE_DAYS_MAX, DUPLICATE_RADIUS_M_MAX, Duplicates, Measure, Proof, Question, Urgency,
};
use super::load::{CATALOGUE_TYPES_MAX, read_table, row_name, take_rows};
use super::load_lists::{Lists, require_words};
use super::raw::{RawRow, RawTree, RawWords, Traits};
use super::{Class, Faults, Tree};
use flow::Deadline;
use platform::Words;
use std::collections::{BTreeMap, BTreeSet};

/// Longest deadline that may be written, in its own unit. More is a typing error.
pub(super) const DEADLINE_AMOUNT_MAX: u32 = 1_000;

#[derive(Default)]
pub(super) struct Types {
    pub trees: Vec<Tree>,
    pub types: BTreeMap<String, CaseType>,
}

/// A type as gathered from its files, before its fields are checked.
struct Draft {
    file: String,
    class: String,
    name: Words,
    component: Option<Words>,
    source: String,
    traits: Traits,
}

/// A tree while its files are read.
struct Planting<'a> {
    file: &'a str,
    head: RawTree,
    classes: Vec<Class>,
    /// Traits of each class, laid over the tree's, and whether its types may ever be public.
    class_traits: BTreeMap<String, (Traits, bool)>,
    drafts: BTreeMap<String, Draft>,
}

pub(super) fn load(files: &[(&str, &str)], lists: &Lists, faults: &mut Faults) -> Types {
    let mut tables: Vec<(&str, toml::Table)> = Vec::new();
    for (name, text) in files {
        let stem = name.strip_prefix("case_types/").and_then(|n| n.strip_suffix(".toml"));
        if stem.is_some_and(|s| !matches!(s, "numbers" | "elsewhere" | "urgency")) {
            tables.extend(read_table(name, text, faults).map(|table| (*name, table)));
        }
    }
    let mut types = Types::default();
    let (heads, mut parts): (Vec<_>, Vec<_>) =
        tables.into_iter().partition(|(_, table)| table.contains_key("tree"));
    for (file, head) in heads {
        let Some(mut planting) = plant(file, head, files, faults) else { continue };
        let prefix = format!("case_types/{}_", planting.head.tree);
        let (own, others) = parts.into_iter().partition(|(name, _)| name.starts_with(&prefix));
        parts = others;
        for (name, table) in own {
            planting.add_part(name, table, faults);
        }
        planting.harvest(&mut types, lists, faults);
    }
    for (name, _) in parts {
        faults.add(
            name,
            "",
            "不属于任何一棵类型树：文件名应为“树名_…toml”",
            "belongs to no tree of types: name it TREE_….toml",
        );
    }
    if types.types.is_empty() {
        faults.add("case_types", "", "没有任何事件类型", "there are no types of case");
    }
    if types.types.len() > CATALOGUE_TYPES_MAX {
        faults.add(
            "case_types",
            "",
            format!("事件类型超过 {CATALOGUE_TYPES_MAX} 个"),
            format!("there are more than {CATALOGUE_TYPES_MAX} types"),
        );
    }
    types
}

/// Reads the head of a tree, its classes and its code table.
fn plant<'a>(
    file: &'a str,
    mut table: toml::Table,
    files: &[(&str, &str)],
    faults: &mut Faults,
) -> Option<Planting<'a>> {
    let classes = take_rows(file, &mut table, "class", faults);
    let head = faults.keep(file, "", table.try_into::<RawTree>())?;
    require_words(file, "", &head.zh, &head.en, faults);
    let mut planting =
        Planting { file, head, classes: Vec::new(), class_traits: BTreeMap::new(), drafts: BTreeMap::new() };
    for (i, class) in classes.into_iter().enumerate() {
        let at = row_name(&class, "class", "code", i);
        planting.add_class(file, &at, class, faults);
    }
    planting.add_code_table(files, faults);
    Some(planting)
}

impl Planting<'_> {
    fn add_class(
        &mut self,
        file: &str,
        at: &str,
        mut row: toml::Table,
        faults: &mut Faults,
    ) -> Option<String> {
        let (code, name) = take_name(file, at, &mut row, faults)?;
        let never_public = take_flag(file, at, &mut row, "never_public", faults);
        let traits: Traits = faults.keep(file, at, row.try_into())?;
        let laid = self.head.defaults.overlaid_by(&traits);
        if self.class_traits.insert(code.clone(), (laid, never_public)).is_some() {
            faults.add(file, at, "重复的类别", "the class is there twice");
            return None;
        }
        self.classes.push(Class { code: code.clone(), name, types: Vec::new() });
        Some(code)
    }

    /// Every row of the table of matters becomes a type; a component of the same code lends its name.
    fn add_code_table(&mut self, files: &[(&str, &str)], faults: &mut Faults) {
        let Some(matters) = self.head.matters.clone() else { return };
        let components: BTreeMap<String, Words> = self
            .head
            .components
            .clone()
            .map(|name| read_csv(&name, files, faults))
            .unwrap_or_default()
            .into_iter()
            .map(|(_, row)| (row.code, Words::new(row.zh, row.en)))
            .collect();
        for (line, row) in read_csv(&matters, files, faults) {
            let at = format!("line {line}");
            let Some((traits, _)) = self.class_traits.get(&row.class) else {
                faults.add(
                    &matters,
                    at,
                    format!("{} 中没有类别 {}", self.file, row.class),
                    format!("there is no class {} in {}", row.class, self.file),
                );
                continue;
            };
            let draft = Draft {
                file: matters.clone(),
                class: row.class,
                name: Words::new(row.zh, row.en),
                component: components.get(&row.code).cloned(),
                source: row.source,
                traits: traits.clone(),
            };
            self.add_draft(&matters, &at, row.code, draft, faults);
        }
    }

    /// A further file of the tree: one class with its types, or overrides.
    fn add_part(&mut self, file: &str, mut table: toml::Table, faults: &mut Faults) {
        let types = take_rows(file, &mut table, "type", faults);
        let overrides = take_rows(file, &mut table, "override", faults);
        let class = match table.remove("class") {
            Some(toml::Value::Table(class)) => {
                let at = row_name(&class, "class", "code", 0);
                self.add_class(file, &at, class, faults)
            }
            Some(_) => {
                faults.add(file, "class", "应写成 [class]", "must be written as [class]");
                None
            }
            None => None,
        };
        for unknown in table.keys() {
            faults.add(file, unknown, "不认识的字段", "the field is unknown");
        }
        match class {
            Some(class) => self.add_types(file, &class, types, faults),
            None if !types.is_empty() => {
                faults.add(
                    file,
                    "type",
                    "有类型但没有可用的 [class]",
                    "there are types but no [class] that can be read",
                );
            }
            None => {}
        }
        for (i, row) in overrides.into_iter().enumerate() {
            let at = row_name(&row, "override", "codes", i);
            self.add_override(file, &at, row, faults);
        }
    }

    fn add_types(&mut self, file: &str, class: &str, rows: Vec<toml::Table>, faults: &mut Faults) {
        let (base, _) = self.class_traits[class].clone();
        for (i, mut row) in rows.into_iter().enumerate() {
            let at = row_name(&row, "type", "code", i);
            let Some((code, name)) = take_name(file, &at, &mut row, faults) else { continue };
            let Some(traits) = faults.keep::<Traits>(file, &at, row.try_into()) else { continue };
            if !code.starts_with(class) {
                faults.add(
                    file,
                    &at,
                    format!("代码应以 {class} 开头"),
                    format!("the code must begin with {class}"),
                );
            }
            let draft = Draft {
                file: file.to_owned(),
                class: class.to_owned(),
                name,
                component: None,
                source: self.head.source.clone(),
                traits: base.overlaid_by(&traits),
            };
            self.add_draft(file, &at, code, draft, faults);
        }
    }

    fn add_draft(&mut self, file: &str, at: &str, code: String, draft: Draft, faults: &mut Faults) {
        if code.is_empty() || !code.bytes().all(|b| b.is_ascii_alphanumeric()) {
            faults.add(file, at, "代码只能用字母和数字", "a code has letters and digits only");
        }
        require_words(file, at, &draft.name.zh, &draft.name.en, faults);
        if self.drafts.insert(code, draft).is_some() {
            faults.add(file, at, "代码重复", "the code is there twice");
        }
    }

    /// Lays an override over every type of `codes`: single codes and ranges "01001-01023".
    fn add_override(&mut self, file: &str, at: &str, mut row: toml::Table, faults: &mut Faults) {
        let codes = match row.remove("codes").map(toml::Value::try_into::<Vec<String>>) {
            Some(Ok(codes)) if !codes.is_empty() => codes,
            _ => {
                faults.add(file, at, "应有 codes = [\"代码\", …]", "it needs codes = [\"code\", …]");
                return;
            }
        };
        let Some(traits) = faults.keep::<Traits>(file, at, row.try_into()) else { return };
        for wanted in &codes {
            let (from, to) = wanted.split_once('-').unwrap_or((wanted, wanted));
            let mut found = false;
            // A range written backwards holds nothing; `range` itself would panic on it.
            if from <= to {
                for draft in self.drafts.range_mut(from.to_owned()..=to.to_owned()).map(|(_, draft)| draft) {
                    draft.traits = draft.traits.overlaid_by(&traits);
                    draft.file = file.to_owned();
                    found = true;
                }
            }
            if !found {
                faults.add(
                    file,
                    at,
                    format!("没有代码为 {wanted} 的类型"),
                    format!("no type has the code {wanted}"),
                );
            }
        }
    }

    /// Checks every draft and puts what is whole into the catalogue.
    fn harvest(mut self, types: &mut Types, lists: &Lists, faults: &mut Faults) {
        for (code, draft) in std::mem::take(&mut self.drafts) {
            let never_public = self.class_traits.get(&draft.class).is_some_and(|(_, never)| *never);
            if let Some(class) = self.classes.iter_mut().find(|c| c.code == draft.class) {
                class.types.push(code.clone());
            }
            let file = draft.file.clone();
            let at = format!("type {code}");
            let Some(case_type) = finish(code, draft, faults) else { continue };
            check_type(&file, &at, &case_type, never_public, lists, faults);
            if types.types.insert(case_type.code.clone(), case_type).is_some() {
                faults.add(&file, at, "代码在两棵树中重复", "the code is in both trees");
            }
        }
        let RawTree { tree, zh, en, source, .. } = self.head;
        types.trees.push(Tree { key: tree, name: Words::new(zh, en), source, classes: self.classes });
    }
}

/// A draft with every field that has no default.
fn finish(code: String, draft: Draft, faults: &mut Faults) -> Option<CaseType> {
    let Draft { file, class, name, component, source, traits } = draft;
    let at = format!("type {code}");
    let mut missing = |field: &str| {
        faults.add(
            &file,
            &*at,
            format!("没有 {field}，类别和树也没有给出"),
            format!("it has no {field}, nor have its class and its tree"),
        );
    };
    let answers = traits.answers.unwrap_or_default();
    if answers.is_empty() {
        missing("answers");
    }
    let measures: Vec<Measure> = traits
        .measures
        .unwrap_or_default()
        .into_iter()
        .map(|m| Measure { key: m.key, words: Words::new(m.zh, m.en), within: m.within, source: m.source })
        .collect();
    if measures.is_empty() {
        missing("measures");
    }
    let duplicates = traits.duplicates.unwrap_or_else(|| {
        missing("duplicates");
        Duplicates { radius_m: 1, days: 1 }
    });
    let words_of = |raw: RawWords| Words::new(raw.zh, raw.en);
    (!answers.is_empty() && !measures.is_empty()).then(|| CaseType {
        short: traits.short.map_or_else(|| name.clone(), words_of),
        hint: traits.hint.map(words_of),
        words: traits.words.unwrap_or_default(),
        proof: traits.proof.unwrap_or(Proof::None),
        urgency: traits.urgency.unwrap_or(Urgency::Normal),
        call_first: traits.call_first.unwrap_or_default(),
        // What nobody decided stays hidden and asks for a phone: the cautious reading.
        public: traits.public.unwrap_or(false),
        anonymous: traits.anonymous.unwrap_or(false),
        offered: traits.offered.unwrap_or(true),
        common: traits.common.unwrap_or(false),
        hazard: traits.hazard.unwrap_or(false),
        questions: traits.questions.unwrap_or_default(),
        code,
        class,
        name,
        component,
        answers,
        measures,
        duplicates,
        source,
    })
}

fn check_type(
    file: &str,
    at: &str,
    case_type: &CaseType,
    never_public: bool,
    lists: &Lists,
    faults: &mut Faults,
) {
    for key in case_type.answers.iter().filter(|key| !lists.has_item(key)) {
        faults.add(
            file,
            at,
            format!("清单中没有事项 {key}"),
            format!("there is no item {key} in the duty lists"),
        );
    }
    for key in case_type.call_first.iter().filter(|key| !lists.has_number(key)) {
        faults.add(
            file,
            at,
            format!("numbers.toml 中没有号码 {key}"),
            format!("there is no number {key} in numbers.toml"),
        );
    }
    if case_type.urgency == Urgency::Emergency && case_type.call_first.is_empty() {
        faults.add(
            file,
            at,
            "紧急类型必须先给出电话（call_first）",
            "an emergency must show a number first (call_first)",
        );
    }
    if never_public && case_type.public {
        faults.add(
            file,
            at,
            "该类别从不对邻居公开（never_public）",
            "its class is never shown to neighbours (never_public)",
        );
    }
    if case_type.words.iter().any(|w| w.split('+').any(|part| part.trim().is_empty())) {
        faults.add(file, at, "关键词有空的部分", "a keyword has an empty part");
    }
    let Duplicates { radius_m, days } = case_type.duplicates;
    if !(1..=DUPLICATE_RADIUS_M_MAX).contains(&radius_m) || !(1..=DUPLICATE_DAYS_MAX).contains(&days) {
        faults.add(
            file,
            at,
            format!("duplicates 应为 1—{DUPLICATE_RADIUS_M_MAX} 米、1—{DUPLICATE_DAYS_MAX} 天"),
            format!(
                "duplicates must be 1 to {DUPLICATE_RADIUS_M_MAX} metres and 1 to {DUPLICATE_DAYS_MAX} days"
            ),
        );
    }
    check_measures(file, at, &case_type.measures, faults);
    check_questions(file, at, &case_type.questions, faults);
}

fn check_measures(file: &str, at: &str, measures: &[Measure], faults: &mut Faults) {
    let mut seen = BTreeSet::new();
    for measure in measures {
        let Deadline { amount, .. } = measure.within;
        if !(1..=DEADLINE_AMOUNT_MAX).contains(&amount) {
            faults.add(
                file,
                at,
                format!("措施 {} 的时限应为 1—{DEADLINE_AMOUNT_MAX}", measure.key),
                format!("the limit of measure {} must be 1 to {DEADLINE_AMOUNT_MAX}", measure.key),
            );
        }
        if measure.source.trim().is_empty() {
            faults.add(
                file,
                at,
                format!("措施 {} 的时限没有来源", measure.key),
                format!("the limit of measure {} has no source", measure.key),
            );
        }
        if !seen.insert(&measure.key) {
            faults.add(
                file,
                at,
                format!("措施 {} 重复", measure.key),
                format!("measure {} is there twice", measure.key),
            );
        }
    }
}

fn check_questions(file: &str, at: &str, questions: &[Question], faults: &mut Faults) {
    let mut seen = BTreeSet::new();
    for question in questions {
        let code = &question.code;
        require_words(file, &format!("{at}, question {code}"), &question.zh, &question.en, faults);
        if code.is_empty() || !code.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_')
        {
            faults.add(
                file,
                at,
                format!("问题代码 {code} 只能用 a-z、0-9 和 _"),
                format!("the question code {code} may have a-z, 0-9 and _ only"),
            );
        }
        if question.datatype.is_list() == question.values.is_empty() {
            faults.add(
                file,
                at,
                format!("问题 {code}：列表要有选项，其他类型不能有"),
                format!("question {code}: a list needs values, other datatypes have none"),
            );
        }
        let keys: BTreeSet<&str> = question.values.iter().map(|v| v.key.as_str()).collect();
        if keys.len() != question.values.len() || !seen.insert(code) {
            faults.add(
                file,
                at,
                format!("问题 {code} 或它的选项重复"),
                format!("question {code} or one of its values is there twice"),
            );
        }
    }
}

fn take_name(file: &str, at: &str, row: &mut toml::Table, faults: &mut Faults) -> Option<(String, Words)> {
    let mut take = |field: &str| match row.remove(field) {
        Some(toml::Value::String(text)) => Some(text),
        _ => {
            faults.add(file, at, format!("没有 {field}"), format!("it has no {field}"));
            None
        }
    };
    let (code, zh, en) = (take("code"), take("zh"), take("en"));
    Some((code?, Words::new(zh?, en?)))
}

fn take_flag(file: &str, at: &str, row: &mut toml::Table, field: &str, faults: &mut Faults) -> bool {
    match row.remove(field) {
        None => false,
        Some(toml::Value::Boolean(flag)) => flag,
        Some(_) => {
            faults.add(
                file,
                at,
                format!("{field} 应为 true 或 false"),
                format!("{field} must be true or false"),
            );
            false
        }
    }
}

/// The rows of a code table with their line numbers.
fn read_csv(name: &str, files: &[(&str, &str)], faults: &mut Faults) -> Vec<(u64, RawRow)> {
    let Some((_, text)) = files.iter().find(|(file, _)| *file == name) else {
        faults.add(name, "", "缺少这个文件", "the file is missing");
        return Vec::new();
    };
    let text = text.trim_start_matches('\u{feff}');
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    let headers = match reader.headers() {
        Ok(headers) => headers.clone(),
        Err(error) => {
            faults.keep::<()>(name, "line 1", Err(error));
            return Vec::new();
        }
    };
    let mut rows = Vec::new();
    for record in reader.records() {
        let (line, row) = match record {
            Ok(record) => {
                (record.position().map_or(0, |p| p.line()), record.deserialize::<RawRow>(Some(&headers)))
            }
            Err(error) => (error.position().map_or(0, |p| p.line()), Err(error)),
        };
        rows.extend(faults.keep(name, format!("line {line}"), row).map(|row| (line, row)));
    }
    rows
}
