//! Intake: from residents, workers, desks on someone's behalf, other systems.

use super::viewer;
use crate::access;
use crate::codes;
use crate::commands::{self, Filed, Held, PlaceGiven, Report, ReporterGiven};
use crate::error::CaseError;
use crate::intake;
use crate::model::{CaseId, Source};
use crate::photos;
use crate::view::PostRef;
use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use edge::{Body, Edge, Multipart, Who, idempotent};
use platform::{ActorKind, Phone, Problem, Time, Words};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use store::Tx;
use utoipa::ToSchema;

/// A report.
#[derive(Clone, Debug, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CreateCase {
    /// Made by the sender (UUID version 7), so that sending twice makes one case. What the public sends is kept under an id of
    /// ours: the receipt has it.
    pub id: Option<CaseId>,
    /// What happened, in the person's own words.
    #[serde(default)]
    pub words: String,
    /// The type's code; absent: the best suggestion from the words.
    #[serde(rename = "type")]
    pub type_code: Option<String>,
    pub place: PlaceBody,
    /// `resident` (default for residents), `worker` (default for staff), `desk`; `hotline` (default for other systems) also from
    /// staff who dispatch; `sensor` from other systems only.
    pub source: Option<String>,
    pub reporter: Option<ReporterBody>,
    /// Report without leaving a name or number.
    #[serde(default)]
    pub anonymous: bool,
    /// Hide it from neighbours.
    #[serde(default)]
    pub hidden: bool,
    /// The token of photos sent before to `/api/cases/photos`.
    pub photos: Option<String>,
    /// Answers to the type's questions, by code.
    #[serde(default)]
    #[schema(value_type = Object)]
    pub answers: BTreeMap<String, serde_json::Value>,
    /// The id the sending system gave it; from staff and other systems only.
    pub external_id: Option<String>,
    /// When it was seen, where that was earlier.
    pub seen_at: Option<Time>,
}

/// One of: a point (WGS-84 unless `crs` says otherwise), an address in words, a grid's code.
#[derive(Clone, Debug, Default, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PlaceBody {
    pub lon: Option<f64>,
    pub lat: Option<f64>,
    /// `wgs84` (default), `gcj02`, `bd09`, `cgcs2000`
    pub crs: Option<String>,
    pub address: Option<String>,
    pub grid: Option<String>,
}

#[derive(Clone, Debug, Default, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ReporterBody {
    pub name: Option<String>,
    pub phone: Option<String>,
}

/// What the reporter is told.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct Receipt {
    pub id: CaseId,
    pub number: String,
    /// Six digits; with the number they follow the case. Absent where nobody can be asked.
    pub code: Option<String>,
    /// Proof of following for programs, sent back as `Mulin-Follow`.
    pub follow: Option<String>,
    pub state: String,
    pub owner: Option<OwnerView>,
    pub due_at: Option<Time>,
    /// Who is responsible until when, in one sentence.
    pub sentence: Words,
    /// Why it went there.
    pub why: Words,
    /// True where it waits for a person to look first.
    pub held: bool,
}

/// The post that owns the next step.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct OwnerView {
    pub name: String,
    pub phone: Option<String>,
}

impl From<PostRef> for OwnerView {
    fn from(post: PostRef) -> Self {
        Self { name: post.name, phone: post.phone }
    }
}

/// 报告问题：建立事件。 · Reports a problem: creates a case.
#[utoipa::path(post, path = "/api/cases", tag = "cases", operation_id = "create_case",
    request_body = CreateCase,
    responses((status = 200, body = Receipt), (status = 409, body = Problem), (status = 422, body = Problem), (status = 429, body = Problem)))]
pub async fn create_case(
    State(edge): State<Edge>,
    Who(actor): Who,
    headers: HeaderMap,
    Body(body): Body<CreateCase>,
) -> Result<Json<Receipt>, Problem> {
    let request = serde_json::to_vec(&body).unwrap_or_default();
    let held = intake::watch(&edge, &actor, &body.words)?;
    intake::secret(&edge, &actor).await?;
    let secret_photos = body.photos.clone();
    let mut order = order(&edge, &actor, body)?;
    order.held = held;
    if let Some(token) = secret_photos {
        order.photos = intake::kept_photos(&edge, &actor, &token).await?;
    }
    let viewer = viewer(&edge, &actor);
    let receipt = edge
        .db
        .write(&actor, async move |tx: &mut Tx| {
            idempotent(tx, &headers, &request, async |tx: &mut Tx| {
                let filed = commands::report(tx, order.clone()).await?;
                receipt(tx, &viewer, filed).await
            })
            .await
        })
        .await
        .map_err(|e: CaseError| Problem::from(e))?;
    Ok(Json(receipt))
}

/// The answer to a filed report.
pub(crate) async fn receipt(
    tx: &mut Tx,
    viewer: &crate::view::Viewer,
    filed: Filed,
) -> Result<Receipt, CaseError> {
    let case = &filed.case;
    let follow = match &filed.follower {
        Some((follower, _)) => Some(codes::mark(&codes::secret(tx).await?, case.id, *follower)),
        None => None,
    };
    let text =
        |key: &str| case.explanation.0.get(key).and_then(|v| v.as_str()).unwrap_or_default().to_owned();
    Ok(Receipt {
        id: case.id,
        number: case.number.clone(),
        code: filed.follower.map(|(_, code)| code),
        follow,
        state: case.state.clone(),
        owner: case.owner_post.and_then(|p| viewer.post(p)).map(OwnerView::from),
        due_at: case.due_at,
        sentence: viewer.sentence(case),
        why: Words::new(text("zh"), text("en")),
        held: case.state == "held",
    })
}

