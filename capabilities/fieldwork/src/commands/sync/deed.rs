//! What a command wants done, worked out away from the writer: parsed, with the files it names.

use super::body::{ActCommand, CommandBody, KINDS, ReportCommand, ReportPlace, SubmitCommand};
use crate::commands::{Checked, Finish, Sent, TakeOver, check};
use crate::error::FieldworkError;
use crate::model::{Choice, Command, CommandId, FileHash, SubmissionId};
use crate::store::uploads::{self as rows, Kept};
use crate::uploads::Shelf;
use ::store::Conn;
use cases::commands::{Act, PlaceGiven, Report};
use cases::photos::{self, StoredPhoto};
use cases::{CaseId, Source};
use edge::Edge;
use platform::{AccountId, Actor, Fault, Problem, Time, Words};
use registry::RecordId;
use registry::commands::{AmendBeside, Enter, Given};
use serde_json::json;
use std::collections::BTreeMap;

/// What is to be done.
#[derive(Clone, Debug)]
pub(super) enum Deed {
    Finish(Finish),
    Submit(Box<Checked>),
    Amend(AmendBeside),
    Confirm {
        record: RecordId,
        version: Option<i64>,
        fields: Vec<String>,
    },
    Enter(Box<Enter>),
    /// With the files that are still to come.
    Report(Box<Report>, Files),
    Act(CaseId, Box<Act>, Files),
    Settle {
        clash: CommandId,
        choices: BTreeMap<String, Choice>,
    },
    TakeOver(TakeOver),
    /// Files it cannot do without have not come.
    Wait,
}

/// Files a command names: those that are here, and those to come.
#[derive(Clone, Debug, Default)]
pub(super) struct Files {
    pub here: Vec<FileHash>,
    pub to_come: Vec<FileHash>,
}

/// Works out what a command wants.
///
/// # Errors
/// A kind or body that is not known, a place that is none; trouble with the files.
pub(super) async fn prepare(edge: &Edge, actor: &Actor, command: &Command) -> Result<Deed, FieldworkError> {
    let door = |evidence| Given { source: registry::Source::Door, evidence };
    Ok(match parse(command)? {
        CommandBody::Finish(body) => Deed::Finish(Finish {
            task: body.task,
            outcome: body.outcome,
            note: body.note,
            at: command.at,
            submission: body.submission,
        }),
        CommandBody::Submit(body) => Deed::Submit(Box::new(check(edge, actor, sent(command, body)?).await?)),
        CommandBody::Amend(body) => Deed::Amend(AmendBeside {
            id: body.record,
            base_version: body.base_version,
            base: body.base,
            values: body.values,
            given: door(body.evidence),
        }),
        CommandBody::Confirm(body) => {
            Deed::Confirm { record: body.record, version: body.version, fields: body.fields }
        }
        CommandBody::Enter(body) => Deed::Enter(Box::new(body.order()?)),
        CommandBody::Report(body) => report(edge, actor, command, body).await?,
        CommandBody::Act(body) => act(edge, actor, command, body).await?,
        CommandBody::Settle(body) => Deed::Settle { clash: body.clash, choices: body.choices },
        CommandBody::TakeOver(body) => {
            Deed::TakeOver(TakeOver { post: body.post, until: body.until, reason: body.reason })
        }
    })
}

fn parse(command: &Command) -> Result<CommandBody, FieldworkError> {
    if !KINDS.contains(&command.kind.as_str()) {
        return Err(FieldworkError::invalid(
            "kind",
            "fieldwork.unknown_kind",
            "服务器不认识这种指令，请更新应用。",
            "The house knows no such command: renew the app.",
        ));
    }
    let told = json!({ "kind": command.kind, "body": command.body });
    serde_json::from_value(told).map_err(|e| {
        let words = Words::of("这条指令的内容不合要求。", "This command does not hold what is expected.");
        let problem = Problem::invalid("fieldwork.bad_command", "body", words);
        problem.detail(Words::new(e.to_string(), e.to_string())).into()
    })
}

fn sent(command: &Command, body: SubmitCommand) -> Result<Sent, FieldworkError> {
    if !(Time::ENTERED_MIN..=Time::ENTERED_MAX).contains(&command.at) {
        let words = Words::of("填写时间不对。", "This is no time of filling.");
        return Err(FieldworkError::Invalid { field: "at", code: "fieldwork.bad_time", words });
    }
    Ok(Sent {
        id: SubmissionId(command.id.0),
        form: body.form,
        number: body.version,
        answers: body.answers,
        strays: Vec::new(),
        filled_at: command.at,
        place: body.place.map(|place| (place.lon, place.lat)),
        area: body.area,
        subject: body.subject,
        seen: body.seen,
        known: body.known,
    })
}

