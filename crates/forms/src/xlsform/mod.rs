//! A form from a workbook. XLSForm.org; where that is silent, as pyxform reads it.

mod choices;
mod heads;
mod loops;
mod parameters;
mod settings;
mod survey;
mod table;
mod types;
mod write;

pub use types::TYPES;
pub use write::{Sheet, write};

use crate::fault::{At, FormFault, Part, Trouble};
use crate::feature::{Feature, Unsupported};
use crate::form::{FORMAT, Form};
use crate::limits::{CHOICES_MAX, TEXT_CHARS_MAX};
use crate::plan::Plan;
use heads::{Column, Heads};
use platform::Words;
use settings::Settings;
use sheets::{Book, SheetFault};
use std::collections::HashMap;
use table::Table;

/// A form that was read, and what in it has no effect here.
#[derive(Debug)]
pub struct Loaded {
    pub plan: Plan,
    pub told: Vec<Unsupported>,
    /// What is probably not meant: [`Plan::warnings`], with their cells.
    pub warnings: Vec<FormFault>,
}

/// Why a workbook gives no form.
#[derive(Debug)]
pub enum Refused {
    /// It is no workbook that is read: macros, a password, too large.
    Sheet(SheetFault),
    /// It is no form, or one with faults; `told` is what was found besides.
    Form { faults: Vec<FormFault>, told: Vec<Unsupported> },
}

impl Refused {
    /// A sentence for each thing that is wrong.
    pub fn words(&self) -> Vec<Words> {
        match self {
            Self::Sheet(fault) => vec![fault.words()],
            Self::Form { faults, .. } => faults.iter().map(FormFault::words).collect(),
        }
    }
}

impl From<SheetFault> for Refused {
    fn from(fault: SheetFault) -> Self {
        Self::Sheet(fault)
    }
}

/// What a workbook of a form may be: as any other, with longer cells and lists of the length a form may have.
pub fn sheet_limits() -> sheets::Limits {
    sheets::Limits {
        cell_chars_max: TEXT_CHARS_MAX,
        rows_max: u32::try_from(CHOICES_MAX).unwrap_or(u32::MAX) + 1,
        ..sheets::Limits::default()
    }
}

/// Reads a form. `file` names it where its settings do not: the name of the file without its ending.
///
/// # Errors
/// [`Refused`], with everything that is wrong.
pub fn read(book: &Book, file: &str) -> Result<Loaded, Refused> {
    let mut reading = Reading::default();
    let Some(table) = survey_table(book)? else {
        return Err(reading.refused(vec![FormFault::form(Trouble::NoSurvey)]));
    };
    let settings = Settings::read(book, &mut reading)?;
    let heads = Heads::of_survey(&table, &settings, &mut reading);
    if heads.find(Column::Type).is_none() {
        return Err(reading.refused(vec![FormFault::form(Trouble::NoSurvey)]));
    }
    let (lists, list_languages) = choices::read(book, &settings, &mut reading)?;
    let mut form = settings.form(file);
    form.format = FORMAT;
    form.lists = lists;
    survey::read(&table, &heads, &mut form, &mut reading);
    form.languages = settings.languages(heads.languages().chain(list_languages));
    tell_of_sheets(book, &mut reading);
    reading.finish(form, &heads)
}

/// The sheet `survey`, or the only one there is.
fn survey_table(book: &Book) -> Result<Option<Table>, SheetFault> {
    match Table::read(book, "survey")? {
        None if book.sheets().len() == 1 => Table::read_at(book, 0).map(Some),
        table => Ok(table),
    }
}

/// Sheets that mean something to other programs.
fn tell_of_sheets(book: &Book, reading: &mut Reading) {
    for sheet in book.sheets() {
        let what = match sheet.name.trim().to_lowercase().as_str() {
            "entities" => Feature::Entities,
            "osm" => Feature::Osm,
            "cascades" => Feature::CascadingSelect,
            _ => continue,
        };
        let at = At::Cell { sheet: sheet.name.clone(), row: 1, column: None };
        if sheet.rows.is_some_and(|rows| rows > 1) {
            reading.unsupported(what, at, &sheet.name);
        }
    }
}

/// What is found out on the way, and where things stand in the workbook.
#[derive(Default)]
struct Reading {
    faults: Vec<FormFault>,
    told: Vec<Unsupported>,
    survey: String,
    /// By the path of a node: its row.
    rows: HashMap<String, u32>,
    choices: String,
    /// By list and choice: its last row.
    choice_rows: HashMap<(String, String), u32>,
}

impl Reading {
    fn fault(&mut self, at: At, what: Trouble) {
        self.faults.push(FormFault { at, what });
    }

    /// Tells of a feature, or refuses the form for it.
    fn unsupported(&mut self, what: Feature, at: At, detail: &str) {
        let detail: String = detail.chars().take(80).collect();
        if what.is_refused() {
            self.fault(at, Trouble::Unsupported { feature: what, detail });
        } else if !self.told.iter().any(|told| told.what == what && told.detail == detail) {
            self.told.push(Unsupported { what, at, detail });
        }
    }

    fn refused(self, mut faults: Vec<FormFault>) -> Refused {
        faults.extend(self.faults);
        Refused::Form { faults, told: self.told }
    }

    /// Checks the whole, and says of each fault which cell it is in.
    fn finish(self, form: Form, heads: &Heads) -> Result<Loaded, Refused> {
        if !self.faults.is_empty() {
            return Err(self.refused(Vec::new()));
        }
        match Plan::of(form) {
            Ok(plan) => {
                let warnings =
                    plan.warnings().iter().map(|fault| self.placed(fault.clone(), heads)).collect();
                Ok(Loaded { plan, told: self.told, warnings })
            }
            Err(faults) => {
                let faults = faults.into_iter().map(|fault| self.placed(fault, heads)).collect();
                Err(self.refused(faults))
            }
        }
    }

    fn placed(&self, fault: FormFault, heads: &Heads) -> FormFault {
        let at = match (&fault.at, &fault.what) {
            (At::Node { path, part }, _) => self.rows.get(path).map(|row| At::Cell {
                sheet: self.survey.clone(),
                row: *row,
                column: heads.find(column_of(*part)).map(str::to_owned),
            }),
            (
                At::List { list },
                Trouble::DuplicateChoice { name, .. } | Trouble::SpacedChoice { name, .. },
            ) => {
                let row = self.choice_rows.get(&(list.clone(), name.clone()));
                row.map(|row| At::Cell {
                    sheet: self.choices.clone(),
                    row: *row,
                    column: Some("name".to_owned()),
                })
            }
            _ => None,
        };
        FormFault { at: at.unwrap_or(fault.at), what: fault.what }
    }
}

fn column_of(part: Part) -> Column {
    match part {
        Part::Name => Column::Name,
        Part::Kind => Column::Type,
        Part::Label => Column::Label,
        Part::Hint => Column::Hint,
        Part::Relevant => Column::Relevant,
        Part::Required => Column::Required,
        Part::Constraint => Column::Constraint,
        Part::Message => Column::ConstraintMessage,
        Part::Calculation => Column::Calculation,
        Part::Default => Column::Default,
        Part::ReadOnly => Column::ReadOnly,
        Part::Filter => Column::ChoiceFilter,
        Part::Count => Column::RepeatCount,
        Part::Register => Column::Prefill,
    }
}
