//! Suggests the type of a case from what a person wrote, and shows which words it went by.
//!
//! No learning and no chance: the same words give the same answer. Two things count. A **phrase** of the catalogue that stands in the
//! text ("漏水"; "水管+爆" wants both in one sentence, near each other) counts by its length and by how few types share it. **Pairs** of
//! neighbouring characters (or Latin words) that the text shares with a type's name or hint count a little, so that a type nobody
//! wrote phrases for is still found.

mod tokens;

#[cfg(test)]
mod tests;

use crate::catalogue::{CaseType, Catalogue, Elsewhere};
use platform::{Lang, Words};
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use tokens::{Token, join, tokens};

/// Characters that are read; the matter stands at the beginning of a report, or nowhere.
pub const SUGGEST_CHARS_MAX: usize = 2_000;
/// Suggestions given at most.
pub const SUGGESTIONS_MAX: usize = 5;

/// Pieces between the parts of one phrase: "水管" … "爆" farther apart speak of different things.
const PART_DISTANCE_MAX: usize = 18;
/// Places of one part that are remembered; a text that repeats itself gains nothing.
const PLACES_MAX: usize = 8;
/// What a shared pair weighs against a phrase: in the name, and in the hint.
const NAME_PAIR_WEIGHT: f64 = 0.35;
const HINT_PAIR_WEIGHT: f64 = 0.10;
/// Below this raw score nothing is suggested: one common pair is chance.
const RAW_SCORE_MIN: f64 = 1.2;
/// The raw score that is shown as 0.5.
const RAW_SCORE_HALF: f64 = 6.0;
/// What most people report is a little likelier.
const COMMON_FACTOR: f64 = 1.1;

/// A type the words speak of.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct Suggestion {
    pub code: String,
    pub name: Words,
    /// 0 to 1; only the order matters.
    pub score: f64,
    /// The pieces of the person's own words it went by, weightiest first. Never empty.
    pub because: Vec<String>,
}

impl Suggestion {
    /// “因为您写到了“水管”“爆””
    pub fn sentence(&self, lang: Lang) -> String {
        match lang {
            Lang::Zh => {
                let quoted: String = self.because.iter().map(|piece| format!("“{piece}”")).collect();
                format!("因为您写到了{quoted}")
            }
            Lang::En => {
                let quoted: Vec<String> = self.because.iter().map(|piece| format!("“{piece}”")).collect();
                format!("because you wrote {}", quoted.join(", "))
            }
        }
    }
}

/// What a catalogue's words look like from the side of a text. Built once per catalogue.
#[derive(Debug)]
pub struct Suggester {
    targets: Vec<Target>,
    elsewhere: Vec<Elsewhere>,
    /// Every distinct part of a phrase, and where to look for it: by its first piece.
    parts: Vec<Vec<String>>,
    parts_by_first: HashMap<String, Vec<usize>>,
    phrases: Vec<Phrase>,
    /// Pair → (target, weight).
    pairs: HashMap<(String, String), Vec<(usize, f64)>>,
}

#[derive(Debug)]
struct Target {
    code: String,
    name: Words,
    common: bool,
}

/// Parts that must all stand near each other.
#[derive(Debug)]
struct Phrase {
    parts: Vec<usize>,
    means: Means,
    weight: f64,
}

#[derive(Clone, Copy, PartialEq, Debug)]
enum Means {
    Type(usize),
    Elsewhere(usize),
}

/// Where a phrase stands in a text: piece ranges of its parts.
struct Hit {
    phrase: usize,
    places: Vec<(usize, usize)>,
}

