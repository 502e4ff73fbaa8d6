//! Suggests the type of a case from what a person wrote, and shows which words it went by.
//!
//! No learning and no chance: the same words give the same answer. Two things count. A **phrase** of the catalogue that stands in the
//! text ("漏水"; "水管+爆" wants both in one sentence, near each other) counts by its length and by how few types share it. **Pairs** of
//! neighbouring characters (or Latin words) that the text shares with a type's name or hint count a little, so that a type nobody
//! wrote phrases for is still found.

mod index;
mod tokens;

#[cfg(test)]
mod tests;

use crate::catalogue::{Catalogue, Elsewhere};
use index::{Index, Means, Target};
use platform::{Lang, Words};
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};
use tokens::{Token, join, tokens};

/// Characters that are read; the matter stands at the beginning of a report, or nowhere.
pub const SUGGEST_CHARS_MAX: usize = 2_000;
/// Suggestions given at most.
pub const SUGGESTIONS_MAX: usize = 5;

/// Pieces between the parts of one phrase: "水管" … "爆" farther apart speak of different things.
const PART_DISTANCE_MAX: usize = 18;
/// Places of one part that are remembered; a text that repeats itself gains nothing.
const PLACES_MAX: usize = 8;
/// Below this raw score nothing is suggested: one common pair is chance.
const RAW_SCORE_MIN: f64 = 2.0;
/// The raw score that is shown as 0.5.
const RAW_SCORE_HALF: f64 = 6.0;
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
    index: Index,
    elsewhere: Vec<Elsewhere>,
}

/// Where a phrase stands in a text: piece ranges of its parts.
struct Hit {
    phrase: usize,
    places: Vec<(usize, usize)>,
}

impl Suggester {
    /// Reads every type that residents are offered.
    pub fn new(catalogue: &Catalogue) -> Self {
        Self { index: Index::of(catalogue), elsewhere: catalogue.elsewhere().to_vec() }
    }

    /// The likeliest types, best first, at most [`SUGGESTIONS_MAX`]; empty when the words say nothing known.
    pub fn suggest(&self, words: &str) -> Vec<Suggestion> {
        let text = tokens(words, SUGGEST_CHARS_MAX);
        let hits = self.hits(&text);
        let mut found: BTreeMap<usize, Vec<&Hit>> = BTreeMap::new();
        for hit in &hits {
            if let Means::Type(target) = self.index.phrases[hit.phrase].means {
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
            .filter_map(|hit| match self.index.phrases[hit.phrase].means {
                Means::Elsewhere(i) => Some(i),
                Means::Type(_) => None,
            })
            .collect();
        called.into_iter().map(|i| &self.elsewhere[i]).collect()
    }

    /// Every phrase that stands in the text, once, where its parts are nearest; in the order of the index.
    fn hits(&self, text: &[Token]) -> Vec<Hit> {
        let mut places: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
        for at in 0..text.len() {
            for part in self.index.parts_by_first.get(&text[at].text).into_iter().flatten() {
                if stands_at(&self.index.parts[*part], text, at) {
                    let found = places.entry(*part).or_default();
                    if found.len() < PLACES_MAX {
                        found.push(at);
                    }
                }
            }
        }
        let begun: BTreeSet<usize> =
            places.keys().flat_map(|part| &self.index.phrases_by_part[*part]).copied().collect();
        begun.into_iter().filter_map(|phrase| self.hit(phrase, &places, text)).collect()
    }

    fn hit(&self, phrase: usize, places: &BTreeMap<usize, Vec<usize>>, text: &[Token]) -> Option<Hit> {
        let parts = &self.index.phrases[phrase].parts;
        let lists: Option<Vec<&Vec<usize>>> = parts.iter().map(|part| places.get(part)).collect();
        let starts = nearest(&lists?, text)?;
        let ends = parts.iter().zip(starts).map(|(part, at)| (at, at + self.index.parts[*part].len()));
        Some(Hit { phrase, places: ends.collect() })
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
            for (target, weight) in self.index.pairs.get(&key).into_iter().flatten() {
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
            self.index.phrases[b.phrase]
                .weight
                .total_cmp(&self.index.phrases[a.phrase].weight)
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
            raw += self.index.phrases[hit.phrase].weight * share;
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
        let target = &self.index.targets[target];
        let raw = raw * target.factor;
        (raw >= RAW_SCORE_MIN).then_some((raw, target, because))
    }
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
