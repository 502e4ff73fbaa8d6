//! `cargo xtask new-capability NAME`: a folder in the one shape, and the lines by which the house knows it.

use std::path::Path;

use crate::shell::{Outcome, at, root};

/// The files of a new capability, by their place in its folder. `{name}` stands for its name.
const TEMPLATE: &[(&str, &str)] = &[
    ("Cargo.toml", include_str!("../template/Cargo.toml.txt")),
    ("README.md", include_str!("../template/README.md.txt")),
    ("migrations/0001_open.sql", include_str!("../template/migrations/0001_open.sql.txt")),
    ("src/lib.rs", include_str!("../template/src/lib.rs.txt")),
    ("src/model.rs", include_str!("../template/src/model.rs.txt")),
    ("src/access.rs", include_str!("../template/src/access.rs.txt")),
    ("src/commands.rs", include_str!("../template/src/commands.rs.txt")),
    ("src/queries.rs", include_str!("../template/src/queries.rs.txt")),
    ("src/store.rs", include_str!("../template/src/store.rs.txt")),
    ("src/http.rs", include_str!("../template/src/http.rs.txt")),
    ("src/error.rs", include_str!("../template/src/error.rs.txt")),
];

/// A line that makes the house know a capability: in which file, before which line, and the line itself.
const LINES: &[(&str, &str, &str)] = &[
    ("Cargo.toml", "\n# data and time", "{name} = { path = \"capabilities/{name}\" }\n"),
    ("crates/server/Cargo.toml", "tokio.workspace = true", "{name}.workspace = true\n"),
    ("crates/server/src/capabilities.rs", "    // what runs them all", "    &{name}::CAPABILITY,\n"),
    ("ARCHITECTURE.md", "server     ->", "{padded} -> platform store edge\n"),
    ("ARCHITECTURE.md", "\nbench      ->", " {name}"),
];

/// The verb `new-capability`.
///
/// # Errors
/// The name is no name, or is taken, or a file cannot be written.
pub fn make(words: &[String]) -> Outcome {
    let [name] = words else { return Err("say its name: cargo xtask new-capability NAME".into()) };
    if !is_name(name) {
        return Err(format!("{name} is no name: a lower-case word, as in a table's prefix"));
    }
    let folder = root().join("capabilities").join(name);
    if folder.exists() {
        return Err(format!("{} is there already", folder.display()));
    }
    for (path, text) in TEMPLATE {
        write(&folder.join(path), &filled(text, name))?;
    }
    for (path, before, line) in LINES {
        insert_before(&root().join(path), before, &filled(line, name))?;
    }
    println!("{} is there; see docs/adding-a-capability.md for what to say next.", folder.display());
    Ok(())
}

fn is_name(name: &str) -> bool {
    name.len() >= 3 && name.chars().all(|c| c.is_ascii_lowercase())
}

fn filled(text: &str, name: &str) -> String {
    text.replace("{name}", name).replace("{padded}", &format!("{name:10}"))
}

fn write(path: &Path, text: &str) -> Outcome {
    let folder = path.parent().unwrap_or(path);
    std::fs::create_dir_all(folder).map_err(at(folder))?;
    std::fs::write(path, text).map_err(at(path))
}

fn insert_before(path: &Path, before: &str, line: &str) -> Outcome {
    let text = std::fs::read_to_string(path).map_err(at(path))?;
    let place = text
        .find(before)
        .ok_or_else(|| format!("{} has no line `{before}`; add `{line}` by hand", path.display()))?;
    std::fs::write(path, format!("{}{line}{}", &text[..place], &text[place..])).map_err(at(path))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_files_are_filled() {
        for (path, text) in TEMPLATE {
            let text = filled(text, "linkage");
            assert!(!text.contains("{name}"), "{path}");
            assert!(text.contains("linkage"), "{path}");
        }
    }

    #[test]
    fn every_line_has_its_place_in_the_house() {
        for (path, before, _) in LINES {
            let text = std::fs::read_to_string(root().join(path)).expect(path);
            assert_eq!(text.matches(before).count(), 1, "{path} must have `{before}` once");
        }
    }

    #[test]
    fn names_are_words() {
        for (name, good) in
            [("linkage", true), ("Linkage", false), ("a-b", false), ("../x", false), ("ab", false)]
        {
            assert_eq!(is_name(name), good, "{name}");
        }
    }
}
