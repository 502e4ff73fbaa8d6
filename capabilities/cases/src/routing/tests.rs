//! Who gets what, as tables; and that nothing is ever dumped on a grid worker.

use super::*;
use crate::catalogue::EMBEDDED_FILES;
use platform::Lang;
use proptest::prelude::*;
use std::sync::LazyLock;

static ROUTER: LazyLock<Router> = LazyLock::new(Router::embedded);

/// Somebody writes a rule that puts everything on the grid.
static DUMPING: LazyLock<Router> = LazyLock::new(|| {
    with_rule("hours = \"0-24\"\nto = \"grid_worker\"\nco = [\"stand_in\", \"grid_leader\"]")
});

const GRID: &str = "430204/430204001/430204001008/430204001008J012";

/// A resident's report on a Tuesday morning, on the map in grid 012.
fn input(type_code: &str) -> RouteInput<'_> {
    RouteInput {
        type_code,
        area_path: Some(GRID),
        area_name: None,
        place_by: PlaceBy::Point,
        on: "2026-11-17".parse().unwrap(),
        hour: 10,
        working: true,
        source: Source::Resident,
        urgency: ROUTER.catalogue().find_type(type_code).map_or(Urgency::Normal, |t| t.urgency),
        words: "",
    }
}

fn at_night(type_code: &str) -> RouteInput<'_> {
    RouteInput { hour: 23, working: false, ..input(type_code) }
}

fn with_rules(rules: &str) -> Result<Router, Vec<String>> {
    let text = format!("version = \"t\"\nsource = \"test\"\n{rules}");
    Router::load(ROUTER.catalogue().clone(), "routing.toml", &text)
        .map_err(|faults| faults.iter().map(ToString::to_string).collect())
}

/// A rule by its fields, and one that takes the rest.
fn with_rule(fields: &str) -> Router {
    with_rules(&format!(
        "[[rule]]\nkey = \"first\"\nzh = \"一\"\nen = \"one\"\n{fields}\n[[rule]]\nkey = \"rest\"\nzh = \"余\"\nen = \"rest\"\nto = \"dispatcher\"\n"
    ))
    .unwrap()
}

#[test]
fn the_defaults_send_each_matter_to_whom_it_belongs() {
    for (code, to, rule, co) in [
        ("P01002", "unit:water_supply", "sudden-event", "grid_worker"),
        ("P01001", "unit:water_supply", "utilities", ""),
        ("P01006", "unit:power", "utilities", ""),
        ("P01009", "unit:gas", "emergency", "grid_worker"),
        ("P03010", "unit:fire", "emergency", "grid_worker"),
        ("P02004", "unit:police", "emergency", ""),
        ("P03001", "grid_worker", "grid-first", ""),
        ("06010", "grid_worker", "grid-first", ""),
        ("P02001", "grid_worker", "grid-first", ""),
        ("P02003", "grid_leader", "grid-first", ""),
        ("P05002", "unit:property", "lift", "unit:market"),
        ("01037", "unit:municipal_works", "responsible-unit", ""),
        ("06013", "unit:municipal_works", "responsible-unit", ""),
        ("09009", "unit:traffic_police", "responsible-unit", ""),
        ("P07007", "dispatcher", "staff-complaint", ""),
        ("P07008", "grid_worker", "grid-first", ""),
        ("P01015", "unit:municipal_works", "sudden-event", "grid_worker"),
        ("P03006", "unit:housing", "hazards", "grid_worker"),
        ("P05003", "unit:property", "responsible-unit", ""),
        ("P05016", "subdistrict_desk", "needs", ""),
        ("P07004", "grid_leader", "needs", ""),
        ("P08004", "subdistrict_desk", "needs", ""),
    ] {
        let route = ROUTER.route(&input(code));
        let helpers: Vec<String> = route.co.iter().map(|c| c.to.to_string()).collect();
        assert_eq!(
            (route.to.to_string().as_str(), route.rule.key.as_str(), helpers.join(" ").as_str()),
            (to, rule, co),
            "{code}"
        );
        assert!(route.item.is_some(), "{code} cites an item");
        assert!(route.withheld.is_empty() && route.lifted.is_none());
    }
}

