//! Workbooks other people made, where a folder with them is at hand: each loads, or says which feature is not supported.
//! The project does not depend on them; set `MULIN_XFORMS` to a folder, or have them beside the checkout.

use forms::xlsform::{self, Refused};
use forms::{FormFault, Trouble};
use sheets::{Book, SheetFault};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// What became of a workbook.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Fate {
    Loads,
    SaysWhat,
    /// Macros, which have a sentence of their own too.
    Macros,
    Fault,
    WrongOnPurpose,
}

/// Workbooks of which pyxform too says that they are wrong, and one whose filter is no expression.
const WRONG_ON_PURPOSE: &[&str] = &["bad_calc.xlsx", "duplicate_columns.xlsx", "xl_date_ambiguous.xlsx"];

fn folder() -> Option<PathBuf> {
    let beside = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data/xforms");
    let folder = std::env::var_os("MULIN_XFORMS").map_or(beside, PathBuf::from);
    folder.is_dir().then_some(folder)
}

fn is_workbook(path: &Path) -> bool {
    matches!(path.extension().and_then(|ending| ending.to_str()), Some("xls" | "xlsx" | "xlsm"))
}

fn workbooks(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for name in ["pyxform_xls", "pyxform_bug_xls", "web_forms_xlsforms", "odk_central"] {
        let entries = std::fs::read_dir(folder.join(name)).into_iter().flatten().flatten();
        let mut paths: Vec<PathBuf> =
            entries.map(|entry| entry.path()).filter(|path| is_workbook(path)).collect();
        paths.sort();
        found.extend(paths);
    }
    found
}

fn fate(path: &Path) -> (Fate, String) {
    let book = match Book::open(path, &xlsform::sheet_limits()) {
        Ok(book) => book,
        Err(SheetFault::HasMacros) => return (Fate::Macros, String::new()),
        Err(fault) => return (Fate::Fault, fault.words().en.into_owned()),
    };
    match xlsform::read(&book, "form") {
        Ok(loaded) => (Fate::Loads, format!("{} told", loaded.told.len())),
        Err(refused @ Refused::Sheet(_)) => (Fate::Fault, format!("{:?}", refused.words())),
        Err(Refused::Form { faults, .. }) => {
            let says = faults.iter().any(is_unsupported);
            let words: Vec<String> = faults.iter().map(|fault| fault.words().en.into_owned()).collect();
            (if says { Fate::SaysWhat } else { Fate::Fault }, words.join(" "))
        }
    }
}

fn is_unsupported(fault: &FormFault) -> bool {
    matches!(&fault.what, Trouble::Unsupported { .. }) || fault.code() == "expression.unsupported_function"
}

#[test]
fn workbooks_load_or_say_what_is_not_supported() {
    let Some(folder) = folder() else {
        eprintln!("skipped: no folder with workbooks; set MULIN_XFORMS to one");
        return;
    };
    let mut counts: BTreeMap<Fate, usize> = BTreeMap::new();
    for path in workbooks(&folder) {
        let (fate, words) = fate(&path);
        let file = path.file_name().unwrap_or_default().to_string_lossy();
        println!("{fate:?}\t{}\t{words}", path.display());
        let wrong = WRONG_ON_PURPOSE.contains(&&*file);
        assert!(!wrong || fate == Fate::Fault, "{file} is wrong on purpose");
        *counts.entry(if wrong { Fate::WrongOnPurpose } else { fate }).or_default() += 1;
    }
    println!("{counts:?}");
    let count = |fate| counts.get(&fate).copied().unwrap_or(0);
    let good = count(Fate::Loads) + count(Fate::SaysWhat);
    assert!(good * 10 >= (good + count(Fate::Fault)) * 9 || good == 0, "{counts:?}");
}

#[test]
fn a_form_goes_back_into_a_workbook() {
    let Some(folder) = folder() else {
        println!("no workbooks of pyxform at hand: not tried");
        return;
    };
    let mut same = 0;
    for path in &workbooks(&folder) {
        let Ok(book) = Book::open(path, &xlsform::sheet_limits()) else { continue };
        let Ok(loaded) = xlsform::read(&book, "form") else { continue };
        let form = loaded.plan.form();
        let bytes = sheets::write_texts(&xlsform::write(form)).expect("a workbook");
        let mut file = tempfile::NamedTempFile::with_suffix(".xlsx").expect("a file");
        std::io::Write::write_all(&mut file, &bytes).expect("written");
        let again = Book::open(file.path(), &xlsform::sheet_limits()).expect("a workbook again");
        let again = xlsform::read(&again, "form").unwrap_or_else(|e| panic!("{}: {e:?}", path.display()));
        assert_eq!(again.plan.form(), form, "{}", path.display());
        same += 1;
    }
    println!("{same} forms are the same after a round");
    assert!(same > 0, "none was tried");
}

