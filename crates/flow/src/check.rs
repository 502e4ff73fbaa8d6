//! What makes a workflow unfit to run. Loading finds all faults at once and says where each is.
use crate::fault::Faults;
use crate::words::Words;
use crate::workflow::{
    Action, Effect, Escalation, Handover, NONE, Need, ROLE_CLOCK, ROLE_HOLDER, SAME, State, Workflow,
};
use std::collections::{BTreeMap, BTreeSet};

const STATES_MAX: usize = 64;
const ACTIONS_MAX: usize = 256;
const LIST_ITEMS_MAX: usize = 64;

impl Workflow {
    /// Reads and checks a workflow. Every fault is named, not just the first.
    pub fn from_toml(text: &str) -> Result<Workflow, Faults> {
        let workflow: Workflow = toml::from_str(text).map_err(|e| {
            Faults::one("workflow", format!("文件读不懂：{}", e.message()), format!("unreadable: {e}"))
        })?;
        let mut check = Check { workflow: &workflow, faults: Faults::default() };
        check.head();
        check.names();
        check.states();
        check.actions();
        check.escalations();
        check.lists();
        check.ways();
        let faults = check.faults;
        faults.or(workflow)
    }
}

struct Check<'w> {
    workflow: &'w Workflow,
    faults: Faults,
}

impl<'w> Check<'w> {
    fn add(&mut self, place: &str, zh: impl Into<String>, en: impl Into<String>) {
        let place = format!("{} v{}, {place}", self.workflow.key, self.workflow.version);
        self.faults.add(place, zh, en);
    }

    fn head(&mut self) {
        let w = self.workflow;
        if !is_name(&w.key) {
            self.add(
                "key",
                "键应为小写字母、数字和下划线",
                "the key must be lower-case letters, digits and _",
            );
        }
        if w.version == 0 {
            self.add("version", "版本号从 1 起", "versions start at 1");
        }
        if w.source.trim().is_empty() {
            self.add("source", "缺少来源", "the source is missing");
        }
        self.words("head", &w.words);
        if w.states.len() > STATES_MAX || w.actions.len() > ACTIONS_MAX {
            self.add(
                "head",
                format!("太大：最多 {STATES_MAX} 个状态、{ACTIONS_MAX} 个操作"),
                format!("too large: at most {STATES_MAX} states and {ACTIONS_MAX} actions"),
            );
        }
    }

    fn words(&mut self, place: &str, words: &Words) {
        if words.is_blank() {
            self.add(place, "缺少中文或英文", "the Chinese or the English words are missing");
        }
    }

    /// Names are symbols, used once, and not one of the words that mean something else.
    fn names(&mut self) {
        let w = self.workflow;
        self.unique("role", w.roles.iter().map(|r| (r.name.as_str(), &r.words)).collect());
        self.unique("guard", w.guards.iter().map(|g| (g.name.as_str(), &g.words)).collect());
        self.unique("level", w.levels.iter().map(|l| (l.name.as_str(), &l.words)).collect());
        self.unique("clock", w.clocks.iter().map(|c| (c.name.as_str(), &c.words)).collect());
        self.unique("state", w.states.iter().map(|s| (s.name.as_str(), &s.words)).collect());
        self.unique("closed_list", w.closed_lists.iter().map(|l| (l.name.as_str(), &l.words)).collect());
        for clock in &w.clocks {
            let place = format!("clock \"{}\"", clock.name);
            if clock.length.amount == 0 {
                self.add(&place, "时限不能为 0", "the length must not be 0");
            }
            if clock.source.trim().is_empty() {
                self.add(&place, "缺少来源", "the source is missing");
            }
        }
    }

    fn unique(&mut self, kind: &str, names: Vec<(&str, &Words)>) {
        let mut seen = BTreeSet::new();
        for (name, words) in names {
            let place = format!("{kind} \"{name}\"");
            // A level may well be called "none"; the others would be read as "nobody", "no clock", "stay".
            if !is_name(name) || (kind != "level" && (name == NONE || name == SAME)) {
                self.add(&place, "名称不合规", "this is not a proper name");
            }
            if !seen.insert(name) {
                self.add(&place, "名称重复", "this name is there twice");
            }
            self.words(&place, words);
        }
    }

