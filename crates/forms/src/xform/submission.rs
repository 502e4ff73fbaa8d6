//! A submission read: bounded, without document types, every node either an answer or told. ODK XForms specification,
//! "Instance", "Metadata" and "Submission".

use super::head::count_helper;
use crate::answers::{Answers, Stranger};
use crate::expression::NodeId;
use crate::limits::{
    ANSWER_CHARS_MAX, ANSWER_NODES_MAX, REPEAT_INSTANCES_MAX, SUBMISSION_BYTES_MAX, SUBMISSION_DEPTH_MAX,
    UNKNOWN_NODES_MAX,
};
use crate::plan::{ItemId, Plan};
use platform::Words;
use quick_xml::escape::resolve_predefined_entity;
use quick_xml::events::{BytesStart, Event};
use quick_xml::{Reader, XmlVersion};
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
    #[error("more than {bytes_max} bytes")]
    TooLarge { bytes_max: usize },
    /// Entities could be declared in it, and no client writes one.
    #[error("declares a document type")]
    DocumentType,
    #[error("broken at byte {byte}: {why}")]
    Broken { byte: u64, why: String },
    #[error("nested deeper than {depth_max}")]
    TooDeep { depth_max: usize },
    #[error("more than {nodes_max} nodes")]
    TooMany { nodes_max: usize },
    /// The root says no form, or another than the one it is read against.
    #[error("not of this form")]
    OtherForm,
}

impl SubmissionFault {
    /// Stable.
    pub fn code(&self) -> &'static str {
        match self {
            Self::TooLarge { .. } => "submission.too_large",
            Self::DocumentType => "submission.document_type",
            Self::Broken { .. } => "submission.broken",
            Self::TooDeep { .. } => "submission.too_deep",
            Self::TooMany { .. } => "submission.too_many",
            Self::OtherForm => "submission.other_form",
        }
    }

    pub fn words(&self) -> Words {
        match self {
            Self::TooLarge { bytes_max } => Words::new(
                format!("提交的内容超过 {bytes_max} 字节。"),
                format!("The submission has more than {bytes_max} bytes."),
            ),
            Self::DocumentType => Words::of(
                "提交的 XML 含有文档类型声明，不予读取。",
                "The submission declares a document type and is not read.",
            ),
            Self::Broken { byte, .. } => Words::new(
                format!("提交的 XML 在第 {byte} 字节处损坏。"),
                format!("The XML of the submission is broken at byte {byte}."),
            ),
            Self::TooDeep { depth_max } => Words::new(
                format!("提交的 XML 嵌套超过 {depth_max} 层。"),
                format!("The XML of the submission is nested deeper than {depth_max}."),
            ),
            Self::TooMany { nodes_max } => Words::new(
                format!("提交的内容超过 {nodes_max} 项。"),
                format!("The submission has more than {nodes_max} nodes."),
            ),
            Self::OtherForm => {
                Words::of("提交的内容不属于这个表单。", "The submission does not belong to this form.")
            }
        }
    }
}

/// Form and version of a submission, from its root alone.
///
/// # Errors
/// [`SubmissionFault`], as far as the root shows it.
pub fn read_submission_head(xml: &[u8]) -> Result<SubmissionHead, SubmissionFault> {
    let mut source = Source::of(xml)?;
    loop {
        match source.next()? {
            Token::Start { head, .. } if !head.form_id.is_empty() => return Ok(head),
            Token::Text(text) if text.trim().is_empty() => {}
            _ => return Err(SubmissionFault::OtherForm),
        }
    }
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
        nodes: 0,
    };
    let mut source = Source::of(xml)?;
    loop {
        match source.next()? {
            Token::Start { name, .. } => filling.start(&name)?,
            Token::Text(text) => filling.text(&text)?,
            Token::End => filling.end(),
            Token::Eof => break,
        }
    }
    Ok(filling.submission)
}

enum Token {
    Start { name: String, head: SubmissionHead },
    Text(String),
    End,
    Eof,
}

/// The XML event by event, each within the limits.
struct Source<'x> {
    reader: Reader<&'x [u8]>,
    depth: usize,
    has_root: bool,
}

impl<'x> Source<'x> {
    fn of(xml: &'x [u8]) -> Result<Self, SubmissionFault> {
        if xml.len() > SUBMISSION_BYTES_MAX {
            return Err(SubmissionFault::TooLarge { bytes_max: SUBMISSION_BYTES_MAX });
        }
        let mut reader = Reader::from_reader(xml);
        reader.config_mut().expand_empty_elements = true;
        Ok(Self { reader, depth: 0, has_root: false })
    }

    fn broken(&self, why: impl Into<String>) -> SubmissionFault {
        SubmissionFault::Broken { byte: self.reader.buffer_position(), why: why.into() }
    }

    fn next(&mut self) -> Result<Token, SubmissionFault> {
        loop {
            let event = match self.reader.read_event() {
                Ok(event) => event,
                Err(error) => return Err(self.broken(error.to_string())),
            };
            match event {
                Event::Start(start) => return self.start(&start),
                Event::End(_) => {
                    self.depth = self.depth.saturating_sub(1);
                    return Ok(Token::End);
                }
                Event::Text(text) => return Ok(Token::Text(text.xml10_content().into_owned())),
                Event::CData(text) => return Ok(Token::Text(text.xml10_content().into_owned())),
                Event::GeneralRef(name) => {
                    let c = match name.resolve_char_ref() {
                        Ok(Some(c)) => Some(c.to_string()),
                        Ok(None) => resolve_predefined_entity(&name).map(str::to_owned),
                        Err(_) => None,
                    };
                    return c.map(Token::Text).ok_or_else(|| self.broken("an unknown entity"));
                }
                Event::DocType(_) => return Err(SubmissionFault::DocumentType),
                Event::Eof if self.depth > 0 || !self.has_root => return Err(self.broken("ends too early")),
                Event::Eof => return Ok(Token::Eof),
                Event::Comment(_) | Event::Decl(_) | Event::PI(_) | Event::Empty(_) => {}
            }
        }
    }

    fn start(&mut self, start: &BytesStart<'_>) -> Result<Token, SubmissionFault> {
        if self.depth == 0 && self.has_root {
            return Err(self.broken("a second root"));
        }
        if self.depth == SUBMISSION_DEPTH_MAX {
            return Err(SubmissionFault::TooDeep { depth_max: SUBMISSION_DEPTH_MAX });
        }
        let head = if self.has_root { SubmissionHead::default() } else { head_of(start) };
        self.has_root = true;
        self.depth += 1;
        Ok(Token::Start { name: start.local_name().into_inner().to_owned(), head })
    }
}

/// The attributes `id` and `version`, whatever their prefix.
fn head_of(root: &BytesStart<'_>) -> SubmissionHead {
    let mut head = SubmissionHead::default();
    for attribute in root.attributes().with_checks(false).flatten() {
        let Ok(value) = attribute.normalized_value(XmlVersion::Implicit1_0) else { continue };
        match attribute.key.local_name().into_inner() {
            "id" => head.form_id = value.into_owned(),
            "version" => head.version = value.into_owned(),
            _ => {}
        }
    }
    head
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
    nodes: usize,
}

impl Filling {
    fn start(&mut self, name: &str) -> Result<(), SubmissionFault> {
        self.nodes += 1;
        if self.nodes > ANSWER_NODES_MAX {
            return Err(SubmissionFault::TooMany { nodes_max: ANSWER_NODES_MAX });
        }
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
        Ok(())
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
            return Err(SubmissionFault::TooLarge { bytes_max: ANSWER_CHARS_MAX * 4 });
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
