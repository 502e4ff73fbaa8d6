//! The demo's accounts as a file: readable by its owner only, printed at every start of the demo.

use crate::failure::{Failure, Outcome};
use platform::Time;
use serde::{Deserialize, Serialize};
use std::io::Write;
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

const FILE_NAME: &str = "demo-accounts.json";
const BASE32: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/// One account per role.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct DemoAccounts {
    /// The division code.
    pub(crate) district: String,
    pub(crate) accounts: Vec<DemoAccount>,
}

/// Somebody who can sign in: staff by login and password, a resident by phone.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct DemoAccount {
    /// The key in `catalog/roles.toml`.
    pub(crate) role: String,
    pub(crate) zh: String,
    pub(crate) en: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) login: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) password: Option<String>,
    /// Base32, as an authenticator app takes it, where the role asks for a second factor.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) totp_secret: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) phone: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) post: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) area: Option<String>,
}

impl DemoAccount {
    /// The bytes of the second factor's secret.
    pub(crate) fn secret(&self) -> Option<Vec<u8>> {
        self.totp_secret.as_deref().map(bytes_of_base32)
    }
}

impl DemoAccounts {
    /// None where the folder holds no demo.
    pub(crate) fn read(data: &Path) -> Outcome<Option<Self>> {
        let path = data.join(FILE_NAME);
        if !path.exists() {
            return Ok(None);
        }
        let text = std::fs::read_to_string(&path)?;
        let accounts = serde_json::from_str(&text)
            .map_err(|e| Failure::because(format_args!("{} cannot be read", path.display()), &e))?;
        Ok(Some(accounts))
    }

    pub(crate) fn write(&self, data: &Path) -> Outcome {
        let path = data.join(FILE_NAME);
        let mut file =
            std::fs::OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(path)?;
        file.write_all(self.json().as_bytes())?;
        Ok(file.sync_all()?)
    }

    pub(crate) fn json(&self) -> String {
        serde_json::to_string_pretty(self).unwrap_or_default()
    }

    /// A line for each role, with the code of the second factor that is good now.
    pub(crate) fn print(&self, out: &mut impl Write, now: Time) -> Outcome {
        writeln!(out, "Demo accounts (invented people; `mulin demo` prints them again with a fresh code):")?;
        for account in &self.accounts {
            let login = match (&account.login, &account.password, &account.phone) {
                (Some(login), Some(password), _) => format!("{login:<14} {password}"),
                (_, _, Some(phone)) => format!("{phone:<14} the code is shown at /inbox"),
                _ => continue,
            };
            let code =
                account.secret().map(|s| format!("  code now {}", identity::second_factor_code(&s, now)));
            let post = account.post.as_deref().map(|p| format!("  {p}")).unwrap_or_default();
            writeln!(out, "  {:<22} {login}{}{post}", account.en, code.unwrap_or_default())?;
        }
        Ok(())
    }
}

/// RFC 4648, section 6, without padding: how authenticator apps take a secret.
pub(super) fn base32(bytes: &[u8]) -> String {
    let mut text = String::new();
    let (mut held, mut bits) = (0u32, 0);
    for byte in bytes {
        held = (held << 8) | u32::from(*byte);
        bits += 8;
        while bits >= 5 {
            bits -= 5;
            text.push(char::from(BASE32[(held >> bits) as usize & 31]));
        }
        held &= (1 << bits) - 1;
    }
    if bits > 0 {
        text.push(char::from(BASE32[(held << (5 - bits)) as usize & 31]));
    }
    text
}

fn bytes_of_base32(text: &str) -> Vec<u8> {
    let mut bytes = Vec::new();
    let (mut held, mut bits) = (0u32, 0);
    for place in text.bytes().filter_map(|c| BASE32.iter().position(|b| *b == c.to_ascii_uppercase())) {
        held = (held << 5) | place as u32;
        bits += 5;
        if bits >= 8 {
            bits -= 8;
            bytes.push((held >> bits) as u8);
            held &= (1 << bits) - 1;
        }
    }
    bytes
}

#[cfg(test)]
mod tests {
    //! The secrets survive their way through the file.
    use super::{base32, bytes_of_base32};

    #[test]
    fn base32_as_the_standard_says() {
        for (bytes, text) in [("f", "MY"), ("fo", "MZXQ"), ("foo", "MZXW6"), ("foobar", "MZXW6YTBOI")] {
            assert_eq!(base32(bytes.as_bytes()), text);
            assert_eq!(bytes_of_base32(text), bytes.as_bytes());
        }
    }
}
