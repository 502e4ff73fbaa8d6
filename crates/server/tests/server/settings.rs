//! Settings: flag before environment before file before default; and what a wrong one gets.

use super::house::{mulin, run};
use server::settings::{Flags, Whence, resolve, without_password};
use std::path::PathBuf;

fn nothing(_: &str) -> Option<String> {
    None
}

fn whence(resolved: &server::settings::Resolved, key: &str) -> Whence {
    let place = server::settings::KNOWN.iter().position(|k| k.key == key).expect("a known key");
    resolved.whence[place].clone()
}

#[test]
fn a_flag_beats_the_environment_beats_the_file_beats_the_default() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("mulin.toml");
    std::fs::write(&file, "listen = \"127.0.0.1:1\"\nlog = \"debug\"\ndemo = true\n").expect("written");
    let flags = Flags {
        data: Some(folder.path().to_owned()),
        listen: Some("127.0.0.1:3".to_owned()),
        ..Flags::default()
    };
    let environment = |name: &str| match name {
        "MULIN_LISTEN" => Some("127.0.0.1:2".to_owned()),
        "MULIN_LOG" => Some("warn".to_owned()),
        "MULIN_CATALOG" => Some(String::new()),
        _ => None,
    };
    let resolved = resolve(&flags, environment).expect("they hold");
    let settings = &resolved.settings;
    assert_eq!(
        (settings.listen.as_str(), settings.log.as_str(), settings.demo),
        ("127.0.0.1:3", "warn", true)
    );
    assert_eq!(whence(&resolved, "listen"), Whence::Flag);
    assert_eq!(whence(&resolved, "log"), Whence::Environment("MULIN_LOG"));
    assert_eq!(whence(&resolved, "demo"), Whence::File(file));
    assert_eq!(whence(&resolved, "behind_proxy"), Whence::Default);
    assert_eq!(
        (settings.catalog.clone(), whence(&resolved, "catalog")),
        (None, Whence::Default),
        "empty is not set"
    );
}

#[test]
fn yes_and_no_as_people_write_them() {
    for (text, expected) in [("1", true), ("true", true), ("yes", true), ("0", false), ("off", false)] {
        let environment = |name: &str| (name == "MULIN_DEMO").then(|| text.to_owned());
        assert_eq!(
            resolve(&Flags::default(), environment).expect("it holds").settings.demo,
            expected,
            "{text}"
        );
    }
}

#[test]
fn a_wrong_setting_is_refused_with_its_name() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("s.toml");
    for (text, named) in [("listen = 1\n", "listen"), ("demo = \"maybe\"\n", "demo"), ("listen = \n", "")] {
        std::fs::write(&file, text).expect("written");
        let flags = Flags { config: Some(file.clone()), ..Flags::default() };
        let refused = resolve(&flags, nothing).expect_err(text).to_string();
        assert!(refused.contains(named), "{text}: {refused}");
    }
    let flags = Flags { config: Some(PathBuf::from("/nowhere/mulin.toml")), ..Flags::default() };
    assert!(resolve(&flags, nothing).is_err(), "a file that was named must be there");
}

#[test]
fn a_password_is_never_shown() {
    for (url, shown) in [
        ("postgres://u:secret@h:5432/db?x=1", "postgres://u:***@h:5432/db?x=1"),
        ("postgres://u@h/db", "postgres://u@h/db"),
        ("postgres://h/db", "postgres://h/db"),
        ("postgres://u:a@b@h/db", "postgres://u:***@h/db"),
    ] {
        assert_eq!(without_password(url), shown);
    }
}

#[test]
fn commands_end_with_a_sentence_and_a_code() {
    let folder = tempfile::tempdir().expect("a folder");
    let rows: &[(&[&str], i32, &str)] = &[
        (&["config"], 0, "MULIN_DATA"),
        (&["no-such-word"], 2, "unrecognized subcommand"),
        (&["serve", "--listen", "nonsense"], 2, "no address and port"),
        (&["config", "--config", "/nowhere.toml"], 2, "is not there"),
        (&["config", "--log", "a=b=c"], 2, "MULIN_LOG"),
        (&["migrate", "--database-url", "mysql://x"], 2, "postgres://"),
        (&["migrate", "--database-url", "postgres://nobody@127.0.0.1:1/none"], 1, "mulin:"),
        (&["backup", "/tmp/never.tar.gz"], 1, "no database"),
        (&["restore", "/nowhere/backup.tar.gz"], 1, "mulin:"),
        (&["flow", "check", "/nowhere/case.toml"], 1, "cannot be read"),
        (&["flow", "check"], 0, "holds"),
        (&["openapi"], 0, "\"openapi\""),
    ];
    for (words, code, said) in rows {
        let ended = run(mulin(&folder.path().join("data")).args(*words));
        let text =
            format!("{}{}", String::from_utf8_lossy(&ended.stdout), String::from_utf8_lossy(&ended.stderr));
        assert_eq!(ended.status.code(), Some(*code), "{words:?}: {text}");
        assert!(text.contains(said), "{words:?}: {text}");
        assert!(!text.contains("panicked") && !text.contains("stack backtrace"), "{words:?}: {text}");
    }
}
