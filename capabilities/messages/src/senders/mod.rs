//! How messages leave: a message is looked up and put into words only now, and what was looked up is kept nowhere.

mod inbox;
mod mail;
mod push;
mod relay;
mod say;
mod sms;
pub(crate) mod smtp;

pub(crate) use inbox::{INBOX, InboxSender};
pub(crate) use mail::{MAIL, MailSender};
pub(crate) use push::{PUSH, PushSender};
pub(crate) use relay::{RELAY, RelaySender};
pub(crate) use sms::{SMS, SmsSender};

use crate::books::Books;
use crate::catalogue::TemplateBook;
use crate::commands::leave::choice_of;
use crate::links;
use crate::model::{ACCOUNT, Channel, DIRECT, Message, MessageId, MessageState, Why};
use crate::sealed;
use crate::store;
use ::store::{Conn, Tx};
use courier::{Delivery, Endpoint, Sent, Step, Trouble};
use platform::{DistrictId, Fault, Fixtures, Lang, Purpose};
use seal::Vault;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::sync::Arc;
use uuid::Uuid;

const SENDING: Purpose = Purpose("sending a message");

/// What the senders need of the shelf.
#[derive(Clone)]
pub(crate) struct Desk {
    books: Arc<Books>,
    templates: Arc<TemplateBook>,
    vault: Arc<Vault>,
}

/// A message in words, with its address: made when it leaves, dropped when it has.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct Letter {
    pub to: String,
    pub template: String,
    pub subject: String,
    pub text: String,
    pub values: BTreeMap<String, String>,
    /// Names of the values in the order of the words.
    pub order: Vec<String>,
    pub lang: Lang,
    /// The page by which it can be left, where it can.
    pub leave: Option<String>,
}

/// A delivery as a sender finds it after [`Desk::fill`].
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Filled {
    Letter(Box<Letter>),
    /// It is not sent any more.
    Dropped(Why),
    /// It was settled before.
    Nothing,
}

impl Desk {
    pub fn of(shelf: &Fixtures) -> Self {
        Self { books: shelf.get(), templates: shelf.get(), vault: shelf.get() }
    }

    /// Puts the letter into the delivery's body, in memory only.
    pub async fn fill(
        &self,
        conn: &mut Conn,
        endpoint: &Endpoint,
        delivery: &mut Delivery,
    ) -> Result<(), Fault> {
        let filled = match store::find(conn, endpoint.district, message_of(delivery)).await? {
            Some(message) if matches!(message.state, MessageState::Leaving | MessageState::Failed) => {
                self.letter(conn, endpoint, &message).await?
            }
            _ => Filled::Nothing,
        };
        delivery.body.0 = json!({ "message": delivery.subject_id, "filled": filled });
        Ok(())
    }

    async fn letter(&self, conn: &mut Conn, endpoint: &Endpoint, message: &Message) -> Result<Filled, Fault> {
        let district = endpoint.district;
        let sealed = sealed::open(&self.vault, message)?;
        let people: Vec<Uuid> =
            [Some(message.recipient_id), message.account_id.map(|id| id.0)].into_iter().flatten().collect();
        let choices = store::choices(conn, district, people).await?;
        let (choice, row) = choice_of(&choices, message.recipient_id, message.account_id);
        if choice.left.contains(&message.class) && message.recipient_kind != DIRECT {
            return Ok(Filled::Dropped(Why::Unsubscribed));
        }
        let to = match (&sealed, message.channel) {
            (Some(sealed), _) => Some(sealed.to.clone()),
            (None, Some(Channel::Mail)) => match row.filter(|row| row.mail_confirmed) {
                Some(row) => sealed::open_mail(&self.vault, district, row)?,
                None => None,
            },
            // To which devices, its sender asks itself.
            (None, Some(Channel::Push)) => Some(String::new()),
            (None, _) => self.phone(conn, district, message).await?,
        };
        let Some(to) = to else { return Ok(Filled::Dropped(Why::NoAddress)) };
        let template = self.templates.get(&message.template)?;
        let content =
            sealed.as_ref().map_or_else(|| message.content.0.clone(), |one| one.whole(&message.content.0));
        let lang = sealed.map_or(choice.lang, |one| one.lang);
        let site = endpoint.settings.0["site"].as_str().unwrap_or_default().trim_end_matches('/');
        let link = format!("{site}{}", links::path(&*self.vault.of(district)?, message.id));
        Ok(Filled::Letter(Box::new(Letter {
            to,
            template: template.key.clone(),
            subject: template.words.get(lang).to_owned(),
            text: template.render(&content, &link, lang),
            values: template.shown(&content, &link, lang),
            order: template.order(lang).map(str::to_owned).collect(),
            lang,
            leave: (message.class != crate::model::Class::Must).then_some(link),
        })))
    }

