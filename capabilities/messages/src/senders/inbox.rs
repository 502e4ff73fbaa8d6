//! The demo's gateway: what would have been sent is shown on a page of this machine, and nothing leaves it.

use super::{Desk, Letter, letter_of, sends_letters, settle};
use ::store::Tx;
use courier::{Attempt, Delivery, Outside, Sender, Sent};
use identity::InboxLine;
use platform::{Fault, Fixtures, Lang};
use serde_json::{Value, json};

/// The kind of these lanes.
pub(crate) const INBOX: &str = "inbox";

/// Prints to the demo's inbox.
pub(crate) struct InboxSender {
    desk: Desk,
}

impl InboxSender {
    pub fn of(shelf: &Fixtures) -> Self {
        Self { desk: Desk::of(shelf) }
    }
}

impl Sender for InboxSender {
    sends_letters!(INBOX, send, take);
}

async fn send(_: &InboxSender, _: &Outside, attempt: &Attempt) -> Sent {
    match letter_of(&attempt.delivery) {
        Ok(letter) => Sent::Arrived(json!({ "letter": letter })),
        Err(ended) => ended,
    }
}

/// Printed in the write that settles it, and so once.
async fn take(tx: &mut Tx, delivery: &Delivery, answer: &Value) -> Result<(), Fault> {
    if let Some(letter) = answer.get("letter") {
        let letter: Letter = serde_json::from_value(letter.clone())
            .map_err(|e| Fault::broken("a letter is no JSON").because(e))?;
        let words = match letter.lang {
            Lang::En => format!("[Mulin] {}", letter.text),
            _ => format!("【睦邻】{}", letter.text),
        };
        let code = letter.values.get("code").map(String::as_str);
        let line = InboxLine { to: &letter.to, words: &words, code };
        identity::show_in_demo(tx, &line).await?;
    }
    settle(tx, delivery, answer).await
}
