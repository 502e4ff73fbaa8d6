//! What sensors of each kind measure and what an alarm becomes: catalog/linkage/sensors.toml, from the program or from a district's own
//! folder, checked when loaded.

use crate::model::sensor::{Budget, Limits, OwnThresholds, Quiet, Thresholds};
use edge::Settings;
use jiff::civil;
use platform::{Fault, Words};
use serde::Deserialize;
use std::collections::BTreeMap;
use std::time::Duration;

const FILE: (&str, &str) = ("linkage/sensors.toml", include_str!("../../../../catalog/linkage/sensors.toml"));
/// A day; what must last longer is no alarm.
const LASTS_S_MAX: u32 = 24 * 3600;
/// The heart beats once a minute at the most: a silence is longer.
const SILENT_MIN_MIN: u32 = 5;
const SILENT_MIN_MAX: u32 = 31 * 24 * 60;
const KEY_CHARS_MAX: usize = 32;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    source: String,
    version: String,
    limits: AlarmLimits,
    kind: Vec<KindEntry>,
}

/// What limits alarms of all kinds.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct AlarmLimits {
    pub join_hours: u32,
    quiet: Hours,
    sensor_cases: i64,
    area_cases: i64,
    /// Where the numbers come from.
    pub source: String,
}

#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Hours {
    #[serde(deserialize_with = "time_of_day")]
    from: civil::Time,
    #[serde(deserialize_with = "time_of_day")]
    to: civil::Time,
}

fn time_of_day<'de, D: serde::Deserializer<'de>>(from: D) -> Result<civil::Time, D::Error> {
    let text = String::deserialize(from)?;
    civil::Time::strptime("%H:%M", &text).map_err(serde::de::Error::custom)
}

/// Sensors of one kind.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct KindEntry {
    pub key: String,
    zh: String,
    en: String,
    quantity_zh: String,
    quantity_en: String,
    pub unit: String,
    pub decimals: u8,
    pub least: f64,
    pub most: f64,
    above: bool,
    warn: Option<f64>,
    alarm: f64,
    hysteresis: f64,
    lasts_s: u32,
    restores_s: u32,
    silent_min: u32,
    pub dangerous: bool,
    #[serde(default)]
    pub switch: bool,
    pub case_type: String,
    /// Where the numbers come from.
    pub source: String,
}

impl KindEntry {
    pub fn words(&self) -> Words {
        Words::new(self.zh.clone(), self.en.clone())
    }

    pub fn quantity(&self) -> Words {
        Words::new(self.quantity_zh.clone(), self.quantity_en.clone())
    }

    pub fn thresholds(&self) -> Thresholds {
        let seconds = |s: u32| Duration::from_secs(u64::from(s));
        Thresholds {
            above: self.above,
            warn: self.warn,
            alarm: self.alarm,
            hysteresis: self.hysteresis,
            lasts: seconds(self.lasts_s),
            restores: seconds(self.restores_s),
        }
    }

    /// What a sensor's readings are held against.
    pub fn limits(&self, own: OwnThresholds) -> Limits {
        Limits {
            least: self.least,
            most: self.most,
            unit: self.unit.clone(),
            thresholds: self.thresholds().with(own),
        }
    }

    /// A sensor of this kind is silent after so long.
    pub fn silent_after(&self) -> Duration {
        Duration::from_secs(u64::from(self.silent_min) * 60)
    }

    /// Whether thresholds of a sensor's own can be meant.
    pub fn allows(&self, own: OwnThresholds) -> bool {
        let within = |value: &f64| (self.least..=self.most).contains(value);
        own.warn.iter().chain(own.alarm.iter()).all(within) && self.thresholds().with(own).is_ordered()
    }

    /// A value as people read it.
    pub fn shown(&self, value: f64) -> String {
        let decimals = usize::from(self.decimals);
        if self.unit.is_empty() {
            format!("{value:.decimals$}")
        } else {
            format!("{value:.decimals$} {}", self.unit)
        }
    }

    fn faults(&self) -> Vec<&'static str> {
        let key_holds = (1..=KEY_CHARS_MAX).contains(&self.key.len())
            && self.key.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_');
        let numbers = [self.least, self.most, self.alarm, self.hysteresis];
        let holds = [
            (key_holds, "a key is 1 to 32 of a-z, 0-9 and _"),
            (numbers.iter().all(|n| n.is_finite()) && self.least < self.most, "least is under most"),
            (
                self.allows(OwnThresholds::default()),
                "thresholds lie within least and most, the warning before the alarm",
            ),
            (self.hysteresis >= 0.0, "hysteresis is not under zero"),
            (
                self.lasts_s <= LASTS_S_MAX && self.restores_s <= LASTS_S_MAX,
                "lasts_s and restores_s are a day at most",
            ),
            (
                (SILENT_MIN_MIN..=SILENT_MIN_MAX).contains(&self.silent_min),
                "silent_min is 5 minutes to 31 days",
            ),
            (!self.source.trim().is_empty(), "source is empty"),
        ];
        holds.into_iter().filter_map(|(holds, what)| (!holds).then_some(what)).collect()
    }
}

