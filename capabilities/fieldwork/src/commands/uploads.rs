//! Files that come in parts: begun, continued, whole; handed on to what they belong to, whenever either comes.

use super::sync::{Sender, do_waiting, photos_of};
use super::{add_file, names_of};
use crate::access::FILL;
use crate::error::FieldworkError;
use crate::facts::{FieldworkFact, UPLOAD_BEGAN, UPLOADED_WHOLE};
use crate::model::{
    CommandId, DeviceId, FileHash, KEEPING, MediaKind, PART_BYTES_MAX, SubmissionId, UPLOAD_KEPT, Upload,
};
use crate::plans::plan_of;
use crate::store;
use crate::store::commands as commands_rows;
use crate::store::uploads::{self as rows, Kept, TieRow, UploadRow};
use crate::uploads::Shelf;
use ::store::{Conn, Tx};
use cases::CaseId;
use edge::Edge;
use platform::{AccountId, Actor, DistrictId, Fault, Problem, Words, limits::KIB};
use serde_json::json;

/// A file as it is announced.
#[derive(Clone, Debug)]
pub(crate) struct Announced {
    pub hash: FileHash,
    pub bytes: u64,
    pub media_type: String,
    /// What it belongs to, and the question of a form it answers.
    pub command: CommandId,
    pub question: Option<String>,
}

/// How far a file is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Progress {
    pub have: u64,
    pub is_done: bool,
}

/// Characters of a question's address.
const QUESTION_CHARS_MAX: usize = 300;

/// Begins a file, or finds how far it is; what it belongs to is noted.
///
/// # Errors
/// What may not come; another size under the same hash.
pub(crate) async fn begin(edge: &Edge, actor: &Actor, told: Announced) -> Result<Progress, FieldworkError> {
    let account = actor.account.ok_or(FieldworkError::NotFound)?;
    let upload = Upload::begin(account, told.hash.clone(), told.bytes, &told.media_type, edge.now())?;
    let question: String = told.question.unwrap_or_default().chars().take(QUESTION_CHARS_MAX).collect();
    let (begun, command) = (upload.clone(), told.command);
    let write = async move |tx: &mut Tx| {
        if rows::begin(tx, &begun).await? {
            let data = json!({ "bytes": begun.bytes, "media_type": begun.media_type });
            tx.record(&FieldworkFact::of_command(UPLOAD_BEGAN, command, None, data)).await?;
        }
        rows::tie(tx, account, &begun.hash, command, &question).await
    };
    edge.db.write(actor, write).await?;
    let known = find(edge, actor.district, account, &upload.hash).await?;
    if known.bytes != upload.bytes as i64 {
        return Err(FieldworkError::invalid(
            "bytes",
            "fieldwork.other_size",
            "同一个文件先前报的大小不同。",
            "The same file was announced with another size.",
        ));
    }
    go_on(edge, actor, known).await
}

async fn find(
    edge: &Edge,
    district: DistrictId,
    account: AccountId,
    hash: &FileHash,
) -> Result<UploadRow, FieldworkError> {
    let hash = hash.clone();
    let read = async move |conn: &mut Conn| rows::find(conn, district, account, &hash).await;
    edge.db.read::<_, Fault, _>(read).await?.ok_or(FieldworkError::NotFound)
}

/// Takes a part of a file. One that is there already, or would leave a gap, changes nothing.
///
/// # Errors
/// No such file; a part that is too large; a whole that is not what it was announced as.
pub(crate) async fn append(
    edge: &Edge,
    actor: &Actor,
    hash: FileHash,
    offset: u64,
    part: bytes::Bytes,
) -> Result<Progress, FieldworkError> {
    let account = actor.account.ok_or(FieldworkError::NotFound)?;
    if part.len() as u64 > PART_BYTES_MAX {
        return Err(part_too_large().into());
    }
    let known = find(edge, actor.district, account, &hash).await?;
    if known.done_at.is_none() {
        let (shelf, upload) = (Shelf::of(edge, actor.district), known.upload()?);
        blocking(move || Ok(shelf.append(&upload, offset, &part)?)).await?;
    }
    go_on(edge, actor, known).await
}

fn part_too_large() -> Problem {
    let words = Words::new(
        format!("一次最多传 {} KiB。", PART_BYTES_MAX / KIB),
        format!("A part has {} KiB at most.", PART_BYTES_MAX / KIB),
    );
    Problem::new(axum::http::StatusCode::PAYLOAD_TOO_LARGE, "too_large", words)
        .with("bytes_max", PART_BYTES_MAX)
}

