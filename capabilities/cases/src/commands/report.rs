//! Filing a report: found its place, named its type, given to the one post that owns the next step, with a clock running.

use super::route::route;
use super::{ADDRESS_CHARS_MAX, NAME_CHARS_MAX, books, check_entered, clean_words, tell, wind};
use crate::access;
use crate::catalogue::{CaseType, SOMETHING_ELSE};
use crate::codes;
use crate::error::CaseError;
use crate::facts::CaseFollowed;
use crate::model::{
    Case, CaseId, Clocks, Entry, FollowerId, FollowerKind, Progress, Setting, Source, begin, number_of,
};
use crate::photos::{PHOTOS_MAX, StoredPhoto};
use crate::rules::Rules;
use crate::search;
use crate::similar::Spot;
use crate::store::{self, NewFollower};
use ::store::{Json, Tx};
use platform::{AccountId, Actor, ActorKind, DistrictId, Phone, Time, Words};
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use territory::{Area, Snapshot};

/// The id another system gave a case.
const EXTERNAL_ID_CHARS_MAX: usize = 200;
/// What GeoReport v2 grants the description of another system's report.
const STANDARD_CHARS_MAX: usize = 4_000;
/// The fewest characters that say anything.
const WORDS_CHARS_MIN: usize = 2;
/// How often another number is tried where one is taken.
const NUMBER_ATTEMPTS_MAX: u64 = 8;

/// Where it is, as the reporter could say it.
#[derive(Clone, Debug)]
pub enum PlaceGiven {
    /// WGS-84, with the words that say it closer (which door, which floor) where they were given.
    Point { at: geo::Point, address: Option<String> },
    /// Words alone, or within a grid.
    Address { text: String, grid: Option<String> },
    /// A grid's code, from its page or plate.
    Grid(String),
}

/// Who reports.
#[derive(Clone, Debug, Default)]
pub struct ReporterGiven {
    pub name: Option<String>,
    pub phone: Option<Phone>,
    pub account: Option<AccountId>,
}

/// Why a report waits for a person to look.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Held {
    /// Too many from one source in a short time.
    TooMany,
    /// It reads like advertising.
    LooksLikeSpam,
}

impl Held {
    pub fn words(self) -> Words {
        match self {
            Self::TooMany => Words::of(
                "短时间内从同一来源收到很多报告",
                "many reports came from the same source in a short time",
            ),
            Self::LooksLikeSpam => Words::of("内容像广告", "it reads like advertising"),
        }
    }
}

/// A report as it came in, parsed.
#[derive(Clone, Debug)]
pub struct Report {
    pub id: CaseId,
    /// Absent where the person left it to the staff: the best suggestion is taken, or "something else".
    pub type_code: Option<String>,
    pub words: String,
    pub place: PlaceGiven,
    pub source: Source,
    /// None: nobody can be asked (a sensor, a foreign system).
    pub reporter: Option<ReporterGiven>,
    /// Hidden from neighbours.
    pub hidden: bool,
    pub photos: Vec<StoredPhoto>,
    pub answers: BTreeMap<String, serde_json::Value>,
    pub external_id: Option<String>,
    /// When it was seen, where that was earlier than now (a worker without network, a foreign system).
    pub seen_at: Option<Time>,
    pub held: Option<Held>,
}

/// A filed report.
#[derive(Clone, Debug)]
pub struct Filed {
    pub case: Case,
    /// The reporter's own follow code and id; none where nobody can be asked.
    pub follower: Option<(FollowerId, String)>,
    /// False where the very same report had arrived before.
    pub fresh: bool,
}

