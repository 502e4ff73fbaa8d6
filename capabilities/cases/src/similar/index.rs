//! The words of the cases of the window, from a piece of text to the cases it stands in. Bounded in memory.

use super::place::{Spot, compare};
use super::telling::{Piece, joined, pieces};
use super::{Asked, DAYS_BACK, Likeness, Part};
use crate::access::Sight;
use crate::model::CaseId;
use platform::{OrganisationId, PostId, Time, Words};
use std::collections::{HashMap, HashSet};

/// Cases of a district that are read at first, the newest. A district of a million people has some 60,000 in the window; a piece of
/// a case's words takes eight bytes, so that these are some 80 MiB.
const CASES_FILLED_MAX: usize = 100_000;
/// Cases that are kept; then the oldest make room, by reading all anew.
const CASES_MAX: usize = 120_000;
/// Places in the lists of pieces that one question looks at, rare pieces first.
const POSTINGS_MAX: usize = 2_000_000;
/// How many cases there are at least, for what counts as rare: in an empty district nothing is.
const USUAL_CASES: f32 = 1_000.0;
/// Points for the same words, for the same type, for the same day.
const WORD_POINTS_MAX: f32 = 55.0;
const TYPE_POINTS: f32 = 10.0;
const DAY_POINTS_MAX: f32 = 5.0;
/// Of the asked words' weight that must be shared for a case to be looked at.
const SHARED_MIN: f32 = 0.1;
/// Likeness of words (0 to 1) below which two matters are not the same: of one type, and of two.
const ALIKE_MIN: f32 = 0.15;
const ALIKE_OTHER_TYPE_MIN: f32 = 0.4;
/// Points from which a case is offered.
const POINTS_MIN: f32 = 40.0;
/// Shared words that are named.
const WORDS_NAMED_MAX: usize = 5;
const DAY_MICROS: f32 = 86_400_000_000.0;

/// What is known of a case beside its words.
#[derive(Clone, Debug)]
pub(super) struct Entry {
    pub id: CaseId,
    pub type_code: String,
    pub spot: Spot,
    pub unit: Option<OrganisationId>,
    pub owner_post: Option<PostId>,
    pub host_post: Option<PostId>,
    pub reported_at: Time,
    /// False for what was merged, withdrawn or refused.
    pub offered: bool,
}

#[derive(Debug)]
struct Kept {
    entry: Entry,
    /// Its pieces, by their number.
    pieces: Box<[u32]>,
}

#[derive(Debug)]
struct Posting {
    weight: f32,
    cases: Vec<u32>,
}

/// The index of one district.
#[derive(Debug, Default)]
pub(super) struct Index {
    kept: Vec<Kept>,
    slots: HashMap<CaseId, u32>,
    numbers: HashMap<Box<str>, u32>,
    postings: Vec<Posting>,
}

/// A case that may be the same matter, with its points.
#[derive(Clone, Debug)]
pub(super) struct Match {
    pub id: CaseId,
    pub likeness: Likeness,
}

impl Index {
    pub fn is_filled(&self) -> bool {
        self.kept.len() >= CASES_FILLED_MAX
    }

    pub fn is_full(&self) -> bool {
        self.kept.len() >= CASES_MAX
    }

    /// Adds a case or brings it up to date. The words of a case never change.
    pub fn put(&mut self, entry: Entry, words: &str) {
        if let Some(slot) = self.slots.get(&entry.id) {
            self.kept[*slot as usize].entry = entry;
            return;
        }
        if self.is_full() {
            return;
        }
        let Ok(slot) = u32::try_from(self.kept.len()) else { return };
        let pieces: Box<[u32]> = pieces(words).iter().map(|piece| self.number_of(piece)).collect();
        for piece in &pieces {
            self.postings[*piece as usize].cases.push(slot);
        }
        self.slots.insert(entry.id, slot);
        self.kept.push(Kept { entry, pieces });
    }

