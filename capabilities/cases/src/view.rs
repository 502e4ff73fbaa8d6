//! Cases as screens see them: words beside codes, what the viewer may do and why not, nothing personal unasked.

use crate::access::roles_towards;
use crate::commands::joint::{
    CALL_CANCELLED, CALL_DECIDED, HELP_ACCEPTED, HELP_ASKED, HELP_DECLINED, HELP_DONE, HELP_RELEASED,
    UNITS_CALLED,
};
use crate::commands::reach::{ASKED_TO_CALL_BACK, REACHED_BY_NUMBER};
use crate::commands::{INFORM, MERGE_IN};
use crate::model::{Case, CaseId, FollowerKind, guards};
use crate::queries::{EntryRow, Line, PhotoRow, Whole};
use crate::rules::{Rules, seats};
use flow::{Facts, Workflow};
use platform::{Actor, Lang, PostId, Time, Words};
use serde::Serialize;
use std::sync::Arc;
use territory::Snapshot;
use utoipa::ToSchema;

/// What is needed to put a case into words for somebody.
#[derive(Clone, Debug)]
pub struct Viewer {
    pub actor: Actor,
    pub rules: Arc<Rules>,
    pub places: Arc<Snapshot>,
    pub now: Time,
}

/// A post as people name it.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct PostRef {
    pub id: PostId,
    pub name: String,
    pub phone: Option<String>,
    /// Who sits there now, where the district publishes it.
    pub holder: Option<String>,
}

/// One line of a queue.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct CaseLine {
    pub id: CaseId,
    pub number: String,
    pub state: String,
    pub state_words: Words,
    pub open: bool,
    #[serde(rename = "type")]
    pub type_code: String,
    pub type_words: Words,
    /// `normal`, `urgent`, `emergency`
    pub urgency: String,
    /// The beginning of what was written.
    pub words: String,
    pub lon: Option<f64>,
    pub lat: Option<f64>,
    pub place: String,
    pub area_path: String,
    pub source: String,
    pub owner_role: String,
    pub owner: Option<PostRef>,
    pub due_at: Option<Time>,
    /// "还剩 3 个工作小时" / "已超 2 天" as plain words.
    pub left: Option<Words>,
    pub overdue: bool,
    /// `none`, `reminded`, `urged`, `supervised_yellow`, `supervised_red`
    pub level: String,
    pub level_words: Words,
    pub reported_at: Time,
    /// Others who have the same trouble.
    pub followers: i64,
    pub version: i64,
}

/// A line of the history.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct EntryView {
    pub at: Time,
    pub action: String,
    pub action_words: Words,
    pub state: String,
    pub state_words: Words,
    /// The post or kind of person who did it; never a resident's name.
    pub actor: String,
    pub to: Option<PostRef>,
    pub reason: Option<Words>,
    pub advice: Option<Words>,
    pub note: Option<String>,
    pub due_at: Option<Time>,
    pub photos: Vec<PhotoView>,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct PhotoView {
    pub href: String,
    pub thumbnail: String,
    pub width: i64,
    pub height: i64,
}

/// An action of the workflow as a screen offers it: possible, or why not.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ActionView {
    pub action: String,
    pub words: Words,
    pub can: bool,
    pub why: Option<Words>,
    /// Whether most cases go on by it: a screen offers the first of these that can be taken before all others.
    pub main: bool,
    /// What must be given along: `note`, `photo`, `post`, `reason`, `rating`, `length`, `target`, `new_facts`
    pub needs: Vec<String>,
    /// Reasons to choose from, where one is needed.
    pub reasons: Vec<ReasonView>,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ReasonView {
    pub code: String,
    pub words: Words,
}

