//! The sheet `survey`: rows into nodes, groups into trees. XLSForm.org, "Survey worksheet".

use super::Reading;
use super::heads::{Column, Heads};
use super::loops;
use super::parameters::parameters;
use super::table::{Row, Table};
use super::types::{Written, written};
use crate::fault::{At, Counted, Trouble};
use crate::feature::Feature;
use crate::form::{Choice, FieldRef, Form, Kind, Node, Register};
use crate::limits::NODES_MAX;
use crate::text::Text;

/// A group that is open, and the nodes in it so far. The first stands for the form itself.
struct Open {
    node: Node,
    nodes: Vec<Node>,
    row: u32,
    /// The list whose choices it is unrolled over.
    over: Option<String>,
}

struct Survey<'s> {
    table: &'s Table,
    heads: &'s Heads,
    form: &'s mut Form,
    reading: &'s mut Reading,
    open: Vec<Open>,
    /// Groups and notes without a name get one by number.
    unnamed: u32,
}

pub(super) fn read(table: &Table, heads: &Heads, form: &mut Form, reading: &mut Reading) {
    reading.survey.clone_from(&table.sheet);
    let whole = Open { node: Node::default(), nodes: Vec::new(), row: 0, over: None };
    let mut survey = Survey { table, heads, form, reading, open: vec![whole], unnamed: 0 };
    for row in &table.rows {
        survey.row(row);
    }
    while survey.open.len() > 1 {
        let row = survey.open[survey.open.len() - 1].row;
        let word = survey.open[survey.open.len() - 1].node.name.clone();
        survey.reading.fault(survey_cell(table, row, Some("type")), Trouble::Unbalanced { word });
        survey.close();
    }
    form.nodes = survey.open.pop().map(|whole| whole.nodes).unwrap_or_default();
}

fn survey_cell(table: &Table, row: u32, column: Option<&str>) -> At {
    At::Cell { sheet: table.sheet.clone(), row, column: column.map(str::to_owned) }
}

