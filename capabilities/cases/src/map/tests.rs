//! What a view shows of many cases, whose they are, and how long that takes.

use super::chart::*;
use super::figures::{Figure, Moment};
use crate::model::CaseId;
use platform::{OrganisationId, Scope, Time};
use std::time::Instant;

const STREET: &str = "430204/430204001";

fn at(minute: i64) -> Time {
    Time::from_micros(1_795_232_400_000_000 + minute * 60_000_000)
}

fn mark(n: u128, lon: f64, lat: f64, path: &str) -> Mark {
    Mark {
        id: CaseId(uuid::Uuid::from_u128(n)),
        number: format!("261122-{n:08}"),
        workflow_version: 1,
        state: "handling".to_owned(),
        type_code: "P01002".to_owned(),
        area_path: path.into(),
        unit: None,
        lon: Some(lon),
        lat: Some(lat),
        due_at: Some(at(n as i64 % 200 - 100)),
        reported_at: at(-600),
        closed_at: None,
        level: (n % 5) as u8,
        flags: is::OPEN,
    }
}

/// So many cases over a district of twenty kilometres, the same each time.
fn town(count: u128) -> Chart {
    let mut chart = Chart::default();
    let share = |n: u128, by: u128| (n.wrapping_mul(by) >> 11 & 0xffff) as f64 / 65536.0;
    for n in 0..count {
        let path = format!("{STREET}/430204001{:03}/430204001{:03}J001", n % 40, n % 40);
        chart.put(mark(
            n,
            113.03 + share(n, 0x9E37_79B9) * 0.22,
            27.85 + share(n, 0x85EB_CA6B) * 0.18,
            &path,
        ));
    }
    chart
}

fn sight(area: &str) -> Sight {
    Sight { area: area.to_owned(), scopes: vec![Scope::District] }
}

fn view(zoom: f64) -> View {
    View { bounds: geo::Bbox { west: 113.0, south: 27.8, east: 113.3, north: 28.1 }, zoom }
}

fn open(spot: &Spot) -> bool {
    Figure::Open.holds(spot, &Moment::at(at(0)))
}

#[test]
fn few_are_shown_one_by_one_and_many_in_cells_that_lose_none() {
    let chart = town(500);
    let Shown::Single(cases) = chart.show(&sight("430204"), &view(11.0), at(0), open) else {
        panic!("cells")
    };
    assert_eq!(cases.len(), 500);
    let chart = town(20_000);
    for zoom in [0.0, 5.0, 11.0, 14.0, 22.0] {
        let Shown::Cells(cells) = chart.show(&sight("430204"), &view(zoom), at(0), open) else {
            panic!("single")
        };
        assert!(cells.len() <= CELLS_MAX, "zoom {zoom}: {}", cells.len());
        assert_eq!(cells.iter().map(|c| c.count).sum::<u32>(), 20_000, "zoom {zoom}");
        assert_eq!(cells.iter().map(|c| c.overdue).sum::<u32>(), 10_000, "zoom {zoom}");
    }
}

#[test]
fn moving_the_view_moves_no_case_into_another_cell() {
    let chart = town(20_000);
    let mut moved = view(12.0);
    moved.bounds.west += 0.0123;
    let (Shown::Cells(one), Shown::Cells(other)) = (
        chart.show(&sight("430204"), &view(12.0), at(0), open),
        chart.show(&sight("430204"), &moved, at(0), open),
    ) else {
        panic!("single")
    };
    let inner = other.iter().filter(|cell| cell.centre.lon() > 113.04);
    assert!(inner.clone().count() > 50 && inner.clone().all(|cell| one.contains(cell)));
}

#[test]
fn one_sees_what_is_within_the_scope_and_the_area_asked_for() {
    let mut chart = Chart::default();
    let unit = OrganisationId(uuid::Uuid::from_u128(7));
    chart.put(mark(1, 113.1, 27.9, "430204/430204001/430204001008"));
    chart.put(Mark { unit: Some(unit), ..mark(2, 113.1, 27.9, "430204/430204002/430204002001") });
    let count = |area: &str, scopes: Vec<Scope>| {
        chart
            .by_due(&Sight { area: area.to_owned(), scopes }, open)
            .iter()
            .map(|m| m.id.0.as_u128())
            .sum::<u128>()
    };
    assert_eq!(count("430204", vec![Scope::District]), 3);
    assert_eq!(count(STREET, vec![Scope::District]), 1);
    assert_eq!(count("430204", vec![Scope::Area { path: STREET.to_owned() }]), 1);
    assert_eq!(count("430204", vec![Scope::Unit { organisation: unit }]), 2);
    assert_eq!(count("430204", vec![Scope::Own]), 0);
    assert_eq!(count(STREET, vec![Scope::Unit { organisation: unit }]), 0);
}

#[test]
fn what_ended_or_has_no_place_is_told_apart() {
    let mut chart = Chart::default();
    chart.put(Mark { lon: None, ..mark(1, 0.0, 27.9, STREET) });
    chart.put(mark(2, 113.1, 27.9, STREET));
    let done = Mark { flags: is::DONE, closed_at: Some(at(-5)), ..mark(2, 113.1, 27.9, STREET) };
    assert_eq!(chart.by_due(&sight("430204"), open).len(), 2);
    chart.put(done);
    assert_eq!(chart.by_due(&sight("430204"), open).len(), 1, "the same case, put again");
    let moment = Moment::at(at(0));
    assert_eq!(chart.by_due(&sight("430204"), |s| Figure::Done.holds(s, &moment)).len(), 1);
    let Shown::Single(placed) = chart.show(&sight("430204"), &view(11.0), at(0), |_| true) else {
        panic!("cells")
    };
    assert_eq!(placed.len(), 1);
}

#[test]
fn a_view_without_ground_shows_nothing() {
    let chart = town(10);
    let bounds = geo::Bbox { west: 113.3, south: 27.8, east: 113.0, north: 28.1 };
    for zoom in [11.0, f64::NAN, f64::INFINITY] {
        let shown = chart.show(&sight("430204"), &View { bounds, zoom }, at(0), open);
        assert!(matches!(shown, Shown::Single(cases) if cases.is_empty()));
    }
}

/// Prints what a view costs. Not asserted here: a debug build and a busy machine say nothing. `cargo test -p cases --release
/// chart -- --ignored --nocapture`.
#[test]
#[ignore = "a measurement"]
fn a_view_of_a_hundred_thousand() {
    let chart = town(100_000);
    for zoom in [10.0, 12.0, 14.0] {
        let begun = Instant::now();
        for _ in 0..200 {
            std::hint::black_box(chart.show(&sight("430204"), &view(zoom), at(0), open));
        }
        println!("zoom {zoom}: {:?} a view of 100 000 cases", begun.elapsed() / 200);
    }
    let begun = Instant::now();
    let moment = Moment::at(at(0));
    for _ in 0..200 {
        let mut counts = [0; 9];
        chart.sweep(
            &sight("430204"),
            |_| true,
            |spot, _| {
                for (n, figure) in Figure::ALL.iter().enumerate() {
                    counts[n] += u32::from(figure.holds(spot, &moment));
                }
            },
        );
        std::hint::black_box(counts);
    }
    println!("all figures: {:?}", begun.elapsed() / 200);
}
