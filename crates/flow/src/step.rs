//! What an action does: pure interpretation of a workflow. The caller knows the facts, the workflow knows the rules.
use crate::deadline::Deadline;
use crate::refusal::Refusal;
use crate::words::Words;
use crate::workflow::{
    Action, Branch, ClockRule, Effect, NONE, Need, ROLE_CLOCK, ROLE_HOLDER, SAME, State, Workflow,
};

/// What somebody brings along with an action. The values themselves stay with the caller; flow only asks whether they are there and fit.
#[derive(Debug, Clone, Copy, Default)]
pub struct Given<'a> {
    pub reason: Option<&'a str>,
    pub note: Option<&'a str>,
    /// How many pictures.
    pub photos: usize,
    pub has_post: bool,
    pub has_date: bool,
    pub has_target: bool,
    pub rating: Option<i64>,
    pub new_facts: Option<&'a str>,
    pub length: Option<Deadline>,
}

/// What has happened before, and which guards hold now.
#[derive(Debug, Clone, Copy, Default)]
pub struct Facts<'a> {
    /// How often each action has been taken; absent means never.
    pub counts: &'a [(&'a str, u32)],
    /// Guards that hold.
    pub holds: &'a [&'a str],
}

/// The outcome of an action that is allowed.
#[derive(Debug, Clone, Copy)]
pub struct Step<'w> {
    pub action: &'w Action,
    pub from: &'w State,
    pub to: &'w State,
    pub clock: ClockChange<'w>,
    /// Level it raises to at least; levels only rise, see [`Workflow::level_rank`].
    pub raises: Option<&'w str>,
}

/// What happens to the clock.
#[derive(Debug, Clone, Copy)]
pub enum ClockChange<'w> {
    /// The same clock runs on.
    Keep,
    /// The clock before ends, this one starts now.
    Start(ClockStart<'w>),
    /// The running clock is put on hold; meanwhile this one runs.
    Pause(ClockStart<'w>),
    /// The clock that was on hold runs on; the one that ran meanwhile ends.
    Resume(&'w ClockRule),
    /// The running clock gets this much longer.
    Extend(Deadline),
    /// Nothing runs any more.
    Stop,
}

/// A clock that starts now.
#[derive(Debug, Clone, Copy)]
pub struct ClockStart<'w> {
    pub rule: &'w ClockRule,
    pub length: Deadline,
    /// Use the caller's own length if it has one; `length` is only the usual one.
    pub by_caller: bool,
}

/// An action as a screen shows it: possible, or why not. What it needs is in the action.
#[derive(Debug, Clone)]
pub struct Allowed<'w> {
    pub action: &'w Action,
    pub can: bool,
    pub why: Option<Refusal>,
}

