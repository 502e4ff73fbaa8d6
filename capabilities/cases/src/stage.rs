//! What the workflow's states, actions and levels mean to lists and figures. Said here alone; a district's own workflow keeps it.

use flow::{Action, Workflow};

/// The end of a case that was done, not withdrawn, merged or refused.
pub const DONE: &str = "closed";
/// The end of a report that goes on as another case.
const MERGED: &str = "merged";
/// The role symbol of whoever reported the case.
pub const REPORTER: &str = "reporter";
/// Somebody takes a case on, and works on it from here.
const TAKES: [&str; 2] = ["take", "self_handle"];
/// Urged as far as this, or further, a case is under supervision.
const SUPERVISED: &str = "supervised_yellow";

/// States in which the reporter has the word, in one workflow.
pub fn reporter_states(workflow: &Workflow) -> impl Iterator<Item = &str> {
    workflow.states.iter().filter(|state| state.owner == REPORTER).map(|state| state.name.as_str())
}

/// The rank of urging from which a case is under supervision; out of reach where the workflow has no such level.
pub fn supervised_rank(workflow: &Workflow) -> i64 {
    workflow.level_rank(SUPERVISED).and_then(|rank| i64::try_from(rank).ok()).unwrap_or(i64::MAX)
}

/// Whether an action is the work itself done: after it the reporter is asked, or would be if there was one.
pub fn is_work_done(workflow: &Workflow, action: &str) -> bool {
    workflow.action(action).is_some_and(|action| asks_reporter(workflow, action))
}

fn asks_reporter(workflow: &Workflow, action: &Action) -> bool {
    reporter_states(workflow).any(|state| state == action.to)
}

/// What a step means to whoever reported the case.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum News {
    /// Somebody works on it.
    Taken,
    /// It is done or answered, and they have the word.
    Asks,
    /// It is over, and not by their own word.
    Ended,
}

/// Whether a step is news to the reporter. What they did themselves is none, nor is what goes on between offices.
pub fn news_of(workflow: &Workflow, action: &str, from: Option<&str>, to: &str) -> Option<News> {
    let taken = workflow.action(action)?;
    if from == Some(to) || taken.who.iter().all(|role| role == REPORTER) {
        return None;
    }
    let state = workflow.state(to)?;
    if state.is_final {
        Some(News::Ended)
    } else if state.owner == REPORTER {
        Some(News::Asks)
    } else {
        TAKES.contains(&action).then_some(News::Taken)
    }
}

/// Whether a step is the end of a case for those who follow it. One that was merged goes on elsewhere, and they with it.
pub fn is_end_for_followers(workflow: &Workflow, from: Option<&str>, to: &str) -> bool {
    from != Some(to) && to != MERGED && workflow.state(to).is_some_and(|state| state.is_final)
}

#[cfg(test)]
mod tests {
    //! The built-in workflow means what the screens say.
    use super::*;
    use crate::rules::Rules;

    #[test]
    fn the_built_in_workflow_has_all_meanings() {
        let rules = Rules::load(None).expect("the built-in rule book");
        let workflow = rules.workflow();
        assert_eq!(reporter_states(workflow).collect::<Vec<_>>(), ["confirming", "answered"]);
        assert_eq!(supervised_rank(workflow), 3);
        assert!(workflow.state(DONE).is_some_and(|state| state.is_final));
        let done: Vec<&str> =
            workflow.actions.iter().map(|a| a.name.as_str()).filter(|a| is_work_done(workflow, a)).collect();
        assert_eq!(done, ["finish", "answer", "verify"]);
    }

    #[test]
    fn a_reporter_hears_of_what_is_news_to_them() {
        let rules = Rules::load(None).expect("the built-in rule book");
        let rows = [
            ("route", "reported", "assigned", None),
            ("take", "assigned", "handling", Some(News::Taken)),
            ("self_handle", "reported", "handling", Some(News::Taken)),
            ("resume", "paused", "handling", None),
            ("report_progress", "handling", "handling", None),
            ("finish", "handling", "verifying", None),
            ("verify", "verifying", "confirming", Some(News::Asks)),
            ("answer", "accepted", "answered", Some(News::Asks)),
            ("refuse", "reported", "refused", Some(News::Ended)),
            ("merge", "accepted", "merged", Some(News::Ended)),
            ("close_by_silence", "confirming", "closed", Some(News::Ended)),
            ("confirm", "confirming", "closed", None),
            ("withdraw", "handling", "withdrawn", None),
            ("reopen", "confirming", "handling", None),
        ];
        for (action, from, to, expected) in rows {
            assert_eq!(news_of(rules.workflow(), action, Some(from), to), expected, "{action}");
        }
    }

    #[test]
    fn followers_hear_of_the_end_and_of_nothing_else() {
        let rules = Rules::load(None).expect("the built-in rule book");
        let heard: Vec<&str> = (rules.workflow().states.iter())
            .map(|state| state.name.as_str())
            .filter(|to| is_end_for_followers(rules.workflow(), Some("handling"), to))
            .collect();
        assert_eq!(heard, ["closed", "refused", "withdrawn", "archived"]);
        assert!(
            !is_end_for_followers(rules.workflow(), Some("closed"), "closed"),
            "a word about an ended case"
        );
    }
}
