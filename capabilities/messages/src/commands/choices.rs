//! What people want: by which way, in which language, when not, and what not at all.

use crate::commands::send::{Notice, new_thread, send_direct};
use crate::error::MessageError;
use crate::facts::{CHOSEN, LEFT, MAIL_CONFIRMED, MessageFact};
use crate::model::{Channel, Choice, Class, Message, MessageId};
use crate::sealed::{self, Sealed};
use crate::senders::smtp;
use crate::store::{self, ChoiceRow};
use ::store::{Json, Tx};
use platform::{AccountId, Fault, Lang};
use seal::Vault;
use serde_json::{Map, json};
use uuid::Uuid;

const MAIL_CHARS_MAX: usize = 200;

/// What somebody entered.
#[derive(Clone, Debug)]
pub(crate) struct Wish {
    pub choice: Choice,
    /// A mail address; empty: none.
    pub mail: String,
}

/// What a recipient wants, as it is; nothing said is nothing kept.
pub(crate) async fn find(tx: &mut Tx, recipient: Uuid) -> Result<ChoiceRow, Fault> {
    let district = tx.district();
    let found = store::choices(tx, district, vec![recipient]).await?.remove(&recipient);
    let nothing = || ChoiceRow {
        recipient_id: recipient,
        settings: Json(Choice::default()),
        mail: None,
        mail_confirmed: false,
    };
    Ok(found.unwrap_or_else(nothing))
}

/// Keeps what the signed-in resident wants. A mail address that is new is asked to confirm itself; answers whether.
///
/// # Errors
/// Not an address; mail is wanted and none is entered.
pub(crate) async fn choose(tx: &mut Tx, account: AccountId, wish: Wish) -> Result<bool, MessageError> {
    let (district, vault) = (tx.district(), tx.fixture::<Vault>());
    let mail = wish.mail.trim();
    if !mail.is_empty() && (mail.chars().count() > MAIL_CHARS_MAX || smtp::mailbox(mail).is_none()) {
        return Err(MessageError::invalid(
            "mail",
            "messages.bad_mail",
            "邮箱地址不对，请检查一下。",
            "This is no mail address: please check it.",
        ));
    }
    if wish.choice.channel == Some(Channel::Relay) {
        return Err(MessageError::invalid(
            "channel",
            "messages.no_such_way",
            "消息不能用这种方式接收。",
            "Messages do not come by this way.",
        ));
    }
    if wish.choice.channel == Some(Channel::Mail) && mail.is_empty() {
        return Err(MessageError::invalid(
            "mail",
            "messages.no_mail",
            "选择邮件接收，要填写邮箱。",
            "To be told by mail, enter an address.",
        ));
    }
    if wish.choice.channel == Some(Channel::Push)
        && store::devices_of(tx, district, account, 1).await?.is_empty()
    {
        return Err(MessageError::invalid(
            "channel",
            "messages.no_device",
            "选择设备通知，要先在一台设备上打开。",
            "To be told on a device, turn it on at one first.",
        ));
    }
    let before = find(tx, account.0).await?;
    let known = sealed::open_mail(&vault, district, &before)?;
    let is_same = known.as_deref() == Some(mail);
    let is_confirmed = is_same && before.mail_confirmed;
    let is_new = !mail.is_empty() && !is_confirmed;
    let row = ChoiceRow {
        recipient_id: account.0,
        settings: Json(wish.choice.clone()),
        mail: match mail.is_empty() {
            true => None,
            false => Some(sealed::seal_mail(&vault, district, account.0, mail)?),
        },
        mail_confirmed: is_confirmed,
    };
    store::save_choice(tx, row).await?;
    let data = json!({ "channel": wish.choice.channel, "left": wish.choice.left, "mail": is_new });
    let fact = tx.record(&MessageFact::of_recipient(CHOSEN, account.0, data)).await?;
    if is_new {
        let thread = new_thread(tx);
        let content = json!({});
        let notice =
            Notice { template: CONFIRM_MAIL, content, thread, edition: 0, until: None, fact: Some(fact) };
        let secret = Sealed { to: mail.to_owned(), values: Map::new(), lang: wish.choice.lang };
        send_direct(tx, &notice, Channel::Mail, account.0, &secret).await?;
    }
    Ok(is_new)
}