fn order(edge: &Edge, actor: &platform::Actor, body: CreateCase) -> Result<Report, Problem> {
    let source = source_of(actor, body.source.as_deref())?;
    let reporter = body.reporter.unwrap_or_default();
    let phone =
        reporter.phone.as_deref().map(str::trim).filter(|p| !p.is_empty()).map(parse_phone).transpose()?;
    let nobody = matches!(source, Source::Sensor) && phone.is_none();
    let given = ReporterGiven {
        name: reporter.name.filter(|_| !body.anonymous),
        phone: phone.filter(|_| !body.anonymous),
        account: actor.account.filter(|_| actor.kind == ActorKind::Resident),
    };
    // A worker or a device that reports is not a reporter who will be asked.
    let by_staff = matches!(source, Source::Worker) && given.phone.is_none();
    Ok(Report {
        id: body.id.unwrap_or_else(|| CaseId::new(edge.now())),
        type_code: body.type_code.filter(|t| !t.is_empty()),
        words: body.words,
        place: place(&body.place)?,
        source,
        reporter: (!nobody && !by_staff).then_some(given),
        hidden: body.hidden,
        photos: Vec::new(),
        answers: body.answers,
        external_id: body.external_id,
        seen_at: body.seen_at,
        held: None::<Held>,
    })
}

/// Who says where it came from must be it: residents cannot report as a desk.
fn source_of(actor: &platform::Actor, named: Option<&str>) -> Result<Source, Problem> {
    let usual = match actor.kind {
        ActorKind::Staff => Source::Worker,
        ActorKind::Service => Source::Hotline,
        _ => Source::Resident,
    };
    let Some(named) = named else { return Ok(usual) };
    let source = Source::from_name(named).ok_or_else(|| {
        Problem::invalid(
            "cases.unknown_source",
            "source",
            Words::of("没有这种来源。", "There is no such source."),
        )
    })?;
    let allowed = match source {
        Source::Resident => true,
        Source::Worker | Source::Desk => actor.kind == ActorKind::Staff,
        // A call that was put through: who dispatches writes it down, and the routing rules see where it came from.
        Source::Hotline if actor.kind == ActorKind::Staff => actor.holds(&access::DISPATCH),
        Source::Hotline | Source::Sensor | Source::Open311 | Source::Import => {
            matches!(actor.kind, ActorKind::Service | ActorKind::System)
        }
    };
    if allowed { Ok(source) } else { Err(Problem::forbidden().field("source")) }
}

pub(crate) fn parse_phone(text: &str) -> Result<Phone, Problem> {
    Phone::parse(text).ok_or_else(|| {
        Problem::invalid(
            "cases.bad_phone",
            "reporter_phone",
            Words::of(
                "电话号码不对，请填写 11 位手机号或带区号的座机。",
                "Not a phone number: 11 digits, or a fixed line with its area code.",
            ),
        )
    })
}

/// A place as JSON says it.
pub(crate) fn place(body: &PlaceBody) -> Result<PlaceGiven, Problem> {
    let bad = |e: &geo::GeoError| {
        Problem::invalid("cases.bad_place", "place", Words::new(e.zh(), e.to_string()))
            .with("reason", e.code())
    };
    match (body.lon, body.lat, &body.address, &body.grid) {
        (Some(lon), Some(lat), _, _) => {
            let point = geo::Point::new(lon, lat).map_err(|e| bad(&e))?;
            let system = match &body.crs {
                None => geo::CoordinateSystem::Wgs84,
                Some(crs) => crs.parse().map_err(|e| bad(&e))?,
            };
            Ok(PlaceGiven::Point { at: system.to_wgs84(point), address: body.address.clone() })
        }
        (None, None, Some(address), grid) => {
            Ok(PlaceGiven::Address { text: address.clone(), grid: grid.clone().filter(|g| !g.is_empty()) })
        }
        (None, None, None, Some(grid)) => Ok(PlaceGiven::Grid(grid.clone())),
        _ => Err(Problem::invalid(
            "cases.place_missing",
            "place",
            Words::of(
                "请说明在哪里：地图上的点、地址，或网格。",
                "Say where it is: a point, an address, or a grid.",
            ),
        )),
    }
}

/// Photos kept for a report that is still being written.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct KeptPhotos {
    /// Sent with the report as `photos`.
    pub photos: String,
    pub count: usize,
}

/// 上传照片（最多 9 张，每张 10 MiB）。 · Uploads photos: nine at most, ten MiB each.
#[utoipa::path(post, path = "/api/cases/photos", tag = "cases", operation_id = "keep_photos",
    request_body(content_type = "multipart/form-data", content = String),
    responses((status = 200, body = KeptPhotos), (status = 422, body = Problem), (status = 429, body = Problem)))]
pub async fn keep_photos(
    State(edge): State<Edge>,
    Who(actor): Who,
    form: Multipart,
) -> Result<(StatusCode, Json<KeptPhotos>), Problem> {
    intake::watch_photos(&edge, &actor)?;
    let kept = photos::keep_all(&edge, actor.district, &form.files).await?;
    let token = intake::pack_photos(&edge, &actor, &kept).await?;
    Ok((StatusCode::OK, Json(KeptPhotos { photos: token, count: kept.len() })))
}
