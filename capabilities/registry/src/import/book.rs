//! Which tables may be brought in, and by which words their columns are known: the file `register/imports.toml`, checked when loaded.

use crate::catalogue::{Catalogue, parse, refuse};
use crate::model::Kind;
use edge::Settings;
use platform::{Fault, Words};
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};
use store::text_enum;

const FILE: (&str, &str) =
    ("register/imports.toml", include_str!("../../../../catalog/register/imports.toml"));

text_enum! {
    /// A kind of table.
    pub Table {
        People = "people",
        Homes = "homes",
        Organisations = "organisations",
        Things = "things",
    }
}

/// Every kind of table, on the shelf.
#[derive(Clone, Debug)]
pub struct ImportBook {
    tables: Vec<TableBook>,
}

/// A kind of table and the columns it may have.
#[derive(Clone, Debug)]
pub struct TableBook {
    pub table: Table,
    pub words: Words,
    pub columns: Vec<ColumnBook>,
}

/// A column, and where its values go.
#[derive(Clone, Debug)]
pub struct ColumnBook {
    pub key: String,
    pub words: Words,
    pub target: Target,
    /// Heads under which tables have it, folded.
    pub heads: BTreeSet<String>,
    pub required: bool,
    pub meaning: Words,
    pub example: String,
    /// Words of a table for a code of the catalogue.
    pub values: BTreeMap<String, String>,
}

/// Where the values of a column go.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Target {
    /// A field of a record.
    Field(Kind, String),
    DocumentKind,
    DocumentNumber,
    ContactName,
    ContactPhone,
    Address,
    Estate,
    Building,
    Unit,
    Room,
    HouseholdNumber,
    /// The day a residence began.
    FromOn,
    /// The code of a grid or community.
    Area,
    Lon,
    Lat,
}

impl ImportBook {
    /// Reads and checks the file.
    ///
    /// # Errors
    /// A fault that names what is wrong: a column that leads nowhere, a code that is no choice of its field, a head of two columns.
    pub fn load(settings: &Settings, catalogue: &Catalogue) -> Result<Self, Fault> {
        Self::read(&settings.catalogue_text(FILE)?, catalogue)
    }

    fn read(text: &str, catalogue: &Catalogue) -> Result<Self, Fault> {
        let file: ImportsFile = parse(FILE.0, text)?;
        let mut faults = Vec::new();
        let tables = file.table.into_iter().map(|entry| entry.book(catalogue, &mut faults)).collect();
        let book = Self { tables };
        let missing =
            Table::ALL.iter().filter(|table| !book.tables.iter().any(|known| known.table == **table));
        faults.extend(missing.map(|table| format!("the table {} is missing", table.as_str())));
        refuse(FILE.0, faults)?;
        Ok(book)
    }

    /// The columns of a kind of table. Each has its entry: the loader sees to it.
    pub fn table(&self, table: Table) -> &TableBook {
        static NONE: TableBook =
            TableBook { table: Table::People, words: Words::of("", ""), columns: Vec::new() };
        self.tables.iter().find(|book| book.table == table).unwrap_or(&NONE)
    }
}

impl TableBook {
    pub fn column(&self, key: &str) -> Option<&ColumnBook> {
        self.columns.iter().find(|column| column.key == key)
    }

    fn faults(&self, catalogue: &Catalogue) -> Vec<String> {
        let mut heads = BTreeSet::new();
        let mut faults = Vec::new();
        for column in &self.columns {
            let name = format!("{}.{}", self.table.as_str(), column.key);
            let twice = column.heads.iter().filter(|head| !heads.insert(head.as_str()));
            faults.extend(twice.map(|head| format!("{name}: {head} is a head of two columns")));
            if let Target::Field(kind, key) = &column.target {
                let Some(field) = catalogue.kind(*kind).field(key) else {
                    faults.push(format!("{name} leads to no field"));
                    continue;
                };
                let strangers = column.values.values().filter(|code| field.choice(code).is_none());
                faults.extend(strangers.map(|code| format!("{name}: {code} is no choice")));
            }
        }
        faults
    }
}

/// A head as it is compared: no spaces, brackets and signs, lower case.
pub fn fold_head(head: &str) -> String {
    let kept = head.chars().filter(|c| c.is_alphanumeric());
    kept.flat_map(|c| crate::model::spelling::half_width(c).to_lowercase()).collect()
}

