//! Every read about cases: queues, counts, the neighbourhood of a place, one case with its history, search.

pub(crate) mod day;
pub(crate) mod files;
pub mod map;
pub(crate) mod open311;
pub(crate) mod outcome;
pub mod period;
pub(crate) mod promises;
pub mod reported;
pub(crate) mod similar;
pub(crate) mod workload;

use crate::access;
use crate::error::CaseError;
use crate::model::{Case, CaseId, EntryId, PhotoId, Source};
use crate::search;
use ::store::{Conn, List, row, sql};
use platform::{
    AccountId, Actor, Cursor, DistrictId, Fault, OrganisationId, Page, PostId, Scope, Time, limits,
};

row! {
    /// One line of a queue.
    #[derive(Clone, Debug)]
    pub struct Line {
        pub id: CaseId,
        pub number: String,
        pub state: String,
        pub open: bool,
        pub type_code: String,
        pub words: String,
        pub lon: Option<f64>,
        pub lat: Option<f64>,
        pub address: Option<String>,
        pub area_path: String,
        pub source: Source,
        pub public: bool,
        pub hidden: bool,
        pub owner_role: String,
        pub owner_post: Option<PostId>,
        pub host_post: Option<PostId>,
        pub unit_id: Option<OrganisationId>,
        pub due_at: Option<Time>,
        pub level: i64,
        pub reported_at: Time,
        pub followers: i64,
        pub workflow_version: i64,
        pub version: i64,
    }
}

row! {
    /// One line of a case's history.
    #[derive(Clone, Debug)]
    pub struct EntryRow {
        pub id: EntryId,
        pub at: Time,
        pub action: String,
        pub from_state: Option<String>,
        pub to_state: String,
        pub actor_kind: String,
        pub actor_name: String,
        pub post_id: Option<PostId>,
        pub to_post: Option<PostId>,
        pub reason: Option<String>,
        pub note: Option<String>,
        pub level: i64,
        pub due_at: Option<Time>,
    }
}

row! {
    /// A photo of a case.
    #[derive(Clone, Debug)]
    pub struct PhotoRow {
        pub id: PhotoId,
        pub entry_id: EntryId,
        pub file: String,
        pub thumbnail: String,
        pub width: i64,
        pub height: i64,
        /// When it was put on the case.
        pub at: Time,
    }
}

row! {
    /// Open cases of one area, as the map colours it.
    #[derive(Clone, Debug)]
    pub struct AreaCount {
        pub area_path: String,
        pub open: i64,
        pub overdue: i64,
        pub level_max: i64,
    }
}

