//! Examining the log: it is computed anew from its rows, then every fact is held against its leaf.

use super::Leaf;
use super::finding::{Change, Finding};
use super::leaf::entry_of;
use crate::log::{Checkpoint, Hash, PublicKey, Range, leaf_hash};
use platform::{DistrictId, FactId, Fault, Time};
use std::collections::{BTreeMap, HashSet};
use std::ops::ControlFlow;
use std::sync::Arc;
use store::{BatchKind, CheckpointRow, Conn, Db, FactRow, LedgerRow};

/// Signatures looked at, the newest first; of older checkpoints the sizes and roots are. The newest covers the whole log.
const SIGNATURES_MAX: usize = 10_000;
/// Facts between two words of progress.
const TELL_FACTS: u64 = 10_000;

/// What an examination found.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Verdict {
    /// Facts that are sealed, or were up to where the log is broken.
    pub size: u64,
    /// The root of the log at this size.
    pub root: Hash,
    /// The newest checkpoint.
    pub checkpoint: Option<Seen>,
    /// Sealed facts that came late: recorded under an earlier moment than that of their write.
    pub late: u64,
    /// Facts too young to be sealed, or late and not sealed yet: the examination says nothing of them.
    pub unsealed: u64,
    /// When the oldest fact that waits in order was recorded.
    pub unsealed_since: Option<Time>,
    /// The first thing that is not as it was sealed; none where all is.
    pub finding: Option<Finding>,
}

/// A checkpoint that holds.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Seen {
    pub size: i64,
    pub at: Time,
}

/// Examines a district's log and facts on one snapshot, holding 48 bytes of memory a fact.
///
/// `key` is the log's public key: better one that was kept elsewhere than that of this server. `kept` is an earlier checkpoint
/// that an auditor brings. `tell` hears how many facts have been looked at.
pub async fn verify(
    db: &Db,
    district: DistrictId,
    key: PublicKey,
    kept: Option<Checkpoint>,
    tell: impl Fn(u64) + Send + Sync + 'static,
) -> Result<Verdict, Fault> {
    let (key, kept, tell) = (Arc::new(key), Arc::new(kept), Arc::new(tell));
    db.read_long(async move |conn: &mut Conn| {
        let checkpoints = CheckpointRow::all(conn, district).await?;
        let mut log = Log::new(&key, checkpoints, kept.as_ref().as_ref());
        LedgerRow::each(conn, district, |row| log.take(&row)).await?;
        let (mut verdict, leaves, last) = log.end();
        if verdict.finding.is_none() {
            let late = FactRow::late_ids(conn, district).await?.into_iter().collect();
            let mut facts = Facts {
                leaves: &leaves,
                next: 0,
                last,
                late,
                seen: 0,
                entry: Vec::new(),
                verdict: &mut verdict,
            };
            FactRow::each(conn, district, |fact| facts.take(&fact, &*tell)).await?;
            facts.end();
        }
        Ok(verdict)
    })
    .await
}

/// The log as it is computed anew.
struct Log<'a> {
    checkpoints: BTreeMap<i64, CheckpointRow>,
    newest: Option<Seen>,
    kept: Option<&'a Checkpoint>,
    key: &'a PublicKey,
    /// Below this size signatures are not looked at.
    signed_from: i64,
    range: Range,
    batches: i64,
    leaves: Vec<Leaf>,
    last_in_order: Option<FactId>,
    late: u64,
    finding: Option<Finding>,
}

impl<'a> Log<'a> {
    fn new(key: &'a PublicKey, checkpoints: Vec<CheckpointRow>, kept: Option<&'a Checkpoint>) -> Self {
        let newest = checkpoints.last().map(|row| Seen { size: row.size, at: row.at });
        let signed_from = checkpoints.iter().rev().nth(SIGNATURES_MAX).map_or(0, |row| row.size);
        Self {
            checkpoints: checkpoints.into_iter().map(|row| (row.size, row)).collect(),
            newest,
            kept,
            key,
            signed_from,
            range: Range::default(),
            batches: 0,
            leaves: Vec::new(),
            last_in_order: None,
            late: 0,
            finding: None,
        }
    }

    /// Looks at the next batch; stops at the first thing that is wrong.
    fn take(&mut self, row: &LedgerRow) -> ControlFlow<()> {
        self.finding = self.find_in_batch(row).or_else(|| self.find_in_checkpoint());
        if self.finding.is_some() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    }

    fn find_in_batch(&mut self, row: &LedgerRow) -> Option<Finding> {
        self.batches += 1;
        if row.batch != self.batches {
            return Some(Finding::MissingBatch { batch: self.batches });
        }
        let changed = Finding::Batch { batch: row.batch, first: row.first_fact, last: row.last_fact };
        let leaves = Leaf::read_all(&row.leaves).filter(|leaves| self.follows(row, leaves));
        let Some(leaves) = leaves else { return Some(changed) };
        let kept_size = self.kept.map(|kept| kept.size);
        for leaf in &leaves {
            self.range.append(leaf.hash);
            if kept_size == Some(self.range.size())
                && let Some(finding) = self.find_rewritten()
            {
                return Some(finding);
            }
        }
        match row.kind {
            BatchKind::InOrder => self.last_in_order = Some(row.last_fact),
            BatchKind::Late => self.late += leaves.len() as u64,
        }
        self.leaves.extend(leaves);
        let holds = row.root == self.range.root() && row.subtrees == self.range.subtrees().concat();
        (!holds).then_some(changed)
    }

