//! A write in progress: statements, the actor, the moment, and the facts it has recorded.

use crate::db::Shared;
use crate::{Cell, Conn, Fact, FactRow, Params, Query, Statement, fact};
use platform::{Actor, DistrictId, FactId, Fault, Time};
use std::ops::{Deref, DerefMut};
use std::sync::Arc;

/// A transaction. All of it is saved, or nothing.
#[derive(Debug)]
pub struct Tx {
    conn: Conn,
    actor: Actor,
    now: Time,
    facts: Vec<FactRow>,
    last: Vec<LastStatement>,
    shared: Arc<Shared>,
}

/// A statement that waits for the commit, with its parameters.
pub(crate) type LastStatement = (&'static Statement, Vec<Cell>);

impl Tx {
    pub(crate) fn begin(conn: Conn, actor: Actor, shared: Arc<Shared>) -> Self {
        Self { conn, actor, now: shared.clock.now(), facts: Vec::new(), last: Vec::new(), shared }
    }

    pub(crate) fn end(self) -> (Conn, Vec<FactRow>, Vec<LastStatement>) {
        (self.conn, self.facts, self.last)
    }

    /// The moment of this write: one for all its rows.
    pub fn now(&self) -> Time {
        self.now
    }

    /// What the clock shows now: later than [`Tx::now`] in a write that takes long or replays the past.
    pub fn present(&self) -> Time {
        self.shared.clock.now()
    }

    /// Replays the past: the demo and imports write what happened then, in the order it happened.
    pub fn at(&mut self, moment: Time) {
        self.now = moment;
    }

    pub fn actor(&self) -> &Actor {
        &self.actor
    }

    /// Changes who acts for the rest of this write (imports that play several people).
    pub fn act_as(&mut self, actor: Actor) {
        self.actor = actor;
    }

    pub fn district(&self) -> DistrictId {
        self.actor.district
    }

    /// Writes the fact with the change: an audit row, and an outbox row for each reaction to it, in this transaction.
    pub async fn record<F: Fact>(&mut self, fact: &F) -> Result<FactId, Fault> {
        let row = fact::row_of(fact, &self.actor, self.now);
        let id = row.id;
        fact::insert(&mut self.conn, &row).await?;
        self.shared.workload.enqueue(&mut self.conn, &self.shared.fixtures, &row).await?;
        self.facts.push(row);
        Ok(id)
    }

    /// Runs a statement with the commit of this write, after everything else in it; nothing in this write sees its effect.
    /// For rows of a search index: SQLite writes such an index out at the end of every savepoint, and so of every write,
    /// but writes that share a commit can share that. PostgreSQL runs it at once.
    ///
    /// Only for a statement that cannot be refused by a constraint: on SQLite its failure takes its neighbours' writes along.
    pub async fn execute_at_commit<P: Params>(
        &mut self,
        query: &'static Query<P, ()>,
        params: P,
    ) -> Result<(), Fault> {
        if self.conn.is_sqlite() {
            self.last.push((&query.statement, params.cells()));
            return Ok(());
        }
        self.conn.execute(query, params).await.map(drop)
    }

    /// Runs a part of this write that may be refused without ending it: what a refused part did is taken back, and the rest goes on. For
    /// many things that came together and are nobody's but their own: one that does not hold harms none beside it.
    ///
    /// # Errors
    /// A fault where the part cannot be taken back, or where the write as a whole has lost a race and is run again.
    pub async fn attempt<T, E>(
        &mut self,
        part: impl AsyncFnOnce(&mut Self) -> Result<T, E>,
    ) -> Result<Result<T, E>, Fault> {
        let (facts, last) = (self.facts.len(), self.last.len());
        self.conn.batch("savepoint part").await?;
        let outcome = part(self).await;
        match &outcome {
            Ok(_) if self.conn.has_failed() => return Err(Conn::went_on()),
            Ok(_) => self.conn.batch("release savepoint part").await?,
            Err(_) => {
                self.conn.forget_failure();
                self.conn.batch("rollback to savepoint part").await?;
                self.conn.batch("release savepoint part").await?;
                self.facts.truncate(facts);
                self.last.truncate(last);
            }
        }
        Ok(outcome)
    }

    /// What a capability loaded at the start.
    pub fn fixture<T: Send + Sync + 'static>(&self) -> Arc<T> {
        self.shared.fixtures.get()
    }

    /// What somebody may have put on the shelf.
    pub fn find_fixture<T: Send + Sync + 'static>(&self) -> Option<Arc<T>> {
        self.shared.fixtures.find()
    }

    pub(crate) fn workload(&self) -> Arc<Shared> {
        self.shared.clone()
    }

    /// The facts recorded so far in this write.
    pub fn facts(&self) -> &[FactRow] {
        &self.facts
    }
}

impl Deref for Tx {
    type Target = Conn;
    fn deref(&self) -> &Conn {
        &self.conn
    }
}

impl DerefMut for Tx {
    fn deref_mut(&mut self) -> &mut Conn {
        &mut self.conn
    }
}