impl Suggester {
    /// Reads every type that residents are offered.
    pub fn new(catalogue: &Catalogue) -> Self {
        let mut suggester = Self {
            targets: Vec::new(),
            elsewhere: catalogue.elsewhere().to_vec(),
            parts: Vec::new(),
            parts_by_first: HashMap::new(),
            phrases: Vec::new(),
            pairs: HashMap::new(),
        };
        let mut part_ids = HashMap::new();
        for case_type in catalogue.types().filter(|t| t.offered) {
            let target = suggester.targets.len();
            suggester.targets.push(Target {
                code: case_type.code.clone(),
                name: case_type.name.clone(),
                common: case_type.common,
            });
            for phrase in phrases_of(case_type) {
                suggester.add_phrase(&phrase, Means::Type(target), &mut part_ids);
            }
            suggester.add_pairs(case_type, target);
        }
        for i in 0..suggester.elsewhere.len() {
            for phrase in suggester.elsewhere[i].words.clone() {
                suggester.add_phrase(&phrase, Means::Elsewhere(i), &mut part_ids);
            }
        }
        suggester.weigh();
        suggester
    }

    /// The likeliest types, best first, at most [`SUGGESTIONS_MAX`]; empty when the words say nothing known.
    pub fn suggest(&self, words: &str) -> Vec<Suggestion> {
        let text = tokens(words, SUGGEST_CHARS_MAX);
        let hits = self.hits(&text);
        let mut found: BTreeMap<usize, Vec<&Hit>> = BTreeMap::new();
        for hit in &hits {
            if let Means::Type(target) = self.phrases[hit.phrase].means {
                found.entry(target).or_default().push(hit);
            }
        }
        let pairs = self.shared_pairs(&text);
        let candidates: BTreeSet<usize> = found.keys().chain(pairs.keys()).copied().collect();
        let mut scored: Vec<(f64, &Target, Vec<String>)> = candidates
            .into_iter()
            .filter_map(|target| {
                let hits = found.remove(&target).unwrap_or_default();
                let shared = pairs.get(&target).map_or(&[][..], Vec::as_slice);
                self.score(target, hits, shared, &text)
            })
            .collect();
        scored.sort_by(|a, b| b.0.total_cmp(&a.0).then_with(|| a.1.code.cmp(&b.1.code)));
        scored.truncate(SUGGESTIONS_MAX);
        scored
            .into_iter()
            .map(|(raw, target, because)| Suggestion {
                code: target.code.clone(),
                name: target.name.clone(),
                score: raw / (raw + RAW_SCORE_HALF),
                because,
            })
            .collect()
    }

    /// What the words speak of that is not handled here, in the order of the catalogue.
    pub fn belongs_elsewhere(&self, words: &str) -> Vec<&Elsewhere> {
        let text = tokens(words, SUGGEST_CHARS_MAX);
        let called: BTreeSet<usize> = self
            .hits(&text)
            .into_iter()
            .filter_map(|hit| match self.phrases[hit.phrase].means {
                Means::Elsewhere(i) => Some(i),
                Means::Type(_) => None,
            })
            .collect();
        called.into_iter().map(|i| &self.elsewhere[i]).collect()
    }

    fn add_phrase(&mut self, phrase: &str, means: Means, part_ids: &mut HashMap<Vec<String>, usize>) {
        let mut parts = Vec::new();
        for part in phrase.split('+') {
            let pieces: Vec<String> = tokens(part, SUGGEST_CHARS_MAX).into_iter().map(|t| t.text).collect();
            let Some(first) = pieces.first().cloned() else { continue };
            let id = *part_ids.entry(pieces.clone()).or_insert_with(|| {
                self.parts.push(pieces);
                self.parts_by_first.entry(first).or_default().push(self.parts.len() - 1);
                self.parts.len() - 1
            });
            parts.push(id);
        }
        if !parts.is_empty() && !self.phrases.iter().any(|p| p.means == means && p.parts == parts) {
            self.phrases.push(Phrase { parts, means, weight: 0.0 });
        }
    }

