//! Partners reached by mail: a case goes to their address with a link by which they answer without signing in, and what happens to it
//! follows in the same thread.
//!
//! The mail leaves by the district's mail server ([`messages::mail_room`]), in the lane of the partner: a server that is away holds it up, and
//! loses nothing. [`letter`] writes it, [`link`] signs the way back, [`answer`] is the page behind it.

mod answer;
mod letter;
mod link;
mod page;

pub(crate) use answer::check_table;
pub(crate) use page::pages;

use self::letter::Known;
use super::forward::{ASSIGNED, UPDATED, WITHDRAWN, whole_place_of};
use super::trial::TRIAL;
use ::store::{Conn, Db, DbRef, LocalFuture, Tx};
use cases::{CaseId, Rules};
use courier::{Attempt, Delivery, DeliveryState, Endpoint, Outside, Sender, Sent, Step, Trouble};
use edge::Districts;
use futures_util::future::BoxFuture;
use messages::mail_room::{self, Mail, MailRoom};
use platform::Fault;
use seal::Vault;
use serde_json::{Value, json};
use uuid::Uuid;

/// The kind of these endpoints; their address is a mail address.
pub(crate) const PARTNER_MAIL: &str = "partner_mail";
/// Mails named in the thread of one: its first, and the latest.
const THREAD_MAILS_MAX: usize = 10;

/// Writes to them.
#[derive(Clone, Debug)]
pub(crate) struct PartnerMailSender {
    db: DbRef,
    room: MailRoom,
}

impl PartnerMailSender {
    pub(crate) fn of(db: &Db) -> Self {
        Self { db: db.downgrade(), room: MailRoom::of(db) }
    }

    /// What is known only now that it leaves: the mails before it, how the case is called and stands, the link by which it is answered.
    async fn add_known(
        &self,
        conn: &mut Conn,
        endpoint: &Endpoint,
        delivery: &mut Delivery,
    ) -> Result<(), Fault> {
        let db = self.db.open()?;
        let (shelf, district) = (db.fixtures(), endpoint.district);
        let name = shelf.get::<Districts>().find(district).map(|one| one.words()).unwrap_or_default();
        if delivery.kind == TRIAL {
            delivery.body.0 = json!({ "district": name });
            return Ok(());
        }
        let thread = thread_of(conn, endpoint, delivery).await?;
        let case = cases::linked::find(conn, district, CaseId(delivery.subject_id)).await?;
        let Some(case) = case else { return Ok(()) };
        let rules = shelf.get::<Rules>();
        let keys = shelf.get::<Vault>().of(district)?;
        let action = delivery.body.0["action"].as_str().unwrap_or_default();
        let known = Known {
            case_type: cases::linked::type_words(&rules, &case),
            state: cases::linked::state_words(&rules, &case),
            action: cases::linked::action_words(&rules, &case, action),
            district: name,
            place: whole_place_of(&shelf.get::<territory::Map>().of(district), &case),
            link: (case.open && delivery.kind != WITHDRAWN).then(|| link::path(&keys, delivery.id)),
            thread,
        };
        delivery.body.0["known"] = json!(known);
        Ok(())
    }

    async fn mail(&self, outside: &Outside, attempt: &Attempt) -> Sent {
        let way = match self.room.way(attempt.endpoint.district).await {
            Ok(Some(way)) => way,
            Ok(None) => return Sent::trouble(Trouble::NoMailServer),
            Err(fault) => return Sent::trouble(Trouble::fault(Step::Settings, fault)),
        };
        match written(attempt, way.site()) {
            Ok(mail) => self.room.send(outside, &way, &mail).await,
            Err(why) => Sent::Refused(why),
        }
    }
}

/// The mail of a delivery, whole.
fn written(attempt: &Attempt, site: &str) -> Result<Mail, Trouble> {
    let unreadable = |error| Trouble::fault(Step::Reading, error);
    let (thread, letter) = match attempt.delivery.kind.as_str() {
        ASSIGNED | UPDATED | WITHDRAWN => letter::write(attempt, site).map_err(unreadable)?,
        TRIAL => (Vec::new(), letter::write_trial(attempt).map_err(unreadable)?),
        other => return Err(Trouble::fault(Step::Telling, other)),
    };
    Ok(Mail {
        id: attempt.delivery.id.0,
        thread,
        to: attempt.endpoint.address.clone(),
        text: letter.text(),
        html: letter.html().map_err(|error| Trouble::fault(Step::Writing, error))?,
        subject: letter.subject,
    })
}

impl Sender for PartnerMailSender {
    fn kind(&self) -> &'static str {
        PARTNER_MAIL
    }

    fn fill<'a>(
        &'a self,
        conn: &'a mut Conn,
        endpoint: &'a Endpoint,
        delivery: &'a mut Delivery,
    ) -> LocalFuture<'a, Result<(), Fault>> {
        Box::pin(self.add_known(conn, endpoint, delivery))
    }

    fn send<'a>(&'a self, outside: &'a Outside, attempt: &'a Attempt) -> BoxFuture<'a, Sent> {
        Box::pin(self.mail(outside, attempt))
    }

    fn take<'a>(
        &'a self,
        tx: &'a mut Tx,
        _: &'a Delivery,
        answer: &'a Value,
    ) -> LocalFuture<'a, Result<(), Fault>> {
        Box::pin(mail_room::take(tx, answer))
    }
}

/// The mails of the case that arrived there before this one, the first of them first.
async fn thread_of(conn: &mut Conn, endpoint: &Endpoint, delivery: &Delivery) -> Result<Vec<Uuid>, Fault> {
    let all = courier::queries::of_subject(conn, endpoint.district, delivery.subject_id).await?;
    let is_before = |one: &&Delivery| {
        one.endpoint_id == endpoint.id && one.state == DeliveryState::Sent && one.id < delivery.id
    };
    let mut thread: Vec<Uuid> = all.iter().filter(is_before).map(|one| one.id.0).collect();
    if thread.len() > THREAD_MAILS_MAX {
        thread.drain(1..=thread.len() - THREAD_MAILS_MAX);
    }
    Ok(thread)
}
