//! Who acts, and how far: grants are permission × scope.

use crate::{AccountId, DistrictId, Lang, OrganisationId, PostId, Words};
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// Something one may be allowed to do, declared once in a capability's `access.rs`.
#[derive(Debug, PartialEq, Eq)]
pub struct Permission {
    /// `capability.verb`, as `catalog/roles.toml` names it.
    pub name: &'static str,
    pub words: Words,
}

impl Permission {
    pub const fn new(name: &'static str, zh: &'static str, en: &'static str) -> Self {
        Self { name, words: Words::of(zh, en) }
    }
}

/// How far a grant reaches.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "kind")]
pub enum Scope {
    /// The whole district.
    District,
    /// An area and everything below it, by its path ("430204/430204001").
    Area { path: String },
    /// What an organisation is asked to do.
    Unit { organisation: OrganisationId },
    /// What is about oneself.
    Own,
}

impl Scope {
    /// Whether a thing at `path` lies in an area scope. `430204/430204001` holds `430204/430204001/…`, not `430204/4302040012`.
    pub fn covers_path(scope_path: &str, path: &str) -> bool {
        path.strip_prefix(scope_path).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    }
}

/// A permission held within a scope.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Grant {
    pub permission: String,
    pub scope: Scope,
}

/// What kind of being acts.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ActorKind {
    Staff,
    Resident,
    /// Another system, with a key of its own.
    Service,
    /// Nobody known: a report without an account.
    Anonymous,
    /// The house itself: timers, imports, the demo.
    System,
}

impl ActorKind {
    pub const fn name(self) -> &'static str {
        match self {
            Self::Staff => "staff",
            Self::Resident => "resident",
            Self::Service => "service",
            Self::Anonymous => "anonymous",
            Self::System => "system",
        }
    }
}

/// The door somebody came in by.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Via {
    Page,
    Api,
    Open311,
    CommandLine,
    Clock,
}

/// Whoever stands behind a request, with the posts held now and what they allow.
#[derive(Clone, Debug)]
pub struct Actor {
    pub district: DistrictId,
    pub kind: ActorKind,
    pub account: Option<AccountId>,
    /// What the timeline calls this actor: a post's or unit's name, never a resident's.
    pub name: Arc<str>,
    pub posts: Arc<[PostId]>,
    pub grants: Arc<[Grant]>,
    pub via: Via,
    pub lang: Lang,
    /// Where requests come from, hashed: the key of limits per source. Empty for the house itself.
    pub source: Arc<str>,
}

impl Actor {
    /// The house itself, in one district.
    pub fn system(district: DistrictId, name: &str) -> Self {
        Self {
            district,
            kind: ActorKind::System,
            account: None,
            name: name.into(),
            posts: Arc::new([]),
            grants: Arc::new([]),
            via: Via::Clock,
            lang: Lang::Zh,
            source: "".into(),
        }
    }

    /// Somebody without an account.
    pub fn anonymous(district: DistrictId, via: Via, lang: Lang, source: &str) -> Self {
        Self {
            kind: ActorKind::Anonymous,
            via,
            lang,
            source: source.into(),
            ..Self::system(district, "anonymous")
        }
    }

    /// The scopes within which this actor holds `permission`. The house itself holds all.
    pub fn scopes<'a>(&'a self, permission: &'a Permission) -> impl Iterator<Item = &'a Scope> {
        self.grants.iter().filter(|g| g.permission == permission.name).map(|g| &g.scope)
    }

    /// Whether the permission is held in any scope at all (for menus and early refusals).
    pub fn holds(&self, permission: &Permission) -> bool {
        self.kind == ActorKind::System || self.scopes(permission).next().is_some()
    }

    /// Whether the permission is held for the whole district.
    pub fn holds_everywhere(&self, permission: &Permission) -> bool {
        self.kind == ActorKind::System || self.scopes(permission).any(|s| *s == Scope::District)
    }

    /// Whether the permission reaches a thing at `path`.
    pub fn holds_at(&self, permission: &Permission, path: &str) -> bool {
        self.kind == ActorKind::System
            || self.scopes(permission).any(|s| match s {
                Scope::District => true,
                Scope::Area { path: scope } => Scope::covers_path(scope, path),
                Scope::Unit { .. } | Scope::Own => false,
            })
    }

    pub fn has_post(&self, post: PostId) -> bool {
        self.posts.contains(&post)
    }
}

#[cfg(test)]
mod tests {
    //! A scope ends at a code's end, never inside it.
    use super::Scope;

    #[test]
    fn a_path_scope_holds_its_subtree_only() {
        assert!(Scope::covers_path("430204/430204001", "430204/430204001"));
        assert!(Scope::covers_path("430204/430204001", "430204/430204001/430204001002"));
        assert!(!Scope::covers_path("430204/430204001", "430204/4302040012"));
        assert!(!Scope::covers_path("430204/430204001", "430204"));
    }
}