impl Survey<'_> {
    fn at(&self, row: &Row, column: Column) -> At {
        survey_cell(self.table, row.number, self.heads.find(column))
    }

    fn cell<'r>(&self, row: &'r Row, column: Column) -> &'r str {
        self.heads.cell(row, column)
    }

    fn row(&mut self, row: &Row) {
        let word = self.cell(row, Column::Type).to_owned();
        if truth(self.cell(row, Column::Disabled)) == Some(true) {
            return;
        }
        if word.is_empty() {
            // A row with neither type nor name is a comment.
            if !self.cell(row, Column::Name).is_empty() {
                self.reading.fault(self.at(row, Column::Type), Trouble::UnknownType { written: word });
            }
            return;
        }
        match written(&word) {
            Written::Node(kind) => self.add(row, kind),
            Written::Select { kind, or_other } => self.select(row, kind, or_other),
            Written::BeginGroup => self.begin(row, Kind::Group { nodes: Vec::new() }, None),
            Written::BeginLoop(list) => self.begin(row, Kind::Group { nodes: Vec::new() }, Some(list)),
            Written::BeginRepeat => {
                let count = optional(self.cell(row, Column::RepeatCount));
                self.begin(row, Kind::Repeat { nodes: Vec::new(), count }, None);
            }
            Written::EndGroup => {
                self.end(row, &word, |open| !open.node.kind.is_repeat() && open.over.is_none())
            }
            Written::EndRepeat => self.end(row, &word, |open| open.node.kind.is_repeat()),
            Written::EndLoop => self.end(row, &word, |open| open.over.is_some()),
            Written::Instead(kind, feature) => {
                self.reading.unsupported(feature, self.at(row, Column::Type), &word);
                self.add(row, kind);
            }
            Written::Nothing(feature) => self.reading.unsupported(feature, self.at(row, Column::Type), &word),
            Written::Unknown => {
                self.reading.fault(self.at(row, Column::Type), Trouble::UnknownType { written: word });
            }
        }
    }

    fn begin(&mut self, row: &Row, kind: Kind, over: Option<String>) {
        let node = self.node(row, kind);
        if node.appearance.split_whitespace().any(|word| word == "table-list") {
            self.reading.unsupported(Feature::TableList, self.at(row, Column::Appearance), "table-list");
        }
        self.note_row(&node.name, row);
        self.open.push(Open { node, nodes: Vec::new(), row: row.number, over });
    }

    fn end(&mut self, row: &Row, word: &str, fits: impl Fn(&Open) -> bool) {
        if self.open.len() > 1 && self.open.last().is_some_and(fits) {
            self.close();
        } else {
            self.reading.fault(self.at(row, Column::Type), Trouble::Unbalanced { word: word.to_owned() });
        }
    }

    fn close(&mut self) {
        let Some(Open { mut node, nodes: mut within, row, over }) = self.open.pop() else { return };
        if let Some(list) = over {
            within = self.unrolled(&list, &within, row);
        }
        if let Kind::Group { nodes } | Kind::Repeat { nodes, .. } = &mut node.kind {
            *nodes = within;
        }
        self.push(node);
    }

    fn unrolled(&mut self, list: &str, nodes: &[Node], row: u32) -> Vec<Node> {
        let choices = self.form.lists.get(list).map_or(&[][..], Vec::as_slice);
        let trouble = match loops::count(choices, nodes) {
            0 => Trouble::UnknownList { list: list.to_owned() },
            count if count > NODES_MAX => Trouble::TooMany { what: Counted::Nodes, max: NODES_MAX },
            _ => return loops::unrolled(choices, nodes),
        };
        self.reading.fault(survey_cell(self.table, row, Some("type")), trouble);
        Vec::new()
    }

    fn push(&mut self, node: Node) {
        if let Some(open) = self.open.last_mut() {
            open.nodes.push(node);
        }
    }

    fn add(&mut self, row: &Row, kind: Kind) {
        let mut node = self.node(row, kind);
        self.note_row(&node.name, row);
        self.set_parameters(row, &mut node);
        if matches!(node.kind, Kind::Photo { .. }) && is_drawn(&node.appearance) {
            node.kind = Kind::Signature;
        }
        self.push(node);
    }

    fn select(&mut self, row: &Row, mut kind: Kind, or_other: bool) {
        let rule = optional(self.cell(row, Column::ChoiceFilter));
        let has_rule = rule.is_some();
        if let Kind::SelectOne { filter, .. } | Kind::SelectMany { filter, .. } | Kind::Rank { filter, .. } =
            &mut kind
        {
            *filter = rule;
        }
        let list = kind.list().map_or("", |(list, _)| list).to_owned();
        self.add(row, kind);
        if or_other && has_rule {
            self.reading.unsupported(
                Feature::OtherWithFilter,
                self.at(row, Column::ChoiceFilter),
                "or_other",
            );
        } else if or_other {
            self.add_other(row, &list);
        }
    }

    /// A choice "other", and a question for what it is. XLSForm.org, "Specify other".
    fn add_other(&mut self, row: &Row, list: &str) {
        if let Some(choices) = self.form.lists.get_mut(list)
            && !choices.iter().any(|choice| choice.name == "other")
        {
            let label = other_words(choices.first().map(|choice| &choice.label), "其他", "Other");
            choices.push(Choice { name: "other".to_owned(), label, ..Choice::default() });
        }
        let name = self.cell(row, Column::Name).to_owned();
        let mut node = Node::of(format!("{name}_other"), Kind::Text);
        node.label = other_words(Some(&self.heads.text(row, Column::Label)), "请说明", "Specify other.");
        node.relevant = Some(format!("selected(../{name}, 'other')"));
        self.note_row(&node.name, row);
        self.push(node);
    }

    fn node(&mut self, row: &Row, kind: Kind) -> Node {
        let name = self.name(row, &kind);
        let rule = |column| optional(self.cell(row, column)).map(truth_as_rule);
        let calculation = rule(Column::Calculation);
        let mut node = Node {
            name,
            label: self.heads.text(row, Column::Label),
            hint: self.heads.text(row, Column::Hint),
            guidance: self.heads.text(row, Column::Guidance),
            media: self.heads.media(row),
            relevant: rule(Column::Relevant),
            required: rule(Column::Required).filter(|rule| rule != NEVER),
            required_message: self.heads.text(row, Column::RequiredMessage),
            constraint: rule(Column::Constraint),
            constraint_message: self.heads.text(row, Column::ConstraintMessage),
            calculation,
            default: optional(self.cell(row, Column::Default)),
            read_only: rule(Column::ReadOnly).filter(|rule| rule != NEVER),
            appearance: self.cell(row, Column::Appearance).to_owned(),
            register: None,
            kind,
        };
        self.tell_of_row(row, &mut node);
        node.register = self.register(row);
        node
    }

    fn name(&mut self, row: &Row, kind: &Kind) -> String {
        let name = self.cell(row, Column::Name).to_owned();
        if !name.is_empty() {
            return name;
        }
        self.unnamed += 1;
        match kind {
            Kind::Group { .. } => format!("group_{}", self.unnamed),
            Kind::Note => format!("note_{}", self.unnamed),
            _ => {
                self.reading.fault(self.at(row, Column::Name), Trouble::MissingName);
                String::new()
            }
        }
    }

    fn tell_of_row(&mut self, row: &Row, node: &mut Node) {
        let appearance = node.appearance.clone();
        for (starts, feature) in [("search(", Feature::SearchAppearance), ("ex:", Feature::ExternalApp)] {
            if appearance.split_whitespace().any(|word| word.starts_with(starts)) {
                self.reading.unsupported(feature, self.at(row, Column::Appearance), &appearance);
            }
        }
        for (column, feature) in
            [(Column::Trigger, Feature::ActionOnChange), (Column::SaveTo, Feature::Entities)]
        {
            let text = self.cell(row, column);
            if !text.is_empty() {
                self.reading.unsupported(feature, self.at(row, column), text);
            }
        }
        if node.default.as_ref().is_some_and(|default| default.contains("${last-saved#")) {
            self.reading.unsupported(Feature::LastSaved, self.at(row, Column::Default), "last-saved");
            node.default = None;
        }
    }

    fn register(&mut self, row: &Row) -> Option<Register> {
        let mut field = |column| {
            let text = self.cell(row, column).to_owned();
            let field = FieldRef::parse(&text);
            if field.is_none() && !text.is_empty() {
                self.reading.fault(self.at(row, column), Trouble::BadField { value: text });
            }
            field
        };
        let (prefill, write) = (field(Column::Prefill), field(Column::Write));
        let days = self.cell(row, Column::FreshDays).to_owned();
        let fresh_days = days.parse().ok();
        if fresh_days.is_none() && !days.is_empty() {
            let trouble = Trouble::BadParameter { name: "fresh_days".to_owned(), value: days };
            self.reading.fault(self.at(row, Column::FreshDays), trouble);
        }
        (prefill.is_some() || write.is_some()).then_some(Register { prefill, write, fresh_days })
    }

    fn set_parameters(&mut self, row: &Row, node: &mut Node) {
        for (name, value) in parameters(self.cell(row, Column::Parameters)) {
            let fits = match (&mut node.kind, name.as_str()) {
                (Kind::Range { start, .. }, "start") => set_number(start, &value),
                (Kind::Range { end, .. }, "end") => set_number(end, &value),
                (Kind::Range { step, .. }, "step") => set_number(step, &value),
                (Kind::Photo { pixels_max }, "max-pixels") => {
                    *pixels_max = value.parse().ok();
                    pixels_max.is_some()
                }
                (_, "randomize") => {
                    self.reading.unsupported(
                        Feature::Randomize,
                        self.at(row, Column::Parameters),
                        "randomize",
                    );
                    true
                }
                _ => {
                    self.reading.unsupported(
                        Feature::UnknownParameter,
                        self.at(row, Column::Parameters),
                        &name,
                    );
                    true
                }
            };
            if !fits {
                self.reading.fault(self.at(row, Column::Parameters), Trouble::BadParameter { name, value });
            }
        }
    }

    /// Remembers the row of a node that is about to be pushed.
    fn note_row(&mut self, name: &str, row: &Row) {
        let names = self.open.iter().skip(1).map(|open| open.node.name.as_str()).chain([name]);
        let path = names.fold(String::new(), |path, name| path + "/" + name);
        self.reading.rows.insert(path, row.number);
    }
}

