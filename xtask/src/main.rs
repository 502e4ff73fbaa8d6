//! The house's own tools: everything behind the Makefile that needs an `if`. `cargo xtask` lists the verbs.

mod machine;
mod postgres;
mod shell;
mod test;
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
        name: "test",
        what: "run every test on both engines, then the web's, then the browser stories",
        act: test::all,
    },
    Verb {
        name: "pg",
        what: "start a private PostgreSQL, print its URL, keep it until stopped",
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
