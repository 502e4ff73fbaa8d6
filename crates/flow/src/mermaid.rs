//! A workflow as a Mermaid state diagram, for documents.
use crate::words::Lang;
use crate::workflow::{Branch, SAME, State, Workflow};
use std::fmt::Write;

impl Workflow {
    /// Prints `stateDiagram-v2`: each state with its owner, its clock and what can be done without leaving it; one arrow between any two
    /// states, with every action that leads along it.
    pub fn to_mermaid(&self, lang: Lang) -> String {
        let mut out = String::from("stateDiagram-v2\n");
        for state in &self.states {
            self.write_state(&mut out, state, lang);
        }
        for state in self.starts() {
            let _ = writeln!(out, "    [*] --> {}", state.name);
        }
        for from in &self.states {
            self.write_arrows(&mut out, from, lang);
        }
        for state in self.states.iter().filter(|s| s.is_final) {
            let _ = writeln!(out, "    {} --> [*]", state.name);
        }
        out
    }

    fn write_state(&self, out: &mut String, state: &State, lang: Lang) {
        let _ = writeln!(out, "    state \"{}\" as {}", clean(state.words.get(lang)), state.name);
        if let (Some(owner), Some(clock)) = (self.role(&state.owner), self.clock(&state.clock)) {
            let line = format!("{} · {}", owner.words.get(lang), clock.words.get(lang));
            let _ = writeln!(out, "    {} : {}", state.name, clean(&line));
        }
        let staying = self.actions_from(&state.name).filter(|a| a.to == SAME && a.branch.is_empty());
        let staying: Vec<&str> = staying.map(|a| a.words.get(lang)).collect();
        if !staying.is_empty() {
            let _ = writeln!(out, "    {} : {}", state.name, clean(&staying.join(" / ")));
        }
    }

    fn write_arrows(&self, out: &mut String, from: &State, lang: Lang) {
        let mut arrows: Vec<(&str, Vec<String>)> = Vec::new();
        for action in self.actions_from(&from.name).filter(|a| a.to != SAME || !a.branch.is_empty()) {
            let branches =
                action.branch.iter().map(|b| (b.to.as_str(), format!(" ({})", self.condition(b, lang))));
            for (to, condition) in branches.chain([(action.to.as_str(), String::new())]) {
                let to = if to == SAME { from.name.as_str() } else { to };
                let label = format!("{}{condition}", action.words.get(lang));
                match arrows.iter_mut().find(|(known, _)| *known == to) {
                    Some((_, labels)) => labels.push(label),
                    None => arrows.push((to, vec![label])),
                }
            }
        }
        for (to, labels) in arrows {
            let _ = writeln!(out, "    {} --> {to} : {}", from.name, clean(&labels.join(" / ")));
        }
    }

    /// The condition of a branch in words.
    pub(crate) fn condition(&self, branch: &Branch, lang: Lang) -> String {
        let guard = branch.when.as_deref().and_then(|g| self.guard(g)).map(|g| g.words.get(lang).to_owned());
        let done = branch.done.as_deref().and_then(|a| self.action(a)).map(|a| match lang {
            Lang::Zh => format!("已有过“{}”", a.words.zh),
            Lang::En => format!("after “{}”", a.words.en),
        });
        guard.into_iter().chain(done).collect::<Vec<String>>().join(", ")
    }
}

/// Mermaid ends a label at these characters.
fn clean(text: &str) -> String {
    text.replace('"', "'").replace([':', ';'], ",").replace(['#', '\n'], " ")
}
