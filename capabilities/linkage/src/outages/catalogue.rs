//! What outages of each service mean: catalog/linkage/outages.toml, from the program or from a district's own folder, checked when loaded.

use crate::model::outage::Service;
use edge::Settings;
use platform::Fault;
use serde::Deserialize;
use std::collections::BTreeMap;
use std::time::Duration;

const FILE: (&str, &str) = ("linkage/outages.toml", include_str!("../../../../catalog/linkage/outages.toml"));
/// A month; a law that wants more is a slip of the hand.
const NOTICE_HOURS_MAX: u32 = 31 * 24;

/// How grave the lack of a service is, in CAP's words.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Severity {
    Minor,
    Moderate,
    Severe,
}

/// What an outage of one service means.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ServiceEntry {
    key: Service,
    /// Reports an outage answers.
    pub case_types: Vec<String>,
    /// Service facts of people who are visited beforehand.
    pub needs: Vec<String>,
    pub severity: Severity,
    notice_hours: u32,
    /// Where the hours are from.
    pub notice_source: String,
}

impl ServiceEntry {
    /// How long before planned work it is to be announced.
    pub fn notice(&self) -> Duration {
        Duration::from_secs(u64::from(self.notice_hours) * 3600)
    }
}

/// The file, on the shelf.
#[derive(Clone, Debug)]
pub(crate) struct OutageBook {
    services: BTreeMap<Service, ServiceEntry>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    source: String,
    version: String,
    #[serde(default)]
    service: Vec<ServiceEntry>,
}

impl OutageBook {
    /// Reads and checks the file.
    ///
    /// # Errors
    /// A fault that names the file and what is wrong in it: a service twice or not at all, a case type or a fact nobody knows, a fact that
    /// grid workers are not told of, hours that cannot be meant.
    pub fn load(
        settings: &Settings,
        rules: &cases::Rules,
        register: &registry::Catalogue,
    ) -> Result<Self, Fault> {
        let text = settings.catalogue_text(FILE)?;
        let is_type = |code: &str| rules.catalogue.find_type(code).is_some();
        let is_told =
            |key: &str| register.fact(key).is_some_and(|fact| fact.to.iter().any(|whom| whom == "grid"));
        Self::read(&text, is_type, is_told)
    }

    fn read(
        text: &str,
        is_type: impl Fn(&str) -> bool,
        is_told: impl Fn(&str) -> bool,
    ) -> Result<Self, Fault> {
        let file: File = toml::from_str(text)
            .map_err(|e| Fault::broken(format!("{} cannot be read", FILE.0)).because(e))?;
        let mut faults = Vec::new();
        if file.source.trim().is_empty() || file.version.trim().is_empty() {
            faults.push("says no source or version".to_owned());
        }
        let mut services = BTreeMap::new();
        let mut types: BTreeMap<String, Service> = BTreeMap::new();
        for entry in file.service {
            let name = entry.key.as_str();
            for code in &entry.case_types {
                if !is_type(code) {
                    faults.push(format!("{name}: {code} is no case type"));
                }
                if types.insert(code.clone(), entry.key).is_some() {
                    faults.push(format!("{name}: {code} is named twice"));
                }
            }
            let untold = entry.needs.iter().filter(|key| !is_told(key));
            faults.extend(untold.map(|key| format!("{name}: {key} is no fact grid workers are told of")));
            if entry.notice_hours > NOTICE_HOURS_MAX || entry.notice_source.trim().is_empty() {
                faults.push(format!("{name}: notice of {} hours, or without a source", entry.notice_hours));
            }
            if services.insert(entry.key, entry).is_some() {
                faults.push(format!("{name} stands there twice"));
            }
        }
        let missing = Service::ALL.iter().filter(|service| !services.contains_key(service));
        faults.extend(missing.map(|service| format!("{} is missing", service.as_str())));
        if faults.is_empty() {
            Ok(Self { services })
        } else {
            Err(Fault::broken(format!("{}: {}", FILE.0, faults.join("; "))))
        }
    }

    /// Every service is in the book: it is checked when it is loaded.
    pub fn entry(&self, service: Service) -> &ServiceEntry {
        &self.services[&service]
    }

    /// The service a report of a type misses.
    pub fn service_of(&self, case_type: &str) -> Option<Service> {
        let names = |entry: &&ServiceEntry| entry.case_types.iter().any(|code| code == case_type);
        self.services.values().find(names).map(|entry| entry.key)
    }
}

#[cfg(test)]
pub(crate) mod tests {
    //! The file of the house holds; what is wrong in another is named.
    use super::{FILE, OutageBook};
    use crate::model::outage::Service;

    /// The house's own file.
    pub(crate) fn book() -> OutageBook {
        OutageBook::read(FILE.1, |_| true, |_| true).expect("the file holds")
    }

    #[test]
    fn the_file_of_the_house_holds() {
        let book = book();
        assert_eq!(book.service_of("P01006"), Some(Service::Power));
        assert_eq!(book.service_of("P02001"), None);
        assert!(book.entry(Service::Power).needs.iter().any(|key| key == "needs_electricity"));
    }

    #[test]
    fn what_is_wrong_in_the_file_is_named() {
        let rows = [
            (FILE.1.replace("\"P01012\", \"P01013\"", "\"P01012\", \"P01010\""), "P01010 is named twice"),
            (FILE.1.replace("key = \"heating\"", "key = \"gas\""), "gas stands there twice"),
            (FILE.1.replace("key = \"heating\"", "key = \"gas\""), "heating is missing"),
            (FILE.1.replace("notice_hours = 48", "notice_hours = 4800"), "notice of 4800 hours"),
            (FILE.1.replace("version = \"2026-1\"", "version = \"\""), "no source or version"),
            (FILE.1.replace("severity = \"minor\"", "severity = \"dire\""), "cannot be read"),
        ];
        for (text, said) in rows {
            let fault = OutageBook::read(&text, |_| true, |_| true).expect_err(said);
            assert!(format!("{fault:?}").contains(said), "{fault:?}");
        }
        let fault = OutageBook::read(FILE.1, |code| code != "P01001", |_| true).expect_err("no such type");
        assert!(format!("{fault:?}").contains("water: P01001 is no case type"), "{fault:?}");
        let fault =
            OutageBook::read(FILE.1, |_| true, |key| key != "needs_oxygen").expect_err("no such fact");
        assert!(format!("{fault:?}").contains("power: needs_oxygen is no fact"), "{fault:?}");
    }
}