impl Workflow {
    /// Decides one action. `who` are the roles the actor has towards this very thing; the owner of the state is always also the holder.
    pub fn step(
        &self,
        state: &str,
        action: &str,
        who: &[&str],
        given: &Given<'_>,
        facts: &Facts<'_>,
    ) -> Result<Step<'_>, Refusal> {
        let from = self.state(state).ok_or_else(|| Refusal::UnknownState(state.to_owned()))?;
        let action = self.find_action(from, action)?;
        self.check_who(action, from, who)?;
        self.check_history(action, facts)?;
        self.check_guards(action, facts)?;
        self.check_given(action, given)?;
        let to = self.target(action, from, facts);
        let clock = self.clock_change(action, from, to, given);
        Ok(Step { action, from, to, clock, raises: action.raises.as_deref() })
    }

    /// Every action a state knows, with whether it is possible for `who` now. What must be given is not asked here.
    pub fn allowed(&self, state: &str, who: &[&str], facts: &Facts<'_>) -> Vec<Allowed<'_>> {
        let Some(from) = self.state(state) else { return Vec::new() };
        let actions = self.actions.iter().filter(|a| a.is_from(&from.name));
        actions
            .map(|action| {
                let why = self.may(action, from, who, facts).err();
                Allowed { action, can: why.is_none(), why }
            })
            .collect()
    }

    /// The clock that runs when something begins in a state.
    pub fn begin(&self, state: &str) -> Option<(&State, ClockStart<'_>)> {
        let state = self.state(state).filter(|s| s.start)?;
        Some((state, self.clock_start(state, None)?))
    }

    fn may(&self, action: &Action, from: &State, who: &[&str], facts: &Facts<'_>) -> Result<(), Refusal> {
        self.check_who(action, from, who)?;
        self.check_history(action, facts)?;
        self.check_guards(action, facts)
    }

    fn find_action(&self, from: &State, name: &str) -> Result<&Action, Refusal> {
        let mut elsewhere = None;
        for action in self.actions.iter().filter(|a| a.name == name) {
            if action.is_from(&from.name) {
                return Ok(action);
            }
            elsewhere = Some(action);
        }
        Err(match elsewhere {
            Some(action) => Refusal::NotNow { action: action.words.clone(), state: from.words.clone() },
            None => Refusal::UnknownAction(name.to_owned()),
        })
    }

    fn check_who(&self, action: &Action, from: &State, who: &[&str]) -> Result<(), Refusal> {
        let holds = who.iter().any(|role| *role == ROLE_HOLDER || *role == from.owner);
        let may = |role: &String| who.contains(&role.as_str()) || (role == ROLE_HOLDER && holds);
        if action.who.iter().any(may) {
            return Ok(());
        }
        if action.who.iter().all(|role| role == ROLE_CLOCK) {
            return Err(Refusal::ClockOnly);
        }
        Err(Refusal::NotYours { may: self.names_of(&action.who, from) })
    }

    /// The roles in words; the holder by the name of the owner.
    fn names_of(&self, roles: &[String], from: &State) -> Words {
        let name = |role: &String| self.role(if role == ROLE_HOLDER { &from.owner } else { role });
        let names: Vec<&Words> =
            roles.iter().filter(|r| *r != ROLE_CLOCK).filter_map(name).map(|s| &s.words).collect();
        let zh: Vec<&str> = names.iter().map(|w| w.zh.as_str()).collect();
        let en: Vec<&str> = names.iter().map(|w| w.en.as_str()).collect();
        Words::new(zh.join("、"), en.join(", "))
    }

    fn check_history(&self, action: &Action, facts: &Facts<'_>) -> Result<(), Refusal> {
        if let Some(times) = action.times_max()
            && facts.count(&action.name) >= times
        {
            return Err(Refusal::AlreadyDone { action: action.words.clone(), times });
        }
        match action.not_after.iter().find(|name| facts.count(name) > 0) {
            None => Ok(()),
            Some(name) => {
                let after = self.action(name).map(|a| a.words.clone()).unwrap_or_default();
                Err(Refusal::NotAfter { action: action.words.clone(), after })
            }
        }
    }

    fn check_guards(&self, action: &Action, facts: &Facts<'_>) -> Result<(), Refusal> {
        match action.guard.iter().find(|g| !facts.holds.contains(&g.as_str())) {
            None => Ok(()),
            Some(name) => {
                let when = self.guard(name).map(|g| g.words.clone()).unwrap_or_default();
                Err(Refusal::NotMet { guard: name.clone(), when })
            }
        }
    }

    fn check_given(&self, action: &Action, given: &Given<'_>) -> Result<(), Refusal> {
        if let Some(list) = &action.reason_from {
            self.check_reason(list, given.reason)?;
        }
        if let Some(need) = action.needs.iter().find(|need| !given.has(need)) {
            return Err(Refusal::Missing { need: need.clone() });
        }
        if given.rating.is_some_and(|r| !(1..=5).contains(&r)) {
            return Err(Refusal::RatingOutOfRange);
        }
        match (action.longest, given.length) {
            (Some(most), Some(length)) if length.unit != most.unit || length.amount > most.amount => {
                Err(Refusal::TooLong { longest: most })
            }
            _ => Ok(()),
        }
    }

    fn check_reason(&self, list: &str, given: Option<&str>) -> Result<(), Refusal> {
        let Some(code) = given.filter(|code| !code.is_empty()) else {
            return Err(Refusal::Missing { need: Need::Reason });
        };
        if self.reason(list, code).is_some() {
            return Ok(());
        }
        let items = self.closed_list(list).map(|l| l.items.as_slice()).unwrap_or_default();
        let choices = items.iter().map(|i| i.code.clone()).collect();
        Err(Refusal::ReasonNotListed { list: list.to_owned(), given: code.to_owned(), choices })
    }

    fn target<'w>(&'w self, action: &'w Action, from: &'w State, facts: &Facts<'_>) -> &'w State {
        let to = action.branch.iter().find(|b| b.holds(facts)).map_or(&action.to, |b| &b.to);
        // Loading made sure that the target exists.
        if to == SAME { from } else { self.state(to).unwrap_or(from) }
    }

    fn clock_change<'w>(
        &'w self,
        action: &'w Action,
        from: &State,
        to: &'w State,
        given: &Given<'_>,
    ) -> ClockChange<'w> {
        let start = || self.clock_start(to, action.length.or(self.given_length(action, given)));
        let change = match action.effect {
            Effect::Extend => given.length.map(ClockChange::Extend),
            Effect::Pause => start().map(ClockChange::Pause),
            Effect::Resume => self.clock(&to.clock).map(ClockChange::Resume),
            Effect::Restart => start().map(ClockChange::Start),
            Effect::Plain if from.clock == to.clock => Some(ClockChange::Keep),
            Effect::Plain if to.clock == NONE => Some(ClockChange::Stop),
            Effect::Plain => start().map(ClockChange::Start),
        };
        change.unwrap_or(ClockChange::Keep)
    }

    /// A length somebody gave counts only where the action asks for one.
    fn given_length(&self, action: &Action, given: &Given<'_>) -> Option<Deadline> {
        given.length.filter(|_| action.needs_it(&Need::Length))
    }

    fn clock_start(&self, state: &State, length: Option<Deadline>) -> Option<ClockStart<'_>> {
        let rule = self.clock(&state.clock)?;
        let by_caller = rule.by_caller && length.is_none();
        Some(ClockStart { rule, length: length.unwrap_or(rule.length), by_caller })
    }
}