    fn states(&mut self) {
        let w = self.workflow;
        if w.starts().next().is_none() {
            self.add("states", "没有起始状态", "no state is a start");
        }
        for state in &w.states {
            let place = format!("state \"{}\"", state.name);
            self.words(&place, &state.plain);
            let rest = state.plain_with(&Words::default(), &Words::default());
            if rest.zh.contains(['{', '}']) || rest.en.contains(['{', '}']) {
                self.add(
                    &place,
                    "公开说明里只能用 {holder} 和 {until}",
                    "the plain sentence may only use {holder} and {until}",
                );
            }
            if state.is_final { self.final_state(&place, state) } else { self.open_state(&place, state) }
        }
    }

    fn final_state(&mut self, place: &str, state: &State) {
        if state.owner != NONE || state.clock != NONE {
            self.add(place, "终态不能有责任人或时钟", "a final state has neither owner nor clock");
        }
        if state.start {
            self.add(place, "终态不能是起始状态", "a final state cannot be a start");
        }
    }

    fn open_state(&mut self, place: &str, state: &State) {
        let w = self.workflow;
        if state.owner == NONE || state.owner.is_empty() {
            self.add(place, "这一步没有责任人", "this step has no owner");
        } else if w.role(&state.owner).is_none() || state.owner == ROLE_HOLDER || state.owner == ROLE_CLOCK {
            let (zh, en) =
                (format!("不能由“{}”负责", state.owner), format!("\"{}\" cannot own a step", state.owner));
            self.add(place, zh, en);
        }
        if state.clock == NONE || state.clock.is_empty() {
            self.add(place, "这一步没有时钟", "this step has no clock");
        } else if w.clock(&state.clock).is_none() {
            let (zh, en) =
                (format!("没有时钟“{}”", state.clock), format!("there is no clock \"{}\"", state.clock));
            self.add(place, zh, en);
        }
        let by_owner = |a: &Action| a.who.iter().any(|r| r == ROLE_HOLDER || *r == state.owner);
        if !w.actions_from(&state.name).any(|a| by_owner(a) || a.timer.is_some()) {
            self.add(
                place,
                "责任人在这一步无事可做，也没有到期自动进行的操作",
                "the owner can do nothing here, and no clock does",
            );
        }
    }

    fn actions(&mut self) {
        let w = self.workflow;
        let mut from_seen: BTreeMap<(&str, &str), usize> = BTreeMap::new();
        for (n, action) in w.actions.iter().enumerate() {
            let place = format!("action \"{}\"", action.name);
            if !is_name(&action.name) {
                self.add(&place, "名称不合规", "this is not a proper name");
            }
            self.words(&place, &action.words);
            for from in &action.from {
                if from_seen.insert((&action.name, from), n).is_some() {
                    self.add(
                        &place,
                        format!("从“{from}”出发的同名操作有两个"),
                        format!("there are two actions of this name from \"{from}\""),
                    );
                }
            }
            self.action_symbols(&place, action);
            self.action_clock(&place, action);
            self.action_limits(&place, action);
        }
    }

    fn action_symbols(&mut self, place: &str, action: &'w Action) {
        let w = self.workflow;
        let targets = action.branch.iter().map(|b| &b.to).chain([&action.to]).filter(|to| *to != SAME);
        let states: Vec<&String> = action.from.iter().chain(targets).collect();
        for name in states {
            self.known(place, "state", "状态", name, w.state(name).is_some());
        }
        for name in &action.who {
            self.known(place, "role", "角色", name, w.role(name).is_some());
        }
        for name in action.guard.iter().chain(action.branch.iter().filter_map(|b| b.when.as_ref())) {
            self.known(place, "guard", "条件", name, w.guard(name).is_some());
        }
        for name in action.not_after.iter().chain(action.branch.iter().filter_map(|b| b.done.as_ref())) {
            self.known(place, "action", "操作", name, w.action(name).is_some());
        }
        if let Some(name) = &action.reason_from {
            self.known(place, "closed_list", "列表", name, w.closed_list(name).is_some());
        }
        if let Some(name) = &action.raises {
            self.known(place, "level", "等级", name, w.level(name).is_some());
        }
        for need in &action.needs {
            self.known(place, "need", "所需", need.name(), !matches!(need, Need::Unknown(_)));
        }
        if action.from.is_empty() || action.who.is_empty() {
            self.add(place, "缺少起点或由谁来做", "it has no state to start from or nobody to do it");
        }
        let is_final = |name: &String| w.state(name).is_some_and(|s| s.is_final);
        if action.who.iter().all(|r| r == ROLE_HOLDER) && action.from.iter().any(is_final) {
            self.add(
                place,
                "终态没有责任人，没有人能做这个操作",
                "nobody holds a final state, so nobody could do this",
            );
        }
        if action.branch.iter().any(|b| b.when.is_none() && b.done.is_none()) {
            self.add(place, "分支没有条件", "a branch has no condition");
        }
    }

