//! SMTP, to a relay of the district's, over a connection that is guarded as every way outside is.

use courier::{Endpoint, MailSide, Outside, Sent, Step, Trouble};
use lettre::message::Mailbox;
use lettre::transport::smtp::authentication::Credentials;
use lettre::transport::smtp::client::{Tls, TlsParameters};
use lettre::transport::smtp::extension::ClientId;
use lettre::{AsyncSmtpTransport, AsyncTransport, Message, Tokio1Executor};
use platform::Words;
use seal::Zeroizing;
use serde_json::Value;
use std::net::SocketAddr;
use std::time::Duration;

const WAIT_MAX: Duration = Duration::from_secs(15);
/// What concerns our standing with the relay and not one message (RFC 4954): it is the lane's trouble.
const AUTH_CODES: [u16; 4] = [530, 534, 535, 538];

/// Of what a relay says, kept for a person.
const SAID_CHARS_MAX: usize = 200;

/// How a relay is reached.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Relay {
    pub host: String,
    pub port: u16,
    pub security: Security,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Security {
    /// Encrypted from the first byte.
    Tls,
    /// Encrypted before anything is said; refused where the relay cannot.
    StartTls,
    /// Not at all: within networks the operator named only.
    Plain,
}

impl Relay {
    /// `smtps://host`, `smtp://host:587` (STARTTLS), `smtp+plain://host:25`.
    pub fn parse(address: &str) -> Option<Self> {
        let (scheme, rest) = address.trim().split_once("://")?;
        let (security, port) = match scheme {
            "smtps" => (Security::Tls, 465),
            "smtp" => (Security::StartTls, 587),
            "smtp+plain" => (Security::Plain, 25),
            _ => return None,
        };
        let rest = rest.trim_end_matches('/');
        let (host, port) = match rest.rsplit_once(':') {
            Some((host, told)) => (host, told.parse().ok()?),
            None => (rest, port),
        };
        let is_host = !host.is_empty() && host.chars().all(|c| c.is_ascii_alphanumeric() || ".-".contains(c));
        is_host.then(|| Self { host: host.to_owned(), port, security })
    }

    pub fn how() -> Words {
        Words::of(
            "邮件服务器写成 smtps://主机:465、smtp://主机:587（STARTTLS）或 smtp+plain://主机:25（仅限内网）。",
            "A mail server is smtps://host:465, smtp://host:587 (STARTTLS) or smtp+plain://host:25 (own network only).",
        )
    }
}

/// A mail address, with a name or without.
pub(crate) fn mailbox(text: &str) -> Option<Mailbox> {
    text.trim().parse().ok()
}

/// Whom mail of this gateway is from.
pub(crate) fn sender_of(gateway: &Endpoint) -> Result<Mailbox, Trouble> {
    mailbox(gateway.settings.0["from"].as_str().unwrap_or_default())
        .ok_or(Trouble::NoMailAddress { whose: MailSide::Sender })
}

/// Hands a mail to the relay. What the relay says of the recipient is told without the address.
pub(crate) async fn hand_over(
    outside: &Outside,
    gateway: &Endpoint,
    secret: Option<&Zeroizing<String>>,
    to: &str,
    message: Message,
) -> Sent {
    let Some(relay) = Relay::parse(&gateway.address) else {
        return Sent::trouble(Trouble::MailServerUnreadable);
    };
    let found = match outside.addresses(&relay.host, relay.port).await {
        Ok(found) => found,
        Err(error) => return Sent::trouble(error),
    };
    let Some(address) =
        found.into_iter().find(|address| relay.security != Security::Plain || outside.is_own(address.ip()))
    else {
        return Sent::trouble(Trouble::MailUnencrypted);
    };
    let transport = match transport(&relay, address, gateway, secret) {
        Ok(transport) => transport,
        Err(why) => return Sent::trouble(why),
    };
    match transport.send(message).await {
        Ok(_) => Sent::Arrived(Value::Null),
        Err(error) => judged(&error).without(to),
    }
}

/// What concerns one mail it refuses for good (5xx, RFC 5321, 4.2.1); all else is the lane's trouble.
fn judged(error: &lettre::transport::smtp::Error) -> Sent {
    let Some(status) = error.status().map(u16::from) else {
        return Sent::trouble(match error.is_timeout() {
            true => Trouble::TooSlow { seconds: WAIT_MAX.as_secs() },
            false => Trouble::not_reached(error),
        });
    };
    let mut cause: &dyn std::error::Error = error;
    while let Some(deeper) = cause.source() {
        cause = deeper;
    }
    let said = cause.to_string().chars().filter(|c| !c.is_control()).take(SAID_CHARS_MAX).collect();
    let why = Trouble::MailServer { status, said };
    match status >= 500 && !AUTH_CODES.contains(&status) {
        true => Sent::Refused(why),
        false => Sent::trouble(why),
    }
}

/// Connected to the address that was looked at, and spoken to by the name that its certificate must bear.
fn transport(
    relay: &Relay,
    address: SocketAddr,
    gateway: &Endpoint,
    secret: Option<&Zeroizing<String>>,
) -> Result<AsyncSmtpTransport<Tokio1Executor>, Trouble> {
    let parameters = || {
        TlsParameters::new_rustls(relay.host.clone()).map_err(|error| Trouble::fault(Step::Settings, error))
    };
    let tls = match relay.security {
        Security::Tls => Tls::Wrapper(parameters()?),
        Security::StartTls => Tls::Required(parameters()?),
        Security::Plain => Tls::None,
    };
    let account = gateway.settings.0["account"].as_str().unwrap_or_default();
    let mut builder = AsyncSmtpTransport::<Tokio1Executor>::builder_dangerous(address.ip().to_string())
        .port(address.port())
        .tls(tls)
        .hello_name(ClientId::Domain("mulin".to_owned()))
        .timeout(Some(WAIT_MAX));
    if let Some(secret) = secret.filter(|_| !account.is_empty()) {
        builder = builder.credentials(Credentials::new(account.to_owned(), secret.to_string()));
    }
    Ok(builder.build())
}

/// A header that lettre does not know.
macro_rules! header {
    ($type:ident, $name:literal) => {
        #[derive(Clone)]
        pub(crate) struct $type(pub String);

        impl lettre::message::header::Header for $type {
            fn name() -> lettre::message::header::HeaderName {
                lettre::message::header::HeaderName::new_from_ascii_str($name)
            }
            fn parse(text: &str) -> Result<Self, Box<dyn std::error::Error + Send + Sync>> {
                Ok(Self(text.to_owned()))
            }
            fn display(&self) -> lettre::message::header::HeaderValue {
                lettre::message::header::HeaderValue::new(Self::name(), self.0.clone())
            }
        }
    };
}
pub(crate) use header;

#[cfg(test)]
mod tests {
    //! How relays are written.
    use super::{Relay, Security};

    #[test]
    fn a_relay_is_read_strictly() {
        let relay = |host: &str, port, security| Some(Relay { host: host.to_owned(), port, security });
        let rows = [
            ("smtps://mail.example.cn", relay("mail.example.cn", 465, Security::Tls)),
            ("smtp://mail.example.cn", relay("mail.example.cn", 587, Security::StartTls)),
            ("smtp+plain://10.0.0.5:2525/", relay("10.0.0.5", 2525, Security::Plain)),
            ("mail.example.cn", None),
            ("smtp://user@mail.example.cn", None),
            ("smtp://", None),
            ("smtp://host:port", None),
            ("http://mail.example.cn", None),
        ];
        for (text, expected) in rows {
            assert_eq!(Relay::parse(text), expected, "{text}");
        }
    }
}