sql! {
    OF_POSTS_NEWEST: (DistrictId, List<PostId>, CaseId, i64) -> Line =
        "select id, number, state, open, type_code, words, lon, lat, address, area_path, source, public, hidden, owner_role,
             owner_post, host_post, unit_id, due_at, level, reported_at, followers, workflow_version, version
         from cases_case where district = $1 and owner_post {in:$2:uuid} and open and id < $3 order by id desc limit $4";
    OF_POST_NEWEST: (DistrictId, PostId, CaseId, i64) -> Line =
        "select id, number, state, open, type_code, words, lon, lat, address, area_path, source, public, hidden, owner_role,
             owner_post, host_post, unit_id, due_at, level, reported_at, followers, workflow_version, version
         from cases_case where district = $1 and owner_post = $2 and open and id < $3 order by id desc limit $4";
    // The index is named, here and below: left to guess, SQLite reads every open case of the district, or of the area.
    OF_POSTS_DUE: (DistrictId, List<PostId>, Time, CaseId, Time, String, bool, List<String>, i64) -> Line =
        "select id, number, state, open, type_code, words, lon, lat, address, area_path, source, public, hidden, owner_role,
             owner_post, host_post, unit_id, due_at, level, reported_at, followers, workflow_version, version
         from cases_case {by:cases_case_due} where district = $1 and owner_post {in:$2:uuid} and open
             and (due_at, id) > ($3, $4) and due_at < $5 and ($6 = '' or type_code = $6) and ($7 or state {in:$8:text})
         order by due_at, id limit $9";
    OF_AREA_OPEN: (DistrictId, String, String, CaseId, i64) -> Line =
        "select id, number, state, open, type_code, words, lon, lat, address, area_path, source, public, hidden, owner_role,
             owner_post, host_post, unit_id, due_at, level, reported_at, followers, workflow_version, version
         from cases_case where district = $1 and area_path >= $2 and area_path < $3 and open and id < $4
         order by id desc limit $5";
    OF_AREA_DUE: (DistrictId, String, String, Time, CaseId, Time, String, bool, List<String>, i64) -> Line =
        "select id, number, state, open, type_code, words, lon, lat, address, area_path, source, public, hidden, owner_role,
             owner_post, host_post, unit_id, due_at, level, reported_at, followers, workflow_version, version
         from cases_case {by:cases_case_by_due} where district = $1 and area_path >= $2 and area_path < $3 and open
             and (due_at, id) > ($4, $5) and due_at < $6 and ($7 = '' or type_code = $7) and ($8 or state {in:$9:text})
         order by due_at, id limit $10";
    OF_AREA_ALL: (DistrictId, String, String, CaseId, i64) -> Line =
        "select id, number, state, open, type_code, words, lon, lat, address, area_path, source, public, hidden, owner_role,
             owner_post, host_post, unit_id, due_at, level, reported_at, followers, workflow_version, version
         from cases_case where district = $1 and id < $4 and area_path >= $2 and area_path < $3
         order by id desc limit $5";
    OF_AREA_TYPE: (DistrictId, String, CaseId, String, String, bool, List<String>, i64) -> Line =
        "select id, number, state, open, type_code, words, lon, lat, address, area_path, source, public, hidden, owner_role,
             owner_post, host_post, unit_id, due_at, level, reported_at, followers, workflow_version, version
         from cases_case {by:cases_case_of_type} where district = $1 and type_code = $2 and id < $3 and area_path >= $4
             and area_path < $5 and ($6 or state {in:$7:text})
         order by id desc limit $8";
    OF_AREA_STATE: (DistrictId, String, CaseId, String, String, i64) -> Line =
        "select id, number, state, open, type_code, words, lon, lat, address, area_path, source, public, hidden, owner_role,
             owner_post, host_post, unit_id, due_at, level, reported_at, followers, workflow_version, version
         from cases_case {by:cases_case_of_state} where district = $1 and state = $2 and id < $3 and area_path >= $4
             and area_path < $5
         order by id desc limit $6";
    OF_UNIT: (DistrictId, OrganisationId, CaseId, String, bool, List<String>, i64) -> Line =
        "select id, number, state, open, type_code, words, lon, lat, address, area_path, source, public, hidden, owner_role,
             owner_post, host_post, unit_id, due_at, level, reported_at, followers, workflow_version, version
         from cases_case where district = $1 and unit_id = $2 and open and id < $3 and ($4 = '' or type_code = $4)
             and ($5 or state {in:$6:text})
         order by id desc limit $7";
    OF_ACCOUNT: (DistrictId, AccountId, CaseId, i64) -> Line =
        "select c.id, number, state, open, type_code, words, lon, lat, address, area_path, source, public, hidden,
             owner_role, owner_post, host_post, unit_id, due_at, level, reported_at, followers, workflow_version, version
         from cases_follower f join cases_case c on c.district = f.district and c.id = f.case_id
         where f.district = $1 and f.account_id = $2 and f.case_id < $3 order by f.case_id desc limit $4";
    OF_PHONE: (DistrictId, String, i64) -> Line =
        "select c.id, number, state, open, type_code, words, lon, lat, address, area_path, source, public, hidden,
             owner_role, owner_post, host_post, unit_id, due_at, level, reported_at, followers, workflow_version, version
         from cases_follower f join cases_case c on c.district = f.district and c.id = f.case_id
         where f.district = $1 and f.phone = $2 order by f.case_id desc limit $3";
    NEAR: (DistrictId, String, f64, f64, f64, f64, Time, i64, List<String>) -> Line =
        "select id, number, state, open, type_code, words, lon, lat, address, area_path, source, public, hidden, owner_role,
             owner_post, host_post, unit_id, due_at, level, reported_at, followers, workflow_version, version
         from cases_case where district = $1 and type_code = $2 and open and lat is not null and lat >= $3 and lat <= $4
             and lon >= $5 and lon <= $6 and public and not hidden and not (state {in:$9:text}) and reported_at >= $7
         order by id desc limit $8";
    SEARCH: (DistrictId, String, i64) -> Line =
        sqlite "select c.id, number, state, open, type_code, words, lon, lat, address, area_path, source, public, hidden,
                    owner_role, owner_post, host_post, unit_id, due_at, level, reported_at, followers, workflow_version,
                    version
                from cases_search s join cases_case c on c.rowid = s.rowid
                where c.district = $1 and cases_search match $2 order by s.rowid desc limit $3"
        postgres "select c.id, number, state, open, type_code, words, lon, lat, address, area_path, source, public, hidden,
                    owner_role, owner_post, host_post, unit_id, due_at, level, reported_at, followers, workflow_version,
                    version
                from cases_search s join cases_case c on c.district = s.district and c.id = s.case_id
                where s.district = $1 and s.tokens @@ to_tsquery('simple', $2) order by s.case_id desc limit $3";
    OPEN_OF_UNIT: (DistrictId, OrganisationId, CaseId, i64) -> (CaseId,) =
        "select id from cases_case where district = $1 and unit_id = $2 and open and id > $3 order by id limit $4";
    TIMELINE: (DistrictId, CaseId, i64) -> EntryRow =
        "select id, at, action, from_state, to_state, actor_kind, actor_name, post_id, to_post, reason, note, level, due_at
         from cases_entry where district = $1 and case_id = $2 order by id limit $3";
    PHOTOS: (DistrictId, CaseId, i64) -> PhotoRow =
        "select id, entry_id, file, thumbnail, width, height, at from cases_photo
         where district = $1 and case_id = $2 order by id limit $3";
    COUNT_BY_AREA: (DistrictId, String, String, Time) -> AreaCount =
        "select area_path, count(*) as open,
             cast(sum(case when due_at < $4 then 1 else 0 end) as bigint) as overdue,
             cast(max(level) as bigint) as level_max
         from cases_case where district = $1 and area_path >= $2 and area_path < $3 and open
         group by area_path order by area_path";
}

