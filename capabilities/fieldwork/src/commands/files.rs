//! Files that answers name: tied to their submission whenever they come, each once.

use crate::access::FILL;
use crate::error::FieldworkError;
use crate::facts::{FILE_KEPT, FieldworkFact};
use crate::files::{self, Kept};
use crate::model::{KEEPING, Submission, SubmissionId};
use crate::plans::plan_of;
use crate::store;
use ::store::{Conn, Tx};
use bytes::Bytes;
use edge::Edge;
use forms::{Kind, Plan};
use platform::{Actor, Fault};
use seal::Vault;
use serde_json::{Value, json};

/// A file that came for a submission: kept and tied to it. The same one again adds nothing.
///
/// # Errors
/// Not one's own submission, a name none of its answers has, a file of another kind or size, another file under the same name.
pub(crate) async fn add_file(
    edge: &Edge,
    actor: &Actor,
    submission: &Submission,
    name: &str,
    bytes: Bytes,
) -> Result<(), FieldworkError> {
    let plan = plan_of(edge, actor.district, submission.form, submission.number).await?;
    let plan = plan.ok_or(FieldworkError::NotFound)?;
    let question = question_of(&plan, submission, name).ok_or_else(unknown_name)?;
    if is_here(edge, actor, submission.id, name, &bytes).await? {
        return Ok(());
    }
    let kept = files::keep(edge, actor.district, question, bytes).await?;
    let (id, name, file) = (submission.id, name.to_owned(), kept.clone());
    let tied = edge.db.write(actor, async move |tx: &mut Tx| tie(tx, id, &name, &file).await).await;
    if !matches!(tied, Ok(true)) {
        // No row names it: it came twice at once, or is refused.
        files::remove(edge, actor.district, kept.id).await;
    }
    tied.map(drop)
}

/// Whether the very same file is there already: a client that was not answered sends everything again.
async fn is_here(
    edge: &Edge,
    actor: &Actor,
    submission: SubmissionId,
    name: &str,
    bytes: &[u8],
) -> Result<bool, FieldworkError> {
    let (district, keys) = (actor.district, edge.fixture::<Vault>().of(actor.district)?);
    let read = async move |conn: &mut Conn| store::files::of_submission(conn, district, submission).await;
    let present: Vec<store::files::FileRow> = edge.db.read::<_, Fault, _>(read).await?;
    let (name, sent) = (files::blind_name(&keys, name), files::blind_bytes(&keys, bytes));
    Ok(present.iter().any(|file| file.name == name && file.sent == sent))
}

/// Ties a file that is on the disk to its submission, and says whether it is tied now: the same name and bytes again are one, and the
/// first stays. For whoever brought it in parts, too.
///
/// # Errors
/// No such submission of one's own, another file under the same name, too many of them.
pub(crate) async fn tie(
    tx: &mut Tx,
    submission: SubmissionId,
    name: &str,
    kept: &Kept,
) -> Result<bool, FieldworkError> {
    let one = store::submissions::load_for(tx, submission, &FILL).await?;
    if one.by_account != tx.actor().account {
        return Err(FieldworkError::NotFound);
    }
    let (district, keys) = (tx.district(), store::keys(tx)?);
    let name = files::blind_name(&keys, name);
    let present = store::files::of_submission(tx, district, submission).await?;
    if let Some(first) = present.iter().find(|file| file.name == name) {
        return if first.sent == kept.sent { Ok(false) } else { Err(other_file()) };
    }
    if present.len() as i64 >= store::files::FILES_MAX {
        return Err(too_many());
    }
    store::files::insert(tx, submission, name, kept).await?;
    let data = json!({ "file": kept.id, "bytes": kept.bytes });
    tx.record(&FieldworkFact::of_submission(FILE_KEPT, submission, &one.area_path, data)).await?;
    Ok(true)
}

/// The question whose answer names a file; `Some(None)` where what came beside the answers does, as a client's log.
#[expect(clippy::option_option, reason = "named by an answer, named beside the answers, not named at all")]
fn question_of(plan: &Plan, submission: &Submission, name: &str) -> Option<Option<Kind>> {
    let content = submission.content.open(KEEPING);
    let named = names_in(&plan.form().nodes, &content.answers);
    let answer = named.into_iter().find(|(_, found)| *found == name).map(|(kind, _)| Some(kind.clone()));
    answer.or_else(|| content.strays.iter().any(|stray| stray.text == name).then_some(None))
}

/// The files a submission's answers name, in the order of the form.
pub(crate) fn names_of<'c>(plan: &'c Plan, content: &'c crate::model::Content) -> Vec<&'c str> {
    names_in(&plan.form().nodes, &content.answers).into_iter().map(|(_, name)| name).collect()
}

fn names_in<'c>(nodes: &'c [forms::Node], answers: &'c Value) -> Vec<(&'c Kind, &'c str)> {
    let mut found = Vec::new();
    for node in nodes {
        match (&node.kind, answers.get(&node.name)) {
            (Kind::Repeat { nodes, .. }, Some(Value::Array(instances))) => {
                found.extend(instances.iter().flat_map(|instance| names_in(nodes, instance)));
            }
            (Kind::Group { nodes }, Some(group)) => found.extend(names_in(nodes, group)),
            (kind, Some(Value::String(name))) if kind.is_file() => found.push((kind, name.as_str())),
            _ => {}
        }
    }
    found
}

fn unknown_name() -> FieldworkError {
    FieldworkError::invalid(
        "file",
        "fieldwork.file_not_named",
        "没有哪个回答写着这个文件名。",
        "No answer names this file.",
    )
}

fn other_file() -> FieldworkError {
    FieldworkError::invalid(
        "file",
        "fieldwork.other_file",
        "这个文件名已经有另一个文件。",
        "There is another file of this name already.",
    )
}

fn too_many() -> FieldworkError {
    FieldworkError::invalid("file", "fieldwork.too_many_files", "文件太多。", "Too many files.")
}
