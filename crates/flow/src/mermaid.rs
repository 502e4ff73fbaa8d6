//! A workflow as a Mermaid state diagram, for documents.
use crate::words::Lang;
use crate::workflow::{Action, State, Workflow};
use std::fmt::Write;

impl Workflow {
    /// Prints `stateDiagram-v2`: states with owner and clock, one arrow per action that moves, and one line in a state for those that stay.
    pub fn to_mermaid(&self, lang: Lang) -> String {
        let mut out = String::from("stateDiagram-v2\n");
        for state in &self.states {
            self.write_state(&mut out, state, lang);
        }
        for state in self.starts() {
            let _ = writeln!(out, "    [*] --> {}", state.name);
        }
        for action in &self.actions {
            self.write_arrows(&mut out, action, lang);
        }
        for state in self.states.iter().filter(|s| s.is_final) {
            let _ = writeln!(out, "    {} --> [*]", state.name);
        }
        out
    }

    fn write_state(&self, out: &mut String, state: &State, lang: Lang) {
        let mut label = state.words.get(lang).to_owned();
        if let (Some(owner), Some(clock)) = (self.role(&state.owner), self.clock(&state.clock)) {
            let _ = write!(label, " · {} · {}", owner.words.get(lang), clock.words.get(lang));
        }
        let _ = writeln!(out, "    state \"{}\" as {}", clean(&label), state.name);
    }

    fn write_arrows(&self, out: &mut String, action: &Action, lang: Lang) {
        for from in &action.from {
            let branches = action
                .branch
                .iter()
                .map(|b| (b.to.as_str(), self.condition(b.when.as_deref(), b.done.as_deref(), lang)));
            let all = branches.chain([(action.to.as_str(), String::new())]);
            for (to, condition) in all {
                let to = if to == crate::workflow::SAME { from.as_str() } else { to };
                let _ = writeln!(
                    out,
                    "    {from} --> {to} : {}{}",
                    clean(action.words.get(lang)),
                    clean(&condition)
                );
            }
        }
    }

    /// ` [when …]`, or nothing.
    pub(crate) fn condition(&self, when: Option<&str>, done: Option<&str>, lang: Lang) -> String {
        let when = when.and_then(|g| self.guard(g)).map(|g| g.words.get(lang).to_owned());
        let done = done.and_then(|a| self.action(a)).map(|a| match lang {
            Lang::Zh => format!("已有过{}", a.words.zh),
            Lang::En => format!("{} before", a.words.en),
        });
        let parts: Vec<String> = when.into_iter().chain(done).collect();
        if parts.is_empty() { String::new() } else { format!(" [{}]", parts.join(", ")) }
    }
}

/// Mermaid ends a label at these characters.
fn clean(text: &str) -> String {
    text.replace('"', "'").replace([':', ';'], ",").replace('#', "")
}
