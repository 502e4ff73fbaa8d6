//! A submission as a client sends it: one XML and its files, in one request or in several. It lands where the phone's own do, with the
//! same checks.

use super::{ACCEPTED_BYTES, REQUEST_BYTES_MAX, VERSION, base_url, document, enter, refusal};
use crate::access::{FILL, areas, only_area, sees_form};
use crate::commands::{self, Received, Sent};
use crate::error::FieldworkError;
use crate::model::{FormId, KEEPING, Stray, SubmissionId};
use crate::plans::{Ready, ready};
use crate::queries;
use crate::store::{self, VersionRow};
use ::store::{Conn, Tx};
use axum::extract::{FromRequest, Path, Request, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use edge::{Edge, Multipart, Part, Who};
use forms::xform::{SubmissionFault, SubmissionHead, read_submission, read_submission_head};
use forms::{Answer, Answers, Device, Kind};
use geo::Point;
use platform::{Actor, DistrictId, Fault, Problem, Time, Words};
use sha2::{Digest, Sha256};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use territory::{Map, Snapshot};
use uuid::Uuid;

/// The part that holds the answers. OpenRosa, "Form Submission API".
const XML: &str = "xml_submission_file";

/// `HEAD submission`: where to send, and how much at once.
pub(super) async fn tell(
    State(edge): State<Edge>,
    who: Who,
    headers: HeaderMap,
    Path(key): Path<String>,
) -> Response {
    if let Err(problem) = enter(&edge, &who, &key).await {
        return refusal(&problem);
    }
    let at = format!("{}/openrosa/{key}/submission", base_url(&edge, &headers));
    let told = [
        (header::LOCATION, at),
        (VERSION.0, "1.0".to_owned()),
        (ACCEPTED_BYTES, REQUEST_BYTES_MAX.to_string()),
    ];
    (StatusCode::NO_CONTENT, told).into_response()
}

/// `POST submission`.
pub(super) async fn take(
    State(edge): State<Edge>,
    who: Who,
    Path(key): Path<String>,
    request: Request,
) -> Response {
    let taken = async {
        let actor = enter(&edge, &who, &key).await?;
        refuse_other_versions(request.headers())?;
        let form = Multipart::from_request(request, &edge).await?;
        receive(&edge, &actor, form).await
    };
    match taken.await {
        Ok(outcome) => outcome.answer(),
        Err(problem) => refusal(&problem),
    }
}

/// A client that says none is taken for one of 1.0.
fn refuse_other_versions(headers: &HeaderMap) -> Result<(), Problem> {
    let said = headers.get(VERSION.0).map(|version| version.as_bytes().starts_with(b"1"));
    if said != Some(false) {
        return Ok(());
    }
    Err(Problem::new(
        StatusCode::BAD_REQUEST,
        "fieldwork.openrosa_version",
        Words::of("只支持 OpenRosa 1.0。", "Only OpenRosa 1.0 is known here."),
    ))
}

/// What became of a request.
struct Outcome {
    received: Received,
    /// Files that answers name and that have not come.
    missing: usize,
    /// Files that came and no answer names.
    unnamed: Vec<String>,
}

impl Outcome {
    /// 201 where the submission is whole, 202 while files are missing: a client sends them in further requests.
    fn answer(&self) -> Response {
        let again = if self.received.is_again {
            ("已收到过。", "It had come before.")
        } else {
            ("已收到。", "It has come.")
        };
        let (mut zh, mut en) = (again.0.to_owned(), again.1.to_owned());
        if self.received.submission.is_withdrawn {
            zh.push_str("这一版表单已停用，照收并标明。");
            en.push_str(" Its version was withdrawn; it is kept, and flagged.");
        }
        if self.missing > 0 {
            zh.push_str(&format!("还差 {} 个文件。", self.missing));
            en.push_str(&format!(" {} files are missing.", self.missing));
        }
        for name in &self.unnamed {
            zh.push_str(&format!("没有回答写着文件 {name}，未保存。"));
            en.push_str(&format!(" No answer names the file {name}: it was not kept."));
        }
        let status = if self.missing > 0 { StatusCode::ACCEPTED } else { StatusCode::CREATED };
        document(status, forms::xform::write_message("submit_success", &Words::new(zh, en)))
    }
}

async fn receive(edge: &Edge, actor: &Actor, form: Multipart) -> Result<Outcome, Problem> {
    let (xml, files) = parts_of(form)?;
    let sent = read(edge, actor, xml).await?;
    let checked = commands::check(edge, actor, sent.sent).await?;
    let write = async move |tx: &mut Tx| match sent.replaces {
        Some(earlier) => commands::keep_instead(tx, checked.clone(), earlier).await,
        None => commands::keep(tx, checked.clone()).await,
    };
    let received = edge.db.write(actor, write).await?;
    let one = &received.submission;
    let mut unnamed = Vec::new();
    for (name, bytes) in files {
        match commands::add_file(edge, actor, one, &name, bytes).await {
            Err(FieldworkError::Invalid { code: "fieldwork.file_not_named", .. }) => unnamed.push(name),
            other => other?,
        }
    }
    let missing = count_missing(edge, actor.district, &received).await?;
    Ok(Outcome { received, missing, unnamed })
}

/// The answers, and the files by name.
fn parts_of(mut form: Multipart) -> Result<(Bytes, Vec<(String, Bytes)>), Problem> {
    let at = form.files.iter().position(|part| part.field == XML);
    let xml = match at {
        Some(at) => form.files.swap_remove(at).bytes,
        // Some clients send the answers as a field.
        None => form.text(XML).map(|text| Bytes::from(text.to_owned())).ok_or_else(no_answers)?,
    };
    let name =
        |part: &Part| if part.file_name.is_empty() { part.field.clone() } else { part.file_name.clone() };
    Ok((xml, form.files.into_iter().map(|part| (name(&part), part.bytes)).collect()))
}

fn no_answers() -> Problem {
    Problem::new(
        StatusCode::BAD_REQUEST,
        "fieldwork.no_answers",
        Words::of("没有填写内容（xml_submission_file）。", "There is no part xml_submission_file."),
    )
}

/// A submission that was read.
struct ReadSubmission {
    sent: Sent,
    replaces: Option<SubmissionId>,
}

async fn read(edge: &Edge, actor: &Actor, xml: Bytes) -> Result<ReadSubmission, FieldworkError> {
    let head = read_submission_head(&xml).map_err(unread)?;
    let (form, number) = find_version(edge, actor, &head).await?;
    let ready = ready(edge, actor.district, form, number).await?.ok_or(FieldworkError::NotFound)?;
    let places = edge.fixture::<Map>().of(actor.district);
    let (actor, now) = (actor.clone(), edge.now());
    let reading = tokio::task::spawn_blocking(move || {
        read_against(&ready, &actor, (form, number), &xml, (&places, now))
    });
    reading.await.map_err(|e| Fault::broken("a submission was not read").because(e))?
}

/// The version by our own name for it, else by the workbook's where only one has that name.
async fn find_version(
    edge: &Edge,
    actor: &Actor,
    head: &SubmissionHead,
) -> Result<(FormId, i64), FieldworkError> {
    let (district, key) = (actor.district, head.form_id.clone());
    let read = async move |conn: &mut Conn| {
        let Some(form) = store::find_by_key(conn, district, &key).await? else { return Ok(None) };
        let versions = queries::forms::versions(conn, district, form.id).await?;
        Ok::<_, Fault>(Some((form, versions)))
    };
    let found = edge.db.read(read).await?.filter(|(form, _)| sees_form(actor, &form.area_path));
    let (form, versions) = found.ok_or(FieldworkError::NotFound)?;
    let is_ours =
        |version: &&VersionRow| Ready::name_for_collect(version.number, &version.name) == head.version;
    let mut named = versions.iter().filter(|version| version.name == head.version);
    let by_name = named.next().filter(|_| named.next().is_none());
    let version = versions.iter().find(is_ours).or(by_name);
    let number = version.map(|version| version.number).ok_or_else(|| FieldworkError::Invalid {
        field: "version",
        code: "fieldwork.no_such_version",
        words: Words::new(
            format!("表单没有版本“{}”，请更新表单。", head.version),
            format!("The form has no version “{}”: update it.", head.version),
        ),
    })?;
    Ok((form.id, number))
}

fn read_against(
    ready: &Arc<Ready>,
    actor: &Actor,
    (form, number): (FormId, i64),
    xml: &[u8],
    (places, now): (&Snapshot, Time),
) -> Result<ReadSubmission, FieldworkError> {
    let read = read_submission(&ready.plan, xml).map_err(unread)?;
    let instance = read.instance_id().ok_or_else(|| {
        FieldworkError::invalid(
            "instanceID",
            "fieldwork.no_instance_id",
            "缺少 instanceID，无法和别的填写区分。",
            "It has no instanceID: it cannot be told from others.",
        )
    })?;
    let id = id_of(actor.district, form, instance);
    let replaces = read.meta.get("deprecatedID").filter(|id| !id.is_empty());
    let replaces = replaces.map(|earlier| id_of(actor.district, form, earlier));
    let beside = read.strangers.iter().map(|one| Stray { path: one.path.clone(), text: one.text.clone() });
    let meta = read.meta.iter().filter(|(name, text)| is_kept(name, text, id));
    let meta = meta.map(|(name, text)| Stray { path: format!("/meta/{name}"), text: text.clone() });
    let answers = read.answers.to_json(false);
    let text = |kind: Kind| {
        let item = ready.plan.items().find(|item| ready.plan.node(*item).kind == kind)?;
        read.answers.text(&ready.plan.path(item)).filter(|text| !text.is_empty()).map(str::to_owned)
    };
    let filled = [Device::End, Device::Start].into_iter().find_map(|what| text(Kind::Device { what }));
    let sent = Sent {
        id,
        form,
        number,
        strays: beside.chain(meta).collect(),
        filled_at: filled.and_then(|text| text.parse().ok()).unwrap_or(now),
        place: None,
        area: Some(area_of(ready, actor, places, &read.answers)),
        answers,
        subject: None,
        seen: BTreeMap::new(),
        known: Vec::new(),
    };
    Ok(ReadSubmission { sent, replaces })
}

/// What a client says beside the answers is kept; of its id only what ours does not say.
fn is_kept(name: &str, text: &str, id: SubmissionId) -> bool {
    let is_ours = name == "instanceID" && text == format!("uuid:{}", id.0);
    !text.is_empty() && !is_ours
}

/// `uuid:…` is the submission's id; of any other it is made, so that the same stays the same.
fn id_of(district: DistrictId, form: FormId, instance: &str) -> SubmissionId {
    if let Some(id) = instance.strip_prefix("uuid:").and_then(|id| Uuid::parse_str(id).ok()) {
        return SubmissionId(id);
    }
    let hash = Sha256::digest(format!("openrosa\n{district}\n{form}\n{instance}"));
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&hash[..16]);
    SubmissionId(uuid::Builder::from_random_bytes(bytes).into_uuid())
}

