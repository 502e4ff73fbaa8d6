//! The rules alone: every action of the workflow for exactly those it names, and no order of them that leaves a case without
//! its one owner and one clock.

use cases::access::{self, roles_towards};
use cases::model::{Clocks, Deed, NamedClock, Progress, Setting, act, begin, guards, next_ring};
use cases::{Case, CaseId, Rules, Source};
use flow::{Action, Clock, Deadline, Facts, Need, ROLE_CLOCK, ROLE_HOLDER, Refusal, Unit};
use platform::{Actor, ActorKind, Grant, Lang, PostId, Scope, Time, Via};
use proptest::prelude::*;
use std::sync::LazyLock;
use std::time::Duration;
use store::Json;
use testkit::DISTRICT;
use uuid::Uuid;

const ROLES: [&str; 9] =
    ["reporter", "follower", "holder", "desk", "dispatcher", "host", "cohost", "clock", "system"];

fn post(n: u128) -> PostId {
    PostId(Uuid::from_u128(n))
}

/// Read once: the suggester's index takes a moment.
fn rules() -> &'static Rules {
    static RULES: LazyLock<Rules> =
        LazyLock::new(|| Rules::load(None).expect("the built-in rule book holds"));
    &RULES
}

fn setting<'a>(rules: &'a Rules, type_code: &str, now: Time) -> Setting<'a> {
    Setting {
        workflow: rules.workflow(),
        calendar: &rules.calendar,
        case_type: rules.case_type(type_code).expect("a type"),
        first_look: rules.catalogue.first_look(),
        desk: Some(post(1)),
        dispatcher: Some(post(2)),
        reporter_reachable: true,
        host_is_worker: false,
        now,
    }
}

fn case(rules: &Rules, type_code: &str, source: Source) -> Case {
    let now = testkit::monday();
    Case {
        district: DISTRICT,
        id: CaseId(Uuid::from_u128(99)),
        number: "260302-0000-0001".to_owned(),
        workflow_version: i64::from(rules.workflow().version),
        state: String::new(),
        open: true,
        type_code: type_code.to_owned(),
        words: "水管爆了".to_owned(),
        lon: None,
        lat: None,
        address: None,
        grid_id: None,
        area_path: "430204".to_owned(),
        source,
        public: true,
        hidden: false,
        owner_role: String::new(),
        owner_post: None,
        host_post: None,
        unit_id: None,
        cohosts: Json(Vec::new()),
        clocks: Json(Clocks::default()),
        due_at: None,
        level: 0,
        progress: Json(Progress::default()),
        explanation: Json(serde_json::Value::Null),
        answers: Json(std::collections::BTreeMap::new()),
        reported_at: now,
        state_since: now,
        closed_at: None,
        rating: None,
        merged_into: None,
        external_id: None,
        followers: 0,
        content_hash: Vec::new(),
        version: 1,
    }
}

/// Everything an action may need.
fn deed(setting: &Setting<'_>, action: &Action, pick: usize) -> Deed {
    let list = action.reason_from.as_deref().and_then(|l| setting.workflow.closed_list(l));
    Deed {
        action: action.name.clone(),
        reason: list.map(|l| l.items[pick % l.items.len()].code.clone()),
        note: Some("说明".to_owned()),
        photos: 1,
        post: Some(post(10 + (pick % 4) as u128)).filter(|_| action.needs.contains(&Need::Post)),
        target: Some(CaseId(Uuid::from_u128(7))).filter(|_| action.needs.contains(&Need::Target)),
        rating: Some(5).filter(|_| action.needs.contains(&Need::Rating)),
        length: action.longest.map(|most| Deadline::new(1 + pick as u32 % most.amount, most.unit)),
    }
}

/// A case that stands in a state, with the clock of that state running.
fn standing_in(rules: &Rules, state: &str, setting: &Setting<'_>) -> Case {
    let (mut case, _) = begin(case(rules, &setting.case_type.code, Source::Resident), "reported", setting);
    let there = setting.workflow.state(state).expect("a state");
    case.state = state.to_owned();
    case.open = !there.is_final;
    case.owner_role.clone_from(&there.owner);
    case.owner_post = match there.owner.as_str() {
        "reporter" | "none" => None,
        "dispatcher" => setting.dispatcher,
        _ => setting.desk,
    };
    let clock = || Clock::start(setting.now.micros(), Deadline::new(5, Unit::WorkingDay));
    let named = |name: &str| NamedClock { name: name.to_owned(), clock: clock() };
    case.clocks.0 = match (there.is_final, state) {
        (true, _) => Clocks::default(),
        (false, "paused") => Clocks { running: Some(named("wait")), on_hold: Some(named("handle")) },
        (false, _) => Clocks { running: Some(named(&there.clock)), on_hold: None },
    };
    case
}