    /// Whether the leaves are those the batch speaks of, in an order that may follow what was before.
    fn follows(&self, row: &LedgerRow, leaves: &[Leaf]) -> bool {
        let is_counted = row.count == leaves.len() as i64 && row.size_before == self.range.size() as i64;
        let is_framed = leaves.first().is_some_and(|leaf| leaf.fact == row.first_fact)
            && leaves.last().is_some_and(|leaf| leaf.fact == row.last_fact);
        let is_after =
            row.kind == BatchKind::Late || self.last_in_order.is_none_or(|last| last < row.first_fact);
        is_counted && is_framed && is_after && leaves.is_sorted_by(|a, b| a.fact < b.fact)
    }

    /// Looks at the checkpoint that was signed with the batch.
    fn find_in_checkpoint(&mut self) -> Option<Finding> {
        let size = self.range.size();
        let Some(row) = self.checkpoints.remove(&(size as i64)) else {
            return Some(Finding::MissingCheckpoint { size });
        };
        let forged = |why: String| Some(Finding::Checkpoint { size: row.size, why });
        let read = if row.size < self.signed_from { row.note.parse() } else { self.key.open(&row.note) };
        match read {
            Err(fault) => forged(fault.to_string()),
            Ok(signed) if signed.size != size || signed.root != self.range.root() => {
                forged("it signs another log".to_owned())
            }
            Ok(_) => None,
        }
    }

    fn find_rewritten(&self) -> Option<Finding> {
        let kept = self.kept?;
        let is_other = kept.size != self.range.size() || kept.root != self.range.root();
        is_other.then_some(Finding::Rewritten { size: kept.size })
    }

    /// What only the end tells: a log that is too short, a fact that is in it twice.
    fn end(mut self) -> (Verdict, Vec<Leaf>, Option<FactId>) {
        let size = self.range.size();
        if self.finding.is_none() {
            self.finding = self.find_at_end(size);
        }
        // By id, as the facts will come; late ones stand among the others.
        self.leaves.sort_unstable();
        if self.finding.is_none()
            && let Some(twice) = self.leaves.windows(2).find(|pair| pair[0].fact == pair[1].fact)
        {
            self.finding = Some(Finding::Fact { fact: twice[0].fact, change: Change::SealedTwice });
        }
        let verdict = Verdict {
            size,
            root: self.range.root(),
            checkpoint: self.newest,
            late: self.late,
            unsealed: 0,
            unsealed_since: None,
            finding: self.finding,
        };
        (verdict, self.leaves, self.last_in_order)
    }

    fn find_at_end(&self, size: u64) -> Option<Finding> {
        if let Some((&signed, row)) = self.checkpoints.last_key_value() {
            // One beyond the end was signed when there was more; one within stands where no batch ends.
            return Some(match self.key.open(&row.note) {
                Ok(_) if signed > size as i64 => Finding::Shortened { size, signed },
                Ok(_) => Finding::Checkpoint { size: signed, why: "no batch ends there".to_owned() },
                Err(fault) => Finding::Checkpoint { size: signed, why: fault.to_string() },
            });
        }
        let kept = self.kept.filter(|kept| kept.size > size || kept.size == 0)?;
        let is_empty = kept.size == 0 && kept.root == Range::default().root();
        (!is_empty).then_some(Finding::Rewritten { size: kept.size })
    }
}

/// The facts as they come, held against the leaves.
struct Facts<'a> {
    leaves: &'a [Leaf],
    next: usize,
    last: Option<FactId>,
    late: HashSet<FactId>,
    seen: u64,
    /// The bytes that are hashed, kept between facts.
    entry: Vec<u8>,
    verdict: &'a mut Verdict,
}

impl Facts<'_> {
    fn take(&mut self, fact: &FactRow, tell: &dyn Fn(u64)) -> ControlFlow<()> {
        self.seen += 1;
        if self.seen.is_multiple_of(TELL_FACTS) {
            tell(self.seen);
        }
        let found = |fact, change| Some(Finding::Fact { fact, change });
        self.verdict.finding = match self.leaves.get(self.next) {
            Some(leaf) if leaf.fact < fact.id => found(leaf.fact, Change::Removed),
            Some(leaf) if leaf.fact == fact.id => {
                self.next += 1;
                if self.hash_of(fact) == leaf.hash { None } else { found(fact.id, Change::Changed) }
            }
            _ if self.last.is_none_or(|last| fact.id > last) => self.wait_for(fact, true),
            _ if self.late.contains(&fact.id) => self.wait_for(fact, false),
            _ => found(fact.id, Change::PutInBetween),
        };
        if self.verdict.finding.is_some() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    }

    fn hash_of(&mut self, fact: &FactRow) -> Hash {
        entry_of(fact, &mut self.entry);
        leaf_hash(&self.entry)
    }

    fn wait_for(&mut self, fact: &FactRow, is_in_order: bool) -> Option<Finding> {
        self.verdict.unsealed += 1;
        if is_in_order {
            self.verdict.unsealed_since.get_or_insert(fact.at);
        }
        None
    }

    /// Leaves whose facts never came.
    fn end(self) {
        if self.verdict.finding.is_none()
            && let Some(leaf) = self.leaves.get(self.next)
        {
            self.verdict.finding = Some(Finding::Fact { fact: leaf.fact, change: Change::Removed });
        }
    }
}