/// A client knows no grids: the only one of its owner, else the owner's one in which the first place of the answers lies, else the
/// first of the owner's. A submission is not lost for want of it.
fn area_of(ready: &Ready, actor: &Actor, places: &Snapshot, answers: &Answers) -> String {
    let own: BTreeSet<&str> = areas(actor, &FILL).collect();
    let there = first_place(ready, answers).and_then(|point| places.locate(point));
    let there = there.map(|grid| grid.path.clone()).filter(|path| actor.holds_at(&FILL, path));
    let first = || own.first().map(|path| (*path).to_owned());
    only_area(actor, &FILL).or(there).or_else(first).unwrap_or_else(|| ready.area_path.clone())
}

fn first_place(ready: &Ready, answers: &Answers) -> Option<Point> {
    let plan = &ready.plan;
    let places = plan.items().filter(|item| matches!(plan.node(*item).kind, Kind::Place { .. }));
    places.into_iter().find_map(|item| {
        let Some(Answer::Place(points)) =
            Answer::read(&plan.node(item).kind, answers.text(&plan.path(item))?)
        else {
            return None;
        };
        let (latitude, longitude) = points.first()?;
        Point::new(*longitude, *latitude).ok()
    })
}

fn unread(fault: SubmissionFault) -> FieldworkError {
    let status = StatusCode::BAD_REQUEST;
    FieldworkError::from(Problem::new(status, fault.code(), fault.words()).field(XML))
}

async fn count_missing(
    edge: &Edge,
    district: DistrictId,
    received: &Received,
) -> Result<usize, FieldworkError> {
    let one = &received.submission;
    let ready = ready(edge, district, one.form, one.number).await?.ok_or(FieldworkError::NotFound)?;
    let named: BTreeSet<&str> =
        commands::names_of(&ready.plan, one.content.open(KEEPING)).into_iter().collect();
    if named.is_empty() {
        return Ok(0);
    }
    let id = one.id;
    let read = async move |conn: &mut Conn| store::files::of_submission(conn, district, id).await;
    let present = edge.db.read::<_, Fault, _>(read).await?;
    let keys = edge.fixture::<seal::Vault>().of(district)?;
    let is_here = |name: &&&str| {
        let name = crate::files::blind_name(&keys, name);
        present.iter().any(|file| file.name == name)
    };
    Ok(named.len() - named.iter().filter(is_here).count())
}