#[test]
fn every_action_of_the_workflow_is_for_those_it_names_and_for_nobody_else() {
    let rules = rules();
    let mut taken = 0;
    for action in &rules.workflow().actions {
        // A question needs no photo, so it may be answered; nothing else asks for a type of its own.
        let setting = setting(rules, "P07002", testkit::monday());
        for state in &action.from {
            let case = standing_in(rules, state, &setting);
            let owner = setting.workflow.state(state).expect("a state").owner.clone();
            for role in ROLES {
                let named = action.who.iter().any(|w| w == role);
                let as_owner = action.who.iter().any(|w| w == ROLE_HOLDER) && owner == role;
                let outcome = act(&case, &[role], None, &deed(&setting, action, 0), &setting);
                match outcome {
                    Ok((next, entry)) => {
                        assert!(named || as_owner, "{role} may not {} from {state}", action.name);
                        assert_eq!((entry.action.as_str(), next.version), (action.name.as_str(), 2));
                        assert_eq!(entry.to_state, next.state);
                        holds(&next, &setting);
                        taken += 1;
                    }
                    Err(Refusal::NotYours { .. } | Refusal::ClockOnly) => {
                        assert!(!named && !as_owner, "{role} may {} from {state}", action.name);
                    }
                    Err(other) => panic!("{} from {state} as {role}: {other:?}", action.name),
                }
            }
        }
    }
    assert!(taken >= rules.workflow().actions.len(), "every action was taken at least once");
}

/// One case, one owner, one clock.
fn holds(case: &Case, setting: &Setting<'_>) {
    let state = setting.workflow.state(&case.state).expect("a state of the workflow");
    assert_eq!(case.open, !state.is_final);
    if !case.open {
        assert_eq!(case.clocks.0, Clocks::default(), "nothing runs in {}", case.state);
        assert_eq!(case.due_at, None);
        assert!(next_ring(case, setting).is_none());
        return;
    }
    assert_eq!(case.owner_role, state.owner, "in {}", case.state);
    assert_eq!(case.owner_post.is_none(), state.owner == "reporter", "one post owns {}", case.state);
    let running = case.clocks.0.running.as_ref().unwrap_or_else(|| panic!("no clock runs in {}", case.state));
    assert_eq!(running.name, state.clock);
    assert_eq!(case.is_paused(), case.state == "paused");
    assert!(case.due_at.is_some());
}

