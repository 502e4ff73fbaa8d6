//! What a campaign found: how often each choice of its form was answered. Figures so small that they point at a home are not told.

use forms::{Kind, Node, Plan};
use serde::Serialize;
use serde_json::Value;
use std::collections::BTreeMap;
use utoipa::ToSchema;

/// A figure below this could be a neighbour everybody knows.
pub const CELL_MIN: i64 = 5;

/// A question with choices, and how often each was taken.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct FoundQuestion {
    /// `/household/has_gas`
    pub path: String,
    /// By language.
    pub label: BTreeMap<String, String>,
    pub choices: Vec<FoundChoice>,
}

/// A choice.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct FoundChoice {
    pub name: String,
    pub label: BTreeMap<String, String>,
    /// None: fewer than 5, or one that would tell such a figure.
    pub answers: Option<i64>,
}

/// Counts answers while they are read; nothing of a single one is kept.
#[derive(Debug, Default)]
pub struct Finding {
    counts: BTreeMap<(String, String), i64>,
    /// Values that were given: what it cost to answer.
    pub answered: i64,
}

impl Finding {
    /// Takes in the answers of one form that was filled.
    pub fn add(&mut self, plan: &Plan, answers: &Value) {
        self.walk(&plan.form().nodes, answers, "");
    }

    fn walk(&mut self, nodes: &[Node], answers: &Value, above: &str) {
        for node in nodes {
            let Some(value) = answers.get(&node.name) else { continue };
            let path = format!("{above}/{}", node.name);
            match (&node.kind, value) {
                (Kind::Group { nodes }, value) => self.walk(nodes, value, &path),
                (Kind::Repeat { nodes, .. }, Value::Array(instances)) => {
                    instances.iter().for_each(|instance| self.walk(nodes, instance, &path));
                }
                (kind, value) => self.count(kind, node.register.is_some(), path, value),
            }
        }
    }

    /// What is tied to the register says something of a person, and is no finding.
    fn count(&mut self, kind: &Kind, is_of_register: bool, path: String, value: &Value) {
        self.answered += i64::from(!value.is_null() && kind.is_question());
        match (kind, value) {
            _ if is_of_register => {}
            (Kind::SelectOne { .. }, Value::String(name)) => self.tick(path, name),
            (Kind::SelectMany { .. }, Value::Array(names)) => {
                names.iter().filter_map(Value::as_str).for_each(|name| self.tick(path.clone(), name));
            }
            _ => {}
        }
    }

    fn tick(&mut self, path: String, name: &str) {
        *self.counts.entry((path, name.to_owned())).or_default() += 1;
    }

    /// The questions of a version with their figures.
    pub fn questions(&self, plan: &Plan) -> Vec<FoundQuestion> {
        let questions = plan.items().filter(|item| {
            let node = plan.node(*item);
            let is_choice = matches!(node.kind, Kind::SelectOne { .. } | Kind::SelectMany { .. });
            is_choice && node.register.is_none()
        });
        let question = |item| {
            let (path, node) = (plan.path(item), plan.node(item));
            let counts: Vec<(String, BTreeMap<String, String>, i64)> = choices_of(plan, node)
                .into_iter()
                .map(|(name, label)| {
                    let count = self.counts.get(&(path.clone(), name.clone())).copied().unwrap_or(0);
                    (name, label, count)
                })
                .collect();
            let told = told(&counts.iter().map(|(_, _, count)| *count).collect::<Vec<_>>());
            let choices = counts.into_iter().zip(told);
            let choices = choices.map(|((name, label, _), answers)| FoundChoice { name, label, answers });
            FoundQuestion { path, label: node.label.0.clone(), choices: choices.collect() }
        };
        questions.map(question).filter(|question| !question.choices.is_empty()).collect()
    }
}

/// The choices of a question; of a list that is longer than a table, the first.
fn choices_of(plan: &Plan, node: &Node) -> Vec<(String, BTreeMap<String, String>)> {
    const CHOICES_MAX: usize = 200;
    let (Kind::SelectOne { list, .. } | Kind::SelectMany { list, .. }) = &node.kind else {
        return Vec::new();
    };
    let choices = plan.form().lists.get(list).into_iter().flatten().take(CHOICES_MAX);
    choices.map(|choice| (choice.name.clone(), choice.label.0.clone())).collect()
}

/// The figures that are told: none below [`CELL_MIN`], and where only one is hidden the next smallest with it, since the sum would give it
/// away.
fn told(counts: &[i64]) -> Vec<Option<i64>> {
    let is_small = |count: i64| (1..CELL_MIN).contains(&count);
    let mut told: Vec<Option<i64>> =
        counts.iter().map(|count| (!is_small(*count)).then_some(*count)).collect();
    if told.iter().filter(|count| count.is_none()).count() == 1 {
        let next = told.iter_mut().filter(|count| count.is_some_and(|count| count > 0)).min();
        if let Some(next) = next {
            *next = None;
        }
    }
    told
}

#[cfg(test)]
mod tests {
    //! No small figure is told, nor can be worked out.
    use super::told;

    #[test]
    fn small_figures_are_hidden_and_none_alone() {
        let rows: [(&[i64], &[Option<i64>]); 6] = [
            (&[10, 20], &[Some(10), Some(20)]),
            (&[10, 3, 20], &[None, None, Some(20)]),
            (&[1, 4, 9], &[None, None, Some(9)]),
            (&[0, 4, 9], &[Some(0), None, None]),
            (&[0, 5], &[Some(0), Some(5)]),
            (&[2], &[None]),
        ];
        for (counts, expected) in rows {
            assert_eq!(told(counts), expected, "{counts:?}");
        }
    }
}
