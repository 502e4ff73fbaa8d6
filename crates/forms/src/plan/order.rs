//! In which order values are worked out, and what a change touches. ODK XForms specification, "Bindings": calculations and
//! relevance follow what they depend on; a circle is refused.

use super::references::References;
use super::{ItemId, Plan};
use crate::fault::{Counted, FormFault, Part, Trouble};
use crate::limits::DEPENDENCIES_MAX;
use std::collections::VecDeque;

/// What can change of a node: its value (of a repeat: how many instances it has), or whether it is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Aspect {
    Value(ItemId),
    Relevant(ItemId),
}

#[derive(Debug, Default)]
pub(crate) struct Order {
    /// By aspect: the aspects with a rule that reads it.
    readers: Vec<Vec<u32>>,
    /// By aspect: its place in an order in which everything comes after what it reads.
    rank: Vec<u32>,
}

impl Aspect {
    fn number(self) -> u32 {
        match self {
            Self::Value(id) => id.0 * 2,
            Self::Relevant(id) => id.0 * 2 + 1,
        }
    }

    fn of_number(number: u32) -> Self {
        let id = ItemId(number / 2);
        if number.is_multiple_of(2) { Self::Value(id) } else { Self::Relevant(id) }
    }

    fn item(self) -> ItemId {
        match self {
            Self::Value(id) | Self::Relevant(id) => id,
        }
    }
}

impl Order {
    /// The aspects whose rules read this one.
    pub(crate) fn readers(&self, aspect: Aspect) -> impl Iterator<Item = Aspect> + '_ {
        self.readers[aspect.number() as usize].iter().map(|number| Aspect::of_number(*number))
    }

    pub(crate) fn rank(&self, aspect: Aspect) -> u32 {
        self.rank[aspect.number() as usize]
    }
}

pub(super) fn order(plan: &Plan, references: &References) -> Result<Order, FormFault> {
    let mut readers = vec![Vec::new(); plan.items.len() * 2];
    let mut edges = 0;
    for id in plan.items() {
        for (reader, read) in [
            (Aspect::Value(id), &references.value[id.0 as usize]),
            (Aspect::Relevant(id), &references.relevant[id.0 as usize]),
        ] {
            for item in read {
                edges += add_edges(plan, &mut readers, reader, *item);
                if edges > DEPENDENCIES_MAX {
                    let what = Counted::Dependencies;
                    return Err(FormFault::form(Trouble::TooMany { what, max: DEPENDENCIES_MAX }));
                }
            }
        }
    }
    for readers in &mut readers {
        readers.sort_unstable();
        readers.dedup();
    }
    match ranks(&readers) {
        Ok(rank) => Ok(Order { readers, rank }),
        Err(left) => Err(circle(plan, &readers, &left)),
    }
}

/// Reading a node is reading its value, whether it and all it lies in are asked, and how often the repeats it lies in are
/// there, but those the reader lies in too.
fn add_edges(plan: &Plan, readers: &mut [Vec<u32>], reader: Aspect, read: ItemId) -> usize {
    let mut aspects = vec![Aspect::Value(read)];
    for up in plan.upwards(read) {
        let is_shared = plan.upwards(reader.item()).skip(1).any(|own| own == up);
        if plan.item(up).rules.relevant.is_some() {
            aspects.push(Aspect::Relevant(up));
        }
        if up != read && plan.node(up).kind.is_repeat() && !is_shared {
            aspects.push(Aspect::Value(up));
        }
    }
    for aspect in &aspects {
        readers[aspect.number() as usize].push(reader.number());
    }
    aspects.len()
}

/// Kahn's algorithm. `Err` has what waits for itself.
fn ranks(readers: &[Vec<u32>]) -> Result<Vec<u32>, Vec<bool>> {
    let mut waits = vec![0_u32; readers.len()];
    for reader in readers.iter().flatten() {
        waits[*reader as usize] += 1;
    }
    let mut ready: VecDeque<u32> =
        (0..waits.len() as u32).filter(|number| waits[*number as usize] == 0).collect();
    let (mut rank, mut next) = (vec![u32::MAX; readers.len()], 0);
    while let Some(number) = ready.pop_front() {
        rank[number as usize] = next;
        next += 1;
        for reader in &readers[number as usize] {
            waits[*reader as usize] -= 1;
            if waits[*reader as usize] == 0 {
                ready.push_back(*reader);
            }
        }
    }
    if next as usize == readers.len() {
        Ok(rank)
    } else {
        Err(rank.iter().map(|rank| *rank == u32::MAX).collect())
    }
}

/// Follows what is left until something comes again: that is a circle.
fn circle(plan: &Plan, readers: &[Vec<u32>], left: &[bool]) -> FormFault {
    let read_by = |number: u32| {
        let reads =
            |candidate: &u32| left[*candidate as usize] && readers[*candidate as usize].contains(&number);
        (0..left.len() as u32).find(reads).unwrap_or(number)
    };
    let mut way = vec![left.iter().position(|left| *left).unwrap_or(0) as u32];
    let begin = loop {
        let next = read_by(way[way.len() - 1]);
        if let Some(begin) = way.iter().position(|number| *number == next) {
            break begin;
        }
        way.push(next);
    };
    let aspects: Vec<Aspect> = way[begin..].iter().map(|number| Aspect::of_number(*number)).collect();
    let mut names: Vec<String> = aspects.iter().map(|aspect| plan.node(aspect.item()).name.clone()).collect();
    names.dedup();
    names.push(names[0].clone());
    let part = if matches!(aspects[0], Aspect::Value(_)) { Part::Calculation } else { Part::Relevant };
    FormFault::node(plan.path(aspects[0].item()), part, Trouble::Circle { names })
}
