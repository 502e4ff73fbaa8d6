//! The burden meter: what a form costs whoever fills it, before anybody has to.

use crate::catalogue::BurdenBook;
use forms::{ItemId, Plan};
use serde::Serialize;
use utoipa::ToSchema;

/// Questions × time.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Burden {
    /// Questions that are asked; those within a repeat count once.
    pub questions: u64,
    /// Of them: prefilled from the register, so only read.
    pub prefilled: u64,
    /// Of them: within a repeat.
    pub repeated: u64,
    /// To fill all of it once, each repeat as often as the catalogue says.
    pub seconds: u64,
    /// The same, rounded up.
    pub minutes: u64,
    /// `questions` × `minutes`, the figure forms are compared by.
    pub meter: u64,
    /// Where the seconds are from.
    pub source: String,
}

impl Burden {
    pub fn of(plan: &Plan, book: &BurdenBook) -> Self {
        let (mut questions, mut prefilled, mut repeated, mut seconds) = (0, 0, 0, 0_u64);
        for item in plan.items().filter(|item| plan.node(*item).kind.is_question()) {
            let node = plan.node(item);
            let times = instances(plan, item, book);
            let is_known = node.register.as_ref().is_some_and(|register| register.prefill.is_some());
            let each = if is_known { book.known_seconds } else { book.seconds_of(node.kind.word()) };
            questions += 1;
            prefilled += u64::from(is_known);
            repeated += u64::from(is_repeated(plan, item));
            seconds = seconds.saturating_add(each.saturating_mul(times));
        }
        let minutes = seconds.div_ceil(60);
        let meter = questions * minutes;
        Self { questions, prefilled, repeated, seconds, minutes, meter, source: book.source.clone() }
    }
}

/// How often a question is taken to be asked.
fn instances(plan: &Plan, item: ItemId, book: &BurdenBook) -> u64 {
    let repeats = above(plan, item).filter(|up| plan.node(*up).kind.is_repeat()).count();
    book.repeat_instances.saturating_pow(u32::try_from(repeats).unwrap_or(u32::MAX))
}

/// Whether a question lies within a repeat.
pub(super) fn is_repeated(plan: &Plan, item: ItemId) -> bool {
    above(plan, item).any(|up| plan.node(up).kind.is_repeat())
}

fn above(plan: &Plan, item: ItemId) -> impl Iterator<Item = ItemId> + '_ {
    std::iter::successors(plan.parent(item), |up| plan.parent(*up))
}
