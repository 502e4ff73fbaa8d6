//! What of the register a phone carries: catalog/fieldwork/carried.toml, from the program or from a district's own folder, checked when
//! loaded against what the register keeps.

use edge::Settings;
use platform::Fault;
use registry::carry::CarriedFields;
use registry::{Catalogue, Kind};
use serde::Deserialize;

const CARRIED: (&str, &str) =
    ("fieldwork/carried.toml", include_str!("../../../../catalog/fieldwork/carried.toml"));

/// Which values are carried; on the shelf.
#[derive(Clone, Debug)]
pub struct CarriedBook {
    pub fields: CarriedFields,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct CarriedFile {
    source: String,
    #[expect(dead_code, reason = "for readers")]
    version: String,
    field: Vec<CarriedEntry>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct CarriedEntry {
    kind: Kind,
    field: String,
    /// What a visit needs it for.
    zh: String,
    en: String,
}

impl CarriedBook {
    /// Reads and checks the file.
    ///
    /// # Errors
    /// A fault that names the file and what is wrong in it: a value the register does not keep, one that is sealed, one without a reason.
    pub fn load(settings: &Settings, catalogue: &Catalogue) -> Result<Self, Fault> {
        Self::read(&settings.catalogue_text(CARRIED)?, catalogue)
    }

    fn read(text: &str, catalogue: &Catalogue) -> Result<Self, Fault> {
        let file: CarriedFile = super::parse(CARRIED.0, text)?;
        let mut faults: Vec<String> = file.field.iter().filter_map(|entry| entry.fault(catalogue)).collect();
        if file.source.trim().is_empty() {
            faults.push("says no source".to_owned());
        }
        if !faults.is_empty() {
            return Err(Fault::broken(format!("{}: {}", CARRIED.0, faults.join("; "))));
        }
        let mut fields = CarriedFields::new();
        for entry in file.field {
            fields.entry(entry.kind).or_default().insert(entry.field);
        }
        Ok(Self { fields })
    }
}

impl CarriedEntry {
    fn fault(&self, catalogue: &Catalogue) -> Option<String> {
        let name = format!("{}.{}", self.kind.as_str(), self.field);
        if !matches!(self.kind, Kind::Dwelling | Kind::Household | Kind::Person | Kind::Residence) {
            return Some(format!("{name} is of no kind that is carried"));
        }
        if self.zh.trim().is_empty() || self.en.trim().is_empty() {
            return Some(format!("{name} says not what for"));
        }
        match catalogue.kind(self.kind).field(&self.field) {
            None => Some(format!("{name} is not kept")),
            Some(field) if field.sealed => Some(format!("{name} is sealed")),
            Some(_) => None,
        }
    }
}

#[cfg(test)]
mod tests {
    //! Nothing is carried that the register does not keep open.
    use super::{CARRIED, CarriedBook};
    use edge::Settings;
    use registry::{Catalogue, Kind};

    #[test]
    fn only_open_values_with_a_reason_are_carried() {
        let catalogue = Catalogue::load(&Settings::default()).expect("the register's catalogue");
        let book = CarriedBook::read(CARRIED.1, &catalogue).expect("the file holds");
        assert!(book.fields[&Kind::Person].contains("birth_on"));
        let wrong = [
            (CARRIED.1.replace("\"birth_on\"", "\"phones\""), "person.phones is sealed"),
            (CARRIED.1.replace("\"birth_on\"", "\"shoe\""), "person.shoe is not kept"),
            (CARRIED.1.replace("kind = \"household\"", "kind = \"thing\""), "thing.kind is of no kind"),
            (CARRIED.1.replace("\"To address people\"", "\"\""), "person.sex says not what for"),
        ];
        for (text, said) in wrong {
            let fault = CarriedBook::read(&text, &catalogue).expect_err(said);
            assert!(format!("{fault:?}").contains(said), "{fault:?}");
        }
    }
}
