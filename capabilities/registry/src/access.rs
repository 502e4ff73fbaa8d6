//! Who may do what to the register. Every permission is held within a scope: the grids of a worker, the area of a desk.

use crate::error::RegistryError;
use platform::{Actor, Permission};

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
    &BREAK_GLASS,
    &DECIDE,
    &MANAGE_BASIS,
    &SEE_ALARMS, &MAP,
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
