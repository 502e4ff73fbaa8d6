//! The house's own tools: everything behind the Makefile that needs an `if`. `cargo xtask` lists the verbs.

mod check;
mod machine;
mod new_capability;
mod play;
mod postgres;
mod runner;
mod serve;
mod shell;
mod test;
mod tidy;
mod web;

use std::process::ExitCode;

use shell::Outcome;

/// One thing the house can do: its word, what it does, and the function that does it.
struct Verb {
    name: &'static str,
    what: &'static str,
    act: fn(&[String]) -> Outcome,
}

const VERBS: &[Verb] = &[
    Verb {
        name: "run",
        what: "build, make the demo district if there is none, serve it",
        act: serve::run_district,
    },
    Verb { name: "dev", what: "serve the same district with the debug build", act: serve::run_debug },
    Verb {
        name: "demo-reset",
        what: "throw the demo district away and make it anew",
        act: serve::reset_demo,
    },
    Verb {
        name: "test",
        what: "every test on both engines, the web's tests, the browser stories",
        act: test::all,
    },
    Verb { name: "walk", what: "play the main job as four people, and tell each step", act: play::walk },
    Verb { name: "bench", what: "how fast, beside the raw limit in the same run", act: play::bench },
    Verb { name: "soak", what: "kill the server under load, fifty times on each engine", act: play::soak },
    Verb { name: "check", what: "form, lints, types, the house's rules", act: check::all },
    Verb { name: "tidy", what: "only the house's rules (xtask's tests check the same)", act: tidy::all },
    Verb {
        name: "lock-migrations",
        what: "add new migrations to migrations.lock",
        act: tidy::lock_migrations,
    },
    Verb {
        name: "new-capability",
        what: "a capability's folder in the one shape: NAME",
        act: new_capability::make,
    },
    Verb {
        name: "pg",
        what: "a private PostgreSQL, kept until stopped; prints its URL",
        act: postgres::keep,
    },
    Verb { name: "web", what: "build the web if one of its inputs changed", act: |_| web::build_if_stale() },
];

fn main() -> ExitCode {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let Some(verb) = words.first().and_then(|word| VERBS.iter().find(|verb| verb.name == word)) else {
        print_verbs();
        return if words.is_empty() { ExitCode::SUCCESS } else { ExitCode::from(2) };
    };
    match (verb.act)(&words[1..]) {
        Ok(()) => ExitCode::SUCCESS,
        Err(sentence) => {
            eprintln!("{}: {sentence}", verb.name);
            ExitCode::FAILURE
        }
    }
}

fn print_verbs() {
    println!("cargo xtask VERB");
    for verb in VERBS {
        println!("  {:16} {}", verb.name, verb.what);
    }
}
