//! `mulin found`: a district begins, with the three administrators who open everybody else's accounts.

use crate::failure::{Failure, Outcome};
use crate::house::{self, Alone};
use crate::settings::Settings;
use clap::Args;
use edge::{District, Districts, Edge};
use platform::{Actor, DistrictId, Problem, Sandbox};
use std::io::Write;
use store::{Json, Tx};

/// Digits of a county's division code (GB/T 2260).
const CODE_DIGITS: usize = 6;

#[derive(Debug, Args)]
pub(crate) struct Words {
    /// Its six-digit division code
    code: String,
    /// Its name in Chinese
    #[arg(long)]
    name: String,
    /// Its name in English
    #[arg(long)]
    name_en: String,
    /// The host name its pages are served under, where this server runs several districts
    #[arg(long)]
    host: Option<String>,
    /// The hotline its pages name
    #[arg(long, default_value = "12345")]
    hotline: String,
}

pub(crate) async fn run(settings: &Settings, words: Words) -> Outcome {
    let district = district_of_code(&words.code)?;
    // Alone: a running server knows its districts from its start.
    let edge = house::open(settings, Alone::Yes).await?;
    if edge.fixture::<Districts>().find(district).is_some() {
        return Err(Failure::failed(format!("the district {district} is here already")));
    }
    found(&edge, district, words).await?;
    let actor = Actor::system(district, "founding");
    let opened = identity::found_administrators(&edge, &actor).await.map_err(Problem::from)?;
    let mut out = std::io::stdout().lock();
    writeln!(
        out,
        "Its three administrators. Each changes the password and sets up a second factor at the first sign-in:"
    )?;
    for account in &opened {
        writeln!(out, "  {:<24} {:<16} {}", account.words.en, account.login, account.password)?;
    }
    writeln!(out, "Next: mulin import areas FILE --crs wgs84 --district {district}, then mulin serve")?;
    Ok(out.flush()?)
}

fn district_of_code(code: &str) -> Outcome<DistrictId> {
    let is_code =
        code.len() == CODE_DIGITS && code.bytes().all(|b| b.is_ascii_digit()) && !code.starts_with('0');
    match code.parse() {
        // Where everything is invented: `mulin sandbox new`.
        Ok(district) if is_code && Sandbox::of(district).is_none() => Ok(district),
        _ => Err(Failure::usage(format!("{code} is no division code: six digits, such as 430204"))),
    }
}

async fn found(edge: &Edge, district: DistrictId, words: Words) -> Outcome {
    let row = District {
        district,
        code: words.code,
        name: words.name,
        name_en: words.name_en,
        host: words.host,
        settings: Json(serde_json::json!({ "hotline": words.hotline })),
    };
    let actor = Actor::system(district, "founding");
    edge.db.write(&actor, async move |tx: &mut Tx| Districts::found(tx, row.clone()).await).await?;
    Ok(Districts::load(&edge.db).await?)
}

#[cfg(test)]
mod tests {
    //! What is a division code.
    use super::district_of_code;

    #[test]
    fn a_division_code_has_six_digits() {
        for (code, good) in [
            ("430204", true),
            ("043020", false),
            ("43020", false),
            ("4302040", false),
            ("+43020", false),
            ("990001", false),
            ("石峰", false),
        ] {
            assert_eq!(district_of_code(code).is_ok(), good, "{code}");
        }
    }
}
