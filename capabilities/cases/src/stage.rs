//! What the workflow's states, actions and levels mean to lists and figures. Said here alone; a district's own workflow keeps it.

use flow::{Action, Workflow};

/// The end of a case that was done, not withdrawn, merged or refused.
pub const DONE: &str = "closed";
/// The role symbol of whoever reported the case.
pub const REPORTER: &str = "reporter";
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
}
