//! Asking nothing twice: questions whose answer the register has and that is fresh are shown as known, and counted.

use super::{Answers, FillingFault, Scene};
use crate::form::FieldRef;

/// What the register says of a field, for the subject the form is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Known {
    /// As an answer is written.
    pub text: String,
    /// Days since it was last confirmed.
    pub age_days: u32,
    /// Whether the register's own rule takes it for fresh; a form may ask for less or more days.
    pub is_fresh: bool,
}

/// How much of a form was not asked.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct NotAsked {
    /// Relevant questions.
    pub questions: usize,
    /// Of them: known and fresh, so shown and not asked.
    pub known: usize,
    /// Of them: known, and too old not to ask.
    pub stale: usize,
}

impl Answers {
    /// Questions that are asked or shown here, each in all instances of the repeats around it.
    pub fn count_questions(&self) -> usize {
        let questions = self.plan.items().filter(|item| self.plan.node(*item).kind.is_question());
        questions.map(|item| self.count_relevant(item)).sum()
    }

    fn count_relevant(&self, item: crate::plan::ItemId) -> usize {
        self.nodes_of(item).into_iter().filter(|node| self.tree.is_relevant(*node)).count()
    }

    /// Puts what is known into the questions that declare a prefill and are empty, and counts. Nodes in repeats are not
    /// touched: a field has one value, not one an instance.
    ///
    /// # Errors
    /// [`FillingFault`], from the rules that follow.
    pub fn fill_known(
        &mut self,
        scene: &Scene<'_>,
        look: impl Fn(&FieldRef) -> Option<Known>,
    ) -> Result<NotAsked, FillingFault> {
        let plan = std::sync::Arc::clone(&self.plan);
        let mut fresh = std::collections::HashSet::new();
        let mut counts = NotAsked::default();
        for item in plan.items() {
            let Some(register) = &plan.node(item).register else { continue };
            let in_repeat = plan.upwards(item).any(|up| plan.node(up).kind.is_repeat());
            let Some(known) = register.prefill.as_ref().and_then(&look).filter(|_| !in_repeat) else {
                continue;
            };
            let is_fresh = register.fresh_days.map_or(known.is_fresh, |days| known.age_days <= days);
            let address = plan.path(item);
            if self.text(&address) == Some("") {
                self.set(&address, &known.text, scene)?;
            }
            if is_fresh && self.text(&address) == Some(known.text.as_str()) {
                fresh.insert(item);
            } else {
                counts.stale += usize::from(!is_fresh);
            }
        }
        for item in plan.items().filter(|item| plan.node(*item).kind.is_question()) {
            let asked = self.count_relevant(item);
            counts.questions += asked;
            counts.known += if fresh.contains(&item) { asked } else { 0 };
        }
        Ok(counts)
    }
}