/// A case whole.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct CaseView {
    #[serde(flatten)]
    pub line: CaseLine,
    /// All that was written.
    pub text: String,
    /// One sentence for everybody: who is responsible, until when.
    pub sentence: Words,
    #[schema(value_type = Object)]
    pub explanation: serde_json::Value,
    #[schema(value_type = Object)]
    pub answers: serde_json::Value,
    pub host: Option<PostRef>,
    pub cohosts: Vec<PostRef>,
    pub state_since: Time,
    pub closed_at: Option<Time>,
    pub paused: bool,
    pub rating: Option<i64>,
    pub merged_into: Option<CaseId>,
    /// `138****0000`, for the reporter and for whoever may open it with a purpose.
    pub reporter_phone: Option<String>,
    /// Whether there is a reporter who can be asked.
    pub reporter_reachable: bool,
    pub timeline: Vec<EntryView>,
    pub actions: Vec<ActionView>,
}

impl Viewer {
    pub fn line(&self, line: &Line) -> CaseLine {
        let case_type = self.rules.find_type(self.actor.district, &line.type_code);
        let workflow = self.rules.workflow_at(line.workflow_version);
        let level = usize::try_from(line.level).ok().and_then(|l| workflow.levels.get(l));
        CaseLine {
            id: line.id,
            number: line.number.clone(),
            state: line.state.clone(),
            state_words: self.state_words(line.workflow_version, &line.state),
            open: line.open,
            type_code: line.type_code.clone(),
            type_words: self.type_words(&line.type_code),
            urgency: case_type.map_or_else(String::new, |t| t.urgency.name().to_owned()),
            words: line.words.chars().take(80).collect(),
            lon: line.lon,
            lat: line.lat,
            place: self.place_words(&line.area_path, line.address.as_deref()),
            area_path: line.area_path.clone(),
            source: line.source.name().to_owned(),
            owner_role: line.owner_role.clone(),
            owner: line.owner_post.and_then(|p| self.post(p)),
            due_at: line.due_at,
            left: line.due_at.filter(|_| line.open).map(|due| self.left(due)),
            overdue: line.open && line.due_at.is_some_and(|due| due < self.now),
            level: level.map_or_else(String::new, |l| l.name.clone()),
            level_words: level.map_or_else(Words::default, |l| words(&l.words)),
            reported_at: line.reported_at,
            followers: line.followers,
            version: line.version,
        }
    }

    /// A case whole, with what this viewer may do.
    pub fn case(&self, whole: &Whole, following: Option<FollowerKind>) -> CaseView {
        let case = &whole.case;
        let line = self.line(&line_of(case));
        let reporter = whole.followers.iter().find(|f| f.kind == FollowerKind::Reporter);
        let sees_timeline = |e: &&EntryRow| self.sees_note(e) || e.action != "raise";
        CaseView {
            text: case.words.clone(),
            sentence: self.sentence(case),
            explanation: case.explanation.0.clone(),
            answers: serde_json::to_value(&case.answers.0).unwrap_or_default(),
            host: case.host_post.and_then(|p| self.post(p)),
            cohosts: case.cohosts.0.iter().filter_map(|p| self.post(*p)).collect(),
            state_since: case.state_since,
            closed_at: case.closed_at,
            paused: case.is_paused(),
            rating: case.rating,
            merged_into: case.merged_into,
            reporter_phone: reporter
                .filter(|_| self.sees_reporter(following))
                .and_then(|r| r.phone.as_ref())
                .map(|p| p.masked()),
            reporter_reachable: reporter.is_some(),
            timeline: whole
                .timeline
                .iter()
                .filter(sees_timeline)
                .map(|e| self.entry(case, e, &whole.photos))
                .collect(),
            actions: self.actions(case, following, reporter.is_some()),
            line,
        }
    }

    /// Every action the workflow knows here, with whether this viewer may take it now.
    pub fn actions(&self, case: &Case, following: Option<FollowerKind>, reachable: bool) -> Vec<ActionView> {
        let (desk, dispatcher) = seats(case, &self.places);
        let who = roles_towards(&self.actor, case, following, desk, dispatcher);
        let Ok(setting) = self.rules.setting(case, &self.places, reachable, self.now) else {
            return Vec::new();
        };
        let holds = guards(case, &setting);
        let counts: Vec<(&str, u32)> = case.progress.0.counts.iter().map(|(a, n)| (a.as_str(), *n)).collect();
        let facts = Facts { counts: &counts, holds: &holds };
        let workflow = setting.workflow;
        let for_people = |a: &flow::Allowed<'_>| a.action.who.iter().any(|w| w != "clock" && w != "system");
        let allowed = workflow.allowed(&case.state, &who, &facts);
        allowed.into_iter().filter(for_people).map(|a| action_view(workflow, &a)).collect()
    }