    fn add_pairs(&mut self, case_type: &CaseType, target: usize) {
        let mut weights: BTreeMap<(String, String), f64> = BTreeMap::new();
        let mut add = |text: &Words, weight: f64| {
            for text in [&text.zh, &text.en] {
                for pair in
                    tokens(text, SUGGEST_CHARS_MAX).windows(2).filter(|p| p[0].sentence == p[1].sentence)
                {
                    let entry = weights.entry((pair[0].text.clone(), pair[1].text.clone())).or_default();
                    *entry = entry.max(weight);
                }
            }
        };
        add(&case_type.name, NAME_PAIR_WEIGHT);
        add(&case_type.short, NAME_PAIR_WEIGHT);
        if let Some(hint) = &case_type.hint {
            add(hint, HINT_PAIR_WEIGHT);
        }
        for (pair, weight) in weights {
            self.pairs.entry(pair).or_default().push((target, weight));
        }
    }

    /// Rarer and longer weighs more: ln(1 + types / types that use the part), times its length.
    fn weigh(&mut self) {
        #[expect(clippy::cast_precision_loss, reason = "counts of types, far below 2^52")]
        let rarity = |shared_by: usize, of: usize| (1.0 + of as f64 / shared_by.max(1) as f64).ln();
        let total = self.targets.len();
        let mut used_by: Vec<BTreeSet<usize>> = vec![BTreeSet::new(); self.parts.len()];
        for phrase in &self.phrases {
            if let Means::Type(target) = phrase.means {
                for part in &phrase.parts {
                    used_by[*part].insert(target);
                }
            }
        }
        for phrase in &mut self.phrases {
            phrase.weight = phrase
                .parts
                .iter()
                .map(|part| rarity(used_by[*part].len(), total) * length_factor(&self.parts[*part]))
                .sum();
        }
        for shared in self.pairs.values_mut() {
            let rare = rarity(shared.len(), total);
            for (_, weight) in shared {
                *weight *= rare;
            }
        }
    }

    /// Every phrase that stands in the text, once, where its parts are nearest.
    fn hits(&self, text: &[Token]) -> Vec<Hit> {
        let mut places: HashMap<usize, Vec<usize>> = HashMap::new();
        for at in 0..text.len() {
            for part in self.parts_by_first.get(&text[at].text).into_iter().flatten() {
                let found = places.entry(*part).or_default();
                if found.len() < PLACES_MAX && stands_at(&self.parts[*part], text, at) {
                    found.push(at);
                }
            }
        }
        let hit = |(phrase, wanted): (usize, &Phrase)| {
            let lists: Option<Vec<&Vec<usize>>> =
                wanted.parts.iter().map(|part| places.get(part).filter(|found| !found.is_empty())).collect();
            let starts = nearest(&lists?, text)?;
            let places =
                wanted.parts.iter().zip(starts).map(|(p, at)| (at, at + self.parts[*p].len())).collect();
            Some(Hit { phrase, places })
        };
        self.phrases.iter().enumerate().filter_map(hit).collect()
    }

    /// Pairs of neighbours the text shares with each target: (weight, place).
    fn shared_pairs(&self, text: &[Token]) -> BTreeMap<usize, Vec<(f64, usize)>> {
        let mut shared: BTreeMap<usize, Vec<(f64, usize)>> = BTreeMap::new();
        let mut seen = BTreeSet::new();
        for (at, pair) in text.windows(2).enumerate() {
            let key = (pair[0].text.clone(), pair[1].text.clone());
            if pair[0].sentence != pair[1].sentence || !seen.insert(key.clone()) {
                continue;
            }
            for (target, weight) in self.pairs.get(&key).into_iter().flatten() {
                shared.entry(*target).or_default().push((*weight, at));
            }
        }
        shared
    }

