//! How reporters are reached: catalog/reach/rules.toml, from the program or a district's own folder, checked when loaded.

use edge::Settings;
use jiff::civil;
use platform::Fault;
use serde::Deserialize;

const FILE: (&str, &str) = ("reach/rules.toml", include_str!("../../../../catalog/reach/rules.toml"));
/// A number in between that is good for longer than this is a second telephone number.
const MINUTES_MAX: u32 = 24 * 60;
const PER_CASE_DAY_MAX: u32 = 20;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    version: String,
    source: String,
    relay: RelayTime,
    bounds: Bounds,
    hours: Hours,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct RelayTime {
    minutes: u32,
    source: String,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Bounds {
    per_case_day: u32,
    source: String,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Hours {
    from: String,
    to: String,
    source: String,
}

/// The file, on the shelf.
#[derive(Clone, Debug)]
pub(crate) struct ReachBook {
    pub relay_seconds: u32,
    pub per_case_day: u32,
    /// Hours in which to call back, as a form begins with them.
    pub from: String,
    pub to: String,
}

impl ReachBook {
    /// Reads and checks the file.
    ///
    /// # Errors
    /// A fault that names the file and what is wrong in it.
    pub fn load(settings: &Settings) -> Result<Self, Fault> {
        let text = settings.catalogue_text(FILE)?;
        Self::read(&text)
    }

    fn read(text: &str) -> Result<Self, Fault> {
        let file: File = toml::from_str(text)
            .map_err(|e| Fault::broken(format!("{} cannot be read", FILE.0)).because(e))?;
        let mut faults = Vec::new();
        let sources =
            [&file.version, &file.source, &file.relay.source, &file.bounds.source, &file.hours.source];
        if sources.into_iter().any(|text| text.trim().is_empty()) {
            faults.push("a rule without a source".to_owned());
        }
        if !(1..=MINUTES_MAX).contains(&file.relay.minutes) {
            faults.push(format!("a number that is good for {} minutes", file.relay.minutes));
        }
        if !(1..=PER_CASE_DAY_MAX).contains(&file.bounds.per_case_day) {
            faults.push(format!("{} times a day", file.bounds.per_case_day));
        }
        if hours_of(&file.hours.from, &file.hours.to).is_none() {
            faults.push(format!("hours from {} to {}", file.hours.from, file.hours.to));
        }
        if !faults.is_empty() {
            return Err(Fault::broken(format!("{} cannot be used: {}", FILE.0, faults.join("; "))));
        }
        Ok(Self {
            relay_seconds: file.relay.minutes * 60,
            per_case_day: file.bounds.per_case_day,
            from: file.hours.from,
            to: file.hours.to,
        })
    }
}

/// Hours of a day as people are told them: `09:00–17:30`; none where they are no hours, or end before they begin.
pub(crate) fn hours_of(from: &str, to: &str) -> Option<String> {
    let at = |text: &str| text.trim().parse::<civil::Time>().ok();
    let (from, to) = (at(from)?, at(to)?);
    (from < to)
        .then(|| format!("{:02}:{:02}–{:02}:{:02}", from.hour(), from.minute(), to.hour(), to.minute()))
}

#[cfg(test)]
mod tests {
    //! The file of the house holds; what is wrong in another one is named; what hours are.
    use super::*;

    #[test]
    fn what_is_wrong_in_the_file_is_named() {
        assert_eq!(ReachBook::read(FILE.1).expect("the file holds").relay_seconds, 1_800);
        let rows = [
            ("minutes = 30", "minutes = 0", "a number that is good for 0 minutes"),
            ("per_case_day = 3", "per_case_day = 0", "0 times a day"),
            ("from = \"09:00\"", "from = \"19:00\"", "hours from 19:00 to 17:30"),
            ("version = \"default-1\"", "version = \"\"", "a rule without a source"),
        ];
        for (good, wrong, said) in rows {
            assert!(FILE.1.contains(good), "{good}");
            let fault = ReachBook::read(&FILE.1.replacen(good, wrong, 1)).expect_err(said);
            assert!(format!("{fault:?}").contains(said), "{fault:?}");
        }
    }

    #[test]
    fn hours_begin_before_they_end() {
        let rows = [
            (("9:00", "17:30"), None),
            (("09:00", "17:30"), Some("09:00–17:30")),
            (("17:30", "09:00"), None),
            (("09:00", "09:00"), None),
            (("morning", "17:30"), None),
        ];
        for ((from, to), expected) in rows {
            assert_eq!(hours_of(from, to).as_deref(), expected, "{from} {to}");
        }
    }
}
