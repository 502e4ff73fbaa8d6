//! A case and its rules: values in, a new state and an entry of its history out. No IO, no clock, no SQL.

use crate::catalogue::{CaseType, FirstLook, Proof};
pub use crate::routing::Source;
use ::store::{Json, row, text_enum};
use flow::{Calendar, Clock, ClockChange, Deadline, Facts, Given, Handover, Step, Workflow};
use platform::{DistrictId, OrganisationId, PostId, Time, id};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use territory::AreaId;
use uuid::Uuid;

id!(
    /// A case. Made from the id the reporter's device sends along, so that a report sent twice is one case.
    CaseId, "case"
);
id!(
    /// One line of a case's history.
    EntryId, "entry"
);
id!(
    /// A photo of a case.
    PhotoId, "photo"
);
id!(
    /// Somebody who follows a case: its reporter, or one who has the same trouble.
    FollowerId, "follower"
);

text_enum!(
    /// What somebody is to a case.
    pub FollowerKind { Reporter = "reporter", Follower = "follower" }
);

row! {
    /// A case: the aggregate that actions change.
    #[derive(Clone, Debug)]
    pub struct Case {
        pub district: DistrictId,
        pub id: CaseId,
        /// What people read out on the phone: date and eight digits, "261121-4839-2017".
        pub number: String,
        /// The version of the workflow it began with and stays with.
        pub workflow_version: i64,
        pub state: String,
        pub open: bool,
        pub type_code: String,
        pub words: String,
        pub lon: Option<f64>,
        pub lat: Option<f64>,
        pub address: Option<String>,
        /// The grid the place lay in when it was reported; a re-gridding changes nothing here.
        pub grid_id: Option<AreaId>,
        pub area_path: String,
        pub source: Source,
        /// Whether neighbours may see it at all (by type).
        pub public: bool,
        /// Whether the reporter wants it hidden from neighbours.
        pub hidden: bool,
        /// The workflow's role that owns the next step.
        pub owner_role: String,
        /// The one post that owns the next step; none where it is the reporter or nobody.
        pub owner_post: Option<PostId>,
        pub host_post: Option<PostId>,
        /// The organisation behind the owner or host.
        pub unit_id: Option<OrganisationId>,
        pub cohosts: Json<Vec<PostId>>,
        pub clocks: Json<Clocks>,
        pub due_at: Option<Time>,
        /// Rank of the level of urging, raised by the clock within a step, never lowered.
        pub level: i64,
        pub progress: Json<Progress>,
        /// Why it went where it went.
        pub explanation: Json<serde_json::Value>,
        /// Answers to the type's questions.
        pub answers: Json<BTreeMap<String, serde_json::Value>>,
        pub reported_at: Time,
        pub state_since: Time,
        pub closed_at: Option<Time>,
        pub rating: Option<i64>,
        pub merged_into: Option<CaseId>,
        /// The id another system gave it.
        pub external_id: Option<String>,
        /// Others who have the same trouble.
        pub followers: i64,
        /// Of what was sent: the same id with other content is refused.
        pub content_hash: Vec<u8>,
        pub version: i64,
    }
}

/// The clock of the present step, and the one that stands still meanwhile.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct Clocks {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub running: Option<NamedClock>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub on_hold: Option<NamedClock>,
}

/// A clock by the workflow's name for it.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct NamedClock {
    pub name: String,
    pub clock: Clock,
}

/// What the workflow asks of the past.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct Progress {
    /// How often each action was taken.
    #[serde(skip_serializing_if = "BTreeMap::is_empty", default)]
    pub counts: BTreeMap<String, u32>,
    /// Whether the dispatcher sent it to its host.
    #[serde(skip_serializing_if = "std::ops::Not::not", default)]
    pub sent_by_dispatcher: bool,
}

