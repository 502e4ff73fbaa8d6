//! The shipped life of a case, walked as people walk it, and at random.
use crate::town::{CALENDAR, CASE_FLOW, at};
use flow::{
    Clock, ClockChange, Deadline, Facts, Given, Handover, Need, Refusal, Step, Unit, Words, Workflow,
};
use proptest::prelude::*;

/// Everything an action could ask for.
fn plenty(reason: &str) -> Given<'_> {
    Given {
        reason: Some(reason),
        note: Some("说明"),
        photos: 1,
        has_post: true,
        has_date: true,
        has_target: true,
        rating: Some(5),
        new_facts: Some("又漏水了"),
        length: Some(Deadline::new(2, Unit::WorkingDay)),
    }
}

/// A case on its way: state and counts, as a caller keeps them.
struct Walk {
    state: String,
    counts: Vec<(String, u32)>,
    holds: Vec<&'static str>,
}

impl Walk {
    fn from(state: &str, holds: &[&'static str]) -> Walk {
        assert!(CASE_FLOW.begin(state).is_some(), "{state} is a start");
        Walk { state: state.to_owned(), counts: Vec::new(), holds: holds.to_vec() }
    }

    fn facts<T>(&self, ask: impl FnOnce(&Facts<'_>) -> T) -> T {
        let counts: Vec<(&str, u32)> = self.counts.iter().map(|(name, n)| (name.as_str(), *n)).collect();
        ask(&Facts { counts: &counts, holds: &self.holds })
    }

    fn step(&self, who: &str, action: &str, given: &Given<'_>) -> Result<Step<'static>, Refusal> {
        self.facts(|facts| CASE_FLOW.step(&self.state, action, &[who], given, facts))
    }

    /// Takes an action and checks where it leads: `desk accept -> accepted desk dispatch`.
    #[track_caller]
    fn does(&mut self, line: &str) -> &mut Walk {
        let words: Vec<&str> = line.split_whitespace().collect();
        let [who, action, "->", state, owner, clock] = words[..] else { panic!("{line}") };
        let reason = a_reason(action);
        let step = self.step(who, action, &plenty(reason)).unwrap_or_else(|why| panic!("{line}: {why}"));
        assert_eq!(
            (step.to.name.as_str(), step.owner(), step.to.clock.as_str()),
            (state, owner, clock),
            "{line}"
        );
        self.done(action, state);
        self
    }

    #[track_caller]
    fn refused(&mut self, who: &str, action: &str, code: &str) -> &mut Walk {
        let why = self
            .step(who, action, &plenty(a_reason(action)))
            .map(|s| s.to.name.clone())
            .expect_err("refused");
        assert_eq!(why.code(), code, "{who} {action}: {why}");
        self
    }

    fn done(&mut self, action: &str, state: &str) {
        match self.counts.iter_mut().find(|(name, _)| name == action) {
            Some((_, n)) => *n += 1,
            None => self.counts.push((action.to_owned(), 1)),
        }
        self.state = state.to_owned();
    }
}

/// The first reason of the list an action takes its reasons from.
fn a_reason(action: &str) -> &'static str {
    let list = CASE_FLOW.action(action).and_then(|a| a.reason_from.as_deref());
    list.and_then(|l| CASE_FLOW.closed_list(l)).map_or("", |l| l.items[0].code.as_str())
}

#[test]
fn the_main_job_from_report_to_rating() {
    Walk::from("reported", &["needs_verify"])
        .does("desk accept -> accepted desk dispatch")
        .does("desk dispatch -> assigned host take")
        .does("host take -> handling host handle")
        .does("host report_progress -> handling host handle")
        .does("host finish -> verifying desk verify")
        .does("desk verify -> confirming reporter confirm")
        .does("reporter confirm -> closed none none")
        .does("reporter rate -> closed none none")
        .refused("reporter", "rate", "flow.already_done");
}

#[test]
fn a_rule_may_route_it_at_once_and_a_worker_may_pass_it_up() {
    Walk::from("reported", &["host_is_worker"])
        .does("system route -> assigned host take")
        .does("host take -> handling host handle")
        .does("host pass_up -> accepted desk dispatch")
        .does("desk hand_up -> with_dispatcher dispatcher dispatch")
        .does("dispatcher dispatch -> assigned host take");
}

#[test]
fn returned_once_objected_once_and_ruled_for_good() {
    Walk::from("reported", &["sent_by_dispatcher"])
        .does("desk hand_up -> with_dispatcher dispatcher dispatch")
        .does("dispatcher dispatch -> assigned host take")
        .does("host return -> with_dispatcher dispatcher dispatch")
        .does("dispatcher dispatch -> assigned host take")
        .refused("host", "return", "flow.already_done")
        .does("host object -> objected dispatcher rule")
        .refused("host", "take", "flow.not_now")
        .does("dispatcher rule -> assigned host take")
        .refused("host", "object", "flow.already_done")
        .does("host take -> handling host handle");
    Walk::from("reported", &[])
        .does("system route -> assigned host take")
        .does("host object -> objected dispatcher rule")
        .does("dispatcher rule -> assigned host take")
        .refused("host", "return", "flow.not_after");
}

#[test]
fn a_failed_check_and_two_reopenings_keep_it_moving() {
    Walk::from("reported", &["needs_verify"])
        .does("desk self_handle -> handling host handle")
        .refused("host", "return", "flow.not_after")
        .does("host finish -> verifying desk verify")
        .does("desk verify_failed -> handling host handle")
        .does("host finish -> verifying desk verify")
        .does("desk verify -> confirming reporter confirm")
        .does("reporter reopen -> handling host handle")
        .does("host finish -> verifying desk verify")
        .does("desk verify -> confirming reporter confirm")
        .does("reporter reopen -> with_dispatcher dispatcher dispatch");
}

#[test]
fn silence_closes_and_a_pause_ends_by_itself() {
    Walk::from("reported", &[])
        .does("desk self_handle -> handling host handle")
        .does("host pause -> paused host wait")
        .refused("host", "finish", "flow.not_now")
        .does("clock resume_by_clock -> handling host handle")
        .does("host finish -> confirming reporter confirm")
        .refused("reporter", "close_by_silence", "flow.clock_only")
        .does("clock close_by_silence -> closed none none");
    assert_eq!(CASE_FLOW.timed_action("paused", "wait").map(|a| a.name.as_str()), Some("resume_by_clock"));
    assert_eq!(
        CASE_FLOW.timed_action("answered", "confirm").map(|a| a.name.as_str()),
        Some("close_by_silence")
    );
    assert!(CASE_FLOW.timed_action("handling", "handle").is_none());
}

#[test]
fn other_ways_to_an_end() {
    Walk::from("reported", &["no_photo_needed"])
        .does("desk answer -> answered reporter confirm")
        .does("reporter reopen -> handling host handle");
    Walk::from("reported", &["no_photo_needed", "nobody_to_ask"]).does("desk answer -> closed none none");
    Walk::from("reported", &[])
        .refused("desk", "answer", "flow.not_met")
        .does("desk refuse -> refused none none");
    Walk::from("reported", &[]).does("desk archive -> archived none none");
    Walk::from("reported", &[]).does("dispatcher merge -> merged none none");
    Walk::from("reported", &["may_withdraw"]).does("reporter withdraw -> withdrawn none none");
    Walk::from("reported", &[]).refused("reporter", "withdraw", "flow.not_met");
    Walk::from("held", &[])
        .refused("system", "let_in", "flow.not_yours")
        .does("desk let_in -> reported desk accept");
    Walk::from("held", &[]).does("desk refuse -> refused none none").refused(
        "desk",
        "accept",
        "flow.not_now",
    );
}

#[test]
fn what_is_missing_is_named_with_its_field() {
    let mut walk = Walk::from("reported", &[]);
    walk.does("desk self_handle -> handling host handle");
    let why = |action: &str, given: Given<'_>| {
        let why = walk.step("host", action, &given).map(|s| s.to.name.clone()).expect_err("refused");
        (why.code(), why.field().unwrap_or_default().to_owned(), why.words().zh)
    };
    let is = |code: &'static str, field: &str, zh: &str| (code, field.to_owned(), zh.to_owned());
    let full = plenty("");
    assert_eq!(
        why("finish", Given { photos: 0, ..full }),
        is("flow.missing", "photo", "请补上：至少一张照片")
    );
    assert_eq!(why("finish", Given { note: Some("  "), ..full }), is("flow.missing", "note", "请补上：说明"));
    assert_eq!(
        why("pause", Given { reason: None, ..full }),
        is("flow.missing", "reason", "请补上：理由（从列表里选）")
    );
    assert_eq!(
        why("pause", Given { reason: Some("lunch"), ..full }),
        is("flow.reason_not_listed", "reason", "请从列表里选一个理由")
    );
    let long = Some(Deadline::new(6, Unit::WorkingDay));
    let too_long = is("flow.too_long", "length", "最长 5 个工作日，请用同样的单位");
    assert_eq!(why("extend", Given { reason: Some("works"), length: long, ..full }), too_long);
    let other_unit = Some(Deadline::new(1, Unit::Minute));
    assert_eq!(why("extend", Given { reason: Some("works"), length: other_unit, ..full }), too_long);
    assert_eq!(why("fly", full), is("flow.unknown_action", "", "没有“fly”这个操作"));
    assert_eq!(why("rate", full), is("flow.not_now", "", "现在是“处理中”，不能“评价”"));

    let rate = |n| {
        CASE_FLOW.step("closed", "rate", &["reporter"], &Given { rating: Some(n), ..full }, &Facts::default())
    };
    assert!(rate(1).is_ok() && rate(5).is_ok());
    assert_eq!(rate(0).map(|_| ()).expect_err("refused").code(), "flow.rating_out_of_range");
    assert_eq!(rate(6).map(|_| ()).expect_err("refused").code(), "flow.rating_out_of_range");
}

#[test]
fn clocks_start_pause_go_on_and_stop() {
    let step = |state: &str, action: &str, who: &str| {
        let given = plenty(a_reason(action));
        CASE_FLOW.step(state, action, &[who], &given, &Facts::default()).expect("allowed").clock
    };
    let says = |change: ClockChange<'_>| match change {
        ClockChange::Keep => "keep".to_owned(),
        ClockChange::Start(s) => format!(
            "start {} {}{}",
            s.rule.name,
            s.length.words().en,
            if s.by_caller { " or the caller's" } else { "" }
        ),
        ClockChange::Pause(s) => format!("pause, {} {}", s.rule.name, s.length.words().en),
        ClockChange::Resume(rule) => format!("resume {}", rule.name),
        ClockChange::Extend(by) => format!("extend {}", by.words().en),
        ClockChange::Stop => "stop".to_owned(),
    };
    let check = |state: &str, action: &str, who: &str, what: &str| {
        assert_eq!(says(step(state, action, who)), what, "{action}")
    };
    check("reported", "accept", "desk", "start dispatch 2 working hours");
    check("assigned", "take", "host", "start handle 5 working days or the caller's");
    check("handling", "report_progress", "host", "keep");
    check("handling", "pause", "host", "pause, wait 2 working days");
    check("paused", "resume", "host", "resume handle");
    check("handling", "extend", "host", "extend 2 working days");
    check("assigned", "redispatch", "dispatcher", "start take 4 working hours");
    check("verifying", "verify_failed", "desk", "start handle 2 working days");
    check("confirming", "confirm", "reporter", "stop");
    check("closed", "rate", "reporter", "keep");
    let (state, start) = CASE_FLOW.begin("held").expect("a start");
    assert_eq!((state.owner.as_str(), start.rule.name.as_str()), ("desk", "look"));
    assert!(CASE_FLOW.begin("handling").is_none(), "nothing begins in the middle");
}

