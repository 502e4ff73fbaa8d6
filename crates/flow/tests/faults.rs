//! Each fault a workflow can have is named with its place, and all are named at once.
use flow::{Library, Workflow};

/// The smallest workflow that means something; each row of a test breaks it in one way.
const SMALL: &str = r#"
key = "errand"
version = 1
words = { zh = "跑腿", en = "Errand" }
source = "test"
role = [
  { name = "asker", words = { zh = "请求人", en = "asker" } },
  { name = "runner", words = { zh = "跑腿人", en = "runner" } },
  { name = "holder", words = { zh = "责任人", en = "holder" } },
  { name = "clock", words = { zh = "到期", en = "clock" } },
]
level = [
  { name = "calm", words = { zh = "平", en = "calm" } },
  { name = "urged", words = { zh = "催", en = "urged" } },
]
[[clock]]
name = "run"
words = { zh = "跑腿时限", en = "time to run" }
length = { amount = 1, unit = "working_hour" }
source = "test"
[[state]]
name = "asked"
words = { zh = "已请求", en = "Asked" }
plain = { zh = "等着", en = "Waiting" }
owner = "runner"
clock = "run"
start = true
[[state]]
name = "done"
words = { zh = "完成", en = "Done" }
plain = { zh = "完成", en = "Done" }
owner = "none"
clock = "none"
final = true
[[action]]
name = "finish"
words = { zh = "完成", en = "Finish" }
from = ["asked"]
to = "done"
who = ["holder"]
reason_from = "ends"
[[escalation]]
clock = "run"
level = "urged"
percent = 50
[[closed_list]]
name = "ends"
words = { zh = "结果", en = "Endings" }
source = "test"
item = [{ code = "good", words = { zh = "好", en = "good" } }]
"#;

const STATE: &str = "[[state]]\nname = \"lost\"\nwords = { zh = \"丢\", en = \"Lost\" }\nplain = { zh = \"丢\", en = \"Lost\" }\nowner = \"runner\"\nclock = \"run\"\n";
const ACTION: &str = "[[action]]\nwords = { zh = \"动\", en = \"Act\" }\nwho = [\"holder\"]\n";

/// `SMALL` with one text replaced by another.
fn broken(old: &str, new: &str) -> String {
    assert!(SMALL.contains(old), "{old} is not in the example");
    SMALL.replacen(old, new, 1)
}

#[track_caller]
fn check(text: &str, wanted: &[(&str, &str)]) {
    let faults = Workflow::from_toml(text).map(|w| w.key).expect_err("should be refused");
    for (place, what) in wanted {
        let found = faults.0.iter().any(|f| f.place.contains(place) && f.what.en.contains(what));
        assert!(found, "no fault “{what}” at “{place}” in:\n{faults}");
        assert!(faults.0.iter().all(|f| !f.what.zh.is_empty()));
    }
}

#[test]
fn the_example_itself_is_sound() {
    assert!(Workflow::from_toml(SMALL).is_ok());
}

#[test]
fn states_must_be_reached_and_lead_on() {
    let lost = format!("state \"{}\"", "lost");
    check(
        &broken("[[action]]", &format!("{STATE}[[action]]")),
        &[(&lost, "nothing leads here"), (&lost, "dead end"), (&lost, "the owner can do nothing")],
    );
    let trap =
        format!("{STATE}{ACTION}name = \"lose\"\nfrom = [\"asked\", \"lost\"]\nto = \"lost\"\n[[action]]");
    check(&broken("[[action]]", &trap), &[(&lost, "dead end")]);
    check(&broken("start = true", ""), &[("states", "no state is a start"), ("asked", "nothing leads here")]);
    let undone = format!("{ACTION}name = \"undo\"\nfrom = [\"done\"]\nto = \"asked\"\n[[action]]");
    check(&broken("[[action]]", &undone), &[("state \"done\"", "leads elsewhere")]);
}