/// One line of the history, as it is appended.
#[derive(Clone, Debug)]
pub struct Entry {
    pub id: EntryId,
    pub at: Time,
    pub action: String,
    pub from_state: Option<String>,
    pub to_state: String,
    pub to_post: Option<PostId>,
    pub reason: Option<String>,
    pub note: Option<String>,
    pub level: i64,
    pub due_at: Option<Time>,
}

/// What somebody does to a case.
#[derive(Clone, Debug, Default)]
pub struct Deed {
    pub action: String,
    pub reason: Option<String>,
    pub note: Option<String>,
    pub photos: usize,
    pub post: Option<PostId>,
    pub target: Option<CaseId>,
    pub rating: Option<i64>,
    pub length: Option<Deadline>,
}

/// What the rules need to know beyond the case: the rule book, the posts around the place, the moment.
#[derive(Clone, Copy, Debug)]
pub struct Setting<'a> {
    pub workflow: &'a Workflow,
    pub calendar: &'a Calendar,
    pub case_type: &'a CaseType,
    /// How soon somebody must look at what cannot wait.
    pub first_look: &'a FirstLook,
    pub desk: Option<PostId>,
    pub dispatcher: Option<PostId>,
    /// Whether there is a reporter who can answer.
    pub reporter_reachable: bool,
    /// Whether the present host is a grid worker.
    pub host_is_worker: bool,
    pub now: Time,
}

impl Setting<'_> {
    /// Whom a role symbol means for a case: desk and dispatcher by place, host by what was decided.
    fn post_of(&self, role: &str, host: Option<PostId>) -> Option<PostId> {
        match role {
            // A place without a desk of its own (an address nobody could place) is the dispatcher's.
            "desk" => self.desk.or(self.dispatcher),
            "dispatcher" => self.dispatcher,
            "host" => host.or(self.desk).or(self.dispatcher),
            _ => None,
        }
    }

    fn deadline(&self, start: &flow::ClockStart<'_>) -> Deadline {
        if start.by_caller {
            return self.case_type.final_measure().within;
        }
        self.first_look.limit_of(&start.rule.name, self.case_type.urgency).unwrap_or(start.length)
    }
}

