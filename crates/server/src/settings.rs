//! Settings by flag, environment or file, the same names in each: what is in force, and whence.

use crate::failure::{Failure, Outcome};
use figment::Figment;
use figment::providers::{Format, Serialized, Toml};
use ipnet::IpNet;
use serde::{Deserialize, Serialize};
use std::path::{Path, PathBuf};
use store::Target;

/// The file of settings in the data directory.
pub const FILE_NAME: &str = "mulin.toml";
/// The SQLite file in the data directory.
pub const SQLITE_NAME: &str = "mulin.sqlite";

/// A setting: its key in the file, its environment variable, and what it means.
#[derive(Clone, Copy, Debug)]
pub struct Known {
    pub key: &'static str,
    pub variable: &'static str,
    pub what: &'static str,
}

/// Every setting there is. The flag is the key with hyphens.
pub const KNOWN: &[Known] = &[
    Known { key: "data", variable: "MULIN_DATA", what: "folder of the SQLite file and the attachments" },
    Known { key: "listen", variable: "MULIN_LISTEN", what: "address and port to serve on" },
    Known {
        key: "database_url", variable: "DATABASE_URL", what: "postgres://… instead of the SQLite file"
    },
    Known { key: "log", variable: "MULIN_LOG", what: "what is logged: info, warn, store=debug,info, …" },
    Known {
        key: "catalog",
        variable: "MULIN_CATALOG",
        what: "folder whose files replace the built-in catalogue's",
    },
    Known {
        key: "key_file",
        variable: "MULIN_KEY_FILE",
        what: "the master key, kept out of every backup; district.key in the data folder where it is not said",
    },
    Known {
        key: "crypto_suite",
        variable: "MULIN_CRYPTO_SUITE",
        what: "algorithms of new keys: sm (SM4, SM3) or international (AES-256, SHA-256)",
    },
    Known {
        key: "demo",
        variable: "MULIN_DEMO",
        what: "the demo: codes on a local inbox page, pages say so",
    },
    Known { key: "behind_proxy", variable: "MULIN_BEHIND_PROXY", what: "believe X-Forwarded-For and -Proto" },
    Known {
        key: "private_networks",
        variable: "MULIN_PRIVATE_NETWORKS",
        what: "networks of one's own that calls to partners may reach: 10.20.0.0/16,10.30.4.0/24",
    },
    Known { key: "unlimited", variable: "MULIN_UNLIMITED", what: "no limits per source (load drivers only)" },
];

/// Settings in force.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    pub data: PathBuf,
    pub listen: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub database_url: Option<String>,
    pub log: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub catalog: Option<PathBuf>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key_file: Option<PathBuf>,
    pub crypto_suite: seal::Suite,
    #[serde(deserialize_with = "figment::util::bool_from_str_or_int")]
    pub demo: bool,
    #[serde(deserialize_with = "figment::util::bool_from_str_or_int")]
    pub behind_proxy: bool,
    /// Networks between commas; read when they are needed, so that the refusal can name the one that is none.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub private_networks: String,
    #[serde(deserialize_with = "figment::util::bool_from_str_or_int")]
    pub unlimited: bool,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            data: PathBuf::from("data"),
            listen: "127.0.0.1:8080".to_owned(),
            database_url: None,
            log: "info".to_owned(),
            catalog: None,
            key_file: None,
            crypto_suite: seal::Suite::default(),
            demo: false,
            behind_proxy: false,
            private_networks: String::new(),
            unlimited: false,
        }
    }
}

