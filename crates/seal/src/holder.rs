//! Who holds the key of keys: it wraps the districts' keys, and never stands in the database beside them.

use crate::suite::{Cipher, Hasher, Suite};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use platform::{Fault, FaultKind};
use sha2::{Digest, Sha256};
use std::fs::OpenOptions;
use std::io::Write;
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};
use zeroize::Zeroizing;

/// The file's first line, for whoever finds it.
const FIRST_LINE: &str = "# Mulin master key. Keep a copy in a safe: without it no sealed field of the database can be read. Show it to nobody.";
const KEY_BYTES: usize = 32;
/// Bytes of a fingerprint that are shown.
const FINGERPRINT_BYTES: usize = 8;

/// Holds the master key: a file, or a key management service of the district's cloud.
///
/// A service implements the same three calls and is handed to [`crate::prepare_with`] (docs/decisions/0011 shows one). The calls may
/// block for a network: they are made at the start and at a rotation, on a thread of their own, never within a request.
pub trait KeyHolder: Send + Sync + std::fmt::Debug {
    /// Where the key is, as an operator would look for it.
    fn name(&self) -> String;
    /// What tells this master key from another and gives nothing of it away.
    fn fingerprint(&self) -> String;
    /// Wraps a key. `label` says which it is; what is unwrapped under another label is refused.
    fn wrap(&self, label: &[u8], key: &[u8]) -> Result<Vec<u8>, Fault>;
    /// Unwraps what `wrap` made.
    fn unwrap(&self, label: &[u8], wrapped: &[u8]) -> Result<Zeroizing<Vec<u8>>, Fault>;
}

/// A master key in a file that only the server's user may read.
pub struct KeyFile {
    path: PathBuf,
    fingerprint: String,
    suite: Suite,
    sm: Cipher,
    international: Cipher,
}

impl std::fmt::Debug for KeyFile {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "KeyFile({}, {})", self.path.display(), self.fingerprint)
    }
}

impl KeyFile {
    /// Reads the file; none where there is none.
    pub fn read(path: &Path, suite: Suite) -> Result<Option<Self>, Fault> {
        let text = match std::fs::read_to_string(path) {
            Ok(text) => Zeroizing::new(text),
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => return Ok(None),
            Err(e) => return Err(Fault::from(e).context(format_args!("the key file {}", path.display()))),
        };
        refuse_open_file(path)?;
        let lines = text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#'));
        let decoded = Zeroizing::new(STANDARD.decode(lines.collect::<String>()).unwrap_or_default());
        let key = decoded.as_slice().try_into().map_err(|_| {
            Fault::new(
                FaultKind::Corrupt,
                format!("{} is no key file of Mulin: restore it from the safe", path.display()),
            )
        })?;
        Self::of_key(path, suite, key).map(Some)
    }

    /// Makes a new one, for its owner's eyes only. Refuses to replace a file.
    pub fn make(path: &Path, suite: Suite) -> Result<Self, Fault> {
        let named =
            |e: std::io::Error| Fault::from(e).context(format_args!("the key file {}", path.display()));
        let key = Zeroizing::new(rand::random::<[u8; KEY_BYTES]>());
        let text = Zeroizing::new(format!("{FIRST_LINE}\n{}\n", STANDARD.encode(key.as_slice())));
        let folder = path.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."));
        // Beside PostgreSQL nothing else may have made it yet.
        std::fs::create_dir_all(folder).map_err(named)?;
        let mut file =
            OpenOptions::new().write(true).create_new(true).mode(0o600).open(path).map_err(named)?;
        file.write_all(text.as_bytes()).and_then(|()| file.sync_all()).map_err(named)?;
        std::fs::File::open(folder).and_then(|folder| folder.sync_all()).map_err(named)?;
        Self::of_key(path, suite, &key)
    }

    fn of_key(path: &Path, suite: Suite, key: &[u8; KEY_BYTES]) -> Result<Self, Fault> {
        // One file serves both suites: each has a key of its own, derived by its own hash.
        let derived = |suite: Suite| {
            let full = Zeroizing::new(Hasher::new(suite, key).hash(&[b"mulin key wrap 1"]));
            Cipher::new(suite, &full[..suite.key_bytes()])
        };
        let digest = Sha256::new().chain_update(b"mulin key fingerprint 1").chain_update(key).finalize();
        let fingerprint = digest[..FINGERPRINT_BYTES].iter().map(|byte| format!("{byte:02x}")).collect();
        let (sm, international) = (derived(Suite::Sm)?, derived(Suite::International)?);
        Ok(Self { path: path.to_owned(), fingerprint, suite, sm, international })
    }

    fn cipher(&self, suite: Suite) -> &Cipher {
        match suite {
            Suite::Sm => &self.sm,
            Suite::International => &self.international,
        }
    }
}

impl KeyHolder for KeyFile {
    fn name(&self) -> String {
        self.path.display().to_string()
    }

    fn fingerprint(&self) -> String {
        self.fingerprint.clone()
    }

    fn wrap(&self, label: &[u8], key: &[u8]) -> Result<Vec<u8>, Fault> {
        let mut wrapped = vec![self.suite.byte()];
        self.cipher(self.suite).seal_onto(&mut wrapped, label, key)?;
        Ok(wrapped)
    }

    fn unwrap(&self, label: &[u8], wrapped: &[u8]) -> Result<Zeroizing<Vec<u8>>, Fault> {
        let opened = wrapped.split_first().and_then(|(suite, sealed)| {
            let suite = Suite::of_byte(*suite)?;
            self.cipher(suite).open(label, sealed)
        });
        opened.ok_or_else(|| Fault::new(FaultKind::Corrupt, "a wrapped key of the database was changed"))
    }
}

/// A key that others may read is none.
fn refuse_open_file(path: &Path) -> Result<(), Fault> {
    const OTHERS: u32 = 0o077;
    let mode = std::fs::metadata(path)?.permissions().mode();
    if mode & OTHERS == 0 {
        return Ok(());
    }
    Err(Fault::broken(format!(
        "the key file {0} may be read by others than its owner; run: chmod 600 {0}",
        path.display()
    )))
}
