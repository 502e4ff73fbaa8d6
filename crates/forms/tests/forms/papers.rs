//! The published table, and the one of the web, say what the code does.

use forms::xlsform::TYPES;
use forms::{FUNCTIONS, Feature, UNSUPPORTED_FUNCTIONS, limits};
use std::fmt::Write;
use std::path::Path;

const WEB_FUNCTIONS: &str = include_str!("../../../../web/src/forms/function_table.ts");

/// Run with `MULIN_WRITE_PAPERS=1` to write the paper anew.
#[test]
fn the_published_table_is_what_the_code_does() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/forms.md");
    let paper = paper();
    if std::env::var_os("MULIN_WRITE_PAPERS").is_some() {
        std::fs::write(&path, &paper).expect("the paper is written");
    }
    let written = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(written == paper, "docs/forms.md is old: run `MULIN_WRITE_PAPERS=1 cargo test -p forms papers`");
}

#[test]
fn the_web_has_the_same_functions() {
    let any = usize::MAX;
    for signature in FUNCTIONS {
        let most = if signature.most == any { "ANY".to_owned() } else { signature.most.to_string() };
        let nodes = if signature.nodes == 0 { String::new() } else { format!(", {}", signature.nodes) };
        let bounds = format!(": [{}, {most}{nodes}],", signature.least);
        let (plain, quoted) =
            (format!("  {}{bounds}", signature.name), format!("  \"{}\"{bounds}", signature.name));
        let known = WEB_FUNCTIONS.contains(&plain) || WEB_FUNCTIONS.contains(&quoted);
        assert!(known, "web/src/forms/function_table.ts has no line `{quoted}`");
    }
    assert_eq!(WEB_FUNCTIONS.matches("],\n").count(), FUNCTIONS.len());
    for (name, _) in UNSUPPORTED_FUNCTIONS {
        assert!(WEB_FUNCTIONS.contains(&format!("  \"{name}\",")), "{name} is not told by the web");
    }
}

fn paper() -> String {
    let mut paper = HEAD.to_owned();
    for (word, written) in TYPES {
        let _ = writeln!(paper, "| {word} | {} |", code_list(written));
    }
    paper.push_str(FEATURES);
    for feature in Feature::all() {
        let fate = if feature.is_refused() { "refused 拒收" } else { "told 提示" };
        let words = feature.words();
        let _ = writeln!(paper, "| `{}` | {fate} | {} | {} |", feature.code(), words.zh, words.en);
    }
    paper.push_str(FUNCTIONS_HEAD);
    let names: Vec<&str> = FUNCTIONS.iter().map(|signature| signature.name).collect();
    let _ = writeln!(paper, "{}\n\n| not there | why |\n|---|---|", code_list(&names));
    for (name, why) in UNSUPPORTED_FUNCTIONS {
        let _ = writeln!(paper, "| `{name}()` | {why} |");
    }
    paper.push_str(LIMITS);
    for (what, max) in [
        ("questions, groups and repeats of a form", limits::NODES_MAX),
        ("choices of all its lists", limits::CHOICES_MAX),
        ("groups within each other", limits::GROUPS_DEEP_MAX),
        ("languages", limits::LANGUAGES_MAX),
        ("characters of a label in one language", limits::TEXT_CHARS_MAX),
        ("characters of an expression", limits::EXPRESSION_CHARS_MAX),
        ("parts of an expression within each other", limits::EXPRESSION_DEPTH_MAX),
        ("characters of a pattern", limits::PATTERN_CHARS_MAX),
        ("states a pattern unfolds to", limits::PATTERN_STATES_MAX),
        ("instances of a repeat within one parent", limits::REPEAT_INSTANCES_MAX),
        ("nodes of one set of answers", limits::ANSWER_NODES_MAX),
        ("characters of an answer", limits::ANSWER_CHARS_MAX),
        ("bytes of a submission without its files", limits::SUBMISSION_BYTES_MAX),
    ] {
        let _ = writeln!(paper, "| {what} | {max} |");
    }
    paper
}

fn code_list(words: &[&str]) -> String {
    words.iter().map(|word| format!("`{word}`")).collect::<Vec<_>>().join(", ")
}

const HEAD: &str = "# Forms: what is read, and what is not

For whoever writes a form in Excel or WPS, and for whoever brings forms from another program. Made from the code; a test holds it.
A form is an **XLSForm** (xlsform.org): a workbook with the sheets `survey`, `choices` and `settings`. What is not supported is told with sheet, row and
column, or the form is refused for it; nothing is dropped in silence. 不支持的内容都会指明工作表、行和列。

## Types 题型
Workbooks are `.xlsx` or `.xls` (since Excel 97); those with macros are refused with their own sentence. Heads of columns may be written as pyxform reads them; languages as
`label::中文 (zh)`. Mulin's own: the type `look_up kind.field`, and the columns `mulin::prefill`, `mulin::write` (`kind.field` of the register) and
`mulin::fresh_days`.

| type | written |
|---|---|
";

const FEATURES: &str = "
## Not supported 不支持
*Told*: the form is read without it. *Refused*: without it the form would ask something else.

| code | | 说明 | what it is |
|---|---|---|---|
";

const FUNCTIONS_HEAD: &str = "
## XForms
XForms (XML) of other programs are read too, and every form is written as one for OpenRosa clients such as ODK Collect, whose submissions are read. A register
look-up is a text question there. A repeat whose count depends on how often it is there already is refused as a circle; ask whether there is another instead.
XForm 也可以上传；每个表单都能输出为 XForm 供 ODK Collect 使用。

## Expressions 表达式
XPath 1.0 as the ODK XForms specification has it: `${name}`, `.`, `..`, paths, predicates, `and or not = != < <= > >= + - * div mod |`. Of the axes there are
child, parent and self, and `//`. A path that leads nowhere is empty and told. `regex()` has to fit the whole text and knows characters, `.`, classes, `\\d \\w \\s`
(of ASCII), `\\p{L} \\p{Lu} \\p{Ll} \\p{N} \\p{Nd} \\p{P} \\p{S} \\p{Han}`, groups, `|`, `* + ? {n,m}`, `^` and `$`; no look-around, no back-references, no possessive
quantifiers, no word boundaries.

Functions: ";

const LIMITS: &str = "
## Limits 上限
| what | at most |
|---|---|
";
