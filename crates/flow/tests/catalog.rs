//! Every workflow that ships loads, is printed as the golden files say, and keeps its released content.
use crate::town::CASE_FLOW;
use flow::{Lang, Library};
use std::fs;
use std::path::{Path, PathBuf};

fn workflows() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../catalog/workflows")
}

fn library() -> Library {
    let mut library = Library::new();
    for entry in fs::read_dir(workflows()).expect("the catalog") {
        let path = entry.expect("an entry").path();
        if path.file_name().is_some_and(|n| n != "released.toml")
            && path.extension().is_some_and(|e| e == "toml")
        {
            let text = fs::read_to_string(&path).expect("text");
            library.add(&text).unwrap_or_else(|faults| panic!("{}:\n{faults}", path.display()));
        }
    }
    library
}

#[test]
fn every_workflow_loads() {
    assert!(library().latest("case").is_some());
}

#[test]
fn released_versions_are_unchanged() {
    let released = fs::read_to_string(workflows().join("released.toml")).expect("released.toml");
    let library = library();
    let now: Vec<String> = library.iter().map(|w| format!("{:?}", w.release())).collect();
    library.check_released(&released).unwrap_or_else(|faults| panic!("{faults}\nnow: {now:#?}"));
}

/// Compares with a file beside the tests; `BLESS=1` writes it anew.
#[track_caller]
fn golden(name: &str, found: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden").join(name);
    if std::env::var_os("BLESS").is_some() {
        fs::create_dir_all(path.parent().expect("a folder"))
            .and_then(|()| fs::write(&path, found))
            .expect("written");
    }
    let wanted = fs::read_to_string(&path).unwrap_or_default();
    assert!(found == wanted, "{} differs; look at it and run with BLESS=1:\n{found}", path.display());
}

#[test]
fn the_case_workflow_prints_as_mermaid_and_as_text() {
    golden("case.zh.mmd", &CASE_FLOW.to_mermaid(Lang::Zh));
    golden("case.en.mmd", &CASE_FLOW.to_mermaid(Lang::En));
    golden("case.zh.txt", &CASE_FLOW.to_text(Lang::Zh));
    golden("case.en.txt", &CASE_FLOW.to_text(Lang::En));
}
