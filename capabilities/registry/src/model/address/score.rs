//! How well a known address fits what somebody wrote, and why.

use super::{Level, NONE, Parts, Span, full_text};
use platform::Words;

/// The best score: everything that was written is so.
const POINTS_MAX: u16 = 1000;
/// The best score of an address that differs in the place, in the building or number, within the building.
const OTHER_PLACE_MAX: u16 = 200;
const OTHER_BUILDING_MAX: u16 = 400;
const OTHER_ROOM_MAX: u16 = 600;
/// Taken off for each level that the candidate has and nobody asked for, so that the building itself comes before its homes.
const FINER_POINTS: u16 = 5;
/// Taken off where it fits by another name only, so that of two that fit the one by that name comes first.
const OTHER_NAME_POINTS: u16 = 10;

/// How well two parts of the same level fit.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Verdict {
    Same,
    /// One number of a span.
    Within,
    /// Nearly the same name.
    Close,
    /// The candidate does not state the level.
    NotStated,
    Different,
}

/// What one level adds to a score.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Reason {
    pub level: Level,
    pub verdict: Verdict,
    /// What the candidate has there.
    pub there: Option<String>,
}

impl Reason {
    /// The reason as a person reads it.
    pub fn words(&self) -> Words {
        let (level, there) = (self.level.words(), self.there.as_deref().unwrap_or_default());
        match self.verdict {
            Verdict::Same => Words::new(format!("{}相同", level.zh), format!("same {}", level.en)),
            Verdict::Within => {
                Words::new(format!("{}在{there}之内", level.zh), format!("{} within {there}", level.en))
            }
            Verdict::Close => {
                Words::new(format!("{}相近：{there}", level.zh), format!("similar {}: {there}", level.en))
            }
            Verdict::NotStated => {
                Words::new(format!("{}未登记", level.zh), format!("{} not stated", level.en))
            }
            Verdict::Different => {
                Words::new(format!("{}不同：{there}", level.zh), format!("different {}: {there}", level.en))
            }
        }
    }
}

/// How well a candidate fits, 0 to 1000, and why.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Score {
    pub points: u16,
    /// A reason for each level that was written, the coarse first.
    pub reasons: Vec<Reason>,
    /// The other name by which it fits best, where it is not the candidate's own.
    pub by_name: Option<String>,
}

/// Scores a candidate for what was written. An address without anything below the divisions fits nothing.
pub fn score(asked: &Parts, candidate: &Parts) -> Score {
    let reasons: Vec<Reason> =
        Level::ALL.iter().filter_map(|level| reason(*level, asked, candidate)).collect();
    let weights: u32 = reasons.iter().map(|reason| weight(reason.level)).sum();
    let gained: u32 = reasons.iter().map(|reason| weight(reason.level) * percent(reason.verdict)).sum();
    // Each weight was taken times a hundred; ten times the quotient is the part of a thousand.
    let points = (gained * 10).checked_div(weights).unwrap_or(0) as u16;
    let cap = reasons.iter().map(cap).chain([division_cap(asked, candidate)]).min().unwrap_or(POINTS_MAX);
    let finer = Level::ALL.iter().filter(|level| is_finer(**level, asked, candidate)).count() as u16;
    Score { points: points.min(cap).saturating_sub(finer * FINER_POINTS), reasons, by_name: None }
}

/// Scores a candidate that is also known by other addresses: old names, other names, the number on the street.
pub fn score_best(asked: &Parts, candidate: &Parts, others: &[Parts]) -> Score {
    let by_other = |other: &Parts| {
        let mut score = score(asked, other);
        score.points = score.points.saturating_sub(OTHER_NAME_POINTS);
        Score { by_name: Some(full_text(other)), ..score }
    };
    let own = score(asked, candidate);
    others.iter().map(by_other).fold(own, |best, other| if other.points > best.points { other } else { best })
}

