//! Who may do what in registry.

use platform::Permission;

/// See what registry keeps.
pub static VIEW: Permission = Permission::new("registry.view", "查看", "See");

/// All of them, for the descriptor and the screen of roles.
pub static PERMISSIONS: &[&Permission] = &[&VIEW];