#[test]
fn every_step_has_an_owner_and_a_clock() {
    check(&broken("owner = \"runner\"", "owner = \"none\""), &[("asked", "no owner")]);
    check(&broken("owner = \"runner\"", "owner = \"stranger\""), &[("asked", "\"stranger\" cannot own")]);
    check(&broken("owner = \"runner\"", "owner = \"holder\""), &[("asked", "\"holder\" cannot own")]);
    check(&broken("clock = \"run\"\nstart", "clock = \"none\"\nstart"), &[("asked", "no clock")]);
    check(
        &broken("clock = \"run\"\nstart", "clock = \"sun\"\nstart"),
        &[("asked", "there is no clock \"sun\"")],
    );
    check(&broken("owner = \"none\"", "owner = \"runner\""), &[("done", "neither owner nor clock")]);
    check(&broken("who = [\"holder\"]", "who = [\"asker\"]"), &[("asked", "the owner can do nothing")]);
}

#[test]
fn what_the_public_reads_and_who_may_act_is_sound() {
    check(&broken("en = \"Waiting\"", "en = \"Waiting for {boss}\""), &[("asked", "{holder} and {until}")]);
    check(
        &broken("from = [\"asked\"]", "from = [\"asked\", \"done\"]"),
        &[("finish", "nobody holds a final state")],
    );
}

#[test]
fn symbols_must_be_known() {
    check(&broken("to = \"done\"", "to = \"gone\""), &[("finish", "there is no state \"gone\"")]);
    check(
        &broken("from = [\"asked\"]", "from = [\"asked\", \"begged\"]"),
        &[("finish", "there is no state \"begged\"")],
    );
    check(
        &broken("who = [\"holder\"]", "who = [\"holder\", \"king\"]"),
        &[("finish", "there is no role \"king\"")],
    );
    check(
        &broken("who = [\"holder\"]", "who = [\"holder\"]\nneeds = [\"note\", \"gold\"]"),
        &[("finish", "there is no need \"gold\"")],
    );
    check(
        &broken("reason_from = \"ends\"", "reason_from = \"starts\""),
        &[("finish", "there is no closed_list \"starts\""), ("closed_list \"ends\"", "no action uses it")],
    );
    check(
        &broken("reason_from", "guard = [\"sunny\"]\nreason_from"),
        &[("finish", "there is no guard \"sunny\"")],
    );
    check(
        &broken("reason_from", "not_after = [\"sing\"]\nreason_from"),
        &[("finish", "there is no action \"sing\"")],
    );
    check(
        &broken("level = \"urged\"", "level = \"shouted\""),
        &[("escalation", "there is no level \"shouted\"")],
    );
}

#[test]
fn names_are_used_once() {
    check(&broken("name = \"runner\"", "name = \"asker\""), &[("role \"asker\"", "twice")]);
    check(
        &broken("[[action]]", &format!("{}[[action]]", STATE.replace("lost", "asked"))),
        &[("state \"asked\"", "twice")],
    );
    let again = format!("{ACTION}name = \"finish\"\nfrom = [\"asked\"]\nto = \"same\"\n[[action]]");
    check(&broken("[[action]]", &again), &[("finish", "two actions of this name from \"asked\"")]);
    check(
        &broken("item = [", "item = [{ code = \"good\", words = { zh = \"好\", en = \"good\" } }, "),
        &[("item \"good\"", "twice")],
    );
    check(&broken("name = \"asked\"", "name = \"Asked!\""), &[("state \"Asked!\"", "not a proper name")]);
}

#[test]
fn levels_rise_with_time() {
    let more = |level: &str, when: &str| {
        let second = format!("[[escalation]]\nclock = \"run\"\nlevel = \"{level}\"\n{when}\n[[closed_list]]");
        broken("[[closed_list]]", &second)
    };
    check(&more("calm", "percent = 80"), &[("to \"calm\"", "above those of the one before")]);
    check(&more("urged", "percent = 80"), &[("to \"urged\"", "above those of the one before")]);
    check(&broken("percent = 50", "percent = 0"), &[("escalation", "percent (1-100)")]);
    check(&broken("percent = 50", ""), &[("escalation", "either percent")]);
}

