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

/// The reader takes each key by its name.
#[test]
fn each_key_of_the_configuration_is_told_of() {
    let files = ["file.rs", "alerts.rs"];
    let source: String = files
        .map(|name| {
            let path = Path::new(ROOT).join("src/config").join(name);
            std::fs::read_to_string(path).expect("a file of the repository")
        })
        .concat();
    let keys: Vec<_> = source
        .split(".take(\"")
        .skip(1)
        .filter_map(|rest| rest.split('"').next())
        .collect();
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
