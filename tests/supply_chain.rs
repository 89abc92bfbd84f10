//! What the program is made of: `.ci/supply-chain`, which judges it, and the table that says why each part is there.

use std::collections::BTreeSet;
use std::process::Command;

use pretty_assertions::assert_eq;
use toml_edit::DocumentMut;

use crate::support::fakes;

const MANIFEST: &str = include_str!("../Cargo.toml");
const CONTRIBUTING: &str = include_str!("../CONTRIBUTING.md");

/// Runs `.ci/supply-chain` with the fake cargo-deny: its exit code, standard output and standard error.
fn supply_chain(arguments: &[&str], variables: &[(&str, &str)]) -> (i32, String, String) {
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/.ci/supply-chain");
    let path = [fakes("cargo_deny"), "/usr/bin".into(), "/bin".into()];
    let output = Command::new(script)
        .args(arguments)
        .env_clear()
        .env("PATH", std::env::join_paths(path).expect("no colons"))
        .envs(variables.iter().copied())
        .output()
        .expect("a script");
    let text = |bytes| String::from_utf8(bytes).expect("UTF-8");
    let code = output.status.code().expect("an exit code");
    (code, text(output.stdout), text(output.stderr))
}

#[test]
fn everything_is_judged_where_the_advisories_can_be_had() {
    for arguments in [&[][..], &["--release"]] {
        let (code, called, said) = supply_chain(arguments, &[("FAKE_ADVISORIES", "yes")]);
        assert_eq!((code, said.as_str()), (0, ""));
        assert!(
            called.contains("--manifest-path Cargo.toml"),
            "called: {called}"
        );
        for line in called.lines() {
            assert!(line.ends_with("bans licenses sources advisories"), "{line}");
        }
    }
}

#[test]
fn without_the_advisories_the_rest_is_judged_and_it_says_so() {
    let (code, called, said) = supply_chain(&[], &[]);
    assert_eq!(code, 0);
    assert!(called.lines().count() > 0);
    for line in called.lines() {
        assert!(line.ends_with("bans licenses sources"), "{line}");
    }
    assert!(
        said.contains("NOT CHECKED: known vulnerabilities"),
        "{said}"
    );

    // What is wrong with the rest is still wrong.
    let (code, _, said) = supply_chain(&[], &[("FAKE_FAULT", "Cargo.toml")]);
    assert_eq!(code, 1);
    assert!(
        said.contains("Cargo.toml is not what deny.toml allows"),
        "{said}"
    );
    assert!(!said.contains("in order"), "{said}");
}

#[test]
fn a_release_is_not_made_without_the_advisories() {
    let (code, called, said) = supply_chain(&["--release"], &[]);
    assert_eq!((code, called.as_str()), (1, ""));
    assert!(said.contains("which a release needs"), "{said}");
}

#[test]
fn each_crate_that_is_used_has_its_reason_and_no_other() {
    let manifest: DocumentMut = MANIFEST.parse().expect("TOML");
    let tables = ["dependencies", "dev-dependencies", "build-dependencies"];
    let used: BTreeSet<&str> = tables
        .into_iter()
        .filter_map(|name| manifest.get(name)?.as_table())
        .flat_map(|table| table.iter().map(|(name, _)| name))
        .collect();
    let (_, table) = CONTRIBUTING
        .split_once("| crate | for |\n|---|---|\n")
        .expect("the table of crates");
    let rows = table.lines().take_while(|line| line.starts_with('|'));
    let mut explained = BTreeSet::new();
    for row in rows {
        let [_, crates, reason, _] = row.split('|').collect::<Vec<_>>()[..] else {
            panic!("two columns: {row}")
        };
        assert!(!reason.trim().is_empty(), "a reason: {row}");
        for name in crates.split('`').skip(1).step_by(2) {
            assert!(explained.insert(name), "{name} stands there twice");
        }
    }
    assert_eq!(explained, used);
}
