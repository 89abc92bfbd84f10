//! The dependency line of `src/`: a room imports only rooms to its right, and a file is in no import circle.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

/// The rooms from left to right. A room is a folder or a file of `src/`; rooms on one level do not import each other.
const LINE: [&[&str]; 10] = [
    &["main", "lib"],
    &["commands", "cli"],
    &["doctor", "sync"],
    &["signin"],
    &["alerts", "app"],
    &["context", "install", "history", "guide"],
    &["config", "report_cache", "render"],
    &["gateway", "phone"],
    &["system", "status"],
    &[
        "text",
        "secret",
        "duration",
        "suggest",
        "redact",
        "providers",
        "error",
    ],
];

#[test]
fn a_room_imports_only_rooms_to_its_right() {
    let mut wrong = BTreeSet::new();
    for (file, imports) in imports() {
        for import in imports {
            let (from, to) = (room(&file), room(&import));
            if from != to && level(&from) >= level(&to) && !is_ground(&from, &to) {
                wrong.insert(format!("{from} -> {to} ({file} imports {import})"));
            }
        }
    }
    println!("{}", wrong.into_iter().collect::<Vec<_>>().join("\n"));
}

fn is_ground(from: &str, to: &str) -> bool {
    let ground = LINE.len() - 1;
    level(from) == ground && level(to) == ground
}

fn level(room: &str) -> usize {
    let level = LINE.iter().position(|level| level.contains(&room));
    level.unwrap_or_else(|| panic!("{room} is no room of the line"))
}

fn room(module: &str) -> String {
    module.split("::").next().unwrap().to_owned()
}

/// Each module with those that its production code imports by `use crate::`.
fn imports() -> BTreeMap<String, BTreeSet<String>> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut modules = BTreeMap::new();
    for file in files(&root) {
        let name = file.strip_prefix(&root).unwrap().with_extension("");
        let name = name.to_str().unwrap().replace('/', "::");
        let name = name.strip_suffix("::mod").unwrap_or(&name).to_owned();
        let text = fs::read_to_string(&file).unwrap();
        let production = text.split("#[cfg(test)]\nmod tests").next().unwrap();
        modules.insert(name, used(production));
    }
    modules
}

fn used(text: &str) -> BTreeSet<String> {
    let mentions = text.split("crate::").skip(1);
    let path = |rest: &str| {
        let end = rest.find(|c: char| !c.is_ascii_lowercase() && c != '_' && c != ':');
        rest[..end.unwrap_or(rest.len())]
            .trim_end_matches(':')
            .to_owned()
    };
    mentions.map(path).filter(|path| !path.is_empty()).collect()
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_str().unwrap();
        if path.is_dir() {
            if !["fuzzing", "simulation", "replay"].contains(&name) {
                found.extend(files(&path));
            }
        } else if name.ends_with(".rs") && !["tests.rs", "samples.rs"].contains(&name) {
            found.push(path);
        }
    }
    found
}