    /// One sentence for everybody: what stands, who is responsible, until when.
    pub fn sentence(&self, case: &Case) -> Words {
        let workflow = self.rules.workflow_of(case);
        let Some(state) = workflow.state(&case.state) else { return Words::default() };
        if let Some(rating) = case.rating.filter(|_| state.is_final) {
            // The workflow's sentence invites to rate; that is done.
            return rated_words(&words(&state.words), rating);
        }
        let post = case.owner_post.and_then(|p| self.places.post(p));
        let zh = post.map(|p| p.name.clone()).unwrap_or_default();
        let en = post.and_then(|p| p.name_en.clone()).unwrap_or_else(|| zh.clone());
        let until = case.due_at.map(moment).unwrap_or_default();
        let plain = state.plain_with(&flow::Words::new(zh, en), &flow::Words::new(until.zh, until.en));
        words(&plain)
    }

    pub fn post(&self, id: PostId) -> Option<PostRef> {
        let post = self.places.post(id)?;
        let holder = self.places.who_serves(id, self.now);
        Some(PostRef {
            id,
            name: if self.actor.lang == Lang::En {
                post.name_en.clone().unwrap_or_else(|| post.name.clone())
            } else {
                post.name.clone()
            },
            phone: post.phone.clone().or_else(|| holder.and_then(|h| h.phone.clone())),
            holder: holder.map(|h| h.name.clone()),
        })
    }

    /// A type as people call it; its code where the catalogue no longer has it.
    pub fn type_words(&self, code: &str) -> Words {
        let found = self.rules.find_type(self.actor.district, code);
        found.map_or_else(|| Words::new(code, code), |t| t.name.clone())
    }

    /// A state as people call it, in the workflow the case began with.
    pub fn state_words(&self, workflow_version: i64, state: &str) -> Words {
        state_words(self.rules.workflow_at(workflow_version), state)
    }

    /// What was done, in words.
    pub fn action_words(&self, workflow_version: i64, action: &str) -> Words {
        action_words(self.rules.workflow_at(workflow_version), action)
    }

    /// "田心社区 012网格，田心路12号"
    pub fn place_words(&self, path: &str, address: Option<&str>) -> String {
        // The two smallest areas say it: a community and its grid, not the whole address of the district.
        let above: Vec<&territory::Area> = self.places.ancestors(path).collect();
        let mut text = match above[above.len().saturating_sub(2)..] {
            [parent, area] if !area.name.starts_with(&parent.name) => format!("{}{}", parent.name, area.name),
            [.., area] => area.name.clone(),
            [] => String::new(),
        };
        if let Some(address) = address {
            if !text.is_empty() {
                text.push_str(" · ");
            }
            text.push_str(address);
        }
        text
    }

    fn sees_reporter(&self, following: Option<FollowerKind>) -> bool {
        following == Some(FollowerKind::Reporter) || self.actor.holds(&crate::access::VIEW_REPORTER)
    }

    fn sees_note(&self, entry: &EntryRow) -> bool {
        !is_between_offices(&entry.action) || self.actor.holds(&crate::access::VIEW)
    }