/// Words in the languages another text has.
fn other_words(like: Option<&Text>, zh: &str, en: &str) -> Text {
    let mut text = Text::default();
    for language in like.into_iter().flat_map(|like| like.0.keys()) {
        text.set(language, if language == "zh" { zh } else { en });
    }
    if text.is_empty() { Text::plain(en) } else { text }
}

fn set_number(target: &mut f64, value: &str) -> bool {
    let number = value.parse().ok().filter(|number: &f64| number.is_finite());
    *target = number.unwrap_or(*target);
    number.is_some()
}

/// ODK documentation, "Draw, annotate, signature".
fn is_drawn(appearance: &str) -> bool {
    appearance.split_whitespace().any(|word| matches!(word, "signature" | "draw" | "annotate"))
}

fn optional(text: &str) -> Option<String> {
    Some(text.to_owned()).filter(|text| !text.is_empty())
}

/// `yes` and its kin, as pyxform reads them; `None` for anything else.
fn truth(text: &str) -> Option<bool> {
    match text.to_lowercase().as_str() {
        "yes" | "true" | "true()" | "1" => Some(true),
        "no" | "false" | "false()" | "0" => Some(false),
        _ => None,
    }
}

const NEVER: &str = "false()";

/// A rule may be written as yes or no; spreadsheet programs make TRUE of `true()` too.
fn truth_as_rule(text: String) -> String {
    match truth(&text) {
        Some(true) if text != "1" => "true()".to_owned(),
        Some(false) if text != "0" => NEVER.to_owned(),
        _ => text,
    }
}
