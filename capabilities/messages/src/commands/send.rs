//! Making messages: one to somebody at once, or one each to very many.

use super::leave;
use crate::catalogue::TemplateBook;
use crate::facts::{MessageFact, QUEUED};
use crate::model::{Channel, Class, DIRECT, MessageId, Recipient};
use crate::sealed::{self, Sealed};
use crate::store::{self, NewRow};
use ::store::Tx;
use platform::{FactId, Fault, Time};
use serde_json::{Value, json};
use uuid::Uuid;

/// Messages of one call of [`queue`]: between calls others may write.
pub const QUEUED_AT_ONCE_MAX: usize = 2_000;

/// What is said about something, to one or to many.
#[derive(Clone, Debug)]
pub struct Notice {
    /// A key of the catalogue.
    pub template: &'static str,
    /// The template's values, but the link. Never a name or a telephone.
    pub content: Value,
    /// What it is about.
    pub thread: Uuid,
    /// Which state of that: a recipient gets one message about each.
    pub edition: i64,
    /// After which it is of no use.
    pub until: Option<Time>,
    pub fact: Option<FactId>,
}

/// Puts a message to each of some recipients of one kind on the list. Twice the same is once. Answers how many were new.
///
/// # Errors
/// The store; a value that the template does not take.
pub async fn queue(
    tx: &mut Tx,
    notice: &Notice,
    kind: &'static str,
    recipients: &[Uuid],
) -> Result<u64, Fault> {
    if recipients.len() > QUEUED_AT_ONCE_MAX {
        return Err(Fault::broken(format!("{} messages were queued at once", recipients.len())));
    }
    let class = checked(tx, notice)?;
    let now = tx.now();
    let rows = recipients.iter().map(|id| row(notice, class, (kind, *id), MessageId::new(now)));
    let made = store::add(tx, rows).await?;
    let data = json!({ "template": notice.template, "edition": notice.edition, "made": made });
    tx.record(&MessageFact::of_thread(QUEUED, notice.thread, data)).await?;
    leave::soon(tx).await?;
    Ok(made)
}

/// Notes that an edition still concerns some who were told of an earlier one that said the same: nothing is sent.
///
/// # Errors
/// As [`queue`].
pub async fn note_told(
    tx: &mut Tx,
    notice: &Notice,
    kind: &'static str,
    recipients: &[Uuid],
) -> Result<(), Fault> {
    let class = checked(tx, notice)?;
    let now = tx.now();
    let rows = recipients.iter().map(|id| row(notice, class, (kind, *id), MessageId::new(now)));
    store::add_noted(tx, rows).await.map(drop)
}

/// Sends one message, at once where it may.
///
/// # Errors
/// As [`queue`].
pub async fn send(tx: &mut Tx, notice: &Notice, to: &Recipient) -> Result<(), Fault> {
    let class = checked(tx, notice)?;
    let id = MessageId::new(tx.now());
    let made = store::add(tx, [row(notice, class, (to.kind, to.id), id)]).await?;
    if made == 1 {
        let data = json!({ "template": notice.template, "edition": notice.edition, "made": made });
        tx.record(&MessageFact::of_thread(QUEUED, notice.thread, data)).await?;
        leave::at_once(tx, id).await?;
    }
    Ok(())
}

/// What was to be told about a thing before an edition of it, and has not left, is said better by the next.
///
/// # Errors
/// The store.
pub async fn supersede(tx: &mut Tx, thread: Uuid, edition: i64) -> Result<u64, Fault> {
    store::supersede(tx, thread, edition).await
}

/// What a message is about that is about nothing else: a code, a trial.
pub(crate) fn new_thread(tx: &Tx) -> Uuid {
    MessageId::new(tx.now()).0
}

/// Sends to an address that was typed in just now: it is kept sealed until the message has left.
pub(crate) async fn send_direct(
    tx: &mut Tx,
    notice: &Notice,
    channel: Channel,
    recipient: Uuid,
    secret: &Sealed,
) -> Result<MessageId, Fault> {
    let book = tx.fixture::<TemplateBook>();
    let template = book.get(notice.template)?;
    template.check(&secret.whole(&notice.content))?;
    let id = MessageId::new(tx.now());
    let sealed = sealed::seal(tx, id, secret)?;
    let row = row(notice, template.class, (DIRECT, recipient), id);
    store::add(tx, [NewRow { sealed: Some(sealed), channel: Some(channel), ..row }]).await?;
    leave::at_once(tx, id).await?;
    Ok(id)
}

fn checked(tx: &Tx, notice: &Notice) -> Result<Class, Fault> {
    let book = tx.fixture::<TemplateBook>();
    let template = book.get(notice.template)?;
    template.check(&notice.content)?;
    Ok(template.class)
}

fn row(notice: &Notice, class: Class, recipient: (&'static str, Uuid), id: MessageId) -> NewRow {
    NewRow {
        id,
        template: notice.template.to_owned(),
        class,
        recipient,
        thread: notice.thread,
        edition: notice.edition,
        fact: notice.fact,
        content: notice.content.clone(),
        sealed: None,
        channel: None,
        until_at: notice.until,
    }
}