fn target_of(key: &str) -> Option<Target> {
    Some(match key {
        "document.kind" => Target::DocumentKind,
        "document.number" => Target::DocumentNumber,
        "contact.name" => Target::ContactName,
        "contact.phone" => Target::ContactPhone,
        "address" => Target::Address,
        "address.estate" => Target::Estate,
        "address.building" => Target::Building,
        "address.unit" => Target::Unit,
        "address.room" => Target::Room,
        "household.number" => Target::HouseholdNumber,
        "residence.from_on" => Target::FromOn,
        "area" => Target::Area,
        "lon" => Target::Lon,
        "lat" => Target::Lat,
        other => {
            let (kind, field) = other.split_once('.')?;
            Target::Field(Kind::parse(kind)?, field.to_owned())
        }
    })
}

// ---- the file as it is written ------------------------------------------------------------------------------------------

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ImportsFile {
    #[expect(dead_code, reason = "for readers and for tidy")]
    source: String,
    table: Vec<TableEntry>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct TableEntry {
    key: Table,
    zh: String,
    en: String,
    column: Vec<ColumnEntry>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ColumnEntry {
    key: String,
    zh: String,
    en: String,
    words: Vec<String>,
    #[serde(default)]
    required: bool,
    meaning: MeaningEntry,
    example: String,
    #[serde(default)]
    values: BTreeMap<String, String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct MeaningEntry {
    zh: String,
    en: String,
}

impl TableEntry {
    fn book(self, catalogue: &Catalogue, faults: &mut Vec<String>) -> TableBook {
        let mut columns = Vec::with_capacity(self.column.len());
        for entry in self.column {
            match target_of(&entry.key) {
                Some(target) => columns.push(entry.book(target)),
                None => faults.push(format!("{}.{} leads nowhere", self.key.as_str(), entry.key)),
            }
        }
        let book = TableBook { table: self.key, words: Words::new(self.zh, self.en), columns };
        faults.extend(book.faults(catalogue));
        book
    }
}

impl ColumnEntry {
    fn book(self, target: Target) -> ColumnBook {
        let own = [self.zh.as_str(), self.en.as_str(), self.key.as_str()];
        let heads = own.into_iter().chain(self.words.iter().map(String::as_str)).map(fold_head).collect();
        ColumnBook {
            key: self.key,
            words: Words::new(self.zh, self.en),
            target,
            heads,
            required: self.required,
            meaning: Words::new(self.meaning.zh, self.meaning.en),
            example: self.example,
            values: self.values,
        }
    }
}

#[cfg(test)]
pub(crate) fn built_in() -> ImportBook {
    ImportBook::read(FILE.1, &crate::catalogue::built_in()).expect("the built-in tables hold")
}

#[cfg(test)]
mod tests {
    //! The built-in tables hold; a column that leads nowhere cannot be loaded.
    use super::{FILE, ImportBook, Table, built_in, fold_head};
    use crate::catalogue;

    #[test]
    fn every_table_has_a_column_no_row_can_be_without() {
        let book = built_in();
        for table in Table::ALL {
            // A home is known by its address, in one column or in its parts.
            let tells = |column: &super::ColumnBook| column.required || column.key == "address";
            assert!(book.table(*table).columns.iter().any(tells), "{table:?}");
        }
    }

    #[test]
    fn heads_are_compared_without_signs() {
        for (head, folded) in
            [(" 证件 号码*", "证件号码"), ("手机（必填）", "手机必填"), ("ＩＤ Number", "idnumber")]
        {
            assert_eq!(fold_head(head), folded);
        }
    }

    #[test]
    fn a_column_that_leads_nowhere_is_refused() {
        let refused = |from: &str, to: &str| {
            let text = FILE.1.replacen(from, to, 1);
            format!("{:?}", ImportBook::read(&text, &catalogue::built_in()).expect_err("it is refused"))
        };
        assert!(
            refused("key = \"person.sex\"", "key = \"person.points\"")
                .contains("person.points leads to no field")
        );
        assert!(refused("\"男性\" = \"male\"", "\"男性\" = \"man\"").contains("man is no choice"));
        assert!(refused("\"名字\"", "\"性别\"").contains("性别 is a head of two columns"));
    }
}