/// How far a file is; where all of it is there, it is made whole and handed on.
async fn go_on(edge: &Edge, actor: &Actor, known: UploadRow) -> Result<Progress, FieldworkError> {
    let (shelf, upload) = (Shelf::of(edge, actor.district), known.upload()?);
    if known.done_at.is_some() {
        hand_on(edge, actor, &upload).await?;
        return Ok(Progress { have: upload.bytes, is_done: true });
    }
    let (at, looked) = (shelf.clone(), upload.clone());
    let have = blocking(move || Ok(at.have(looked.account, &looked.hash)?)).await?;
    if have < upload.bytes {
        return Ok(Progress { have, is_done: false });
    }
    finish(edge, actor, shelf, &upload).await?;
    hand_on(edge, actor, &upload).await?;
    Ok(Progress { have: upload.bytes, is_done: true })
}

async fn finish(edge: &Edge, actor: &Actor, shelf: Shelf, upload: &Upload) -> Result<(), FieldworkError> {
    let whole = upload.clone();
    let kept = match blocking(move || shelf.finish(&whole)).await {
        Ok(kept) => kept,
        Err(FieldworkError::Fault(fault)) => {
            // Made whole beside us, by the same part sent twice: then it is done.
            let now = find(edge, actor.district, upload.account, &upload.hash).await?;
            return if now.done_at.is_some() { Ok(()) } else { Err(fault.into()) };
        }
        Err(refusal) => return Err(refusal),
    };
    let (account, hash) = (upload.account, upload.hash.clone());
    let write = async move |tx: &mut Tx| {
        if rows::finish(tx, account, &hash, kept.clone()).await? {
            let ties = rows::ties_of(tx, account, &hash).await?;
            let command = ties.first().map_or(CommandId(uuid::Uuid::nil()), |tie| tie.command_id);
            tx.record(&FieldworkFact::of_command(UPLOADED_WHOLE, command, None, json!({}))).await?;
        }
        Ok::<_, Fault>(())
    };
    Ok(edge.db.write(actor, write).await?)
}

async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, FieldworkError> + Send + 'static,
) -> Result<T, FieldworkError> {
    let done = tokio::task::spawn_blocking(work).await;
    done.map_err(|e| Fault::broken("work on a file stopped").because(e))?
}

/// Hands a whole file on to what it belongs to and is there by now; what waits for it is done.
async fn hand_on(edge: &Edge, actor: &Actor, upload: &Upload) -> Result<(), FieldworkError> {
    let (account, hash) = (upload.account, upload.hash.clone());
    let is_photo = MediaKind::of(&upload.media_type) == Some(MediaKind::Photo);
    let read = async move |tx: &mut Tx| {
        let (district, mut ready, mut device) = (tx.district(), Vec::new(), None);
        for tie in rows::ties_of(tx, account, &hash).await?.into_iter().filter(|tie| tie.tied_at.is_none()) {
            let Some(row) = commands_rows::find_sent(tx, district, tie.command_id).await? else { continue };
            device = Some(row.device_id);
            let is_wanted = row.kind == "submit" || (is_photo && row.kind == "report");
            if is_wanted && row.state.is_done() {
                ready.push((tie, row.kind == "submit"));
            }
        }
        Ok::<_, Fault>((ready, device))
    };
    let (ready, device) = edge.db.write(actor, read).await?;
    for (tie, is_submission) in ready {
        match is_submission {
            true => hand_on_answer(edge, actor, upload, &tie).await?,
            false => hand_on_photo(edge, actor, upload, tie.command_id).await?,
        }
    }
    wake(edge, actor, account, device).await
}

/// Does what waited for a file.
async fn wake(
    edge: &Edge,
    actor: &Actor,
    account: AccountId,
    device: Option<DeviceId>,
) -> Result<(), FieldworkError> {
    match device {
        Some(device) => {
            let sender = Sender { device, clock_ahead_s: 0 };
            do_waiting(edge, actor, sender, account).await.map(drop)
        }
        None => Ok(()),
    }
}

