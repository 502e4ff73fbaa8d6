//! An account: a member of staff, a resident or another system that may sign in.

use platform::{AccountId, Personal, Phone, Time};

/// Letters a login may have.
pub const LOGIN_CHARS_MIN: usize = 3;
pub const LOGIN_CHARS_MAX: usize = 64;
/// Letters of a person's or system's name.
pub const NAME_CHARS_MAX: usize = 64;

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum AccountKind {
    Staff,
    Resident,
    /// Another system, with keys of its own.
    Service,
}

impl AccountKind {
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Staff => "staff",
            Self::Resident => "resident",
            Self::Service => "service",
        }
    }

    pub fn parse(text: &str) -> Option<Self> {
        [Self::Staff, Self::Resident, Self::Service].into_iter().find(|kind| kind.as_str() == text)
    }
}

/// An account with what proves it.
#[derive(Clone, Debug)]
pub struct Account {
    pub id: AccountId,
    pub kind: AccountKind,
    pub login: Option<Personal<String>>,
    pub name: Personal<String>,
    pub phone: Option<Personal<Phone>>,
    /// A PHC string; none until a first password is set.
    pub password_hash: Option<String>,
    /// The password was given by somebody else and must be replaced.
    pub must_change: bool,
    pub totp_secret: Option<Vec<u8>>,
    /// A secret handed out and not yet proved.
    pub totp_pending: Option<Vec<u8>>,
    /// The step of the last code used.
    pub totp_step: i64,
    pub suspended_at: Option<Time>,
    pub closed_at: Option<Time>,
    pub created_at: Time,
    pub version: i64,
}

impl Account {
    pub fn new(id: AccountId, kind: AccountKind, name: String, created_at: Time) -> Self {
        Self {
            id,
            kind,
            login: None,
            name: Personal::new(name),
            phone: None,
            password_hash: None,
            must_change: false,
            totp_secret: None,
            totp_pending: None,
            totp_step: 0,
            suspended_at: None,
            closed_at: None,
            created_at,
            version: 1,
        }
    }

    pub fn is_open(&self) -> bool {
        self.closed_at.is_none()
    }

    /// Neither closed nor suspended.
    pub fn may_enter(&self) -> bool {
        self.closed_at.is_none() && self.suspended_at.is_none()
    }

    pub fn has_second_factor(&self) -> bool {
        self.totp_secret.is_some()
    }

    /// Takes the second factor away: it is set up anew at the next sign-in.
    pub fn reset_second_factor(&mut self) {
        self.totp_secret = None;
        self.totp_pending = None;
        self.totp_step = 0;
    }
}

/// A login as it is kept: lower case, without space at its ends. Letters, digits, hanzi, `.`, `_` and `-`.
pub fn check_login(text: &str) -> Option<String> {
    let login = text.trim().to_lowercase();
    let count = login.chars().count();
    let fits = login.chars().all(|c| c.is_alphanumeric() || matches!(c, '.' | '_' | '-'));
    // All digits is how residents' phones look.
    let digits_only = login.chars().all(|c| c.is_ascii_digit());
    ((LOGIN_CHARS_MIN..=LOGIN_CHARS_MAX).contains(&count) && fits && !digits_only).then_some(login)
}

/// A name as it is kept; nothing where it is empty, too long, or holds control characters.
pub fn check_name(text: &str) -> Option<String> {
    let name = text.trim();
    let count = name.chars().count();
    let fits = (1..=NAME_CHARS_MAX).contains(&count) && !name.chars().any(char::is_control);
    fits.then(|| name.to_owned())
}

#[cfg(test)]
mod tests {
    use super::check_login;

    #[test]
    fn logins_as_people_type_them() {
        for (text, kept) in [
            (" Zhang.San ", Some("zhang.san")),
            ("张三_1", Some("张三_1")),
            ("ab", None),
            ("13873300000", None),
            ("a b c", None),
            ("a\u{0}bc", None),
        ] {
            assert_eq!(check_login(text).as_deref(), kept, "{text:?}");
        }
    }
}
