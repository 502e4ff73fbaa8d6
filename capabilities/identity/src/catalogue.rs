//! Identity's part of the catalogue: roles and the limits of accounts, from the program or from a district's own folder.

use crate::model::{Administrator, Face, Faces, Limits, Place, Reach, Role, Roles};
use edge::Settings;
use platform::{Fault, Fixtures, Permission, Words};
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

const ROLES: (&str, &str) = ("roles.toml", include_str!("../../../catalog/roles.toml"));
const FACES: (&str, &str) = ("faces.toml", include_str!("../../../catalog/faces.toml"));
const LIMITS: (&str, &str) = ("identity.toml", include_str!("../../../catalog/identity.toml"));

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RolesFile {
    #[expect(dead_code, reason = "for readers and for tidy; the roles carry their own")]
    source: String,
    version: String,
    permission: Vec<PermissionEntry>,
    role: Vec<RoleEntry>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct PermissionEntry {
    name: String,
    zh: String,
    en: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RoleEntry {
    key: String,
    zh: String,
    en: String,
    source: String,
    administrator: Option<String>,
    #[serde(default)]
    service: bool,
    #[serde(default)]
    sandbox: bool,
    #[serde(default)]
    second_factor: bool,
    #[serde(default)]
    posts: Vec<String>,
    grants: GrantsEntry,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct GrantsEntry {
    #[serde(default)]
    about_me: Vec<String>,
    #[serde(default)]
    own_area: Vec<String>,
    #[serde(default)]
    own_unit: Vec<String>,
    #[serde(default)]
    district: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct FacesFile {
    #[expect(dead_code, reason = "for readers and for tidy")]
    source: String,
    #[expect(dead_code, reason = "for readers")]
    version: String,
    face: Vec<FaceEntry>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct FaceEntry {
    key: String,
    zh: String,
    en: String,
    needs: Vec<String>,
    #[serde(default)]
    place: Vec<PlaceEntry>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct PlaceEntry {
    key: String,
    zh: String,
    en: String,
    needs: Vec<String>,
}

impl GrantsEntry {
    fn by_reach(self) -> BTreeMap<Reach, Vec<String>> {
        [
            (Reach::AboutMe, self.about_me),
            (Reach::OwnArea, self.own_area),
            (Reach::OwnUnit, self.own_unit),
            (Reach::District, self.district),
        ]
        .into_iter()
        .filter(|(_, permissions)| !permissions.is_empty())
        .collect()
    }
}

/// Loads roles, faces and limits onto the shelf; a start with faulty ones is refused.
pub(crate) fn load(fixtures: &Fixtures) -> Result<(), Fault> {
    let settings = fixtures.get::<Settings>();
    let roles = read_roles(&settings.catalogue_text(ROLES)?)?;
    let limits = read_limits(&settings.catalogue_text(LIMITS)?)?;
    let faces = read_faces(&settings.catalogue_text(FACES)?, &roles)?;
    fixtures.put(Arc::new(faces));
    fixtures.put(Arc::new(roles));
    fixtures.put(Arc::new(limits));
    Ok(())
}

/// Refuses roles that name a permission no capability has, and capabilities with a permission the catalogue does not
/// know. The server calls it once all capabilities are prepared.
pub fn check_roles<'a>(
    fixtures: &Fixtures,
    permissions: impl IntoIterator<Item = &'a Permission>,
) -> Result<(), Fault> {
    let roles = fixtures.get::<Roles>();
    let declared: BTreeSet<&str> = permissions.into_iter().map(|p| p.name).collect();
    let listed: BTreeSet<&str> = roles.permissions.keys().map(String::as_str).collect();
    let unknown = listed.difference(&declared).map(|name| format!("no capability has the permission {name}"));
    let missing = declared.difference(&listed).map(|name| format!("the permission {name} is not listed"));
    refuse(ROLES.0, unknown.chain(missing).collect())
}

fn read_roles(text: &str) -> Result<Roles, Fault> {
    let file: RolesFile = parse(ROLES.0, text)?;
    let mut faults = Vec::new();
    let mut list = Vec::new();
    for entry in file.role {
        let administrator = entry.administrator.as_deref().map(Administrator::parse);
        if administrator == Some(None) {
            faults.push(format!("the role {} names an administrator that is none of the three", entry.key));
        }
        list.push(Role {
            key: entry.key,
            words: Words::new(entry.zh, entry.en),
            source: entry.source,
            administrator: administrator.flatten(),
            service: entry.service,
            sandbox: entry.sandbox,
            second_factor: entry.second_factor,
            posts: entry.posts,
            grants: entry.grants.by_reach(),
        });
    }
    let permissions = file.permission.into_iter().map(|p| (p.name, Words::new(p.zh, p.en))).collect();
    let roles = Roles { version: file.version, list, permissions };
    faults.extend(roles.faults());
    refuse(ROLES.0, faults)?;
    Ok(roles)
}

fn read_faces(text: &str, roles: &Roles) -> Result<Faces, Fault> {
    let file: FacesFile = parse(FACES.0, text)?;
    let place = |p: PlaceEntry| Place { key: p.key, words: Words::new(p.zh, p.en), needs: p.needs };
    let face = |f: FaceEntry| Face {
        key: f.key,
        words: Words::new(f.zh, f.en),
        needs: f.needs,
        places: f.place.into_iter().map(place).collect(),
    };
    let faces = Faces { list: file.face.into_iter().map(face).collect() };
    refuse(FACES.0, faces.faults(roles))?;
    Ok(faces)
}

fn read_limits(text: &str) -> Result<Limits, Fault> {
    let limits: Limits = parse(LIMITS.0, text)?;
    limits.check().map_err(|e| Fault::broken(format!("{}: {e}", LIMITS.0)))?;
    Ok(limits)
}

fn parse<T: serde::de::DeserializeOwned>(name: &str, text: &str) -> Result<T, Fault> {
    toml::from_str(text).map_err(|e| Fault::broken(format!("{name} cannot be read")).because(e))
}

fn refuse(name: &str, faults: Vec<String>) -> Result<(), Fault> {
    if faults.is_empty() { Ok(()) } else { Err(Fault::broken(format!("{name}: {}", faults.join("; ")))) }
}

#[cfg(test)]
pub(crate) fn built_in() -> (Roles, Limits) {
    (read_roles(ROLES.1).expect("the roles hold"), read_limits(LIMITS.1).expect("the limits hold"))
}

#[cfg(test)]
mod tests {
    //! The built-in catalogue holds; a faulty one is refused with its place.
    use super::{FACES, LIMITS, ROLES, built_in, read_faces, read_limits, read_roles};
    use crate::model::Administrator;
    use platform::Scope;

    #[test]
    fn the_built_in_roles_keep_the_three_apart() {
        let (roles, _) = built_in();
        for one in [Administrator::System, Administrator::Security, Administrator::Audit] {
            let role = roles.list.iter().find(|r| r.administrator == Some(one)).expect("each is there");
            assert!(role.second_factor, "{} signs in with a second factor", role.key);
            let cases = role.grants.values().flatten().any(|p| p.starts_with("cases."));
            assert!(!cases, "{} sees no cases", role.key);
        }
    }

    #[test]
    fn a_role_of_two_administrators_is_refused() {
        let text = ROLES.1.replace(
            "district = [\"territory.view_areas\", \"identity.grant_roles\", \"registry.see_alarms\"]",
            "district = [\"identity.read_audit\", \"identity.grant_roles\"]",
        );
        let fault = read_roles(&text).expect_err("two in one").to_string();
        assert!(fault.contains("security_admin") && fault.contains("security and audit"), "{fault}");
    }

    #[test]
    fn a_wall_that_shows_more_than_figures_is_refused() {
        let more = ROLES.1.replace("own_area = [\"cases.view_figures\"]", "own_area = [\"cases.view\"]");
        assert!(read_roles(&more).expect_err("cases on a wall").to_string().contains("cases.view"));
    }

    #[test]
    fn an_unknown_permission_or_word_is_refused() {
        let unknown = ROLES.1.replace("about_me = [\"cases.report\"", "about_me = [\"cases.repport\"");
        assert!(read_roles(&unknown).expect_err("a slip").to_string().contains("cases.repport"));
        assert!(read_roles(&ROLES.1.replacen("service = true", "servise = true", 1)).is_err());
    }

    #[test]
    fn faces_open_by_permissions_that_reach_beyond_oneself() {
        let (roles, _) = built_in();
        let faces = read_faces(FACES.1, &roles).expect("the faces hold");
        let open = |role: &str, scope: &Scope| {
            let grants: Vec<_> = roles.find(role).expect("a role").grants_within(scope).collect();
            let open = faces.open_to(&grants);
            let places =
                open.iter().flat_map(|f| f.places.iter().map(move |p| format!("{}/{}", f.key, p.key)));
            open.iter().map(|f| f.key.clone()).chain(places.collect::<Vec<_>>()).collect::<Vec<_>>().join(" ")
        };
        let area = Scope::Area { path: "430204".to_owned() };
        assert_eq!(open("resident", &Scope::Own), "");
        assert_eq!(open("grid_worker", &area), "grid desk map map/overview map/wall");
        assert_eq!(
            open("subdistrict_desk", &area),
            "grid desk map map/overview map/wall",
            "hand-over lies in a face it has not"
        );
        assert_eq!(
            open("dispatcher", &Scope::District),
            "grid desk map admin map/overview map/wall admin/hand-over admin/messages admin/basis admin/rules"
        );
        assert_eq!(open("audit_admin", &Scope::District), "admin admin/messages admin/audit admin/rules");
        let unknown = FACES.1.replace("cases.dry_run", "cases.dryrun");
        assert!(read_faces(&unknown, &roles).expect_err("a slip").to_string().contains("cases.dryrun"));
    }

    #[test]
    fn limits_below_what_is_safe_are_refused() {
        let text = LIMITS.1.replace("failures_max = 5", "failures_max = 100");
        assert!(read_limits(&text).expect_err("too many").to_string().contains("lockout.failures_max"));
    }
}
