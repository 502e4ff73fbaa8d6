//! The rules of an announcement, a row a case.

use super::{Content, Extent, Outage, OutageDeed, OutageId, OutageState, PickedPlace, Service, common_path};
use crate::error::LinkageError;
use platform::{OrganisationId, Time};
use registry::RecordId;
use serde_json::json;
use uuid::Uuid;

fn time(text: &str) -> Time {
    text.parse().expect("a moment")
}

fn now() -> Time {
    time("2026-03-02T02:00:00Z")
}

fn content() -> Content {
    Content {
        service: Service::Water,
        sudden: false,
        from: time("2026-03-03T00:00:00Z"),
        to: time("2026-03-03T08:00:00Z"),
        reason: "更换主管道阀门".to_owned(),
        reason_en: None,
        phone: "0731-28680000".to_owned(),
        extent: Extent { ground: Some(json!({})), places: Vec::new() },
    }
}

fn code(result: Result<Content, LinkageError>) -> Option<(&'static str, &'static str)> {
    result.err().map(|e| match e {
        LinkageError::Invalid { field, code, .. } => (field, code),
        other => panic!("{other}"),
    })
}

fn outage(state: OutageState) -> Outage {
    let unit = OrganisationId(Uuid::from_u128(7));
    let draft = Outage::draft(OutageId(Uuid::from_u128(1)), unit, content(), "430204".to_owned(), now());
    Outage { state, ..draft }
}

#[test]
fn a_window_must_be_meant() {
    type Row = (bool, &'static str, &'static str, Option<(&'static str, &'static str)>);
    let rows: [Row; 12] = [
        (false, "2026-03-03T00:00:00Z", "2026-03-03T08:00:00Z", None),
        (false, "2026-03-02T02:00:00Z", "2026-03-02T03:00:00Z", None),
        (
            false,
            "2026-03-02T01:59:59Z",
            "2026-03-02T03:00:00Z",
            Some(("from", "linkage.planned_in_the_past")),
        ),
        (true, "2026-03-01T02:00:00Z", "2026-03-02T03:00:00Z", None),
        (true, "2026-03-01T01:59:59Z", "2026-03-02T03:00:00Z", Some(("from", "linkage.began_too_long_ago"))),
        (true, "2026-03-01T12:00:00Z", "2026-03-02T02:00:00Z", Some(("to", "linkage.window_over"))),
        (false, "2026-03-03T08:00:00Z", "2026-03-03T08:00:00Z", Some(("to", "linkage.window_order"))),
        (false, "2026-03-03T09:00:00Z", "2026-03-03T08:00:00Z", Some(("to", "linkage.window_order"))),
        (false, "2026-03-03T00:00:00Z", "2026-03-10T00:00:00Z", None),
        (false, "2026-03-03T00:00:00Z", "2026-03-10T00:00:01Z", Some(("to", "linkage.window_too_long"))),
        (false, "2026-05-31T02:00:00Z", "2026-05-31T03:00:00Z", None),
        (false, "2026-05-31T02:00:01Z", "2026-05-31T03:00:00Z", Some(("from", "linkage.too_far_ahead"))),
    ];
    for (sudden, from, to, expected) in rows {
        let one = Content { sudden, from: time(from), to: time(to), ..content() };
        assert_eq!(code(one.checked(None, now())), expected, "{from} – {to}");
    }
}

#[test]
fn what_began_as_announced_may_be_prolonged() {
    let late = time("2026-03-03T07:00:00Z");
    let before = (content().from, content().to);
    let longer = Content { to: time("2026-03-03T12:00:00Z"), ..content() };
    assert_eq!(code(longer.clone().checked(Some(before), late)), None);
    assert_eq!(code(longer.checked(None, late)), Some(("from", "linkage.planned_in_the_past")));
    let moved = Content { from: time("2026-03-03T06:00:00Z"), ..content() };
    assert_eq!(code(moved.checked(Some(before), late)), Some(("from", "linkage.planned_in_the_past")));
}

#[test]
fn words_and_phones_have_their_limits() {
    let reason = |reason: &str| Content { reason: reason.to_owned(), ..content() };
    let english = |words: &str| Content { reason_en: Some(words.to_owned()), ..content() };
    let phone = |phone: &str| Content { phone: phone.to_owned(), ..content() };
    let rows = [
        (reason("检修"), None),
        (reason("修"), Some(("reason", "linkage.bad_words"))),
        (reason(" \n\t "), Some(("reason", "linkage.bad_words"))),
        (reason(&"修".repeat(200)), None),
        (reason(&"修".repeat(201)), Some(("reason", "linkage.bad_words"))),
        (english(&"x".repeat(401)), Some(("reason_en", "linkage.bad_words"))),
        (english("  "), None),
        (phone("95598"), None),
        (phone("+86 731-28680000"), None),
        (phone("12"), Some(("phone", "linkage.bad_phone"))),
        (phone("---"), Some(("phone", "linkage.bad_phone"))),
        (phone("call me"), Some(("phone", "linkage.bad_phone"))),
        (phone("073128680000073128680"), Some(("phone", "linkage.bad_phone"))),
    ];
    for (one, expected) in rows {
        let shown = format!("{one:?}");
        assert_eq!(code(one.checked(None, now())), expected, "{shown}");
    }
    let cleaned = reason("更换\u{7}阀门\r\n  二号").checked(None, now()).expect("it holds");
    assert_eq!(cleaned.reason, "更换 阀门 二号");
}

