//! The second factor of staff: a time-based code (RFC 6238), each step once, and recovery codes for a lost phone.

use platform::Time;
use rand::{Rng, RngExt};
use sha2::{Digest, Sha256};
use totp_rs::{Builder, Secret, Totp};

/// Bytes of a secret (RFC 4226, 4: 160 bits recommended).
pub const SECRET_BYTES: usize = 20;
/// Codes given out for a lost phone.
pub const RECOVERY_CODES: usize = 10;
const RECOVERY_CHARS: usize = 12;
const RECOVERY_SIGNS: &[u8] = b"abcdefghjkmnpqrstuvwxyz23456789";
/// The name authenticator apps show. Their format has no place for words in two languages.
const ISSUER: &str = "Mulin";

fn totp(secret: &[u8], label: &str) -> Totp {
    Builder::new()
        .with_secret(secret.to_vec())
        .with_account_name(label.replace(':', "-"))
        .with_issuer(Some(ISSUER))
        // SHA-1, six digits, 30 s, one step of skew: what every authenticator app does.
        .build_noncompliant()
}

fn seconds(now: Time) -> u64 {
    u64::try_from(now.micros() / 1_000_000).unwrap_or(0)
}

/// The step of a right code that was not used yet.
pub fn check_code(secret: &[u8], code: &str, last_step: i64, now: Time) -> Option<i64> {
    let typed: String = code.chars().filter(|c| !c.is_whitespace()).collect();
    if typed.len() != 6 || !typed.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let step = totp(secret, ISSUER).check(&typed, seconds(now))?;
    i64::try_from(step).ok().filter(|step| *step > last_step)
}

/// The code of a moment: for the demo's list of accounts and for tests.
pub fn code_at(secret: &[u8], now: Time) -> String {
    totp(secret, ISSUER).generate(seconds(now)).to_string()
}

/// What an authenticator app reads from a picture.
pub fn otpauth_url(secret: &[u8], login: &str) -> String {
    totp(secret, login).to_url().unwrap_or_default()
}

/// The secret as people type it into an app.
pub fn secret_text(secret: &[u8]) -> String {
    Secret::from(secret.to_vec()).to_base32()
}

/// A code for a lost phone, `abcd-efgh-jkmn`: 59 bits.
pub fn new_recovery_code(rng: &mut impl Rng) -> String {
    let mut text = String::with_capacity(RECOVERY_CHARS + 2);
    for place in 0..RECOVERY_CHARS {
        if place > 0 && place % 4 == 0 {
            text.push('-');
        }
        text.push(char::from(RECOVERY_SIGNS[rng.random_range(0..RECOVERY_SIGNS.len())]));
    }
    text
}

/// What the database keeps of a recovery code; nothing where it cannot be one.
pub fn recovery_hash(typed: &str) -> Option<Vec<u8>> {
    let signs: String =
        typed.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_lowercase()).collect();
    (signs.len() == RECOVERY_CHARS).then(|| Sha256::digest(signs.as_bytes()).to_vec())
}

#[cfg(test)]
mod tests {
    use super::{check_code, code_at, new_recovery_code, otpauth_url, recovery_hash};
    use platform::Time;

    #[test]
    fn a_code_counts_once_and_only_near_its_time() {
        let (secret, now) = ([7; 20], Time::from_micros(1_772_416_800_000_000));
        let code = code_at(&secret, now);
        let step = check_code(&secret, &code, 0, now).expect("a fresh code counts");
        assert_eq!(check_code(&secret, &code, step, now), None, "not twice");
        let later = now.after(std::time::Duration::from_secs(95));
        assert_eq!(check_code(&secret, &code, 0, later), None, "not after its time");
        assert_eq!(check_code(&secret, "12345", 0, now), None);
    }

    #[test]
    fn the_code_is_that_of_the_standard() {
        // RFC 6238, appendix B: SHA-1, second 59, "94287082", whose last six digits count here.
        assert_eq!(code_at(b"12345678901234567890", Time::from_micros(59_000_000)), "287082");
    }

    #[test]
    fn words_around_the_code_do_not_matter() {
        let code = new_recovery_code(&mut rand::rng());
        assert_eq!(recovery_hash(&code), recovery_hash(&code.replace('-', " ").to_uppercase()));
        assert_eq!(recovery_hash("short"), None);
        assert!(otpauth_url(&[7; 20], "zhang.san").starts_with("otpauth://totp/Mulin:zhang.san?secret="));
    }
}
