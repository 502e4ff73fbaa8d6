//! Remembers who was let in a moment ago, so that a request costs no database; forgets as soon as something changes.

use crate::model::{Account, AccountKind, HeldPost, Roles, Session};
use crate::store::assignments_of;
use parking_lot::Mutex;
use platform::{AccountId, ActorKind, DistrictId, Fault, Grant, PostId, Scope, Time};
use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;
use store::{Conn, FactRow};
use tokio::sync::broadcast::Receiver;
use tokio::sync::broadcast::error::TryRecvError;
use uuid::Uuid;

/// What another server of the same database changed is seen after this long at the latest.
const MEMORY_TIME: Duration = Duration::from_secs(5);
/// Tokens remembered; past that all are looked up anew.
const TOKENS_MAX: usize = 100_000;

/// What is known of an account: the actor it becomes.
#[derive(Clone, Debug)]
pub(crate) struct Known {
    pub(crate) account: AccountId,
    pub(crate) kind: ActorKind,
    /// What timelines call it: a post's name, a system's name, or the mask of a resident's phone.
    pub(crate) name: Arc<str>,
    pub(crate) posts: Arc<[PostId]>,
    pub(crate) grants: Arc<[Grant]>,
    /// One of its roles asks for a second factor.
    pub(crate) second_factor: bool,
}

/// The key by which another system came in.
#[derive(Clone, Copy, Debug)]
pub(crate) struct UsedKey {
    pub(crate) id: Uuid,
    /// None: as the house has it.
    pub(crate) calls_per_minute: Option<i64>,
}

/// A token that was good when it was last looked up.
#[derive(Clone, Debug)]
pub(crate) struct Remembered {
    pub(crate) known: Known,
    /// None for a service key.
    pub(crate) session: Option<Session>,
    pub(crate) key: Option<UsedKey>,
    looked_up_at: Time,
    /// The posts are those of this edition of the territory.
    edition: territory::Edition,
}

#[derive(Debug)]
struct Memory {
    tokens: HashMap<[u8; 32], Remembered>,
    facts: Receiver<Arc<FactRow>>,
    /// Counts the changes heard of.
    changes: u64,
}

/// What had been heard of before a look-up.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Mark {
    changes: u64,
    edition: territory::Edition,
}

/// The memory of one process, on the shelf.
#[derive(Debug)]
pub(crate) struct Doorkeeper(Mutex<Memory>);

impl Doorkeeper {
    pub(crate) fn new(facts: Receiver<Arc<FactRow>>) -> Self {
        Self(Mutex::new(Memory { tokens: HashMap::new(), facts, changes: 0 }))
    }

    /// The token's bearer, if it was looked up a moment ago and nothing has changed since; else the mark that
    /// [`Doorkeeper::remember`] wants back.
    pub(crate) fn recall(
        &self,
        hash: &[u8; 32],
        edition: territory::Edition,
        now: Time,
    ) -> Result<Remembered, Mark> {
        let mut memory = self.0.lock();
        memory.hear();
        let fresh = |r: &&Remembered| {
            r.edition == edition && r.looked_up_at <= now && now.since(r.looked_up_at) < MEMORY_TIME
        };
        memory.tokens.get(hash).filter(fresh).cloned().ok_or(Mark { changes: memory.changes, edition })
    }

    /// Remembers what was looked up, unless something changed meanwhile.
    pub(crate) fn remember(
        &self,
        mark: Mark,
        hash: [u8; 32],
        (known, session, key): (Known, Option<Session>, Option<UsedKey>),
        now: Time,
    ) {
        let mut memory = self.0.lock();
        memory.hear();
        if memory.changes != mark.changes {
            return;
        }
        if memory.tokens.len() >= TOKENS_MAX {
            memory.tokens.clear();
        }
        memory
            .tokens
            .insert(hash, Remembered { known, session, key, looked_up_at: now, edition: mark.edition });
    }