/// The guards of the workflow that hold for this case now.
pub fn guards(case: &Case, setting: &Setting<'_>) -> Vec<&'static str> {
    let from_inspector = matches!(case.source, Source::Worker | Source::Sensor);
    let proof = setting.case_type.proof;
    let all = [
        ("may_withdraw", case.followers == 0 && !setting.case_type.hazard),
        ("no_photo_needed", proof == Proof::None),
        ("needs_verify", !from_inspector && proof != Proof::None),
        ("nobody_to_ask", !setting.reporter_reachable),
        ("host_is_worker", setting.host_is_worker),
        ("sent_by_dispatcher", case.progress.0.sent_by_dispatcher),
    ];
    all.into_iter().filter(|(_, holds)| *holds).map(|(name, _)| name).collect()
}

/// Whether somebody looks at finished work before it counts: a desk on the spot, or the reporter.
pub fn is_looked_at_after(case: &Case, setting: &Setting<'_>) -> bool {
    guards(case, setting).contains(&"needs_verify") || setting.reporter_reachable
}

/// Starts the clock of the first state and names its owner. Called once, when the case is made.
pub fn begin(mut case: Case, state: &str, setting: &Setting<'_>) -> (Case, Entry) {
    case.state = state.to_owned();
    if let Some((first, start)) = setting.workflow.begin(state) {
        case.owner_role.clone_from(&first.owner);
        case.owner_post = setting.post_of(&first.owner, None);
        let clock = Clock::start(setting.now.micros(), setting.deadline(&start));
        case.clocks.0.running = Some(NamedClock { name: start.rule.name.clone(), clock });
    }
    case.due_at = due(&case, setting);
    let entry = Entry {
        id: EntryId::new(setting.now),
        at: setting.now,
        action: "report".to_owned(),
        from_state: None,
        to_state: case.state.clone(),
        to_post: case.owner_post,
        reason: None,
        note: None,
        level: case.level,
        due_at: case.due_at,
    };
    (case, entry)
}

/// Decides one action: the new state and the line of history, or the refusal.
pub fn act(
    case: &Case,
    who: &[&str],
    actor_post: Option<PostId>,
    deed: &Deed,
    setting: &Setting<'_>,
) -> Result<(Case, Entry), flow::Refusal> {
    let holds = guards(case, setting);
    let counts: Vec<(&str, u32)> = case.progress.0.counts.iter().map(|(a, n)| (a.as_str(), *n)).collect();
    let facts = Facts { counts: &counts, holds: &holds };
    let given = Given {
        reason: deed.reason.as_deref(),
        note: deed.note.as_deref(),
        photos: if setting.case_type.proof == Proof::None { deed.photos.max(1) } else { deed.photos },
        has_post: deed.post.is_some(),
        has_date: false,
        has_target: deed.target.is_some(),
        rating: deed.rating,
        new_facts: deed.note.as_deref(),
        length: deed.length,
    };
    let step = setting.workflow.step(&case.state, &deed.action, who, &given, &facts)?;
    let mut next = case.clone();
    hand_over(&mut next, &step, actor_post, deed, who);
    change_clock(&mut next, &step, deed, setting);
    enter(&mut next, &step, setting);
    *next.progress.0.counts.entry(deed.action.clone()).or_default() += 1;
    if let Some(level) = step.raises.and_then(|l| setting.workflow.level_rank(l)) {
        next.level = next.level.max(level as i64);
    }
    next.rating = deed.rating.or(next.rating);
    next.merged_into = deed.target.or(next.merged_into);
    next.due_at = due(&next, setting);
    next.version += 1;
    let entry = Entry {
        id: EntryId::new(setting.now),
        at: setting.now,
        action: deed.action.clone(),
        from_state: Some(case.state.clone()),
        to_state: next.state.clone(),
        to_post: deed
            .post
            .or_else(|| (next.owner_post != case.owner_post).then_some(next.owner_post).flatten()),
        reason: deed.reason.clone(),
        note: deed.note.clone(),
        level: next.level,
        due_at: next.due_at,
    };
    Ok((next, entry))
}

/// Who does the work from now on.
fn hand_over(case: &mut Case, step: &Step<'_>, actor_post: Option<PostId>, deed: &Deed, who: &[&str]) {
    match step.action.hands_to {
        Handover::Nobody => {}
        Handover::Post => {
            case.host_post = deed.post;
            case.cohosts.0.retain(|p| Some(*p) != deed.post);
            case.progress.0.sent_by_dispatcher = who.contains(&"dispatcher");
        }
        Handover::Actor => case.host_post = actor_post.or(case.owner_post),
        Handover::Helper => {
            if let Some(helper) = deed.post
                && !case.cohosts.0.contains(&helper)
                && case.host_post != Some(helper)
            {
                case.cohosts.0.push(helper);
            }
        }
    }
}

/// The new state with its owner.
fn enter(case: &mut Case, step: &Step<'_>, setting: &Setting<'_>) {
    let new_host = !matches!(step.action.hands_to, Handover::Nobody | Handover::Helper);
    if step.moves() || new_host {
        case.owner_role = step.owner().to_owned();
        case.owner_post = setting.post_of(step.owner(), case.host_post);
    }
    if step.moves() {
        case.state = step.to.name.clone();
        case.state_since = setting.now;
        case.open = !step.to.is_final;
        case.closed_at = step.to.is_final.then_some(setting.now);
    }
}

fn change_clock(case: &mut Case, step: &Step<'_>, deed: &Deed, setting: &Setting<'_>) {
    let now = setting.now.micros();
    let start = |start: &flow::ClockStart<'_>| NamedClock {
        name: start.rule.name.clone(),
        clock: Clock::start(now, setting.deadline(start)),
    };
    let clocks = &mut case.clocks.0;
    match &step.clock {
        ClockChange::Keep => {}
        ClockChange::Start(next) => {
            // Every step has its own clock and its own level.
            *clocks = Clocks { running: Some(start(next)), on_hold: None };
            case.level = 0;
        }
        ClockChange::Pause(meanwhile) => {
            if let Some(mut held) = clocks.running.take() {
                held.clock.pause(deed.reason.as_deref().unwrap_or("pause"), now);
                clocks.on_hold = Some(held);
            }
            clocks.running = Some(start(meanwhile));
        }
        ClockChange::Resume(_) => {
            if let Some(mut held) = clocks.on_hold.take() {
                held.clock.resume(now);
                clocks.running = Some(held);
            }
        }
        ClockChange::Extend(by) => {
            if let Some(running) = &mut clocks.running {
                running.clock.extend(*by);
            }
        }
        ClockChange::Stop => *clocks = Clocks::default(),
    }
}

