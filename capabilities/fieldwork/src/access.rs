//! Who may do what with forms and what was filled in. Every permission is held within a scope: the grids of a worker, the area of a desk.

use crate::error::FieldworkError;
use platform::{Actor, ActorKind, Permission, Scope};

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

/// All of them, for the descriptor and the screen of roles.
pub static PERMISSIONS: &[&Permission] = &[&MAKE_FORMS, &FILL, &READ, &EXPORT];

/// Whether an actor works where a form is used: in its area, in a part of it, or over it.
pub(crate) fn sees_form(actor: &Actor, area_path: &str) -> bool {
    actor.kind == ActorKind::System
        || PERMISSIONS.iter().any(|permission| actor.scopes(permission).any(|scope| meets(scope, area_path)))
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

fn areas<'a>(actor: &'a Actor, permission: &'a Permission) -> impl Iterator<Item = &'a str> {
    actor.scopes(permission).filter_map(|scope| match scope {
        Scope::Area { path } => Some(path.as_str()),
        _ => None,
    })
}
