//! Cookies in and out. Few, first-party, and none that tracks.

use axum::http::{HeaderMap, HeaderValue, header};

/// The cookies of a request.
#[derive(Clone, Copy, Debug)]
pub struct Cookies<'a>(&'a HeaderMap);

impl<'a> Cookies<'a> {
    pub fn of(headers: &'a HeaderMap) -> Self {
        Self(headers)
    }

    pub fn get(&self, name: &str) -> Option<&'a str> {
        self.0
            .get_all(header::COOKIE)
            .iter()
            .filter_map(|v| v.to_str().ok())
            .flat_map(|v| v.split(';'))
            .filter_map(|pair| pair.trim().split_once('='))
            .find(|(key, _)| *key == name)
            .map(|(_, value)| value)
    }
}

/// A cookie to set: for this site only, not sent along from others.
#[derive(Clone, Debug)]
pub struct SetCookie {
    pub name: String,
    pub value: String,
    /// `None`: until the browser closes. `Some(0)`: remove it.
    pub seconds: Option<u64>,
    /// Whether scripts of the page may read it.
    pub readable: bool,
    /// Only over HTTPS.
    pub secure: bool,
}

impl SetCookie {
    /// A cookie that only the server reads.
    pub fn new(name: String, value: String, seconds: Option<u64>, secure: bool) -> Self {
        Self { name, value, seconds, readable: false, secure }
    }

    pub fn header(&self) -> Option<(header::HeaderName, HeaderValue)> {
        let mut text = format!("{}={}; Path=/; SameSite=Lax", self.name, self.value);
        if let Some(seconds) = self.seconds {
            text.push_str(&format!("; Max-Age={seconds}"));
        }
        if !self.readable {
            text.push_str("; HttpOnly");
        }
        if self.secure {
            text.push_str("; Secure");
        }
        HeaderValue::from_str(&text).ok().map(|v| (header::SET_COOKIE, v))
    }
}