    /// The phone somebody signs in with, or the one their address book has.
    async fn phone(
        &self,
        conn: &mut Conn,
        district: DistrictId,
        message: &Message,
    ) -> Result<Option<String>, Fault> {
        let found = match message.account_id {
            Some(account) => self.books.of(ACCOUNT)?.phone(conn, district, account.0).await?,
            None => {
                self.books.of(&message.recipient_kind)?.phone(conn, district, message.recipient_id).await?
            }
        };
        Ok(found.map(|phone| phone.open(SENDING).as_str().to_owned()))
    }
}

fn message_of(delivery: &Delivery) -> MessageId {
    MessageId(delivery.subject_id)
}

/// What is to be sent; or how the delivery ends without that.
pub(crate) fn letter_of(delivery: &Delivery) -> Result<Letter, Sent> {
    match serde_json::from_value(delivery.body.0["filled"].clone()) {
        Ok(Filled::Letter(letter)) => Ok(*letter),
        Ok(Filled::Dropped(why)) => Err(Sent::Arrived(json!({ "dropped": why }))),
        Ok(Filled::Nothing) => Err(Sent::Arrived(json!({ "nothing": true }))),
        Err(error) => Err(Sent::trouble(Trouble::fault(Step::Reading, error))),
    }
}

/// Settles the message with the delivery.
pub(crate) async fn settle(tx: &mut Tx, delivery: &Delivery, answer: &Value) -> Result<(), Fault> {
    if answer.get("nothing").is_some() {
        return Ok(());
    }
    let dropped = answer.get("dropped").and_then(Value::as_str).and_then(Why::parse);
    let state = if dropped.is_some() { MessageState::Dropped } else { MessageState::Sent };
    store::settle(tx, vec![(message_of(delivery), state, dropped)]).await
}

/// What every sender of this house does alike.
macro_rules! sends_letters {
    ($kind:expr, $send:path, $take:path) => {
        fn kind(&self) -> &'static str {
            $kind
        }

        fn fill<'a>(
            &'a self,
            conn: &'a mut ::store::Conn,
            endpoint: &'a courier::Endpoint,
            delivery: &'a mut courier::Delivery,
        ) -> ::store::LocalFuture<'a, Result<(), platform::Fault>> {
            Box::pin(self.desk.fill(conn, endpoint, delivery))
        }

        /// The message itself tells that it was sent.
        fn is_passing(&self, _: &courier::Delivery) -> bool {
            true
        }

        fn send<'a>(
            &'a self,
            outside: &'a courier::Outside,
            attempt: &'a courier::Attempt,
        ) -> futures_util::future::BoxFuture<'a, courier::Sent> {
            Box::pin($send(self, outside, attempt))
        }

        fn take<'a>(
            &'a self,
            tx: &'a mut ::store::Tx,
            delivery: &'a courier::Delivery,
            answer: &'a serde_json::Value,
        ) -> ::store::LocalFuture<'a, Result<(), platform::Fault>> {
            Box::pin($take(tx, delivery, answer))
        }
    };
}
pub(crate) use sends_letters;
