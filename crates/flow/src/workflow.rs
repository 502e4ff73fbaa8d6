//! A workflow as data: states with one owner and one clock each, and the actions that lead from one to the next.
//!
//! The structs mirror the TOML file. A [`Workflow`] is only made by [`Workflow::from_toml`], which refuses a faulty one, so every
//! symbol in it is known and every open state leads on.
use crate::deadline::Deadline;
use crate::words::Words;
use serde::{Deserialize, Serialize};

/// Role symbol: whoever owns the step now.
pub const ROLE_HOLDER: &str = "holder";
/// Role symbol: time itself, for actions a clock takes.
pub const ROLE_CLOCK: &str = "clock";
/// Owner and clock of a final state.
pub const NONE: &str = "none";
/// Target of an action that leaves the state as it is.
pub const SAME: &str = "same";

/// A whole workflow of one version.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Workflow {
    pub key: String,
    pub version: u32,
    pub words: Words,
    /// Where it comes from: law, notice, or "Mulin default".
    pub source: String,
    #[serde(rename = "role")]
    pub roles: Vec<Symbol>,
    /// Questions only the caller can answer; their words complete "only when …".
    #[serde(rename = "guard", default, skip_serializing_if = "Vec::is_empty")]
    pub guards: Vec<Symbol>,
    /// Levels of urging, rising; the first is the calm one.
    #[serde(rename = "level", default, skip_serializing_if = "Vec::is_empty")]
    pub levels: Vec<Level>,
    #[serde(rename = "clock")]
    pub clocks: Vec<ClockRule>,
    #[serde(rename = "state")]
    pub states: Vec<State>,
    #[serde(rename = "action")]
    pub actions: Vec<Action>,
    #[serde(rename = "escalation", default, skip_serializing_if = "Vec::is_empty")]
    pub escalations: Vec<Escalation>,
    #[serde(rename = "closed_list", default, skip_serializing_if = "Vec::is_empty")]
    pub closed_lists: Vec<ClosedList>,
}

/// A name with its words: a role or a guard.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Symbol {
    pub name: String,
    pub words: Words,
}

/// One level of urging.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Level {
    pub name: String,
    pub words: Words,
}

/// A named clock with its usual length.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ClockRule {
    pub name: String,
    pub words: Words,
    /// Used where neither the action nor the caller brings a length.
    pub length: Deadline,
    /// The caller knows the length better (a type has its own): use `length` only where it does not.
    #[serde(default, skip_serializing_if = "is_false")]
    pub by_caller: bool,
    pub source: String,
}

/// One step: who must act, which clock runs, and what everybody may read about it.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct State {
    pub name: String,
    /// Short status.
    pub words: Words,
    /// Plain sentence for the public; `{holder}` and `{until}` are filled by [`State::plain_with`].
    pub plain: Words,
    /// Role symbol of the one who owns the next step, or "none".
    pub owner: String,
    /// Name of the clock that runs, or "none".
    pub clock: String,
    #[serde(default, skip_serializing_if = "is_false")]
    pub start: bool,
    #[serde(rename = "final", default, skip_serializing_if = "is_false")]
    pub is_final: bool,
}

/// What can be done, from where, by whom, with what.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Action {
    pub name: String,
    pub words: Words,
    pub from: Vec<String>,
    /// A state, or "same".
    pub to: String,
    /// The way most things go on from here: what a screen offers first.
    #[serde(default, skip_serializing_if = "is_false")]
    pub main: bool,
    /// Other targets, tried in order before `to`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub branch: Vec<Branch>,
    /// Role symbols; one is enough.
    pub who: Vec<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub needs: Vec<Need>,
    /// Closed list the reason must come from; says that a reason is needed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason_from: Option<String>,
    /// All of these must hold.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub guard: Vec<String>,
    /// How many times in the life of one thing; `once = true` is `times = 1`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub times: Option<u32>,
    #[serde(default, skip_serializing_if = "is_false")]
    pub once: bool,
    /// Refused once any of these actions has been taken ("once ruled, no return").
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub not_after: Vec<String>,
    /// The clock whose end takes this action by itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub timer: Option<String>,
    #[serde(default, skip_serializing_if = "Effect::is_plain")]
    pub effect: Effect,
    /// Who does the work from now on.
    #[serde(default, skip_serializing_if = "Handover::is_nobody")]
    pub hands_to: Handover,
    /// Length of the clock this action starts, instead of the clock's own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub length: Option<Deadline>,
    /// The most a given length may be; it must then come in the same unit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub longest: Option<Deadline>,
    /// Level of urging it raises to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub raises: Option<String>,
    /// Rule the action comes from, where there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<String>,
}

/// A target that depends: `when` a guard holds, or once the action `done` has been taken before.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Branch {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub when: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub done: Option<String>,
    pub to: String,
}

/// Something that must be brought along with an action.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Need {
    /// A code of the action's closed list.
    Reason,
    Note,
    /// At least one picture.
    Photo,
    /// The post that gets the work, or joins it.
    Post,
    /// A date the action speaks of.
    Date,
    /// 1 to 5.
    Rating,
    /// What is new since last time, in words.
    NewFacts,
    /// The other thing it is merged into.
    Target,
    /// How long: an extension, a pause.
    Length,
    /// A symbol nobody knows; kept only so that loading can name it.
    #[serde(untagged)]
    Unknown(String),
}