    fn entry(&self, case: &Case, entry: &EntryRow, photos: &[PhotoRow]) -> EntryView {
        let workflow = self.rules.workflow_of(case);
        let action = workflow.action(&entry.action);
        let item = entry.reason.as_deref().and_then(|code| {
            let list = action.and_then(|a| a.reason_from.as_deref())?;
            workflow.reason(list, code)
        });
        let level = usize::try_from(entry.level).ok().and_then(|l| workflow.levels.get(l));
        let action_words = match entry.action.as_str() {
            "raise" => level.map_or_else(Words::default, |l| words(&l.words)),
            name => self.action_words(case.workflow_version, name),
        };
        EntryView {
            at: entry.at,
            action: entry.action.clone(),
            action_words,
            state: entry.to_state.clone(),
            state_words: state_words(workflow, &entry.to_state),
            actor: actor_words(entry).get(self.actor.lang).to_owned(),
            to: entry.to_post.and_then(|p| self.post(p)),
            reason: item.map(|i| words(&i.words)),
            advice: item.and_then(|i| i.advice.as_ref()).map(words),
            note: entry.note.clone().filter(|_| self.sees_note(entry)),
            due_at: entry.due_at,
            photos: photos.iter().filter(|p| p.entry_id == entry.id).map(|p| photo(case, p)).collect(),
        }
    }

    fn left(&self, due: Time) -> Words {
        left_words(due, self.now)
    }
}

fn photo(case: &Case, photo: &PhotoRow) -> PhotoView {
    PhotoView {
        href: format!("/photo/{}/{}", case.number, photo.file),
        thumbnail: format!("/photo/{}/{}", case.number, photo.thumbnail),
        width: photo.width,
        height: photo.height,
    }
}

/// Who did it, as everybody may read it: offices by name, residents by their part.
fn actor_words(entry: &EntryRow) -> Words {
    match (entry.actor_kind.as_str(), entry.action.as_str()) {
        ("system", _) | (_, "route") => Words::of("系统按规则", "by rule"),
        ("staff" | "service", _) => Words::new(entry.actor_name.clone(), entry.actor_name.clone()),
        (_, "report") => Words::of("报告人", "the reporter"),
        _ => Words::of("居民", "a resident"),
    }
}

fn action_view(workflow: &Workflow, allowed: &flow::Allowed<'_>) -> ActionView {
    let action = allowed.action;
    let list = action.reason_from.as_deref().and_then(|l| workflow.closed_list(l));
    let mut needs: Vec<String> = action.needs.iter().map(|n| n.name().to_owned()).collect();
    if list.is_some() && !needs.iter().any(|n| n == "reason") {
        needs.push("reason".to_owned());
    }
    ActionView {
        action: action.name.clone(),
        words: words(&action.words),
        can: allowed.can,
        why: allowed.why.as_ref().map(|r| words(&r.words())),
        main: action.main,
        needs,
        reasons: list
            .map(|l| {
                l.items.iter().map(|i| ReasonView { code: i.code.clone(), words: words(&i.words) }).collect()
            })
            .unwrap_or_default(),
    }
}

/// The words of `flow` as the house's.
pub fn words(from: &flow::Words) -> Words {
    Words::new(from.zh.clone(), from.en.clone())
}

/// Notes between offices stay between offices; what is said about the work is for everybody concerned.
pub fn is_between_offices(action: &str) -> bool {
    const BETWEEN_OFFICES: &[&str] = &[
        "supervise",
        "ask_help",
        "add_helper",
        "object",
        "rule",
        "pass_up",
        "hand_up",
        "redispatch",
        "raise",
        HELP_ASKED,
        HELP_DECLINED,
        HELP_RELEASED,
        UNITS_CALLED,
        CALL_CANCELLED,
    ];
    BETWEEN_OFFICES.contains(&action)
}

/// What was done, in words.
pub fn action_words(workflow: &Workflow, action: &str) -> Words {
    match (action, workflow.action(action)) {
        ("report", _) => Words::of("报告", "Reported"),
        ("import", _) => Words::of("原系统的办理结果", "Outcome in the system it came from"),
        (INFORM, _) => Words::of("告知", "For your information"),
        (HELP_ASKED, _) => Words::of("请求协办", "Help was asked for"),
        (HELP_ACCEPTED, _) => Words::of("协办接下", "Help was promised"),
        (HELP_DECLINED, _) => Words::of("说明不能协办", "Help was declined"),
        (HELP_DONE, _) => Words::of("协办完成", "Help was given"),
        (HELP_RELEASED, _) => Words::of("不再需要协办", "Help is needed no longer"),
        (UNITS_CALLED, _) => Words::of("吹哨，请单位到现场", "Units were called to the spot"),
        (CALL_DECIDED, _) => Words::of("现场议定", "It was decided on the spot"),
        (CALL_CANCELLED, _) => Words::of("取消吹哨", "The call was called off"),
        (REACHED_BY_NUMBER, _) => {
            Words::of("用中间号联系报告人", "The reporter was called by a number in between")
        }
        (ASKED_TO_CALL_BACK, _) => Words::of("请报告人回电", "The reporter was asked to call back"),
        (MERGE_IN, _) => Words::of("并入另一份报告", "Another report was merged in"),
        (_, Some(known)) => words(&known.words),
        (name, None) => Words::new(name, name),
    }
}

