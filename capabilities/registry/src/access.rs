//! Who may do what to the register. Every permission is held within a scope: the grids of a worker, the area of a desk.

use crate::catalogue::Catalogue;
use crate::error::RegistryError;
use platform::{Actor, ActorKind, Permission, Scope};
use std::collections::BTreeSet;
use territory::{PostKind, Snapshot};

pub static VIEW: Permission = Permission::new(
    "registry.view",
    "查找登记信息（个人信息遮盖）",
    "Find records, with personal values masked",
);
pub static OPEN: Permission = Permission::new(
    "registry.open",
    "按用途打开证件、电话（每次留痕并告知本人）",
    "Open documents and phones for a purpose (recorded, and shown to the person)",
);
pub static OPEN_FACTS: Permission =
    Permission::new("registry.open_facts", "按用途查看服务事实", "See service facts for a purpose");
pub static EDIT: Permission = Permission::new("registry.edit", "登记和更正", "Enter and correct records");
pub static MERGE: Permission =
    Permission::new("registry.merge", "合并重复的记录", "Merge records of the same subject");
pub static IMPORT: Permission = Permission::new("registry.import", "导入表格", "Import tables");
pub static EXPORT: Permission = Permission::new("registry.export", "导出表格", "Export tables");
pub static SYNC: Permission = Permission::new(
    "registry.sync",
    "与上级平台同步登记信息（对接系统专用）",
    "Keep another platform's copy of the register in step (other systems only)",
);
pub static BREAK_GLASS: Permission = Permission::new(
    "registry.break_glass",
    "紧急情况下越权查看（写明理由，通知安全管理员）",
    "Open beyond one's area in an emergency (with a reason; the security administrator is told)",
);
pub static DECIDE: Permission = Permission::new(
    "registry.decide",
    "答复本人的查阅、更正、删除请求",
    "Decide people's requests about their data",
);
pub static MANAGE_BASIS: Permission = Permission::new(
    "registry.manage_basis",
    "管理登记目录和法律依据",
    "Manage what is kept, and by what right",
);
pub static SEE_ALARMS: Permission = Permission::new(
    "registry.see_alarms",
    "查看越权查看和批量查看的告警",
    "See alarms of looks beyond one's area and of bulk reading",
);
pub static MAP: Permission =
    Permission::new("registry.map", "读取楼栋和部件图层", "Read the layers of buildings and things");

/// All of them, for the descriptor and the screen of roles.
pub static PERMISSIONS: &[&Permission] = &[
    &VIEW,
    &OPEN,
    &OPEN_FACTS,
    &EDIT,
    &MERGE,
    &IMPORT,
    &EXPORT,
    &SYNC,
    &BREAK_GLASS,
    &DECIDE,
    &MANAGE_BASIS,
    &SEE_ALARMS,
    &MAP,
];

/// Refuses an actor who does not hold the permission at a path. What may not even be seen is not there.
pub(crate) fn require(
    actor: &Actor,
    permission: &'static Permission,
    path: &str,
) -> Result<(), RegistryError> {
    if actor.holds_at(permission, path) {
        Ok(())
    } else if permission.name == VIEW.name || !actor.holds_at(&VIEW, path) {
        Err(RegistryError::NotFound)
    } else {
        Err(RegistryError::Forbidden(permission))
    }
}

/// The service facts an actor may be told of, by key: those whose catalogue names one of the actor's posts or units. Of the others the
/// actor does not even learn that they are known.
pub(crate) fn facts_told(actor: &Actor, catalogue: &Catalogue, places: &Snapshot) -> BTreeSet<String> {
    let known_as = recipients_of(actor, places);
    let is_told = |to: &[String]| to.iter().any(|name| known_as.contains(name.as_str()));
    let told = catalogue.facts.iter().filter(|fact| actor.kind == ActorKind::System || is_told(&fact.to));
    told.map(|fact| fact.key.clone()).collect()
}

/// As whom the catalogue knows an actor: `grid`, `desk`, keys of organisations. A leader's post is the community's desk as well.
fn recipients_of<'a>(actor: &Actor, places: &'a Snapshot) -> BTreeSet<&'a str> {
    let posts: Vec<_> = actor.posts.iter().filter_map(|id| places.post(*id)).collect();
    let roles = posts.iter().flat_map(|post| match post.kind {
        PostKind::GridWorker => &["grid"][..],
        PostKind::GridLeader => &["grid", "desk"],
        PostKind::SubdistrictDesk | PostKind::Dispatcher => &["desk"],
        PostKind::Unit => &[],
    });
    let scoped = actor.grants.iter().filter_map(|grant| match grant.scope {
        Scope::Unit { organisation } => Some(organisation),
        _ => None,
    });
    let units = posts.iter().filter_map(|post| post.organisation).chain(scoped);
    let keys = units.filter_map(|id| places.organisation_by_id(id)).map(|unit| unit.key.as_str());
    roles.copied().chain(keys).collect()
}