/// What an action does to the running clock, beyond what the change of state does by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Effect {
    /// A state with another clock starts that clock; a state with the same one lets it run on.
    #[default]
    Plain,
    /// The clock of the new state starts anew even if it is the same.
    Restart,
    /// The running clock stands still; the clock of the new state runs meanwhile.
    Pause,
    /// The clock that stood still runs on.
    Resume,
    /// The running clock gets longer.
    Extend,
}

/// Who does the work after an action; the owner of a state follows from its role, this says who stands behind the doer's role.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Handover {
    /// Nothing changes.
    #[default]
    Nobody,
    /// The post that was given does the work from now on.
    Post,
    /// The post of the one who acts does.
    Actor,
    /// The post that was given helps; the doer stays.
    Helper,
}

/// When a clock raises the level: after a part of its time, or some time after its end.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Escalation {
    pub clock: String,
    pub level: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub percent: Option<u8>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub after_due: Option<Deadline>,
}

/// Reasons to choose from; no other reason counts.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ClosedList {
    pub name: String,
    pub words: Words,
    pub source: String,
    #[serde(rename = "item")]
    pub items: Vec<ListItem>,
}

/// One reason of a closed list.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ListItem {
    pub code: String,
    pub words: Words,
    /// What the person concerned is told to do instead, where there is something.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub advice: Option<Words>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<String>,
}

impl Workflow {
    pub fn state(&self, name: &str) -> Option<&State> {
        self.states.iter().find(|s| s.name == name)
    }

    pub fn clock(&self, name: &str) -> Option<&ClockRule> {
        self.clocks.iter().find(|c| c.name == name)
    }

    pub fn closed_list(&self, name: &str) -> Option<&ClosedList> {
        self.closed_lists.iter().find(|l| l.name == name)
    }

    /// Words of a reason code, wherever it is listed under `list`.
    pub fn reason(&self, list: &str, code: &str) -> Option<&ListItem> {
        self.closed_list(list)?.items.iter().find(|i| i.code == code)
    }

    /// Words of an action by name; the first of that name where several share it.
    pub fn action(&self, name: &str) -> Option<&Action> {
        self.actions.iter().find(|a| a.name == name)
    }

    pub fn role(&self, name: &str) -> Option<&Symbol> {
        self.roles.iter().find(|r| r.name == name)
    }

    pub fn guard(&self, name: &str) -> Option<&Symbol> {
        self.guards.iter().find(|g| g.name == name)
    }

    pub fn level(&self, name: &str) -> Option<&Level> {
        self.levels.iter().find(|l| l.name == name)
    }

    /// Place of a level in the rising order, from 0; levels only rise, so the greater of two is in force.
    pub fn level_rank(&self, name: &str) -> Option<usize> {
        self.levels.iter().position(|l| l.name == name)
    }

    /// States something may begin in, in file order; the first is the usual one.
    pub fn starts(&self) -> impl Iterator<Item = &State> {
        self.states.iter().filter(|s| s.start)
    }

    /// Actions possible from a state, in file order, whoever may take them.
    pub fn actions_from<'w, 's>(&'w self, state: &'s str) -> impl Iterator<Item = &'w Action> + use<'w, 's> {
        self.actions.iter().filter(move |a| a.is_from(state))
    }

    /// The action the end of a clock takes by itself in a state, if any.
    pub fn timed_action(&self, state: &str, clock: &str) -> Option<&Action> {
        self.actions_from(state).find(|a| a.timer.as_deref() == Some(clock))
    }
}

impl Action {
    pub fn is_from(&self, state: &str) -> bool {
        self.from.iter().any(|f| f == state)
    }

    /// How often it may be taken, if there is a limit.
    pub fn times_max(&self) -> Option<u32> {
        if self.once { Some(1) } else { self.times }
    }

    pub fn needs_it(&self, need: &Need) -> bool {
        self.needs.contains(need) || (*need == Need::Reason && self.reason_from.is_some())
    }

    /// Every state it may lead to from `from`.
    pub(crate) fn targets<'a>(&'a self, from: &'a str) -> impl Iterator<Item = &'a str> {
        let all = self.branch.iter().map(|b| b.to.as_str()).chain([self.to.as_str()]);
        all.map(move |to| if to == SAME { from } else { to })
    }
}

impl State {
    /// The plain sentence with the name of who owns the step and until when filled in.
    pub fn plain_with(&self, holder: &Words, until: &Words) -> Words {
        let fill = |text: &str, holder: &str, until: &str| {
            text.replace("{holder}", holder).replace("{until}", until)
        };
        Words::new(fill(&self.plain.zh, &holder.zh, &until.zh), fill(&self.plain.en, &holder.en, &until.en))
    }
}

fn is_false(value: &bool) -> bool {
    !value
}

impl Handover {
    fn is_nobody(&self) -> bool {
        *self == Handover::Nobody
    }
}

impl Effect {
    fn is_plain(&self) -> bool {
        *self == Effect::Plain
    }
}
