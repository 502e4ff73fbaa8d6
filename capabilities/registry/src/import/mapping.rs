//! How the columns of a sheet are read: suggested from their heads, confirmed by a person, and held against the sheet it is meant for.

use super::book::{TableBook, Target, fold_head};
use super::{ImportBook, Table};
use crate::error::RegistryError;
use crate::model::Kind;
use platform::{Problem, Words};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::collections::BTreeSet;
use utoipa::ToSchema;

/// Which column of a sheet is what.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Mapping {
    /// The row of the heads, from 1.
    pub header_row: u32,
    /// The heads as they stand there: the same mapping does not fit another sheet.
    pub heads: Vec<String>,
    /// For each column the key of the table's column; null where it is not taken in.
    pub columns: Vec<Option<String>>,
}

/// The hash of a sheet's heads: two sheets of the same layout have the same.
pub(crate) fn heads_hash(heads: &[String]) -> Vec<u8> {
    let mut hash = Sha256::new();
    for head in heads {
        hash.update((head.len() as u64).to_be_bytes());
        hash.update(head.as_bytes());
    }
    hash.finalize().to_vec()
}

/// The reading the heads suggest: each column of the table once, the first head that names it.
pub(crate) fn suggest(book: &TableBook, heads: &[String]) -> Vec<Option<String>> {
    let mut taken = BTreeSet::new();
    let mut key_of = |head: &String| {
        let folded = fold_head(head);
        let fits =
            |column: &&super::ColumnBook| column.heads.contains(&folded) && !taken.contains(&column.key);
        let found = book.columns.iter().find(fits)?.key.clone();
        taken.insert(found.clone());
        Some(found)
    };
    heads.iter().map(&mut key_of).collect()
}

/// Holds a mapping against its table and the heads of the sheet.
///
/// # Errors
/// `registry.other_sheet` naming the columns that are not in the sheet; a key that is none; a key twice; what is missing.
pub(crate) fn check(
    book: &ImportBook,
    table: Table,
    mapping: &Mapping,
    heads: &[String],
) -> Result<(), RegistryError> {
    let table = book.table(table);
    if mapping.heads != heads || mapping.columns.len() != heads.len() {
        return Err(other_sheet(mapping, heads));
    }
    let mut taken = BTreeSet::new();
    for key in mapping.columns.iter().flatten() {
        if table.column(key).is_none() {
            let words = Words::new(
                format!("这种表没有“{key}”这一列。"),
                format!("This kind of table has no column {key}."),
            );
            return Err(invalid("registry.no_such_column", words));
        }
        if !taken.insert(key.as_str()) {
            let name = table.column(key).map_or(key.as_str(), |column| &column.words.zh);
            let words = Words::new(
                format!("有两列都对应“{name}”，只能有一列。"),
                format!("Two columns are read as {key}."),
            );
            return Err(invalid("registry.column_twice", words));
        }
    }
    refuse_missing(table, &taken)
}

fn refuse_missing(table: &TableBook, taken: &BTreeSet<&str>) -> Result<(), RegistryError> {
    let has =
        |target: Target| table.columns.iter().any(|c| c.target == target && taken.contains(c.key.as_str()));
    let mut missing: Vec<(&str, &str)> = table
        .columns
        .iter()
        .filter(|column| column.required && !taken.contains(column.key.as_str()))
        .map(|column| (column.words.zh.as_ref(), column.words.en.as_ref()))
        .collect();
    let is_somewhere = has(Target::Address) || has(Target::Building) || has(Target::Estate);
    let is_located = has(Target::Area) || (has(Target::Lon) && has(Target::Lat));
    let needs_home = matches!(table.table, Table::People | Table::Homes);
    if !is_somewhere && (needs_home || !is_located) {
        missing.push(("地址", "Address"));
    }
    if missing.is_empty() {
        return Ok(());
    }
    let all = |names: Vec<&str>, between: &str| names.join(between);
    let zh = all(missing.iter().map(|(zh, _)| *zh).collect(), "、");
    let en = all(missing.iter().map(|(_, en)| *en).collect(), ", ");
    Err(invalid(
        "registry.missing_columns",
        Words::new(format!("缺少必需的列：{zh}。"), format!("Columns are missing: {en}.")),
    ))
}