/// Files a report. The same report twice (same id, same content) is one case and the same answer.
pub async fn report(tx: &mut Tx, order: Report) -> Result<Filed, CaseError> {
    let (rules, places) = books(tx);
    may_report(tx, &order)?;
    let order = named_by_us(tx, checked(order, tx.now())?).await?;
    let case_type = type_for(&order, &rules, tx.district())?.clone();
    check_reporter(&order, &case_type)?;
    // Whoever took a call for another house was not asked our questions, and a device answers none.
    let is_asked = !matches!(order.source, Source::Hotline | Source::Sensor);
    crate::answers::check(&case_type, &order.answers, is_asked)?;
    let place = locate(&order.place, &places)?;
    let case = draft(tx, &order, &case_type, &place, &rules);
    let setting = rules.setting(&case, &places, order.reporter.is_some(), tx.now())?;
    let steps = first_steps(case, &order, &setting, &rules, &places)?;
    let (case, fresh) = keep(tx, steps.case, &order).await?;
    if fresh {
        store::add_photos(tx, case.id, steps.first.id, &order.photos).await?;
        store::add_words(tx, case.id, search_text(&case, &case_type, &place)).await?;
        tell(tx, &case, &steps.first, None).await?;
        if let Some(routed) = &steps.routed {
            store::add_entry(tx, case.id, routed, None).await?;
        }
        wind(tx, &case, &setting).await?;
    }
    let follower = match &order.reporter {
        Some(reporter) => Some(follow_as_reporter(tx, &case, reporter, fresh).await?),
        None => None,
    };
    Ok(Filed { case, follower, fresh })
}

/// A report of the public is kept under an id of ours; only those who are known may say what another system calls it.
async fn named_by_us(tx: &mut Tx, mut order: Report) -> Result<Report, CaseError> {
    if matches!(tx.actor().kind, ActorKind::Anonymous | ActorKind::Resident) {
        let secret = codes::secret(tx).await?;
        order.id = CaseId(codes::kept_id(&secret, order.id.0, tx.now()));
        order.external_id = None;
    }
    Ok(order)
}

fn may_report(tx: &Tx, order: &Report) -> Result<(), CaseError> {
    let actor = tx.actor();
    let allowed = match actor.kind {
        ActorKind::System | ActorKind::Anonymous | ActorKind::Resident => true,
        ActorKind::Service => actor.holds(&access::REPORT),
        ActorKind::Staff => match order.source {
            Source::Desk | Source::Hotline => actor.holds(&access::REPORT_FOR_OTHERS),
            _ => actor.holds(&access::REPORT),
        },
    };
    if allowed { Ok(()) } else { Err(CaseError::Forbidden(&access::REPORT)) }
}

/// Parses what needs the rule book: lengths, dates, numbers of photos.
fn checked(mut order: Report, now: Time) -> Result<Report, CaseError> {
    order.words = check_words(&order)?;
    if order.photos.len() > PHOTOS_MAX {
        return Err(CaseError::invalid(
            "photos",
            "cases.photo_too_many",
            format!("最多 {PHOTOS_MAX} 张照片。"),
            format!("At most {PHOTOS_MAX} photos."),
        ));
    }
    if let PlaceGiven::Point { address, .. } = &mut order.place
        && let Some(text) = address.take()
    {
        *address = Some(clean_words(&text, "address", ADDRESS_CHARS_MAX)?).filter(|words| !words.is_empty());
    }
    if let PlaceGiven::Address { text, .. } = &mut order.place {
        *text = clean_words(text, "address", ADDRESS_CHARS_MAX)?;
        if text.is_empty() {
            return Err(CaseError::invalid(
                "address",
                "cases.place_missing",
                "请写明在哪里。",
                "Please say where it is.",
            ));
        }
    }
    if let Some(reporter) = &mut order.reporter
        && let Some(name) = &mut reporter.name
    {
        *name = clean_words(name, "reporter_name", NAME_CHARS_MAX)?;
    }
    if let Some(external) = &mut order.external_id {
        *external = clean_words(external, "external_id", EXTERNAL_ID_CHARS_MAX)?;
    }
    if let Some(seen) = order.seen_at {
        check_entered(seen, "seen_at", now)?;
    }
    Ok(order)
}

/// The words cleaned; a report says something or shows something.
pub fn check_words(order: &Report) -> Result<String, CaseError> {
    let chars_max = if order.source == Source::Open311 { STANDARD_CHARS_MAX } else { super::WORDS_CHARS_MAX };
    let words = clean_words(&order.words, "words", chars_max)?;
    if words.chars().count() < WORDS_CHARS_MIN && order.photos.is_empty() {
        return Err(CaseError::invalid(
            "words",
            "cases.words_missing",
            "请写一句发生了什么，或拍一张照片。",
            "Please say what happened in a few words, or add a photo.",
        ));
    }
    Ok(words)
}