    /// Phrases count where no weightier phrase of the same type already stands; pairs count everywhere.
    fn score<'a>(
        &'a self,
        target: usize,
        mut hits: Vec<&Hit>,
        shared: &[(f64, usize)],
        text: &[Token],
    ) -> Option<(f64, &'a Target, Vec<String>)> {
        hits.sort_by(|a, b| {
            self.phrases[b.phrase]
                .weight
                .total_cmp(&self.phrases[a.phrase].weight)
                .then(a.phrase.cmp(&b.phrase))
        });
        let mut covered = BTreeSet::new();
        let mut raw = 0.0;
        let mut because: Vec<String> = Vec::new();
        for hit in hits {
            let pieces: Vec<usize> = hit.places.iter().flat_map(|(from, to)| *from..*to).collect();
            let new = pieces.iter().filter(|piece| covered.insert(**piece)).count();
            #[expect(clippy::cast_precision_loss, reason = "a phrase has a handful of pieces")]
            let share = new as f64 / pieces.len() as f64;
            if new == 0 {
                continue;
            }
            raw += self.phrases[hit.phrase].weight * share;
            for (from, to) in &hit.places {
                let piece = join(&text[*from..*to]);
                if !because.iter().any(|shown| shown.contains(&piece)) {
                    because.push(piece);
                }
            }
        }
        raw += shared.iter().map(|(weight, _)| weight).sum::<f64>();
        if because.is_empty() {
            because = runs(shared, text);
            // One pair of hanzi that a name happens to share ("老人") is chance; "公交" + "交站" is not.
            if shared.len() < 2 && shared.iter().all(|(_, at)| !text[*at].latin) {
                return None;
            }
        }
        let target = &self.targets[target];
        let raw = if target.common { raw * COMMON_FACTOR } else { raw };
        (raw >= RAW_SCORE_MIN).then_some((raw, target, because))
    }
}

/// The catalogue's phrases of a type, its names split at "、", and its component's name.
fn phrases_of(case_type: &CaseType) -> Vec<String> {
    let names = [Some(&case_type.name), Some(&case_type.short), case_type.component.as_ref()];
    let split = |text: &str| -> Vec<String> {
        text.split(['、', '，', '（', '）', ',', '/'])
            .map(str::trim)
            .filter(|s| !s.is_empty())
            .map(str::to_owned)
            .collect()
    };
    let mut phrases = case_type.words.clone();
    for name in names.into_iter().flatten() {
        phrases.extend(split(&name.zh));
        phrases.extend(split(&name.en));
    }
    // One hanzi alone means nothing; a "+" in a name is not our sign.
    phrases.retain(|p| p.contains('+') && case_type.words.contains(p) || p.chars().count() > 1);
    phrases
}

fn stands_at(part: &[String], text: &[Token], at: usize) -> bool {
    let Some(there) = text.get(at..at + part.len()) else { return false };
    there.iter().zip(part).all(|(token, piece)| token.text == *piece)
        && there.iter().all(|token| token.sentence == there[0].sentence)
}

/// The start of each part where they stand in one sentence and nearest to the first part.
fn nearest(places: &[&Vec<usize>], text: &[Token]) -> Option<Vec<usize>> {
    let near = |first: usize| -> Option<Vec<usize>> {
        let mut starts = vec![first];
        for list in &places[1..] {
            let next = list
                .iter()
                .copied()
                .filter(|at| {
                    text[*at].sentence == text[first].sentence && at.abs_diff(first) <= PART_DISTANCE_MAX
                })
                .min_by_key(|at| at.abs_diff(first))?;
            starts.push(next);
        }
        Some(starts)
    };
    places.first()?.iter().find_map(|first| near(*first))
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

/// Shared pairs that touch, read as one piece: "公 交" + "交 站" is "公交站".
fn runs(shared: &[(f64, usize)], text: &[Token]) -> Vec<String> {
    let mut places: Vec<usize> = shared.iter().map(|(_, at)| *at).collect();
    places.sort_unstable();
    let mut runs: Vec<(usize, usize)> = Vec::new();
    for at in places {
        match runs.last_mut() {
            Some((_, to)) if at < *to => *to = at + 2,
            _ => runs.push((at, at + 2)),
        }
    }
    runs.into_iter().map(|(from, to)| join(&text[from..to])).collect()
}