pub fn state_words(workflow: &Workflow, state: &str) -> Words {
    workflow.state(state).map_or_else(|| Words::new(state, state), |s| words(&s.words))
}

/// A moment as people say it: "11月24日 周二 17:30".
pub fn moment(at: Time) -> Words {
    const DAYS: [(&str, &str); 7] = [
        ("周一", "Mon"),
        ("周二", "Tue"),
        ("周三", "Wed"),
        ("周四", "Thu"),
        ("周五", "Fri"),
        ("周六", "Sat"),
        ("周日", "Sun"),
    ];
    const MONTHS: [&str; 12] =
        ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
    let local = at.local();
    let (zh_day, en_day) = DAYS[local.weekday().to_monday_zero_offset() as usize];
    let (month, day, hour, minute) = (local.month(), local.day(), local.hour(), local.minute());
    let month_en = MONTHS[(month - 1) as usize];
    Words::new(
        format!("{month}月{day}日 {zh_day} {hour:02}:{minute:02}"),
        format!("{en_day} {day} {month_en}, {hour:02}:{minute:02}"),
    )
}

/// "已办结。评价是：满意（4 / 5），谢谢。": a case with its rating, for its reporter and for everybody else.
fn rated_words(state: &Words, rating: i64) -> Words {
    let grade = grade_words(rating);
    Words::new(
        format!("{}。评价是：{}（{rating} / 5），谢谢。", state.zh, grade.zh),
        format!("{}. Thank you for the rating: {}, {rating} of 5.", state.en, grade.en),
    )
}

/// The five grades of 好差评, best last.
fn grade_words(rating: i64) -> Words {
    match rating {
        ..=1 => Words::of("非常不满意", "very dissatisfied"),
        2 => Words::of("不满意", "dissatisfied"),
        3 => Words::of("一般", "neither"),
        4 => Words::of("满意", "satisfied"),
        5.. => Words::of("非常满意", "very satisfied"),
    }
}

/// How much time is left, roughly, by the wall clock: enough for a list; the case itself tells working time.
pub fn left_words(due: Time, now: Time) -> Words {
    let (late, span) = if due < now { (true, now.since(due)) } else { (false, due.since(now)) };
    let minutes = span.as_secs() / 60;
    let (amount, zh, en) = match minutes {
        0..=119 => (minutes, "分钟", "min"),
        120..=2879 => (minutes / 60, "小时", "h"),
        _ => (minutes / 1440, "天", "days"),
    };
    if late {
        Words::new(format!("已超 {amount} {zh}"), format!("{amount} {en} late"))
    } else {
        Words::new(format!("还剩 {amount} {zh}"), format!("{amount} {en} left"))
    }
}

/// A case as a line of a list.
pub fn line_of(case: &Case) -> Line {
    Line {
        id: case.id,
        number: case.number.clone(),
        state: case.state.clone(),
        open: case.open,
        type_code: case.type_code.clone(),
        words: case.words.clone(),
        lon: case.lon,
        lat: case.lat,
        address: case.address.clone(),
        area_path: case.area_path.clone(),
        source: case.source,
        public: case.public,
        hidden: case.hidden,
        owner_role: case.owner_role.clone(),
        owner_post: case.owner_post,
        host_post: case.host_post,
        unit_id: case.unit_id,
        due_at: case.due_at,
        level: case.level,
        reported_at: case.reported_at,
        followers: case.followers,
        workflow_version: case.workflow_version,
        version: case.version,
    }
}
