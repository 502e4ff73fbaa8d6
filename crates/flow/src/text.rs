//! A workflow as a plain list: who must do what by when, what they can do, what is urged, and every closed list.
use crate::words::Lang;
use crate::workflow::{Action, ClockRule, ClosedList, Escalation, ROLE_HOLDER, SAME, State, Workflow};
use std::fmt::Write;

impl Workflow {
    /// Prints the whole workflow, readable without a diagram: states, clocks, lists.
    pub fn to_text(&self, lang: Lang) -> String {
        let mut out = format!("{} ({} v{})\n{}\n", self.words.get(lang), self.key, self.version, self.source);
        for state in &self.states {
            self.write_step(&mut out, state, lang);
        }
        for clock in &self.clocks {
            self.write_clock(&mut out, clock, lang);
        }
        for list in &self.closed_lists {
            write_list(&mut out, list, lang);
        }
        out
    }

    fn write_step(&self, out: &mut String, state: &State, lang: Lang) {
        let _ = write!(out, "\n{} ({})", state.words.get(lang), state.name);
        if let (Some(owner), Some(clock)) = (self.role(&state.owner), self.clock(&state.clock)) {
            let length = clock.length.words();
            let _ =
                write!(out, " — {}, {} {}", owner.words.get(lang), clock.words.get(lang), length.get(lang));
        }
        let _ = writeln!(out, "\n  {}", state.plain.get(lang));
        for action in self.actions_from(&state.name) {
            self.write_action(out, state, action, lang);
        }
    }

    fn write_action(&self, out: &mut String, state: &State, action: &Action, lang: Lang) {
        let owner = |role: &str| self.role(if role == ROLE_HOLDER { &state.owner } else { role });
        let who: Vec<&str> = action.who.iter().filter_map(|r| owner(r)).map(|r| r.words.get(lang)).collect();
        let _ = write!(out, "  - {} ({}): {}", action.words.get(lang), action.name, who.join("/"));
        for branch in &action.branch {
            let _ = write!(
                out,
                " → {} ({})",
                self.state_words(&branch.to, state, lang),
                self.condition(branch, lang)
            );
        }
        if action.to != SAME {
            let _ = write!(out, " → {}", self.state_words(&action.to, state, lang));
        }
        let list = action.reason_from.as_deref().and_then(|l| self.closed_list(l));
        let needs = action.needs.iter().map(|n| n.words().get(lang).to_owned());
        let needs: Vec<String> =
            list.map(|l| l.words.get(lang).to_owned()).into_iter().chain(needs).collect();
        if !needs.is_empty() {
            let _ = write!(out, " + {}", needs.join(", "));
        }
        out.push('\n');
    }

    fn state_words<'w>(&'w self, to: &str, from: &'w State, lang: Lang) -> &'w str {
        self.state(to).unwrap_or(from).words.get(lang)
    }

    fn write_clock(&self, out: &mut String, clock: &ClockRule, lang: Lang) {
        let length = clock.length.words();
        let _ = writeln!(
            out,
            "\n{} ({}): {}\n  {}",
            clock.words.get(lang),
            clock.name,
            length.get(lang),
            clock.source
        );
        for escalation in self.escalations.iter().filter(|e| e.clock == clock.name) {
            let level = self.level(&escalation.level).map_or("", |l| l.words.get(lang));
            let _ = writeln!(out, "  - {}: {level}", moment(escalation, lang));
        }
    }
}

fn moment(escalation: &Escalation, lang: Lang) -> String {
    match (escalation.percent, escalation.after_due, lang) {
        (Some(100), _, Lang::Zh) => "到期".to_owned(),
        (Some(100), _, Lang::En) => "at its end".to_owned(),
        (Some(percent), _, Lang::Zh) => format!("用去 {percent}%"),
        (Some(percent), _, Lang::En) => format!("after {percent} % of it"),
        (None, Some(after), Lang::Zh) => format!("超期 {}", after.words().zh),
        (None, Some(after), Lang::En) => format!("{} after its end", after.words().en),
        (None, None, _) => String::new(),
    }
}

fn write_list(out: &mut String, list: &ClosedList, lang: Lang) {
    let _ = writeln!(out, "\n{} ({})\n  {}", list.words.get(lang), list.name, list.source);
    for item in &list.items {
        let advice = item.advice.as_ref().map(|a| format!(" — {}", a.get(lang))).unwrap_or_default();
        let _ = writeln!(out, "  - {} ({}){advice}", item.words.get(lang), item.code);
    }
}