/// Lines of a case's history on one screen.
const TIMELINE_ROWS_MAX: i64 = 500;
const PHOTO_ROWS_MAX: i64 = 100;
/// Cases offered as "the same nearby".
pub const NEAR_ROWS_MAX: i64 = 50;
/// Lines a search reads before those not to be seen are left out.
const SEARCH_ROWS_MAX: i64 = 300;

/// Which lines somebody asks for.
#[derive(Clone, Debug)]
pub enum Queue {
    /// Cases whose next step these posts own, newest first.
    Posts(Vec<PostId>),
    /// The same, what is due first.
    PostsDue(Vec<PostId>, Filter),
    /// Open cases of an area and all below it, newest first.
    Area(String),
    /// The same, what is due first.
    AreaDue(String, Filter),
    /// Open and closed, newest first; of one state at most.
    AreaAll(String, Filter),
    /// What an organisation is asked to do, newest first.
    Unit(OrganisationId, Filter),
    /// What a resident reported or follows.
    Account(AccountId),
}

/// What of a queue is wanted; everything where it says nothing. All of it is answered by the queue's own index.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    pub type_code: Option<String>,
    /// Any of these; empty: all.
    pub states: Vec<String>,
    /// Only what is past its time.
    pub overdue: bool,
}

impl Filter {
    /// The moment before which a case is due, the type, whether every state is wanted, and which are.
    fn params(&self, now: Time) -> (Time, String, bool, List<String>) {
        let until = if self.overdue { now } else { Time::from_micros(i64::MAX) };
        (until, self.type_code.clone().unwrap_or_default(), self.states.is_empty(), List(self.states.clone()))
    }
}

/// The last moment and id: where a list by newest begins.
const LAST: CaseId = CaseId(uuid::Uuid::max());

