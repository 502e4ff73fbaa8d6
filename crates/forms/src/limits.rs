//! How much a form, an expression, a draft or a submission may be. Each limit has a name and a unit.

use platform::limits::MIB;

/// Bytes of a definition in JSON.
pub const FORM_BYTES_MAX: usize = 64 * MIB as usize;
/// Questions, groups and repeats of one form together.
pub const NODES_MAX: usize = 20_000;
/// Choices of all lists of one form together.
pub const CHOICES_MAX: usize = 200_000;
/// Choices of one list that stand within an XForm a server hands out; a longer list is a file beside it.
pub const CHOICES_WITHIN_MAX: usize = 1_000;
/// Groups and repeats within each other.
pub const GROUPS_DEEP_MAX: usize = 16;
/// Languages of one form.
pub const LANGUAGES_MAX: usize = 50;
/// Characters of a label, a hint or a message in one language.
pub const TEXT_CHARS_MAX: usize = 20_000;
/// Characters of a name.
pub const NAME_CHARS_MAX: usize = 200;
/// References from rules to questions, counted while they are looked up and again with what they bring along.
pub const DEPENDENCIES_MAX: usize = 4_000_000;
/// Faults that are told of one form; more are only counted by their absence.
pub const FAULTS_MAX: usize = 200;

/// Characters of one expression.
pub const EXPRESSION_CHARS_MAX: usize = 20_000;
/// Parts of an expression within each other.
pub const EXPRESSION_DEPTH_MAX: usize = 200;
/// Nodes one evaluation may look at before it is given up.
pub const EVALUATION_STEPS_MAX: u64 = 20_000_000;
/// Characters of a pattern of `regex()`.
pub const PATTERN_CHARS_MAX: usize = 1_000;
/// How often `{n,m}` in a pattern may repeat what stands before it.
pub const PATTERN_REPEATS_MAX: u32 = 1_000;
/// States a pattern may unfold to. What is tested costs at most this times its characters.
pub const PATTERN_STATES_MAX: usize = 20_000;

/// Instances of one repeat within one parent.
pub const REPEAT_INSTANCES_MAX: usize = 1_000;
/// Nodes of one set of answers: leaves, groups and instances of repeats.
pub const ANSWER_NODES_MAX: usize = 200_000;
/// Characters of one answer.
pub const ANSWER_CHARS_MAX: usize = 50_000;

/// Bytes of one submission in XML, without its files.
pub const SUBMISSION_BYTES_MAX: usize = 10 * MIB as usize;
/// Elements of one submission within each other.
pub const SUBMISSION_DEPTH_MAX: usize = 40;
/// Nodes of a submission that no question asks for and that are kept.
pub const UNKNOWN_NODES_MAX: usize = 1_000;

/// Bytes of an XForm.
pub const XFORM_BYTES_MAX: usize = 32 * MIB as usize;
/// Elements of an XForm within each other.
pub const XFORM_DEPTH_MAX: usize = 60;
/// Elements of an XForm.
pub const XFORM_NODES_MAX: usize = 1_000_000;