    fn known(&mut self, place: &str, kind: &str, kind_zh: &str, name: &str, is_known: bool) {
        if !is_known {
            self.add(place, format!("没有这个{kind_zh}：“{name}”"), format!("there is no {kind} \"{name}\""));
        }
    }

    fn action_clock(&mut self, place: &str, action: &Action) {
        let w = self.workflow;
        let by_clock = action.who.iter().any(|r| r == ROLE_CLOCK);
        if by_clock != action.timer.is_some() {
            self.add(
                place,
                "到期自动进行的操作应同时写 timer 和 who = [\"clock\"]",
                "an action a clock takes has both timer and who = [\"clock\"]",
            );
        }
        if let Some(timer) = &action.timer {
            for from in action.from.iter().filter_map(|f| w.state(f)).filter(|s| s.clock != *timer) {
                let (zh, en) = (
                    format!("状态“{}”里走的不是时钟“{timer}”", from.name),
                    format!("the clock \"{timer}\" does not run in \"{}\"", from.name),
                );
                self.add(place, zh, en);
            }
        }
        let fits = match action.effect {
            Effect::Plain => true,
            Effect::Restart => action.to != NONE,
            Effect::Pause => action.reason_from.is_some() && action.to != SAME,
            Effect::Resume => action.to != SAME,
            Effect::Extend => {
                action.to == SAME && action.needs_it(&Need::Length) && action.reason_from.is_some()
            }
        };
        if !fits {
            self.add(
                place,
                "暂停和延期要有列表里的理由；延期要写多长、停在原状态；暂停和恢复要换状态",
                "pausing and extending need a reason from a closed list; extending needs a length and stays in its state; pausing and resuming change it",
            );
        }
    }

    fn action_limits(&mut self, place: &str, action: &Action) {
        if action.needs.contains(&Need::Reason) && action.reason_from.is_none() {
            self.add(
                place,
                "要理由就要写明列表（reason_from）",
                "a reason must come from a closed list (reason_from)",
            );
        }
        if action.times == Some(0) || (action.once && action.times.is_some()) {
            self.add(
                place,
                "次数限制不合规",
                "the limit of times is not proper: once, or times of at least 1",
            );
        }
        let lengths = [action.length, action.longest];
        if lengths.iter().flatten().any(|d| d.amount == 0) {
            self.add(place, "时长不能为 0", "a length must not be 0");
        }
        let gives_post = matches!(action.hands_to, Handover::Post | Handover::Helper);
        if gives_post != action.needs_it(&Need::Post) {
            self.add(
                place,
                "post 与 hands_to 应同时写",
                "a post that is asked for must be handed something, and the other way round",
            );
        }
        if action.longest.is_some() && !action.needs_it(&Need::Length) {
            self.add(place, "没有要时长，却限制了时长", "it limits a length it does not ask for");
        }
    }

    fn escalations(&mut self) {
        let w = self.workflow;
        for escalation in &w.escalations {
            let place = format!("escalation of \"{}\" to \"{}\"", escalation.clock, escalation.level);
            self.known(&place, "clock", "时钟", &escalation.clock, w.clock(&escalation.clock).is_some());
            self.known(&place, "level", "等级", &escalation.level, w.level(&escalation.level).is_some());
            let proper = match (escalation.percent, escalation.after_due) {
                (Some(percent), None) => (1..=100).contains(&percent),
                (None, Some(after)) => after.amount > 0,
                _ => false,
            };
            if !proper {
                self.add(
                    &place,
                    "应写 percent（1-100）或 after_due，二者之一",
                    "it needs either percent (1-100) or after_due",
                );
            }
        }
        for clock in &w.clocks {
            let of_clock: Vec<&Escalation> = w.escalations.iter().filter(|e| e.clock == clock.name).collect();
            for pair in of_clock.windows(2) {
                if self.rises(pair[0], pair[1]) {
                    continue;
                }
                let place = format!("escalation of \"{}\" to \"{}\"", clock.name, pair[1].level);
                self.add(
                    &place,
                    "等级和时间都应比前一条高",
                    "its level and its time must be above those of the one before (after_due in the same unit)",
                );
            }
        }
    }

