//! Residents sign in with six digits sent to their phone.

use super::accounts::resident_of_phone;
use super::enter::enter;
use crate::error::IdentityError;
use crate::model::{Code, CodeState, IdentityFact, Limits, hash_code};
use crate::store;
use ::store::{LocalFuture, Tx};
use edge::{Edge, Quota, Rates};
use platform::{AccountId, Actor, Fault, Personal, Phone, Purpose, Time, Words};
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

/// Codes sent to one phone: three at once, then one in five minutes.
const PER_PHONE: Quota = Quota { name: "identity.code_phone", burst: 3, every: Duration::from_secs(300) };
/// Codes one source may have sent: a family behind one address, not a flood paid by the district.
const PER_SOURCE: Quota = Quota { name: "identity.code_source", burst: 10, every: Duration::from_secs(60) };
/// Tries at codes by one source.
const REDEEM: Quota = Quota { name: "identity.code_redeem", burst: 20, every: Duration::from_secs(15) };

platform::id!(
    /// A code sent: its audit lines carry this and no phone.
    CodeId, "code"
);

/// What a [`CodeSender`] gives back: whether there was a way at all.
pub type SenderFuture<'a> = Pin<Box<dyn Future<Output = Result<bool, Fault>> + Send + 'a>>;

/// A code to be sent.
#[derive(Clone, Copy, Debug)]
pub struct CodeAsked<'a> {
    pub phone: &'a Phone,
    pub digits: &'a str,
    pub minutes: u32,
    /// The whole text, with the digits.
    pub words: &'a Words,
}

/// The way words reach a phone. Who has a better one puts it on the shelf with [`crate::set_code_sender`].
pub trait CodeSender: Send + Sync {
    /// Sends a code. `asked` says in which district and language.
    fn send<'a>(&'a self, edge: &'a Edge, asked: &'a Actor, code: &'a CodeAsked<'a>) -> SenderFuture<'a>;

    /// Tells somebody with an account something they asked for, by the key of its template, or in these words.
    fn tell<'a>(
        &'a self,
        tx: &'a mut Tx,
        account: AccountId,
        template: &'static str,
        words: &'a Words,
    ) -> LocalFuture<'a, Result<(), Fault>>;
}

/// The sender on the shelf.
#[derive(Clone)]
pub(crate) struct Sender(pub(crate) Arc<dyn CodeSender>);

/// The demo's sender: a line in the log and a row on the inbox page, both on this machine only.
#[derive(Debug)]
pub(crate) struct DemoInbox;

impl CodeSender for DemoInbox {
    fn send<'a>(&'a self, edge: &'a Edge, asked: &'a Actor, code: &'a CodeAsked<'a>) -> SenderFuture<'a> {
        Box::pin(async move {
            let masked = Personal::new(code.phone.clone()).masked();
            tracing::info!("Demo: the code for {masked} is {}", code.digits);
            let (to, words, digits) = (code.phone.clone(), code.words.clone(), code.digits.to_owned());
            let put = async move |tx: &mut Tx| {
                let id = CodeId::new(tx.now()).0;
                store::put_in_inbox(tx, id, to.as_str(), &words, Some(&digits)).await
            };
            edge.db.write(asked, put).await.map(|()| true)
        })
    }

    fn tell<'a>(
        &'a self,
        tx: &'a mut Tx,
        account: AccountId,
        _: &'static str,
        words: &'a Words,
    ) -> LocalFuture<'a, Result<(), Fault>> {
        Box::pin(async move {
            let (district, id) = (tx.district(), CodeId::new(tx.now()).0);
            match crate::queries::phone_of_account(tx, district, account).await? {
                Some(phone) => store::put_in_inbox(tx, id, phone.open(TELLING).as_str(), words, None).await,
                None => Ok(()),
            }
        })
    }
}

const TELLING: Purpose = Purpose("telling somebody what they asked for");

/// Words for a resident: by whatever way is on the shelf.
///
/// # Errors
/// A fault of the database.
pub async fn text_resident(
    tx: &mut Tx,
    account: AccountId,
    template: &'static str,
    words: &Words,
) -> Result<(), Fault> {
    match tx.find_fixture::<Sender>() {
        Some(sender) => sender.0.tell(tx, account, template, words).await,
        None => Ok(()),
    }
}

/// What the demo shows instead of sending it.
#[derive(Clone, Copy, Debug)]
pub struct InboxLine<'a> {
    /// A telephone or a mail address.
    pub to: &'a str,
    pub words: &'a str,
    pub code: Option<&'a str>,
}