#[test]
fn the_explanation_names_place_item_and_unit() {
    let route = ROUTER.route(&input("P01002"));
    assert_eq!(
        route.sentence(Lang::Zh),
        "按地点落在 012 网格；“供水管道破裂”按责任清单 3.2 → 供水公司（协办：网格员）。"
    );
    assert_eq!(
        route.sentence(Lang::En),
        "Grid 012 by place; “Water pipe burst” → Water-supply company (with the grid worker) by list of responsibilities item 3.2."
    );
    let item = route.item.as_ref().unwrap();
    assert_eq!((item.number.as_str(), item.version.as_str()), ("3.2", "default-1"));
    assert!(route.also.iter().any(|a| a.key == "responsible-unit"));
    assert_eq!(route.also.last().unwrap().key, "desk");
    let stored = serde_json::to_string(&route).unwrap();
    assert_eq!(serde_json::from_str::<Route>(&stored).unwrap(), route);
}

#[test]
fn hour_working_time_source_and_urgency_decide() {
    let to = |input: &RouteInput<'_>| ROUTER.route(input).to.to_string();
    assert_eq!(to(&input("P06001")), "grid_worker");
    assert_eq!(to(&at_night("P06001")), "unit:police");
    assert!(ROUTER.route(&at_night("P06001")).sentence(Lang::Zh).contains("22—6点之间"));
    assert_eq!(to(&input("09012")), "grid_worker");
    assert_eq!(to(&at_night("09012")), "unit:fire", "urgent after hours");
    assert_eq!(to(&RouteInput { source: Source::Worker, ..input("06010") }), "unit:sanitation");
    assert_eq!(to(&RouteInput { source: Source::Sensor, ..input("06010") }), "unit:sanitation");
    assert_eq!(to(&RouteInput { urgency: Urgency::Emergency, ..input("P03005") }), "unit:property");
}

#[test]
fn an_unlisted_matter_falls_to_the_desk_and_the_list_is_named() {
    let router = with_rule("to = \"grid_worker\"\ntypes = [\"P01*\"]\nco = [\"unit:power\"]");
    let route = router.route(&input("P01006"));
    assert_eq!(route.to, PostSelector::SubdistrictDesk);
    assert_eq!(route.co.len(), 1);
    assert_eq!(route.withheld.len(), 1);
    assert!(
        route.sentence(Lang::Zh).contains("《网格事项准入清单》（default-1版）没有列入“停电”，不得派给网格员；按责任清单 3.3 应由供电公司办理"),
        "{}",
        route.sentence(Lang::Zh)
    );
    // The same rule with a listed matter.
    assert_eq!(router.route(&input("P01015")).to, PostSelector::GridWorker);
    assert_eq!(router.route(&input("P01015")).item.unwrap().list, GRID_MATTERS);
}

#[test]
fn a_co_host_is_a_grid_worker_only_by_the_list() {
    let router = with_rule("to = \"list:responsibilities\"\nco = [\"grid_worker\", \"stand_in\"]");
    let route = router.route(&input("P01006"));
    assert!(route.co.is_empty());
    assert_eq!(route.withheld.len(), 2);
    assert_eq!(router.route(&input("P01002")).co.len(), 2);
}

#[test]
fn a_lapsed_item_sends_the_case_to_the_desk() {
    let files: Vec<(&str, String)> = EMBEDDED_FILES
        .iter()
        .map(|(name, text)| {
            let lapsed = text.replace(
                "number = \"3.1\"\nwho = \"grid_worker\"",
                "number = \"3.1\"\nwho = \"grid_worker\"\neffective_to = \"2026-10-31\"",
            );
            (*name, lapsed)
        })
        .collect();
    let files: Vec<(&str, &str)> = files.iter().map(|(n, t)| (*n, t.as_str())).collect();
    let catalogue = Arc::new(Catalogue::load(&files).unwrap());
    let router = Router::load(catalogue, EMBEDDED_ROUTING.0, EMBEDDED_ROUTING.1).unwrap();
    let route = router.route(&input("P03001"));
    assert_eq!(route.to, PostSelector::SubdistrictDesk);
    assert_eq!(route.withheld[0].lapsed, ["3.1"]);
}

