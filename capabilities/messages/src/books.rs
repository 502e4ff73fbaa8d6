//! Address books: who is behind a recipient, and by which telephone. Each capability that has recipients brings its own.

use crate::model::ACCOUNT;
use ::store::{Conn, LocalFuture, Tx};
use parking_lot::RwLock;
use platform::{AccountId, DistrictId, Fault, Personal, Phone, Time};
use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use uuid::Uuid;

/// Knows recipients of one kind.
pub trait AddressBook: Send + Sync {
    /// Recipients of this kind are its own.
    fn kind(&self) -> &'static str;

    /// Whose account a recipient is, where somebody proved it: that person's choices hold, and that person reads what was sent.
    fn accounts<'a>(
        &'a self,
        conn: &'a mut Conn,
        at: (DistrictId, Time),
        ids: &'a [Uuid],
    ) -> LocalFuture<'a, Result<HashMap<Uuid, AccountId>, Fault>>;

    /// Which of them have a telephone. It is about to be used, so a look at it is written down here, once for each message.
    fn look<'a>(&'a self, tx: &'a mut Tx, ids: &'a [Uuid]) -> LocalFuture<'a, Result<HashSet<Uuid>, Fault>>;

    /// The telephone, as it is now that the message leaves.
    fn phone<'a>(
        &'a self,
        conn: &'a mut Conn,
        district: DistrictId,
        id: Uuid,
    ) -> LocalFuture<'a, Result<Option<Personal<Phone>>, Fault>>;
}

/// All of them, on the shelf.
#[derive(Default)]
pub struct Books(RwLock<HashMap<&'static str, Arc<dyn AddressBook>>>);

impl Books {
    /// Called by each capability that has recipients, while it is prepared.
    pub fn add(&self, book: Arc<dyn AddressBook>) {
        self.0.write().insert(book.kind(), book);
    }

    pub(crate) fn of(&self, kind: &str) -> Result<Arc<dyn AddressBook>, Fault> {
        let found = self.0.read().get(kind).cloned();
        found.ok_or_else(|| Fault::broken(format!("nobody knows recipients of the kind {kind}")))
    }
}

impl std::fmt::Debug for Books {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Books({})", self.0.read().len())
    }
}

/// Accounts: a resident is reached by the phone they sign in with.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Accounts;

impl AddressBook for Accounts {
    fn kind(&self) -> &'static str {
        ACCOUNT
    }

    fn accounts<'a>(
        &'a self,
        _: &'a mut Conn,
        _: (DistrictId, Time),
        ids: &'a [Uuid],
    ) -> LocalFuture<'a, Result<HashMap<Uuid, AccountId>, Fault>> {
        Box::pin(async move { Ok(ids.iter().map(|id| (*id, AccountId(*id))).collect()) })
    }

    fn look<'a>(&'a self, tx: &'a mut Tx, ids: &'a [Uuid]) -> LocalFuture<'a, Result<HashSet<Uuid>, Fault>> {
        Box::pin(async move {
            let district = tx.district();
            let mut found = HashSet::new();
            for id in ids {
                if identity::phone_of_account(tx, district, AccountId(*id)).await?.is_some() {
                    found.insert(*id);
                }
            }
            Ok(found)
        })
    }

    fn phone<'a>(
        &'a self,
        conn: &'a mut Conn,
        district: DistrictId,
        id: Uuid,
    ) -> LocalFuture<'a, Result<Option<Personal<Phone>>, Fault>> {
        Box::pin(identity::phone_of_account(conn, district, AccountId(id)))
    }
}