    fn number_of(&mut self, piece: &Piece) -> u32 {
        if let Some(number) = self.numbers.get(piece.text.as_str()) {
            return *number;
        }
        let number = u32::try_from(self.postings.len()).unwrap_or(u32::MAX);
        self.postings.push(Posting { weight: piece.weight, cases: Vec::new() });
        self.numbers.insert(piece.text.as_str().into(), number);
        number
    }

    /// What sharing a piece counts: rare ones more, by ln(1 + cases / cases that have it).
    fn rarity(&self, weight: f32, count: usize) -> f32 {
        weight * (1.0 + (self.kept.len() as f32 + USUAL_CASES) / (count as f32 + 1.0)).ln()
    }

    fn weight_of(&self, number: u32) -> f32 {
        let posting = &self.postings[number as usize];
        self.rarity(posting.weight, posting.cases.len())
    }

    /// The likeliest earlier cases, best first, of those in sight.
    pub fn find(&self, asked: &Asked, sight: &Sight<'_>, rows_max: usize) -> Vec<Match> {
        let pieces = pieces(&asked.words);
        let numbers: Vec<Option<u32>> =
            pieces.iter().map(|p| self.numbers.get(p.text.as_str()).copied()).collect();
        let weights: Vec<f32> = pieces
            .iter()
            .zip(&numbers)
            .map(|(piece, number)| number.map_or_else(|| self.rarity(piece.weight, 0), |n| self.weight_of(n)))
            .collect();
        let all: f32 = weights.iter().sum();
        let shared = self.shared(&numbers, &weights);
        let is_telling = |(piece, number): (&Piece, &Option<u32>)| number.filter(|_| piece.weight >= 1.0);
        let telling = pieces.iter().zip(&numbers).filter_map(is_telling).collect();
        let question = Question { asked, pieces, numbers, weights, telling, all };
        let mut found: Vec<(f32, u32)> = shared
            .iter()
            .enumerate()
            .filter(|(_, shared)| **shared > 0.0 && **shared >= all * SHARED_MIN)
            .filter_map(|(slot, shared)| {
                let points = self.points(&question, slot, *shared, sight)?;
                Some((points.total(), u32::try_from(slot).ok()?))
            })
            .collect();
        found.sort_by(|a, b| b.0.total_cmp(&a.0).then(b.1.cmp(&a.1)));
        found.truncate(rows_max);
        let told = |(_, slot): (f32, u32)| {
            let slot = slot as usize;
            let points = self.points(&question, slot, shared[slot], sight)?;
            let likeness = self.told(&question, slot, &points);
            Some(Match { id: self.kept[slot].entry.id, likeness })
        };
        found.into_iter().filter_map(told).collect()
    }

    /// The weight that each case shares with the asked words, by slot.
    fn shared(&self, numbers: &[Option<u32>], weights: &[f32]) -> Vec<f32> {
        let mut order: Vec<(u32, f32)> =
            numbers.iter().zip(weights).filter_map(|(number, weight)| Some(((*number)?, *weight))).collect();
        order.sort_by_key(|(number, _)| self.postings[*number as usize].cases.len());
        let mut shared = vec![0.0; self.kept.len()];
        let mut left = POSTINGS_MAX;
        for (number, weight) in order {
            let cases = &self.postings[number as usize].cases;
            let Some(rest) = left.checked_sub(cases.len()) else { break };
            left = rest;
            for slot in cases {
                shared[*slot as usize] += weight;
            }
        }
        shared
    }

