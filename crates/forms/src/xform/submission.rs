//! A submission read: bounded, without document types, every node either an answer or told. ODK XForms specification,
//! "Instance", "Metadata" and "Submission".

use super::head::count_helper;
use super::source::{Bounds, Source, Token, XmlFault};
use crate::answers::{Answers, Stranger};
use crate::expression::NodeId;
use crate::limits::{
    ANSWER_CHARS_MAX, ANSWER_NODES_MAX, REPEAT_INSTANCES_MAX, SUBMISSION_BYTES_MAX, SUBMISSION_DEPTH_MAX,
    UNKNOWN_NODES_MAX,
};
use crate::plan::{ItemId, Plan};
use platform::Words;
use std::collections::BTreeMap;
use std::sync::Arc;

/// What a submission says of itself, before anybody knows its form.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SubmissionHead {
    pub form_id: String,
    pub version: String,
}

/// A submission, read against the version of the form it was made with.
#[derive(Clone, Debug)]
pub struct Submission {
    pub head: SubmissionHead,
    pub answers: Answers,
    /// The meta block by local name: `instanceID`, `deprecatedID`, `instanceName`, `timeStart` …
    pub meta: BTreeMap<String, String>,
    /// What no question asks for: kept, and told.
    pub strangers: Vec<Stranger>,
    /// Names of files that have to come with it.
    pub files: Vec<String>,
}

impl Submission {
    /// The id its sender gave it, without which it cannot be told from others.
    pub fn instance_id(&self) -> Option<&str> {
        self.meta.get("instanceID").map(String::as_str).filter(|id| !id.is_empty())
    }
}

/// Why a submission is not read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SubmissionFault {
    #[error(transparent)]
    Xml(#[from] XmlFault),
    /// The root says no form, or another than the one it is read against.
    #[error("not of this form")]
    OtherForm,
    #[error("an answer of more than {chars_max} characters")]
    TooLong { chars_max: usize },
}

impl SubmissionFault {
    /// Stable.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Xml(fault) => fault.code(),
            Self::OtherForm => "submission.other_form",
            Self::TooLong { .. } => "submission.too_long",
        }
    }

    pub fn words(&self) -> Words {
        match self {
            Self::Xml(fault) => fault.words(),
            Self::OtherForm => {
                Words::of("提交的内容不属于这个表单。", "The submission does not belong to this form.")
            }
            Self::TooLong { chars_max } => Words::new(
                format!("有一个回答超过 {chars_max} 个字符。"),
                format!("One answer has more than {chars_max} characters."),
            ),
        }
    }
}

const BOUNDS: Bounds =
    Bounds { bytes_max: SUBMISSION_BYTES_MAX, depth_max: SUBMISSION_DEPTH_MAX, nodes_max: ANSWER_NODES_MAX };

/// Form and version of a submission, from its root alone.
///
/// # Errors
/// [`SubmissionFault`], as far as the root shows it.
pub fn read_submission_head(xml: &[u8]) -> Result<SubmissionHead, SubmissionFault> {
    let mut source = Source::of(xml, BOUNDS)?;
    loop {
        match source.next()? {
            Token::Start { attributes, .. } => return head_of(attributes).ok_or(SubmissionFault::OtherForm),
            Token::Text(text) if text.trim().is_empty() => {}
            _ => return Err(SubmissionFault::OtherForm),
        }
    }
}

/// The attributes `id` and `version`.
fn head_of(attributes: Vec<(String, String)>) -> Option<SubmissionHead> {
    let mut head = SubmissionHead::default();
    for (name, value) in attributes {
        match name.as_str() {
            "id" => head.form_id = value,
            "version" => head.version = value,
            _ => {}
        }
    }
    (!head.form_id.is_empty()).then_some(head)
}

/// Reads a submission. Values are put as they are: [`Answers::check`] judges them.
///
/// # Errors
/// [`SubmissionFault`].
pub fn read_submission(plan: &Arc<Plan>, xml: &[u8]) -> Result<Submission, SubmissionFault> {
    let head = read_submission_head(xml)?;
    if head.form_id != plan.form().id {
        return Err(SubmissionFault::OtherForm);
    }
    let mut filling = Filling {
        submission: Submission {
            head,
            answers: Answers::empty(plan),
            meta: BTreeMap::new(),
            strangers: Vec::new(),
            files: Vec::new(),
        },
        open: Vec::new(),
    };
    let mut source = Source::of(xml, BOUNDS)?;
    loop {
        match source.next()? {
            Token::Start { name, .. } => filling.start(&name),
            Token::Text(text) => filling.text(&text)?,
            Token::End => filling.end(),
            Token::Eof => break,
        }
    }
    Ok(filling.submission)
}