#[test]
fn the_extent_is_ground_or_places() {
    let picked = |n: u128| PickedPlace { place: RecordId(Uuid::from_u128(n)), riser: None };
    let ground = Some(json!({}));
    let many: Vec<PickedPlace> = (0..501).map(picked).collect();
    let rows = [
        (Extent { ground: ground.clone(), places: vec![] }, None),
        (Extent { ground: None, places: vec![picked(1)] }, None),
        (Extent::default(), Some(("extent", "linkage.extent_one_of_two"))),
        (Extent { ground, places: vec![picked(1)] }, Some(("extent", "linkage.extent_one_of_two"))),
        (Extent { ground: None, places: many[..500].to_vec() }, None),
        (Extent { ground: None, places: many }, Some(("extent.places", "linkage.too_many_places"))),
    ];
    for (extent, expected) in rows {
        assert_eq!(code(Content { extent, ..content() }.checked(None, now())), expected);
    }
    let twice = Extent { ground: None, places: vec![picked(1), picked(2), picked(1)] };
    let kept = Content { extent: twice, ..content() }.checked(None, now()).expect("it holds");
    assert_eq!(kept.extent.places, [picked(1), picked(2)]);
}

#[test]
fn each_state_allows_its_deeds() {
    use OutageDeed::{Change, End, Publish, Withdraw};
    use OutageState::{Changed, Draft, Ended, Published, Withdrawn};
    let began = time("2026-03-03T01:00:00Z");
    let rows = [
        (Draft, [Some(Draft), Some(Published), None, Some(Withdrawn)]),
        (Published, [Some(Changed), None, Some(Ended), Some(Withdrawn)]),
        (Changed, [Some(Changed), None, Some(Ended), Some(Withdrawn)]),
        (Ended, [None; 4]),
        (Withdrawn, [None; 4]),
    ];
    for (state, expected) in rows {
        for (deed, expected) in [Change, Publish, End, Withdraw].into_iter().zip(expected) {
            let one = outage(state);
            let done = match deed {
                Change => one.change(1, content(), began),
                Publish => one.publish(1, began),
                End => one.end(1, began),
                Withdraw => one.withdraw(1, began),
            };
            let next = done.ok().map(|next| (next.state, next.version, next.over_at.is_some()));
            let expected = expected.map(|to| (to, 2, matches!(to, Ended | Withdrawn)));
            assert_eq!(next, expected, "{deed:?} of {state:?}");
        }
    }
}

#[test]
fn what_was_seen_otherwise_is_refused() {
    let stale = outage(OutageState::Published).withdraw(4, now());
    assert!(matches!(stale, Err(LinkageError::Stale { present: 1 })), "{stale:?}");
    let early = outage(OutageState::Published).end(1, now()).expect_err("it has not begun");
    assert!(matches!(early, LinkageError::Conflict { code: "linkage.not_begun", .. }), "{early:?}");
    let gas = Content { service: Service::Gas, ..content() };
    assert!(outage(OutageState::Draft).change(1, gas.clone(), now()).is_ok());
    assert!(outage(OutageState::Published).change(1, gas, now()).is_err());
}

#[test]
fn it_holds_within_its_window_only() {
    let one = outage(OutageState::Published);
    let rows = [
        ("2026-03-02T23:59:59Z", false),
        ("2026-03-03T00:00:00Z", true),
        ("2026-03-03T08:00:00Z", true),
        ("2026-03-03T08:00:01Z", false),
    ];
    for (at, expected) in rows {
        assert_eq!(one.holds_at(time(at)), expected, "{at}");
    }
    assert!(!outage(OutageState::Draft).holds_at(time("2026-03-03T01:00:00Z")));
    assert_eq!(one.unsaid_until(), time("2026-03-03T20:00:00Z"));
}

#[test]
fn the_smallest_area_holds_all() {
    let rows: [(&[&str], &str); 5] = [
        (&[], "430204"),
        (&["430204/1/2/3"], "430204/1/2/3"),
        (&["430204/1/2/3", "430204/1/2/4"], "430204/1/2"),
        (&["430204/1/2/3", "430204/12/2"], "430204"),
        (&["430204/1", "430204/1/2"], "430204/1"),
    ];
    for (paths, expected) in rows {
        assert_eq!(common_path(paths.iter().copied(), "430204"), expected, "{paths:?}");
    }
}