#[test]
fn screens_are_told_what_is_possible_and_why_not() {
    let counts = [("return", 1)];
    let facts = Facts { counts: &counts, holds: &[] };
    let allowed = CASE_FLOW.allowed("assigned", &["host"], &facts);
    let of = |name: &str| allowed.iter().find(|a| a.action.name == name).expect("listed");
    assert!(of("take").can && of("take").why.is_none());
    assert_eq!(of("return").why.as_ref().map(Refusal::code), Some("flow.already_done"));
    assert_eq!(of("answer").why.as_ref().map(Refusal::code), Some("flow.not_met"));
    let redispatch = of("redispatch").why.as_ref().expect("not the host's");
    assert!(redispatch.is_about_who());
    assert_eq!(
        redispatch.words(),
        Words::new(
            "这一步由街道受理窗口、区网格中心来做",
            "This is for: subdistrict desk, district dispatcher"
        )
    );
    assert!(CASE_FLOW.allowed("nowhere", &["host"], &facts).is_empty());
}

#[test]
fn the_public_reads_plain_sentences() {
    let state = CASE_FLOW.state("handling").expect("there");
    let until = Words::new("3月6日17:30", "6 March 17:30");
    let said = state.plain_with(&Words::new("清水塘街道", "Qingshuitang"), &until);
    assert_eq!(said.zh, "清水塘街道正在处理，应在3月6日17:30前完成。");
    for state in &CASE_FLOW.states {
        let left = state.plain_with(&Words::new("甲", "A"), &until);
        assert!(!left.zh.contains('{') && !left.en.contains('{'), "{}", state.name);
    }
}

