//! The words of a catalogue, laid out so that a text is read once: parts by their first piece, phrases with their weights, pairs.

use super::tokens::tokens;
use crate::catalogue::{CaseType, Catalogue, Urgency};
use platform::Words;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

/// Characters of one phrase, name or hint that are read.
const PHRASE_CHARS_MAX: usize = 500;
/// What a shared pair weighs against a phrase: in the name, and in the hint.
const NAME_PAIR_WEIGHT: f64 = 0.35;
const HINT_PAIR_WEIGHT: f64 = 0.10;
/// What a rare part counts when the rest of its phrase is not there: "仓库" without "住人". Rare is: used by few types.
const LONE_PART_WEIGHT: f64 = 0.35;
const LONE_PART_TYPES_MAX: usize = 2;
/// Two hanzi, or a Latin word of some length.
const LONE_PART_BYTES_MIN: usize = 6;
/// What most people report is a little likelier.
const COMMON_FACTOR: f64 = 1.1;
/// To miss an emergency is worse than to show its numbers once too often.
const EMERGENCY_FACTOR: f64 = 1.25;

/// Everything a text is compared with.
#[derive(Debug, Default)]
pub(super) struct Index {
    pub targets: Vec<Target>,
    /// Every distinct part of a phrase, as its pieces.
    pub parts: Vec<Vec<String>>,
    /// Where to look for a part: by its first piece.
    pub parts_by_first: HashMap<String, Vec<usize>>,
    pub phrases: Vec<Phrase>,
    /// Phrases by the part they begin with.
    pub phrases_by_part: Vec<Vec<usize>>,
    /// Pair of neighbouring pieces → (target, weight).
    pub pairs: HashMap<(String, String), Vec<(usize, f64)>>,
}

/// A type that may be suggested.
#[derive(Debug)]
pub(super) struct Target {
    pub code: String,
    pub name: Words,
    /// How much likelier than others it is from the start.
    pub factor: f64,
}

/// Parts that must all stand near each other.
#[derive(Debug)]
pub(super) struct Phrase {
    pub parts: Vec<usize>,
    pub means: Means,
    pub weight: f64,
}

/// What a phrase speaks of: a target, or a notice of the catalogue, each by its place.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub(super) enum Means {
    Type(usize),
    Elsewhere(usize),
}

impl Index {
    /// Reads every type that residents are offered, and what belongs elsewhere.
    pub fn of(catalogue: &Catalogue) -> Self {
        let mut builder = Builder::default();
        for case_type in catalogue.types().filter(|t| t.offered) {
            builder.add_type(case_type);
        }
        for (i, elsewhere) in catalogue.elsewhere().iter().enumerate() {
            for phrase in &elsewhere.words {
                builder.add_phrase(phrase, Means::Elsewhere(i));
            }
        }
        builder.weigh();
        builder.index
    }
}

#[derive(Default)]
struct Builder {
    index: Index,
    part_ids: HashMap<Vec<String>, usize>,
    seen: HashSet<(Means, Vec<usize>)>,
}

impl Builder {
    fn add_type(&mut self, case_type: &CaseType) {
        let target = self.index.targets.len();
        let common = if case_type.common { COMMON_FACTOR } else { 1.0 };
        let emergency = if case_type.urgency == Urgency::Emergency { EMERGENCY_FACTOR } else { 1.0 };
        self.index.targets.push(Target {
            code: case_type.code.clone(),
            name: case_type.name.clone(),
            factor: common * emergency,
        });
        for phrase in phrases_of(case_type) {
            self.add_phrase(&phrase, Means::Type(target));
        }
        self.add_pairs(case_type, target);
    }

    fn add_phrase(&mut self, phrase: &str, means: Means) {
        let parts: Vec<usize> = phrase.split('+').filter_map(|part| self.part_id(part)).collect();
        self.keep(Phrase { parts, means, weight: 0.0 });
    }

    fn keep(&mut self, phrase: Phrase) {
        if !phrase.parts.is_empty() && self.seen.insert((phrase.means, phrase.parts.clone())) {
            self.index.phrases.push(phrase);
        }
    }

    fn part_id(&mut self, part: &str) -> Option<usize> {
        let pieces: Vec<String> = tokens(part, PHRASE_CHARS_MAX).into_iter().map(|t| t.text).collect();
        let first = pieces.first()?.clone();
        if let Some(id) = self.part_ids.get(&pieces) {
            return Some(*id);
        }
        let id = self.index.parts.len();
        self.index.parts.push(pieces.clone());
        self.index.parts_by_first.entry(first).or_default().push(id);
        self.part_ids.insert(pieces, id);
        Some(id)
    }

