//! A form as a server hands it out: under the server's own name of its version, and with long lists as files beside it.

use crate::limits::CHOICES_WITHIN_MAX;
use crate::plan::Plan;
use std::borrow::Cow;
use std::collections::BTreeSet;

/// How a form is written.
#[derive(Clone, Copy, Debug, Default)]
pub struct Guise<'g> {
    /// Stands for the form's own version: a workbook may name two the same.
    pub version: Option<&'g str>,
    /// Long lists are files beside the form. ODK XForms specification, "Secondary instances - external".
    pub lists_apart: bool,
}

impl Guise<'_> {
    pub(super) fn is_apart(&self, plan: &Plan, list: &str) -> bool {
        self.lists_apart && is_long(plan, list)
    }
}

/// A long list whose words are of one language and without pictures: a file has one column of labels.
fn is_long(plan: &Plan, list: &str) -> bool {
    let Some(choices) = plan.form().lists.get(list) else { return false };
    choices.len() > CHOICES_WITHIN_MAX
        && plan.form().languages.len() <= 1
        && choices.iter().all(|choice| choice.media.is_empty())
}

/// The lists that are files where [`Guise::lists_apart`] is wanted.
pub fn lists_apart(plan: &Plan) -> Vec<String> {
    plan.form().lists.keys().filter(|list| is_long(plan, list)).cloned().collect()
}

/// A list as such a file: `name`, `label` and the columns that filters ask for. RFC 4180.
pub fn write_list_apart(plan: &Plan, list: &str) -> Option<String> {
    let choices = plan.form().lists.get(list).filter(|_| is_long(plan, list))?;
    let columns: BTreeSet<&str> =
        choices.iter().flat_map(|choice| choice.columns.keys().map(String::as_str)).collect();
    let mut out = String::new();
    write_row(&mut out, ["name", "label"].into_iter().chain(columns.iter().copied()));
    for choice in choices {
        let label = choice.label.get(plan.form().first_language());
        let more = columns.iter().map(|column| choice.columns.get(*column).map_or("", String::as_str));
        write_row(&mut out, [choice.name.as_str(), label].into_iter().chain(more));
    }
    Some(out)
}

fn write_row<'a>(out: &mut String, cells: impl Iterator<Item = &'a str>) {
    for (index, cell) in cells.enumerate() {
        if index > 0 {
            out.push(',');
        }
        out.push_str(&quoted(cell));
    }
    out.push_str("\r\n");
}

fn quoted(cell: &str) -> Cow<'_, str> {
    if cell.contains([',', '"', '\r', '\n']) {
        return Cow::Owned(format!("\"{}\"", cell.replace('"', "\"\"")));
    }
    Cow::Borrowed(cell)
}
