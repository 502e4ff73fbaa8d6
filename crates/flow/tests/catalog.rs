//! Every workflow that ships can be loaded.
use crate::town::CASE_FLOW;

#[test]
fn the_case_workflow_loads() {
    assert_eq!(CASE_FLOW.key, "case");
}
