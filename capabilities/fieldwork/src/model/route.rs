//! A patrol route 巡查路线: stops in an order that is short to walk, and the days it is due.

use super::{FormId, RouteId};
use crate::error::FieldworkError;
use geo::{Point, distance_metres};
use jiff::civil::Date;
use platform::Time;
use registry::RecordId;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Stops of one route: more are not walked in one go.
pub const STOPS_MAX: usize = 60;
const NAME_CHARS_MAX: usize = 40;
const LOOK_AT_CHARS_MAX: usize = 200;
const EVERY_DAYS_MAX: i64 = 366;
/// Rounds of straightening; each makes the way shorter, and a few are enough for [`STOPS_MAX`] stops.
const ROUNDS_MAX: usize = 20;

store::text_enum! {
    /// Whether a route is still walked.
    pub RouteState {
        Active = "active",
        Ended = "ended",
    }
}

/// What a route says; a change replaces it.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RouteContent {
    pub name: String,
    /// What to look at at each stop.
    pub look_at: String,
    /// Filled at each stop; none: a look is enough.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub form: Option<FormId>,
    /// Days from one round to the next.
    pub every_days: i64,
    /// The first round.
    #[schema(value_type = String, format = Date)]
    pub from_on: Date,
    /// Places and things of the register, in the order they are walked.
    pub stops: Vec<RecordId>,
}

/// A route.
#[derive(Clone, Debug)]
pub struct Route {
    pub id: RouteId,
    /// The grid.
    pub area_path: String,
    pub state: RouteState,
    /// 1 and upwards; a change names the one it saw.
    pub version: i64,
    pub content: RouteContent,
    /// The next round begins on this day; none where it is walked no more.
    pub next_on: Option<Date>,
    /// The day of the round whose stops are open now.
    pub round_on: Option<Date>,
    pub changed_at: Time,
}

impl RouteContent {
    /// # Errors
    /// Each with its field.
    pub fn check(&self) -> Result<(), FieldworkError> {
        let chars = |text: &str| text.trim().chars().count();
        if !(1..=NAME_CHARS_MAX).contains(&chars(&self.name)) {
            return Err(bad("name", "请写名称，最多 40 个字。", "Give a name of at most 40 characters."));
        }
        if chars(&self.look_at) > LOOK_AT_CHARS_MAX {
            return Err(bad(
                "look_at",
                "看什么最多写 200 个字。",
                "What to look at has at most 200 characters.",
            ));
        }
        if !(1..=EVERY_DAYS_MAX).contains(&self.every_days) {
            return Err(bad("every_days", "间隔 1 到 366 天。", "Between rounds lie 1 to 366 days."));
        }
        let mut once = self.stops.clone();
        once.sort_unstable();
        once.dedup();
        if self.stops.is_empty() || self.stops.len() > STOPS_MAX || once.len() < self.stops.len() {
            return Err(bad("stops", "点位 1 到 60 个，不能重复。", "A route has 1 to 60 stops, each once."));
        }
        Ok(())
    }

    /// The first day of a round that is not before `today`.
    pub fn next_from(&self, today: Date) -> Date {
        let days = i64::from(today.since(self.from_on).map_or(0, |span| span.get_days()));
        let rounds = if days <= 0 { 0 } else { (days + self.every_days - 1) / self.every_days };
        self.from_on.checked_add(jiff::Span::new().days(rounds * self.every_days)).unwrap_or(today)
    }

    /// The last day of a round that begins on a day: the day before the next, or a week.
    pub fn due_of(&self, round_on: Date) -> Date {
        const WEEK: i64 = 7;
        let days = jiff::Span::new().days(self.every_days.min(WEEK) - 1);
        round_on.checked_add(days).unwrap_or(round_on)
    }
}

fn bad(field: &'static str, zh: &'static str, en: &'static str) -> FieldworkError {
    FieldworkError::invalid(field, "fieldwork.bad_route", zh, en)
}

/// An order of points that is short to walk: from the first always to the nearest that is left, then crossings are taken out of the way.
/// Answers places in `points`. The first stays the first.
pub fn suggest_order(points: &[Point]) -> Vec<usize> {
    let mut order = nearest_first(points);
    for _ in 0..ROUNDS_MAX {
        if !straighten(points, &mut order) {
            break;
        }
    }
    order
}

fn nearest_first(points: &[Point]) -> Vec<usize> {
    let mut left: Vec<usize> = (0..points.len()).collect();
    let mut order = Vec::with_capacity(points.len());
    while !left.is_empty() {
        let next = match order.last() {
            None => 0,
            Some(here) => {
                let metres = |at: &usize| distance_metres(points[*here], points[left[*at]]);
                (0..left.len()).min_by(|a, b| metres(a).total_cmp(&metres(b))).unwrap_or(0)
            }
        };
        order.push(left.remove(next));
    }
    order
}

