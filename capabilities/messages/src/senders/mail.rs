//! Messages by mail: a letter with a way to leave it at one click.

use super::smtp::{hand_over, header, mailbox, sender_of};
use super::{Desk, Letter, letter_of, sends_letters, settle};
use courier::{Attempt, Endpoint, MailSide, Outside, Sender, Sent, Step, Trouble};
use lettre::Message;
use lettre::message::MessageBuilder;
use platform::Fixtures;
use uuid::Uuid;

/// The kind of these lanes.
pub(crate) const MAIL: &str = "mail";

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
    let (gateway, secret) = (&attempt.endpoint, attempt.secret.as_ref());
    match compose(gateway, attempt.delivery.subject_id, &letter) {
        Ok(message) => hand_over(outside, gateway, secret, &letter.to, message).await,
        Err(why) => Sent::Refused(why.without(&letter.to)),
    }
}

fn compose(gateway: &Endpoint, message: Uuid, letter: &Letter) -> Result<Message, Trouble> {
    let from = sender_of(gateway)?;
    let to = mailbox(&letter.to).ok_or(Trouble::NoMailAddress { whose: MailSide::Recipient })?;
    // The same id however often it is tried: a relay or a reader that has it already knows it again.
    let id = format!("<{message}@{}>", from.email.domain());
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
    builder.body(letter.text.clone()).map_err(|error| Trouble::fault(Step::Writing, error))
}

header!(ListUnsubscribe, "List-Unsubscribe");
header!(ListUnsubscribePost, "List-Unsubscribe-Post");