fn reason(level: Level, asked: &Parts, candidate: &Parts) -> Option<Reason> {
    let wanted = asked.get(level)?;
    // A floor that follows from the room is not asked for by itself.
    if level == Level::Floor && asked.room.is_some() {
        return None;
    }
    let there = candidate.get(level);
    let verdict = match there {
        Some(there) => compare(level, wanted, there),
        None if wanted == NONE => Verdict::Same,
        None => Verdict::NotStated,
    };
    Some(Reason { level, verdict, there: there.map(str::to_owned) })
}

fn compare(level: Level, wanted: &str, there: &str) -> Verdict {
    let within = |span: &str, number: &str| Span::parse(span).is_some_and(|span| span.covers(number));
    if wanted == there {
        Verdict::Same
    } else if matches!(level, Level::Road | Level::Estate) {
        compare_names(wanted, there)
    } else if within(there, wanted) || within(wanted, there) {
        Verdict::Within
    } else {
        Verdict::Different
    }
}

/// Names are near where one holds the other (三村 in 田心三村) or half of their pairs of characters agree.
fn compare_names(wanted: &str, there: &str) -> Verdict {
    let (wanted, there) = (core(wanted), core(there));
    if wanted == there {
        return Verdict::Same;
    }
    let (one, other) = (pairs(wanted), pairs(there));
    let common = one.iter().filter(|pair| other.contains(pair)).count();
    let is_near = common * 4 >= one.len() + other.len() && common > 0;
    // 田心一村 and 田心三村 are alike and are two places: what numbers them must agree.
    let is_near = is_near && numerals(wanted) == numerals(there);
    let holds = wanted.chars().count() >= 2 && there.contains(wanted)
        || there.chars().count() >= 2 && wanted.contains(there);
    if holds || is_near { Verdict::Close } else { Verdict::Different }
}

/// A name without the word for what it is.
fn core(name: &str) -> &str {
    let cores = ["小区", "社区", "宿舍区"].iter().filter_map(|ending| name.strip_suffix(ending));
    cores.filter(|core| core.chars().count() >= 2).min_by_key(|core| core.len()).unwrap_or(name)
}

fn pairs(name: &str) -> Vec<(char, char)> {
    name.chars().zip(name.chars().skip(1)).collect()
}

fn numerals(name: &str) -> String {
    name.chars()
        .filter(|c| c.is_ascii_alphanumeric() || "一二三四五六七八九十东南西北".contains(*c))
        .collect()
}

/// How much a level says, relative to the others.
const fn weight(level: Level) -> u32 {
    match level {
        Level::Estate => 300,
        Level::Road => 200,
        Level::Number => 200,
        Level::Building => 200,
        Level::Room => 200,
        Level::Group | Level::Unit | Level::Lane => 100,
        Level::Annex | Level::Floor => 50,
    }
}

const fn percent(verdict: Verdict) -> u32 {
    match verdict {
        Verdict::Same => 100,
        Verdict::Within => 90,
        Verdict::Close => 70,
        Verdict::NotStated => 30,
        Verdict::Different => 0,
    }
}

/// However much else agrees, another building is another building.
fn cap(reason: &Reason) -> u16 {
    match (reason.verdict, reason.level) {
        (Verdict::Different, Level::Road | Level::Estate) => OTHER_PLACE_MAX,
        (Verdict::Different, Level::Lane | Level::Number | Level::Group | Level::Building) => {
            OTHER_BUILDING_MAX
        }
        (Verdict::Different, _) => OTHER_ROOM_MAX,
        _ => POINTS_MAX,
    }
}

/// A division of the same kind with another name is another place: 田心街道, 响石岭街道.
fn division_cap(asked: &Parts, candidate: &Parts) -> u16 {
    let kind = |division: &str| division.chars().last();
    let differs = |wanted: &String| {
        let mut same_kind = candidate.divisions.iter().filter(|there| kind(there) == kind(wanted)).peekable();
        same_kind.peek().is_some() && !same_kind.any(|there| there == wanted)
    };
    if asked.divisions.iter().any(differs) { OTHER_PLACE_MAX } else { POINTS_MAX }
}

