//! Campaigns a desk may begin with, and what campaigns may take of a worker's day: catalog/campaigns/templates.toml, checked when loaded.

use super::parse;
use crate::model::Target;
use edge::Settings;
use platform::{Fault, Words};
use registry::Catalogue;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

const TEMPLATES: (&str, &str) =
    ("campaigns/templates.toml", include_str!("../../../../catalog/campaigns/templates.toml"));
/// Whoever works at doors longer than this does nothing else.
const MINUTES_PER_DAY_MAX: i64 = 480;

/// The file, on the shelf.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CampaignBook {
    #[expect(dead_code, reason = "for readers")]
    source: String,
    #[expect(dead_code, reason = "for readers")]
    version: String,
    pub load: LoadBook,
    #[serde(rename = "campaign")]
    pub templates: Vec<TemplateEntry>,
}

/// What campaigns may take of a day.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LoadBook {
    /// Of a worker's working day, in minutes.
    pub minutes_per_day: i64,
    /// Where the number is from; shown with each dry run.
    pub source: String,
}

/// A campaign to begin with.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TemplateEntry {
    pub key: String,
    pub zh: String,
    pub en: String,
    /// What residents are told.
    pub reason: Words,
    /// Law and article.
    pub basis: String,
    pub purpose: String,
    pub target: Target,
    /// Whether something is filled at each door; else a notice is delivered.
    pub form: bool,
    /// At one door.
    pub minutes: i64,
    /// From the first to the last.
    pub days: i64,
    pub again_days: i64,
    pub calls_max: i64,
}

impl CampaignBook {
    /// Reads and checks the file.
    ///
    /// # Errors
    /// A fault that names the file and what is wrong in it: a campaign without reason or right, a target the register cannot answer.
    pub fn load(settings: &Settings, catalogue: &Catalogue) -> Result<Self, Fault> {
        Self::read(&settings.catalogue_text(TEMPLATES)?, catalogue)
    }

    fn read(text: &str, catalogue: &Catalogue) -> Result<Self, Fault> {
        let book: Self = parse(TEMPLATES.0, text)?;
        let mut faults = Vec::new();
        if !(1..=MINUTES_PER_DAY_MAX).contains(&book.load.minutes_per_day) {
            faults.push(format!("{} minutes of a day", book.load.minutes_per_day));
        }
        for one in &book.templates {
            faults.extend(one.faults(catalogue).into_iter().map(|fault| format!("{} {fault}", one.key)));
        }
        let is_twice = |(at, one): &(usize, &TemplateEntry)| {
            book.templates[..*at].iter().any(|other| other.key == one.key)
        };
        let twice = book.templates.iter().enumerate().filter(is_twice);
        faults.extend(twice.map(|(_, one)| format!("{} is there twice", one.key)));
        if faults.is_empty() {
            Ok(book)
        } else {
            Err(Fault::broken(format!("{}: {}", TEMPLATES.0, faults.join("; "))))
        }
    }
}

impl TemplateEntry {
    fn faults(&self, catalogue: &Catalogue) -> Vec<&'static str> {
        let texts = [&self.key, &self.zh, &self.en, &self.basis, &self.purpose];
        let is_silent = texts.iter().any(|text| text.trim().is_empty())
            || self.reason.zh.trim().is_empty()
            || self.reason.en.trim().is_empty();
        let numbers = [self.minutes, self.days, self.again_days, self.calls_max];
        let nowhere = territory::Snapshot::empty(platform::DistrictId(0));
        let mut faults = Vec::new();
        faults.extend(is_silent.then_some("says not what, why, or by what right"));
        faults
            .extend(numbers.iter().any(|number| *number < 1).then_some("has a number that cannot be meant"));
        faults.extend(
            self.target
                .check(catalogue, &nowhere, "")
                .is_err()
                .then_some("has a target the register cannot answer"),
        );
        faults
    }
}

#[cfg(test)]
mod tests {
    use super::{CampaignBook, TEMPLATES};
    use edge::Settings;
    use registry::Catalogue;

    #[test]
    fn the_file_of_the_house_holds() {
        let catalogue = Catalogue::load(&Settings::default()).expect("the register's catalogue");
        let book = CampaignBook::read(TEMPLATES.1, &catalogue).expect("the file holds");
        for key in ["heating_check", "gas_hose_check", "waste_sorting", "epidemic_round", "census"] {
            assert!(book.templates.iter().any(|one| one.key == key), "{key}");
        }
    }

    #[test]
    fn what_is_wrong_in_the_file_is_named() {
        let catalogue = Catalogue::load(&Settings::default()).expect("the register's catalogue");
        let wrong = [
            (TEMPLATES.1.replace("minutes_per_day = 120", "minutes_per_day = 0"), "0 minutes of a day"),
            (
                TEMPLATES.1.replace("gas = [\"piped\", \"bottled\"]", "gas = [\"steam\"]"),
                "gas_hose_check has a target",
            ),
            (
                TEMPLATES.1.replace("age_from = 80", "values = { sex = [\"female\"] }"),
                "elders_safety has a target",
            ),
            (
                TEMPLATES.1.replace("key = \"census\"", "key = \"heating_check\""),
                "heating_check is there twice",
            ),
            (TEMPLATES.1.replace("calls_max = 4", "calls_max = 0"), "census has a number"),
        ];
        for (text, said) in wrong {
            let fault = CampaignBook::read(&text, &catalogue).expect_err(said);
            assert!(format!("{fault:?}").contains(said), "{fault:?}");
        }
    }
}