#[test]
fn xforms_load_or_say_what_is_not_supported() {
    let Some(folder) = folder() else {
        eprintln!("skipped: no folder with forms; set MULIN_XFORMS to one");
        return;
    };
    let (mut loads, mut says, mut wrong) = (0, 0, Vec::new());
    for path in xmls(&folder) {
        let bytes = std::fs::read(&path).expect("a file");
        let name = path.strip_prefix(&folder).unwrap_or(&path).display().to_string();
        match forms::xform::read_form(&bytes) {
            Ok(loaded) => {
                // What was read can be written, and read again as the same questions.
                let again = forms::xform::read_form(forms::xform::write_form(&loaded.plan).as_bytes());
                let again = again.unwrap_or_else(|refused| panic!("{name}: {refused:?}"));
                let paths = |plan: &forms::Plan| plan.items().map(|item| plan.path(item)).collect::<Vec<_>>();
                let helpers = |path: &String| path.ends_with("_count");
                let (before, mut after) = (paths(&loaded.plan), paths(&again.plan));
                after.retain(|path| before.contains(path) || !helpers(path));
                assert_eq!(before, after, "{name}");
                loads += 1;
            }
            Err(forms::xform::XFormRefused::Form { faults, .. }) if faults.iter().any(is_unsupported) => {
                says += 1
            }
            Err(refused) => {
                let words: Vec<String> = refused.words().iter().map(|words| words.en.to_string()).collect();
                println!("Fault\t{name}\t{}", words.join(" "));
                wrong.push(name);
            }
        }
    }
    println!("XForms: {loads} load, {says} say what is not supported, {} have faults", wrong.len());
    assert!(wrong.len() * 10 <= loads + says + wrong.len(), "{wrong:?}");
}

/// Every file that is an XForm: data beside forms has no head.
fn xmls(folder: &Path) -> Vec<PathBuf> {
    let (mut found, mut waiting) = (Vec::new(), vec![folder.to_owned()]);
    while let Some(folder) = waiting.pop() {
        for path in std::fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path()) {
            if path.is_dir() {
                waiting.push(path);
            } else if path.extension().is_some_and(|ending| ending == "xml")
                && std::fs::read_to_string(&path).is_ok_and(|text| text.contains("html"))
            {
                found.push(path);
            }
        }
    }
    found.sort();
    found
}

/// What pyxform makes of some of them, as far as it is at hand: we bind the same nodes to the same types.
#[test]
fn xforms_bind_what_pyxform_binds() {
    let Some(folder) = folder() else {
        eprintln!("skipped: no folder with workbooks; set MULIN_XFORMS to one");
        return;
    };
    for name in ["attribute_columns_test", "or_other", "survey_no_name", "xlsform_spec_test"] {
        let workbook = folder.join("pyxform_xls").join(format!("{name}.xlsx"));
        let Ok(expected) =
            std::fs::read_to_string(folder.join("pyxform_expected_xml").join(format!("{name}.xml")))
        else {
            continue;
        };
        let book = Book::open(&workbook, &xlsform::sheet_limits()).expect(name);
        let ours = binds(&forms::xform::write_form(&xlsform::read(&book, name).expect(name).plan));
        let theirs = binds(&expected);
        // `table-list` makes a node of its own there; it is told here.
        let wanted = theirs.iter().filter(|(path, _)| !path.contains("reserved_name_for_field_list_labels"));
        let missing: Vec<_> = wanted.filter(|(path, kind)| ours.get(*path) != Some(*kind)).collect();
        println!("{name}: {} of pyxform's {} binds", theirs.len() - missing.len(), theirs.len());
        assert!(missing.is_empty(), "{name}: {missing:?}");
    }
}

/// By path below the root: the type.
fn binds(xml: &str) -> BTreeMap<String, String> {
    let attribute = |bind: &str, name: &str| {
        let rest = bind.split_once(&format!(" {name}=\""))?.1;
        rest.split_once('"').map(|(value, _)| value.to_owned())
    };
    let binds = xml
        .split("<bind ")
        .skip(1)
        .filter_map(|rest| rest.split_once('>').map(|(bind, _)| format!(" {bind}")));
    let typed = binds.filter_map(|bind| {
        let path = attribute(&bind, "nodeset")?;
        let below = path.splitn(3, '/').nth(2)?.replace("orx:", "");
        Some((below, attribute(&bind, "type")?))
    });
    typed.collect()
}