#[test]
fn a_rough_place_lifts_the_case_to_a_post_that_can_be_found() {
    for (path, to) in [
        (Some(GRID), "grid_worker"),
        (Some("430204/430204001/430204001008"), "grid_leader"),
        (Some("430204/430204001"), "subdistrict_desk"),
        (Some("430204"), "dispatcher"),
        (Some(""), "dispatcher"),
        (None, "dispatcher"),
    ] {
        let route = ROUTER.route(&RouteInput { area_path: path, ..input("P03001") });
        assert_eq!(route.to.to_string(), to, "{path:?}");
        assert_eq!(route.lifted.is_some(), path != Some(GRID), "{path:?}");
    }
    let nowhere = RouteInput { area_path: None, place_by: PlaceBy::Nothing, ..input("P03001") };
    assert_eq!(
        ROUTER.route(&nowhere).sentence(Lang::Zh),
        "地点不明；“楼道堆物”按网格事项准入清单 3.1 → 区网格中心；本应交网格员，因地点不够具体先交区网格中心。"
    );
    // A unit needs no grid.
    let route = ROUTER.route(&RouteInput { area_path: None, ..input("P01001") });
    assert_eq!(route.to.to_string(), "unit:water_supply");
}

#[test]
fn conditions_on_area_words_and_hours() {
    let router = with_rule(
        "areas = [\"430204/430204001\"]\nwords = [\"油烟\"]\nhours = \"9-12\"\nto = \"subdistrict_desk\"",
    );
    let fits = |input: RouteInput<'_>| router.route(&input).rule.key == "first";
    let said = RouteInput { words: "楼下油烟好大", ..input("06027") };
    assert!(fits(said.clone()));
    assert!(!fits(RouteInput { words: "烟好大", ..said.clone() }));
    assert!(!fits(RouteInput { area_path: Some("430204/4302040012/430204001208"), ..said.clone() }));
    assert!(!fits(RouteInput { hour: 12, ..said.clone() }));
    assert!(fits(RouteInput { hour: 9, ..said }));
}

#[test]
fn hours_may_pass_midnight() {
    use rule::Hours;
    let night = Hours::parse("22-6").unwrap();
    assert!([22, 23, 0, 5].iter().all(|h| night.hold(*h)) && [6, 12, 21].iter().all(|h| !night.hold(*h)));
    assert!(Hours::parse("0-24").is_some_and(|h| (0..24).all(|hour| h.hold(hour))));
    for wrong in ["", "6", "6-6", "24-0", "25-3", "a-b", "-1-3"] {
        assert!(Hours::parse(wrong).is_none(), "{wrong}");
    }
}

#[test]
fn faults_of_the_rules_are_told_at_once() {
    let told = with_rules(
        r#"
[[rule]]
key = "a"
zh = "甲"
en = ""
types = ["Q*"]
hours = "25-3"
to = "nobody"
item = "needs/9.9"
[[rule]]
key = "b"
zh = "乙"
en = "b"
to = "unit:gaz"
co = ["list:wishes"]
[[rule]]
key = "c"
zh = "丙"
en = "c"
to = "dispatcher"
[[rule]]
key = "c"
zh = "丙"
en = "c"
types = ["P01*"]
to = "dispatcher"
[[rule]]
key = "d"
zh = "丁"
en = "d"
sources = ["pigeon"]
to = "dispatcher"
"#,
    )
    .unwrap_err()
    .join("\n");
    for expected in [
        "(rule a): a rule says why",
        "(rule a): no type matches Q*",
        "(rule a): hours must look like 22-6",
        "(rule a): 'nobody' is nobody",
        "(rule a): there is no item needs/9.9",
        "(rule b): there is no unit gaz",
        "(rule b): there is no list wishes",
        "(rule c): the rule's key is there twice",
        "(rule c): this rule has no condition",
        "(rule c): the last rule must have no condition",
        "(rule d): cannot be read",
    ] {
        assert!(told.contains(expected), "{expected}\n--\n{told}");
    }
    assert!(with_rules("").unwrap_err().join("").contains("there are no rules"));
    let to_worker = "[[rule]]\nkey = \"a\"\nzh = \"甲\"\nen = \"a\"\nto = \"grid_worker\"\n";
    assert!(with_rules(to_worker).is_err(), "the grid worker is nobody's last resort");
}

