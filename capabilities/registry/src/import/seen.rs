//! What earlier rows of the same table said: the same person, home or thing twice, a second head of a household.

use super::book::Table;
use super::columns::Columns;
use super::draft::Draft;
use super::places::home_key;
use super::trouble::Trouble;
use crate::model::Kind;
use crate::model::spelling::fold_name;
use platform::Words;
use std::collections::HashMap;

/// The rows that went before. Only rows without a fault of their own count.
#[derive(Debug, Default)]
pub(crate) struct Seen {
    /// Documents, with the row and the folded name.
    documents: HashMap<String, (u32, String)>,
    /// Households with the row of their head.
    heads: HashMap<String, u32>,
    /// People by name and home.
    people: HashMap<String, Vec<Person>>,
    /// Homes, organisations, things: by what tells them apart.
    subjects: HashMap<String, u32>,
}

/// Somebody of a name in a home.
#[derive(Debug)]
struct Person {
    row: u32,
    /// Empty where the row does not say.
    birth_on: String,
    has_document: bool,
}

impl Seen {
    /// Adds the faults that follow from earlier rows, and remembers this one.
    pub fn watch(&mut self, columns: &Columns, draft: &mut Draft) {
        let found = match columns.table {
            Table::People => self.person(columns, draft).or_else(|| self.head(columns, draft)),
            Table::Homes => self.subject(columns.of_address(), home_of(draft)),
            Table::Organisations => self.organisation(columns, draft),
            Table::Things => self.subject(columns.of_field(Kind::Thing, "name"), thing_of(draft)),
        };
        if let Some(trouble) = found {
            draft.troubles.push(trouble);
        } else if draft.is_clean() {
            self.remember(columns.table, draft);
        }
    }

    fn person(&self, columns: &Columns, draft: &Draft) -> Option<Trouble> {
        let name = fold_name(draft.text(Kind::Person, "name"));
        for number in draft.documents() {
            let Some((row, known)) = self.documents.get(number) else { continue };
            let column = columns.of_field(Kind::Person, "documents");
            if *known == name {
                return Some(twice(column, *row));
            }
            let words = Words::new(
                format!("证件号码与第 {row} 行另一个姓名的人相同。"),
                format!("Row {row} has the same document with another name."),
            );
            return Some(Trouble::new("registry.document_of_another", column, words));
        }
        let here = Person::of(draft);
        let known = self.people.get(&name_and_home_of(draft))?.iter().find(|known| known.may_be(&here))?;
        Some(twice(columns.of_field(Kind::Person, "name"), known.row))
    }

    fn head(&self, columns: &Columns, draft: &Draft) -> Option<Trouble> {
        if draft.text(Kind::Residence, "relation") != "head" {
            return None;
        }
        let row = self.heads.get(&household_of(draft))?;
        let words = Words::new(
            format!("这一户在第 {row} 行已有户主；同一住房有几户时请填户号。"),
            format!("Row {row} is the head of this household already."),
        );
        Some(Trouble::new("registry.second_head", columns.of_field(Kind::Residence, "relation"), words))
    }

    fn organisation(&self, columns: &Columns, draft: &Draft) -> Option<Trouble> {
        self.subject(columns.of_field(Kind::Organisation, "name"), organisation_of(draft))
    }

    fn subject(&self, column: Option<u16>, key: String) -> Option<Trouble> {
        self.subjects.get(&key).map(|row| twice(column, *row))
    }

    fn remember(&mut self, table: Table, draft: &Draft) {
        let key = match table {
            Table::People => {
                let name = fold_name(draft.text(Kind::Person, "name"));
                for number in draft.documents() {
                    self.documents.insert(number.to_owned(), (draft.row, name.clone()));
                }
                if draft.text(Kind::Residence, "relation") == "head" {
                    self.heads.insert(household_of(draft), draft.row);
                }
                self.people.entry(name_and_home_of(draft)).or_default().push(Person::of(draft));
                return;
            }
            Table::Homes => home_of(draft),
            Table::Organisations => organisation_of(draft),
            Table::Things => thing_of(draft),
        };
        self.subjects.insert(key, draft.row);
    }
}

fn twice(column: Option<u16>, row: u32) -> Trouble {
    let words = Words::new(format!("与第 {row} 行重复。"), format!("The same as row {row}."));
    Trouble::new("registry.duplicate_in_file", column, words)
}

fn home_of(draft: &Draft) -> String {
    draft.address.as_ref().map(home_key).unwrap_or_default()
}

fn household_of(draft: &Draft) -> String {
    format!("{}|{}", home_of(draft), draft.household)
}

fn name_and_home_of(draft: &Draft) -> String {
    format!("{}|{}", fold_name(draft.text(Kind::Person, "name")), home_of(draft))
}

impl Person {
    fn of(draft: &Draft) -> Self {
        Self {
            row: draft.row,
            birth_on: draft.text(Kind::Person, "birth_on").to_owned(),
            has_document: draft.documents().next().is_some(),
        }
    }

    /// No other day of birth, and not another document.
    fn may_be(&self, other: &Self) -> bool {
        let has_same_birth =
            self.birth_on.is_empty() || other.birth_on.is_empty() || self.birth_on == other.birth_on;
        has_same_birth && !(self.has_document && other.has_document)
    }
}

fn organisation_of(draft: &Draft) -> String {
    match draft.text(Kind::Organisation, "code") {
        "" => format!("{}|{}|{}", draft.text(Kind::Organisation, "name"), home_of(draft), draft.area),
        code => code.to_owned(),
    }
}

fn thing_of(draft: &Draft) -> String {
    let (component, name) = (draft.text(Kind::Thing, "component"), draft.text(Kind::Thing, "name"));
    let point = draft.point.map(|point| (point.lon().to_bits(), point.lat().to_bits()));
    format!("{component}|{name}|{}|{}|{point:?}", home_of(draft), draft.area)
}
