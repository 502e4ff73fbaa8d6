//! A workflow as a plain list: who must do what by when, and what they can do.
use crate::words::Lang;
use crate::workflow::{Action, State, Workflow};
use std::fmt::Write;

impl Workflow {
    /// Prints every state with its owner, clock and actions, readable without a diagram.
    pub fn to_text(&self, lang: Lang) -> String {
        let mut out = format!("{} ({} v{})\n", self.words.get(lang), self.key, self.version);
        for state in &self.states {
            self.write_step(&mut out, state, lang);
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
        let who: Vec<&str> =
            action.who.iter().filter_map(|r| self.role(r)).map(|r| r.words.get(lang)).collect();
        let _ = write!(out, "  - {} ({}): {}", action.words.get(lang), action.name, who.join("/"));
        for branch in &action.branch {
            let condition = self.condition(branch.when.as_deref(), branch.done.as_deref(), lang);
            let _ = write!(out, " → {}{condition}", self.state_words(&branch.to, state, lang));
        }
        let _ = write!(out, " → {}", self.state_words(&action.to, state, lang));
        let needs: Vec<String> = action.needs.iter().map(|n| n.words().get(lang).to_owned()).collect();
        let list = action.reason_from.as_deref().and_then(|l| self.closed_list(l));
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
}
