//! Residents sign in with six digits sent to their phone.

use super::accounts::resident_of_phone;
use super::enter::enter;
use crate::error::IdentityError;
use crate::model::{Code, CodeState, IdentityFact, Limits, hash_code};
use crate::store;
use ::store::Tx;
use edge::{Edge, Quota, Rates, Settings};
use platform::{Actor, Fault, Personal, Phone, Time, Words};
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

/// What a [`CodeSender`] gives back.
pub type SenderFuture<'a> = Pin<Box<dyn Future<Output = Result<(), Fault>> + Send + 'a>>;

/// The way a code reaches a phone. The server puts one on the shelf with [`crate::set_code_sender`].
pub trait CodeSender: Send + Sync {
    /// Sends the words, which hold the code. `asked` says in which district and language.
    fn send<'a>(
        &'a self,
        edge: &'a Edge,
        asked: &'a Actor,
        phone: &'a Phone,
        words: &'a Words,
        code: &'a str,
    ) -> SenderFuture<'a>;
}

/// The sender on the shelf.
#[derive(Clone)]
pub(crate) struct Sender(pub(crate) Arc<dyn CodeSender>);

/// The demo's sender: a line in the log and a row on the inbox page, both on this machine only.
#[derive(Debug)]
pub(crate) struct DemoInbox;

impl CodeSender for DemoInbox {
    fn send<'a>(
        &'a self,
        edge: &'a Edge,
        asked: &'a Actor,
        phone: &'a Phone,
        words: &'a Words,
        code: &'a str,
    ) -> SenderFuture<'a> {
        Box::pin(async move {
            let masked = Personal::new(phone.clone()).masked();
            tracing::info!("Demo: the code for {masked} is {code}");
            let (phone, words, code) = (phone.clone(), words.clone(), code.to_owned());
            edge.db
                .write(asked, async move |tx: &mut Tx| {
                    let id = CodeId::new(tx.now()).0;
                    store::put_in_inbox(tx, id, &phone, &words, Some(&code)).await
                })
                .await
        })
    }
}

/// Words for a resident's phone: in a demo they go to the inbox page; a real sender is stage 2 of the house.
pub async fn text_resident(tx: &mut Tx, phone: &Phone, words: &Words) -> Result<(), Fault> {
    if !tx.fixture::<Settings>().demo {
        return Ok(());
    }
    let id = CodeId::new(tx.now()).0;
    store::put_in_inbox(tx, id, phone, words, None).await
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
    sender.0.send(edge, asked, phone, &words, &digits).await?;
    Ok(())
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