/// The named type, else the best suggestion from the words, else "something else".
fn type_for<'a>(order: &Report, rules: &'a Rules, district: DistrictId) -> Result<&'a CaseType, CaseError> {
    match &order.type_code {
        Some(code) => {
            let found = rules.find_type(district, code).map_or_else(|| rules.case_type(code), Ok)?;
            let by_resident = matches!(order.source, Source::Resident);
            if by_resident && !found.offered { rules.case_type("") } else { Ok(found) }
        }
        None => {
            let best = rules.suggester.suggest(&order.words).into_iter().next();
            rules.case_type(best.as_ref().map_or(SOMETHING_ELSE, |s| &s.code))
        }
    }
}

fn check_reporter(order: &Report, case_type: &CaseType) -> Result<(), CaseError> {
    let Some(reporter) = &order.reporter else { return Ok(()) };
    let reachable = reporter.phone.is_some() || reporter.account.is_some();
    if reachable || case_type.anonymous {
        return Ok(());
    }
    Err(CaseError::invalid(
        "reporter_phone",
        "cases.phone_needed",
        "这类事需要能联系到您，请留手机号；只有承办人看得到。",
        "This kind of matter needs a way to reach you. Only those who handle it see your phone number.",
    ))
}

/// A place as the district knows it.
struct Located<'a> {
    grid: Option<&'a Area>,
    path: String,
    point: Option<geo::Point>,
    address: Option<String>,
}

fn locate<'a>(given: &PlaceGiven, places: &'a Snapshot) -> Result<Located<'a>, CaseError> {
    let by_code = |code: &str| {
        places.by_code(code).ok_or_else(|| {
            CaseError::invalid(
                "grid",
                "cases.unknown_grid",
                "没有这个网格编号。",
                "There is no grid with that code.",
            )
        })
    };
    Ok(match given {
        PlaceGiven::Point { at, address } => {
            let grid = places.locate(*at).ok_or(CaseError::Outside)?;
            Located { grid: Some(grid), path: grid.path.clone(), point: Some(*at), address: address.clone() }
        }
        PlaceGiven::Grid(code) => {
            let area = by_code(code)?;
            Located { grid: Some(area), path: area.path.clone(), point: None, address: None }
        }
        PlaceGiven::Address { text, grid } => {
            let grid = grid.as_deref().map(by_code).transpose()?;
            let area = grid.or_else(|| places.named_in(text)).or_else(|| places.root());
            let path = area.map_or_else(String::new, |area| area.path.clone());
            Located { grid, path, point: None, address: Some(text.clone()) }
        }
    })
}

/// Where a report would lie, for comparing it with others before it is filed.
///
/// # Errors
/// A refusal where the place is none of the district's.
pub fn spot_of(given: &PlaceGiven, places: &Snapshot) -> Result<Spot, CaseError> {
    let place = locate(given, places)?;
    Ok(Spot::new(place.point, place.address.as_deref(), &place.path))
}

fn draft(tx: &Tx, order: &Report, case_type: &CaseType, place: &Located<'_>, rules: &Rules) -> Case {
    let now = tx.now();
    Case {
        district: tx.district(),
        id: order.id,
        number: number_of(order.id, now, 0),
        workflow_version: i64::from(rules.workflow().version),
        state: String::new(),
        open: true,
        type_code: case_type.code.clone(),
        words: order.words.clone(),
        lon: place.point.map(|p| p.lon()),
        lat: place.point.map(|p| p.lat()),
        address: place.address.clone(),
        grid_id: place.grid.map(|g| g.id),
        area_path: place.path.clone(),
        source: order.source,
        public: case_type.public,
        hidden: order.hidden,
        owner_role: String::new(),
        owner_post: None,
        host_post: None,
        unit_id: None,
        cohosts: Json(Vec::new()),
        clocks: Json(Clocks::default()),
        due_at: None,
        level: 0,
        progress: Json(Progress::default()),
        explanation: Json(serde_json::Value::Null),
        answers: Json(order.answers.clone()),
        reported_at: order.seen_at.unwrap_or(now),
        state_since: now,
        closed_at: None,
        rating: None,
        merged_into: None,
        external_id: order.external_id.clone(),
        followers: 0,
        content_hash: content_hash(tx.actor(), order),
        version: 1,
    }
}

