// How much an expression or a draft may be: the same numbers as crates/forms/src/limits.rs.

export const EXPRESSION_CHARS_MAX = 20_000;
export const EXPRESSION_DEPTH_MAX = 200;
export const EVALUATION_STEPS_MAX = 20_000_000;
export const PATTERN_CHARS_MAX = 1_000;
export const PATTERN_REPEATS_MAX = 1_000;
export const PATTERN_STATES_MAX = 20_000;
export const PATTERN_GROUPS_DEEP_MAX = 30;
export const REPEAT_INSTANCES_MAX = 1_000;
export const ANSWER_NODES_MAX = 200_000;
export const ANSWER_CHARS_MAX = 50_000;
export const RULES_RUN_MAX = 1_000_000;
