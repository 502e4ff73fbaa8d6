//! The web's files: installed when the lock changed, built when an input changed, so that a second start is instant.

use std::path::{Path, PathBuf};
use std::process::Child;

use sha2::{Digest, Sha256};

use crate::shell::{Outcome, at, program, root, run};

/// Where the built files remember what they were built from.
const BUILT_FROM: &str = "dist/.inputs";
/// Where the installed packages remember their lock.
const INSTALLED_FROM: &str = "node_modules/.lock-hash";
/// What lies in the web folder and is not built from.
const NOT_INPUTS: &[&str] = &["node_modules", "dist", "e2e", ".vite"];

/// The web's folder.
pub fn folder() -> PathBuf {
    root().join("web")
}

/// Runs `npm ci` when `package-lock.json` is not the one installed.
///
/// # Errors
/// npm fails, or a file cannot be read.
pub fn install_if_stale() -> Outcome {
    let web = folder();
    let lock = web.join("package-lock.json");
    let hash = hash_of(&[lock])?;
    if remembered(&web.join(INSTALLED_FROM)) == hash {
        return Ok(());
    }
    run(program("npm").args(["ci", "--no-audit", "--no-fund"]).current_dir(&web))?;
    remember(&web.join(INSTALLED_FROM), &hash)
}

/// Runs `npm run build` when any file it reads changed since the last build.
///
/// # Errors
/// npm fails, or a file cannot be read.
pub fn build_if_stale() -> Outcome {
    let web = folder();
    let mut inputs = Vec::new();
    collect_inputs(&web, &web, &mut inputs)?;
    inputs.sort();
    let hash = hash_of(&inputs)?;
    if remembered(&web.join(BUILT_FROM)) == hash {
        return Ok(());
    }
    install_if_stale()?;
    run(program("npm").args(["run", "build"]).current_dir(&web))?;
    remember(&web.join(BUILT_FROM), &hash)
}

/// The server of the web's sources, stopped with whoever holds it.
pub struct Sources(Child);

impl Drop for Sources {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Serves the sources of the staff faces, reloading what is changed; everything else comes from the server behind it.
///
/// # Errors
/// npm cannot be started.
pub fn serve_sources() -> Outcome<Sources> {
    install_if_stale()?;
    println!("The faces with their sources, reloading: http://127.0.0.1:5173/desk");
    // Not through npm: it would outlive us as a child of its own.
    let server = program("node").arg("node_modules/vite/bin/vite.js").current_dir(folder()).spawn();
    server.map(Sources).map_err(|error| format!("the sources cannot be served: {error}"))
}

fn collect_inputs(web: &Path, folder: &Path, inputs: &mut Vec<PathBuf>) -> Outcome {
    for entry in std::fs::read_dir(folder).map_err(at(folder))? {
        let path = entry.map_err(at(folder))?.path();
        let skipped = NOT_INPUTS.iter().any(|name| path == web.join(name));
        if path.is_dir() && !skipped {
            collect_inputs(web, &path, inputs)?;
        } else if path.is_file() {
            inputs.push(path);
        }
    }
    Ok(())
}

/// One hash over the names and the bytes of files.
fn hash_of(files: &[PathBuf]) -> Outcome<String> {
    let mut hash = Sha256::new();
    for file in files {
        let bytes = std::fs::read(file).map_err(at(file))?;
        hash.update(file.strip_prefix(root()).unwrap_or(file).as_os_str().as_encoded_bytes());
        hash.update((bytes.len() as u64).to_le_bytes());
        hash.update(bytes);
    }
    Ok(hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect())
}

fn remembered(stamp: &Path) -> String {
    std::fs::read_to_string(stamp).unwrap_or_default()
}

fn remember(stamp: &Path, hash: &str) -> Outcome {
    std::fs::write(stamp, hash).map_err(at(stamp))
}