/// A page of a queue. `limit` is held to the house's own.
pub async fn list(
    conn: &mut Conn,
    district: DistrictId,
    queue: &Queue,
    now: Time,
    after: Option<&Cursor>,
    limit: u32,
) -> Result<Page<Line>, Fault> {
    let rows_max = limit.clamp(1, limits::PAGE_ROWS_MAX) as usize;
    let rows = rows_max as i64 + 1;
    let before: CaseId = after.and_then(Cursor::key).unwrap_or(LAST);
    let (due_after, id_after): (Time, CaseId) =
        after.and_then(Cursor::key).unwrap_or((Time::from_micros(i64::MIN), CaseId(uuid::Uuid::nil())));
    let lines = match queue {
        // One post is the common case, and its index gives the order without a sort.
        Queue::Posts(posts) if posts.len() == 1 => {
            conn.all(&OF_POST_NEWEST, (district, posts[0], before, rows)).await?
        }
        Queue::Posts(posts) => {
            conn.all(&OF_POSTS_NEWEST, (district, List(posts.clone()), before, rows)).await?
        }
        Queue::PostsDue(posts, filter) => {
            let (until, kind, all, states) = filter.params(now);
            let posts = List(posts.clone());
            let params = (district, posts, due_after, id_after, until, kind, all, states, rows);
            conn.all(&OF_POSTS_DUE, params).await?
        }
        Queue::Area(path) => {
            conn.all(&OF_AREA_OPEN, (district, path.clone(), end_of(path), before, rows)).await?
        }
        Queue::AreaDue(path, filter) => {
            let (until, kind, all, states) = filter.params(now);
            let (from, end) = (path.clone(), end_of(path));
            let params = (district, from, end, due_after, id_after, until, kind, all, states, rows);
            conn.all(&OF_AREA_DUE, params).await?
        }
        Queue::AreaAll(path, filter) => list_all(conn, district, path, filter, before, rows).await?,
        Queue::Unit(organisation, filter) => {
            let (_, kind, all, states) = filter.params(now);
            conn.all(&OF_UNIT, (district, *organisation, before, kind, all, states, rows)).await?
        }
        Queue::Account(account) => conn.all(&OF_ACCOUNT, (district, *account, before, rows)).await?,
    };
    let by_due = queue.is_by_due();
    Ok(Page::cut(lines, rows_max, |line| {
        if by_due { Cursor::of(&(line.due_at, line.id)) } else { Cursor::of(&line.id) }
    }))
}

/// Open and closed cases of an area, by the index that leads to the wanted ones.
async fn list_all(
    conn: &mut Conn,
    district: DistrictId,
    path: &str,
    filter: &Filter,
    before: CaseId,
    rows: i64,
) -> Result<Vec<Line>, Fault> {
    let (from, end) = (path.to_owned(), end_of(path));
    match (&filter.type_code, filter.states.first()) {
        (Some(kind), state) => {
            let states = List(filter.states.clone());
            let params = (district, kind.clone(), before, from, end, state.is_none(), states, rows);
            conn.all(&OF_AREA_TYPE, params).await
        }
        (None, Some(state)) => {
            conn.all(&OF_AREA_STATE, (district, state.clone(), before, from, end, rows)).await
        }
        (None, None) => conn.all(&OF_AREA_ALL, (district, from, end, before, rows)).await,
    }
}

/// Whether a cursor is one that this queue gave out; any other would silently begin the list anew.
pub fn check_cursor(queue: &Queue, after: Option<&Cursor>) -> Result<(), CaseError> {
    let Some(cursor) = after else { return Ok(()) };
    let known = if queue.is_by_due() {
        cursor.key::<(Time, CaseId)>().is_some()
    } else {
        cursor.key::<CaseId>().is_some()
    };
    if known {
        return Ok(());
    }
    Err(CaseError::invalid(
        "after",
        "cases.bad_cursor",
        "翻页位置不对，请从第一页重新开始。",
        "This is no place of this list. Please begin with its first page.",
    ))
}

