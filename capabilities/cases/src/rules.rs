//! The rule book of a running server: types, duty lists, routing, suggestions, workflows, working days.

use crate::catalogue::{CaseType, Catalogue, CatalogueFault, EMBEDDED_ROUTING};
use crate::duties::{InForce, Shelf};
use crate::error::CaseError;
use crate::import::OwnTypes;
use crate::model::{Case, Setting};
use crate::routing::Router;
use crate::stage;
use crate::suggest::Suggester;
use flow::{Calendar, Library, Workflow, WorkingHours};
use jiff::civil::Date;
use parking_lot::RwLock;
use platform::{DistrictId, Fault, PostId, Time};
use std::collections::{BTreeSet, HashMap};
use std::path::Path;
use std::sync::Arc;
use territory::{PostKind, Snapshot};

/// The workflow every case follows.
pub const WORKFLOW: &str = "case";

const WORKFLOW_TOML: &str = include_str!("../../../catalog/workflows/case.toml");
const CALENDAR_CSV: &str = include_str!("../../../catalog/calendar/cn_workdays.csv");
const HOURS_TOML: &str = include_str!("../../../catalog/calendar/hours.toml");

/// Everything a decision about a case needs that is not in the database. Loaded at the start; only the duty lists a district publishes
/// come to it later.
#[derive(Debug)]
pub struct Rules {
    pub catalogue: Arc<Catalogue>,
    pub router: Router,
    /// Catalogue and router as files give them, for districts that have published no list.
    built_in: Arc<InForce>,
    /// The routing rules as somebody wrote them, for who tries out others.
    pub routing_text: String,
    pub suggester: Suggester,
    pub library: Library,
    pub calendar: Calendar,
    own_types: OwnTypes,
    duties: Shelf,
    secrets: RwLock<HashMap<DistrictId, Arc<[u8]>>>,
}

impl Rules {
    /// The names of every state a case can be in, by whichever version of the workflow.
    pub fn state_names(&self) -> BTreeSet<String> {
        self.library
            .iter()
            .flat_map(|workflow| workflow.states.iter().map(|state| state.name.clone()))
            .collect()
    }

    /// Reads the built-in rule book, file by file replaced by those of the operator's folder.
    pub fn load(folder: Option<&Path>) -> Result<Self, Fault> {
        let read = |path: &str, builtin: &str| match folder.map(|f| f.join(path)) {
            Some(file) if file.exists() => std::fs::read_to_string(file).map_err(Fault::from),
            _ => Ok(builtin.to_owned()),
        };
        let refuse = |what: &str, faults: &dyn std::fmt::Display| {
            Fault::broken(format!("{what} cannot be used: {faults}"))
        };
        let mut library = Library::new();
        // A district's own version stands beside the built-in one: open cases stay with theirs.
        library.add(WORKFLOW_TOML).map_err(|f| refuse("the workflow", &f))?;
        let own = read("workflows/case.toml", WORKFLOW_TOML)?;
        if own != WORKFLOW_TOML {
            library.add(&own).map_err(|f| refuse("workflows/case.toml", &f))?;
        }
        let hours = WorkingHours::from_toml(&read("calendar/hours.toml", HOURS_TOML)?)
            .map_err(|f| refuse("calendar/hours.toml", &f))?;
        let calendar = Calendar::from_csv(&read("calendar/cn_workdays.csv", CALENDAR_CSV)?, &hours)
            .map_err(|f| refuse("calendar/cn_workdays.csv", &f))?;
        let (catalogue, router, routing_text) = load_lists(folder)?;
        check_clocks(&catalogue, &library)?;
        let suggester = Suggester::new(&catalogue);
        let own_types = OwnTypes::default();
        let secrets = RwLock::default();
        let duties = Shelf::default();
        let built_in = Arc::new(InForce { catalogue: catalogue.clone(), router: router.clone() });
        Ok(Self {
            catalogue,
            router,
            built_in,
            routing_text,
            suggester,
            library,
            calendar,
            own_types,
            duties,
            secrets,
        })
    }

    /// Adds the types that single districts brought with them.
    pub fn with_own_types(mut self, own_types: OwnTypes) -> Self {
        self.own_types = own_types;
        self
    }

    /// The duty lists that hold in a district on that day, and the router that obeys them.
    pub fn in_force(&self, district: DistrictId, on: Date) -> Arc<InForce> {
        self.duties.in_force(district, on, &self.router).unwrap_or_else(|| self.built_in.clone())
    }

    pub(crate) fn duties(&self) -> &Shelf {
        &self.duties
    }

    /// A type of the catalogue, or one the district brought with it.
    pub fn find_type(&self, district: DistrictId, code: &str) -> Option<&CaseType> {
        self.catalogue.find_type(code).or_else(|| self.own_types.find(district, code))
    }

    /// The types one district brought with it.
    pub fn own_types(&self, district: DistrictId) -> impl Iterator<Item = &CaseType> {
        self.own_types.of(district)
    }

    /// The workflow new cases begin with.
    pub fn workflow(&self) -> &Arc<Workflow> {
        self.library.latest(WORKFLOW).expect("the library holds the workflow it was loaded with")
    }

    /// The workflow a case began with and stays with.
    pub fn workflow_of(&self, case: &Case) -> &Arc<Workflow> {
        self.workflow_at(case.workflow_version)
    }