async fn report(
    edge: &Edge,
    actor: &Actor,
    command: &Command,
    body: ReportCommand,
) -> Result<Deed, FieldworkError> {
    let (photos, files) = photos_of_command(edge, actor, command, &body.photos).await?;
    // A picture may be all that was said: such a report waits for it.
    if photos.is_empty() && body.words.trim().is_empty() && !files.to_come.is_empty() {
        return Ok(Deed::Wait);
    }
    let seen_at = Some(command.at).filter(|at| *at >= Time::ENTERED_MIN && *at <= edge.now());
    let report = Report {
        id: CaseId(command.id.0),
        type_code: body.type_code.filter(|code| !code.is_empty()),
        words: body.words,
        place: place_of(body.place)?,
        source: Source::Worker,
        reporter: None,
        hidden: body.hidden,
        photos,
        answers: body.answers,
        external_id: None,
        seen_at,
        held: None,
    };
    Ok(Deed::Report(Box::new(report), files))
}

fn place_of(place: ReportPlace) -> Result<PlaceGiven, FieldworkError> {
    match (place.lon, place.lat, place.address, place.grid) {
        (Some(lon), Some(lat), address, _) => {
            let at = geo::Point::new(lon, lat).map_err(|e| {
                Problem::invalid("fieldwork.bad_place", "place", Words::new(e.zh(), e.to_string()))
            })?;
            Ok(PlaceGiven::Point { at, address })
        }
        (None, None, Some(text), grid) => Ok(PlaceGiven::Address { text, grid }),
        (None, None, None, Some(grid)) => Ok(PlaceGiven::Grid(grid)),
        _ => Err(FieldworkError::invalid(
            "place",
            "fieldwork.no_place",
            "请说明在哪里：定位、地址或网格。",
            "Say where it is: a point, an address, or a grid.",
        )),
    }
}

async fn act(
    edge: &Edge,
    actor: &Actor,
    command: &Command,
    body: ActCommand,
) -> Result<Deed, FieldworkError> {
    let (photos, files) = photos_of_command(edge, actor, command, &body.photos).await?;
    if !files.to_come.is_empty() {
        return Ok(Deed::Wait);
    }
    let act = Act {
        action: body.action,
        version: body.version,
        reason: body.reason,
        note: body.note,
        photos,
        post: body.post,
        ..Act::default()
    };
    Ok(Deed::Act(body.case, Box::new(act), files))
}

async fn photos_of_command(
    edge: &Edge,
    actor: &Actor,
    command: &Command,
    hashes: &[FileHash],
) -> Result<(Vec<StoredPhoto>, Files), FieldworkError> {
    let (mut stored, mut files) = (Vec::new(), Files::default());
    for hash in hashes {
        match photos_of(edge, actor, command.account, hash).await? {
            Some(photo) => {
                stored.push(photo);
                files.here.push(hash.clone());
            }
            None => files.to_come.push(hash.clone()),
        }
    }
    Ok((stored, files))
}

/// A photo of an account that is whole, taken in among those of cases; nothing where it has not come.
///
/// # Errors
/// `fieldwork.no_photo` for a file that is none; a fault where it cannot be taken in.
pub(crate) async fn photos_of(
    edge: &Edge,
    actor: &Actor,
    account: AccountId,
    hash: &FileHash,
) -> Result<Option<StoredPhoto>, FieldworkError> {
    let (district, wanted) = (actor.district, hash.clone());
    let read = async move |conn: &mut Conn| rows::find(conn, district, account, &wanted).await;
    let row = edge.db.read::<_, Fault, _>(read).await?;
    let photo = match row.and_then(|row| row.kept) {
        None => return Ok(None),
        Some(kept) => match kept.0 {
            Kept::Photo(photo) => photo,
            Kept::File { .. } => {
                return Err(FieldworkError::invalid(
                    "photos",
                    "fieldwork.no_photo",
                    "这个文件不是照片。",
                    "This file is no photo.",
                ));
            }
        },
    };
    let (from, to) = (Shelf::of(edge, district).photos(account), edge.settings().data.clone());
    let taken = photo.clone();
    let work = tokio::task::spawn_blocking(move || photos::adopt(&from, &to, district, &taken));
    work.await.map_err(|e| Fault::broken("a photo was not taken in").because(e))??;
    Ok(Some(photo))
}
