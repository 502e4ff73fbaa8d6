//! Reads the rules and checks each against the catalogue: a rule that names nobody, cites nothing or is never reached is refused.

use super::Source;
use super::rule::{Hours, Rule, To, TypePattern};
use crate::catalogue::{
    Catalogue, CatalogueFault, Faults, ItemKey, PostSelector, Urgency, read_rows, read_table,
};
use platform::Words;
use serde::Deserialize;
use std::collections::BTreeSet;

/// Rules of one district. More cannot be kept in anybody's head, and each is read for every case.
pub const ROUTING_RULES_MAX: usize = 500;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawHead {
    version: String,
    source: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawRule {
    key: String,
    zh: String,
    en: String,
    #[serde(default)]
    types: Vec<String>,
    #[serde(default)]
    areas: Vec<String>,
    hours: Option<String>,
    working: Option<bool>,
    #[serde(default)]
    sources: Vec<Source>,
    #[serde(default)]
    urgency: Vec<Urgency>,
    #[serde(default)]
    words: Vec<String>,
    to: String,
    #[serde(default)]
    co: Vec<String>,
    item: Option<ItemKey>,
}

/// The version and the rules.
pub(super) fn load(
    catalogue: &Catalogue,
    file: &str,
    text: &str,
) -> Result<(String, Vec<Rule>), Vec<CatalogueFault>> {
    let mut faults = Faults::default();
    let Some(mut table) = read_table(file, text, &mut faults) else { return Err(faults.0) };
    let raw_rules = read_rows::<RawRule>(file, &mut table, "rule", "key", &mut faults);
    let head = faults.keep(file, "", table.try_into::<RawHead>());
    for (field, text) in head.iter().flat_map(|h| [("version", &h.version), ("source", &h.source)]) {
        if text.trim().is_empty() {
            faults.add(file, field, "不能为空", "must not be empty");
        }
    }
    if raw_rules.len() > ROUTING_RULES_MAX {
        faults.add(
            file,
            "",
            format!("规则超过 {ROUTING_RULES_MAX} 条"),
            format!("there are more than {ROUTING_RULES_MAX} rules"),
        );
        return Err(faults.0);
    }
    let mut reader = Reader { catalogue, file, faults };
    let rules: Vec<Rule> = raw_rules.into_iter().filter_map(|raw| reader.read_rule(raw)).collect();
    reader.check_order(&rules);
    match head {
        Some(head) if reader.faults.0.is_empty() => Ok((head.version, rules)),
        _ => Err(reader.faults.0),
    }
}

struct Reader<'a> {
    catalogue: &'a Catalogue,
    file: &'a str,
    faults: Faults,
}

impl Reader<'_> {
    fn fault(&mut self, rule: &str, zh: impl Into<String>, en: impl Into<String>) {
        self.faults.add(self.file, format!("rule {rule}"), zh, en);
    }

    fn read_rule(&mut self, raw: RawRule) -> Option<Rule> {
        let key = raw.key;
        if raw.zh.trim().is_empty() || raw.en.trim().is_empty() {
            self.fault(&key, "规则要用中英文说明理由", "a rule says why, in zh and en");
        }
        let types: Vec<TypePattern> = raw.types.iter().map(|text| TypePattern::parse(text)).collect();
        for (pattern, text) in types.iter().zip(&raw.types) {
            if !self.catalogue.types().any(|t| pattern.matches(&t.code)) {
                self.fault(&key, format!("没有类型符合 {text}"), format!("no type matches {text}"));
            }
        }
        let hours = raw.hours.as_deref().map(|text| (text, Hours::parse(text)));
        if let Some((text, None)) = hours {
            self.fault(
                &key,
                format!("hours 应如 22-6，而不是 {text}"),
                format!("hours must look like 22-6, not {text}"),
            );
        }
        if raw.areas.iter().chain(&raw.words).any(|text| text.trim().is_empty()) {
            self.fault(&key, "areas 和 words 不能有空项", "areas and words must have no empty entry");
        }
        if let Some(item) = &raw.item
            && self.catalogue.find_item(item).is_none()
        {
            self.fault(
                &key,
                format!("清单中没有事项 {item}"),
                format!("there is no item {item} in the duty lists"),
            );
        }
        let to = self.read_to(&key, &raw.to);
        let co: Vec<To> = raw.co.iter().filter_map(|text| self.read_to(&key, text)).collect();
        Some(Rule {
            words: Words::new(raw.zh, raw.en),
            types,
            areas: raw.areas,
            hours: hours.and_then(|(_, hours)| hours),
            working: raw.working,
            sources: raw.sources,
            urgency: raw.urgency,
            said: raw.words,
            to: to?,
            co,
            item: raw.item,
            key,
        })
    }

    fn read_to(&mut self, rule: &str, text: &str) -> Option<To> {
        if let Some(list) = text.strip_prefix("list:") {
            if self.catalogue.find_list(list).is_none() {
                self.fault(rule, format!("没有清单 {list}"), format!("there is no list {list}"));
                return None;
            }
            return Some(To::List(list.to_owned()));
        }
        match text.parse::<PostSelector>() {
            Ok(PostSelector::Unit(key)) if self.catalogue.find_unit(&key).is_none() => {
                self.fault(
                    rule,
                    format!("units.toml 中没有单位 {key}"),
                    format!("there is no unit {key} in units.toml"),
                );
                None
            }
            Ok(selector) => Some(To::Post(selector)),
            Err(nobody) => {
                self.fault(rule, format!("不认识“{text}”是谁"), nobody.to_string());
                None
            }
        }
    }

    /// The last rule takes everything, so that every case has an owner; no other does, so that every rule is read.
    fn check_order(&mut self, rules: &[Rule]) {
        let mut seen = BTreeSet::new();
        for rule in rules {
            if !seen.insert(&rule.key) {
                self.fault(&rule.key, "规则名重复", "the rule's key is there twice");
            }
        }
        let Some((last, others)) = rules.split_last() else {
            self.faults.add(self.file, "", "没有任何规则", "there are no rules");
            return;
        };
        if !last.takes_everything() || last.to == To::Post(PostSelector::GridWorker) {
            self.fault(
                &last.key,
                "最后一条规则不能有条件，并且要交给窗口、调度或单位，否则有的事件无人负责",
                "the last rule must have no condition and lead to a desk, the dispatcher or a unit, or some case has no owner",
            );
        }
        for rule in others.iter().filter(|rule| rule.takes_everything()) {
            self.fault(
                &rule.key,
                "这条规则没有条件，后面的规则永远用不到",
                "this rule has no condition, so the rules below it are never reached",
            );
        }
    }
}
