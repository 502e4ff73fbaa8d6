//! Values of the register as answers are written, and answers as the register keeps them.

use super::burden::is_repeated;
use super::known::find_field;
use forms::{Answer, FieldRef, ItemId, Plan};
use registry::{Catalogue, FieldBook, Shape};
use serde_json::Value;

/// What several names of one value have between them in a text.
const NAMES_APART: &str = "、";
/// A floor area is kept in hundredths of a square metre.
const HUNDREDTHS: f64 = 100.0;

/// A question that belongs to a field of the register.
#[derive(Clone, Debug)]
pub struct Tied<'c> {
    pub item: ItemId,
    pub field: FieldRef,
    pub book: &'c FieldBook,
    /// Shown where the register knows it.
    pub is_prefilled: bool,
    /// Its answer becomes the field's value.
    pub is_written: bool,
    /// Days for which this form takes the value for fresh.
    pub fresh_days: Option<u32>,
}

/// The questions of a form that belong to a field. Within a repeat none does: a field has one value, not one an instance.
pub fn tied_questions<'c>(plan: &Plan, catalogue: &'c Catalogue) -> Vec<Tied<'c>> {
    let tied = |item: ItemId| {
        let register = plan.node(item).register.as_ref()?;
        let field = register.prefill.as_ref().or(register.write.as_ref())?.clone();
        let book = find_field(catalogue, &field)?;
        Some(Tied {
            item,
            is_prefilled: register.prefill.is_some(),
            // Written elsewhere than it was read from: not this field's.
            is_written: register.write.as_ref() == Some(&field),
            fresh_days: register.fresh_days,
            field,
            book,
        })
    };
    plan.items().filter(|item| !is_repeated(plan, *item)).filter_map(tied).collect()
}

/// The answer that says what the register says; none where the question cannot hold it.
pub fn answer_of(plan: &Plan, item: ItemId, shape: Shape, value: &Value) -> Option<String> {
    texts_of(shape, value).into_iter().find(|text| fits(plan, item, text))
}

/// The ways a value may be written as an answer.
fn texts_of(shape: Shape, value: &Value) -> Vec<String> {
    let words = |yes: bool| if yes { ["yes", "true", "1", "是"] } else { ["no", "false", "0", "否"] };
    let one = |text: &str| vec![text.to_owned()];
    match (shape, value) {
        (Shape::Area, Value::Number(number)) => {
            number.as_f64().map(|area| (area / HUNDREDTHS).to_string()).into_iter().collect()
        }
        (Shape::Yes, Value::Bool(yes)) => words(*yes).map(str::to_owned).to_vec(),
        (Shape::Names, value) => vec![joined(value, NAMES_APART, Value::as_str)],
        (Shape::Choices | Shape::Phones, value) => vec![joined(value, " ", Value::as_str)],
        (Shape::Documents, value) => vec![joined(value, " ", |one| one.get("number")?.as_str())],
        (Shape::Contact | Shape::Fact | Shape::Details, _) => Vec::new(),
        (_, Value::String(text)) => one(text),
        (_, Value::Number(number)) => one(&number.to_string()),
        _ => Vec::new(),
    }
}

fn joined<'v>(list: &'v Value, apart: &str, text: impl Fn(&'v Value) -> Option<&'v str>) -> String {
    let texts: Vec<&str> = list.as_array().into_iter().flatten().filter_map(text).collect();
    texts.join(apart)
}

/// Whether a text is an answer to the question: of its type, and where it is chosen, in its list.
fn fits(plan: &Plan, item: ItemId, text: &str) -> bool {
    let kind = &plan.node(item).kind;
    let list = kind.list().and_then(|(list, _)| plan.form().lists.get(list));
    match (text.is_empty(), Answer::read(kind, text), list) {
        (true, ..) | (_, None, _) => false,
        (_, Some(Answer::Chosen(names)), Some(choices)) => {
            names.iter().all(|name| choices.iter().any(|choice| choice.name == *name))
        }
        _ => true,
    }
}

/// Whether an answer can become the field's value: one text or several of them, nothing that has parts of its own.
pub fn is_writable(shape: Shape) -> bool {
    !matches!(shape, Shape::Documents | Shape::Contact | Shape::Fact | Shape::Details)
}

/// The value an answer stands for, for the register to check.
pub fn value_of(shape: Shape, text: &str) -> Value {
    let list = |texts: Vec<&str>| texts.into_iter().map(str::trim).filter(|text| !text.is_empty()).collect();
    match shape {
        Shape::Names => list(text.split([',', '，', '、']).collect()),
        Shape::Choices | Shape::Phones => list(text.split([' ', ',', '，', '、']).collect()),
        _ => Value::String(text.to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::{texts_of, value_of};
    use registry::Shape;
    use serde_json::json;

    #[test]
    fn a_value_is_written_as_an_answer() {
        let rows = [
            (Shape::Name, json!("张晓明"), "张晓明"),
            (Shape::Area, json!(8950), "89.5"),
            (Shape::Area, json!(12000), "120"),
            (Shape::Yes, json!(true), "yes"),
            (Shape::Whole, json!(3), "3"),
            (Shape::Names, json!(["欧阳 明", "小明"]), "欧阳 明、小明"),
            (Shape::Phones, json!(["13873300042", "073128888888"]), "13873300042 073128888888"),
            (Shape::Documents, json!([{ "kind": "resident_id", "number": "1101" }]), "1101"),
        ];
        for (shape, value, text) in rows {
            assert_eq!(texts_of(shape, &value).first().map(String::as_str), Some(text), "{shape:?}");
        }
        assert!(texts_of(Shape::Contact, &json!({ "name": "张", "phone": "1" })).is_empty());
    }

    #[test]
    fn an_answer_is_a_value_again() {
        let rows = [
            (Shape::Phones, "13873300042 073128888888", json!(["13873300042", "073128888888"])),
            (Shape::Names, "欧阳 明、小明", json!(["欧阳 明", "小明"])),
            (Shape::Area, "89.5", json!("89.5")),
        ];
        for (shape, text, value) in rows {
            assert_eq!(value_of(shape, text), value, "{shape:?}");
        }
    }
}
