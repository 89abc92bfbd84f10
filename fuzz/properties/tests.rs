//! Checks every property on the seeds of its fuzz target, and on random changes of them.
#![expect(
    clippy::disallowed_methods,
    reason = "the seeds are files that the fuzz targets read as well"
)]

use std::fs;
use std::panic::{self, AssertUnwindSafe};
use std::path::{Path, PathBuf};

use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};

/// The longest input; longer ones are left to the fuzz targets.
const LONGEST: usize = 4 * 1024;

/// The paths in this folder of the project, sorted.
fn inside(folder: &str) -> Vec<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let entries = fs::read_dir(root.join(folder)).unwrap();
    let mut paths: Vec<_> = entries.map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    paths
}

fn folders_in(folder: &str) -> Vec<String> {
    let folders = inside(folder).into_iter().filter(|path| path.is_dir());
    folders
        .map(|path| path.to_str().unwrap().to_owned())
        .collect()
}

/// The files in this folder of the project, by their paths.
fn files(folder: &str) -> Vec<(String, Vec<u8>)> {
    let read = |path: PathBuf| (path.display().to_string(), fs::read(&path).unwrap());
    inside(folder).into_iter().map(read).collect()
}

/// A change of an input, of a kind that fuzzers make.
#[derive(Debug, Clone)]
enum Change {
    Overwrite(u8),
    Insert(Vec<u8>),
    Remove(usize),
    /// A piece of another seed.
    Splice(prop::sample::Index, prop::sample::Index, usize),
}

fn changes() -> impl Strategy<Value = Vec<(prop::sample::Index, Change)>> {
    let change = prop_oneof![
        any::<u8>().prop_map(Change::Overwrite),
        prop::collection::vec(any::<u8>(), 1..6).prop_map(Change::Insert),
        (1..200_usize).prop_map(Change::Remove),
        (
            any::<prop::sample::Index>(),
            any::<prop::sample::Index>(),
            1..200_usize
        )
            .prop_map(|(seed, at, length)| Change::Splice(seed, at, length)),
    ];
    prop::collection::vec((any::<prop::sample::Index>(), change), 1..8)
}

fn changed(
    mut bytes: Vec<u8>,
    changes: &[(prop::sample::Index, Change)],
    seeds: &[(String, Vec<u8>)],
) -> Vec<u8> {
    for (at, change) in changes {
        let at = at.index(bytes.len() + 1);
        let end = |length: usize| (at + length).min(bytes.len());
        match change {
            Change::Overwrite(byte) => drop(bytes.splice(at..end(1), [*byte])),
            Change::Insert(new) => drop(bytes.splice(at..at, new.iter().copied())),
            Change::Remove(length) => drop(bytes.drain(at..end(*length))),
            Change::Splice(seed, from, length) => {
                let (_, other) = &seeds[seed.index(seeds.len())];
                let from = from.index(other.len() + 1);
                let piece = &other[from..other.len().min(from + length)];
                drop(bytes.splice(at..at, piece.iter().copied()));
            }
        }
    }
    bytes
}

/// Checks a property on the files of these folders, and on this many changed ones.
fn holds(property: fn(&[u8]), folders: &[impl AsRef<str>], runs: u32) {
    let seeds: Vec<_> = folders
        .iter()
        .flat_map(|folder| files(folder.as_ref()))
        .collect();
    assert!(!seeds.is_empty());
    for (name, bytes) in &seeds {
        let outcome = panic::catch_unwind(AssertUnwindSafe(|| property(bytes)));
        assert!(outcome.is_ok(), "it does not hold for {name}");
    }
    let short: Vec<_> = seeds
        .into_iter()
        .filter(|(_, bytes)| bytes.len() <= LONGEST)
        .collect();
    let config = Config {
        failure_persistence: None,
        ..Config::with_cases(runs)
    };
    let inputs = (any::<prop::sample::Index>(), changes());
    let outcome = TestRunner::new(config).run(&inputs, |(seed, changes)| {
        let (_, bytes) = seed.get(&short);
        property(&changed(bytes.clone(), &changes, &short));
        Ok(())
    });
    assert!(outcome.is_ok(), "{outcome:?}");
}

#[test]
fn frames_hold() {
    holds(super::framing, &["fuzz/seeds/framing"], 300);
}

#[test]
fn reports_hold() {
    let mut folders = folders_in("tests/fixtures/corpus");
    folders.push("fuzz/seeds/wire".into());
    holds(super::wire, &folders, 30);
}

#[test]
fn screens_hold() {
    holds(
        super::screen,
        &["fuzz/seeds/screen", "tests/fixtures/recordings"],
        60,
    );
}

#[test]
fn pages_hold() {
    holds(super::page, &["fuzz/seeds/page"], 300);
}

#[test]
fn configurations_hold() {
    holds(super::config, &["fuzz/seeds/config"], 200);
}

#[test]
fn alerts_hold() {
    holds(super::alerts, &["fuzz/seeds/alerts"], 100);
}

#[test]
fn claudes_logins_hold() {
    holds(super::claude, &["fuzz/seeds/claude"], 300);
}
