//! Templates: catalog/messages/templates.toml.

use crate::model::text::{Text, ValueKind, check, shown};
use crate::model::{Class, Limits, Quiet};
use edge::Settings;
use platform::{Fault, Lang, Words};
use serde::Deserialize;
use serde_json::Value;
use std::collections::BTreeMap;

const FILE: (&str, &str) =
    ("messages/templates.toml", include_str!("../../../../catalog/messages/templates.toml"));
const SERVICE_PER_DAY_MAX: i64 = 100;
/// In the address of a page: what the message is about.
const THREAD: &str = "thread";

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    source: String,
    version: String,
    limits: LimitEntry,
    class: Vec<RawClass>,
    template: Vec<Raw>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct LimitEntry {
    quiet_from: String,
    quiet_to: String,
    service_per_day: i64,
    source: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawClass {
    key: Class,
    zh: String,
    en: String,
    source: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Raw {
    key: String,
    class: Class,
    #[serde(default)]
    urgent: bool,
    zh: String,
    en: String,
    text: RawText,
    #[serde(default)]
    values: BTreeMap<String, ValueKind>,
    #[serde(default)]
    example: BTreeMap<String, Value>,
    page: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawText {
    zh: String,
    en: String,
}

/// A class in words, with the law it stands on.
#[derive(Clone, Debug)]
pub(crate) struct ClassEntry {
    pub class: Class,
    pub words: Words,
    pub source: String,
}

/// What is sent for one occasion.
#[derive(Clone, Debug)]
pub(crate) struct Template {
    pub key: String,
    pub class: Class,
    pub is_urgent: bool,
    pub words: Words,
    zh: Text,
    en: Text,
    pub values: BTreeMap<String, ValueKind>,
    pub example: Value,
    page: Option<Text>,
}

impl Template {
    /// The words in one language; values are checked when a message is made.
    pub fn render(&self, content: &Value, link: &str, lang: Lang) -> String {
        let text = if lang == Lang::En { &self.en } else { &self.zh };
        text.fill(&self.shown(content, link, lang))
    }

    /// Its values as they are read, by name.
    pub fn shown(&self, content: &Value, link: &str, lang: Lang) -> BTreeMap<String, String> {
        let value =
            |(name, kind): (&String, &ValueKind)| (name.clone(), shown(*kind, content.get(name), link, lang));
        self.values.iter().map(value).collect()
    }

    /// Names of the values in the order of the words: gateways number them so.
    pub fn order(&self, lang: Lang) -> impl Iterator<Item = &str> {
        if lang == Lang::En { self.en.names() } else { self.zh.names() }
    }

    /// Where one reads more.
    pub fn page_of(&self, thread: uuid::Uuid, content: &Value) -> Option<String> {
        let mut values = self.shown(content, "", Lang::Zh);
        values.insert(THREAD.to_owned(), thread.to_string());
        self.page.as_ref().map(|page| page.fill(&values))
    }

    /// # Errors
    /// A value is missing or of another kind: a defect of whoever sends.
    pub fn check(&self, content: &Value) -> Result<(), Fault> {
        for (name, kind) in &self.values {
            check(*kind, content.get(name))
                .map_err(|why| Fault::broken(format!("message {}: {name} {why}", self.key)))?;
        }
        Ok(())
    }
}

/// The file, on the shelf.
#[derive(Clone, Debug)]
pub(crate) struct TemplateBook {
    pub version: String,
    pub limits: Limits,
    pub classes: Vec<ClassEntry>,
    templates: Vec<Template>,
}

impl TemplateBook {
    /// Reads and checks the file.
    ///
    /// # Errors
    /// A fault that names every hole.
    pub fn load(settings: &Settings) -> Result<Self, Fault> {
        Self::read(&settings.catalogue_text(FILE)?)
    }

    fn read(text: &str) -> Result<Self, Fault> {
        let file: File = toml::from_str(text)
            .map_err(|e| Fault::broken(format!("{} cannot be read", FILE.0)).because(e))?;
        let mut faults = Vec::new();
        if [&file.source, &file.version, &file.limits.source].iter().any(|said| said.trim().is_empty()) {
            faults.push("says no source or version".to_owned());
        }
        let quiet = Quiet::parse(&file.limits.quiet_from, &file.limits.quiet_to);
        if quiet.is_none() {
            faults.push("quiet_from and quiet_to are no times of a day".to_owned());
        }
        let service_per_day = file.limits.service_per_day;
        if !(1..=SERVICE_PER_DAY_MAX).contains(&service_per_day) {
            faults.push(format!("service_per_day is not from 1 to {SERVICE_PER_DAY_MAX}"));
        }
        let quiet = quiet.unwrap_or(Quiet { from_min: 0, to_min: 0 });
        let classes = file.class.into_iter().map(|raw| ClassEntry {
            class: raw.key,
            words: Words::new(raw.zh, raw.en),
            source: raw.source,
        });
        let classes: Vec<ClassEntry> = classes.collect();
        for class in Class::ALL {
            if classes.iter().filter(|entry| entry.class == *class && !entry.source.is_empty()).count() != 1 {
                faults.push(format!("class {} does not stand there once, with its source", class.as_str()));
            }
        }
        let mut templates: Vec<Template> = Vec::new();
        for raw in file.template {
            if templates.iter().any(|known| known.key == raw.key) {
                faults.push(format!("{} stands there twice", raw.key));
            }
            templates.extend(read_template(raw, &mut faults));
        }
        let limits = Limits { quiet, service_per_day };
        super::whole(FILE.0, &faults, Self { version: file.version, limits, classes, templates })
    }

    pub fn all(&self) -> &[Template] {
        &self.templates
    }

    pub fn find(&self, key: &str) -> Option<&Template> {
        self.templates.iter().find(|template| template.key == key)
    }

    /// # Errors
    /// A fault: the program sends a message the catalogue does not have.
    pub fn get(&self, key: &str) -> Result<&Template, Fault> {
        self.find(key).ok_or_else(|| Fault::broken(format!("the catalogue has no message {key}")))
    }
}

fn read_template(raw: Raw, faults: &mut Vec<String>) -> Option<Template> {
    let key = raw.key;
    let before = faults.len();
    let mut read = |lang: &str, text: &str| {
        let found = Text::read(text).filter(|_| !text.trim().is_empty());
        if found.is_none() {
            faults.push(format!("{key}: the words in {lang} have a broken placeholder, or are none"));
        }
        found
    };
    let (zh, en) = (read("zh", &raw.text.zh), read("en", &raw.text.en));
    for (lang, text) in [("zh", &zh), ("en", &en)] {
        for name in text.iter().flat_map(|text| text.names()) {
            if !raw.values.contains_key(name) {
                faults.push(format!("{key}: {{{name}}} in {lang} has no kind among the values"));
            }
        }
    }
    for (name, kind) in &raw.values {
        if let Err(why) = check(*kind, raw.example.get(name)) {
            faults.push(format!("{key}: the example of {name} {why}"));
        }
        let is_told = |text: &Option<Text>| text.iter().any(|text| text.names().any(|told| told == name));
        if !is_told(&zh) || !is_told(&en) {
            faults.push(format!("{key}: {name} is not told in both languages"));
        }
    }
    if raw.class == Class::Service && !raw.values.values().any(|kind| *kind == ValueKind::Link) {
        faults.push(format!("{key} can be left and has no link by which"));
    }
    let page = raw.page.as_deref().map(Text::read);
    let is_known = |name: &str| name == THREAD || raw.values.get(name) == Some(&ValueKind::Text);
    if page
        .as_ref()
        .is_some_and(|page| !page.iter().flat_map(|page| page.names()).all(is_known) || page.is_none())
    {
        faults.push(format!("{key}: its page is not made of texts among the values"));
    }
    let (zh, en) = (zh?, en?);
    let example = Value::Object(raw.example.into_iter().collect());
    let words = Words::new(raw.zh, raw.en);
    let template = Template {
        key,
        class: raw.class,
        is_urgent: raw.urgent,
        words,
        zh,
        en,
        values: raw.values,
        example,
        page: page.flatten(),
    };
    (faults.len() == before).then_some(template)
}

#[cfg(test)]
mod tests {
    //! The file of the house holds; what is wrong in another is named.
    use super::{FILE, TemplateBook};
    use platform::Lang;

    #[test]
    fn the_file_of_the_house_holds() {
        let book = TemplateBook::read(FILE.1).expect("the file holds");
        let planned = book.find("outage_planned").expect("a template");
        let text = planned.render(&planned.example, "https://a.cn/m/x", Lang::Zh);
        assert_eq!(
            text,
            "3月3日08:00 至 3月3日16:00 停水，涉及您家。电话 0731-28680000。详情、退订 https://a.cn/m/x"
        );
        let text = planned.render(&planned.example, "https://a.cn/m/x", Lang::En);
        assert!(text.starts_with("No water at your home from 3 Mar 08:00 to 3 Mar 16:00."), "{text}");
    }

    #[test]
    fn what_is_wrong_in_the_file_is_named() {
        let rows = [
            ("验证码 {code}", "验证码 {cod}", "sign_in_code: {cod} in zh has no kind"),
            ("验证码 {code}", "验证码 {code", "sign_in_code: the words in zh have a broken placeholder"),
            ("验证码 {code}", "验证码", "sign_in_code: code is not told in both languages"),
            ("minutes = 10", "minutes = \"ten\"", "sign_in_code: the example of minutes is of another kind"),
            ("code = \"824613\", ", "", "sign_in_code: the example of code is missing"),
            ("key = \"outage_changed\"", "key = \"outage_planned\"", "outage_planned stands there twice"),
            ("service_per_day = 6", "service_per_day = 0", "service_per_day is not from 1"),
            ("quiet_from = \"21:00\"", "quiet_from = \"9 pm\"", "no times of a day"),
            ("/case/{number}", "/case/{matter}", "case_taken: its page is not made of texts"),
            ("/case/{number}", "/case/{number", "case_taken: its page is not made of texts"),
            ("urgent = true", "urgnt = true", "cannot be read"),
        ];
        for (good, wrong, said) in rows {
            assert!(FILE.1.contains(good), "{good}");
            let fault = TemplateBook::read(&FILE.1.replacen(good, wrong, 1)).expect_err(said);
            assert!(format!("{fault:?}").contains(said), "{fault:?}");
        }
    }
}
