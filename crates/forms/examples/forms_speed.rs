//! How fast: a workbook with 100,000 choices in, a plan of 10,000 questions, a key, submissions of 14 answers, an export.
//! `cargo run --release -p forms --example forms_speed`

use forms::xform::{read_submission, write_answers};
use forms::xlsform::{self, sheet_limits};
use forms::{Answers, Form, Plan, Scene};
use rust_xlsxwriter::Workbook;
use sheets::Book;
use std::error::Error;
use std::fmt::Write;
use std::sync::Arc;
use std::time::Instant;

type Outcome = Result<(), Box<dyn Error>>;

fn main() -> Outcome {
    workbook(100_000)?;
    for questions in [100, 10_000] {
        long_form(questions)?;
    }
    submissions(20_000)
}

fn told(what: &str, since: Instant) {
    println!("{what}: {:.1} ms", since.elapsed().as_secs_f64() * 1e3);
}

fn scene() -> Result<Scene<'static>, Box<dyn Error>> {
    Scene::at("2026-11-22T09:30:00.000+08:00", "zh", 1).ok_or_else(|| "no moment".into())
}

fn workbook(choices: u32) -> Outcome {
    let folder = tempfile::tempdir()?;
    let path = folder.path().join("form.xlsx");
    let mut workbook = Workbook::new();
    let survey = workbook.add_worksheet().set_name("survey")?;
    for (row, cells) in
        [["type", "name", "label", "choice_filter"], ["select_one l", "a", "A", "group = '7'"]]
            .iter()
            .enumerate()
    {
        for (column, cell) in cells.iter().enumerate() {
            survey.write(row as u32, column as u16, *cell)?;
        }
    }
    let sheet = workbook.add_worksheet().set_name("choices")?;
    for (column, head) in ["list_name", "name", "label", "group"].iter().enumerate() {
        sheet.write(0, column as u16, *head)?;
    }
    for row in 1..=choices {
        sheet.write(row, 0, "l")?.write(row, 1, format!("c{row}"))?.write(row, 2, "一个选项")?.write(
            row,
            3,
            format!("{}", row % 100),
        )?;
    }
    workbook.save(&path)?;
    let begin = Instant::now();
    let book = Book::open(&path, &sheet_limits()).map_err(|fault| fault.to_string())?;
    let loaded = xlsform::read(&book, "form").map_err(|refused| format!("{refused:?}"))?;
    told(&format!("a workbook with {choices} choices, read and checked"), begin);
    let answers = Answers::begin(&Arc::new(loaded.plan), &scene()?)?;
    let begin = Instant::now();
    let offered = answers.choices("/a", &scene()?)?.len();
    told(&format!("filtering them to {offered}"), begin);
    Ok(())
}

fn long_form(questions: usize) -> Outcome {
    let mut nodes = r#"{"name": "q0", "type": "integer"}"#.to_owned();
    for number in 1..questions {
        let before = number - 1;
        write!(
            nodes,
            r#", {{"name": "q{number}", "type": "integer", "calculation": "${{q{before}}} + 1", "relevant": "${{q{before}}} > 0"}}"#
        )?;
    }
    let json = format!(r#"{{"format": 1, "id": "f", "version": "1", "nodes": [{nodes}]}}"#);
    let begin = Instant::now();
    let plan = Arc::new(Plan::of(Form::from_json(json.as_bytes())?).map_err(|faults| format!("{faults:?}"))?);
    told(&format!("a form of {questions} questions, read and checked"), begin);
    let begin = Instant::now();
    let mut answers = Answers::begin(&plan, &scene()?)?;
    told("  beginning it", begin);
    let begin = Instant::now();
    let changed = answers.set("/q0", "1", &scene()?)?.len();
    told(&format!("  a key on which {changed} answers depend"), begin);
    let begin = Instant::now();
    answers.set(&format!("/q{}", questions - 1), "7", &scene()?)?;
    told("  a key on which none depends", begin);
    Ok(())
}

/// Fourteen answers each, as ODK Collect sends them.
fn submissions(count: u32) -> Outcome {
    let nodes: Vec<String> = (0..14)
        .map(|number| format!(r#"{{"name": "q{number}", "type": "integer", "constraint": ". >= 0"}}"#))
        .collect();
    let json = format!(r#"{{"format": 1, "id": "f", "version": "1", "nodes": [{}]}}"#, nodes.join(","));
    let plan = Arc::new(Plan::of(Form::from_json(json.as_bytes())?).map_err(|faults| format!("{faults:?}"))?);
    let mut answers = Answers::begin(&plan, &scene()?)?;
    for number in 0..14 {
        answers.set(&format!("/q{number}"), "12345", &scene()?)?;
    }
    let xml = write_answers(&answers, "uuid:00000000-0000-0000-0000-000000000000");
    let begin = Instant::now();
    for _ in 0..count {
        let mut submission = read_submission(&plan, xml.as_bytes())?;
        submission.answers.settle_relevance(&scene()?)?;
        if !submission.answers.check(&scene()?).is_empty() {
            return Err("a submission does not hold".into());
        }
        let _ = submission.answers.to_json(true).to_string();
    }
    let seconds = begin.elapsed().as_secs_f64();
    println!(
        "submissions read, checked and written as JSON: {:.0} a second on one core",
        f64::from(count) / seconds
    );
    Ok(())
}