/// Of all that was said, and of which colleague or system said it: the same id with other content is another report, and nobody
/// is given the code of what a colleague has sent.
fn content_hash(actor: &Actor, order: &Report) -> Vec<u8> {
    let known = matches!(actor.kind, ActorKind::Staff | ActorKind::Service);
    let sender = actor.account.filter(|_| known).map(|a| a.to_string()).unwrap_or_default();
    let place = match &order.place {
        PlaceGiven::Point { at, address } => format!("{},{}|{address:?}", at.lon(), at.lat()),
        PlaceGiven::Address { text, grid } => format!("{text}|{grid:?}"),
        PlaceGiven::Grid(code) => code.clone(),
    };
    let photos: String = order.photos.iter().map(|p| p.file.as_str()).collect();
    let mut hash = Sha256::new();
    for piece in [order.type_code.as_deref().unwrap_or(""), &order.words, &place, &photos, &sender] {
        hash.update((piece.len() as u64).to_le_bytes());
        hash.update(piece);
    }
    hash.finalize()[..16].to_vec()
}

struct Steps {
    case: Case,
    first: Entry,
    routed: Option<Entry>,
}

/// The first state, and the step to the post that the routing rules name. A held report is routed when it is let in.
fn first_steps(
    case: Case,
    order: &Report,
    setting: &Setting<'_>,
    rules: &Rules,
    places: &Snapshot,
) -> Result<Steps, CaseError> {
    if let Some(held) = order.held {
        let (mut case, first) = begin(case, "held", setting);
        case.explanation = Json(serde_json::json!({ "held": held.words() }));
        return Ok(Steps { case, first, routed: None });
    }
    let (case, first) = begin(case, "reported", setting);
    let (case, routed) = route(case, setting, rules, places)?;
    Ok(Steps { case, first, routed })
}

/// Inserts the case under a free number; an id that is taken is either the same report again or a refusal.
async fn keep(tx: &mut Tx, mut case: Case, order: &Report) -> Result<(Case, bool), CaseError> {
    for attempt in 0..NUMBER_ATTEMPTS_MAX {
        if attempt > 0 {
            case.number = number_of(case.id, tx.now(), attempt);
        }
        if store::insert(tx, &case).await? {
            return Ok((case, true));
        }
        if let Some(earlier) = store::find(tx, case.district, case.id).await? {
            let same = earlier.content_hash == case.content_hash;
            return if same { Ok((earlier, false)) } else { Err(CaseError::IdUsed) };
        }
        if let Some(external) = &order.external_id
            && let Some(id) = store::find_by_external(tx, case.district, external).await?
            && let Some(earlier) = store::find(tx, case.district, id).await?
        {
            let same = earlier.content_hash == case.content_hash;
            return if same { Ok((earlier, false)) } else { Err(CaseError::IdUsed) };
        }
    }
    Err(platform::Fault::broken("no free number was found for a case").into())
}

async fn follow_as_reporter(
    tx: &mut Tx,
    case: &Case,
    reporter: &ReporterGiven,
    fresh: bool,
) -> Result<(FollowerId, String), CaseError> {
    // The reporter's id is the case's: the same report sent again gives the same code.
    let id = FollowerId(case.id.0);
    if fresh {
        let follower = NewFollower {
            case: case.id,
            id,
            kind: FollowerKind::Reporter,
            account: reporter.account,
            name: reporter.name.clone().filter(|n| !n.is_empty()),
            phone: reporter.phone.clone(),
        };
        store::add_follower(tx, follower).await?;
    }
    let secret = codes::secret(tx).await?;
    Ok((id, codes::code(&secret, case.id, id)))
}

fn search_text(case: &Case, case_type: &CaseType, place: &Located<'_>) -> String {
    let number = case.number.replace('-', "");
    let grid = place.grid.map_or("", |g| g.name.as_str());
    let address = case.address.as_deref().unwrap_or("");
    let district = format!("d{}", case.district);
    search::tokens(&format!("{district} {number} {} {} {address} {grid}", case.words, case_type.name.zh))
}

/// Tells that somebody follows.
pub(crate) async fn tell_followed(
    tx: &mut Tx,
    case: &Case,
    follower: FollowerId,
    kind: FollowerKind,
) -> Result<(), CaseError> {
    tx.record(&CaseFollowed { case, follower, kind }).await?;
    Ok(())
}