fn is_finer(level: Level, asked: &Parts, candidate: &Parts) -> bool {
    asked.get(level).is_none() && candidate.get(level).is_some_and(|there| there != NONE)
}

#[cfg(test)]
mod tests {
    //! Which of several addresses fits, and what is said about it.
    use super::super::parse;
    use super::{score, score_best};
    use proptest::prelude::*;

    #[test]
    fn the_best_candidate_comes_first() {
        let rows: &[(&str, &[&str])] = &[
            (
                "田心三村5栋",
                &[
                    "田心三村5栋",
                    "田心三村5栋2单元",
                    "田心三村5栋2单元301室",
                    "田心三村",
                    "田心三村6栋",
                    "田心一村5栋",
                ],
            ),
            (
                "三村5-2-301",
                &[
                    "田心三村5栋2单元301室",
                    "田心三村5栋2单元",
                    "田心三村5栋2单元302室",
                    "田心三村6栋2单元301室",
                    "清石村3组28号",
                ],
            ),
            (
                "田心三村5栋2单元",
                &["田心三村5栋2单元", "田心三村5栋1-3单元", "田心三村5栋", "田心三村5栋4单元"],
            ),
            (
                "石峰区田心街道建设路5号",
                &["石峰区田心街道建设路5号", "建设路7号", "石峰区响石岭街道建设路5号"],
            ),
            ("田心三村5栋301", &["田心三村5栋无单元301室", "田心三村5栋2单元301室", "田心三村5栋2单元302室"]),
        ];
        for (asked, candidates) in rows {
            let points: Vec<u16> =
                candidates.iter().map(|c| score(&parse(asked), &parse(c)).points).collect();
            assert!(points.windows(2).all(|pair| pair[0] > pair[1]), "{asked}: {points:?}");
        }
    }

    #[test]
    fn reasons_are_told_in_words() {
        let score = score(&parse("三村5栋2单元301"), &parse("田心三村5栋1-3单元302室"));
        let reasons: Vec<String> =
            score.reasons.iter().map(|reason| reason.words().zh.into_owned()).collect();
        assert_eq!(reasons, ["小区或村相近：田心三村", "楼栋相同", "单元在1-3之内", "室号不同：302"]);
        assert!(score.reasons.iter().all(|reason| !reason.words().en.is_empty()));
    }

    #[test]
    fn old_names_are_candidates_too() {
        let (own, old) = (parse("田心三村5栋"), parse("电力机车厂宿舍5栋"));
        let found = score_best(&parse("机车厂宿舍5栋"), &own, std::slice::from_ref(&old));
        assert_eq!(found.by_name.as_deref(), Some("电力机车厂宿舍5栋"));
        assert!(found.points > 700, "{}", found.points);
        let by_own_name = score_best(&own, &own, std::slice::from_ref(&old));
        assert_eq!((by_own_name.points, by_own_name.by_name), (1000, None));
    }

    #[test]
    fn nothing_asked_fits_nothing() {
        assert_eq!(score(&parse(""), &parse("田心三村5栋")).points, 0);
    }

    fn address() -> impl Strategy<Value = String> {
        (
            "(田心三村|清石村|建设北路|)",
            "([1-9]号|)",
            "([1-9]栋|A座|)",
            "([1-3]单元|无单元|)",
            "([1-9]0[1-4]室|)",
        )
            .prop_map(|(a, b, c, d, e)| [a, b, c, d, e].concat())
    }

    proptest! {
        #[test]
        fn nothing_fits_better_than_itself(one in address(), other in address()) {
            let (one, other) = (parse(&one), parse(&other));
            let own = score(&one, &one).points;
            prop_assert_eq!(own, if one.is_empty() { 0 } else { 1000 });
            prop_assert!(score(&one, &other).points <= own);
        }
    }
}