impl Queue {
    /// Whether the area asked for, if any, can be one: codes and what joins them.
    fn names_an_area(&self) -> bool {
        match self {
            Self::Area(path) | Self::AreaDue(path, _) | Self::AreaAll(path, _) => {
                path.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'/')
            }
            Self::Posts(_) | Self::PostsDue(..) | Self::Unit { .. } | Self::Account(_) => true,
        }
    }

    /// Sorted by what is due first, not by newest.
    fn is_by_due(&self) -> bool {
        matches!(self, Self::PostsDue(..) | Self::AreaDue(..))
    }
}

/// The first path after all paths below `path`: "/" is the only character a child adds, and "0" follows it.
fn end_of(path: &str) -> String {
    format!("{path}0")
}

/// Open cases by area below `path`.
pub async fn count_by_area(
    conn: &mut Conn,
    district: DistrictId,
    path: &str,
    now: Time,
) -> Result<Vec<AreaCount>, Fault> {
    conn.all(&COUNT_BY_AREA, (district, path.to_owned(), end_of(path), now)).await
}

/// Open cases of a type around a place that neighbours may see, nearest first, with metres.
pub async fn near(
    conn: &mut Conn,
    district: DistrictId,
    type_code: &str,
    place: geo::Point,
    radius_m: f64,
    since: Time,
) -> Result<Vec<(Line, f64)>, Fault> {
    let bounds = geo::Bbox::around(place, radius_m);
    let params = (
        district,
        type_code.to_owned(),
        bounds.south,
        bounds.north,
        bounds.west,
        bounds.east,
        since,
        NEAR_ROWS_MAX,
        access::untold_states(),
    );
    let lines = conn.all(&NEAR, params).await?;
    let mut found: Vec<(Line, f64)> = lines
        .into_iter()
        .filter_map(|line| {
            let at = geo::Point::new(line.lon?, line.lat?).ok()?;
            let metres = geo::distance_metres(place, at);
            (metres <= radius_m).then_some((line, metres))
        })
        .collect();
    found.sort_by(|a, b| a.1.total_cmp(&b.1));
    Ok(found)
}

/// Finds cases by words, number or (for those who may) a reporter's phone; only what the actor may see.
pub async fn find_words(conn: &mut Conn, actor: &Actor, text: &str, limit: u32) -> Result<Vec<Line>, Fault> {
    let tokens = search::query_tokens(text);
    if tokens.is_empty() {
        return Ok(Vec::new());
    }
    let district = actor.district;
    let phone = platform::Phone::parse(text).filter(|_| actor.holds(&access::VIEW_REPORTER));
    let mut lines = match phone {
        Some(phone) => conn.all(&OF_PHONE, (district, phone.as_str().to_owned(), SEARCH_ROWS_MAX)).await?,
        None => Vec::new(),
    };
    if lines.is_empty() {
        let tokens = number_as_token(text).map_or(tokens, |t| vec![t]);
        let query = if conn.is_sqlite() {
            let quoted: Vec<String> =
                std::iter::once(format!("d{district}")).chain(tokens).map(|t| format!("\"{t}\"")).collect();
            quoted.join(" AND ")
        } else {
            tokens.iter().map(|t| format!("'{t}'")).collect::<Vec<_>>().join(" & ")
        };
        lines = conn.all(&SEARCH, (district, query, SEARCH_ROWS_MAX)).await?;
    }
    lines.retain(|line| access::may_see_line(actor, line));
    lines.truncate(limit.clamp(1, limits::PAGE_ROWS_MAX) as usize);
    Ok(lines)
}

/// A case number with its hyphens is one token in the index.
fn number_as_token(text: &str) -> Option<String> {
    crate::model::parse_number(text)
        .filter(|_| !text.chars().any(char::is_alphabetic))
        .map(|n| n.replace('-', ""))
}

/// A case with its history and photos.
#[derive(Clone, Debug)]
pub struct Whole {
    pub case: Case,
    pub timeline: Vec<EntryRow>,
    pub photos: Vec<PhotoRow>,
    pub followers: Vec<crate::store::Follower>,
}

/// Open cases that are a unit's work, after one.
pub(crate) async fn open_of_unit(
    conn: &mut Conn,
    district: DistrictId,
    unit: OrganisationId,
    after: CaseId,
    limit: i64,
) -> Result<Vec<CaseId>, Fault> {
    Ok(conn.all(&OPEN_OF_UNIT, (district, unit, after, limit)).await?.into_iter().map(|(id,)| id).collect())
}