/// Settings given as flags. What is not given is left to the environment, the file, and the defaults, in this order.
#[derive(Clone, Debug, Default, Serialize, clap::Args)]
#[command(next_help_heading = "Settings (flag, else environment, else file, else default)")]
pub struct Flags {
    /// Folder of the SQLite file and the attachments [MULIN_DATA, default ./data]
    #[arg(long, global = true, value_name = "DIR")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub data: Option<PathBuf>,
    /// File of settings [default DATA/mulin.toml, where it exists]
    #[arg(long, global = true, value_name = "FILE")]
    #[serde(skip)]
    pub config: Option<PathBuf>,
    /// A postgres:// address instead of the SQLite file [DATABASE_URL]
    #[arg(long, global = true, value_name = "URL")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub database_url: Option<String>,
    /// What is logged, for example info or store=debug,info [MULIN_LOG]
    #[arg(long, global = true, value_name = "FILTER")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub log: Option<String>,
    /// Folder whose files replace those of the built-in catalogue [MULIN_CATALOG]
    #[arg(long, global = true, value_name = "DIR")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub catalog: Option<PathBuf>,
    /// The master key's file [MULIN_KEY_FILE, default DATA/district.key]
    #[arg(long, global = true, value_name = "FILE")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub key_file: Option<PathBuf>,
    /// Algorithms of new keys: sm or international [MULIN_CRYPTO_SUITE, default sm]
    #[arg(long, global = true, value_name = "SUITE", hide_short_help = true)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub crypto_suite: Option<String>,
    /// Address and port to serve on [MULIN_LISTEN, default 127.0.0.1:8080]
    #[arg(long, global = true, value_name = "ADDRESS:PORT")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub listen: Option<String>,
    /// Run as a demo: codes are shown on a local inbox page [MULIN_DEMO]
    #[arg(long, global = true, num_args = 0..=1, default_missing_value = "true", value_name = "BOOL", hide_short_help = true)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub demo: Option<bool>,
    /// Believe X-Forwarded-For and X-Forwarded-Proto: only behind a proxy of one's own [MULIN_BEHIND_PROXY]
    #[arg(long, global = true, num_args = 0..=1, default_missing_value = "true", value_name = "BOOL", hide_short_help = true)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub behind_proxy: Option<bool>,
    /// Networks of one's own that calls to partners may reach, between commas [MULIN_PRIVATE_NETWORKS]
    #[arg(long, global = true, value_name = "NETWORKS", hide_short_help = true)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub private_networks: Option<String>,
    /// No limits per source: load drivers only, never a public server [MULIN_UNLIMITED]
    #[arg(long, global = true, hide = true, num_args = 0..=1, default_missing_value = "true")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unlimited: Option<bool>,
}

/// Where a setting's value comes from.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Whence {
    Flag,
    Environment(&'static str),
    File(PathBuf),
    Default,
}

impl std::fmt::Display for Whence {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Flag => f.write_str("flag"),
            Self::Environment(name) => write!(f, "environment {name}"),
            Self::File(path) => write!(f, "file {}", path.display()),
            Self::Default => f.write_str("default"),
        }
    }
}

/// The settings in force and the source of each, in the order of [`KNOWN`].
#[derive(Clone, Debug)]
pub struct Resolved {
    pub settings: Settings,
    pub whence: Vec<Whence>,
}

/// Reads the environment through `variable`, so that a test can bring its own.
pub fn resolve(flags: &Flags, variable: impl Fn(&str) -> Option<String>) -> Outcome<Resolved> {
    let from_flags = Figment::from(Serialized::defaults(flags));
    let from_environment = environment(variable);
    let file = settings_file(flags, &from_environment)?;
    let from_file = match &file {
        Some(path) => Figment::from(Toml::file_exact(path)),
        None => Figment::new(),
    };
    let defaults = Figment::from(Serialized::defaults(Settings::default()));
    let whence = KNOWN.iter().map(|known| {
        if from_flags.contains(known.key) {
            Whence::Flag
        } else if from_environment.contains(known.key) {
            Whence::Environment(known.variable)
        } else if let (true, Some(path)) = (from_file.contains(known.key), &file) {
            Whence::File(path.clone())
        } else {
            Whence::Default
        }
    });
    let whence = whence.collect();
    let all = defaults.merge(from_file).merge(from_environment).merge(from_flags);
    let settings: Settings = all.extract().map_err(|e| refused(&e))?;
    settings.networks()?;
    Ok(Resolved { settings, whence })
}

/// The variables that are set to something: an empty one counts as not set.
fn environment(variable: impl Fn(&str) -> Option<String>) -> Figment {
    let mut found = Figment::new();
    for known in KNOWN {
        if let Some(text) = variable(known.variable).filter(|text| !text.is_empty()) {
            found = found.merge(Serialized::default(known.key, plain(text)));
        }
    }
    found
}

