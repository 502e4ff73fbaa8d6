//! What the tests need from the machine: Debian packages, installed only when absent, as root or through sudo.

use std::path::Path;
use std::process::{Command, Stdio};

use crate::shell::{Outcome, program, run, succeeds};

/// A Debian package, and how to see that its work is already done (by that package or by any other means).
struct Package {
    name: &'static str,
    is_present: fn() -> bool,
}

const PACKAGES: &[Package] = &[
    Package { name: "postgresql", is_present: || crate::postgres::programs().is_ok() },
    Package {
        name: "chromium-headless-shell",
        is_present: || Path::new("/usr/bin/chromium-headless-shell").exists(),
    },
    // The broker of the tests of sensors: they start their own, on a port and in a folder of its own.
    Package {
        name: "mosquitto",
        is_present: || {
            ["/usr/sbin/mosquitto", "/usr/bin/mosquitto"].iter().any(|path| Path::new(path).exists())
        },
    },
    Package {
        name: "fonts-noto-cjk",
        is_present: || succeeds(program("dpkg").args(["-s", "fonts-noto-cjk"])),
    },
];

/// Installs the packages the tests need and this machine lacks.
///
/// # Errors
/// A package is missing and apt cannot install it.
pub fn install_missing_packages() -> Outcome {
    let missing: Vec<&str> =
        PACKAGES.iter().filter(|package| !(package.is_present)()).map(|p| p.name).collect();
    if missing.is_empty() {
        return Ok(());
    }
    println!("Installing {}", missing.join(", "));
    run(as_root("apt-get").args(["update", "-q"]))?;
    run(as_root("apt-get").args(["install", "-q", "-y", "--no-install-recommends"]).args(missing))
}

/// True when this process is root, which changes who may run PostgreSQL and whether sudo is asked.
pub fn is_root() -> bool {
    let answer = Command::new("id").arg("-u").stderr(Stdio::null()).output();
    answer.is_ok_and(|output| output.stdout.trim_ascii() == b"0")
}

fn as_root(name: &str) -> Command {
    let mut command = program(if is_root() { "env" } else { "sudo" });
    if !is_root() {
        command.arg("env");
    }
    command.args(["DEBIAN_FRONTEND=noninteractive", name]);
    command
}