/// The file, on the shelf.
#[derive(Clone, Debug)]
pub(crate) struct SensorBook {
    pub limits: AlarmLimits,
    kinds: BTreeMap<String, KindEntry>,
}

impl SensorBook {
    /// Reads and checks the file.
    ///
    /// # Errors
    /// A fault that names the file and everything that is wrong in it.
    pub fn load(settings: &Settings, rules: &cases::Rules) -> Result<Self, Fault> {
        let text = settings.catalogue_text(FILE)?;
        Self::read(&text, |code| rules.catalogue.find_type(code).is_some())
            .map_err(|what| Fault::broken(format!("{}: {what}", FILE.0)))
    }

    fn read(text: &str, is_type: impl Fn(&str) -> bool) -> Result<Self, String> {
        let file: File = toml::from_str(text).map_err(|e| e.to_string())?;
        let mut faults = Vec::new();
        if [&file.source, &file.version, &file.limits.source].iter().any(|text| text.trim().is_empty()) {
            faults.push("source, version or limits.source is empty".to_owned());
        }
        let limits = file.limits;
        if limits.join_hours == 0 || limits.sensor_cases < 1 || limits.area_cases < 1 {
            faults.push("limits are 1 at least".to_owned());
        }
        let mut kinds = BTreeMap::new();
        for kind in file.kind {
            faults.extend(kind.faults().into_iter().map(|what| format!("{}: {what}", kind.key)));
            if !is_type(&kind.case_type) {
                faults.push(format!("{}: {} is no case type", kind.key, kind.case_type));
            }
            if kinds.contains_key(&kind.key) {
                faults.push(format!("{} stands there twice", kind.key));
            }
            kinds.insert(kind.key.clone(), kind);
        }
        if kinds.is_empty() {
            faults.push("there is no kind".to_owned());
        }
        if faults.is_empty() { Ok(Self { limits, kinds }) } else { Err(faults.join("; ")) }
    }

    pub fn kind(&self, key: &str) -> Option<&KindEntry> {
        self.kinds.get(key)
    }

    pub fn kinds(&self) -> impl Iterator<Item = &KindEntry> {
        self.kinds.values()
    }

    pub fn budget(&self) -> Budget {
        let quiet = Quiet { from: self.limits.quiet.from, to: self.limits.quiet.to };
        Budget { sensor_cases: self.limits.sensor_cases, area_cases: self.limits.area_cases, quiet }
    }

    pub fn join(&self) -> Duration {
        Duration::from_secs(u64::from(self.limits.join_hours) * 3600)
    }
}

#[cfg(test)]
mod tests {
    //! The built-in file holds, and what is wrong in one is named.
    use super::*;

    fn read(text: &str) -> Result<SensorBook, String> {
        let catalogue = cases::catalogue::Catalogue::embedded();
        SensorBook::read(text, |code| catalogue.find_type(code).is_some())
    }

    #[test]
    fn the_built_in_file_holds() {
        let book = read(FILE.1).expect("it holds");
        let keys: Vec<&str> = book.kinds().map(|kind| kind.key.as_str()).collect();
        assert_eq!(keys, ["gas", "manhole", "smoke", "water_level"]);
        let gauge = book.kind("water_level").expect("a gauge");
        assert_eq!(gauge.shown(0.314), "0.31 m");
        assert!(gauge.allows(OwnThresholds { warn: None, alarm: Some(0.5) }));
        assert!(!gauge.allows(OwnThresholds { warn: Some(0.5), alarm: None }), "a warning behind the alarm");
        assert!(!gauge.allows(OwnThresholds { warn: None, alarm: Some(11.0) }), "more than it can show");
    }

    #[test]
    fn what_is_wrong_is_named() {
        let rows = [
            ("alarm = 0.27", "alarm = 0.1", "water_level: thresholds"),
            ("silent_min = 60", "silent_min = 1", "silent_min"),
            ("case_type = \"P08006\"", "case_type = \"NIX\"", "NIX is no case type"),
            ("key = \"gas\"", "key = \"smoke\"", "smoke stands there twice"),
            ("lasts_s = 60", "lasts_s = 100000", "lasts_s"),
            ("sensor_cases = 2", "sensor_cases = 0", "limits"),
            ("from = \"22:00\"", "from = \"spät\"", "22"),
        ];
        for (from, to, expected) in rows {
            let text = FILE.1.replacen(from, to, 1);
            assert_ne!(text, FILE.1, "{from}");
            let what = read(&text).expect_err(expected);
            assert!(what.contains(expected) || expected == "22", "{what}");
        }
    }
}