#[test]
fn work_goes_to_the_post_that_is_named() {
    let handed = |name: &str| CASE_FLOW.action(name).map(|a| a.hands_to);
    for name in ["route", "dispatch", "rule", "redispatch"] {
        assert_eq!(handed(name), Some(Handover::Post), "{name}");
    }
    assert_eq!(handed("self_handle"), Some(Handover::Actor));
    assert_eq!(handed("add_helper"), Some(Handover::Helper));
    // A state the host owns is entered with a host: from the start it takes one of the actions above, or an answer by its author.
    let entry = |w: &Workflow, to: &str| -> Vec<String> {
        let leads = w.actions.iter().filter(|a| a.from.iter().any(|f| f == "reported") && a.to == to);
        leads.filter(|a| a.hands_to == Handover::Nobody).map(|a| a.name.clone()).collect()
    };
    assert!(entry(&CASE_FLOW, "assigned").is_empty() && entry(&CASE_FLOW, "handling").is_empty());
    assert_eq!(handed("answer"), Some(Handover::Actor));
}

const GUARDS: [&str; 6] = [
    "may_withdraw",
    "no_photo_needed",
    "needs_verify",
    "nobody_to_ask",
    "host_is_worker",
    "sent_by_dispatcher",
];
const ROLES: [&str; 8] = ["reporter", "follower", "desk", "dispatcher", "host", "cohost", "clock", "system"];