    fn rises(&self, low: &Escalation, high: &Escalation) -> bool {
        let levels = self.workflow.level_rank(&low.level) < self.workflow.level_rank(&high.level);
        let times = match (low.percent, high.percent, low.after_due, high.after_due) {
            (Some(a), Some(b), ..) => a < b,
            (Some(_), None, ..) => true,
            (None, None, Some(a), Some(b)) => a.unit == b.unit && a.amount < b.amount,
            _ => false,
        };
        levels && times
    }

    fn lists(&mut self) {
        let w = self.workflow;
        for list in &w.closed_lists {
            let place = format!("closed_list \"{}\"", list.name);
            if list.items.is_empty() || list.items.len() > LIST_ITEMS_MAX {
                self.add(&place, "应有 1 到 64 项", "it must have 1 to 64 items");
            }
            if list.source.trim().is_empty() {
                self.add(&place, "缺少来源", "the source is missing");
            }
            let codes = list.items.iter().map(|i| (i.code.as_str(), &i.words)).collect();
            self.unique(&format!("{place}, item"), codes);
            if !w.actions.iter().any(|a| a.reason_from.as_deref() == Some(&list.name)) {
                self.add(&place, "没有操作用到它", "no action uses it");
            }
        }
        for guard in &w.guards {
            let used = |a: &Action| {
                a.guard.contains(&guard.name) || a.branch.iter().any(|b| b.when.as_ref() == Some(&guard.name))
            };
            if !w.actions.iter().any(used) {
                self.add(&format!("guard \"{}\"", guard.name), "没有操作用到它", "no action uses it");
            }
        }
        for clock in &w.clocks {
            if !w.states.iter().any(|s| s.clock == clock.name) {
                self.add(&format!("clock \"{}\"", clock.name), "没有状态用到它", "no state uses it");
            }
        }
    }

    /// Every state can be reached from a start, and from every open one a final one can be reached.
    fn ways(&mut self) {
        let w = self.workflow;
        let mut onward: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
        let mut back: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
        for action in &w.actions {
            for from in &action.from {
                for to in action.targets(from) {
                    onward.entry(from).or_default().insert(to);
                    back.entry(to).or_default().insert(from);
                }
            }
        }
        let reached = spread(w.starts().map(|s| s.name.as_str()), &onward);
        let ending = spread(w.states.iter().filter(|s| s.is_final).map(|s| s.name.as_str()), &back);
        for state in &w.states {
            let place = format!("state \"{}\"", state.name);
            let name = state.name.as_str();
            if !reached.contains(name) {
                self.add(&place, "没有路通到这里", "nothing leads here");
            }
            if state.is_final && onward.get(name).is_some_and(|to| to.iter().any(|t| *t != name)) {
                self.add(&place, "终态不能再去别处", "a final state leads elsewhere");
            }
            if !state.is_final && !ending.contains(name) {
                self.add(
                    &place,
                    "这里是死胡同：到不了任何终态",
                    "this is a dead end: no final state can be reached",
                );
            }
        }
    }
}

/// All names reachable from `from` along `ways`.
fn spread<'a>(
    from: impl Iterator<Item = &'a str>,
    ways: &BTreeMap<&'a str, BTreeSet<&'a str>>,
) -> BTreeSet<&'a str> {
    let mut open: Vec<&str> = from.collect();
    let mut seen = BTreeSet::new();
    while let Some(name) = open.pop() {
        if seen.insert(name) {
            open.extend(ways.get(name).into_iter().flatten());
        }
    }
    seen
}

/// Lower-case letters, digits and underscores, starting with a letter.
fn is_name(name: &str) -> bool {
    let mut chars = name.chars();
    chars.next().is_some_and(|c| c.is_ascii_lowercase())
        && chars.all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_')
        && name.len() <= 40
}