/// A case's history, in its order.
pub(crate) async fn timeline(
    conn: &mut Conn,
    district: DistrictId,
    id: CaseId,
) -> Result<Vec<EntryRow>, Fault> {
    conn.all(&TIMELINE, (district, id, TIMELINE_ROWS_MAX)).await
}

/// A case's photos, in the order in which they came.
pub(crate) async fn photos(
    conn: &mut Conn,
    district: DistrictId,
    id: CaseId,
) -> Result<Vec<PhotoRow>, Fault> {
    conn.all(&PHOTOS, (district, id, PHOTO_ROWS_MAX)).await
}

/// Reads one case whole, for somebody who may see it or follows it.
pub async fn find_whole(
    conn: &mut Conn,
    actor: &Actor,
    id: CaseId,
    mark: Option<crate::model::FollowerId>,
) -> Result<Whole, CaseError> {
    let district = actor.district;
    let case = crate::store::find(conn, district, id).await?.ok_or(CaseError::NotFound)?;
    let following = match (mark, actor.account) {
        (Some(mark), _) => crate::store::follower(conn, district, id, mark).await?,
        (None, Some(account)) => crate::store::follower_of_account(conn, district, id, account).await?,
        (None, None) => None,
    };
    if !access::may_see(actor, &case, following.map(|f| f.kind)) {
        return Err(CaseError::NotFound);
    }
    let timeline = timeline(conn, district, id).await?;
    let photos = photos(conn, district, id).await?;
    let followers = crate::store::followers(conn, district, id).await?;
    Ok(Whole { case, timeline, photos, followers })
}

/// Merges of merges that are followed to the case that goes on.
const MERGES_MAX: usize = 16;

/// The case in which a report goes on: itself, or the one it was merged into. Answers its id and number.
pub(crate) async fn find_common(
    conn: &mut Conn,
    district: DistrictId,
    id: CaseId,
) -> Result<(CaseId, String), CaseError> {
    let mut case = crate::store::find(conn, district, id).await?.ok_or(CaseError::NotFound)?;
    for _ in 0..MERGES_MAX {
        let Some(next) = case.merged_into else { break };
        case = crate::store::find(conn, district, next).await?.ok_or(CaseError::NotFound)?;
    }
    Ok((case.id, case.number))
}

/// The queue somebody means who names none: the posts held, else the unit, else the area of the widest scope.
pub fn default_queue(actor: &Actor) -> Result<Queue, CaseError> {
    if !actor.posts.is_empty() {
        return Ok(Queue::PostsDue(actor.posts.to_vec(), Filter::default()));
    }
    let scope = actor.scopes(&access::VIEW).next().ok_or(CaseError::Forbidden(&access::VIEW))?;
    Ok(match scope {
        Scope::District => Queue::Area(actor.district.to_string()),
        Scope::Area { path } => Queue::Area(path.clone()),
        Scope::Unit { organisation } => Queue::Unit(*organisation, Filter::default()),
        Scope::Own => Queue::Account(actor.account.ok_or(CaseError::Forbidden(&access::VIEW))?),
    })
}

/// Whether the actor may list this queue.
pub fn check_queue(actor: &Actor, queue: &Queue) -> Result<(), CaseError> {
    let allowed = match queue {
        Queue::Posts(posts) | Queue::PostsDue(posts, _) => {
            posts.iter().all(|p| actor.has_post(*p)) || actor.holds_everywhere(&access::VIEW)
        }
        Queue::Area(path) | Queue::AreaDue(path, _) | Queue::AreaAll(path, _) => {
            actor.holds_at(&access::VIEW, path)
        }
        Queue::Unit(organisation, _) => {
            actor.holds_everywhere(&access::VIEW)
                || actor
                    .scopes(&access::VIEW)
                    .any(|s| matches!(s, Scope::Unit { organisation: o } if o == organisation))
        }
        Queue::Account(account) => actor.account == Some(*account),
    };
    if allowed && queue.names_an_area() { Ok(()) } else { Err(CaseError::Forbidden(&access::VIEW)) }
}