#[test]
fn what_cannot_wait_is_looked_at_in_minutes_by_night_too() {
    let rules = rules();
    let midnight = testkit::monday().after(Duration::from_secs(16 * 3600));
    // A live wire, things in a stairway, noise.
    for (kind, minutes) in [("P01007", Some(30)), ("P03001", Some(120)), ("P06001", None)] {
        let urgency = rules.case_type(kind).expect("a type").urgency;
        let setting = setting(rules, kind, midnight);
        for clock in ["look", "accept", "dispatch", "take", "handle", "verify"] {
            let limit = setting.first_look.limit_of(clock, urgency);
            let wanted = minutes.filter(|_| !matches!(clock, "handle" | "verify"));
            assert_eq!(limit, wanted.map(|n| Deadline::new(n, Unit::Minute)), "{kind}: {clock}");
        }
        let (case, _) = begin(case(rules, kind, Source::Resident), "reported", &setting);
        let wait = case.due_at.expect("a clock runs").since(midnight);
        match minutes {
            Some(minutes) => assert_eq!(wait.as_secs(), u64::from(minutes) * 60, "{kind}"),
            None => assert!(wait.as_secs() > 4 * 3600, "{kind} waits for working hours"),
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 192, ..ProptestConfig::default() })]

    /// Any actions in any order by whoever may, and time in between.
    #[test]
    fn no_order_of_actions_leaves_a_case_without_owner_or_clock(
        kind in prop::sample::select(vec!["P01002", "P07002", "P01007", "P02001"]),
        source in prop::sample::select(vec![Source::Resident, Source::Worker, Source::Desk]),
        held in any::<bool>(),
        reachable in any::<bool>(),
        worker in any::<bool>(),
        turns in prop::collection::vec((any::<prop::sample::Index>(), 0u64..60, 0usize..97), 1..40),
    ) {
        let rules = rules();
        let at = |now: Time| Setting {
            reporter_reachable: reachable, host_is_worker: worker, ..setting(rules, kind, now)
        };
        let mut now = testkit::monday();
        let (mut case, _) = begin(case(rules, kind, source), if held { "held" } else { "reported" }, &at(now));
        holds(&case, &at(now));
        for (choice, hours, pick) in turns {
            now = now.after(Duration::from_secs(hours * 3600));
            let setting = at(now);
            let holding = guards(&case, &setting);
            let counts: Vec<(&str, u32)> = case.progress.0.counts.iter().map(|(a, n)| (a.as_str(), *n)).collect();
            let facts = Facts { counts: &counts, holds: &holding };
            let open: Vec<&Action> = setting.workflow.allowed(&case.state, &ROLES, &facts).into_iter()
                .filter(|a| a.can).map(|a| a.action).collect();
            if open.is_empty() {
                prop_assert!(!case.open, "nothing is possible in {}", case.state);
                break;
            }
            let action = open[choice.index(open.len())];
            let who: Vec<&str> = action.who.iter().map(String::as_str).collect();
            let before = case.clone();
            let (next, entry) = act(&case, &who, Some(post(20)), &deed(&setting, action, pick), &setting)
                .unwrap_or_else(|e| panic!("{} in {}: {e:?}", action.name, before.state));
            holds(&next, &setting);
            prop_assert_eq!(next.version, before.version + 1);
            prop_assert_eq!(entry.from_state.as_deref(), Some(before.state.as_str()));
            let same_clock = next.clocks.0.running.as_ref().map(|c| (&c.name, c.clock.started))
                == before.clocks.0.running.as_ref().map(|c| (&c.name, c.clock.started));
            if same_clock && next.open {
                prop_assert!(next.level >= before.level, "a level fell by {}", action.name);
            }
            if let Some(ring) = next_ring(&next, &setting) {
                prop_assert!(ring.level.is_none_or(|l| l > next.level), "a level is raised once");
            }
            case = next;
        }
    }
}

#[test]
fn roles_come_from_posts_and_their_grants_and_from_following() {
    let rules = rules();
    let setting = setting(rules, "P01002", testkit::monday());
    let (mut case, _) = begin(case(rules, "P01002", Source::Resident), "reported", &setting);
    case.host_post = Some(post(3));
    case.cohosts = Json(vec![post(4)]);
    let someone = |posts: &[PostId], permissions: &[&platform::Permission]| Actor {
        kind: ActorKind::Staff,
        posts: posts.into(),
        grants: permissions
            .iter()
            .map(|p| Grant { permission: p.name.to_owned(), scope: Scope::District })
            .collect(),
        ..Actor::anonymous(DISTRICT, Via::Api, Lang::Zh, "")
    };
    let roles = |actor: &Actor| roles_towards(actor, &case, None, Some(post(1)), Some(post(2)));
    let all: [&platform::Permission; 3] = [&access::HANDLE, &access::DISPATCH, &access::RULE];
    assert_eq!(roles(&someone(&[post(1)], &all)), ["holder", "desk"]);
    assert_eq!(roles(&someone(&[post(2)], &all)), ["dispatcher"]);
    assert_eq!(roles(&someone(&[post(3)], &all)), ["host"]);
    assert_eq!(roles(&someone(&[post(4)], &all)), ["cohost"]);
    assert_eq!(roles(&someone(&[post(5)], &all)), [""; 0], "a post that has no part in it");
    assert_eq!(roles(&someone(&[post(1), post(3)], &[])), [""; 0], "a post without its grants");
    assert_eq!(roles(&Actor::system(DISTRICT, "test")), ["system"]);
    assert_eq!(roles(&Actor::anonymous(DISTRICT, Via::Page, Lang::Zh, "")), [""; 0]);
    assert!(
        !rules.workflow().actions.iter().any(|a| a.who.iter().any(|w| w == ROLE_CLOCK) && a.who.len() > 1)
    );
}
