//! Similar cases 相似事件: earlier cases of the same matter, found by words, place, time and type, each with its reasons.
//!
//! No learning and no chance: the points are sums that a dispatcher can check. Up to 55 for the words both say (rare ones count more),
//! 30 for the place, 10 for the type, 5 for the time. What lies farther than [`NEAR_M`] away is another matter, whatever it says.

mod follow;
mod http;
mod index;
mod place;
mod telling;

#[cfg(test)]
mod tests;

pub use follow::Memory;
pub(crate) use http::*;
pub use place::{NEAR_M, Spot, same_place};

use crate::access::{self, Sight};
use crate::error::CaseError;
use crate::http::viewer;
use crate::model::CaseId;
use crate::queries::{self, Line};
use crate::view::CaseLine;
use ::store::Conn;
use edge::Edge;
use platform::{Actor, Time, Words};
use serde::Serialize;
use utoipa::ToSchema;

/// Cases given at most.
pub const SIMILAR_ROWS_MAX: usize = 5;
/// How far back a matter is looked for.
pub const DAYS_BACK: u32 = 90;
/// More are read than given: what changed since the index heard of it falls out.
const ROWS_READ_MAX: usize = 2 * SIMILAR_ROWS_MAX;
/// States of what goes on elsewhere, was taken back, or was none of the district's business.
const UNOFFERED_STATES: &[&str] = &["merged", "withdrawn", "refused"];

/// What earlier cases are looked for: a case, or words and a place about to be filed.
#[derive(Clone, Debug)]
pub struct Asked {
    pub words: String,
    pub spot: Spot,
    pub type_code: Option<String>,
    /// Cases reported before this moment, [`DAYS_BACK`] at most.
    pub at: Time,
    /// The case itself, where it is one.
    pub but: Option<CaseId>,
}

/// One reason, with what it counts.
#[derive(Clone, PartialEq, Debug, Serialize, ToSchema)]
pub struct LikenessPart {
    /// `words`, `place`, `type`, `time`
    pub part: String,
    pub points: u32,
    pub points_max: u32,
    /// 都提到“电梯坏” · 相距 40 米 · 同一类事项 · 相隔 3 天
    pub words: Words,
}

use LikenessPart as Part;

impl LikenessPart {
    fn new(part: &str, points: f32, points_max: f32, words: Words) -> Self {
        Self { part: part.to_owned(), points: points.round() as u32, points_max: points_max as u32, words }
    }
}

/// How alike two matters are, and why.
#[derive(Clone, PartialEq, Debug)]
pub struct Likeness {
    /// 0 to 100
    pub points: u32,
    /// What both say, weightiest first.
    pub words: Vec<String>,
    pub parts: Vec<LikenessPart>,
}

/// An earlier case of what seems the same matter.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct SimilarCase {
    pub case: CaseLine,
    /// 0 to 100, the sum of its parts.
    pub score: u32,
    pub parts: Vec<LikenessPart>,
    /// All reasons in one sentence.
    pub why: Words,
}

/// What the later words tell that the earlier ones do not, and which share of the later words that is (0 to 1).
pub fn new_facts(earlier: &str, later: &str) -> (Vec<String>, f32) {
    telling::added(earlier, later)
}

/// Earlier cases like what is asked, the likeliest first, of those the actor may see.
///
/// # Errors
/// A fault of the database.
pub async fn list_similar(edge: &Edge, actor: &Actor, asked: &Asked) -> Result<Vec<SimilarCase>, CaseError> {
    let memory = edge.fixture::<Memory>();
    let found = memory.find(&edge.db, actor.district, asked, &Sight(actor), ROWS_READ_MAX).await?;
    let (district, ids) = (actor.district, found.iter().map(|m| m.id).collect::<Vec<_>>());
    let lines = match ids.is_empty() {
        true => Vec::new(),
        false => {
            let read = async move |conn: &mut Conn| queries::map::lines_of(conn, district, ids.clone()).await;
            edge.db.read(read).await?
        }
    };
    let viewer = viewer(edge, actor);
    let is_offered =
        |line: &&Line| access::may_see_line(actor, line) && !UNOFFERED_STATES.contains(&line.state.as_str());
    let offered = lines.iter().filter(is_offered).filter_map(|line| {
        let likeness = found.iter().find(|m| m.id == line.id)?.likeness.clone();
        Some(SimilarCase {
            case: viewer.line(line),
            score: likeness.points,
            why: sentence(&likeness),
            parts: likeness.parts,
        })
    });
    Ok(offered.take(SIMILAR_ROWS_MAX).collect())
}

fn sentence(likeness: &Likeness) -> Words {
    let all = |pick: fn(&Words) -> &str| -> Vec<String> {
        likeness.parts.iter().map(|part| pick(&part.words).to_owned()).collect()
    };
    Words::new(
        format!("{}。", all(|words| &words.zh).join("，")),
        format!("{}.", all(|words| &words.en).join("; ")),
    )
}
