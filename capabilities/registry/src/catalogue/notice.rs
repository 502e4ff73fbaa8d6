//! The notice 告知书: what the catalogue says is kept, and what differs from the notice before, in words.

use super::{Catalogue, FieldBook};
use platform::Words;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// All that is kept, by `person.phones`, `fact.lives_alone`, `purpose.visit`.
pub type Kept = BTreeMap<String, KeptEntry>;

/// What people are told of one value, fact or purpose.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct KeptEntry {
    pub words: Words,
    /// Why it is kept; of a fact the service, of a purpose nothing.
    pub purpose: Words,
    pub basis: String,
    pub is_sealed: bool,
    /// Months until it is asked again.
    pub age_months: Option<i32>,
    /// Months it stays after the end; of a purpose nothing.
    pub keep_months: Option<i32>,
    /// Who is told of it; of a purpose what it opens.
    pub to: Vec<String>,
}

impl Catalogue {
    /// What the notice of this catalogue says.
    pub fn kept(&self) -> Kept {
        let mut kept = Kept::new();
        for book in self.kinds() {
            for field in &book.fields {
                kept.insert(format!("{}.{}", book.kind.as_str(), field.key), of_field(&book.words, field));
            }
        }
        let facts_keep =
            self.kind(crate::model::Kind::ServiceFact).field("fact").map(|field| field.keep_months);
        for fact in &self.facts {
            let entry = KeptEntry {
                words: fact.words.clone(),
                purpose: fact.service.clone(),
                basis: fact.basis.clone(),
                is_sealed: true,
                age_months: Some(fact.age_months),
                keep_months: facts_keep,
                to: fact.to.clone(),
            };
            kept.insert(format!("fact.{}", fact.key), entry);
        }
        for purpose in &self.purposes {
            let entry = KeptEntry {
                words: purpose.words.clone(),
                purpose: Words::of("", ""),
                basis: String::new(),
                is_sealed: false,
                age_months: None,
                keep_months: None,
                to: purpose.opens.clone(),
            };
            kept.insert(format!("purpose.{}", purpose.key), entry);
        }
        kept
    }
}

fn of_field(kind: &Words, field: &FieldBook) -> KeptEntry {
    KeptEntry {
        words: Words::new(
            format!("{}：{}", kind.zh, field.words.zh),
            format!("{}: {}", kind.en, field.words.en),
        ),
        purpose: field.purpose.clone(),
        basis: field.basis.clone(),
        is_sealed: field.sealed,
        age_months: field.age_months,
        keep_months: Some(field.keep_months),
        to: field.to.clone(),
    }
}

/// What a notice says otherwise than the one before, a sentence each, in the order of the keys.
pub fn changes(before: &Kept, after: &Kept) -> Vec<Words> {
    let mut changes = Vec::new();
    for (key, entry) in after {
        match before.get(key) {
            None => changes.push(sentence(entry, "新增", "is new")),
            Some(old) if old != entry => changes.push(difference(old, entry)),
            Some(_) => {}
        }
    }
    for (_, gone) in before.iter().filter(|(key, _)| !after.contains_key(*key)) {
        changes.push(sentence(gone, "不再收集或使用", "is no longer kept or used"));
    }
    changes
}

fn sentence(entry: &KeptEntry, zh: &str, en: &str) -> Words {
    Words::new(format!("“{}”：{zh}", entry.words.zh), format!("{}: {en}", entry.words.en))
}

fn difference(old: &KeptEntry, new: &KeptEntry) -> Words {
    let parts = [
        (old.words != new.words, "名称", "its name"),
        (old.purpose != new.purpose, "用途", "its purpose"),
        (old.basis != new.basis, "依据", "its basis"),
        (old.is_sealed != new.is_sealed, "是否加密", "whether it is sealed"),
        (old.age_months != new.age_months, "多久核对一次", "how often it is confirmed"),
        (old.keep_months != new.keep_months, "保存期限", "how long it is kept"),
        (old.to != new.to, "告知哪些单位", "who is told"),
    ];
    let changed: Vec<_> = parts.iter().filter(|(differs, ..)| *differs).collect();
    let zh: Vec<_> = changed.iter().map(|(_, zh, _)| *zh).collect();
    let en: Vec<_> = changed.iter().map(|(.., en)| *en).collect();
    sentence(new, &format!("改了{}", zh.join("、")), &format!("changed: {}", en.join(", ")))
}

#[cfg(test)]
mod tests {
    //! A changed catalogue is told of in words.
    use super::changes;
    use crate::catalogue::built_in;

    #[test]
    fn what_changed_is_said_and_nothing_else() {
        let before = built_in().kept();
        assert!(changes(&before, &before).is_empty());
        let mut after = before.clone();
        after.remove("person.languages");
        after.get_mut("person.phones").expect("phones are kept").keep_months = Some(12);
        let mut new = before["person.sex"].clone();
        new.words.zh = "人：民族".into();
        after.insert("person.x".to_owned(), new);
        let said: Vec<_> = changes(&before, &after).into_iter().map(|words| words.zh.into_owned()).collect();
        assert_eq!(said, ["“人：电话”：改了保存期限", "“人：民族”：新增", "“人：语言”：不再收集或使用"]);
    }
}