    /// Notes that the use was written down, so that requests beside it do not write it too.
    pub(crate) fn note_use(&self, hash: &[u8; 32], now: Time) {
        if let Some(session) = self.0.lock().tokens.get_mut(hash).and_then(|r| r.session.as_mut()) {
            session.seen_at = now;
        }
    }
}

impl Memory {
    /// Takes in what was committed since: a fact is published before its writer is answered.
    fn hear(&mut self) {
        loop {
            match self.facts.try_recv() {
                Ok(fact) if changes_somebody(&fact.name) => {
                    self.changes += 1;
                    self.tokens.retain(|_, r| r.known.account.0 != fact.subject_id);
                }
                Ok(_) => {}
                Err(TryRecvError::Lagged(_)) => {
                    self.changes += 1;
                    self.tokens.clear();
                }
                Err(TryRecvError::Empty | TryRecvError::Closed) => return,
            }
        }
    }
}

/// Whether what was remembered of an account may be wrong after such a fact. The frequent ones that change nobody are
/// named, so that a new kind of fact errs on the safe side.
fn changes_somebody(fact: &str) -> bool {
    const CHANGES_NOBODY: [&str; 7] = [
        "signed_in",
        "sign_in_failed",
        "login_locked",
        "code_sent",
        "code_refused",
        "audit_read",
        "audit_exported",
    ];
    fact.strip_prefix("identity.").is_some_and(|what| !CHANGES_NOBODY.contains(&what))
}

/// Gathers what an account is and may do now.
pub(crate) async fn know_account(
    conn: &mut Conn,
    posts: &[HeldPost],
    roles: &Roles,
    district: DistrictId,
    account: &Account,
    now: Time,
) -> Result<Known, Fault> {
    let mut known = Gathered::default();
    if account.kind == AccountKind::Resident {
        known.take(roles, Roles::RESIDENT, &Scope::Own);
    } else {
        for assignment in assignments_of(conn, district, account.id).await? {
            if assignment.is_in_force(now) {
                known.take(roles, &assignment.role, &assignment.scope);
            }
        }
    }
    // The territory seats accounts without knowing their roles: an administrator's seat gives nothing.
    let posts = if known.administrator { &[] } else { posts };
    for post in posts {
        for role in roles.of_post(&post.kind) {
            known.take(roles, &role.key, &post.scope);
        }
    }
    Ok(Known {
        account: account.id,
        kind: match account.kind {
            AccountKind::Staff => ActorKind::Staff,
            AccountKind::Resident => ActorKind::Resident,
            AccountKind::Service => ActorKind::Service,
        },
        name: name_of(account, posts, known.first_role.as_deref()),
        posts: posts.iter().map(|p| p.post).collect(),
        grants: known.grants.into(),
        second_factor: known.second_factor,
    })
}

#[derive(Default)]
struct Gathered {
    grants: Vec<Grant>,
    second_factor: bool,
    administrator: bool,
    first_role: Option<String>,
}

impl Gathered {
    fn take(&mut self, roles: &Roles, key: &str, scope: &Scope) {
        // A role that left the catalogue allows nothing; the assignment stays as history.
        let Some(role) = roles.find(key) else { return };
        for grant in role.grants_within(scope) {
            if !self.grants.contains(&grant) {
                self.grants.push(grant);
            }
        }
        self.second_factor |= role.second_factor;
        self.administrator |= role.administrator.is_some();
        self.first_role.get_or_insert_with(|| role.words.zh.to_string());
    }
}

/// Never a person's name: the post, the role, the system, or the mask of a phone.
fn name_of(account: &Account, posts: &[HeldPost], role: Option<&str>) -> Arc<str> {
    match account.kind {
        AccountKind::Staff => posts.first().map(|p| p.name.as_str()).or(role).unwrap_or("工作人员").into(),
        AccountKind::Resident => account.phone.as_ref().map_or_else(|| "居民".into(), |p| p.masked().into()),
        AccountKind::Service => account.name.open(SYSTEM_NAME).as_str().into(),
    }
}

/// A system's name is no person's.
const SYSTEM_NAME: platform::Purpose = platform::Purpose("naming another system");