#[test]
fn a_dry_run_counts_moves_and_names_cases() {
    let text = EMBEDDED_ROUTING.1.replace(
        "types = [\"P05002\"]\nto = \"unit:property\"",
        "types = [\"P05002\"]\nto = \"unit:market\"",
    );
    let new = Router::load(ROUTER.catalogue().clone(), "routing.toml", &text).unwrap();
    let cases = (0..100).map(|i| {
        let code = ["P05002", "06010", "P01001", "P05002"][i % 4];
        (format!("case-{i}"), input(code))
    });
    let outcome = dry_run(&ROUTER, &new, cases);
    assert_eq!((outcome.cases, outcome.unchanged, outcome.co_hosts_changed), (100, 50, 0));
    assert_eq!(outcome.moves.len(), 1);
    let moved = &outcome.moves[0];
    assert_eq!(
        (moved.from.to_string().as_str(), moved.to.to_string().as_str(), moved.cases),
        ("unit:property", "unit:market", 50)
    );
    assert_eq!((moved.type_code.as_str(), moved.type_words.zh.is_empty()), ("P05002", false));
    assert_eq!(moved.samples, ["case-0", "case-3", "case-4", "case-7", "case-8"]);
    assert_eq!(moved.rules, ["lift"]);
    assert_eq!(dry_run(&ROUTER, &ROUTER, [("x".to_owned(), input("P01001"))]).unchanged, 1);
}

fn any_source() -> impl Strategy<Value = Source> {
    proptest::sample::select(vec![
        Source::Resident,
        Source::Worker,
        Source::Desk,
        Source::Hotline,
        Source::Sensor,
        Source::Open311,
        Source::Import,
    ])
}

fn any_urgency() -> impl Strategy<Value = Urgency> {
    proptest::sample::select(vec![Urgency::Normal, Urgency::Urgent, Urgency::Emergency])
}

fn any_code() -> impl Strategy<Value = String> {
    let codes: Vec<String> = ROUTER.catalogue().types().map(|t| t.code.clone()).collect();
    prop_oneof![9 => proptest::sample::select(codes), 1 => ".{0,8}"]
}

fn any_path() -> impl Strategy<Value = Option<String>> {
    proptest::option::of(prop_oneof![Just(GRID.to_owned()), Just("430204/430204001".to_owned()), ".{0,30}",])
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    /// Whatever comes in under whatever rule, a grid worker is host or co-host only with an item of the published list in effect.
    #[test]
    fn nothing_is_dumped(
        code in any_code(), path in any_path(), hour in 0i8..24, working: bool, source in any_source(),
        urgency in any_urgency(), dump: bool
    ) {
        let router = if dump { &*DUMPING } else { &*ROUTER };
        let case = RouteInput {
            area_path: path.as_deref(), hour, working, source, urgency, type_code: &code, ..input("P01001")
        };
        let route = router.route(&case);
        let listed = router.catalogue().may_grid_worker_take(&code, case.on).is_ok();
        let on_worker = route.to.is_grid_worker() || route.co.iter().any(|c| c.to.is_grid_worker());
        prop_assert!(!on_worker || listed);
        if route.to.is_grid_worker() {
            prop_assert_eq!(route.item.as_ref().map(|i| i.list.as_str()), Some(GRID_MATTERS));
        }
        prop_assert!(!route.sentence(Lang::Zh).is_empty() && !route.sentence(Lang::En).is_empty());
        prop_assert_eq!(&route, &router.route(&case));
    }
}
