//! `mulin flow check`: reads a workflow as the server would, says what is wrong with it, and draws it.

use crate::failure::{Failure, Outcome};
use crate::settings::Settings;
use clap::{Subcommand, ValueEnum};
use flow::{Lang, Workflow};
use std::io::Write;
use std::path::{Path, PathBuf};

/// The workflow in force, where the operator's folder has none of its own.
const BUILT_IN: &str = include_str!("../../../../catalog/workflows/case.toml");
const PLACE: &str = "workflows/case.toml";

#[derive(Debug, Subcommand)]
pub(crate) enum Words {
    /// Check a workflow file, or the one in force, and print it
    #[command(
        after_help = "Examples:\n  mulin flow check                              the workflow in force\n  mulin flow check case.toml --as mermaid       a picture for a document\n  mulin flow check case.toml --as text --lang en"
    )]
    Check {
        /// The workflow file; without it, the one in force
        file: Option<PathBuf>,
        /// How to print it when it holds
        #[arg(long = "as", value_enum, value_name = "FORM")]
        form: Option<Form>,
        /// The language of the words
        #[arg(long, value_enum, default_value = "zh")]
        lang: Tongue,
    },
}

#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum Form {
    /// A Mermaid state diagram
    Mermaid,
    /// Every state, action and clock in words
    Text,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum Tongue {
    Zh,
    En,
}

pub(crate) fn run(settings: &Settings, words: Words) -> Outcome {
    let Words::Check { file, form, lang } = words;
    let own = settings.catalog.as_ref().map(|folder| folder.join(PLACE)).filter(|path| path.exists());
    let (name, text) = match file.or(own) {
        Some(path) => (path.display().to_string(), read(&path)?),
        None => (format!("built-in {PLACE}"), BUILT_IN.to_owned()),
    };
    let workflow = Workflow::from_toml(&text).map_err(|faults| {
        let lines: Vec<String> = faults.0.iter().map(|f| format!("  {f}")).collect();
        Failure::failed(format!("{name} does not hold:\n{}", lines.join("\n")))
    })?;
    let lang = match lang {
        Tongue::Zh => Lang::Zh,
        Tongue::En => Lang::En,
    };
    let mut out = std::io::stdout().lock();
    match form {
        Some(Form::Mermaid) => write!(out, "{}", workflow.to_mermaid(lang))?,
        Some(Form::Text) => write!(out, "{}", workflow.to_text(lang))?,
        None => writeln!(
            out,
            "{name}: {} v{} holds, {} states",
            workflow.key,
            workflow.version,
            workflow.states.len()
        )?,
    }
    Ok(())
}

fn read(path: &Path) -> Outcome<String> {
    std::fs::read_to_string(path)
        .map_err(|e| Failure::because(format_args!("{} cannot be read", path.display()), &e))
}
