//! Several versions of several workflows. What is under way keeps the version it began with; a released version never changes.
use crate::fault::Faults;
use crate::workflow::Workflow;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::sync::Arc;

/// All workflows in force and those before them.
#[derive(Debug, Clone, Default)]
pub struct Library {
    workflows: BTreeMap<(String, u32), Arc<Workflow>>,
}

/// The content a released version is bound to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Release {
    pub key: String,
    pub version: u32,
    pub hash: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ReleaseFile {
    /// Where the file is from; every catalog file says so.
    #[serde(rename = "source")]
    _source: String,
    #[serde(default)]
    released: Vec<Release>,
}

impl Library {
    pub fn new() -> Library {
        Library::default()
    }

    /// Loads one workflow; refuses a faulty one and a second one of the same key and version.
    pub fn add(&mut self, toml: &str) -> Result<Arc<Workflow>, Faults> {
        let workflow = Arc::new(Workflow::from_toml(toml)?);
        let id = (workflow.key.clone(), workflow.version);
        if self.workflows.contains_key(&id) {
            let place = format!("{} v{}", id.0, id.1);
            return Err(Faults::one(place, "同一版本出现了两次", "the same version is there twice"));
        }
        self.workflows.insert(id, Arc::clone(&workflow));
        Ok(workflow)
    }

    /// The workflow something under way is pinned to.
    pub fn get(&self, key: &str, version: u32) -> Option<&Arc<Workflow>> {
        self.workflows.get(&(key.to_owned(), version))
    }

    /// The newest version, for what begins now.
    pub fn latest(&self, key: &str) -> Option<&Arc<Workflow>> {
        let range = (key.to_owned(), 0)..=(key.to_owned(), u32::MAX);
        self.workflows.range(range).next_back().map(|(_, w)| w)
    }

    pub fn iter(&self) -> impl Iterator<Item = &Arc<Workflow>> {
        self.workflows.values()
    }

    /// Compares with `released.toml` (`source`, then `[[released]]` key, version, hash): a released version must be here, unchanged.
    pub fn check_released(&self, released_toml: &str) -> Result<(), Faults> {
        let file: ReleaseFile = toml::from_str(released_toml).map_err(|e| {
            Faults::one(
                "released workflows",
                format!("文件读不懂：{}", e.message()),
                format!("unreadable: {e}"),
            )
        })?;
        let mut faults = Faults::default();
        for release in &file.released {
            let place = format!("{} v{}", release.key, release.version);
            match self.get(&release.key, release.version) {
                None => faults.add(place, "已发布的版本不见了", "a released version is missing"),
                Some(workflow) if workflow.hash() != release.hash => faults.add(
                    place,
                    "已发布的版本不能再改，请另出一个新版本",
                    "a released version must not change: make a new version",
                ),
                Some(_) => {}
            }
        }
        faults.or(())
    }
}

impl Workflow {
    /// SHA-256 (hex) of the content: the same for the same rules, whatever the comments and the layout of the file.
    pub fn hash(&self) -> String {
        // Plain data with string keys always serialises.
        let content = serde_json::to_vec(self).unwrap_or_default();
        Sha256::digest(&content).iter().map(|byte| format!("{byte:02x}")).collect()
    }

    pub fn release(&self) -> Release {
        Release { key: self.key.clone(), version: self.version, hash: self.hash() }
    }
}
