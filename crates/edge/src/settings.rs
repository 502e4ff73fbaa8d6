//! What the operator set, as far as the edge and the capabilities need it.

use ipnet::IpNet;
use platform::Fault;
use std::path::PathBuf;

/// Settings in force. The server reads them from flags, environment and file; tests make their own.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Where attachments and the SQLite file live.
    pub data: PathBuf,
    /// The master key that wraps every district's keys; [`seal::KEY_FILE_NAME`] in the data directory where it is not said.
    pub key_file: Option<PathBuf>,
    /// With which algorithms new keys are made.
    pub crypto_suite: seal::Suite,
    /// A folder whose files stand for those of the built-in catalogue, file by file.
    pub catalog: Option<PathBuf>,
    /// The demo: codes are shown on a local inbox page, pages say that all is invented.
    pub demo: bool,
    /// Believe `X-Forwarded-For` and `X-Forwarded-Proto` (only behind a proxy of one's own).
    pub behind_proxy: bool,
    /// Networks that calls outside may reach although they are private: the district's own, where partners' systems stand.
    pub private_networks: Vec<IpNet>,
    /// Limits per source are off: load drivers and imports, never a public server.
    pub unlimited: bool,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            data: PathBuf::from("data"),
            key_file: None,
            crypto_suite: seal::Suite::default(),
            catalog: None,
            demo: false,
            behind_proxy: false,
            private_networks: Vec::new(),
            unlimited: false,
        }
    }
}

impl Settings {
    /// The master key's file, said or not.
    pub fn key_file(&self) -> PathBuf {
        self.key_file.clone().unwrap_or_else(|| self.data.join(seal::KEY_FILE_NAME))
    }

    /// The text of a file of the catalogue: the district's own where it has one of that name, else the one built in.
    ///
    /// # Errors
    /// The district's own cannot be read; the fault names it.
    pub fn catalogue_text(&self, (name, built_in): (&str, &str)) -> Result<String, Fault> {
        let own = self.catalog.as_ref().map(|folder| folder.join(name)).filter(|path| path.exists());
        match own {
            Some(path) => std::fs::read_to_string(&path)
                .map_err(|e| Fault::from(e).context(format_args!("reading {}", path.display()))),
            None => Ok(built_in.to_owned()),
        }
    }

    /// Where the keys come from.
    pub(crate) fn seal(&self) -> seal::SealSettings {
        seal::SealSettings { key_file: self.key_file(), suite: self.crypto_suite }
    }
}
