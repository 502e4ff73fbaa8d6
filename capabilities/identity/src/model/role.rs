//! Roles: named sets of permissions, each reaching as far as the assignment or the post it comes from.

use platform::{AccountId, Grant, PostId, Scope, Time, Words};
use std::collections::{BTreeMap, BTreeSet};

platform::id!(
    /// A role given to an account.
    AssignmentId, "assignment"
);

/// How far a permission of a role reaches.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Reach {
    /// What is about oneself.
    AboutMe,
    /// The area assigned, and everything below it.
    OwnArea,
    /// The organisation assigned.
    OwnUnit,
    District,
}

/// One of the three who run the house and may not be the same account (三员分立).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Administrator {
    System,
    Security,
    Audit,
}

impl Administrator {
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::System => "system",
            Self::Security => "security",
            Self::Audit => "audit",
        }
    }

    pub fn parse(text: &str) -> Option<Self> {
        [Self::System, Self::Security, Self::Audit].into_iter().find(|a| a.as_str() == text)
    }

    /// Whose job a permission is, where it is one of the three's.
    pub fn of_permission(name: &str) -> Option<Self> {
        match name {
            "identity.manage_accounts" | "identity.unlock_account" | "identity.manage_service_keys" => {
                Some(Self::System)
            }
            "identity.grant_roles" => Some(Self::Security),
            "identity.read_audit" => Some(Self::Audit),
            _ => None,
        }
    }
}

/// A role of the catalogue.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Role {
    pub key: String,
    pub words: Words,
    pub source: String,
    pub administrator: Option<Administrator>,
    /// For other systems, not for people.
    pub service: bool,
    /// Given in a sandbox, and nowhere else.
    pub sandbox: bool,
    /// Who holds it signs in with a second factor.
    pub second_factor: bool,
    /// The kinds of post that carry it.
    pub posts: Vec<String>,
    pub grants: BTreeMap<Reach, Vec<String>>,
}

/// Why a role cannot be given with a scope.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Unfit {
    /// An area is needed.
    Area,
    /// An organisation is needed.
    Unit,
    /// It is for the whole district.
    District,
    /// It comes with the account and is not given.
    Given,
}

impl Role {
    /// Whether the role may be given with this scope.
    pub fn check_scope(&self, scope: &Scope) -> Result<(), Unfit> {
        let has = |reach| self.grants.contains_key(&reach);
        match scope {
            Scope::Own => Err(Unfit::Given),
            Scope::District => Ok(()),
            _ if self.administrator.is_some() => Err(Unfit::District),
            Scope::Area { .. } if has(Reach::OwnArea) => Ok(()),
            Scope::Unit { .. } if has(Reach::OwnUnit) => Ok(()),
            Scope::Area { .. } | Scope::Unit { .. } if has(Reach::OwnArea) => Err(Unfit::Area),
            Scope::Area { .. } | Scope::Unit { .. } if has(Reach::OwnUnit) => Err(Unfit::Unit),
            Scope::Area { .. } | Scope::Unit { .. } => Err(Unfit::District),
        }
    }

    /// What the role allows within a scope. A reach the scope does not name allows nothing.
    pub fn grants_within<'a>(&'a self, scope: &'a Scope) -> impl Iterator<Item = Grant> + 'a {
        self.grants.iter().flat_map(move |(reach, permissions)| {
            let reached = match (reach, scope) {
                (Reach::AboutMe, _) => Some(Scope::Own),
                (Reach::District, _) => Some(Scope::District),
                (Reach::OwnArea, Scope::Area { .. } | Scope::District) => Some(scope.clone()),
                (Reach::OwnUnit, Scope::Unit { .. } | Scope::District) => Some(scope.clone()),
                _ => None,
            };
            reached.into_iter().flat_map(move |scope| {
                permissions.iter().map(move |p| Grant { permission: p.clone(), scope: scope.clone() })
            })
        })
    }
}

/// The roles of the catalogue, and the permissions it knows.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Roles {
    pub version: String,
    pub list: Vec<Role>,
    pub permissions: BTreeMap<String, Words>,
}

impl Roles {
    /// What everybody who signed in by phone is.
    pub const RESIDENT: &'static str = "resident";
    /// What a screen on a wall is. Its key hangs where everybody walks by, so it holds nothing but [`Self::WALL_PERMISSIONS`].
    pub const WALL: &'static str = "wall";
    pub const WALL_PERMISSIONS: [&'static str; 2] = ["cases.view_figures", "territory.view_areas"];

    pub fn find(&self, key: &str) -> Option<&Role> {
        self.list.iter().find(|role| role.key == key)
    }

    /// The roles a kind of post carries.
    pub fn of_post<'a>(&'a self, kind: &'a str) -> impl Iterator<Item = &'a Role> {
        self.list.iter().filter(move |role| role.posts.iter().any(|p| p == kind))
    }

    /// Everything that is wrong with the roles, as sentences.
    pub fn faults(&self) -> Vec<String> {
        let mut faults = Vec::new();
        let mut seen = BTreeSet::new();
        for role in &self.list {
            if !seen.insert(&role.key) {
                faults.push(format!("the role {} stands twice", role.key));
            }
            for permission in role.grants.values().flatten() {
                if !self.permissions.contains_key(permission) {
                    faults.push(format!("the role {} names the unknown permission {permission}", role.key));
                }
            }
            faults.extend(self.separation_fault(role));
            faults.extend(wall_fault(role));
        }
        if self.find(Self::RESIDENT).is_none() {
            faults.push("there is no role \"resident\"".to_owned());
        }
        faults
    }

    /// A role that does the work of more than one administrator, or of one without being it.
    fn separation_fault(&self, role: &Role) -> Option<String> {
        let jobs: BTreeSet<Administrator> =
            role.grants.values().flatten().filter_map(|p| Administrator::of_permission(p)).collect();
        let own: BTreeSet<Administrator> = role.administrator.into_iter().collect();
        (!jobs.is_subset(&own)).then(|| {
            let jobs: Vec<&str> = jobs.into_iter().map(Administrator::as_str).collect();
            format!(
                "the role {} does the work of the {} administrator; the three are separate",
                role.key,
                jobs.join(" and ")
            )
        })
    }
}

/// A wall that would show more than figures.
fn wall_fault(role: &Role) -> Option<String> {
    let too_much = |name: &&String| !Roles::WALL_PERMISSIONS.contains(&name.as_str());
    let found = role.grants.values().flatten().find(too_much).filter(|_| role.key == Roles::WALL)?;
    Some(format!("the role {} may not hold {found}: a wall shows figures and areas alone", role.key))
}

/// A role given to an account.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Assignment {
    pub id: AssignmentId,
    pub account: AccountId,
    pub role: String,
    pub scope: Scope,
    pub from_at: Time,
    pub to_at: Option<Time>,
    pub withdrawn_at: Option<Time>,
    pub made_at: Time,
}

impl Assignment {
    pub fn is_in_force(&self, now: Time) -> bool {
        self.withdrawn_at.is_none() && self.from_at <= now && self.to_at.is_none_or(|to| now < to)
    }
}

/// A post somebody serves now, with how far its role reaches.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct HeldPost {
    pub post: PostId,
    pub kind: String,
    /// As people call it: "田心社区012网格".
    pub name: String,
    pub scope: Scope,
}