fn other_sheet(mapping: &Mapping, heads: &[String]) -> RegistryError {
    let here: BTreeSet<&String> = heads.iter().collect();
    let meant: Vec<&str> =
        mapping.heads.iter().filter(|head| !here.contains(head)).map(String::as_str).collect();
    let known: BTreeSet<&String> = mapping.heads.iter().collect();
    let found: Vec<&str> = heads.iter().filter(|head| !known.contains(head)).map(String::as_str).collect();
    let words = Words::new(
        format!("这个列对应关系是另一张表的：表中没有“{}”，多出“{}”。", meant.join("、"), found.join("、")),
        format!(
            "This mapping is of another sheet: “{}” are not here, “{}” are new.",
            meant.join(", "),
            found.join(", ")
        ),
    );
    invalid("registry.other_sheet", words)
}

fn invalid(code: &'static str, words: Words) -> RegistryError {
    Problem::invalid(code, "mapping", words).into()
}

impl Mapping {
    /// The column a target stands in.
    pub(crate) fn column_of(&self, book: &TableBook, target: &Target) -> Option<u16> {
        let key = &book.columns.iter().find(|column| column.target == *target)?.key;
        let place = self.columns.iter().position(|taken| taken.as_ref() == Some(key))?;
        u16::try_from(place).ok()
    }

    /// The column of a record's field; of birth and sex the document's where they have none of their own.
    pub(crate) fn column_of_field(&self, book: &TableBook, kind: Kind, key: &str) -> Option<u16> {
        let own = self.column_of(book, &Target::Field(kind, key.to_owned()));
        match (own, key) {
            (Some(column), _) => Some(column),
            (None, "documents" | "birth_on" | "sex") => self.column_of(book, &Target::DocumentNumber),
            (None, "emergency_contact" | "contact") => self.column_of(book, &Target::ContactPhone),
            _ => None,
        }
    }

    /// The column an address begins in.
    pub(crate) fn column_of_address(&self, book: &TableBook) -> Option<u16> {
        [Target::Address, Target::Estate, Target::Building]
            .iter()
            .find_map(|target| self.column_of(book, target))
    }
}

#[cfg(test)]
mod tests {
    //! Tables as offices have them, and mappings that do not fit.
    use super::super::book::built_in;
    use super::{Mapping, Table, check, suggest};
    use platform::Refusal;

    fn heads(names: &[&str]) -> Vec<String> {
        names.iter().map(|name| (*name).to_owned()).collect()
    }

    #[test]
    fn heads_suggest_their_columns() {
        let book = built_in();
        let names =
            heads(&["序号", "姓 名", "公民身份号码", "联系电话", "现住址", "与户主关系", "人口类型", "电话"]);
        let keys = suggest(book.table(Table::People), &names);
        let expected = [
            None,
            Some("person.name"),
            Some("document.number"),
            Some("person.phones"),
            Some("address"),
            Some("residence.relation"),
            Some("residence.kind"),
            None,
        ];
        assert_eq!(keys, expected.map(|key| key.map(str::to_owned)));
    }

    #[test]
    fn a_mapping_for_another_sheet_is_refused_by_name() {
        let book = built_in();
        let names = heads(&["姓名", "住址", "人口类型"]);
        let columns = suggest(book.table(Table::People), &names);
        let mapping = Mapping { header_row: 1, heads: names.clone(), columns };
        assert!(check(&book, Table::People, &mapping, &names).is_ok());
        let other = heads(&["姓名", "电话", "人口类型"]);
        let problem = check(&book, Table::People, &mapping, &other).expect_err("another sheet").problem();
        assert_eq!(problem.code, "registry.other_sheet");
        assert!(
            problem.title.contains("没有“住址”") && problem.title.contains("多出“电话”"),
            "{}",
            problem.title
        );
        let missing = Mapping { columns: vec![Some("person.name".into()), None, None], ..mapping.clone() };
        let problem =
            check(&book, Table::People, &missing, &names).expect_err("no kind, no address").problem();
        assert_eq!(problem.title, "缺少必需的列：居住类别、地址。");
        let twice =
            Mapping { columns: vec![Some("address".into()), Some("address".into()), None], ..mapping };
        let problem = check(&book, Table::People, &twice, &names).expect_err("twice").problem();
        assert_eq!(problem.code, "registry.column_twice");
    }
}