fn due(case: &Case, setting: &Setting<'_>) -> Option<Time> {
    let running = case.clocks.0.running.as_ref()?;
    Some(Time::from_micros(running.clock.due(setting.calendar, setting.now.micros()).at))
}

/// What the clock does next to a case: raises its level, or takes the action that waits for its end.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Ring {
    pub at: Time,
    /// The level it raises to then, by rank.
    pub level: Option<i64>,
}

/// The next moment at which the clock has something to say; none for a case without a clock.
pub fn next_ring(case: &Case, setting: &Setting<'_>) -> Option<Ring> {
    let running = case.clocks.0.running.as_ref().filter(|_| case.open)?;
    let now = setting.now.micros();
    let raises = setting.workflow.raises(&running.name, &running.clock, setting.calendar, now);
    let raise = raises
        .iter()
        .filter_map(|r| {
            let rank = setting.workflow.level_rank(&r.level.name)? as i64;
            (rank > case.level).then_some(Ring { at: Time::from_micros(r.at), level: Some(rank) })
        })
        .min_by_key(|r| r.at);
    let timed = setting.workflow.timed_action(&case.state, &running.name);
    let end = timed.and(case.due_at).map(|at| Ring { at, level: None });
    [raise, end].into_iter().flatten().min_by_key(|r| r.at)
}

/// The number people use: the day in China and eight digits out of the id's random part.
///
/// `attempt` gives another number where one is taken: 10^8 a day make that rare (0.1 % at 120,000 cases a day).
pub fn number_of(id: CaseId, at: Time, attempt: u64) -> String {
    let day = at.local();
    let random = (id.0.as_u128() as u64)
        .wrapping_mul(0x9E37_79B9_7F4A_7C15)
        .wrapping_add(attempt.wrapping_mul(0x2545_F491_4F6C_DD1D));
    let digits = (random >> 20) % 100_000_000;
    let (year, month, date) = (day.year() % 100, day.month(), day.day());
    format!("{year:02}{month:02}{date:02}-{:04}-{:04}", digits / 10_000, digits % 10_000)
}

/// A number as somebody typed it: spaces, missing hyphens and full-width digits are forgiven.
pub fn parse_number(text: &str) -> Option<String> {
    let digits: String = text
        .chars()
        .take(64)
        .filter_map(|c| match c {
            '0'..='9' => Some(c),
            '０'..='９' => char::from_u32(c as u32 - '０' as u32 + '0' as u32),
            _ => None,
        })
        .collect();
    (digits.len() == 14).then(|| format!("{}-{}-{}", &digits[..6], &digits[6..10], &digits[10..]))
}

/// A follower's 6-digit code, as text.
pub fn code_from(mac: &[u8]) -> String {
    let value = mac.iter().take(8).fold(0u64, |acc, b| (acc << 8) | u64::from(*b));
    format!("{:06}", value % 1_000_000)
}

impl Case {
    pub fn point(&self) -> Option<geo::Point> {
        geo::Point::new(self.lon?, self.lat?).ok()
    }

    pub fn is_paused(&self) -> bool {
        self.clocks.0.on_hold.is_some()
    }

    pub fn uuid(&self) -> Uuid {
        self.id.0
    }
}