proptest! {
    /// However people act, a case always has one owner and one clock, limits hold, what is shown as possible is possible, and it can end.
    #[test]
    fn any_walk_keeps_one_owner_and_one_clock(
        picks in prop::collection::vec((0..64_usize, 0..8_usize), 1..60),
        guards in prop::collection::vec(any::<bool>(), 6),
        is_held in any::<bool>(),
    ) {
        let holds: Vec<&'static str> = GUARDS.iter().zip(&guards).filter(|(_, on)| **on).map(|(g, _)| *g).collect();
        let mut walk = Walk::from(if is_held { "held" } else { "reported" }, &holds);
        for (pick, role) in picks {
            let state = CASE_FLOW.state(&walk.state).expect("known");
            prop_assert_eq!(state.is_final, state.owner == "none" && state.clock == "none");
            prop_assert!(state.is_final || CASE_FLOW.clock(&state.clock).is_some());
            let who = ROLES[role];
            let can: Vec<String> = walk.facts(|facts| {
                let allowed = CASE_FLOW.allowed(&walk.state, &[who], facts);
                allowed.iter().filter(|a| a.can).map(|a| a.action.name.clone()).collect()
            });
            let Some(action) = can.get(pick % can.len().max(1)) else { continue };
            let to = walk.step(who, action, &plenty(a_reason(action))).expect("shown as possible").to.name.clone();
            walk.done(action, &to);
            let count = |name: &str| walk.facts(|facts| facts.count(name));
            prop_assert!(count("return") <= 1 && count("object") <= 1 && count("extend") <= 1 && count("pause") <= 2);
        }
    }

    /// Whatever is left out, the refusal names it.
    #[test]
    fn whatever_an_action_needs_is_asked_for(pick in 0..200_usize) {
        let action = &CASE_FLOW.actions[pick % CASE_FLOW.actions.len()];
        let who: Vec<&str> = action.who.iter().map(String::as_str).collect();
        let facts = Facts { counts: &[], holds: &GUARDS };
        let bare = CASE_FLOW.step(&action.from[0], &action.name, &who, &Given::default(), &facts);
        if action.needs.is_empty() && action.reason_from.is_none() {
            prop_assert!(bare.is_ok());
        } else {
            let why = bare.map(|_| ()).expect_err("something is missing");
            prop_assert!(matches!(&why, Refusal::Missing { need } if action.needs_it(need)), "{:?}", why);
        }
    }
}

#[test]
fn time_for_the_reporter_covers_whole_days() {
    let rule = CASE_FLOW.clock("confirm").expect("there");
    let clock = Clock::start(at("2026-03-04 10:00"), rule.length);
    assert_eq!(crate::town::shown(clock.due(&CALENDAR, 0).at), "2026-03-11 23:59:59");
    assert!(CASE_FLOW.action("finish").is_some_and(|a| a.needs_it(&Need::Photo)));
}