/// By this way from now on; everything else stays as it was chosen.
pub(crate) async fn go_by(tx: &mut Tx, account: AccountId, channel: Option<Channel>) -> Result<(), Fault> {
    let mut row = find(tx, account.0).await?;
    row.settings.0.channel = channel;
    store::save_choice(tx, row).await
}

/// The message that asks whether a mail address is theirs.
pub(crate) const CONFIRM_MAIL: &str = "confirm_mail";

/// Whoever opened the link of a message wants no more of its class, or wants it again. Answers whether it is one that can be left.
///
/// # Errors
/// A fault of the database.
pub(crate) async fn leave(tx: &mut Tx, message: &Message, again: bool) -> Result<bool, MessageError> {
    if message.class == Class::Must {
        return Ok(false);
    }
    for recipient in recipients_of(message) {
        let mut row = find(tx, recipient).await?;
        let changed = match again {
            true => row.settings.0.left.remove(&message.class),
            false => row.settings.0.left.insert(message.class),
        };
        if changed {
            store::save_choice(tx, row).await?;
            let data = json!({ "class": message.class, "message": message.id, "again": again });
            tx.record(&MessageFact::of_recipient(LEFT, recipient, data)).await?;
        }
    }
    Ok(true)
}

/// A home and the person behind it who was reached.
fn recipients_of(message: &Message) -> Vec<Uuid> {
    let mut all = vec![message.recipient_id];
    all.extend(message.account_id.map(|account| account.0));
    all.dedup();
    all
}

/// The link of a confirming message was opened: the address is theirs, as long as it is the one that stands there.
///
/// # Errors
/// A fault of the database.
pub(crate) async fn confirm_mail(tx: &mut Tx, message: &Message) -> Result<bool, MessageError> {
    let row = find(tx, message.recipient_id).await?;
    let is_latest = latest_confirmation(tx, message).await?;
    if row.mail.is_none() || !is_latest {
        return Ok(false);
    }
    if !row.mail_confirmed {
        store::save_choice(tx, ChoiceRow { mail_confirmed: true, ..row }).await?;
        let data = json!({ "message": message.id });
        tx.record(&MessageFact::of_recipient(MAIL_CONFIRMED, message.recipient_id, data)).await?;
    }
    Ok(true)
}

/// Whether an address entered later has not asked for a confirmation of its own.
async fn latest_confirmation(tx: &mut Tx, message: &Message) -> Result<bool, Fault> {
    let district = tx.district();
    let latest = crate::queries::latest_to(tx, district, message.recipient_id, CONFIRM_MAIL).await?;
    Ok(latest == Some(message.id))
}

/// In which language and by which words a code is sent, to a phone that may belong to nobody yet.
#[derive(Clone, Debug)]
pub(crate) struct CodeWords {
    pub phone: String,
    pub code: String,
    pub minutes: u32,
    pub lang: Lang,
}

/// Sends a code: it is nobody's message but the phone's, and overtakes everything.
pub(crate) async fn send_code(tx: &mut Tx, words: &CodeWords) -> Result<MessageId, Fault> {
    let thread = new_thread(tx);
    let now = tx.now();
    let until = now.after(std::time::Duration::from_secs(u64::from(words.minutes) * 60));
    let notice = Notice {
        template: "sign_in_code",
        content: json!({}),
        thread,
        edition: 0,
        until: Some(until),
        fact: None,
    };
    let values = Map::from_iter([
        ("code".to_owned(), json!(words.code)),
        ("minutes".to_owned(), json!(words.minutes)),
    ]);
    let secret = Sealed { to: words.phone.clone(), values, lang: words.lang };
    send_direct(tx, &notice, Channel::Sms, thread, &secret).await
}