    /// The points of one case; none where it is out of the window, out of sight, elsewhere, or about something else.
    fn points(&self, question: &Question<'_>, slot: usize, shared: f32, sight: &Sight<'_>) -> Option<Points> {
        let (asked, kept) = (question.asked, &self.kept[slot]);
        let entry = &kept.entry;
        let micros = (asked.at.micros() - entry.reported_at.micros()) as f32;
        let days = micros / DAY_MICROS;
        let in_time = micros >= 0.0 && days <= DAYS_BACK as f32 && asked.but != Some(entry.id);
        if !entry.offered || !in_time {
            return None;
        }
        if !sight.sees(&entry.spot.area_path, entry.unit, [entry.owner_post, entry.host_post]) {
            return None;
        }
        let place = compare(&asked.spot, &entry.spot)?;
        if !kept.pieces.iter().any(|number| question.telling.contains(number)) {
            return None;
        }
        let own: f32 = kept.pieces.iter().map(|number| self.weight_of(*number)).sum();
        let alike = shared / (question.all * own).sqrt();
        let same_type = asked.type_code.as_deref() == Some(entry.type_code.as_str());
        let alike_min = if same_type { ALIKE_MIN } else { ALIKE_OTHER_TYPE_MIN };
        let points = Points {
            words: alike.min(1.0) * WORD_POINTS_MAX,
            place,
            kind: if same_type { TYPE_POINTS } else { 0.0 },
            days: days.max(0.0),
        };
        (alike >= alike_min && points.total() >= POINTS_MIN).then_some(points)
    }

    /// The points in plain words.
    fn told(&self, question: &Question<'_>, slot: usize, points: &Points) -> Likeness {
        let words = question.shared_words(&self.kept[slot].pieces);
        let quoted: Vec<String> = words.iter().map(|word| format!("“{word}”")).collect();
        let both =
            Words::new(format!("都提到{}", quoted.join("")), format!("both say {}", quoted.join(", ")));
        let days = points.days.floor() as u32;
        let when = match days {
            0 => Words::of("前后不到一天", "less than a day apart"),
            _ => Words::new(format!("相隔 {days} 天"), format!("{days} days apart")),
        };
        let kind = match points.kind > 0.0 {
            true => Words::of("同一类事项", "the same type"),
            false => Words::of("事项类型不同", "another type"),
        };
        Likeness {
            points: points.total().round() as u32,
            words,
            parts: vec![
                Part::new("words", points.words, WORD_POINTS_MAX, both),
                Part::new("place", points.place.0, super::place::POINTS_MAX, points.place.1.clone()),
                Part::new("type", points.kind, TYPE_POINTS, kind),
                Part::new("time", points.of_days(), DAY_POINTS_MAX, when),
            ],
        }
    }
}

struct Question<'a> {
    asked: &'a Asked,
    pieces: Vec<Piece>,
    numbers: Vec<Option<u32>>,
    weights: Vec<f32>,
    /// Of these both must say one: single characters and frames alone are no likeness.
    telling: HashSet<u32>,
    all: f32,
}

impl Question<'_> {
    /// The words both say, weightiest first.
    fn shared_words(&self, theirs: &[u32]) -> Vec<String> {
        let theirs: HashSet<u32> = theirs.iter().copied().collect();
        let is_shared = |n: &Option<u32>| n.is_some_and(|n| theirs.contains(&n));
        let shared: Vec<&Piece> =
            self.pieces.iter().zip(&self.numbers).filter(|(_, n)| is_shared(n)).map(|(p, _)| p).collect();
        let weight_of = |word: &String| -> f32 {
            let pairs = self.pieces.iter().zip(&self.weights);
            pairs.filter(|(piece, _)| word.contains(&piece.text)).map(|(_, weight)| weight).sum()
        };
        let telling: Vec<&Piece> = shared.into_iter().filter(|p| p.weight >= 1.0).collect();
        let mut words = joined(&telling);
        words.sort_by(|a, b| weight_of(b).total_cmp(&weight_of(a)));
        words.truncate(WORDS_NAMED_MAX);
        words
    }
}

/// The points of one case, part by part.
struct Points {
    words: f32,
    place: (f32, Words),
    kind: f32,
    days: f32,
}

impl Points {
    fn of_days(&self) -> f32 {
        DAY_POINTS_MAX * (1.0 - self.days / DAYS_BACK as f32).max(0.0)
    }

    fn total(&self) -> f32 {
        self.words + self.place.0 + self.kind + self.of_days()
    }
}
