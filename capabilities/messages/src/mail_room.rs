//! Mail of other capabilities: they say what and to whom, and it leaves by the district's own mail server. A demo without one prints it.

use crate::model::Channel;
use crate::senders::INBOX;
use crate::senders::smtp::{hand_over, header, mailbox, sender_of};
use crate::store;
use ::store::{Conn, Db, DbRef, Tx};
use courier::{Endpoint, MailSide, Outside, Sent, Step, Trouble, open_secret};
use edge::Settings;
use identity::InboxLine;
use lettre::Message;
use lettre::message::{Mailbox, MultiPart};
use platform::{DistrictId, Fault};
use seal::Vault;
use serde_json::{Value, json};
use uuid::Uuid;

header!(AutoSubmitted, "Auto-Submitted");

/// A mail, whole.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Mail {
    /// What it is called among mails: the same however often it is sent.
    pub id: Uuid,
    /// The mails it answers, the first of them first.
    pub thread: Vec<Uuid>,
    pub to: String,
    pub subject: String,
    pub text: String,
    /// The same for whoever reads it with letters of two sizes and a button.
    pub html: String,
}

/// By which way a district's mail leaves.
#[derive(Clone, Debug)]
pub enum MailWay {
    Relay(Box<Endpoint>),
    /// To the demo's page, and not out of this machine.
    Inbox,
}

impl MailWay {
    /// Where this house is reached: links in mails begin with it.
    pub fn site(&self) -> &str {
        match self {
            Self::Relay(gateway) => {
                gateway.settings.0["site"].as_str().unwrap_or_default().trim_end_matches('/')
            }
            Self::Inbox => "",
        }
    }
}

/// Whether mail can be sent there at all.
pub fn is_mail_address(text: &str) -> bool {
    mailbox(text).is_some_and(|one| one.name.is_none())
}

/// Takes mail of other capabilities.
#[derive(Clone, Debug)]
pub struct MailRoom {
    db: DbRef,
}

impl MailRoom {
    pub fn of(db: &Db) -> Self {
        Self { db: db.downgrade() }
    }

    /// The way there is now; none where the district has set no mail server.
    ///
    /// # Errors
    /// The store.
    pub async fn way(&self, district: DistrictId) -> Result<Option<MailWay>, Fault> {
        let read = async move |conn: &mut Conn| {
            let rows = store::gateways(conn, district).await?;
            let Some(row) = rows.into_iter().find(|row| row.channel == Channel::Mail) else {
                return Ok(None);
            };
            courier::queries::find_endpoint(conn, district, row.fast_endpoint_id).await
        };
        let db = self.db.open()?;
        let found = db.read::<_, Fault, _>(read).await?;
        Ok(match found {
            Some(gateway) if gateway.kind == INBOX => Some(MailWay::Inbox),
            Some(gateway) => Some(MailWay::Relay(Box::new(gateway))),
            None => db.fixtures().get::<Settings>().demo.then_some(MailWay::Inbox),
        })
    }

    /// Sends a mail. What it is answered goes to [`take`], in the write that settles the delivery.
    pub async fn send(&self, outside: &Outside, way: &MailWay, mail: &Mail) -> Sent {
        let gateway = match way {
            MailWay::Inbox => return Sent::Arrived(json!({ "to": mail.to, "printed": mail.text })),
            MailWay::Relay(gateway) if gateway.paused => {
                return Sent::trouble(Trouble::MailPaused);
            }
            MailWay::Relay(gateway) => gateway,
        };
        let keys = self.db.open().and_then(|db| db.fixtures().get::<Vault>().of(gateway.district));
        let secret = match keys.and_then(|keys| open_secret(&keys, gateway)) {
            Ok(secret) => secret,
            Err(fault) => return Sent::trouble(Trouble::fault(Step::Password, fault)),
        };
        match compose(gateway, mail) {
            Ok(message) => hand_over(outside, gateway, secret.as_ref(), &mail.to, message).await,
            Err(why) => Sent::Refused(why),
        }
    }
}

/// Prints what the demo would have sent.
///
/// # Errors
/// The store.
pub async fn take(tx: &mut Tx, answer: &Value) -> Result<(), Fault> {
    let (Some(to), Some(words)) = (answer["to"].as_str(), answer["printed"].as_str()) else {
        return Ok(());
    };
    identity::show_in_demo(tx, &InboxLine { to, words, code: None }).await
}

fn compose(gateway: &Endpoint, mail: &Mail) -> Result<Message, Trouble> {
    let from = sender_of(gateway)?;
    let to: Mailbox = mailbox(&mail.to).ok_or(Trouble::NoMailAddress { whose: MailSide::Recipient })?;
    let domain = from.email.domain().to_owned();
    let named = |id: &Uuid| format!("<{id}@{domain}>");
    let mut builder = Message::builder()
        .to(to)
        .subject(mail.subject.clone())
        .message_id(Some(named(&mail.id)))
        // RFC 3834: whoever is away does not answer a program.
        .header(AutoSubmitted("auto-generated".to_owned()));
    if let Some(last) = mail.thread.last() {
        let all: Vec<String> = mail.thread.iter().map(named).collect();
        builder = builder.in_reply_to(named(last)).references(all.join(" "));
    }
    let parts = MultiPart::alternative_plain_html(mail.text.clone(), mail.html.clone());
    builder.from(from).multipart(parts).map_err(|error| Trouble::fault(Step::Writing, error))
}