/// Puts a photo beside the report it belongs to, once.
async fn hand_on_photo(
    edge: &Edge,
    actor: &Actor,
    upload: &Upload,
    command: CommandId,
) -> Result<(), FieldworkError> {
    let Some(photo) = photos_of(edge, actor, upload.account, &upload.hash).await? else { return Ok(()) };
    let (account, hash) = (upload.account, upload.hash.clone());
    let write = async move |tx: &mut Tx| {
        if rows::hand_on(tx, account, &hash, command, "").await? {
            cases::commands::add_photos(tx, CaseId(command.0), std::slice::from_ref(&photo)).await?;
        }
        Ok::<_, FieldworkError>(())
    };
    edge.db.write(actor, write).await
}

/// Puts a file beside the submission whose answer names it, once.
async fn hand_on_answer(
    edge: &Edge,
    actor: &Actor,
    upload: &Upload,
    tie: &TieRow,
) -> Result<(), FieldworkError> {
    let id = SubmissionId(tie.command_id.0);
    let load = async move |tx: &mut Tx| store::submissions::load_for(tx, id, &FILL).await;
    let submission = edge.db.write::<_, FieldworkError, _>(actor, load).await?;
    let plan = plan_of(edge, actor.district, submission.form, submission.number).await?;
    let plan = plan.ok_or(FieldworkError::NotFound)?;
    let named = names_of(&plan, submission.content.open(KEEPING));
    let names = [tie.question.as_str(), upload.hash.as_str()];
    // What no answer names stays here until it is swept.
    let Some(name) = names.into_iter().find(|name| named.contains(name)).map(str::to_owned) else {
        return Ok(());
    };
    let (shelf, whole) = (Shelf::of(edge, actor.district), upload.clone());
    let kept = find(edge, actor.district, upload.account, &upload.hash).await?.kept;
    let Some(kept) = kept.map(|kept| kept.0) else { return Ok(()) };
    let bytes = blocking(move || Ok(shelf.read(&whole, &kept)?)).await?;
    add_file(edge, actor, &submission, &name, bytes.into()).await?;
    let (account, hash, tie) = (upload.account, upload.hash.clone(), tie.clone());
    let write = async move |tx: &mut Tx| {
        rows::hand_on(tx, account, &hash, tie.command_id, &tie.question).await.map(drop)
    };
    Ok(edge.db.write::<_, Fault, _>(actor, write).await?)
}

/// Removes files that nothing came for, and those that were handed on long ago; answers how many.
///
/// # Errors
/// The database, or the disk.
pub async fn sweep_uploads(edge: &Edge, district: DistrictId) -> Result<u64, Fault> {
    const ROWS_MAX: i64 = 500;
    let before = edge.now().before(UPLOAD_KEPT);
    let mut after = (platform::Time::from_micros(0), AccountId(uuid::Uuid::nil()), String::new());
    let mut swept = 0;
    loop {
        let from = after.clone();
        let read =
            async move |conn: &mut Conn| rows::old(conn, district, before, from.clone(), ROWS_MAX).await;
        let page = edge.db.read_long::<_, Fault, _>(read).await?;
        let Some(last) = page.last() else { return Ok(swept) };
        after = (last.made_at, last.account_id, last.hash.clone());
        for row in page {
            swept += u64::from(sweep_one(edge, district, row).await?);
        }
    }
}

async fn sweep_one(edge: &Edge, district: DistrictId, row: UploadRow) -> Result<bool, Fault> {
    let (shelf, upload, kept) = (Shelf::of(edge, district), row.upload()?, row.kept.map(|kept| kept.0));
    // A voice note that belongs to something lies here for good: nothing else holds it.
    let (account, hash) = (upload.account, upload.hash.clone());
    let is_note = matches!(kept, Some(Kept::File { .. }));
    let actor = Actor::system(district, "uploads");
    let forgotten = edge.db.write::<_, Fault, _>(&actor, async move |tx: &mut Tx| {
        if is_note && belongs(tx, account, &hash).await? {
            return Ok(false);
        }
        rows::forget(tx, account, &hash).await?;
        Ok(true)
    });
    if !forgotten.await? {
        return Ok(false);
    }
    let files = tokio::task::spawn_blocking(move || shelf.drop_file(account, &upload.hash, kept.as_ref()));
    files.await.map_err(|e| Fault::broken("the sweep of uploads stopped").because(e))??;
    Ok(true)
}

/// Whether something a file belongs to has come.
async fn belongs(tx: &mut Tx, account: AccountId, hash: &FileHash) -> Result<bool, Fault> {
    let district = tx.district();
    for tie in rows::ties_of(tx, account, hash).await? {
        if commands_rows::find_sent(tx, district, tie.command_id).await?.is_some() {
            return Ok(true);
        }
    }
    Ok(false)
}
