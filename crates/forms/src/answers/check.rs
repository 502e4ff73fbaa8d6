//! Checking a whole set of answers: required, constraint, type and choice. What is not asked is not checked.

use super::{Answer, Answers, Scene};
use crate::expression::{ExpressionFault, Focus, NodeId, World};
use crate::form::{Choice, Kind, Node};
use crate::limits::{ANSWER_CHARS_MAX, FAULTS_MAX};
use crate::plan::ItemId;
use platform::Words;

/// One answer that does not hold.
#[derive(Clone, Debug, PartialEq)]
pub struct AnswerFault {
    /// `/household/member[2]/age`.
    pub address: String,
    pub what: AnswerTrouble,
    /// What the form says of it, with answers filled in; empty where it says nothing.
    pub message: String,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AnswerTrouble {
    /// An answer is needed, and there is none.
    Missing,
    /// The constraint is not kept.
    Constraint,
    /// Not of the question's type.
    WrongType,
    /// Chosen what the list does not have, or the filter does not offer.
    NoSuchChoice {
        name: String,
    },
    TooLong,
    /// A rule of the form gave no value.
    Rule(ExpressionFault),
}

impl AnswerTrouble {
    /// Stable.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Missing => "answer.missing",
            Self::Constraint => "answer.constraint",
            Self::WrongType => "answer.wrong_type",
            Self::NoSuchChoice { .. } => "answer.no_such_choice",
            Self::TooLong => "answer.too_long",
            Self::Rule(fault) => fault.code(),
        }
    }

    /// What is said where the form has no message of its own.
    pub fn words(&self) -> Words {
        match self {
            Self::Missing => Words::of("这道题必须回答。", "This needs an answer."),
            Self::Constraint => Words::of("这个回答不符合要求。", "This answer is not allowed."),
            Self::WrongType => Words::of("这个回答的格式不对。", "This answer is not of the right form."),
            Self::NoSuchChoice { name } => {
                Words::new(format!("没有选项“{name}”。"), format!("There is no choice “{name}”."))
            }
            Self::TooLong => Words::new(
                format!("回答超过 {ANSWER_CHARS_MAX} 个字符。"),
                format!("The answer has more than {ANSWER_CHARS_MAX} characters."),
            ),
            Self::Rule(fault) => fault.words(),
        }
    }
}

impl Answers {
    /// Everything that does not hold, at most [`FAULTS_MAX`], in the order of the form.
    pub fn check(&self, scene: &Scene<'_>) -> Vec<AnswerFault> {
        let mut faults = Vec::new();
        let world = self.world(scene);
        self.check_below(NodeId::ROOT, &world, scene, &mut faults);
        faults
    }

    fn check_below(&self, node: NodeId, world: &World<'_>, scene: &Scene<'_>, faults: &mut Vec<AnswerFault>) {
        for child in self.tree.children(node) {
            if !self.tree.own_relevance(child) || faults.len() == FAULTS_MAX {
                continue;
            }
            let Some(item) = self.item(child) else { continue };
            if self.plan.node(item).kind.is_group() {
                self.check_below(child, world, scene, faults);
                continue;
            }
            world.rest();
            let trouble = self.check_one(child, item, world, scene);
            if let Some(what) = trouble.unwrap_or_else(|fault| Some(AnswerTrouble::Rule(fault))) {
                let message = self.message_of(child, item, &what, scene);
                faults.push(AnswerFault { address: self.tree.address(child), what, message });
            }
        }
    }

    fn message_of(&self, node: NodeId, item: ItemId, what: &AnswerTrouble, scene: &Scene<'_>) -> String {
        let definition = self.plan.node(item);
        let text = match what {
            AnswerTrouble::Missing => &definition.required_message,
            AnswerTrouble::Constraint => &definition.constraint_message,
            _ => return String::new(),
        };
        self.sentence(text, &self.tree.address(node), scene)
    }

    fn check_one(
        &self,
        node: NodeId,
        item: ItemId,
        world: &World<'_>,
        scene: &Scene<'_>,
    ) -> Result<Option<AnswerTrouble>, ExpressionFault> {
        let (definition, rules, text) =
            (self.plan.node(item), &self.plan.item(item).rules, self.tree.text(node));
        let focus = Focus::on(node);
        if text.is_empty() {
            let is_needed = match &rules.required {
                // A calculation nobody is asked for cannot be made up for.
                Some(rule) if definition.kind.is_question() => world.bool(rule, &focus)?,
                _ => false,
            };
            return Ok(is_needed.then_some(AnswerTrouble::Missing));
        }
        if text.chars().count() > ANSWER_CHARS_MAX {
            return Ok(Some(AnswerTrouble::TooLong));
        }
        let Some(answer) = Answer::read(&definition.kind, text) else {
            return Ok(Some(AnswerTrouble::WrongType));
        };
        if let (Answer::Chosen(names), Some((list, _))) = (&answer, definition.kind.list())
            && let Some(choices) = self.plan.form().lists.get(list)
            && let Some(name) = self.stranger_among(names, choices, (node, item), definition, scene)?
        {
            return Ok(Some(AnswerTrouble::NoSuchChoice { name }));
        }
        match &rules.constraint {
            Some(rule) if !world.bool(rule, &focus)? => Ok(Some(AnswerTrouble::Constraint)),
            _ => Ok(None),
        }
    }

    /// A chosen name that is not offered; of a rank also a name that comes twice.
    fn stranger_among(
        &self,
        names: &[String],
        choices: &[Choice],
        (node, item): (NodeId, ItemId),
        definition: &Node,
        scene: &Scene<'_>,
    ) -> Result<Option<String>, ExpressionFault> {
        let offered =
            self.offered(node, item, choices.len(), scene, |index| names.contains(&choices[index].name))?;
        for (at, name) in names.iter().enumerate() {
            let twice = matches!(definition.kind, Kind::Rank { .. }) && names[..at].contains(name);
            if twice || !offered.iter().any(|index| choices[*index].name == *name) {
                return Ok(Some(name.clone()));
            }
        }
        Ok(None)
    }
}