    /// The workflow in a version as rows keep it; the present one where the library has lost it.
    pub fn workflow_at(&self, version: i64) -> &Arc<Workflow> {
        let version = u32::try_from(version).unwrap_or(0);
        self.library.get(WORKFLOW, version).unwrap_or_else(|| self.workflow())
    }

    /// States in which the reporter has the word, in any version: open cases stay with theirs.
    pub fn reporter_states(&self) -> Vec<String> {
        let all: BTreeSet<&str> = self.library.iter().flat_map(|w| stage::reporter_states(w)).collect();
        all.into_iter().map(str::to_owned).collect()
    }

    /// A case type by its code, as a request names it.
    pub fn case_type(&self, code: &str) -> Result<&CaseType, CaseError> {
        self.catalogue.find_type(code).ok_or_else(|| {
            CaseError::invalid(
                "type",
                "cases.unknown_type",
                "没有这个事项类型。",
                "There is no such type of case.",
            )
        })
    }

    /// The type of a stored case. Types are never removed from the catalogue, only no longer offered.
    pub fn type_of(&self, case: &Case) -> Result<&CaseType, Fault> {
        self.find_type(case.district, &case.type_code)
            .ok_or_else(|| Fault::broken(format!("the catalogue has lost type {}", case.type_code)))
    }

    /// What the model needs to decide about a case now.
    pub fn setting<'a>(
        &'a self,
        case: &Case,
        places: &Snapshot,
        reporter_reachable: bool,
        now: Time,
    ) -> Result<Setting<'a>, Fault> {
        let (desk, dispatcher) = seats(case, places);
        Ok(Setting {
            workflow: self.workflow_of(case),
            calendar: &self.calendar,
            case_type: self.type_of(case)?,
            first_look: self.catalogue.first_look(),
            desk,
            dispatcher,
            reporter_reachable,
            host_is_worker: is_worker(case.host_post, places),
            now,
        })
    }

    pub(crate) fn cached_secret(&self, district: DistrictId) -> Option<Arc<[u8]>> {
        self.secrets.read().get(&district).cloned()
    }

    pub(crate) fn cache_secret(&self, district: DistrictId, secret: Vec<u8>) -> Arc<[u8]> {
        let secret: Arc<[u8]> = secret.into();
        self.secrets.write().insert(district, secret.clone());
        secret
    }
}

/// The catalogue and the routing rules over it, with the files of the operator's folder laid over the built-in ones.
fn load_lists(folder: Option<&Path>) -> Result<(Arc<Catalogue>, Router, String), Fault> {
    let own = match folder {
        Some(folder) => read_folder(folder)?,
        None => Vec::new(),
    };
    let texts: Vec<(&str, &str)> = own.iter().map(|(n, t)| (n.as_str(), t.as_str())).collect();
    let catalogue = Arc::new(Catalogue::load_over_defaults(&texts).map_err(|f| refuse(&f))?);
    let (file, builtin) = EMBEDDED_ROUTING;
    let rules = texts.iter().find(|(name, _)| *name == file).map_or(builtin, |(_, text)| text);
    let router = Router::load(catalogue.clone(), file, rules).map_err(|f| refuse(&f))?;
    Ok((catalogue, router, rules.to_owned()))
}

/// A first look that names no clock of the workflow would silently hold for nothing.
fn check_clocks(catalogue: &Catalogue, library: &Library) -> Result<(), Fault> {
    let Some(workflow) = library.latest(WORKFLOW) else { return Ok(()) };
    let unknown = catalogue.first_look().clocks.iter().find(|name| workflow.clock(name).is_none());
    match unknown {
        Some(name) => Err(Fault::broken(format!(
            "case_types/urgency.toml cannot be used: the workflow has no clock {name}"
        ))),
        None => Ok(()),
    }
}

fn refuse(faults: &[CatalogueFault]) -> Fault {
    let sentences: Vec<String> = faults.iter().map(|f| f.sentence(platform::Lang::En)).collect();
    Fault::broken(format!("the catalogue cannot be used: {}", sentences.join("; ")))
}

/// `(name, text)` of the catalogue files in a folder, named as the built-in ones are.
fn read_folder(folder: &Path) -> Result<Vec<(String, String)>, Fault> {
    let mut found = Vec::new();
    for part in ["case_types", "duty_lists", "taxonomy"] {
        let Ok(entries) = std::fs::read_dir(folder.join(part)) else { continue };
        for entry in entries {
            let path = entry?.path();
            let name = path.file_name().and_then(|n| n.to_str()).unwrap_or_default();
            if name.ends_with(".toml") || name.ends_with(".csv") {
                found.push((format!("{part}/{name}"), std::fs::read_to_string(&path)?));
            }
        }
    }
    found.sort();
    Ok(found)
}

/// The desk and the dispatcher responsible for a case's place.
pub(crate) fn seats(case: &Case, places: &Snapshot) -> (Option<PostId>, Option<PostId>) {
    (places.desk_post(&case.area_path).map(|p| p.id), places.dispatcher_post().map(|p| p.id))
}

pub(crate) fn is_worker(post: Option<PostId>, places: &Snapshot) -> bool {
    post.and_then(|p| places.post(p)).is_some_and(|p| p.kind == PostKind::GridWorker)
}
