//! Who may do what to which case: permissions, and the roles somebody has towards one case.

use crate::model::{Case, FollowerKind};
use crate::queries::Line;
use crate::stage;
use ::store::List;
use platform::{Actor, ActorKind, OrganisationId, Permission, PostId, Scope};

pub static REPORT: Permission = Permission::new("cases.report", "报告问题", "report a problem");
pub static REPORT_FOR_OTHERS: Permission =
    Permission::new("cases.report_for_others", "代他人报告", "report on someone's behalf");
pub static VIEW: Permission = Permission::new("cases.view", "查看事件", "see cases");
/// Figures and cells of the map: no single case, no words. For a screen on a wall.
pub static VIEW_FIGURES: Permission =
    Permission::new("cases.view_figures", "查看一张图的数字", "see the map's figures");
pub static HANDLE: Permission = Permission::new("cases.handle", "办理事件", "handle cases");
pub static DISPATCH: Permission = Permission::new("cases.dispatch", "派单", "dispatch cases");
pub static RULE: Permission = Permission::new("cases.rule", "裁定管辖", "rule on jurisdiction");
pub static SUPERVISE: Permission = Permission::new("cases.supervise", "督办", "supervise cases");
pub static MERGE: Permission = Permission::new("cases.merge", "并案", "merge cases");
pub static ARCHIVE: Permission = Permission::new("cases.archive", "作信息留存", "keep as information");
pub static VIEW_REPORTER: Permission =
    Permission::new("cases.view_reporter", "查看报告人", "see the reporter");
/// Talking to the reporter without learning who they are.
pub static REACH_REPORTER: Permission =
    Permission::new("cases.reach_reporter", "联系报告人", "reach the reporter");
pub static DRY_RUN: Permission = Permission::new("cases.dry_run", "试算派单规则", "try out routing rules");
pub static RELEASE_HELD: Permission =
    Permission::new("cases.release_held", "放行待查报告", "let held reports in");
pub static EXPORT: Permission = Permission::new("cases.export", "导出事件", "export cases");

pub static DRAFT_DUTIES: Permission = Permission::new("cases.draft_duties", "起草清单", "draft duty lists");
pub static PUBLISH_DUTIES: Permission =
    Permission::new("cases.publish_duties", "发布清单", "publish duty lists");

/// Calling units to the spot.
pub static CALL: Permission =
    Permission::new("cases.call_units", "吹哨（召集到现场）", "call units to the spot");

pub const ALL: &[&Permission] = &[
    &REPORT,
    &REPORT_FOR_OTHERS,
    &VIEW,
    &VIEW_FIGURES,
    &HANDLE,
    &DISPATCH,
    &RULE,
    &SUPERVISE,
    &MERGE,
    &ARCHIVE,
    &VIEW_REPORTER,
    &REACH_REPORTER,
    &DRY_RUN,
    &RELEASE_HELD,
    &EXPORT,
    &DRAFT_DUTIES,
    &PUBLISH_DUTIES,
    &CALL,
];

/// Whether the actor may see the case at all. The same scopes make the `where` of lists ([`crate::queries::Sight`]).
pub fn may_see(actor: &Actor, case: &Case, following: Option<FollowerKind>) -> bool {
    following.is_some() || touches(actor, case) || is_within_view(actor, &case.area_path, case.unit_id)
}

/// [`may_see`] for a line of a list, which names no helpers and no followers.
pub(crate) fn may_see_line(actor: &Actor, line: &Line) -> bool {
    Sight(actor).sees(&line.area_path, line.unit_id, [line.owner_post, line.host_post])
}

/// What somebody sees of lists, by what is known of a line.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Sight<'a>(pub &'a Actor);

impl Sight<'_> {
    /// Whether the actor sees what lies there, is the unit's, or is at the actor's own posts.
    pub fn sees(self, area_path: &str, unit: Option<OrganisationId>, posts: [Option<PostId>; 2]) -> bool {
        let own = posts.into_iter().flatten().any(|post| self.0.has_post(post));
        own || is_within_view(self.0, area_path, unit)
    }
}

/// Whether the actor sees the cases of an area or a unit, whoever works on them.
fn is_within_view(actor: &Actor, area_path: &str, unit: Option<OrganisationId>) -> bool {
    actor.kind == ActorKind::System
        || actor.scopes(&VIEW).any(|scope| match scope {
            Scope::District => true,
            Scope::Area { path } => Scope::covers_path(path, area_path),
            Scope::Unit { organisation } => unit == Some(*organisation),
            Scope::Own => false,
        })
}

/// Whether the actor may call units to a case's place: the street of the place, or the district.
pub(crate) fn may_call(actor: &Actor, case: &Case) -> bool {
    actor.scopes(&CALL).any(|scope| match scope {
        Scope::District => true,
        Scope::Area { path } => Scope::covers_path(path, &case.area_path),
        Scope::Unit { .. } | Scope::Own => false,
    })
}

/// Whether one of the actor's posts works on the case.
fn touches(actor: &Actor, case: &Case) -> bool {
    let posts = [case.owner_post, case.host_post];
    posts.into_iter().flatten().any(|p| actor.has_post(p))
        || case.cohosts.0.iter().any(|p| actor.has_post(*p))
}

/// States of which nobody else is told: waiting for somebody to look at it first, taken back.
const UNTOLD_STATES: &[&str] = &["held", "withdrawn"];

/// [`UNTOLD_STATES`] as the public lists leave them out.
pub fn untold_states() -> List<String> {
    List(UNTOLD_STATES.iter().map(|state| (*state).to_owned()).collect())
}

/// Whether everybody may be shown a case: of a public kind, not hidden by its reporter, in no untold state.
pub fn is_shown_to_all(public: bool, hidden: bool, state: &str) -> bool {
    public && !hidden && !UNTOLD_STATES.contains(&state)
}

/// Whether words and place go out of the house at all: what was refused may be anything but a matter of the district.
pub fn are_words_told(state: &str) -> bool {
    state != "refused"
}

/// The workflow's role symbols that fit the actor towards this case. The permission to act in a role is held by post.
pub fn roles_towards(
    actor: &Actor,
    case: &Case,
    following: Option<FollowerKind>,
    desk: Option<PostId>,
    dispatcher: Option<PostId>,
) -> Vec<&'static str> {
    let mut roles = Vec::new();
    let has = |post: Option<PostId>| post.is_some_and(|p| actor.has_post(p));
    match following {
        Some(FollowerKind::Reporter) => roles.push("reporter"),
        Some(FollowerKind::Follower) => roles.push("follower"),
        None => {}
    }
    if actor.kind == ActorKind::System {
        roles.push("system");
    }
    if case.owner_role == stage::REPORTER {
        if following == Some(FollowerKind::Reporter) {
            roles.push("holder");
        }
    } else if has(case.owner_post) && actor.holds(&HANDLE) {
        roles.push("holder");
    }
    if has(desk) && actor.holds(&DISPATCH) {
        roles.push("desk");
    }
    if has(dispatcher) && actor.holds(&RULE) {
        roles.push("dispatcher");
    }
    if has(case.host_post) && actor.holds(&HANDLE) {
        roles.push("host");
    }
    if case.cohosts.0.iter().any(|p| actor.has_post(*p)) && actor.holds(&HANDLE) {
        roles.push("cohost");
    }
    roles
}
