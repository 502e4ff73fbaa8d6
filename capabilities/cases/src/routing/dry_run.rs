//! What changed rules would have done to past cases: counts of moves from post to post, with examples to open. Changes nothing.

use super::{Route, RouteInput, Router};
use crate::catalogue::PostSelector;
use platform::Words;
use serde::Serialize;
use std::collections::BTreeMap;

/// Cases named per move, so that somebody can open a few.
pub const DRY_RUN_SAMPLES_MAX: usize = 5;

/// The outcome over all cases looked at.
#[derive(Clone, PartialEq, Debug, Default, Serialize)]
pub struct DryRun {
    /// Cases looked at.
    pub cases: u64,
    /// Same host and same co-hosts.
    pub unchanged: u64,
    /// Same host, other co-hosts.
    pub co_hosts_changed: u64,
    /// Another host, by type: most cases first.
    pub moves: Vec<Move>,
    /// Cases the new rules would have given to a grid worker against the list; they fall to the desk.
    pub withheld: u64,
}

/// Cases of one type that would have gone to somebody else.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct Move {
    pub type_code: String,
    pub type_words: Words,
    pub from: PostSelector,
    pub from_words: Words,
    pub to: PostSelector,
    pub to_words: Words,
    pub cases: u64,
    /// The first few, as the caller names them.
    pub samples: Vec<String>,
    /// Keys of the new rules that decided, each once, in the order met.
    pub rules: Vec<String>,
}

/// Routes every case by both and compares. Memory does not grow with the number of cases.
pub fn dry_run<'a>(
    old: &Router,
    new: &Router,
    cases: impl IntoIterator<Item = (String, RouteInput<'a>)>,
) -> DryRun {
    let mut outcome = DryRun::default();
    let mut moves: BTreeMap<(String, PostSelector, PostSelector), Move> = BTreeMap::new();
    for (sample, input) in cases {
        let (before, after) = (old.route(&input), new.route(&input));
        outcome.cases += 1;
        outcome.withheld += u64::from(!after.withheld.is_empty());
        if before.to != after.to {
            moves
                .entry((after.type_code.clone(), before.to.clone(), after.to.clone()))
                .or_insert_with(|| Move {
                    type_code: after.type_code.clone(),
                    type_words: after.type_name.clone(),
                    from: before.to.clone(),
                    from_words: before.to_words.clone(),
                    to: after.to.clone(),
                    to_words: after.to_words.clone(),
                    cases: 0,
                    samples: Vec::new(),
                    rules: Vec::new(),
                })
                .count(sample, &after);
        } else if co_hosts(&before) != co_hosts(&after) {
            outcome.co_hosts_changed += 1;
        } else {
            outcome.unchanged += 1;
        }
    }
    outcome.moves = moves.into_values().collect();
    outcome.moves.sort_by_key(|m| std::cmp::Reverse(m.cases));
    outcome
}

impl Move {
    fn count(&mut self, sample: String, after: &Route) {
        self.cases += 1;
        if self.samples.len() < DRY_RUN_SAMPLES_MAX {
            self.samples.push(sample);
        }
        if !self.rules.contains(&after.rule.key) {
            self.rules.push(after.rule.key.clone());
        }
    }
}

fn co_hosts(route: &Route) -> Vec<&PostSelector> {
    route.co.iter().map(|c| &c.to).collect()
}
