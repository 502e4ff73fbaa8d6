//! Mail by SMTP, to a relay of the district's, over a connection that is guarded as every way outside is.

use super::{Desk, letter_of, sends_letters, settle, without};
use courier::{Attempt, Outside, Sender, Sent};
use lettre::message::header::{Header, HeaderName, HeaderValue};
use lettre::message::{Mailbox, MessageBuilder};
use lettre::transport::smtp::authentication::Credentials;
use lettre::transport::smtp::client::{Tls, TlsParameters};
use lettre::transport::smtp::extension::ClientId;
use lettre::{AsyncSmtpTransport, AsyncTransport, Message, Tokio1Executor};
use platform::{Fixtures, Words};
use serde_json::Value;
use std::net::SocketAddr;
use std::time::Duration;

/// The kind of these lanes.
pub(crate) const MAIL: &str = "mail";
const WAIT_MAX: Duration = Duration::from_secs(15);
/// What concerns our standing with the relay and not one message (RFC 4954): it is the lane's trouble.
const AUTH_CODES: [u16; 4] = [530, 534, 535, 538];

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

/// Speaks SMTP.
pub(crate) struct MailSender {
    desk: Desk,
}

impl MailSender {
    pub fn of(shelf: &Fixtures) -> Self {
        Self { desk: Desk::of(shelf) }
    }
}

impl Sender for MailSender {
    sends_letters!(MAIL, send, settle);
}

async fn send(_: &MailSender, outside: &Outside, attempt: &Attempt) -> Sent {
    let letter = match letter_of(&attempt.delivery) {
        Ok(letter) => letter,
        Err(ended) => return ended,
    };
    let Some(relay) = Relay::parse(&attempt.endpoint.address) else {
        return Sent::trouble("the address of the mail server cannot be read");
    };
    let message = match compose(attempt, &letter) {
        Ok(message) => message,
        Err(why) => return Sent::Refused(without(&why, &letter.to)),
    };
    let found = match outside.addresses(&relay.host, relay.port).await {
        Ok(found) => found,
        Err(error) => return Sent::trouble(error.to_string()),
    };
    let Some(address) =
        found.into_iter().find(|address| relay.security != Security::Plain || outside.is_own(address.ip()))
    else {
        return Sent::trouble("mail leaves unencrypted only within networks that private_networks names");
    };
    let transport = match transport(&relay, address, attempt) {
        Ok(transport) => transport,
        Err(why) => return Sent::trouble(why),
    };
    match transport.send(message).await {
        Ok(_) => Sent::Arrived(Value::Null),
        Err(error) => judged(&error, &letter.to),
    }
}

fn judged(error: &lettre::transport::smtp::Error, to: &str) -> Sent {
    let code = error.status().map(u16::from);
    let mut cause: &dyn std::error::Error = error;
    while let Some(deeper) = cause.source() {
        cause = deeper;
    }
    let why = match code {
        Some(code) => format!("{code}: {cause}"),
        None => cause.to_string(),
    };
    let why = without(&why.chars().filter(|c| !c.is_control()).take(200).collect::<String>(), to);
    match code {
        Some(code) if code >= 500 && !AUTH_CODES.contains(&code) => Sent::Refused(why),
        _ => Sent::trouble(why),
    }
}

/// Connected to the address that was looked at, and spoken to by the name that its certificate must bear.
fn transport(
    relay: &Relay,
    address: SocketAddr,
    attempt: &Attempt,
) -> Result<AsyncSmtpTransport<Tokio1Executor>, String> {
    let parameters = || TlsParameters::new_rustls(relay.host.clone()).map_err(|error| error.to_string());
    let tls = match relay.security {
        Security::Tls => Tls::Wrapper(parameters()?),
        Security::StartTls => Tls::Required(parameters()?),
        Security::Plain => Tls::None,
    };
    let account = attempt.endpoint.settings.0["account"].as_str().unwrap_or_default();
    let mut builder = AsyncSmtpTransport::<Tokio1Executor>::builder_dangerous(address.ip().to_string())
        .port(address.port())
        .tls(tls)
        .hello_name(ClientId::Domain("mulin".to_owned()))
        .timeout(Some(WAIT_MAX));
    if let Some(secret) = attempt.secret.as_ref().filter(|_| !account.is_empty()) {
        builder = builder.credentials(Credentials::new(account.to_owned(), secret.to_string()));
    }
    Ok(builder.build())
}

fn compose(attempt: &Attempt, letter: &super::Letter) -> Result<Message, String> {
    let settings = &attempt.endpoint.settings.0;
    let from =
        mailbox(settings["from"].as_str().unwrap_or_default()).ok_or("the sender is no mail address")?;
    let to = mailbox(&letter.to).ok_or("the recipient is no mail address")?;
    // The same id however often it is tried: a relay or a reader that has it already knows it again.
    let id = format!("<{}@{}>", attempt.delivery.subject_id, from.email.domain());
    let builder: MessageBuilder =
        Message::builder().from(from).to(to).subject(letter.subject.clone()).message_id(Some(id));
    let builder = match &letter.leave {
        // RFC 8058: a mail program leaves the list at one click, without opening a page.
        Some(link) if link.starts_with("https://") => builder
            .header(ListUnsubscribe(format!("<{link}/one-click>")))
            .header(ListUnsubscribePost("List-Unsubscribe=One-Click".to_owned())),
        Some(link) => builder.header(ListUnsubscribe(format!("<{link}>"))),
        None => builder,
    };
    builder.body(letter.text.clone()).map_err(|error| error.to_string())
}

macro_rules! header {
    ($type:ident, $name:literal) => {
        #[derive(Clone)]
        struct $type(String);

        impl Header for $type {
            fn name() -> HeaderName {
                HeaderName::new_from_ascii_str($name)
            }
            fn parse(text: &str) -> Result<Self, Box<dyn std::error::Error + Send + Sync>> {
                Ok(Self(text.to_owned()))
            }
            fn display(&self) -> HeaderValue {
                HeaderValue::new(Self::name(), self.0.clone())
            }
        }
    };
}
header!(ListUnsubscribe, "List-Unsubscribe");
header!(ListUnsubscribePost, "List-Unsubscribe-Post");

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