/// An environment knows only text: what people write there for yes and no.
fn plain(text: String) -> String {
    match text.as_str() {
        "1" | "yes" | "on" => "true".to_owned(),
        "0" | "no" | "off" => "false".to_owned(),
        _ => text,
    }
}

/// The file named by `--config`, which must be there; else the one in the data directory, which may be.
fn settings_file(flags: &Flags, environment: &Figment) -> Outcome<Option<PathBuf>> {
    if let Some(path) = &flags.config {
        return match path.is_file() {
            true => Ok(Some(path.clone())),
            false => Err(Failure::usage(format!("the settings file {} is not there", path.display()))),
        };
    }
    let from_environment = environment.extract_inner::<PathBuf>("data").ok();
    let data = flags.data.clone().or(from_environment).unwrap_or_else(|| Settings::default().data);
    let path = data.join(FILE_NAME);
    Ok(path.is_file().then_some(path))
}

fn refused(error: &figment::Error) -> Failure {
    let sentences: Vec<String> = error
        .clone()
        .into_iter()
        .map(|e| {
            let path = e.path.join(".");
            match path.is_empty() {
                true => format!("{}", e.kind),
                false => format!("{path}: {}", e.kind),
            }
        })
        .collect();
    Failure::usage(format!("a setting does not hold: {}", sentences.join("; ")))
}

/// The environment of this process.
pub fn process_variable(name: &str) -> Option<String> {
    std::env::var(name).ok()
}

impl Settings {
    /// Where the data lives.
    pub fn target(&self) -> Outcome<Target> {
        match &self.database_url {
            None => Ok(Target::Sqlite(self.data.join(SQLITE_NAME))),
            Some(url) if url.starts_with("postgres://") || url.starts_with("postgresql://") => {
                Ok(Target::Postgres(url.clone()))
            }
            Some(_) => Err(Failure::usage(
                "DATABASE_URL must begin with postgres://; without it the data is kept in a SQLite file",
            )),
        }
    }

    /// The networks of `private_networks`.
    ///
    /// # Errors
    /// The first that is none, by name.
    pub fn networks(&self) -> Outcome<Vec<IpNet>> {
        let written = self.private_networks.split(',').map(str::trim).filter(|text| !text.is_empty());
        let read = |text: &str| {
            text.parse().map_err(|_| {
                Failure::usage(format!("private_networks: '{text}' is no network like 10.20.0.0/16"))
            })
        };
        written.map(read).collect()
    }

    /// What the edge and the capabilities need of them.
    pub fn edge(&self) -> edge::Settings {
        edge::Settings {
            data: self.data.clone(),
            catalog: self.catalog.clone(),
            key_file: self.key_file.clone(),
            crypto_suite: self.crypto_suite,
            demo: self.demo,
            behind_proxy: self.behind_proxy,
            private_networks: self.networks().unwrap_or_default(),
            unlimited: self.unlimited,
        }
    }

    /// The value of a key as it may be shown: without the password of a database address.
    pub fn shown(&self, key: &str) -> String {
        let path = |path: &Path| path.display().to_string();
        match key {
            "data" => path(&self.data),
            "listen" => self.listen.clone(),
            "database_url" => self.database_url.as_deref().map(without_password).unwrap_or_default(),
            "log" => self.log.clone(),
            "catalog" => self.catalog.as_deref().map(path).unwrap_or_default(),
            "key_file" => path(&self.edge().key_file()),
            "crypto_suite" => self.crypto_suite.as_str().to_owned(),
            "demo" => self.demo.to_string(),
            "behind_proxy" => self.behind_proxy.to_string(),
            "private_networks" => self.private_networks.clone(),
            "unlimited" => self.unlimited.to_string(),
            _ => String::new(),
        }
    }
}

/// `postgres://user:***@host/db`
pub fn without_password(url: &str) -> String {
    let Some((scheme, rest)) = url.split_once("://") else { return url.to_owned() };
    let end = rest.find('/').unwrap_or(rest.len());
    match rest[..end].rsplit_once('@') {
        Some((who, host)) => {
            let user = who.split(':').next().unwrap_or_default();
            let secret = if who.contains(':') { ":***" } else { "" };
            format!("{scheme}://{user}{secret}@{host}{}", &rest[end..])
        }
        None => url.to_owned(),
    }
}
