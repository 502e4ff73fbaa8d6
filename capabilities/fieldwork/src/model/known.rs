//! What a form asks although the register has it, and what it names that the register does not have.

use super::burden::is_repeated;
use super::finding::FormFinding;
use super::prefill::is_writable;
use forms::{FieldRef, ItemId, Kind, Node, Plan};
use platform::Words;
use registry::{Catalogue, FieldBook, Kind as RecordKind};
use serde::Serialize;
use std::collections::BTreeSet;
use utoipa::ToSchema;

/// A question whose answer the register keeps, asked without a prefill.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct KnownField {
    /// The question.
    pub path: String,
    /// What to write into the column `mulin::prefill`: `person.phones`.
    pub prefill: String,
    /// What the register calls it.
    pub words: Words,
}

/// The questions that ask for what is known. A question is taken for a field of the register when it writes to it, when it is called
/// by it (`person_sex`; of a person also `sex`), or when its label is the field's own name (姓名). Within a repeat nothing counts as
/// known: a field has one value, not one for each instance.
pub fn known_fields(plan: &Plan, catalogue: &Catalogue) -> Vec<KnownField> {
    let asked = plan.items().filter(|item| {
        let node = plan.node(*item);
        let is_prefilled = node.register.as_ref().is_some_and(|register| register.prefill.is_some());
        node.kind.is_question() && !is_prefilled && !is_repeated(plan, *item)
    });
    let known = |item| {
        let (kind, field) = field_of(plan.node(item), catalogue)?;
        let prefill = format!("{}.{}", kind.as_str(), field.key);
        Some(KnownField { path: plan.path(item), prefill, words: field.words.clone() })
    };
    asked.filter_map(known).collect()
}

fn field_of<'c>(node: &Node, catalogue: &'c Catalogue) -> Option<(RecordKind, &'c FieldBook)> {
    let all =
        || catalogue.kinds().iter().flat_map(|kind| kind.fields.iter().map(move |field| (kind.kind, field)));
    let written = node.register.as_ref().and_then(|register| register.write.as_ref());
    let is_written = |(kind, field): &(RecordKind, &FieldBook)| {
        written.is_some_and(|to| to.kind == kind.as_str() && to.field == field.key)
    };
    all().find(is_written).or_else(|| {
        all().find(|(kind, field)| is_called(&node.name, *kind, &field.key) || is_labelled(node, field))
    })
}

/// By its kind and key; by its key alone only where it is a person's, since `use` or `state` may be of anything.
fn is_called(name: &str, kind: RecordKind, key: &str) -> bool {
    let name = name.to_lowercase();
    let is_bare = kind == RecordKind::Person && key != "name" && name == key;
    is_bare || name == format!("{}_{key}", kind.as_str())
}

/// Compared without the marks people put at the end of a question.
fn is_labelled(node: &Node, field: &FieldBook) -> bool {
    let plain = |text: &str| {
        let text = text.trim().trim_end_matches(['：', ':', '？', '?', '*', '＊', ' ']);
        text.to_lowercase()
    };
    node.label.0.values().any(|label| {
        let label = plain(label);
        !label.is_empty() && (label == plain(&field.words.zh) || label == plain(&field.words.en))
    })
}

/// What a form says of the register and cannot be: fields the register does not keep, values that no answer can be written as, and
/// fields of one subject asked in a repeat.
pub fn unknown_fields(plan: &Plan, catalogue: &Catalogue) -> Vec<FormFinding> {
    let mut found = Vec::new();
    for item in plan.items() {
        let fields: BTreeSet<&FieldRef> = fields_named(plan.node(item)).collect();
        let troubles = fields.into_iter().filter_map(|field| trouble_of(plan, item, field, catalogue));
        found.extend(troubles.map(|(code, words)| FormFinding::new(code, Some(plan.path(item)), words)));
    }
    found
}

fn trouble_of(
    plan: &Plan,
    item: ItemId,
    field: &FieldRef,
    catalogue: &Catalogue,
) -> Option<(&'static str, Words)> {
    let (node, name) = (plan.node(item), String::from(field.clone()));
    match find_field(catalogue, field) {
        None => Some((
            "fieldwork.no_such_field",
            Words::new(format!("登记里没有“{name}”。"), format!("The register does not keep “{name}”.")),
        )),
        Some(book) if is_written(node, field) && !is_writable(book.shape) => Some((
            "fieldwork.not_writable",
            Words::new(
                format!("“{name}”由几部分组成，不能从一道题写回。"),
                format!("“{name}” has parts of its own: one question cannot write it."),
            ),
        )),
        Some(_) if node.register.is_some() && is_repeated(plan, item) => Some((
            "fieldwork.in_repeat",
            Words::of(
                "重复组里的题不能预填或写回：一项登记只有一个值。",
                "Within a repeat nothing is prefilled or written: a field has one value.",
            ),
        )),
        Some(_) => None,
    }
}

fn is_written(node: &Node, field: &FieldRef) -> bool {
    node.register.as_ref().is_some_and(|register| register.write.as_ref() == Some(field))
}

fn fields_named(node: &Node) -> impl Iterator<Item = &FieldRef> {
    let register = node.register.iter().flat_map(|register| register.prefill.iter().chain(&register.write));
    let looked_up = match &node.kind {
        Kind::LookUp { field } => Some(field),
        _ => None,
    };
    register.chain(looked_up)
}

/// What the catalogue says of a field.
pub(super) fn find_field<'c>(catalogue: &'c Catalogue, field: &FieldRef) -> Option<&'c FieldBook> {
    catalogue.kind(RecordKind::parse(&field.kind)?).field(&field.field)
}