/// Shows something on the demo's inbox page.
///
/// # Errors
/// A fault of the database.
pub async fn show_in_demo(tx: &mut Tx, line: &InboxLine<'_>) -> Result<(), Fault> {
    let words = Words::new(line.words.to_owned(), line.words.to_owned());
    let id = CodeId::new(tx.now()).0;
    store::put_in_inbox(tx, id, line.to, &words, line.code).await
}

/// Sends a code to a phone. The answer is the same whether an account has that phone or not.
pub(crate) async fn send_code(edge: &Edge, asked: &Actor, phone: &Phone) -> Result<(), IdentityError> {
    if !phone.is_mobile() {
        return Err(IdentityError::BadPhone { mobile: true });
    }
    let (rates, now) = (edge.fixture::<Rates>(), edge.now());
    rates.check(PER_SOURCE, &asked.source, now)?;
    rates.check(PER_PHONE, phone.as_str(), now)?;
    let sender = edge.fixtures().find::<Sender>().ok_or(IdentityError::NoSender)?;
    let digits = Code::new_digits(&mut rand::rng());
    let minutes = edge.fixture::<Limits>().code.minutes;
    let words = Words::new(
        format!("【睦邻】验证码 {digits}，{minutes} 分钟内有效。工作人员不会向您索要验证码。"),
        format!(
            "[Mulin] Your code is {digits}, good for {minutes} minutes. No member of staff will ask you for it."
        ),
    );
    let (to, code) = (phone.clone(), digits.clone());
    edge.db.write(asked, async move |tx: &mut Tx| keep_code(tx, &to, &code).await).await?;
    let code = CodeAsked { phone, digits: &digits, minutes, words: &words };
    if sender.0.send(edge, asked, &code).await? { Ok(()) } else { Err(IdentityError::NoSender) }
}

async fn keep_code(tx: &mut Tx, phone: &Phone, digits: &str) -> Result<(), IdentityError> {
    let now = tx.now();
    let salt: [u8; 16] = rand::random();
    let code = Code {
        salt: salt.to_vec(),
        hash: hash_code(&salt, phone.as_str(), digits),
        tries: 0,
        ends_at: now.after(tx.fixture::<Limits>().code_time()),
    };
    let id = CodeId::new(now).0;
    store::save_code(tx, phone, id, code).await?;
    tx.record(&IdentityFact::CodeSent { code: id }).await?;
    Ok(())
}

/// A resident's session just opened.
#[derive(Debug)]
pub(crate) struct Redeemed {
    pub(crate) token: String,
    pub(crate) expires_at: Time,
    pub(crate) account: platform::AccountId,
}

/// Opens a session for whoever knows the code that was sent to the phone.
pub(crate) async fn redeem_code(
    edge: &Edge,
    asked: &Actor,
    phone: &Phone,
    typed: &str,
) -> Result<Redeemed, IdentityError> {
    edge.fixture::<Rates>().check(REDEEM, &asked.source, edge.now())?;
    let (phone, typed) = (phone.clone(), typed.to_owned());
    edge.db.write(asked, async move |tx: &mut Tx| redeem(tx, &phone, &typed).await).await?
}

/// A wrong try is counted, so it is a value of the transaction and no error of it.
async fn redeem(
    tx: &mut Tx,
    phone: &Phone,
    typed: &str,
) -> Result<Result<Redeemed, IdentityError>, IdentityError> {
    let (now, limits) = (tx.now(), tx.fixture::<Limits>());
    let Some((id, code)) = store::load_code(tx, phone).await? else {
        return Ok(Err(IdentityError::CodeGone));
    };
    let state = code.test(typed, phone.as_str(), now, &limits);
    if state == CodeState::Right {
        store::drop_code(tx, phone).await?;
        return open(tx, phone).await.map(Ok);
    }
    store::count_try(tx, phone).await?;
    tx.record(&IdentityFact::CodeRefused { code: id }).await?;
    Ok(Err(match state {
        CodeState::Wrong { tries_left } => IdentityError::WrongCode { tries_left },
        _ => IdentityError::CodeGone,
    }))
}

async fn open(tx: &mut Tx, phone: &Phone) -> Result<Redeemed, IdentityError> {
    let district = tx.district();
    let id = resident_of_phone(tx, phone).await?;
    let account = store::find_account(tx, district, id).await?.ok_or(IdentityError::NotFound)?;
    if !account.may_enter() {
        return Err(IdentityError::Suspended);
    }
    let entered = enter(tx, &account, "phone code", false).await?;
    Ok(Redeemed { token: entered.token.reveal().to_owned(), expires_at: entered.ends_at, account: id })
}