#[test]
fn what_a_clock_takes_is_marked_as_such() {
    let timed = |who: &str, timer: &str| {
        broken(
            "[[action]]",
            &format!(
                "[[action]]\nname = \"expire\"\nwords = {{ zh = \"到期\", en = \"Expire\" }}\nfrom = [\"asked\"]\nto = \"done\"\nwho = [\"{who}\"]\n{timer}\n[[action]]"
            ),
        )
    };
    assert!(Workflow::from_toml(&timed("clock", "timer = \"run\"")).is_ok());
    check(&timed("clock", ""), &[("expire", "both timer and who")]);
    check(&timed("holder", "timer = \"run\""), &[("expire", "both timer and who")]);
    check(&timed("clock", "timer = \"sun\""), &[("expire", "the clock \"sun\" does not run")]);
}

#[test]
fn limits_and_effects_make_sense() {
    let with = |line: &str| broken("reason_from = \"ends\"", &format!("reason_from = \"ends\"\n{line}"));
    check(&with("times = 0"), &[("finish", "limit of times")]);
    check(&with("once = true\ntimes = 2"), &[("finish", "limit of times")]);
    check(&with("length = { amount = 0, unit = \"minute\" }"), &[("finish", "must not be 0")]);
    check(&with("longest = { amount = 1, unit = \"minute\" }"), &[("finish", "does not ask for")]);
    check(&with("effect = \"extend\""), &[("finish", "extending needs")]);
    check(&with("hands_to = \"post\""), &[("finish", "handed something")]);
    check(&with("branch = [{ to = \"asked\" }]"), &[("finish", "no condition")]);
    check(&broken("reason_from = \"ends\"", "needs = [\"reason\"]"), &[("finish", "closed list")]);
    check(&broken("amount = 1", "amount = 0"), &[("clock \"run\"", "must not be 0")]);
}

#[test]
fn all_faults_come_at_once() {
    let text = broken("to = \"done\"", "to = \"gone\"").replace("who = [\"holder\"]", "who = [\"king\"]");
    let text =
        text.replace("source = \"test\"\nrole", "source = \"\"\nrole").replace("zh = \"跑腿\"", "zh = \"\"");
    check(
        &text,
        &[
            ("source", "missing"),
            ("head", "words are missing"),
            ("finish", "\"gone\""),
            ("finish", "\"king\""),
        ],
    );
}

#[test]
fn unreadable_files_say_where() {
    check("key = ", &[("workflow", "unreadable")]);
    check(&broken("[[action]]", "[[action]]\nspeed = 3"), &[("workflow", "speed")]);
    check(&broken("unit = \"working_hour\"", "unit = \"moon\""), &[("workflow", "moon")]);
}

#[test]
fn versions_live_side_by_side_and_released_ones_stay_as_they_are() {
    let mut library = Library::new();
    let first = library.add(SMALL).expect("sound");
    let second = library.add(&broken("version = 1", "version = 2")).expect("sound");
    assert_eq!(library.latest("errand").map(|w| w.version), Some(2));
    assert_eq!(library.get("errand", 1).map(|w| w.hash()), Some(first.hash()));
    assert!(library.get("errand", 3).is_none() && library.latest("other").is_none());
    assert!(library.add(SMALL).expect_err("twice").to_string().contains("twice"));
    assert_ne!(first.hash(), second.hash());

    let same = Workflow::from_toml(&format!("# a remark\n{SMALL}")).expect("sound");
    assert_eq!(same.hash(), first.hash(), "remarks are not content");

    let lock = |hash: &str| {
        format!("source = \"test\"\n[[released]]\nkey = \"errand\"\nversion = 1\nhash = \"{hash}\"\n")
    };
    assert!(library.check_released(&lock(&first.hash())).is_ok());
    assert!(library.check_released(&lock("0")).expect_err("changed").to_string().contains("must not change"));
    let gone = lock(&first.hash()).replace("version = 1", "version = 9");
    assert!(library.check_released(&gone).expect_err("gone").to_string().contains("missing"));
}