/// Turns a part of the way round wherever that makes it shorter; whether anything was.
fn straighten(points: &[Point], order: &mut [usize]) -> bool {
    const METRES_MIN: f64 = 0.01;
    let mut is_shorter = false;
    for from in 1..order.len() {
        for to in from + 1..order.len() {
            let metres = |a: usize, b: usize| distance_metres(points[order[a]], points[order[b]]);
            let behind = |a: usize| if to + 1 < order.len() { metres(a, to + 1) } else { 0.0 };
            let now = metres(from - 1, from) + behind(to);
            let turned = metres(from - 1, to) + behind(from);
            if turned + METRES_MIN < now {
                order[from..=to].reverse();
                is_shorter = true;
            }
        }
    }
    is_shorter
}

/// How long the way is, in metres as the crow flies.
pub fn metres_of(points: &[Point], order: &[usize]) -> f64 {
    order.windows(2).map(|pair| distance_metres(points[pair[0]], points[pair[1]])).sum()
}

/// What the causes of a route's stops begin with.
const ROUTE: &str = "route:";

/// What the stops of a route are there for, as a key.
pub fn cause_of(id: RouteId) -> String {
    format!("{ROUTE}{}", id.0)
}

/// The route whose stop a task is.
pub fn route_of(cause: &str) -> Option<RouteId> {
    cause.strip_prefix(ROUTE)?.parse().ok().map(RouteId)
}

#[cfg(test)]
mod tests {
    //! Orders are short, whole, and begin where one begins; rounds come when they are due.
    use super::{RouteContent, metres_of, suggest_order};
    use geo::Point;
    use jiff::civil::date;
    use registry::RecordId;
    use uuid::Uuid;

    fn points(places: &[(f64, f64)]) -> Vec<Point> {
        places
            .iter()
            .map(|(x, y)| Point::new(113.1 + x / 1000.0, 27.87 + y / 1000.0).expect("a point"))
            .collect()
    }

    #[test]
    fn a_line_is_walked_along() {
        let line = points(&[(0.0, 0.0), (3.0, 0.0), (1.0, 0.0), (2.0, 0.0)]);
        assert_eq!(suggest_order(&line), [0, 2, 3, 1]);
        assert_eq!(suggest_order(&[]), [0_usize; 0]);
        assert_eq!(suggest_order(&line[..1]), [0]);
    }

    #[test]
    fn crossings_are_taken_out() {
        // From the corner the nearest is in the middle of one side, which leaves the way to cross itself.
        let square = points(&[(0.0, 0.0), (0.0, 1.0), (1.0, 1.1), (1.0, 0.0), (0.5, -0.2), (0.4, 1.3)]);
        let order = suggest_order(&square);
        let mut all = order.clone();
        all.sort_unstable();
        assert_eq!(all, [0, 1, 2, 3, 4, 5]);
        assert_eq!(order[0], 0);
        let best = shortest(&square);
        assert!(metres_of(&square, &order) <= best * 1.001, "{order:?}");
    }

    /// By trying all.
    fn shortest(points: &[Point]) -> f64 {
        fn walk(points: &[Point], order: &mut Vec<usize>, best: &mut f64) {
            if order.len() == points.len() {
                *best = best.min(metres_of(points, order));
                return;
            }
            for next in 1..points.len() {
                if !order.contains(&next) {
                    order.push(next);
                    walk(points, order, best);
                    order.pop();
                }
            }
        }
        let mut best = f64::INFINITY;
        walk(points, &mut vec![0], &mut best);
        best
    }

    #[test]
    fn scattered_stops_are_near_the_shortest_way() {
        let mut chance = 7_u64;
        let mut next = || {
            chance = chance.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (chance >> 40) as f64 / 100_000.0
        };
        for round in 0..20 {
            let places: Vec<(f64, f64)> = (0..8).map(|_| (next(), next())).collect();
            let places = points(&places);
            let found = metres_of(&places, &suggest_order(&places));
            assert!(found <= shortest(&places) * 1.25, "{round}: {found}");
        }
    }

    #[test]
    fn rounds_come_every_so_many_days() {
        let route = RouteContent {
            name: "早巡".to_owned(),
            look_at: String::new(),
            form: None,
            every_days: 3,
            from_on: date(2026, 3, 2),
            stops: vec![RecordId(Uuid::from_u128(1))],
        };
        let rows = [
            (date(2026, 2, 1), date(2026, 3, 2)),
            (date(2026, 3, 2), date(2026, 3, 2)),
            (date(2026, 3, 3), date(2026, 3, 5)),
            (date(2026, 3, 8), date(2026, 3, 8)),
        ];
        for (today, next) in rows {
            assert_eq!(route.next_from(today), next, "{today}");
        }
        assert_eq!(route.due_of(date(2026, 3, 2)), date(2026, 3, 4));
        let monthly = RouteContent { every_days: 30, ..route };
        assert_eq!(monthly.due_of(date(2026, 3, 2)), date(2026, 3, 8), "a week");
    }
}