    fn add_pairs(&mut self, case_type: &CaseType, target: usize) {
        let mut weights: BTreeMap<(String, String), f64> = BTreeMap::new();
        let texts = [
            (Some(&case_type.name), NAME_PAIR_WEIGHT),
            (Some(&case_type.short), NAME_PAIR_WEIGHT),
            (case_type.hint.as_ref(), HINT_PAIR_WEIGHT),
        ];
        for (words, weight) in texts {
            for text in words.into_iter().flat_map(|w| [&w.zh, &w.en]) {
                let pieces = tokens(text, PHRASE_CHARS_MAX);
                for pair in pieces.windows(2).filter(|p| p[0].sentence == p[1].sentence) {
                    let entry = weights.entry((pair[0].text.clone(), pair[1].text.clone())).or_default();
                    *entry = entry.max(weight);
                }
            }
        }
        for (pair, weight) in weights {
            self.index.pairs.entry(pair).or_default().push((target, weight));
        }
    }

    /// Rarer and longer weighs more: ln(1 + types / types that use the part), times its length. Called once, at the end.
    fn weigh(&mut self) {
        let total = self.index.targets.len();
        let mut used_by: Vec<BTreeSet<usize>> = vec![BTreeSet::new(); self.index.parts.len()];
        for phrase in &self.index.phrases {
            if let Means::Type(target) = phrase.means {
                for part in &phrase.parts {
                    used_by[*part].insert(target);
                }
            }
        }
        let weight_of = |parts: &[Vec<String>], part: usize| {
            rarity(used_by[part].len(), total) * length_factor(&parts[part])
        };
        let Index { parts, phrases, pairs, .. } = &mut self.index;
        for phrase in phrases.iter_mut() {
            phrase.weight = phrase.parts.iter().map(|part| weight_of(parts, *part)).sum();
        }
        for shared in pairs.values_mut() {
            let rare = rarity(shared.len(), total);
            for (_, weight) in shared {
                *weight *= rare;
            }
        }
        for (means, part) in self.lone_parts(&used_by) {
            let weight = weight_of(&self.index.parts, part) * LONE_PART_WEIGHT;
            self.keep(Phrase { parts: vec![part], means, weight });
        }
        self.index.phrases_by_part = vec![Vec::new(); self.index.parts.len()];
        for (i, phrase) in self.index.phrases.iter().enumerate() {
            self.index.phrases_by_part[phrase.parts[0]].push(i);
        }
    }

    /// A rare part says something by itself, so that "里面住了人的仓库" is not answered with silence.
    fn lone_parts(&self, used_by: &[BTreeSet<usize>]) -> BTreeSet<(Means, usize)> {
        let says_something = |part: usize| {
            let bytes: usize = self.index.parts[part].iter().map(String::len).sum();
            bytes >= LONE_PART_BYTES_MIN && (1..=LONE_PART_TYPES_MAX).contains(&used_by[part].len())
        };
        let long =
            self.index.phrases.iter().filter(|p| p.parts.len() > 1 && matches!(p.means, Means::Type(_)));
        long.flat_map(|p| p.parts.iter().map(|part| (p.means, *part)))
            .filter(|(_, part)| says_something(*part))
            .collect()
    }
}

/// The catalogue's phrases of a type, its names split at "、", and its component's name.
fn phrases_of(case_type: &CaseType) -> Vec<String> {
    let names = [Some(&case_type.name), Some(&case_type.short), case_type.component.as_ref()];
    let texts = names.into_iter().flatten().flat_map(|name| [&name.zh, &name.en]);
    let of_names =
        texts.flat_map(|text| text.split(['、', '，', '（', '）', '(', ')', ',', '/', '+'])).map(str::trim);
    // One hanzi alone means nothing.
    let of_names = of_names.filter(|text| text.chars().count() > 1).map(str::to_owned);
    case_type.words.iter().cloned().chain(of_names).collect()
}

/// What few types share tells them apart.
#[expect(clippy::cast_precision_loss, reason = "counts of types, far below 2^52")]
fn rarity(shared_by: usize, of: usize) -> f64 {
    (1.0 + of as f64 / shared_by.max(1) as f64).ln()
}

/// One hanzi says little, a word of four much; a Latin word counts like two hanzi.
fn length_factor(part: &[String]) -> f64 {
    let length: usize =
        part.iter().map(|piece| if piece.len() > 1 && piece.is_ascii() { 2 } else { 1 }).sum();
    match length {
        0 | 1 => 0.6,
        2 => 1.0,
        3 => 1.35,
        4 => 1.6,
        _ => 1.8,
    }
}
