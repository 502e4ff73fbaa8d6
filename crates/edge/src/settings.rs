//! What the operator set, as far as the edge and the capabilities need it.

use std::path::PathBuf;

/// Settings in force. The server reads them from flags, environment and file; tests make their own.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Where attachments and the SQLite file live.
    pub data: PathBuf,
    /// A folder whose files stand for those of the built-in catalogue, file by file.
    pub catalog: Option<PathBuf>,
    /// The demo: codes are shown on a local inbox page, pages say that all is invented.
    pub demo: bool,
    /// Believe `X-Forwarded-For` and `X-Forwarded-Proto` (only behind a proxy of one's own).
    pub behind_proxy: bool,
    /// Limits per source are off: load drivers and imports, never a public server.
    pub unlimited: bool,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            data: PathBuf::from("data"),
            catalog: None,
            demo: false,
            behind_proxy: false,
            unlimited: false,
        }
    }
}