/// Where the reading stands.
enum Place {
    Root,
    Group(NodeId, ItemId),
    Leaf(NodeId, ItemId),
    Meta,
    MetaLeaf(String),
    /// No question asks for it; its path.
    Stranger(String),
    /// The count of a repeat, which [`super::write_form`] put there.
    Helper,
}

struct Filling {
    submission: Submission,
    open: Vec<(Place, String)>,
}

impl Filling {
    fn start(&mut self, name: &str) {
        let place = match self.open.last().map(|(place, _)| place) {
            None => Place::Root,
            Some(Place::Root) if name == "meta" => Place::Meta,
            Some(Place::Root) => self.child(NodeId::ROOT, None, name),
            Some(Place::Group(node, item)) => {
                let (node, item) = (*node, *item);
                self.child(node, Some(item), name)
            }
            Some(Place::Meta) => Place::MetaLeaf(name.to_owned()),
            Some(Place::Stranger(path)) => Place::Stranger(format!("{path}/{name}")),
            Some(Place::Leaf(node, _)) => {
                Place::Stranger(format!("{}/{name}", self.submission.answers.tree.address(*node)))
            }
            Some(Place::MetaLeaf(_) | Place::Helper) => Place::Stranger(format!("/meta/{name}")),
        };
        self.open.push((place, String::new()));
    }

    fn child(&mut self, parent: NodeId, above: Option<ItemId>, name: &str) -> Place {
        let answers = &mut self.submission.answers;
        let plan = Arc::clone(answers.plan());
        let stranger = Place::Stranger(format!("{}/{name}", answers.tree.address(parent)));
        let prefix = above.map_or(String::new(), |item| plan.path(item));
        let Some(item) = plan.find_path(&format!("{prefix}/{name}")) else {
            let repeats = plan.children(above).into_iter();
            let is_helper = repeats.filter_map(|item| count_helper(&plan, item)).any(|helper| helper == name);
            return if is_helper { Place::Helper } else { stranger };
        };
        let kind = &plan.node(item).kind;
        if kind.is_repeat() {
            let room = answers.tree.children_named(parent, name).len() < REPEAT_INSTANCES_MAX;
            let added = if room { answers.add_empty(parent, item) } else { None };
            return added.map_or(stranger, |node| Place::Group(node, item));
        }
        match answers.tree.children_named(parent, name).first() {
            Some(node) if kind.is_group() => Place::Group(*node, item),
            // The same question twice: the first counts, the second is told.
            Some(node) if answers.tree.text(*node).is_empty() => Place::Leaf(*node, item),
            _ => stranger,
        }
    }

    fn text(&mut self, text: &str) -> Result<(), SubmissionFault> {
        let Some((_, held)) = self.open.last_mut() else { return Ok(()) };
        held.push_str(text);
        // One more than may be kept is enough to tell that it is too long.
        if held.len() > ANSWER_CHARS_MAX * 4 + 4 {
            return Err(SubmissionFault::TooLong { chars_max: ANSWER_CHARS_MAX });
        }
        Ok(())
    }

    fn end(&mut self) {
        let Some((place, text)) = self.open.pop() else { return };
        let submission = &mut self.submission;
        match place {
            Place::Leaf(node, item) => {
                if submission.answers.plan().node(item).kind.is_file() && !text.trim().is_empty() {
                    submission.files.push(text.trim().to_owned());
                }
                submission.answers.tree.set_text(node, text);
            }
            Place::MetaLeaf(name) if submission.meta.len() < UNKNOWN_NODES_MAX => {
                submission.meta.insert(name, text.trim().to_owned());
            }
            Place::Stranger(path)
                if !text.trim().is_empty() && submission.strangers.len() < UNKNOWN_NODES_MAX =>
            {
                submission.strangers.push(Stranger { path, text: text.trim().to_owned() });
            }
            _ => {}
        }
    }
}
