//! Who may do what with forms and what was filled in. Every permission is held within a scope: the grids of a worker, the area of a desk.

use crate::error::FieldworkError;
use platform::{Actor, ActorKind, Permission, Scope};
use territory::{Area, Snapshot};

pub static MAKE_FORMS: Permission =
    Permission::new("fieldwork.make_forms", "制作、发布和停用表单", "Make, publish and withdraw forms");
pub static FILL: Permission = Permission::new("fieldwork.fill", "填写表单", "Fill in forms");
pub static READ: Permission = Permission::new(
    "fieldwork.read",
    "按用途查看填写内容（每次留痕）",
    "Read what was filled in, for a purpose (each look is recorded)",
);
pub static EXPORT: Permission = Permission::new(
    "fieldwork.export",
    "导出填写内容（个人信息遮盖）",
    "Export what was filled in, with personal answers masked",
);
pub static MANAGE_DEVICES: Permission =
    Permission::new("fieldwork.manage_devices", "查看和清除网格员的设备", "See and wipe workers' devices");

pub static WORK: Permission = Permission::new(
    "fieldwork.work",
    "做任务：走访、专项、巡查、送达",
    "Do tasks: visits, campaigns, patrols, notices",
);
pub static PLAN: Permission = Permission::new(
    "fieldwork.plan",
    "查看走访规则和工作量测算",
    "See visit rules and what they ask of whom",
);

pub static RUN_CAMPAIGNS: Permission = Permission::new(
    "fieldwork.run_campaigns",
    "起草、发布和结束专项任务，查看覆盖情况",
    "Make, publish and end campaigns, and see how far they are",
);
pub static PLAN_ROUTES: Permission =
    Permission::new("fieldwork.plan_routes", "定巡查路线", "Plan patrol routes");
pub static SEE_DAYS: Permission =
    Permission::new("fieldwork.see_days", "查看网格日报", "See the day reports of grids");
pub static SEE_SHEETS: Permission =
    Permission::new("fieldwork.see_sheets", "查看和打印周报、月报", "See and print week and month sheets");

/// All of them, for the descriptor and the screen of roles.
pub static PERMISSIONS: &[&Permission] = &[
    &MAKE_FORMS,
    &FILL,
    &READ,
    &EXPORT,
    &WORK,
    &PLAN,
    &RUN_CAMPAIGNS,
    &PLAN_ROUTES,
    &MANAGE_DEVICES,
    &SEE_DAYS,
    &SEE_SHEETS,
];
/// Those by which forms are seen at all.
const OF_FORMS: [&Permission; 4] = [&MAKE_FORMS, &FILL, &READ, &EXPORT];

/// Whether an actor works where a form is used: in its area, in a part of it, or over it.
pub(crate) fn sees_form(actor: &Actor, area_path: &str) -> bool {
    actor.kind == ActorKind::System
        || OF_FORMS.iter().any(|permission| actor.scopes(permission).any(|scope| meets(scope, area_path)))
}

/// Whether drafts are shown to an actor.
pub(crate) fn sees_drafts(actor: &Actor, area_path: &str) -> bool {
    actor.holds_at(&MAKE_FORMS, area_path)
}

fn meets(scope: &Scope, path: &str) -> bool {
    match scope {
        Scope::District => true,
        Scope::Area { path: scope } => Scope::covers_path(scope, path) || Scope::covers_path(path, scope),
        Scope::Unit { .. } | Scope::Own => false,
    }
}

/// Refuses an actor who does not hold the permission at a path. Where nothing at all is theirs, nothing is there.
pub(crate) fn require(
    actor: &Actor,
    permission: &'static Permission,
    path: &str,
) -> Result<(), FieldworkError> {
    if actor.holds_at(permission, path) {
        Ok(())
    } else if sees_form(actor, path) {
        Err(FieldworkError::Forbidden(permission))
    } else {
        Err(FieldworkError::NotFound)
    }
}

/// The widest area where an actor holds a permission; `root` stands for the district.
pub(crate) fn widest(actor: &Actor, permission: &Permission, root: &str) -> Option<String> {
    if actor.holds_everywhere(permission) {
        return Some(root.to_owned());
    }
    areas(actor, permission).min_by_key(|path| path.len()).map(str::to_owned)
}

/// The only area where an actor holds a permission: what a worker of one grid need not say.
pub(crate) fn only_area(actor: &Actor, permission: &Permission) -> Option<String> {
    let mut all = areas(actor, permission);
    let first = all.next()?;
    (!actor.holds_everywhere(permission) && all.all(|path| path == first)).then(|| first.to_owned())
}

/// The grids an actor may carry along: those of a post served now, where forms are filled in and the register is seen.
pub(crate) fn grids_carried<'a>(actor: &Actor, places: &'a Snapshot) -> Vec<&'a Area> {
    let posts: Vec<&str> = actor
        .posts
        .iter()
        .filter_map(|post| places.post(*post))
        .map(|post| post.area_path.as_str())
        .collect();
    let is_carried = |grid: &&Area| {
        posts.iter().any(|post| Scope::covers_path(post, &grid.path))
            && actor.holds_at(&FILL, &grid.path)
            && actor.holds_at(&registry::access::VIEW, &grid.path)
    };
    places.grids().filter(is_carried).collect()
}

/// The areas where an actor holds a permission.
pub(crate) fn areas<'a>(actor: &'a Actor, permission: &'a Permission) -> impl Iterator<Item = &'a str> {
    actor.scopes(permission).filter_map(|scope| match scope {
        Scope::Area { path } => Some(path.as_str()),
        _ => None,
    })
}
