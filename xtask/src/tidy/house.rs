//! The checkout as text: every file we wrote, by its path from the top.

use std::collections::BTreeMap;
use std::path::Path;

use crate::shell::{Outcome, at, root};

/// Folders that are made, not written, wherever they lie.
const MADE_FOLDERS: &[&str] = &[".git", "target", "node_modules", "dist", "output"];
/// The same at the top of the checkout: the demo district, and the one being made.
const MADE_AT_TOP: &[&str] = &["data", "data.making"];
/// Files above this are data, not text to read; none of the rules is about them.
const TEXT_BYTES_MAX: u64 = 2 * 1024 * 1024;

/// Paths (with `/`) and texts. Files that are not UTF-8 have an empty text.
pub struct House {
    files: BTreeMap<String, String>,
}

impl House {
    /// Reads the checkout this program was built in.
    ///
    /// # Errors
    /// A folder or file cannot be read.
    pub fn read() -> Outcome<Self> {
        let mut files = BTreeMap::new();
        collect(&root(), "", &mut files)?;
        Ok(Self { files })
    }

    #[cfg(test)]
    pub fn of(files: &[(&str, &str)]) -> Self {
        Self { files: files.iter().map(|(path, text)| ((*path).to_string(), (*text).to_string())).collect() }
    }

    pub fn text(&self, path: &str) -> Option<&str> {
        self.files.get(path).map(String::as_str)
    }

    pub fn files(&self) -> impl Iterator<Item = (&str, &str)> {
        self.files.iter().map(|(path, text)| (path.as_str(), text.as_str()))
    }

    /// The files below a folder (`"catalog/"`) with one ending (`".toml"`).
    pub fn below<'a>(&'a self, folder: &'a str, ending: &'a str) -> impl Iterator<Item = (&'a str, &'a str)> {
        self.files().filter(move |(path, _)| path.starts_with(folder) && path.ends_with(ending))
    }

    pub fn rust(&self) -> impl Iterator<Item = (&str, &str)> {
        self.below("", ".rs")
    }

    /// The names of the capabilities: folders of `capabilities/` with a manifest.
    pub fn capabilities(&self) -> Vec<&str> {
        self.below("capabilities/", "/Cargo.toml")
            .filter_map(|(path, _)| path.strip_prefix("capabilities/")?.strip_suffix("/Cargo.toml"))
            .filter(|name| !name.contains('/'))
            .collect()
    }
}

fn collect(folder: &Path, prefix: &str, files: &mut BTreeMap<String, String>) -> Outcome {
    for entry in std::fs::read_dir(folder).map_err(at(folder))? {
        let entry = entry.map_err(at(folder))?;
        let name = entry.file_name().to_string_lossy().into_owned();
        let kind = entry.file_type().map_err(at(&entry.path()))?;
        let is_made = MADE_FOLDERS.contains(&name.as_str())
            || prefix.is_empty() && MADE_AT_TOP.contains(&name.as_str());
        if kind.is_dir() && !is_made {
            collect(&entry.path(), &format!("{prefix}{name}/"), files)?;
        } else if kind.is_file() && entry.metadata().is_ok_and(|metadata| metadata.len() <= TEXT_BYTES_MAX) {
            let bytes = std::fs::read(entry.path()).map_err(at(&entry.path()))?;
            files.insert(format!("{prefix}{name}"), String::from_utf8(bytes).unwrap_or_default());
        }
    }
    Ok(())
}

/// The line a byte position lies in, from 0.
pub fn line_of(text: &str, position: usize) -> usize {
    text[..position].matches('\n').count()
}
