//! The documents: what they show is what the program does, and what they name is there.

mod commands;
mod markdown;
mod names;
mod samples;

use std::path::Path;

use crate::support::Clawtap;
use markdown::Document;

const ROOT: &str = env!("CARGO_MANIFEST_DIR");

/// Every document that a person reads.
fn documents() -> Vec<Document> {
    let mut names: Vec<String> = [
        "README.md",
        "SECURITY.md",
        "CONTRIBUTING.md",
        "CHANGELOG.md",
    ]
    .map(str::to_owned)
    .into();
    names.push("termux/README.md".to_owned());
    let more = std::fs::read_dir(Path::new(ROOT).join("docs")).expect("a folder");
    let more = more.map(|entry| entry.expect("it is there").path());
    for path in more.filter(|path| path.extension().is_some_and(|kind| kind == "md")) {
        let path = path.strip_prefix(ROOT).expect("below it");
        names.push(path.to_str().expect("UTF-8").to_owned());
    }
    names.sort();
    names.iter().map(|name| Document::read(name)).collect()
}

#[test]
fn each_configuration_in_them_is_read_by_the_program() {
    let mut tried = 0;
    for document in documents() {
        for block in document.blocks("toml") {
            let gateway = "[[gateway]]\nname = \"cellar\"\nlocal = true\n\n";
            let gateway = if block.contains("[[gateway]]") {
                ""
            } else {
                gateway
            };
            let _ = Clawtap::new()
                .config(&format!("{gateway}{block}"))
                .args(["check", "--gateway", "celler"])
                .run()
                .stderr("clawtap: no gateway is called \"celler\"\n→ Did you mean cellar?\n")
                .status(64);
            tried += 1;
        }
    }
    assert!(tried > 2, "only {tried} configurations were found");
}

/// The keys of a table, as the program lists them where it finds another one.
fn keys_of(table: &str) -> Vec<String> {
    let config = format!("{table}\nqqqqqqqq = 1\n");
    let ran = Clawtap::new().config(&config).args(["check"]).run();
    let (_, keys) = ran.stderr.split_once("Known here: ").expect("a list");
    keys.trim_end().split(", ").map(str::to_owned).collect()
}

#[test]
fn each_key_of_the_configuration_is_told_of() {
    let mut keys = keys_of("");
    let alerts = keys_of("[alerts]");
    let tables = ["[[gateway]]", "[notification]", "[signin]", "[sync]"];
    assert_eq!(keys.len(), tables.len() + 1, "{keys:?}");
    keys.extend(tables.into_iter().flat_map(keys_of));
    for kind in ["ntfy", "phone", "openclaw", "command"] {
        assert!(alerts.iter().any(|key| key == kind), "{alerts:?}");
        keys.extend(keys_of(&format!("[alerts.{kind}]")));
    }
    keys.extend(alerts);
    assert!(keys.len() > 20, "{keys:?}");
    let told =
        Document::read("docs/configuration.md").text + &Document::read("docs/alerts.md").text;
    for key in keys {
        let is_told = [
            format!("`{key}`"),
            format!("`{key} ="),
            format!("\n{key} ="),
            format!("[{key}"),
        ];
        let is_table = told.contains(&format!(".{key}]"));
        assert!(
            is_table || is_told.iter().any(|form| told.contains(form)),
            "no document tells of {key}"
        );
    }
}
