//! Names of the built web files: a page asks for `look.css` and gets the address of its present version.

use std::collections::HashMap;

/// Plain name → address with the content's hash in it. Empty in tests of the server alone.
#[derive(Debug, Default)]
pub struct Assets(HashMap<String, String>);

impl Assets {
    pub fn new(names: impl IntoIterator<Item = (String, String)>) -> Self {
        Self(names.into_iter().collect())
    }

    /// The address of a file; where it is not built, the plain one, which answers 404 by name.
    pub fn address(&self, name: &str) -> String {
        self.0.get(name).cloned().unwrap_or_else(|| format!("/assets/{name}"))
    }
}
