//! The dependency line of `src/`: a folder or file imports only what is on a later level, and no files import each
//! other in a circle.
#![expect(
    clippy::unwrap_used,
    reason = "a source that cannot be read fails the test"
)]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

/// The levels, each of rooms: folders and files of `src/`. A room imports only rooms of later levels, none of its own.
const LINE: [&[&str]; 11] = [
    &["main", "lib"],
    &["commands"],
    &["cli"],
    &["doctor", "sync"],
    &["signin"],
    &["alerts", "app"],
    &["context", "install", "history", "guide"],
    &["config", "report_cache", "render"],
    &["gateway", "phone"],
    &["system", "status"],
    &GROUND,
];

/// The last level, whose rooms may import each other.
const GROUND: [&str; 8] = [
    "duration",
    "error",
    "hint",
    "providers",
    "redact",
    "secret",
    "suggest",
    "text",
];

#[test]
fn a_room_imports_only_rooms_to_its_right() {
    let mut wrong = Vec::new();
    for (module, imports) in imports() {
        for import in imports {
            let (from, to) = (room(&module), room(&import));
            let within_ground = GROUND.contains(&from) && GROUND.contains(&to);
            if from != to && level(from) >= level(to) && !within_ground {
                wrong.push(format!("{module} imports {import}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn no_files_import_each_other_in_a_circle() {
    let imports = imports();
    let reaches = |from: &str| {
        let (mut reached, mut next) = (BTreeSet::new(), vec![from.to_owned()]);
        while let Some(module) = next.pop() {
            for import in imports.get(&module).into_iter().flatten() {
                if reached.insert(import.clone()) {
                    next.push(import.clone());
                }
            }
        }
        reached
    };
    let reachable: BTreeMap<&String, _> = imports.keys().map(|it| (it, reaches(it))).collect();
    let circle_of = |module: &String| -> Vec<String> {
        let returns = |other: &&String| reachable.get(other).is_some_and(|it| it.contains(module));
        reachable[module].iter().filter(returns).cloned().collect()
    };
    let circles: BTreeSet<Vec<String>> = imports.keys().map(circle_of).collect();
    let found: Vec<String> = circles
        .iter()
        .filter(|it| it.len() > 1)
        .map(|it| it.join(", "))
        .collect();
    assert_eq!(found, [""; 0]);
}

fn level(room: &str) -> usize {
    let level = LINE.iter().position(|level| level.contains(&room));
    level.unwrap_or_else(|| panic!("{room} has no place on the line"))
}

fn room(module: &str) -> &str {
    module.split_once("::").map_or(module, |(room, _)| room)
}

/// Each module with the modules that its production code imports.
fn imports() -> BTreeMap<String, BTreeSet<String>> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let texts: BTreeMap<String, String> = files(&root)
        .into_iter()
        .map(|file| {
            let name = file.strip_prefix(&root).unwrap().with_extension("");
            let name = name.to_str().unwrap().replace('/', "::");
            let name = name.strip_suffix("::mod").unwrap_or(&name).to_owned();
            (name, fs::read_to_string(&file).unwrap())
        })
        .collect();
    let owner = |mut path: &str| {
        while !texts.contains_key(path) {
            path = path.rsplit_once("::")?.0;
        }
        Some(path.to_owned())
    };
    let imported = |name: &String, text: &String| {
        let production = text.split("#[cfg(test)]\nmod tests").next().unwrap();
        let owners = paths(production)
            .into_iter()
            .filter_map(|path| owner(&path));
        owners.filter(|owner| owner != name).collect()
    };
    let modules = texts.iter();
    modules
        .map(|(name, text)| (name.clone(), imported(name, text)))
        .collect()
}

/// The paths behind `crate::` in a text, as far as they name modules.
fn paths(text: &str) -> Vec<String> {
    let mut paths = Vec::new();
    for rest in text.split("crate::").skip(1) {
        let end = rest.find(|c: char| !c.is_ascii_lowercase() && c != '_' && c != ':');
        let (path, rest) = rest.split_at(end.unwrap_or(rest.len()));
        let group = rest
            .strip_prefix('{')
            .and_then(|rest| rest.split('}').next());
        let items = group.unwrap_or_default().split(',').map(str::trim);
        paths.extend(items.map(|item| format!("{path}{item}").trim_end_matches(':').to_owned()));
    }
    paths
}

/// The files of production code below a folder.
fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_str().unwrap();
        if path.is_dir() {
            if !["simulation", "replay"].contains(&name) {
                found.extend(files(&path));
            }
        } else if path.extension().is_some_and(|it| it == "rs")
            && !["tests.rs", "samples.rs", "replay.rs"].contains(&name)
        {
            found.push(path);
        }
    }
    found
}