impl Facts<'_> {
    /// How often an action has been taken.
    pub fn count(&self, action: &str) -> u32 {
        self.counts.iter().find(|(name, _)| *name == action).map_or(0, |(_, n)| *n)
    }
}

impl Branch {
    fn holds(&self, facts: &Facts<'_>) -> bool {
        let guard = self.when.as_ref().is_none_or(|g| facts.holds.contains(&g.as_str()));
        let done = self.done.as_ref().is_none_or(|a| facts.count(a) > 0);
        guard && done
    }
}

impl Given<'_> {
    fn has(&self, need: &Need) -> bool {
        let said = |text: Option<&str>| text.is_some_and(|t| !t.trim().is_empty());
        match need {
            Need::Reason => said(self.reason),
            Need::Note => said(self.note),
            Need::Photo => self.photos > 0,
            Need::Post => self.has_post,
            Need::Date => self.has_date,
            Need::Rating => self.rating.is_some(),
            Need::NewFacts => said(self.new_facts),
            Need::Target => self.has_target,
            Need::Length => self.length.is_some_and(|l| l.amount > 0),
            Need::Unknown(_) => false,
        }
    }
}

impl Step<'_> {
    /// Whether the thing is in another state afterwards.
    pub fn moves(&self) -> bool {
        self.from.name != self.to.name
    }

    /// Role symbol of the one who owns the next step.
    pub fn owner(&self) -> &str {
        &self.to.owner
    }
}
